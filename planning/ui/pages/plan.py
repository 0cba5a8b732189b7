"""The page *Plan*: which rooms together, how sure that is, in which order, and what would be as good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.ui import cache, state, work
from planning.ui.components.plan_panel import draw_panel
from planning.ui.components.plan_result import (
    draw_kept,
    draw_plan_map,
    draw_plan_table,
    draw_status,
    plan_view,
)
from planning.ui.components.plan_run import attempt, draw_attempt, running
from planning.ui.plans import open_rooms

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.scenarios.work import KeptPlan
    from planning.siting import Effect

HEIGHT, MAP_HEIGHT = 590, 520


def _draw_head(t: Translator, area: StudyArea, kept: KeptPlan | None, effect: Effect | None) -> None:
    """Draw how things stand: why there is no plan, how good the one in force is, or what to do."""
    busy = running() is not None
    draw_attempt(t)
    if kept is not None and effect is not None:
        if attempt() is None:
            draw_status(t, kept, effect, area, busy=busy)
        else:
            draw_kept(t, kept, effect)
    elif open_rooms(area) == 0:
        st.info(t("ui.ranking.empty"), icon=":material/info:")
    elif not busy and attempt() is None:
        st.info(t("plan.empty"), icon=":material/info:")


def draw() -> None:
    """Draw the page."""
    t = state.translator()
    area, scenario = state.edited(cache.original_area(cache.area_path())), state.scenario()
    if not cache.is_measured(cache.area_path()):
        st.info(t("ui.map.computing"), icon=":material/hourglass_top:")
        return
    kept = state.plan()
    effect = None if kept is None else cache.effect(kept.area, kept.plan.scenario, kept.plan.candidate_ids)
    if kept is not None and effect is not None:
        work.note_effect(kept, effect)
        kept = work.current().plan
    left, right = st.columns([2, 1], gap="small")
    with left:
        # one container whatever it holds, so that the map below keeps its place and its frame
        with st.container():
            _draw_head(t, area, kept, effect)
        shown = area if kept is None else kept.area
        draw_plan_map(t, shown, plan_view(t, area, scenario, kept), height=MAP_HEIGHT)
        if kept is not None and effect is not None:
            draw_plan_table(t, kept, effect)
    with right:
        draw_panel(t, area, kept, effect, height=HEIGHT)
