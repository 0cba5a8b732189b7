"""Read a raw folder (format: ``catalogue/raw_files.csv``) and name everything it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from planning.area.catalogues import declaration, records
from planning.errors import Fault, StudyAreaError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, eq=False)
class RawFolder:
    """The tables of a raw folder by id, all in one metric CRS, and the text of its page."""

    tables: dict[str, pd.DataFrame]
    crs: str
    readme: str

    def get(self, table: str) -> pd.DataFrame | None:
        """Return a table, or None where the folder has none."""
        return self.tables.get(table)


def _read(file: Path, sublayer: str, with_geometry: bool) -> Any:
    if not file.is_file():
        raise FileNotFoundError(file.name)
    if file.suffix == ".gpkg":
        if sublayer not in {name for name, _ in pyogrio.list_layers(file)}:
            raise FileNotFoundError(sublayer)
        return gpd.read_file(file, layer=sublayer)
    if file.suffix == ".csv":
        return pd.read_csv(file)
    return gpd.read_parquet(file) if with_geometry else pd.read_parquet(file)


def _faults_of(frame: pd.DataFrame, table: str, columns: str, with_geometry: bool) -> list[Fault]:
    missing = [name for name in columns.split(";") if name not in frame.columns]
    faults = [Fault("column_missing", table, column=name) for name in missing]
    if with_geometry:
        crs = getattr(frame, "crs", None)
        if crs is None:
            faults.append(Fault("crs_missing", table))
        elif len(frame) == 0:
            faults.append(Fault("table_empty", table))
    return faults


def area_crs(boundaries: gpd.GeoDataFrame, folder: Path) -> str:
    """Return the CRS of the boundaries; raises ``StudyAreaError`` unless it counts in metres."""
    crs = CRS(boundaries.crs)
    if not crs.is_projected or {axis.unit_name for axis in crs.axis_info} != {"metre"}:
        faults = (Fault("crs_not_metric", "boundaries", params={"crs": crs.name}),)
        raise StudyAreaError("area_unusable", faults=faults, path=str(folder))
    return crs.to_string()


def read_raw(folder: Path) -> RawFolder:
    """Read every table of a raw folder and bring it to the CRS of the boundaries.

    Raises ``StudyAreaError`` that names every missing file, column and CRS and every empty layer at once.
    """
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for row in records(declaration("raw_files")):
        name, with_geometry = row["id"], row["geometry"] == "yes"
        place = f"{row['file']}:{row['sublayer']}" if row["sublayer"] else row["file"]
        try:
            frame = _read(folder / row["file"], row["sublayer"], with_geometry)
        except FileNotFoundError:
            faults += [Fault("file_missing", place)] if row["required"] == "yes" else []
            continue
        except Exception as error:  # noqa: BLE001 - readers raise whatever their format library does
            faults.append(Fault("file_unreadable", place, params={"reason": _first_line(error)}))
            continue
        faults += _faults_of(frame, place, row["columns"], with_geometry)
        tables[name] = frame
    if faults:
        raise StudyAreaError("raw_folder_unusable", faults=tuple(faults), path=str(folder))
    crs = area_crs(tables["stadtbezirke"], folder)
    moved = {name: _moved(frame, crs) for name, frame in tables.items()}
    readme = folder / "README.md"
    return RawFolder(moved, crs, readme.read_text(encoding="utf-8") if readme.exists() else "")


def _moved(frame: pd.DataFrame, crs: str) -> Any:
    if not isinstance(frame, gpd.GeoDataFrame) or CRS(frame.crs) == CRS(crs):
        return frame
    return frame.to_crs(crs)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]


def xy_of(frame: gpd.GeoDataFrame) -> tuple[Any, Any]:
    """Return x and y of point geometries in metres, rounded to 0.1 m."""
    points = frame.geometry.to_numpy()
    return shapely.get_x(points).round(1), shapely.get_y(points).round(1)
