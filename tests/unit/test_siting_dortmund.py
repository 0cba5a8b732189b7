"""Plans for the bundled city: rules hold, order of rows does not matter, figures agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planning.access import coverage, measure, nearest
from planning.model import Constraints, PlanSettings, Scenario
from planning.need import cell_need
from planning.siting import OPTIMAL_GAP, make_plan, plan_effect, prepare
from planning.walking import build_network, walking_distances

SCENARIO = Scenario()


@pytest.fixture(scope="module")
def network(dortmund):
    return build_network(dortmund.nodes, dortmund.edges)


@pytest.fixture(scope="module")
def distances(dortmund, network):
    return measure(dortmund, network=network)


@pytest.fixture(scope="module")
def best(dortmund, distances):
    return make_plan(prepare(dortmund, SCENARIO, PlanSettings(), distances), SCENARIO)


def test_the_best_fourteen_are_proven(dortmund, distances, best):
    assert best.status == "optimal"
    assert best.gap <= OPTIMAL_GAP
    assert len(set(best.candidate_ids)) == dortmund.programme.remaining == 14
    assert list(best.gains) == sorted(best.gains, reverse=True)
    need = cell_need(dortmund.cells, SCENARIO.need_weights)
    effect = plan_effect(dortmund, SCENARIO, distances, need, best.candidate_ids)
    assert effect.after.covered == pytest.approx(best.objective)
    assert effect.before.covered + sum(best.gains) == pytest.approx(best.objective)
    assert effect.before.covered == coverage(nearest(distances.sites), need, SCENARIO.reach_m).covered
    assert effect.after.share > effect.before.share
    assert effect.after.mean_minutes < effect.before.mean_minutes
    assert (effect.boroughs["share_after"] >= effect.boroughs["share_before"]).all()
    assert effect.boroughs["rooms"].sum() == 14
    assert (effect.rooms["if_dropped"] <= effect.rooms["alone"] + 1e-6).all()
    assert (effect.rooms["if_dropped"] > 0).all()


def test_greedy_adding_is_no_better(dortmund, distances, best):
    need = cell_need(dortmund.cells, SCENARIO.need_weights)
    covered = (distances.sites <= SCENARIO.reach_m).any(axis=1)
    within = distances.candidates <= SCENARIO.reach_m
    for _ in range(14):
        gains = need @ (within & ~covered[:, None])
        covered |= within[:, int(np.argmax(gains))]
    assert best.objective >= need[covered].sum() - 1e-6


def test_the_order_of_rooms_and_cells_does_not_matter(dortmund, distances, best):
    rng = np.random.default_rng(3)
    rooms = rng.permutation(len(dortmund.candidates))
    cells = rng.permutation(len(dortmund.cells))
    turned = replace(
        dortmund.with_tables(candidates=dortmund.candidates.iloc[rooms].reset_index(drop=True)),
        cells=dortmund.cells.iloc[cells].reset_index(drop=True),
    )
    moved = replace(
        distances,
        candidate_ids=tuple(np.array(distances.candidate_ids)[rooms].tolist()),
        candidates=distances.candidates[np.ix_(cells, rooms)],
        sites=distances.sites[cells],
        candidate_sites=distances.candidate_sites[:, rooms],
        snapped_candidates=distances.snapped_candidates.take(rooms),
        snapped_cells=distances.snapped_cells.take(cells),
    )
    again = make_plan(prepare(turned, SCENARIO, PlanSettings(), moved), SCENARIO)
    assert again.candidate_ids == best.candidate_ids
    assert again.objective == pytest.approx(best.objective, rel=1e-12)


def test_all_kinds_of_rules_at_once(dortmund, distances, network, best):
    rooms = dortmund.candidates.set_index("candidate_id")
    banned = best.candidate_ids[:2]
    wanted = min(set(rooms.index) - set(best.candidate_ids))
    constraints = Constraints(
        boroughs={"mengede": (2, None), "innenstadt-nord": (0, 1), "hombruch": (1, 2)},
        priority_areas_min=4,
        spacing_m=700.0,
        must=(wanted,),
        must_not=banned,
        either_or=(best.candidate_ids[2:5],),
        budget_eur_month=1400.0,
        assumed_cost_eur_month=100.0,
    )
    task = prepare(dortmund, SCENARIO, PlanSettings(constraints=constraints), distances, network=network)
    found = make_plan(task, SCENARIO)
    assert found.status == "optimal"
    chosen = list(found.candidate_ids)
    boroughs = rooms.loc[chosen, "borough"].value_counts()
    assert len(set(chosen)) == 14
    assert boroughs.get("mengede", 0) >= 2
    assert boroughs.get("innenstadt-nord", 0) <= 1
    assert 1 <= boroughs.get("hombruch", 0) <= 2
    assert wanted in chosen
    assert not set(banned) & set(chosen)
    assert len(set(best.candidate_ids[2:5]) & set(chosen)) <= 1
    areas = dortmund.districts[dortmund.districts["level"] == "priority_area"].union_all()
    assert rooms.loc[chosen].geometry.within(areas).sum() >= 4
    place = [distances.candidate_ids.index(name) for name in chosen]
    snapped = distances.snapped_candidates.take(place)
    apart = walking_distances(network, snapped, snapped, 5000.0)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() >= 700.0
    dependances = dortmund.sites[dortmund.sites["kind"].isin(["dependance"])]["site_id"]
    rows = [distances.site_ids.index(name) for name in dependances if name in distances.site_ids]
    assert distances.candidate_sites[np.ix_(rows, place)].min() >= 700.0
    assert found.objective <= best.objective


def test_covering_everybody_who_can_be(dortmund, distances):
    found = make_plan(prepare(dortmund, SCENARIO, PlanSettings("cover-all"), distances), SCENARIO)
    assert found.status == "optimal"
    assert found.objective == len(found.candidate_ids)
    need = cell_need(dortmund.cells, SCENARIO.need_weights)
    effect = plan_effect(dortmund, SCENARIO, distances, need, found.candidate_ids)
    assert effect.after.covered == pytest.approx(need.sum() - found.need_out_of_reach)
    assert (effect.rooms["if_dropped"] > 0).all()


def test_covered_need_never_falls_with_the_number_of_rooms(dortmund, distances):
    covered = []
    for count in (0, 1, 2, 5, 9, 14):
        task = prepare(dortmund, SCENARIO, PlanSettings(count=count), distances)
        found = make_plan(task, SCENARIO)
        assert found.status == "optimal"
        covered.append(found.objective)
    assert covered == sorted(covered)
    assert len(set(covered)) == 6


def test_a_stopped_plan_knows_how_much_better_it_could_be(dortmund, distances, best):
    asked = []
    task = prepare(dortmund, SCENARIO, PlanSettings(), distances)
    found = make_plan(task, SCENARIO, stop=lambda: asked.append(1) or len(asked) > 20)
    assert found.status == "feasible"
    assert len(found.candidate_ids) == 14
    assert found.objective <= best.objective + 1e-6
    assert found.bound >= best.objective - 1e-6
