"""Plans of a study area: rules obeyed, faults told together, order and effect consistent."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest

from planning.access import coverage, coverage_by, measure, nearest, walk_minutes, worst_district
from planning.distribution import gini
from planning.errors import SettingError
from planning.model import PLAN_OBJECTIVES, Constraints, PlanSettings, Scenario
from planning.need import default_weights
from planning.siting import make_plan, plan_distances, plan_effect, prepare
from planning.siting.plan import figure, opening_order, solve_task, with_order

SCENARIO = Scenario(need_weights={"foreign_nationals": 1.0, "non_eu_nationals": 0.0, "under10": 0.0})
ROOMS = ("k1", "k2", "k3", "k4")


@pytest.fixture(scope="module")
def distances(tiny_area):
    return measure(tiny_area)


def plan(area, distances, objective="coverage", count=2, scores=None, scenario=SCENARIO, **constraints):
    share = 0.0 if scores is None else 0.5
    settings = PlanSettings(objective, count, Constraints(**constraints), score_share=share)
    task = prepare(area, scenario, settings, distances, scores=scores)
    return make_plan(task, scenario)


def best_by_hand(area, distances, objective, count, allowed=lambda _: True):
    """Return the best figure and all choices that have it, by trying every choice."""
    settings = PlanSettings(objective, count)
    task = prepare(area, SCENARIO, settings, distances)
    figures = {}
    for names in combinations(ROOMS, count):
        if allowed(set(names)):
            columns = [*task.fixed, *task.columns(names)]
            figures[names] = figure(task, task.metres[:, columns].min(axis=1).astype(float))
    least = min(figures.values())
    return least, [set(names) for names, value in figures.items() if value <= least + 1e-9]


@pytest.mark.parametrize("objective", ["coverage", "walking", "worst"])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_best_of_all_choices(tiny_area, distances, objective, count):
    found = plan(tiny_area, distances, objective, count)
    least, choices = best_by_hand(tiny_area, distances, objective, count)
    assert found.status == "optimal"
    assert set(found.candidate_ids) in choices
    task = prepare(tiny_area, SCENARIO, PlanSettings(objective, count), distances)
    total = float(task.need.sum())
    expected = {"coverage": total - least, "walking": least * total, "worst": least}[objective]
    assert found.objective == pytest.approx(expected)
    assert found.bound == pytest.approx(expected)


def test_covering_everybody_takes_as_few_rooms_as_possible(tiny_area, distances):
    found = plan(tiny_area, distances, "cover-all", None)
    assert (found.status, found.objective, set(found.candidate_ids)) == ("optimal", 3.0, {"k1", "k2", "k3"})
    assert found.need_out_of_reach == 0.0
    near = plan(tiny_area, distances, "cover-all", None, scenario=replace(SCENARIO, minutes=8.0))
    assert near.status == "optimal"
    assert near.need_out_of_reach > 0.0


def test_all_that_remain_unless_told_otherwise(tiny_area, distances):
    assert len(plan(tiny_area, distances, count=None).candidate_ids) == tiny_area.programme.remaining == 4


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
def test_more_rooms_than_candidates(tiny_area, distances, objective):
    found = plan(tiny_area, distances, objective, 5)
    if objective == "cover-all":
        assert found.status == "optimal"
        return
    assert found.status == "infeasible"
    assert [fault.code for fault in found.problems] == ["siting_too_few_sites"]
    assert found.candidate_ids == found.gains == ()


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_does_not_matter(tiny_area, objective, seed):
    rng = np.random.default_rng(seed)
    rooms = tiny_area.candidates.iloc[rng.permutation(4)].reset_index(drop=True)
    cells = tiny_area.cells.iloc[rng.permutation(9)].reset_index(drop=True)
    turned = replace(tiny_area.with_tables(candidates=rooms), cells=cells)
    one = plan(tiny_area, measure(tiny_area), objective)
    other = plan(turned, measure(turned), objective)
    assert (one.candidate_ids, one.status) == (other.candidate_ids, other.status)
    assert other.objective == pytest.approx(one.objective, rel=1e-12)
    np.testing.assert_allclose(other.gains, one.gains)


@pytest.mark.parametrize("objective", ["coverage", "walking", "worst"])
@pytest.mark.parametrize(
    ("constraints", "allowed"),
    [
        ({"must": ("k4",)}, lambda names: "k4" in names),
        ({"must_not": ("k2",)}, lambda names: "k2" not in names),
        (
            {"either_or": (("k1", "k2"), ("k3", "k4"))},
            lambda names: names not in ({"k1", "k2"}, {"k3", "k4"}),
        ),
        ({"boroughs": {"west": (2, None)}}, lambda names: names == {"k1", "k4"}),
        ({"boroughs": {"west": (0, 0)}}, lambda names: names == {"k2", "k3"}),
        ({"boroughs": {"west": (1, 1), "ost": (1, None)}}, lambda names: len(names & {"k1", "k4"}) == 1),
        ({"priority_areas_min": 2}, lambda names: names == {"k2", "k3"}),
        ({"spacing_m": 1000.0}, lambda names: names != {"k3", "k4"}),
    ],
)
def test_each_rule_is_obeyed(tiny_area, distances, objective, constraints, allowed):
    found = plan(tiny_area, distances, objective, **constraints)
    least, choices = best_by_hand(tiny_area, distances, objective, 2, allowed)
    assert found.status == "optimal"
    assert allowed(set(found.candidate_ids))
    assert set(found.candidate_ids) in choices
    task = prepare(tiny_area, SCENARIO, PlanSettings(objective, 2), distances)
    columns = [*task.fixed, *task.columns(found.candidate_ids)]
    assert figure(task, task.metres[:, columns].min(axis=1).astype(float)) == pytest.approx(least)


def test_existing_dependances_keep_their_distance_and_offices_do_not(tiny_area, distances):
    # k2 and k3 are 1800 m from the dependance s2, k4 900 m from the office s1
    found = plan(tiny_area, distances, count=1, spacing_m=1801.0)
    assert found.candidate_ids in {("k1",), ("k4",)}
    assert plan(tiny_area, distances, count=1, spacing_m=1800.0).candidate_ids == ("k2",)
    none = plan(tiny_area, distances, count=3, spacing_m=1801.0)
    assert none.status == "infeasible"


def test_one_room_per_building(tiny_area):
    rooms = tiny_area.candidates.copy()
    beside = rooms.set_index("candidate_id").loc["k2"]
    rooms.loc[rooms["candidate_id"] == "k3", ["x", "y"]] = (beside["x"] + 20.0, beside["y"])
    area = tiny_area.with_tables(candidates=rooms)
    distances = measure(area)
    assert len({"k2", "k3"} & set(plan(area, distances, count=3).candidate_ids)) == 1
    assert plan(area, distances, count=4).status == "infeasible"
    assert plan(area, distances, count=4, one_per_building=False).status == "optimal"


def test_same_stated_address_is_one_building(tiny_area, distances):
    rooms = tiny_area.candidates.copy()
    for column in ("address", "address_quality"):
        rooms[column] = rooms[column].astype("object")
    rooms.loc[rooms["candidate_id"].isin(["k2", "k3"]), "address"] = "Markt 1"
    rooms.loc[rooms["candidate_id"].isin(["k2", "k3"]), "address_quality"] = "stated"
    area = tiny_area.with_tables(candidates=rooms)
    assert plan(area, distances, count=4).status == "infeasible"
    assert len({"k2", "k3"} & set(plan(area, distances, count=3).candidate_ids)) == 1


def with_costs(area, costs):
    rooms = area.candidates.copy()
    rooms["cost_eur_month"] = [costs.get(name, np.nan) for name in rooms["candidate_id"]]
    return area.with_tables(candidates=rooms)


def test_a_budget_holds_and_unknown_costs_are_assumed_or_rule_out(tiny_area, distances):
    area = with_costs(tiny_area, {"k1": 100.0, "k2": 300.0, "k3": 100.0})
    assert set(plan(area, distances, budget_eur_month=400.0).candidate_ids) <= {"k1", "k2", "k3"}
    assert set(plan(area, distances, budget_eur_month=399.0).candidate_ids) == {"k1", "k3"}
    assert plan(area, distances, budget_eur_month=199.0).status == "infeasible"
    assert plan(area, distances, count=4, budget_eur_month=1e6).status == "infeasible"
    free = plan(area, distances, count=4, budget_eur_month=500.0, assumed_cost_eur_month=0.0)
    assert free.status == "optimal"
    assert plan(area, distances, count=0, budget_eur_month=0.0).status == "optimal"


def test_closed_rooms_are_not_chosen(tiny_area):
    rooms = tiny_area.candidates.copy()
    rooms.loc[rooms["candidate_id"] == "k2", "status"] = "closed"
    area = tiny_area.with_tables(candidates=rooms)
    distances = measure(area)
    assert set(plan(area, distances, count=3).candidate_ids) == {"k1", "k3", "k4"}
    with pytest.raises(SettingError):
        plan(area, distances, must=("k2",))


def test_all_faults_of_the_settings_are_told_at_once(tiny_area, distances):
    constraints = Constraints(
        boroughs={"nord": (1, 2), "west": (-1, -2)},
        priority_areas_min=-1,
        spacing_m=math.nan,
        must=("k9", "k1"),
        must_not=("k8",),
        either_or=(("k1", "k7"),),
        budget_eur_month=-5.0,
        assumed_cost_eur_month=math.inf,
    )
    settings = PlanSettings("worst", -3, constraints, score_share=1.0, time_limit_s=-1.0)
    with pytest.raises(SettingError) as caught:
        prepare(tiny_area, SCENARIO, settings, distances)
    faults = [(fault.code, *sorted(map(str, fault.params.values()))) for fault in caught.value.faults]
    named = {fault.params.get("candidate") for fault in caught.value.faults}
    assert {"k9", "k8", "k7"} <= named
    assert "k1" not in named
    assert [code for code, *_ in faults].count("plan_borough_unknown") == 1
    numbers = {fault.params["name"] for fault in caught.value.faults if fault.code == "plan_number_invalid"}
    assert numbers == {
        "count",
        "priority_areas_min",
        "spacing_m",
        "budget_eur_month",
        "assumed_cost_eur_month",
        "time_limit_s",
        "boroughs.west",
    }
    assert {"plan_score_share", "plan_score_objective"} <= {code for code, *_ in faults}


@pytest.mark.parametrize(
    "settings",
    [
        PlanSettings("coverage", 1, score_share=-0.1),
        PlanSettings("coverage", 1, score_share=1.0),
        PlanSettings("coverage", 1, score_share=math.nan),
        PlanSettings("worst", 1, score_share=0.5),
        PlanSettings("coverage", 1, time_limit_s=math.nan),
        PlanSettings("coverage", -1),
        PlanSettings("coverage", 1, Constraints(spacing_m=-1.0)),
        PlanSettings("coverage", 1, Constraints(boroughs={"west": (3, 1)})),
    ],
)
def test_settings_out_of_range(tiny_area, distances, settings):
    if settings.constraints.boroughs:
        found = make_plan(prepare(tiny_area, SCENARIO, settings, distances), SCENARIO)
        assert found.status == "infeasible"
        return
    with pytest.raises(SettingError):
        prepare(tiny_area, SCENARIO, settings, distances)


def test_rules_that_contradict_are_named_in_the_plan(tiny_area, distances):
    found = plan(tiny_area, distances, must=("k1",), must_not=("k1",))
    assert found.status == "infeasible"
    assert "siting_rule_must" in [fault.code for fault in found.problems]
    found = plan(tiny_area, distances, must=("k1", "k2"), either_or=(("k1", "k2"),))
    assert [fault.code for fault in found.problems][:4] == [
        "siting_rules_conflict",
        "siting_rule_must",
        "siting_rule_must",
        "siting_rule_either_or",
    ]
    found = plan(tiny_area, distances, count=3, boroughs={"west": (0, 1), "ost": (0, 1)})
    assert {fault.params.get("borough") for fault in found.problems} >= {"west", "ost"}


def test_a_room_named_twice_is_one(tiny_area, distances):
    assert plan(tiny_area, distances, must=("k4", "k4"), either_or=(("k4", "k4"),)).status == "optimal"


def test_cells_that_only_a_barred_room_covers_are_out_of_reach(tiny_area, distances):
    near = replace(SCENARIO, minutes=8.0)
    free = plan(tiny_area, distances, "cover-all", None, scenario=near)
    barred = plan(tiny_area, distances, "cover-all", None, scenario=near, must_not=("k3",))
    assert barred.status == "optimal"
    assert "k3" not in barred.candidate_ids
    lost = dict(zip(free.candidate_ids, free.gains, strict=True))["k3"]
    assert barred.need_out_of_reach == pytest.approx(free.need_out_of_reach + lost)


@pytest.mark.parametrize("objective", ["coverage", "walking"])
def test_scores_can_tip_the_balance(tiny_area, distances, objective):
    plain = plan(tiny_area, distances, objective, 1)
    scores = pd.Series({"k1": 0.0, "k2": 0.0, "k3": 0.0, "k4": 100.0})
    mixed = plan(tiny_area, distances, objective, 1, scores=scores)
    assert plain.candidate_ids != ("k4",)
    assert mixed.candidate_ids == ("k4",)
    assert mixed.status == "optimal"
    assert mixed.bound == pytest.approx(mixed.objective)


def test_scores_are_needed_where_they_count(tiny_area, distances):
    with pytest.raises(SettingError) as caught:
        prepare(tiny_area, SCENARIO, PlanSettings(score_share=0.5), distances)
    assert caught.value.code == "siting_scores_missing"


def test_no_time_is_no_proof(tiny_area, distances):
    task = prepare(tiny_area, SCENARIO, PlanSettings("coverage", 2, time_limit_s=0.0), distances)
    found = make_plan(task, SCENARIO)
    assert found.status in {"feasible", "unknown"}
    assert found.bound >= plan(tiny_area, distances).objective


def test_stopping_and_progress_reach_the_search(tiny_area, distances):
    told = []
    task = prepare(tiny_area, SCENARIO, PlanSettings("coverage", 2), distances)
    assert make_plan(task, SCENARIO, stop=lambda: True).status != "optimal"
    make_plan(task, SCENARIO, progress=told.append)
    assert told


def test_without_sites_every_walk_starts_from_nothing(tiny_area):
    sites = tiny_area.sites.copy()
    sites["status"] = "closed"
    area = tiny_area.with_tables(sites=sites)
    distances = measure(area)
    for objective in PLAN_OBJECTIVES:
        found = plan(area, distances, objective, 2)
        assert found.status == "optimal"
    walking = plan(area, distances, "walking", 2)
    assert walking.gains[0] == math.inf
    effect = plan_effect(area, SCENARIO, distances, tiny_area.cells["foreign_nationals"].to_numpy(), ["k2"])
    assert effect.before.covered == 0.0
    assert effect.before.unreached == 450.0
    assert math.isnan(effect.before.mean_minutes)


def test_an_area_without_rooms(tiny_area):
    area = tiny_area.with_tables(candidates=tiny_area.candidates.iloc[:0])
    distances = measure(area)
    for objective in PLAN_OBJECTIVES:
        assert plan(area, distances, objective, 0).status == "optimal"
        if objective != "cover-all":
            assert plan(area, distances, objective, 1).status == "infeasible"


def test_nobody_needs_anything(tiny_area, distances):
    nobody = Scenario(need_weights=dict.fromkeys(default_weights(), 0.0))
    for objective in PLAN_OBJECTIVES:
        found = plan(tiny_area, distances, objective, 2, scenario=nobody)
        assert found.status == "optimal"
        assert len(found.candidate_ids) == (0 if objective == "cover-all" else 2)


def test_rooms_open_in_the_order_of_what_they_gain(tiny_area, distances):
    for objective in PLAN_OBJECTIVES:
        found = plan(tiny_area, distances, objective, 4)
        task = prepare(tiny_area, SCENARIO, found.settings, distances)
        gains = list(found.gains)
        if objective in {"coverage", "cover-all", "walking"}:
            assert gains == sorted(gains, reverse=True)
        assert all(gain >= 0 for gain in gains)
        closest = task.metres[:, list(task.fixed)].min(axis=1).astype(float)
        before = figure(task, closest)
        for name, gain in zip(found.candidate_ids, gains, strict=True):
            closest = np.minimum(closest, task.metres[:, task.columns([name])[0]])
            assert before - figure(task, closest) == pytest.approx(gain)
            before = figure(task, closest)
        alone = [
            figure(task, np.minimum(nearest(task.metres[:, list(task.fixed)]), task.metres[:, column]))
            for column in task.columns(found.candidate_ids)
        ]
        first = task.columns([found.candidate_ids[0]])[0]
        assert min(alone) == pytest.approx(
            figure(task, np.minimum(nearest(task.metres[:, list(task.fixed)]), task.metres[:, first]))
        )


def test_an_order_can_be_replaced(tiny_area, distances):
    found = plan(tiny_area, distances)
    turned = with_order(found, found.candidate_ids[::-1], (1.0, 2.0))
    assert turned.candidate_ids == found.candidate_ids[::-1]
    assert turned.objective == found.objective


def test_opening_nothing(tiny_area, distances):
    task = prepare(tiny_area, SCENARIO, PlanSettings(count=0), distances)
    assert opening_order(task, []) == ([], [])


def test_distances_reach_as_far_as_the_objective_needs(tiny_area):
    short = measure(tiny_area, limit_m=400.0)
    for objective in ("coverage", "cover-all"):
        assert plan_distances(tiny_area, short, PlanSettings(objective)) is short
    for objective in ("walking", "worst"):
        long = plan_distances(tiny_area, short, PlanSettings(objective))
        closest = nearest(short.sites)
        assert long.limit_m > closest.max()
        assert plan(tiny_area, long, objective).objective == pytest.approx(
            plan(tiny_area, measure(tiny_area, limit_m=30_000.0), objective).objective
        )
        assert plan_distances(tiny_area, long, PlanSettings(objective)) is long


def test_the_effect_is_what_access_says(tiny_area, distances):
    need = tiny_area.cells["foreign_nationals"].to_numpy()
    for names in ([], ["k1"], ["k2", "k1"], list(ROOMS)):
        effect = plan_effect(tiny_area, SCENARIO, distances, need, names)
        place = [distances.candidate_ids.index(name) for name in names]
        before = nearest(distances.sites)
        after = np.minimum(before, nearest(distances.candidates[:, place]))
        for figures, walk in ((effect.before, before), (effect.after, after)):
            reach = coverage(walk, need, SCENARIO.reach_m)
            minutes = walk_minutes(walk, need, SCENARIO.metres_per_minute)
            table = coverage_by(tiny_area.cells, walk, need, SCENARIO.reach_m, "borough")
            assert (figures.covered, figures.share) == (reach.covered, reach.share)
            assert (figures.mean_minutes, figures.p90_minutes, figures.unreached) == (
                minutes.mean,
                minutes.p90,
                minutes.unreached,
            )
            assert figures.worst_key == worst_district(table)
            assert figures.worst_share == table["share"].min()
            assert figures.gini == pytest.approx(gini(walk.astype(float), need))
        table = effect.boroughs.set_index("key")
        assert (table["share_after"] >= table["share_before"]).all()
        assert (table["minutes_after"] <= table["minutes_before"]).all()
        assert table["rooms"].sum() == len(names)
        assert (table["need"] * table["share_after"]).sum() == pytest.approx(effect.after.covered)
        assert table["need"].sum() == need.sum()
        assert (effect.groups["after"] >= effect.groups["before"]).all()
        assert (effect.groups["after"] <= effect.groups["total"] + 1e-9).all()
        group = effect.groups.set_index("group").loc["foreign_nationals"]
        assert (group["before"], group["after"]) == (effect.before.covered, effect.after.covered)
        assert need[effect.covered_after].sum() == effect.after.covered
        assert not (effect.covered_before & ~effect.covered_after).any()


def test_what_each_room_adds_and_who_would_lose(tiny_area, distances):
    need = tiny_area.cells["foreign_nationals"].to_numpy()
    names = ["k2", "k1", "k3"]
    effect = plan_effect(tiny_area, SCENARIO, distances, need, names)
    assert effect.rooms["candidate_id"].tolist() == names
    for row in effect.rooms.itertuples():
        rest = [name for name in names if name != row.candidate_id]
        without = plan_effect(tiny_area, SCENARIO, distances, need, rest)
        only = plan_effect(tiny_area, SCENARIO, distances, need, [row.candidate_id])
        assert row.if_dropped == pytest.approx(effect.after.covered - without.after.covered)
        assert row.alone == pytest.approx(only.after.covered - only.before.covered)
        longer = without.after.mean_minutes - effect.after.mean_minutes
        assert row.minutes_if_dropped == pytest.approx(longer)
        shares = without.boroughs.set_index("key")["share_after"]
        lost = effect.boroughs.set_index("key")["share_after"] - shares
        assert set(row.losers) == set(lost[lost > 1e-9].index)


def test_more_rooms_never_cover_less(tiny_area, distances):
    covered, walks, longest = [], [], []
    for count in range(5):
        covered.append(plan(tiny_area, distances, "coverage", count).objective)
        walks.append(plan(tiny_area, distances, "walking", count).objective)
        longest.append(plan(tiny_area, distances, "worst", count).objective)
    assert covered == sorted(covered)
    assert walks == sorted(walks, reverse=True)
    assert longest == sorted(longest, reverse=True)


def test_columns_of_rooms(tiny_area, distances):
    task = prepare(tiny_area, SCENARIO, PlanSettings(), distances)
    assert task.ids == ("s1", "s2", *ROOMS)
    assert task.columns(["k4", "k1"]) == [2, 5]
    with pytest.raises(KeyError):
        task.columns(["s1"])


def test_other_open_sites_count_and_limit_can_be_given(tiny_area, distances):
    task = prepare(tiny_area, SCENARIO, PlanSettings("walking", 1), distances)
    anew = solve_task(task, fixed=(), count=2)
    assert len(anew.sites) == 2
    orders = [list(order) for order in permutations(task.columns(["k1", "k2"]))]
    assert opening_order(task, orders[0]) == opening_order(task, orders[1])
