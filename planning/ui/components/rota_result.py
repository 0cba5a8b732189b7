"""The week that was found: how good it is, who goes where, what it reaches, or why there is none."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planning.errors import PlanningError
from planning.need import cell_need
from planning.render.rota_words import (
    assumption_text,
    change_lines,
    conflict_lines,
    goal_line,
    name_of,
    short_names,
    violation_text,
    weekday_name,
)
from planning.rota import check
from planning.rota.model import clock
from planning.rota.open_days import reached
from planning.ui import cache, session_job
from planning.ui.components.downloads import packed
from planning.ui.components.faults import draw_error
from planning.ui.components.rota_access import draw_access
from planning.ui.components.rota_run import found as found_week
from planning.ui.components.rota_run import go_back, past, running
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.rota import Duty, Rota, RotaTask
    from planning.rota.defaults import Week
    from planning.ui.components.rota_run import WeekFound

_WORKDAYS, _MOST_TOLD, _HEIGHT = 5, 8, 420


def draw_found(t: Translator, week: Week) -> None:
    """Draw what the last search came to, and whether it keeps the entries as they are now."""
    error = session_job.failure("rota")
    if isinstance(error, PlanningError):
        draw_error(t, error)
    found = found_week()
    if found is None:
        if running() is None:
            st.info(t("rota.page.empty"), icon=":material/info:")
        return
    if not found.rota.found:
        _draw_none(t, found)
        return
    _draw_state(t, found, week)
    views = ["by_site", "by_team", "map", "goals", *(["changes"] if found.before else [])]
    view = st.segmented_control(
        t("rota.page.view"),
        views,
        format_func=lambda name: t("rota_files.sheet.goals" if name == "goals" else f"rota.page.{name}"),
        key="rota_view",
        default="by_site",
        required=True,
        label_visibility="collapsed",
    )
    _draw_view(t, found, str(view or "by_site"))
    _draw_downloads(t, found)


def _draw_view(t: Translator, found: WeekFound, view: str) -> None:
    task, rota = found.week.task, found.rota
    if view == "by_site":
        table = timetable(t, task, rota)
        widths = dict(zip(table.columns, (165, 120), strict=False))
        columns = {name: st.column_config.Column(width=widths.get(name, 86)) for name in table.columns}
        st.dataframe(
            table, width="stretch", height=min(_HEIGHT, 38 + 35 * len(table)), hide_index=True,
            column_config=columns,
        )  # fmt: skip
    elif view == "by_team":
        table = by_team(t, task, rota)
        st.dataframe(table, width="stretch", height=min(_HEIGHT, 38 + 35 * len(table)), hide_index=True)
    elif view == "map":
        draw_access(t, found)
    elif view == "goals":
        lines = [
            f"- {plain(goal_line(t, found.asked.task, n, one))}" for n, one in enumerate(rota.goals, start=1)
        ]
        st.markdown("\n".join(lines) or t("rota.page.no_goal"))
    else:
        _draw_changes(t, found)


def _draw_state(t: Translator, found: WeekFound, week: Week) -> None:
    """Say how good the plan is and whether it keeps what the entries say now."""
    status = t(f"rota.status.{found.rota.status}")
    if found.rota.status == "optimal":
        st.success(status, icon=":material/check:")
    else:
        stopped = [t("rota.page.stopped")] if found.rota.stopped else []
        st.warning(" ".join([status, *stopped]), icon=":material/info:")
    _draw_back(t)
    if is_same(found.week.task, week.task):
        return
    broken = check(week.task, found.rota.duties)
    if not broken:
        st.info(t("rota.page.holds"), icon=":material/history:")
        return
    told = list(dict.fromkeys(violation_text(t, week.task, one, found.week.task) for one in broken))
    lines = [f"- {plain(line)}" for line in told[:_MOST_TOLD]]
    if len(told) > _MOST_TOLD:
        lines.append(f"- {t('rota.page.more', count=len(told) - _MOST_TOLD)}")
    st.warning("\n".join([t("rota.page.breaks"), "", *lines]), icon=":material/history:")


def _draw_back(t: Translator) -> None:
    if past() is not None:
        st.button(
            t("rota.page.back"), key="rota_back", icon=":material/undo:", on_click=go_back,
            help=t("rota.page.back_why"),
        )  # fmt: skip


def is_same(one: RotaTask, other: RotaTask) -> bool:
    """Tell whether two tasks ask for the same."""
    same = (one.places, one.teams, one.rules, one.goals) == (
        other.places,
        other.teams,
        other.rules,
        other.goals,
    )
    return same and all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes()
        for name in ("travel", "office_travel", "walk")
    )


def _draw_changes(t: Translator, found: WeekFound) -> None:
    if found.before is None:
        return
    lines = [f"- {plain(one)}" for one in change_lines(t, found.week.task, found.before, found.rota.duties)]
    if not lines:
        st.markdown(t("rota.page.no_changes"))
        return
    st.markdown("\n".join([t("rota.page.changes_why"), "", *lines]))


def _draw_downloads(t: Translator, found: WeekFound) -> None:
    today = dt.date.today()  # noqa: DTZ011 - the date on the reader's wall
    st.download_button(
        t("rota.page.download"),
        lambda: packed(_files(t, found, today)),
        file_name=f"{found.area.id}-{t('rota.page.file')}-{today.isoformat()}.zip",
        mime="application/zip",
        on_click="ignore",
        key="rota_download",
        icon=":material/download:",
        help=t("rota.page.download_why"),
        disabled=running() is not None,  # what is shown is about to be another week
    )


def _files(t: Translator, found: WeekFound, today: dt.date) -> dict[str, bytes]:
    from planning.export.rota import rota_files

    area, scenario = found.area, found.scenario
    days = reached(found.week.task, found.rota.duties, cache.distances(area, scenario), scenario.reach_m)
    need = cell_need(area.cells, scenario.need_weights)
    assumptions = [assumption_text(t, one) for one in found.week.assumptions]
    return rota_files(
        found.asked,
        found.rota,
        t,
        area=area,
        date=today,
        assumptions=assumptions,
        need=need,
        days=days,
        before=found.before,
    )


def _draw_none(t: Translator, found: WeekFound) -> None:
    lines = [f"**{t(f'rota.status.{found.rota.status}')}**"]
    if found.rota.status == "infeasible":
        lines += [
            f"- {plain(line[2:])}" if line.startswith("- ") else f"\n{plain(line)}\n"
            for line in conflict_lines(t, found.week.task, found.conflict)
        ]
    st.error("\n".join(lines), icon=":material/block:")
    _draw_back(t)


def timetable(t: Translator, task: RotaTask, rota: Rota) -> pd.DataFrame:
    """Return a table of the week: a row for each place, its team and a column for each weekday with hours."""
    days = sorted({duty.slot.weekday for duty in rota.duties} | set(range(_WORKDAYS)))
    short = short_names(task)
    rows = []
    for place in task.places:
        own = [duty for duty in rota.duties if duty.place == place.id]
        teams = {team.id: short[team.id] for duty in own for team in task.teams_of(duty)}
        cells = ["; ".join(_hours(task, duty) for duty in own if duty.slot.weekday == day) for day in days]
        rows.append([place.name, ", ".join(teams.values()), *cells])
    head = [t(f"rota_files.column.{name}") for name in ("place", "team")]
    return pd.DataFrame(rows, columns=[*head, *(weekday_name(t, day) for day in days)])


def by_team(t: Translator, task: RotaTask, rota: Rota) -> pd.DataFrame:
    """Return a table of the week: a row for each consultation of each team, in the order of the week."""
    short = short_names(task)
    rows = [
        {
            t("rota_files.column.team"): short[team.id],
            t("rota_files.column.weekday"): weekday_name(t, duty.slot.weekday),
            t("rota.page.clock"): _hours(task, duty),
            t("rota_files.column.place"): name_of(t, task, duty.place),
            t("rota_files.column.members"): ", ".join(
                one.label for one in team.members if one.id in duty.members
            ),
        }
        for team in task.teams
        for duty in rota.duties
        if team in task.teams_of(duty)
    ]
    return pd.DataFrame(rows)


def _hours(task: RotaTask, duty: Duty) -> str:
    return f"{clock(duty.slot.start)}–{clock(task.end_of(duty))}"
