"""Check the geometry of a table: its kind, its CRS, that it is in metres and does not cross itself."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from planning.area.schema import MOST_ROWS
from planning.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

_TYPES = {
    "point": {shapely.GeometryType.POINT},
    "line": {shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING},
    "polygon": {shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON},
}
_DEGREES = 180.0
OUTSIDE_M = 300.0
"""How far beyond the city's border a point may lie."""


@cache
def _known_crs(crs: str) -> CRS:
    return CRS(crs)


@cache
def _same_crs(one: str, other: str) -> bool:
    """Compare by text, since tables of one area share it and comparing takes longer than checking them."""
    return CRS(one) == CRS(other)


def crs_faults(crs: str, table: str) -> list[Fault]:
    """Return the fault of a CRS that is unknown or does not count in metres."""
    try:
        known = _known_crs(crs)
    except CRSError:
        return [Fault("crs_unknown", table, params={"crs": crs})]
    metric = known.is_projected and {axis.unit_name for axis in known.axis_info} == {"metre"}
    return [] if metric else [Fault("crs_not_metric", table, params={"crs": known.name})]


def in_degrees(x: Any, y: Any) -> bool:
    """Tell whether coordinates are degrees: all lie within ±180, as metric ones never do."""
    values = np.concatenate([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    known = values[np.isfinite(values)]
    return bool(len(known)) and bool((np.abs(known) <= _DEGREES).all())


def geometry_faults(
    frame: gpd.GeoDataFrame, table: str, kind: str, crs: str, row_name: Callable[[int], int | str]
) -> list[Fault]:
    """Return every fault of a table's geometry.

    Parameters
    ----------
    frame, table
        The table and its name.
    kind
        ``point``, ``line``, ``polygon`` or ``any``.
    crs
        The CRS it must have.
    row_name
        Gives for a position the row as a person finds it.
    """
    if frame.crs is None:
        return [Fault("crs_missing", table, params={"expected": crs})]
    if not _same_crs(frame.crs.srs, crs):
        return [Fault("crs_differs", table, params={"crs": frame.crs.to_string(), "expected": crs})]
    shapes = frame.geometry.to_numpy()
    endless = _rows(_not_finite(shapes), "geometry_not_finite", table, row_name)
    if endless:
        return endless
    bounds = shapely.bounds(shapes)
    if len(shapes) and in_degrees(bounds[:, :2], bounds[:, 2:]):
        return [Fault("degrees_as_metres", table, column="geometry", params={"expected": crs})]
    faults = _rows(shapely.is_missing(shapes) | shapely.is_empty(shapes), "geometry_missing", table, row_name)
    if kind in _TYPES:
        other = ~np.isin(shapely.get_type_id(shapes), [-1, *_TYPES[kind]])
        faults += _rows(other, "geometry_type", table, row_name, expected=kind)
    if kind in {"polygon", "any"}:
        crossing = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
        faults += _rows(crossing, "geometry_invalid", table, row_name)
    return faults


def _not_finite(shapes: Any) -> Any:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    flags = np.zeros(len(shapes), dtype=bool)
    flags[owner[~np.isfinite(xy).all(axis=1)]] = True
    return flags


def xy_faults(frame: pd.DataFrame, table: str, row_name: Callable[[int], int | str]) -> list[Fault]:
    """Return the faults of coordinate columns: degrees instead of metres, or one of the two missing."""
    x, y = frame["x"].to_numpy(dtype=float), frame["y"].to_numpy(dtype=float)
    half = np.isnan(x) != np.isnan(y)
    faults = _rows(half, "coordinate_half", table, row_name)
    return faults + _rows(_row_in_degrees(x, y), "degrees_as_metres", table, row_name)


def _row_in_degrees(x: Any, y: Any) -> Any:
    with np.errstate(invalid="ignore"):
        return (np.abs(x) <= _DEGREES) & (np.abs(y) <= _DEGREES)


def outside_faults(
    points: Any, city: shapely.Geometry, table: str, row_name: Callable[[int], int | str]
) -> list[Fault]:
    """Return the points more than 300 m outside the city; missing points and degrees are not judged."""
    x, y = shapely.get_x(points), shapely.get_y(points)
    judged = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ~_row_in_degrees(x, y))
    outside = np.zeros(len(points), dtype=bool)
    shapely.prepare(city)
    outside[judged] = ~shapely.dwithin(city, points[judged], OUTSIDE_M)
    return _rows(outside, "point_outside", table, row_name, limit=int(OUTSIDE_M))


def _rows(
    flags: Any, code: str, table: str, row_name: Callable[[int], int | str], **params: Any
) -> list[Fault]:
    found = np.flatnonzero(flags)
    column = "x, y" if code in {"coordinate_half", "degrees_as_metres", "point_outside"} else "geometry"
    faults = [Fault(code, table, row_name(int(at)), column, params) for at in found[:MOST_ROWS]]
    if len(found) > MOST_ROWS:
        rest = {"count": len(found) - MOST_ROWS, "code": code}
        faults.append(Fault("more_rows", table, None, column, rest))
    return faults
