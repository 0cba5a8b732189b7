"""A study area and a scenario as a siting problem: costs, weights, fixed sites and rules on arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planning.access import SITE_LIMIT_M, measure, nearest
from planning.area.locate import district_keys
from planning.errors import Fault, SettingError
from planning.need import cell_need
from planning.siting import rules as site_rules
from planning.walking import build_network, walking_distances

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csc_array

    from planning.access import Distances
    from planning.area.study_area import StudyArea
    from planning.model import Constraints, PlanSettings, Scenario
    from planning.siting.rules import SiteRule
    from planning.walking import Network, Progress

SAME_BUILDING_M = 25.0
_LARGEST = 1e9


@dataclass(frozen=True, eq=False)
class SitingTask:
    """What is to be solved.

    Parameters
    ----------
    settings, count
        As asked; ``count`` is the number of rooms to choose.
    metres
        ``(n_rows, n_columns)`` float32 walking distances, ``inf`` beyond their limit. Columns are the open
        sites, then the open candidates in the order of their identifiers.
    need
        ``(n_rows,)`` need of the cells that have any and that some site or candidate reaches.
    cells
        Row of each in the area's table of cells.
    ids
        Identifier of each column.
    n_fixed
        How many of the columns are open sites.
    reach_m, metres_per_minute
        Reach and speed of the scenario.
    rules
        Rules on the columns.
    forbidden
        Columns that may not be chosen.
    site_gain
        ``(n_columns,)`` what the score of a candidate adds to the objective, in its unit (need for
        ``coverage``, need times metres for ``walking``).
    need_total, need_out_of_reach
        Need of all cells; of those that neither a site nor a candidate reaches within the distances' limit.
    """

    settings: PlanSettings
    count: int
    metres: NDArray[np.float32]
    need: NDArray[np.float64]
    cells: NDArray[np.intp]
    ids: tuple[str, ...]
    n_fixed: int
    reach_m: float
    metres_per_minute: float
    rules: tuple[SiteRule, ...]
    forbidden: tuple[int, ...]
    site_gain: NDArray[np.float64]
    need_total: float
    need_out_of_reach: float

    @property
    def fixed(self) -> range:
        """Columns of the open sites."""
        return range(self.n_fixed)

    def coverable(self) -> NDArray[np.bool_]:
        """Tell which rows an open site or a candidate that may be chosen covers within the reach."""
        allowed = np.setdiff1d(np.arange(len(self.ids)), self.forbidden)
        return np.asarray((self.metres[:, allowed] <= self.reach_m).any(axis=1), dtype=np.bool_)

    def costs(self, fixed: Sequence[int] | None = None) -> csc_array:
        """Return the walks that can matter, as a sparse cost matrix for the models.

        Within the reach for ``coverage`` and ``cover-all``; else, besides those of fixed columns, walks
        shorter than to the nearest fixed column.
        """
        from scipy.sparse import csc_array

        held = list(self.fixed if fixed is None else fixed)
        if self.settings.objective in {"coverage", "cover-all"}:
            matters = self.metres <= self.reach_m
        else:
            matters = self.metres < self.metres[:, held].min(axis=1, initial=np.inf)[:, None]
            matters[:, held] = np.isfinite(self.metres[:, held])
        column, row = np.nonzero(matters.T)
        walks = self.metres.T[column, row].astype(np.float64)
        pointer = np.concatenate([[0], np.cumsum(matters.sum(axis=0))])
        return csc_array((walks, row, pointer), shape=self.metres.shape)

    def columns(self, candidate_ids: Iterable[str]) -> list[int]:
        """Return the columns of candidates, ascending."""
        place = {identifier: column for column, identifier in enumerate(self.ids) if column >= self.n_fixed}
        return sorted(place[identifier] for identifier in candidate_ids)


def rooms_to_open(area: StudyArea) -> int:
    """Return how many dependances the programme still lacks, those entered by hand considered."""
    known = int(((area.sites["status"] == "open") & (area.sites["kind"] == "dependance")).sum())
    return max(area.programme.planned - max(area.programme.opened, known), 0)


def plan_distances(
    area: StudyArea,
    distances: Distances,
    settings: PlanSettings,
    *,
    network: Network | None = None,
    progress: Progress | None = None,
) -> Distances:
    """Return distances that reach far enough for an objective.

    Coverage needs no more than the reach. Where walks of any length count, a candidate matters to a cell up
    to the distance of the cell's nearest site, so candidates are measured that far.
    """
    if settings.objective in {"coverage", "cover-all"}:
        return distances
    closest = nearest(distances.sites)
    finite = closest[np.isfinite(closest)]
    limit_m = SITE_LIMIT_M if len(finite) < len(closest) or not len(finite) else float(finite.max()) + 1.0
    if limit_m <= distances.limit_m:
        return distances
    return measure(area, limit_m=limit_m, network=network, progress=progress)


def prepare(
    area: StudyArea,
    scenario: Scenario,
    settings: PlanSettings,
    distances: Distances,
    *,
    scores: pd.Series[float] | None = None,
    network: Network | None = None,
) -> SitingTask:
    """Turn an area, a scenario and settings into arrays.

    Parameters
    ----------
    distances
        Of this area; far enough for the objective (:func:`plan_distances`).
    scores
        Scores (0-100) by candidate; needed where ``score_share`` is above 0.
    network
        Network of the area if it is at hand; needed only for spacing.

    Raises
    ------
    SettingError
        A setting is out of range, or names a borough or candidate that does not exist.
    """
    need = cell_need(area.cells, scenario.need_weights)
    open_rooms = area.candidates[area.candidates["status"] != "closed"].sort_values("candidate_id")
    place = {name: column for column, name in enumerate(distances.candidate_ids)}
    picked = [place[name] for name in open_rooms["candidate_id"]]
    _check(area, open_rooms, settings)
    metres = np.concatenate([distances.sites, distances.candidates[:, picked]], axis=1)
    n_fixed = distances.sites.shape[1]
    n_columns = metres.shape[1]
    count = rooms_to_open(area) if settings.count is None else settings.count
    must_not = set(settings.constraints.must_not)
    near_existing = _too_near_existing(area, distances, picked, settings.constraints.spacing_m)
    forbidden = [
        n_fixed + position
        for position, name in enumerate(open_rooms["candidate_id"])
        if name in must_not or near_existing[position]
    ]
    allowed = np.setdiff1d(np.arange(n_columns), forbidden)
    reached = np.isfinite(metres[:, allowed]).any(axis=1)
    cells = np.flatnonzero((need > 0) & reached)
    rules = _rules(area, open_rooms, settings.constraints, n_fixed, distances, picked, network)
    metres, need_left = metres[cells], need[cells]
    gain = np.zeros(n_columns)
    if settings.score_share > 0:
        if scores is None:
            raise SettingError("siting_scores_missing")
        points = np.asarray(scores.reindex(open_rooms["candidate_id"]).fillna(0.0), dtype=np.float64)
        gain[n_fixed:] = _score_gain(settings, metres, need_left, n_fixed, scenario.reach_m, count, points)
    return SitingTask(
        settings=settings,
        count=count,
        metres=metres,
        need=need_left,
        cells=cells,
        ids=(*distances.site_ids, *open_rooms["candidate_id"]),
        n_fixed=n_fixed,
        reach_m=scenario.reach_m,
        metres_per_minute=scenario.metres_per_minute,
        rules=tuple(rules),
        forbidden=tuple(forbidden),
        site_gain=gain,
        need_total=float(need.sum()),
        need_out_of_reach=float(need[~reached].sum()),
    )


def with_need(
    task: SitingTask, need: NDArray[np.float64], scores: pd.Series[float] | None = None
) -> SitingTask:
    """Return the task with another need of the cells, and other scores where they count.

    Parameters
    ----------
    need
        ``(n_cells,)`` need of all cells of the area, above 0 in the rows of the task. Need elsewhere is out
        of reach.
    scores
        Scores (0-100) by candidate; those of the task if left out.
    """
    left, gain, settings = need[task.cells], task.site_gain, task.settings
    if settings.score_share > 0 and scores is not None:
        gain = np.zeros(len(task.ids))
        points = np.asarray(scores.reindex(task.ids[task.n_fixed :]).fillna(0.0), dtype=np.float64)
        gain[task.n_fixed :] = _score_gain(
            settings, task.metres, left, task.n_fixed, task.reach_m, task.count, points
        )
    total = float(need.sum())
    return replace(
        task, need=left, site_gain=gain, need_total=total, need_out_of_reach=total - float(left.sum())
    )


def _score_gain(
    settings: PlanSettings,
    metres: NDArray[np.float32],
    need: NDArray[np.float64],
    n_fixed: int,
    reach_m: float,
    count: int,
    points: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return what scores are worth: *p* rooms of 100 points weigh a : 1 - a to all need at stake."""
    closest = metres[:, :n_fixed].min(axis=1, initial=np.inf)
    if settings.objective == "coverage":
        at_stake = float(need[~(closest <= reach_m)].sum())
    else:
        known = np.isfinite(closest)
        at_stake = float((need * np.where(known, closest, 0.0)).sum())
    share = settings.score_share
    return np.asarray(share / (1.0 - share) * at_stake / max(count, 1) * points / 100.0, dtype=np.float64)


