"""The map for paper."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pypdf
import pytest
import shapely
from matplotlib.image import imread

from planning.access import measure
from planning.i18n import Translator
from planning.model import Scenario
from planning.render import MapView
from planning.render.findings import Scored
from planning.render.placing import place_labels, spread
from planning.render.print_parts import plain
from planning.render.sheets import Paper, ranking_sheet, sheet_png, sheets_pdf
from planning.scoring import evaluate

DATE = dt.date(2026, 11, 25)


def _scored(area):
    return Scored(area, Scenario(name="Nord"), evaluate(area, Scenario(), measure(area)), DATE)


def test_same_input_gives_the_same_a4_picture(tiny_area):
    scored, t = _scored(tiny_area), Translator("de")
    first = sheet_png(scored, ranking_sheet(scored, t, Paper()), t)
    assert first == sheet_png(scored, ranking_sheet(scored, t, Paper()), t)
    height, width = imread(io.BytesIO(first)).shape[:2]
    assert (width, height) == (3508, 2480)


@pytest.mark.parametrize(
    ("view", "blocks"),
    [
        (None, 3),
        (MapView(indicator=None), 2),
        (MapView(indicator="unemployment_pct", level="borough", best=1), 3),
    ],
)
def test_the_sheet_shows_what_the_view_asks_for(tiny_area, view, blocks):
    scored, t = _scored(tiny_area), Translator("en")
    sheet = ranking_sheet(scored, t, Paper(), view)
    assert len(sheet.data["legend"]) == blocks
    ranked = (scored.evaluation.scores.rank > 0).sum()
    assert len(sheet.data["rows"]) == min(ranked, 14 if view is None else view.best)
    assert "15" in sheet.data["settings"]  # the walk that counts


def test_empty_tables_draw(tiny_area):
    area = tiny_area.with_tables(sites=tiny_area.sites.iloc[:0], candidates=tiny_area.candidates.iloc[:0])
    scored, t = _scored(area), Translator("de")
    assert sheet_png(scored, ranking_sheet(scored, t, Paper()), t).startswith(b"\x89PNG")


def test_a_dollar_is_no_formula_and_a_long_name_is_whole(tiny_area):
    name = "Hauptgeschäftsstelle $x$ des Quartiersmanagements / Stadtteilbüro am Nordmarkt"
    rooms = tiny_area.candidates.copy()
    rooms.loc[1, "name"] = name
    scored, t = _scored(tiny_area.with_tables(candidates=rooms)), Translator("de")
    sheet = ranking_sheet(scored, t, Paper())
    [page] = pypdf.PdfReader(io.BytesIO(sheets_pdf(scored, [sheet], t, sheet.title))).pages
    assert name.replace(" ", "") in "".join(page.extract_text().split())


def test_markers_part_until_none_overlap():
    points = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [50.0, 50.0]])
    placed = spread(points, 10.0)
    gaps = np.hypot(*(placed[:, None] - placed[None]).transpose(2, 0, 1))
    np.fill_diagonal(gaps, np.inf)
    assert gaps.min() >= 10 * 0.99
    np.testing.assert_allclose(placed[3], points[3], atol=1e-4)


def test_markers_leave_fixed_points():
    fixed = np.array([[0.0, 0.0]])
    placed = spread(np.array([[1.0, 0.0]]), 10.0, fixed)
    assert np.hypot(*(placed - fixed).T) >= 10 * 0.99


def _boxes(centres, sizes):
    low, high = centres - sizes / 2, centres + sizes / 2
    return shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])


def test_labels_leave_markers_and_each_other():
    shapes = [shapely.box(0, 0, 100, 60), shapely.box(100, 0, 200, 60)]
    sizes = np.array([[40.0, 10.0], [70.0, 10.0]])
    markers = np.array([[50.0, 30.0], [60.0, 30.0], [150.0, 25.0], [150.0, 35.0]])
    placed = place_labels(shapes, sizes, markers, 6.0)
    labels = _boxes(placed, sizes)
    blocked = shapely.union_all(_boxes(markers, np.full((4, 2), 12.0)))
    assert not shapely.area(shapely.intersection(labels, blocked)).any()
    assert all(shapely.contains(shapes, labels))


def test_a_label_with_nothing_in_its_way_stays_in_the_middle():
    placed = place_labels([shapely.box(0, 0, 90, 60)], np.array([[40.0, 10.0]]), np.empty((0, 2)), 6.0)
    np.testing.assert_allclose(placed, [[45, 30]])


def test_texts_are_no_formulas():
    assert plain("5 $ und 6 $") == r"5 \$ und 6 \$"
