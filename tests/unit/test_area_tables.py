"""Tables that people edit: checked as a whole, completed from the place."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.area import check_candidates, check_sites, weekday_codes
from planning.area.schema import columns_of, schema_faults
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
        ({"x": True}, ("value_not_a_number", 1, "x")),
        ({"x": [EAST]}, ("value_not_scalar", 1, "x")),
        ({"room_m2": 10**400}, ("value_not_a_number", 1, "room_m2")),
        ({"name": ["Treff", "Café"]}, ("value_not_scalar", 1, "name")),
        ({"contact": {"tel": 1}}, ("value_not_scalar", 1, "contact")),
        ({"contact": b"tel"}, ("value_not_scalar", 1, "contact")),
        ({"contact": 10**5000}, ("value_not_scalar", 1, "contact")),
        ({"name": "Tr\x00eff"}, ("control_character", 1, "name")),
        ({"note": "\x1b[31mred"}, ("control_character", 1, "note")),
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


def test_line_breaks_and_tabs_are_kept_and_numbers_become_text(tiny_area):
    table = check_candidates(pd.DataFrame([room(note="\ta\n\tb ", contact=231, name=None)]), tiny_area)
    assert table[["note", "contact"]].iloc[0].tolist() == ["a\n\tb", "231"]


@pytest.mark.parametrize(("check", "row"), [(check_candidates, room()), (check_sites, site())])
def test_a_column_that_is_there_twice_is_a_fault(tiny_area, check, row):
    frame = pd.DataFrame([row | {"kind": "castle"}])
    frame = pd.concat([frame, frame[["name"]]], axis=1)
    with pytest.raises(StudyAreaError) as caught:
        check(frame, tiny_area)
    found = {(fault.code, fault.row, fault.column) for fault in caught.value.faults}
    assert found == {("column_duplicate", None, "name"), ("value_not_allowed", 1, "kind")}


def test_half_a_character_is_a_fault(tiny_area):
    frame = pd.DataFrame([room()], dtype="object")
    frame["note"] = pd.Series(["half \ud83d"], dtype="object")
    assert faults_of(check_candidates, frame, tiny_area) == {("control_character", 1, "note")}


def test_what_is_not_declared_may_be_there_twice(tiny_area):
    frame = pd.DataFrame([room()]).assign(extra=1)
    frame = pd.concat([frame, frame[["extra"]]], axis=1)
    assert len(check_candidates(frame, tiny_area)) == 1


CELLS = st.one_of(
    st.none(),
    st.floats(),
    st.integers(-(10**30), 10**30),
    st.sampled_from([10**400, 10**5000, True, 1 + 2j, pd.NA, pd.NaT, Decimal("NaN"), Decimal("1.5")]),
    st.sampled_from([[1], {"a": 1}, (1,), {1}, b"\xff", np.array([1, 2]), shapely.Point(1, 2), object()]),
    st.sampled_from([pd.Timestamp("2024-01-01"), pd.Timedelta(1, "h"), pd.Interval(0, 1)]),
    st.sampled_from([np.float32(3), np.int8(3), np.bool_(1)]),
    st.text(st.characters(), max_size=5),
    st.sampled_from(["", " ", "nan", "inf", "-1", "yes", "office", "cafe", "open", "Mo", "14:00", "west"]),
    st.sampled_from([EAST, NORTH, EAST + 300, "\x00", "\x1b", "\ud800", "x" * 4001]),
)  # fmt: skip
LABELS = [
    *columns_of("sites").index,
    *columns_of("candidates").index,
    "geometry",
    "extra",
    "",
    0,
    None,
    ("x",),
]


@st.composite
def odd_frames(draw):
    labels = draw(st.lists(st.sampled_from(LABELS), max_size=9))
    rows = draw(st.integers(0, 3))
    columns = [pd.Series(draw(st.lists(CELLS, min_size=rows, max_size=rows)), dtype="object") for _ in labels]
    if draw(st.booleans()):
        with suppress(UnicodeEncodeError):
            columns = [column.infer_objects() for column in columns]
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(rows))
    frame.columns = pd.Index(labels, dtype="object", tupleize_cols=False)
    frame.index = pd.Index(draw(st.lists(st.sampled_from(["a", 1, None]), min_size=rows, max_size=rows)))
    base = pd.DataFrame([room(**site())] * rows, index=frame.index)
    fill = [name for name in base if name not in labels] if draw(st.booleans()) else []
    return pd.concat([frame, base[fill]], axis=1) if fill else frame


@given(frame=odd_frames(), check=st.sampled_from([check_sites, check_candidates]))
@settings(max_examples=80)
def test_any_frame_is_taken_or_refused_with_faults_that_have_words(tiny_area, frame, check):
    table, refused = None, None
    try:
        table = check(frame, tiny_area)
    except StudyAreaError as error:
        refused = error
    if refused is not None:
        assert refused.faults
        lines = [line for language in LANGUAGES for line in explain(refused, Translator(language))]
        assert all(line.isprintable() for line in lines)
    else:
        name = "sites" if check is check_sites else "candidates"
        assert len(table) == len(frame)
        assert schema_faults(table, name, int) == []
        table.drop(columns="geometry").to_csv().encode()


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
