"""Every rule of a weekly plan, checked one by one; shares nothing with the solver but the task."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from planning.rota.goals import load
from planning.rota.model import DAY, STEP, TANDEM, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planning.rota.model import Duty, RotaTask

Problem = Literal[
    "serve", "window", "fixed", "pinned", "forbidden", "hours", "days_off", "office", "own_team",
    "max_travel",
    "working", "grid", "tandem", "two_places", "same_day", "unknown",
]  # fmt: skip


@dataclass(frozen=True)
class Violation:
    """A rule that a plan breaks.

    Parameters
    ----------
    kind
        Which rule; its words are in the catalogue under ``rota.violation``.
    place, team, member
        Whom it is about, as ids; empty where it does not matter.
    params
        Figures for the words.
    """

    kind: Problem
    place: str = ""
    team: str = ""
    member: str = ""
    params: dict[str, Any] = field(default_factory=dict, compare=False)


def check(task: RotaTask, duties: Sequence[Duty]) -> tuple[Violation, ...]:
    """Return everything that is wrong with a weekly plan; nothing if it obeys every rule.

    A person is at a place from set-up to clearing. For hours and offices each consultation counts with
    the way out and back, even if somebody goes straight from one place to the next.
    """
    places = {place.id for place in task.places}
    members = {member.id for team in task.teams for member in team.members}
    known = [duty for duty in duties if duty.place in places and set(duty.members) <= members]
    unknown = [Violation("unknown", duty.place) for duty in duties if duty not in known]
    return (
        *unknown,
        *_served(task, known),
        *_times(task, known),
        *_people(task, known),
        *_ways(task, known),
        *_hours(task, known),
        *_offices(task, known),
    )


def _served(task: RotaTask, duties: Sequence[Duty]) -> Iterator[Violation]:
    for place in task.places:
        own = [duty for duty in duties if duty.place == place.id]
        if sorted(duty.visit for duty in own) != list(range(place.visits)):
            yield Violation("serve", place.id, params={"wanted": place.visits, "planned": len(own)})
        if len({duty.slot.weekday for duty in own}) < len(own):
            yield Violation("same_day", place.id)
        if not {*place.fixed} <= {duty.slot for duty in own}:
            yield Violation("fixed", place.id)
        for slot in place.pinned:
            if slot not in {duty.slot for duty in own}:
                yield Violation("pinned", place.id)


def _times(task: RotaTask, duties: Sequence[Duty]) -> Iterator[Violation]:
    rules = task.rules
    for duty in duties:
        number = task.place_number(duty.place)
        place = task.places[number]
        day, start = duty.slot.weekday, duty.slot.start
        end = start + task.length_of(number)
        given = duty.slot in place.fixed
        wanted = given or duty.slot in place.pinned
        if not wanted and not any(one.holds(day, start, end) for one in (*rules.working, *place.windows)):
            yield Violation("working", place.id)
        early, late = (rules.setup, rules.clear) if rules.setup_inside and not wanted else (0, 0)
        soonest = {-(-(one.start + early) // STEP) * STEP for one in place.windows if one.weekday == day}
        free = any(one.holds(day, start - early, end + late) for one in place.windows)
        if place.windows and not free:
            needed = {"weekday": WEEKDAYS[day], "start": max(start - early, 0), "end": min(end + late, DAY)}
            yield Violation("window", place.id, params=needed)
        if not wanted and start % rules.grid and start not in soonest:
            yield Violation("grid", place.id)
        if any(window.meets(day, start - early, end + late) for window in place.forbidden):
            yield Violation("forbidden", place.id)


def _people(task: RotaTask, duties: Sequence[Duty]) -> Iterator[Violation]:
    for duty in duties:
        place = task.place_number(duty.place)
        if len(set(duty.members)) != TANDEM:
            yield Violation("tandem", duty.place)
        teams = {task.team_of(member) for member in duty.members}
        if len(teams) > 1 and not task.rules.mixed:
            yield Violation("own_team", duty.place)
        for team in teams:
            if task.office_travel[place, team] > task.rules.max_travel:
                yield Violation("max_travel", duty.place, task.teams[team].id)
        for member in duty.members:
            if duty.slot.weekday in task.member(member).days_off:
                day = WEEKDAYS[duty.slot.weekday]
                yield Violation("days_off", duty.place, member=member, params={"weekday": day})


def _ways(task: RotaTask, duties: Sequence[Duty]) -> Iterator[Violation]:
    rules = task.rules
    for one, other in combinations(sorted(duties, key=lambda duty: duty.slot), 2):
        shared = set(one.members) & set(other.members)
        if not shared or one.slot.weekday != other.slot.weekday:
            continue
        here, there = task.place_number(one.place), task.place_number(other.place)
        free = other.slot.start - rules.setup - (one.slot.start + task.length_of(here) + rules.clear)
        if free < task.travel[here, there]:
            for member in sorted(shared):
                yield Violation(
                    "two_places", one.place, member=member,
                    params={"other": other.place, "free": free, "way": int(task.travel[here, there])},
                )  # fmt: skip


def _hours(task: RotaTask, duties: Sequence[Duty]) -> Iterator[Violation]:
    spent: Counter[str] = Counter()
    for duty in duties:
        for member in duty.members:
            spent[member] += load(task, task.place_number(duty.place), task.team_of(member))
    for member, minutes in sorted(spent.items()):
        if minutes > task.member(member).minutes:
            most = task.member(member).minutes
            yield Violation("hours", member=member, params={"minutes": minutes, "most": most})


def away(task: RotaTask, duty: Duty, team: int) -> tuple[int, int]:
    """Return when somebody of a team leaves the office for a consultation and is back, in minutes."""
    place, rules = task.place_number(duty.place), task.rules
    way = int(task.office_travel[place, team])
    start, end = duty.slot.start, duty.slot.start + task.length_of(place)
    return start - rules.setup - way, end + rules.clear + way


def _offices(task: RotaTask, duties: Sequence[Duty]) -> Iterator[Violation]:
    for number, team in enumerate(task.teams):
        for window in team.office_hours:
            at_work = {one.id for one in team.members if window.weekday not in one.days_off}
            spans = [
                (*away(task, duty, number), len(at_work & set(duty.members)))
                for duty in duties
                if duty.slot.weekday == window.weekday
            ]
            # fewest are there when the office opens or just after somebody has left
            moments = {window.start, *(leave for leave, _, _ in spans if window.start <= leave < window.end)}
            for moment in sorted(moments):
                gone = sum(count for leave, back, count in spans if leave <= moment < back)
                # a team that is too small without any dependance breaks nothing by going out no further
                if gone and len(at_work) - gone < team.office_staff:
                    day = WEEKDAYS[window.weekday]
                    params = {"weekday": day, "moment": moment, "present": len(at_work) - gone}
                    yield Violation("office", team=team.id, params=params)
                    break
