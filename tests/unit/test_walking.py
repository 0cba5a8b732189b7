"""Snapping, distances and isochrones on streets small enough to reckon by hand; bridges in Dortmund."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point

from planning.walking import Snapped, build_network, isochrone, join, reached_lines, snap, walking_distances


def network(xy, edges):
    """Build a network of straight edges ``(u, v)`` or ``(u, v, length_m)`` or ``(u, v, length_m, line)``."""
    full = [(*edge, None, None)[:4] for edge in edges]
    lines = [line or LineString([xy[u], xy[v]]) for u, v, _, line in full]
    lengths = [
        line.length if metres is None else metres for (_, _, metres, _), line in zip(full, lines, strict=True)
    ]
    table = pd.DataFrame({"u": [e[0] for e in full], "v": [e[1] for e in full], "length_m": lengths})
    nodes = pd.DataFrame(xy, columns=["x", "y"], dtype="float64")
    return build_network(nodes, gpd.GeoDataFrame(table, geometry=lines, crs="EPSG:25832"))


def metres(net, origins, targets, limit_m=np.inf, cap_m=500.0):
    return walking_distances(net, snap(net, origins, cap_m), snap(net, targets, cap_m), limit_m)


@pytest.fixture
def street():
    """One kilometre from west to east."""
    return network([(0, 0), (1000, 0)], [(0, 1)])


@pytest.fixture
def square():
    """Four corners, 100 m a side."""
    return network([(0, 0), (100, 0), (100, 100), (0, 100)], [(0, 1), (1, 2), (2, 3), (3, 0)])


def test_snaps_to_the_edge_not_to_a_node(street):
    placed = snap(street, [(500, 30)])
    assert placed.edge.tolist() == [0]
    assert placed.along_m.tolist() == [500.0]
    assert placed.offset_m.tolist() == [30.0]
    assert not placed.beyond_cap.any()


def test_place_along_an_edge_scales_to_its_length():
    net = network([(0, 0), (100, 0)], [(0, 1, 150.0)])
    assert snap(net, [(40, 0)]).along_m[0] == pytest.approx(60.0)
    assert metres(net, [(0, 0)], [(40, 0)])[0, 0] == pytest.approx(60.0)


def test_beyond_the_cap_is_reported_and_unreachable(street):
    placed = snap(street, [(10, 500), (10, 500.5), (np.nan, 0)], cap_m=500.0)
    assert placed.beyond_cap.tolist() == [False, True, True]
    assert placed.offset_m[1] == pytest.approx(500.5)
    out = walking_distances(street, placed, placed, np.inf)
    assert np.isfinite(out[0, 0])
    assert np.isinf(out[1:]).all()
    assert np.isinf(out[:, 1:]).all()


def test_both_offsets_count(square):
    assert metres(square, [(50, -20)], [(110, 50)])[0, 0] == pytest.approx(20 + 50 + 50 + 10)


def test_along_a_common_edge_the_way_is_direct(street):
    assert metres(street, [(300, 5)], [(700, -7)])[0, 0] == pytest.approx(400 + 5 + 7)


def test_around_is_taken_where_it_is_shorter_than_along_a_common_edge():
    detour = LineString([(0, 0), (0, 400), (100, 400), (100, 0)])
    net = network([(0, 0), (100, 0)], [(0, 1, None, detour), (0, 1)])
    assert metres(net, [(0, 50)], [(100, 50)])[0, 0] == pytest.approx(50 + 100 + 50)
    assert metres(net, [(0, 350)], [(100, 350)])[0, 0] == pytest.approx(50 + 100 + 50)


def test_of_parallel_edges_the_shorter_carries_and_both_can_be_entered():
    bow = LineString([(0, 0), (50, 80), (100, 0)])
    net = network([(0, 0), (100, 0), (200, 0)], [(0, 1, None, bow), (0, 1), (1, 2)])
    assert metres(net, [(0, 0)], [(200, 0)])[0, 0] == pytest.approx(200)
    assert metres(net, [(50, 80)], [(200, 0)])[0, 0] == pytest.approx(bow.length / 2 + 100)


def test_a_loop_is_left_by_its_shorter_side():
    loop = LineString([(100, 0), (200, 0), (200, 100), (100, 100), (100, 0)])
    net = network([(0, 0), (100, 0)], [(0, 1), (1, 1, None, loop)])
    assert metres(net, [(150, 0)], [(0, 0)])[0, 0] == pytest.approx(50 + 100)
    assert metres(net, [(100, 60)], [(0, 0)])[0, 0] == pytest.approx(60 + 100)
    assert metres(net, [(150, 0)], [(100, 60)])[0, 0] == pytest.approx(50 + 60)


def test_the_limit_is_within_and_beyond_it_is_infinite(street):
    out = metres(street, [(0, 0)], [(400, 0), (401, 0)], limit_m=400.0)
    assert out[:, 0].tolist() == [400.0, np.inf]


def test_the_limit_holds_for_the_offset_of_the_target(street):
    assert np.isinf(metres(street, [(0, 0)], [(390, 11)], limit_m=400.0)[0, 0])
    assert np.isinf(metres(street, [(380, 0)], [(390, 395)], limit_m=400.0)[0, 0])


def test_what_is_not_connected_is_unreachable():
    net = network([(0, 0), (100, 0), (0, 50), (100, 50)], [(0, 1), (2, 3)])
    assert np.isinf(metres(net, [(50, 0)], [(50, 50)])[0, 0])


def test_points_on_nodes_have_no_way_to_go(square):
    corners = [(0, 0), (100, 0), (100, 100), (0, 100)]
    ring = np.array([[0, 1, 2, 1], [1, 0, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]]) * 100.0
    np.testing.assert_allclose(metres(square, corners, corners), ring)


def test_a_crossing_without_a_node_is_no_junction():
    xy = [(-100, 0), (100, 0), (0, -100), (0, 100)]
    bridge = network(xy, [(0, 1), (2, 3)])
    assert np.isinf(metres(bridge, [(-50, 0)], [(0, 50)])[0, 0])
    junction = network([*xy, (0, 0)], [(0, 4), (4, 1), (2, 4), (4, 3)])
    assert metres(junction, [(-50, 0)], [(0, 50)])[0, 0] == pytest.approx(100)


def test_a_bridge_is_reached_by_its_ramp_only():
    xy = [(-100, 0), (100, 0), (0, -100), (0, 100)]
    net = network(xy, [(0, 1), (2, 3), (1, 3, 400.0, LineString([(100, 0), (300, 300), (0, 100)]))])
    assert metres(net, [(-50, 0)], [(0, -50)])[0, 0] == pytest.approx(150 + 400 + 150)


def test_the_order_of_many_origins_is_kept_and_progress_ends_at_their_number(street):
    rng = np.random.default_rng(7)
    x = rng.permutation(np.linspace(0, 1000, 41))
    origins, targets = [(value, 0) for value in x], [(0, 0), (1000, 0)]
    seen = []
    out = walking_distances(
        street,
        snap(street, origins),
        snap(street, targets),
        np.inf,
        progress=lambda done, total: seen.append((done, total)),
    )
    np.testing.assert_allclose(out, [x, 1000 - x], atol=1e-3)
    assert out.dtype == np.float32
    assert seen[-1] == (41, 41)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


@pytest.mark.parametrize(("origins", "targets"), [(0, 3), (3, 0), (0, 0)])
def test_no_points_give_an_empty_table(street, origins, targets):
    out = metres(street, np.zeros((origins, 2)), np.zeros((targets, 2)))
    assert out.shape == (targets, origins)


def test_join_and_take_keep_the_order(street):
    both = join(snap(street, [(100, 0)]), snap(street, [(200, 0), (300, 900)]))
    assert both.along_m.tolist() == [100.0, 200.0, 300.0]
    assert both.take([2, 0]).beyond_cap.tolist() == [True, False]
    assert len(both) == 3


def test_a_line_without_extent_is_entered_at_its_first_node():
    point = LineString([(0, 0), (0, 0)])
    net = network([(0, 0), (0, 0), (500, 0)], [(0, 1, 0.01, point), (1, 2)])
    placed = Snapped(np.array([0], np.int32), np.zeros(1), np.zeros(1), np.zeros(1, bool))
    assert snap(net, [(0, 0)]).along_m[0] == 0.0
    assert walking_distances(net, placed, snap(net, [(500, 0)]), np.inf)[0, 0] == pytest.approx(500.01)


def test_isochrone_cuts_edges_where_the_limit_falls(street):
    pieces = reached_lines(street, snap(street, [(500, 20)]), 120.0)
    reached = shapely.union_all(pieces)
    assert reached.length == pytest.approx(200.0)
    assert reached.bounds == pytest.approx((400.0, 0.0, 600.0, 0.0))


def test_isochrone_cuts_in_walked_metres_not_in_drawn_ones():
    net = network([(0, 0), (100, 0), (200, 0)], [(0, 1), (1, 2, 200.0)])
    reached = shapely.union_all(reached_lines(net, snap(net, [(0, 0)]), 150.0))
    assert reached.bounds == pytest.approx((0.0, 0.0, 125.0, 0.0))


def test_isochrone_takes_an_edge_from_both_ends(square):
    reached = shapely.union_all(reached_lines(square, snap(square, [(0, 0)]), 150.0))
    assert reached.length == pytest.approx(300.0)
    assert not reached.covers(Point(80, 100))
    whole = shapely.union_all(reached_lines(square, snap(square, [(0, 0)]), 200.0))
    assert whole.length == pytest.approx(400.0)


def test_isochrone_is_no_hull(square):
    area = isochrone(square, snap(square, [(0, 0)]), 300.0, buffer_m=10.0)
    assert len(area.interiors) == 1
    assert not area.contains(Point(50, 50))
    rounded = np.pi * 10.0**2
    assert area.area == pytest.approx(4 * 100 * 20 - 4 * 10**2 + rounded, rel=0.01)


def test_isochrone_does_not_leave_a_bridge():
    net = network([(-500, 0), (500, 0), (0, -500), (0, 500)], [(0, 1), (2, 3)])
    area = isochrone(net, snap(net, [(100, 0)]), 300.0)
    assert area.covers(Point(-190, 0))
    assert not area.covers(Point(0, 60))


@pytest.mark.parametrize(
    ("place", "limit_m"), [((500, 600), 2000.0), ((500, 50), 49.0), ((np.nan, 0), 100.0)]
)
def test_isochrone_is_empty_where_nothing_is_reached(street, place, limit_m):
    area = isochrone(street, snap(street, [place]), limit_m)
    assert area.is_empty
    assert area.geom_type == "MultiPolygon"


def test_bridges_over_motorways_in_dortmund_have_no_node_there(dortmund):
    roads = dortmund.basemap
    motorways = roads[(roads["layer"] == "roads") & (roads["class"] == "motorway")].geometry.union_all()
    bridges = dortmund.edges[dortmund.edges["bridge"]]
    crossing = bridges[bridges.crosses(motorways)]
    assert len(crossing) >= 50
    ends = shapely.points(dortmund.nodes[["x", "y"]].to_numpy()[crossing[["u", "v"]].to_numpy()])
    spots = shapely.intersection(crossing.geometry.to_numpy(), motorways)
    to_node = shapely.distance(spots[:, None], ends).min(axis=1)
    assert (to_node > 0.5).all()
    # The base map simplifies motorways by some metres, so a few crossings are drawn near the end of a bridge.
    assert (to_node > 5.0).mean() > 0.95


def test_crossing_levels_in_dortmund_are_walked_to_by_a_junction(dortmund):
    net = build_network(dortmund.nodes, dortmund.edges)
    bridges = np.flatnonzero(dortmund.edges["bridge"].to_numpy())
    which, below = net.tree.query(net.lines[bridges], predicate="crosses")
    above = bridges[which]
    apart = ~((net.u[above] == net.u[below]) | (net.v[above] == net.v[below]))
    apart &= ~((net.u[above] == net.v[below]) | (net.v[above] == net.u[below]))
    above, below = above[apart][::4], below[apart][::4]
    spots = shapely.point_on_surface(shapely.intersection(net.lines[above], net.lines[below]))
    up, down = _on_edges(net, above, spots), _on_edges(net, below, spots)
    ways = np.diag(walking_distances(net, up, down, 3000.0))
    to_end = np.minimum(up.along_m, net.length_m[above] - up.along_m)
    assert len(ways) >= 50
    assert np.isfinite(ways).mean() > 0.9
    assert (ways > to_end - 1e-3).all()
    assert (ways > 1.0).all()


def _on_edges(net, edges, points):
    share = shapely.line_locate_point(net.lines[edges], points, normalized=True)
    nowhere = np.zeros(len(edges))
    return Snapped(edges.astype(np.int32), share * net.length_m[edges], nowhere, nowhere.astype(bool))
