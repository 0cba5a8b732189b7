"""Raw criteria, ranking and facts on the invented town; every figure is worked out by hand.

Walking distances are taken as steps along the grid of streets: ``|dx| + |dy|``.
"""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from planning.access import open_sites
from planning.area import indicators
from planning.errors import SettingError
from planning.model import Scenario
from planning.scoring import candidate_facts, evaluate, ranking, raw_criteria, surroundings
from planning.scoring.criteria import labels_of_places, own_places
from planning.scoring.measures import distinct_within

FOREIGN_ONLY = Scenario(
    need_weights={
        group: float(group == "foreign_nationals") for group in indicators().query("need_group")["id"]
    }
)


def _steps(targets, rooms):
    there = np.column_stack([targets.geometry.centroid.x, targets.geometry.centroid.y])
    here = np.column_stack([rooms.geometry.x, rooms.geometry.y])
    return np.abs(there[:, None, :] - here[None, :, :]).sum(axis=2).astype(np.float32)


def walk_by_steps(area):
    sites = open_sites(area.sites)
    return SimpleNamespace(
        candidates=_steps(area.cells, area.candidates),
        sites=_steps(area.cells, sites),
        candidate_sites=_steps(sites, area.candidates),
        candidate_stops=_steps(area.stops, area.candidates),
        candidate_places=_steps(area.places, area.candidates),
    )


@pytest.fixture(scope="module")
def town(tiny_area):
    return tiny_area, walk_by_steps(tiny_area)


@pytest.fixture(scope="module")
def judged(town):
    area, distances = town
    return evaluate(area, FOREIGN_ONLY, distances)


def test_need_of_the_town(judged):
    assert judged.need.sum() == pytest.approx(450.0)


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("need_gained", [150.0, 170.0, 130.0, 50.0]),
        ("need_density", [70.0, 90.0, 50.0, 20.0]),
        ("transit", [2.0, 1.0, 0.0, 0.0]),
        ("distance", [1800.0, 1800.0, 1800.0, 900.0]),
        ("partners", [1.0, 1.0, 0.0, 0.0]),
        ("step_free", [1.0, 0.0, math.nan, math.nan]),
        ("priority_area", [0.0, 1.0, 1.0, 0.0]),
        ("equity", [60.0, 165.0, 165.0, 60.0]),
    ],
)
def test_raw_criterion(judged, criterion, expected):
    np.testing.assert_allclose(judged.raw.loc[["k1", "k2", "k3", "k4"], criterion], expected)


def test_minutes_and_speed_only_change_the_need_gained(town, judged):
    area, distances = town
    longer = Scenario(minutes=20.0, need_weights=FOREIGN_ONLY.need_weights)
    raw = raw_criteria(area, longer, distances)
    assert raw.loc["k3", "need_gained"] != judged.raw.loc["k3", "need_gained"]
    pd.testing.assert_frame_equal(raw.drop(columns="need_gained"), judged.raw.drop(columns="need_gained"))


def test_what_is_at_hand_is_not_computed_again(town, judged):
    area, distances = town
    around = surroundings(area, distances).assign(transit=9.0)
    assert (raw_criteria(area, FOREIGN_ONLY, distances, around=around)["transit"] == 9.0).all()
    doubled = raw_criteria(area, FOREIGN_ONLY, distances, need=judged.need * 2)
    np.testing.assert_allclose(doubled["need_gained"], judged.raw["need_gained"] * 2)


def test_a_closed_candidate_is_neither_scored_nor_the_measure_of_others(town):
    area, _ = town
    rooms = area.candidates.copy()
    rooms.loc[rooms["candidate_id"] == "k2", "status"] = "closed"
    changed = area.with_tables(candidates=rooms)
    found = evaluate(changed, FOREIGN_ONLY, walk_by_steps(changed))
    assert list(found.raw.index) == ["k1", "k3", "k4"]
    assert found.scores.values.loc["k1", "need_gained"] == 100.0  # noqa: PD011
    facts = candidate_facts(changed, FOREIGN_ONLY, walk_by_steps(changed), found, "k2")
    assert facts.score is None
    assert facts.need_gained == 170.0


