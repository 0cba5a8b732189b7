"""Walking distances along the street graph: snapping, bounded shortest paths and isochrones.

Streets are an undirected graph of junctions and edges. Two edges meet only where they share a node, so a
bridge and what passes under it stay apart. A point enters the network at the nearest place of the nearest
*edge*, and the straight way there counts. Known limit: points have no level, so a point on a bridge, or above
a tunnel, enters at whichever edge is nearer in plan.

All lengths are metres in the plane of a projected coordinate system.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.ops import substring

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array

    Progress = Callable[[int, int], object]

SNAP_CAP_M = 500.0
_CHUNK = 16
_STRIP_M = 300.0


@dataclass(frozen=True, eq=False)
class Network:
    """The walking graph, ready for snapping and shortest paths.

    Parameters
    ----------
    matrix
        Symmetric ``(n_nodes, n_nodes)`` matrix of the shortest edge between two nodes, in metres. Its node
        numbers are the network's own.
    u, v
        Ends of each edge, in the numbers of ``matrix``; edges keep the order of the table they come from.
    length_m
        Length of each edge: the truth, where a line has been simplified.
    lines
        Line of each edge, from ``u`` to ``v``.
    tree
        Spatial index over ``lines``.
    """

    matrix: csr_array
    u: NDArray[np.int32]
    v: NDArray[np.int32]
    length_m: NDArray[np.float64]
    lines: NDArray[np.object_]
    tree: shapely.STRtree

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return int(self.matrix.shape[0])


@dataclass(frozen=True, eq=False)
class Snapped:
    """Points placed on the network.

    Parameters
    ----------
    edge
        Row of the nearest edge, -1 for a point without coordinates.
    along_m
        Where on that edge, in metres from its ``u`` end, scaled to the length of the edge.
    offset_m
        Straight way from the point to the edge.
    beyond_cap
        True where that way is longer than allowed: the point is unreachable.
    """

    edge: NDArray[np.int32]
    along_m: NDArray[np.float64]
    offset_m: NDArray[np.float64]
    beyond_cap: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, rows: ArrayLike) -> Snapped:
        """Return some of the points, by position or mask."""
        picked = np.asarray(rows)
        return Snapped(
            self.edge[picked], self.along_m[picked], self.offset_m[picked], self.beyond_cap[picked]
        )


def join(*parts: Snapped) -> Snapped:
    """Put several sets of snapped points one after the other."""
    return Snapped(
        np.concatenate([part.edge for part in parts]),
        np.concatenate([part.along_m for part in parts]),
        np.concatenate([part.offset_m for part in parts]),
        np.concatenate([part.beyond_cap for part in parts]),
    )


def build_network(nodes: pd.DataFrame, edges: gpd.GeoDataFrame) -> Network:
    """Build the walking graph of a study area.

    Parameters
    ----------
    nodes
        Columns ``x``, ``y``; the row's position is the node's number.
    edges
        Columns ``u``, ``v`` (node numbers), ``length_m`` > 0 and a LineString from ``u`` to ``v``. Parallel
        edges and loops are kept for snapping; of parallel edges the shortest carries the paths.
    """
    x, y = nodes["x"].to_numpy(np.float64), nodes["y"].to_numpy(np.float64)
    # Numbered in strips, nodes near in space are near in memory: the search is a tenth to a third faster.
    order = np.lexsort((y, x // _STRIP_M))
    number = np.empty(len(nodes), dtype=np.int32)
    number[order] = np.arange(len(nodes), dtype=np.int32)
    u, v = number[edges["u"].to_numpy()], number[edges["v"].to_numpy()]
    length_m = edges["length_m"].to_numpy(np.float64)
    lines = np.asarray(edges.geometry.array, dtype=object)
    return Network(_matrix(len(nodes), u, v, length_m), u, v, length_m, lines, shapely.STRtree(lines))


def _matrix(n: int, u: NDArray[np.int32], v: NDArray[np.int32], length_m: NDArray[np.float64]) -> csr_array:
    low, high = np.minimum(u, v), np.maximum(u, v)
    order = np.lexsort((length_m, high, low))
    order = order[low[order] != high[order]]
    low, high = low[order], high[order]
    shortest = np.ones(len(order), dtype=bool)
    shortest[1:] = (np.diff(low) != 0) | (np.diff(high) != 0)
    low, high, metres = low[shortest], high[shortest], length_m[order][shortest]
    both = (np.concatenate([low, high]), np.concatenate([high, low]))
    from scipy.sparse import csr_array  # slow to load; the first map can be drawn without it

    matrix = csr_array((np.tile(metres, 2), both), shape=(n, n))
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return matrix


def snap(network: Network, xy: ArrayLike, cap_m: float = SNAP_CAP_M) -> Snapped:
    """Place points on the nearest edge of the network.

    Parameters
    ----------
    xy
        Coordinates ``(n, 2)`` in metres; a point with NaN is unreachable.
    cap_m
        Longest straight way to an edge; a point farther off is marked ``beyond_cap`` and reaches nothing.
    """
    place = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    edge = np.full(len(place), -1, dtype=np.int32)
    along_m = np.full(len(place), np.nan)
    offset_m = np.full(len(place), np.inf)
    known = np.flatnonzero(np.isfinite(place).all(axis=1))
    if known.size and len(network.lines):
        points = shapely.points(place[known])
        (found, nearest), offset = network.tree.query_nearest(points, all_matches=False, return_distance=True)
        share = shapely.line_locate_point(network.lines[nearest], points[found], normalized=True)
        edge[known[found]] = nearest
        # A line whose ends were rounded onto each other has no length, and so no share of it.
        along_m[known[found]] = np.nan_to_num(share) * network.length_m[nearest]
        offset_m[known[found]] = offset
    return Snapped(edge, along_m, offset_m, ~(offset_m <= cap_m))


def walking_distances(
    network: Network, origins: Snapped, targets: Snapped, limit_m: float, *, progress: Progress | None = None
) -> NDArray[np.float32]:
    """Return the shortest walking distance from every origin to every target within a limit.

    For an origin *p* on edge *(a, b)* and a target *q* on edge *(c, d)*, with offsets *o*, ways *w* along
    their edges and network distances *D*::

        d(p, q) = o(p) + o(q) + min over i in {a, b}, j in {c, d} of  w(p, i) + D(i, j) + w(j, q)

    and on a common edge ``o(p) + o(q) + |w(p, a) - w(q, a)|`` if that is shorter. Each origin becomes a node
    of its own with one-way arcs to both ends of its edge; one bounded search from there (E. W. Dijkstra, A
    note on two problems in connexion with graphs, Numerische Mathematik 1, 1959) serves all targets.

    Parameters
    ----------
    origins, targets
        Points on ``network``; those beyond the cap have no distance.
    limit_m
        Longest distance of interest, both offsets included.
    progress
        Called with the number of origins done and their total.

    Returns
    -------
    ndarray
        ``(n_targets, n_origins)`` metres, ``inf`` beyond the limit or unreachable; contiguous by column.
    """
    from scipy.sparse.csgraph import dijkstra

    by_origin = np.full((len(origins), len(targets)), np.inf, dtype=np.float32)
    start = np.flatnonzero(~origins.beyond_cap)
    start = start[np.argsort(network.u[origins.edge[start]], kind="stable")]
    end = np.flatnonzero(~targets.beyond_cap)
    near, far = origins.take(start), targets.take(end)
    graph = _with_origins(network, near)
    end_u, end_v = network.u[far.edge], network.v[far.edge]
    from_u, from_v = far.offset_m + far.along_m, far.offset_m + network.length_m[far.edge] - far.along_m
    for first in range(0, len(start) if end.size else 0, _CHUNK):
        rows = start[first : first + _CHUNK]
        sources = network.n_nodes + first + np.arange(len(rows))
        to_node = dijkstra(graph, directed=True, indices=sources, limit=limit_m)
        metres = np.minimum(to_node.take(end_u, axis=1) + from_u, to_node.take(end_v, axis=1) + from_v)
        metres[metres > limit_m] = np.inf
        by_origin[np.ix_(rows, end)] = metres
        if progress is not None:
            progress(min(first + _CHUNK, len(start)), len(start))
    one, other, metres = _direct(near, far)
    within = metres <= limit_m
    pairs = (start[one[within]], end[other[within]])
    by_origin[pairs] = np.minimum(by_origin[pairs], metres[within].astype(np.float32))
    return by_origin.T


def _with_origins(network: Network, origins: Snapped) -> csr_array:
    """Add a node for each origin, with arcs out of it to both ends of its edge; nothing leads into it."""
    from scipy.sparse import csr_array

    n, k = network.n_nodes, len(origins)
    u, v = network.u[origins.edge], network.v[origins.edge]
    to_u = origins.offset_m + origins.along_m
    to_v = origins.offset_m + network.length_m[origins.edge] - origins.along_m
    matrix = network.matrix
    data = np.concatenate([matrix.data, np.column_stack([to_u, to_v]).ravel()])
    indices = np.concatenate([matrix.indices, np.column_stack([u, v]).ravel()])
    indptr = np.concatenate([matrix.indptr, matrix.indptr[-1] + 2 * np.arange(1, k + 1, dtype=np.int32)])
    return csr_array((data, indices.astype(np.int32), indptr.astype(np.int32)), shape=(n + k, n + k))


def _direct(
    origins: Snapped, targets: Snapped
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return all pairs (origin, target) on a common edge, with the distance straight along it."""
    by_edge = np.argsort(targets.edge, kind="stable")
    first = np.searchsorted(targets.edge, origins.edge, side="left", sorter=by_edge)
    count = np.searchsorted(targets.edge, origins.edge, side="right", sorter=by_edge) - first
    one = np.repeat(np.arange(len(origins)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    other = by_edge[np.repeat(first, count) + step]
    along = np.abs(origins.along_m[one] - targets.along_m[other])
    return one, other, origins.offset_m[one] + along + targets.offset_m[other]


def isochrone(network: Network, origin: Snapped, limit_m: float, buffer_m: float = 40.0) -> Any:
    """Return the area within walking reach of one point: the reached parts of edges, buffered and united.

    Edges reached in part are cut where the limit falls; there is no hull, so places without a path stay out.
    Round corners have four segments a quarter, which at 40 m stays within 0.8 m of the circle.

    Parameters
    ----------
    origin
        One point on ``network``.
    limit_m
        Walking distance, the way from the point to its edge included.
    buffer_m
        Width to either side of the reached streets.

    Returns
    -------
    shapely.Polygon or shapely.MultiPolygon
        Empty where the point is beyond the cap or the limit ends before the edge.
    """
    pieces = reached_lines(network, origin, limit_m)
    if not pieces.size:
        return shapely.MultiPolygon()
    return shapely.union_all(shapely.buffer(pieces, buffer_m, quad_segs=4))


def reached_lines(network: Network, origin: Snapped, limit_m: float) -> NDArray[np.object_]:
    """Return the parts of edges within walking reach of one point, cut where the limit falls."""
    whole, cuts = _reached(network, origin, limit_m)
    parts = [substring(network.lines[edge], low, high, normalized=True) for edge, low, high in cuts]
    return np.concatenate([network.lines[whole], np.array(parts, dtype=object)])


def _reached(
    network: Network, origin: Snapped, limit_m: float
) -> tuple[NDArray[np.bool_], list[tuple[int, float, float]]]:
    """Return which edges are reached whole; of those in part, (edge, from, to) in shares of its length."""
    if origin.beyond_cap[0] or origin.offset_m[0] > limit_m:
        return np.zeros(len(network.lines), dtype=bool), []
    from scipy.sparse.csgraph import dijkstra

    to_node = dijkstra(_with_origins(network, origin), directed=True, indices=network.n_nodes, limit=limit_m)
    from_u = np.clip(limit_m - to_node[network.u], 0.0, network.length_m) / network.length_m
    from_v = np.clip(limit_m - to_node[network.v], 0.0, network.length_m) / network.length_m
    whole = from_u + from_v >= 1.0
    home = int(origin.edge[0])
    rest = (limit_m - origin.offset_m[0]) / network.length_m[home]
    middle = origin.along_m[0] / network.length_m[home]
    cuts = [(home, max(middle - rest, 0.0), min(middle + rest, 1.0))]
    cuts += [(int(edge), 0.0, from_u[edge]) for edge in np.flatnonzero(~whole & (from_u > 0.0))]
    cuts += [(int(edge), 1.0 - from_v[edge], 1.0) for edge in np.flatnonzero(~whole & (from_v > 0.0))]
    return whole, cuts
