"""Rooms side by side on the invented town: facts, overlaps, differences, and what cannot be compared."""

from __future__ import annotations

import numpy as np
import pytest

from planning.area.criteria import criteria
from planning.errors import SettingError
from planning.model import Scenario
from planning.scoring import evaluate
from planning.scoring.comparison import RESTS_ON, check_rooms, compare_candidates
from tests.fixtures.compared import CRITERIA, ROOMS, invented_confidence, walks

SCENARIO = Scenario(minutes=12.0)


@pytest.fixture(scope="module")
def judged(tiny_area):
    distances = walks(tiny_area)
    return tiny_area, SCENARIO, distances, evaluate(tiny_area, SCENARIO, distances)


@pytest.fixture(scope="module")
def compared(judged):
    return compare_candidates(*judged, ROOMS)


def by_id(comparison):
    return {room.candidate_id: room for room in comparison.rooms}


def test_the_best_ranked_room_comes_first_whatever_the_order(judged, compared):
    assert [room.score.rank for room in compared.rooms] == [1, 2, 3, 4]
    again = compare_candidates(*judged, ROOMS[::-1])
    assert [room.candidate_id for room in again.rooms] == [room.candidate_id for room in compared.rooms]


def test_cells_are_reached_and_gained_as_the_walks_say(judged, compared):
    area, scenario, distances, evaluation = judged
    for name, room in by_id(compared).items():
        near = distances.candidates[:, ROOMS.index(name)] <= scenario.reach_m
        uncovered = distances.sites.min(axis=1) > scenario.reach_m
        np.testing.assert_array_equal(room.reached, near)
        np.testing.assert_array_equal(room.gained, near & uncovered)
        assert room.need_gained == pytest.approx(evaluation.need[near & uncovered].sum())
        assert room.need_gained == pytest.approx(room.facts.need_gained)
        assert sum(room.by_borough.values()) == pytest.approx(room.need_gained)
        assert sum(room.by_quarter.values()) == pytest.approx(room.need_gained)
        assert set(room.by_borough) <= {"west", "ost"}
        assert list(room.by_borough.values()) == sorted(room.by_borough.values(), reverse=True)
        assert len(room.gained) == len(area.cells)


def test_unknown_facts_are_flagged(compared):
    unknown = {name: room.part("step_free").unknown for name, room in by_id(compared).items()}
    assert unknown == {"k1": False, "k2": False, "k3": True, "k4": True}
    assert "step_free" in by_id(compared)["k3"].facts.unknown


def test_nearest_sites_have_minutes(compared):
    site = by_id(compared)["k4"].facts.sites[0]
    assert (site.name, site.metres, site.minutes) == ("Büro West", 900.0, 12.0)


def test_every_criterion_says_what_it_rests_on(judged, compared):
    assert set(RESTS_ON) == {criterion.id for criterion in criteria()} == set(compared.basis)
    for bases in compared.basis.values():
        assert bases
        assert all((one.year, one.source) == ("2020", "invented for tests") for one in bases)
    assert [one.layer for one in compared.basis["transit"]] == ["stops", "edges"]


def test_differences_are_those_of_the_scores(compared):
    first = compared.rooms[0]
    assert list(compared.differences.columns) == CRITERIA
    assert not compared.differences.loc[first.candidate_id].any()
    for room in compared.rooms:
        apart = compared.differences.loc[room.candidate_id].sum()
        assert apart == pytest.approx(room.score.total - first.score.total)


def test_overlaps_of_pairs_and_of_all(judged, compared):
    need = judged[3].need
    assert len(compared.overlaps) == 6
    for one in compared.overlaps:
        a, b = (compared.rooms[place].gained for place in (one.a, one.b))
        assert one.both == pytest.approx(need[a & b].sum())
        assert one.only_a == pytest.approx(need[a & ~b].sum())
        assert one.only_b == pytest.approx(need[~a & b].sum())
        assert one.together == pytest.approx(need[a | b].sum())
    everyone = np.logical_or.reduce([room.gained for room in compared.rooms])
    assert compared.together == pytest.approx(need[everyone].sum())
    assert compared.together > 0


def test_neighbours_know_what_would_turn_them_round(judged):
    compared = compare_candidates(*judged, ROOMS[:3])
    assert len(compared.turning) == 2
    scores = judged[3].scores
    for place, turning in enumerate(compared.turning):
        better, worse = (compared.rooms[place + step].candidate_id for step in (0, 1))
        apart = scores.values.loc[better] - scores.values.loc[worse]
        for change in turning.single:
            shares = scores.shares * (1 - change.then) / (1 - change.now)
            shares[change.criterion] = change.then
            assert (apart * shares).sum() == pytest.approx(0.0, abs=1e-9)
        assert (apart * turning.joint.shares).sum() == pytest.approx(0.0, abs=1e-9)


def test_confidence_follows_the_rooms(judged):
    ids = list(judged[3].scores.total.index)
    sure = invented_confidence(ids, np.random.default_rng(3), count=2)
    above = np.arange(9.0).reshape(3, 3)
    picked = ["k4", "k1", "k2"]
    compared = compare_candidates(*judged, picked, confidence=sure, above=above)
    assert compared.bands == ((1, 1), (2, 2), (3, None))
    assert (compared.draws, compared.best) == (1000, 2)
    for row, room in enumerate(compared.rooms):
        assert sum(room.chance.bands) == pytest.approx(1.0)
        assert room.chance.bands[0] == pytest.approx(sure.table.loc[room.candidate_id, "first"])
        assert room.chance.in_best == pytest.approx(sum(room.chance.bands[:2]))
        for column, other in enumerate(compared.rooms):
            wanted = above[picked.index(room.candidate_id), picked.index(other.candidate_id)]
            assert compared.above[row, column] == wanted


def test_without_confidence_there_are_no_chances(compared):
    assert compared.above is None
    assert compared.draws == 0
    assert all(room.chance is None for room in compared.rooms)


@pytest.mark.parametrize("ids", [[], ["k1"], ["k1", "k2", "k3", "k4", "k1"]])
def test_fewer_than_two_and_more_than_four_rooms(tiny_area, ids):
    with pytest.raises(SettingError) as caught:
        check_rooms(tiny_area, ids)
    assert caught.value.code == "compare_count"
    assert caught.value.params["count"] == len(ids)


def test_everything_wrong_with_rooms_is_told_at_once(judged):
    area, scenario, distances, evaluation = judged
    closed = area.candidates.copy()
    closed.loc[closed["candidate_id"] == "k4", "status"] = "closed"
    with pytest.raises(SettingError) as caught:
        compare_candidates(
            area.with_tables(candidates=closed),
            scenario,
            distances,
            evaluation,
            ["k1", "k1", "nobody", "k4"],
        )
    assert [(fault.code, fault.params["room"]) for fault in caught.value.faults] == [
        ("compare_twice", "k1"),
        ("compare_unknown", "nobody"),
        ("compare_closed", "k4"),
    ]
