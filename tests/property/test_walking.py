"""What holds for walking on any streets: symmetry, triangles, limits, numbering, nested isochrones."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from planning.walking import _reached, build_network, isochrone, reached_lines, snap, walking_distances

SIDE = 1000
CAP_M = 400.0
coordinate = st.integers(0, SIDE)
place = st.tuples(coordinate, coordinate)
few_places = st.lists(place, min_size=3, max_size=6)


@st.composite
def streets(draw):
    """Draw nodes and edges: some cross without a junction, some are parallel, some parts are cut off."""
    xy = draw(st.lists(place, min_size=2, max_size=10, unique=True))
    node = st.integers(0, len(xy) - 1)
    ends = st.tuples(node, node).filter(lambda pair: pair[0] != pair[1])
    pairs = draw(st.lists(ends, min_size=1, max_size=18))
    factors = draw(st.lists(st.sampled_from([1.0, 1.01, 1.5]), min_size=len(pairs), max_size=len(pairs)))
    lines = [LineString([xy[u], xy[v]]) for u, v in pairs]
    table = pd.DataFrame(pairs, columns=["u", "v"])
    table["length_m"] = [line.length * factor for line, factor in zip(lines, factors, strict=True)]
    nodes = pd.DataFrame(xy, columns=["x", "y"], dtype="float64")
    return nodes, gpd.GeoDataFrame(table, geometry=lines, crs="EPSG:25832")


@given(streets(), few_places)
def test_the_way_back_is_as_long(town, points):
    net = build_network(*town)
    placed = snap(net, points, CAP_M)
    out = walking_distances(net, placed, placed, np.inf)
    np.testing.assert_allclose(out, out.T, rtol=1e-6, atol=1e-3)


@given(streets(), few_places)
def test_a_way_is_no_longer_than_by_a_third_point(town, points):
    net = build_network(*town)
    placed = snap(net, points, CAP_M)
    out = walking_distances(net, placed, placed, np.inf).astype(float)
    by_way_of = out[:, :, None] + out[None, :, :]
    assert (out[:, None, :] <= by_way_of + 1e-2).all()


@given(streets(), few_places)
def test_no_way_is_shorter_than_the_straight_line(town, points):
    net = build_network(*town)
    placed = snap(net, points, CAP_M)
    out = walking_distances(net, placed, placed, np.inf)
    xy = np.array(points, dtype=float)
    straight = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    apart = ~np.eye(len(points), dtype=bool)
    assert (out + 1e-2 >= straight)[apart].all()


@given(streets(), few_places, st.floats(0, 3 * SIDE))
def test_a_limit_only_leaves_out_what_is_farther(town, points, limit_m):
    net = build_network(*town)
    placed = snap(net, points, CAP_M)
    free = walking_distances(net, placed, placed, np.inf)
    bounded = walking_distances(net, placed, placed, limit_m)
    clear = np.abs(free.astype(float) - limit_m) > 1e-2
    expected = np.where(free <= limit_m, free, np.inf)
    np.testing.assert_allclose(bounded[clear], expected[clear], rtol=1e-6)


@given(streets(), few_places, st.randoms(use_true_random=False))
def test_numbers_and_order_of_streets_do_not_matter(town, points, random):
    nodes, edges = town
    order = random.sample(range(len(nodes)), len(nodes))
    number = np.argsort(order)
    turned = edges.assign(u=number[edges["v"]], v=number[edges["u"]]).set_geometry(
        shapely.reverse(edges.geometry)
    )
    shuffled = turned.iloc[random.sample(range(len(edges)), len(edges))].reset_index(drop=True)
    nets = build_network(nodes, edges), build_network(nodes.iloc[order].reset_index(drop=True), shuffled)
    placed = [snap(net, points, CAP_M) for net in nets]
    np.testing.assert_array_equal(placed[0].beyond_cap, placed[1].beyond_cap)
    # A point as near to one street as to another may enter either; the ways are compared for all others.
    gaps = np.sort(
        shapely.distance(shapely.points(np.array(points, float))[:, None], nets[0].lines[None, :]), axis=1
    )
    clear = np.ones(len(points), bool) if gaps.shape[1] == 1 else gaps[:, 1] - gaps[:, 0] > 1e-6
    one, other = (
        walking_distances(net, p.take(clear), p.take(clear), np.inf)
        for net, p in zip(nets, placed, strict=True)
    )
    np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-3)


@settings(max_examples=60)
@given(streets(), place, st.floats(1, 2 * SIDE), st.floats(1, SIDE))
def test_a_longer_walk_reaches_all_that_a_shorter_one_does(town, point, short_m, more_m):
    net = build_network(*town)
    origin = snap(net, [point], CAP_M)
    parts = [shapely.union_all(reached_lines(net, origin, m)) for m in (short_m, short_m + more_m)]
    assert shapely.difference(parts[0], shapely.buffer(parts[1], 1e-6)).length < 1e-6
    inner, outer = (isochrone(net, origin, m) for m in (short_m, short_m + more_m))
    assert outer.is_valid
    assert shapely.difference(inner, shapely.buffer(outer, 0.8)).area < 1e-6


@given(streets(), place, st.lists(place, min_size=1, max_size=8), st.floats(1, 2 * SIDE))
def test_reached_is_exactly_what_lies_within_the_limit(town, point, places, limit_m):
    net = build_network(*town)
    origin, anywhere = snap(net, [point], CAP_M), snap(net, places, np.inf)
    on_street = replace(anywhere, offset_m=np.zeros(len(places)))
    metres = walking_distances(net, origin, on_street, np.inf)[:, 0].astype(float)
    whole, cuts = _reached(net, origin, limit_m)
    for edge, along, way in zip(on_street.edge, on_street.along_m, metres, strict=True):
        share = along / net.length_m[edge]
        part = any(cut == edge and low <= share <= high for cut, low, high in cuts)
        if abs(way - limit_m) > 1e-2:
            assert (whole[edge] or part) == (way < limit_m)
