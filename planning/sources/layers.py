"""Turn the raw layers into those of a study area: districts, cells, network, stops, places, addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from planning.area.catalogues import declaration, indicators
from planning.area.locate import district_keys
from planning.area.schema import MOST_ROWS
from planning.errors import Fault, StudyAreaError
from planning.sources.raw import xy_of

if TYPE_CHECKING:
    from planning.sources.raw import RawFolder

CENSUS_YEAR = 2011
_CENSUS_CRS = "EPSG:3035"
_CELL_M = 100.0
_DISTRICT_TOLERANCE_M = 4.0
_EDGE_TOLERANCE_M = 1.0
_DECIMETRE = 1


def _rounded(geometry: Any) -> Any:
    return shapely.transform(geometry, lambda xy: xy.round(_DECIMETRE))


def _valid(outlines: Any) -> Any:
    """Round outlines to 0.1 m; where that makes one cross itself, its corners are snapped instead."""
    rounded = np.asarray(_rounded(outlines), dtype=object)
    crossing = ~shapely.is_valid(rounded)
    rounded[crossing] = shapely.set_precision(outlines[crossing], 10.0**-_DECIMETRE)
    return rounded


def _as_multi(geometry: Any) -> Any:
    single = shapely.get_type_id(geometry) == shapely.GeometryType.POLYGON
    wrapped = [
        shapely.MultiPolygon([one]) if flag else one for one, flag in zip(geometry, single, strict=True)
    ]
    return np.array(wrapped, dtype=object)


def districts(raw: RawFolder, codes: dict[str, str], *, simplify: bool) -> gpd.GeoDataFrame:
    """Return the districts of all levels.

    Parameters
    ----------
    raw
        The raw folder.
    codes
        Official code by name of the quarter, where facts know more than the boundary file.
    simplify
        Simplify the quarters together, so that neighbours still share their border, and dissolve the
        boroughs from them.
    """
    quarters = raw.tables["statistische_bezirke"].sort_values("key", ignore_index=True)
    boroughs = raw.tables["stadtbezirke"].sort_values("key", ignore_index=True)
    outlines = quarters.geometry.to_numpy()
    if simplify:
        outlines = _valid(shapely.coverage_simplify(outlines, _DISTRICT_TOLERANCE_M))
    parents = quarters["stadtbezirk_key"].to_numpy()
    dissolved = [shapely.coverage_union_all(outlines[parents == key]) for key in boroughs["key"]]
    parts = [
        _level(boroughs, "borough", dissolved),
        _level(quarters, "quarter", outlines).assign(parent=quarters["stadtbezirk_key"]),
    ]
    stated = quarters["code"] if "code" in quarters else [np.nan] * len(quarters)
    parts[1]["code"] = pd.Series(
        [codes.get(name, code) for name, code in zip(quarters["name"], stated, strict=True)], dtype="str"
    )
    areas = raw.get("aktionsraeume")
    if areas is not None and len(areas):
        areas = areas.sort_values("key", ignore_index=True)
        shapes = areas.geometry.to_numpy()
        shapes = _valid(shapely.simplify(shapes, _DISTRICT_TOLERANCE_M)) if simplify else shapes
        by_name = boroughs.set_index("name")["key"]
        level = _level(areas, "priority_area", shapes)
        if "stadtbezirk" in areas:
            level["parent"] = areas["stadtbezirk"].map(by_name).astype("str")
        parts.append(level)
    table = pd.concat(parts, ignore_index=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=raw.crs)


def _level(table: pd.DataFrame, level: str, shapes: Any) -> pd.DataFrame:
    shapes = _as_multi(np.asarray(shapes, dtype=object))
    stated = table["area_km2"] if "area_km2" in table else shapely.area(shapes) / 1e6
    missing = pd.Series(np.nan, table.index, dtype="str")
    return pd.DataFrame(
        {
            "level": level,
            "key": table["key"],
            "name": table["name"],
            "code": missing,
            "parent": missing,
            "area_km2": np.asarray(stated, dtype=float).round(4),
            "geometry": shapes,
        }
    )


def _with_districts(table: pd.DataFrame, outlines: gpd.GeoDataFrame, x: Any, y: Any) -> pd.DataFrame:
    quarter = district_keys(outlines, "quarter", x, y)
    chosen = outlines[outlines["level"] == "quarter"].set_index("key")["parent"]
    return table.assign(borough=quarter.map(chosen).to_numpy(), quarter=quarter.to_numpy())


def cells(raw: RawFolder, outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the populated census cells as 100 m squares with ``<group>_base`` columns.

    A cell belongs to the quarter its centre lies in; cells in which no group has anyone are left out.
    """
    table = raw.tables["population_100m"].sort_values("cell_id", ignore_index=True)
    to_area = Transformer.from_crs(_CENSUS_CRS, raw.crs, always_xy=True)
    east, north = table["x_3035"].to_numpy(dtype=float), table["y_3035"].to_numpy(dtype=float)
    half = _CELL_M / 2
    ring = np.array([(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)])
    corners = np.stack([east[:, None] + ring[:, 0], north[:, None] + ring[:, 1]], axis=-1)
    x, y = to_area.transform(corners[..., 0], corners[..., 1])
    squares = shapely.polygons(np.stack([x, y], axis=-1).round(_DECIMETRE))
    x, y = to_area.transform(east, north)
    frame = pd.DataFrame({"cell_id": table["cell_id"], "x": x.round(_DECIMETRE), "y": y.round(_DECIMETRE)})
    keyed = "stat_bezirk_key" in table and "stadtbezirk_key" in table
    if keyed:
        frame = frame.assign(borough=table["stadtbezirk_key"], quarter=table["stat_bezirk_key"])
    else:
        frame = _with_districts(frame, outlines, x, y)
    declared = indicators()
    needed = declared[declared["need_group"]]
    for group, columns in zip(needed["id"], needed["raw_columns"], strict=True):
        there = [name for name in columns.split(";") if name in table]
        frame[f"{group}_base"] = table[there].sum(axis=1).astype(float) if there else 0.0
    anyone = (frame.filter(like="_base") > 0).any(axis=1).to_numpy()
    return gpd.GeoDataFrame(frame, geometry=squares, crs=raw.crs)[anyone].reset_index(drop=True)


