"""What can be done to scenarios of the store, and what that means for the one that is open now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import ConflictError, StoreError
from planning.ui import keeping, state, work
from planning.ui.work import Saved

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.scenarios.entries import Entry

WORK = "work"
"""In the comparison, what this session works on."""


@dataclass(frozen=True)
class Deleted:
    """A scenario that was just put into the bin; ``saved`` if it was the one that was open."""

    entry: Entry
    saved: Saved | None


def show(view: str) -> None:
    """Go to another view of the page."""
    st.session_state["scenario_view"] = view


def close_popovers() -> None:
    """Close what is open on the cards, once something was done there."""
    for key in list(st.session_state):
        if str(key).startswith("more_"):
            st.session_state[key] = False


def is_open(entry: Entry) -> bool:
    """Tell whether the work of this session began with that scenario."""
    kept = work.saved()
    return kept is not None and kept.entry.scenario_id == entry.scenario_id


def attempt(what: Callable[..., None], *args: object) -> None:
    """Do something to a scenario of the list; what goes wrong is told above the page.

    That somebody else has just changed it is told as an error, too: to save the present work over it, which
    can be of another scenario, would be no way out.
    """
    forget_deleted()
    keeping.attempt(_as_error, what, *args)
    close_popovers()


def _as_error(what: Callable[..., None], *args: object) -> None:
    try:
        what(*args)
    except ConflictError as error:
        if error.code == "scenario_name_taken":
            raise
        author = error.params.get("author") or state.translator()("scenario.nobody")
        raise StoreError(error.code, **{**error.params, "author": author}) from error


def open_revision(entry: Entry, number: int | None = None) -> None:
    """Work on a scenario: its newest revision, or an older one."""
    keeping.open_entry(entry.scenario_id, number)


def compare_with_work(entry: Entry) -> None:
    """Put the present work and a scenario side by side."""
    choose("a", WORK)
    choose("b", entry.scenario_id)
    show("compare")


def choose(letter: str, scenario: str) -> None:
    """Put a scenario on one side of the comparison, in its newest revision."""
    st.session_state[f"compare_{letter}"] = scenario
    st.session_state.pop(f"compare_{letter}_number", None)


def rename(entry: Entry, name: str) -> None:
    """Give a scenario another name; the work that began with it bears it, too."""
    renamed = keeping.store().rename(entry.scenario_id, entry.head, name, keeping.signed(), keeping.now())
    kept = work.saved()
    if kept is None or not is_open(entry):
        return
    scenario = replace(work.current().scenario, name=renamed.name)
    work.amend(replace(work.current(), scenario=scenario))
    if kept.entry.number == entry.head:
        work.set_saved(Saved(renamed, kept.content_id))


def duplicate(entry: Entry, name: str) -> None:
    """Keep a copy of a scenario under another name."""
    keeping.store().duplicate(entry.scenario_id, name, keeping.signed(), keeping.now())


def restore(entry: Entry, number: int) -> None:
    """Make an older revision the newest again; if the scenario is open, it is worked on from now on."""
    keeping.store().restore(entry.scenario_id, number, entry.head, keeping.signed(), keeping.now())
    if is_open(entry):
        keeping.open_entry(entry.scenario_id, action="restore")


def delete(entry: Entry) -> None:
    """Put a scenario into the bin; the work that began with it goes on as a draft."""
    keeping.store().delete(entry.scenario_id, keeping.now())
    kept = work.saved() if is_open(entry) else None
    if kept is not None:
        work.set_saved(None)
    st.session_state["scenario_deleted"] = Deleted(entry, kept)


def deleted() -> Deleted | None:
    """Return what was deleted last, as long as nothing else was done since."""
    last: Deleted | None = st.session_state.get("scenario_deleted")
    return last


def forget_deleted() -> None:
    """Take the last deletion as done."""
    st.session_state.pop("scenario_deleted", None)


def undelete(entry: Entry, saved: Saved | None = None) -> None:
    """Fetch a scenario back; the work that had begun with it, and with nothing since, goes on from there."""
    keeping.store().undelete(entry.scenario_id)
    if saved is not None and work.saved() is None and work.current().scenario.name == entry.name:
        work.set_saved(saved)


def purge(entry: Entry) -> None:
    """Remove a deleted scenario for good."""
    keeping.store().purge(entry.scenario_id)
    ask_to_purge(None)


def asked_to_purge() -> str | None:
    """Return which scenario was asked to be removed for good and waits for a yes."""
    asked: str | None = st.session_state.get("scenario_purge")
    return asked


def ask_to_purge(scenario_id: str | None) -> None:
    """Ask whether a scenario is to be removed for good; ``None`` takes the question back."""
    st.session_state["scenario_purge"] = scenario_id
