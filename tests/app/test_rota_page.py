"""The page *Wochenplan*: entries, search, tables, map, what changes, why there is none, and what is saved."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pandas as pd
import pytest

from planning.access import measure
from planning.i18n import LANGUAGES, Translator
from planning.render.rota_entered import with_entries
from planning.render.rota_words import short_names
from planning.rota import Rota
from planning.rota.defaults import first_week
from planning.rota.entries import Entries, entries_bytes, read_entries
from planning.rota.record import record_of
from planning.rota.solving import solve
from planning.ui.components.rota_result import by_team, timetable
from planning.walking import build_network
from tests.app.test_pages import texts
from tests.rota_cases import random_task

DORSTFELD = "site_08"


def ended(app):
    while "rota_job" in app.session_state:
        time.sleep(0.1)
        app.run()
    return app


def told_by(app):
    """Return what the page says, warnings included, without the signs that keep it plain text."""
    return " ".join([texts(app), *(one.value for one in app.warning)]).replace("\\", "")


def table_with(app, column):
    return next(one.value for one in app.dataframe if column in one.value.columns)


def planned(app):
    app.button(key="rota_make").click().run()
    return ended(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_week_of_dortmund(open_app, language):
    t = Translator(language)
    app = open_app(language=language, page="wochenplan")
    assert not app.exception
    told = texts(app)
    assert t("rota.page.no_plan") in told
    assert t("rota.page.empty") in told
    assert t("rota.assumption.unknown_dependances", count=10) in told
    app = planned(app)
    assert not app.exception
    assert [one.value for one in app.success] == [t("rota.status.optimal")]
    table = table_with(app, t("rota_files.column.place"))
    assert table.iloc[0][t("rota_files.column.place")] == "lokal willkommen Dependance Dorstfeld"
    assert table.iloc[0][t("data.weekday.Di")] == "14:00–16:00"
    for view in ("by_team", "map", "goals"):
        app.segmented_control(key="rota_view").set_value(view).run()
        assert not app.exception
    assert t("rota_files.goal.travel") in texts(app)


def test_the_map_says_on_which_days_people_are_reached(open_app):
    t = Translator("de")
    app = planned(open_app(page="wochenplan"))
    app.segmented_control(key="rota_view").set_value("map").run()
    by_days = table_with(app, t("rota.map.share"))
    assert by_days[t("rota.map.title")].tolist()[0] == 0
    assert table_with(app, t("rota.map.never")).shape[0] == 12
    app.segmented_control(key="rota_map_day").set_value(1).run()
    assert not app.exception


def test_without_an_office_it_is_said(open_app, empty_folder):
    app = open_app(area=empty_folder, page="wochenplan")
    assert not app.exception
    assert any("Büro" in one.value for one in app.error)


def test_a_week_that_cannot_be_says_why_and_the_one_before_can_be_had_again(open_app):
    t = Translator("de")
    app = planned(open_app(page="wochenplan"))
    assert app.success
    app.session_state["rota_kept"] = {"rooms": {DORSTFELD: {"times": "Mo 09:00-12:00"}}}
    app.session_state["rota_round"] = 1
    app.run()
    assert t("rota.page.breaks") in told_by(app)
    needed = {"weekday": t("data.weekday.Di"), "start": "14:00", "end": "16:00"}
    broken = t("rota.violation.window", place="lokal willkommen Dependance Dorstfeld", **needed)
    assert broken in told_by(app)
    app = planned(app)
    assert not app.exception
    told = " ".join(one.value for one in app.error).replace("\\", "")
    assert t("rota.status.infeasible") in told
    assert t("rota.conflict.head") in told
    app.button(key="rota_back").click().run()
    assert app.success
    assert not app.error


def test_another_plan_of_the_week_says_what_changes(open_app):
    t = Translator("de")
    app = planned(open_app(page="wochenplan"))
    app.session_state["rota_kept"] = {"rooms": {DORSTFELD: {"weekday": "Do", "start": "10:00"}}}
    app.session_state["rota_round"] = 1
    app = planned(app.run())
    app.segmented_control(key="rota_view").set_value("changes").run()
    told = told_by(app)
    assert "Donnerstag 10:00–12:00" in told
    assert "Dienstag 14:00–16:00" in told
    assert t("rota.page.no_changes") not in told


def test_entries_stay_when_the_page_or_the_language_changes(open_app):
    app = open_app(page="wochenplan")
    app.session_state["rota_kept"] = {"teams": {"site_01": {"staff": 3}}}
    app.session_state["rota_round"] = 1
    app.run()
    app.session_state["language"] = "en"
    app.run()
    assert app.session_state["rota_kept"]["teams"] == {"site_01": {"staff": 3}}
    assert "6 offices" in texts(app)
    app.button(key="rota_reset").click().run()
    assert "7 offices" in texts(app)


def test_cleared_numbers_do_no_harm(open_app):
    app = open_app(page="wochenplan")
    app.session_state["rota_kept"] = {
        "teams": {"site_01": {"staff": pd.NA, "hours": float("nan"), "office": None}},
        "rooms": {DORSTFELD: {"visits": float("nan")}},
    }
    app.session_state["rota_round"] = 1
    app.run()
    assert not app.exception


def test_a_week_outlives_the_closing_of_an_office(open_app):
    app = planned(open_app(page="wochenplan"))
    found = app.session_state["rota_found"]
    area = found.area
    sites = area.sites.copy()
    sites.loc[sites["site_id"] == "site_07", "status"] = "closed"
    work = app.session_state["work"]
    app.session_state["work"] = replace(work, area=area.with_tables(sites=sites))
    app.run()
    app.segmented_control(key="rota_view").set_value("map").run()
    assert not app.exception
    app.toggle(key="rota_offices").set_value(True).run()
    assert not app.exception


def test_little_changes_after_a_contradiction_too(open_app):
    app = planned(open_app(page="wochenplan"))
    before = app.session_state["rota_found"].rota.duties
    app.session_state["rota_kept"] = {"rooms": {DORSTFELD: {"times": "Mo 09:00-12:00"}}}
    app.session_state["rota_round"] = 1
    app = planned(app.run())
    assert app.error
    app.button(key="rota_reset").click().run()
    app = planned(app)
    found = app.session_state["rota_found"]
    assert found.before is not None
    assert found.before[1] == before == found.rota.duties


def test_tables_by_place_and_team_say_the_same():
    t, task = Translator("de"), random_task(2, 5, 2)
    alike = tuple(replace(place, name="Kita") for place in task.places)  # equal names stay rows of their own
    task = replace(task, places=alike)
    rota = solve(task, time_limit_s=20, workers=2)
    places, teams = timetable(t, task, rota), by_team(t, task, rota)
    assert places.shape == (5, 7)
    assert teams.shape == (5, 5)
    hours = sorted(cell for cell in places.iloc[:, 2:].to_numpy().ravel() if cell)
    assert hours == sorted(teams[t("rota.page.clock")])
    assert set(places["Team"]) == set(teams["Team"]) <= {"0", "1"}  # "Büro 0" and "Büro 1"
    assert short_names(replace(task, teams=task.teams[:1])) == {"t0": "Büro 0"}


ENTRIES = Entries(
    {"teams": {"site_01": {"staff": 3}}, "rooms": {"nowhere": {"on": False}}}, {"length": 90, "mixed": True}
)


def opened(app, content):
    key = next(one.key for one in app.file_uploader if one.key.startswith("rota_entries_file"))
    return app.file_uploader(key=key).set_value(("entries.json", content, "application/json")).run()


def test_entries_are_saved_opened_reset_and_had_again(open_app):
    t = Translator("de")
    app = open_app(page="wochenplan")
    assert t("rota.page.entered_none") in texts(app)
    app = opened(app, entries_bytes(ENTRIES))
    assert not app.exception
    assert t("rota.page.entered", count=4) in texts(app)
    assert t("rota.page.entries_opened", count=4) in texts(app)
    assert app.number_input(key="rota_rule_length").value == 90
    assert app.toggle(key="rota_rule_mixed").value is True
    assert app.session_state["rota_kept"]["teams"] == {"site_01": {"staff": 3}}
    assert "6 Büros" in texts(app)
    app.number_input(key="rota_rule_setup").set_value(20).run()
    assert app.number_input(key="rota_rule_setup").value == 15  # onto the grid: nothing has changed
    app.number_input(key="rota_rule_setup").set_value(30).run()
    assert t("rota.page.entries_opened", count=4) not in texts(app)
    app.number_input(key="rota_rule_clear").set_value(45)
    app.button(key="rota_reset").click().run()  # both at once
    assert t("rota.page.entered_none") in texts(app)
    assert app.number_input(key="rota_rule_length").value == 120
    app.button(key="rota_entries_back").click().run()
    assert app.number_input(key="rota_rule_length").value == 90
    assert app.number_input(key="rota_rule_clear").value == 45
    assert t("rota.page.entered", count=6) in texts(app)
    app = planned(app)
    found = app.session_state["rota_found"]
    assert found.week.task.rules.length == 90
    assert found.week.entries.rules == {"length": 90, "setup": 30, "clear": 45, "mixed": True}


def test_what_was_opened_is_told_although_some_of_it_is_in_the_data(open_app):
    t = Translator("de")
    rooms = {DORSTFELD: {"weekday": "Di", "start": "14:00", "languages": "Arabisch"}, "k<b>1": {"on": False}}
    app = opened(open_app(page="wochenplan"), entries_bytes(Entries({"rooms": rooms})))
    assert not app.exception
    assert t("rota.page.entries_opened", count=4) in told_by(app)
    assert t("rota.page.entries_strange", names="k<b>1") in told_by(app)
    assert t("rota.page.entered", count=2) in texts(app)
    app.button(key="rota_reset").click().run()
    assert t("rota.page.entries_opened", count=4) not in told_by(app)


def test_nothing_is_planned_while_entries_are_not_understood_or_no_place_is_in(open_app):
    t = Translator("de")
    app = open_app(page="wochenplan")
    for rooms, told in (
        ({"times": "Di vormittags"}, t("rota.page.unclear")),
        ({"on": False}, t("rota.page.all_off")),
    ):
        app = opened(app, entries_bytes(Entries({"rooms": {DORSTFELD: rooms}})))
        assert app.button(key="rota_make").disabled
        assert told in told_by(app)
    app.button(key="rota_reset").click().run()
    assert not app.button(key="rota_make").disabled


def test_page_and_file_plan_the_same_task(open_app, dortmund):
    own = Entries(
        {
            "rooms": {
                DORSTFELD: {"weekday": "", "start": "", "times": "Mi 09:00-13:00", "languages": "Farsi"}
            },
            "teams": {"site_01": {"staff": 5, "hours": 7.5}},
            "people": {"site_02-1": {"off": ["Mo"], "languages": "Tigrinya"}},
            "goals": {"home": {"rank": 1}, "spread": {"rank": None}},
        },
        {"length": 90, "setup_inside": False, "late_share": 50},
        {("site_01", DORSTFELD): 90, (DORSTFELD, "site_01"): 90},
    )
    app = planned(opened(open_app(page="wochenplan"), entries_bytes(own)))
    week = app.session_state["rota_found"].week
    assert week.entries == own
    network = build_network(dortmund.nodes, dortmund.edges)
    bare = first_week(dortmund, (), measure(dortmund, network=network), network)
    filed = with_entries(Translator("de"), bare.task, read_entries(entries_bytes(own))).task
    told = record_of(filed, Rota("unknown"))["task"]
    assert told == record_of(week.task, Rota("unknown"))["task"]


def test_a_way_that_was_opened_is_an_entry(open_app):
    app = open_app(page="wochenplan")
    app.session_state["rota_ways"] = {("site_01", "site_08"): 90, ("site_08", "site_01"): 90}
    app.run()
    assert Translator("de")("rota.page.entered", count=1) in texts(app)


def test_a_table_of_ways_keeps_those_that_are_not_in_it(open_app):
    app = open_app(page="wochenplan")
    app.session_state["rota_ways"] = {("site_01", "site_08"): 90, ("gone", "site_08"): 15}
    app.run()
    key = next(one.key for one in app.file_uploader if one.key.startswith("rota_ways_file"))
    table = ("ways.csv", b"from;to;minutes\nsite_02;site_08;105\n", "text/csv")
    app.file_uploader(key=key).set_value(table).run()
    ways = app.session_state["rota_ways"]
    assert (ways["site_01", "site_08"], ways["site_02", "site_08"]) == (90, 105)
    assert ways["gone", "site_08"] == 15
    assert Translator("de")("rota.page.ways_used", count=2) in texts(app)


def test_the_rank_of_little_change_counts(open_app):
    t = Translator("de")
    app = open_app(page="wochenplan")
    app.session_state["rota_kept"] = {"goals": {"change": {"rank": 9}}}
    app.session_state["rota_round"] = 1
    app = planned(app.run())
    app.segmented_control(key="rota_view").set_value("goals").run()
    assert t("rota.goal.idle.change") in texts(app)
    app = planned(app)
    found = app.session_state["rota_found"]
    assert [goal.name for goal in found.rota.goals][-1] == "change"
    app.segmented_control(key="rota_view").set_value("goals").run()
    assert t("rota.goal.idle.change") not in texts(app)


def test_a_file_of_entries_that_is_wrong_changes_nothing(open_app):
    app = open_app(page="wochenplan")
    app = opened(app, entries_bytes(ENTRIES))
    app = opened(app, b'{"format": "dependance-rota-entries", "version": 1, "rules": {"length": 5}}')
    assert not app.exception
    assert app.error
    assert any("„5“" in one.value for one in app.html)
    assert app.number_input(key="rota_rule_length").value == 90


def test_a_saved_week_can_be_opened(open_app):
    app = planned(open_app(page="wochenplan"))
    found = app.session_state["rota_found"]
    content = json.dumps(record_of(found.week.task, found.rota)).encode()
    app.file_uploader(key="rota_last").set_value(("rota.json", content, "application/json")).run()
    assert not app.exception
    assert Translator("de")("rota.page.last_open", count=1) in texts(app)
    app.file_uploader(key="rota_last").set_value(("rota.json", b"{}", "application/json")).run()
    assert app.error
