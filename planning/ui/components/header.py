"""The line above every page: title, four figures with their why, and the language."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from planning.i18n import LANGUAGES
from planning.ui import cache, state

if TYPE_CHECKING:
    from planning.i18n import Translator


def _set_language() -> None:
    chosen = st.session_state.get("language_switch")
    if chosen:
        state.set_language(chosen)


def _language_switch(t: Translator) -> None:
    st.session_state["language_switch"] = t.language
    st.segmented_control(
        t("ui.language"),
        LANGUAGES,
        key="language_switch",
        format_func=str.upper,
        on_change=_set_language,
        label_visibility="collapsed",
    )


def draw_header(t: Translator) -> None:
    """Draw title, figures and language switch for the area as this session has it."""
    area = state.edited(cache.original_area(cache.area_path()))
    scenario = state.scenario()
    now = cache.situation(area, scenario)
    known = now.known_dependances
    opened = max(area.programme.opened, known)
    remaining = max(area.programme.planned - opened, 0)
    minutes = t.number(scenario.minutes)
    speed = t.number(scenario.speed_kmh, 1)
    worst_why = t("ui.why.worst", minutes=minutes, level=area.level_names["borough"][t.language])
    if now.as_low:
        worst_why += " " + t("ui.why.as_low", count=now.as_low)
    figures = [
        (
            t("ui.figure.remaining", remaining=remaining, planned=area.programme.planned),
            t("ui.why.remaining", planned=area.programme.planned, opened=opened, known=known),
        ),
        (
            t("ui.figure.covered", share=t.share(now.covered_share)),
            t("ui.why.covered", minutes=minutes, speed=speed, sites=now.open_sites)
            + " "
            + t("ui.why.need", need=t.number(now.need_total)),
        ),
        (
            t("ui.figure.walk", minutes=t.number(now.mean_minutes)),
            t("ui.why.walk", p90=t.number(now.p90_minutes), unreached=t.share(now.unreached_share, 1)),
        ),
        (
            t("ui.figure.worst", name=now.worst_name, share=t.share(now.worst_share)),
            worst_why,
        ),
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="planner-title">{t("ui.heading", area=escape(area.name))}</p>')
        for label, why in figures:
            with st.popover(label):
                st.write(why)
        _language_switch(t)
    if known < opened:
        _missing_note(t, known, opened)


def _missing_note(t: Translator, known: int, opened: int) -> None:
    if not st.session_state.get("note_read"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("ui.known_note", known=known, opened=opened))
