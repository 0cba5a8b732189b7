"""What a weekly plan is made of: places, teams, rules, duties.

Times are whole minutes after midnight, weekdays run from 0 (Monday) to 6 (Sunday). Everything lies on a grid
of :data:`STEP` minutes; ways are rounded up to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

STEP = 15
"""Minutes: the grid of all times."""
WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
"""Codes of the weekdays as the table of sites writes them."""
TANDEM = 2
"""Persons who hold a consultation."""
NOON, DAY = 12 * 60, 24 * 60

GoalName = Literal["languages", "neighbours", "spread", "travel", "home", "change"]
GOALS: tuple[GoalName, ...] = ("languages", "neighbours", "spread", "travel", "home", "change")
"""What a plan can aim at, in the usual order; ``change`` needs an earlier plan."""
FIRST_GOALS: tuple[GoalName, ...] = GOALS[:-1]
"""The goals of a week without an earlier one."""

RuleKind = Literal[
    "serve", "window", "fixed", "pinned", "forbidden", "hours", "days_off", "office", "own_team",
    "max_travel", "setup_inside",
]  # fmt: skip
RULE_KINDS: tuple[RuleKind, ...] = (
    "serve", "window", "fixed", "pinned", "forbidden", "hours", "days_off", "office", "own_team",
    "max_travel", "setup_inside",
)  # fmt: skip
"""Rules that can be lifted; that nobody is in two places and ways take their time always holds."""


def clock(minutes: int) -> str:
    """Write minutes after midnight as people do.

    >>> clock(14 * 60 + 30)
    '14:30'
    """
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@dataclass(frozen=True, order=True)
class Window:
    """A span of time on one weekday: from ``start`` (included) to ``end``, minutes after midnight."""

    weekday: int
    start: int
    end: int

    def holds(self, weekday: int, start: int, end: int) -> bool:
        """Tell whether a span of time lies within."""
        return self.weekday == weekday and self.start <= start and end <= self.end

    def meets(self, weekday: int, start: int, end: int) -> bool:
        """Tell whether a span of time has at least a moment in common."""
        return self.weekday == weekday and self.start < end and start < self.end


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return windows in order, those that overlap or touch made one.

    >>> merged([Window(4, 660, 840), Window(4, 540, 720)])
    (Window(weekday=4, start=540, end=840),)
    """
    found: list[Window] = []
    for one in sorted(windows):
        last = found[-1] if found else None
        if last is not None and last.weekday == one.weekday and one.start <= last.end:
            found[-1] = Window(one.weekday, last.start, max(last.end, one.end))
        else:
            found.append(one)
    return tuple(found)


@dataclass(frozen=True, order=True)
class Slot:
    """When a consultation begins."""

    weekday: int
    start: int


@dataclass(frozen=True)
class Place:
    """A dependance in the week.

    Parameters
    ----------
    id, name
        ``site_id`` or ``candidate_id``, and what people call it.
    borough
        Key of the borough it lies in; empty if unknown.
    languages
        Languages that people here need most.
    windows
        When the room is free, also outside :attr:`Rules.working`; none: at any time of those (an
        assumption). :attr:`Rules.setup_inside` tells whether set-up and clearing have to fit in.
    fixed
        The slots of a dependance that runs already: never moved.
    length
        Minutes of consultation; ``None`` for :attr:`Rules.length`.
    visits
        Consultations a week, each on a day of its own.
    pinned, forbidden
        Slots a person wants, whatever the grid and :attr:`Rules.working`, and spans of time a person rules
        out.
    """

    id: str
    name: str
    borough: str = ""
    languages: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    fixed: tuple[Slot, ...] = ()
    length: int | None = None
    visits: int = 1
    pinned: tuple[Slot, ...] = ()
    forbidden: tuple[Window, ...] = ()


@dataclass(frozen=True)
class Member:
    """One person of a team, without a name.

    Parameters
    ----------
    id
        Unique among all teams.
    label
        What people call the post, such as ``1``.
    minutes
        Working time a week for dependances, ways included.
    days_off
        Weekdays on which the person does not work.
    languages
        In addition to the team's.
    """

    id: str
    label: str
    minutes: int
    days_off: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Team:
    """The people of one office.

    Parameters
    ----------
    id, name
        ``site_id`` of the office, and what people call it.
    boroughs
        Keys of the boroughs it is in charge of.
    languages
        That every member speaks.
    office_hours
        When the office is open.
    office_staff
        Members that have to be there while it is open; those who are at a dependance or on the way are not.
    """

    id: str
    name: str
    members: tuple[Member, ...]
    boroughs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    office_hours: tuple[Window, ...] = ()
    office_staff: int = 2


def _working() -> tuple[Window, ...]:
    return tuple(Window(day, 9 * 60, 18 * 60) for day in range(5))


@dataclass(frozen=True)
class Rules:
    """What holds for all places and teams.

    Parameters
    ----------
    length
        Minutes of a consultation.
    grid
        Consultations begin at multiples of this many minutes, a multiple of :data:`STEP`, or as soon as a
        room is free.
    setup, clear
        Minutes on the spot before and after.
    setup_inside
        Whether they lie within the time a room is free, too; running and set consultations apart.
    working
        When consultations can take place at all.
    mixed
        Whether the two persons may come from different teams.
    max_travel
        Longest way in minutes between the own office and a place.
    neighbour_minutes
        Places within so many minutes' walk are neighbours.
    late_end, late_share
        A consultation is late if it ends then (minutes after midnight) or later; share of late ones wanted.
    """

    length: int = 120
    grid: int = 30
    setup: int = 15
    clear: int = 15
    setup_inside: bool = True
    working: tuple[Window, ...] = field(default_factory=_working)
    mixed: bool = False
    max_travel: int = 60
    neighbour_minutes: float = 20.0
    late_end: int = 17 * 60
    late_share: float = 0.2


