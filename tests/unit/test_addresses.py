"""Finding addresses however they are written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.sources.addresses import COLUMNS, AddressIndex, find_addresses, split_address


def address_table() -> pd.DataFrame:
    houses = [
        ("Westerfilder Straße", "54", "mengede", "westerfilde", False),
        ("Westerfilder Straße", "56", "mengede", "westerfilde", False),
        ("Westerfilder Straße", "54", "huckarde", "kirchlinde", False),
        ("Schulstraße", "15", "aplerbeck", "soelderholz", True),
        ("Schulstraße", "15b", "aplerbeck", "soelderholz", False),
        ("Schulstraße", "21-27", "aplerbeck", "soelderholz", False),
        ("Schulstraße", "22", "aplerbeck", "soelderholz", False),
        ("Müserstraße", "84", "scharnhorst", "derne", False),
        ("Brackeler Hellweg", "146", "brackel", "brackel", False),
        ("Straße des 17. Juni", "5", "brackel", "brackel", False),
        ("Straße des 17. Juni", "9", "brackel", "brackel", False),
        (np.nan, "3", "brackel", "brackel", False),
        ("Grenzweg", "1", np.nan, np.nan, False),
    ]
    frame = pd.DataFrame(houses, columns=["street", "housenumber", "borough", "quarter", "ambiguous"])
    frame["street_norm"] = frame["street"].str.lower().str.replace("straße", "str.")
    frame["hn_norm"] = frame["housenumber"]
    frame["x"] = 390_000.0 + 100 * frame.index
    frame["y"] = 5_700_000.0
    return frame


@pytest.fixture(scope="module")
def index() -> AddressIndex:
    return AddressIndex(address_table())


def first(index: AddressIndex, query: str, **kwargs) -> tuple[str, str, str, str]:
    found = index.find(query, **kwargs).iloc[0]
    return found["street"], found["housenumber"], found["borough"], found["match"]


@pytest.mark.parametrize(
    "written",
    [
        "Müserstraße 84",
        "müserstr. 84",
        "MÜSERSTRASSE 84",
        "Mueserstr 84",
        "  Müser-Straße   Nr. 84 ",
        "Müserstr.84",
        "Müserstraße 84, 44329 Dortmund",
        "44329 Dortmund, Müserstraße 84",
        "Mu\u0308serstraße 84",
    ],
)
def test_spellings_of_one_address_find_it(index, written):
    assert first(index, written) == ("Müserstraße", "84", "scharnhorst", "exact")


@pytest.mark.parametrize(
    ("query", "number", "match"),
    [
        ("Schulstr 15 b", "15b", "exact"),
        ("Schulstr 15B", "15b", "exact"),
        ("Schulstr 15", "15", "exact"),
        ("Schulstr 15c", "15", "letter"),
        ("Schulstr 21 – 27", "21-27", "exact"),
        ("Schulstr 23", "21-27", "range"),
        ("Schulstr 24", "22", "near"),
        ("Westerfilder Str 52-54, Kirchlinde", "54", "range"),
        ("Straße des 17. Juni 7", "5", "near"),
    ],
)
def test_house_numbers_ranges_and_letters(index, query, number, match):
    found = first(index, query)
    assert (found[1], found[3]) == (number, match)


def test_an_even_number_is_not_in_an_odd_range(index):
    matches = index.find("Schulstr 24").set_index("housenumber")["match"]
    assert matches["21-27"] == "near"


def test_same_street_in_two_boroughs_is_told_apart(index):
    both = index.find("Westerfilder Straße 54")
    assert both.loc[both["match"] == "exact", "borough"].tolist() == ["huckarde", "mengede"]
    assert set(index.find("Westerfilder Straße")["borough"]) == {"huckarde", "mengede"}
    assert first(index, "Westerfilder Straße 54", borough="mengede")[2] == "mengede"
    assert first(index, "Westerfilder Straße 54, Mengede")[2] == "mengede"
    assert set(index.find("Westerfilder Straße", borough="mengede")["borough"]) == {"mengede"}


def test_a_street_without_number_lists_its_houses(index):
    found = index.find("Schulstraße")
    assert found["housenumber"].tolist() == ["15", "15b", "21-27", "22"]
    assert set(found["match"]) == {"street"}


def test_beginning_part_and_resemblance(index):
    assert first(index, "Müs")[0] == "Müserstraße"
    assert first(index, "Hellweg 146")[0] == "Brackeler Hellweg"
    assert first(index, "Brackler Helweg 146")[0] == "Brackeler Hellweg"


def test_the_table_says_which_streets_are_guessed(index):
    assert index.find("Schulstr 15").iloc[0]["ambiguous"]


def test_columns_limit_and_nothing_found(index):
    found = find_addresses(address_table(), "Schulstraße", limit=2)
    assert list(found.columns) == [*COLUMNS, "match"]
    assert len(found) == 2
    assert index.find("Schulstraße", limit=0).empty
    for query in ("", "54", "Quark 3", "<script>alert(1)</script>", "=1+1", "\0", "x" * 100_000):
        empty = index.find(query)
        assert empty.empty
        assert list(empty.columns) == [*COLUMNS, "match"]


def test_an_empty_table_finds_nothing():
    assert find_addresses(address_table().iloc[:0], "Schulstraße 15").empty


def test_split_address_keeps_numbers_in_names():
    assert split_address("Straße des 17. Juni 5") == ("Straße des 17. Juni", "5", [])
    assert split_address("44357 Dortmund, Westerfilder Str. 54") == ("Westerfilder Str.", "54", ["Dortmund"])


@given(st.text(max_size=60))
def test_any_query_is_answered(query):
    found = AddressIndex(address_table().head(4)).find(query)
    assert len(found) <= 8


def test_every_address_of_the_city_finds_itself(shared_data):
    table = pd.read_parquet(shared_data / "addresses.parquet")
    table = table.rename(columns={"stadtbezirk": "borough", "stat_bezirk": "quarter"})
    index = AddressIndex(table)
    sample = table.dropna(subset=["street", "borough"]).sample(100, random_state=1)
    hits = [
        index.find(f"{row.street} {row.housenumber}", borough=row.borough).head(1)["match"].tolist()
        == ["exact"]
        for row in sample.itertuples()
    ]
    assert sum(hits) >= 99
