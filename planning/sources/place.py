"""Read the boundaries and the cells of any city from files a person names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.area.catalogues import LEVELS, declaration, groups
from planning.area.locate import district_keys
from planning.errors import Fault, StudyAreaError
from planning.sources.addresses import fold
from planning.sources.names import words

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = ("name", "bezeichnung", "gen", "label", "bezirk", "stadtteil")
_LEVEL_WORDS = {
    "borough": ("borough", "stadtbezirk", "bezirk", "district"),
    "quarter": ("quarter", "statistischer bezirk", "stadtteil", "ortsteil", "neighbourhood"),
    "priority_area": ("priority_area", "aktionsraum", "priority area"),
}
_IDS = ("cell_id", "id", "gitter_id_100m", "gitter_id")
_HALF_CELL_M = 50.0
_DECIMETRE = 1


def _read(path: Path) -> gpd.GeoDataFrame:
    """Read a layer; raises ``StudyAreaError`` if it cannot be read, has no CRS or no rows."""
    table = path.name
    if not path.is_file():
        raise _unusable(Fault("file_missing", str(path)))
    try:
        frame = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    # Readers raise whatever their format library does.
    except Exception as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise _unusable(Fault("file_unreadable", table, params={"reason": reason})) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise _unusable(Fault("column_missing", table, column="geometry"))
    frame = frame[~(frame.geometry.isna() | frame.geometry.is_empty)].reset_index(drop=True)
    if frame.empty:
        raise _unusable(Fault("table_empty", table))
    if frame.crs is None:
        raise _unusable(Fault("crs_missing", table, params={"expected": "EPSG:4326"}))
    return frame


def _unusable(*faults: Fault) -> StudyAreaError:
    return StudyAreaError("place_files_unusable", faults=faults)


def _column(frame: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    wanted = [fold(name) for name in names]
    found = {fold(str(column)): str(column) for column in reversed(list(frame.columns))}
    return next((found[name] for name in wanted if name in found), None)


def read_boundaries(path: Path) -> gpd.GeoDataFrame:
    """Read the districts of a city and bring them to the UTM zone of the city.

    The file needs names and polygons. Optional columns: ``level`` (borough, quarter or priority_area, or the
    German words), ``key``, ``code`` and ``parent`` (name or key of the borough). Without ``level`` all rows
    are boroughs. Where boroughs or quarters are missing, one stands for the other.

    Returns
    -------
    Districts as in a study area.

    Raises
    ------
    StudyAreaError
        ``place_files_unusable`` with every fault found.
    """
    frame = _read(path)
    table = path.name
    name = _column(frame, _NAMES)
    if name is None:
        raise _unusable(Fault("column_missing", table, column="name"))
    levels, faults = _levels(frame, table)
    shapes = np.array([_areal(shape) for shape in frame.geometry], dtype=object)
    faults += [
        Fault("geometry_type", table, at + 1, "geometry", {"expected": "polygon"})
        for at in np.flatnonzero(shapely.is_empty(shapes)).tolist()
    ]
    faults += [
        Fault("value_missing", table, at + 1, name, {"value": ""})
        for at in np.flatnonzero(frame[name].isna()).tolist()
    ]
    if faults:
        raise _unusable(*faults)
    crs = frame.estimate_utm_crs().to_string()
    moved = gpd.GeoSeries(shapes, crs=frame.crs).to_crs(crs).to_numpy()
    rows = pd.DataFrame({"level": levels, "name": frame[name].astype(str).str.strip()})
    key, code, parent = (_column(frame, (column,)) for column in ("key", "code", "parent"))
    rows["key"] = (
        frame[key].astype(str) if key else ["-".join(words(text)) or "district" for text in rows["name"]]
    )
    rows["code"] = frame[code].astype("str") if code else np.nan
    rows["parent"] = frame[parent].astype("str") if parent else np.nan
    rows["geometry"] = [_areal(shape) for shape in shapely.transform(moved, lambda xy: xy.round(_DECIMETRE))]
    double = rows.duplicated(["level", "key"])
    if double.any():
        values = rows.loc[double, "key"]
        raise _unusable(
            *(Fault("value_duplicate", table, at + 1, "name", {"value": v}) for at, v in values.items())
        )
    return _completed(rows, crs)


def _areal(shape: Any) -> shapely.MultiPolygon:
    """Return the polygons of a shape, valid and without heights."""
    valid = shapely.make_valid(shapely.force_2d(shape))
    parts = [part for part in shapely.get_parts(shapely.get_parts(valid)) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def _levels(frame: pd.DataFrame, table: str) -> tuple[list[str], list[Fault]]:
    column = _column(frame, ("level", "ebene"))
    if column is None:
        return ["borough"] * len(frame), []
    known = {fold(word): level for level, spoken in _LEVEL_WORDS.items() for word in spoken}
    levels, faults = [], []
    for at, value in enumerate(frame[column]):
        level = known.get(fold(str(value)))
        if level is None:
            params = {"value": str(value)[:60], "allowed": ", ".join(LEVELS)}
            faults.append(Fault("value_not_allowed", table, at + 1, column, params))
        levels.append(level or "")
    return levels, faults


def _completed(rows: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    here = set(rows["level"])
    if "borough" not in here and "quarter" not in here:
        raise _unusable(Fault("level_missing", "boundaries", column="level"))
    if "quarter" not in here:
        boroughs = rows[rows["level"] == "borough"]
        rows = pd.concat([rows, boroughs.assign(level="quarter", parent=boroughs["key"])], ignore_index=True)
    elif "borough" not in here:
        quarters = rows[rows["level"] == "quarter"]
        boroughs = quarters.assign(level="borough", parent=np.nan)
        rows = pd.concat([rows.assign(parent=rows["key"]), boroughs], ignore_index=True)
    rows["_order"] = rows["level"].map({level: at for at, level in enumerate(LEVELS)})
    rows = rows.sort_values(["_order", "key"], kind="stable", ignore_index=True).drop(columns="_order")
    rows["area_km2"] = (shapely.area(rows["geometry"].to_numpy()) / 1e6).round(4)
    rows["parent"] = _parents(rows)
    texts = dict.fromkeys(("level", "key", "name", "code", "parent"), "str")
    ordered = rows[["level", "key", "name", "code", "parent", "area_km2", "geometry"]].astype(texts)
    return gpd.GeoDataFrame(ordered, geometry="geometry", crs=crs)


def _parents(rows: pd.DataFrame) -> pd.Series:
    """Return the key of each district's borough: as stated, else the nearest to its middle."""
    boroughs = rows[rows["level"] == "borough"].reset_index(drop=True)
    known = {fold(str(key)): str(key) for key in boroughs["key"]}
    known |= {fold(str(name)): str(key) for name, key in zip(boroughs["name"], boroughs["key"], strict=True)}
    stated = rows["parent"].map(lambda text: known.get(fold(str(text))), na_action="ignore")
    middles = shapely.point_on_surface(rows["geometry"].to_numpy())
    nearest = shapely.STRtree(boroughs["geometry"].to_numpy()).nearest(middles)
    found = pd.Series(boroughs["key"].to_numpy()[nearest], rows.index)
    return stated.where(stated.notna(), found).mask(rows["level"] == "borough").astype("str")


