"""Deleted scenarios: fetched back, or removed for good once somebody has said yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.ui.components.scenario_bar import time_text
from planning.ui.components.scenario_deeds import ask_to_purge, asked_to_purge, attempt, purge, undelete
from planning.ui.components.scenario_list import card_html, draw_pager, read_page
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.scenarios.entries import Entry

_PAGE = "scenario_bin_page"


def draw_bin(t: Translator) -> None:
    """Draw the deleted scenarios; raises if the store cannot be read."""
    page, number = read_page(_PAGE, deleted=True)
    if not page.total:
        st.info(t("scenario.bin.empty"), icon=":material/info:")
        return
    st.caption(t("scenario.bin.why"))
    with st.container(key="scenario_cards"):
        for entry in page.entries:
            _draw_one(t, entry)
    draw_pager(t, _PAGE, number, page.total)


def _draw_one(t: Translator, entry: Entry) -> None:
    key = entry.scenario_id
    mark = t("scenario.bin.deleted", time=time_text(t, entry.deleted_at or entry.saved_at))
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"card_{key}"):
            st.html(card_html(t, entry, marks=(mark,)))
            with st.container(horizontal=True, width="content", gap="small", key=f"deeds_{key}"):
                st.button(
                    t("scenario.bin.back"), key=f"undelete_{key}", on_click=attempt, args=(undelete, entry)
                )
                st.button(t("scenario.bin.purge"), key=f"purge_{key}", on_click=ask_to_purge, args=(key,))
        if asked_to_purge() == key:
            _draw_question(t, entry)


def _draw_question(t: Translator, entry: Entry) -> None:
    name = "sure_one" if entry.head == 1 else "sure"
    st.warning(plain(t(f"scenario.bin.{name}", name=entry.name, count=entry.head)), icon=":material/warning:")
    with st.container(horizontal=True):
        st.button(t("scenario.bin.yes"), key="scenario_purge_yes", on_click=attempt, args=(purge, entry))
        st.button(t("scenario.bin.no"), key="scenario_purge_no", on_click=ask_to_purge, args=(None,))
