"""The page *Wochenplan*: entries, search, tables, map, what changes, why there is none, and what is saved."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pandas as pd
import pytest

from planning.i18n import LANGUAGES, Translator
from planning.render.rota_words import short_names
from planning.rota import GOALS, Rules, Slot, Window
from planning.rota.record import record_of
from planning.rota.solving import solve
from planning.ui.components.rota_entered import (
    goals_frame,
    people_frame,
    rooms_frame,
    teams_frame,
    times_text,
    with_goals,
    with_people,
    with_rooms,
    with_rules,
    with_teams,
)
from planning.ui.components.rota_result import by_team, timetable
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
    assert t("rota.violation.window", place="lokal willkommen Dependance Dorstfeld") in told_by(app)
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


def test_entries_become_the_task_and_doubts_are_told():
    t, task = Translator("de"), random_task(3, 3, 2)
    rooms, teams = rooms_frame(t, task), teams_frame(t, task)
    same = with_teams(t, with_rooms(t, task, rooms).task, teams)
    assert same.doubts == ()
    assert same.task.places == task.places
    one, two = task.places[1].id, task.places[2].id
    rooms.loc[one, ["times", "weekday", "start", "languages", "never", "visits"]] = [
        "Mo 09-12; Fr 13:00-17:30", "Mo", "09:30", "Farsi, Dari", "Di 9-18", 2,
    ]  # fmt: skip
    rooms.loc[two, ["times", "weekday", "start"]] = ["whenever", "Di", "09:10"]
    teams.loc["t0", ["staff", "hours", "office"]] = [3, 4.5, 1]
    placed = with_rooms(t, task, rooms)
    changed = placed.task.places[1]
    assert changed.windows == (Window(0, 540, 720), Window(4, 780, 1050))
    assert changed.pinned == (Slot(0, 570),)
    assert changed.languages == ("Persisch", "Dari")
    assert (changed.forbidden, changed.visits) == ((Window(1, 540, 1080),), 2)
    assert placed.task.places[2].pinned == task.places[2].pinned
    assert len(placed.doubts) == 2
    manned = with_teams(t, task, teams).task
    assert [member.minutes for member in manned.teams[0].members] == [270] * 3
    assert manned.teams[0].office_staff == 1
    assert times_text(t, (Window(0, 540, 720),)) == "Mo 09:00-12:00"
    assert times_text(Translator("en"), (Window(1, 540, 720),)) == "Tue 09:00-12:00"


def test_a_running_consultation_moves_only_when_somebody_says_so():
    t, task = Translator("de"), random_task(3, 3, 2)
    task = replace(
        task, places=(replace(task.places[0], fixed=(Slot(1, 840), Slot(3, 840)), visits=2), *task.places[1:])
    )
    rooms, first = rooms_frame(t, task), task.places[0].id
    assert with_rooms(t, task, rooms).task.places[0].fixed == (Slot(1, 840), Slot(3, 840))
    rooms.loc[first, "languages"] = "Arabisch"
    assert with_rooms(t, task, rooms).task.places[0].fixed == (Slot(1, 840), Slot(3, 840))
    rooms.loc[first, ["weekday", "start"]] = ["Fr", "10:00"]
    moved = with_rooms(t, task, rooms).task.places[0]
    assert (moved.fixed, moved.pinned) == ((Slot(3, 840),), (Slot(4, 600),))
    rooms.loc[first, ["weekday", "start"]] = ["", ""]
    free = with_rooms(t, task, rooms).task.places[0]
    assert (free.fixed, free.pinned) == ((Slot(3, 840),), ())


def test_what_is_not_understood_stays_as_it_was():
    t, task = Translator("de"), random_task(3, 3, 2)
    own = (Window(0, 540, 720),)
    task = replace(task, places=tuple(replace(one, windows=own, fixed=()) for one in task.places))
    rooms, teams = rooms_frame(t, task), teams_frame(t, task)
    rooms["times"] = "Montag vormittags"
    teams["open"] = "nach Vereinbarung"
    placed, manned = with_rooms(t, task, rooms), with_teams(t, task, teams)
    assert {place.windows for place in placed.task.places} == {own}
    assert [team.office_hours for team in manned.task.teams] == [team.office_hours for team in task.teams]
    assert (len(placed.doubts), len(manned.doubts)) == (3, 2)


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


def test_a_room_without_a_tick_is_lost():
    t, task = Translator("de"), random_task(3, 3, 2)
    rooms = rooms_frame(t, task)
    rooms.loc[task.places[1].id, "on"] = False
    left = with_rooms(t, task, rooms).task
    assert [place.id for place in left.places] == [task.places[0].id, task.places[2].id]
    assert left.travel.shape == (2, 2)


def test_days_off_languages_goals_and_rules_of_the_tables():
    t, task = Translator("de"), random_task(3, 2, 2)
    people = people_frame(task)
    member = task.teams[1].members[0].id
    people.at[member, "off"] = ["Mo", "Fr"]  # noqa: PD008 - a cell that holds a list
    people.loc[member, "languages"] = "Tigrinya"
    changed = with_people(task, people).member(member)
    assert (changed.days_off, changed.languages) == ((0, 4), ("Tigrinya",))
    goals = goals_frame(t, task)
    assert with_goals(task, goals).goals == task.goals
    goals["rank"] = pd.array([None, 2, 1, 1, None, 3], dtype="Int64")
    assert with_goals(task, goals).goals == ("spread", "travel", "neighbours", "change")
    goals["rank"] = pd.array([None] * len(GOALS), dtype="Int64")
    assert with_goals(task, goals).goals == ()
    assert with_rules(task, {"mixed": True, "length": 90}).rules == replace(Rules(), mixed=True, length=90)


def test_without_a_goal_any_plan_that_keeps_the_rules_will_do():
    task = replace(random_task(2, 3, 2), goals=())
    rota = solve(task, time_limit_s=20, workers=2)
    assert (rota.status, rota.goals) == ("optimal", ())


def test_empty_cells_of_a_table_count_as_nothing():
    t, task = Translator("en"), random_task(3, 2, 1)
    rooms, teams, people = rooms_frame(t, task), teams_frame(t, task), people_frame(task)
    rooms[["times", "never", "languages", "visits"]] = None
    teams[["staff", "hours", "office"]] = float("nan")
    teams[["open", "languages"]] = None
    people[["off", "languages"]] = None
    placed = with_rooms(t, task, rooms)
    manned = with_teams(t, placed.task, teams)
    assert (manned.task.teams[0].members, manned.task.teams[0].office_hours) == ((), ())
    assert (placed.doubts, manned.doubts) == ((), ())
    assert {place.visits for place in placed.task.places} == {1}
    assert with_people(task, people).teams[0].members[0].days_off == ()


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


def test_a_saved_week_can_be_opened(open_app):
    app = planned(open_app(page="wochenplan"))
    found = app.session_state["rota_found"]
    content = json.dumps(record_of(found.week.task, found.rota)).encode()
    app.file_uploader(key="rota_last").set_value(("rota.json", content, "application/json")).run()
    assert not app.exception
    assert Translator("de")("rota.page.last_open", count=1) in texts(app)
    app.file_uploader(key="rota_last").set_value(("rota.json", b"{}", "application/json")).run()
    assert app.error
