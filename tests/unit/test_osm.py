"""Any other city: from a small .osm file and from a local stand-in for Overpass."""

from __future__ import annotations

import gzip
import socket

import geopandas as gpd
import numpy as np
import osmnx
import pandas as pd
import pytest
import shapely

from planning.area import check_area, load_area
from planning.errors import PlanningError, SourceError, StudyAreaError
from planning.i18n import Translator, explain
from planning.sources import osm_service
from planning.sources.osm import bundle_place
from planning.sources.osm_network import walkable
from planning.sources.place import read_boundaries, read_cells
from tests.fixtures.overpass import (
    LAT,
    LON,
    STEP_LAT,
    STEP_LON,
    StandIn,
    grid_node,
    stand_in,
    town,
    write_boundaries,
    write_cells,
    write_osm,
)


@pytest.fixture
def files(tmp_path):
    return {
        "boundaries": write_boundaries(tmp_path / "bezirke.geojson"),
        "cells": write_cells(tmp_path / "zellen.gpkg"),
    }


@pytest.fixture(scope="module")
def area(tmp_path_factory):
    folder = tmp_path_factory.mktemp("osm")
    return bundle_place(
        "Erfundenstadt",
        folder / "area",
        osm_file=write_osm(folder / "town.osm"),
        boundaries=write_boundaries(folder / "bezirke.geojson"),
        cells=write_cells(folder / "zellen.gpkg"),
    )


@pytest.fixture
def server():
    with stand_in() as running:
        yield running


def caught(kind: type[PlanningError], *args, **kwargs) -> PlanningError:
    with pytest.raises(kind) as error:
        bundle_place(*args, **kwargs)
    for language in ("de", "en"):
        assert all(len(line) > 10 for line in explain(error.value, Translator(language)))
    return error.value


def settings_now() -> dict:
    return {name: value for name, value in vars(osmnx.settings).items() if not name.startswith("__")}


# The area


def test_the_area_passes_its_checks_and_is_metric(area):
    assert check_area(area.path) == ()
    assert area.crs == "EPSG:32632"
    assert area.id == "erfundenstadt"
    assert load_area(area.path).digest == area.digest
    assert set(area.level("borough").index) == set(area.level("quarter").index) == {"weststadt", "oststadt"}
    assert area.level("quarter")["parent"].to_dict() == {"weststadt": "weststadt", "oststadt": "oststadt"}


def test_cells_outside_or_without_people_are_left_out_and_told(area):
    assert area.cells["residents"].tolist() == [10, 20, 30, 40, 50, 70, 80, 90]
    assert (area.cells.geometry.area.round() == 10_000).all()
    assert "foreign_nationals" in area.layer("cells").method_en
    assert "left out: 1 cells" in area.layer("cells").method_en


def edge_between(area, *corners: tuple[int, int]) -> pd.DataFrame:
    """Return the edges between two crossings of the grid."""
    lonlat = [(LON + i * STEP_LON, LAT + j * STEP_LAT) for i, j in corners]
    points = gpd.GeoSeries([shapely.Point(at) for at in lonlat], crs="EPSG:4326").to_crs(area.crs)
    tree = shapely.STRtree(shapely.points(area.nodes.to_numpy()))
    nearest, gap = tree.query_nearest(points.to_numpy(), return_distance=True, all_matches=False)
    assert (gap < 1).all()
    ends = set(nearest[1].tolist())
    return area.edges[[set(pair) == ends for pair in zip(area.edges["u"], area.edges["v"], strict=True)]]


def test_edges_run_from_junction_to_junction(area):
    block = edge_between(area, (1, 1), (1, 2))
    assert block["length_m"].tolist() == pytest.approx([300.2], abs=0.1)
    nodes = area.nodes.to_numpy()
    lines = area.edges.geometry.to_numpy()
    assert (area.edges["u"] < area.edges["v"]).all()
    assert np.allclose(
        shapely.get_coordinates(shapely.get_point(lines, 0)), nodes[area.edges["u"]], atol=0.11
    )
    assert np.allclose(
        shapely.get_coordinates(shapely.get_point(lines, -1)), nodes[area.edges["v"]], atol=0.11
    )
    assert np.allclose(area.edges["length_m"], shapely.length(lines), atol=0.5)


def test_ways_meet_only_at_shared_nodes(area):
    kinds = set(area.edges["highway"])
    assert "motorway" not in kinds
    bridge = area.edges[area.edges["bridge"]].iloc[0]
    crossed = edge_between(area, (0, 1), (1, 1)).geometry.iloc[0]
    assert bridge["geometry"].crosses(crossed)
    assert bridge["steps"]
    assert area.edges["tunnel"].sum() == 1


