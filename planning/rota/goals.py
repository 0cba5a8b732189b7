"""What the goals of a weekly plan measure, and the figures of a given plan: plain sums, no solver."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from planning.rota.model import DAY, NOON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planning.rota.model import Duty, GoalName, RotaTask, Slot


BEGIN = 2
"""What another begin counts, against one for other people: the public has to be told."""


def half_day(slot: Slot) -> int:
    """Return the half-day of a slot: twice the weekday, one more from noon on."""
    return 2 * slot.weekday + (slot.start >= NOON)


def half_days(task: RotaTask) -> tuple[int, ...]:
    """Return the half-days on which a consultation can begin at all."""
    rules = task.rules
    found = {
        2 * window.weekday + (start >= NOON)
        for window in rules.working
        for start in range(0, DAY, rules.grid)
        if window.holds(window.weekday, start, start + rules.length)
    }
    return tuple(sorted(found))


def fair_share(task: RotaTask) -> int:
    """Return the consultations of a half-day if they are spread evenly: ``ceil(n / halves)``."""
    visits = sum(place.visits for place in task.places)
    return math.ceil(visits / max(len(half_days(task)), 1))


def late_wanted(task: RotaTask) -> int:
    """Return how many consultations are to be late: the share, rounded up."""
    return math.ceil(task.rules.late_share * sum(place.visits for place in task.places) - 1e-9)


def is_late(task: RotaTask, place: int, slot: Slot) -> bool:
    """Tell whether a consultation is late."""
    return slot.start + task.length_of(place) >= task.rules.late_end


def goal_values(task: RotaTask, duties: Sequence[Duty]) -> Mapping[GoalName, int]:
    """Return the value of each goal; less is better.

    - ``languages``: over all consultations, languages needed at the place that neither of the two speaks;
    - ``neighbours``: pairs of neighbours that are open on a common day, counted once a day;
    - ``spread``: consultations above the fair share of their half-day, plus late ones that are missing;
    - ``travel``: minutes of way, out and back from the own office, over all persons;
    - ``home``: persons whose team is not in charge of the borough (places in no borough do not count);
    - ``change``: consultations with another begin than last week, each counted twice as people come to it,
      plus those with other people.
    """
    number = {place.id: place_number for place_number, place in enumerate(task.places)}
    days: dict[int, set[int]] = {}
    halves: Counter[int] = Counter()
    missing = late = travel = away = 0
    for duty in duties:
        place = number[duty.place]
        days.setdefault(place, set()).add(duty.slot.weekday)
        halves[half_day(duty.slot)] += 1
        late += is_late(task, place, duty.slot)
        missing += len(task.missing_at(duty))
        for member in duty.members:
            team = task.team_of(member)
            travel += 2 * int(task.office_travel[place, team])
            borough = task.places[place].borough
            away += bool(borough) and borough not in task.teams[team].boroughs
    together = sum(len(days.get(one, set()) & days.get(other, set())) for one, other in task.neighbours())
    most = fair_share(task)
    crowded = sum(max(0, count - most) for count in halves.values())
    return {
        "languages": missing,
        "neighbours": together,
        "spread": crowded + max(0, late_wanted(task) - late),
        "travel": travel,
        "home": away,
        "change": changes(duties, task.last),
    }


def idle_goals(task: RotaTask) -> frozenset[GoalName]:
    """Return the goals that can tell no plan from another, as nothing they measure is known or there."""
    visits = {(place.id, visit) for place in task.places for visit in range(place.visits)}
    idle: dict[GoalName, bool] = {
        "languages": not any(place.languages for place in task.places),
        "neighbours": not task.neighbours(),
        "home": not any(place.borough for place in task.places),
        "change": visits.isdisjoint((duty.place, duty.visit) for duty in task.last),
    }
    return frozenset(name for name, holds in idle.items() if holds)


def changes(duties: Sequence[Duty], last: Sequence[Duty]) -> int:
    """Return twice the consultations of last week that begin at another time, plus those with other people.

    Those that exist in one of the two plans only do not count.
    """
    before = {(duty.place, duty.visit): duty for duty in last}
    count = 0
    for duty in duties:
        old = before.get((duty.place, duty.visit))
        if old is not None:
            count += BEGIN * (duty.slot != old.slot) + (set(duty.members) != set(old.members))
    return count


def load(task: RotaTask, place: int, team: int) -> int:
    """Return the working minutes of one person for a consultation: ways, set-up and clearing too."""
    rules = task.rules
    way = 2 * int(task.office_travel[place, team])
    return rules.setup + task.length_of(place) + rules.clear + way
