"""Loading, saving and checking a study area; every hostile table gets its clear fault."""

from __future__ import annotations

import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planning.area import check_area, load_addresses, load_area, load_unlocated, save_area
from planning.area.store import sha256_of
from planning.errors import OutputError, StudyAreaError
from planning.i18n import LANGUAGES, Translator, explain
from planning.sources.folder import bundle_folder
from tests.fixtures import raw_folder


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checking")
    raw = raw_folder.write_raw(folder / "raw")
    return bundle_folder(raw, folder / "area", facts=raw_folder.write_facts(folder / "facts")).path


@pytest.fixture
def area_path(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "area")


def change(path, table, edit):
    """Rewrite a GeoParquet table of an area."""
    file = path / f"{table}.parquet"
    frame = gpd.read_parquet(file) if table != "nodes" else pd.read_parquet(file)
    edit(frame).to_parquet(file, index=False)


def change_csv(path, table, edit):
    file = path / f"{table}.csv"
    edit(pd.read_csv(file, dtype="str")).to_csv(file, index=False)


def codes(path):
    """Return the faults of an area but for the changed digest."""
    found = check_area(path)
    for language in LANGUAGES:
        lines = explain(StudyAreaError("area_unusable", faults=found, path="x"), Translator(language))
        assert all("{" not in line for line in lines)
    return {
        (fault.code, fault.table, fault.row, fault.column) for fault in found if fault.code != "file_changed"
    }


def with_value(column, row, value):
    def edit(frame):
        frame = frame.copy()
        frame[column] = [value if at == row else old for at, old in enumerate(frame[column])]
        return frame

    return edit


def with_geometry(row, shape):
    def edit(frame):
        shapes = [shape if at == row else old for at, old in enumerate(frame.geometry)]
        return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=shapes, crs=frame.crs)

    return edit


BOWTIE = shapely.Polygon(
    [(400_000, 5_700_000), (401_000, 5_701_000), (401_000, 5_700_000), (400_000, 5_701_000)]
)


def test_a_sound_area_has_no_faults(area_path):
    assert check_area(area_path) == ()


@pytest.mark.parametrize(
    ("table", "edit", "expected"),
    [
        ("stops", lambda f: f.to_crs(4326), ("crs_differs", "stops", None, None)),
        ("places", lambda f: f.set_crs(None, allow_override=True), ("crs_missing", "places", None, None)),
        (
            "stops",
            lambda f: f.to_crs(4326).set_crs("EPSG:25833", allow_override=True),
            ("degrees_as_metres", "stops", None, "geometry"),
        ),
        ("cells", lambda f: f.drop(columns="born_abroad"), ("column_missing", "cells", None, "born_abroad")),
        ("places", lambda f: pd.concat([f, f.iloc[[2]]]), ("value_duplicate", "places", 10, "place_id")),
        ("cells", with_value("residents", 3, np.nan), ("value_missing", "cells", 4, "residents")),
        ("cells", with_value("residents", 3, np.inf), ("value_not_finite", "cells", 4, "residents")),
        ("cells", with_value("residents", 3, -1.0), ("value_too_small", "cells", 4, "residents")),
        ("edges", lambda f: f.iloc[:0], ("table_empty", "edges", None, None)),
        ("districts", with_geometry(2, BOWTIE), ("geometry_invalid", "districts", 3, "geometry")),
        ("districts", with_geometry(1, None), ("geometry_missing", "districts", 2, "geometry")),
        ("cells", with_geometry(1, shapely.Point(4e5, 5.7e6)), ("geometry_type", "cells", 2, "geometry")),
        ("stops", with_value("quarter", 1, "atlantis"), ("district_unknown", "stops", 2, "quarter")),
        ("districts", with_value("parent", 3, "atlantis"), ("district_unknown", "districts", 4, "parent")),
        ("districts", with_value("key", 3, "west"), ("value_duplicate", "districts", 5, "key")),
        ("places", with_geometry(0, shapely.Point(4.1e5, 5.7e6)), ("point_outside", "places", 1, "x, y")),
        ("edges", with_value("v", 4, 49), ("node_unknown", "edges", 5, "u, v")),
        ("edges", with_value("length_m", 4, 0.0), ("length_not_positive", "edges", 5, "length_m")),
        ("edges", with_value("length_m", 4, 0.5), ("length_too_short", "edges", 5, "length_m")),
        ("nodes", lambda f: f / 1e5, ("degrees_as_metres", "nodes", None, "x, y")),
    ],
)
def test_a_broken_layer_gets_its_fault(area_path, table, edit, expected):
    change(area_path, table, edit)
    assert expected in codes(area_path)


