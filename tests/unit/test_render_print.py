"""The map for paper."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.figure import Figure
from matplotlib.image import imread

from planning.i18n import Translator
from planning.render import MapView
from planning.render.placing import place_labels, spread
from planning.render.print_map import PrintTexts, _fitted, print_map
from planning.render.print_parts import plain, wrapped

TEXTS = PrintTexts("Titel $x$", "Untertitel", ("Szenario",), ("Quelle",))


def _view(**changes):
    score = pd.Series([80.0, 60.0, 40.0], index=["k2", "k1", "k3"])
    rank = pd.Series([1, 2, 3], index=score.index)
    return MapView(**{"need": np.arange(9.0), "score": score, "rank": rank, **changes})


def test_same_input_gives_the_same_a4_picture(tiny_area):
    first = print_map(tiny_area, Translator("de"), _view(), TEXTS)
    assert first == print_map(tiny_area, Translator("de"), _view(), TEXTS)
    height, width = imread(io.BytesIO(first)).shape[:2]
    assert (width, height) == (2338, 1654)


@pytest.mark.parametrize(
    "changes",
    [
        {"indicator": None},
        {"indicator": "unemployment_pct", "level": "borough"},
        {"score": None, "rank": None},
    ],
)
def test_other_views_differ_but_draw(tiny_area, changes):
    assert print_map(tiny_area, Translator("en"), _view(**changes), TEXTS).startswith(b"\x89PNG")


def test_empty_tables_draw(tiny_area):
    area = tiny_area.with_tables(sites=tiny_area.sites.iloc[:0], candidates=tiny_area.candidates.iloc[:0])
    assert print_map(area, Translator("de"), _view(), TEXTS).startswith(b"\x89PNG")


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


def test_long_names_take_a_second_line(tiny_area, monkeypatch):
    written = []

    def write(self, x, y, text, **style):
        written.append(text)

    monkeypatch.setattr(Figure, "text", write)
    name = "Hauptgeschäftsstelle des Quartiersmanagements / Stadtteilbüro am Nordmarkt"
    rooms = tiny_area.candidates.copy()
    rooms.loc[1, "name"] = name
    print_map(tiny_area.with_tables(candidates=rooms), Translator("de"), _view(), TEXTS)
    [shown] = [text for text in written if text.startswith("Hauptgesch")]
    assert shown.split() == name.split()
    assert shown.count("\n") == 1


@pytest.mark.parametrize("words", [10, 400, 900])
def test_no_source_is_cut_at_the_foot(words):
    paragraph = " ".join(f"Quelle-{number}" for number in range(words))
    size, text = _fitted(("Szenario", paragraph))
    assert text.split() == ["Szenario", *paragraph.split()]
    assert 2 < size < 6


def test_texts_are_no_formulas_and_fit():
    assert plain("5 $ und 6 $") == r"5 \$ und 6 \$"
    assert wrapped("ein sehr langer Name ohne Ende", 12, 1) == "ein sehr …"
    assert len(wrapped("x" * 100, 20, 3).splitlines()) == 3
