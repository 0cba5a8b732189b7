"""Which places are rooms, of which kind, and which two entries are one room."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from planning.area.catalogues import declaration, venue_kinds
from planning.area.schema import columns_of
from planning.sources.doubles import merge_doubles
from planning.sources.layers import regular_lines
from planning.sources.venues import kind_by_name, place_candidates


def spots(*rows):
    table = pd.DataFrame(rows, columns=["place_id", "name", "kind", "x", "y"])
    points = gpd.points_from_xy(table["x"], table["y"])
    return gpd.GeoDataFrame(table.astype({"name": "str"}), geometry=points, crs=25832)


def left_out(*rows, grounds=None):
    _, out = place_candidates(spots(*rows), "2020", "source", grounds=grounds)
    return out.set_index("candidate_id")["reason"].to_dict()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("place_of_worship", "Friedhofskapelle"),
        ("place_of_worship", "Trauerhalle Nord"),
        ("place_of_worship", "Margarethenkapelle"),
        ("place_of_worship", "Kapelle am Wege"),
        ("school", "Hallenbad Ost"),
        ("school", "Schulgelände der Lindenschule"),
        ("school", "Technischer Dienst der Förderschulen"),
        ("school", "Lindenschule (derzeit ausgelagert)"),
        ("school", "DLRG Bezirk Nord e.V."),
        ("school", "Malteser Hilfsdienst e.V."),
        ("school", "DRK Ausbildungszentrum"),
        ("school", "Sparkassenakademie"),
        ("school", "Wall Street Institute"),
        ("school", "Musikschule Muster"),
        ("school", "Fahrschule Muster"),
        ("school", "Parkplatz Gymnasium"),
        ("kindergarten", "Johannes-Kinderheim"),
        ("kindergarten", 'Kindertagespflege "Grünlinge"'),
        ("public_building", "Pumpwerk"),
        ("library", "Universitätsbibliothek"),
    ],
)
def test_what_is_no_room_is_left_out(kind, name):
    assert set(left_out(("p", name, kind, 0, 0))) == {"p"}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("place_of_worship", "Petrikirche"),
        ("place_of_worship", "Evangelisch-freikirchliche Gemeinde"),
        ("school", "Friedhofschule"),
        ("school", "Altenakademie"),
        ("school", np.nan),
        ("kindergarten", "Johanniter-Kindertageseinrichtung"),
        ("kindergarten", "Kinderhaus Montessori"),
        ("public_building", "Altes Hafenamt"),
        ("library", "Stadtteilbibliothek"),
        ("place_of_worship", np.nan),
    ],
)
def test_rooms_are_kept(kind, name):
    assert left_out(("p", name, kind, 0, 0)) == {}


def test_a_nameless_place_of_worship_on_a_cemetery_is_a_chapel_and_a_named_one_is_a_church():
    grounds = gpd.GeoDataFrame(
        {"class": ["cemetery", "park"]}, geometry=[box(0, 0, 50, 50), box(100, 0, 150, 50)], crs=25832
    )
    rows = [
        ("chapel", np.nan, "place_of_worship", 10, 10),
        ("church", "Sankt Peter", "place_of_worship", 20, 10),
        ("in a park", np.nan, "place_of_worship", 110, 10),
    ]
    assert left_out(*rows, grounds=grounds) == {"chapel": "chapel"}


def test_a_library_beside_a_university_is_its_own_unless_its_name_says_public():
    rows = [
        ("uni", "Hochschule", "university", 0, 0),
        ("beside", "Anna-Muster-Bibliothek", "library", 100, 0),
        ("public", "Gemeindebücherei", "library", 100, 0),
        ("far", "Otto-Muster-Bibliothek", "library", 400, 0),
    ]
    assert left_out(*rows) == {"beside": "university"}


def test_no_bundled_candidate_is_one_of_those_left_out(dortmund):
    rooms = dortmund.candidates
    names = rooms["name"].fillna("")
    for rule in declaration("not_rooms").to_dict("records"):
        if rule["near_kinds"] or rule["inside"]:
            continue
        known = re.compile(rule["pattern"], re.IGNORECASE)
        hit = rooms["kind"].isin(rule["kinds"].split(";")) & names.map(
            lambda name, k=known: bool(k.search(name))
        )
        assert names[hit].tolist() == [], rule["pattern"]
    cemeteries = dortmund.places.loc[dortmund.places["name"] == "Friedhofskapelle", "place_id"]
    assert len(cemeteries) > 0
    assert not set(cemeteries) & set(rooms["candidate_id"])


@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("place_of_worship", "Schalom-Zentrum", "community_centre"),
        ("place_of_worship", "Gemeindezentrum Kley", "community_centre"),
        ("place_of_worship", "Stephanus-Gemeindehaus", "community_centre"),
        ("place_of_worship", "Begegnungszentrum Deusenkirche", "meeting_centre"),
        ("place_of_worship", "Islamisches Kulturzentrum", "place_of_worship"),
        ("place_of_worship", "Freie Gemeinde", "place_of_worship"),
        ("community_centre", "Begegnungsstätte Nord", "meeting_centre"),
        ("school", "Jugendtreff Ost", "youth_centre"),
        ("school", "Kindergarten", "kindergarten"),
        ("school", "Grundschule mit Kindergarten", "school"),
        ("public_building", "Bezirksverwaltungsstelle Aplerbeck", "town_hall"),
        ("kindergarten", "Kindergarten im Gemeindehaus", "kindergarten"),
        ("library", "Bücherei im Rathaus", "library"),
        ("school", np.nan, "school"),
    ],
)
def test_a_name_without_doubt_corrects_the_kind(kind, name, found):
    assert kind_by_name(kind, name) == found
    assert found in set(venue_kinds()["kind"])


def rooms(*rows):
    columns = list(columns_of("candidates").index)
    frame = pd.DataFrame(rows, columns=["candidate_id", "name", "kind", "x", "y"]).reindex(columns=columns)
    return merge_doubles(frame).set_index("candidate_id")


def test_different_rooms_of_one_saint_stay_apart():
    table = rooms(
        ("a", "St. Anna", "place_of_worship", 0, 0), ("b", "Kindergarten St. Anna", "kindergarten", 20, 0)
    )
    assert len(table) == 2


def test_doubles_far_apart_stay_apart():
    table = rooms(("a", "Bücherei West", "library", 0, 0), ("b", "Bücherei West", "library", 500, 0))
    assert len(table) == 2


def test_a_nameless_double_joins_the_nearest_and_does_not_tie_two_schools_together():
    table = rooms(
        ("a", "Lindenschule", "school", 0, 0),
        ("b", np.nan, "school", 60, 0),
        ("c", "Eichenschule", "school", 140, 0),
    )
    assert table["merged"].dropna().to_dict() == {"a": "b"}
    assert len(table) == 2


def test_the_richer_record_is_kept_and_completed():
    table = rooms(("vn_1", "Bücherei West", "library", 0, 0), ("pl_2", "Stadtbücherei", "library", 30, 0))
    assert table.loc["vn_1", ["name", "aliases", "merged"]].tolist() == [
        "Bücherei West",
        "Stadtbücherei",
        "pl_2",
    ]


def test_one_name_at_one_place_is_one_room_whatever_the_kinds():
    table = rooms(("a", "St. Benno", "place_of_worship", 0, 0), ("b", "St.Benno", "kindergarten", 16, 0))
    assert table[["kind", "merged"]].to_numpy().tolist() == [["place_of_worship", "b"]]


def test_the_kind_of_the_facts_wins():
    table = rooms(
        ("vn_1", "Haus am Park", "youth_centre", 0, 0), ("pl_2", "Haus am Park", "community_centre", 0, 0)
    )
    assert table["kind"].to_dict() == {"vn_1": "youth_centre"}


def at_one_house(*rows):
    columns = list(columns_of("candidates").index)
    frame = pd.DataFrame(rows, columns=["candidate_id", "name", "kind", "x", "y"]).reindex(columns=columns)
    return merge_doubles(frame.assign(house="Akazienstraße 2"))["candidate_id"].tolist()


def test_two_of_a_family_at_one_house_are_one_but_schools_share_houses():
    assert at_one_house(
        ("a", "Familienzentrum", "kindergarten", 0, 0), ("b", "Kita Akazienweg", "kindergarten", 12, 0)
    ) == ["a"]
    assert at_one_house(
        ("a", "Familienzentrum", "kindergarten", 0, 0), ("b", "Kita Akazienweg", "kindergarten", 16, 0)
    ) == ["a", "b"]
    assert at_one_house(
        ("a", "Familienzentrum", "kindergarten", 0, 0), ("b", "Lindenschule", "school", 12, 0)
    ) == ["a", "b"]
    assert at_one_house(("a", "Abendgymnasium", "school", 0, 0), ("b", "Lindenschule", "school", 12, 0)) == [
        "a",
        "b",
    ]


def test_all_day_care_is_part_of_its_school():
    table = rooms(
        ("a", "OGS - Offene Ganztagsschule", "school", 0, 0),
        ("b", "Overberg Grundschule", "school", 28, 0),
        ("c", "Lindenschule", "school", 60, 0),
    )
    assert table["aliases"].dropna().to_dict() == {"b": "OGS - Offene Ganztagsschule"}
    assert sorted(table.index) == ["b", "c"]


def test_a_joint_name_does_not_tie_two_schools_together():
    table = rooms(
        ("a", "Hauptschule Ost + Einstein Realschule", "school", 0, 0),
        ("b", "Einstein-Realschule", "school", 50, 0),
        ("c", "Hauptschule Ost", "school", 28, 10),
    )
    assert table["merged"].to_dict() == {"b": pytest.approx(np.nan, nan_ok=True), "c": "a"}


@pytest.mark.parametrize(("metres", "left"), [(59, 1), (65, 2)])
def test_nameless_kindergartens_are_one_within_60_metres(metres, left):
    assert len(rooms(("a", np.nan, "kindergarten", 0, 0), ("b", np.nan, "kindergarten", metres, 0))) == left


def test_lines_that_run_every_day_are_told_by_their_names():
    lines = [
        "U41",
        "S1",
        "RE57",
        "X13",
        "SB24",
        "HB1",
        "470",
        "E12",
        "NE3",
        "AST",
        "ABC751",
        "AirportExpress",
    ]
    assert regular_lines(lines) == ["U41", "S1", "RE57", "X13", "SB24", "HB1", "470"]
    assert regular_lines("1;E2") == ["1"]