def _check(area: StudyArea, rooms: pd.DataFrame, settings: PlanSettings) -> None:
    """Raise one error that lists everything wrong with the settings."""
    rule = settings.constraints
    known, boroughs = set(rooms["candidate_id"]), set(area.level("borough").index)
    named = [*rule.must, *rule.must_not, *(name for group in rule.either_or for name in group)]
    faults = [
        Fault("plan_candidate_unknown", params={"candidate": name})
        for name in dict.fromkeys(named)
        if name not in known
    ]
    faults += [
        Fault("plan_borough_unknown", params={"borough": key, "known": ", ".join(sorted(boroughs))})
        for key in rule.boroughs
        if key not in boroughs
    ]
    faults += [
        Fault("plan_number_invalid", params={"name": name, "value": str(value)})
        for name, value in (
            ("count", 0 if settings.count is None else settings.count),
            ("priority_areas_min", rule.priority_areas_min),
            ("spacing_m", rule.spacing_m),
            ("budget_eur_month", rule.budget_eur_month or 0.0),
            ("assumed_cost_eur_month", rule.assumed_cost_eur_month or 0.0),
            ("time_limit_s", settings.time_limit_s),
            *((f"boroughs.{key}", low) for key, (low, _) in rule.boroughs.items()),
            *((f"boroughs.{key}", high or 0) for key, (_, high) in rule.boroughs.items()),
        )
        if not 0 <= value < _LARGEST or (name == "count" and value != int(value))
    ]
    if not 0 <= settings.score_share < 1:
        faults.append(Fault("plan_score_share", params={"value": str(settings.score_share)}))
    if settings.score_share > 0 and settings.objective not in {"coverage", "walking"}:
        faults.append(Fault("plan_score_objective"))
    if faults:
        raise SettingError("plan_settings_invalid", faults=tuple(faults))


