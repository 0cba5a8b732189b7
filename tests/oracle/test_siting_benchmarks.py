"""Public instances with known optima: every value equal to the published one, and proven."""

from __future__ import annotations

import os

import numpy as np
import pytest

from planning.siting import OPTIMAL_GAP, max_coverage, p_center, p_median, set_cover
from tests.fixtures import instances

pytestmark = pytest.mark.skipif(not instances.available(), reason=instances.MISSING)

REACH = 1e-9
SLOW = {8, 10}
ALL = os.environ.get("PLANNING_ALL_INSTANCES") == "1"


def proven(solution):
    return (
        solution.status == "optimal" and solution.gap <= OPTIMAL_GAP and solution.bound == solution.objective
    )


@pytest.mark.parametrize("number", range(1, 31))
def test_p_median_of_the_or_library(number):
    cost, p = instances.pmed(number)
    solution = p_median(cost, np.ones(len(cost)), p)
    assert solution.objective == instances.pmed_optima()[number][0]
    assert proven(solution)
    assert len(solution.sites) == p
    assert cost[:, list(solution.sites)].min(axis=1).sum() == solution.objective


@pytest.mark.parametrize("number", range(1, 31))
def test_p_center_of_the_or_library(number):
    cost, p = instances.pmed(number)
    solution = p_center(cost, p)
    assert solution.objective == instances.pmed_optima()[number][1]
    assert proven(solution)
    assert len(solution.sites) == p
    assert cost[:, list(solution.sites)].min(axis=1).max() == solution.objective


@pytest.mark.parametrize("model", ["p-median", "p-center", "LSCP", "MCLP"])
def test_swain(model):
    cost, demand = instances.swain()
    rows = [row for row in instances.swain_optima() if row["model"] == model]
    assert rows
    for row in rows:
        p, radius = int(row["p"] or 0), float(row["radius"] or 0) + REACH
        expected = float(row["objective"])
        if model == "p-median":
            solution = p_median(cost, demand, p)
        elif model == "p-center":
            solution = p_center(cost, p)
        elif model == "LSCP":
            solution = set_cover(cost, radius)
        else:
            solution = max_coverage(cost, demand, p, radius)
        assert proven(solution), row
        assert solution.objective == pytest.approx(expected, abs=1e-4 if "p-" in model else 0), row


@pytest.fixture(scope="module")
def san_francisco():
    return instances.san_francisco()


def test_san_francisco_needs_eight_stores_within_five_kilometres(san_francisco):
    solution = set_cover(san_francisco[0], 5000.0)
    assert proven(solution)
    assert solution.objective == 8


def test_san_francisco_four_stores_cover_most(san_francisco):
    solution = max_coverage(*san_francisco, 4, 5000.0)
    assert proven(solution)
    assert solution.objective == 875_247


def test_san_francisco_four_stores_with_the_least_way(san_francisco):
    solution = p_median(*san_francisco, 4)
    assert proven(solution)
    assert solution.objective == pytest.approx(2_848_268_129.7145, abs=1e-3)


def test_san_francisco_four_stores_with_the_shortest_longest_way(san_francisco):
    solution = p_center(san_francisco[0], 4)
    assert proven(solution)
    assert solution.objective == pytest.approx(7403.0638, abs=1e-4)


@pytest.mark.parametrize("number", range(1, 11))
def test_capacitated_p_median(number):
    if number in SLOW and not ALL:
        pytest.skip("slow; set PLANNING_ALL_INSTANCES=1 to run it")
    instance = instances.pmedcap(number)
    solution = p_median(
        instance.cost,
        np.ones(len(instance.demand)),
        instance.p,
        capacity=instance.capacity,
        demand=instance.demand,
    )
    assert solution.objective == instance.best_known
    assert proven(solution)
    assert len(solution.sites) == instance.p
    loads = np.bincount(solution.assignment, weights=instance.demand)
    assert loads.max() <= instance.capacity
    assert set(solution.assignment.tolist()) <= set(solution.sites)
    assert instance.cost[np.arange(len(instance.cost)), solution.assignment].sum() == solution.objective
