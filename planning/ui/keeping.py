"""The scenarios of the store in a session: opened, saved under the eyes of others, shared."""

from __future__ import annotations

import datetime as dt
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from planning.errors import ConflictError, PlanningError, SettingError, StoreError
from planning.scenarios.work import open_snapshot
from planning.ui import work
from planning.ui.areas import area_path, original_area
from planning.ui.work import Saved, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.scenarios.entries import Entry
    from planning.scenarios.snapshot import Snapshot
    from planning.scenarios.store import Store
    from planning.scenarios.work import Notice

AUTHOR_VARIABLE = "PLANNING_AUTHOR"
_STORE_AGAIN_AFTER_S = 5.0
"""How long to leave a store in peace that could not be opened."""


def now() -> dt.datetime:
    """Return the time, UTC."""
    return dt.datetime.now(dt.UTC)


@st.cache_resource(show_spinner=False, max_entries=4)
def _opened_store(target: str) -> Store:
    from planning.scenarios.store import Store

    return Store(target)


def store() -> Store:
    """Return the store of scenarios, opened once for all sessions.

    Raises
    ------
    StoreError
        It cannot be opened.
    """
    from planning.scenarios.database import default_target

    target = default_target()
    failed: tuple[str, float, PlanningError] | None = st.session_state.get("store_failed")
    if failed is not None and failed[0] == target and time.monotonic() < failed[1]:
        raise failed[2]
    try:
        return _opened_store(target)
    except PlanningError as error:
        # a server that does not answer would hold every page
        st.session_state["store_failed"] = (target, time.monotonic() + _STORE_AGAIN_AFTER_S, error)
        raise


def author() -> str:
    """Return who works here, as they said or the environment does; empty if nobody did.

    It is no part of a draft, since its address may be passed on.
    """
    return str(st.session_state.get("author", os.environ.get(AUTHOR_VARIABLE, "")))


def set_author(name: str) -> None:
    """Remember who works here."""
    st.session_state["author"] = " ".join(name.split())


def notices() -> tuple[Notice, ...]:
    """Return what of the opened scenario does not fit the data at hand."""
    told: tuple[Notice, ...] = st.session_state.get("notices", ())
    return told


def forget_notices() -> None:
    """Take the notices as read."""
    st.session_state.pop("notices", None)


def trouble() -> PlanningError | None:
    """Return why the last attempt to save, open or keep something did not work."""
    error: PlanningError | None = st.session_state.get("keeping_error")
    return error


def conflict() -> ConflictError | None:
    """Return whose change the last attempt to save met."""
    met: ConflictError | None = st.session_state.get("conflict")
    return met


def forget_trouble() -> None:
    """Take trouble and conflict as read."""
    st.session_state.pop("keeping_error", None)
    st.session_state.pop("conflict", None)


def forget_old_trouble() -> None:
    """Take trouble as read that has been on the screen; a conflict waits for a choice."""
    if st.session_state.pop("trouble_told", False):
        st.session_state.pop("keeping_error", None)


def content_id_here(snapshot: Snapshot) -> str:
    """Return the identifier of a scenario as it is on the data at hand and in the present version."""
    from planning.scenarios.document import snapshot_id
    from planning.scenarios.work import capture

    area = original_area(area_path())
    opened = open_snapshot(snapshot, area)
    return snapshot_id(capture(opened.work, area, snapshot.name))


def open_value(snapshot: Snapshot, entry: Entry | None = None, *, action: str | None = "open") -> None:
    """Work on a scenario; the work until now can be had back by undoing.

    Parameters
    ----------
    entry
        The revision that it is in the store.
    action
        ``None`` where there was nothing to have back.
    """
    opened = open_snapshot(snapshot, original_area(area_path()))
    work.leave_scenario()
    if action is None:
        st.session_state["work"] = opened.work
        work.set_saved(None)
    else:
        work.put(f"ui.action.{action}", opened.work, None)
    work.set_saved(None if entry is None else Saved(entry, work.content_id()))
    st.session_state["notices"] = opened.notices
    if action == "open":
        st.session_state["opened_now"] = snapshot.name
    forget_trouble()


def open_entry(scenario_id: str, number: int | None = None, *, action: str | None = "open") -> None:
    """Work on a scenario of the store; raises as :meth:`planning.scenarios.store.Store.read`."""
    entry, snapshot = store().read(scenario_id, number)
    open_value(snapshot, entry, action=action)
    if entry.number != entry.head:
        # an older revision: the next save comes after the newest one
        work.set_saved(_newest(scenario_id))


