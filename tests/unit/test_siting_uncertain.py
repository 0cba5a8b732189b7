"""Plans under uncertain need: each draw solved to the end, whoever solves it, and stopped at any time."""

from __future__ import annotations

import gc
import sys
import threading
import time
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from planning.access import measure
from planning.model import Constraints, Criterion, PlanSettings, Scenario
from planning.need import cell_need
from planning.scoring import evaluate
from planning.scoring.perturbation import Perturbation, draw, perturbation
from planning.scoring.uncertainty import NeedError, Regions
from planning.siting import make_plan, prepare, repeated
from planning.siting.plan import figure, objective_of, solve_task
from planning.siting.search import Found
from planning.siting.solution import Watch
from planning.siting.task import with_need
from planning.siting.uncertain import _Model, uncertain_plan
from tests.fixtures.siting import Case, Wish, task_of

OBJECTIVES = ["coverage", "walking"]
SPREAD = 0.8


def case_of(seed, objective, *, rules=False, n=14, m=8):
    """Return a small problem; some of its rooms serve the same cells, some cells only candidates reach."""
    rng = np.random.default_rng(seed)
    there, here = rng.uniform(0, 100, (n, 2)), rng.uniform(0, 100, (m, 2))
    cost = np.hypot(*(there[:, None, :] - here[None, :, :]).transpose(2, 0, 1))
    cost = cost.astype(np.float32).astype(np.float64)
    if seed % 2:
        cost[:, m - 2] = cost[:, m - 3]
    if seed % 3 == 0:
        cost[0, 0] = np.inf
    wishes = []
    if rules:
        wishes.append(Wish("between", ((1, 2, 3, 4), 1, 2)))
        apart = np.hypot(*(here[:, None, :] - here[None, :, :]).transpose(2, 0, 1))
        wishes.append(Wish("spacing", (apart, 20.0)))
    weight = rng.gamma(1.0, 10.0, n) + 0.01
    case = Case(cost, weight, 3, 30.0, (0,), (m - 1,) if rules else (), tuple(wishes))
    return case, task_of(case, objective)


def unsure(task, seed=0, spread=SPREAD):
    """Return draws of the need of a task without an area, two errors in regions of two cells each."""
    n = len(task.need)
    rng = np.random.default_rng(seed)
    part = rng.random(n)
    of_cell = np.arange(n) // 2
    regions = Regions(of_cell, np.arange(of_cell[-1] + 1) % 3, ("a", "b", "c"))
    errors = tuple(NeedError(task.need * share, np.full(3, spread / 2), spread) for share in (part, 1 - part))
    rooms = task.ids[task.n_fixed :]
    return Perturbation(
        candidate_ids=rooms,
        criteria=(Criterion("one", "u", "raw", ((0.0, 0.0), (1.0, 100.0)), 50.0, 1.0),),
        shares=np.ones(1),
        concentration=50.0,
        regions=regions,
        errors=errors,
        reached={},
        borough_of=np.zeros(len(rooms), dtype=np.intp),
        tables={"one": rng.uniform(0, 100, (len(rooms), 256)).astype(np.float32)},
        fixed={},
    )


def plan_of(task):
    solution = solve_task(task)
    assert solution.status == "optimal"
    return [task.ids[column] for column in solution.sites]


def truths(task, p, draws, seed=0):
    """Return the task of each draw, made anew."""
    drawn = draw(p, seed, 0)
    for number in range(draws):
        scores = pd.Series(drawn.scores[number].astype(float), index=list(p.candidate_ids))
        yield with_need(task, drawn.need(p, number), scores)


def share_or_walk(task, columns):
    closest = task.metres[:, [*task.fixed, *columns]].min(axis=1).astype(float)
    if task.settings.objective == "walking":
        return float(task.need @ closest / task.need.sum())
    return float(task.need[closest <= task.reach_m].sum() / task.need_total)


def assert_same(one, other):
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    pd.testing.assert_series_equal(one.kept, other.kept, check_exact=True)
    pd.testing.assert_series_equal(one.others, other.others, check_exact=True)
    assert (one.asked, one.seed) == (other.asked, other.seed)


