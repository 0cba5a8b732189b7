"""What is known about one candidate: its score, what lies around it and what nobody has recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planning.access import nearest, open_sites
from planning.area import indicators
from planning.scoring.criteria import (
    DENSITY_M,
    PARTNERS_M,
    STOPS_M,
    labels_of_places,
    lines_of_stops,
    own_places,
)
from planning.scoring.measures import newly_within, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planning.access import Distances
    from planning.area.study_area import StudyArea
    from planning.model import Scenario
    from planning.scoring.evaluation import Evaluation

RECORDED = ("address", "step_free", "room_m2", "kitchen", "cost_eur_month", "contact")
MAX_SITES = 3


@dataclass(frozen=True)
class Part:
    """One criterion of a score: raw measure (``NaN`` unknown), value 0-100, share of the weights, points."""

    criterion: str
    raw: float
    value: float
    share: float
    contribution: float
    unknown: bool


@dataclass(frozen=True)
class ScoreSplit:
    """A score (0-100), its range where facts are unknown, its rank among ``of`` candidates and its parts."""

    total: float
    low: float
    high: float
    rank: int
    of: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class NearSite:
    """An open site near a candidate, by walking distance and time."""

    site_id: str
    name: str
    kind: str
    metres: float
    minutes: float


@dataclass(frozen=True)
class NearStop:
    """A stop near a candidate with its regular lines."""

    stop_id: str
    name: str
    mode: str
    lines: tuple[str, ...]
    metres: float


@dataclass(frozen=True)
class NearPartner:
    """A place near a candidate that may become a partner; ``name`` is empty where none is known."""

    place_id: str
    kind: str
    name: str
    metres: float


@dataclass(frozen=True)
class CandidateFacts:
    """Everything a fact panel shows about one candidate.

    Parameters
    ----------
    candidate_id
        The candidate.
    score
        Split of its score; ``None`` for a closed candidate, which is not scored.
    need_gained, need_in_reach, need_density
        Weighted persons within reach of the candidate and of no open site; within its reach; within 500 m.
    gained, in_reach
        The same two for every group of the cells, in persons or households, not weighted. Groups overlap.
    sites
        Up to three nearest open sites that can be walked to, nearest first.
    stops
        Stops with a regular line within 300 m of walking, nearest first.
    partners
        Different partner places within 400 m of walking, nearest first.
    unknown
        Fields of the candidate that nobody has recorded.
    """

    candidate_id: str
    score: ScoreSplit | None
    need_gained: float
    need_in_reach: float
    need_density: float
    gained: dict[str, float]
    in_reach: dict[str, float]
    sites: tuple[NearSite, ...]
    stops: tuple[NearStop, ...]
    partners: tuple[NearPartner, ...]
    unknown: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Different regular lines at the stops nearby, in the order of the nearest stop."""
        return tuple(dict.fromkeys(line for stop in self.stops for line in stop.lines))


def score_split(evaluation: Evaluation, candidate_id: str) -> ScoreSplit | None:
    """Return the parts of one candidate's score, or ``None`` if it was not scored."""
    scores = evaluation.scores
    if candidate_id not in scores.total.index:
        return None
    row = int(scores.total.index.get_indexer(pd.Index([candidate_id]))[0])
    names = list(scores.contributions.columns)
    columns = zip(
        names,
        evaluation.raw[names].to_numpy(dtype=np.float64)[row],
        scores.values.to_numpy()[row],  # noqa: PD011 - a frame called values
        scores.shares.to_numpy(),
        scores.contributions.to_numpy()[row],
        scores.unknown.to_numpy()[row],
        strict=True,
    )
    parts = tuple(
        Part(str(c), float(r), float(v), float(s), float(p), bool(u)) for c, r, v, s, p, u in columns
    )
    total, low, high = (float(series.iloc[row]) for series in (scores.total, scores.low, scores.high))
    return ScoreSplit(total, low, high, int(scores.rank.iloc[row]), len(scores.total), parts)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _order(metres: NDArray[np.floating], limit_m: float = np.inf) -> list[int]:
    near = np.flatnonzero(np.isfinite(metres) & (metres <= limit_m))
    return [int(place) for place in near[np.argsort(metres[near], kind="stable")]]


