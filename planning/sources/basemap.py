"""The offline base map, generalised until it is light enough to be sent to a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.area.catalogues import declaration, records

if TYPE_CHECKING:
    from planning.sources.raw import RawFolder


def basemap(raw: RawFolder) -> gpd.GeoDataFrame:
    """Return the base map: ``layer``, ``class``, ``name`` and one dissolved geometry for each of them.

    ``catalogue/basemap.csv`` says which classes are kept, how far they are simplified (m) and below which
    size (m² or m) a part is dropped.
    """
    rows = []
    for rule in records(declaration("basemap")):
        table = raw.get(rule["layer"])
        if table is None:
            continue
        chosen = table[table["class"].isin(rule["classes"].split(";"))] if rule["classes"] else table
        if "ramp" in chosen:
            chosen = chosen[chosen["ramp"] != 1]
        if "tunnel" in chosen:
            chosen = chosen[chosen["tunnel"] != 1]
        rows += _generalised(chosen, rule) if len(chosen) else []
    columns = ["layer", "class", "name", "geometry"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(["layer", "class", "name"], na_position="first")
    frame = frame.astype({"layer": "str", "class": "str", "name": "str"})
    return gpd.GeoDataFrame(frame.reset_index(drop=True), geometry="geometry", crs=raw.crs)


def _generalised(table: gpd.GeoDataFrame, rule: dict[str, str]) -> list[dict[str, Any]]:
    layer, merged = rule["layer"], rule["merge_as"]
    if shapely.get_type_id(table.geometry.to_numpy()).max() == shapely.GeometryType.POINT:
        points = shapely.transform(table.geometry.to_numpy(), lambda xy: xy.round(0))
        return [
            {"layer": layer, "class": kind, "name": name, "geometry": point}
            for kind, name, point in zip(table["class"], table["name"], points, strict=True)
        ]
    names = table["name"] if "name" in table else pd.Series(np.nan, table.index, dtype="str")
    groups = table.assign(_class=merged or table["class"], _name=names).groupby(
        ["_class", "_name"], dropna=False
    )
    rows = []
    for (kind, name), part in groups:
        shape = _simplified(part.geometry.to_numpy(), float(rule["tolerance_m"]), float(rule["smallest"]))
        if not shape.is_empty:
            rows.append({"layer": layer, "class": kind, "name": name, "geometry": shape})
    return rows


def _simplified(shapes: Any, tolerance: float, smallest: float) -> shapely.Geometry:
    """Dissolve, simplify, drop small parts and holes, and round to whole metres."""
    areal = shapely.get_dimensions(shapes[0]) == 2  # noqa: PLR2004 - polygons have two dimensions
    merged = shapely.union_all(shapes)
    if areal:
        # Closing small gaps first turns a patchwork into one shape with far fewer corners.
        merged = merged.buffer(tolerance / 2, join_style="mitre").buffer(-tolerance / 2, join_style="mitre")
    else:
        merged = shapely.line_merge(merged)
    simple = shapely.simplify(merged, tolerance)
    parts = shapely.get_parts(simple)
    size = shapely.area(parts) if areal else shapely.length(parts)
    kept = parts[size >= smallest]
    if areal:
        kept = np.array([_without_small_holes(part, smallest) for part in kept], dtype=object)
    rounded = shapely.transform(kept, lambda xy: xy.round(0))
    return shapely.union_all(shapely.make_valid(rounded)) if areal else shapely.MultiLineString(list(rounded))


def _without_small_holes(polygon: shapely.Polygon, smallest: float) -> shapely.Polygon:
    holes = [ring for ring in polygon.interiors if shapely.Polygon(ring).area >= smallest]
    return shapely.Polygon(polygon.exterior, holes)
