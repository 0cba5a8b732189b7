"""Siting against spopt with CBC, on random instances small enough for it to finish."""

from __future__ import annotations

import warnings

import numpy as np
import pulp
import pytest

from planning.siting import max_coverage, p_center, p_median, set_cover

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from spopt.locate import LSCP, MCLP, PCenter, PMedian

    CBC = pulp.PULP_CBC_CMD(msg=False)

pytestmark = [
    pytest.mark.skipif(not CBC.available(), reason="CBC is not installed"),
    pytest.mark.filterwarnings("ignore"),
]
SEEDS = range(12)


def _instance(seed):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(15, 40)), int(rng.integers(5, 14))
    there, here = rng.uniform(0, 100, (n, 2)), rng.uniform(0, 100, (m, 2))
    cost = np.hypot(*(there[:, None, :] - here[None, :, :]).transpose(2, 0, 1))
    return cost, rng.integers(1, 50, n).astype(float), int(rng.integers(1, min(m, 6)))


def _theirs(problem):
    solved = problem.solve(CBC, results=False)
    assert solved.problem.status == pulp.LpStatusOptimal
    return solved


@pytest.mark.parametrize("seed", SEEDS)
def test_p_median_agrees(seed):
    cost, weight, p = _instance(seed)
    theirs = _theirs(PMedian.from_cost_matrix(cost, weight, p_facilities=p))
    ours = p_median(cost, weight, p)
    assert ours.status == "optimal"
    assert ours.objective == pytest.approx(pulp.value(theirs.problem.objective), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_p_center_agrees(seed):
    cost, _, p = _instance(seed)
    theirs = _theirs(PCenter.from_cost_matrix(cost, p_facilities=p))
    ours = p_center(cost, p)
    assert ours.status == "optimal"
    assert ours.objective == pytest.approx(pulp.value(theirs.problem.objective), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_max_coverage_agrees(seed):
    cost, weight, p = _instance(seed)
    radius = float(np.quantile(cost, 0.15))
    theirs = _theirs(MCLP.from_cost_matrix(cost, weight, service_radius=radius, p_facilities=p))
    ours = max_coverage(cost, weight, p, radius)
    assert ours.status == "optimal"
    assert ours.objective == pytest.approx(pulp.value(theirs.problem.objective), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_set_cover_agrees(seed):
    cost, _, _ = _instance(seed)
    radius = float(cost.min(axis=1).max()) * 1.2
    theirs = _theirs(LSCP.from_cost_matrix(cost, service_radius=radius))
    ours = set_cover(cost, radius)
    assert ours.status == "optimal"
    assert ours.objective == pytest.approx(pulp.value(theirs.problem.objective), rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_fixed_sites_agree_where_spopt_counts_them(seed):
    cost, weight, p = _instance(seed)
    fixed = [0, 1]
    predefined = np.zeros(cost.shape[1])
    predefined[fixed] = 1
    theirs = _theirs(
        PMedian.from_cost_matrix(
            cost, weight, p_facilities=p + len(fixed), predefined_facilities_arr=predefined
        )
    )
    p = min(p, cost.shape[1] - len(fixed))
    ours = p_median(cost, weight, p, fixed=fixed)
    assert ours.objective == pytest.approx(pulp.value(theirs.problem.objective), rel=1e-6)
