"""The line above every page: title, four figures with their why, and the language."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from planning.i18n import LANGUAGES
from planning.render.labels import short_number
from planning.ui import cache, state
from planning.ui.components.scenario_bar import draw_outcome, draw_scenario
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.ui.cache import Situation


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


def _known_note(t: Translator, area: StudyArea, known: int) -> str:
    """Say how many of the opened dependances the tool knows of, and from where."""
    public = cache.known_dependances(cache.original_area(cache.area_path()))
    public = min(public, known)
    missing = max(area.programme.opened - known, 0)
    head = t("ui.known.head", known=known, opened=area.programme.opened)
    own = t("ui.known.own", own=known - public) if known > public else ""
    return " ".join(
        filter(None, (head, t("ui.known.public", public=public), own, t("ui.known.missing", missing=missing)))
    )


def _figures(t: Translator, area: StudyArea, scenario: Scenario, now: Situation) -> list[tuple[str, str]]:
    """Return the four figures, each with its why."""
    opened = max(area.programme.opened, now.known_dependances)
    planned = area.programme.planned
    minutes, speed = short_number(t, scenario.minutes), t.number(scenario.speed_kmh, 1)
    remaining = t("ui.figure.remaining", remaining=max(planned - opened, 0), planned=planned)
    covered_why = t("ui.why.covered", minutes=minutes, speed=speed, sites=now.open_sites)
    figures = [
        (remaining, t("ui.why.remaining", planned=planned, opened=opened, known=now.known_dependances)),
        (
            t("ui.figure.covered", share=t.share(now.covered_share)),
            f"{covered_why} {t('ui.why.need', need=t.number(now.need_total))}",
        ),
    ]
    if math.isnan(now.mean_minutes) or not now.worst_name:
        why = t("ui.why.no_need") if not now.need_total else t("ui.why.no_sites")
        return [*figures, (t("ui.figure.walk_unknown"), why)]
    worst_why = t("ui.why.worst", minutes=minutes, level=area.level_names["borough"][t.language])
    if now.as_low:
        worst_why += " " + t("ui.why.as_low", count=now.as_low)
    walk_why = t("ui.why.walk", p90=t.number(now.p90_minutes), unreached=t.share(now.unreached_share, 1))
    worst = t("ui.figure.worst", name=plain(now.worst_name), share=t.share(now.worst_share))
    return [*figures, (t("ui.figure.walk", minutes=t.number(now.mean_minutes)), walk_why), (worst, worst_why)]


def draw_header(t: Translator, *, ready: bool = True) -> None:
    """Draw title, figures and language switch for the area as this session has it.

    Until the walking distances are ``ready`` the figures are announced only.
    """
    area = state.edited(cache.original_area(cache.area_path()))
    scenario = state.scenario()
    if not ready:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.html(f'<h1 class="planner-title">{t("ui.heading", area=escape(area.name))}</h1>')
            draw_scenario(t)
            _language_switch(t)
        draw_outcome(t)
        st.caption(t("ui.map.computing"))
        return
    now = cache.situation(area, scenario)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.html(f'<h1 class="planner-title">{t("ui.heading", area=escape(area.name))}</h1>')
        draw_scenario(t)
        for label, why in _figures(t, area, scenario, now):
            with st.popover(label):
                st.write(why)
        _language_switch(t)
    draw_outcome(t)
    if now.known_dependances < area.programme.opened:
        st.caption(_known_note(t, area, now.known_dependances))