def _too_near_existing(
    area: StudyArea, distances: Distances, picked: list[int], spacing_m: float
) -> NDArray[np.bool_]:
    kinds = area.sites.set_index("site_id")["kind"]
    dependances = [row for row, name in enumerate(distances.site_ids) if kinds[name] == "dependance"]
    near = distances.candidate_sites[dependances][:, picked] < spacing_m
    return np.asarray(near.any(axis=0), dtype=np.bool_)


def _rules(
    area: StudyArea,
    rooms: pd.DataFrame,
    constraints: Constraints,
    n_fixed: int,
    distances: Distances,
    picked: list[int],
    network: Network | None,
) -> list[SiteRule]:
    n = n_fixed + len(rooms)
    number = {name: n_fixed + position for position, name in enumerate(rooms["candidate_id"])}
    borough = rooms["borough"].to_numpy()
    rules = []
    for key, (low, high) in constraints.boroughs.items():
        inside = (n_fixed + np.flatnonzero(borough == key)).tolist()
        if low:
            rules.append(site_rules.between("borough_min", inside, n, lower=low, borough=key, least=low))
        if high is not None:
            rules.append(site_rules.between("borough_max", inside, n, upper=high, borough=key, most=high))
    if constraints.priority_areas_min:
        keys = district_keys(area.districts, "priority_area", rooms["x"], rooms["y"])
        inside = (n_fixed + np.flatnonzero(keys.notna().to_numpy())).tolist()
        least = constraints.priority_areas_min
        rules.append(site_rules.between("priority_areas", inside, n, lower=least, least=least))
    rules += [
        site_rules.between("must", [number[name]], n, lower=1, candidate=name) for name in constraints.must
    ]
    rules += [
        site_rules.at_most_one("either_or", [[number[name] for name in group]], n, rooms=", ".join(group))
        for group in constraints.either_or
    ]
    if constraints.one_per_building:
        rules.append(site_rules.at_most_one("building", _buildings(rooms, n_fixed), n))
    if constraints.spacing_m > 0:
        rules.append(_spacing(area, constraints.spacing_m, n_fixed, n, distances, picked, network))
    if constraints.budget_eur_month is not None:
        rules.append(_budget(rooms, constraints, n_fixed, n))
    return [rule for rule in rules if rule.matrix.shape[0]]


