"""The page *Wochenplan*: entries, search, table, why there is none, and what is saved."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from planning.i18n import LANGUAGES, Translator
from planning.rota import Rules, Slot, Window
from planning.rota.solving import solve
from planning.ui.components.rota_entries import _rooms, _teams, entered, times_text
from planning.ui.components.rota_result import WeekFound, by_team, rota_work, short_names, timetable
from planning.ui.jobs import Job
from tests.app.test_pages import texts
from tests.rota_cases import random_task


def ended(app):
    while "rota_job" in app.session_state:
        time.sleep(0.1)
        app.run()
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_week_of_dortmund(open_app, language):
    t = Translator(language)
    app = open_app(language=language, page="wochenplan")
    assert not app.exception
    assert t("rota.page.no_plan") in texts(app)
    assert t("rota.page.empty") in texts(app)
    assert "10" in texts(app)  # dependances that are in no public source
    app.button(key="rota_make").click().run()
    app = ended(app)
    assert not app.exception
    assert [one.value for one in app.success] == [t("rota.status.optimal")]
    table = app.dataframe[0].value
    assert list(table.index) == ["lokal willkommen Dependance Dorstfeld"]
    assert table.iloc[0][t("data.weekday.Di")].startswith("14:00–16:00")
    assert t("rota_files.goal.travel") in texts(app)
    found = app.session_state["rota_found"]
    assert isinstance(found, WeekFound)


def test_without_an_office_it_is_said(open_app, empty_folder):
    app = open_app(area=empty_folder, page="wochenplan")
    assert not app.exception
    assert any("Büro" in one.value for one in app.error)


def test_a_week_that_cannot_be_says_why(open_app):
    app = open_app(page="wochenplan")
    from planning.ui.components import rota_result

    task = random_task(1, 2, 1, staff=2, minutes=60)
    job = Job("rota", rota_work(FakeWeek(task))).start()
    while job.running:
        time.sleep(0.05)
    found = job.outcome()
    assert found.rota.status == "infeasible"
    assert found.conflict.minimal
    assert rota_result.running() is None
    assert not app.exception


class FakeWeek:
    """A week of which only the task counts."""

    def __init__(self, task):
        self.task = task
        self.assumptions = ()


def test_entries_become_the_task_and_doubts_are_told():
    t, task = Translator("de"), random_task(3, 3, 2)
    rooms, teams = _rooms(t, task), _teams(task)
    same, doubts = entered(t, task, rooms, teams, mixed=False)
    assert doubts == []
    assert [place.windows for place in same.places] == [place.windows for place in task.places]
    assert same.places[0].fixed == task.places[0].fixed
    rooms.loc[1, ["times", "weekday", "start", "languages"]] = [
        "Mo 09-12; Fr 13:00-17:30",
        "Mo",
        "09:30",
        "Farsi, Dari",
    ]
    rooms.loc[2, ["times", "weekday", "start"]] = ["whenever", "Di", "09:10"]
    teams.loc[0, ["staff", "hours", "office"]] = [3, 4.5, 1]
    changed, doubts = entered(t, task, rooms, teams, mixed=True)
    assert changed.places[1].windows == (Window(0, 540, 720), Window(4, 780, 1050))
    assert changed.places[1].pinned == (Slot(0, 570),)
    assert changed.places[1].languages == ("Persisch", "Dari")
    assert changed.places[2].pinned == ()
    assert len(doubts) == 2
    assert [member.minutes for member in changed.teams[0].members] == [270] * 3
    assert changed.teams[0].office_staff == 1
    assert changed.rules == replace(Rules(), mixed=True)
    assert times_text((Window(0, 540, 720),)) == "Mo 09:00-12:00"


def test_empty_cells_of_a_table_count_as_nothing():
    t, task = Translator("en"), random_task(3, 2, 1)
    rooms, teams = _rooms(t, task), _teams(task)
    rooms[["times", "languages"]] = None
    teams[["staff", "hours", "office"]] = float("nan")
    teams[["open", "languages"]] = None
    changed, doubts = entered(t, task, rooms, teams, mixed=False)
    assert (changed.teams[0].members, changed.teams[0].office_hours, doubts) == ((), (), [])


def test_tables_by_place_and_team_say_the_same():
    t, task = Translator("de"), random_task(2, 5, 2)
    rota = solve(task, time_limit_s=20, workers=2)
    places, teams = timetable(t, task, rota), by_team(t, task, rota)
    assert places.shape == (5, 6)
    assert teams.shape == (5, 5)
    hours = sorted(cell for cell in places.iloc[:, 1:].to_numpy().ravel() if cell)
    assert hours == sorted(teams[t("rota.page.clock")])
    assert set(places["Team"]) == set(teams["Team"]) <= {"0", "1"}  # "Büro 0" and "Büro 1"
    assert short_names(replace(task, teams=task.teams[:1])) == {"t0": "Büro 0"}