def _newest(scenario_id: str) -> Saved:
    """Return the newest revision of a scenario; from one that is damaged everything differs."""
    try:
        head, snapshot = store().read(scenario_id)
    except StoreError as error:
        if error.code != "scenario_damaged":
            raise
        return Saved(store().entry(scenario_id), "")
    return Saved(head, content_id_here(snapshot))


def open_file(content: bytes) -> None:
    """Work on the scenario of an uploaded file."""
    from planning.scenarios.reading import read_snapshot

    open_value(read_snapshot(content))


def start_new() -> None:
    """Begin with nothing set; the work until now can be had back by undoing."""
    work.leave_scenario()
    work.put("ui.action.new", Work(original_area(area_path())), None)
    forget_trouble()


def attempt(what: Callable[..., object], *args: Any) -> None:
    """Do something with the store; what goes wrong is kept to be told (:func:`trouble`, :func:`conflict`)."""
    forget_trouble()
    try:
        what(*args)
    except PlanningError as error:
        met = isinstance(error, ConflictError) and error.code != "scenario_name_taken"
        st.session_state["conflict" if met else "keeping_error"] = error


def signed() -> str:
    """Return who works here; raises ``author_missing``."""
    if not author():
        raise SettingError("author_missing")
    return author()


def _keep(kept_by: Callable[..., Entry], *args: Any) -> None:
    """Save, and note that the present work is in the store now.

    Whatever asks the session for something can be cut off by the next click, so nothing does between the
    store's answer and its note; what is noted only is taken up in the next run.
    """
    noted: list[Entry] = st.session_state.setdefault("saved_entries", [])
    noted.append(kept_by(*args))
    take_note()


def take_note() -> None:
    """Take up what was saved by a run that was cut off before it could say so."""
    noted: list[Entry] = st.session_state.get("saved_entries", [])
    while noted:
        _took(noted[0])
        noted.pop(0)


def _took(entry: Entry) -> None:
    """Note that the present work is in the store now."""
    scenario = replace(work.current().scenario, name=entry.name)
    work.amend(replace(work.current(), scenario=scenario))
    work.set_saved(Saved(entry, work.content_id()))
    st.session_state["saved_now"] = entry
    forget_trouble()


def save(name: str) -> None:
    """Save the work: as the next revision of its scenario, or as a new one.

    Raises
    ------
    ConflictError
        Somebody else saved meanwhile, or another scenario has that name.
    PlanningError
        Nothing was saved.
    """
    st.session_state["asked_name"] = _given(name)
    kept = work.saved()
    if kept is None:
        save_as(name)
        return
    snapshot = replace(work.snapshot(), name=name)
    begun = (kept.entry.scenario_id, kept.entry.number)
    _keep(store().save, *begun, snapshot, signed(), now())


def _given(name: str) -> str:
    if not name.strip():
        raise SettingError("name_missing")
    return name


def asked_name() -> str:
    """Return the name that the last attempt to save was to give."""
    return str(st.session_state.get("asked_name", ""))


def save_as(name: str) -> None:
    """Save the work as a new scenario; raises as :func:`save`."""
    _keep(store().create, replace(work.snapshot(), name=_given(name)), signed(), now())


def save_over(head: Entry) -> None:
    """Save the work as the revision after one that a person has been shown; raises as :func:`save`."""
    snapshot = replace(work.snapshot(), name=asked_name() or head.name)
    _keep(store().save, head.scenario_id, head.number, snapshot, signed(), now())


def take_theirs(head: Entry) -> None:
    """Work on what the other person saved; the own work can be had back by undoing."""
    open_entry(head.scenario_id)


def link_of(snapshot: Snapshot) -> str:
    """Return a link that opens a scenario in this app; raises ``link_too_long``."""
    from planning.scenarios.link import link_text

    return _address(f"s={link_text(snapshot)}")


def saved_link(entry: Entry) -> str:
    """Return a link that opens what the store holds under an identifier."""
    return _address(f"scenario={entry.scenario_id}")


def _address(query: str) -> str:
    here, prefix = urlsplit(st.context.url or ""), str(st.get_option("server.baseUrlPath")).strip("/")
    path = f"/{prefix}/" if prefix else "/"
    return urlunsplit(
        (here.scheme, here.netloc, path, f"lang={st.session_state.get('language', 'de')}&{query}", "")
    )
