from __future__ import annotations

import math

import numpy as np

from planning.scoring.measures import (
    distinct_within,
    nearest_metres,
    need_per_site,
    newly_within,
    within,
)

METRES = np.array([[100.0, 900.0], [500.0, math.inf], [501.0, 0.0]], dtype=np.float32)
NEED = np.array([1.0, 10.0, 100.0])


def test_within_sums_what_is_reached_and_the_limit_is_reached():
    assert within(METRES, 500.0, NEED).tolist() == [11.0, 100.0]


def test_within_takes_several_weights_at_once():
    both = within(METRES, 500.0, np.column_stack([NEED, 2 * NEED]))
    assert both.tolist() == [[11.0, 22.0], [100.0, 200.0]]


def test_infinite_distance_is_never_within_even_of_an_infinite_need_free_cell():
    assert within(np.array([[math.inf]]), 1e9, np.array([5.0])).tolist() == [0.0]


def test_newly_within_leaves_out_what_an_open_site_reaches():
    nearest = np.array([400.0, 500.5, math.inf])
    assert newly_within(METRES, nearest, 500.0, NEED).tolist() == [10.0, 100.0]


def test_a_cell_exactly_at_the_limit_of_a_site_is_not_gained():
    assert newly_within(METRES, np.full(3, 500.0), 500.0, NEED).tolist() == [0.0, 0.0]


def test_a_line_at_two_stops_counts_once_and_an_empty_stop_not_at_all():
    stops = np.array([[0.0, 300.0], [200.0, 301.0], [10.0, 10.0]])
    assert distinct_within(stops, 300.0, [("U41", "420"), ("U41", "NE1"), ()]).tolist() == [3, 2]


def test_excluded_pairs_do_not_count():
    places = np.array([[0.0, 50.0], [50.0, 0.0]])
    assert distinct_within(places, 400.0, [("a",), ("b",)], np.eye(2, dtype=bool)).tolist() == [1, 1]


def test_nothing_around():
    assert distinct_within(np.empty((0, 2)), 300.0, []).tolist() == [0, 0]
    assert nearest_metres(np.empty((0, 2))).tolist() == [math.inf, math.inf]


def test_nearest_site():
    assert nearest_metres(np.array([[math.inf, 700.0], [math.inf, 200.0]])).tolist() == [math.inf, 200.0]


def test_a_district_without_sites_has_a_finite_burden():
    assert need_per_site(np.array([100.0, 90.0]), np.array([0, 2])).tolist() == [100.0, 30.0]
