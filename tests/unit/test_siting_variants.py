"""Alternatives, order of opening, hindsight and front for an area, and when they are stopped."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from planning.access import coverage_by, measure, nearest
from planning.model import PLAN_OBJECTIVES, Constraints, PlanSettings, Scenario
from planning.siting import make_plan, prepare
from planning.siting.alternatives import find_alternatives
from planning.siting.front import pareto_front
from planning.siting.order import exact_order, hindsight, prefix_regret
from planning.siting.plan import figure, opening_order

SCENARIO = Scenario()


@pytest.fixture(scope="module")
def distances(tiny_area):
    return measure(tiny_area)


@pytest.fixture(scope="module")
def city(dortmund):
    """Return task and best columns of the bundled city, six rooms."""
    task = prepare(dortmund, SCENARIO, PlanSettings(count=6), measure(dortmund))
    return task, task.columns(make_plan(task, SCENARIO).candidate_ids)


def task_and_columns(area, distances, objective, count=2, **constraints):
    settings = PlanSettings(objective, count, Constraints(**constraints))
    task = prepare(area, SCENARIO, settings, distances)
    return task, task.columns(make_plan(task, SCENARIO).candidate_ids)


@pytest.mark.parametrize("objective", ["coverage", "walking"])
def test_a_small_town_has_six_plans_of_two_rooms(tiny_area, distances, objective):
    task, columns = task_and_columns(tiny_area, distances, objective)
    found = find_alternatives(task, columns, k=10, within=1.0, n_different=3)
    assert found.total == len(found.best) == 6
    assert len({plan.candidate_ids for plan in found.best}) == 6
    assert all(plan.proven for plan in found.best)
    assert found.frequency == dict.fromkeys(["k1", "k2", "k3", "k4"], 3)
    losses = [plan.loss for plan in found.best]
    assert losses == sorted(losses)
    assert losses[0] == 0.0
    assert found.best[0].differs == 0
    assert found.different[0].differs == 2
    assert found.different[0].proven


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
def test_rules_hold_for_alternatives(tiny_area, distances, objective):
    task, columns = task_and_columns(tiny_area, distances, objective, 3, either_or=(("k1", "k2"),))
    if not columns:
        pytest.skip("covering everybody takes both rooms")
    found = find_alternatives(task, columns, k=10, within=1.0)
    for plan in (*found.best, *found.different):
        assert not {"k1", "k2"} <= set(plan.candidate_ids)


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
def test_a_plan_of_no_rooms_has_no_alternatives(tiny_area, distances, objective):
    task, _ = task_and_columns(tiny_area, distances, objective, 0)
    if objective == "cover-all":
        return
    found = find_alternatives(task, [])
    assert found.total == 1
    assert found.best[0].candidate_ids == ()
    assert found.different == ()
    assert found.frequency == {}


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
def test_all_rooms_leave_no_alternative(tiny_area, distances, objective):
    task, columns = task_and_columns(tiny_area, distances, objective, 4)
    found = find_alternatives(task, columns, k=3)
    if objective != "cover-all":
        assert found.total == 1
    assert set(found.best[0].candidate_ids) == {task.ids[column] for column in columns}


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
def test_stopped_alternatives_hold_the_best_plan_and_claim_no_more(tiny_area, distances, objective):
    task, columns = task_and_columns(tiny_area, distances, objective)
    for more in ({"stop": lambda: True}, {"time_limit": 0.0}):
        found = find_alternatives(task, columns, **more)
        assert columns == task.columns(found.best[0].candidate_ids)
        assert not any(plan.proven for plan in (*found.best[1:], *found.different))


def test_progress_of_alternatives(tiny_area, distances):
    told = []
    task, columns = task_and_columns(tiny_area, distances, "coverage")
    find_alternatives(task, columns, k=4, n_different=1, within=1.0, progress=lambda *step: told.append(step))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {5}


def test_near_best_plans_of_the_city(city):
    task, columns = city
    found = find_alternatives(task, columns, k=5, n_different=2)
    covered = [plan.objective for plan in found.best]
    assert found.total == 5
    assert covered == sorted(covered, reverse=True)
    assert all(plan.proven for plan in found.best)
    assert len({plan.candidate_ids for plan in found.best}) == 5
    assert found.frequency == Counter(name for plan in found.best for name in plan.candidate_ids)
    for plan in (*found.best, *found.different):
        walk = task.metres[:, [*task.fixed, *task.columns(plan.candidate_ids)]].min(axis=1)
        assert plan.objective == pytest.approx(task.need[walk <= task.reach_m].sum())
    assert all(plan.loss <= 0.01 + 1e-9 for plan in found.different)


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
@pytest.mark.parametrize("per_step", [1, 2, 3, 9])
def test_a_sequence_of_opening(tiny_area, distances, objective, per_step):
    task, columns = task_and_columns(tiny_area, distances, objective, 4)
    order = exact_order(task, columns, per_step)
    rooms = [name for step in order.steps for name in step.candidate_ids]
    assert sorted(rooms) == sorted(task.ids[column] for column in columns)
    assert order.proven
    figures = [step.figure for step in order.steps]
    assert figures == sorted(figures, reverse=True)
    everything = task.metres[:, [*task.fixed, *columns]].min(axis=1).astype(float)
    assert figures[-1] == pytest.approx(figure(task, everything))


def test_no_rooms_open_in_no_steps(tiny_area, distances):
    task, _ = task_and_columns(tiny_area, distances, "coverage", 0)
    order = exact_order(task, [], 2)
    assert (order.steps, order.proven) == ((), True)
    assert prefix_regret(task, []).empty
    assert prefix_regret(task, []).columns.tolist() == ["size", "figure", "best_figure", "regret", "proven"]


def test_a_stopped_sequence_is_the_greedy_one_and_not_proven(city):
    task, columns = city
    order = exact_order(task, columns, 1, stop=lambda: True)
    greedy, _ = opening_order(task, columns)
    assert [name for step in order.steps for name in step.candidate_ids] == [task.ids[c] for c in greedy]
    assert not order.proven


def test_regrets_of_the_city(city):
    task, columns = city
    greedy, _ = opening_order(task, columns)
    told = []
    table = prefix_regret(task, greedy, progress=lambda *step: told.append(step))
    assert table["size"].tolist() == [1, 2, 3, 4, 5, 6]
    assert table["proven"].all()
    assert (table["regret"] >= 0).all()
    assert table["regret"].iloc[-1] == pytest.approx(0.0, abs=1e-6)
    assert table["figure"].is_monotonic_decreasing
    assert table["best_figure"].is_monotonic_decreasing
    assert told == [(size, 6) for size in range(1, 7)]
    assert prefix_regret(task, greedy, stop=lambda: True).empty


def test_starting_anew_is_never_worse(city):
    task, columns = city
    result = hindsight(task, columns)
    assert result.proven
    assert result.figure_anew <= result.figure_plan
    assert result.bound <= result.figure_anew
    assert len(result.ids) == task.n_fixed + len(columns)
    assert set(result.sites_kept) <= set(task.ids[: task.n_fixed])
    stopped = hindsight(task, columns, stop=lambda: True)
    assert not stopped.proven
    assert stopped.bound <= result.figure_anew


def test_the_front_of_the_city(dortmund, city):
    task, columns = city
    boroughs = dortmund.cells["borough"].to_numpy(dtype=object)
    told = []
    front = pareto_front(task, boroughs, points=3, time_limit=3.0, progress=lambda *step: told.append(step))
    assert 1 <= len(front) <= 3
    assert told[-1][1] == 3
    assert all(isinstance(point.proven, bool) for point in front)
    efficiency, equity = [p.efficiency for p in front], [p.equity for p in front]
    assert efficiency == sorted(efficiency, reverse=True)
    assert equity == sorted(equity)
    best = task.metres[:, [*task.fixed, *columns]].min(axis=1) <= task.reach_m
    assert efficiency[0] == pytest.approx(task.need[best].sum() / task.need_total, abs=2e-4)
    need = np.zeros(len(dortmund.cells))
    need[task.cells] = task.need
    for point in front:
        walk = np.full(len(need), np.inf)
        walk[task.cells] = nearest(task.metres[:, [*task.fixed, *task.columns(point.candidate_ids)]])
        table = coverage_by(dortmund.cells, walk, need, task.reach_m, "borough")
        assert point.equity == pytest.approx(table["share"].min())
    assert pareto_front(task, boroughs, points=3, stop=lambda: True) == ()


def test_a_front_of_one_point_or_of_no_boroughs(tiny_area, distances):
    task, _ = task_and_columns(tiny_area, distances, "coverage")
    boroughs = tiny_area.cells["borough"].to_numpy(dtype=object)
    assert len(pareto_front(task, boroughs, points=1)) == 1
    assert len(pareto_front(task, [np.nan] * 9)) == 1