def network(raw: RawFolder) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Return nodes and edges of the walking network, compact: nodes numbered from 0, lines simplified.

    Only the drawn line is simplified; ``length_m`` stays that of the source. Raises ``StudyAreaError``
    where an edge names a node that does not exist.
    """
    nodes = raw.tables["nodes"].sort_values("node_id", ignore_index=True)
    number = pd.Series(np.arange(len(nodes), dtype=np.int32), index=nodes["node_id"])
    source = raw.tables["edges"]
    lost = np.flatnonzero(~(source["u"].isin(number.index) & source["v"].isin(number.index)))
    if len(lost):
        params = {"nodes": len(nodes)}
        faults = [Fault("node_unknown", "edges", int(at) + 1, "u, v", params) for at in lost[:MOST_ROWS]]
        raise StudyAreaError("raw_folder_unusable", faults=tuple(faults), path="walk_network")
    metres = {name: source.get(name, pd.Series(0.0, source.index)).fillna(0) for name in _METRES.values()}
    frame = pd.DataFrame(
        {
            "u": source["u"].map(number).astype(np.int32),
            "v": source["v"].map(number).astype(np.int32),
            "length_m": source["length_m"].astype(float),
            "highway": source["highway"],
            **{flag: metres[column] > 0 for flag, column in _METRES.items()},
        }
    )
    lines = _rounded(shapely.simplify(source.geometry.to_numpy(), _EDGE_TOLERANCE_M))
    edges = gpd.GeoDataFrame(frame, geometry=lines, crs=raw.crs)
    order = edges.sort_values(["u", "v", "length_m"], kind="stable").index
    return nodes[["x", "y"]].round(_DECIMETRE), edges.loc[order].reset_index(drop=True)


_METRES = {"bridge": "bridge_m", "tunnel": "tunnel_m", "steps": "steps_m"}


def simplification_shift(raw: RawFolder, edges: gpd.GeoDataFrame, cells: pd.DataFrame) -> tuple[float, float]:
    """Return median and maximum change, in metres, of the distance from cell centres to the nearest edge."""
    points = shapely.points(cells["x"].to_numpy(), cells["y"].to_numpy())
    distances = []
    for lines in (raw.tables["edges"].geometry.to_numpy(), edges.geometry.to_numpy()):
        _, found = shapely.STRtree(lines).query_nearest(points, all_matches=False, return_distance=True)
        distances.append(found)
    shift = np.abs(distances[0] - distances[1])
    return float(np.median(shift)), float(shift.max())


def regular_lines(values: Any) -> list[str]:
    """Return the lines that run every day, by ``catalogue/not_regular_lines.csv``."""
    lines = values.split(";") if isinstance(values, str) else list(values)
    extras = "|".join(declaration("not_regular_lines")["pattern"])
    return [line for line in lines if line and not re.search(extras, line, re.IGNORECASE)]


def stops(raw: RawFolder, outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the stops with their regular lines: no school, night or on-demand extras."""
    table = raw.tables["stops"].sort_values("stop_id", ignore_index=True)
    x, y = xy_of(table)
    lines = table["lines"].map(regular_lines)
    frame = pd.DataFrame(
        {
            "stop_id": table["stop_id"],
            "name": table["name"],
            "lines": [";".join(regular) or None for regular in lines],
            "n_lines": [len(regular) for regular in lines],
            "mode": table["mode"],
        }
    )
    frame = _with_districts(frame, outlines, x, y)
    return gpd.GeoDataFrame(frame, geometry=shapely.points(x, y), crs=raw.crs)


def places(raw: RawFolder, outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the places that can host, help or anchor a consultation."""
    table = raw.tables["places"].sort_values("place_id", ignore_index=True)
    x, y = xy_of(table)
    frame = pd.DataFrame(
        {
            "place_id": table["place_id"],
            "name": table["name"],
            "kind": table["kind"],
            "religion": table.get("religion", np.nan),
        }
    )
    frame = _with_districts(frame, outlines, x, y)
    return gpd.GeoDataFrame(frame, geometry=shapely.points(x, y), crs=raw.crs)


ADDRESS_COLUMNS = [
    "street", "housenumber", "street_norm", "hn_norm", "borough", "quarter", "x", "y", "ambiguous",
]  # fmt: skip


def addresses(raw: RawFolder, outlines: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the address table; house numbers without a street are left out."""
    table = raw.get("addresses")
    if table is None:
        kinds = {"x": "float64", "y": "float64", "ambiguous": "bool"}
        return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "str")) for name in ADDRESS_COLUMNS})
    table = table.dropna(subset=["street", "housenumber"])
    table = table.sort_values(
        ["street_norm", "hn_norm", "street", "housenumber"], kind="stable", ignore_index=True
    )
    x, y = xy_of(table)
    located = _with_districts(table[["street", "housenumber", "street_norm", "hn_norm"]], outlines, x, y)
    located = located.assign(x=x.round(0), y=y.round(0), ambiguous=table["ambiguous"].astype(bool))
    return located[ADDRESS_COLUMNS]
