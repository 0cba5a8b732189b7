from __future__ import annotations

import math

import numpy as np
import pytest

from planning.model import Criterion
from planning.scoring.values import shares_of_max, value


def criterion(points, scale="raw", missing=50.0):
    return Criterion("c", "u", scale, points, missing, 1.0)


LINES = criterion(((0.0, 0.0), (2.0, 40.0), (5.0, 75.0), (10.0, 100.0)))


@pytest.mark.parametrize(
    ("raw", "expected"), [(0, 0), (1, 20), (2, 40), (3.5, 57.5), (5, 75), (8, 90), (10, 100)]
)
def test_value_runs_straight_between_corners(raw, expected):
    assert value(LINES, [raw])[0] == pytest.approx(expected, abs=1e-12)


def test_value_is_clamped_outside_the_corners():
    assert value(LINES, [-5.0, 11.0, 1e300]).tolist() == [0.0, 100.0, 100.0]


def test_out_of_reach_takes_the_last_corner_and_unknown_the_stand_in():
    farther_is_worse = criterion(((0.0, 100.0), (3000.0, 0.0)), missing=30.0)
    assert value(farther_is_worse, [math.inf, -math.inf, math.nan]).tolist() == [0.0, 100.0, 30.0]


def test_share_of_max_measures_against_the_largest_finite_value():
    relative = criterion(((0.0, 0.0), (1.0, 100.0)), "share_of_max", missing=10.0)
    assert value(relative, [50.0, 200.0, math.inf, math.nan]).tolist() == [25.0, 100.0, 100.0, 10.0]


@pytest.mark.parametrize("raw", [[0.0, 0.0], [-3.0, 0.0], [-3.0, -1.0]])
def test_share_of_max_is_zero_where_nothing_is_positive(raw):
    assert shares_of_max(raw).tolist() == [0.0, 0.0]


def test_share_of_max_keeps_unknown_and_infinite_apart():
    shares = shares_of_max([math.nan, math.inf, 0.0])
    assert np.isnan(shares[0])
    assert shares[1:].tolist() == [math.inf, 0.0]


def test_no_candidates_no_values():
    assert value(criterion(((0.0, 0.0), (1.0, 100.0)), "share_of_max"), []).size == 0