def test_without_open_sites_everything_in_reach_is_gained_and_far(town):
    area, _ = town
    sites = area.sites.copy()
    sites["status"] = "closed"
    changed = area.with_tables(sites=sites)
    found = evaluate(changed, FOREIGN_ONLY, walk_by_steps(changed))
    assert np.isinf(found.raw["distance"]).all()
    assert (found.scores.values["distance"] == 100.0).all()  # noqa: PD011
    assert found.raw.loc["k1", "equity"] == 120.0
    assert (found.raw["need_gained"] >= [150.0, 170.0, 130.0, 50.0]).all()


def test_unknown_weight_reaches_the_caller(town):
    area, distances = town
    with pytest.raises(SettingError):
        evaluate(area, Scenario(criteria_weights={"parking": 1.0}), distances)


def test_ranking_is_tidy_and_best_first(town, judged):
    area, _ = town
    table = ranking(area, judged)
    assert list(table["rank"]) == [1, 2, 3, 4]
    assert table["score"].is_monotonic_decreasing
    contributions = table.filter(like="contribution_")
    assert contributions.shape[1] == 9
    np.testing.assert_allclose(contributions.sum(axis=1), table["score"], atol=1e-9)
    room = table.set_index("candidate_id").loc["k2"]
    assert room["name"] == "<script>alert(1)</script>"
    assert (room["kind"], room["borough"], room["raw_need_gained"]) == ("school", "ost", 170.0)
    assert room["low"] <= room["score"] <= room["high"]


def test_facts_of_the_library(town, judged):
    area, distances = town
    facts = candidate_facts(area, FOREIGN_ONLY, distances, judged, "k1")
    assert facts.need_gained == 150.0
    assert facts.need_in_reach == 40.0 + 70.0 + 80.0
    assert facts.need_density == 70.0
    assert facts.gained["foreign_nationals"] == 150.0
    assert facts.gained["residents"] == 750.0
    assert [(site.site_id, site.metres, site.minutes) for site in facts.sites] == [
        ("s1", 1800.0, 24.0),
        ("s2", 3000.0, 40.0),
    ]
    assert [(stop.stop_id, stop.metres) for stop in facts.stops] == [("h1", 100.0)]
    assert facts.lines == ("U41", "420")
    assert [(place.kind, place.name, place.metres) for place in facts.partners] == [
        ("school", "Schule am Park", 100.0)
    ]
    assert "step_free" not in facts.unknown
    assert {"kitchen", "room_m2", "cost_eur_month", "contact", "address"} <= set(facts.unknown)


def test_facts_split_the_score_exactly(town, judged):
    area, distances = town
    for candidate_id in judged.raw.index:
        facts = candidate_facts(area, FOREIGN_ONLY, distances, judged, candidate_id)
        parts = facts.score.parts
        assert math.fsum(part.contribution for part in parts) == pytest.approx(facts.score.total, abs=1e-9)
        assert facts.score.of == 4
        assert len(facts.partners) == judged.raw.loc[candidate_id, "partners"]
        assert len(facts.lines) == judged.raw.loc[candidate_id, "transit"]
        assert [part.criterion for part in parts if part.unknown] == (
            ["step_free"] if candidate_id in {"k3", "k4"} else []
        )


def test_facts_of_a_candidate_that_does_not_exist(town, judged):
    area, distances = town
    with pytest.raises(KeyError):
        candidate_facts(area, FOREIGN_ONLY, distances, judged, "k99")


def _spots(rows, key):
    frame = pd.DataFrame(rows, columns=[key, "name", "kind", "x", "y"])
    return gpd.GeoDataFrame(frame, geometry=[Point(x, y) for x, y in zip(frame.x, frame.y, strict=True)])


def test_a_room_is_not_its_own_partner_but_its_neighbour_is():
    rooms = _spots([("k", "Bücherei Hörde", "library", 0, 0)], "candidate_id")
    places = _spots(
        [
            ("same kind", np.nan, "library", 20, 20),
            ("same name", " bücherei-hörde", "public_building", 60, 0),
            ("other", "Kita", "kindergarten", 10, 0),
            ("too far", "Bücherei Hörde", "library", 61, 0),
            ("kind too far", np.nan, "library", 31, 0),
            ("nameless", np.nan, "school", 0, 0),
        ],
        "place_id",
    )
    assert own_places(places, rooms)[:, 0].tolist() == [True, True] + [False] * 4


