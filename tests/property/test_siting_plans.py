"""Alternatives, order of opening and front against trying everything, on small tasks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planning.siting.alternatives import find_alternatives
from planning.siting.front import pareto_front
from planning.siting.order import exact_order, hindsight, prefix_regret
from planning.siting.plan import figure, solve_task
from tests.fixtures.siting import Case, Wish, task_of

CLOSE = 1e-6
OBJECTIVES = ["coverage", "walking", "worst", "cover-all"]
seeds = st.integers(0, 2**32 - 1)


@st.composite
def tasks(draw, objectives=OBJECTIVES, most_sites=9, rules=True, least=1):
    rng = np.random.default_rng(draw(seeds))
    n, m = draw(st.integers(1, 14)), draw(st.integers(3, most_sites))
    if draw(st.booleans()):
        cost = rng.integers(1, 40, (n, m)).astype(float)
    else:
        there, here = rng.uniform(0, 100, (n, 2)), rng.uniform(0, 100, (m, 2))
        cost = np.hypot(*(there[:, None, :] - here[None, :, :]).transpose(2, 0, 1)).astype(np.float32)
    cost = cost.astype(float)
    weight = rng.integers(1, 30, n).astype(float) if draw(st.booleans()) else rng.gamma(1.0, 10.0, n) + 0.01
    n_fixed = draw(st.integers(0, 2))
    p = draw(st.integers(least, min(4, m - n_fixed)))
    forbidden = (m - 1,) if draw(st.booleans()) and m - n_fixed > p else ()
    wishes = []
    if rules and draw(st.booleans()):
        district = tuple(np.flatnonzero(rng.random(m) < 0.5).tolist())
        wishes.append(Wish("between", (district, int(rng.integers(0, 2)), int(rng.integers(1, p + 1)))))
    if rules and draw(st.booleans()):
        here = rng.uniform(0, 100, (m, 2))
        apart = np.hypot(*(here[:, None, :] - here[None, :, :]).transpose(2, 0, 1))
        wishes.append(Wish("spacing", (apart, 25.0)))
    radius = float(np.quantile(cost, draw(st.sampled_from([0.2, 0.4, 0.7]))))
    if len(cost) and draw(st.booleans()):
        radius = max(radius, float(cost.min(axis=1).max()))
    case = Case(cost, weight, p, radius, tuple(range(n_fixed)), forbidden, tuple(wishes))
    objective = draw(st.sampled_from(objectives))
    task = task_of(case, objective)
    solution = solve_task(task)
    assume(solution.status == "optimal")
    return case, task, list(solution.sites)


def value(task, columns):
    """Return the figure that a task minimises for open sites and some columns."""
    every = [*task.fixed, *columns]
    closest = task.metres[:, every].min(axis=1, initial=np.inf).astype(float)
    return figure(task, closest)


def objective_of(case, task, columns):
    usable = [*case.fixed, *case.free]
    coverable = (case.cost[:, usable] <= case.radius).any(axis=1)
    reached = replace(case, cost=case.cost[coverable], weight=case.weight[coverable])
    names = {
        "coverage": case.covered,
        "walking": case.median,
        "worst": case.longest,
        "cover-all": reached.number,
    }
    return names[task.settings.objective](columns)


def columns_of(task, names):
    return sorted(task.ids.index(name) for name in names)


@settings(max_examples=250)
@given(tasks(objectives=["coverage", "walking"]), st.integers(1, 8))
def test_the_k_best_are_the_k_best_of_all(found, k):
    case, task, columns = found
    sign = -1.0 if task.settings.objective == "coverage" else 1.0
    every = sorted(sign * objective_of(case, task, chosen) for chosen in case.choices())
    result = find_alternatives(task, columns, k=k, n_different=0)
    plans = [columns_of(task, plan.candidate_ids) for plan in result.best]
    assert plans[0] == columns
    assert len({tuple(plan) for plan in plans}) == len(plans) == result.total == min(k, len(every))
    for plan, chosen, expected in zip(result.best, plans, every, strict=False):
        assert plan.proven
        assert case.obeys(chosen)
        assert len(chosen) == case.p
        assert set(chosen) <= set(case.free)
        assert plan.objective == pytest.approx(objective_of(case, task, chosen), rel=CLOSE)
        assert sign * plan.objective == pytest.approx(expected, rel=CLOSE, abs=CLOSE)
        best = result.best[0].objective
        assert plan.loss == pytest.approx(abs(plan.objective - best) / max(abs(best), 1e-9), abs=CLOSE)
        assert plan.differs == len(set(chosen) - set(columns))
    counts = Counter(name for plan in result.best for name in plan.candidate_ids)
    assert result.frequency == dict(counts)


@settings(max_examples=200)
@given(tasks(objectives=["coverage", "walking"]), st.sampled_from([0.0, 0.01, 0.1, 0.5]))
def test_different_plans_are_nearly_as_good_and_as_different_as_they_say(found, within):
    case, task, columns = found
    result = find_alternatives(task, columns, k=1, within=within, n_different=3)
    sign = -1.0 if task.settings.objective == "coverage" else 1.0
    best = objective_of(case, task, columns)
    limit = sign * best + within * abs(best) + CLOSE * max(abs(best), 1.0)
    near = [chosen for chosen in case.choices() if sign * objective_of(case, task, chosen) <= limit]
    before = [columns]
    for plan in result.different:
        chosen = columns_of(task, plan.candidate_ids)
        assert chosen in near
        assert chosen not in before
        shared = Counter(site for other in before for site in other)
        if plan.proven:
            own = sum(shared[site] for site in chosen)
            assert own == min(sum(shared[site] for site in other) for other in near)
        assert plan.differs == len(set(chosen) - set(columns))
        before.append(chosen)
    assert len(result.different) <= min(3, len(near) - 1)


@settings(max_examples=150)
@given(tasks(objectives=["worst", "cover-all"]), st.integers(1, 6))
def test_equally_good_plans_that_cover_everybody(found, k):
    case, task, columns = found
    result = find_alternatives(task, columns, k=k, n_different=2, within=0.2)
    size = len(columns)
    best = objective_of(case, task, columns)
    slack = CLOSE * max(best, 1.0)
    equal = [c for c in case.choices(size) if objective_of(case, task, c) <= best + slack]
    plans = [columns_of(task, plan.candidate_ids) for plan in result.best]
    assert plans[0] == columns
    assert len({tuple(plan) for plan in plans}) == len(plans) == min(k, len(equal))
    for plan, chosen in zip(result.best, plans, strict=True):
        assert chosen in equal
        assert plan.objective == pytest.approx(best, rel=CLOSE)
    for plan in result.different:
        chosen = columns_of(task, plan.candidate_ids)
        assert chosen not in plans
        assert case.obeys(chosen)
        assert plan.objective == pytest.approx(objective_of(case, task, chosen), rel=CLOSE)
        assert plan.objective <= best * 1.2 + slack
    assert result.frequency == dict(Counter(name for plan in result.best for name in plan.candidate_ids))


@settings(max_examples=150)
@given(tasks(), st.integers(1, 4))
def test_no_sequence_of_opening_is_better(found, per_step):
    _, task, columns = found
    assume(len(columns) <= 5)

    def total(order):
        ends = [*range(per_step, len(order), per_step), len(order)] if order else []
        return sum(value(task, order[:end]) for end in ends)

    result = exact_order(task, columns, per_step)
    steps = [columns_of(task, step.candidate_ids) for step in result.steps]
    order = [column for step in steps for column in step]
    assert result.proven
    assert sorted(order) == sorted(columns)
    assert [len(step) for step in steps[:-1]] == [per_step] * (len(steps) - 1)
    assert total(order) == pytest.approx(min(total(list(one)) for one in permutations(columns)), rel=CLOSE)
    opened = []
    for step, rooms in zip(result.steps, steps, strict=True):
        opened += rooms
        assert step.figure == pytest.approx(value(task, opened))


def best_figure(case, task, size):
    """Return the least figure of any so many rooms under what the rules allow at most."""
    eased = replace(
        case,
        wishes=tuple(
            replace(wish, data=(wish.data[0], -np.inf, wish.data[2])) if wish.kind == "between" else wish
            for wish in case.wishes
        ),
    )
    return min(value(task, chosen) for chosen in eased.choices(size))


@settings(max_examples=150)
@given(tasks(), st.randoms(use_true_random=False))
def test_regret_of_each_beginning(found, random):
    case, task, columns = found
    random.shuffle(columns)
    table = prefix_regret(task, columns)
    assert table["size"].tolist() == list(range(1, len(columns) + 1))
    assert table["proven"].all()
    for row in table.itertuples():
        assert row.figure == pytest.approx(value(task, columns[: row.size]))
        assert row.best_figure == pytest.approx(best_figure(case, task, row.size), rel=CLOSE, abs=CLOSE)
        assert row.regret == pytest.approx(row.figure - row.best_figure, abs=CLOSE)
        assert row.regret >= 0


@settings(max_examples=150)
@given(tasks(objectives=["coverage", "walking", "worst"]))
def test_what_could_be_had_if_one_started_anew(found):
    case, task, columns = found
    result = hindsight(task, columns)
    count = len(case.fixed) + len(columns)
    free = replace(task, n_fixed=0)
    least = min(value(free, chosen) for chosen in combinations(range(case.n_sites), count))
    assert result.proven
    assert len(result.ids) == count
    assert set(result.sites_kept) == {name for name in result.ids if name.startswith("s")}
    assert result.figure_plan == pytest.approx(value(task, columns))
    assert result.figure_anew == pytest.approx(least, rel=CLOSE, abs=CLOSE)
    assert result.figure_anew == pytest.approx(value(free, columns_of(task, result.ids)))
    assert result.bound <= result.figure_anew + CLOSE * max(result.figure_anew, 1.0)
    assert result.figure_anew <= result.figure_plan + CLOSE * max(result.figure_plan, 1.0)


@settings(max_examples=150)
@given(tasks(objectives=["coverage", "walking"]), seeds, st.integers(1, 6), st.booleans())
def test_no_plan_is_better_in_both_than_a_point_of_the_front(found, seed, points, some_nowhere):
    case, task, _ = found
    rng = np.random.default_rng(seed)
    keys = ["west", "ost", np.nan] if some_nowhere else ["west", "ost", "nord"]
    boroughs = np.array([keys[place] for place in rng.integers(0, 3, len(case.weight))], dtype=object)

    def judge(chosen):
        covered = case.nearest(chosen) <= case.radius
        shares = [
            case.weight[(boroughs == key) & covered].sum() / case.weight[boroughs == key].sum()
            for key in keys
            if (boroughs == key).any()
        ]
        return case.weight[covered].sum() / case.weight.sum(), min(shares, default=np.nan)

    every = [judge(chosen) for chosen in case.choices()]
    front = pareto_front(task, boroughs, points=points)
    assert 1 <= len(front) <= points
    assert all(point.proven for point in front)
    for point in front:
        chosen = columns_of(task, point.candidate_ids)
        assert case.obeys(chosen)
        assert len(chosen) == case.p
        efficiency, equity = judge(chosen)
        assert point.efficiency == pytest.approx(efficiency)
        assert point.equity == pytest.approx(equity, nan_ok=True)
        if np.isnan(equity):
            continue
        assert not any(
            (other[0] >= efficiency + CLOSE and other[1] >= equity - 1e-9)
            or (other[0] >= efficiency - 1e-9 and other[1] >= equity + CLOSE)
            for other in every
        )
    efficiencies, equities = [p.efficiency for p in front], [p.equity for p in front]
    assert efficiencies == sorted(efficiencies, reverse=True)
    assert efficiencies[0] >= max(one for one, _ in every) - 2e-4
    if not np.isnan(equities).any():
        assert equities == sorted(equities)
        if points > 1:
            assert equities[-1] >= max(other for _, other in every) - 2e-4
