"""Results for geographic information systems: GeoJSON, and GeoPackage with styles, names and metadata."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from planning.export.files import not_written, replacing
from planning.export.style_qml import qml
from planning.export.style_sld import sld
from planning.render.geometry import WGS84
from planning.render.labels import printable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from planning.export.files import Progress
    from planning.export.styles import Style

_DEGREE_DIGITS, _SHAPE_DIGITS = 7, 6
_METRE_GRID = 0.01
_VERSION = "1.3"  # what readers of 2021 know
_POINTS = {"plan", "candidates", "sites"}
_SCHEMA_EXTENSION = "http://www.geopackage.org/spec121/#extension_schema"
# as QGIS makes it, so that QGIS adds its own styles to the same table
_STYLE_TABLE = """CREATE TABLE "layer_styles" (
"id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "f_table_catalog" TEXT(256), "f_table_schema" TEXT(256),
"f_table_name" TEXT(256), "f_geometry_column" TEXT(256), "styleName" TEXT(30), "styleQML" TEXT,
"styleSLD" TEXT, "useAsDefault" BOOLEAN, "description" TEXT, "owner" TEXT(30), "ui" TEXT(30),
"update_time" DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
_COLUMN_TABLES = (
    """CREATE TABLE IF NOT EXISTS gpkg_data_columns (
table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
CONSTRAINT gdc_tn UNIQUE (table_name, name))""",
    """CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))""",
)


@dataclass(frozen=True, eq=False)
class PackageLayer:
    """One layer of a GeoPackage.

    Parameters
    ----------
    frame
        Rows with places, in the area's coordinates.
    title, description
        For people, in the language of the file.
    style
        How it is drawn.
    headings
        What each column is called, with unit; no two alike.
    titles
        The same without unit.
    """

    frame: gpd.GeoDataFrame
    title: str
    description: str
    style: Style
    headings: Mapping[str, str]
    titles: Mapping[str, str]


def plain(value: object) -> object:
    """Return a cell as JSON knows it; what is not finite or missing is null."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)) or value is pd.NA:
        return None
    if isinstance(value, str):
        return printable(value)
    return value.item() if isinstance(value, np.generic) else value


def geojson_bytes(
    table: gpd.GeoDataFrame, metadata: Mapping[str, Any], *, identifier: str = "candidate_id"
) -> bytes:
    """Write points or areas as GeoJSON: WGS 84, with a member ``metadata``.

    Points have seven decimals, areas six (a tenth of a metre).

    Parameters
    ----------
    metadata
        Plain values that say how the rows came about.
    identifier
        Column with the identifier of each.

    References
    ----------
    RFC 7946: longitude first, no other reference system, outer rings counterclockwise; members that a reader
    does not know are ignored.
    """
    rows = table.drop(columns="geometry").to_dict("records")
    features = [
        {
            "type": "Feature",
            "id": row[identifier],
            "geometry": _geometry(shape),
            "properties": {name: plain(value) for name, value in row.items()},
        }
        for row, shape in zip(rows, table.geometry.to_crs(WGS84), strict=True)
    ]
    collection = {"type": "FeatureCollection", "metadata": dict(metadata), "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False, indent=1).encode(errors="replace")


def _geometry(shape: shapely.Geometry | None) -> dict[str, Any] | None:
    if shape is None or shape.is_empty:
        return None
    if shape.geom_type == "Point":
        return {
            "type": "Point",
            "coordinates": [round(shape.x, _DEGREE_DIGITS), round(shape.y, _DEGREE_DIGITS)],
        }
    snapped = shapely.orient_polygons(shapely.set_precision(shape, 10.0**-_SHAPE_DIGITS))
    return None if snapped.is_empty else _rounded(shapely.geometry.mapping(snapped))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _SHAPE_DIGITS)
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return {name: _rounded(part) for name, part in value.items()} if isinstance(value, dict) else value


def write_layers(
    path: Path,
    layers: Mapping[str, PackageLayer],
    told_of_styles: str,
    record: Mapping[str, Any],
    date: dt.date,
    *,
    progress: Progress,
) -> None:
    """Write layers as one GeoPackage that opens already styled.

    Each layer carries its description, and ``record`` as metadata.
    ``told_of_styles`` says what the table of styles holds. QGIS finds the styles in the table
    ``layer_styles``, names of columns there and in ``gpkg_data_columns``.
    The same input gives the same bytes: the only clock in the file is set to ``date``.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    told = printable(json.dumps(record, ensure_ascii=False, sort_keys=True))
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{date.isoformat()}T00:00:00.000Z"})
    try:
        with replacing(path) as part:
            try:
                for number, (name, layer) in enumerate(layers.items()):
                    progress(number / len(layers), name)
                    _write_layer(layer, part, name, record=told, first=number == 0)
                with closing(sqlite3.connect(part)) as connection, connection:
                    _write_styles(connection, layers, told_of_styles, date)
                    _write_columns(connection, layers)
            except (DataSourceError, DataLayerError, sqlite3.Error) as error:
                raise not_written(error, path, part) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write_layer(layer: PackageLayer, part: Path, name: str, *, record: str, first: bool) -> None:
    frame, is_point = layer.frame, name in _POINTS
    pyogrio.write_dataframe(
        _printable(frame).assign(geometry=frame.geometry.set_precision(_METRE_GRID)),
        part,
        layer=name,
        driver="GPKG",
        geometry_type="Point" if is_point else "MultiPolygon",
        promote_to_multi=not is_point,
        append=not first,
        dataset_options={"VERSION": _VERSION} if first else None,
        layer_metadata={"planning": record},
        dataset_metadata={"planning": record} if first else None,
        layer_options={"IDENTIFIER": printable(layer.title), "DESCRIPTION": printable(layer.description)},
    )


def _printable(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows whose texts hold no characters that readers stop at."""
    texts = frame.drop(columns="geometry").select_dtypes(include=["object", "string"])
    return frame.assign(
        **{
            str(name): [printable(value) if isinstance(value, str) else value for value in column]
            for name, column in texts.items()
        }
    )


def _write_styles(
    connection: sqlite3.Connection, layers: Mapping[str, PackageLayer], description: str, date: dt.date
) -> None:
    moment = f"{date.isoformat()}T00:00:00.000Z"
    connection.execute(_STYLE_TABLE)
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', ?, ?, 0)",
        (description, moment),
    )
    geometry = dict(connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    rows = [
        (
            *("", "", name, geometry[name], name),
            qml(layer.style, layer.headings),
            sld(name, layer.title, layer.style),
            *(1, layer.title, "", None, moment),
        )
        for name, layer in layers.items()
    ]
    connection.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
        "styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _write_columns(connection: sqlite3.Connection, layers: Mapping[str, PackageLayer]) -> None:
    """Name the columns by the schema extension of the GeoPackage standard."""
    for statement in _COLUMN_TABLES:
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO gpkg_extensions (table_name, column_name, extension_name, definition, scope) "
        "VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
        [(name, _SCHEMA_EXTENSION) for name in ("gpkg_data_columns", "gpkg_data_column_constraints")],
    )
    rows: Sequence[tuple[str, str, str, str]] = [
        (name, column, heading, layer.titles[column])
        for name, layer in layers.items()
        for column, heading in layer.headings.items()
    ]
    connection.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, name, title) VALUES (?, ?, ?, ?)", rows
    )
