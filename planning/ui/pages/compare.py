"""The page *Vergleich*: rooms or plans side by side, how sure a ranking is, and what others hold of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.ui import cache, state
from planning.ui.components.compare_plans import draw_plans
from planning.ui.components.compare_rooms import draw_rooms
from planning.ui.components.faults import draw_error
from planning.ui.components.opinions import draw_opinions
from planning.ui.components.sureness import draw_sureness

if TYPE_CHECKING:
    from planning.i18n import Translator

VIEWS = ("rooms", "plans", "sureness", "opinions")


def _choose_view(t: Translator) -> str:
    chosen = st.segmented_control(
        t("ui.panel.title"),
        VIEWS,
        default=VIEWS[0] if "compare_view" not in st.session_state else None,
        format_func=lambda name: t(f"confidence.view.{name}"),
        key="compare_view",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen or VIEWS[0])


def draw() -> None:
    """Draw the page."""
    t = state.translator()
    view = _choose_view(t)
    area = state.edited(cache.original_area(cache.area_path()))
    if not cache.is_measured(cache.area_path()):
        st.info(t("ui.map.computing"), icon=":material/hourglass_top:")
        return
    evaluation, scenario, refused = cache.usable_evaluation(area, state.scenario())
    if refused is not None:
        draw_error(t, refused)
        st.caption(t("ui.weights.defaults_hold"))
    if evaluation.raw.empty:
        st.info(t("ui.ranking.empty"), icon=":material/info:")
    elif view == "rooms":
        draw_rooms(t, area, scenario, evaluation)
    elif view == "plans":
        draw_plans(t, area, scenario, evaluation)
    elif view == "sureness":
        draw_sureness(t, area, scenario, evaluation)
    else:
        draw_opinions(t, area, evaluation)
