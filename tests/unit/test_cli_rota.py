"""``planning rota``: the week on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planning.cli import main
from planning.cli.console import DONE, FAULTY, UNREADABLE
from planning.export.rota import write_week
from planning.rota.entries import Entries, entries_bytes, read_entries

ROOT = Path(__file__).parents[2]


def run(capsys, *arguments):
    code = main(["rota", *arguments, "--date", "2026-11-26"])
    found = capsys.readouterr()
    return code, found.out, found.err


def test_the_week_of_dortmund_is_written_and_can_be_planned_on(capsys, tmp_path):
    folder = tmp_path / "week"
    code, out, err = run(capsys, "--lang", "en", "--out", str(folder))
    assert code == DONE, err
    assert "Proven best weekly plan" in out
    assert "Tuesday 14:00–16:00: lokal willkommen Dependance Dorstfeld" in out
    names = {path.name for path in folder.iterdir()}
    assert {"rota.json", "rota.xlsx"} <= names
    assert len([name for name in names if name.endswith(".ics")]) == 8
    assert len([name for name in names if name.endswith(".pdf")]) == 1
    cells = (folder / "cells.csv").read_text(encoding="utf-8-sig").splitlines()
    assert cells[0].startswith("Cell,x (m),y (m),Monday,Tuesday")
    assert len(cells) > 5000
    record = json.loads((folder / "rota.json").read_text())
    assert sorted(names) == record["files"]
    assert [(one["weekday"], one["from"]) for one in record["duties"]] == [("Di", "14:00")]
    last = str(folder / "rota.json")
    code, out, err = run(capsys, "--last", last, "--out", str(tmp_path / "again"))
    assert code == DONE
    assert "1. Wenig anders als im vorigen Wochenplan: 0" in out
    assert "Annahmen stehen in rota.json" in err
    assert "Kein Unterschied zum vorigen Wochenplan." in out
    assert json.loads((tmp_path / "again" / "rota.json").read_text())["duties"] == record["duties"]


def test_the_example_of_the_documentation_gives_a_week(capsys, tmp_path):
    text = (ROOT / "docs" / "rota-files.md").read_text(encoding="utf-8")
    given = tmp_path / "entries.json"
    given.write_text(text.partition("```json\n")[2].partition("```")[0], encoding="utf-8")
    code, out, err = run(capsys, "--entries", str(given), "--out", str(tmp_path / "week"))
    assert code == DONE, out + err
    assert "Dienstag 09:15" in out or "Dienstag 09:30" in out


def test_what_differs_from_the_week_before_is_named(capsys, tmp_path):
    entries = tmp_path / "entries.json"
    pinned = {"site_08": {"weekday": "Do", "start": "10:00"}}
    entries.write_bytes(entries_bytes(Entries({"rooms": pinned})))
    code, _, err = run(capsys, "--out", str(tmp_path / "week"))
    assert code == DONE, err
    last = str(tmp_path / "week" / "rota.json")
    code, out, _ = run(capsys, "--last", last, "--entries", str(entries), "--out", str(tmp_path / "new"))
    assert code == DONE
    [line] = [line for line in out.splitlines() if line.startswith("- Anderer Termin")]
    assert "Dienstag 14:00–16:00" in line.partition(" → ")[0]
    assert "Donnerstag 10:00–12:00" in line.partition(" → ")[2]


def test_entries_of_the_page_count_and_go_along(capsys, tmp_path):
    entries = Entries({"rooms": {"site_08": {"languages": "Arabisch"}, "x": {"on": False}}}, {"length": 90})
    given = tmp_path / "entries.json"
    given.write_bytes(entries_bytes(entries))
    out_folder = tmp_path / "week"
    code, _, err = run(capsys, "--lang", "en", "--entries", str(given), "--out", str(out_folder))
    assert code == DONE, err
    assert "Own entries in the file: 3." in err
    assert "whose entries do not count: x." in err
    record = json.loads((out_folder / "rota.json").read_text())
    assert record["task"]["rules"]["length"] == 90
    assert record["task"]["places"][0]["languages"] == ["Arabisch"]
    assert read_entries((out_folder / "rota.json").read_bytes()) == entries
    given.write_text('{"format": "dependance-rota-entries", "version": 1, "rules": {"length": 5}}')
    code, _, err = run(capsys, "--lang", "en", "--entries", str(given), "--out", str(tmp_path / "none"))
    assert code == FAULTY
    assert "“rules · length” cannot be “5”. Possible: 30–240" in err
    assert not (tmp_path / "none").exists()
    given.write_bytes(entries_bytes(Entries({"rooms": {"site_08": {"on": False}}})))
    code, _, err = run(capsys, "--lang", "en", "--entries", str(given), "--out", str(tmp_path / "none"))
    assert code == FAULTY
    assert "The entries leave no place" in err
    given.write_bytes(entries_bytes(Entries({"rooms": {"site_08": {"times": "Di vormittags"}}})))
    code, _, err = run(capsys, "--lang", "en", "--entries", str(given), "--out", str(tmp_path / "none"))
    assert code == FAULTY
    assert "“Di vormittags” is not fully understood" in err
    assert "nothing was planned" in err
    assert "\\x0a" not in err
    code, _, err = run(capsys, "--entries", str(tmp_path / "gone.json"), "--out", str(tmp_path / "none"))
    assert code == UNREADABLE


def test_files_of_an_earlier_week_go_and_others_stay(tmp_path):
    week = tmp_path / "week"
    write_week(
        week, {"rota.json": b'{"files": ["rota.json", "ort-01-a.pdf", "../x.pdf"]}', "ort-01-a.pdf": b"1"}
    )
    (week / "own.txt").write_text("mine")
    (tmp_path / "x.pdf").write_text("not there to go")
    write_week(week, {"rota.json": b'{"files": ["rota.json", "ort-01-b.pdf"]}', "ort-01-b.pdf": b"2"})
    assert {path.name for path in week.iterdir()} == {"rota.json", "ort-01-b.pdf", "own.txt"}
    assert (tmp_path / "x.pdf").exists()
    (week / "rota.json").write_text("no record")
    write_week(week, {"rota.json": b"{}"})
    assert (week / "ort-01-b.pdf").exists()


def test_days_are_read_as_people_write_them(capsys, tmp_path):
    dates = ("--start", "01.02.2027", "--until", "2027-01-01")
    code, _, err = run(capsys, *dates, "--out", str(tmp_path / "x"))
    assert (code, "2027-02-01" in err) == (FAULTY, True)
    with pytest.raises(SystemExit):
        main(["rota", "--start", "2027-02-30", "--out", str(tmp_path / "x")])
    assert "„2027-02-30“ ist kein Tag" in capsys.readouterr().err


def test_a_period_that_ends_before_it_begins_is_told(capsys, tmp_path):
    dates = ("--start", "2027-02-01", "--until", "2027-01-01")
    code, _, err = run(capsys, *dates, "--out", str(tmp_path / "x"))
    assert (code, "2027-02-01" in err) == (FAULTY, True)
    code, _, err = run(capsys, "--time-limit", "-1", "--out", str(tmp_path / "x"))
    assert (code, "-1" in err) == (FAULTY, True)
    assert not (tmp_path / "x").exists()


def test_a_file_that_is_no_week_is_told(capsys, tmp_path):
    other = tmp_path / "other.json"
    other.write_text("{}")
    code, _, err = run(capsys, "--last", str(other), "--out", str(tmp_path / "x"))
    assert (code, "rota.json" in err) == (FAULTY, True)
    code, _, err = run(capsys, "--last", str(tmp_path / "none.json"), "--out", str(tmp_path / "x"))
    assert (code, "none.json" in err) == (UNREADABLE, True)
    assert not (tmp_path / "x").exists()


def test_a_week_that_cannot_be_says_why_and_what_would_help(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("planning.rota.defaults.MEMBER_MINUTES", 150)
    code, out, _ = run(capsys, "--lang", "en", "--out", str(tmp_path / "x"))
    assert code == FAULTY
    assert "There is no weekly plan" in out
    assert "These rules cannot hold together" in out
    assert "“lokal willkommen Dependance Dorstfeld” gets a consultation every week." in out
    assert "hours a week more" in out
    assert not (tmp_path / "x").exists()


def test_a_folder_that_is_a_file_is_refused_before_the_work(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run(capsys, "--out", str(tmp_path / "file"))
    assert code == UNREADABLE
    assert err
