"""Facts, names, doubles and scaling: the small rules the import rests on."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.area.catalogues import groups
from planning.sources import facts as facts_module
from planning.sources import names as names_module
from planning.sources import sites as sites_module
from planning.sources import venues as venues_module
from planning.sources.facts import Facts, clean_source, is_newer, newer_totals, programme_of, years_in
from planning.sources.names import alike
from planning.sources.provenance import attribution_of, file_table, licences_of, years_of
from planning.sources.scaling import scale_cells, scaling_table, years_of_cells
from planning.sources.shares import city_series
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


def test_the_newest_total_by_subtraction_fills_first():
    table = pd.DataFrame(
        {
            "name": ["West"],
            "population": [np.nan],
            "population_date": [np.nan],
            "population_2019_by_subtraction": ["70"],
            "population_2021_by_subtraction": ["80"],
            "source_url": ["x"],
        }
    )
    districts = raw_folder.quarters().assign(level="quarter")
    totals = newer_totals(Facts({"statistische_bezirke": table}), districts, 2011)
    assert totals[["total", "year", "basis"]].to_numpy().tolist() == [[80.0, "2021", "subtraction"]]


REGISTER = "register"


def city(*shares, people=(2010, 2023), definition=REGISTER):
    rows = [(year, "population", "1000", str(year), REGISTER, "p") for year in people]
    rows += [(year, "foreigner_pct", str(share), str(year), definition, "s") for year, share in shares]
    return pd.DataFrame(rows, columns=["year", "indicator", "value", "as_of", "definition", "source_url"])


def odds(percent):
    return percent / (100 - percent)


def test_an_old_share_grows_by_the_odds_ratio_of_the_city():
    carried = city_series(city((2010, 10), (2020, 20))).carried(40.0, 2015)
    assert odds(carried) == pytest.approx(odds(40) * odds(20) / odds(15))
    assert carried == pytest.approx(48.5714, abs=1e-4)


@pytest.mark.parametrize(
    ("series", "year"),
    [
        (city((2010, 10), (2020, 20)), 2020),
        (city((2010, 10), (2020, 20)), 2021),
        (city((2010, 10), (2020, 20)), 2009),
        (city((2010, 10), (2020, 20), definition="another register"), 2015),
        (city(), 2015),
        (pd.DataFrame(), 2015),
    ],
)
def test_a_share_is_not_carried_without_need_or_series(series, year):
    assert city_series(series).carried(40.0, year) is None


@given(
    share=st.floats(0.5, 99.5),
    other=st.floats(0.5, 99.5),
    start=st.floats(1, 60),
    end=st.floats(1, 60),
    year=st.floats(2010, 2019.9),
)
def test_carried_shares_stay_shares_in_order_and_follow_the_city(share, other, start, end, year):
    series = city_series(city((2010, start), (2020, end)))
    first, second = series.carried(share, year), series.carried(other, year)
    assert 0 < first < 100
    assert (first - second) * (share - other) >= 0
    assert (first - share) * (end - start) >= -1e-6


def carried_totals(facts_of_west, *shares):
    table = pd.DataFrame([{"name": "West", "source_url": "x", **facts_of_west}])
    districts = raw_folder.quarters().assign(level="quarter")
    facts = Facts({"statistische_bezirke": table, "city_series": city(*shares)})
    return newer_totals(facts, districts, 2011).set_index(["level", "group"]).loc["quarter"]


def test_a_total_from_an_old_share_is_carried_forward_and_labelled():
    west = {
        "population": "1000",
        "population_date": "2023-12-31",
        "foreigner_pct": "40",
        "foreigner_date": "2014/2015",
    }
    row = carried_totals(west, (2009.0, 9.5), (2020, 20)).loc["foreign_nationals"]
    share = odds(40) * odds(20) / odds(9.5 + 5.5 / 11 * 10.5)
    assert row["total"] == round(1000 * share / (1 + share))
    assert row[["year", "share_year", "basis"]].tolist() == [
        "2023-12-31",
        "2014/2015",
        "share_carried_forward",
    ]
    alone = carried_totals(west).loc["foreign_nationals"]
    assert alone[["total", "basis"]].tolist() == [400.0, "share_times_residents"]


def test_the_year_of_the_cells_is_told_by_what_scales_them():
    scaling = pd.DataFrame({"year": ["2023-12-31", np.nan], "share_year": ["state end of 2012", np.nan]})
    assert years_of_cells(scaling, 2011) == "2011 → 2012–2023"
    assert years_of_cells(scaling.iloc[1:], 2011) == "2011"
    assert years_of_cells(scaling.assign(share_year=np.nan), 2011) == "2011 → 2023"


def test_people_born_abroad_grow_by_the_foreign_nationals_who_came():
    cells = pd.DataFrame({"quarter": ["west", "ost"], "borough": ["unten", "unten"]})
    for group in groups():
        cells[f"{group}_base"] = [10.0, 10.0]
    cells["born_abroad_base"] = [30.0, 4.0]
    columns = ["level", "key", "group", "total", "year", "share_year", "basis", "source"]
    rows = [
        ("quarter", "west", "foreign_nationals", 25.0, "2023", "2023", "share_times_residents", "s"),
        ("quarter", "ost", "foreign_nationals", 5.0, "2023", "2023", "share_times_residents", "s"),
    ]
    table = scaling_table(cells, _districts(), pd.DataFrame(rows, columns=columns), "Stadt")
    scaled = scale_cells(cells, table)
    assert scaled["foreign_nationals"].tolist() == [25.0, 5.0]
    assert scaled["non_eu_nationals"].tolist() == [25.0, 5.0]
    assert scaled["born_abroad"].tolist() == [45.0, 0.0]
    assert scaled["under10"].tolist() == [10.0, 10.0]


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