def read_cells(path: Path, districts: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str], int]:
    """Read populated cells: polygons, or points that become 100 m squares.

    Columns are recognised by ``catalogue/cell_columns.csv``; ``residents`` is needed. Empty and negative
    figures (codes for suppressed ones) count as 0. Cells without anyone and those outside the districts are
    left out.

    Returns
    -------
    Cells as in a study area, the groups the file has no column for, and the number of cells outside.

    Raises
    ------
    StudyAreaError
        ``place_files_unusable`` with every fault found.
    """
    frame = _read(path).to_crs(districts.crs)
    figures, missing, faults = _figures(frame, path.name)
    if faults:
        raise _unusable(*faults)
    shapes = frame.geometry.to_numpy()
    middles = shapely.centroid(shapes)
    x, y = shapely.get_x(middles).round(_DECIMETRE), shapely.get_y(middles).round(_DECIMETRE)
    squares = shapely.box(x - _HALF_CELL_M, y - _HALF_CELL_M, x + _HALF_CELL_M, y + _HALF_CELL_M)
    drawn = np.where(shapely.get_dimensions(shapes) == 2, shapely.make_valid(shapes), squares)  # noqa: PLR2004
    name = _column(frame, _IDS)
    ids = frame[name].astype(str) if name else pd.Series([f"c{at + 1:06d}" for at in range(len(frame))])
    quarter = district_keys(districts, "quarter", x, y)
    borough = quarter.map(districts[districts["level"] == "quarter"].set_index("key")["parent"])
    table = pd.DataFrame({"cell_id": ids.to_numpy(), "x": x, "y": y, "borough": borough, "quarter": quarter})
    table = table.assign(**figures, **{f"{group}_base": values for group, values in figures.items()})
    inside = quarter.notna().to_numpy()
    anyone = np.any([values > 0 for values in figures.values()], axis=0)
    cells = gpd.GeoDataFrame(table, geometry=drawn, crs=districts.crs)[inside & anyone]
    if cells.empty:
        raise _unusable(Fault("table_empty", path.name))
    return cells.sort_values("cell_id", ignore_index=True), missing, int((~inside).sum())


def _figures(frame: pd.DataFrame, table: str) -> tuple[dict[str, Any], list[str], list[Fault]]:
    aliases = declaration("cell_columns").set_index("group")["aliases"]
    figures: dict[str, Any] = {}
    missing, faults = [], []
    for group in groups():
        column = _column(frame, (group, *str(aliases.get(group, "")).split(";")))
        if column is None:
            missing.append(group)
            figures[group] = np.zeros(len(frame))
            continue
        numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float)
        wrong = np.flatnonzero((np.isnan(numbers) & frame[column].notna().to_numpy()) | np.isinf(numbers))
        faults += [
            Fault("value_not_a_number", table, at + 1, column, {"value": str(frame[column].iloc[at])[:60]})
            for at in wrong[:20]
        ]
        figures[group] = np.where(np.isfinite(numbers) & (numbers > 0), numbers, 0.0)
    if "residents" in missing:
        faults.append(Fault("column_missing", table, column="residents"))
    return figures, missing, faults


def one_district(found: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return the outline of a place (any CRS) as the only borough and the only quarter of a city."""
    shapes = np.array([_areal(shape) for shape in found.geometry], dtype=object)
    crs = found.estimate_utm_crs().to_string()
    moved = gpd.GeoSeries(shapes, crs=found.crs).to_crs(crs).to_numpy()
    whole = _areal(shapely.transform(shapely.union_all(moved), lambda xy: xy.round(_DECIMETRE)))
    key = "-".join(words(name)) or "district"
    row = {"level": "borough", "name": name, "key": key, "code": np.nan, "parent": np.nan, "geometry": whole}
    return _completed(pd.DataFrame([row]), crs)
