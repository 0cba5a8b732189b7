"""What the week offers people where they live: a map by weekday and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.need import cell_need
from planning.render import MapView
from planning.render.rota_map import borough_table, days_layer, days_table, open_on
from planning.render.rota_words import access_lines, duty_text
from planning.rota.model import WEEKDAYS, clock
from planning.rota.open_days import reached, week_shares
from planning.ui import cache
from planning.ui.components.map_panel import draw_map
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.render import Click
    from planning.ui.components.rota_run import WeekFound

_HEIGHT, _ALL = 520, -1


def draw_access(t: Translator, found: WeekFound) -> None:
    """Draw where a consultation or an open office is within a walk, on all days or on one."""
    area, scenario = found.area, found.scenario
    task, duties = found.week.task, found.rota.duties
    offices = st.toggle(
        t("rota.page.offices"), key="rota_offices", help=t("rota.page.offices_why"), persist_state="session"
    )
    walks = cache.distances(area, scenario)
    days = reached(task, duties, walks, scenario.reach_m, offices=offices)
    used = [day for day in range(7) if day < 5 or days.open[:, day].any()]  # noqa: PLR2004 - Monday to Friday
    chosen = st.segmented_control(
        t("rota.page.map_day"),
        [_ALL, *used],
        format_func=lambda day: t("rota.page.all_days") if day == _ALL else t(f"rota.day.{WEEKDAYS[day]}"),
        key="rota_map_day",
        default=_ALL,
        required=True,
        label_visibility="collapsed",
    )
    day = None if chosen in {None, _ALL} else int(chosen)
    shown = open_on(area, task, duties, day, offices=offices)
    rooms = set(area.candidates["candidate_id"])
    view = MapView(
        indicator=None,
        own=days_layer(area, t, days, day, offices=offices),
        chosen=tuple(place.id for place in task.places if place.id in rooms),
        numbered=False,
        notes={
            place.id: "; ".join(duty_text(t, task, duty) for duty in duties if duty.place == place.id)
            for place in task.places
        },
    )
    draw_map(t, shown, view, height=_HEIGHT, key="rota_map", on_click=_ignore)
    need = cell_need(area.cells, scenario.need_weights)
    if not offices:
        for line in access_lines(t, task, week_shares(days, need), scenario.minutes):
            st.caption(plain(line))
    st.dataframe(days_table(t, days, need), hide_index=True, width="content")
    st.markdown(f"**{t('rota.page.by_borough')}**")
    st.caption(t("rota.page.by_borough_why"))
    table = borough_table(area, t, days, scenario, clock(task.rules.late_end))
    st.dataframe(table, hide_index=True, width="stretch", height=38 + 35 * len(table))


def _ignore(click: Click) -> None:
    """Do nothing: the map of the week shows only."""
