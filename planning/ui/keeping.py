"""Keep what a session works on: drafts by themselves, scenarios when a person saves; open and share them."""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from planning.errors import ConflictError, PlanningError, SettingError, StoreError
from planning.scenarios.work import open_snapshot
from planning.ui import state, work
from planning.ui.areas import area_path, original_area
from planning.ui.work import Saved, Step, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.scenarios.entries import Entry
    from planning.scenarios.snapshot import Snapshot
    from planning.scenarios.store import Store
    from planning.scenarios.work import KeptPlan, Notice

AUTHOR_VARIABLE = "PLANNING_AUTHOR"
_DRAFTS_LIMIT = 100
_STORE_AGAIN_AFTER_S = 5.0
_AGAIN_AFTER_S = 60.0
"""How long to leave a store in peace that could not keep a draft."""


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


@dataclass(frozen=True, eq=False)
class Session:
    """All that a session works on, kept in memory so that a reload can also undo."""

    work: Work
    saved: Saved | None
    history: tuple[Step, ...]
    undone: tuple[Step, ...]
    previous_plan: KeptPlan | None


@st.cache_resource(show_spinner=False)
def _sessions() -> OrderedDict[str, Session]:
    return OrderedDict()


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


# drafts


def restore() -> None:
    """Take up what the address names if this session has just begun: a draft, a saved scenario or a link.

    A draft that is taken up stays as it is: what is set from now on goes on under a name of its own, so that
    two people with the same address do not write into each other's work. While the store does not answer,
    the name stays in the address, and each run tries again.
    """
    if "draft" not in st.session_state:
        asked = {name: st.query_params.get(name, "") for name in ("draft", "scenario", "s")}
        st.session_state["draft"] = _new_name()
        try:
            if asked["draft"]:
                _begin_with(asked["draft"])
            else:
                _open_asked(asked["scenario"], asked["s"])
        except PlanningError as error:
            st.session_state["keeping_error"] = error
    elif st.session_state.get("draft_again"):
        try:
            _begin_with(st.session_state["draft"])
        except PlanningError as error:
            st.session_state["keeping_error"] = error
    for name in ("scenario", "s"):
        st.query_params.pop(name, None)
    if st.query_params.get("draft") != st.session_state["draft"]:
        st.query_params["draft"] = st.session_state["draft"]


def _new_name() -> str:
    return secrets.token_urlsafe(12)


def _begin_with(name: str) -> None:
    """Go on with the draft of that name; if the store does not answer, later."""
    try:
        found = _take_up(name)
    except PlanningError as error:
        # the name stays, so that the draft can be had once what is wrong is mended
        st.session_state["draft"], st.session_state["draft_waits"] = name, work.current()
        st.session_state["draft_again"] = isinstance(error, StoreError)
        if not isinstance(error, StoreError):
            raise
        t = state.translator()
        reason = t(f"errors.{error.code}", **error.params)
        st.session_state["keeping_error"] = StoreError("draft_waits", reason=reason)
        return
    st.session_state["draft_again"] = False
    if st.session_state.pop("draft_waits", None) is not None:
        forget_trouble()
    if not found:
        st.session_state["draft"] = _new_name()
        raise StoreError("draft_missing")
    st.session_state["draft"] = name
    st.session_state["draft_begun"] = (work.current(), work.saved())


def _take_up(name: str) -> bool:
    """Go on with a draft; tell whether there is one."""
    held = _sessions().get(name)
    if held is not None:
        st.session_state["work"] = held.work
        work.set_saved(held.saved)
        st.session_state["history"], st.session_state["undone"] = held.history, held.undone
        st.session_state["previous_plan"] = held.previous_plan
        return True
    kept = store().draft(name)
    if kept is None:
        return False
    opened = open_snapshot(kept.snapshot, original_area(area_path()))
    begun = None
    if kept.scenario_id is not None and kept.number is not None:
        begun = _begun_with(kept.scenario_id, kept.number)
    st.session_state["work"], st.session_state["notices"] = opened.work, opened.notices
    work.set_saved(begun)
    return True