# each draw is solved to the end


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("rules", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_the_best_of_each_draw_is_the_best_of_all_choices(objective, rules, seed):
    case, task = case_of(seed, objective, rules=rules)
    p, plan, draws = unsure(task), plan_of(task), 12
    found = uncertain_plan(task, plan, p, draws=draws, workers=1)
    assert list(found.table.index) == list(range(draws))
    assert found.table["proven"].all()
    own = task.columns(plan)
    for number, truth in enumerate(truths(task, p, draws)):
        every = {tuple(chosen): share_or_walk(truth, chosen) for chosen in case.choices()}
        best = max(every.values()) if objective == "coverage" else min(every.values())
        row = found.table.loc[number]
        assert row["best"] == pytest.approx(best, rel=1e-7)
        assert row["plan"] == pytest.approx(share_or_walk(truth, own), rel=1e-7)
        whole = truth.need.sum() if objective == "walking" else truth.need_total
        assert row["loss"] == pytest.approx(abs(row["plan"] - best) * whole / (best * whole), abs=1e-6)
    sign = 1 if objective == "coverage" else -1
    assert (sign * (found.table["best"] - found.table["plan"]) >= -1e-9).all()
    assert ((found.kept >= 0) & (found.kept <= 1)).all()
    assert list(found.kept.index) == plan
    assert not set(found.others.index) & set(plan)
    assert found.kept.sum() + found.others.sum() == pytest.approx(case.p)
    assert found.others.is_monotonic_decreasing


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", range(6))
def test_rooms_of_one_draw_are_a_best_choice_that_keeps_what_it_can(objective, seed):
    case, task = case_of(seed, objective)
    p, plan = unsure(task), plan_of(task)
    for number in range(4):
        found = uncertain_plan(task, plan, p, draws=1, seed=number, workers=1)
        (truth,) = truths(task, p, 1, number)
        chosen = sorted([*task.columns(found.kept.index[found.kept > 0]), *task.columns(found.others.index)])
        every = {tuple(one): share_or_walk(truth, one) for one in case.choices()}
        best = max(every.values()) if objective == "coverage" else min(every.values())
        assert every[tuple(chosen)] == pytest.approx(best, rel=1e-9)
        own = set(task.columns(plan))
        equal = [set(one) for one, value in every.items() if value == pytest.approx(best, rel=1e-12)]
        swaps = [one for one in equal if len(one - set(chosen)) == 1]
        assert not any(len(one & own) > len(set(chosen) & own) for one in swaps)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", range(3))
def test_an_equally_good_room_does_not_push_one_of_the_plan_out(objective, seed):
    """Each of the four rooms has a twin; whichever of the twins the plan has, it keeps."""
    case, _ = case_of(seed, objective, m=5)
    task = task_of(replace(case, cost=case.cost[:, [0, 1, 2, 3, 4, 1, 2, 3, 4]]), objective)
    best = solve_task(task).objective
    plans = [one for one in combinations(range(1, 9), 3) if objective_of(task, one) == pytest.approx(best)]
    assert len(plans) >= 8
    for columns in plans:
        plan = [task.ids[column] for column in columns]
        found = uncertain_plan(task, plan, unsure(task, spread=0.0), draws=2, workers=1)
        assert found.kept.tolist() == [1.0] * 3
        assert not len(found.others)
        assert found.table["loss"].max() <= 1e-9


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", range(4))
def test_of_twins_the_one_in_the_plan_is_taken_back(monkeypatch, objective, seed):
    case, _ = case_of(seed, objective, m=5)
    task = task_of(replace(case, cost=case.cost[:, [0, 1, 2, 3, 4, 1, 2, 3, 4]]), objective)
    plan = [1, 2, 3]
    problem = _Model(task, plan, None).problem
    need = _Model(task, plan, None).case(task)
    instance = problem.instance(need)
    # the free rooms are numbered from 0; 4 to 7 are the twins of 0 to 3, and 0 to 2 the plan
    assert problem.warm.sites == (0, 1, 2)
    for number in range(6):
        ids = [task.ids[column] for column in plan]
        found = uncertain_plan(task, ids, unsure(task, seed), draws=1, seed=number, workers=1)
        twins = {"k05": "k01", "k06": "k02", "k07": "k03"}
        for name in found.others.index:
            assert found.kept.get(twins.get(name, ""), 1.0) == 1.0
    for twins in ((4, 5, 6), (0, 5, 7), (1, 3, 4)):
        cost = instance.evaluate(twins)
        ended = Found(twins, cost, cost)
        monkeypatch.setattr(repeated, "minimise", lambda *_, ended=ended, **__: ended)
        answer = problem.solve(need, Watch())
        assert not [twin for twin in (4, 5, 6) if twin in answer.sites and twin - 4 not in answer.sites]
        assert answer.cost == pytest.approx(instance.evaluate(answer.sites))
        assert answer.cost <= cost * (1 + 1e-9)


def test_a_plan_that_is_not_the_best_gives_way():
    case, task = case_of(2, "walking")
    best = set(plan_of(task))
    worst = max(case.choices(), key=lambda chosen: share_or_walk(task, chosen))
    plan = [task.ids[column] for column in worst]
    found = uncertain_plan(task, plan, unsure(task, spread=0.0), draws=2, workers=1)
    assert set(found.kept.index[found.kept == 1.0]) | set(found.others.index) == best
    assert (found.table["loss"] > 0).all()
    assert list(found.kept.index) == plan


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("rules", [False, True])
def test_scores_of_a_draw_count_where_they_are_asked_for(objective, rules):
    case, task = case_of(4, objective, rules=rules)
    task = replace(task, settings=replace(task.settings, score_share=0.4))
    p = unsure(task)
    plan = plan_of(with_need(task, task.need, pd.Series(50.0, index=list(p.candidate_ids))))
    found = uncertain_plan(task, plan, p, draws=10, workers=1)
    assert found.table["proven"].all()
    sign = -1 if objective == "coverage" else 1
    losses = []
    for truth in truths(task, p, 10):
        assert truth.site_gain[task.n_fixed :].max() > 0
        best, rooms = min((sign * objective_of(truth, chosen), chosen) for chosen in case.choices())
        own = sign * objective_of(truth, truth.columns(plan))
        bonus = truth.site_gain[list(rooms)].sum() if objective == "walking" else 0.0
        losses.append((own - best) / abs(best + bonus))
    np.testing.assert_allclose(found.table["loss"], losses, rtol=1e-6, atol=1e-9)
    assert max(losses) > 0


@pytest.mark.parametrize("objective", ["worst", "cover-all"])
def test_where_need_does_not_count_there_is_nothing_to_be_unsure_of(objective):
    _, task = case_of(0, objective)
    with pytest.raises(ValueError, match=objective):
        uncertain_plan(task, ["k01", "k02", "k03"], unsure(task), draws=2)


@pytest.mark.parametrize("objective", [*OBJECTIVES, "worst", "cover-all"])
@pytest.mark.parametrize("seed", range(4))
def test_the_objective_of_a_choice_is_what_a_solution_states(objective, seed):
    case, _ = case_of(seed, objective)
    gain = {"extra": {"site_gain": np.arange(8.0)}} if objective in OBJECTIVES else {}
    task = task_of(replace(case, cost=np.where(np.isinf(case.cost), 50.0, case.cost), **gain), objective)
    solution = solve_task(task)
    assert solution.status == "optimal"
    assert objective_of(task, solution.sites) == pytest.approx(solution.objective, rel=1e-9)


# areas


@pytest.fixture(scope="module")
def near(town):
    return measure(town)


def town_task(town, distances, objective, count, share=0.0):
    scenario = Scenario(minutes=8.0)
    evaluation = evaluate(town, scenario, distances)
    p = perturbation(town, scenario, distances, evaluation, certainty="low", year=2060)
    settings = PlanSettings(objective, count, Constraints(), score_share=share)
    task = prepare(town, scenario, settings, distances, scores=evaluation.scores.total)
    return task, list(make_plan(task, scenario).candidate_ids), p


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_another_need_is_as_if_the_task_had_been_prepared_with_it(town, near, objective):
    settings = PlanSettings(objective, 2, score_share=0.3)
    scenario = Scenario(minutes=8.0)
    other = replace(scenario, need_weights={"residents": 0.3, "under10": 2.0})
    scores, others = (evaluate(town, one, near).scores.total for one in (scenario, other))
    task = prepare(town, scenario, settings, near, scores=scores)
    expected = prepare(town, other, settings, near, scores=others)
    found = with_need(task, cell_need(town.cells, other.need_weights), others)
    np.testing.assert_allclose(found.need, expected.need)
    np.testing.assert_allclose(found.site_gain, expected.site_gain)
    assert found.need_total == pytest.approx(expected.need_total)
    assert found.need_out_of_reach == pytest.approx(expected.need_out_of_reach)
    np.testing.assert_array_equal(found.metres, expected.metres)
    kept = with_need(task, cell_need(town.cells, other.need_weights))
    np.testing.assert_array_equal(kept.site_gain, task.site_gain)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_town_planned_for_each_draw_anew(town, near, objective, count, share):
    task, plan, p = town_task(town, near, objective, count, share)
    found = uncertain_plan(task, plan, p, draws=20, seed=4, workers=1)
    for number, truth in enumerate(truths(task, p, 20, 4)):
        cold = solve_task(truth)
        assert cold.status == "optimal"
        row = found.table.loc[number]
        own = objective_of(truth, truth.columns(plan))
        bonus = truth.site_gain[list(cold.sites)].sum() if objective == "walking" else 0.0
        assert row["loss"] == pytest.approx(abs(cold.objective - own) / abs(cold.objective + bonus), abs=1e-7)
        if not share:
            unit = truth.need.sum() if objective == "walking" else truth.need_total
            assert row["best"] == pytest.approx(cold.objective / unit)
    assert found.kept.sum() + found.others.sum() == pytest.approx(count)
    low, middle, high = found.interval("best")
    assert found.table["best"].min() <= low <= middle <= high <= found.table["best"].max()


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_plan_that_needs_no_search_is_planned_for_all_the_same(town, near, objective, workers):
    """All four rooms are chosen, so the first bound proves it."""
    task, plan, p = town_task(town, near, objective, 4)
    found = uncertain_plan(task, plan, p, draws=3, workers=workers)
    assert len(found.table) == 3
    assert found.kept.tolist() == [1.0] * 4
    assert not len(found.others)
    assert found.table["proven"].all()
    np.testing.assert_allclose(found.table["plan"], found.table["best"])


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_everything_covered_already(objective):
    case, _ = case_of(0, objective)
    task = task_of(replace(case, cost=np.where(np.arange(8) == 0, 1.0, case.cost + 2.0)), objective)
    found = uncertain_plan(task, ["k01", "k02", "k03"], unsure(task), draws=3, workers=1)
    assert len(found.table) == 3
    assert found.table["loss"].tolist() == [0.0] * 3
    assert found.kept.tolist() == [1.0] * 3


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_rules_with_a_plan_that_needs_no_search(objective):
    case, _ = case_of(2, objective, rules=True)
    case = replace(case, p=2, cost=case.cost[:, :3], forbidden=(), wishes=(Wish("between", ((1, 2), 1, 2)),))
    task = task_of(case, objective)
    found = uncertain_plan(task, ["k01", "k02"], unsure(task), draws=3, workers=1)
    assert len(found.table) == 3
    assert found.kept.tolist() == [1.0] * 2


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_room_to_choose(town, near, objective):
    task, plan, p = town_task(town, near, objective, 0)
    found = uncertain_plan(task, plan, p, draws=3, workers=1)
    assert len(found.table) == 3
    assert not len(found.kept)
    assert not len(found.others)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_without_errors_every_draw_is_the_plan(objective):
    _, task = case_of(5, objective)
    plan = plan_of(task)
    found = uncertain_plan(task, plan, unsure(task, spread=0.0), draws=5, workers=1)
    assert found.kept.tolist() == [1.0] * 3
    assert found.table["loss"].max() <= 1e-9
    np.testing.assert_allclose(found.table["plan"], found.table["plan"].iloc[0])


def test_the_seed_decides():
    _, task = case_of(5, "coverage")
    plan, p = plan_of(task), unsure(task)
    one, again, other = (uncertain_plan(task, plan, p, draws=6, seed=s, workers=1) for s in (1, 1, 2))
    assert_same(one, again)
    assert not one.table.equals(other.table)
    longer = uncertain_plan(task, plan, p, draws=9, seed=1, workers=1)
    pd.testing.assert_frame_equal(longer.table.iloc[:6], one.table, check_exact=True)


def test_more_draws_than_a_chunk():
    _, task = case_of(5, "coverage")
    plan, p = plan_of(task), unsure(task)
    found = uncertain_plan(task, plan, p, draws=260, workers=1)
    assert list(found.table.index) == list(range(260))
    need = draw(p, 0, 1).need(p, 9)
    truth = with_need(task, need)
    assert found.table.loc[259, "plan"] == pytest.approx(share_or_walk(truth, truth.columns(plan)))


# processes


@pytest.fixture
def processes(monkeypatch):
    """Give the processes that are started."""
    started = []
    popen = repeated.subprocess.Popen

    def start(*args, **kwargs):
        started.append(popen(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(repeated.subprocess, "Popen", start)
    return started


def none_left(processes):
    return all(process.poll() is not None for process in processes)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("rules", [False, True])
def test_the_number_of_workers_changes_nothing(processes, objective, rules):
    _, task = case_of(3, objective, rules=rules, n=40, m=14)
    task = replace(task, settings=replace(task.settings, score_share=0.2 if rules else 0.0))
    plan, p = plan_of(task), unsure(task)
    found = [uncertain_plan(task, plan, p, draws=9, seed=2, workers=workers) for workers in (1, 2, 3)]
    for other in found[1:]:
        assert_same(found[0], other)
    assert found[0].table["proven"].all()
    assert len(processes) == 5
    assert none_left(processes)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_processes_do_the_work(monkeypatch, objective):
    _, task = case_of(3, objective, rules=True)
    plan, p = plan_of(task), unsure(task)
    expected = uncertain_plan(task, plan, p, draws=6, workers=1)

    def refuse(*_):
        raise AssertionError

    monkeypatch.setattr(repeated.Repeated, "solve", refuse)
    assert_same(uncertain_plan(task, plan, p, draws=6, workers=2), expected)


def test_no_more_processes_than_draws(processes):
    _, task = case_of(3, "coverage")
    uncertain_plan(task, plan_of(task), unsure(task), draws=2, workers=8)
    assert len(processes) == 2
    assert none_left(processes)


@pytest.mark.filterwarnings("error")
def test_no_pipe_is_left_open(processes):
    _, task = case_of(3, "coverage")
    gc.collect()
    uncertain_plan(task, plan_of(task), unsure(task), draws=3, workers=2)
    pipes = [pipe for process in processes for pipe in (process.stdin, process.stdout)]
    processes.clear()
    left = [pipe for pipe in pipes if not pipe.closed]
    for pipe in left:
        pipe.close()
    assert not left


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_ends_with_all(workers):
    _, task = case_of(3, "coverage")
    told = []
    uncertain_plan(
        task, plan_of(task), unsure(task), draws=7, workers=workers, progress=lambda *n: told.append(n)
    )
    assert sorted(told) == [(number, 7) for number in range(1, 8)]
    assert max(told) == (7, 7)


def worker(folder, code):
    """Return a program to start in place of Python, which runs some code in it."""
    script = folder / "worker.py"
    script.write_text(code, encoding="utf-8")
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}"\n', encoding="utf-8")
    program.chmod(0o755)
    return str(program)


DIES_AFTER_TWO = """
import os, sys
from planning.siting import repeated
plain, left = repeated.Repeated.solve, [2]
def solve(*args):
    if not left[0]:
        os._exit(1)
    left[0] -= 1
    return plain(*args)
repeated.Repeated.solve = solve
repeated.serve(sys.stdin.buffer, sys.stdout.buffer)
"""
ENDS_IN_THE_MIDDLE_OF_AN_ANSWER = """
import sys
from planning.siting import repeated
repeated._problem_of(sys.stdin.buffer)
sys.stdout.buffer.write(b"\\x93NUMPY\\x01\\x00")
sys.stdout.buffer.flush()
"""
TALKS_NONSENSE = """
import sys
print("Warning: something else is written to the pipe", flush=True)
sys.stdin.buffer.read()
"""
NEVER_ANSWERS = """
import sys, time
while True:
    time.sleep(0.1)
"""


@pytest.mark.parametrize("code", [None, "", DIES_AFTER_TWO, ENDS_IN_THE_MIDDLE_OF_AN_ANSWER, TALKS_NONSENSE])
def test_what_a_worker_fails_at_is_done_here(processes, monkeypatch, tmp_path, code):
    _, task = case_of(3, "coverage", n=30, m=10)
    plan, p = plan_of(task), unsure(task)
    expected = uncertain_plan(task, plan, p, draws=8, workers=1)
    program = "/bin/false" if code is None else worker(tmp_path, code)
    monkeypatch.setattr(repeated.sys, "executable", program)
    told = []
    found = uncertain_plan(task, plan, p, draws=8, workers=2, progress=lambda *n: told.append(n))
    assert_same(found, expected)
    assert max(told) == (8, 8)
    assert len(processes) == 2
    assert none_left(processes)


@pytest.mark.parametrize("program", ["/no/such/program", "", None])
def test_no_program_to_start(monkeypatch, program):
    _, task = case_of(3, "coverage")
    plan, p = plan_of(task), unsure(task)
    expected = uncertain_plan(task, plan, p, draws=4, workers=1)
    monkeypatch.setattr(repeated.sys, "executable", program)
    assert_same(uncertain_plan(task, plan, p, draws=4, workers=2), expected)


# stopping


@pytest.mark.parametrize("workers", [1, 2])
def test_stopping_keeps_what_is_done(processes, workers):
    _, task = case_of(3, "coverage", n=40, m=14)
    plan, p = plan_of(task), unsure(task)
    whole = uncertain_plan(task, plan, p, draws=60, workers=1)
    done = []
    found = uncertain_plan(
        task, plan, p, draws=60, workers=workers,
        stop=lambda: len(done) >= 5, progress=lambda number, _: done.append(number),
    )  # fmt: skip
    assert 5 <= len(found.table) < 60
    assert found.asked == 60
    pd.testing.assert_frame_equal(found.table, whole.table.loc[found.table.index], check_exact=True)
    assert found.kept.sum() + found.others.sum() == pytest.approx(3.0)
    assert none_left(processes)


@pytest.mark.parametrize("workers", [1, 2])
def test_stopped_at_once_there_is_nothing(processes, workers):
    _, task = case_of(3, "coverage")
    plan = plan_of(task)
    found = uncertain_plan(task, plan, unsure(task), draws=50, workers=workers, stop=lambda: True)
    assert len(found.table) == 0
    assert found.kept.tolist() == [0.0] * 3
    assert none_left(processes)


def test_a_worker_that_never_answers_can_be_stopped(processes, monkeypatch, tmp_path):
    _, task = case_of(3, "coverage")
    plan, p = plan_of(task), unsure(task)
    monkeypatch.setattr(repeated.sys, "executable", worker(tmp_path, NEVER_ANSWERS))
    asked = threading.Event()
    threading.Timer(1.0, asked.set).start()
    started = time.perf_counter()
    found = uncertain_plan(task, plan, p, draws=6, workers=2, stop=asked.is_set)
    assert time.perf_counter() - started < 10.0
    assert len(found.table) == 0
    assert len(processes) == 2
    assert none_left(processes)


# Dortmund


def test_dortmunds_best_fourteen(dortmund):
    scenario, distances = Scenario(), measure(dortmund)
    evaluation = evaluate(dortmund, scenario, distances)
    p = perturbation(dortmund, scenario, distances, evaluation, year=2026)
    task = prepare(dortmund, scenario, PlanSettings(), distances)
    plan = list(make_plan(task, scenario).candidate_ids)
    found = uncertain_plan(task, plan, p, draws=12, workers=2)
    table = found.table
    assert len(table) == 12
    assert table["proven"].all()
    assert (table["best"] >= table["plan"] - 1e-12).all()
    assert found.kept.sum() + found.others.sum() == pytest.approx(14.0)
    closest = task.metres[:, [*task.fixed, *task.columns(plan)]].min(axis=1).astype(float)
    for number, truth in enumerate(truths(task, p, 12)):
        covered = truth.need.sum() - figure(truth, closest)
        assert table["plan"][number] == pytest.approx(covered / truth.need_total)
        if number in {0, 7}:
            cold = solve_task(truth)
            assert cold.status == "optimal"
            assert table["best"][number] == pytest.approx(cold.objective / truth.need_total, rel=1e-6)


def test_a_plan_with_rooms_that_cannot_be_chosen_is_measured_all_the_same(town, near):
    task, plan, p = town_task(town, near, "coverage", 2, 0.0)
    usual = uncertain_plan(task, plan, p, draws=6, workers=1)
    place = task.columns([plan[0]])[0]
    barred = replace(task, forbidden=(*task.forbidden, place))
    found = uncertain_plan(barred, plan, p, draws=6, workers=1)
    np.testing.assert_allclose(found.table["plan"], usual.table["plan"])
    assert found.kept[plan[0]] == 0.0
    gone = uncertain_plan(task, [*plan, "closed since"], p, draws=6, workers=1)
    np.testing.assert_allclose(gone.table["plan"], usual.table["plan"])
    assert gone.kept["closed since"] == 0.0


def test_a_plan_with_too_many_rooms_is_no_choice_to_begin_with(town, near):
    task, plan, p = town_task(town, near, "coverage", 3, 0.0)
    fewer = replace(task, count=2)
    found = uncertain_plan(fewer, plan, p, draws=6, workers=1)
    assert len(found.table) == 6
    assert found.kept.sum() + found.others.sum() == pytest.approx(2.0)
