"""The page *Wochenplan*: which day, which hours, which team."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import SettingError, UploadError
from planning.render.labels import called
from planning.render.rota_words import assumption_text
from planning.rota.record import read_duties
from planning.ui import cache, state
from planning.ui.components.faults import draw_error
from planning.ui.components.rota_entries import draw_entries
from planning.ui.components.rota_result import draw_found
from planning.ui.components.rota_run import draw_progress, found, running, start, take_up
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.rota import Duty
    from planning.rota.defaults import Week

_MOST_MB = 5


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
        entered = draw_entries(t, week)
        week = replace(week, task=entered.task)
        for doubt in entered.doubts:
            st.warning(plain(doubt), icon=":material/warning:")
        with st.expander(t("rota_files.sheet.assumptions"), icon=":material/help:"):
            st.markdown("\n".join(f"- {plain(assumption_text(t, one))}" for one in week.assumptions))
        opened = _opened(t, week)
    with left:
        _draw_start(t, week, opened)
        draw_found(t, area, scenario, week)


def _draw_start(t: Translator, week: Week, opened: tuple[Duty, ...] | None) -> None:
    """Draw the button that starts the search, and whether as little as possible is to change."""
    known, before = found(), None
    if opened is not None:
        before = (week.task, opened)
    elif known is not None and known.rota.found:
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
        disabled=busy or not week.task.places, on_click=start, args=(week, before if keep else None),
    )  # fmt: skip
    if busy:
        draw_progress(t)


def _opened(t: Translator, week: Week) -> tuple[Duty, ...] | None:
    """Draw the upload of a saved week; return its consultations as far as their places are there."""
    given = st.file_uploader(
        t("rota.page.last"), type="json", key="rota_last", help=t("rota.page.last_why"),
        max_upload_size=_MOST_MB,
    )  # fmt: skip
    if given is None:
        return None
    try:
        duties = read_duties(given.getvalue())
    except UploadError as error:
        draw_error(t, error)
        return None
    known = {place.id for place in week.task.places}
    here = tuple(duty for duty in duties if duty.place in known)
    st.caption(t("rota.page.last_open", count=len(here)))
    return here
