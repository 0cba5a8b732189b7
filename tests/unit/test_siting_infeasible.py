"""Infeasible is an answer: which rules contradict, and what would work."""

from __future__ import annotations

import numpy as np
import pytest

from planning.siting import max_coverage, p_center, p_median, set_cover
from planning.siting.infeasible import extreme_count, smallest_conflict
from planning.siting.rules import at_most_one, between, spacing, weighted
from planning.siting.solution import Watch

N = 6
FREE = np.arange(N)
LINE = np.abs(np.arange(N)[:, None] - np.arange(N)[None, :]).astype(float)


def params(solution, code):
    return next(fault.params for fault in solution.problems if fault.code == code)


def rules_that_contradict():
    return [
        between("borough_max", [4, 5], N, upper=2, borough="north", most=2),
        between("borough_min", [0, 1, 2], N, lower=2, borough="west", least=2),
        weighted("budget", FREE, [3.0, 3.0, 3.0, 1.0, 1.0, 1.0], N, upper=5.0, limit=5.0),
        between("must", [5], N, lower=1, candidate="k5"),
        spacing("spacing", LINE, 1.5, metres=1.5),
    ]


def test_no_rule_of_a_conflict_can_be_missed():
    rules = rules_that_contradict()
    conflict = smallest_conflict(rules, FREE, Watch())
    assert [rule.name for rule in conflict] == ["borough_min", "budget"]
    for rule in conflict:
        rest = [other for other in conflict if other is not rule]
        assert smallest_conflict(rest, FREE, Watch()) == []


def test_rules_that_can_hold_are_no_conflict():
    rules = [rule for rule in rules_that_contradict() if rule.name != "budget"]
    assert smallest_conflict(rules, FREE, Watch()) == []
    assert smallest_conflict([], FREE, Watch()) == []
    assert smallest_conflict([], np.empty(0, dtype=np.intp), Watch()) == []


def test_a_single_rule_can_contradict_itself():
    rules = [between("borough_min", [], N, lower=1, borough="nowhere", least=1), *rules_that_contradict()[:1]]
    assert [rule.name for rule in smallest_conflict(rules, FREE, Watch())] == ["borough_min"]


@pytest.mark.parametrize("model", ["median", "coverage", "center"])
def test_the_words_name_the_rules_and_only_them(model):
    solution = solve(model, 3, rules_that_contradict())
    codes = [fault.code for fault in solution.problems]
    assert solution.status == "infeasible"
    assert codes[:3] == ["siting_rules_conflict", "siting_rule_borough_min", "siting_rule_budget"]
    assert params(solution, "siting_rule_borough_min") == {"borough": "west", "least": 2}
    assert params(solution, "siting_rule_budget") == {"limit": 5.0}


def solve(model, p, rules, **more):
    if model == "median":
        return p_median(LINE, 1.0, p, rules=rules, **more)
    if model == "coverage":
        return max_coverage(LINE, 1.0, p, 1.0, rules=rules, **more)
    return p_center(LINE, p, rules=rules, **more)


@pytest.mark.parametrize("model", ["median", "coverage", "center"])
@pytest.mark.parametrize("p", [1, 4, 5])
def test_a_count_that_the_rules_do_not_allow_is_told_with_those_they_do(model, p):
    rules = [
        spacing("spacing", LINE, 2.0, metres=2.0),
        between("borough_min", [0, 1, 2], N, lower=2, least=2),
    ]
    solution = solve(model, p, rules)
    assert solution.status == "infeasible"
    assert "siting_rule_count" in [fault.code for fault in solution.problems]
    assert params(solution, "siting_count_possible") == {"fewest": 2, "most": 3}
    assert [solve(model, size, rules).status for size in range(7)] == (
        ["infeasible"] * 2 + ["optimal"] * 2 + ["infeasible"] * 3
    )


@pytest.mark.parametrize("model", ["median", "center"])
def test_the_fewest_sites_that_serve_everybody(model):
    cost = np.where(LINE <= 1, LINE, np.inf)
    for p in range(N + 1):
        solution = p_median(cost, 1.0, p) if model == "median" else p_center(cost, p)
        if p >= 2:
            assert solution.status == "optimal"
        else:
            assert solution.status == "infeasible"
            assert params(solution, "siting_cannot_serve_with") == {"p": p, "fewest": 2}


def test_the_fewest_sites_that_serve_everybody_under_the_rules():
    cost = np.where(LINE <= 1, LINE, np.inf)
    rules = [between("borough_max", [1, 4], N, upper=1, borough="west", most=1)]
    solution = p_median(cost, 1.0, 2, rules=rules)
    assert params(solution, "siting_cannot_serve_with") == {"p": 2, "fewest": 3}
    assert p_median(cost, 1.0, 3, rules=rules).status == "optimal"


def test_everybody_can_be_served_with_no_number_of_sites_under_the_rules():
    cost = np.where(LINE <= 1, LINE, np.inf)
    rules = [at_most_one("either_or", [FREE], N, rooms="all")]
    solution = p_median(cost, 1.0, 1, rules=rules)
    named = [fault.code for fault in solution.problems]
    assert named[-1] == "siting_cannot_serve"
    assert "siting_rule_either_or" in named
    covered = set_cover(cost, 1.0, rules=rules)
    assert covered.status == "infeasible"
    assert [fault.code for fault in covered.problems][-1] == "siting_cannot_serve"


def test_covering_needs_no_count_and_names_none():
    rules = [
        between("must", [0], N, lower=1, candidate="k0"),
        between("borough_max", [0], N, upper=0, most=0),
    ]
    solution = set_cover(LINE, 1.0, rules=rules)
    assert [fault.code for fault in solution.problems][:3] == [
        "siting_rules_conflict",
        "siting_rule_must",
        "siting_rule_borough_max",
    ]


def test_what_is_possible_at_all():
    rules = [spacing("spacing", LINE, 3.0), between("borough_min", [1, 2], N, lower=1)]
    assert extreme_count(rules, FREE, Watch(), largest=False) == 1
    assert extreme_count(rules, FREE, Watch(), largest=True) == 2
    assert extreme_count(rules, np.array([0, 5]), Watch(), largest=True) is None
    assert extreme_count([], FREE, Watch(), largest=True) == N
    assert extreme_count([], np.empty(0, dtype=np.intp), Watch(), largest=True) == 0


def test_an_infeasible_answer_has_no_objective_but_a_bound_on_the_right_side():
    rules = [between("must", [0], N, lower=1), between("borough_max", [0], N, upper=0)]
    for solution in (p_median(LINE, 1.0, 2, rules=rules), max_coverage(LINE, 1.0, 2, 1.0, rules=rules)):
        assert np.isnan(solution.objective)
        assert np.isinf(solution.gap)
        assert solution.sites == ()
        assert (solution.assignment == -1).all()
