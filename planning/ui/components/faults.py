"""An error in words: what is wrong, where, and what to do."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from planning.ui.markup import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planning.errors import Fault, PlanningError
    from planning.i18n import Translator

MOST_SHOWN = 50
_WIDTHS = {"row": "3rem", "name": "24%", "column": "18%", "what": "auto"}


def fault_text(t: Translator, fault: Fault) -> str:
    """Say what is wrong with one thing and what to do."""
    params = dict(fault.params)
    level = f"data.level.{params.get('level')}"
    if t.has(level):
        params["level"] = t(level)
    return t(f"errors.{fault.code}", **params)


def column_label(t: Translator, column: str | None) -> str:
    """Return what the page calls a column; a heading of an uploaded file stays as it is."""
    label = f"data.column.{column}.label"
    return t(label) if t.has(label) else column or ""


def draw_error(
    t: Translator, error: PlanningError, names: Mapping[int, str] | None = None, *, numbered: bool = True
) -> None:
    """Draw an error; many faults become a table with row, name and column.

    Parameters
    ----------
    t
        Texts.
    error
        What to draw.
    names
        Name of what is in a row, by the number of the row in the faults.
    numbered
        Whether the reader can find the rows by these numbers; otherwise only their names are shown.
    """
    st.error(plain(t(f"errors.{error.code}", **error.params)), icon=":material/error:")
    if not error.faults:
        return
    named = names or {}
    heads = [t(f"ui.faults.{name}") for name in _WIDTHS]
    cells = [
        (
            "" if fault.row is None or not numbered else str(fault.row),
            named.get(fault.row, "") if isinstance(fault.row, int) else "",
            column_label(t, fault.column),
            fault_text(t, fault),
        )
        for fault in error.faults[:MOST_SHOWN]
    ]
    st.html(_table(heads, cells, t("ui.faults.what")))
    counted = error.params.get("count")
    count = max(len(error.faults), counted if isinstance(counted, int) else 0)
    if count > MOST_SHOWN:
        st.write(t("ui.faults.more", count=t.number(count - MOST_SHOWN)))
    st.caption(t("ui.faults.nothing_taken"))


def _table(heads: list[str], cells: Sequence[tuple[str, ...]], caption: str) -> str:
    """Return the faults as HTML that wraps, without columns that are empty throughout."""
    kept = [at for at in range(len(heads)) if any(row[at] for row in cells)]
    widths = list(_WIDTHS.values())
    head = "".join(
        f'<th scope="col" style="width: {widths[at]}; padding-right: .5rem">{escape(heads[at])}</th>'
        for at in kept
    )
    body = "".join(
        "<tr>" + "".join(f'<td style="padding-right: .5rem">{escape(row[at])}</td>' for at in kept) + "</tr>"
        for row in cells
    )
    label = escape(caption)
    return f'<table class="planner-facts text" aria-label="{label}"><tr>{head}</tr>{body}</table>'


def draw_refusal(t: Translator, error: PlanningError) -> None:
    """Draw why a single entry was refused: each reason in words, without rows and numbers."""
    reasons = [
        f"{column_label(t, fault.column)}: {fault_text(t, fault)}" if fault.column else fault_text(t, fault)
        for fault in error.faults
    ] or [t(f"errors.{error.code}", **error.params)]
    told = [*reasons, t("ui.faults.not_added")]
    st.error("\n\n".join(plain(one) for one in told), icon=":material/error:")