def test_one_way_streets_are_walked_both_ways_and_barred_ways_not_at_all(area):
    pairs = area.edges[["u", "v"]].apply(tuple, axis=1)
    assert pairs.value_counts().max() == 2
    assert edge_between(area, (0, 0), (4, 4)).empty
    assert (area.edges["highway"] == "cycleway").sum() == 1
    assert len(edge_between(area, (4, 1), (3, 2))) == 1


def test_a_loop_becomes_two_edges_of_half_the_length(area):
    double = area.edges[area.edges.duplicated(["u", "v"], keep=False)]
    assert len(double) == 2
    assert len(set(double["length_m"])) == 1
    assert set(area.edges["u"]) | set(area.edges["v"]) == set(range(len(area.nodes)))


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "foot": "yes"}, True),
        ({"highway": "cycleway"}, False),
        ({"highway": "cycleway", "foot": "designated"}, True),
        ({"highway": "track", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "permissive"}, True),
        ({"highway": "path", "foot": "no"}, False),
        ({"highway": "pedestrian", "area": "yes"}, False),
        ({"highway": "secondary", "sidewalk:both": "separate"}, False),
        ({"building": "yes"}, False),
    ],
)
def test_what_may_be_walked(tags, expected):
    assert walkable(tags) is expected


def test_places_once_each_inside_the_city(area):
    kinds = area.places["kind"].value_counts().to_dict()
    assert kinds == dict.fromkeys(
        ["library", "community_centre", "kindergarten", "place_of_worship", "pharmacy", "school"], 1
    )
    assert area.places.set_index("kind").loc["place_of_worship", "religion"] == "muslim"


def test_candidates_know_what_is_tagged_and_nothing_else(area):
    rooms = area.candidates.set_index("kind")
    assert "pharmacy" not in rooms.index
    assert rooms.loc["library", "step_free"] == "yes"
    assert rooms.loc["library", "name"] == "Stadtteilbücherei Ost <b>"
    assert rooms.loc["meeting_centre", ["address", "address_quality", "contact"]].tolist() == [
        "Querstraße 7",
        "stated",
        "Stadt",
    ]
    assert rooms.drop("library")["step_free"].isna().all()
    assert rooms[["room_m2", "kitchen", "cost_eur_month"]].isna().all().all()


def test_stops_of_one_name_are_one_with_the_lines_that_are_mapped(area):
    stops = area.stops.set_index("name")
    assert stops.loc["Markt", ["lines", "n_lines", "mode"]].tolist() == ["5;N1;U1", 3, "tram"]
    assert stops.loc["Park", "n_lines"] == 0
    assert pd.isna(stops.loc["Park", "lines"])


def test_the_base_map_has_what_the_data_have(area):
    assert set(area.basemap["layer"]) == {"roads", "water", "green", "place_labels"}
    extent = shapely.box(*area.districts.total_bounds).buffer(1100)
    assert area.basemap.geometry.within(extent).all()


def test_origin_licence_and_year_are_stated(area):
    edges, cells = area.layer("edges"), area.layer("cells")
    assert (edges.licence, edges.year, edges.attribution) == (
        "ODbL 1.0",
        "2024",
        "© OpenStreetMap contributors",
    )
    assert "zellen.gpkg" in cells.source


# The service


def test_overpass_gives_the_same_area_as_the_file(area, server, files, tmp_path):
    steps = []
    before = settings_now()
    resolver = socket.getaddrinfo
    online = bundle_place(
        "Erfundenstadt",
        tmp_path / "area",
        **files,
        overpass_url=server.url,
        progress=lambda share, step: steps.append((share, step)),
    )
    assert settings_now() == before
    assert socket.getaddrinfo is resolver
    assert len(server.queries) == 3
    assert [share for share, _ in steps] == sorted(share for share, _ in steps)
    assert steps[-1][0] == 1
    for name in ("nodes", "edges", "places", "stops"):
        pd.testing.assert_frame_equal(getattr(online, name), getattr(area, name))
    assert not list(tmp_path.rglob("*cache*"))


def test_a_place_without_boundaries_is_looked_up_by_name(server, files, tmp_path):
    west, east, south, north = LON - STEP_LON, LON + 5 * STEP_LON, LAT - STEP_LAT, LAT + 5 * STEP_LAT
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    server.places = [
        {
            "importance": 0.5,
            "lat": str(LAT),
            "lon": str(LON),
            "boundingbox": [str(south), str(north), str(west), str(east)],
            "geojson": {"type": "Polygon", "coordinates": [ring]},
            "display_name": "Erfundenstadt",
        }
    ]
    options = {
        "overpass_url": server.url,
        "nominatim_url": server.url,
        "cells": files["cells"],
        "boundaries": None,
    }
    found = bundle_place("Erfundenstadt", tmp_path / "area", **options)
    assert found.districts["name"].tolist() == ["Erfundenstadt", "Erfundenstadt"]
    assert server.queries[0] == "Erfundenstadt"
    server.places = []
    assert caught(SourceError, "Nirgendwo", tmp_path / "none", **options).code == "place_not_found"
    assert caught(SourceError, None, tmp_path / "none", **options).code == "place_not_found"


