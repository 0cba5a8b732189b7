"""Two to four rooms side by side: what each gains, what they gain together and where their scores differ."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planning.access import nearest
from planning.errors import Fault, SettingError
from planning.scoring.criteria import is_open
from planning.scoring.facts import candidate_facts
from planning.scoring.scores import TIE_DECIMALS
from planning.scoring.swaps import joint_swap, single_swaps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planning.access import Distances
    from planning.area.study_area import StudyArea
    from planning.model import Scenario
    from planning.scoring.confidence import Confidence
    from planning.scoring.evaluation import Evaluation
    from planning.scoring.facts import CandidateFacts, Part, ScoreSplit
    from planning.scoring.scores import Scores
    from planning.scoring.swaps import WeightChange, WeightShift

FEWEST, MOST = 2, 4
LETTERS = "ABCD"
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "need_gained": ("cells", "edges", "sites"),
    "need_density": ("cells", "edges"),
    "transit": ("stops", "edges"),
    "distance": ("sites", "edges"),
    "partners": ("places", "edges"),
    "venue": ("candidates",),
    "step_free": ("candidates",),
    "priority_area": ("districts",),
    "equity": ("cells", "sites", "districts"),
}
"""Layers whose figures go into each criterion, the one it counts first."""
_BAND_ENDS = (1, 5, 50)


@dataclass(frozen=True)
class Basis:
    """A layer that a criterion rests on, with the year and the source that the study area states."""

    layer: str
    year: str
    source: str


@dataclass(frozen=True)
class Chance:
    """How one room fares when weights and data are drawn anew, in shares of the draws (0-1).

    Parameters
    ----------
    bands
        Share of the draws in which its rank falls into each of :attr:`Comparison.bands`; sums to 1.
    in_best
        Share in which it is among the best so many (:attr:`Comparison.best`).
    mean, low, high
        Its score: mean, 5th and 95th percentile.
    rank_low, rank_high
        5th and 95th percentile of its rank.
    """

    bands: tuple[float, ...]
    in_best: float
    mean: float
    low: float
    high: float
    rank_low: float
    rank_high: float


@dataclass(frozen=True, eq=False)
class ComparedRoom:
    """One of the rooms compared.

    Parameters
    ----------
    record
        Its row in the area's candidates.
    facts, score
        What is known about it; ``score`` is that of the facts.
    reached, gained
        Shape (cells,): within reach of the room; within its reach and of no open site.
    need_gained, need_only
        Need it gains; the part that none of the other rooms compared gains.
    by_borough, by_quarter
        Need gained by key of the district it lives in, most first; empty key for none.
    chance
        ``None`` where confidence was not computed.
    """

    record: Mapping[str, Any]
    facts: CandidateFacts
    score: ScoreSplit
    reached: NDArray[np.bool_]
    gained: NDArray[np.bool_]
    need_gained: float
    need_only: float
    by_borough: Mapping[str, float]
    by_quarter: Mapping[str, float]
    chance: Chance | None

    @property
    def candidate_id(self) -> str:
        """The candidate."""
        return self.facts.candidate_id

    def part(self, criterion: str) -> Part:
        """Return what one criterion does for its score."""
        return next(part for part in self.score.parts if part.criterion == criterion)


@dataclass(frozen=True)
class Overlap:
    """Newly gained need of two rooms (places in :attr:`Comparison.rooms`).

    ``both = gained(a) ∩ gained(b)``, ``together = only_a + only_b + both``.
    """

    a: int
    b: int
    both: float
    only_a: float
    only_b: float
    together: float


@dataclass(frozen=True)
class Turning:
    """What would make the lower of two rooms equal to the higher one.

    ``single`` holds the change of one weight that suffices, smallest first, for each criterion that can do
    it; ``joint`` the smallest shift of weight between all of them, ``None`` where no weights can.
    """

    single: tuple[WeightChange, ...]
    joint: WeightShift | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two to four open rooms, best rank first.

    Parameters
    ----------
    rooms
        In the order of their ranks; they are called A, B, C, D in this order.
    criteria
        Criteria in the order of the catalogue.
    differences
        Index ``candidate_id``, one column per criterion: contribution to the score minus that of the first
        room, in points. Each row sums to the difference of the scores.
    overlaps
        One per pair of rooms.
    together
        Need gained by all rooms together, each cell counted once.
    exactly
        Need gained by exactly 1, 2, … of the rooms: ``Σ m · exactly_m = Σ need_gained``.
    basis
        By criterion, the layers it rests on.
    minutes
        Walking time that counts as within reach.
    turning
        One for each pair of neighbours in rank; ``None`` where their scores are equal.
    bands
        First and last rank of each band of :attr:`Chance.bands`; the last one is open (``None``).
    above
        Shape (rooms, rooms): share of the draws in which the one scores above the other; ``None`` where it
        was not computed.
    draws, seed, best
        Number of draws, their seed and the size of the best set; 0 where confidence was not computed.
    """

    rooms: tuple[ComparedRoom, ...]
    criteria: tuple[str, ...]
    differences: pd.DataFrame
    overlaps: tuple[Overlap, ...]
    together: float
    exactly: tuple[float, ...]
    basis: Mapping[str, tuple[Basis, ...]]
    minutes: float
    turning: tuple[Turning | None, ...]
    bands: tuple[tuple[int, int | None], ...]
    above: NDArray[np.float64] | None
    draws: int
    seed: int
    best: int


