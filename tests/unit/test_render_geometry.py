"""Geometry for the browser and JSON that is safe wherever it lands."""

from __future__ import annotations

import json

import numpy as np
import pytest
from jinja2 import Template
from shapely import LineString, MultiPolygon, Polygon, box

from planning.render.geometry import (
    UNITS_PER_DEGREE,
    area_data,
    display_districts,
    encode,
    encode_points,
    origin_of,
    script_json,
)


def _decode(rings, origin):
    found = []
    for flat in rings:
        points = np.cumsum(np.array([list(origin), *np.array(flat).reshape(-1, 2).tolist()]), axis=0)[1:]
        found.append(points / UNITS_PER_DEGREE)
    return found


def test_rings_and_holes_come_back_within_a_metre():
    shape = Polygon([(7.4, 51.5), (7.5, 51.5), (7.5, 51.6)], [[(7.46, 51.52), (7.48, 51.52), (7.48, 51.54)]])
    rings = encode([shape], (740_000, 5_150_000))[0]
    outer, hole = _decode(rings, (740_000, 5_150_000))
    np.testing.assert_allclose(outer, np.array(shape.exterior.coords)[:-1], atol=0.5 / UNITS_PER_DEGREE)
    np.testing.assert_allclose(hole, np.array(shape.interiors[0].coords)[:-1], atol=0.5 / UNITS_PER_DEGREE)


def test_lines_and_collections_keep_their_parts():
    lines = LineString([(7.4, 51.5), (7.41, 51.5)])
    pair = MultiPolygon([box(7.4, 51.5, 7.41, 51.51), box(7.5, 51.5, 7.51, 51.51)])
    encoded = encode([lines, pair, None], (0, 0))
    assert [len(rings) for rings in encoded] == [1, 2, 0]


def test_points_that_fall_together_are_dropped():
    assert encode([LineString([(1.0, 1.0), (1.0000001, 1.0), (1.1, 1.0)])], (0, 0))[0] == [
        [100_000, 100_000, 10_000, 0]
    ]


def test_points_are_relative_to_the_one_before(tiny_area):
    rooms = tiny_area.candidates
    origin = origin_of(tiny_area)
    flat = encode_points(rooms["x"].to_numpy(), rooms["y"].to_numpy(), tiny_area.crs, origin)
    degrees = _decode([flat], origin)[0]
    expected = rooms.geometry.to_crs("EPSG:4326")
    np.testing.assert_allclose(degrees, np.column_stack([expected.x, expected.y]), atol=1e-5)


def test_area_data_keep_the_order_of_the_tables(tiny_area):
    data = area_data(tiny_area)
    assert len(data["cells"]["shapes"]) == len(tiny_area.cells)
    assert data["districts"]["borough"]["names"] == ["West", "Ost"]
    names = [data["districts"]["borough"]["names"][i] for i in data["cells"]["place"]["borough"]]
    assert names == [{"west": "West", "ost": "Ost"}[key] for key in tiny_area.cells["borough"]]


def test_simplified_districts_stay_a_coverage(tiny_area):
    shown = display_districts(tiny_area, "borough")
    assert shown.geometry.iloc[0].intersection(shown.geometry.iloc[1]).area == pytest.approx(0)
    assert shown.area.sum() == pytest.approx(tiny_area.level("borough").area.sum())


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--",
    "{{ 7*7 }}",
    "{% raw %}",
    "{# note #}",
    "`${alert(1)}`",
    "line\u2028separator\u2029",
    'quote " and \\ backslash',
    "{{'name'}}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_script_json_reads_back_the_same(text):
    assert json.loads(script_json({"a": [text]})) == {"a": [text]}


@pytest.mark.parametrize("text", HOSTILE)
def test_script_json_survives_templates_and_scripts(text):
    written = script_json([text])
    assert json.loads(Template(written).render()) == [text]
    for forbidden in ("<", ">", "`", "${", "{{", "{%", "{#", "\u2028", "\u2029"):
        assert forbidden not in written


def test_script_json_refuses_what_is_no_json():
    with pytest.raises(ValueError, match="JSON"):
        script_json([float("nan")])
