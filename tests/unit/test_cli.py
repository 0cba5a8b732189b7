"""The command line: what it prints, what it writes and which exit code a script can rely on."""

from __future__ import annotations

import csv
import json
import os
import socket
import time
from dataclasses import replace

import pytest

from planning.area import save_area
from planning.cli import DONE, FAULTY, UNREADABLE, USAGE, main


@pytest.fixture(scope="module")
def tiny(tiny_area, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "tiny"
    save_area(tiny_area, folder)
    return folder


def test_info_as_json(tiny, capsys):
    assert main(["info", str(tiny), "--json"]) == DONE
    told = json.loads(capsys.readouterr().out)
    assert told["name"] == "Winzigstadt"
    assert told["districts"] == {"borough": 2, "priority_area": 1, "quarter": 2}
    assert told["programme"]["remaining"] == 4
    assert {layer["id"] for layer in told["layers"]} >= {"cells", "edges", "sites"}


def test_info_of_the_bundled_area_is_the_default(capsys):
    assert main(["info", "--json"]) == DONE
    told = json.loads(capsys.readouterr().out)
    assert told["districts"] == {"borough": 12, "priority_area": 15, "quarter": 62}
    assert told["sites"] == {"dependance": 1, "office": 7, "outreach": 4}


@pytest.mark.parametrize(("language", "word"), [("de", "keine Fehler"), ("en", "no faults")])
def test_check_of_a_clean_area(tiny, capsys, language, word):
    assert main(["check", str(tiny), "--lang", language]) == DONE
    assert word in capsys.readouterr().out


def test_check_seals_a_clean_area_only(tiny_area, tmp_path, capsys):
    folder = save_area(tiny_area, tmp_path / "area").path
    (folder / "checked.sha256").unlink()
    assert main(["check", str(folder), "--lang", "en"]) == DONE
    assert not (folder / "checked.sha256").exists()
    assert main(["check", str(folder), "--lang", "en", "--seal"]) == DONE
    assert "marked as checked" in capsys.readouterr().out
    (folder / "checked.sha256").unlink()
    (folder / "stops.parquet").unlink()
    assert main(["check", str(folder), "--lang", "en", "--seal"]) == FAULTY
    assert not (folder / "checked.sha256").exists()


def test_a_licence_that_is_not_stated_is_said_so(tiny_area, tmp_path, capsys):
    layers = tuple(replace(layer, licence="") for layer in tiny_area.layers)
    save_area(replace(tiny_area, layers=layers), tmp_path / "area")
    assert main(["info", str(tmp_path / "area"), "--lang", "en"]) == DONE
    assert capsys.readouterr().out.count("not stated") == len(layers)


def test_check_names_every_fault_of_every_table(tiny_area, tmp_path, capsys):
    folder = tmp_path / "area"
    save_area(tiny_area, folder)
    (folder / "sites.csv").write_text("site_id,name\n1,x\n", encoding="utf-8")
    (folder / "stops.parquet").unlink()
    assert main(["check", str(folder), "--lang", "en"]) == FAULTY
    told = capsys.readouterr().out
    assert "stops" in told
    assert "column" in told
    assert "sites, column “kind”" in told


@pytest.mark.parametrize("suffix", ["csv", "geojson", "gpkg", "html", "png"])
def test_score_writes_every_form(tiny, tmp_path, suffix):
    out = tmp_path / f"result.{suffix}"
    assert main(["score", str(tiny), "--out", str(out), "--date", "2026-01-02"]) == DONE
    assert out.stat().st_size > 100


def test_score_is_deterministic_and_takes_weights(tiny, tmp_path):
    weights = tmp_path / "weights.json"
    weights.write_text('{"criteria": {"distance": 100, "need_gained": 0}, "need": {"residents": 1}}')
    files = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    common = ["score", str(tiny), "--date", "2026-01-02", "--minutes", "10"]
    assert main([*common, "--out", str(files[0])]) == DONE
    assert main([*common, "--out", str(files[1])]) == DONE
    assert main([*common, "--weights", str(weights), "--out", str(files[2])]) == DONE
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_bytes() != files[2].read_bytes()
    with files[0].open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", UNREADABLE),
        ("[1]", FAULTY),
        ('{"criteria": {"transit": "much"}}', FAULTY),
        ('{"criteria": {"transit": true}}', FAULTY),
        ('{"other": {}}', FAULTY),
        ('{"criteria": {"nonsense": 1}}', FAULTY),
        ('{"criteria": {"transit": -1}}', FAULTY),
        ('{"criteria": {"transit": NaN}}', FAULTY),
        ('{"need": {"martians": 1}}', FAULTY),
        ('{"value_functions": [1]}', FAULTY),
        ('{"value_functions": {"transit": {"missing_value": 5}}}', FAULTY),
        ('{"value_functions": {"parking": {"points": [[0, 0], [1, 100]]}}}', FAULTY),
        ('{"value_functions": {"transit": {"points": [[0, 0], [0, 100]]}}}', FAULTY),
        ("[" * 100_000, UNREADABLE),
    ],
)
def test_bad_weights_are_refused_with_a_reason(tiny, tmp_path, capsys, content, code):
    weights = tmp_path / "weights.json"
    weights.write_text(content)
    out = tmp_path / "result.csv"
    assert main(["score", str(tiny), "--weights", str(weights), "--out", str(out)]) == code
    assert len(capsys.readouterr().err) > 20
    assert not out.exists()


