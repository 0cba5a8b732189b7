"""Which rules a task has, and which slots a place may take under those that hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planning.rota.model import DAY, STEP, RuleRef, Slot, Window

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from planning.rota.model import RotaTask


def rules_of(task: RotaTask) -> tuple[RuleRef, ...]:
    """Return every rule of a task that could be lifted, by kind and subject."""
    found: list[RuleRef] = []
    for place in task.places:
        found.append(RuleRef("serve", place.id))
        if place.fixed:
            found.append(RuleRef("fixed", place.id))
        if place.windows:
            found.append(RuleRef("window", place.id))
        if place.pinned:
            found.append(RuleRef("pinned", place.id))
        if place.forbidden:
            found.append(RuleRef("forbidden", place.id))
    for team in task.teams:
        found.append(RuleRef("hours", team.id))
        if team.office_hours:
            found.append(RuleRef("office", team.id))
        found += [RuleRef("days_off", member.id) for member in team.members if member.days_off]
    if not task.rules.mixed:
        found.append(RuleRef("own_team"))
    if task.rules.setup_inside and any(place.windows or place.forbidden for place in task.places):
        found.append(RuleRef("setup_inside"))
    return (*found, RuleRef("max_travel"))


@dataclass(frozen=True)
class Options:
    """The slots that a place may take.

    Parameters
    ----------
    slots
        In order.
    misses
        For each slot and each rule of the place (``window``, ``forbidden``, ``fixed``, ``pinned``) that is
        lifted softly, by how many minutes it is missed; 0 where it is kept.
    """

    slots: tuple[Slot, ...]
    misses: tuple[int, ...]


def options(task: RotaTask, number: int, lifted: AbstractSet[RuleRef], soft: RuleRef | None) -> Options:
    """Return the slots of a place under the rules that hold.

    Parameters
    ----------
    lifted
        Rules that do not hold.
    soft
        A lifted rule whose breach is measured.
    """
    if RuleRef("setup_inside") in lifted:
        task = replace(task, rules=replace(task.rules, setup_inside=False))
    place = task.places[number]
    length, rules = task.length_of(number), task.rules
    found = {
        Slot(window.weekday, start)
        for window in (*rules.working, *place.windows)
        for start in range(0, DAY, rules.grid)
        if window.holds(window.weekday, start, start + length)
    }
    found |= {slot for window in place.windows if (slot := _soonest(task, number, window)) is not None}
    found = {slot for slot in found if _within_day(task, number, slot)}
    found |= {*(slot for slot in place.pinned if slot.start + length <= DAY), *place.fixed}
    if RuleRef("window", place.id) not in lifted and place.windows:
        found = {slot for slot in found if not _outside(task, number, slot)}
    if RuleRef("forbidden", place.id) not in lifted:
        found = {slot for slot in found if not _ruled_out(task, number, slot)}
    if len(place.fixed) == place.visits and RuleRef("fixed", place.id) not in lifted:
        found &= {*place.fixed}
    slots = tuple(sorted(found))
    return Options(slots, tuple(missed(task, number, slot, soft) for slot in slots))


def _soonest(task: RotaTask, number: int, window: Window) -> Slot | None:
    """Return when a consultation can begin at the earliest in a free time of its room, if it fits."""
    before = task.rules.setup if task.rules.setup_inside else 0
    start = -(-(window.start + before) // STEP) * STEP
    fits = window.holds(window.weekday, start, start + task.length_of(number))
    return Slot(window.weekday, start) if fits else None


def _within_day(task: RotaTask, number: int, slot: Slot) -> bool:
    start, end = task.in_room(number, slot)
    return start >= 0 and end <= DAY


def _outside(task: RotaTask, number: int, slot: Slot) -> int:
    """Return by how many minutes the room is not free for a slot; 0 where it is, or always is."""
    start, end = task.in_room(number, slot)
    needed = Window(slot.weekday, start, end)
    return min((_apart(needed, window) for window in task.places[number].windows), default=0)


def _apart(needed: Window, window: Window) -> int:
    """Return the minutes by which a span would have to move into a window; another day is a day."""
    days = min((needed.weekday - window.weekday) % 7, (window.weekday - needed.weekday) % 7)
    return days * DAY + max(0, window.start - needed.start) + max(0, needed.end - window.end)


def _ruled_out(task: RotaTask, number: int, slot: Slot) -> int:
    start, end = task.in_room(number, slot)
    return sum(
        min(end, window.end) - max(start, window.start)
        for window in task.places[number].forbidden
        if window.meets(slot.weekday, start, end)
    )


def missed(task: RotaTask, number: int, slot: Slot, soft: RuleRef | None) -> int:
    """Return by how many minutes a slot misses a rule of its place; 0 where it is kept or there is none."""
    place, length = task.places[number], task.length_of(number)
    if soft is None or soft.subject != place.id:
        return 0
    if soft.kind == "window":
        return _outside(task, number, slot)
    if soft.kind == "forbidden":
        return _ruled_out(task, number, slot)
    wanted = {"fixed": place.fixed, "pinned": place.pinned}.get(soft.kind)
    if not wanted:
        return 0
    spans = [Window(one.weekday, one.start, one.start + length) for one in (slot, *wanted)]
    return min(_apart(spans[0], one) for one in spans[1:])
