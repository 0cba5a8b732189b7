"""Change how a raw figure becomes a value: corners and stand-in of one criterion at a time."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import SettingError
from planning.render.labels import raw_factor, raw_unit
from planning.scoring import changed_functions, check_functions, criteria_of, with_function
from planning.ui import state, work
from planning.ui.components.faults import fault_text
from planning.ui.components.value_functions import (
    corners,
    criterion_label,
    function_chart,
    is_changed,
)
from planning.ui.markup import plain

if TYPE_CHECKING:
    import pandas as pd

    from planning.errors import Fault
    from planning.i18n import Translator
    from planning.model import Criterion, ValueFunction

_DECIMALS = 12
_WIDTHS = 155, 90
_HEIGHT, _ROW, _MOST_TABLE = 265, 30, 190


def draw_function_editor(t: Translator) -> Criterion | None:
    """Draw the button that opens the editor, and the editor.

    Returns
    -------
    Criterion or None
        The criterion that is edited but not applied yet; the editor keeps it while it is closed.
    """
    opened = st.popover(
        t("ui.functions.title"), icon=":material/show_chart:", key="functions", on_change="rerun"
    )
    # the style sheet keeps this container from being squeezed into what is left below the button
    with opened, st.container(key="function_editor"):
        return _draw(t, is_open=bool(opened.open))


def draw_function_notes(t: Translator, pending: Criterion | None) -> None:
    """Name the criteria whose value function is changed, and the one that is not applied yet."""
    changed = [t(f"criteria.{name}.label") for name in changed_functions(state.scenario())]
    notes = [t("ui.functions.changed", names=", ".join(changed))] if changed else []
    if pending is not None:
        notes.append(t("ui.functions.not_applied", name=t(f"criteria.{pending.id}.label")))
    if notes:
        st.caption(" ".join(notes))


def _draw(t: Translator, *, is_open: bool) -> Criterion | None:
    judged = {criterion.id: criterion for criterion in criteria_of(state.scenario())}
    picked = st.selectbox(
        t("ui.method.criterion"),
        list(judged),
        format_func=lambda name: criterion_label(t, judged[name]),
        key="function_criterion",
        help=t("ui.functions.why"),
    )
    criterion = judged[picked]
    left, right = st.columns([6, 5])
    with left:
        proposed = _draw_fields(t, criterion)
    faults = _faults(proposed)
    if is_open:  # charts load slowly
        shown = criterion if faults else proposed
        right.altair_chart(function_chart(t, shown, height=_HEIGHT), width="stretch")
    if faults:
        st.error("\n\n".join(plain(_told(t, criterion, fault)) for fault in faults), icon=":material/error:")
    is_pending = proposed != criterion
    _draw_buttons(t, criterion, proposed, is_pending=is_pending, is_usable=not faults)
    return proposed if is_pending else None


def _draw_buttons(
    t: Translator, criterion: Criterion, proposed: Criterion, *, is_pending: bool, is_usable: bool
) -> None:
    note = "pending" if is_pending else "in_force" if is_changed(criterion) else "by_default"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("ui.functions.apply"),
            type="primary",
            key="function_apply",
            disabled=not (is_pending and is_usable),
            on_click=_store,
            args=(criterion.id, proposed.value_function),
        )
        st.button(
            t("ui.functions.reset"),
            key="function_reset",
            disabled=not is_changed(criterion),
            on_click=_store,
            args=(criterion.id, None),
        )
        st.caption(t(f"ui.functions.{note}"), width="content")


def _store(criterion_id: str, function: ValueFunction | None) -> None:
    work.change_scenario(lambda old: with_function(old, criterion_id, function))


def _draw_fields(t: Translator, criterion: Criterion) -> Criterion:
    """Draw the fields and return the criterion as they have it; they start anew from what is in force."""
    digest = hashlib.sha256(repr(criterion.value_function).encode()).hexdigest()[:12]
    base = corners(criterion)
    number = st.column_config.NumberColumn
    edited = st.data_editor(
        base,
        key=f"function_corners_{criterion.id}_{digest}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        height=min(_ROW * (len(base) + 2) + 6, _MOST_TABLE),
        row_height=_ROW,
        placeholder="–",
        column_config={
            "raw": number(raw_unit(t, criterion), help=t("ui.functions.raw_help"), width=_WIDTHS[0]),
            "value": number(
                t("ui.method.points"),
                help=t("ui.functions.value_help"),
                width=_WIDTHS[1],
                min_value=0,
                max_value=100,
            ),
        },
        alt=t("ui.method.corners"),
    )
    missing = st.number_input(
        t("ui.functions.missing"),
        min_value=0.0,
        max_value=100.0,
        value=criterion.missing_value,
        step=5.0,
        format="%g",
        key=f"function_missing_{criterion.id}_{digest}",
        help=t("ui.functions.missing_help"),
    )
    points = criterion.points if edited.equals(base) else _points(edited, raw_factor(criterion))
    return replace(criterion, points=points, missing_value=float(missing))


def _points(edited: pd.DataFrame, factor: float) -> tuple[tuple[float, float], ...]:
    """Return the corners of an edited table by rising raw figure; an empty row is none, a gap is ``NaN``."""
    table = edited.dropna(how="all").astype(float).sort_values("raw", kind="stable")
    return tuple(
        (round(raw / factor, _DECIMALS), value)
        for raw, value in zip(table["raw"].tolist(), table["value"].tolist(), strict=True)
    )


def _faults(criterion: Criterion) -> tuple[Fault, ...]:
    try:
        check_functions({criterion.id: criterion.value_function})
    except SettingError as error:
        return error.faults
    return ()


def _told(t: Translator, criterion: Criterion, fault: Fault) -> str:
    """Say what is wrong, with the criterion's name and raw figures in the unit of the table."""
    factor = raw_factor(criterion)
    params = {
        name: value * factor if name in {"raw", "before"} else value for name, value in fault.params.items()
    }
    label = t(f"criteria.{criterion.id}.label")
    return fault_text(t, replace(fault, params=params | {"criterion": label}))