def check_rooms(area: StudyArea, ids: Sequence[str]) -> None:
    """See that rooms can be compared.

    Raises
    ------
    SettingError
        ``compare_count``, or ``compare_rooms`` with one fault for each room that is unknown, closed or
        named twice.
    """
    if not FEWEST <= len(ids) <= MOST:
        raise SettingError("compare_count", count=len(ids), fewest=FEWEST, most=MOST)
    can_open = dict(zip(area.candidates["candidate_id"], is_open(area.candidates), strict=True))
    faults = []
    for place, name in enumerate(ids):
        if name in ids[:place]:
            faults.append(Fault("compare_twice", params={"room": name}))
        elif name not in can_open:
            faults.append(Fault("compare_unknown", params={"room": name}))
        elif not can_open[name]:
            faults.append(Fault("compare_closed", params={"room": name}))
    if faults:
        raise SettingError("compare_rooms", faults=tuple(faults))


def compare_candidates(
    area: StudyArea,
    scenario: Scenario,
    distances: Distances,
    evaluation: Evaluation,
    ids: Sequence[str],
    *,
    confidence: Confidence | None = None,
    above: NDArray[np.float64] | None = None,
) -> Comparison:
    """Put two to four open candidates side by side.

    Parameters
    ----------
    area, scenario, distances, evaluation
        The evaluation is that of the scenario on this area with these distances.
    ids
        Candidates, in any order.
    confidence
        Confidence in the ranking of the same evaluation, if it is at hand.
    above
        Shape (ids, ids), in the order of ``ids``: share of the draws in which the one scores above the other.

    Raises
    ------
    SettingError
        ``compare_count`` or ``compare_rooms``: see :func:`check_rooms`.
    """
    check_rooms(area, ids)
    scores = evaluation.scores
    order = sorted(range(len(ids)), key=lambda place: int(scores.rank[ids[place]]))
    ranked = [ids[place] for place in order]
    ends = _band_ends(len(scores.total), 0 if confidence is None else confidence.count)
    rooms = _rooms(area, scenario, distances, evaluation, ranked, confidence, ends)
    gained = np.column_stack([room.gained for room in rooms])
    overlaps = tuple(_overlap(a, b, gained, evaluation.need) for a, b in combinations(range(len(rooms)), 2))
    times = gained.sum(axis=1)
    own = scores.contributions.loc[ranked]
    return Comparison(
        rooms=rooms,
        criteria=tuple(str(name) for name in own.columns),
        differences=own - own.iloc[0],
        overlaps=overlaps,
        together=float(evaluation.need[times > 0].sum()),
        exactly=tuple(float(evaluation.need[times == m].sum()) for m in range(1, len(rooms) + 1)),
        basis={name: _basis(area, name) for name in map(str, own.columns)},
        minutes=scenario.minutes,
        turning=tuple(_turning(scores, better, worse) for better, worse in pairwise(ranked)),
        bands=ends,
        above=None if above is None else np.asarray(above, dtype=np.float64)[np.ix_(order, order)],
        draws=0 if confidence is None else confidence.draws,
        seed=0 if confidence is None else confidence.seed,
        best=0 if confidence is None else confidence.count,
    )


