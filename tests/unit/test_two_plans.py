"""Two plans measured by the same need, against a count by hand of cells, boroughs and draws."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from planning.model import Scenario
from planning.scoring import evaluate
from planning.scoring.confidence import DRAWS, SEED
from planning.scoring.perturbation import CHUNK, draw, perturbation
from planning.siting import plan_effect
from planning.siting.two_plans import compare_plans
from tests.fixtures.areas import make_tiny_area
from tests.fixtures.compared import ROOMS, walks

AREA = make_tiny_area()
WALKS = walks(AREA)
SCENARIO = Scenario(minutes=12.0)
JUDGED = evaluate(AREA, SCENARIO, WALKS)
NEED = JUDGED.need
SETS = [rooms for size in range(4) for rooms in itertools.combinations(ROOMS, size)]
PAIRS = [(one, other) for one in SETS for other in SETS][::3]
YEAR = 2026


def compared(a, b, *, need=NEED, scenario=SCENARIO, drawn=None):
    effects = tuple(plan_effect(AREA, scenario, WALKS, need, ids) for ids in (a, b))
    return compare_plans(effects, (a, b), need, perturbation=drawn)


def within(ids, scenario=SCENARIO):
    """Return cell by cell whether an open site or a room is near enough."""
    found = []
    for cell in range(len(AREA.cells)):
        metres = [float(one) for one in WALKS.sites[cell]]
        metres += [float(WALKS.candidates[cell, ROOMS.index(name)]) for name in ids]
        found.append(min(metres) <= scenario.reach_m)
    return found


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_rooms_and_need_are_counted_cell_by_cell(a, b):
    plans = compared(a, b)
    today, one, other = within(()), within(a), within(b)
    counted = {"both": 0.0, "a": 0.0, "b": 0.0}
    for cell, need in enumerate(NEED):
        newly = (one[cell] and not today[cell], other[cell] and not today[cell])
        if all(newly):
            counted["both"] += need
        elif any(newly):
            counted["a" if newly[0] else "b"] += need
    found = (plans.need_both, plans.need_a, plans.need_b)
    assert found == pytest.approx(tuple(counted.values()))
    assert plans.in_both == tuple(name for name in a if name in b)
    assert plans.only_a == tuple(name for name in a if name not in b)
    assert plans.only_b == tuple(name for name in b if name not in a)
    assert plans.ids == (a, b)
    shares = [effect.after.share for effect in plans.effects]
    before = plans.effects[0].before.share
    assert shares[0] - before == pytest.approx((counted["both"] + counted["a"]) / NEED.sum())
    assert shares[1] - before == pytest.approx((counted["both"] + counted["b"]) / NEED.sum())


@pytest.mark.parametrize(("a", "b"), PAIRS[::4])
def test_boroughs_are_those_of_the_cells_and_the_greatest_difference_comes_first(a, b):
    plans = compared(a, b)
    reach = {"before": within(()), "a": within(a), "b": within(b)}
    keys = AREA.cells["borough"].tolist()
    for row in plans.boroughs.to_dict("records"):
        cells = [cell for cell, key in enumerate(keys) if key == row["key"]]
        total = sum(NEED[cell] for cell in cells)
        assert row["need"] == pytest.approx(total)
        for name, covered in reach.items():
            share = sum(NEED[cell] for cell in cells if covered[cell]) / total
            assert row[f"share_{name}"] == pytest.approx(share)
        assert row["difference"] == pytest.approx(row["share_a"] - row["share_b"])
    sizes = plans.boroughs["difference"].abs().tolist()
    assert sizes == sorted(sizes, reverse=True)
    assert set(plans.boroughs["key"]) == set(keys)


@pytest.mark.parametrize(
    ("a", "b"), [(("k1",), ("k2",)), (("k1", "k3"), ("k2", "k4")), (("k1",), ("k1", "k2"))]
)
@pytest.mark.parametrize("minutes", [8.0, 12.0])
def test_ranges_and_who_is_ahead_are_those_of_the_draws_one_by_one(a, b, minutes):
    scenario = replace(SCENARIO, minutes=minutes)
    judged = evaluate(AREA, scenario, WALKS)
    drawn = perturbation(AREA, scenario, WALKS, judged, year=YEAR)
    plans = compared(a, b, need=judged.need, scenario=scenario, drawn=drawn)
    covered = np.array([within(a, scenario), within(b, scenario)])
    shares = []
    for chunk in range(DRAWS // CHUNK):
        draws = draw(drawn, SEED, chunk)
        for number in range(CHUNK):
            need = draws.need(drawn, number)
            shares.append(covered @ need / need.sum())
    shares = np.array(shares)
    assert shares.std(axis=0).max() > 0.001
    for column, found in enumerate(plans.ranges):
        expected = np.quantile(shares[:, column], [0.05, 0.5, 0.95])
        assert (found.low, found.middle, found.high) == pytest.approx(tuple(expected), abs=1e-6)
    apart = shares[:, 0] - shares[:, 1]
    ahead = ((apart > 1e-7).sum() + 0.5 * (np.abs(apart) <= 1e-7).sum()) / len(shares)
    assert plans.a_ahead == pytest.approx(ahead, abs=5e-4)


def test_the_other_way_round_everything_is_turned():
    drawn = perturbation(AREA, SCENARIO, WALKS, JUDGED, year=YEAR)
    a, b = ("k1", "k3"), ("k3", "k2")
    plans, turned = compared(a, b, drawn=drawn), compared(b, a, drawn=drawn)
    assert (plans.need_a, plans.need_b, plans.need_both) == (turned.need_b, turned.need_a, turned.need_both)
    assert plans.ranges == turned.ranges[::-1]
    assert plans.a_ahead == pytest.approx(1.0 - turned.a_ahead)
    assert (plans.only_a, plans.only_b) == (turned.only_b, turned.only_a)
    assert plans.boroughs["difference"].tolist() == pytest.approx((-turned.boroughs["difference"]).tolist())


def test_the_same_plan_twice_is_level():
    drawn = perturbation(AREA, SCENARIO, WALKS, JUDGED, year=YEAR)
    plans = compared(("k1", "k2"), ("k2", "k1"), drawn=drawn)
    assert plans.a_ahead == 0.5
    assert plans.ranges[0] == plans.ranges[1]
    assert plans.need_a == plans.need_b == 0.0
    assert plans.only_a == plans.only_b == ()
    assert not plans.boroughs["difference"].any()


def test_without_draws_nothing_is_said_of_chances():
    plans = compared(("k1",), ("k2",))
    assert plans.ranges is None
    assert plans.a_ahead is None


def test_without_need_all_shares_are_zero():
    plans = compared(("k1",), ("k2",), need=np.zeros(len(NEED)))
    assert plans.boroughs.empty
    assert plans.need_both == plans.need_a == plans.need_b == 0.0
