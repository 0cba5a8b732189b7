"""The values everything else speaks of: what a user chose and how a measure is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Scale = Literal["raw", "share_of_max"]

MINUTES_RANGE = (5.0, 30.0)
SPEED_RANGE_KMH = (2.0, 7.0)
SITE_KINDS = ("office", "dependance", "outreach")
PlanObjective = Literal["coverage", "walking", "worst", "cover-all"]
Certainty = Literal["low", "medium", "high"]
CERTAINTIES: tuple[Certainty, ...] = ("low", "medium", "high")
"""How sure a person is of their weights."""
MOST_TIMES = 9.0
"""How many times as important a criterion can be as another at most (Saaty's scale)."""
MOST_OPINIONS = 30
"""Whose weights a scenario can keep at most."""
PLAN_OBJECTIVES: tuple[PlanObjective, ...] = ("coverage", "walking", "worst", "cover-all")
MOST_FACT_SHEETS = 60
"""Rooms of a plan that a report holds fact sheets of, in the order of opening."""
EXPORT_FORMATS = ("pdf", "png", "gpkg", "geojson", "xlsx", "csv", "html")
PAPERS, ORIENTATIONS = ("a4", "a3"), ("landscape", "portrait")
_EMPTY: Mapping[str, float] = MappingProxyType({})
_NO_LIMITS: Mapping[str, tuple[int, int | None]] = MappingProxyType({})


@dataclass(frozen=True)
class ValueFunction:
    """How a raw measure becomes a value between 0 and 100.

    Parameters
    ----------
    points
        Corners ``(raw, value)`` of the piecewise-linear function, raw ascending, value in 0-100. Raw is in
        the criterion's unit or, on the scale ``share_of_max``, a share (0-1) of the largest raw value.
    missing_value
        Value (0-100) that stands in where the raw value is unknown.
    """

    points: tuple[tuple[float, float], ...]
    missing_value: float


_NO_FUNCTIONS: Mapping[str, ValueFunction] = MappingProxyType({})


@dataclass(frozen=True)
class Criterion:
    """One measure of a candidate.

    Parameters
    ----------
    id
        Name in the catalogue, and of the raw column in a decision matrix.
    unit
        Unit of the raw value.
    scale
        ``raw``: ``points`` are in the unit; ``share_of_max``: in shares of the largest raw
        value among candidates.
    points
        Corners ``(raw, value)`` of the piecewise-linear value function, raw ascending, value in 0-100.
    missing_value
        Value (0-100) that stands in where the raw value is unknown; always shown as unknown.
    default_weight
        Weight before a user changes it; only ratios between weights matter.
    """

    id: str
    unit: str
    scale: Scale
    points: tuple[tuple[float, float], ...]
    missing_value: float
    default_weight: float

    @property
    def value_function(self) -> ValueFunction:
        """The corners and the stand-in together."""
        return ValueFunction(self.points, self.missing_value)


@dataclass(frozen=True)
class Scenario:
    """Everything a user chose that changes a result.

    Parameters
    ----------
    name
        What people call it; empty for the unnamed draft.
    minutes
        Walking time that counts as within reach, 5-30.
    speed_kmh
        Walking speed, 2-7.
    need_weights
        Need per person by group; groups that are left out have the catalogue's default.
    criteria_weights
        Weight by criterion, any non-negative numbers; criteria left out have the catalogue's default.
    value_functions
        Value function by criterion; criteria left out have the catalogue's.
    """

    name: str = ""
    minutes: float = 15.0
    speed_kmh: float = 4.5
    need_weights: Mapping[str, float] = field(default_factory=lambda: _EMPTY)
    criteria_weights: Mapping[str, float] = field(default_factory=lambda: _EMPTY)
    value_functions: Mapping[str, ValueFunction] = field(default_factory=lambda: _NO_FUNCTIONS)

    @property
    def reach_m(self) -> float:
        """Walking distance in metres that counts as within reach."""
        return self.minutes * self.metres_per_minute

    @property
    def metres_per_minute(self) -> float:
        """Walking speed in metres per minute."""
        return self.speed_kmh * 1000.0 / 60.0


@dataclass(frozen=True)
class Opinion:
    """What one person holds the criteria to be worth.

    Parameters
    ----------
    name
        Whose opinion it is: a role or initials are enough.
    weights
        Weight by criterion, complete, any non-negative numbers of which one at least is above 0; only their
        ratios matter.
    """

    name: str
    weights: Mapping[str, float]


@dataclass(frozen=True)
class Constraints:
    """What a plan has to obey.

    Parameters
    ----------
    boroughs
        Least and greatest number of chosen rooms by borough key; ``None`` is no upper limit.
    priority_areas_min
        So many chosen rooms at least lie in a priority area.
    spacing_m
        Least walking distance in metres between two dependances, chosen or existing; 0 for none.
    must, must_not
        Candidates that have to be chosen, or may not.
    either_or
        Groups of candidates of which at most one is chosen.
    one_per_building
        At most one of several candidates in one building (same address, or less than 25 m apart).
    budget_eur_month
        Limit on the cost of all chosen rooms together, EUR a month; ``None`` for none. A room of unknown cost
        counts with ``assumed_cost_eur_month``; without that it cannot be chosen while there is a budget.
    assumed_cost_eur_month
        Cost to assume for a room whose cost nobody has recorded.
    """

    boroughs: Mapping[str, tuple[int, int | None]] = field(default_factory=lambda: _NO_LIMITS)
    priority_areas_min: int = 0
    spacing_m: float = 0.0
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    either_or: tuple[tuple[str, ...], ...] = ()
    one_per_building: bool = True
    budget_eur_month: float | None = None
    assumed_cost_eur_month: float | None = None


@dataclass(frozen=True)
class PlanSettings:
    """What a plan is to achieve.

    Parameters
    ----------
    objective
        ``coverage``: as much need as possible within the scenario's minutes. ``walking``: the least walking
        time on average. ``worst``: the longest walk as short as possible. ``cover-all``: as few rooms as
        possible so that everybody who can be is within the minutes.
    count
        Rooms to choose; ``None`` for all that remain of the programme. ``cover-all`` finds it.
    constraints
        What the choice has to obey.
    score_share
        Share of the candidates' scores in the objective, 0 up to but not including 1; for ``coverage`` and
        ``walking``.
    time_limit_s
        Seconds after which the best found is taken.
    seed
        Seed of the search.
    """

    objective: PlanObjective = "coverage"
    count: int | None = None
    constraints: Constraints = field(default_factory=Constraints)
    score_share: float = 0.0
    time_limit_s: float = 60.0
    seed: int = 0