def test_a_busy_server_is_asked_again_and_then_given_up(server, files, tmp_path):
    server.statuses = [429, 504]
    options = {**files, "overpass_url": server.url}
    assert len(bundle_place("E", tmp_path / "area", **options, pauses=(0, 0)).nodes)
    server.statuses = [504] * 9
    error = caught(SourceError, "E", tmp_path / "none", **options, pauses=(0, 0))
    assert (error.code, error.params["status"]) == ("osm_busy", 504)
    assert len(server.statuses) == 6


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"<html>no</html>", 200, "osm_malformed"),
        (b"[1, 2]", 200, "osm_malformed"),
        (b'{"elements": [{"type": "node"}]}', 200, "osm_malformed"),
        (b'{"elements": []}', 200, "osm_empty"),
        (b'{"elements": [], "remark": "runtime error: Query timed out"}', 200, "osm_busy"),
        (b"not found", 404, "osm_refused"),
    ],
)
def test_answers_that_are_no_data(server, files, tmp_path, body, status, code):
    server.body, server.statuses = body, [status]
    before = settings_now()
    error = caught(SourceError, "E", tmp_path / "none", **files, overpass_url=server.url, pauses=())
    assert error.code == code
    assert settings_now() == before
    assert not (tmp_path / "none").exists()


def test_no_server_at_all(files, tmp_path):
    with stand_in() as gone:
        url = gone.url
    error = caught(SourceError, "E", tmp_path / "none", **files, overpass_url=url)
    assert error.code == "osm_unreachable"
    assert error.params["url"] == url


def test_the_public_service_is_the_default_and_its_slots_are_respected():
    with osm_service.osmnx_settings(osm_service.Service()):
        assert osmnx.settings.overpass_rate_limit
        assert osmnx.settings.doh_url_template is None
        assert not osmnx.settings.use_cache
    with osm_service.osmnx_settings(osm_service.Service(overpass="http://127.0.0.1/api")):
        assert not osmnx.settings.overpass_rate_limit


# Files


def test_a_packed_file_reads_like_a_plain_one(area, files, tmp_path):
    packed = tmp_path / "town.osm.gz"
    packed.write_bytes(gzip.compress(write_osm(tmp_path / "town.osm").read_bytes()))
    same = bundle_place("Erfundenstadt", tmp_path / "area", osm_file=packed, **files)
    pd.testing.assert_frame_equal(same.edges, area.edges)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "osm_file_missing"),
        (b"", "osm_malformed"),
        (b"<osm><node id='1' lat='50' lon='10'/>", "osm_malformed"),
        (b"<osm><node id='x' lat='50' lon='10'/></osm>", "osm_malformed"),
        (b"<osm><tag k='a' v='b'/></osm>", "osm_malformed"),
        (b"<osm><way id='1'><nd ref='5'/><nd ref='6'/></way></osm>", "osm_empty"),
        (b"<osm></osm>", "osm_empty"),
        (b"<osm><node id='1' lat='50' lon='10'/></osm>", "osm_nothing_found"),
        (b"\x89PNG\r\n" + bytes(range(256)), "osm_malformed"),
        (b'<!DOCTYPE a [<!ENTITY b "ha">]><osm>&b;</osm>', "osm_malformed"),
        (b"<html><body>osm</body></html>", "osm_malformed"),
    ],
)
def test_files_that_are_no_osm_data(files, tmp_path, content, code):
    path = tmp_path / "bad.osm"
    if content is not None:
        path.write_bytes(content)
    error = caught(SourceError, "E", tmp_path / "none", osm_file=path, **files)
    assert error.code == code
    assert not (tmp_path / "none").exists()


def test_data_without_stops_or_rooms_say_so(files, tmp_path):
    streets = [e for e in town() if not e["tags"] or ("highway" in e["tags"] and e["type"] == "way")]
    path = write_osm(tmp_path / "streets.osm", streets)
    assert caught(SourceError, "E", tmp_path / "none", osm_file=path, **files).code == "osm_nothing_found"


def test_data_of_another_city_say_so(tmp_path, files):
    moved = [e | {"lat": e["lat"] + 1} if e["type"] == "node" else e for e in town()]
    path = write_osm(tmp_path / "elsewhere.osm", moved)
    assert caught(SourceError, "E", tmp_path / "none", osm_file=path, **files).code == "osm_empty"