def test_the_places_a_room_was_made_from_are_not_its_partners():
    rooms = _spots([("p1", "Schule", "school", 0, 0), ("k2", "Kita", "kindergarten", 0, 0)], "candidate_id")
    rooms["merged"] = ["p2;p3", np.nan]
    places = _spots([(f"p{n}", f"Haus {n}", "school", 100 * n, 0) for n in range(1, 5)], "place_id")
    assert own_places(places, rooms).T.tolist() == [[True, True, True, False], [False] * 4]


def test_nameless_rooms_and_places_are_not_of_the_same_name():
    rooms = _spots([("k", np.nan, "library", 0, 0)], "candidate_id")
    places = _spots([("p", np.nan, "school", 0, 0)], "place_id")
    assert not own_places(places, rooms).any()


def test_doubles_of_a_place_are_one_partner_and_nameless_ones_stand_alone():
    places = _spots(
        [
            ("p1", "Kita Sonne", "kindergarten", 0, 0),
            ("p2", "KITA SONNE ", "kindergarten", 0, 0),
            ("p3", np.nan, "kindergarten", 0, 0),
            ("p4", np.nan, "kindergarten", 0, 0),
            ("p5", "Kita Sonne", "supermarket", 0, 0),
        ],
        "place_id",
    )
    labels = labels_of_places(places)
    assert labels[0] == labels[1]
    assert len({*labels[0], *labels[2], *labels[3]}) == 3
    assert labels[4] == ()


def test_a_place_entered_under_two_kinds_is_one_partner():
    places = _spots(
        [
            ("p1", "Dellwig-Schule", "school", 0, 0),
            ("p2", "Dellwig Schule", "kindergarten", 59, 0),
            ("p3", "Dellwig-Schule", "kindergarten", 120, 300),
            ("p4", "Dellwig-Schule", "library", 0, 61),
            ("p5", "Dellwig-Schule", "supermarket", 0, 0),
            ("p6", np.nan, "school", 0, 0),
            ("p7", np.nan, "kindergarten", 0, 0),
        ],
        "place_id",
    )
    labels = labels_of_places(places)
    assert labels[0] == labels[1] == labels[2]
    assert len({labels[0], labels[3], labels[5], labels[6]}) == 4
    assert labels[4] == ()
    metres = np.zeros((len(places), 1), dtype=np.float32)
    assert distinct_within(metres, 400.0, labels).tolist() == [4]


def test_labels_do_not_depend_on_the_order_of_the_places():
    rows = [
        (f"p{n}", "Haus", kind, 40 * n, 0) for n, kind in enumerate(["school", "library", "kindergarten"])
    ]
    forwards, backwards = (labels_of_places(_spots(part, "place_id")) for part in (rows, rows[::-1]))
    assert forwards == backwards[::-1]
    assert len(set(forwards)) == 1


def test_a_town_without_rooms_places_or_priority_areas(town):
    area, _ = town
    bare = replace(
        area.with_tables(candidates=area.candidates.iloc[:0]),
        places=area.places.iloc[:0],
        districts=area.districts[area.districts["level"] != "priority_area"],
    )
    found = evaluate(bare, FOREIGN_ONLY, walk_by_steps(bare))
    assert found.raw.shape == (0, 9)
    assert ranking(bare, found).empty
    lonely = replace(bare, candidates=area.candidates)
    raw = evaluate(lonely, FOREIGN_ONLY, walk_by_steps(lonely)).raw
    assert (raw["partners"] == 0.0).all()
    assert (raw["priority_area"] == 0.0).all()


def test_a_room_in_no_borough_and_of_an_unlisted_kind_is_unknown_there(town):
    area, distances = town
    rooms = area.candidates.copy()
    rooms.loc[0, "borough"] = np.nan
    rooms.loc[0, "kind"] = "lighthouse"
    found = evaluate(area.with_tables(candidates=rooms), FOREIGN_ONLY, distances)
    assert set(found.scores.unknown.columns[found.scores.unknown.loc["k1"]]) == {"venue", "equity"}
    assert found.scores.low["k1"] < found.scores.total["k1"] < found.scores.high["k1"]
