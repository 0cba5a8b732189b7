"""What if: a task with somebody away, a room lost or a place more, and what differs between two plans."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.rota.model import Duty, GoalName, Place, RotaTask, Window

    Plan = tuple[RotaTask, Sequence[Duty]]

ChangeKind = Literal["added", "dropped", "moved", "people", "both"]


@dataclass(frozen=True)
class Change:
    """A consultation that differs: new, gone, at another time, with other people, or both of these."""

    kind: ChangeKind
    before: Duty | None
    after: Duty | None


def differences(before: Plan, after: Plan) -> tuple[Change, ...]:
    """Return what differs between two plans, by place and visit; what is alike is left out.

    Each plan comes with what it was made of: one that begins as before and ends at another time differs.
    """
    (earlier, duties), (later, newer) = before, after
    old = {(duty.place, duty.visit): duty for duty in duties}
    new = {(duty.place, duty.visit): duty for duty in newer}
    found = []
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if one is None or other is None:
            found.append(Change("added" if one is None else "dropped", one, other))
            continue
        moved = one.slot != other.slot or earlier.end_of(one) != later.end_of(other)
        people = set(one.members) != set(other.members)
        if moved or people:
            found.append(Change("both" if moved and people else "moved" if moved else "people", one, other))
    return tuple(found)


def replanned(task: RotaTask, last: Sequence[Duty]) -> RotaTask:
    """Return a task that changes as little as possible of a plan: its first goal, unless it has a rank."""
    goals: tuple[GoalName, ...] = task.goals if "change" in task.goals else ("change", *task.goals)
    return replace(task, last=tuple(last), goals=goals)


def without_member(task: RotaTask, member_id: str) -> RotaTask:
    """Return a task in which one person is away all week; the office counts on one person less, too."""
    everyday = tuple(range(7))
    teams = tuple(
        replace(
            team,
            members=tuple(
                replace(one, days_off=everyday) if one.id == member_id else one for one in team.members
            ),
        )
        for team in task.teams
    )
    return replace(task, teams=teams)


def without_place(task: RotaTask, place_id: str) -> RotaTask:
    """Return a task without a place."""
    kept = [number for number, place in enumerate(task.places) if place.id != place_id]
    return replace(
        task,
        places=tuple(task.places[number] for number in kept),
        travel=task.travel[np.ix_(kept, kept)],
        office_travel=task.office_travel[kept],
        walk=task.walk[np.ix_(kept, kept)],
        last=tuple(duty for duty in task.last if duty.place != place_id),
    )


def with_windows(task: RotaTask, place_id: str, windows: tuple[Window, ...]) -> RotaTask:
    """Return a task in which a room is to be had at other times; a slot that was pinned there is given up."""

    def changed(place: Place) -> Place:
        if place.id != place_id:
            return place
        return replace(place, windows=windows, fixed=(), pinned=())

    return replace(task, places=tuple(changed(place) for place in task.places))
