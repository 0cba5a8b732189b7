"""Geometry for the browser: WGS 84, simplified, as whole numbers from point to point."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from shapely import GeometryType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea

WGS84 = "EPSG:4326"
UNITS_PER_DEGREE = 100_000
_DISTRICT_TOLERANCE_M = 8.0
_BASE_ORDER = ("green", "builtup", "water", "waterways", "railways", "roads")
_LABEL_ORDER = {"city": 0, "town": 1, "suburb": 2, "village": 2}
_DANGEROUS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}

Rings = list[list[int]]


def script_json(value: Any) -> str:
    """Write JSON that is safe inside a script element, a JavaScript template string and a Jinja template.

    Data can hold ``</script>``, backticks, ``${`` or ``{{``; none of them survives as such, and all read back
    the same.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, written in _DANGEROUS.items():
        text = text.replace(character, written)
    text = text.replace("`", "\\u0060").replace("${", "\\u0024{")
    for opening in ("{{", "{%", "{#"):
        text = text.replace(opening, "\\u007b" + opening[1:])
    return text


def _shapes(
    geometries: Iterable[shapely.Geometry | None],
) -> tuple[int, NDArray[np.object_], NDArray[np.intp]]:
    """Return the number of geometries, their rings and lines, and the geometry each of these belongs to."""
    given = np.array([*geometries, None], dtype=object)[:-1]
    parts, owner = shapely.get_parts(given, return_index=True)
    parts, owner = parts[~shapely.is_empty(parts)], owner[~shapely.is_empty(parts)]
    areal = shapely.get_type_id(parts) == GeometryType.POLYGON
    rings, ring_part = shapely.get_rings(parts[areal], return_index=True)
    place = np.concatenate([np.flatnonzero(areal)[ring_part], np.flatnonzero(~areal)])
    order = np.argsort(place, kind="stable")
    return len(given), np.concatenate([rings, parts[~areal]])[order], owner[place[order]]


def encode(geometries: Iterable[shapely.Geometry | None], origin: tuple[int, int]) -> list[Rings]:
    """Write geometries in WGS 84 as whole numbers of 1/100,000 degree (about 1 m).

    Returns
    -------
    list
        One entry per geometry: its rings or lines, each a flat list ``x, y, x, y …`` of which the first pair
        is relative to ``origin`` and each further pair to the one before. Closing points are left out.
    """
    count, shapes, owner = _shapes(geometries)
    coordinates, shape = shapely.get_coordinates(shapes, return_index=True)
    points = np.rint(coordinates * UNITS_PER_DEGREE).astype(np.int64)
    first = np.diff(shape, prepend=-1) != 0
    last = np.diff(shape, append=len(shapes)) != 0
    closing = last & np.isin(shape, np.flatnonzero(shapely.get_type_id(shapes) == GeometryType.LINEARRING))
    repeated = ~first & ~np.any(np.diff(points, axis=0, prepend=points[:1]) != 0, axis=1)
    points, shape = points[~closing & ~repeated], shape[~closing & ~repeated]
    steps = np.diff(points, axis=0, prepend=points[:1])
    starts = np.flatnonzero(np.diff(shape, prepend=-1) != 0)
    steps[starts] = points[starts] - np.array(origin)
    flat = steps.ravel().tolist()
    encoded: list[Rings] = [[] for _ in range(count)]
    for number, start, stop in zip(owner, starts, [*starts[1:], len(points)], strict=True):
        encoded[number].append(flat[2 * start : 2 * stop])
    return encoded


def encode_points(
    x: NDArray[np.float64], y: NDArray[np.float64], crs: Any, origin: tuple[int, int]
) -> list[int]:
    """Write points as one flat list of whole numbers, each relative to the one before."""
    points = gpd.GeoSeries.from_xy(x, y, crs=crs).to_crs(WGS84)
    whole = np.rint(np.column_stack([points.x, points.y]) * UNITS_PER_DEGREE).astype(np.int64)
    encoded: list[int] = np.diff(whole, axis=0, prepend=np.array([origin])).ravel().tolist()
    return encoded


def origin_of(area: StudyArea) -> tuple[int, int]:
    """Return the whole-number point that first points of an area are relative to: its south-west corner."""
    west, south, _, _ = _bounds(area)
    return round(west * UNITS_PER_DEGREE), round(south * UNITS_PER_DEGREE)


def _bounds(area: StudyArea) -> tuple[float, float, float, float]:
    box = shapely.box(*area.districts.total_bounds)
    west, south, east, north = gpd.GeoSeries([box], crs=area.crs).to_crs(WGS84).total_bounds
    return float(west), float(south), float(east), float(north)


def bounds(area: StudyArea) -> list[list[float]]:
    """Return ``[[south, west], [north, east]]`` of the districts in degrees."""
    west, south, east, north = _bounds(area)
    return [[round(south, 5), round(west, 5)], [round(north, 5), round(east, 5)]]


def display_districts(area: StudyArea, level: str) -> gpd.GeoDataFrame:
    """Return the districts of one level, simplified by 8 m for display, in the area's coordinates.

    Levels that are a coverage stay one: neighbours keep their common border.
    """
    found = area.districts[area.districts["level"] == level].reset_index(drop=True)
    geometry = found.geometry.to_numpy()
    if len(geometry) and shapely.coverage_is_valid(geometry):
        simple = shapely.coverage_simplify(geometry, _DISTRICT_TOLERANCE_M)
    else:
        simple = shapely.simplify(geometry, _DISTRICT_TOLERANCE_M)
    return gpd.GeoDataFrame(found.drop(columns="geometry"), geometry=simple, crs=area.crs)


def _label_points(frame: gpd.GeoDataFrame, origin: tuple[int, int]) -> list[int]:
    inside = shapely.point_on_surface(frame.geometry.to_numpy())
    centre = shapely.centroid(frame.geometry.to_numpy())
    chosen = np.where(shapely.contains(frame.geometry.to_numpy(), centre), centre, inside)
    return encode_points(shapely.get_x(chosen), shapely.get_y(chosen), frame.crs, origin)


def _base(area: StudyArea, origin: tuple[int, int]) -> list[dict[str, Any]]:
    groups = []
    base = area.basemap.to_crs(WGS84)
    for layer in _BASE_ORDER:
        found = base[base["layer"] == layer]
        for name, group in found.groupby(found["class"].fillna(""), sort=True):
            # One shape per part, so that the browser can skip what lies outside a tile.
            parts = shapely.get_parts(group.geometry.to_numpy())
            groups.append({"layer": layer, "class": name, "shapes": encode(parts, origin)})
    return groups


def _labels(area: StudyArea, origin: tuple[int, int]) -> dict[str, Any]:
    found = area.basemap[(area.basemap["layer"] == "place_labels") & area.basemap["name"].notna()]
    order = found["class"].map(_LABEL_ORDER).fillna(3).astype(int)
    found = found.assign(order=order).sort_values(["order", "name"])
    points = found.geometry
    return {
        "names": found["name"].tolist(),
        "ranks": found["order"].tolist(),
        "at": encode_points(points.x.to_numpy(), points.y.to_numpy(), area.crs, origin),
    }


def area_data(area: StudyArea) -> dict[str, Any]:
    """Return everything the browser needs once per area: base map, labels, districts by level, cells.

    Cells keep the order of ``area.cells``, districts that of their level in ``area.districts``: figures are
    sent later as plain lists in the same order.
    """
    origin = origin_of(area)
    districts = {}
    for level in area.level_names:
        frame = display_districts(area, level)
        districts[level] = {
            "names": frame["name"].tolist(),
            "shapes": encode(frame.to_crs(WGS84).geometry, origin),
            "at": _label_points(frame, origin),
        }
    place = {}
    for level in ("borough", "quarter"):
        number = {key: index for index, key in enumerate(area.level(level).index)}
        place[level] = [number.get(key, -1) for key in area.cells[level]]
    return {
        "origin": list(origin),
        "units": UNITS_PER_DEGREE,
        "bounds": bounds(area),
        "base": _base(area, origin),
        "labels": _labels(area, origin),
        "districts": districts,
        "cells": {"shapes": encode(area.cells.to_crs(WGS84).geometry, origin), "place": place},
    }
