"""The page *Wochenplan*: which day, which hours, which team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import SettingError
from planning.render.labels import room_names
from planning.render.rota_words import assumption_text
from planning.rota.defaults import first_week
from planning.ui import cache, state
from planning.ui.components.faults import draw_error
from planning.ui.components.rota_entries import draw_entries
from planning.ui.components.rota_result import (
    draw_found,
    draw_progress,
    running,
    start,
    take_up,
    with_task,
)
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.rota.defaults import Week


def _week(t: Translator, area: StudyArea, scenario: Scenario, rooms: tuple[str, ...]) -> Week:
    table = area.candidates.set_index("candidate_id", drop=False).loc[list(rooms)]
    names = dict(zip(rooms, room_names(t, table), strict=True))
    network = cache.network(cache.area_path())
    return first_week(area, rooms, cache.distances(area, scenario), network, names=names)


def draw() -> None:
    """Draw the page."""
    t = state.translator()
    take_up()
    if not cache.is_measured(cache.area_path()):
        st.info(t("ui.map.computing"), icon=":material/hourglass_top:")
        return
    kept = state.plan()
    area = state.edited(cache.original_area(cache.area_path())) if kept is None else kept.area
    scenario = state.scenario() if kept is None else kept.plan.scenario
    st.caption(t("rota.page.lead"))
    if kept is None:
        st.info(t("rota.page.no_plan"), icon=":material/info:")
    try:
        week = _week(t, area, scenario, () if kept is None else kept.plan.candidate_ids)
    except SettingError as error:
        draw_error(t, error)
        return
    left, right = st.columns([3, 2], gap="large")
    with right:
        with st.expander(t("rota_files.sheet.assumptions"), icon=":material/help:"):
            st.markdown("\n".join(f"- {plain(assumption_text(t, one))}" for one in week.assumptions))
        task, doubts = draw_entries(t, week)
        for doubt in doubts:
            st.warning(plain(doubt), icon=":material/warning:")
    week, busy = with_task(week, task), running() is not None
    with left:
        st.button(
            t("rota.page.make"), key="rota_make", type="primary", icon=":material/calendar_month:",
            disabled=busy, on_click=start, args=(week,),
        )  # fmt: skip
        if busy:
            draw_progress(t)
        draw_found(t, area, scenario, week)
