"""What each model answers to hostile, empty and extreme input."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

from planning.errors import SettingError
from planning.siting import OPTIMAL_GAP, max_coverage, p_center, p_median, set_cover
from planning.siting.rules import at_most_one, between, weighted

COST = [[0.0, 3.0, 9.0], [3.0, 0.0, 4.0], [9.0, 4.0, 0.0]]
COUNTED = ["median", "coverage", "center"]
MODELS = [*COUNTED, "cover"]
WEIGHTED = ["median", "coverage"]


def ask(model, cost=COST, *, weight=1.0, p=1, radius=3.0, **more):
    if model == "median":
        return p_median(cost, weight, p, **more)
    if model == "coverage":
        return max_coverage(cost, weight, p, radius, **more)
    if model == "center":
        return p_center(cost, p, **more)
    return set_cover(cost, radius, **more)


def codes(solution):
    return [fault.code for fault in solution.problems]


def is_empty(solution):
    return (
        solution.sites == ()
        and np.isnan(solution.objective)
        and np.isinf(solution.gap)
        and (solution.assignment == -1).all()
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("cost", "code"),
    [
        ([[0.0, np.nan], [1.0, 2.0]], "siting_cost_invalid"),
        ([[0.0, -1.0], [1.0, 2.0]], "siting_cost_invalid"),
        ([[0.0, -np.inf], [1.0, 2.0]], "siting_cost_invalid"),
        (sparse.coo_array(([-1.0], ([0], [0])), shape=(2, 2)), "siting_cost_invalid"),
        (sparse.csr_matrix([[np.nan, 1.0]]), "siting_cost_invalid"),
        ([["near", "far"]], "siting_cost_shape"),
        ([[1.0, 2.0], [3.0]], "siting_cost_shape"),
        ([1.0, 2.0], "siting_cost_shape"),
        (np.zeros((2, 2, 2)), "siting_cost_shape"),
        (3.0, "siting_cost_shape"),
        (None, "siting_cost_shape"),
    ],
)
def test_costs_that_are_none(model, cost, code):
    with pytest.raises(SettingError) as caught:
        ask(model, cost)
    assert caught.value.code == code


def test_an_invalid_cost_is_named_with_its_place():
    with pytest.raises(SettingError) as caught:
        p_median([[0.0, 1.0], [2.0, -3.0], [np.nan, 1.0]], 1.0, 1)
    params = caught.value.params
    assert params["count"] == 2
    assert (params["row"], params["column"]) in {(1, 1), (2, 0)}


@pytest.mark.parametrize("model", WEIGHTED)
@pytest.mark.parametrize(
    ("weight", "code"),
    [
        ([1.0, -1.0, 1.0], "siting_vector_invalid"),
        ([1.0, np.nan, 1.0], "siting_vector_invalid"),
        ([1.0, np.inf, 1.0], "siting_vector_invalid"),
        (-1.0, "siting_vector_invalid"),
        (["a", "b", "c"], "siting_vector_invalid"),
        (None, "siting_vector_invalid"),
        ([1.0, 1.0], "siting_vector_length"),
        ([[1.0, 1.0, 1.0]], "siting_vector_length"),
        ([], "siting_vector_length"),
    ],
)
def test_weights_that_are_none(model, weight, code):
    with pytest.raises(SettingError) as caught:
        ask(model, weight=weight)
    assert caught.value.code == code


@pytest.mark.parametrize("model", WEIGHTED)
@pytest.mark.parametrize("name", ["capacity", "demand"])
@pytest.mark.parametrize("value", [[1.0, -1.0, 1.0], [1.0, np.nan, 1.0], [1.0], "much"])
def test_capacities_and_demands_that_are_none(model, name, value):
    with pytest.raises(SettingError):
        ask(model, **({"capacity": 5.0} | {name: value}))


@pytest.mark.parametrize("model", COUNTED)
@pytest.mark.parametrize("p", [-1, 1.0, 1.5, True, np.True_, "2", None, np.nan, [1]])
def test_a_count_is_a_whole_number(model, p):
    with pytest.raises(SettingError) as caught:
        ask(model, p=p)
    assert caught.value.code == "siting_count_invalid"


@pytest.mark.parametrize("model", COUNTED)
def test_a_count_may_be_of_any_kind_of_whole_number(model):
    assert len(ask(model, p=np.int32(2)).sites) == 2


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ["fixed", "forbidden"])
@pytest.mark.parametrize("sites", [[3], [-1], [0.0], ["0"], [None], [0, 7, 8]])
def test_sites_that_are_no_columns_are_all_named(model, name, sites):
    with pytest.raises(SettingError) as caught:
        ask(model, **{name: sites})
    assert caught.value.code == "siting_sites_invalid"
    assert caught.value.params["name"] == name
    assert len(caught.value.faults) == len([site for site in sites if not (type(site) is int and site == 0)])


@pytest.mark.parametrize("model", ["coverage", "cover"])
@pytest.mark.parametrize("radius", [-1.0, np.nan, "far", None, True])
def test_a_radius_is_zero_or_more(model, radius):
    with pytest.raises(SettingError) as caught:
        ask(model, radius=radius)
    assert caught.value.code == "siting_number_invalid"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("limit", [-1.0, np.nan, "soon", True])
def test_a_time_limit_is_zero_or_more(model, limit):
    with pytest.raises(SettingError) as caught:
        ask(model, time_limit=limit)
    assert caught.value.code == "siting_number_invalid"


@pytest.mark.parametrize("model", MODELS)
def test_a_rule_has_a_column_for_every_site(model):
    with pytest.raises(SettingError) as caught:
        ask(model, rules=[between("must", [0], 2, lower=1)])
    assert caught.value.code == "siting_rule_shape"


@pytest.mark.parametrize(("model", "name"), [("median", "site_cost"), ("coverage", "site_gain")])
@pytest.mark.parametrize("own", [[1.0], [np.nan, 0.0, 0.0], [np.inf, 0.0, 0.0], ["a", "b", "c"], [[1, 2, 3]]])
def test_costs_of_sites_that_are_none(model, name, own):
    with pytest.raises(SettingError) as caught:
        ask(model, **{name: own})
    assert caught.value.code == "siting_site_cost_invalid"


@pytest.mark.parametrize("model", COUNTED)
@pytest.mark.parametrize("p", [4, 10**30])
def test_more_sites_than_there_are(model, p):
    solution = ask(model, p=p)
    assert solution.status == "infeasible"
    assert codes(solution) == ["siting_too_few_sites"]
    assert solution.problems[0].params == {"p": p, "sites": 3}
    assert is_empty(solution)


@pytest.mark.parametrize("model", COUNTED)
def test_fixed_and_forbidden_sites_do_not_count_as_candidates(model):
    solution = ask(model, p=2, fixed=[0], forbidden=[1])
    assert codes(solution) == ["siting_too_few_sites"]
    assert solution.problems[0].params["sites"] == 1


@pytest.mark.parametrize("model", COUNTED)
@pytest.mark.parametrize(
    "cost", [COST, [[1.0, np.inf, np.inf], [np.inf, 1.0, np.inf], [np.inf, np.inf, 1.0]]]
)
def test_all_candidates(model, cost):
    solution = ask(model, cost, p=3)
    assert solution.status == "optimal"
    assert solution.sites == (0, 1, 2)
    assert solution.assignment.tolist() == [0, 1, 2] if model != "coverage" else True


@pytest.mark.parametrize("model", COUNTED)
def test_nothing_to_choose_is_an_answer_if_fixed_sites_serve(model):
    solution = ask(model, p=0, fixed=[1], radius=3.0)
    assert solution.status == "optimal"
    assert solution.sites == ()
    assert solution.objective == {"median": 7.0, "coverage": 2.0, "center": 4.0}[model]
    assert solution.bound == solution.objective
    assert solution.assignment.tolist() == ([1, 1, -1] if model == "coverage" else [1, 1, 1])


def test_nothing_to_choose_and_nobody_serves():
    assert ask("median", p=0).status == "infeasible"
    assert ask("center", p=0).status == "infeasible"
    covered = ask("coverage", p=0)
    assert (covered.status, covered.objective, covered.bound, covered.gap) == ("optimal", 0.0, 0.0, 0.0)


@pytest.mark.parametrize("model", MODELS)
def test_no_candidates(model):
    solution = ask(model, np.empty((2, 0)), p=1)
    assert solution.status == "infeasible"
    assert solution.problems
    assert solution.assignment.tolist() == [-1, -1]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("p", [0, 1, 3])
def test_no_demand(model, p):
    solution = ask(model, np.empty((0, 3)), weight=[], p=p)
    assert solution.status == "optimal"
    assert solution.objective == 0.0
    assert len(solution.sites) == (0 if model == "cover" else p)
    assert len(solution.assignment) == 0


@pytest.mark.parametrize("model", WEIGHTED)
@pytest.mark.parametrize("p", [0, 1, 2, 3])
def test_weights_of_zero_ask_for_nothing(model, p):
    solution = ask(model, weight=0.0, p=p)
    assert (solution.status, solution.objective, solution.bound, solution.gap) == ("optimal", 0.0, 0.0, 0.0)
    assert len(solution.sites) == p


@pytest.mark.parametrize("model", WEIGHTED)
def test_no_demand_with_capacities(model):
    solution = ask(model, np.empty((0, 3)), weight=[], p=2, capacity=1.0)
    assert (solution.status, solution.objective) == ("optimal", 0.0)
    assert len(solution.sites) == 2


def test_no_candidates_and_no_demand():
    for model in MODELS:
        solution = ask(model, np.empty((0, 0)), weight=[], p=0)
        assert (solution.status, solution.objective, solution.sites) == ("optimal", 0.0, ())


@pytest.mark.parametrize("model", ["median", "center", "cover"])
def test_nobody_can_be_reached(model):
    solution = ask(model, np.full((3, 3), np.inf), p=2)
    assert solution.status == "infeasible"
    assert codes(solution) == ["siting_unreachable"]
    assert solution.problems[0].params["count"] == 3
    assert is_empty(solution)


@pytest.mark.parametrize("given", [np.full((3, 3), np.inf), sparse.csr_array((3, 3))])
def test_covering_nobody_is_an_answer(given):
    solution = ask("coverage", given, p=2)
    assert (solution.status, solution.objective, solution.bound) == ("optimal", 0.0, 0.0)
    assert len(solution.sites) == 2
    assert (solution.assignment == -1).all()


def test_one_demand_point_out_of_reach_is_named():
    cost = [[1.0, 2.0], [np.inf, np.inf], [3.0, 1.0]]
    for model in ("median", "center", "cover"):
        solution = ask(model, cost)
        assert codes(solution) == ["siting_unreachable"]
        assert solution.problems[0].params == {"count": 1, "rows": "1"}
    assert p_median(cost, [1.0, 0.0, 1.0], 1).status == "optimal"


def test_what_is_stored_as_zero_is_a_cost_of_zero_and_what_is_not_stored_is_out_of_reach():
    cost = sparse.coo_array(([0.0, 2.0], ([0, 1], [0, 0])), shape=(2, 2))
    solution = p_median(cost, 1.0, 1)
    assert (solution.objective, solution.sites) == (2.0, (0,))
    assert p_median(cost, 1.0, 1, forbidden=[0]).status == "infeasible"


@pytest.mark.parametrize("model", MODELS)
def test_fixed_and_forbidden_at_once(model):
    solution = ask(model, fixed=[0, 2], forbidden=[1, 2])
    assert solution.status == "infeasible"
    assert codes(solution)[0] == "siting_fixed_forbidden"
    assert solution.problems[0].params["sites"] == "2"


@pytest.mark.parametrize("model", MODELS)
def test_must_have_and_forbidden_at_once(model):
    solution = ask(model, forbidden=[1], rules=[between("must", [1], 3, lower=1, candidate="k1")])
    assert solution.status == "infeasible"
    assert "siting_rule_must" in codes(solution)
    assert is_empty(solution)


@pytest.mark.parametrize("model", MODELS)
def test_must_have_and_must_not_have_at_once(model):
    rules = [
        between("borough_max", [2], 3, upper=3, borough="west", most=3),
        between("must", [1], 3, lower=1, candidate="k1"),
        between("borough_max", [1], 3, upper=0, borough="ost", most=0),
    ]
    solution = ask(model, rules=rules)
    assert solution.status == "infeasible"
    assert codes(solution)[:3] == ["siting_rules_conflict", "siting_rule_must", "siting_rule_borough_max"]
    assert solution.problems[0].params == {"count": 2}
    assert solution.problems[2].params["borough"] == "ost"


@pytest.mark.parametrize("model", MODELS)
def test_a_rule_without_rows_changes_nothing(model):
    plain, ruled = ask(model, fixed=[0]), ask(model, fixed=[0], rules=[at_most_one("building", [], 3)])
    assert (plain.status, plain.objective, len(plain.sites)) == (
        ruled.status,
        ruled.objective,
        len(ruled.sites),
    )


@pytest.mark.parametrize("model", ["coverage", "cover"])
def test_radius_zero_and_infinity(model):
    nothing, everything = ask(model, radius=0), ask(model, radius=np.inf)
    assert nothing.objective == (1.0 if model == "coverage" else 3.0)
    assert everything.objective == (3.0 if model == "coverage" else 1.0)
    assert nothing.status == everything.status == "optimal"


def test_the_radius_itself_is_within():
    assert max_coverage([[3.0]], 1.0, 1, 3.0).objective == 1.0
    assert set_cover([[3.0]], 3.0).objective == 1.0


def test_capacity_below_a_single_demand():
    solution = p_median(COST, [5.0, 1.0, 1.0], 2, capacity=4.0)
    assert solution.status == "infeasible"
    assert codes(solution) == ["siting_exceeds_capacity"]
    covered = max_coverage(COST, [5.0, 1.0, 1.0], 2, 3.0, capacity=4.0)
    assert (covered.status, covered.objective) == ("optimal", 2.0)
    assert covered.assignment[0] == -1


def test_capacity_below_all_demand_together():
    solution = p_median(COST, 1.0, 2, capacity=1.0)
    assert solution.status == "infeasible"
    assert "siting_capacity_short" in codes(solution)
    assert p_median(COST, 1.0, 3, capacity=1.0).objective == 0.0
    assert max_coverage(COST, 1.0, 2, 3.0, capacity=1.0).objective == 2.0


@pytest.mark.parametrize("model", WEIGHTED)
@pytest.mark.parametrize("capacity", [0.0, 0])
def test_capacity_zero(model, capacity):
    solution = ask(model, capacity=capacity)
    assert solution.status == ("infeasible" if model == "median" else "optimal")


def test_infinite_capacity_is_none():
    assert p_median(COST, 1.0, 1, capacity=np.inf).objective == p_median(COST, 1.0, 1).objective == 7.0


@pytest.mark.parametrize("unit", [1e-8, 1e-4, 1.0, 1e5, 1e12])
@pytest.mark.parametrize("seed", range(6))
def test_capacities_hold_in_every_unit(unit, seed):
    rng = np.random.default_rng(seed)
    cost, demand = rng.integers(0, 9, (8, 8)).astype(float), rng.integers(1, 5, 8).astype(float)
    for plain, scaled in (
        (p_median(cost, demand, 3, capacity=9.0), p_median(cost, demand * unit, 3, capacity=9.0 * unit)),
        (
            max_coverage(cost, demand, 2, 2.0, capacity=9.0),
            max_coverage(cost, demand * unit, 2, 2.0, capacity=9.0 * unit),
        ),
    ):
        assert scaled.status == plain.status == "optimal"
        assert scaled.objective == pytest.approx(plain.objective * unit, rel=1e-9)


@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1e9])
@pytest.mark.parametrize("model", WEIGHTED)
def test_units_of_weight_do_not_matter(model, unit):
    rng = np.random.default_rng(5)
    cost, weight = rng.uniform(1, 9, (30, 12)), rng.uniform(1, 9, 30)
    plain = ask(model, cost, weight=weight, p=3)
    scaled = ask(model, cost, weight=weight * unit, p=3)
    assert scaled.status == "optimal"
    assert scaled.sites == plain.sites
    assert scaled.objective == pytest.approx(plain.objective * unit, rel=1e-9)


def test_what_sites_cost_can_make_nobody_servable_no_less_infeasible():
    rules = [between("borough_max", [1], 2, upper=0)]
    for own in ([-6.0, 0.0], [6.0, 0.0], [-1e6, 5.0]):
        assert p_median([[np.inf, 2.0]], 1.0, 1, site_cost=own, rules=rules).status == "infeasible"


def test_a_budget_of_decimals_can_be_spent_to_the_last_cent():
    prices = [0.1, 0.2, 0.3]
    rules = [weighted("budget", np.arange(3), prices, 3, upper=0.3, limit=0.3)]
    solution = p_median(COST, 1.0, 2, rules=rules)
    assert (solution.status, solution.sites) == ("optimal", (0, 1))


def test_arguments_are_left_as_they_were():
    cost, weight = np.array(COST), np.array([1.0, 2.0, 3.0])
    table = sparse.csc_array(cost + 1.0)
    before = table.copy()
    for array in (cost, weight):
        array.flags.writeable = False
    for model in MODELS:
        ask(model, cost, weight=weight)
        ask(model, table, weight=weight, capacity=9.0) if model in WEIGHTED else ask(model, table)
    assert (table != before).nnz == 0


def test_of_equal_choices_lower_numbers_are_taken():
    cost = np.array([[5.0, 5.0, 5.0, 5.0], [7.0, 7.0, 7.0, 7.0]])
    assert p_median(cost, 1.0, 2).sites == (0, 1)
    assert max_coverage(cost, 1.0, 2, 5.0).sites == (0, 1)
    assert p_median(cost, 1.0, 1, fixed=[3]).assignment.tolist() == [0, 0]


def test_a_thousand_equal_choices_are_no_trouble():
    cost = np.ones((40, 30))
    for model in COUNTED:
        solution = ask(model, cost, p=7)
        assert (solution.status, len(solution.sites)) == ("optimal", 7)
        assert solution.gap <= OPTIMAL_GAP


@pytest.mark.parametrize("model", COUNTED)
def test_integer_and_float32_costs_are_welcome(model):
    whole = np.array(COST, dtype=int)
    single = np.array(COST, dtype=np.float32)
    assert ask(model, whole).objective == ask(model, single).objective == ask(model, COST).objective


def test_nothing_is_written_to_standard_output():
    program = (
        "from planning.siting import p_center, p_median\n"
        "p_center([[0, 3, 9], [3, 0, 4], [9, 4, 0]], 1)\n"
        "p_median([[0, 3], [3, 0]], 1, 1, capacity=2)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
