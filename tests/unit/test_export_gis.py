"""Layers for geographic systems: styled, named, the same again, and unharmed by whatever names hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import sqlite3
from contextlib import closing
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from planning.access import measure
from planning.errors import OutputError
from planning.export.about import about as describe
from planning.export.columns import column
from planning.export.frames import layer_frames
from planning.export.layers import geojson_files, write_package
from planning.export.tables import csv_files, printable
from planning.i18n import Translator
from planning.model import PlanSettings, Scenario
from planning.render.classes import ramp_colors
from planning.render.findings import find
from planning.render.view import SCORE_LIMITS
from planning.scenarios.work import KeptPlan, Work
from planning.scoring import evaluate
from planning.siting import make_plan, plan_distances, prepare
from planning.walking import build_network

DE, EN = Translator("de"), Translator("en")
DATE = dt.date(2026, 11, 26)
SCENARIO = Scenario(name="Nord <b>zuerst</b>", minutes=10)
SE = "{http://www.opengis.net/se}"
OGC = "{http://www.opengis.net/ogc}"
HOSTILE = (
    "=cmd|' /C calc'!A0",
    '<script>alert(1)</script> & "so"',
    "x" * 300,
    "Haus 🏠 \u202eבית\u202c \x00\x07\x0b\ufffe",
)


def findings_of(area, count):
    """Return findings with a plan of so many rooms; ``None`` for no plan."""
    network = build_network(area.nodes, area.edges)
    near = measure(area, network=network)
    if count is None:
        return find(Work(area, SCENARIO), network, near, DATE)
    settings = PlanSettings(count=count)
    distances = plan_distances(area, near, settings, network=network)
    scores = evaluate(area, SCENARIO, near).scores.total
    plan = make_plan(prepare(area, SCENARIO, settings, distances, scores=scores, network=network), SCENARIO)
    return find(Work(area, SCENARIO, settings, KeptPlan(plan, area)), network, distances, DATE)


def hostile(area):
    """Return the town with names and notes that break what takes them at their word."""
    return area.with_tables(
        candidates=area.candidates.assign(name=HOSTILE, note=HOSTILE[::-1]),
        sites=area.sites.assign(name=[*HOSTILE, *HOSTILE][: len(area.sites)]),
    )


@pytest.fixture(scope="module")
def planned(tiny_area):
    return findings_of(tiny_area, 2)


@pytest.fixture(scope="module")
def unplanned(tiny_area):
    return findings_of(tiny_area, None)


@pytest.fixture
def package(tmp_path):
    def written(findings, t=DE):
        path = tmp_path / "layers.gpkg"
        write_package(path, findings, t, told(findings, t))
        return path

    return written


def told(findings, t=DE):
    return describe(findings.area, findings.evaluation, findings.scenario, t, findings.date)


def table(path, statement):
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(statement)]


def parsed(text):
    """Return what this project itself has written."""
    return ET.fromstring(text)  # noqa: S314


def styles(path):
    return {row["f_table_name"]: row for row in table(path, "SELECT * FROM layer_styles")}


def layers(path):
    return {str(name) for name, geometry in pyogrio.list_layers(path) if geometry is not None}


def test_a_plan_has_all_layers_in_the_areas_coordinates(package, planned):
    path = package(planned)
    assert layers(path) == {"plan", "candidates", "sites", "reach", "cells", "districts"}
    for name in layers(path):
        assert pyogrio.read_info(path, layer=name)["crs"] == "EPSG:25832"
    rooms = gpd.read_file(path, layer="plan")
    assert rooms["candidate_id"].tolist() == list(planned.rooms)
    ranked = gpd.read_file(path, layer="candidates").set_index("candidate_id")
    assert ranked.loc[list(planned.rooms), "planned"].tolist() == [1, 2]
    assert ranked["planned"].notna().sum() == 2


def test_cells_say_what_is_covered_before_and_after(package, planned):
    cells = gpd.read_file(package(planned), layer="cells")
    np.testing.assert_array_equal(cells["covered_before"], planned.covered_before)
    np.testing.assert_array_equal(cells["covered_after"], planned.covered_after)
    new = cells["covered_after"] & ~cells["covered_before"]
    assert set(cells.loc[new, "coverage"]) == {"new"}
    assert (cells["metres_after"] <= cells["metres_before"]).all()
    assert cells.loc[cells["covered_after"], "metres_after"].max() <= planned.scenario.reach_m


def test_districts_agree_with_the_effect(package, planned):
    districts = (
        gpd.read_file(package(planned), layer="districts").query("level == 'borough'").set_index("key")
    )
    effect = planned.effect.boroughs.set_index("key")
    for name in ("need", "share_before", "share_after", "minutes_before", "minutes_after", "rooms"):
        np.testing.assert_allclose(districts[name], effect[name].loc[districts.index], atol=1e-3)


def test_reach_holds_rooms_and_open_sites(package, planned):
    reach = gpd.read_file(package(planned), layer="reach")
    assert reach["id"].tolist() == [*planned.rooms, *planned.open_site_ids()]
    assert reach["role"].tolist() == ["chosen"] * 2 + ["existing"] * len(planned.open_site_ids())
    np.testing.assert_allclose(reach["area_km2"], reach.area / 1e6, atol=1e-2)
    assert (reach["metres"] == planned.scenario.reach_m).all()


def test_without_a_plan_its_layer_and_columns_are_missing(package, unplanned):
    path = package(unplanned)
    assert layers(path) == {"candidates", "sites", "reach", "cells", "districts"}
    assert "planned" not in gpd.read_file(path, layer="candidates")
    assert "covered_after" not in gpd.read_file(path, layer="cells")
    assert "share_after" not in gpd.read_file(path, layer="districts")
    assert set(gpd.read_file(path, layer="reach")["role"]) == {"existing"}
    assert "share_before" in styles(path)["districts"]["styleQML"]


def test_a_plan_without_rooms_has_an_empty_layer(package, tiny_area):
    path = package(findings_of(tiny_area, 0))
    assert len(gpd.read_file(path, layer="plan")) == 0
    assert "plan" in styles(path)


@pytest.mark.parametrize("t", [DE, EN])
def test_styles_are_read_by_qgis(package, planned, t):
    path = package(planned, t)
    found = styles(path)
    assert set(found) == layers(path)
    geometry = {
        row["table_name"]: row["column_name"] for row in table(path, "SELECT * FROM gpkg_geometry_columns")
    }
    [registered] = table(path, "SELECT * FROM gpkg_contents WHERE table_name = 'layer_styles'")
    assert registered["data_type"] == "attributes"
    kinds = {}
    for name, row in found.items():
        assert row["useAsDefault"] == 1
        assert (row["f_table_catalog"], row["f_table_schema"]) == ("", "")
        assert row["f_geometry_column"] == geometry[name]
        assert row["update_time"] == "2026-11-26T00:00:00.000Z"
        assert len(row["styleName"]) <= 30
        columns = set(pyogrio.read_info(path, layer=name)["fields"]) | {"fid"}
        kinds[name] = check_qml(row["styleQML"], columns)
        check_sld(row["styleSLD"], columns)
    assert kinds == {
        "plan": "singleSymbol",
        "candidates": "graduatedSymbol",
        "sites": "categorizedSymbol",
        "reach": "categorizedSymbol",
        "cells": "categorizedSymbol",
        "districts": "graduatedSymbol",
    }


def check_qml(text, columns):
    """See that a style is well formed and speaks of columns and symbols that there are; return its kind."""
    root = parsed(text)
    renderer = root.find("renderer-v2")
    kind = renderer.get("type")
    symbols = {one.get("name") for one in renderer.find("symbols")}
    entries = [*renderer.iter("category"), *renderer.iter("range")]
    assert {one.get("symbol") for one in entries} == (symbols if kind != "singleSymbol" else set())
    assert all(one.get("label") for one in entries)
    attribute = renderer.get("attr", "")
    named = set(re.findall(r'"(\w+)"', attribute)) or ({attribute} - {""})
    assert named <= columns
    assert bool(named) == (kind != "singleSymbol")
    aliases = {one.get("field"): one.get("name") for one in root.iter("alias")}
    assert set(aliases) == columns
    assert all(aliases.values())
    return kind


def check_sld(text, columns):
    root = parsed(text.encode())
    assert {one.text for one in root.iter(f"{OGC}PropertyName")} <= columns
    drawn = [*root.iter(f"{SE}PointSymbolizer"), *root.iter(f"{SE}PolygonSymbolizer")]
    assert drawn
    assert len(drawn) == len(list(root.iter(f"{SE}Title"))) - 1


def test_candidates_have_the_classes_of_the_map(package, planned):
    renderer = parsed(styles(package(planned))["candidates"]["styleQML"]).find("renderer-v2")
    lower = [float(one.get("lower")) for one in renderer.iter("range")]
    assert lower == [*SCORE_LIMITS[::-1], 0.0]  # the first range that holds a figure counts
    colors = [
        "#{:02x}{:02x}{:02x}".format(*map(int, one.get("value").split(",")[:3]))
        for one in renderer.iter("Option")
        if one.get("name") == "color"
    ]
    assert colors == list(ramp_colors("score", len(SCORE_LIMITS) + 1))[::-1]


def test_every_cell_and_site_has_a_symbol(package, planned):
    path = package(planned)
    for layer, deciding in (("cells", "coverage"), ("sites", "kind"), ("reach", "role")):
        renderer = parsed(styles(path)[layer]["styleQML"]).find("renderer-v2")
        values = {one.get("value") for one in renderer.iter("category")}
        assert set(gpd.read_file(path, layer=layer)[deciding]) <= values


@pytest.mark.parametrize("t", [DE, EN])
def test_columns_have_names_by_the_standard(package, planned, t):
    path = package(planned, t)
    rows = table(path, "SELECT * FROM gpkg_data_columns")
    for name in layers(path):
        columns = {row["column_name"] for row in rows if row["table_name"] == name}
        assert columns == set(pyogrio.read_info(path, layer=name)["fields"]) | {"fid"}
    titles = {(row["table_name"], row["column_name"]): row["name"] for row in rows}
    unit = {"de": "Bedarf (Personen-Äquivalente)", "en": "Need (person equivalents)"}
    assert titles["cells", "need"] == unit[t.language]
    unnamed = [row for row in rows if row["title"] == row["column_name"]]
    assert not unnamed
    [extension] = table(
        path, "SELECT extension_name FROM gpkg_extensions WHERE table_name = 'gpkg_data_columns'"
    )
    assert extension["extension_name"] == "gpkg_schema"


def test_package_carries_sources_and_integrity(package, planned):
    path = package(planned)
    described = table(path, "SELECT * FROM gpkg_contents WHERE data_type = 'features'")
    assert all("CC0-1.0" in row["description"] and "26.11.2026" in row["description"] for row in described)
    metadata = " ".join(row["metadata"] for row in table(path, "SELECT metadata FROM gpkg_metadata"))
    assert '"licence": "CC0-1.0"' in metadata
    assert [row["integrity_check"] for row in table(path, "PRAGMA integrity_check")] == ["ok"]
    assert table(path, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("make", ["planned", "unplanned"])
def test_two_runs_give_the_same_bytes(package, request, make):
    findings = request.getfixturevalue(make)
    about = told(findings)
    assert package(findings).read_bytes() == package(findings).read_bytes()
    assert geojson_files(findings, DE, about) == geojson_files(findings, DE, about)
    assert csv_files(findings, DE, about) == csv_files(findings, DE, about)


def test_hostile_names_stay_text(package, tiny_area):
    findings = findings_of(hostile(tiny_area), 2)
    path = package(findings)
    names = set(gpd.read_file(path, layer="candidates")["name"])
    assert names == {printable(name) for name in HOSTILE}
    for row in styles(path).values():
        assert parsed(row["styleQML"]) is not None
    about = told(findings)
    collection = json.loads(geojson_files(findings, DE, about)["candidates.geojson"])
    assert {one["properties"]["name"] for one in collection["features"]} == names
    text = csv_files(findings, DE, about)["candidates.csv"].decode("utf-8-sig")
    assert "'=cmd" in text
    assert not re.search(r'(^|[;"])=cmd', text, re.MULTILINE)


def test_a_site_without_a_place_is_kept_without_geometry(package, planned):
    sites = gpd.read_file(package(planned), layer="sites")
    assert planned.area.sites["x"].isna().sum() == sites.geometry.isna().sum() > 0


def test_progress_names_every_layer(tmp_path, planned):
    heard = []
    write_package(
        tmp_path / "x.gpkg",
        planned,
        DE,
        told(planned),
        progress=lambda share, step: heard.append((share, step)),
    )
    assert [step for _, step in heard] == ["plan", "candidates", "sites", "reach", "cells", "districts"]
    assert [share for share, _ in heard] == sorted(share for share, _ in heard)


def test_a_package_that_cannot_be_styled_leaves_nothing(tmp_path, planned, monkeypatch):
    def refuse(*_args):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("planning.export.geo._write_styles", refuse)
    with pytest.raises(OutputError, match=r"output_not_written"):
        write_package(tmp_path / "x.gpkg", planned, DE, told(planned))
    assert list(tmp_path.iterdir()) == []


def rings(geometry):
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [(number, ring) for polygon in polygons for number, ring in enumerate(polygon)]


def test_geojson_obeys_the_standard(planned):
    files = geojson_files(planned, DE, told(planned))
    assert set(files) == {"plan.geojson", "candidates.geojson", "reach.geojson", "districts.geojson"}
    for content in files.values():
        collection = json.loads(content, parse_constant=pytest.fail)
        assert collection["type"] == "FeatureCollection"
        assert "crs" not in collection
        assert collection["metadata"]["sources"]
        identifiers = [one["id"] for one in collection["features"]]
        assert len(set(identifiers)) == len(identifiers) > 0
    for name in ("reach.geojson", "districts.geojson"):
        for one in json.loads(files[name])["features"]:
            for number, ring in rings(one["geometry"]):
                assert ring[0] == ring[-1]
                assert shapely.is_ccw(shapely.linearrings(ring)) == (number == 0)
                assert all(5 < x < 10 and 50 < y < 53 for x, y in ring)
                assert all(round(value, 6) == value for point in ring for value in point)
            assert shapely.from_geojson(json.dumps(one["geometry"])).is_valid


def test_geojson_without_a_plan_has_no_plan(unplanned):
    files = geojson_files(unplanned, DE, told(unplanned))
    assert set(files) == {"candidates.geojson", "reach.geojson", "districts.geojson"}


@pytest.mark.parametrize("t", [DE, EN])
def test_side_files_declare_form_and_columns(planned, t):
    files = csv_files(planned, t, told(planned, t))
    names = {"candidates.csv", "plan.csv", "districts.csv"}
    assert set(files) == names | {f"{name}.meta.json" for name in names}
    for name in names:
        record = json.loads(files[f"{name}.meta.json"])
        form = record["table"]
        frame = pd.read_csv(
            io.BytesIO(files[name]),
            sep=form["delimiter"],
            decimal=form["decimal_mark"],
            encoding="utf-8-sig",
        )
        assert [one["name"] for one in form["columns"]] == list(frame.columns)
        assert form["rows"] == len(frame)
        assert files[name].count(form["line_end"].encode()) == len(frame) + 1
        assert files[name].startswith(b"\xef\xbb\xbf") == form["byte_order_mark"]
        assert record["sources"]
        assert all(one["title"] != one["name"] for one in form["columns"])
    assert json.loads(files["plan.csv.meta.json"])["table"]["delimiter"] == {"de": ";", "en": ","}[t.language]


def test_csv_without_a_plan_is_the_ranking(unplanned):
    assert set(csv_files(unplanned, DE, told(unplanned))) == {"candidates.csv", "candidates.csv.meta.json"}


def test_notes_of_a_person_are_a_column(planned):
    room = planned.rooms[0]
    noted = dataclasses.replace(planned, candidate_notes={room: "=Schlüssel beim Hausmeister\ud800"})
    text = csv_files(noted, DE, told(noted))["plan.csv"].decode("utf-8-sig")
    assert "'=Schlüssel beim Hausmeister" in text


@pytest.mark.parametrize(("unit", "heading"), [("need", "(Personen-Äquivalente)"), ("metres", "(m)")])
def test_gain_is_in_the_unit_of_the_aim(unit, heading):
    assert column(DE, "gain", gain_unit=unit).heading.endswith(heading)


def test_every_column_has_a_title_and_no_two_are_alike(planned):
    for t in (DE, EN):
        for frame in layer_frames(planned.area, planned.evaluation, t, findings=planned).values():
            names = [str(name) for name in frame.columns.drop("geometry")]
            headings = [column(t, name).heading for name in names]
            assert len(set(headings)) == len(headings)
            assert not set(headings) & {name for name in names if "_" in name}