def _begun_with(scenario_id: str, number: int) -> Saved | None:
    """Return the revision that a draft began with; ``None`` if it is gone for good."""
    try:
        entry, snapshot = store().read(scenario_id, number)
    except StoreError as error:
        if error.code in {"scenario_missing", "scenario_damaged"}:
            return None
        raise
    return Saved(entry, _content_id_here(snapshot))


def _open_asked(scenario: str, link: str) -> None:
    if scenario:
        name, _, number = scenario.partition("@")
        asked = int(number) if re.fullmatch("[0-9]{1,9}", number) else None
        open_entry(name, asked, action=None)
    elif link:
        from planning.scenarios.link import read_link

        open_value(read_link(link), action=None)


def hold() -> bool:
    """Keep what this session works on in memory, so that a reload finds it; tell whether there is something.

    A draft that was taken up and not changed since is where it was.
    """
    if "draft_waits" in st.session_state or "draft_begun" in st.session_state:
        if _is_as_begun():
            return False
        # something was set: the draft that was taken up stays, and this work has a name of its own
        st.session_state["draft"] = _new_name()
        st.query_params["draft"] = st.session_state["draft"]
        for name in ("draft_waits", "draft_begun", "draft_again"):
            st.session_state.pop(name, None)
    sessions, key = _sessions(), st.session_state["draft"]
    sessions[key] = Session(
        work.current(),
        work.saved(),
        work.history(),
        work.undone(),
        st.session_state.get("previous_plan"),
    )
    sessions.move_to_end(key)
    while len(sessions) > _DRAFTS_LIMIT:
        sessions.popitem(last=False)
    return True


def remember() -> bool:
    """Keep what this session works on, in memory and, if something was set, in the store.

    Tells whether it has just become known, or is no longer so, that the store cannot keep drafts.
    """
    before = draft_trouble()
    if hold():
        _keep_draft(st.session_state["draft"])
    return (before is None) != (draft_trouble() is None)


def _keep_draft(key: str) -> None:
    kept = work.saved()
    entry = None if kept is None else kept.entry
    state = (work.content_id(), work.current().scenario.name, entry and (entry.scenario_id, entry.number))
    if state == st.session_state.get("draft_kept") or ("draft_kept" not in st.session_state and _is_fresh()):
        return
    if time.monotonic() < st.session_state.get("draft_again_at", 0.0):
        return
    from planning.scenarios.drafts import Draft

    begun = (None, None) if entry is None else (entry.scenario_id, entry.number)
    try:
        store().keep_draft(key, Draft(work.snapshot(), *begun), now())
    except PlanningError as error:
        st.session_state["draft_error"] = error
        st.session_state["draft_again_at"] = time.monotonic() + _AGAIN_AFTER_S
    else:
        st.session_state["draft_kept"] = state
        st.session_state.pop("draft_error", None)


def _is_as_begun() -> bool:
    """Tell whether nothing was set since a draft was taken up, or since it was asked for in vain."""
    if "draft_waits" in st.session_state:
        return st.session_state["draft_waits"] is work.current()
    begun: tuple[Work, Saved | None] = st.session_state["draft_begun"]
    return begun[0] is work.current() and begun[1] is work.saved()


def _is_fresh() -> bool:
    return work.saved() is None and not work.has_unsaved()


def draft_trouble() -> PlanningError | None:
    """Return why the draft is in memory only."""
    error: PlanningError | None = st.session_state.get("draft_error")
    return error


# scenarios


def _content_id_here(snapshot: Snapshot) -> str:
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
    return Saved(head, _content_id_here(snapshot))


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
    _took(store().save(kept.entry.scenario_id, kept.entry.number, snapshot, signed(), now()))


def _given(name: str) -> str:
    if not name.strip():
        raise SettingError("name_missing")
    return name


def asked_name() -> str:
    """Return the name that the last attempt to save was to give."""
    return str(st.session_state.get("asked_name", ""))


def save_as(name: str) -> None:
    """Save the work as a new scenario; raises as :func:`save`."""
    _took(store().create(replace(work.snapshot(), name=_given(name)), signed(), now()))


def save_over(head: Entry) -> None:
    """Save the work as the revision after one that a person has been shown; raises as :func:`save`."""
    snapshot = replace(work.snapshot(), name=asked_name() or head.name)
    _took(store().save(head.scenario_id, head.number, snapshot, signed(), now()))


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
