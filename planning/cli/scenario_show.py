"""``planning scenario show``: everything about one scenario."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning.cli.scenario_text import (
    difference_lines,
    difference_record,
    entry_record,
    figure_lines,
    history_lines,
    person,
    room_texts,
    time_text,
    under,
)
from planning.cli.settings import area_path
from planning.render.scenario_words import names_of, notice_text

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.cli.lookup import Found
    from planning.i18n import Translator
    from planning.scenarios.compare import Difference
    from planning.scenarios.entries import Entry
    from planning.scenarios.work import KeptPlan, Opened

_TOLD_APART = {"area", "notes", "candidate_note"}


@dataclass(frozen=True, eq=False)
class Described:
    """A scenario, opened on a study area, with what differs from the defaults and its history."""

    found: Found
    original: StudyArea
    opened: Opened
    differences: tuple[Difference, ...]
    since_plan: tuple[Difference, ...]
    history: tuple[Entry, ...]


def described(found: Found, area: str | None, history: tuple[Entry, ...]) -> Described:
    """Open a scenario on a study area and compare it with the defaults."""
    from planning.area import load_area
    from planning.scenarios.compare import basis_differences, compare
    from planning.scenarios.work import Work, capture, open_snapshot

    original = load_area(area_path(area))
    snapshot = found.snapshot
    usual = capture(Work(original), original)
    differences = tuple(one for one in compare(usual, snapshot).differences if one.kind not in _TOLD_APART)
    basis = None if snapshot.plan is None else snapshot.plan.basis
    since = () if basis is None else tuple(basis_differences(basis, snapshot.basis))
    return Described(found, original, open_snapshot(snapshot, original), differences, since, history)


def show_lines(about: Described, t: Translator) -> list[str]:
    """Return a scenario in words."""
    snapshot, work = about.found.snapshot, about.opened.work
    names = names_of(t, about.original, work.area)

    notes = [line for line in snapshot.notes.splitlines() if line.strip()]
    of_rooms = [
        t("cli.scenario.room_note", room=names.rooms.get(name, name), text=" ".join(text.split()))
        for name, text in snapshot.candidate_notes.items()
    ]
    made_on = t("cli.scenario.made_on", name=snapshot.area.name, digest=snapshot.area.digest[:8])
    notices = [notice_text(t, notice) for notice in about.opened.notices]
    settings = difference_lines(about.differences, names, t) or [t("cli.scenario.as_usual")]
    return [
        *_head(about, t),
        *under(t("cli.scenario.data"), [made_on, *notices]),
        *under(t("cli.scenario.settings"), settings),
        *_plan_lines(about, t),
        *under(t("cli.scenario.since_plan"), difference_lines(about.since_plan, names, t)),
        *under(t("cli.scenario.notes"), [*notes, *of_rooms]),
        *under(t("cli.scenario.history"), history_lines(about.history, t)),
    ]


def _head(about: Described, t: Translator) -> list[str]:
    found, entry = about.found, about.found.entry
    lines = [found.snapshot.name or t("scenario.draft"), t("cli.scenario.content", id=found.content_id)]
    if entry is None:
        return [*lines, t("cli.scenario.in_file", path=found.path)]
    kept = t(
        "cli.scenario.in_store",
        id=entry.scenario_id,
        number=entry.number,
        head=entry.head,
        time=time_text(entry.saved_at, t),
        author=person(entry.author),
    )
    return [*lines, kept]


def _plan_lines(about: Described, t: Translator) -> list[str]:
    record, kept = about.found.snapshot.plan, about.opened.work.plan
    if record is None:
        return under(t("cli.scenario.plan"), [t("cli.scenario.no_plan")])
    names = names_of(t, about.original, about.opened.work.area).rooms
    rooms = room_texts(record.rooms, names)
    numbered = [f"{number:>3}. {room}" for number, room in enumerate(rooms, start=1)]
    aim = t("cli.scenario.aim", aim=t(f"siting.objective.{record.settings.objective}.label"))
    status = [] if kept is None else [_status(kept, t)]
    stopped = [t("cli.scenario.stopped")] if record.stopped else []
    plan = under(t("cli.scenario.plan"), [aim, *status, *stopped, *numbered])
    return [*plan, *under(t("cli.scenario.figures"), figure_lines(record, t))]


def _status(kept: KeptPlan, t: Translator) -> str:
    """Say what is proven about a plan here."""
    from planning.render.plan_words import status_text

    plan = kept.plan
    if kept.other_data:
        return t("plan.other_data")
    if kept.origin == "variant" and plan.status == "feasible" and not math.isinf(plan.gap):
        return t("plan.variant", share=t.at_most(plan.gap))
    return status_text(plan, t)


def show_record(about: Described, t: Translator) -> dict[str, Any]:
    """Return a scenario as plain values: what ``show`` says and the whole document."""
    from planning.scenarios.document import document_of

    found = about.found
    names = names_of(t, about.original, about.opened.work.area)
    return {
        "content_id": found.content_id,
        "name": found.snapshot.name,
        "file": found.path,
        "store": found.store or None,
        "entry": None if found.entry is None else entry_record(found.entry),
        "notices": [{"code": one.code, "text": notice_text(t, one)} for one in about.opened.notices],
        "differences": [difference_record(one, names, t) for one in about.differences],
        "since_plan": [difference_record(one, names, t) for one in about.since_plan],
        "history": [entry_record(one) for one in about.history],
        "document": document_of(found.snapshot),
    }
