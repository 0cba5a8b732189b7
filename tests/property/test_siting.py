"""Exact siting against trying everything, on small problems of all kinds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.siting import max_coverage, p_center, p_median, set_cover
from planning.siting.infeasible import extreme_count, smallest_conflict
from planning.siting.instance import Instance
from planning.siting.interchange import greedy, interchange
from planning.siting.pairs import read_cost
from planning.siting.rules import stack_rules
from planning.siting.solution import OPTIMAL_GAP, Watch
from tests.fixtures.siting import Case, Wish, capacitated

MANY = settings(max_examples=300)
CLOSE = 1e-9
seeds = st.integers(0, 2**32 - 1)


def _costs(kind, rng, n, m):
    if kind == "ties":
        return rng.integers(0, 7, (n, m)).astype(float)
    if kind == "whole":
        return rng.integers(0, 100, (n, m)).astype(float)
    if kind == "plane":
        there, here = rng.uniform(0, 100, (n, 2)), rng.uniform(0, 100, (m, 2))
        return np.hypot(*(there[:, None, :] - here[None, :, :]).transpose(2, 0, 1))
    return rng.uniform(0, 100, (n, m))


def _weights(kind, rng, n):
    if kind == "ones":
        return np.ones(n)
    if kind == "nothing":
        return np.zeros(n)
    if kind == "zeros":
        return rng.integers(0, 4, n).astype(float)
    return rng.gamma(1.0, 10.0, n)


def _wishes(draw, rng, m, p):
    wishes = []
    for kind in draw(
        st.lists(st.sampled_from(["min", "max", "groups", "spacing", "budget", "must"]), max_size=4)
    ):
        district = tuple(np.flatnonzero(rng.random(m) < rng.choice([0.3, 0.6])).tolist())
        if kind == "min":
            wishes.append(Wish("between", (district, int(rng.integers(0, max(p, 1) + 1)), np.inf)))
        elif kind == "max":
            wishes.append(Wish("between", (district, -np.inf, int(rng.integers(0, max(p, 1) + 1)))))
        elif kind == "must" and m:
            wishes.append(Wish("between", ((int(rng.integers(m)),), 1, np.inf)))
        elif kind == "groups":
            sizes = rng.integers(1, 4, rng.integers(0, 4))
            groups = tuple(tuple(rng.choice(m, min(size, m), replace=False).tolist()) for size in sizes)
            wishes.append(Wish("groups", (groups,)))
        elif kind == "spacing":
            here = rng.uniform(0, 100, (m, 2))
            apart = np.hypot(*(here[:, None, :] - here[None, :, :]).transpose(2, 0, 1))
            wishes.append(Wish("spacing", (apart, float(rng.choice([0.0, 10.0, 30.0, 60.0])))))
        elif kind == "budget":
            prices = rng.integers(0, 10, m) / 10
            wishes.append(Wish("budget", (prices, float(rng.integers(0, 5 * max(p, 1))) / 10)))
    return tuple(wishes)


@st.composite
def cases(draw, most_sites=12, most_demand=15, rules=True, reachable=None):
    rng = np.random.default_rng(draw(seeds))
    n, m = draw(st.integers(0, most_demand)), draw(st.integers(0, most_sites))
    cost = _costs(draw(st.sampled_from(["ties", "whole", "floats", "plane"])), rng, n, m)
    lost = draw(st.sampled_from([0.0, 0.0, 0.2, 0.5])) if reachable is None else 1 - reachable
    cost[rng.random((n, m)) < lost] = np.inf
    weight = _weights(draw(st.sampled_from(["ones", "zeros", "floats", "floats", "nothing"])), rng, n)
    p = draw(st.integers(0, min(m, 5)))
    kinds = rng.random(m)
    some = draw(st.sampled_from([0.0, 0.15, 0.3]))
    fixed = tuple(np.flatnonzero(kinds < some / 2).tolist())
    forbidden = tuple(np.flatnonzero(kinds > 1 - some).tolist())
    finite = cost[np.isfinite(cost)]
    radius = float(rng.choice(finite)) if len(finite) else 1.0
    wishes = _wishes(draw, rng, m, p) if rules else ()
    return Case(cost, weight, p, radius, fixed, forbidden, wishes, draw(st.booleans()))


def near(value):
    return pytest.approx(value, rel=CLOSE, abs=CLOSE)


def solve(model, case, **more):
    """Ask a model for a case."""
    given = case.common() | case.extra | more
    if model == "median":
        return p_median(case.given(), case.weight, case.p, **given)
    if model == "coverage":
        return max_coverage(case.given(), case.weight, case.p, case.radius, **given)
    if model == "center":
        return p_center(case.given(), case.p, **given)
    return set_cover(case.given(), case.radius, **given)


def figure(model, case, chosen):
    """Return what a model makes of a choice."""
    names = {"median": case.median, "coverage": case.covered, "center": case.longest, "cover": case.number}
    return names[model](chosen)


def optimum(model, case):
    """Return the best figure by trying everything."""
    if model == "cover":
        return case.fewest()
    return case.best(lambda chosen: figure(model, case, chosen), greatest=model == "coverage")


MODELS = ["median", "coverage", "center", "cover"]


def check_against(model, case, solution, expected):
    """Compare an answer without time limit with the best there is."""
    if np.isnan(expected):
        assert solution.status == "infeasible"
        assert solution.problems
        assert solution.sites == ()
        assert np.isnan(solution.objective)
        return
    assert solution.status == "optimal"
    assert solution.objective == near(expected)
    assert solution.bound == near(solution.objective)
    assert solution.gap <= OPTIMAL_GAP
    assert solution.problems == ()
    assert list(solution.sites) == sorted(set(solution.sites))
    assert set(solution.sites) <= set(case.free)
    assert case.obeys(solution.sites)
    if model != "cover":
        assert len(solution.sites) == case.p
    assert figure(model, case, solution.sites) == near(solution.objective)


@MANY
@given(cases())
def test_p_median_is_the_best_of_all_choices(case):
    solution = solve("median", case)
    check_against("median", case, solution, optimum("median", case))
    if solution.status == "optimal":
        np.testing.assert_array_equal(solution.assignment, case.assignment(solution.sites))


@MANY
@given(cases())
def test_max_coverage_is_the_best_of_all_choices(case):
    solution = solve("coverage", case)
    check_against("coverage", case, solution, optimum("coverage", case))
    if solution.status == "optimal":
        np.testing.assert_array_equal(solution.assignment, case.assignment(solution.sites, case.radius))


@MANY
@given(cases())
def test_p_center_is_the_best_of_all_choices(case):
    solution = solve("center", case)
    check_against("center", case, solution, optimum("center", case))
    if solution.status == "optimal":
        np.testing.assert_array_equal(solution.assignment, case.assignment(solution.sites))


@MANY
@given(cases(most_sites=9))
def test_set_cover_needs_the_fewest_sites(case):
    solution = solve("cover", case)
    check_against("cover", case, solution, optimum("cover", case))
    if solution.status == "optimal":
        np.testing.assert_array_equal(solution.assignment, case.assignment(solution.sites, case.radius))


@settings(max_examples=120)
@given(st.sampled_from(["median", "coverage"]), cases(most_sites=10), seeds)
def test_what_sites_cost_or_gain_counts_too(model, case, seed):
    own = np.random.default_rng(seed).integers(-20, 20, case.n_sites) / 2
    case = replace(case, extra={"site_cost" if model == "median" else "site_gain": own})
    check_against(model, case, solve(model, case), optimum(model, case))


@MANY
@given(cases(most_sites=7, most_demand=5), seeds, st.booleans())
def test_capacitated_p_median_is_the_best_of_all_assignments(case, seed, own_demand):
    check_capacitated(case, seed, own_demand, cover=False)


@MANY
@given(cases(most_sites=7, most_demand=5), seeds, st.booleans())
def test_capacitated_coverage_is_the_best_of_all_assignments(case, seed, own_demand):
    check_capacitated(case, seed, own_demand, cover=True)


def check_capacitated(case, seed, own_demand, *, cover):
    rng = np.random.default_rng(seed)
    case = replace(case, p=min(case.p, 3), fixed=case.fixed[:1])
    demand = rng.integers(0, 6, len(case.weight)).astype(float) if own_demand else case.weight
    capacity = rng.integers(0, 12, case.n_sites) * float(rng.choice([0.5, 1.0, 4.0]))
    values = [capacitated(case, capacity, demand, chosen, cover=cover) for chosen in case.choices()]
    known = [value for value in values if not np.isnan(value)]
    more = {"capacity": capacity} | ({"demand": demand} if own_demand else {})
    solution = solve("coverage" if cover else "median", case, **more)
    if not known:
        assert solution.status == "infeasible"
        assert solution.problems
        return
    expected = max(known) if cover else min(known)
    assert solution.status == "optimal"
    assert solution.objective == near(expected)
    assert solution.bound == near(expected)
    assert len(solution.sites) == case.p
    assert set(solution.sites) <= set(case.free)
    assert case.obeys(solution.sites)
    served = np.flatnonzero(solution.assignment >= 0)
    by = solution.assignment[served]
    assert set(by.tolist()) <= {*case.fixed, *solution.sites}
    loads = np.bincount(by, weights=demand[served] * (case.weight[served] > 0), minlength=case.n_sites)
    assert (loads <= capacity + CLOSE).all()
    paid = case.cost[served, by]
    if cover:
        assert (paid <= case.radius).all()
        assert float(case.weight[served].sum()) == near(solution.objective)
    else:
        assert set(np.flatnonzero(case.weight > 0)) <= set(served)
        assert float((case.weight[served] * paid)[case.weight[served] > 0].sum()) == near(solution.objective)


@settings(max_examples=200)
@given(st.sampled_from(MODELS), cases(most_sites=9), st.integers(0, 30))
def test_a_search_that_is_stopped_claims_nothing_false(model, case, turns):
    expected = optimum(model, case)
    asked = []
    solution = solve(model, case, stop=lambda: asked.append(1) or len(asked) > turns)
    check_claims(model, case, solution, expected)


@settings(max_examples=100)
@given(st.sampled_from(["median", "coverage"]), cases(most_sites=7, most_demand=5), st.integers(0, 5))
def test_a_capacitated_search_that_is_stopped_claims_nothing_false(model, case, turns):
    capacity = np.full(case.n_sites, 0.6 * float(case.weight.sum()))
    cover = model == "coverage"
    values = [capacitated(case, capacity, case.weight, chosen, cover=cover) for chosen in case.choices()]
    known = [value for value in values if not np.isnan(value)]
    expected = (max if cover else min)(known, default=np.nan)
    asked = []
    solution = solve(model, case, capacity=capacity, stop=lambda: asked.append(1) or len(asked) > turns)
    check_claims(model, case, solution, expected)


def check_claims(model, case, solution, expected):
    sign = -1.0 if model == "coverage" else 1.0
    slack = CLOSE * max(abs(expected), 1.0)
    if solution.status == "infeasible":
        assert np.isnan(expected)
    elif np.isnan(expected):
        assert solution.status == "unknown"
    else:
        assert sign * solution.bound <= sign * expected + slack
        if solution.status == "unknown":
            assert solution.sites == ()
            assert np.isinf(solution.gap)
            return
        assert sign * solution.objective >= sign * expected - slack
        assert sign * solution.bound <= sign * solution.objective
        assert case.obeys(solution.sites)
        if solution.status == "optimal":
            assert solution.objective == pytest.approx(expected, rel=OPTIMAL_GAP, abs=CLOSE)
        else:
            assert solution.status == "feasible"
            assert solution.gap > OPTIMAL_GAP


@settings(max_examples=200)
@given(st.sampled_from(["median", "coverage", "center"]), cases(rules=False, reachable=1.0))
def test_greedy_adding_is_never_better(model, case):
    solution = solve(model, case)
    if solution.status == "infeasible":
        return
    sign, chosen = (-1.0 if model == "coverage" else 1.0), []
    for _ in range(case.p):
        rest = [site for site in case.free if site not in chosen]
        chosen.append(min(rest, key=lambda site: sign * figure(model, case, [*chosen, site])))
    assert sign * solution.objective <= sign * figure(model, case, chosen) + CLOSE


@settings(max_examples=200)
@given(cases())
def test_greedy_and_interchange_tell_their_cost_and_keep_to_upper_limits(case):
    case = replace(case, fixed=(), forbidden=(), cost=np.where(np.isfinite(case.cost), case.cost, 99.0))
    rules = stack_rules(case.common()["rules"], np.arange(case.n_sites))
    pairs = read_cost(case.cost)
    own = np.zeros(case.n_sites)
    instance = Instance(np.full(len(case.weight), 200.0), pairs, own, case.p, rules)
    first = greedy(instance, Watch())
    assert len(set(first)) == case.p
    if not case.obeys(first):
        return
    best, cost = interchange(instance, first, Watch())
    assert case.obeys(best)
    assert cost == near(instance.evaluate(best))
    assert cost <= instance.evaluate(first) + CLOSE


@settings(max_examples=200)
@given(st.sampled_from(MODELS), cases(most_sites=9), seeds)
def test_numbers_of_rows_and_columns_do_not_matter(model, case, seed):
    rng = np.random.default_rng(seed)
    rows, order = rng.permutation(len(case.cost)), rng.permutation(case.n_sites)
    place = np.argsort(order)
    turned = replace(
        case,
        cost=case.cost[np.ix_(rows, order)],
        weight=case.weight[rows],
        fixed=tuple(place[list(case.fixed)].tolist()),
        forbidden=tuple(place[list(case.forbidden)].tolist()),
        wishes=tuple(wish.renumbered(order) for wish in case.wishes[::-1]),
        is_sparse=not case.is_sparse,
    )
    one, other = solve(model, case), solve(model, turned)
    assert one.status == other.status
    assert other.objective == pytest.approx(one.objective, rel=CLOSE, abs=CLOSE, nan_ok=True)


@settings(max_examples=150)
@given(st.sampled_from(MODELS), cases(), st.integers(0, 3))
def test_the_same_question_has_the_same_answer(model, case, seed):
    one, other = solve(model, case, seed=seed), solve(model, case, seed=seed)
    assert (one.status, one.sites) == (other.status, other.sites)
    np.testing.assert_array_equal(
        [one.objective, one.bound, one.gap], [other.objective, other.bound, other.gap]
    )
    np.testing.assert_array_equal(one.assignment, other.assignment)


@settings(max_examples=200)
@given(st.sampled_from(["median", "coverage"]), cases(most_sites=6, rules=False))
def test_of_two_equal_sites_the_lower_number_is_taken(model, case):
    m = case.n_sites
    barred = case.forbidden + tuple(m + site for site in (*case.fixed, *case.forbidden))
    twins = replace(case, cost=np.hstack([case.cost, case.cost]), forbidden=barred)
    chosen = solve(model, twins).sites
    assert {site - m for site in chosen if site >= m} <= set(chosen)


@settings(max_examples=150)
@given(st.sampled_from(["median", "coverage"]), cases(), st.integers(-6, 6))
def test_scaled_weights_scale_the_objective(model, case, power):
    factor = 10.0**power
    one, other = solve(model, case), solve(model, replace(case, weight=case.weight * factor))
    assert one.status == other.status
    assert other.objective == pytest.approx(one.objective * factor, rel=OPTIMAL_GAP, abs=1e-12, nan_ok=True)


@settings(max_examples=150)
@given(cases(), st.integers(-6, 6))
def test_scaled_costs_scale_the_objective(case, power):
    factor = 10.0**power
    scaled = replace(case, cost=case.cost * factor)
    for model in ("median", "center"):
        one, other = solve(model, case), solve(model, scaled)
        assert one.status == other.status
        assert other.objective == pytest.approx(
            one.objective * factor, rel=OPTIMAL_GAP, abs=1e-12, nan_ok=True
        )


@settings(max_examples=60)
@given(cases(rules=False))
def test_more_sites_never_make_it_worse(case):
    covered = [solve("coverage", replace(case, p=p)).objective for p in range(len(case.free) + 1)]
    assert (np.diff(covered) >= -CLOSE).all()
    for model in ("median", "center"):
        paid = np.array([solve(model, replace(case, p=p)).objective for p in range(len(case.free) + 1)])
        known = paid[~np.isnan(paid)]
        assert (np.diff(known) <= CLOSE).all()
        assert np.isnan(paid[: len(paid) - len(known)]).all()


@settings(max_examples=100)
@given(st.sampled_from(MODELS), cases())
def test_progress_only_gets_better_and_ends_within_the_answer(model, case):
    told = []
    solution = solve(model, case, progress=told.append)
    sign = -1.0 if model == "coverage" else 1.0
    bounds = np.array([sign * step.bound for step in told])
    found = np.array([sign * step.objective for step in told])
    known = found[~np.isnan(found)]
    with np.errstate(invalid="ignore"):
        assert not (np.diff(bounds) < -CLOSE).any()
        assert not (np.diff(known) > CLOSE).any()
    if solution.status == "optimal" and told:
        assert (bounds <= sign * solution.objective + CLOSE).all()
        assert (known >= sign * solution.objective - CLOSE).all()


@settings(max_examples=200)
@given(cases(most_sites=9))
def test_a_conflict_vanishes_with_any_one_of_its_rules(case):
    n, free = case.n_sites, np.array(case.free, dtype=np.intp)
    wishes = [*case.wishes, Wish("between", (tuple(case.free), case.p, case.p))]
    rules = [wish.rule(n) for wish in wishes]
    conflict = smallest_conflict(rules, free, Watch())
    sets = [chosen for size in range(len(free) + 1) for chosen in replace(case, wishes=()).choices(size)]

    def can_hold(kept):
        return any(all(wish.holds(chosen) for wish in kept) for chosen in sets)

    assert bool(conflict) == (not can_hold(wishes))
    own = [wish for wish, rule in zip(wishes, rules, strict=True) if any(rule is other for other in conflict)]
    assert len(own) == len(conflict)
    for left_out in own:
        assert can_hold([wish for wish in own if wish is not left_out])


@settings(max_examples=150)
@given(cases(most_sites=9))
def test_the_fewest_and_most_sites_that_rules_allow(case):
    free = np.array(case.free, dtype=np.intp)
    sizes = [size for size in range(len(free) + 1) if any(True for _ in case.choices(size))]
    rules = case.common()["rules"]
    assert extreme_count(rules, free, Watch(), largest=False) == min(sizes, default=None)
    assert extreme_count(rules, free, Watch(), largest=True) == max(sizes, default=None)


@settings(max_examples=250)
@given(st.sampled_from(["median", "coverage", "center"]), cases(most_sites=8, reachable=0.7))
def test_what_is_said_to_work_instead_does(model, case):
    told = {fault.code: fault.params for fault in solve(model, case).problems}
    if "siting_count_possible" in told:
        sizes = [p for p in range(len(case.free) + 1) if any(True for _ in case.choices(p))]
        assert told["siting_count_possible"] == {"fewest": min(sizes), "most": max(sizes)}
    if {"siting_cannot_serve", "siting_cannot_serve_with"} & set(told):
        works = [p for p in range(len(case.free) + 1) if not np.isnan(optimum(model, replace(case, p=p)))]
        assert ("siting_cannot_serve" in told) == (not works)
        if works:
            assert told["siting_cannot_serve_with"] == {"p": case.p, "fewest": min(works)}
