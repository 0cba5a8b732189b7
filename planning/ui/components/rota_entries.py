"""The entries of the page *Wochenplan*: rooms, teams, persons, rules and goals; kept for the session."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from planning.errors import UploadError
from planning.render.rota_entered import Entered, compose, differing, overlaid, rule_values
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
    names = ("rooms", "teams", "people", "rules")
    tabs = dict(zip(names, st.tabs([t(f"rota.page.{name}") for name in names]), strict=True))
    columns, fixed = _columns(t), {"rooms": ("name",), "people": ("team", "person"), "goals": ("goal",)}

    def table(name: str, fresh: pd.DataFrame) -> pd.DataFrame:
        with tabs["rules" if name == "goals" else name]:
            st.caption(t(f"rota.page.{name}_why"))
            return _edited(t, name, fresh, columns[name], fixed.get(name, ("name",)))

    def rules(usual: dict[str, Any]) -> dict[str, Any]:
        with tabs["rules"]:
            return _rules(t, usual)

    made = compose(t, week.task, table, rules)
    with tabs["rules"]:
        if not made.task.goals:
            st.caption(t("rota.page.no_goal"))
        return replace(made, task=with_ways(made.task, _ways(t, week.task)))


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


def _columns(t: Translator) -> dict[str, dict[str, Any]]:
    return {
        "rooms": _room_columns(t),
        "teams": _team_columns(t),
        "people": _people_columns(t),
        "goals": _goal_columns(t),
    }


def _goal_columns(t: Translator) -> dict[str, Any]:
    column = st.column_config
    return {
        "rank": column.NumberColumn(
            t("rota_files.column.rank"), min_value=1, max_value=MOST_RANK, step=1, width=60
        ),
        "goal": column.TextColumn(t("rota_files.column.goal"), width=385),
    }


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


def _rules(t: Translator, usual: dict[str, Any]) -> dict[str, Any]:
    """Draw the rules that hold for all."""
    values = dict(usual)
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
    for name in (name for name, kind in RULES.items() if kind.name == "flag"):
        key = f"rota_rule_{name}"
        st.session_state.setdefault(key, values[name])
        values[name] = st.toggle(
            t(f"rota.page.{name}"), key=key, help=t(f"rota.page.{name}_why"), persist_state="session"
        )
    return values


def _ways(t: Translator, task: RotaTask) -> dict[tuple[str, str], int]:
    """Draw the table of ways to be opened and saved; return all opened so far, newer over older."""
    old: dict[tuple[str, str], int] = st.session_state.get("rota_ways", {})
    given = st.file_uploader(
        t("rota.page.ways"), type="csv", key=f"rota_ways_file_{st.session_state.get('rota_round', 0)}",
        help=t("rota.page.ways_why"),
        max_upload_size=_MOST_MB,
    )  # fmt: skip
    ids = [*(one.id for one in task.places), *(one.id for one in task.teams)]
    if given is not None:
        try:
            old = st.session_state["rota_ways"] = old | read_travel(given.getvalue(), ids)
        except UploadError as error:
            draw_error(t, error)
    st.download_button(
        t("rota.page.ways_save"), lambda: travel_csv(with_ways(task, old)), mime="text/csv",
        file_name=f"{t('rota.page.ways_file')}.csv", on_click="ignore", key="rota_ways_save",
        icon=":material/download:",
    )  # fmt: skip
    used = {frozenset(pair) for pair in differing_ways(task, old) if set(pair) <= set(ids)}
    if used:
        st.caption(t("rota.page.ways_used", count=len(used)))
    return old
