"""The week that was found: how good it is, who goes where, what it reaches, or why there is none."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planning.errors import PlanningError
from planning.render.rota_words import (
    access_lines,
    assumption_text,
    conflict_lines,
    goal_line,
    name_of,
    weekday,
)
from planning.rota import WEEKDAYS
from planning.rota.open_days import open_days, week_shares
from planning.rota.record import clock
from planning.ui import cache
from planning.ui.components.downloads import packed
from planning.ui.components.faults import draw_error
from planning.ui.jobs import Job
from planning.ui.markup import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.rota import Duty, Rota, RotaTask, Team
    from planning.rota.conflict import Conflict
    from planning.rota.defaults import Week

_POLL_S, _LIMIT_S, _YEAR = 0.5, 60.0, 365


@dataclass(frozen=True, eq=False)
class WeekFound:
    """What a search came to; ``conflict`` says why there is no plan."""

    week: Week
    rota: Rota
    conflict: Conflict | None = None


def rota_work(week: Week) -> Callable[[Job[WeekFound]], WeekFound]:
    """Return the work of a job that plans a week or finds out why it cannot be."""

    def work(job: Job[WeekFound]) -> WeekFound:
        from planning.rota.conflict import find_conflict
        from planning.rota.solving import solve

        rota = solve(week.task, time_limit_s=_LIMIT_S, tell=job.tell, over=job.over)
        if rota.status != "infeasible":
            return WeekFound(week, rota)
        job.tell("conflict")
        return WeekFound(week, rota, find_conflict(week.task, over=job.over))

    return work


def running() -> Job[WeekFound] | None:
    """Return the search of this session that has not been taken up yet."""
    job: Job[WeekFound] | None = st.session_state.get("rota_job")
    return job


def start(week: Week) -> None:
    """Start planning the week."""
    if running() is None:
        st.session_state.pop("rota_error", None)
        st.session_state["rota_job"] = Job("rota", rota_work(week)).start()


def take_up() -> None:
    """Take up the search that has ended."""
    job = running()
    if job is None or job.running:
        return
    del st.session_state["rota_job"]
    try:
        st.session_state["rota_found"] = job.outcome()
    except PlanningError as error:
        st.session_state["rota_error"] = error


@st.fragment(run_every=_POLL_S)
def draw_progress(t: Translator) -> None:
    """Draw how far the search is, until it has ended."""
    job = running()
    if job is None or not job.running:
        st.rerun()
    assert job is not None  # noqa: S101 - a rerun does not come back
    seconds = t.number(job.seconds)
    if job.state == "conflict":
        share, text = 1.0, t("rota.page.explaining", seconds=seconds)
    elif (goal := getattr(job.state, "goal", None)) is None:
        share, text = 0.0, t("rota.page.first", seconds=seconds)
    else:
        share = job.state.number / (job.state.total + 1)  # type: ignore[attr-defined]
        text = t("rota.page.improving", goal=t(f"rota_files.goal.{goal}"), seconds=seconds)
    st.progress(share, text=text)
    st.button(t("plan.cancel"), key="rota_cancel", on_click=job.stop, disabled=job.stopped)


def draw_found(t: Translator, area: StudyArea, scenario: Scenario, week: Week) -> None:
    """Draw what the last search came to; says so if the entries have changed since."""
    error = st.session_state.get("rota_error")
    if error is not None:
        draw_error(t, error)
    found: WeekFound | None = st.session_state.get("rota_found")
    if found is None or [one.id for one in found.week.task.places] != [one.id for one in week.task.places]:
        if running() is None:
            st.info(t("rota.page.empty"), icon=":material/info:")
        return
    task, rota = found.week.task, found.rota
    if (task.places, task.teams, task.rules) != (week.task.places, week.task.teams, week.task.rules):
        st.warning(t("rota.page.changed"), icon=":material/history:")
    if not rota.found:
        _draw_none(t, found)
        return
    st.success(t(f"rota.status.{rota.status}"), icon=":material/check:")
    places, teams, goals = st.tabs(
        [t("rota.page.by_site"), t("rota.page.by_team"), t("rota_files.sheet.goals")]
    )
    with places:
        st.dataframe(timetable(t, task, rota), width="stretch", height=330)
    with teams:
        st.dataframe(by_team(t, task, rota), width="stretch", height=330, hide_index=True)
    with goals:
        st.markdown(
            "\n".join(f"- {plain(goal_line(t, n, one))}" for n, one in enumerate(rota.goals, start=1))
        )
    _draw_access(t, area, scenario, found)
    today = dt.date.today()  # noqa: DTZ011 - the date on the reader's wall
    st.download_button(
        t("rota.page.download"),
        lambda: packed(_files(t, area, found, today)),
        file_name=f"{area.id}-{t('rota.page.file')}-{today.isoformat()}.zip",
        mime="application/zip",
        on_click="ignore",
        key="rota_download",
        icon=":material/download:",
        help=t("rota.page.download_why"),
    )


def _files(t: Translator, area: StudyArea, found: WeekFound, today: dt.date) -> dict[str, bytes]:
    from planning.export.rota import rota_files

    assumptions = [assumption_text(t, one) for one in found.week.assumptions]
    return rota_files(
        found.week, found.rota, t, area=area, date=today, start=today,
        until=today + dt.timedelta(days=_YEAR), assumptions=assumptions,
    )  # fmt: skip


def _draw_none(t: Translator, found: WeekFound) -> None:
    lines = [f"**{t(f'rota.status.{found.rota.status}')}**"]
    if found.conflict is not None:
        lines += [
            f"- {plain(line[2:])}" if line.startswith("- ") else f"\n{plain(line)}\n"
            for line in conflict_lines(t, found.week.task, found.conflict)
        ]
    st.error("\n".join(lines), icon=":material/block:")


def timetable(t: Translator, task: RotaTask, rota: Rota) -> pd.DataFrame:
    """Return a table of the week: a row for each place, its team and a column for each weekday with hours."""
    days = sorted({duty.slot.weekday for duty in rota.duties} | set(range(5)))
    short = short_names(task)
    rows = {}
    for place in task.places:
        own = [duty for duty in rota.duties if duty.place == place.id]
        teams = [short[team.id] for team in task.teams if any(_goes(team, duty) for duty in own)]
        cells = ["; ".join(_hours(task, duty) for duty in own if duty.slot.weekday == day) for day in days]
        rows[place.name] = [", ".join(teams), *cells]
    head = [t("rota_files.column.team"), *(weekday(t, WEEKDAYS[day]) for day in days)]
    return pd.DataFrame.from_dict(rows, orient="index", columns=head)


def by_team(t: Translator, task: RotaTask, rota: Rota) -> pd.DataFrame:
    """Return a table of the week: a row for each consultation of each team, in the order of the week."""
    short = short_names(task)
    rows = [
        {
            t("rota_files.column.team"): short[team.id],
            t("rota_files.column.weekday"): weekday(t, WEEKDAYS[duty.slot.weekday]),
            t("rota.page.clock"): _hours(task, duty),
            t("rota_files.column.place"): name_of(t, task, duty.place),
            t("rota_files.column.members"): ", ".join(
                one.label for one in team.members if one.id in duty.members
            ),
        }
        for team in task.teams
        for duty in rota.duties
        if _goes(team, duty)
    ]
    return pd.DataFrame(rows)


def _goes(team: Team, duty: Duty) -> bool:
    return any(member.id in duty.members for member in team.members)


def short_names(task: RotaTask) -> dict[str, str]:
    """Return the names of teams by id without the words that all of them begin with."""
    names = [team.name for team in task.teams]
    first, last = min(names, default=""), max(names, default="")
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    cut = first[:same].rfind(" ") + 1
    return {team.id: team.name[cut:] for team in task.teams}


def _hours(task: RotaTask, duty: Duty) -> str:
    end = duty.slot.start + task.length_of(task.place_number(duty.place))
    return f"{clock(duty.slot.start)}–{clock(end)}"


def _draw_access(t: Translator, area: StudyArea, scenario: Scenario, found: WeekFound) -> None:
    """Say what share of need has a consultation within reach, by weekday."""
    from planning.need import cell_need

    walks = cache.distances(area, scenario)
    columns: Mapping[str, ArrayLike] = dict(zip(walks.site_ids, walks.sites.T, strict=True)) | dict(
        zip(walks.candidate_ids, walks.candidates.T, strict=True)
    )
    open_on = open_days(found.week.task, found.rota.duties, columns, scenario.reach_m)
    shares = week_shares(open_on, cell_need(area.cells, scenario.need_weights))
    for line in access_lines(t, found.week.task, shares, scenario.minutes):
        st.caption(plain(line))


def with_task(week: Week, task: RotaTask) -> Week:
    """Return a week with another task."""
    return replace(week, task=task)
