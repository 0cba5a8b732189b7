"""Access: who reaches an open site on foot, how far it is, and how evenly that is shared.

Arrays of distances have one row per cell and one column per site, in metres of walking; ``inf`` is out of
reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from planning.distribution import gini, lorenz, weighted_quantile
from planning.model import SITE_KINDS
from planning.need import assign
from planning.walking import Network, Snapped, build_network, join, snap, walking_distances

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from planning.area import StudyArea
    from planning.walking import Progress

__all__ = [
    "Coverage",
    "Distances",
    "WalkMinutes",
    "assign",
    "coverage",
    "coverage_by",
    "e2sfca",
    "extend",
    "gini",
    "lorenz",
    "measure",
    "nearest",
    "open_sites",
    "walk_minutes",
    "weighted_quantile",
    "worst_district",
]

REACH_LIMIT_M = 3500.0
SITE_LIMIT_M = 30_000.0
NEARBY_LIMIT_M = 500.0
ZONES_M = ((750.0, 1.0), (1500.0, 0.68), (2250.0, 0.22))


@dataclass(frozen=True)
class Coverage:
    """Need within reach of an open site: ``share`` of the total, ``NaN`` where there is no need at all."""

    share: float
    covered: float
    total: float


@dataclass(frozen=True)
class WalkMinutes:
    """Walking time to the nearest open site, weighted by need; ``unreached`` is the need left out of both.

    ``NaN`` where no need reaches a site.
    """

    mean: float
    p90: float
    unreached: float


def open_sites(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites that count for access: open now, with a known place, of a kind that advises people.

    Outreach hours of unknown present state do not count. The index is numbered afresh.
    """
    placed = sites["x"].notna() & sites["y"].notna()
    return sites[(sites["status"] == "open") & placed & sites["kind"].isin(SITE_KINDS)].reset_index(drop=True)


def nearest(distances: ArrayLike) -> NDArray[np.floating]:
    """Return the distance of each cell to its nearest site, ``inf`` where there is none."""
    closest: NDArray[np.floating] = np.min(np.asarray(distances), axis=1, initial=np.inf)
    return closest


def coverage(nearest_m: ArrayLike, need: ArrayLike, limit_m: float) -> Coverage:
    """Return the need within a walking distance; the limit itself is within.

    ``share = Σ_i need_i · [d_i ≤ D] / Σ_i need_i``, the objective of the maximal covering location problem
    (R. Church, C. ReVelle, Papers of the Regional Science Association 32, 1974).
    """
    weight = np.asarray(need, dtype=np.float64)
    total = float(weight.sum())
    covered = float(weight[np.asarray(nearest_m, dtype=np.float64) <= limit_m].sum())
    return Coverage(covered / total if total > 0 else np.nan, covered, total)


