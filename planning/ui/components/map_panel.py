"""The map and its controls: which indicator at which level, and what was clicked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from planning.access import nearest
from planning.need import cell_need
from planning.render import (
    BASEMAP_DE,
    MapView,
    build_map,
    choropleth,
    dynamic_groups,
    folium_assets,
    indicator_label,
    indicator_levels,
    read_click,
)
from planning.render.indicators import COVERAGE
from planning.render.labels import short_number
from planning.ui import cache, state
from planning.ui.components.add_place import to_degrees, to_metres
from planning.ui.components.correct import move_to
from planning.ui.state import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.render import Click
    from planning.scoring import Evaluation

NONE = "none"
CLOSE_ZOOM = 15


def draw_controls(t: Translator, area: StudyArea) -> tuple[str | None, str]:
    """Draw the choice of indicator and level; return them (``None`` for no indicator)."""
    levels = indicator_levels(area)
    chosen = st.selectbox(
        t("ui.map.indicator"),
        [*levels, NONE],
        format_func=lambda name: t("ui.map.no_indicator") if name == NONE else indicator_label(t, name),
        key="indicator",
        persist_state="session",
        label_visibility="collapsed",
        width=250,
    )
    if chosen == NONE:
        return None, "cell"
    offered = levels[chosen]
    if st.session_state.get("indicator_level") not in offered:
        st.session_state["indicator_level"] = offered[0]
    level = st.segmented_control(
        t("ui.map.level"),
        offered,
        format_func=lambda name: t(f"ui.map.by.{name}"),
        key="indicator_level",
        required=True,
        label_visibility="collapsed",
        width="content",
    )
    return chosen, str(level or offered[0])


def draw_online_switch(t: Translator) -> None:
    """Draw the switch that lets the map fetch tiles from the internet; off until a person turns it on."""
    with st.popover("", icon=":material/public:", help=t("ui.map.online")):
        st.toggle(t("ui.map.online"), key="online_map", persist_state="session")
        st.caption(t("ui.map.online_why"))


def _clicked(key: str, on_click: Callable[[Click], None]) -> None:
    click = read_click(st.session_state.get(key))
    if click is None or click.at == st.session_state.get(f"{key}_click_at"):
        return
    st.session_state[f"{key}_click_at"] = click.at
    on_click(click)


def _select(click: Click) -> None:
    if click.kind == "point" and state.moving() is not None:
        move_to((click.latitude, click.longitude))
    elif click.kind == "point":
        state.select(Selection("point", point=(click.latitude, click.longitude)))
    else:
        state.select(Selection(click.kind, click.id))


def _spot(area: StudyArea, picked: Selection | None) -> tuple[float, float] | None:
    """Return where the selection is, in metres; ``None`` if it has no place or is gone."""
    if picked is None:
        return None
    if picked.kind == "point" and picked.point is not None:
        return to_metres(area, *picked.point)
    table, key = (area.candidates, "candidate_id") if picked.kind == "candidate" else (area.sites, "site_id")
    found = table.loc[(table[key] == picked.id) & table["x"].notna(), ["x", "y"]]
    return None if found.empty else (float(found["x"].iloc[0]), float(found["y"].iloc[0]))


def map_view(
    t: Translator,
    area: StudyArea,
    scenario: Scenario,
    evaluation: Evaluation | None,
    *,
    indicator: str | None,
    level: str,
) -> MapView:
    """Return what the map has to show now; without an evaluation, what needs no walking distances."""
    if evaluation is None:
        need = cell_need(area.cells, scenario.need_weights)
        return MapView(indicator=None if indicator == COVERAGE else indicator, level=level, need=need)
    picked = state.selection()
    spot = _spot(area, picked)
    selected: tuple[str, object] | None = None
    if picked is not None and spot is not None:
        selected = (picked.kind, picked.point if picked.kind == "point" else picked.id)
    return MapView(
        indicator=indicator,
        level=level,
        need=evaluation.need,
        covered=nearest(cache.distances(area, scenario).sites) <= scenario.reach_m,
        score=evaluation.scores.total,
        rank=evaluation.scores.rank,
        selected=selected,
        reach=None if spot is None else cache.reach(area, spot, scenario.reach_m),
        reach_label=t("ui.map.reach", minutes=short_number(t, scenario.minutes)),
        online=BASEMAP_DE if st.session_state.get("online_map") else None,
    )


def draw_map(
    t: Translator,
    area: StudyArea,
    view: MapView,
    *,
    height: int,
    key: str = "map",
    on_click: Callable[[Click], None] = _select,
    spot: Selection | None = None,
    zoom: int = CLOSE_ZOOM,
) -> None:
    """Draw the map; a click becomes the selection. The frame stays, so zoom and position do too.

    Parameters
    ----------
    key
        Name of the frame; each page has its own.
    on_click
        What a click does.
    spot, zoom
        What to move to and how close, if it was picked elsewhere than on the map.
    """
    # the frame keeps what it loaded: base map, districts and cells are those of the original area
    original = cache.original_area(cache.area_path())
    assets = folium_assets(original, cache.map_assets(cache.area_path()))
    at = _spot(area, spot)
    center = None if at is None else to_degrees(area, *at)
    st_folium(
        build_map(original, assets=assets),
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=["last_object_clicked", "last_clicked"],
        feature_group_to_add=dynamic_groups(area, t, view),
        center=center,
        zoom=None if center is None else zoom,
        on_change=partial(_clicked, key, on_click),
    )


def draw_table(t: Translator, area: StudyArea, view: MapView) -> None:
    """Draw what the choropleth shows as a table; a choropleth of cells is told by borough."""
    if view.indicator is None:
        return
    offered = indicator_levels(area)[view.indicator]
    level = view.level if view.level != "cell" else next((one for one in offered if one != "cell"), None)
    if level is None:
        return
    shown = choropleth(area, t, view.indicator, level, need=view.need, covered=view.covered)
    table = pd.DataFrame(
        {
            area.level_names[level][t.language]: area.level(level)["name"].to_numpy(),
            f"{shown.title} ({shown.unit})": [t.number(value, shown.digits) for value in shown.figures],
        }
    )
    with st.expander(t("ui.map.table", title=shown.title), icon=":material/table:"):
        st.table(table.set_index(table.columns[0]))
        st.caption(" · ".join(filter(None, (shown.year, shown.source))))
