"""The page *Karte*: the map, beside it the ranking, the weights and what is known of the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.render.labels import district_names, room_names
from planning.scoring import ranking
from planning.ui import cache, state
from planning.ui.components.downloads import draw_downloads
from planning.ui.components.facts import draw_facts
from planning.ui.components.faults import draw_error
from planning.ui.components.map_panel import draw_controls, draw_map, draw_online_switch, draw_table, map_view
from planning.ui.components.ranking import draw_ranking
from planning.ui.components.weights import draw_need, draw_reach, draw_weights

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.errors import SettingError
    from planning.i18n import Translator
    from planning.scoring import Evaluation

HEIGHT = 580
PANELS = ("ranking", "need", "details")
TABLE_HEIGHT = 230


def _side(t: Translator, area: StudyArea, evaluation: Evaluation, refused: SettingError | None) -> None:
    state.panel()
    front = st.segmented_control(
        t("ui.panel.title"),
        PANELS,
        format_func=lambda name: t(f"ui.panel.{name}"),
        key="panel",
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )
    if front == "ranking":
        table = ranking(area, evaluation)
        table["label"] = room_names(t, table)
        table["district"] = table["quarter"].map(district_names(area, "quarter")).fillna("")
        draw_ranking(t, table, height=TABLE_HEIGHT)
        with st.container(height=HEIGHT - TABLE_HEIGHT - 48, border=True):
            if refused is not None:
                draw_error(t, refused)
                st.caption(t("ui.weights.defaults_hold"))
            shares = {} if refused else {str(name): share for name, share in evaluation.scores.shares.items()}
            draw_weights(t, shares)
        return
    with st.container(height=HEIGHT, border=False):
        if front == "need":
            draw_reach(t)
            draw_need(t)
        else:
            draw_facts(t, area, evaluation, state.selection())


def draw() -> None:
    """Draw the page."""
    t = state.translator()
    area = state.edited(cache.original_area(cache.area_path()))
    scenario = state.scenario()
    refused: SettingError | None = None
    evaluation: Evaluation | None = None
    if cache.is_measured(cache.area_path()):
        evaluation, scenario, refused = cache.usable_evaluation(area, scenario)
    left, right = st.columns([2, 1], gap="small")
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            indicator, level = draw_controls(t, area)
            draw_online_switch(t)
            view = map_view(t, area, scenario, evaluation, indicator=indicator, level=level)
            if evaluation is not None:
                draw_downloads(t, area, evaluation, scenario, view)
        draw_map(t, area, view, height=HEIGHT, spot=state.shown_spot())
        if evaluation is not None:
            draw_table(t, area, view)
    with right:
        if evaluation is None:
            st.info(t("ui.map.computing"), icon=":material/hourglass_top:")
        else:
            _side(t, area, evaluation, refused)