def near_sites(
    area: StudyArea, metres: NDArray[np.floating], metres_per_minute: float
) -> tuple[NearSite, ...]:
    """Return the nearest open sites, at most three, from the metres to each of them."""
    sites = open_sites(area.sites)
    found = [(sites.iloc[row], float(metres[row])) for row in _order(metres)[:MAX_SITES]]
    return tuple(
        NearSite(str(site["site_id"]), _text(site["name"]), str(site["kind"]), far, far / metres_per_minute)
        for site, far in found
    )


def near_stops(area: StudyArea, metres: NDArray[np.floating]) -> tuple[NearStop, ...]:
    """Return the stops with a regular line within 300 m, from the metres to every stop of the area."""
    lines = lines_of_stops(area.stops)
    found = [
        (area.stops.iloc[row], lines[row], float(metres[row]))
        for row in _order(metres, STOPS_M)
        if lines[row]
    ]
    return tuple(
        NearStop(str(stop["stop_id"]), _text(stop["name"]), _text(stop["mode"]), own, far)
        for stop, own, far in found
    )


def near_partners(
    area: StudyArea, metres: NDArray[np.floating], itself: NDArray[np.bool_]
) -> tuple[NearPartner, ...]:
    """Return the different partner places within 400 m, from the metres to every place of the area.

    Of several entries that are one partner (:func:`planning.scoring.criteria.labels_of_places`) the nearest
    is kept; ``itself`` marks entries that are the candidate.
    """
    labels = labels_of_places(area.places)
    kept: dict[object, int] = {}
    for row in _order(metres, PARTNERS_M):
        if labels[row] and not itself[row]:
            kept.setdefault(labels[row], row)
    found = [(area.places.iloc[row], float(metres[row])) for row in kept.values()]
    return tuple(
        NearPartner(str(place["place_id"]), str(place["kind"]), _text(place["name"]), far)
        for place, far in found
    )


def candidate_facts(
    area: StudyArea, scenario: Scenario, distances: Distances, evaluation: Evaluation, candidate_id: str
) -> CandidateFacts:
    """Gather what is known about one candidate.

    Parameters
    ----------
    area, scenario, distances, evaluation
        The evaluation is that of the scenario on this area with these distances.
    candidate_id
        An open or closed candidate of the area.

    Raises
    ------
    KeyError
        The area has no such candidate.
    """
    rows = np.flatnonzero(area.candidates["candidate_id"] == candidate_id)
    if not rows.size:
        raise KeyError(candidate_id)
    row = int(rows[0])
    room = area.candidates.iloc[[row]]
    metres = distances.candidates[:, [row]]
    closest = nearest(distances.sites)
    catalogue = indicators()
    groups = [
        name for name in catalogue.loc[catalogue["level"] == "cell", "id"] if name in area.cells.columns
    ]
    persons = area.cells[groups].to_numpy(dtype=np.float64)
    gained = newly_within(metres, closest, scenario.reach_m, persons)[0]
    in_reach = within(metres, scenario.reach_m, persons)[0]
    return CandidateFacts(
        candidate_id=candidate_id,
        score=score_split(evaluation, candidate_id),
        need_gained=float(newly_within(metres, closest, scenario.reach_m, evaluation.need)[0]),
        need_in_reach=float(within(metres, scenario.reach_m, evaluation.need)[0]),
        need_density=float(within(metres, DENSITY_M, evaluation.need)[0]),
        gained=dict(zip(groups, gained.tolist(), strict=True)),
        in_reach=dict(zip(groups, in_reach.tolist(), strict=True)),
        sites=near_sites(area, distances.candidate_sites[:, row], scenario.metres_per_minute),
        stops=near_stops(area, distances.candidate_stops[:, row]),
        partners=near_partners(area, distances.candidate_places[:, row], own_places(area.places, room)[:, 0]),
        unknown=tuple(name for name in RECORDED if pd.isna(room[name].iloc[0])),
    )
