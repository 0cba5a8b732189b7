"""Facts, names, doubles and scaling: the small rules the import rests on."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.area.catalogues import groups
from planning.area.schema import columns_of
from planning.sources import facts as facts_module
from planning.sources import names as names_module
from planning.sources import sites as sites_module
from planning.sources import venues as venues_module
from planning.sources.doubles import merge_doubles
from planning.sources.facts import Facts, clean_source, is_newer, newer_totals, programme_of, years_in
from planning.sources.names import alike
from planning.sources.provenance import attribution_of, file_table, licences_of, years_of
from planning.sources.scaling import scale_cells, scaling_table
from planning.sources.venues import kind_of
from tests.fixtures import raw_folder


@pytest.mark.parametrize("module", [facts_module, names_module, sites_module, venues_module])
def test_the_examples_in_the_documentation_hold(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2014/2015", [2014, 2015]),
        ("2020/2021 (infobox 2020-12-31, text 2021-12-31)", [2020, 2021]),
        ("end of 2013 (report of 2014-03-21)", [2013, 2014]),
        ("undated", []),
        (np.nan, []),
        ("120142", []),
    ],
)
def test_years_are_read_from_messy_text(text, years):
    assert years_in(text) == years


@pytest.mark.parametrize(
    ("text", "newer"),
    [
        ("2023-12-31", True),
        ("2005", False),
        ("2011/2012", False),
        ("2012", True),
        (np.nan, False),
        ("", False),
    ],
)
def test_only_figures_after_the_census_are_newer(text, newer):
    assert is_newer(text, 2011) is newer


def test_a_source_is_cited_as_the_facts_ask():
    text = (
        "https://a.example | German Wikipedia (stored copy), citing Dortmunder Statistik | https://b.example"
    )
    assert clean_source(text) == "https://a.example | Dortmunder Statistik, via Wikipedia | https://b.example"


def test_a_total_by_subtraction_is_labelled():
    table = pd.DataFrame(
        {
            "name": ["West", "Ost"],
            "population": [np.nan, "10"],
            "population_date": [np.nan, "2019"],
            "population_2023_by_subtraction": ["77", "99"],
            "source_url": ["x", "y"],
        }
    )
    districts = raw_folder.quarters().assign(level="quarter")
    totals = newer_totals(Facts({"statistische_bezirke": table}), districts, 2011).set_index("key")
    assert totals.loc["west", ["total", "year", "basis"]].tolist() == [77.0, "2023", "subtraction"]
    assert totals.loc["ost", ["total", "year", "basis"]].tolist() == [10.0, "2019", "published"]


def test_without_a_programme_the_known_dependances_count():
    programme = programme_of(Facts({}), known=2)
    assert (programme.planned, programme.opened, programme.remaining) == (0, 2, 0)


@pytest.mark.parametrize(
    ("venue_type", "kind"),
    [
        ("Begegnungszentrum (Senioren)", "meeting_centre"),
        ("Haus der Jugend", "youth_centre"),
        ("Verein / Anlaufstelle", "counselling_office"),
        ("Kultur-/Begegnungszentrum", "meeting_centre"),
        ("Vereinshaus", "association"),
        ("Verwaltung", "public_building"),
        ("Raumschiff", "other"),
        (np.nan, "other"),
    ],
)
def test_kinds_of_room_are_normalised(venue_type, kind):
    assert kind_of(venue_type) == kind


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Stadtteilbücherei Brackel", "Stadteilbücherei Brackel", True),
        ("Petri-Grundschule", "Petri Grundschule", True),
        ("Stadtteilbibliothek Hombruch (in der Verwaltung)", "Stadtteilbibliothek Hombruch", True),
        ("Grundschule Nord", "Grundschule Süd", False),
        ("Schule", "Schule am Park", False),
        ("Kita 1", "Kita 2", False),
        ("", "", False),
    ],
)
def test_names_are_alike_but_for_spelling(one, other, same):
    assert alike(one, other) is same
    assert alike(other, one) is same


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


def test_the_page_of_a_raw_folder_tells_vintage_licence_and_attribution():
    page = raw_folder.README
    assert file_table(page)["places.parquet"] == ("OSM 2020", "ODbL 1.0")
    assert attribution_of(page, "boundaries") == "Grenzen: Musterstadt"
    assert attribution_of(page, "") == ""
    assert years_of("OSM about 2018-2020") == "2018–2020"
    assert years_of("Zensus 9 May 2011; scaling 31 Dec 2023") == "2011, 2023"
    assert licences_of("dl-de/by-2-0 (+ CC BY-SA 4.0 for totals)") == "dl-de/by-2-0; CC BY-SA 4.0"
    assert licences_of("not stated at source") == ""


KEYS = ("west", "ost", "nord")
PARENTS = {"west": "unten", "ost": "unten", "nord": "oben"}
amounts = st.floats(0, 1e5).filter(lambda value: value == 0 or value > 1e-3)


def _districts():
    rows = [("borough", key, key, np.nan) for key in ("oben", "unten")]
    rows += [("quarter", key, key, PARENTS[key]) for key in KEYS]
    return pd.DataFrame(rows, columns=["level", "key", "name", "parent"])


@settings(max_examples=40)
@given(
    base=st.lists(st.tuples(st.sampled_from(KEYS), amounts), min_size=1, max_size=12),
    totals=st.dictionaries(st.sampled_from(KEYS), st.floats(1, 1e5)),
)
def test_scaled_cells_sum_to_the_totals(base, totals):
    cells = pd.DataFrame(base, columns=["quarter", "residents_base"])
    cells["borough"] = cells["quarter"].map(PARENTS)
    for group in groups():
        cells[f"{group}_base"] = cells["residents_base"]
    columns = ["level", "key", "group", "total", "year", "share_year", "basis", "source"]
    rows = [
        ("quarter", key, "residents", total, "2023", None, "published", "s") for key, total in totals.items()
    ]
    table = scaling_table(cells, _districts(), pd.DataFrame(rows, columns=columns), "Stadt")
    scaled = scale_cells(cells, table)
    factors = table[table["group"] == "residents"].set_index(["level", "key"])
    for key in KEYS:
        here = scaled["quarter"] == key
        before = cells.loc[here, "residents_base"].sum()
        after = scaled.loc[here, "residents"].sum()
        known = key in totals and before > 0
        assert after == pytest.approx(totals[key] if known else before, rel=1e-9, abs=1e-6)
        if key in totals and before == 0:
            assert factors.loc[("quarter", key), "method"] == "none"
    assert scaled["foreign_nationals"].sum() == pytest.approx(cells["residents_base"].sum())
