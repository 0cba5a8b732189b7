"""``planning compare``: what it prints and writes, how rooms are named, and its exit codes."""

from __future__ import annotations

import re

import geopandas as gpd
import pandas as pd
import pytest

from planning.area import load_area, save_area
from planning.cli import DONE, FAULTY, UNREADABLE, main
from planning.cli.compare import find_rooms
from planning.errors import SettingError
from planning.i18n import Translator


@pytest.fixture(scope="module")
def tiny(tiny_area, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli_compare") / "tiny"
    rooms = tiny_area.candidates.copy()
    extra = rooms.iloc[[0]].assign(
        candidate_id="k5", name="Bibliothek Ost", status="closed", x=rooms["x"].iloc[0] + 900
    )
    extra = extra.set_geometry(gpd.points_from_xy(extra["x"], extra["y"]), crs=rooms.crs)
    both = gpd.GeoDataFrame(pd.concat([rooms, extra], ignore_index=True), crs=rooms.crs)
    save_area(tiny_area.with_tables(candidates=both), folder)
    return folder


@pytest.fixture
def run(tiny):
    def ran(*arguments, language="en"):
        given = ["--area", str(tiny), "--lang", language, "--date", "2026-11-25"]
        return main(["compare", *arguments, *given])

    return ran


def test_two_rooms_are_printed_with_the_reasons(run, capsys):
    assert run("k1", "k2") == DONE
    told = capsys.readouterr().out
    assert "A  " in told
    assert re.search(r"^Need newly reached, person equivalents +[\d,]+ \([\d.]+\) +", told, re.MULTILINE)
    assert re.search(r"^Score +\d+\.\d +\d+\.\d$", told, re.MULTILINE)
    assert re.search(r"^rank of 4 +1 +\d$", told, re.MULTILINE)
    assert "points ahead of B" in told
    assert "of the 10,000 draws" in told


def test_three_rooms_in_german_with_what_is_unknown(run, capsys):
    assert run("k1", "k3", "k4", language="de") == DONE
    told = capsys.readouterr().out
    assert told.count(" Punkte vor ") == 2
    assert "? (" in told
    assert "? = unbekannt" in told
    assert "Alle 3 Räume zusammen" in told


def test_the_same_call_prints_the_same_and_a_seed_may_differ(run, capsys):
    told = []
    for arguments in ([], [], ["--seed", "7"]):
        assert run("k1", "k2", "k3", *arguments) == DONE
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert told[2].splitlines()[:10] == told[0].splitlines()[:10]


def test_the_page_holds_everything_and_asks_for_nothing(run, tmp_path, capsys):
    out = tmp_path / "vergleich.html"
    assert run("k1", "k2", "k3", "k4", "--out", str(out), language="de") == DONE
    assert str(out) in capsys.readouterr().err
    page = out.read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", page)
    assert "url(" not in page.replace("url(#h)", "")
    for heading in (
        "Warum diese Reihenfolge?",
        "Kriterien",
        "Wie sicher der Rang ist",
        "Quellen und Lizenzen",
    ):
        assert heading in page
    assert "© nobody" in page
    assert "25.11.2026" in page
    assert "0" * 64 not in page
    assert len(re.findall(r"[0-9a-f]{64}", page)) >= 5
    assert "10.000 Ziehungen, Startwert 0" in page


def test_the_same_call_writes_the_same_file(run, tmp_path):
    written = []
    for name in ("a.html", "b.html"):
        assert run("k2", "k1", "--out", str(tmp_path / name)) == DONE
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


def test_notes_of_the_scenario_are_on_the_page(run, tmp_path, tiny):
    from planning.scenarios.document import document_bytes, document_of
    from planning.scenarios.work import Work, capture

    area = load_area(tiny)
    kept = tmp_path / "kept.json"
    snapshot = capture(Work(area, candidate_notes={"k1": "Tür <klemmt>"}), area, "Kept")
    kept.write_bytes(document_bytes(document_of(snapshot)))
    out = tmp_path / "noted.html"
    assert run("k1", "k2", "--scenario", str(kept), "--out", str(out)) == DONE
    assert "Tür &lt;klemmt&gt;" in out.read_text(encoding="utf-8")


def test_settings_count(run, capsys):
    assert run("k1", "k2", "--minutes", "5") == DONE
    near = capsys.readouterr().out
    assert run("k1", "k2", "--minutes", "25") == DONE
    assert near != capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["k1"], "1 are named"),
        (["k1", "k2", "k3", "k4", "k1"], "5 are named"),
        (["k1", "k1"], "named twice"),
        (["bibliothek", "k1"], "named twice"),
        (["k1", "nobody"], "No room has the identifier “nobody”"),
        (["k1", "k5"], "is closed"),
        (["k1", "e"], "can mean"),
        (["k1", ""], "No room has"),
        (["k1", "k2", "--seed", "-1"], "seed"),
    ],
)
def test_rooms_that_cannot_be_compared(run, capsys, tmp_path, arguments, told):
    out = tmp_path / "none.html"
    assert run(*arguments, "--out", str(out)) == FAULTY
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""
    assert not out.exists()


def test_everything_wrong_is_told_at_once(run, capsys):
    assert run("nobody", "noone", "k1") == FAULTY
    told = capsys.readouterr().err
    assert "nobody" in told
    assert "noone" in told


@pytest.mark.parametrize("name", ["x.pdf", "x.html/y.html"])
def test_a_page_that_cannot_be_written(run, tmp_path, capsys, name):
    (tmp_path / "x.html").mkdir()
    path = tmp_path / name if name != "x.html/y.html" else tmp_path / "gone" / "y.html"
    assert run("k1", "k2", "--out", str(path)) == UNREADABLE
    assert str(path.parent) in capsys.readouterr().err


def test_names_in_the_output_cannot_steer_a_terminal(run, capsys):
    assert run("k1", "\x1b[31mxyz") == FAULTY
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("k3", "k3"),
        ("Bibliothek", "k1"),
        ("BIBLIOTHEK ost", "k5"),
        ("gemeindehaus", "k4"),
        ("  kita ", "k3"),
        ("script", "k2"),
    ],
)
def test_rooms_are_found_by_identifier_name_or_part(tiny, wanted, found):
    assert find_rooms(load_area(tiny), Translator("de"), [wanted]) == [found]


def test_names_that_several_have_list_them(tiny):
    with pytest.raises(SettingError) as caught:
        find_rooms(load_area(tiny), Translator("de"), ["biblio"])
    [fault] = caught.value.faults
    assert fault.code == "compare_ambiguous"
    assert fault.params["rooms"] == "Bibliothek (k1); Bibliothek Ost (k5)"
