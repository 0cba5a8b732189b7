"""The entries of the page *Wochenplan*: rooms, teams, persons, rules and goals; kept for the session."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import streamlit as st

from planning.errors import UploadError
from planning.render.rota_entered import (
    Entered,
    differing,
    goals_frame,
    overlaid,
    people_frame,
    rooms_frame,
    rule_values,
    teams_frame,
    with_goals,
    with_people,
    with_rooms,
    with_rule_values,
    with_teams,
)
from planning.rota.entries import (
    COLUMNS,
    MOST_CLOCK,
    MOST_HOURS,
    MOST_RANK,
    MOST_STAFF,
    MOST_TEXT,
    MOST_VISITS,
    RULES,
    WORKDAYS,
    Entries,
)
from planning.rota.travel import differing_ways, read_travel, travel_csv, with_ways
from planning.ui.components.faults import draw_error

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from planning.i18n import Translator
    from planning.rota import RotaTask
    from planning.rota.defaults import Week

_TABLE = 330
_MOST_MB = 5
_STEPS = {"neighbour": 5, "late_end": 1, "late_share": 5}


def kept() -> dict[str, dict[Any, dict[str, Any]]]:
    """Return what was entered, by table and id; it outlives pages, plans and languages."""
    found: dict[str, dict[Any, dict[str, Any]]] = st.session_state.setdefault("rota_kept", {})
    return found


def entries(task: RotaTask) -> Entries:
    """Return all that was entered; ``task`` is the one before any entries."""
    usual = rule_values(task)
    chosen = {name: st.session_state.get(f"rota_rule_{name}", value) for name, value in usual.items()}
    return Entries(
        {name: dict(kept()[name]) for name in COLUMNS if kept().get(name)},
        {name: value for name, value in chosen.items() if value != usual[name]},
        differing_ways(task, st.session_state.get("rota_ways", {})),
    )


def take(found: Entries) -> None:
    """Put entries in the place of those that are there."""
    st.session_state["rota_kept"] = {name: dict(table) for name, table in found.tables.items()}
    st.session_state["rota_ways"] = dict(found.ways)
    for name in RULES:
        if name in found.rules:
            st.session_state[f"rota_rule_{name}"] = found.rules[name]
        else:
            st.session_state.pop(f"rota_rule_{name}", None)
    st.session_state["rota_round"] = st.session_state.get("rota_round", 0) + 1


def draw_entries(t: Translator, week: Week) -> Entered:
    """Draw all entries; return the task as they say, and what in them is not understood."""
    rooms, teams, people, rules = st.tabs(
        [t(f"rota.page.{name}") for name in ("rooms", "teams", "people", "rules")]
    )
    with rooms:
        st.caption(t("rota.page.rooms_why"))
        table = _edited(t, "rooms", rooms_frame(t, week.task), _room_columns(t), ("name",))
        placed = with_rooms(t, week.task, table)
    with teams:
        st.caption(t("rota.page.teams_why"))
        table = _edited(t, "teams", teams_frame(t, placed.task), _team_columns(t), ("name",))
        manned = with_teams(t, placed.task, table)
    with people:
        st.caption(t("rota.page.people_why"))
        frame = people_frame(manned.task)
        table = _edited(t, "people", frame, _people_columns(t), ("team", "person"))
        task = with_people(manned.task, table)
    with rules:
        task = _ways(t, _rules(t, task), week)
    return Entered(task, (*placed.doubts, *manned.doubts))


def _edited(
    t: Translator, name: str, fresh: pd.DataFrame, columns: dict[str, Any], fixed: tuple[str, ...]
) -> pd.DataFrame:
    """Draw a table that keeps what was entered for an id, whatever else becomes of the page."""
    told = f"{st.session_state.get('rota_round', 0)}-{t.language}-{'-'.join(map(str, fresh.index))}"
    key = f"rota_{name}_{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    stored = kept().setdefault(name, {})
    held, base = st.session_state.get(f"rota_{name}_base", ("", fresh))
    if key not in st.session_state or held != key:
        base = overlaid(fresh, stored)
        st.session_state[f"rota_{name}_base"] = (key, base)
    height = min(_TABLE, 38 + 35 * len(base))
    shown: pd.DataFrame = st.data_editor(
        base,
        key=key,
        hide_index=True,
        width="stretch",
        height=height,
        column_config=columns,
        disabled=fixed,
        placeholder="–",
    )
    for row, changed in differing(name, fresh, shown).items():
        stored.pop(row, None)
        if changed:
            stored[row] = changed
    return shown


def _day(t: Translator) -> Callable[[object], str]:
    return lambda code: t(f"rota.day.{code}") if code else "–"


def _room_columns(t: Translator) -> dict[str, Any]:
    column, times = st.column_config, t("rota.page.times_why")
    return {
        "on": column.CheckboxColumn(t("rota.page.on"), help=t("rota.page.on_why"), width=80),
        "name": column.TextColumn(t("rota_files.column.place"), width=135),
        "times": column.TextColumn(t("rota.page.times"), help=times, max_chars=MOST_TEXT, width=110),
        "weekday": column.SelectboxColumn(
            t("rota.page.pin_day"), options=["", *WORKDAYS], format_func=_day(t), width=100
        ),
        "start": column.TextColumn(
            t("rota.page.pin_time"), help=t("rota.page.pin_why"), max_chars=MOST_CLOCK, width=84
        ),
        "never": column.TextColumn(t("rota.page.never"), help=times, max_chars=MOST_TEXT, width=120),
        "visits": column.NumberColumn(
            t("rota.page.visits"), required=True, help=t("rota.page.visits_why"), min_value=1,
            max_value=MOST_VISITS, step=1, width=90,
        ),
        "languages": column.TextColumn(
            t("rota_files.column.languages"), help=t("rota.page.languages_why"), max_chars=MOST_TEXT,
            width=120,
        ),
    }  # fmt: skip


def _team_columns(t: Translator) -> dict[str, Any]:
    column = st.column_config
    return {
        "name": column.TextColumn(t("rota_files.column.team"), width=125),
        "staff": column.NumberColumn(
            t("rota.page.staff"), required=True, min_value=0, max_value=MOST_STAFF, step=1, width=88
        ),
        "hours": column.NumberColumn(
            t("rota.page.hours"),
            required=True,
            min_value=0.0,
            max_value=MOST_HOURS,
            step=0.25,
            format="localized",
            width=100,
        ),
        "office": column.NumberColumn(
            t("rota.page.office_staff"), required=True, min_value=0, max_value=MOST_STAFF, step=1, width=128
        ),
        "open": column.TextColumn(
            t("rota.page.office_hours"), help=t("rota.page.times_why"), max_chars=MOST_TEXT, width=150
        ),
        "languages": column.TextColumn(t("rota_files.column.languages"), max_chars=MOST_TEXT, width=120),
    }


def _people_columns(t: Translator) -> dict[str, Any]:
    column = st.column_config
    return {
        "team": column.TextColumn(t("rota_files.column.team"), width=140),
        "person": column.TextColumn(t("rota.page.person"), width=60),
        "off": column.MultiselectColumn(
            t("rota.page.off"), options=list(WORKDAYS), format_func=_day(t), width=155
        ),
        "languages": column.TextColumn(t("rota_files.column.languages"), max_chars=MOST_TEXT, width=120),
    }


def _onto_grid(key: str, step: int) -> None:
    """Round a number that was typed down to what a week can be planned with."""
    st.session_state[key] = int(st.session_state[key]) // step * step


def _rules(t: Translator, task: RotaTask) -> RotaTask:
    """Draw the rules that hold for all and the order of the goals."""
    values = rule_values(task)
    sides = st.columns(2)
    for place, (name, kind) in enumerate(
        (name, kind) for name, kind in RULES.items() if kind.name == "whole"
    ):
        key = f"rota_rule_{name}"
        st.session_state.setdefault(key, values[name])
        step = _STEPS.get(name, kind.step)
        with sides[place % 2]:
            values[name] = int(
                st.number_input(
                    t(f"rota.page.{name}"), int(kind.least), int(kind.most), step=step, key=key,
                    persist_state="session", on_change=_onto_grid, args=(key, kind.step),
                )
            )  # fmt: skip
    values["mixed"] = st.toggle(
        t("rota.page.mixed"), key="rota_rule_mixed", help=t("rota.page.mixed_why"), persist_state="session"
    )
    st.caption(t("rota.page.goals_why"))
    column = st.column_config
    goals = _edited(
        t, "goals", goals_frame(t, task),
        {
            "rank": column.NumberColumn(
                t("rota_files.column.rank"), min_value=1, max_value=MOST_RANK, step=1, width=60
            ),
            "goal": column.TextColumn(t("rota_files.column.goal"), width=385),
        },
        ("goal",),
    )  # fmt: skip
    task = with_goals(task, goals)
    if not task.goals:
        st.caption(t("rota.page.no_goal"))
    return with_rule_values(task, values)


def _ways(t: Translator, task: RotaTask, week: Week) -> RotaTask:
    """Draw the table of ways to be opened and saved; what was opened stays when the page is left."""
    given = st.file_uploader(
        t("rota.page.ways"), type="csv", key=f"rota_ways_file_{st.session_state.get('rota_round', 0)}",
        help=t("rota.page.ways_why"),
        max_upload_size=_MOST_MB,
    )  # fmt: skip
    if given is not None:
        ids = [*(one.id for one in week.task.places), *(one.id for one in week.task.teams)]
        try:
            st.session_state["rota_ways"] = read_travel(given.getvalue(), ids)
        except UploadError as error:
            draw_error(t, error)
    st.download_button(
        t("rota.page.ways_save"), lambda: travel_csv(week.task), file_name=f"{t('rota.page.ways_file')}.csv",
        mime="text/csv", on_click="ignore", key="rota_ways_save", icon=":material/download:",
    )  # fmt: skip
    ways = st.session_state.get("rota_ways")
    if not ways:
        return task
    st.caption(t("rota.page.ways_used", count=len({frozenset(pair) for pair in ways})))
    return with_ways(task, ways)
