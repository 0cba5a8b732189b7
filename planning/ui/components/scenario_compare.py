"""The comparison of two scenarios: which, what was set otherwise, what came of it, and where."""

from __future__ import annotations

from collections import Counter
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from planning.render import BASEMAP_DE, MapView
from planning.render.comparison import compared_area, plan_marks
from planning.render.scenario_words import notice_text
from planning.render.view import MARKS
from planning.ui import cache
from planning.ui.areas import area_path, original_area
from planning.ui.components.map_panel import draw_map
from planning.ui.components.scenario_compared import draw_ranking, draw_result, draw_rooms, draw_settings
from planning.ui.components.scenario_sides import choose_side, offered
from planning.ui.markup import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.render import Click
    from planning.scenarios.snapshot import RoomRecord
    from planning.ui.components.scenario_sides import Side

PANELS = ("result", "rooms", "settings", "ranking")
HEIGHT, KEY_HEIGHT, NOTICE_HEIGHT, SWITCH_HEIGHT = 500, 36, 100, 48


def draw_comparison(t: Translator) -> None:
    """Draw the comparison; raises if a scenario cannot be read."""
    entries = offered()
    left, right = st.columns(2, gap="small")
    with left:
        a = choose_side(t, "a", entries)
    with right:
        b = choose_side(t, "b", entries)
    if not entries:
        st.info(t("scenario.compare.only_work"), icon=":material/info:")
    elif a.is_same(b):
        st.info(t("scenario.compare.same"), icon=":material/info:")
    height = HEIGHT - _draw_notices(t, a, b)
    if not cache.is_measured(area_path()):
        st.info(t("ui.map.computing"), icon=":material/hourglass_top:")
        return
    area = _area_of_both(a, b)
    marks = plan_marks(a.snapshot.plan, b.snapshot.plan)
    if not marks:
        st.info(t("scenario.compare.no_plan"), icon=":material/info:")
        _draw_panels(t, a, b, area, height=height)
        return
    left, right = st.columns(2, gap="small")
    with left:
        st.html(_key(t, marks))
        _draw_map(t, area, marks, height=height - KEY_HEIGHT)
    with right:
        _draw_panels(t, a, b, area, height=height)


def _draw_notices(t: Translator, a: Side, b: Side) -> int:
    """Say what does not fit the data at hand; return how much lower what follows has to be."""
    lines = [
        plain(t("scenario.compare.notices", letter=side.letter, notice=notice_text(t, one)))
        for side in (a, b)
        for one in side.opened.notices
    ]
    lines += [
        t("scenario.compare.then", letter=side.letter)
        for side in (a, b)
        if side.is_of_other_data and side.snapshot.plan is not None
    ]
    if not lines:
        return 0
    st.warning("\n".join(f"- {line}" for line in lines), icon=":material/info:")
    return NOTICE_HEIGHT


def _area_of_both(a: Side, b: Side) -> StudyArea:
    """Return the study area with the rooms of both plans, whoever entered them."""
    areas = [original_area(area_path())]
    rooms: dict[str, RoomRecord] = {}
    for side in (a, b):
        kept, record = side.opened.work.plan, side.snapshot.plan
        areas += [side.opened.work.area] if kept is None else [kept.area, side.opened.work.area]
        rooms |= {} if record is None else {room.candidate_id: room for room in record.rooms}
    first = a.opened.work.area
    return compared_area(first, tuple(one for one in areas if one is not first), rooms)


def _key(t: Translator, marks: dict[str, str]) -> str:
    """Return what the three signs on the map mean, and how many there are of each."""
    counts = Counter(marks.values())
    parts = (
        f'<span class="{mark}">{mark}</span><b>{escape(t(f"scenario.mark.{mark}"))}: {counts[mark]}</b>'
        for mark in MARKS
    )
    return f'<p class="planner-key">{" ".join(parts)}</p>'


def _draw_map(t: Translator, area: StudyArea, marks: dict[str, str], *, height: int) -> None:
    view = MapView(
        indicator=None,
        chosen=tuple(marks),
        marks=marks,
        online=BASEMAP_DE if st.session_state.get("online_map") else None,
    )
    draw_map(t, area, view, height=height, key="compare_map", on_click=_ignore)


def _ignore(_click: Click) -> None:
    """Leave everything as it is: on this map a click only shows what the map itself says."""


def _draw_panels(t: Translator, a: Side, b: Side, area: StudyArea, *, height: int) -> None:
    front = st.segmented_control(
        t("scenario.compare.panel"),
        PANELS,
        default=PANELS[0] if "compare_panel" not in st.session_state else None,
        format_func=lambda name: t(f"scenario.compare_panel.{name}"),
        key="compare_panel",
        required=True,
        label_visibility="collapsed",
        width="stretch",
        persist_state="session",
    )
    parts: dict[str, Callable[[Translator, Side, Side], None]] = {
        "result": draw_result,
        "rooms": partial(draw_rooms, area=area),
        "settings": partial(draw_settings, area=area),
        "ranking": draw_ranking,
    }
    with st.container(height=height - SWITCH_HEIGHT, border=False):
        parts[str(front or PANELS[0])](t, a, b)
