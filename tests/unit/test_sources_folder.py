"""Building a study area from a raw folder."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from planning.area import check_area, load_addresses, load_unlocated
from planning.errors import OutputError, SourceError, StudyAreaError
from planning.sources.folder import bundle_folder
from tests.fixtures import raw_folder


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    return raw_folder.write_raw(tmp_path_factory.mktemp("raw") / "musterstadt")


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    return raw_folder.write_facts(tmp_path_factory.mktemp("facts") / "facts")


@pytest.fixture(scope="module")
def built(raw, facts, tmp_path_factory):
    return bundle_folder(raw, tmp_path_factory.mktemp("out") / "area", facts=facts)


def test_any_city_builds_and_passes_its_checks(built):
    assert (built.id, built.name, built.crs) == ("musterstadt", "Musterstadt", "EPSG:25833")
    assert check_area(built.path) == ()
    assert built.districts["level"].value_counts().to_dict() == {"quarter": 3, "borough": 2}


def test_same_input_gives_the_same_bytes(raw, facts, built, tmp_path):
    again = bundle_folder(raw, tmp_path / "again", facts=facts)
    first, second = (
        {file.name: file.read_bytes() for file in area.path.iterdir()} for area in (built, again)
    )
    assert first == second
    assert again.digest == built.digest


def test_no_temporary_folder_stays_behind(built):
    assert [file.name for file in built.path.parent.iterdir()] == ["area"]


def test_empty_cells_are_left_out_and_squares_measure_a_hectare(built):
    assert len(built.cells) == 9
    assert np.allclose(built.cells.geometry.area, 10_000, rtol=2e-3)
    centres = shapely.points(built.cells["x"], built.cells["y"])
    assert (shapely.distance(built.cells.geometry.centroid.to_numpy(), centres) < 0.2).all()


def test_cells_sum_to_the_total_of_a_quarter_that_has_one(built):
    west = built.cells[built.cells["quarter"] == "west"]
    assert west["residents"].sum() == pytest.approx(130, abs=1e-6)
    assert west["foreign_nationals"].sum() == pytest.approx(52, abs=1e-6)


def test_a_quarter_without_total_keeps_its_boroughs_factor_and_a_borough_the_citys(built):
    factors = built.scaling.set_index(["group", "level", "key"])
    assert factors.loc[("residents", "quarter", "ost"), "method"] == "borough_factor"
    assert factors.loc[("residents", "quarter", "ost"), "factor"] == pytest.approx(300 / 250)
    assert factors.loc[("residents", "borough", "oben"), "factor"] == pytest.approx(540 / 450)
    north = factors.loc[("residents", "quarter", "nord")]
    assert (north["method"], north["factor"]) == ("borough_factor", pytest.approx(540 / 450))


def test_a_share_older_than_the_census_and_one_of_another_register_are_not_used(built):
    factors = built.scaling.set_index(["group", "level", "key"])
    below = factors.loc[("foreign_nationals", "borough", "unten")]
    assert (below["method"], below["factor"]) == ("city_factor", pytest.approx(162 / 90))
    assert factors.loc[("foreign_nationals", "city", "city"), "total"] == 162


def test_scaling_names_both_years_and_the_source_in_plain_words(built):
    row = built.scaling.set_index(["group", "level", "key"]).loc[("foreign_nationals", "quarter", "west")]
    assert (row["year"], row["share_year"]) == ("2023-12-31", "2014/2015")
    assert row["source"] == "Musterstatistik, via Wikipedia"


def test_figures_keep_values_as_published(built):
    rate = built.figures[built.figures["indicator"] == "unemployment_pct"]
    assert rate[["level", "key", "value", "unit", "year"]].to_numpy().tolist() == [
        ["quarter", "west", 7.5, "percent", "2017"]
    ]


def test_network_keeps_lengths_and_bridges(built):
    _, source = raw_folder.network()
    assert built.edges["length_m"].sum() == pytest.approx(source["length_m"].sum(), abs=1e-9)
    assert built.edges["bridge"].sum() == 1
    ends = shapely.get_point(built.edges.geometry.to_numpy(), 0)
    nodes = built.nodes.to_numpy()[built.edges["u"]]
    assert np.allclose(shapely.get_coordinates(ends), nodes)


def test_sites_are_those_the_facts_name(built):
    sites = built.sites.set_index("name")
    assert sites["kind"].to_dict() == {
        "Büro Unterstadt": "office", "Dependance Nord": "dependance", "Sprechstunde Ost": "outreach",
    }  # fmt: skip
    office = sites.loc["Büro Unterstadt"]
    assert (office["x"], office["y"]) == pytest.approx((400_310, 5_700_310), abs=0.2)
    assert (office["borough"], office["quarter"], office["location_quality"]) == ("unten", "west", "exact")
    north = sites.loc["Dependance Nord"]
    assert (north["weekday"], north["time_from"], north["status"], north["location_quality"]) == (
        "Do",
        "10:00",
        "open",
        "near",
    )
    east = sites.loc["Sprechstunde Ost"]
    assert np.isnan(east["x"])
    assert east.geometry is None
    assert (east["status"], east["quarter"], east["weekday"], east["hours"]) == (
        "unknown",
        "ost",
        "Di",
        "every second week",
    )


def test_programme_is_read_from_the_leading_number(built):
    assert (built.programme.planned, built.programme.opened, built.programme.remaining) == (7, 3, 4)


def test_candidates_are_rooms_each_once_without_existing_sites(built):
    rooms = built.candidates.set_index("candidate_id")
    names = set(rooms["name"].dropna())
    assert names == {"Grundschule am Ring", "Haus der Begegnung", "Begegnungszentrum Nord"}
    assert rooms.loc["pl_3", "merged"] == "pl_4"
    assert rooms.loc["pl_5", "kind"] == "kindergarten"
    assert pd.isna(rooms.loc["pl_5", "name"])
    assert rooms["step_free"].isna().all()
    venue = rooms[rooms["name"] == "Begegnungszentrum Nord"].iloc[0]
    assert (venue["kind"], venue["room_m2"], venue["location_quality"], venue["address"]) == (
        "meeting_centre", 90.0, "street", "Am Markt 5",
    )  # fmt: skip


def test_a_candidate_gets_the_nearest_house_number(built):
    school = built.candidates.set_index("candidate_id").loc["pl_3"]
    assert (school["address"], school["address_quality"], school["street"]) == (
        "Ringstraße 2",
        "nearest",
        "Ringstraße",
    )


def test_a_room_without_a_place_is_listed_apart(built):
    lost = load_unlocated(built)
    assert lost[["name", "kind", "quarter", "reason"]].to_numpy().tolist() == [
        ["Verschwundenes Haus", "neighbourhood_house", "ost", "not_found"]
    ]


def test_addresses_without_a_street_are_left_out(built):
    table = load_addresses(built)
    assert table[["street", "housenumber", "borough", "quarter"]].to_numpy().tolist() == [
        ["Ringstraße", "1", "unten", "west"], ["Ringstraße", "2", "unten", "ost"],
    ]  # fmt: skip


def test_layers_tell_year_licence_and_attribution_of_the_raw_page(built):
    edges = built.layer("edges")
    assert (edges.year, edges.licence, edges.attribution) == ("2018–2020", "ODbL 1.0", "© Beispiel")
    assert built.layer("stops").licence == ""
    assert built.layer("cells").rows == 9
    assert "0,00" in edges.method_de or "0,1" in edges.method_de


def test_facts_addresses_base_map_and_page_are_optional(tmp_path):
    raw = raw_folder.write_raw(tmp_path / "kleinstadt", optional=False)
    area = bundle_folder(raw, tmp_path / "out")
    assert check_area(area.path) == ()
    assert (area.name, len(area.sites), len(area.figures), len(area.basemap)) == ("kleinstadt", 0, 0, 0)
    assert (area.programme.planned, area.programme.opened) == (0, 0)
    assert area.scaling["method"].eq("none").sum() == 2
    assert (area.scaling["factor"] == 1).all()
    assert area.cells["residents"].equals(area.cells["residents_base"])
    assert len(load_addresses(area)) == 0
    assert bundle_folder(raw, tmp_path / "out", name="Neustadt (Oder)").id == "neustadt-oder"


def test_every_fault_of_a_raw_folder_is_named(raw, tmp_path):
    broken = tmp_path / "broken"
    raw_folder.write_raw(broken)
    (broken / "stops.parquet").unlink()
    (broken / "places.parquet").write_bytes(b"no parquet")
    nodes, _ = raw_folder.network()
    nodes.drop(columns="x").to_parquet(broken / "walk_network" / "nodes.parquet")
    with pytest.raises(StudyAreaError) as caught:
        bundle_folder(broken, tmp_path / "out")
    found = {(fault.code, fault.table, fault.column) for fault in caught.value.faults}
    assert found == {
        ("file_missing", "stops.parquet", None),
        ("file_unreadable", "places.parquet", None),
        ("column_missing", "walk_network/nodes.parquet", "x"),
    }
    assert not (tmp_path / "out").exists()


def test_boundaries_in_degrees_are_refused(tmp_path):
    raw = raw_folder.write_raw(tmp_path / "raw")
    (raw / "boundaries.gpkg").unlink()
    raw_folder.boroughs().to_crs(4326).to_file(raw / "boundaries.gpkg", layer="stadtbezirke")
    raw_folder.quarters().to_crs(4326).to_file(raw / "boundaries.gpkg", layer="statistische_bezirke")
    with pytest.raises(StudyAreaError) as caught:
        bundle_folder(raw, tmp_path / "out")
    assert [fault.code for fault in caught.value.faults] == ["crs_not_metric"]


def test_a_folder_that_is_no_study_area_is_not_replaced(raw, tmp_path):
    taken = tmp_path / "photos"
    taken.mkdir()
    (taken / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(OutputError, match="folder_taken"):
        bundle_folder(raw, taken)
    assert (taken / "holiday.jpg").exists()


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SourceError, match="folder_missing"):
        bundle_folder(tmp_path / "nowhere", tmp_path / "out")
