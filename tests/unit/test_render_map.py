"""The folium map, what it sends to a browser, and the clicks that come back."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from shapely import Point

from planning.i18n import Translator
from planning.render import (
    BASEMAP_DE,
    Click,
    FoliumAssets,
    MapView,
    asset_files,
    build_map,
    dynamic_groups,
    folium_assets,
    read_click,
)
from planning.render.credits import credit_lines, licence_uris, licences, used_layers
from planning.render.geometry import script_json
from planning.render.indicators import choropleth, indicator_levels, unit_note
from planning.render.labels import quoted, room_names, weekday_text, year_span
from planning.render.view import site_notes, view_data

DE, EN = Translator("de"), Translator("en")
BASE = "../frame.assets/"
MEGABYTE = 1_000_000


@pytest.fixture
def view(tiny_area):
    score = pd.Series([80.0, 60.0, 40.0], index=["k2", "k1", "k3"])
    rank = pd.Series([1, 2, 3], index=score.index)
    return MapView(need=np.arange(9.0), score=score, rank=rank)


def _rendered(area, t, view):
    drawn = build_map(area, assets=folium_assets(area, BASE))
    for group in dynamic_groups(area, t, view):
        group.add_to(drawn)
    return drawn.get_root().render()


def test_page_names_only_given_addresses(tiny_area, view):
    page = _rendered(tiny_area, DE, view)
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links
    assert all(link.startswith(BASE) for link in links)
    assert not re.search(r"https?://", page)


def test_assets_hold_leaflet_and_name_no_address_to_load(tiny_area):
    files = asset_files(tiny_area)
    addresses = folium_assets(tiny_area, BASE)
    assert {BASE + name for name in files} == {*addresses.scripts, *addresses.styles}
    first = files[addresses.scripts[0].removeprefix(BASE)]
    assert first.index(b"Leaflet 1.9") < first.index(b"window.planner")
    styles = b"".join(content for name, content in files.items() if name.endswith(".css"))
    assert b"url(" not in styles
    assert b"@import" not in styles
    assert not any(b"sourceMappingURL" in content for content in files.values())


def test_no_asset_ends_the_script_it_is_put_in(tiny_area):
    assert not any(b"</script" in content.lower() for content in asset_files(tiny_area).values())


def test_same_area_gives_the_same_assets(tiny_area):
    assert asset_files(tiny_area) == asset_files(tiny_area)


def test_lasting_part_knows_neither_language_nor_scores(tiny_area):
    def script():
        drawn = build_map(tiny_area, assets=FoliumAssets())
        drawn._id = "fixed"
        root = drawn.get_root()
        drawn.render()
        return root.script.render()

    assert script() == script()
    assert "planner.update" not in script()


def test_names_from_data_stay_text(tiny_area, view):
    page = _rendered(tiny_area, DE, view)
    assert "<script>alert(1)" not in page
    assert "\\u003cscript\\u003ealert(1)" in page


def test_names_are_no_template(tiny_area, view):
    rooms = tiny_area.candidates.copy()
    rooms["name"] = "{{ 7*7 }}{% if %}"
    page = _rendered(tiny_area.with_tables(candidates=rooms), DE, view)
    assert "49" not in re.findall(r'"names":\[(.*?)\]', page)[0]
    assert "\\u007b{ 7*7 }}" in page


def test_only_scored_candidates_are_drawn_with_their_ranks(tiny_area, view):
    table = view_data(tiny_area, DE, view)["candidates"]
    assert dict(zip(table["ids"], table["ranks"], strict=True)) == {"k1": 2, "k2": 1, "k3": 3}
    assert dict(zip(table["ids"], table["scores"], strict=True)) == {"k1": 600, "k2": 800, "k3": 400}


def test_without_scores_open_candidates_are_drawn_without_ranks(tiny_area):
    rooms = tiny_area.candidates.copy()
    rooms.loc[0, "status"] = "closed"
    area = tiny_area.with_tables(candidates=rooms)
    table = view_data(area, DE, MapView(indicator=None))["candidates"]
    assert table["ids"] == ["k2", "k3", "k4"]
    assert set(table["ranks"]) == {0}
    assert table["best"] == 0


def test_unnamed_room_is_called_by_kind_and_address(tiny_area):
    rooms = tiny_area.candidates.assign(address="Weg 1")
    assert room_names(DE, rooms)[2] == "Kita (ohne Namen), Weg 1"
    assert room_names(EN, rooms)[2] == "Kindergarten (no name), Weg 1"
    assert room_names(DE, tiny_area.candidates)[2] == "Kita"


def test_sites_without_place_or_closed_are_not_drawn(tiny_area, view):
    sites = tiny_area.sites.copy()
    sites.loc[1, "status"] = "closed"
    drawn = view_data(tiny_area.with_tables(sites=sites), DE, view)["sites"]
    assert drawn["ids"] == ["s1"]
    assert drawn["legend"] == [["office", "open", "Büro"]]


def test_a_table_without_rows_is_drawn(tiny_area, view):
    empty = tiny_area.with_tables(sites=tiny_area.sites.iloc[:0], candidates=tiny_area.candidates.iloc[:0])
    data = view_data(empty, DE, view)
    assert data["sites"]["ids"] == []
    assert data["candidates"]["ids"] == []
    assert script_json(data)


def test_coverage_tells_reached_from_unreached_need(tiny_area):
    need, covered = np.array([0.0, 2, 3, 4, 5, 6, 7, 8, 9]), np.arange(9) < 4
    shown = choropleth(tiny_area, DE, "coverage", need=need, covered=covered)
    assert shown.classes.index.tolist() == [0, 1, 1, 1, 2, 2, 2, 2, 2]
    assert shown.categorical


def test_district_figures_are_sums_of_cells(tiny_area):
    shown = choropleth(tiny_area, DE, "residents", "borough")
    by_key = tiny_area.cells.groupby("borough")["residents"].sum()
    expected = by_key.reindex(tiny_area.level("borough").index)
    np.testing.assert_allclose(shown.figures, expected)


def test_published_figures_that_are_missing_are_unknown(tiny_area):
    shown = choropleth(tiny_area, DE, "unemployment_pct", "borough")
    assert shown.figures[0] == 10
    assert np.isnan(shown.figures[1])
    assert shown.classes.labels[-1] == "unbekannt"
    assert shown.year == "Stand: 2020"
    assert shown.years == ("Stand: 2020", "")


def test_a_figure_without_a_year_says_so(tiny_area):
    undated = tiny_area.figures.assign(key="ost", year=np.nan)
    some = dataclasses.replace(tiny_area, figures=pd.concat([tiny_area.figures, undated]))
    shown = choropleth(some, EN, "unemployment_pct", "borough")
    assert shown.years == ("as of 2020", "year unknown")
    assert shown.year == "as of 2020, some years unknown"
    none = dataclasses.replace(tiny_area, figures=undated)
    shown = choropleth(none, DE, "unemployment_pct", "borough")
    assert unit_note(DE, shown) == "% · Jahr unbekannt"


@pytest.mark.parametrize(
    ("year", "german", "english"),
    [
        ("2011, 2023", "Stand: 2011 und 2023", "as of 2011 and 2023"),
        (
            "2011 → 2012–2025",
            "Stand: 2011, hochgerechnet auf 2012–2025",
            "as of 2011, scaled to 2012–2025",
        ),
        ("2011", "Stand: 2011", "as of 2011"),
        ("", "Jahr unbekannt", "year unknown"),
    ],
)
def test_legend_says_how_old_figures_are(tiny_area, view, year, german, english):
    layers = tuple(dataclasses.replace(layer, year=year) for layer in tiny_area.layers)
    area = dataclasses.replace(tiny_area, layers=layers)
    notes = [view_data(area, t, view)["indicator"]["note"] for t in (DE, EN)]
    assert notes == [f"Personen-Äquivalente · {german}", f"person equivalents · {english}"]


@pytest.mark.parametrize("best", [14, 3])
def test_small_maps_show_few_ranks_and_say_so(tiny_area, view, best):
    table = view_data(tiny_area, EN, dataclasses.replace(view, best=best))["candidates"]
    assert table["few"] == min(best, 5)
    assert f"best {table['few']} " in table["fewNote"]


def test_notes_of_a_site_say_its_rhythm_in_words(tiny_area):
    site = tiny_area.sites.iloc[1].to_dict() | {"weekday": "Di;Do", "hours": "every second week"}
    assert "Dienstag, Donnerstag 14:00–16:00 Uhr · Angabe der Quelle: „every second week“" in site_notes(
        DE, site
    )
    english = site_notes(EN, site)
    assert "Tuesday, Thursday 14:00–16:00 · as stated by the source: “every second week”" in english


@pytest.mark.parametrize("text", ["2019", "2016-10", "2022-08-29", "2018–2020", "", np.nan])
def test_plain_dates_are_no_quotes(text):
    assert quoted(DE, text) == (text if isinstance(text, str) else "")


def test_weekday_that_is_none_stays():
    assert weekday_text(EN, "by appointment") == "by appointment"
    assert weekday_text(EN, np.nan) == ""


def test_map_credits_what_it_rests_on(tiny_area, view):
    credit = view_data(tiny_area, DE, view)["attribution"]["all"]
    assert DE("data.layer.stops") in credit
    assert DE("data.layer.scaling") in credit
    assert "<" not in credit.replace("<br>", "")


@pytest.mark.parametrize(
    ("licence", "said", "line"),
    [
        ("", "© A", "Stops: © A · licence not stated"),
        ("CC BY", "© A", "Stops: © A · CC BY"),
        ("CC BY", "© A, CC BY", "Stops: © A, CC BY"),
        ("CC BY 4.0", "© A", "Stops: © A · CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)"),
        ("ODbL 1.0", "© A", "Stops: © A · ODbL 1.0 (https://opendatacommons.org/licenses/odbl/1-0/)"),
        ("dl-de/by-2-0", "© A", "Stops: © A · dl-de/by-2-0 (https://www.govdata.de/dl-de/by-2-0)"),
        ("dl-de/by-2-0", "A (https://www.govdata.de/dl-de/by-2-0)", None),
    ],
)
def test_licences_are_named_with_their_address(tiny_area, licence, said, line):
    layer = dataclasses.replace(
        tiny_area.layer("stops"), source="A", licence=licence, attribution=said, year=""
    )
    [written] = credit_lines(EN, [layer])
    assert written == (line or f"Stops: {said}").replace("Stops", EN("data.layer.stops"))


def test_every_stated_licence_of_dortmund_that_has_a_version_has_an_address(dortmund):
    for layer in used_layers(dortmund, drawn=True):
        with_version = [name for name in licences(layer.licence) if any(sign.isdigit() for sign in name)]
        assert len(licence_uris(layer.licence)) == len(with_version)


def test_indicator_and_level_must_be_known(tiny_area):
    assert indicator_levels(tiny_area)["unemployment_pct"] == ("borough",)
    for indicator, level in (("unemployment_pct", "quarter"), ("nonsense", "cell"), ("need", "cell")):
        with pytest.raises(KeyError):
            choropleth(tiny_area, DE, indicator, level)


def test_view_carries_reach_and_choice(tiny_area, view):
    around = Point(tiny_area.candidates["x"][0], tiny_area.candidates["y"][0]).buffer(300)
    shown = MapView(need=view.need, reach=around, selected=("candidate", "k1"))
    data = view_data(tiny_area, EN, shown)
    assert data["selected"] == {"kind": "candidate", "id": "k1"}
    assert len(data["reach"]) == 1
    assert ["reach", "Within walking reach"] in data["layers"]


def test_nobody_is_asked_for_tiles_unless_a_person_wants_it(tiny_area, view):
    assert view_data(tiny_area, DE, view)["online"] is None
    online = view_data(tiny_area, DE, MapView(need=view.need, online=BASEMAP_DE))["online"]
    assert "basemap.de" in online["attribution"]


def test_every_indicator_of_dortmund_can_be_drawn(dortmund):
    need, covered = np.ones(len(dortmund.cells)), np.zeros(len(dortmund.cells), dtype=bool)
    for indicator, levels in indicator_levels(dortmund).items():
        for level in levels:
            shown = choropleth(dortmund, EN, indicator, level, need=need, covered=covered)
            assert shown.title
            assert shown.unit
            assert len(shown.classes.index) == len(shown.figures)
            assert shown.classes.index.max() < len(shown.classes.colors)


def test_dortmund_stays_small(dortmund):
    ids = dortmund.candidates["candidate_id"]
    score = pd.Series(np.linspace(0, 100, len(ids)), index=ids)
    view = MapView(
        need=dortmund.cells["foreign_nationals"].to_numpy(), score=score, rank=score.rank(method="first")
    )
    change = len(script_json(view_data(dortmund, DE, view)).encode())
    assets = sum(len(content) for content in asset_files(dortmund).values())
    assert change <= 0.11 * MEGABYTE
    assert assets + change <= 3 * MEGABYTE


def test_newest_click_counts():
    returned = {
        "last_object_clicked": {"lat": 51.5, "lng": 7.4, "kind": "candidate", "id": "k1", "at": 5},
        "last_clicked": {"lat": 51.6, "lng": 7.5, "at": 9},
    }
    assert read_click(returned) == Click("point", "", 51.6, 7.5, 9)
    returned["last_object_clicked"]["at"] = 10
    assert read_click(returned) == Click("candidate", "k1", 51.5, 7.4, 10)


@pytest.mark.parametrize(
    "spot",
    [
        None,
        "text",
        {},
        {"lat": 51.5, "lng": 7.4},
        {"lat": "x", "lng": 7.4, "at": 1},
        {"lat": 951, "lng": 7.4, "at": 1},
        {"lat": float("nan"), "lng": 7.4, "at": 1},
        {"lat": 51.5, "lng": 7.4, "at": float("inf")},
        {"lat": 51.5, "lng": 7.4, "at": 1, "kind": "candidate"},
        {"lat": 51.5, "lng": 7.4, "at": 1, "kind": "candidate", "id": 7},
        {"lat": 51.5, "lng": 7.4, "at": 1, "kind": "evil", "id": "k1"},
    ],
)
def test_malformed_clicks_are_no_clicks(spot):
    assert read_click({"last_object_clicked": spot}) is None


def test_no_click_before_the_first():
    assert read_click(None) is None
    assert read_click({"last_clicked": None, "last_object_clicked": None}) is None


@pytest.mark.parametrize(
    ("texts", "span"),
    [(["2018", "2018"], "2018"), (["2017 (inferred)", "2005"], "2005–2017"), (["undated"], ""), ([], "")],
)
def test_year_span(texts, span):
    assert year_span(texts) == span
