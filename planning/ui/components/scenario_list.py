"""The scenarios of the store as cards, newest first: small map, who, when, what it achieves."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from planning.render.scenario_card import city_frame, map_label, picture, rooms_frame, small_map, summary_text
from planning.ui import keeping
from planning.ui.areas import area_path, original_area
from planning.ui.components.scenario_bar import author_text, time_text
from planning.ui.components.scenario_deeds import (
    attempt,
    compare_with_work,
    deleted,
    forget_deleted,
    is_open,
    open_revision,
    undelete,
)
from planning.ui.components.scenario_more import draw_more
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.render.scenario_card import Frame
    from planning.scenarios.entries import Entry, Page

PER_PAGE = 10


@st.cache_resource(show_spinner=False, max_entries=2)
def _frame(path: str) -> Frame:
    return city_frame(original_area(path))


def card_html(t: Translator, entry: Entry, *, marks: tuple[str, ...] = ()) -> str:
    """Return a scenario as HTML: small map, name with its marks, who and when, and what it achieves."""
    one, known = entry.summary, original_area(area_path())
    frame = _frame(area_path()) if one.area_id == known.id else rooms_frame(one.rooms)
    if one.area_id not in {"", known.id}:
        marks = (*marks, t("scenario.card.other_area", area=one.area_name))
    elif one.area_id and one.area_digest != known.digest:
        marks = (*marks, t("scenario.card.other_data"))
    facts = (
        author_text(t, entry),
        time_text(t, entry.saved_at),
        t("scenario.card.revision", number=entry.number),
    )
    badges = "".join(f' <span class="planner-mark">{escape(mark)}</span>' for mark in marks)
    return (
        f'<div class="planner-card">{picture(small_map(frame, one.rooms), map_label(t, one))}<div>'
        f"<h2>{escape(entry.name)}{badges}</h2>"
        f"<p>{escape(' · '.join(facts))}</p><p>{escape(summary_text(t, one))}</p></div></div>"
    )


def read_page(key: str, search: str = "", *, deleted: bool = False) -> tuple[Page, int]:
    """Return the part of the list that is in front, and which one; a part that is no more is the last one."""
    number: int = st.session_state.get(key, 0)
    page = keeping.store().list(search, deleted=deleted, start=number * PER_PAGE, count=PER_PAGE)
    if not page.entries and page.total:
        number = (page.total - 1) // PER_PAGE
        page = keeping.store().list(search, deleted=deleted, start=number * PER_PAGE, count=PER_PAGE)
    st.session_state[key] = number
    return page, number


def _turn(key: str, number: int) -> None:
    st.session_state[key] = number


def draw_pager(t: Translator, key: str, number: int, total: int) -> None:
    """Draw the way to newer and older scenarios; nothing if all are in sight."""
    last = max(total - 1, 0) // PER_PAGE
    if not last:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for name, to, end in (("newer", number - 1, number == 0), ("older", number + 1, number == last)):
            label = t(f"scenario.list.{name}")
            st.button(label, key=f"{key}_{name}", on_click=_turn, args=(key, to), disabled=end)
        st.caption(t("scenario.list.page", number=number + 1, last=last + 1))


def count_text(t: Translator, total: int) -> str:
    """Return how many scenarios there are."""
    return t("scenario.list.one") if total == 1 else t("scenario.list.count", count=t.number(total))


def draw_list(t: Translator) -> None:
    """Draw search, cards and pager; raises if the store cannot be read."""
    _draw_deleted(t)
    with st.container(horizontal=True, vertical_alignment="center"):
        search = st.text_input(
            t("scenario.list.search"),
            key="scenario_search",
            placeholder=t("scenario.list.search"),
            label_visibility="collapsed",
            persist_state="session",
            on_change=_turn,
            args=("scenario_page", 0),
            width=320,
        )
        page, number = read_page("scenario_page", search or "")
        st.caption(count_text(t, page.total))
    if not page.total:
        told = t("scenario.list.nothing", query=search) if search else t("scenario.list.empty")
        st.info(plain(told), icon=":material/info:")
    with st.container(key="scenario_cards"):
        for entry in page.entries:
            _draw_card(t, entry)
    draw_pager(t, "scenario_page", number, page.total)


def _draw_card(t: Translator, entry: Entry) -> None:
    key = entry.scenario_id
    marks = (t("scenario.card.open"),) if is_open(entry) else ()
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"card_{key}"
    ):
        st.html(card_html(t, entry, marks=marks))
        with st.container(horizontal=True, width="content", gap="small", key=f"deeds_{key}"):
            st.button(
                t("scenario.list.open"), key=f"open_{key}", on_click=attempt, args=(open_revision, entry)
            )
            st.button(
                t("scenario.list.compare"),
                key=f"compare_{key}",
                on_click=attempt,
                args=(compare_with_work, entry),
            )
            draw_more(t, entry)


def _draw_deleted(t: Translator) -> None:
    """Say which scenario was just deleted, with the way back."""
    last = deleted()
    if last is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="scenario_deleted_told"):
        told = t("scenario.list.deleted", name=last.entry.name)
        st.success(plain(told), icon=":material/delete:", width="stretch")
        st.button(
            t("scenario.list.undo"),
            key="scenario_undelete",
            on_click=attempt,
            args=(undelete, last.entry, last.saved),
        )
        st.button(t("scenario.dismiss"), key="scenario_deleted_dismiss", on_click=forget_deleted)
