"""What a plan changes: before and after, for whom, where, and what each room contributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.access import coverage, coverage_by, nearest, walk_minutes, worst_district
from planning.area import indicators
from planning.distribution import gini

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planning.access import Distances
    from planning.area.study_area import StudyArea
    from planning.model import Scenario

LOSERS = 3


@dataclass(frozen=True)
class Figures:
    """How things stand with a set of sites.

    Parameters
    ----------
    covered, share
        Need within the scenario's minutes of a site, and its share of all need.
    mean_minutes, p90_minutes
        Walking time to the nearest site, weighted by need, mean and 90th percentile.
    unreached
        Need that cannot walk to any site, left out of both.
    worst_key, worst_share
        Borough with the lowest share covered; empty and ``NaN`` where there is none.
    gini
        Gini coefficient of the walking time over all need that reaches a site: 0 if all walk equally long.
    """

    covered: float
    share: float
    mean_minutes: float
    p90_minutes: float
    unreached: float
    worst_key: str
    worst_share: float
    gini: float


@dataclass(frozen=True, eq=False)
class Effect:
    """Before and after a plan.

    Parameters
    ----------
    before, after
        Figures with the open sites only, and with the plan's rooms too.
    boroughs
        One row per borough with need: ``key``, ``need``, ``share_before``, ``share_after``,
        ``minutes_before``, ``minutes_after`` (mean walk), ``rooms`` (of the plan).
    groups
        One row per group of the cells: ``group``, ``total``, ``before``, ``after`` (persons or households
        within reach, not weighted; groups overlap).
    rooms
        One row per room of the plan, in its order: ``candidate_id``, ``alone`` (need it covers newly if it
        were the only one), ``if_dropped`` (need no longer covered if it were left out),
        ``minutes_if_dropped`` (added to the mean walk), ``losers`` (keys of up to three boroughs that would
        lose most of it).
    covered_before, covered_after
        ``(n_cells,)``: is the cell within reach.
    """

    before: Figures
    after: Figures
    boroughs: pd.DataFrame
    groups: pd.DataFrame
    rooms: pd.DataFrame
    covered_before: NDArray[np.bool_]
    covered_after: NDArray[np.bool_]


def plan_effect(
    area: StudyArea,
    scenario: Scenario,
    distances: Distances,
    need: NDArray[np.float64],
    candidate_ids: Sequence[str],
) -> Effect:
    """Measure what opening some rooms changes.

    Parameters
    ----------
    distances
        Of this area. Walks longer than its limit for candidates are those to open sites.
    need
        ``(n_cells,)``.
    candidate_ids
        Rooms of the plan.
    """
    place = {name: column for column, name in enumerate(distances.candidate_ids)}
    chosen = distances.candidates[:, [place[name] for name in candidate_ids]]
    closest = nearest(distances.sites)
    after = np.minimum(closest, nearest(chosen))
    return Effect(
        before=figures(area, scenario, closest, need),
        after=figures(area, scenario, after, need),
        boroughs=_boroughs(area, scenario, closest, after, need, candidate_ids),
        groups=_groups(area, scenario, closest, after),
        rooms=_rooms(area, scenario, closest, chosen, need, candidate_ids),
        covered_before=closest <= scenario.reach_m,
        covered_after=after <= scenario.reach_m,
    )


def figures(
    area: StudyArea, scenario: Scenario, closest: NDArray[np.floating], need: NDArray[np.float64]
) -> Figures:
    """Return how things stand where ``closest`` is the walk to the nearest site in metres."""
    reach = coverage(closest, need, scenario.reach_m)
    walk = walk_minutes(closest, need, scenario.metres_per_minute)
    boroughs = coverage_by(area.cells, closest, need, scenario.reach_m, "borough")
    worst = worst_district(boroughs)
    shares = boroughs.set_index("key")["share"]
    reached = np.isfinite(closest)
    return Figures(
        covered=reach.covered,
        share=reach.share,
        mean_minutes=walk.mean,
        p90_minutes=walk.p90,
        unreached=walk.unreached,
        worst_key="" if worst is None else worst,
        worst_share=float("nan") if worst is None else float(shares[worst]),
        gini=gini(np.asarray(closest, dtype=np.float64)[reached], need[reached]),
    )


def _boroughs(
    area: StudyArea,
    scenario: Scenario,
    before: NDArray[np.floating],
    after: NDArray[np.floating],
    need: NDArray[np.float64],
    candidate_ids: Sequence[str],
) -> pd.DataFrame:
    tables = [coverage_by(area.cells, walk, need, scenario.reach_m, "borough") for walk in (before, after)]
    table = tables[0][["key", "need"]].assign(share_before=tables[0]["share"], share_after=tables[1]["share"])
    keys = area.cells["borough"].to_numpy()
    for name, walk in (("minutes_before", before), ("minutes_after", after)):
        table[name] = [
            walk_minutes(walk[keys == key], need[keys == key], scenario.metres_per_minute).mean
            for key in table["key"]
        ]
    rooms = area.candidates.set_index("candidate_id").loc[list(candidate_ids), "borough"]
    counts = rooms.value_counts()
    table["rooms"] = [int(counts.get(key, 0)) for key in table["key"]]
    return table[table["need"] > 0].reset_index(drop=True)


def _groups(
    area: StudyArea, scenario: Scenario, before: NDArray[np.floating], after: NDArray[np.floating]
) -> pd.DataFrame:
    catalogue = indicators()
    named = [str(name) for name in catalogue.loc[catalogue["level"] == "cell", "id"]]
    rows = []
    for name in (one for one in named if one in area.cells.columns):
        persons = area.cells[name].to_numpy(np.float64)
        within = [float(persons[walk <= scenario.reach_m].sum()) for walk in (before, after)]
        rows.append((name, float(persons.sum()), *within))
    return pd.DataFrame(rows, columns=["group", "total", "before", "after"])


def _rooms(
    area: StudyArea,
    scenario: Scenario,
    closest: NDArray[np.floating],
    chosen: NDArray[np.floating],
    need: NDArray[np.float64],
    candidate_ids: Sequence[str],
) -> pd.DataFrame:
    keys = area.cells["borough"].to_numpy()
    everyone = np.minimum(closest, nearest(chosen))
    mean = walk_minutes(everyone, need, scenario.metres_per_minute).mean
    rows = []
    for position, name in enumerate(candidate_ids):
        own = chosen[:, position] <= scenario.reach_m
        others = np.delete(chosen, position, axis=1)
        without = np.minimum(closest, nearest(others))
        lost = np.where(own & ~(without <= scenario.reach_m), need, 0.0)
        by_borough = pd.Series(lost).groupby(keys).sum().sort_values(ascending=False, kind="stable")
        alone = float(need[own & ~(closest <= scenario.reach_m)].sum())
        longer = walk_minutes(without, need, scenario.metres_per_minute).mean - mean
        losers = tuple(str(key) for key in by_borough[by_borough > 0].index[:LOSERS])
        rows.append((name, alone, float(lost.sum()), longer, losers))
    columns = ["candidate_id", "alone", "if_dropped", "minutes_if_dropped", "losers"]
    return pd.DataFrame(rows, columns=columns)
