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


CONTROL = "control_character"
ENDLESS = ("geometry_not_finite", "stops", 2, "geometry")
BRIDGE = ("column_not_flag", "edges", None, "bridge")


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
        ("stops", with_geometry(1, shapely.Point(4e5, np.inf)), ENDLESS),
        ("cells", with_geometry(1, shapely.Point(4e5, 5.7e6)), ("geometry_type", "cells", 2, "geometry")),
        ("stops", with_value("quarter", 1, "atlantis"), ("district_unknown", "stops", 2, "quarter")),
        ("districts", with_value("parent", 3, "atlantis"), ("district_unknown", "districts", 4, "parent")),
        ("districts", with_value("key", 3, "west"), ("value_duplicate", "districts", 5, "key")),
        ("places", with_geometry(0, shapely.Point(4.1e5, 5.7e6)), ("point_outside", "places", 1, "x, y")),
        ("edges", with_value("v", 4, 49), ("node_unknown", "edges", 5, "u, v")),
        ("edges", with_value("length_m", 4, 0.0), ("length_not_positive", "edges", 5, "length_m")),
        ("edges", with_value("length_m", 4, 0.5), ("length_too_short", "edges", 5, "length_m")),
        ("edges", lambda f: f.assign(u=f["u"] + 0.5), ("value_not_whole", "edges", 1, "u")),
        ("edges", lambda f: f.assign(v=f["v"] + 2.0**60), ("value_not_whole", "edges", 1, "v")),
        ("edges", with_value("v", 4, np.nan), ("value_missing", "edges", 5, "v")),
        ("edges", with_value("v", 4, np.inf), ("value_not_finite", "edges", 5, "v")),
        ("edges", lambda f: f.assign(u=f["u"].astype("str") + "x"), ("value_not_a_number", "edges", 1, "u")),
        ("edges", lambda f: f.assign(bridge=f["bridge"].astype("int8")), BRIDGE),
        ("edges", lambda f: f.assign(bridge=[*f["bridge"][1:].astype("object"), None]), BRIDGE),
        ("edges", lambda f: f.assign(length_m=True), ("value_not_a_number", "edges", 1, "length_m")),
        ("stops", lambda f: f.assign(n_lines=1.5), ("value_not_whole", "stops", 1, "n_lines")),
        ("stops", lambda f: f.iloc[:0].drop(columns="n_lines"), ("column_missing", "stops", None, "n_lines")),
        ("stops", lambda f: f.assign(name=[["a"]] * len(f)), ("value_not_scalar", "stops", 1, "name")),
        ("stops", with_value("name", 0, "a\x00b"), ("control_character", "stops", 1, "name")),
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
        ("sites", with_value("x", 0, "far"), ("value_not_a_number", "sites", 2, "x")),
        ("sites", lambda f: f.drop(columns="y"), ("column_missing", "sites", None, "y")),
        ("sites", lambda f: f.iloc[:0].drop(columns="y"), ("column_missing", "sites", None, "y")),
        ("candidates", with_value("note", 1, "a\x1b[2Jb"), ("control_character", "candidates", 3, "note")),
        ("scaling", with_value("factor", 0, "1_000"), ("value_not_a_number", "scaling", 2, "factor")),
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


def test_a_cell_of_the_wrong_type_does_not_hide_the_other_faults(area_path):
    change_csv(area_path, "candidates", with_value("x", 0, "here"))
    change_csv(area_path, "candidates", with_value("y", 2, "there"))
    change_csv(area_path, "candidates", with_value("kind", 1, "castle"))
    assert codes(area_path) == {
        ("value_not_a_number", "candidates", 2, "x"),
        ("value_not_a_number", "candidates", 4, "y"),
        ("value_not_allowed", "candidates", 3, "kind"),
    }


