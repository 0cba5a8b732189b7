"""``planning scenario`` and ``--scenario``: what is found, kept, told and refused, and what comes of it."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import getpass
import json
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import planning.siting
from planning.area import load_area, save_area
from planning.area.schema import columns_of
from planning.cli import DONE, FAULTY, UNREADABLE, USAGE, main, make_parser
from planning.cli.lookup import author_of
from planning.cli.scenario_text import time_text
from planning.errors import OutputError, SettingError, StoreError
from planning.i18n import LANGUAGES, Translator, catalogue_keys, explain
from planning.model import Constraints, PlanSettings, Scenario
from planning.render.labels import date_text
from planning.scenarios.document import VERSION, content_id, document_bytes, document_of, snapshot_id
from planning.scenarios.drafts import KEPT_DAYS
from planning.scenarios.link import LONGEST, read_link
from planning.scenarios.reading import DEEPEST, LIMIT_BYTES, read_snapshot
from planning.scenarios.rules import known_rules
from planning.scenarios.store import Store
from planning.scenarios.validator import published_schema
from planning.scenarios.work import Work, capture

LONG = "n" * 121
SUBJECTS = ("cli.", "scenario.", "errors.scenario")
RESULT = ["--date", "2026-11-25", "--lang", "en"]


@pytest.fixture(scope="module")
def folder(tiny_area, tmp_path_factory):
    where = tmp_path_factory.mktemp("cli_scenario") / "tiny"
    save_area(tiny_area, where)
    return str(where)


@pytest.fixture(scope="module")
def town(folder):
    return load_area(folder)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """Give each test a store of its own."""
    target = str(tmp_path / "kept" / "scenarios.sqlite3")
    monkeypatch.setenv("PLANNING_STORE", target)
    monkeypatch.setenv("PLANNING_AUTHOR", "Anna Önder")
    return target


@pytest.fixture
def scenario(capsys):
    """Run ``planning scenario``; give exit code, output and messages."""

    def ran(*arguments, lang="en"):
        code = main(["--lang", lang, "scenario", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return ran


@pytest.fixture
def file(town, tmp_path):
    """Write a scenario of the town as a file."""

    def written(name="Ost zuerst", stem="scenario", change=None, **parts):
        work = Work(town, **parts)
        document = document_of(capture(work, town, name))
        if change is not None:
            del document["id"]
            change(document)
        path = tmp_path / f"{stem}.json"
        path.write_bytes(document_bytes(document))
        return str(path)

    return written


@pytest.fixture
def three(file, scenario):
    """Keep a scenario with three revisions, of 10, 11 and 12 minutes."""
    for minutes in (10.0, 11.0, 12.0):
        path = file("Ost zuerst", scenario=Scenario(minutes=minutes), notes=f"Notiz {minutes:.0f}")
        more = () if minutes == 10.0 else ("--revision-of", "Ost zuerst")
        assert scenario("import", path, *more)[0] == DONE
    return "Ost zuerst"


def store_of(target):
    return closing(Store(target))


def entries(target, **which):
    with store_of(target) as store:
        return store.list(**which).entries


def row_of(table, identifier):
    """Return the cells of a row that hold something."""
    row = table[table.iloc[:, 0] == identifier].drop(columns="geometry").iloc[0]
    return row.dropna().to_dict()


# --- list


@pytest.mark.parametrize(
    ("lang", "head", "status", "time"),
    [
        ("de", "Kennung", "kein Plan", r"\d\d\.\d\d\.\d{4} \d\d:\d\d"),
        ("en", "author", "no plan", r"\d{4}-\d\d-\d\d \d"),
    ],
)
def test_list_shows_the_newest_of_each(scenario, three, kept, lang, head, status, time):
    code, out, err = scenario("list", lang=lang)
    lines = out.splitlines()
    assert (code, err, len(lines)) == (DONE, "", 2)
    assert head in lines[0]
    assert re.search(time, lines[1])
    assert lines[1].startswith(entries(kept)[0].scenario_id[:8])
    assert "Anna Önder" in lines[1]
    assert status in lines[1]


def test_list_says_how_many_more_there_are(scenario, file):
    for number in range(22):
        assert scenario("import", file(f"Nr. {number}"))[0] == DONE
    code, out, err = scenario("list")
    assert code == DONE
    assert len(out.splitlines()) == 21
    assert "Nr. 21" in out.splitlines()[1]
    assert "2 more" in err
    _, out, err = scenario("list", "--all")
    assert (len(out.splitlines()), err) == (23, "")
    _, out, _ = scenario("list", "--search", "NR. 2", "--json")
    told = json.loads(out)
    assert told["total"] == 3
    assert {one["name"] for one in told["scenarios"]} == {"Nr. 2", "Nr. 20", "Nr. 21"}
    assert told["scenarios"][0]["saved_at"].endswith("+00:00")


def test_an_empty_list_is_said_so(scenario, kept):
    code, out, err = scenario("list")
    assert (code, out) == (DONE, "")
    assert "No scenario" in err
    assert not Path(kept).parent.exists(), "reading makes nothing"
    assert "martians" in scenario("list", "--search", "martians")[2]
    assert "empty" in scenario("list", "--deleted")[2]
    assert scenario("list", "--search", "\udcff")[0] == FAULTY


@pytest.mark.parametrize(("lang", "written"), [("de", "26.11.2026 00:30"), ("en", "2026-11-26 00:30")])
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be set here")
def test_times_are_those_of_this_machine_in_the_form_of_results(monkeypatch, lang, written):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        shown = time_text("2026-11-25T23:30:15.123456+00:00", Translator(lang))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert shown == written
    assert shown.startswith(date_text(dt.date(2026, 11, 26), Translator(lang)))


def test_the_list_says_which_plans_are_of_other_data(scenario, folder, file, kept):
    path = file(
        "Geerbt", change=lambda one: huge(one) or one["plan"].update(on_other_data=True) or one.pop("id")
    )
    assert scenario("import", path)[0] == DONE
    line = scenario("list")[1].splitlines()[1]
    assert "computed on other data" in line
    assert "optimal" not in line


# --- show


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de", ("Gehzeit: 15\u00a0min → 12\u00a0min", "Stand 3 von 3", "Notizen", "Verlauf", "eingelesen")),
        (
            "en",
            ("Walking time: 15\u00a0min → 12\u00a0min", "revision 3 of 3", "Notes", "History", "imported"),
        ),
    ],
)
def test_show_says_everything(scenario, three, folder, lang, words):
    code, out, err = scenario("show", "ost ZUERST", "--area", folder, lang=lang)
    assert (code, err) == (DONE, "")
    for word in (*words, "Notiz 12", "Anna Önder", "Winzigstadt"):
        assert word in out


def test_show_of_a_revision_and_of_a_file(scenario, three, folder, file):
    for arguments in (["Ost zuerst@1"], ["Ost zuerst", "--revision", "1"]):
        _, out, _ = scenario("show", *arguments, "--area", folder)
        assert "→ 10" in out
        assert "revision 1 of 3" in out
    code, out, _ = scenario("show", file("Blatt"), "--area", folder)
    assert code == DONE
    assert "Everything is by default" in out
    assert "History" not in out
    assert scenario("show", file("Blatt"), "--revision", "1", "--area", folder)[0] == FAULTY


def test_show_as_json_holds_the_whole_document(scenario, three, folder, kept):
    _, out, _ = scenario("show", three, "--area", folder, "--json")
    told = json.loads(out)
    assert told["content_id"] == told["document"]["id"] == entries(kept)[0].content_id
    assert [one["revision"] for one in told["history"]] == [3, 2, 1]
    assert [(one["kind"], one["a"], one["b"]) for one in told["differences"]] == [("minutes", 15.0, 12.0)]


def test_show_with_a_plan_names_its_rooms_and_figures(scenario, folder):
    assert main(["plan", folder, "-p", "2", "--save-scenario", "Zwei", *RESULT]) == DONE
    code, out, _ = scenario("show", "Zwei", "--area", folder)
    assert code == DONE
    assert "Proven optimal" in out
    assert "  1. " in out
    assert "  2. " in out
    assert "Need within reach" in out
    assert "Number of rooms: all that the programme still lacks → 2" in out


def other_data(document):
    document["area"]["digest"] = "ab" * 32
    document["area"]["layers"] = {"cells": "0" * 12}


@pytest.mark.parametrize("origin", ["solver", "variant"])
@pytest.mark.parametrize(
    ("lang", "words"), [("de", "Auf anderen Daten berechnet"), ("en", "Computed on other data")]
)
def test_a_plan_of_other_data_has_no_bound(scenario, folder, file, lang, words, origin):
    def inherited(document):
        huge(document)
        del document["id"]
        document["plan"] |= {"status": "feasible", "origin": origin, "on_other_data": True}

    _, out, _ = scenario("show", file("Geerbt", change=inherited), "--area", folder, lang=lang)
    assert words in out
    assert "∞" not in out


def test_a_variant_without_a_bound_says_no_number(scenario, folder, file):
    def unbounded(document):
        huge(document)
        del document["id"]
        document["plan"] |= {"status": "feasible", "origin": "variant", "bound": "inf"}

    _, out, _ = scenario("show", file("Ohne Schranke", change=unbounded), "--area", folder)
    assert "∞" not in out


@pytest.mark.parametrize(
    ("lang", "words"), [("de", "Die Daten sind andere"), ("en", "The data are not those")]
)
def test_other_data_are_told(scenario, folder, file, capsys, tmp_path, lang, words):
    path = file("Anderswo", change=other_data)
    assert words in scenario("show", path, "--area", folder, lang=lang)[1]
    code, _, err = scenario("diff", path, file("Hier", stem="here"), "--area", folder, lang=lang)
    assert code == DONE
    assert f"Anderswo: {words}" in err
    out = str(tmp_path / "result.csv")
    assert main(["score", folder, "--scenario", path, "--out", out, "--lang", lang]) == DONE
    assert words in capsys.readouterr().err


# --- diff


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de", ("Gehzeit: 10\u00a0min → 12\u00a0min", "A hat keinen Plan", "haben 0 einen anderen Rang")),
        ("en", ("Walking time: 10\u00a0min → 12\u00a0min", "A has no plan", "0 have another rank")),
    ],
)
def test_diff_of_two_revisions(scenario, three, folder, lang, words):
    code, out, err = scenario("diff", "Ost zuerst@1", "Ost zuerst@3", "--area", folder, lang=lang)
    assert (code, err) == (DONE, "")
    for word in words:
        assert word in out, out


def test_diff_of_the_same_says_so(scenario, three, folder):
    _, out, _ = scenario("diff", three, three, "--area", folder, "--no-ranking")
    assert "The settings are the same" in out
    assert "Ranking" not in out


def test_diff_compares_rooms_figures_and_ranking(scenario, folder, file, capsys):
    base = ["plan", folder, *RESULT]
    assert main([*base, "-p", "1", "--save-scenario", "Eins"]) == DONE
    weights = {"distance": 100.0, "need_gained": 0.0}
    path = file("Weit", scenario=Scenario(criteria_weights=weights))
    assert main([*base, "-p", "2", "--scenario", path, "--save-scenario", "Zwei"]) == DONE
    capsys.readouterr()
    code, out, _ = scenario("diff", "Eins", "Zwei", "--area", folder, "--json")
    told = json.loads(out)
    assert code == DONE
    assert len(told["rooms"]["common"]) + len(told["rooms"]["only_b"]) == 2
    assert told["a"]["after"]["share"] <= told["b"]["after"]["share"]
    assert told["a"]["before"] == told["b"]["before"]
    assert told["ranking"]["candidates"] == 4
    assert 0 < told["ranking"]["changed"] == len(told["ranking"]["shifts"])
    assert {"plan_setting", "criteria_weight"} == {one["kind"] for one in told["differences"]}
    _, out, _ = scenario("diff", "Eins", "Zwei", "--area", folder)
    for word in ("In both: ", "In A only: ", "Figures of plan B", "rank 1 → "):
        assert word in out


@pytest.mark.parametrize(("lang", "words"), [("de", "B hat keine Rangfolge: "), ("en", "B has no ranking: ")])
def test_diff_without_weights_tells_all_but_the_ranking(scenario, folder, file, lang, words):
    nothing = file("Null", stem="b", change=lambda one: zeroed(one["criteria_weights"]))
    pair = (file("Üblich", stem="a"), nothing)
    code, out, _ = scenario("diff", *pair, "--area", folder, lang=lang)
    assert code == DONE
    assert words in out
    assert "→ 0" in out
    assert "Rang 1" not in out
    told = json.loads(scenario("diff", *pair, "--area", folder, "--json", lang=lang)[1])
    assert told["ranking"] is None
    assert words in told["unranked"][0]
    assert told["differences"]


def zeroed(weights):
    weights.update(dict.fromkeys(weights, 0))


def test_diff_ranks_rooms_that_only_one_scenario_has(scenario, folder, file, town):
    rooms = town.candidates[town.candidates["candidate_id"] != "k3"].reset_index(drop=True)
    without = file("Ohne k3", change=lambda one: one["candidates"].update(removed=["k3"]))
    _, out, _ = scenario("diff", file("Alle", stem="all"), without, "--area", folder, "--json")
    told = json.loads(out)["ranking"]
    assert (told["candidates"], told["only_a"], told["only_b"]) == (len(rooms), 1, 0)
    assert "k3" in told["leaving"]


# --- export and import


def test_export_and_import_keep_the_content(scenario, three, kept, tmp_path):
    path = tmp_path / "out.json"
    assert scenario("export", three, "--revision", "2", "--out", str(path))[0] == DONE
    _, out, _ = scenario("export", "Ost zuerst@2", "--out", "-")
    assert out == path.read_text(encoding="utf-8")
    snapshot = read_snapshot(path.read_bytes())
    assert snapshot.basis.scenario.minutes == 11.0
    code, out, _ = scenario("import", str(path), "--name", "Kopie", "--author", "Bo")
    assert code == DONE
    assert "Kopie" in out
    newest = entries(kept)[0]
    assert (newest.name, newest.author, newest.action) == ("Kopie", "Bo", "import")
    assert newest.content_id == snapshot_id(snapshot)


def test_export_of_a_link_can_be_read(scenario, three):
    code, out, _ = scenario("export", three, "--link")
    assert code == DONE
    assert out.startswith("?s=")
    assert read_link(out.strip().removeprefix("?s=")).basis.scenario.minutes == 12.0


def test_export_into_nowhere(scenario, three, tmp_path):
    assert scenario("export", three, "--out", str(tmp_path / "no" / "x.json"))[0] == UNREADABLE
    with pytest.raises(SystemExit) as stopped:
        scenario("export", three)
    assert stopped.value.code == USAGE


@pytest.mark.parametrize(("lang", "word"), [("de", "--name"), ("en", "--revision-of")])
def test_a_taken_name_is_refused_with_the_remedy(scenario, three, file, kept, lang, word):
    code, out, err = scenario("import", file("OST zuerst"), lang=lang)
    assert (code, out) == (FAULTY, "")
    assert word in err
    assert entries(kept)[0].number == 3


def test_a_bad_file_among_good_ones_lets_none_in(scenario, file, tmp_path, kept):
    def spoilt(document):
        document["reach"] = {"minutes": 99, "speed_kmh": "fast"}

    good = [file(f"Gut {number}", stem=f"good{number}") for number in (1, 2)]
    bad, worse = file("Schlecht", stem="bad", change=spoilt), tmp_path / "worse.json"
    worse.write_bytes(b"{" * 50)
    code, out, err = scenario("import", good[0], bad, str(worse), good[1])
    assert (code, out) == (FAULTY, "")
    assert err.count(f"{bad}, ") == 2
    assert "reach.minutes" in err
    assert str(worse) in err
    assert "Gut" not in err
    assert scenario("import", good[0], str(tmp_path / "missing.json"))[0] == UNREADABLE
    assert scenario("import", good[0], file("Gut 1", stem="twin"))[0] == FAULTY
    assert scenario("import", good[0], file("", stem="nameless"))[0] == FAULTY
    assert entries(kept) == ()
    assert scenario("import", *good)[0] == DONE
    assert len(entries(kept)) == 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_files_are_kept_all_together_whatever_goes_wrong(scenario, file, kept, lang):
    assert scenario("import", file("Vorher"))[0] == DONE
    with closing(sqlite3.connect(kept)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON revision WHEN NEW.name = 'Zwei' "
            "BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    pair = (file("Eins", stem="one"), file("Zwei", stem="two"))
    code, out, err = scenario("import", *pair, lang=lang)
    assert code == UNREADABLE
    assert out == ""
    assert "no room" in err
    assert [one.name for one in entries(kept)] == ["Vorher"]


def test_cells_of_a_wrong_form_are_told(scenario, file, kept):
    rows = [{"candidate_id": "own1", "x": "far", "name": 7}]
    path = file(change=lambda one: one["candidates"].update(changed=rows))
    for lang, words in (("de", ("eine Zahl", "ein Text")), ("en", ("a number", "a text"))):
        code, _, err = scenario("import", path, lang=lang)
        assert code == FAULTY
        assert all(word in err for word in (*words, "candidates.changed.0.x"))
    assert entries(kept) == ()


def test_names_are_given_to_single_files_only(scenario, file):
    pair = (file("A", stem="a"), file("B", stem="b"))
    assert scenario("import", *pair, "--name", "C")[0] == FAULTY
    assert scenario("import", *pair, "--revision-of", "C")[0] == FAULTY


def test_the_next_revision_keeps_the_name_unless_told(scenario, three, file, kept):
    path = file("Ganz anders", scenario=Scenario(minutes=20.0))
    assert scenario("import", path, "--revision-of", three)[0] == DONE
    assert (entries(kept)[0].number, entries(kept)[0].name) == (4, three)
    assert scenario("import", path, "--revision-of", three, "--name", "Neuer Name")[0] == DONE
    assert (entries(kept)[0].number, entries(kept)[0].name) == (5, "Neuer Name")
    assert scenario("import", path, "--revision-of", "nobody")[0] == UNREADABLE


# --- restore, rename, duplicate, delete


@pytest.mark.parametrize(("lang", "word"), [("de", "Stand 4"), ("en", "revision 4")])
def test_restore_makes_an_older_revision_the_newest(scenario, three, kept, lang, word):
    code, out, _ = scenario("restore", three, "--revision", "1", "--author", "Bo", lang=lang)
    assert code == DONE
    assert word in out
    with store_of(kept) as store:
        entry, snapshot = store.read(entries(kept)[0].scenario_id)
    assert (entry.action, entry.author, entry.number) == ("restore", "Bo", 4)
    assert snapshot.basis.scenario.minutes == 10.0
    assert scenario("restore", three, "--revision", "9")[0] == UNREADABLE
    for number in ("0", "-1", "x"):
        with pytest.raises(SystemExit) as stopped:
            scenario("restore", three, "--revision", number)
        assert stopped.value.code == USAGE


def test_somebody_who_saves_meanwhile_is_not_overwritten(scenario, three, file, kept, monkeypatch):
    asked = Store.entry

    def slow(store, scenario_id, number=None):
        monkeypatch.setattr(Store, "entry", asked)
        entry = asked(store, scenario_id, number)
        assert main(["scenario", "import", file("x"), "--revision-of", three, "--author", "Bo"]) == DONE
        return entry

    monkeypatch.setattr(Store, "entry", slow)
    code, _, err = scenario("restore", three, "--revision", "1")
    assert code == FAULTY
    assert "Bo" in err
    assert entries(kept)[0].number == 4


@pytest.mark.parametrize(("lang", "word"), [("de", "entweder"), ("en", "either")])
def test_a_revision_that_is_named_twice_is_refused(scenario, three, folder, kept, tmp_path, lang, word):
    out = str(tmp_path / "x.json")
    for arguments in (
        ("show", "Ost zuerst@1", "--revision", "2", "--area", folder),
        ("show", "Ost zuerst@1", "--revision", "1", "--area", folder),
        ("export", "Ost zuerst@1", "--revision", "2", "--out", out),
        ("restore", "Ost zuerst@1", "--revision", "2"),
    ):
        code, told, err = scenario(*arguments, lang=lang)
        assert (code, told) == (FAULTY, "")
        assert word in err
        assert "@1" in err
    assert entries(kept)[0].number == 3


@pytest.mark.parametrize(("lang", "word"), [("de", "das ganze Szenario"), ("en", "the whole scenario")])
def test_what_is_about_a_whole_scenario_takes_no_revision(scenario, three, file, kept, lang, word):
    with store_of(kept) as store:
        old = store.entry(entries(kept)[0].scenario_id, 1).content_id
    for wanted in ("Ost zuerst@1", "Ost zuerst@3", "Ost zuerst@9", old):
        for arguments in (
            ("delete", wanted),
            ("rename", wanted, "Anders"),
            ("import", file("x"), "--revision-of", wanted),
        ):
            code, out, err = scenario(*arguments, lang=lang)
            assert (code, out) == (FAULTY, ""), arguments
            assert word in err
            assert entries(kept)[0].scenario_id in err
    assert [(one.name, one.number) for one in entries(kept)] == [(three, 3)]
    assert scenario("delete", entries(kept)[0].content_id[:12])[0] == DONE


def test_an_older_revision_can_be_duplicated(scenario, three, kept):
    assert scenario("duplicate", "Ost zuerst@1", "Wie am Anfang")[0] == DONE
    assert scenario("duplicate", three, "Wie jetzt")[0] == DONE
    found = {}
    with store_of(kept) as store:
        for name in ("Wie am Anfang", "Wie jetzt"):
            entry, snapshot = store.read(store.named(name).scenario_id)
            found[name] = (entry.action, entry.number, snapshot.basis.scenario.minutes)
    assert found == {"Wie am Anfang": ("duplicate", 1, 10.0), "Wie jetzt": ("duplicate", 1, 12.0)}


def test_restoring_keeps_the_present_name(scenario, three, kept):
    assert scenario("rename", three, "Neu")[0] == DONE
    code, out, _ = scenario("restore", "Neu", "--revision", "1")
    assert code == DONE
    assert "Neu" in out
    assert [(one.name, one.number) for one in entries(kept)] == [("Neu", 5)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rename_duplicate_delete_undelete_purge(scenario, three, kept, lang):
    assert scenario("rename", three, "West zuerst", lang=lang)[0] == DONE
    assert scenario("duplicate", "West zuerst", three, lang=lang)[0] == DONE
    assert scenario("rename", three, "west ZUERST", lang=lang)[0] == FAULTY
    assert {(one.name, one.number, one.action) for one in entries(kept)} == {
        ("West zuerst", 4, "rename"),
        (three, 1, "duplicate"),
    }
    code, out, _ = scenario("delete", three, lang=lang)
    assert code == DONE
    assert "undelete" in out
    code, _, err = scenario("show", three, lang=lang)
    assert code == UNREADABLE
    assert "undelete" in err
    assert three in scenario("list", "--deleted", lang=lang)[1]
    assert scenario("undelete", three, lang=lang)[0] == DONE
    assert scenario("undelete", three, lang=lang)[0] == UNREADABLE
    assert scenario("purge", three, lang=lang)[0] == UNREADABLE
    scenario("delete", three, lang=lang)
    assert scenario("purge", three, lang=lang)[0] == DONE
    assert entries(kept, deleted=True) == ()


def test_of_two_deleted_scenarios_of_one_name_the_identifier_decides(scenario, file, kept):
    for _ in range(2):
        assert scenario("import", file("Zwilling"))[0] == DONE
        assert scenario("delete", "Zwilling")[0] == DONE
    code, _, err = scenario("undelete", "Zwilling")
    assert code == FAULTY
    keys = [one.scenario_id for one in entries(kept, deleted=True)]
    assert all(key in err for key in keys)
    assert scenario("undelete", keys[0][:8])[0] == DONE
    assert scenario("undelete", keys[1])[0] == FAULTY  # the name has been taken meanwhile


# --- what is meant


def test_file_then_name_then_identifier(scenario, three, folder, file, tmp_path, monkeypatch, kept):
    monkeypatch.chdir(tmp_path)
    entry = entries(kept)[0]
    for wanted in (entry.scenario_id, entry.scenario_id[:6], entry.content_id, entry.content_id[:10].upper()):
        assert "revision 3 of 3" in scenario("show", wanted, "--area", folder)[1]
    path = file("In der Datei", stem="a")
    (tmp_path / "Ost zuerst").write_bytes(Path(path).read_bytes())
    assert "In der Datei" in scenario("show", three, "--area", folder)[1]
    (tmp_path / "Ost zuerst").unlink()
    (tmp_path / "Ost zuerst").mkdir()
    assert "revision 3 of 3" in scenario("show", three, "--area", folder)[1]
    assert scenario("show", entry.scenario_id[:5], "--area", folder)[0] == UNREADABLE


def test_a_name_that_ends_like_a_revision_is_a_name_first(scenario, three, file, folder):
    assert scenario("import", file("Ost zuerst@2", notes="eigen"))[0] == DONE
    assert "eigen" in scenario("show", "Ost zuerst@2", "--area", folder)[1]
    assert "revision 2 of 3" in scenario("show", three, "--revision", "2", "--area", folder)[1]
    code, _, err = scenario("show", "Ost zuerst@4")
    assert code == UNREADABLE
    assert "the newest is revision 3" in err


def test_an_identifier_of_several_is_ambiguous_and_all_are_named(
    scenario, three, kept, folder, capsys, tmp_path
):
    assert scenario("duplicate", three, "Kopie")[0] == DONE
    content = entries(kept)[0].content_id
    code, out, err = scenario("show", content)
    assert (code, out) == (FAULTY, "")
    assert all(one.scenario_id in err and one.name in err for one in entries(kept))
    out = str(tmp_path / "x.csv")
    assert main(["score", folder, "--scenario", content[:8], "--out", out]) == FAULTY


def test_revisions_of_equal_content_are_not_ambiguous(scenario, three, kept, folder):
    assert scenario("restore", three, "--revision", "1")[0] == DONE
    content = entries(kept)[0].content_id
    assert "revision 4 of 4" in scenario("show", content, "--area", folder)[1]


@pytest.mark.parametrize(
    "name", ["../x", "<script>alert(1)</script>", "=1+1", "n" * 120, "-x", "x'; DROP TABLE y"]
)
def test_strange_names_are_names(scenario, file, folder, kept, name):
    path = file(name)
    assert scenario("import", path)[0] == DONE
    code, out, _ = scenario("show", "--area", folder, "--", name)
    assert code == DONE
    assert name in out
    assert entries(kept)[0].name == name


@pytest.mark.parametrize(
    "name", [LONG, "x" * 5000, "", " ", "\x1b[31m", "\udcff", "a\0b", "/", ".", "x@99999999999"]
)
def test_what_is_no_name_is_not_found(scenario, folder, kept, capsys, tmp_path, name):
    with store_of(kept):
        pass  # there is one
    code, out, err = scenario("show", name)
    assert (code, out) == (UNREADABLE, "")
    assert "planning scenario list" in err
    assert "\x1b" not in err
    assert main(["score", folder, "--scenario", name, "--out", str(tmp_path / "x.csv")]) == UNREADABLE


@pytest.mark.parametrize("name", [LONG, "", "\x1b[31m", "\udcff"])
def test_what_is_no_name_is_not_kept(scenario, folder, file, three, kept, capsys, name):
    assert scenario("import", file("gut"), "--name", name)[0] == FAULTY
    assert scenario("rename", three, name)[0] == FAULTY
    assert scenario("duplicate", three, name)[0] == FAULTY
    assert main(["plan", folder, "--save-scenario", name, *RESULT]) == FAULTY
    assert len(entries(kept)) == 1


# --- who and where


def test_the_author_is_said_or_looked_up(monkeypatch):
    assert author_of("  Bo  K. ") == "Bo K."
    assert author_of(None) == "Anna Önder"
    monkeypatch.delenv("PLANNING_AUTHOR")
    monkeypatch.setattr(getpass, "getuser", lambda: "cy")
    assert author_of(None) == "cy"

    def nobody():
        raise KeyError("uid")

    monkeypatch.setattr(getpass, "getuser", nobody)
    for bad in (None, "", " ", "\x1b[1m", "\udcff", LONG):
        with pytest.raises(SettingError) as caught:
            author_of(bad)
        assert "PLANNING_AUTHOR" in explain(caught.value, Translator("en"))[0]


def test_a_store_can_be_named(scenario, file, tmp_path, kept):
    other = str(tmp_path / "other.sqlite3")
    assert scenario("import", file("Dort"), "--store", other)[0] == DONE
    assert [one.name for one in entries(other)] == ["Dort"]
    assert entries(kept) == ()
    assert "Dort" in scenario("list", "--store", other)[1]


def test_a_store_that_cannot_be_used_is_told(scenario, file, tmp_path, folder, capsys):
    broken = tmp_path / "broken.sqlite3"
    broken.write_text("not a database, but long enough to be read as the head of one " * 20)
    for store in (str(broken), str(broken / "deeper.sqlite3"), "mysql://nowhere/x", "://"):
        code, out, err = scenario("list", "--store", store)
        assert (code, out) == (UNREADABLE, ""), store
        assert len(err) > 30
        path = str(tmp_path / "x.csv")
        assert main(["score", folder, "--scenario", "x", "--store", store, "--out", path]) == UNREADABLE
        assert main(["plan", folder, "--save-scenario", "x", "--store", store, "--json"]) == UNREADABLE
        capsys.readouterr()
    # a file needs no store
    assert main(["score", folder, "--scenario", file(), "--store", str(broken), "--out", path]) == DONE


def test_a_damaged_revision_is_told_and_the_others_stay(scenario, three, folder, kept):
    with closing(sqlite3.connect(kept)) as connection, connection:
        connection.execute("UPDATE revision SET document = replace(document, '12', '13') WHERE number = 3")
    code, _, err = scenario("show", three, "--area", folder)
    assert code == UNREADABLE
    assert "damaged" in err
    assert scenario("show", f"{three}@2", "--area", folder)[0] == DONE


# --- computing with a scenario


def plan_of(tmp_path, name):
    return json.loads((tmp_path / name / "plan.json").read_text(encoding="utf-8"))


@pytest.fixture
def plan(folder, tmp_path):
    def ran(name, *arguments):
        return main(["plan", folder, *RESULT, "--out", str(tmp_path / name), *arguments])

    return ran


RULES = Constraints(must=("k3",), must_not=("k1",), boroughs={"west": (1, 2)}, spacing_m=100.0)


def test_a_scenario_gives_the_same_plan_as_its_settings_by_options(plan, file, tmp_path, kept):
    settings = PlanSettings("walking", 2, RULES, score_share=0.25, time_limit_s=30.0, seed=7)
    weights = {"distance": 60.0, "transit": 5.0}
    chosen = Scenario(minutes=9.0, speed_kmh=4.0, criteria_weights=weights, need_weights={"residents": 0.5})
    path = file("Wie gesagt", scenario=chosen, plan_settings=settings)
    (tmp_path / "w.json").write_text(json.dumps({"criteria": weights, "need": {"residents": 0.5}}))
    rules = {"must": ["k3"], "must_not": ["k1"], "boroughs": {"west": {"min": 1, "max": 2}}, "spacing_m": 100}
    (tmp_path / "r.json").write_text(json.dumps(rules))
    assert plan("one", "--scenario", path) == DONE
    given = [
        "-p",
        "2",
        "--objective",
        "walking",
        "--score-share",
        "0.25",
        "--time-limit",
        "30",
        "--seed",
        "7",
    ]
    given += ["--minutes", "9", "--speed", "4", "--weights", str(tmp_path / "w.json")]
    assert plan("two", *given, "--constraints", str(tmp_path / "r.json")) == DONE
    one, two = plan_of(tmp_path, "one"), plan_of(tmp_path, "two")
    assert one["scenario"].pop("name") == "Wie gesagt"
    assert one["scenario"].pop("id") == snapshot_id(read_snapshot(Path(path).read_bytes()))
    assert (two["scenario"].pop("name"), two["scenario"].pop("id")) == ("", None)
    for record in (one, two):
        del record["seconds"]
    assert one == two
    assert (tmp_path / "one" / "plan.csv").read_bytes() == (tmp_path / "two" / "plan.csv").read_bytes()


def test_options_override_the_scenario(plan, file, tmp_path):
    settings = PlanSettings("coverage", 2, RULES, score_share=0.25, seed=7)
    path = file("Basis", scenario=Scenario(minutes=9.0), plan_settings=settings)
    (tmp_path / "w.json").write_text('{"criteria": {"transit": 50}}')
    (tmp_path / "r.json").write_text('{"must": ["k1"]}')
    given = ["--minutes", "12", "-p", "1", "--objective", "worst", "--seed", "3", "--time-limit", "5"]
    given += ["--weights", str(tmp_path / "w.json"), "--constraints", str(tmp_path / "r.json")]
    assert plan("one", "--scenario", path, *given) == DONE
    record = plan_of(tmp_path, "one")
    assert record["scenario"]["minutes"] == 12
    assert record["scenario"]["criteria_weights"]["transit"] == 50
    assert record["scenario"]["name"] == "Basis, changed"
    assert record["scenario"]["id"] is None
    asked = record["settings"]
    assert (asked["count"], asked["objective"], asked["seed"], asked["time_limit_s"]) == (1, "worst", 3, 5)
    assert asked["score_share"] == 0  # scores cannot count for this aim
    assert asked["constraints"]["must"] == ["k1"]
    assert plan("two", "--scenario", path, "--objective", "worst", "--score-share", "0.5") == FAULTY


def test_an_option_that_says_the_same_changes_nothing(plan, file, tmp_path):
    path = file("Basis", scenario=Scenario(minutes=9.0), plan_settings=PlanSettings(count=2))
    assert plan("one", "--scenario", path, "--minutes", "9", "-p", "2") == DONE
    assert plan_of(tmp_path, "one")["scenario"]["name"] == "Basis"
    assert len(plan_of(tmp_path, "one")["scenario"]["id"]) == 64


def test_the_number_of_rooms_is_not_kept_for_covering_all(plan, file, tmp_path):
    path = file("Alle", plan_settings=PlanSettings("cover-all", 1))
    assert plan("one", "--scenario", path) == DONE
    assert plan_of(tmp_path, "one")["settings"]["count"] is None


def test_scores_use_weights_entries_and_name_of_the_scenario(folder, file, tmp_path, town):
    def entered(document):
        row = row_of(town.candidates, "k1")
        document["candidates"]["changed"] = [
            row | {"candidate_id": "own1", "name": "Eigener Raum", "x": row["x"] + 300}
        ]
        document["candidates"]["removed"] = ["k2"]

    path = file("Mit eigenem", change=entered, scenario=Scenario(minutes=8.0))
    out = tmp_path / "ranking.csv"
    assert main(["score", folder, "--scenario", path, "--out", str(out)]) == DONE
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert {row["candidate_id"] for row in rows} == {"k1", "k3", "k4", "own1"}
    drawn = tmp_path / "map.html"
    assert main(["score", folder, "--scenario", path, "--out", str(drawn)]) == DONE
    assert "Mit eigenem" in drawn.read_text(encoding="utf-8")


def test_rules_that_name_what_is_gone_are_left_out_and_told(plan, file, tmp_path, capsys):
    def gone(document):
        document["plan_settings"]["constraints"] |= {
            "must": ["k3", "gone1"],
            "must_not": ["gone2"],
            "either_or": [["k1", "gone1"], ["k1", "k2", "gone3"]],
            "boroughs": {"nowhere": {"min": 1}, "west": {"max": 2}},
        }

    path = file("Alt", change=gone, plan_settings=PlanSettings(count=2))
    assert plan("one", "--scenario", path) == DONE
    told = capsys.readouterr().err
    assert all(name in told for name in ("gone1", "gone2", "gone3", "nowhere"))
    assert told.count("gone2") == 1
    assert plan_of(tmp_path, "one")["scenario"]["id"] is None
    rules = plan_of(tmp_path, "one")["settings"]["constraints"]
    assert (rules["must"], rules["must_not"], rules["either_or"]) == (["k3"], [], [["k1", "k2"]])
    assert rules["boroughs"] == {"west": {"min": 0, "max": 2}}


def test_rules_that_are_replaced_are_not_missed(plan, file, tmp_path, capsys):
    path = file("Alt", change=lambda one: one["plan_settings"]["constraints"].update(must=["gone1"]))
    (tmp_path / "r.json").write_text('{"must": ["k1"]}')
    assert plan("one", "--scenario", path, "-p", "2", "--constraints", str(tmp_path / "r.json")) == DONE
    assert "gone1" not in capsys.readouterr().err


@pytest.mark.parametrize("lang", LANGUAGES)
def test_show_names_the_rules_that_are_gone(scenario, folder, file, lang):
    path = file("Alt", change=lambda one: one["plan_settings"]["constraints"].update(must=["gone1"]))
    _, out, _ = scenario("show", path, "--area", folder, lang=lang)
    assert sum("gone1" in line for line in out.splitlines()) == 2  # what is missing, and the setting


def unknown_group(document):
    document["need_weights"]["martians"] = 3.0


@pytest.mark.parametrize("change", [other_data, unknown_group])
def test_a_result_bears_no_identifier_of_what_it_was_not_computed_from(plan, file, tmp_path, change):
    path = file("Anderswo", change=change, plan_settings=PlanSettings(count=1))
    assert plan("one", "--scenario", path) == DONE
    record = plan_of(tmp_path, "one")["scenario"]
    assert (record["name"], record["id"]) == ("Anderswo", None)


def test_rules_that_name_only_what_is_there_stay_as_they_are(town):
    rules = replace(RULES, either_or=(("k1", "k2"),))
    assert known_rules(rules, town) == (rules, ())


def test_dependances_entered_by_hand_are_not_opened_again(plan, file, tmp_path, town):
    def entered(document):
        row = row_of(town.sites, "s2")
        document["sites"]["changed"] = [row | {"site_id": f"own{n}", "x": row["x"] - 300 * n} for n in (1, 2)]

    assert plan("one", "--scenario", file("Drei offen", change=entered)) == DONE
    assert len(plan_of(tmp_path, "one")["rooms"]) == town.programme.planned - 3


def test_a_file_that_is_no_scenario(plan, tmp_path, capsys):
    path = tmp_path / "x.json"
    for content in ("{", "[]", '{"format": "dependance-scenario", "version": 99}'):
        path.write_text(content)
        assert plan("one", "--scenario", str(path)) == FAULTY
        assert str(path) in capsys.readouterr().err
    assert not (tmp_path / "one").exists()


# --- keeping a plan


def test_a_plan_can_be_kept_and_opened_again(plan, tmp_path, kept, capsys, scenario, folder):
    assert (
        plan("one", "-p", "2", "--minutes", "9", "--save-scenario", "Vom Rechner", "--author", "Bo") == DONE
    )
    assert "Vom Rechner" in capsys.readouterr().err
    entry = entries(kept)[0]
    assert (entry.name, entry.author, entry.action) == ("Vom Rechner", "Bo", "save")
    assert entry.summary.share_after > entry.summary.share_before
    record = plan_of(tmp_path, "one")
    assert record["scenario"]["id"] == entry.content_id
    assert record["scenario"]["name"] == "Vom Rechner"
    with store_of(kept) as store:
        _, snapshot = store.read(entry.scenario_id)
    assert list(snapshot.plan.candidate_ids) == [room["candidate_id"] for room in record["rooms"]]
    assert snapshot.plan.status == "optimal"
    assert plan("two", "--scenario", "Vom Rechner") == DONE
    again = plan_of(tmp_path, "two")
    assert {**again, "seconds": 0} == {**record, "seconds": 0}


def test_what_remains_is_kept_as_a_number_with_the_plan(plan, kept):
    assert plan("one", "--save-scenario", "Alle") == DONE
    with store_of(kept) as store:
        _, snapshot = store.read(entries(kept)[0].scenario_id)
    assert (snapshot.plan_settings.count, snapshot.plan.settings.count) == (None, 4)


def test_a_taken_name_stops_before_the_work_begins(plan, three, tmp_path, capsys):
    assert plan("one", "--save-scenario", three) == FAULTY
    assert "another name" in capsys.readouterr().err
    assert not (tmp_path / "one").exists()


def full_store(monkeypatch):
    def refuse(store, snapshots, author, now, action="save"):
        raise StoreError("store_full", store=store.address)

    monkeypatch.setattr(Store, "create_all", refuse)


def test_a_plan_that_cannot_be_kept_is_told_and_written(plan, tmp_path, kept, capsys, monkeypatch):
    full_store(monkeypatch)
    assert plan("one", "-p", "1", "--save-scenario", "Verloren") == UNREADABLE
    told = capsys.readouterr()
    assert told.out.startswith("Proven optimal")
    assert "no room left" in told.err
    record = plan_of(tmp_path, "one")["scenario"]
    assert (record["name"], record["id"]) == ("", None)
    assert entries(kept) == ()


def test_a_plan_is_told_where_its_name_was_taken_meanwhile(folder, file, kept, capsys, monkeypatch):
    solve = planning.siting.make_plan

    def slow(task, scenario, **others):
        assert main(["scenario", "import", file("Begehrt")]) == DONE
        capsys.readouterr()
        return solve(task, scenario, **others)

    monkeypatch.setattr(planning.siting, "make_plan", slow)
    base = ["plan", folder, *RESULT, "-p", "1"]
    assert main([*base, "--save-scenario", "Begehrt"]) == FAULTY
    told = capsys.readouterr()
    assert told.out.startswith("Proven optimal")
    assert "another name" in told.err.lower()
    assert [one.action for one in entries(kept)] == ["import"]


def test_a_plan_is_kept_and_told_where_its_files_cannot_be_written(plan, kept, capsys, monkeypatch):
    def refuse(folder, files):
        raise OutputError("output_not_written", path=str(folder), reason="full")

    monkeypatch.setattr("planning.export.plan.write_plan", refuse)
    assert plan("one", "-p", "1", "--save-scenario", "Behalten") == UNREADABLE
    told = capsys.readouterr()
    assert told.out.startswith("Proven optimal")
    assert "full" in told.err
    full_store(monkeypatch)
    assert plan("one", "-p", "1", "--save-scenario", "Weder noch") == UNREADABLE
    told = capsys.readouterr().err
    assert "no room left" in told
    assert "full" in told
    assert [one.name for one in entries(kept)] == ["Behalten"]


def test_keeping_alone_is_an_output_and_needs_a_plan(folder, kept, capsys):
    base = ["plan", folder, *RESULT]
    assert main([*base, "-p", "1", "--save-scenario", "Nur so"]) == DONE
    assert main([*base, "-p", "99", "--save-scenario", "Zu viele"]) == FAULTY
    assert "not saved" in capsys.readouterr().err
    assert [one.name for one in entries(kept)] == ["Nur so"]


def test_notes_of_the_scenario_go_along(plan, file, kept):
    path = file("Mit Notiz", notes="bitte prüfen", candidate_notes={"k1": "Schlüssel"})
    assert plan("one", "--scenario", path, "-p", "1", "--save-scenario", "Gerechnet") == DONE
    with store_of(kept) as store:
        _, snapshot = store.read(entries(kept)[0].scenario_id)
    assert (snapshot.notes, dict(snapshot.candidate_notes)) == ("bitte prüfen", {"k1": "Schlüssel"})


# --- what a terminal would obey

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def test_names_and_notes_cannot_steer_a_terminal(scenario, folder, file, town, kept, capsys, plan, tmp_path):
    def wicked(document):
        row = row_of(town.candidates, "k1")
        name = "Raum\rPlan: nachweislich optimal\u202e\nStand 7"
        document["name"] = "Name \u2066rlo\u202e"
        document["notes"] = "Notiz \u202e\rzwei\tdrei"
        document["candidates"]["changed"] = [row | {"candidate_id": "own\rx", "name": name}]
        document["candidate_notes"] = {"own\rx": "an \u202eihm"}

    path = file("x", change=wicked)
    assert scenario("import", path, "--author", "\u202eAnna \u0645😀")[0] == DONE
    key = entries(kept)[0].scenario_id
    for arguments in (
        ("list",),
        ("list", "--json"),
        ("show", key, "--area", folder),
        ("show", key, "--area", folder, "--json"),
        ("diff", key, file("Blatt", stem="sheet"), "--area", folder),
        ("diff", key, file("Blatt", stem="sheet"), "--area", folder, "--json"),
        ("export", key, "--out", "-"),
        ("rename", key, "Name \u2066rlo\u202e zwei", "--author", "\u202eAnna \u0645😀"),
    ):
        code, out, err = scenario(*arguments)
        assert code == DONE
        assert not STEERING.search(out + err), arguments
        assert "Stand 7" not in [line.strip() for line in out.splitlines()]
    assert "\\u202eAnna \u0645😀" in scenario("list")[1]
    _, out, _ = scenario("export", key, "--out", "-")
    assert read_snapshot(out.encode()) == replace(
        read_snapshot(Path(path).read_bytes()), name="Name \u2066rlo\u202e zwei"
    )
    assert plan("one", "--scenario", key, "--json", "-p", "1") == DONE
    told = capsys.readouterr()
    assert not STEERING.search(told.out + told.err)
    assert json.loads(told.out) == plan_of(tmp_path, "one")


def test_messages_cannot_steer_a_terminal(scenario, three, kept, file):
    with closing(sqlite3.connect(kept)) as connection, connection:
        connection.execute("UPDATE revision SET author = ?", ("An\x1b[31mna\x9b\rx",))
    for arguments in (("show", three, "--json"), ("list",), ("show", three)):
        _, out, err = scenario(*arguments)
        assert not STEERING.search(out + err)
    code, _, err = scenario("rename", three, "\u202ex\x1b[2J")
    assert code == FAULTY
    assert not STEERING.search(err)
    assert not STEERING.search(scenario("show", "no\rsuch\x1b[2J\u202e")[2])


# --- words


OTHER_WORDS = re.compile(
    r"zurückgeholt|zurückhol|kopiert|Am wenigsten|\{count\} Angaben|\{count\} values are"
)


def test_one_thing_has_one_word_on_screen_and_on_the_command_line(scenario, three, folder):
    texts = {key: text for key, text in catalogue_keys().items() if key.startswith(SUBJECTS)}
    assert not {key: one for key, text in texts.items() for one in text.values() if OTHER_WORDS.search(one)}
    assert scenario("restore", three, "--revision", "1")[0] == DONE
    assert scenario("duplicate", three, "Zweites")[0] == DONE
    for lang in LANGUAGES:
        t = Translator(lang)
        for name, action in ((three, "restore"), ("Zweites", "duplicate")):
            _, out, _ = scenario("show", name, "--area", folder, lang=lang)
            assert t(f"scenario.action.{action}") in out
    assert Translator("de")("scenario.bin.back") == "Aus dem Papierkorb holen"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_budget_that_is_not_set_has_no_gender(scenario, folder, file, lang):
    rules = Constraints(budget_eur_month=500.0)
    path = file("Knapp", plan_settings=PlanSettings(constraints=rules))
    _, out, _ = scenario("show", path, "--area", folder, lang=lang)
    assert f"{Translator(lang)('siting.constraint.budget_eur_month.label')}: – → 500" in out


def parsers(parser, name=""):
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one, sub in action.choices.items():
                yield from parsers(sub, f"{name} {one}".strip())


def test_readme_names_every_action_and_option(request):
    readme = (request.config.rootpath / "README.md").read_text(encoding="utf-8")
    missing = []
    for name, parser in parsers(make_parser(Translator("en"))):
        options = [option for action in parser._actions for option in action.option_strings]
        missing += [(name, option) for option in options if option.startswith("--") and option not in readme]
        missing += [name] if name and name.split()[-1] not in readme else []
    assert not missing
    assert all(variable in readme for variable in ("PLANNING_STORE", "PLANNING_AUTHOR"))


@pytest.mark.parametrize(("lang", "word"), [("de", "Papierkorb"), ("en", "bin")])
def test_help_of_the_actions_speaks_the_language_asked_for(capsys, lang, word):
    for arguments in (["--lang", lang, "scenario", "--help"], ["scenario", "--help", "--lang", lang]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == DONE
        assert word in capsys.readouterr().out


# --- docs/scenarios.md


def properties(schema):
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from properties(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from properties(part)


def test_every_part_of_the_document_is_described(request):
    text = (request.config.rootpath / "docs" / "scenarios.md").read_text(encoding="utf-8")
    cells = {*columns_of("sites").index, *columns_of("candidates").index}
    names = set(properties(published_schema(VERSION))) - (cells - {"candidate_id", "name", "x", "y"})
    assert len(names) > 50
    assert "schema.csv" in text
    assert not sorted(name for name in names if f"`{name}`" not in text)
    assert f"scenario-{VERSION}.schema.json" in text
    for value in (
        f"{LIMIT_BYTES // 2**20} MB",
        f"{DEEPEST} deep",
        f"{LONGEST:,} characters",
        f"{KEPT_DAYS} days",
    ):
        assert value in text
    for name, parser in parsers(make_parser(Translator("en"))):
        if name.startswith("scenario "):
            options = [option for action in parser._actions for option in action.option_strings]
            shown = [one for one in options if one.startswith("--") and one not in {"--help", "--lang"}]
            assert not [one for one in shown if one not in text], name
            assert f"`{name.split()[-1]} " in text


def huge(document):
    """Add a plan whose figures are beyond the whole numbers that a float holds exactly."""
    rooms = [{"candidate_id": "k1", "name": "", "x": 1.0, "y": 2.5, "gain": 123456789012345678}]
    document["plan"] = {
        "settings": document["plan_settings"],
        "basis": None,
        "status": "optimal",
        "objective": 1e17,
        "bound": -1e17,
        "need_out_of_reach": 0.0,
        "rooms": rooms,
        "origin": "solver",
        "stopped": False,
        "on_other_data": False,
        "before": None,
        "after": None,
    }
    document["id"] = content_id(document)


def test_the_described_way_gives_the_identifier(request, file, tmp_path, monkeypatch):
    text = (request.config.rootpath / "docs" / "scenarios.md").read_text(encoding="utf-8")
    source = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    weights = {"transit": 1e6, "distance": 0.1, "need_gained": 12.0}
    given = Scenario(minutes=12.25, criteria_weights=weights)
    path = Path(file("Umlaut ä", scenario=given, notes="zwei\nZeilen", change=huge))
    (tmp_path / "scenario.json").write_bytes(path.read_bytes())
    shell = [sys.executable, "-c", source]
    assert subprocess.run(shell, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "scenario.json").write_bytes(path.read_bytes().replace(b"12.25", b"12.5"))
    assert subprocess.run(shell, cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_the_described_backup_is_whole_while_the_store_is_in_use(request, three, kept, tmp_path):
    text = (request.config.rootpath / "docs" / "scenarios.md").read_text(encoding="utf-8")
    source = re.search(r'python -c "(.*?)" \\\n', text)[1]
    copy = str(tmp_path / "copy.sqlite3")
    with store_of(kept) as store:
        assert store.named(three) is not None
        subprocess.run([sys.executable, "-c", source, kept, copy], check=True, capture_output=True)
    assert entries(copy) == entries(kept)


# --- databases


def test_everything_works_on_both_databases(scenario, file, folder, store_target, capsys):
    def ran(*arguments):
        code, out, err = scenario(*arguments, "--store", store_target)
        assert code == DONE, err
        return out

    for minutes in (10.0, 12.0):
        path = file("Dort ä", scenario=Scenario(minutes=minutes))
        ran("import", path, *(("--revision-of", "dort Ä") if minutes == 12.0 else ()))
    assert "Dort ä" in ran("list", "--search", "DORT Ä")
    assert "revision 1 of 2" in ran("show", "Dort ä@1", "--area", folder)
    assert "10\u00a0min → 12\u00a0min" in ran("diff", "Dort ä@1", "Dort ä", "--area", folder, "--no-ranking")
    ran("restore", "Dort ä", "--revision", "1")
    ran("rename", "Dort ä", "Hier")
    ran("duplicate", "Hier", "Dort")
    for action in ("delete", "undelete", "delete", "purge"):
        ran(action, "Dort")
    assert len(ran("list", "--all").splitlines()) == 2
    base = ["plan", folder, "--store", store_target, *RESULT]
    assert main([*base, "-p", "1", "--scenario", "Hier", "--save-scenario", "Gerechnet"]) == DONE
    capsys.readouterr()
    assert json.loads(ran("export", "Gerechnet", "--out", "-"))["plan"]["status"] == "optimal"
