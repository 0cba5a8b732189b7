"""What else can be done to a scenario of the list; read from the store only once it is unfolded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from planning.scenarios.snapshot import LONGEST_NAME
from planning.ui import keeping
from planning.ui.components.scenario_bar import author_text, file_name, time_text
from planning.ui.components.scenario_deeds import (
    attempt,
    delete,
    duplicate,
    open_revision,
    rename,
    restore,
)
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.scenarios.entries import Entry
    from planning.scenarios.store import Store

_SHOWN = 10


def draw_more(t: Translator, entry: Entry) -> None:
    """Draw the rarer deeds of a card."""
    box = st.popover(t("scenario.deeds.title"), key=f"more_{entry.scenario_id}", on_change="rerun")
    if not box.open:
        return
    with box, st.container(key=f"scenario_more_{entry.scenario_id}"):
        _draw_names(t, entry)
        _draw_history(t, entry)
        _draw_share(t, entry)
        st.button(
            t("scenario.deeds.delete"),
            key=f"delete_{entry.scenario_id}",
            icon=":material/delete:",
            on_click=attempt,
            args=(delete, entry),
        )


def _set_author(key: str) -> None:
    keeping.set_author(str(st.session_state[key]))


def _draw_names(t: Translator, entry: Entry) -> None:
    """Draw the name to give and who gives it, which stands in the history."""
    name, author = f"name_{entry.scenario_id}", f"author_{entry.scenario_id}"
    st.session_state.setdefault(name, entry.name)
    st.session_state[author] = keeping.author()
    st.text_input(t("scenario.name"), key=name, max_chars=LONGEST_NAME)
    st.text_input(
        t("scenario.author"), key=author, max_chars=LONGEST_NAME, on_change=_set_author, args=(author,)
    )
    with st.container(horizontal=True):
        st.button(
            t("scenario.deeds.rename"),
            key=f"rename_{entry.scenario_id}",
            on_click=_rename,
            args=(entry,),
        )
        st.button(
            t("scenario.deeds.duplicate"),
            key=f"duplicate_{entry.scenario_id}",
            on_click=_duplicate,
            args=(entry, t("scenario.copy_of", name=entry.name)[:LONGEST_NAME]),
        )


def _rename(entry: Entry) -> None:
    attempt(rename, entry, str(st.session_state[f"name_{entry.scenario_id}"]))


def _duplicate(entry: Entry, copy: str) -> None:
    given = str(st.session_state[f"name_{entry.scenario_id}"])
    attempt(duplicate, entry, copy if given == entry.name else given)


def _draw_history(t: Translator, entry: Entry) -> None:
    """Draw the newest revisions, each to be opened or made the newest again; older ones on demand."""
    shown: int = st.session_state.get(f"shown_{entry.scenario_id}", _SHOWN)
    revisions = keeping.store().history(entry.scenario_id)
    st.markdown(f"**{t('scenario.deeds.history')}**")
    for one in revisions[:shown]:
        _draw_revision(t, entry, one)
    if len(revisions) > shown:
        st.button(
            t("scenario.deeds.older", count=len(revisions) - shown),
            key=f"older_{entry.scenario_id}",
            on_click=_show_more,
            args=(f"shown_{entry.scenario_id}", len(revisions)),
        )


def _show_more(key: str, count: int) -> None:
    st.session_state[key] = count


def revision_text(t: Translator, one: Entry) -> str:
    """Return a revision in words: number, what was done, by whom and when."""
    return t(
        "scenario.deeds.revision",
        number=one.number,
        action=t(f"scenario.action.{one.action}"),
        author=author_text(t, one),
        time=time_text(t, one.saved_at),
    )


def _draw_revision(t: Translator, entry: Entry, one: Entry) -> None:
    key = f"{one.scenario_id}_{one.number}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"revision_{key}"):
        st.markdown(plain(revision_text(t, one)), width="stretch")
        st.button(
            t("scenario.list.open"),
            key=f"open_{key}",
            on_click=attempt,
            args=(open_revision, entry, one.number),
        )
        st.button(
            t("scenario.deeds.restore"),
            key=f"restore_{key}",
            on_click=attempt,
            args=(restore, entry, one.number),
            disabled=one.number == entry.head,
            help=t("scenario.deeds.restore_why"),
        )


def _file(store: Store, entry: Entry) -> bytes:
    from planning.scenarios.document import document_bytes, document_of

    return document_bytes(document_of(store.read(entry.scenario_id, entry.number)[1]))


def _draw_share(t: Translator, entry: Entry) -> None:
    st.download_button(
        t("scenario.download"),
        partial(_file, keeping.store(), entry),
        file_name=file_name(t, f"{entry.name} {entry.number}"),
        mime="application/json",
        on_click="ignore",
        key=f"file_{entry.scenario_id}",
        icon=":material/download:",
    )
    st.caption(t("scenario.deeds.link"))
    st.code(keeping.saved_link(entry), language=None, wrap_lines=True)
