"""The files of a study area: the seal of a checked folder, and names that nobody can lead astray."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from planning.area import bundled_path, check_area, load_area, save_area, store
from planning.area.store import SEAL_FILE, is_sealed, read_seal, table_digests
from planning.errors import OutputError, StudyAreaError
from planning.sources.folder import bundle_folder
from tests.fixtures import raw_folder


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    raw = raw_folder.write_raw(folder / "raw")
    return bundle_folder(raw, folder / "area", facts=raw_folder.write_facts(folder / "facts")).path


@pytest.fixture
def area_path(sealed, tmp_path):
    return shutil.copytree(sealed, tmp_path / "area")


def loads_pandera(path):
    code = (
        "import sys; from planning.area import load_addresses, load_area; "
        "area = load_area(sys.argv[1]); load_addresses(area); print('pandera' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True,
        cwd=bundled_path().parents[1],
    )  # fmt: skip
    return done.stdout.strip() == "True"


def test_the_bundled_area_bears_a_current_seal():
    assert is_sealed(bundled_path(), table_digests(bundled_path())), (
        "data/dortmund or the checks changed since it was sealed: run `planning check --seal` and commit it"
    )


def test_a_sealed_folder_loads_without_the_checks_and_a_changed_one_with_them(area_path):
    assert is_sealed(area_path, table_digests(area_path))
    assert not loads_pandera(area_path)
    (area_path / SEAL_FILE).write_text("0" * 64 + "\n", encoding="ascii")
    assert loads_pandera(area_path)


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("sites.csv", ",open,", ",ajar,", "value_not_allowed"),
        ("figures.csv", ",percent,", ",promille,", "value_not_allowed"),
        ("area.toml", "planned = ", "planned = 0.", "entry_not_whole"),
    ],
)
def test_an_edited_file_is_checked_on_loading(area_path, file, old, new, code):
    text = (area_path / file).read_text(encoding="utf-8")
    assert old in text
    (area_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StudyAreaError, match=code):
        load_area(area_path)


@pytest.mark.parametrize("seal", ["", "0" * 64, "\u00e4"])
def test_a_folder_with_a_stale_seal_is_fully_checked(area_path, seal, monkeypatch):
    text = (area_path / "sites.csv").read_text(encoding="utf-8").replace(",open,", ",ajar,", 1)
    (area_path / "sites.csv").write_text(text, encoding="utf-8")
    (area_path / SEAL_FILE).write_text(seal, encoding="utf-8")
    with pytest.raises(StudyAreaError, match="value_not_allowed"):
        load_area(area_path)


def test_the_seal_follows_the_code_of_the_checks(area_path, tmp_path, monkeypatch):
    package = shutil.copytree(bundled_path().parents[1] / "planning" / "area", tmp_path / "code")
    monkeypatch.setattr(store, "files", lambda _name: package)
    digests = table_digests(area_path)
    assert is_sealed(area_path, digests)
    checks = package / "checking.py"
    checks.write_text(checks.read_text(encoding="utf-8") + "# stricter\n", encoding="utf-8")
    assert not is_sealed(area_path, digests)


def test_sealing_needs_an_area_without_faults(area_path):
    (area_path / SEAL_FILE).unlink()
    assert check_area(area_path) == ()
    assert read_seal(area_path) == ""
    assert check_area(area_path, seal=True) == ()
    assert is_sealed(area_path, table_digests(area_path))
    text = (area_path / "sites.csv").read_text(encoding="utf-8").replace(",open,", ",ajar,", 1)
    (area_path / "sites.csv").write_text(text, encoding="utf-8")
    assert check_area(area_path, seal=True)
    assert not is_sealed(area_path, table_digests(area_path))


def test_a_seal_that_cannot_be_written_is_told(area_path):
    (area_path / SEAL_FILE).unlink()
    (area_path / SEAL_FILE).mkdir()
    with pytest.raises(OutputError, match="area_not_written"):
        check_area(area_path, seal=True)


@pytest.mark.parametrize(
    ("table", "file"),
    [("sites", "../pwn.csv"), ("addresses", "../pwn.csv"), ("unlocated", "area.toml"), ("cells", "/pwn.csv")],
)
def test_saving_uses_the_declared_file_whatever_a_layer_names(sealed, tmp_path, table, file):
    area = load_area(sealed)
    layers = tuple(replace(one, file=file) if one.id == table else one for one in area.layers)
    saved = save_area(replace(area, layers=layers), tmp_path / "out" / "saved")
    assert saved.layers == area.layers
    assert {one.name for one in saved.path.iterdir()} == {one.name for one in sealed.iterdir()}
    assert [one.name for one in saved.path.parent.iterdir()] == ["saved"]
    assert check_area(saved.path) == ()


def test_saving_a_layer_of_no_table_or_without_its_file_is_refused(sealed, tmp_path):
    area = load_area(sealed)
    layers = (*area.layers, replace(area.layers[0], id="../pwn"))
    with pytest.raises(StudyAreaError, match="layer_unknown"):
        save_area(replace(area, layers=layers), tmp_path / "saved")
    with pytest.raises(StudyAreaError, match="file_missing"):
        save_area(replace(area, path=tmp_path), tmp_path / "saved")
    assert list(tmp_path.iterdir()) == []
