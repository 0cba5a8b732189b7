"""Saving and opening on the page *Wochenplan*: the entries, and the week that little is to change of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import UploadError
from planning.render.rota_entered import strange_text, with_entries
from planning.rota.entries import Entries, entries_bytes, entries_record, read_entries
from planning.rota.record import read_plan
from planning.ui.components.faults import draw_error
from planning.ui.components.rota_entries import entries, take
from planning.ui.markup import plain

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.rota import RotaTask
    from planning.rota.change import Plan
    from planning.rota.defaults import Week

_MOST_MB = 5
_UNDO, _OPENED, _AS_OPENED = "rota_undo", "rota_entries_opened", "rota_entries_as_opened"


def draw_saved(t: Translator, week: Week) -> Plan | None:
    """Draw what can be saved and opened; return the week that was opened.

    Parameters
    ----------
    week
        As it is before any entries.
    """
    with st.expander(t("rota.page.saved"), icon=":material/save:"):
        _draw_entries(t, week.task)
        return _opened(t)


def _draw_entries(t: Translator, task: RotaTask) -> None:
    now = entries(task)
    st.caption(t("rota.page.entered", count=now.count) if now else t("rota.page.entered_none"))
    deeds = st.container(horizontal=True)
    deeds.download_button(
        t("rota.page.entries_save"), lambda: entries_bytes(now), key="rota_entries_save", on_click="ignore",
        file_name=f"{t('rota.page.entries_file')}.json", mime="application/json", disabled=not now,
        icon=":material/download:",
    )  # fmt: skip
    deeds.button(
        t("rota.page.reset"), key="rota_reset", icon=":material/restart_alt:", on_click=_exchange,
        args=(task, Entries()), disabled=not now,
    )  # fmt: skip
    before: Entries | None = st.session_state.get(_UNDO)
    deeds.button(
        t("rota.page.entries_back"), key="rota_entries_back", icon=":material/undo:", on_click=_exchange,
        args=(task, before or Entries()), disabled=before is None,
        help=t("rota.page.entries_back_why"),
    )  # fmt: skip
    key = f"rota_entries_file_{st.session_state.get('rota_round', 0)}"
    given = st.file_uploader(
        t("rota.page.entries_open"), type="json", key=key, help=t("rota.page.entries_open_why"),
        max_upload_size=_MOST_MB, on_change=_open, args=(key, task),
    )  # fmt: skip
    told = st.session_state.get(_OPENED)
    if isinstance(told, UploadError) and given is not None:
        draw_error(t, told)
    elif isinstance(told, Entries):
        _draw_opened(t, task, told, now)


def _draw_opened(t: Translator, task: RotaTask, told: Entries, now: Entries) -> None:
    """Say what was opened and what of it waits, until something else is entered."""
    record = entries_record(now)  # without what the data say as well
    if st.session_state.setdefault(_AS_OPENED, record) != record:
        return
    strange = with_entries(t, task, told).strange
    lines = [t("rota.page.entries_opened", count=told.count)]
    if strange:
        lines.append(plain(strange_text(t, strange)))
    st.caption(" ".join(lines))


def _exchange(task: RotaTask, then: Entries) -> None:
    """Put entries in the place of those that are there, which can be had again."""
    now = entries(task)
    take(then)
    st.session_state[_UNDO] = now
    _forget_opened()


def _forget_opened() -> None:
    for name in (_OPENED, _AS_OPENED):
        st.session_state.pop(name, None)


def _open(key: str, task: RotaTask) -> None:
    given = st.session_state.get(key)
    _forget_opened()
    if given is None:
        return
    try:
        found = read_entries(given.getvalue())
    except UploadError as error:
        st.session_state[_OPENED] = error
        return
    _exchange(task, found)
    st.session_state[_OPENED] = found


def _opened(t: Translator) -> Plan | None:
    """Draw the upload of a saved week; return it."""
    given = st.file_uploader(
        t("rota.page.last"), type="json", key="rota_last", help=t("rota.page.last_why"),
        max_upload_size=_MOST_MB,
    )  # fmt: skip
    if given is None:
        return None
    try:
        plan = read_plan(given.getvalue())
    except UploadError as error:
        draw_error(t, error)
        return None
    st.caption(t("rota.page.last_open", count=len(plan[1])))
    return plan
