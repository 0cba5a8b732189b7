"""The page *Wochenplan*: which day, which hours, which team."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import SettingError
from planning.render.labels import called
from planning.render.rota_words import assumption_text
from planning.ui import cache, state
from planning.ui.components.faults import draw_error
from planning.ui.components.rota_entries import draw_entries, entries
from planning.ui.components.rota_result import draw_found
from planning.ui.components.rota_run import draw_progress, found, past, running, start, take_up
from planning.ui.components.rota_saved import draw_saved
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.rota.change import Plan
    from planning.rota.defaults import Week


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
    rooms = () if kept is None else kept.plan.candidate_ids
    try:
        week = cache.week(area, scenario, rooms, tuple(called(t, area, rooms).values()))
    except SettingError as error:
        draw_error(t, error)
        return
    left, right = st.columns([3, 2], gap="large")
    with right:
        first = week
        entered = draw_entries(t, first)
        week = replace(first, task=entered.task, entries=entries(first.task))
        with st.container():  # what comes after it stays open when doubts come and go
            for doubt in entered.doubts:
                st.warning(plain(doubt), icon=":material/warning:")
        with st.expander(t("rota_files.sheet.assumptions"), icon=":material/help:"):
            st.markdown("\n".join(f"- {plain(assumption_text(t, one))}" for one in week.assumptions))
        opened = draw_saved(t, first)
    with left:
        lacks = ""
        if entered.doubts:
            lacks = t("rota.page.unclear")
        elif first.task.places and not week.task.places:
            lacks = t("rota.page.all_off")
        _draw_start(t, week, area, scenario, opened, lacks)
        draw_found(t, week)


def _draw_start(
    t: Translator, week: Week, area: StudyArea, scenario: Scenario, opened: Plan | None, lacks: str
) -> None:
    """Draw the button that starts the search, what it lacks, and whether little is to change."""
    known = next((one for one in (found(), past()) if one is not None and one.rota.found), None)
    before = opened
    if before is None and known is not None:
        before = (known.week.task, known.rota.duties)
    busy = running() is not None
    keep = False
    if before is not None:
        keep = st.toggle(
            t("rota.page.keep"), value=True, key="rota_keep", help=t("rota.page.keep_why"),
            persist_state="session",
        )  # fmt: skip
    st.button(
        t("rota.page.make"), key="rota_make", type="primary", icon=":material/calendar_month:",
        disabled=busy or bool(lacks) or not week.task.places, on_click=start,
        args=(week, area, scenario, before if keep else None),
    )  # fmt: skip
    if lacks:
        st.warning(lacks, icon=":material/warning:")
    if busy:
        draw_progress(t)
