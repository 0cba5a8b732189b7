"""Time limits, stopping and progress: the best found with its bound, and nothing claimed without proof."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planning.siting import OPTIMAL_GAP, max_coverage, p_center, p_median, set_cover
from planning.siting.rules import between, spacing
from planning.siting.solution import Progress, Watch, relative_gap

MODELS = ["median", "coverage", "center", "cover", "capacitated median", "capacitated coverage"]
GREATEST = {"coverage", "capacitated coverage"}


def town(n, seed=7):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1000, (n, 2))
    metres = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    return metres, rng.integers(1, 50, n).astype(float)


def ask(model, metres, weight, p, rules=(), **more):
    radius = 180.0
    if model == "median":
        return p_median(metres, weight, p, rules=rules, **more)
    if model == "coverage":
        return max_coverage(metres, weight, p, radius, rules=rules, **more)
    if model == "center":
        return p_center(metres, p, rules=rules, **more)
    if model == "cover":
        return set_cover(metres, radius, rules=rules, **more)
    capacity = 1.2 * float(weight.sum()) / p
    if model == "capacitated median":
        return p_median(metres, weight, p, rules=rules, capacity=capacity, **more)
    return max_coverage(metres, weight, p, radius, rules=rules, capacity=capacity, **more)


@pytest.fixture(scope="module")
def small():
    metres, weight = town(30)
    rules = [spacing("spacing", metres, 150.0), between("borough_min", range(5), 30, lower=1)]
    return metres, weight, 6, rules


@pytest.fixture(scope="module")
def optima(small):
    found = {model: ask(model, *small) for model in MODELS}
    assert all(solution.status == "optimal" for solution in found.values())
    return {model: solution.objective for model, solution in found.items()}


def check(model, solution, optimum):
    sign = -1.0 if model in GREATEST else 1.0
    assert solution.status in {"optimal", "feasible", "unknown"}
    assert sign * solution.bound <= sign * optimum * (1 + sign * 1e-9)
    if solution.status == "unknown":
        assert math.isnan(solution.objective)
        assert solution.sites == ()
        assert math.isinf(solution.gap)
        return
    assert sign * solution.objective >= sign * solution.bound
    assert solution.gap == relative_gap(solution.objective, solution.bound)
    assert (solution.status == "optimal") == (solution.gap <= OPTIMAL_GAP)
    if solution.status == "optimal":
        assert solution.objective == pytest.approx(optimum, rel=OPTIMAL_GAP)


@pytest.mark.parametrize("model", MODELS)
def test_no_time_at_all(model, small, optima):
    solution = ask(model, *small, time_limit=0)
    assert solution.status != "optimal"
    check(model, solution, optima[model])


@pytest.mark.parametrize("model", ["median", "coverage"])
def test_no_time_at_all_without_rules_still_finds_a_choice(model, small):
    metres, weight, p, _ = small
    solution = ask(model, metres, weight, p, time_limit=0)
    assert solution.status == "feasible"
    assert len(solution.sites) == p


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 13, 21, 34, 100])
def test_stopped_after_some_turns(model, turns, small, optima):
    asked = []
    solution = ask(model, *small, stop=lambda: asked.append(1) or len(asked) > turns)
    check(model, solution, optima[model])
    if turns == 0:
        assert solution.status != "optimal"


@pytest.mark.parametrize("model", MODELS)
def test_once_stopped_nobody_is_asked_again(model, small):
    answers = []
    ask(model, *small, stop=lambda: answers.append(len(answers) >= 3) or answers[-1])
    assert answers.count(True) <= 1


@pytest.mark.parametrize("model", MODELS)
def test_a_stop_that_never_comes_changes_nothing(model, small, optima):
    solution = ask(model, *small, stop=lambda: False, time_limit=1e6)
    assert solution.status == "optimal"
    assert solution.objective == optima[model]


@pytest.mark.parametrize("model", MODELS)
def test_an_infinite_limit_is_none(model, small, optima):
    assert ask(model, *small, time_limit=math.inf).objective == optima[model]


@pytest.mark.parametrize("model", MODELS)
def test_progress_goes_one_way(model, small, optima):
    told = []
    solution = ask(model, *small, progress=told.append)
    assert all(isinstance(step, Progress) for step in told)
    sign = -1.0 if model in GREATEST else 1.0
    bounds = [sign * step.bound for step in told]
    found = [sign * step.objective for step in told if not math.isnan(step.objective)]
    assert bounds == sorted(bounds)
    assert found == sorted(found, reverse=True)
    slack = 1e-9 * abs(optima[model])
    assert all(bound <= sign * solution.objective + slack for bound in bounds)
    assert all(value >= sign * solution.objective - slack for value in found)


@pytest.mark.parametrize("model", ["median", "coverage", "center"])
def test_progress_is_told(model, small):
    told = []
    ask(model, *small, progress=told.append)
    assert told


@pytest.mark.parametrize("model", ["median", "coverage", "center"])
def test_a_hard_problem_ends_with_a_bound(model):
    metres, weight = town(400)
    rules = [spacing("spacing", metres, 120.0)]
    solution = ask(model, metres, weight, 8, rules, time_limit=0.4)
    sign = -1.0 if model in GREATEST else 1.0
    if solution.status == "unknown":
        return
    assert solution.status in {"optimal", "feasible"}
    assert len(solution.sites) == 8
    assert sign * solution.bound <= sign * solution.objective
    near = metres[np.ix_(solution.sites, solution.sites)] + 1e9 * np.eye(8)
    assert near.min() >= 120.0


def test_the_explanation_of_rules_survives_running_out_of_time():
    metres, weight = town(10)
    rules = [between("must", [0], 10, lower=1), between("borough_max", [0], 10, upper=0)]
    for limit in (0, 1e-6):
        solution = p_median(metres, weight, 2, rules=rules, time_limit=limit)
        assert solution.status in {"infeasible", "unknown"}
        assert "siting_cannot_serve" not in [fault.code for fault in solution.problems]


def test_gap():
    assert relative_gap(100.0, 99.0) == 0.01
    assert relative_gap(-100.0, -101.0) == 0.01
    assert relative_gap(0.0, 0.0) == 0.0
    assert relative_gap(1.0, -math.inf) == math.inf
    assert relative_gap(math.nan, 3.0) == math.inf
    assert relative_gap(0.0, -1e-9) == 1.0


def test_a_watch():
    calm = Watch()
    assert not calm.over()
    assert calm.left() == math.inf
    assert calm.seconds() >= 0
    done = Watch(0.0)
    assert done.over()
    assert done.left() == 0.0
    wish = [False]
    watch = Watch(None, lambda: wish[0])
    assert not watch.over()
    wish[0] = True
    assert watch.over()
    wish[0] = False
    assert watch.over()
