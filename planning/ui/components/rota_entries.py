"""The entries of the page *Wochenplan*: rooms, teams, persons, rules and goals; kept for the session."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from planning.errors import UploadError
from planning.rota.model import DAY, STEP
from planning.rota.travel import read_travel, travel_csv, with_ways
from planning.ui.components.faults import draw_error
from planning.ui.components.rota_entered import (
    MOST_HOURS,
    MOST_STAFF,
    MOST_VISITS,
    WORKDAYS,
    Entered,
    goals_frame,
    people_frame,
    rooms_frame,
    teams_frame,
    with_goals,
    with_people,
    with_rooms,
    with_rules,
    with_teams,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.i18n import Translator
    from planning.rota import RotaTask
    from planning.rota.defaults import Week

_TABLE = 330
_HOUR, _PERCENT, _MOST_MB = 60, 100, 5


def kept() -> dict[str, dict[Any, dict[str, Any]]]:
    """Return what was entered, by table and id; it outlives pages, plans and languages."""
    found: dict[str, dict[Any, dict[str, Any]]] = st.session_state.setdefault("rota_kept", {})
    return found


def reset() -> None:
    """Forget all entries."""
    for name in ("rota_kept", "rota_ways"):
        st.session_state.pop(name, None)
    for name in [key for key in st.session_state if str(key).startswith("rota_rule_")]:
        del st.session_state[name]
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
        st.button(t("rota.page.reset"), key="rota_reset", icon=":material/restart_alt:", on_click=reset)
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
        base = fresh.astype(object)
        for row in set(stored) & set(base.index):
            for column, value in stored[row].items():
                base.loc[row, column] = value
        base = base.astype(fresh.dtypes.to_dict())
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
    was = fresh.to_dict("index")
    free = [column for column in shown.columns if column not in fixed]
    for row, values in shown[free].to_dict("index").items():
        changed: dict[str, Any] = {
            str(column): value
            for column, value in values.items()
            if not _same(value, was[row][column]) and (name == "goals" or not _missing(value))
        }
        stored.pop(row, None)
        if changed:
            stored[row] = changed
    return shown


def _missing(value: Any) -> bool:
    return not isinstance(value, list | tuple) and bool(pd.isna(value))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) or isinstance(other, list | tuple):
        return list(one or ()) == list(other or ())
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return bool(one == other)


def _day(t: Translator) -> Callable[[object], str]:
    return lambda code: t(f"rota.day.{code}") if code else "–"


def _room_columns(t: Translator) -> dict[str, Any]:
    column, times = st.column_config, t("rota.page.times_why")
    return {
        "on": column.CheckboxColumn(t("rota.page.on"), help=t("rota.page.on_why"), width=80),
        "name": column.TextColumn(t("rota_files.column.place"), width=135),
        "times": column.TextColumn(t("rota.page.times"), help=times, max_chars=200, width=110),
        "weekday": column.SelectboxColumn(
            t("rota.page.pin_day"), options=["", *WORKDAYS], format_func=_day(t), width=100
        ),
        "start": column.TextColumn(
            t("rota.page.pin_time"), help=t("rota.page.pin_why"), max_chars=5, width=84
        ),
        "never": column.TextColumn(t("rota.page.never"), help=times, max_chars=200, width=120),
        "visits": column.NumberColumn(
            t("rota.page.visits"), required=True, help=t("rota.page.visits_why"), min_value=1,
            max_value=MOST_VISITS, step=1, width=90,
        ),
        "languages": column.TextColumn(
            t("rota_files.column.languages"), help=t("rota.page.languages_why"), max_chars=200, width=120
        ),
    }  # fmt: skip


def _team_columns(t: Translator) -> dict[str, Any]:
    column = st.column_config
    return {
        "name": column.TextColumn(t("rota_files.column.team"), width=125),
        "staff": column.NumberColumn(
            t("rota.page.staff"), required=True, min_value=0, max_value=MOST_STAFF, step=1, width=95
        ),
        "hours": column.NumberColumn(
            t("rota.page.hours"),
            required=True,
            min_value=0.0,
            max_value=MOST_HOURS,
            step=0.25,
            format="localized",
            width=105,
        ),
        "office": column.NumberColumn(
            t("rota.page.office_staff"), required=True, min_value=0, max_value=MOST_STAFF, step=1, width=140
        ),
        "open": column.TextColumn(
            t("rota.page.office_hours"), help=t("rota.page.times_why"), max_chars=200, width=150
        ),
        "languages": column.TextColumn(t("rota_files.column.languages"), max_chars=200, width=120),
    }


def _people_columns(t: Translator) -> dict[str, Any]:
    column = st.column_config
    return {
        "team": column.TextColumn(t("rota_files.column.team"), width=170),
        "person": column.TextColumn(t("rota.page.person"), width=60),
        "off": column.MultiselectColumn(
            t("rota.page.off"), options=list(WORKDAYS), format_func=_day(t), width=130
        ),
        "languages": column.TextColumn(t("rota_files.column.languages"), max_chars=200, width=120),
    }


def _rules(t: Translator, task: RotaTask) -> RotaTask:
    """Draw the rules that hold for all and the order of the goals."""
    rules, numbers = task.rules, {}
    left, right = st.columns(2)
    for place, (name, value, least, most, step) in enumerate(
        (
            ("length", rules.length, 30, 240, STEP),
            ("setup", rules.setup, 0, 60, STEP),
            ("clear", rules.clear, 0, 60, STEP),
            ("max_travel", rules.max_travel, STEP, 120, STEP),
            ("neighbour", round(rules.neighbour_minutes), 0, 60, 5),
            ("late_end", rules.late_end // _HOUR, 12, 20, 1),
            ("late_share", round(rules.late_share * _PERCENT), 0, _PERCENT, 5),
        )
    ):
        with (left, right)[place % 2]:
            numbers[name] = int(
                st.number_input(
                    t(f"rota.page.{name}"), least, most, value, step, key=f"rota_rule_{name}",
                    persist_state="session",
                )
            )  # fmt: skip
    mixed = st.toggle(
        t("rota.page.mixed"), key="rota_rule_mixed", help=t("rota.page.mixed_why"), persist_state="session"
    )
    st.caption(t("rota.page.goals_why"))
    column = st.column_config
    goals = _edited(
        t, "goals", goals_frame(t, task),
        {
            "rank": column.NumberColumn(
                t("rota_files.column.rank"), min_value=1, max_value=9, step=1, width=90
            ),
            "goal": column.TextColumn(t("rota_files.column.goal"), width=300),
        },
        ("goal",),
    )  # fmt: skip
    task = with_goals(task, goals)
    if not task.goals:
        st.caption(t("rota.page.no_goal"))
    return with_rules(
        task,
        {name: numbers[name] // STEP * STEP for name in ("length", "setup", "clear", "max_travel")}
        | {
            "neighbour_minutes": float(numbers["neighbour"]),
            "late_end": min(numbers["late_end"] * _HOUR, DAY),
            "late_share": numbers["late_share"] / _PERCENT,
            "mixed": mixed,
        },
    )


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
