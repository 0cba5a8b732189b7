"""Which rules a task has, and which slots a place may take under those that hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning.rota.model import DAY, RuleRef, Slot

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from planning.rota.model import Place, RotaTask


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
    place = task.places[number]
    length, rules = task.length_of(number), task.rules
    found = {
        Slot(window.weekday, start)
        for window in (*rules.working, *place.windows)
        for start in range(0, DAY, rules.grid)
        if window.holds(window.weekday, start, start + length)
    }
    found |= {*(slot for slot in place.pinned if slot.start + length <= DAY), *place.fixed}
    if RuleRef("window", place.id) not in lifted and place.windows:
        found = {slot for slot in found if slot in place.fixed or not _outside(place, slot, length)}
    if RuleRef("forbidden", place.id) not in lifted:
        found = {slot for slot in found if not _ruled_out(place, slot, length)}
    if len(place.fixed) == place.visits and RuleRef("fixed", place.id) not in lifted:
        found &= {*place.fixed}
    slots = tuple(sorted(found))
    return Options(slots, tuple(_miss(place, slot, length, soft) for slot in slots))


def _outside(place: Place, slot: Slot, length: int) -> int:
    """Return by how many minutes a slot lies outside the windows of a place; 0 within one."""
    return min(
        (
            _apart(slot, length, window.weekday, window.start, window.end)
            for window in place.windows
        ),
        default=0,
    )  # fmt: skip


def _apart(slot: Slot, length: int, weekday: int, start: int, end: int) -> int:
    """Return the minutes by which a consultation would have to move into a window; another day is a day."""
    days = min((slot.weekday - weekday) % 7, (weekday - slot.weekday) % 7)
    late = max(0, slot.start + length - end)
    return days * DAY + max(0, start - slot.start) + late


def _ruled_out(place: Place, slot: Slot, length: int) -> int:
    return sum(
        min(slot.start + length, window.end) - max(slot.start, window.start)
        for window in place.forbidden
        if window.meets(slot.weekday, slot.start, slot.start + length)
    )


def _miss(place: Place, slot: Slot, length: int, soft: RuleRef | None) -> int:
    if soft is None or soft.subject != place.id:
        return 0
    if soft.kind == "window":
        return 0 if slot in place.fixed else _outside(place, slot, length)
    if soft.kind == "forbidden":
        return _ruled_out(place, slot, length)
    wanted = {"fixed": place.fixed, "pinned": place.pinned}.get(soft.kind)
    if not wanted:
        return 0
    return min(_apart(slot, length, one.weekday, one.start, one.start + length) for one in wanted)
