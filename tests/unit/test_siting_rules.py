from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from planning.siting.rules import SiteRule, at_most_one, between, spacing, stack_rules, weighted


def hold(rules, sites, n=5):
    return stack_rules(rules, np.arange(n)).hold(sites)


def test_between_counts_each_site_once():
    rule = between("borough_min", [1, 1, 3], 5, lower=1, upper=1, borough="west")
    assert rule.params == {"borough": "west"}
    assert [hold([rule], sites) for sites in ([], [1], [3], [1, 3], [0, 2])] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_between_no_sites_can_never_reach_a_minimum():
    assert not hold([between("borough_min", [], 5, lower=1)], [0, 1, 2])
    assert hold([between("borough_max", [], 5, upper=0)], [0, 1, 2])


def test_groups_of_one_ask_for_nothing():
    rule = at_most_one("building", [[1], [2, 2], [0, 3], [0, 3, 4]], 5)
    assert rule.matrix.shape == (2, 5)
    assert hold([rule], [0, 1, 2])
    assert not hold([rule], [3, 4])


def test_spacing_takes_the_shorter_way_and_allows_the_least_distance_itself():
    metres = np.array([[0.0, 500.0, np.inf], [300.0, 0.0, 400.0], [np.inf, 400.0, 0.0]])
    rule = spacing("spacing", metres, 400.0, metres=400.0)
    assert rule.matrix.toarray().tolist() == [[1.0, 1.0, 0.0]]
    assert hold([rule], [1, 2], 3)
    assert not hold([rule], [0, 1], 3)
    assert spacing("spacing", metres, 0.0).matrix.shape == (0, 3)
    assert spacing("spacing", np.empty((0, 0)), 100.0).matrix.shape == (0, 0)


def test_sums_of_decimals_get_the_room_they_need_and_no_more():
    rule = weighted("budget", np.arange(5), [0.1, 0.2, 0.3, 1e-6, 0.0], 5, upper=0.3)
    assert hold([rule], [0, 1])
    assert hold([rule], [2, 4])
    assert not hold([rule], [0, 1, 3])


def test_rules_of_some_columns_only_and_of_what_is_left():
    rules = [
        between("borough_min", [0, 1, 2], 5, lower=2),
        at_most_one("building", [[1, 2], [2, 4]], 5),
        SiteRule("own", sparse.csr_array((0, 5)), np.empty(0), np.empty(0)),
    ]
    rows = stack_rules(rules, np.array([1, 2, 4]))
    assert len(rows) == 3
    assert rows.owner.tolist() == [0, 1, 1]
    assert rows.hold([0]) is False
    assert rows.matrix.toarray().tolist() == [[1, 1, 0], [1, 1, 0], [0, 1, 1]]
    rest = rows.restrict(np.array([1, 2]), np.array([0]))
    assert rest.lower.tolist() == [1.0, -np.inf, -np.inf]
    assert rest.upper.tolist() == [np.inf, 0.0, 1.0]
    assert len(stack_rules([], np.arange(5))) == 0


@pytest.mark.parametrize("sites", [[], [0, 4], [0, 1, 2, 3, 4]])
def test_without_rules_everything_holds(sites):
    assert hold([], sites)
