"""The two sides of a comparison: which scenario is on each, read and opened on the data at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from planning.errors import StoreError
from planning.scenarios.work import Opened, open_snapshot
from planning.ui import keeping, work
from planning.ui.areas import area_path, original_area
from planning.ui.components.scenario_bar import scenario_name, time_text
from planning.ui.components.scenario_deeds import WORK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.i18n import Translator
    from planning.scenarios.entries import Entry
    from planning.scenarios.snapshot import Snapshot

MOST = 200
_NEWEST = 0


@dataclass(frozen=True, eq=False)
class Side:
    """One of two scenarios: its letter, as it was set, and as it is on the data at hand."""

    letter: str
    snapshot: Snapshot
    opened: Opened

    @property
    def is_of_other_data(self) -> bool:
        """Whether its figures were recorded on other data than are at hand."""
        return self.snapshot.area.digest != original_area(area_path()).digest

    def is_same(self, other: Side) -> bool:
        """Tell whether both sides are the same, whatever they are called."""
        from planning.scenarios.document import snapshot_id

        return self.snapshot is other.snapshot or snapshot_id(self.snapshot) == snapshot_id(other.snapshot)


@st.cache_resource(show_spinner=False, max_entries=16)
def _read(target: str, scenario_id: str, number: int, content_id: str) -> Snapshot:  # noqa: ARG001 - the key
    return keeping.store().read(scenario_id, number)[1]


@st.cache_resource(show_spinner=False, max_entries=8)
def _opened(content_id: str, path: str, _snapshot: Snapshot) -> Opened:  # noqa: ARG001 - the key
    return open_snapshot(_snapshot, original_area(path))


def offered(keys: tuple[str, ...] = ("compare_a", "compare_b")) -> dict[str, Entry]:
    """Return the scenarios to choose from: the newest, and those that are chosen under some keys."""
    found = {entry.scenario_id: entry for entry in keeping.store().list(count=MOST).entries}
    for key in keys:
        chosen = st.session_state.get(key, WORK)
        if chosen not in {WORK, *found}:
            try:
                entry = keeping.store().entry(chosen)
            except StoreError:
                continue
            if entry.deleted_at is None:
                found[chosen] = entry
    return found


def choose_side(t: Translator, letter: str, entries: Mapping[str, Entry]) -> Side:
    """Draw the choice of a scenario and a revision, and return what was chosen."""
    key, options = f"compare_{letter}", [WORK, *entries]
    if st.session_state.get(key) not in options:
        st.session_state[key] = WORK if letter == "a" or not entries else next(iter(entries))

    unsaved = " *" if work.has_unsaved() else ""
    present = t("scenario.compare.present", name=f"{scenario_name(t)}{unsaved}")
    labels = {WORK: present} | {one: entry.name for one, entry in entries.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            t("scenario.compare.side", letter=letter.upper()),
            options,
            format_func=labels.__getitem__,
            key=key,
            persist_state="session",
        )
        if chosen in entries:
            return _stored(letter, _choose_revision(t, letter, entries[chosen]))
    return Side(letter.upper(), work.snapshot(), Opened(work.current()))


def _choose_revision(t: Translator, letter: str, entry: Entry) -> Entry:
    revisions = {one.number: one for one in keeping.store().history(entry.scenario_id)}
    newest = max(revisions)

    labels = {_NEWEST: t("scenario.compare.newest", number=newest)}
    for held in revisions.values():
        time = time_text(t, held.saved_at)
        labels[held.number] = t("scenario.compare.one_revision", number=held.number, time=time)
    number = st.selectbox(
        t("scenario.compare.revision"),
        [_NEWEST, *(one for one in revisions if one != newest)],
        format_func=labels.__getitem__,
        key=f"compare_{letter}_number_{entry.scenario_id}_{t.language}",
        width=190,
    )
    return revisions[number or newest]


def read_revision(revision: Entry) -> Snapshot:
    """Return what a revision holds, read once for all sessions; raises if it cannot be read."""
    from planning.scenarios.database import default_target

    return _read(default_target(), revision.scenario_id, revision.number, revision.content_id)


def _stored(letter: str, revision: Entry) -> Side:
    snapshot = read_revision(revision)
    return Side(letter.upper(), snapshot, _opened(revision.content_id, area_path(), snapshot))
