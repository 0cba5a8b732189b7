"""The whole folder, with names that strangers wrote, places nobody knows, and plans of any size."""

from __future__ import annotations

import datetime as dt
import json

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pypdf
import pytest

from planning.access import measure
from planning.export.choice import make_choice
from planning.export.folder import write_folder
from planning.i18n import Translator
from planning.model import PlanSettings, Scenario
from planning.render.findings import find
from planning.scenarios.work import KeptPlan, Work, capture
from planning.scoring import evaluate
from planning.siting import make_plan, plan_distances, prepare
from planning.walking import build_network

DATE = dt.date(2026, 11, 25)
HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0 $x_1$ {{ t }} #strong[x] \\textbf",
    "مركز الاستشارة في الحي " * 4,
    "Straße 😀 👩‍👩‍👧 ½ „Ü“ & <b>",
    "Donaudampfschifffahrtsgesellschaft" * 9,
    "Wort " * 60,
)


def hostile(area):
    """Return an area in which every name is a trap, and one site and one address have no place."""

    def named(table, column="name"):
        names = [HOSTILE[row % len(HOSTILE)][:300] for row in range(len(table))]
        return table.assign(**{column: names})

    rooms = named(area.candidates)
    rooms = rooms.assign(note=rooms["name"], address=rooms["name"], contact=rooms["name"])
    found = area.with_tables(sites=named(area.sites), candidates=rooms)
    object.__setattr__(found, "name", HOSTILE[3])
    return found


def work_of(area, rooms, name=""):
    network, scenario = build_network(area.nodes, area.edges), Scenario(name=name, minutes=8)
    near = measure(area, network=network)
    kept, distances = None, near
    if rooms is not None:
        settings = PlanSettings(count=rooms)
        distances = plan_distances(area, near, PlanSettings(objective="walking"), network=network)
        scores = evaluate(area, scenario, near).scores.total
        task = prepare(area, scenario, settings, distances, scores=scores, network=network)
        kept = KeptPlan(make_plan(task, scenario), area)
    work = Work(area, scenario, plan=kept, candidate_notes={"k1": HOSTILE[5] * 8})
    return work, find(work, network, distances, DATE)


def written(folder, area, rooms, language="de", *, formats=("all",), name=""):
    work, findings = work_of(area, rooms, name)
    choice = make_choice(area, formats, indicators=["need:cell", "unemployment_pct:borough"])
    snapshot = capture(work, area, name, effect=findings.effect)
    write_folder(folder, findings, snapshot, choice, Translator(language))
    return {path.name: path for path in folder.iterdir()}


@pytest.mark.parametrize("rooms", [None, 0, 3])
@pytest.mark.parametrize("language", ["de", "en"])
def test_hostile_names_break_no_format(tiny_area, tmp_path, rooms, language):
    files = written(tmp_path / "out", hostile(tiny_area), rooms, language, name="<b>" * 30)
    told = json.loads(files["manifest.json"].read_text(encoding="utf-8"))
    assert {one["name"] for one in told["files"]} == {*files} - {"manifest.json"}
    suffixes = {path.suffix for path in files.values()}
    assert suffixes >= {".pdf", ".png", ".gpkg", ".geojson", ".xlsx", ".csv", ".html", ".json"}
    for name, path in files.items():
        if path.suffix == ".pdf":
            reader = pypdf.PdfReader(path)
            assert reader.trailer["/Root"]["/Lang"] == language, name
            assert reader.pages[0].extract_text().strip(), name
        elif path.suffix == ".png":
            assert path.read_bytes().startswith(b"\x89PNG"), name
        elif path.suffix == ".geojson":
            assert json.loads(path.read_text(encoding="utf-8"))["type"] == "FeatureCollection", name
            gpd.read_file(path)
        elif path.suffix == ".gpkg":
            for layer in pyogrio.list_layers(path)[:, 0]:
                pyogrio.read_dataframe(path, layer=layer)
        elif path.suffix == ".xlsx":
            cells = [
                cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row
            ]
            assert not [cell for cell in cells if cell.data_type == "f"]
        elif path.suffix == ".html":
            assert "<script>alert" not in path.read_text(encoding="utf-8")
    fact_sheets = [path for name, path in files.items() if "steckbrief" in name or "fact-sheet" in name]
    assert all(len(pypdf.PdfReader(path).pages) == 1 for path in fact_sheets)
    assert len(fact_sheets) >= (rooms or 0)


def test_two_runs_give_the_same_bytes(tiny_area, tmp_path):
    first = written(tmp_path / "first", tiny_area, 2)
    second = written(tmp_path / "second", tiny_area, 2)
    assert {name: path.read_bytes() for name, path in first.items()} == {
        name: path.read_bytes() for name, path in second.items()
    }


def test_an_area_without_anything_is_written(tiny_area, tmp_path):
    area = tiny_area.with_tables(sites=tiny_area.sites.iloc[:0], candidates=tiny_area.candidates.iloc[:0])
    assert "manifest.json" in written(tmp_path / "out", area, None)


def test_sixty_rooms(tiny_area, tmp_path):
    step, rows = 25.0, []
    first = tiny_area.candidates.iloc[0]
    for number in range(64):
        x, y = first["x"] + step * 3 * (number % 8), first["y"] - step * 3 * (number // 8)
        rows.append(
            {**first.to_dict(), "candidate_id": f"r{number:02d}", "name": f"Raum {number}", "x": x, "y": y}
        )
    table = pd.DataFrame(rows).drop(columns="geometry")
    rooms = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["x"], table["y"]), crs=tiny_area.crs)
    assert not np.isnan(rooms["x"]).any()
    files = written(tmp_path / "out", tiny_area.with_tables(candidates=rooms), 60)
    assert sum("steckbrief" in name for name in files) == 60
