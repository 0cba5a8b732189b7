"""A scenario as one immutable value: everything a person set, on which data, and the plan that came of it."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from planning.model import PlanSettings, Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.model import Certainty, Opinion

Cell = str | float
Kind = Literal["sites", "candidates"]
Origin = Literal["solver", "variant"]
KEYS: Mapping[Kind, str] = MappingProxyType({"sites": "site_id", "candidates": "candidate_id"})
LONGEST_NAME = 120
"""Characters of the name of a scenario, and of a person."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_JUDGEMENTS: Mapping[tuple[str, str], float] = MappingProxyType({})


@dataclass(frozen=True)
class AreaReference:
    """The study area that a scenario was made on.

    Parameters
    ----------
    id, name
        Of the area.
    digest
        SHA-256 over all its tables.
    layers
        First twelve digits of the SHA-256 of each table by its name, to tell which of them differ.
    """

    id: str
    name: str
    digest: str
    layers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True)
class TableEdits:
    """What a person changed in a table, against the table that comes with the study area.

    Parameters
    ----------
    changed
        Rows that were added or are different, complete, ascending by identifier; cells without a value are
        left out.
    removed
        Identifiers of rows that were deleted, ascending.
    """

    changed: tuple[Mapping[str, Cell], ...] = ()
    removed: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return how many rows differ."""
        return len(self.changed) + len(self.removed)


@dataclass(frozen=True)
class Basis:
    """What results are computed from: settings, and the tables as a person changed them.

    The scenario's name is empty; weights and value functions are given for every criterion and group, so that
    a later catalogue with other defaults changes nothing.
    """

    scenario: Scenario = field(default_factory=Scenario)
    sites: TableEdits = field(default_factory=TableEdits)
    candidates: TableEdits = field(default_factory=TableEdits)


@dataclass(frozen=True)
class RoomRecord:
    """A room of a plan: enough to name and place it where the data no longer hold it.

    ``x`` and ``y`` are metres in the area's reference system; ``gain`` as in
    :class:`planning.siting.Plan`.
    """

    candidate_id: str
    name: str
    x: float
    y: float
    gain: float


@dataclass(frozen=True)
class FiguresRecord:
    """How things stood with a set of sites; as in :class:`planning.siting.Figures`, the borough by name.

    ``None`` where there was nothing to measure.
    """

    share: float | None
    mean_minutes: float | None
    p90_minutes: float | None
    worst_name: str
    worst_share: float | None


@dataclass(frozen=True)
class PlanRecord:
    """A plan as it was kept.

    Parameters
    ----------
    settings
        What was asked, complete.
    basis
        What it was computed from; ``None`` for what the scenario says now.
    status, objective, bound, need_out_of_reach
        As in :class:`planning.siting.Plan`.
    rooms
        In the order of opening.
    origin, stopped
        Where it came from: the answer to what was asked or another plan that a person preferred; and whether
        a person ended the search.
    on_other_data
        Whether it was computed on other data than those the scenario is made on: nothing is proven about it
        there, and what each room gains is from then.
    before, after
        Figures without and with the plan's rooms, on the data of the scenario; ``None`` if nobody measured
        them.
    """

    settings: PlanSettings
    basis: Basis | None
    status: Literal["optimal", "feasible"]
    objective: float
    bound: float
    need_out_of_reach: float
    rooms: tuple[RoomRecord, ...]
    origin: Origin = "solver"
    stopped: bool = False
    on_other_data: bool = False
    before: FiguresRecord | None = None
    after: FiguresRecord | None = None

    @property
    def gap(self) -> float:
        """How far the bound is from the objective, relative to the objective."""
        from planning.siting.solution import relative_gap  # loads the solvers

        return relative_gap(self.objective, self.bound)

    @property
    def candidate_ids(self) -> tuple[str, ...]:
        """Identifiers of the rooms, in the order of opening."""
        return tuple(room.candidate_id for room in self.rooms)


@dataclass(frozen=True)
class Snapshot:
    """Everything a person set, at one moment.

    Parameters
    ----------
    name
        What people call it; does not count for the identifier of the content.
    area
        The data it was made on.
    basis
        Settings and changed tables.
    plan_settings
        What the next plan is to achieve and to obey.
    plan
        The plan in force, if there is one.
    notes, candidate_notes
        Free text on the whole, and by candidate.
    opinions
        What several persons hold the criteria to be worth, each name once.
    judgements
        By ``(criterion, against)``: how many times as important the first criterion is as the second, 1/9 to
        9; each pair in one direction.
    certainty
        How sure a person is of the weights in force.
    """

    name: str
    area: AreaReference
    basis: Basis = field(default_factory=Basis)
    plan_settings: PlanSettings = field(default_factory=PlanSettings)
    plan: PlanRecord | None = None
    notes: str = ""
    candidate_notes: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    opinions: tuple[Opinion, ...] = ()
    judgements: Mapping[tuple[str, str], float] = field(default_factory=lambda: _NO_JUDGEMENTS)
    certainty: Certainty = "medium"

    def __post_init__(self) -> None:
        """Say of a plan that it rests on the present basis in one way only."""
        if self.plan is not None and self.plan.basis == self.basis:
            object.__setattr__(self, "plan", replace(self.plan, basis=None))


def search_key(text: str) -> str:
    """Return what is the same of all ways to write a name."""
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def worst_bound(objective: str) -> float:
    """Return the bound that says nothing: no choice can be better than infinitely good."""
    return math.inf if objective == "coverage" else -math.inf
