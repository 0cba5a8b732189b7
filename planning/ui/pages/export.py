"""The page *Export*: everything that leaves the planner, chosen, previewed and packed into one file."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from planning.scenarios.work import complete_scenario
from planning.ui import cache, state
from planning.ui.components.export_choice import draw_choice, draw_preview
from planning.ui.components.export_progress import draw_outcome, draw_progress, running, start, take_up
from planning.ui.components.export_sample import draw_sample


def draw() -> None:
    """Draw the page."""
    t = state.translator()
    take_up()
    area, kept = state.edited(cache.original_area(cache.area_path())), state.plan()
    st.caption(t("output.lead"))
    if kept is None:
        st.info(t("output.no_plan"), icon=":material/info:")
    elif complete_scenario(kept.plan.scenario) != complete_scenario(state.scenario()):
        st.warning(t("cli.export_plan_settings"), icon=":material/history:")
    left, right = st.columns([2, 3], gap="large")
    with left:
        chosen = draw_choice(t, area)
    with right:
        st.markdown(f"**{t('output.preview')}**")
        busy = running() is not None
        st.button(
            t("output.make"),
            key="export_make",
            type="primary",
            icon=":material/folder_zip:",
            disabled=busy or not chosen.formats,
            on_click=start,
            args=(t, chosen),
        )
        if not chosen.formats:
            st.caption(t("output.nothing"))
        if busy:
            draw_progress(t)
        today = dt.date.today().isoformat()  # noqa: DTZ011 - the date on the reader's wall
        draw_outcome(t, f"{area.id}-export-{today}")
        draw_preview(t, area, kept, chosen)
        if {"pdf", "png"} & set(chosen.formats):
            draw_sample(t, chosen)
