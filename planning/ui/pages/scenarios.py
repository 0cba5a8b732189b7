"""The page *Szenarien*: what was saved, opened, compared and fetched back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import PlanningError
from planning.ui import keeping, state
from planning.ui.components.faults import draw_error
from planning.ui.components.scenario_bin import draw_bin
from planning.ui.components.scenario_compare import draw_comparison
from planning.ui.components.scenario_list import draw_list
from planning.ui.components.scenario_side import draw_side

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.i18n import Translator

VIEWS = ("list", "compare", "bin")


def _choose_view(t: Translator) -> str:
    chosen = st.segmented_control(
        t("ui.panel.title"),
        VIEWS,
        default=VIEWS[0] if "scenario_view" not in st.session_state else None,
        format_func=lambda name: t(f"scenario.view.{name}"),
        key="scenario_view",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen or VIEWS[0])


def _draw_stored(t: Translator, part: Callable[[Translator], None]) -> None:
    """Draw what is in the store, or why it cannot be read; nothing else on the page depends on it."""
    try:
        part(t)
    except PlanningError as error:
        # what a person just tried says the same above the page
        told = keeping.trouble()
        if told is None or str(told) != str(error):
            draw_error(t, error)


def draw() -> None:
    """Draw the page."""
    t = state.translator()
    view = _choose_view(t)
    if view == "compare":
        _draw_stored(t, draw_comparison)
        return
    if view == "bin":
        _draw_stored(t, draw_bin)
        return
    left, right = st.columns([4, 1], gap="small")
    with right:
        draw_side(t)
    with left:
        _draw_stored(t, draw_list)
