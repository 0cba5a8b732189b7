"""Walking distances in Dortmund against networkx, with snapping done over by brute force."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely

from planning.walking import build_network, snap, walking_distances

LIMIT_M = 4500.0
CENTRES, ORIGINS, TARGETS = 3, 12, 40


def _entry(lines, boxes, lengths, xy):
    """Return edge, way to its first node and offset for the nearest of all edges within 600 m."""
    x, y = xy
    close = (
        (boxes[:, 0] < x + 600) & (boxes[:, 2] > x - 600) & (boxes[:, 1] < y + 600) & (boxes[:, 3] > y - 600)
    )
    candidates = np.flatnonzero(close)
    point = shapely.Point(xy)
    away = shapely.distance(lines[candidates], point)
    edge = int(candidates[np.argmin(away)])
    along = lines[edge].project(point) / lines[edge].length * lengths[edge]
    return edge, along, away.min()


def _add_points(graph, edges, lengths, entries):
    """Add points as nodes of their own, cutting the edge that each one enters."""
    on_edge = {}
    for name, (edge, along, offset) in entries.items():
        on_edge.setdefault(edge, []).append((along, ("entry", name)))
        graph.add_edge(name, ("entry", name), weight=offset)
    for edge, spots in on_edge.items():
        u, v = (int(end) for end in edges[["u", "v"]].to_numpy()[edge])
        chain = [(0.0, u), *sorted(spots), (lengths[edge], v)]
        for (start, one), (end, other) in pairwise(chain):
            weight = min(end - start, graph.get_edge_data(one, other, {"weight": np.inf})["weight"])
            graph.add_edge(one, other, weight=weight)


@pytest.fixture(scope="module")
def graph(dortmund):
    graph = nx.Graph()
    edges = dortmund.edges
    for u, v, metres in zip(
        edges["u"].tolist(), edges["v"].tolist(), edges["length_m"].tolist(), strict=True
    ):
        if not graph.has_edge(u, v) or graph[u][v]["weight"] > metres:
            graph.add_edge(u, v, weight=metres)
    return graph


def test_agrees_within_a_metre_on_random_pairs(dortmund, graph):
    rng = np.random.default_rng(20261122)
    edges = dortmund.edges
    lines, lengths = edges.geometry.to_numpy(), edges["length_m"].to_numpy()
    cells, rooms = dortmund.cells[["x", "y"]].to_numpy(), dortmund.candidates[["x", "y"]].to_numpy()
    groups = []
    for centre in cells[rng.choice(len(cells), CENTRES, replace=False)]:
        # With a little noise, points stand anywhere, not only where cells have their centres.
        from_rooms = rooms[np.argsort(np.hypot(*(rooms - centre).T))[:ORIGINS]]
        near = rng.choice(np.flatnonzero(np.hypot(*(cells - centre).T) < 2000.0), TARGETS, replace=False)
        places = np.vstack([from_rooms, cells[near]])
        groups.append(places + rng.uniform(-40, 40, places.shape))
    boxes = shapely.bounds(lines)
    entries = {
        (group, row): _entry(lines, boxes, lengths, xy)
        for group, places in enumerate(groups)
        for row, xy in enumerate(places)
    }
    _add_points(graph, edges, lengths, entries)
    net = build_network(dortmund.nodes, edges)
    compared = 0
    for group, places in enumerate(groups):
        placed = snap(net, places)
        first, rest = placed.take(range(ORIGINS)), placed.take(range(ORIGINS, len(places)))
        ours = walking_distances(net, first, rest, LIMIT_M).astype(float)
        theirs = np.full_like(ours, np.inf)
        for column in range(ORIGINS):
            found = nx.single_source_dijkstra_path_length(graph, (group, column), cutoff=LIMIT_M)
            theirs[:, column] = [found.get((group, row), np.inf) for row in range(ORIGINS, len(places))]
        both = np.isfinite(ours) & np.isfinite(theirs)
        assert np.abs(ours[both] - theirs[both]).max() < 1.0
        only_one = np.isfinite(ours) ^ np.isfinite(theirs)
        assert (np.minimum(ours, theirs)[only_one] > LIMIT_M - 1.0).all()
        compared += int(both.sum())
    assert compared >= 1000