def test_score_takes_value_functions(tiny, tmp_path):
    weights = tmp_path / "weights.toml"
    weights.write_text("[value_functions.distance]\npoints = [[0, 100], [3000, 0]]\n")
    files = [tmp_path / name for name in ("a.csv", "b.csv")]
    common = ["score", str(tiny), "--date", "2026-01-02", "--out"]
    assert main([*common, str(files[0])]) == DONE
    assert main([*common, str(files[1]), "--weights", str(weights)]) == DONE
    assert files[0].read_bytes() != files[1].read_bytes()
    records = [json.loads(file.with_name(f"{file.name}.meta.json").read_text("utf-8")) for file in files]
    assert [record["scenario"]["value_functions"] for record in records] == [
        {},
        {"distance": {"points": [[0, 100], [3000, 0]], "missing_value": 50}},
    ]


@pytest.mark.parametrize("arguments", [["--minutes", "4"], ["--minutes", "nan"], ["--speed", "99"]])
def test_settings_out_of_range(tiny, tmp_path, capsys, arguments):
    out = tmp_path / "result.csv"
    assert main(["score", str(tiny), "--out", str(out), *arguments]) == FAULTY
    told = capsys.readouterr().err
    assert "erlaubt sind" in told
    assert "3.0" not in told


def test_unknown_suffix_area_and_action(tiny, tmp_path, capsys):
    assert main(["score", str(tiny), "--out", str(tmp_path / "result.xyz")]) == UNREADABLE
    assert ".gpkg" in capsys.readouterr().err
    assert main(["info", str(tmp_path / "nowhere")]) == FAULTY
    assert "nowhere" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["fly"])
    assert stopped.value.code == USAGE


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_read_only_folder(tiny, tmp_path, capsys):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert main(["score", str(tiny), "--out", str(locked / "result.csv")]) == UNREADABLE
    assert "locked" in capsys.readouterr().err


def test_folder_that_is_a_file(tiny, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert main(["score", str(tiny), "--out", str(tmp_path / "file" / "result.csv")]) == UNREADABLE
    assert "file" in capsys.readouterr().err


def test_bundle_needs_one_source_and_its_files(tmp_path, capsys):
    out = str(tmp_path / "out")
    assert main(["bundle", "--out", out]) == FAULTY
    assert main(["bundle", str(tmp_path), "--place", "Anderswo", "--out", out]) == FAULTY
    assert main(["bundle", "--place", "Anderswo", "--out", out]) == FAULTY
    assert "--boundaries" in capsys.readouterr().err
    assert main(["bundle", str(tmp_path / "nowhere"), "--out", out]) == UNREADABLE
    assert not (tmp_path / "out").exists()


def test_help_speaks_the_language_asked_for(capsys):
    for arguments, word in (
        (["--help"], "Sprache der Meldungen"),
        (["--lang", "en", "--help"], "language of messages"),
    ):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == DONE
        assert word in " ".join(capsys.readouterr().out.split())


def test_app_refuses_what_it_cannot_serve(tmp_path, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["app", "--headless", "--port", str(taken.getsockname()[1])]) == UNREADABLE
    assert "belegt" in capsys.readouterr().err
    assert main(["app", str(tmp_path), "--headless"]) == FAULTY
    with pytest.raises(SystemExit) as stopped:
        main(["app", "--port", "99999"])
    assert stopped.value.code == USAGE


@pytest.fixture
def served(monkeypatch):
    """Give where the app that is served keeps scenarios, without serving it."""
    monkeypatch.setenv("PLANNING_STORE", "from_the_environment.sqlite3")
    seen = []

    def serve(port, *, area, headless, language):
        seen.append(os.environ["PLANNING_STORE"])
        return DONE

    monkeypatch.setattr("planning.ui.serve.serve", serve)
    monkeypatch.setattr("planning.ui.serve.port_is_free", lambda _port: True)
    return seen


def test_the_app_keeps_scenarios_where_it_is_told_to(served, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    server = "postgresql://planner:secret@localhost/x"
    for given in (["--store", "own.sqlite3"], ["--store", server], []):
        monkeypatch.setenv("PLANNING_STORE", "from_the_environment.sqlite3")
        assert main(["app", "--headless", *given]) == DONE
    # a path means the same wherever the app is served from
    assert served == [
        str(tmp_path / "own.sqlite3"),
        server,
        str(tmp_path / "from_the_environment.sqlite3"),
    ]


def test_the_app_begins_in_the_language_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr(
        "planning.ui.serve.serve", lambda _port, **given: asked.append(given["language"]) or DONE
    )
    monkeypatch.setattr("planning.ui.serve.port_is_free", lambda _port: True)
    assert main(["app", "--headless"]) == DONE
    assert main(["app", "--headless", "--lang", "en"]) == DONE
    assert asked == ["de", "en"]


@pytest.mark.parametrize(("language", "words"), [("de", "kein Ort"), ("en", "no place")])
def test_the_app_refuses_a_store_that_can_be_none(served, capsys, language, words):
    assert main(["--lang", language, "app", "--headless", "--store", "mysql://x/y"]) == UNREADABLE
    assert words in capsys.readouterr().err
    assert served == []


def test_a_key_that_occurs_twice_is_found_in_bounded_time(tiny, tmp_path, capsys):
    weights = tmp_path / "weights.json"
    names = ", ".join(f'"k{number}": 1' for number in range(60_000))
    weights.write_text(f'{{"criteria": {{{names}, "k59999": 2}}}}')
    began = time.process_time()
    out = str(tmp_path / "result.csv")
    assert main(["score", str(tiny), "--weights", str(weights), "--out", out]) == UNREADABLE
    assert time.process_time() - began < 5
    assert "'k59999' ×2" in capsys.readouterr().err
