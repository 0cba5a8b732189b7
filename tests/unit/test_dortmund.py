"""The bundled city: complete, small, honest, and the same as its raw data make it."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planning.area import (
    bundled_path,
    check_area,
    check_candidates,
    check_sites,
    groups,
    load_addresses,
    load_unlocated,
    venue_kinds,
)  # fmt: skip
from planning.i18n import LANGUAGES, Translator
from planning.sources.folder import bundle_folder

MOST_BYTES = 12_000_000
MOST_BASEMAP_BYTES = 1_100_000


def test_it_has_no_faults():
    assert check_area(bundled_path()) == ()


def test_it_is_complete(dortmund):
    counts = dortmund.districts["level"].value_counts().to_dict()
    assert counts == {"borough": 12, "quarter": 62, "priority_area": 15}
    assert len(dortmund.cells) == 9806
    assert (len(dortmund.nodes), len(dortmund.edges)) == (107_089, 143_833)
    assert (len(dortmund.stops), len(dortmund.places)) == (1004, 1284)
    assert len(load_addresses(dortmund)) > 100_000
    assert 600 <= len(dortmund.candidates) <= 700


def test_it_is_small():
    assert sum(file.stat().st_size for file in bundled_path().iterdir()) <= MOST_BYTES


def test_the_base_map_is_light_enough_for_a_browser(dortmund):
    degrees = dortmund.basemap.to_crs(4326)
    shapes = shapely.transform(degrees.geometry.to_numpy(), lambda xy: xy.round(5))
    table = gpd.GeoDataFrame(degrees.drop(columns="geometry"), geometry=shapes, crs=4326)
    assert len(json.dumps(table.to_geo_dict(drop_id=True), separators=(",", ":"))) <= MOST_BASEMAP_BYTES
    assert set(dortmund.basemap["layer"]) == {
        "water", "waterways", "green", "builtup", "roads", "railways", "place_labels",
    }  # fmt: skip


def test_existing_sites_are_the_known_ones_and_none_is_invented(dortmund):
    counts = dortmund.sites.groupby(["kind", "status"]).size().to_dict()
    assert counts == {("dependance", "open"): 1, ("office", "open"): 7, ("outreach", "unknown"): 4}
    assert (dortmund.programme.planned, dortmund.programme.opened, dortmund.programme.remaining) == (
        25,
        11,
        14,
    )
    branch = dortmund.sites[dortmund.sites["kind"] == "dependance"].iloc[0]
    assert branch[["weekday", "time_from", "time_to", "quarter"]].tolist() == [
        "Di",
        "14:00",
        "16:00",
        "dorstfeld",
    ]
    lost = dortmund.sites[dortmund.sites["x"].isna()]
    assert sorted(lost["quarter"]) == ["lanstrop", "scharnhorst-ost"]
    assert (lost["location_quality"] == "unknown").all()


def test_scaled_cells_sum_to_the_published_totals(dortmund):
    totals = dortmund.scaling[
        (dortmund.scaling["level"] == "quarter") & (dortmund.scaling["method"] == "own_total")
    ]
    assert len(totals) > 70
    for group, part in totals.groupby("group"):
        sums = dortmund.cells.groupby("quarter")[group].sum()
        assert np.allclose(sums[part["key"]], part["total"], rtol=0, atol=1e-6)


def test_every_other_quarter_has_its_boroughs_factor(dortmund):
    parents = dortmund.level("quarter")["parent"]
    for _, part in dortmund.scaling.groupby("group"):
        boroughs = part[part["level"] == "borough"].set_index("key")["factor"]
        others = part[(part["level"] == "quarter") & (part["method"] != "own_total")]
        assert others["factor"].to_numpy().tolist() == boroughs[parents[others["key"]]].to_numpy().tolist()


def test_no_share_from_before_the_census_scales(dortmund):
    row = dortmund.scaling.set_index(["group", "level", "key"]).loc[
        ("foreign_nationals", "quarter", "benninghofen")
    ]
    assert row["method"] == "borough_factor"


def test_old_shares_are_carried_forward_to_the_city_as_it_is(dortmund):
    groups = dortmund.scaling.set_index(["group", "level", "key"]).loc["foreign_nationals"]
    estimated = groups[groups["basis"] == "share_carried_forward"]
    assert len(estimated) > 15
    north, market = groups.loc[("borough", "innenstadt-nord")], groups.loc[("quarter", "nordmarkt")]
    assert 1.6 < north["factor"] < market["factor"] < groups.loc[("city", "city"), "factor"]
    assert "2012" in north["share_year"]
    sums = dortmund.cells[["foreign_nationals", "born_abroad"]].sum()
    assert sums["foreign_nationals"] == pytest.approx(groups.loc[("city", "city"), "total"], rel=0.005)
    base = dortmund.cells[["foreign_nationals_base", "born_abroad_base"]].sum()
    growth = sums["foreign_nationals"] - base["foreign_nationals_base"]
    assert sums["born_abroad"] == pytest.approx(base["born_abroad_base"] + growth, rel=1e-3)


def test_cells_tell_both_years(dortmund):
    assert dortmund.layer("cells").year == "2011 → 2012–2025"


def test_candidates_are_rooms_each_once(dortmund):
    rooms = dortmund.candidates
    assert set(rooms["kind"]) <= set(venue_kinds()["kind"])
    assert rooms["step_free"].isna().all()
    names = rooms["name"].fillna("")
    assert not names.str.contains("Universitätsbibliothek|Pumpwerk").any()
    assert (names == "Haus der sozialen Dienste Lütgendortmund").sum() == 1
    assert not names.str.startswith("Städtisches Begegnungszentrum Lütgendortmund").any()
    for site in dortmund.sites[dortmund.sites["status"] == "open"].geometry:
        assert rooms.distance(site).min() > 10
    assert len(load_unlocated(dortmund)) == 4
    assert rooms.loc[names == "Fritz-Henßler-Haus", "kind"].tolist() == ["youth_centre"]
    for school in ("Hauptschule Scharnhorst", "Albert-Einstein-Realschule"):
        assert (names == school).sum() == 1
    assert rooms["address"].eq("Akazienstraße 2").sum() == 1


def test_its_own_tables_pass_as_edited_ones(dortmund):
    assert check_sites(dortmund.sites, dortmund).equals(dortmund.sites)
    assert check_candidates(dortmund.candidates, dortmund).equals(dortmund.candidates)


def test_every_layer_tells_where_it_comes_from(dortmund):
    for layer in dortmund.layers:
        assert layer.source, layer.id
        assert layer.year, layer.id
        assert layer.method_de, layer.id
        assert layer.method_en, layer.id
        assert layer.rows > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_in_it_has_words(dortmund, language):
    t = Translator(language)
    for group in groups():
        assert all(t(f"data.indicator.{group}.{part}") for part in ("label", "short", "unit", "description"))
    keys = [f"data.indicator.{name}.label" for name in dortmund.figures["indicator"].unique()]
    keys += [f"data.venue_kind.{name}" for name in venue_kinds()["kind"]]
    keys += [f"data.place_kind.{name}" for name in dortmund.places["kind"].unique()]
    keys += [f"data.stop_mode.{name}" for name in dortmund.stops["mode"].unique()]
    keys += [f"data.layer.{layer.id}" for layer in dortmund.layers]
    keys += [f"data.scaling_method.{name}" for name in dortmund.scaling["method"].unique()]
    keys += [f"data.scaling_basis.{name}" for name in dortmund.scaling["basis"].dropna().unique()]
    columns = {*dortmund.sites.columns, *dortmund.candidates.columns} - {"geometry"}
    keys += [f"data.column.{name}.{part}" for name in columns for part in ("label", "help")]
    assert [key for key in keys if not t.has(key)] == []


def test_the_raw_data_make_the_committed_files(shared_data, shared_facts, tmp_path):
    built = bundle_folder(shared_data, tmp_path / "dortmund", facts=shared_facts).path
    names = sorted(file.name for file in bundled_path().iterdir())
    assert sorted(file.name for file in built.iterdir()) == names
    different = [
        name for name in names if (built / name).read_bytes() != (bundled_path() / name).read_bytes()
    ]
    assert different == []