@pytest.mark.parametrize(
    ("table", "edit", "expected"),
    [
        ("sites", with_value("status", 1, "maybe"), ("value_not_allowed", "sites", 3, "status")),
        ("sites", with_value("x", 0, "far"), ("file_unreadable", "sites.csv", None, None)),
        ("sites", with_value("y", 0, np.nan), ("coordinate_half", "sites", 2, "x, y")),
        ("candidates", with_value("kind", 1, "castle"), ("value_not_allowed", "candidates", 3, "kind")),
        ("candidates", with_value("x", 1, "7.5"), ("point_outside", "candidates", 3, "x, y")),
        ("figures", with_value("key", 0, "atlantis"), ("district_unknown", "figures", 2, "key")),
        ("figures", with_value("value", 0, "inf"), ("value_not_finite", "figures", 2, "value")),
        ("scaling", with_value("method", 0, "guess"), ("value_not_allowed", "scaling", 2, "method")),
    ],
)
def test_a_broken_csv_gets_its_fault_by_line(area_path, table, edit, expected):
    change_csv(area_path, table, edit)
    assert expected in codes(area_path)


def test_faults_of_all_tables_are_reported_together(area_path):
    change(area_path, "cells", with_value("residents", 3, np.nan))
    change(area_path, "edges", with_value("length_m", 4, -2.0))
    change_csv(area_path, "sites", with_value("status", 1, "maybe"))
    (area_path / "stops.parquet").unlink()
    found = {code for code, *_ in codes(area_path)}
    assert found == {"value_missing", "value_too_small", "value_not_allowed", "file_missing"}
    with pytest.raises(StudyAreaError) as caught:
        load_area(area_path)
    assert {fault.code for fault in caught.value.faults} == found


def test_many_faults_of_one_kind_are_counted_not_listed(area_path):
    change(area_path, "edges", lambda f: f.assign(length_m=-1.0))
    faults = [fault for fault in check_area(area_path) if fault.table == "edges"]
    assert len(faults) == 21
    assert faults[-1].code == "more_rows"
    assert faults[-1].params["count"] == 84 - 20


def test_a_changed_layer_is_told_and_a_changed_table_of_people_is_not(area_path):
    change(area_path, "places", lambda f: f.iloc[:-1])
    change_csv(area_path, "candidates", lambda f: f.iloc[:-1])
    assert [(fault.code, fault.table) for fault in check_area(area_path)] == [
        ("file_changed", "places.parquet")
    ]
    assert len(load_area(area_path).places) == 8


def test_the_digest_follows_the_content(area_path, sound):
    before = load_area(area_path).digest
    assert before == load_area(sound).digest
    change_csv(area_path, "sites", with_value("note", 0, "moved"))
    assert load_area(area_path).digest != before


@pytest.mark.parametrize(
    ("text", "code"), [("id = ", "file_unreadable"), ('id = "x"', "entry_missing"), (None, "area_missing")]
)
def test_a_broken_description_is_named(area_path, text, code):
    if text is None:
        (area_path / "area.toml").unlink()
    else:
        (area_path / "area.toml").write_text(text, encoding="utf-8")
    assert {fault.code for fault in check_area(area_path)} == {code}
    with pytest.raises(StudyAreaError):
        load_area(area_path)


@pytest.mark.parametrize(("crs", "code"), [("EPSG:4326", "crs_not_metric"), ("EPSG:0", "crs_unknown")])
def test_a_crs_that_is_not_metric_is_refused(area_path, crs, code):
    text = (area_path / "area.toml").read_text(encoding="utf-8").replace("EPSG:25833", crs)
    (area_path / "area.toml").write_text(text, encoding="utf-8")
    assert [fault.code for fault in check_area(area_path)] == [code]


def test_saving_writes_what_was_changed_and_nothing_else(sound, tmp_path):
    area = load_area(sound)
    sites = area.sites.assign(status=["closed", *area.sites["status"].iloc[1:]])
    saved = save_area(area.with_tables(sites=sites), tmp_path / "saved")
    assert check_area(saved.path) == ()
    assert saved.sites["status"].iloc[0] == "closed"
    changed = {
        file.name for file in sound.iterdir() if sha256_of(file) != sha256_of(tmp_path / "saved" / file.name)
    }
    assert changed == {"sites.csv", "area.toml"}
    assert load_addresses(saved).equals(load_addresses(area))
    assert load_unlocated(saved).equals(load_unlocated(area))


def test_saving_over_an_area_replaces_it_and_leaves_no_rest(area_path):
    area = load_area(area_path)
    save_area(area.with_tables(candidates=area.candidates.iloc[1:]), area_path)
    assert len(load_area(area_path).candidates) == len(area.candidates) - 1
    assert [file.name for file in area_path.parent.iterdir()] == ["area"]


def test_saving_an_unusable_table_leaves_the_old_area(area_path):
    area = load_area(area_path)
    twice = pd.concat([area.candidates, area.candidates], ignore_index=True)
    with pytest.raises(StudyAreaError):
        save_area(area.with_tables(candidates=twice), area_path)
    assert len(load_area(area_path).candidates) == len(area.candidates)


def test_saving_over_something_else_is_refused(sound, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(OutputError, match="folder_taken"):
        save_area(load_area(sound), tmp_path / "letters")
    assert (tmp_path / "letters" / "a.txt").read_text(encoding="utf-8") == "dear"
