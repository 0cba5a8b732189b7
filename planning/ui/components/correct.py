"""Correct what is selected: close it or open it again, or move it with a click on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from planning.area import check_candidates, check_sites
from planning.errors import PlanningError
from planning.ui import cache, state, work
from planning.ui.components.add_place import to_metres
from planning.ui.components.faults import draw_error

if TYPE_CHECKING:
    import geopandas as gpd

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.ui.state import Selection


def changed(area: StudyArea, picked: Selection, values: dict[str, str | float]) -> gpd.GeoDataFrame:
    """Return the checked table of the selection with some of its values changed.

    Raises
    ------
    PlanningError
        The changed row breaks a rule, for example lies outside the city.
    """
    is_room = picked.kind == "candidate"
    table = pd.DataFrame((area.candidates if is_room else area.sites).drop(columns="geometry"))
    row = table.index[table["candidate_id" if is_room else "site_id"] == picked.id]
    for name, value in values.items():
        table.loc[row, name] = value
    return check_candidates(table, area) if is_room else check_sites(table, area)


def _take_over(area: StudyArea, picked: Selection, values: dict[str, str | float], action: str) -> None:
    table = changed(area, picked, values)
    if picked.kind == "candidate":
        work.change_tables(area, action, candidates=table)
    else:
        work.change_tables(area, action, sites=table)


def move_to(point: tuple[float, float]) -> None:
    """Move what waits for it to a clicked point; a point that does not do is told in the panel."""
    picked = state.moving()
    if picked is None:
        return
    area = state.edited(cache.original_area(cache.area_path()))
    x, y = to_metres(area, *point)
    state.move_next(None)
    state.select(picked)
    try:
        values: dict[str, str | float] = {"x": round(x, 1), "y": round(y, 1), "location_quality": "exact"}
        _take_over(area, picked, values, "ui.action.move")
    except PlanningError as error:
        st.session_state["correction_error"] = error


def _set_status(picked: Selection, status: str) -> None:
    area = state.edited(cache.original_area(cache.area_path()))
    try:
        _take_over(
            area, picked, {"status": status}, f"ui.action.{'close' if status == 'closed' else 'reopen'}"
        )
    except PlanningError as error:
        st.session_state["correction_error"] = error


def draw_corrections(t: Translator, picked: Selection, status: str) -> None:
    """Draw the buttons that correct the selected room or site, and undo."""
    error = st.session_state.pop("correction_error", None)
    if error is not None:
        draw_error(t, error)
    if state.moving() == picked:
        st.info(t("ui.correct.click_now"), icon=":material/ads_click:")
        st.button(t("ui.correct.stop"), on_click=state.move_next, args=(None,), key="correct_stop")
        return
    target = "open" if status == "closed" else "closed"
    with st.container(horizontal=True):
        st.button(
            t(f"ui.correct.{target}"), on_click=_set_status, args=(picked, target), key="correct_status"
        )
        st.button(t("ui.correct.move"), on_click=state.move_next, args=(picked,), key="correct_move")
        last = work.last_action()
        if last:
            st.button(t("ui.undo", action=t(last)), on_click=work.undo, key="correct_undo", type="tertiary")
