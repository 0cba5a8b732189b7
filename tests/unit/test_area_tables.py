"""Tables that people edit: checked as a whole, completed from the place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planning.area import check_candidates, check_sites, weekday_codes
from planning.errors import StudyAreaError
from planning.i18n import LANGUAGES, Translator, explain
from tests.fixtures.areas import EAST, NORTH


def room(**changes):
    return {
        "candidate_id": "n1",
        "name": "Treff",
        "kind": "cafe",
        "x": EAST + 300,
        "y": NORTH + 300,
    } | changes


def site(**changes):
    base = {"site_id": "n1", "name": "Treff", "kind": "dependance", "status": "open"}
    return base | {"x": EAST + 1500, "y": NORTH + 300} | changes


def faults_of(check, rows, area):
    with pytest.raises(StudyAreaError) as caught:
        check(pd.DataFrame(rows), area)
    for language in LANGUAGES:
        assert all("{" not in line for line in explain(caught.value, Translator(language)))
    return {(fault.code, fault.row, fault.column) for fault in caught.value.faults}


def test_a_room_is_completed(tiny_area):
    table = check_candidates(pd.DataFrame([room(name="  Treff ", contact="")]), tiny_area)
    row = table.iloc[0]
    assert (row["name"], row["borough"], row["quarter"], row["status"]) == ("Treff", "west", "west", "open")
    assert pd.isna(row["contact"])
    assert pd.isna(row["step_free"])
    assert (row.geometry.x, row.geometry.y) == (EAST + 300, NORTH + 300)
    assert table.crs == tiny_area.crs


def test_the_place_decides_the_district(tiny_area):
    table = check_candidates(pd.DataFrame([room(borough="ost", quarter="nowhere")]), tiny_area)
    assert table[["borough", "quarter"]].iloc[0].tolist() == ["west", "west"]


def test_a_point_just_outside_belongs_to_the_nearest_district(tiny_area):
    table = check_candidates(pd.DataFrame([room(x=EAST - 400)]), tiny_area)
    assert table["quarter"].tolist() == ["west"]


def test_a_checked_table_passes_again_unchanged(tiny_area):
    once = check_sites(tiny_area.sites, tiny_area)
    assert check_sites(once, tiny_area).equals(once)


def test_the_given_frame_is_not_changed(tiny_area):
    frame = pd.DataFrame([room(name=" a ")])
    check_candidates(frame, tiny_area)
    assert frame["name"].tolist() == [" a "]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"candidate_id": np.nan}, ("value_missing", 1, "candidate_id")),
        ({"kind": "castle"}, ("value_not_allowed", 1, "kind")),
        ({"x": np.nan}, ("value_missing", 1, "x")),
        ({"x": np.inf}, ("value_not_finite", 1, "x")),
        ({"x": "here"}, ("value_not_a_number", 1, "x")),
        ({"x": 51.5, "y": 7.4}, ("degrees_as_metres", 1, "x, y")),
        ({"x": EAST + 9000}, ("point_outside", 1, "x, y")),
        ({"room_m2": -5}, ("value_too_small", 1, "room_m2")),
        ({"room_m2": 1e9}, ("value_too_large", 1, "room_m2")),
        ({"step_free": "perhaps"}, ("value_not_allowed", 1, "step_free")),
        ({"status": "gone"}, ("value_not_allowed", 1, "status")),
        ({"note": "x" * 4001}, ("text_too_long", 1, "note")),
    ],
)
def test_a_bad_room_gets_its_fault(tiny_area, changes, expected):
    assert expected in faults_of(check_candidates, [room(**changes)], tiny_area)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": "kiosk"}, ("value_not_allowed", 1, "kind")),
        ({"name": " "}, ("value_missing", 1, "name")),
        ({"y": np.nan}, ("coordinate_half", 1, "x, y")),
        ({"weekday": "Someday"}, ("weekday_unknown", 1, "weekday")),
        ({"time_from": "25:00"}, ("time_unknown", 1, "time_from")),
        ({"time_from": "16:00", "time_to": "14:00"}, ("time_backwards", 1, "time_to")),
        ({"x": np.nan, "y": np.nan, "borough": "mars"}, ("district_unknown", 1, "borough")),
    ],
)
def test_a_bad_site_gets_its_fault(tiny_area, changes, expected):
    assert expected in faults_of(check_sites, [site(**changes)], tiny_area)


def test_all_faults_come_together_and_name_their_rows(tiny_area):
    rows = [room(), room(candidate_id="n2", kind="castle"), room(x=EAST + 9000)]
    found = faults_of(check_candidates, rows, tiny_area)
    assert found == {
        ("value_duplicate", 1, "candidate_id"),
        ("value_duplicate", 3, "candidate_id"),
        ("value_not_allowed", 2, "kind"),
        ("point_outside", 3, "x, y"),
    }


def test_rows_are_counted_from_where_the_sheet_starts(tiny_area):
    with pytest.raises(StudyAreaError) as caught:
        check_candidates(pd.DataFrame([room(kind="castle")]), tiny_area, first_row=2)
    assert [fault.row for fault in caught.value.faults] == [2]


def test_a_site_may_have_no_place(tiny_area):
    rows = [site(x=np.nan, y=np.nan, borough="ost", location_quality="exact"), site(site_id="n2")]
    table = check_sites(pd.DataFrame(rows), tiny_area)
    assert table["location_quality"].tolist() == ["unknown", "exact"]
    assert table["borough"].tolist() == ["ost", "ost"]
    assert table.geometry.isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Dienstag", "Di"),
        ("tue.", "Di"),
        ("do, Mo", "Mo;Do"),
        ("Freitags und Mi", "Mi;Fr"),
        ("Holiday", "Holiday"),
    ],
)
def test_weekdays_are_understood_in_both_languages(text, code):
    assert weekday_codes(text) == code


def test_an_empty_table_of_sites_is_allowed(tiny_area):
    assert len(check_sites(tiny_area.sites.iloc[:0], tiny_area)) == 0
    assert len(check_sites(pd.DataFrame(), tiny_area)) == 0
