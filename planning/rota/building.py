"""A weekly plan as constraints for CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, combinations, pairwise
from typing import TYPE_CHECKING, Any

from ortools.sat.python import cp_model

from planning.rota.goals import load
from planning.rota.model import DAY, STEP, TANDEM, Duty, RuleRef, Slot, merged
from planning.rota.rules import options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from planning.rota.model import Member, RotaTask

_WEEK = 7 * DAY


@dataclass(frozen=True, eq=False)
class Visit:
    """One consultation to be planned: the place's number, which of its visits, its options, when it begins.

    ``start`` counts minutes since the beginning of the week.
    """

    place: int
    number: int
    slots: tuple[Slot, ...]
    misses: tuple[int, ...]
    chosen: tuple[cp_model.IntVar, ...]
    start: cp_model.IntVar

    def on(self, wanted: Iterable[Slot]) -> Any:
        """Return 1 if one of these slots is chosen, else 0."""
        names = set(wanted)
        return cp_model.LinearExpr.sum(
            [one for slot, one in zip(self.slots, self.chosen, strict=True) if slot in names]
        )


def on_day(visit: Visit, day: int) -> list[cp_model.IntVar]:
    """Return the variables of the slots on a weekday."""
    return [one for slot, one in zip(visit.slots, visit.chosen, strict=True) if slot.weekday == day]


def _fitting(loads: list[int], minutes: int) -> int:
    """Return how many of the shortest loads fit into some minutes."""
    spent = accumulate(sorted(loads))
    return sum(total <= minutes for total in spent)


@dataclass(eq=False)
class RotaModel:
    """The constraints of a task without some of its rules.

    Parameters
    ----------
    task
        What is to be planned.
    lifted
        Rules that do not hold.
    soft
        One of them whose breach ``penalty`` measures: minutes for windows, minutes a week more for each
        member, minutes of office hours without enough people, days worked in spite of days off, minutes by
        which the longest way is too long.
    may_drop
        Whether places may be left out; ``served`` tells which are not.

    Notes
    -----
    ``serves[v, m]``: member *m* goes to visit *v*; ``takes[v, t]``: team *t* takes part; ``persons[v, t]``:
    with how many.
    """

    task: RotaTask
    lifted: AbstractSet[RuleRef] = frozenset()
    soft: RuleRef | None = None
    may_drop: bool = False
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    visits: list[Visit] = field(default_factory=list)
    serves: dict[tuple[int, str], cp_model.IntVar] = field(default_factory=dict)
    takes: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    persons: dict[tuple[int, int], Any] = field(default_factory=dict)
    served: dict[int, Any] = field(default_factory=dict)
    penalty: Any = 0

    def __post_init__(self) -> None:
        self._members = {member.id: member for team in self.task.teams for member in team.members}
        self._add_visits()
        self._add_people()
        self._add_ways()
        self._add_hours()
        self._add_offices()

    def holds(self, kind: Any, subject: str = "") -> bool:
        """Tell whether a rule holds."""
        return RuleRef(kind, subject) not in self.lifted

    @property
    def _mixes(self) -> bool:
        return self.task.rules.mixed or not self.holds("own_team")

    def _is_soft(self, kind: Any, subject: str = "") -> bool:
        return self.soft == RuleRef(kind, subject)

    # when

    def _add_visits(self) -> None:
        for number, place in enumerate(self.task.places):
            if not self.holds("serve", place.id):
                continue
            self.served[number] = self.model.new_bool_var("") if self.may_drop else 1
            found = options(self.task, number, self.lifted, self.soft)
            own = [self._add_visit(number, visit, found.slots, found.misses) for visit in range(place.visits)]
            for day in sorted({slot.weekday for slot in found.slots}) if len(own) > 1 else ():
                self.model.add_at_most_one([literal for one in own for literal in on_day(one, day)])
            if all(duty.place != place.id for duty in self.task.last):
                # which visit is which does not matter, unless each has its like in last week's plan
                for one, other in pairwise(own):
                    self.model.add(other.start >= one.start + self.served[number])
            wanted = place.pinned if self.holds("pinned", place.id) else ()
            if self.holds("fixed", place.id):
                wanted = (*wanted, *place.fixed)
            for slot in set(wanted):
                taken = [
                    one for visit in own
                    for here, one in zip(visit.slots, visit.chosen, strict=True) if here == slot
                ]  # fmt: skip
                self.model.add(cp_model.LinearExpr.sum(taken) == self.served[number])
            if self.soft is not None and self.soft.subject == place.id:
                for visit in own:
                    self.penalty += cp_model.LinearExpr.weighted_sum(list(visit.chosen), list(visit.misses))

    def _add_visit(self, place: int, number: int, slots: tuple[Slot, ...], misses: tuple[int, ...]) -> Visit:
        name = f"{place}.{number}"
        chosen = tuple(self.model.new_bool_var(f"s{name}@{slot.weekday}.{slot.start}") for slot in slots)
        self.model.add(cp_model.LinearExpr.sum(list(chosen)) == self.served[place])
        moments = [slot.weekday * DAY + slot.start for slot in slots]
        # a place that is left out begins at zero
        known = [*moments, 0] if self.may_drop or not moments else moments
        start = self.model.new_int_var_from_domain(cp_model.Domain.from_values(known), f"T{name}")
        self.model.add(start == cp_model.LinearExpr.weighted_sum(list(chosen), moments))
        visit = Visit(place, number, slots, misses, chosen, start)
        self.visits.append(visit)
        return visit

    # who

    def _off(self, member: Member) -> tuple[int, ...]:
        """Return the days off that hold."""
        return member.days_off if self.holds("days_off", member.id) else ()

    def _may_go(self, place: int, team: int) -> bool:
        way = self.task.office_travel[place, team]
        return bool(way <= self.task.rules.max_travel or not self.holds("max_travel"))

    def _add_people(self) -> None:
        for number, visit in enumerate(self.visits):
            for team, group in enumerate(self.task.teams):
                if self._may_go(visit.place, team) and group.members:
                    self._add_team(number, visit, team)
            who = [count for (v, _), count in self.persons.items() if v == number]
            self.model.add(cp_model.LinearExpr.sum(who) == TANDEM * self.served[visit.place])
        if self._is_soft("max_travel"):
            self._add_longest_way()
        self._add_days_worked()
        self._break_symmetry()

    def _add_team(self, number: int, visit: Visit, team: int) -> None:
        """Let people of a team take part in a consultation: none or both, one of them where tandems mix."""
        takes = self.model.new_bool_var(f"k{number}.{team}")
        own = []
        for member in self.task.teams[team].members:
            goes = self.model.new_bool_var(f"a{number}.{member.id}")
            own.append(goes)
            self.serves[number, member.id] = goes
            off = self._off(member)
            if off:
                self.model.add(goes + visit.on(slot for slot in visit.slots if slot.weekday in off) <= 1)
        self.takes[number, team] = takes
        if self._mixes:
            count = self.model.new_int_var(0, TANDEM, "")
            self.persons[number, team] = count
            self.model.add(count <= TANDEM * takes)
            self.model.add(count >= takes)
        else:
            self.persons[number, team] = TANDEM * takes
        self.model.add(cp_model.LinearExpr.sum(own) == self.persons[number, team])

    def _add_longest_way(self) -> None:
        """Measure by how much the longest way exceeds what was agreed."""
        most = self.task.rules.max_travel
        excess = self.model.new_int_var(0, _WEEK, "")
        for (number, team), takes in self.takes.items():
            over = int(self.task.office_travel[self.visits[number].place, team]) - most
            if over > 0:
                self.model.add(excess >= over * takes)
        self.penalty += excess

    def _add_days_worked(self) -> None:
        """Measure days worked in spite of a day off that is lifted softly."""
        if self.soft is None or self.soft.kind != "days_off":
            return
        for day in self._members[self.soft.subject].days_off:
            works = self.model.new_bool_var("")
            for number, visit in enumerate(self.visits):
                goes = self.serves.get((number, self.soft.subject))
                if goes is not None:
                    self.model.add(goes + cp_model.LinearExpr.sum(on_day(visit, day)) <= 1 + works)
            self.penalty += works

    def _break_symmetry(self) -> None:
        """Let the first of several members who are alike have the most consultations."""
        if self.task.last:
            return
        soft = None if self.soft is None else self.soft.subject
        for team in self.task.teams:
            alike: dict[Any, list[str]] = {}
            for member in team.members:
                key = (member.minutes, self._off(member), member.languages, member.id == soft)
                alike.setdefault(key, []).append(member.id)
            for members in alike.values():
                loads = [
                    cp_model.LinearExpr.sum([goes for (_, m), goes in self.serves.items() if m == one])
                    for one in members
                ]
                for more, less in pairwise(loads):
                    self.model.add(more >= less)

    # ways and hours

    def _add_ways(self) -> None:
        """Keep everybody out of two places at once: of two consultations one is over before the other."""
        rules = self.task.rules
        for one, other in combinations(range(len(self.visits)), 2):
            here, there = self.visits[one], self.visits[other]
            shared = [t for t in range(len(self.task.teams)) if {(one, t), (other, t)} <= self.takes.keys()]
            if here.place == there.place or not shared:
                continue
            first, second = self.model.new_bool_var(""), self.model.new_bool_var("")
            for early, late, literal in ((here, there, first), (there, here, second)):
                way = int(self.task.travel[early.place, late.place])
                lasts = self.task.length_of(early.place) + rules.clear + way + rules.setup
                self.model.add(late.start - early.start >= lasts).only_enforce_if(literal)
            for team in shared:
                for pair in self._clashing(one, other, team):
                    self.model.add_bool_or([first, second, *(one.negated() for one in pair)])

    def _clashing(self, one: int, other: int, team: int) -> Iterator[tuple[cp_model.IntVar, cp_model.IntVar]]:
        """Give the pairs of variables of which not both hold at once for two consultations of a team."""
        members = self.task.teams[team].members
        if not self._mixes and len(members) < 2 * TANDEM:
            yield self.takes[one, team], self.takes[other, team]
            return
        for member in members:
            yield self.serves[one, member.id], self.serves[other, member.id]

    def _add_hours(self) -> None:
        for number, team in enumerate(self.task.teams):
            soft = self._is_soft("hours", team.id)
            if not self.holds("hours", team.id) and not soft:
                continue
            own = [v for v, t in self.takes if t == number]
            loads = [load(self.task, self.visits[v].place, number) for v in own]
            more: Any = 0
            if soft:
                more = self.model.new_int_var(0, _WEEK, "")
                self.penalty += more
            for member in team.members:
                goes = [self.serves[v, member.id] for v in own]
                self.model.add(cp_model.LinearExpr.weighted_sum(goes, loads) <= member.minutes + more)
            if not soft:
                # nobody fits in more than the shortest ones: implied, and easily seen
                most = sum(_fitting(loads, member.minutes) for member in team.members)
                people = cp_model.LinearExpr.sum([self.persons[v, number] for v in own])
                self.model.add(people <= (most if self._mixes else most // TANDEM * TANDEM))

    # offices

    def _add_offices(self) -> None:
        """Keep enough people in each office while it is open; those at a dependance or on the way are not."""
        for number, team in enumerate(self.task.teams):
            soft = self._is_soft("office", team.id)
            if not self.holds("office", team.id) and not soft:
                continue
            most = len(self.visits) * TANDEM
            spans, demands = self._spans(number)
            for window in merged(team.office_hours):
                at_work = sum(window.weekday not in self._off(one) for one in team.members)
                spare = max(0, at_work - team.office_staff)
                for start in range(window.start, window.end, STEP if soft else DAY):
                    begin = window.weekday * DAY + start
                    lasts = min(STEP if soft else DAY, window.end - start)
                    if soft:
                        kept = self.model.new_bool_var("")
                        self.penalty += lasts * (1 - kept)
                        spans.append(self.model.new_optional_fixed_size_interval_var(begin, lasts, kept, ""))
                    else:
                        spans.append(self.model.new_fixed_size_interval_var(begin, lasts, ""))
                    demands.append(max(0, most - spare))
            self.model.add_cumulative(spans, demands, most)

    def _spans(self, team: int) -> tuple[list[cp_model.IntervalVar], list[Any]]:
        """Return when people of a team are away, and how many."""
        spans, demands = [], []
        for (v, number), takes in self.takes.items():
            if number != team:
                continue
            visit = self.visits[v]
            way = int(self.task.office_travel[visit.place, team])
            before = self.task.rules.setup + way
            lasts = before + self.task.length_of(visit.place) + self.task.rules.clear + way
            span = self.model.new_optional_fixed_size_interval_var(visit.start - before, lasts, takes, "")
            spans.append(span)
            demands.append(self.persons[v, team])
        return spans, demands

    def duties(self, value: Callable[[Any], int]) -> tuple[Duty, ...]:
        """Return the consultations of a solution, whose values of variables ``value`` gives."""
        found = []
        for number, visit in enumerate(self.visits):
            slot = next((s for s, one in zip(visit.slots, visit.chosen, strict=True) if value(one)), None)
            if slot is None:
                continue
            who = sorted(m for (v, m), goes in self.serves.items() if v == number and value(goes))
            place = self.task.places[visit.place].id
            found.append(Duty(place, visit.number, slot, tuple(who)))
        return tuple(sorted(found, key=lambda duty: (duty.slot, duty.place, duty.visit)))