def _buildings(rooms: pd.DataFrame, n_fixed: int) -> list[list[int]]:
    """Return the columns of candidates that share a building, as pairs and groups."""
    from scipy.spatial import cKDTree

    here = rooms[["x", "y"]].to_numpy(np.float64)
    pairs = cKDTree(here).query_pairs(SAME_BUILDING_M) if len(here) else set()
    groups = [[n_fixed + one, n_fixed + other] for one, other in sorted(pairs)]
    stated = rooms["address_quality"].isin(["stated"]) & rooms["address"].notna()
    numbered = rooms.assign(column=n_fixed + np.arange(len(rooms)))[stated]
    same = numbered.groupby(["address", "borough"], dropna=False)["column"].apply(list)
    return groups + [group for group in same if len(group) > 1]


def _spacing(
    area: StudyArea,
    spacing_m: float,
    n_fixed: int,
    n: int,
    distances: Distances,
    picked: list[int],
    network: Network | None,
) -> SiteRule:
    network = build_network(area.nodes, area.edges) if network is None else network
    rooms = distances.snapped_candidates.take(np.array(picked, dtype=np.intp))
    metres = np.full((n, n), np.inf)
    metres[n_fixed:, n_fixed:] = walking_distances(network, rooms, rooms, spacing_m)
    return site_rules.spacing("spacing", metres, spacing_m, metres=spacing_m)


def _budget(rooms: pd.DataFrame, constraints: Constraints, n_fixed: int, n: int) -> SiteRule:
    costs = rooms["cost_eur_month"].to_numpy(np.float64)
    limit = float(constraints.budget_eur_month or 0.0)
    assumed = constraints.assumed_cost_eur_month
    unaffordable = limit + 1.0
    costs = np.where(np.isnan(costs), unaffordable if assumed is None else assumed, costs)
    columns = n_fixed + np.arange(len(rooms))
    return site_rules.weighted("budget", columns, costs, n, upper=limit, limit=limit)