def test_a_heading_that_stands_twice_is_told(area_path):
    file = area_path / "sites.csv"
    lines = [f"{line},{line.split(',')[1]}" for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert ("column_duplicate", "sites", None, "name") in codes(area_path)


def test_whole_numbers_written_as_floats_are_taken(area_path):
    before = load_area(area_path)
    change(area_path, "edges", lambda f: f.assign(u=f["u"].astype("float64"), v=f["v"].astype("str")))
    after = load_area(area_path)
    assert codes(area_path) == set()
    assert (after.edges["u"].dtype, after.edges["v"].dtype) == ("int64", "int64")
    assert after.edges[["u", "v"]].astype("int32").equals(before.edges[["u", "v"]].astype("int32"))


def test_a_geometry_of_another_name_and_an_odd_index_are_taken(area_path):
    before = load_area(area_path)
    for table in ("cells", "nodes"):
        frame = getattr(before, table)
        frame = frame.set_axis([f"r{at % 3}" for at in range(len(frame))])
        frame = frame.rename_geometry("shape") if table == "cells" else frame
        frame.to_parquet(area_path / f"{table}.parquet", index=True)
    after = load_area(area_path)
    assert after.cells.geometry.name == "geometry"
    assert after.cells.index.equals(pd.RangeIndex(len(before.cells)))
    assert after.nodes.equals(before.nodes)


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


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ('id = "', 'id = 7 # "', "entry_not_text", "id"),
        ('name = "', 'name = " " # ', "entry_missing", "name"),
        ('crs = "', 'crs = 25833 # "', "entry_not_text", "crs"),
        ("planned = ", 'planned = "x" # ', "entry_not_whole", "programme.planned"),
        ("planned = ", "planned = true # ", "entry_not_whole", "programme.planned"),
        ("planned = ", "planned = -1 # ", "entry_not_whole", "programme.planned"),
        ("opened = ", "opened = inf # ", "entry_not_whole", "programme.opened"),
        ("[programme]", "[[programme]]", "entry_not_table", "programme"),
        ("[levels.borough]", "[[levels.borough]]", "entry_not_table", "levels.borough"),
        ("[levels.borough]", "[levels.parish]", "entry_missing", "levels.borough"),
        ("[levels.borough]\nde", "[levels.borough]\nfr", "entry_missing", "levels.borough.de"),
        ("[levels.quarter]\nde = ", "[levels.quarter]\nde = 1 # ", "entry_not_text", "levels.quarter.de"),
        ("[layers.cells]", "[layers.wolves]", "layer_unknown", "layers.wolves"),
        ("[layers.cells]", "[layers.wolves]", "layer_missing", "layers.cells"),
        ("[layers.addresses]", "[[layers.addresses]]", "entry_not_table", "layers.addresses"),
        ("[layers.cells]\nfile", "[layers.cells]\nname", "entry_missing", "layers.cells.file"),
        ('"cells.parquet"', '"../cells.parquet"', "layer_file", "layers.cells.file"),
        ('s.csv"\nrows = ', 's.csv"\nrows = "many" # ', "entry_not_whole", "layers.candidates.rows"),
        ('"cells.parquet"\nrows', '"cells.parquet"\nyear = 2011 #', "entry_not_text", "layers.cells.year"),
        ("[layers.sites]", '[layers.sites]\nmethod_de = ["x"]', "entry_not_text", "layers.sites.method_de"),
        ("[layers.edges]", '[layers.edges]\nmethod_en = "\\u001b"', CONTROL, "layers.edges.method_en"),
    ],
)  # fmt: skip
def test_an_entry_of_the_wrong_type_is_a_fault_in_checking_and_in_loading(area_path, old, new, code, column):
    file = area_path / "area.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace(old, new, 1)
    if "year = 2011" in new or "method_" in new:
        text = without_second(text, new.split("\n")[-1].split(" = ")[0], text.index(new) + len(new))
    file.write_text(text, encoding="utf-8")
    assert (code, "area.toml", None, column) in codes(area_path)
    with pytest.raises(StudyAreaError, match=code):
        load_area(area_path)


def without_second(text, key, after):
    """Drop the next line with a key, since TOML refuses a key that stands twice."""
    at = text.find(f"\n{key} = ", after)
    return text if at < 0 else text[:at] + text[text.index("\n", at + 1) :]


def test_faults_of_the_description_come_with_those_of_the_tables(area_path):
    file = area_path / "area.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("planned = ", "planned = 1."), encoding="utf-8")
    change(area_path, "cells", with_value("residents", 3, -1.0))
    assert {code for code, *_ in codes(area_path)} == {"entry_not_whole", "value_too_small"}


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "9" * 5000, 'id = "\ud800"', "layers = 1"])
def test_no_description_makes_the_check_fail(area_path, text):
    (area_path / "area.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert codes(area_path)


def test_a_listed_table_that_is_gone_is_missed(area_path):
    (area_path / "addresses.parquet").unlink()
    assert codes(area_path) == {("file_missing", "addresses.parquet", None, None)}
    with pytest.raises(StudyAreaError, match="file_missing"):
        load_area(area_path)


def test_tables_read_on_their_own_are_checked_too(area_path):
    change_csv(area_path, "unlocated", with_value("reason", 0, "lost"))
    with pytest.raises(StudyAreaError, match="value_not_allowed"):
        load_unlocated(area_path)
    (area_path / "addresses.parquet").write_bytes(b"PAR1")
    with pytest.raises(StudyAreaError, match="file_unreadable"):
        load_addresses(area_path)


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
    assert changed == {"sites.csv", "area.toml", "checked.sha256"}
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
