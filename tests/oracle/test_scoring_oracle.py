"""Scores against figures computed elsewhere and against plain loops in exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from planning.area.criteria import criteria
from planning.model import Criterion
from planning.scoring import score
from planning.scoring.measures import distinct_within, newly_within, within


def test_simple_additive_weighting_as_in_the_tests_of_jmcdm():
    """Example 1 of "SAW" in the tests of jbytecode/JMcDM (Julia); the third column is a cost, ``min / x``."""
    linear = ((0.0, 0.0), (1.0, 100.0))
    columns = [Criterion(name, "", "share_of_max", linear, 50.0, 0.25) for name in ("c1", "c2", "c3", "c4")]
    raw = pd.DataFrame(
        {"c1": [25.0, 21, 19, 22], "c2": [65.0, 78, 53, 25], "c3": [7.0, 6, 5, 2], "c4": [20.0, 24, 33, 31]},
        index=["a1", "a2", "a3", "a4"],
    )
    raw["c3"] = 1.0 / raw["c3"]
    scores = score(raw, columns)
    np.testing.assert_allclose(scores.total / 100.0, [0.681277, 0.725151, 0.709871, 0.784976], atol=1e-6)
    assert scores.rank.to_list() == [4, 2, 3, 1]


def _exact_value(criterion, raw, column):
    if math.isnan(raw):
        return Fraction(criterion.missing_value)
    points = [(Fraction(x), Fraction(y)) for x, y in criterion.points]
    if math.isinf(raw):
        return points[-1][1]
    x = Fraction(raw)
    if criterion.scale == "share_of_max":
        top = max((Fraction(other) for other in column if math.isfinite(other)), default=Fraction(0))
        x = x / top if top > 0 else Fraction(0)
    if x <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if x <= right:
            return low + (x - left) * (high - low) / (right - left)
    return points[-1][1]


@pytest.mark.parametrize("seed", range(5))
def test_weighted_sum_in_exact_fractions(seed):
    rng = np.random.default_rng(seed)
    catalogue = criteria()
    scale = [4000, 2000, 9, 4000, 12, 110, 1, 1, 9000]
    matrix = np.round(rng.random((30, 9)) * scale, 2)
    matrix[rng.random(matrix.shape) < 0.15] = np.nan
    matrix[rng.random(matrix.shape) < 0.05] = np.inf
    names = [f"k{row:02}" for row in range(30)]
    weights = {
        criterion.id: float(weight) for criterion, weight in zip(catalogue, rng.random(9), strict=True)
    }
    scores = score(pd.DataFrame(matrix, index=names, columns=list(weights)), catalogue, weights)

    whole = sum(Fraction(weight) for weight in weights.values())
    exact = {}
    for name, row in zip(names, matrix, strict=True):
        exact[name] = Fraction(0)
        for number, criterion in enumerate(catalogue):
            part = _exact_value(criterion, float(row[number]), [float(raw) for raw in matrix[:, number]])
            exact[name] += part * Fraction(weights[criterion.id]) / whole
    for name in names:
        assert float(exact[name]) == pytest.approx(scores.total[name], abs=1e-9)
    by_hand = sorted(names, key=lambda name: (-exact[name], name))
    assert list(scores.rank.sort_values().index) == by_hand


@pytest.mark.parametrize("seed", range(5))
def test_measures_by_plain_loops(seed):
    rng = np.random.default_rng(seed)
    metres = (rng.random((40, 6)) * 3000).astype(np.float32)
    metres[rng.random(metres.shape) < 0.2] = np.inf
    nearest = rng.random(40) * 3000
    need = np.where(rng.random(40) < 0.2, 0.0, rng.random(40) * 50)
    lines = [[f"L{line}" for line in rng.integers(0, 8, rng.integers(0, 4))] for _ in range(40)]
    excluded = rng.random(metres.shape) < 0.1
    for candidate in range(6):
        gained = total = 0.0
        found = set()
        for target in range(40):
            if metres[target, candidate] <= 1125.0:
                total += need[target]
                gained += need[target] if nearest[target] > 1125.0 else 0.0
                found |= set() if excluded[target, candidate] else set(lines[target])
        assert newly_within(metres, nearest, 1125.0, need)[candidate] == pytest.approx(gained)
        assert within(metres, 1125.0, need)[candidate] == pytest.approx(total)
        assert distinct_within(metres, 1125.0, lines, excluded)[candidate] == len(found)