def faulty(tmp_path, **files) -> set[tuple]:
    osm_file = write_osm(tmp_path / "town.osm")
    error = caught(StudyAreaError, "E", tmp_path / "none", osm_file=osm_file, **files)
    assert error.code == "place_files_unusable"
    return {(fault.code, fault.column) for fault in error.faults}


def test_levels_keys_and_parents_are_taken_from_the_boundary_file(tmp_path):
    columns = {"Ebene": ["Stadtbezirk", "Statistischer Bezirk"], "code": ["1", "11"], "key": ["w", "o"]}
    districts = read_boundaries(write_boundaries(tmp_path / "levels.gpkg", **columns))
    assert districts[["level", "key", "code"]].to_numpy().tolist() == [
        ["borough", "w", "1"],
        ["quarter", "o", "11"],
    ]
    assert districts["parent"].tolist()[1] == "w"
    stated = read_boundaries(write_boundaries(tmp_path / "p.gpkg", level=["quarter"] * 2, parent=["x", "y"]))
    assert stated[["level", "key"]].to_numpy().tolist() == [
        ["borough", "oststadt"],
        ["borough", "weststadt"],
        ["quarter", "oststadt"],
        ["quarter", "weststadt"],
    ]
    assert stated["parent"].tolist()[2:] == ["oststadt", "weststadt"]
    assert stated["area_km2"].between(1.5, 1.6).all()


def test_cells_may_be_polygons_with_more_groups(files, tmp_path):
    path = write_cells(tmp_path / "more.gpkg", Auslaender=list(range(10)))
    squares = gpd.read_file(path)
    squares.set_geometry(squares.geometry.buffer(60, cap_style="square")).to_parquet(
        tmp_path / "more.parquet"
    )
    cells, missing, outside = read_cells(tmp_path / "more.parquet", read_boundaries(files["boundaries"]))
    assert cells["foreign_nationals"].sum() == sum(range(9))
    assert cells.geometry.area.round().tolist() == pytest.approx([14_400] * 9, rel=0.01)
    assert "foreign_nationals" not in missing
    assert outside == 1


def test_every_fault_of_the_two_files_is_named(files, tmp_path):
    assert faulty(tmp_path, **files | {"cells": tmp_path / "gone.gpkg"}) == {("file_missing", None)}
    (tmp_path / "junk.gpkg").write_bytes(b"junk" * 100)
    assert faulty(tmp_path, **files | {"boundaries": tmp_path / "junk.gpkg"}) == {("file_unreadable", None)}
    levels = write_boundaries(tmp_path / "l.gpkg", level=["Planet", "borough"])
    assert faulty(tmp_path, **files | {"boundaries": levels}) == {("value_not_allowed", "level")}
    double = write_boundaries(tmp_path / "d.gpkg", key=["a", "a"])
    assert faulty(tmp_path, **files | {"boundaries": double}) == {("value_duplicate", "name")}
    nameless = gpd.read_file(files["boundaries"]).drop(columns="Name")
    nameless.to_file(tmp_path / "n.gpkg")
    assert faulty(tmp_path, **files | {"boundaries": tmp_path / "n.gpkg"}) == {("column_missing", "name")}
    cells = gpd.read_file(files["cells"])
    cells.drop(columns="Einwohner").to_file(tmp_path / "c.gpkg")
    assert faulty(tmp_path, **files | {"cells": tmp_path / "c.gpkg"}) == {("column_missing", "residents")}
    cells.assign(Einwohner="viele").to_file(tmp_path / "t.gpkg")
    assert faulty(tmp_path, **files | {"cells": tmp_path / "t.gpkg"}) == {("value_not_a_number", "Einwohner")}
    cells.assign(Einwohner=np.inf).to_parquet(tmp_path / "i.parquet")
    assert faulty(tmp_path, **files | {"cells": tmp_path / "i.parquet"}) == {
        ("value_not_a_number", "Einwohner")
    }
    cells.set_crs(None, allow_override=True).to_parquet(tmp_path / "p.parquet")
    assert faulty(tmp_path, **files | {"cells": tmp_path / "p.parquet"}) == {("crs_missing", None)}
    cells.iloc[9:].to_parquet(tmp_path / "far.parquet")
    assert faulty(tmp_path, **files | {"cells": tmp_path / "far.parquet"}) == {("table_empty", None)}


def test_the_stand_in_serves_ways_with_their_nodes():
    server = StandIn()
    found = server.elements_for('way["highway"](poly);')
    assert {e["id"] for e in found if e["type"] == "node"} >= {grid_node(0, 0), 208}
    server.server_close()