@dataclass(frozen=True)
class Duty:
    """One consultation of the week: where, the how manieth of the place, when, who."""

    place: str
    visit: int
    slot: Slot
    members: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RotaTask:
    """What a weekly plan has to solve.

    Parameters
    ----------
    travel
        ``(n_places, n_places)`` minutes between places, one way, multiples of :data:`STEP`.
    office_travel
        ``(n_places, n_teams)`` minutes between places and offices.
    walk
        ``(n_places, n_places)`` minutes on foot, ``inf`` where there is no way; who is a neighbour.
    goals
        In order: a later one never costs an earlier one anything.
    last
        The plan of last week; what changes counts for the goal ``change``.
    """

    places: tuple[Place, ...]
    teams: tuple[Team, ...]
    travel: NDArray[np.int64]
    office_travel: NDArray[np.int64]
    walk: NDArray[np.float64]
    rules: Rules = field(default_factory=Rules)
    goals: tuple[GoalName, ...] = FIRST_GOALS
    last: tuple[Duty, ...] = ()

    def length_of(self, place: int) -> int:
        """Return the minutes of consultation at a place, by its number."""
        own = self.places[place].length
        return self.rules.length if own is None else own

    def in_room(self, place: int, slot: Slot) -> tuple[int, int]:
        """Return from when to when a consultation needs the room of a place, in minutes after midnight.

        One that runs or is set needs it for its own hours only: whoever set it knows the host.
        """
        own, rules = self.places[place], self.rules
        whole = rules.setup_inside and slot not in (*own.fixed, *own.pinned)
        before, after = (rules.setup, rules.clear) if whole else (0, 0)
        return slot.start - before, slot.start + self.length_of(place) + after

    def place_number(self, place_id: str) -> int:
        """Return the number of a place."""
        return next(number for number, place in enumerate(self.places) if place.id == place_id)

    def place_of(self, duty: Duty) -> Place:
        """Return the place of a consultation."""
        return self.places[self.place_number(duty.place)]

    def end_of(self, duty: Duty) -> int:
        """Return when a consultation ends, in minutes after midnight."""
        return duty.slot.start + self.length_of(self.place_number(duty.place))

    def teams_of(self, duty: Duty) -> tuple[Team, ...]:
        """Return the teams that hold a consultation, in the order of the task."""
        return tuple(team for team in self.teams if any(member.id in duty.members for member in team.members))

    def spoken_at(self, duty: Duty) -> frozenset[str]:
        """Return the languages that the people of a consultation speak."""
        return frozenset().union(*(self.speaks(member) for member in duty.members))

    def missing_at(self, duty: Duty) -> frozenset[str]:
        """Return the languages needed at the place of a consultation that nobody there speaks."""
        return frozenset(self.place_of(duty).languages) - self.spoken_at(duty)

    def team_of(self, member_id: str) -> int:
        """Return the number of a member's team."""
        return next(
            number
            for number, team in enumerate(self.teams)
            if any(member.id == member_id for member in team.members)
        )

    def member(self, member_id: str) -> Member:
        """Return a member."""
        return next(one for team in self.teams for one in team.members if one.id == member_id)

    def speaks(self, member_id: str) -> frozenset[str]:
        """Return the languages of a member, the team's included."""
        return frozenset((*self.teams[self.team_of(member_id)].languages, *self.member(member_id).languages))

    def neighbours(self) -> tuple[tuple[int, int], ...]:
        """Return the pairs of places within :attr:`Rules.neighbour_minutes` of each other, by number."""
        near = np.argwhere(np.triu(self.walk <= self.rules.neighbour_minutes, 1))
        return tuple((int(one), int(other)) for one, other in near)


@dataclass(frozen=True)
class GoalResult:
    """How well a goal is met: less is better.

    ``bound`` is the least that any plan could reach without worsening the goals before it; where ``proven``,
    it is the value itself.
    """

    name: GoalName
    value: int
    bound: int
    proven: bool

    @property
    def gap(self) -> float:
        """By what share of the value a plan could be better at most."""
        return 0.0 if self.proven or self.value <= self.bound else (self.value - self.bound) / self.value


@dataclass(frozen=True, order=True)
class RuleRef:
    """One rule: its kind and whom it is about (a place's or team's or member's id, or nobody)."""

    kind: RuleKind
    subject: str = ""


Status = Literal["optimal", "feasible", "infeasible", "unknown"]


@dataclass(frozen=True)
class Rota:
    """A weekly plan.

    Parameters
    ----------
    status
        ``optimal``: every goal is proven; ``feasible``: a plan, some goals with a bound; ``infeasible``: the
        rules cannot hold together; ``unknown``: nothing was found in the time given.
    duties
        By weekday, time and place; empty without a plan.
    goals
        In the order of the task.
    first_seconds, seconds
        Time to the first plan, and in all.
    stopped
        Whether a person ended the search.
    """

    status: Status
    duties: tuple[Duty, ...] = ()
    goals: tuple[GoalResult, ...] = ()
    first_seconds: float = float("nan")
    seconds: float = 0.0
    stopped: bool = False

    @property
    def found(self) -> bool:
        """Whether there is a plan."""
        return bool(self.status in {"optimal", "feasible"})
