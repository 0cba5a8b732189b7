"""The page *Daten*: tables to edit, and what every layer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.ui import cache, state
from planning.ui.components.add_place import draw_add_by_address
from planning.ui.components.editor import draw_editor
from planning.ui.components.sources import draw_figures, draw_layers, draw_scaling
from planning.ui.components.tables import draw_unlocated, draw_upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.elements.lib.mutable_tab_container import TabContainer

    from planning.area import StudyArea
    from planning.i18n import Translator
    from planning.ui.components.add_place import Kind

_KINDS: tuple[Kind, ...] = ("sites", "candidates")
_TABS = (*_KINDS, "layers", "scaling", "figures")


def _table_tab(t: Translator, area: StudyArea, kind: Kind) -> None:
    st.write(t(f"ui.data.{kind}_why"))
    draw_editor(t, area, kind)
    # what is open is known to the server, so that no new message above closes it
    with st.expander(
        t("ui.data.by_file"), icon=":material/upload_file:", key=f"{kind}_by_file", on_change="rerun"
    ):
        draw_upload(t, area, kind)
    with st.expander(
        t("ui.data.by_address"), icon=":material/add_location:", key=f"{kind}_by_address", on_change="rerun"
    ):
        draw_add_by_address(t, area, kind=kind)
    if kind == "candidates":
        draw_unlocated(t, area)


def _tabs(t: Translator) -> Sequence[TabContainer]:
    """Draw the tabs; the one in front is remembered by its name, which no language changes."""
    labels = {t(f"ui.data.{name}"): name for name in _TABS}
    if st.session_state.get("data_tabs") not in labels:
        st.session_state["data_tabs"] = t(f"ui.data.{st.session_state.get('data_tab', _TABS[0])}")
    tabs = st.tabs(list(labels), key="data_tabs", on_change="rerun")
    st.session_state["data_tab"] = labels[st.session_state["data_tabs"]]
    return tabs


def draw() -> None:
    """Draw the page."""
    t = state.translator()
    area = state.edited(cache.original_area(cache.area_path()))
    tabs = _tabs(t)
    for tab, kind in zip(tabs, _KINDS, strict=False):
        with tab:
            _table_tab(t, area, kind)
    with tabs[2]:
        draw_layers(t, area)
    with tabs[3]:
        draw_scaling(t, area)
    with tabs[4]:
        draw_figures(t, area)
