"""The page *Daten*: tables to edit, and what every layer is."""

from __future__ import annotations

import streamlit as st

from planning.ui import cache, state
from planning.ui.components.add_place import Kind, draw_add_by_address
from planning.ui.components.sources import draw_layers, draw_scaling
from planning.ui.components.tables import draw_editor, draw_unlocated, draw_upload


def _history_buttons() -> None:
    t = state.translator()
    undo, redo = state.last_action(), state.next_action()
    if not (undo or redo):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("ui.undo", action=t(undo) if undo else ""),
            icon=":material/undo:",
            on_click=state.undo,
            disabled=undo is None,
            key="undo",
        )
        st.button(
            t("ui.redo", action=t(redo) if redo else ""),
            icon=":material/redo:",
            on_click=state.redo,
            disabled=redo is None,
            key="redo",
        )
        st.caption(t("ui.tables.session_only"))


def draw() -> None:
    """Draw the page."""
    t = state.translator()
    area = state.edited(cache.original_area(cache.area_path()))
    _history_buttons()
    names = ("sites", "candidates", "layers", "scaling")
    tabs = st.tabs([t(f"ui.data.{name}") for name in names])
    kinds: tuple[Kind, ...] = ("sites", "candidates")
    for tab, kind in zip(tabs, kinds, strict=False):
        with tab:
            st.write(t(f"ui.data.{kind}_why"))
            draw_editor(t, area, kind)
            with st.expander(t("ui.data.by_file"), icon=":material/upload_file:"):
                draw_upload(t, area, kind)
            with st.expander(t("ui.data.by_address"), icon=":material/add_location:"):
                draw_add_by_address(t, area, kind=kind)
            if kind == "candidates":
                draw_unlocated(t, area)
    with tabs[2]:
        draw_layers(t, area)
    with tabs[3]:
        draw_scaling(t, area)
