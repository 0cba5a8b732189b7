"""Drafts: what a session works on, kept by itself, so that no reload and no end of the program loses it."""

from __future__ import annotations

import re
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import PlanningError, StoreError
from planning.scenarios.work import open_snapshot
from planning.ui import keeping, state, work
from planning.ui.areas import area_path, original_area
from planning.ui.work import Saved, Step, Work

if TYPE_CHECKING:
    from planning.scenarios.work import KeptPlan

_DRAFTS_LIMIT = 100
_AGAIN_AFTER_S = 60.0
"""How long to leave a store in peace that could not keep a draft."""


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
        keeping.forget_trouble()
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
    kept = keeping.store().draft(name)
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
        entry, snapshot = keeping.store().read(scenario_id, number)
    except StoreError as error:
        if error.code in {"scenario_missing", "scenario_damaged"}:
            return None
        raise
    return Saved(entry, keeping.content_id_here(snapshot))


def _open_asked(scenario: str, link: str) -> None:
    if scenario:
        name, _, number = scenario.partition("@")
        asked = int(number) if re.fullmatch("[0-9]{1,9}", number) else None
        keeping.open_entry(name, asked, action=None)
    elif link:
        from planning.scenarios.link import read_link

        keeping.open_value(read_link(link), action=None)


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
        keeping.store().keep_draft(key, Draft(work.snapshot(), *begun), keeping.now())
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
