"""Small maps of rooms that are compared: one scale for all, as pictures that need no request."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planning.render.classes import classify
from planning.render.geometry import display_districts
from planning.render.labels import district_names, short_number
from planning.render.side_by_side_words import called, tag
from planning.render.small_map import (
    Frame,
    base_map,
    clipped,
    image,
    path_of,
    scale_bar,
    shortened,
    site_at,
    site_rows,
    sites_inside,
    swatch,
    text_at,
)
from planning.scoring.comparison import LETTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.render.classes import Classes
    from planning.scoring.comparison import ComparedRoom, Comparison

SIZE = 340
_MARGIN = 1.06
_SMALLEST_M = 300.0
_BLOCK_M2 = 10_000.0
_TOLD_APART = 7.0
"""Pixels a cell is wide at least to be drawn by itself."""
_CLASSES = 4
_OUTLINE = "#3d2015"
_HATCH = (
    '<pattern id="h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#dfe6ea" fill-opacity=".75"/>'
    '<path d="M0 0V5" stroke="#4a5a63" stroke-width="1.3"/></pattern>'
)


@dataclass(frozen=True)
class Maps:
    """Small maps of the rooms compared: a picture for each as HTML, and one legend for all."""

    pictures: tuple[str, ...]
    legend: str


def draw_maps(
    t: Translator,
    area: StudyArea,
    comparison: Comparison,
    need: NDArray[np.float64],
    reaches: Sequence[shapely.Geometry | None],
) -> Maps:
    """Draw a map for each room; all show as many metres and have the same size.

    Parameters
    ----------
    need
        Shape (cells,): need of the evaluation that was compared.
    reaches
        Area within walking reach of each room, in metres, in the order of the rooms; ``None`` where it is
        not at hand.
    """
    half = max(_half(area, room, reach) for room, reach in zip(comparison.rooms, reaches, strict=True))
    frames = [_frame(room, half) for room in comparison.rooms]
    newly = np.logical_or.reduce([room.gained for room in comparison.rooms])
    classes = classify(need[newly], t, count=_CLASSES)
    index = np.full(len(need), -1)
    index[newly] = classes.index
    pictures, kinds = [], set()
    for place, (frame, reach) in enumerate(zip(frames, reaches, strict=True)):
        inside = sites_inside(area, frame)
        kinds |= set(zip(inside["kind"], inside["status"] == "open", strict=True))
        svg = _drawing(area, comparison, place, frame, reach, classes, index, inside, t)
        label = _label(t, comparison, place, frame, len(inside))
        pictures.append(image(svg, label, SIZE, SIZE))
    return Maps(tuple(pictures), _legend(t, comparison, classes, kinds))


def _half(area: StudyArea, room: ComparedRoom, reach: shapely.Geometry | None) -> float:
    """Return how far from the room its map has to go to hold what the room reaches, in metres."""
    x, y = float(room.record["x"]), float(room.record["y"])
    far = [_SMALLEST_M]
    if reach is not None and not reach.is_empty:
        west, south, east, north = reach.bounds
        far += [x - west, east - x, y - south, north - y]
    reached = area.cells[room.reached]
    if len(reached):
        west, south, east, north = reached.total_bounds
        far += [x - west, east - x, y - south, north - y]
    return float(max(far)) * _MARGIN


def _frame(room: ComparedRoom, half: float) -> Frame:
    return Frame(
        float(room.record["x"]) - half, float(room.record["y"]) + half, SIZE / (2 * half), SIZE, SIZE
    )


def _drawing(
    area: StudyArea,
    comparison: Comparison,
    place: int,
    frame: Frame,
    reach: shapely.Geometry | None,
    classes: Classes,
    index: NDArray[np.int64],
    sites: gpd.GeoDataFrame,
    t: Translator,
) -> str:
    room = comparison.rooms[place]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" font-family="sans-serif">',
        f'<defs>{_HATCH}</defs><rect width="{SIZE}" height="{SIZE}" fill="#f5f3ee"/>',
        base_map(area, frame),
        _cells(area, room, frame, classes, index),
        _districts(area, frame),
        _reach(reach, frame),
        "".join(
            site_at(frame, site.kind, site.x, site.y, site.status == "open") for site in sites.itertuples()
        ),
        "".join(_other(comparison, other, frame) for other in range(len(comparison.rooms)) if other != place),
        _mark(LETTERS[place], SIZE / 2, SIZE / 2, own=True),
        scale_bar(t, frame),
        "</svg>",
    ]
    return "".join(parts)


def _cells(
    area: StudyArea, room: ComparedRoom, frame: Frame, classes: Classes, index: NDArray[np.int64]
) -> str:
    """Draw cells; where they are too small to be told apart, those of a class are one shape."""
    geometry = area.cells.geometry.to_numpy()
    wide = np.sqrt(np.median(shapely.area(geometry))) * frame.scale if len(geometry) else 0.0
    known = path_of(clipped([shapely.union_all(geometry[room.reached & ~room.gained])], frame), frame)
    drawn = [f'<path d="{known}" fill="url(#h)" fill-rule="evenodd"/>'] if known else []
    for number, color in enumerate(classes.colors):
        cells = geometry[room.gained & (index == number)]
        apart = wide >= _TOLD_APART
        path = path_of(clipped(cells if apart else [shapely.union_all(cells)], frame), frame)
        if path:
            edge = ' stroke="#fff" stroke-width=".5"' if apart else ' fill-rule="evenodd"'
            drawn.append(f'<path d="{path}" fill="{color}" fill-opacity=".85"{edge}/>')
    return "".join(drawn)


def _districts(area: StudyArea, frame: Frame) -> str:
    drawn = []
    for level, look in (
        ("quarter", 'stroke="#5b6a72" stroke-width="1" stroke-dasharray="1 3" stroke-linecap="round"'),
        ("borough", 'stroke="#2b3a42" stroke-width="1.6"'),
    ):
        borders = shapely.boundary(display_districts(area, level).geometry.to_numpy())
        path = path_of(clipped(borders, frame), frame)
        if path:
            drawn.append(f'<path d="{path}" fill="none" {look}/>')
    names = district_names(area, "quarter")
    quarters = area.level("quarter")
    pieces = shapely.clip_by_rect(quarters.geometry.to_numpy(), *frame.box)
    least = (SIZE / frame.scale) ** 2 / 20
    for key, piece in zip(quarters.index, pieces, strict=True):
        if not piece.is_empty and piece.area > least:
            point = shapely.get_coordinates(shapely.point_on_surface(piece))
            [(x, y)] = frame.pixels(point)
            drawn.append(
                text_at(shortened(names[key]), min(max(x, 45), SIZE - 45), y, 10, 'text-anchor="middle"')
            )
    return "".join(drawn)


def _reach(reach: shapely.Geometry | None, frame: Frame) -> str:
    if reach is None or reach.is_empty:
        return ""
    solid = [
        shapely.Polygon(
            part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area >= _BLOCK_M2]
        )
        for part in shapely.get_parts(reach)
        if part.geom_type == "Polygon"
    ]
    path = path_of(shapely.simplify(np.array(solid, dtype=object), 0.7 / frame.scale), frame)
    return (
        f'<path d="{path}" fill="none" stroke="#fff" stroke-width="3.5"/>'
        f'<path d="{path}" fill="none" stroke="{_OUTLINE}" stroke-width="1.7" stroke-dasharray="6 2.5"/>'
    )


def _other(comparison: Comparison, place: int, frame: Frame) -> str:
    record = comparison.rooms[place].record
    [(x, y)] = frame.pixels(np.array([[record["x"], record["y"]]], dtype=np.float64))
    inside = 0 <= x <= SIZE and 0 <= y <= SIZE
    return _mark(LETTERS[place], x, y, own=False) if inside else ""


def _mark(letter: str, x: float, y: float, *, own: bool) -> str:
    radius, fill, ink = (11, "#1c1207", "#ffd447") if own else (8, "#fff", "#1c1207")
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{ink}" stroke-width="2"/>'
        f'<text x="{x:.1f}" y="{y + radius * 0.42:.1f}" font-size="{radius * 1.25:.0f}" font-weight="700" '
        f'text-anchor="middle" fill="{ink}">{letter}</text>'
    )


def _label(t: Translator, comparison: Comparison, place: int, frame: Frame, sites: int) -> str:
    room = comparison.rooms[place]
    km = float(round(SIZE / frame.scale / 1000, 1))
    return t(
        "compare.map.label",
        letter=LETTERS[place],
        name=called(t, comparison)[place],
        minutes=short_number(t, comparison.minutes),
        km=t.number(km, 1),
        need=t.number(room.need_gained),
        gained=t.number(float(room.gained.sum())),
        known=t.number(float((room.reached & ~room.gained).sum())),
        sites=sites,
    )


def _legend(t: Translator, comparison: Comparison, classes: Classes, kinds: set[tuple[str, bool]]) -> str:
    box = '<rect x="3" y="2" width="16" height="14" '
    rows = [
        (swatch(_mark("A", 11, 9, own=True).replace('r="11"', 'r="8"')), t("compare.map.room")),
        (swatch(_mark("B", 11, 9, own=False)), t("compare.map.others")),
        (
            swatch(f'<path d="M2 9H20" stroke="{_OUTLINE}" stroke-width="2" stroke-dasharray="6 2.5"/>'),
            t("compare.map.reach", minutes=short_number(t, comparison.minutes)),
        ),
        (swatch(f'{box}fill="url(#h)" stroke="#8a949a"/>', _HATCH), t("compare.map.known")),
    ]
    rows += site_rows(t, kinds)
    shades = [
        (swatch(f'{box}fill="{color}" stroke="#8a949a"/>'), label)
        for color, label in zip(classes.colors, classes.labels, strict=True)
    ]
    listed = "".join(f"<li>{sign}{escape(label)}</li>" for sign, label in rows)
    shaded = "".join(f"<li>{sign}{escape(label)}</li>" for sign, label in shades)
    if shaded:
        shaded = tag("li", escape(t("compare.map.gained")) + f"<ul>{shaded}</ul>", "cmp-shades")
    return f'<ul class="cmp-legend" aria-label="{escape(t("map.legend"))}">{listed}{shaded}</ul>'