def coverage_by(
    cells: pd.DataFrame,
    nearest_m: ArrayLike,
    need: ArrayLike,
    limit_m: float,
    level: str,
    *,
    districts: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Return :func:`coverage` for each district of a level.

    Returns
    -------
    DataFrame
        ``key``, ``need``, ``covered``, ``share`` (``NaN`` without need), by key. Cells in no district are
        left out. With ``districts``, all of the level are listed, those without cells too; see
        :func:`planning.need.assign` for when they are needed.
    """
    weight = np.asarray(need, dtype=np.float64)
    within = np.where(np.asarray(nearest_m, dtype=np.float64) <= limit_m, weight, 0.0)
    keys = pd.Index(assign(cells, districts, level).to_numpy(), name="key")
    table = pd.DataFrame({"need": weight, "covered": within}).groupby(keys).sum()
    if districts is not None:
        listed = districts.loc[districts["level"] == level, "key"].sort_values()
        table = table.reindex(pd.Index(listed, name="key"), fill_value=0.0)
    table["share"] = (table["covered"] / table["need"]).where(table["need"] > 0)
    return table.reset_index()


def worst_district(by_district: pd.DataFrame) -> str | None:
    """Return the key of the district with the lowest share covered, ``None`` if none has need.

    Of equal shares, the one with more need left uncovered is worse.
    """
    table = by_district.dropna(subset="share").assign(left=lambda t: t["need"] - t["covered"])
    if table.empty:
        return None
    ordered = table.sort_values(["share", "left", "key"], ascending=[True, False, True])
    return str(ordered["key"].iloc[0])


def walk_minutes(
    nearest_m: ArrayLike, need: ArrayLike, metres_per_minute: float, cap: float | None = None
) -> WalkMinutes:
    """Return mean and 90th percentile of the walking time to the nearest site, weighted by need.

    Parameters
    ----------
    nearest_m
        ``(n_cells,)`` metres, ``inf`` where no site is reached.
    need
        ``(n_cells,)`` weights.
    metres_per_minute
        Walking speed.
    cap
        Minutes that stand for every longer walk and for no walk at all, so that all need counts in the
        figures; without it the need that reaches no site is left out of them. ``unreached`` says how much.
    """
    minutes = np.asarray(nearest_m, dtype=np.float64) / metres_per_minute
    weight = np.asarray(need, dtype=np.float64)
    reached = np.isfinite(minutes)
    unreached = float(weight[~reached].sum())
    if cap is None:
        minutes, weight = minutes[reached], weight[reached]
    else:
        minutes = np.minimum(minutes, cap)
    total = float(weight.sum())
    mean = float(minutes @ weight) / total if total > 0 else np.nan
    return WalkMinutes(mean, weighted_quantile(minutes, weight, 0.9), unreached)


def e2sfca(
    distances: ArrayLike,
    need: ArrayLike,
    supply: ArrayLike,
    zones: tuple[tuple[float, float], ...] = ZONES_M,
) -> NDArray[np.float64]:
    """Return the supply within reach of each cell, shared with everyone else in reach of it (E2SFCA).

    With weight ``W(d)`` of the zone that distance ``d`` falls in, 0 beyond the last::

        R_j = supply_j / Σ_i need_i · W(d_ij)        A_i = Σ_j R_j · W(d_ij)

    What is handed out is what is offered: ``Σ_i need_i · A_i`` is the supply of all sites that need reaches.

    Parameters
    ----------
    distances
        ``(n_cells, n_sites)`` metres.
    need
        ``(n_cells,)`` persons-equivalents.
    supply
        ``(n_sites,)``, for example consultation hours a week.
    zones
        Upper distance (inclusive) and weight, nearest first. Default: 10, 20 and 30 minutes at 4.5 km/h with
        the weights 1, 0.68 and 0.22.

    Returns
    -------
    ndarray
        ``(n_cells,)`` supply per person-equivalent; 0 where no site is in reach.

    References
    ----------
    W. Luo, Y. Qi, An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial
    accessibility to primary care physicians, Health & Place 15 (2009) 1100-1107.
    """
    limits, weights = zip(*zones, strict=True)
    zone = np.searchsorted(limits, np.asarray(distances, dtype=np.float64), side="left")
    decay = np.append(np.asarray(weights, dtype=np.float64), 0.0)[zone]
    demand = np.asarray(need, dtype=np.float64) @ decay
    offered = np.asarray(supply, dtype=np.float64)
    ratio = np.divide(offered, demand, out=np.zeros_like(demand), where=demand > 0)
    return np.asarray(decay @ ratio, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Distances:
    """Walking distances of a study area, in metres and float32, ``inf`` beyond their limit; read-only.

    They depend on the places of sites and candidates alone: not on weights, speed or minutes.

    Parameters
    ----------
    limit_m
        Limit of ``candidates``; the longest reach that can be asked for.
    candidate_ids, site_ids
        Candidates (all of the area's, in its order) and open sites (:func:`open_sites`), column by column.
    candidates
        ``(n_cells, n_candidates)``.
    sites
        ``(n_cells, n_open_sites)`` within 30 km.
    candidate_sites
        ``(n_open_sites, n_candidates)`` within 30 km.
    candidate_stops, candidate_places
        ``(n_stops, n_candidates)`` and ``(n_places, n_candidates)`` within 500 m.
    snapped_cells, snapped_candidates, snapped_sites, snapped_stops, snapped_places
        Where the points are on the network; ``beyond_cap`` of each tells which are too far from any path.
    """

    limit_m: float
    candidate_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    candidates: NDArray[np.float32]
    sites: NDArray[np.float32]
    candidate_sites: NDArray[np.float32]
    candidate_stops: NDArray[np.float32]
    candidate_places: NDArray[np.float32]
    snapped_cells: Snapped
    snapped_candidates: Snapped
    snapped_sites: Snapped
    snapped_stops: Snapped
    snapped_places: Snapped


def measure(
    area: StudyArea,
    *,
    limit_m: float = REACH_LIMIT_M,
    network: Network | None = None,
    progress: Progress | None = None,
) -> Distances:
    """Measure all walking distances that scoring needs.

    Parameters
    ----------
    area
        Every candidate is measured, closed ones too; of the sites, those of :func:`open_sites`.
    limit_m
        Limit from candidates to cells; the default is 30 minutes at the fastest walking speed, 7 km/h.
    network
        The area's network, if it is at hand.
    progress
        Called with the number of candidates done and their total.
    """
    network = build_network(area.nodes, area.edges) if network is None else network
    nobody = snap(network, np.empty((0, 2)))
    cells = snap(network, area.cells[["x", "y"]])
    stops, places = _snap_points(network, area.stops), _snap_points(network, area.places)
    start = Distances(
        limit_m=limit_m,
        candidate_ids=(),
        site_ids=(),
        candidates=_blank(len(cells)),
        sites=_blank(len(cells)),
        candidate_sites=_blank(0),
        candidate_stops=_blank(len(stops)),
        candidate_places=_blank(len(places)),
        snapped_cells=cells,
        snapped_candidates=nobody,
        snapped_sites=nobody,
        snapped_stops=stops,
        snapped_places=places,
    )
    return extend(start, area, network=network, progress=progress)


def extend(
    distances: Distances, area: StudyArea, *, network: Network | None = None, progress: Progress | None = None
) -> Distances:
    """Bring distances up to date after sites or candidates were added, moved, closed or removed.

    Only what is new or moved is searched for; the rest is copied. Cells, network, stops and places must be
    those the distances were measured with.

    Parameters
    ----------
    distances
        As measured before the change.
    area
        The area after the change.
    network, progress
        As for :func:`measure`.
    """
    network = build_network(area.nodes, area.edges) if network is None else network
    open_now = open_sites(area.sites)
    site_ids, candidate_ids = tuple(open_now["site_id"]), tuple(area.candidates["candidate_id"])
    sites = snap(network, open_now[["x", "y"]])
    rooms = snap(network, area.candidates[["x", "y"]])
    old_site = _unchanged(distances.site_ids, distances.snapped_sites, site_ids, sites)
    old_room = _unchanged(distances.candidate_ids, distances.snapped_candidates, candidate_ids, rooms)
    new_sites, new_rooms = sites.take(old_site < 0), rooms.take(old_room < 0)

    cells, stops, places = distances.snapped_cells, distances.snapped_stops, distances.snapped_places
    limit_m = max(distances.limit_m, NEARBY_LIMIT_M)
    near = walking_distances(network, new_rooms, join(cells, stops, places), limit_m, progress=progress)
    to_cells, to_stops, to_places = np.split(near, [len(cells), len(cells) + len(stops)])
    far = walking_distances(network, new_sites, join(cells, rooms), SITE_LIMIT_M)
    to_sites = np.empty((len(sites), len(rooms)), dtype=np.float32)
    to_sites[old_site < 0] = far[len(cells) :].T
    kept = np.flatnonzero(old_site >= 0)
    to_sites[kept] = _merge(
        distances.candidate_sites[old_site[kept]], old_room, _between(network, sites.take(kept), new_rooms)
    )
    return replace(
        distances,
        candidate_ids=candidate_ids,
        site_ids=site_ids,
        candidates=_merge(distances.candidates, old_room, _within(to_cells, distances.limit_m)),
        sites=_merge(distances.sites, old_site, far[: len(cells)]),
        candidate_sites=_frozen(to_sites),
        candidate_stops=_merge(distances.candidate_stops, old_room, _within(to_stops, NEARBY_LIMIT_M)),
        candidate_places=_merge(distances.candidate_places, old_room, _within(to_places, NEARBY_LIMIT_M)),
        snapped_candidates=rooms,
        snapped_sites=sites,
    )


def _snap_points(network: Network, points: gpd.GeoDataFrame) -> Snapped:
    geometry = points.geometry.array
    return snap(network, np.column_stack([shapely.get_x(geometry), shapely.get_y(geometry)]))


def _blank(rows: int) -> NDArray[np.float32]:
    return np.empty((rows, 0), dtype=np.float32)


def _frozen(values: NDArray[np.float32]) -> NDArray[np.float32]:
    values.flags.writeable = False
    return values


def _within(metres: NDArray[np.float32], limit_m: float) -> NDArray[np.float32]:
    return np.where(metres <= limit_m, metres, np.float32(np.inf))


def _unchanged(
    old_ids: tuple[str, ...], old: Snapped, new_ids: tuple[str, ...], new: Snapped
) -> NDArray[np.intp]:
    """Return where each new point stood before, -1 for one that is new or moved."""
    place = {identifier: row for row, identifier in enumerate(old_ids)}
    found = np.array([place.get(identifier, -1) for identifier in new_ids], dtype=np.intp)
    known = np.flatnonzero(found >= 0)
    before, now = old.take(found[known]), new.take(known)
    same = (before.edge == now.edge) & (before.along_m == now.along_m) & (before.offset_m == now.offset_m)
    found[known[~same]] = -1
    return found


def _merge(
    old: NDArray[np.float32], old_column: NDArray[np.intp], fresh: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Put columns together: the old ones where ``old_column`` names one, the fresh ones in turn elsewhere."""
    merged = np.empty((len(old), len(old_column)), dtype=np.float32, order="F")
    merged[:, old_column >= 0] = old[:, old_column[old_column >= 0]]
    merged[:, old_column < 0] = fresh
    return _frozen(merged)


def _between(network: Network, sites: Snapped, rooms: Snapped) -> NDArray[np.float32]:
    """Return distances ``(n_sites, n_rooms)``, searched from whichever are fewer."""
    if len(sites) < len(rooms):
        return walking_distances(network, sites, rooms, SITE_LIMIT_M).T
    return walking_distances(network, rooms, sites, SITE_LIMIT_M)