def _rooms(
    area: StudyArea,
    scenario: Scenario,
    distances: Distances,
    evaluation: Evaluation,
    ids: Sequence[str],
    confidence: Confidence | None,
    ends: tuple[tuple[int, int | None], ...],
) -> tuple[ComparedRoom, ...]:
    column = {name: place for place, name in enumerate(distances.candidate_ids)}
    reached = distances.candidates[:, [column[name] for name in ids]] <= scenario.reach_m
    gained = reached & (nearest(distances.sites) > scenario.reach_m)[:, None]
    need, times = evaluation.need, gained.sum(axis=1)
    records = area.candidates.drop(columns="geometry").set_index("candidate_id", drop=False).loc[list(ids)]
    rooms = []
    for place, (name, record) in enumerate(zip(ids, records.to_dict("records"), strict=True)):
        facts = candidate_facts(area, scenario, distances, evaluation, name)
        assert facts.score is not None  # noqa: S101 - checked before
        own = gained[:, place]
        rooms.append(
            ComparedRoom(
                record={str(key): value for key, value in record.items()},
                facts=facts,
                score=facts.score,
                reached=reached[:, place],
                gained=own,
                need_gained=float(need[own].sum()),
                need_only=float(need[own & (times == 1)].sum()),
                by_borough=_by_district(area, "borough", own, need),
                by_quarter=_by_district(area, "quarter", own, need),
                chance=None if confidence is None else _chance(confidence, name, ends),
            )
        )
    return tuple(rooms)


def _by_district(
    area: StudyArea, level: str, gained: NDArray[np.bool_], need: NDArray[np.float64]
) -> dict[str, float]:
    keys = area.cells[level].fillna("").astype(str).to_numpy()[gained]
    sums = pd.Series(need[gained]).groupby(keys).sum().sort_values(ascending=False, kind="stable")
    return {str(key): float(value) for key, value in sums.items() if value > 0}


def _overlap(a: int, b: int, gained: NDArray[np.bool_], need: NDArray[np.float64]) -> Overlap:
    one, other = gained[:, a], gained[:, b]
    return Overlap(
        a=a,
        b=b,
        both=float(need[one & other].sum()),
        only_a=float(need[one & ~other].sum()),
        only_b=float(need[other & ~one].sum()),
        together=float(need[one | other].sum()),
    )


def _basis(area: StudyArea, criterion: str) -> tuple[Basis, ...]:
    by_id = {layer.id: layer for layer in area.layers}
    found = [by_id[name] for name in RESTS_ON.get(criterion, ()) if name in by_id]
    return tuple(Basis(layer.id, layer.year, layer.source) for layer in found)


def _turning(scores: Scores, better: str, worse: str) -> Turning | None:
    if round(float(scores.total[better]), TIE_DECIMALS) == round(float(scores.total[worse]), TIE_DECIMALS):
        return None
    return Turning(single_swaps(scores, better, worse), joint_swap(scores, better, worse))


def _band_ends(rooms: int, best: int) -> tuple[tuple[int, int | None], ...]:
    """Return bands of ranks: the first, up to 5, up to the size of the best set, up to 50, all others.

    >>> _band_ends(612, 14), _band_ends(4, 14)
    (((1, 1), (2, 5), (6, 14), (15, 50), (51, None)), ((1, 1), (2, None)))
    """
    ends = sorted({end for end in (*_BAND_ENDS, best) if 0 < end < rooms})
    starts = [1, *(end + 1 for end in ends)]
    return tuple(zip(starts, [*ends, None], strict=True))


def _chance(confidence: Confidence, name: str, ends: tuple[tuple[int, int | None], ...]) -> Chance:
    row = {str(key): float(value) for key, value in confidence.table.loc[name].to_dict().items()}
    return Chance(
        bands=confidence.bands(name, [high for _, high in ends if high is not None]),
        in_best=row["in_best"],
        mean=row["mean"],
        low=row["low"],
        high=row["high"],
        rank_low=row["rank_low"],
        rank_high=row["rank_high"],
    )
