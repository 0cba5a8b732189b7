"""Results for geographic information systems: GeoJSON and GeoPackage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from planning.export.files import not_written, replacing
from planning.export.tables import result_table
from planning.need import district_need
from planning.render.geometry import WGS84
from planning.render.labels import district_names, weekday_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from planning.area.study_area import StudyArea
    from planning.export.about import About
    from planning.export.files import Progress
    from planning.export.sureness import Sureness
    from planning.i18n import Translator
    from planning.scoring import Evaluation

_DEGREE_DIGITS = 7
_METRE_GRID = 0.01


def plain(value: object) -> object:
    """Return a cell as JSON knows it; what is not finite or missing is null."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)) or value is pd.NA:
        return None
    return value.item() if isinstance(value, np.generic) else value


def geojson_bytes(
    table: gpd.GeoDataFrame, metadata: Mapping[str, Any], *, identifier: str = "candidate_id"
) -> bytes:
    """Write points as GeoJSON: WGS 84, seven decimals, with a member ``metadata``.

    Parameters
    ----------
    metadata
        Plain values that say how the points came about.
    identifier
        Column with the identifier of each.

    References
    ----------
    RFC 7946: longitude first, no other reference system; members that a reader does not know are ignored.
    """
    degrees = table.geometry.to_crs(WGS84)
    rows = table.drop(columns="geometry").to_dict("records")
    features = [
        {
            "type": "Feature",
            "id": row[identifier],
            "geometry": {
                "type": "Point",
                "coordinates": [round(point.x, _DEGREE_DIGITS), round(point.y, _DEGREE_DIGITS)],
            },
            "properties": {name: plain(value) for name, value in row.items()},
        }
        for row, point in zip(rows, degrees, strict=True)
    ]
    collection = {"type": "FeatureCollection", "metadata": dict(metadata), "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False, indent=1).encode()


def _layers(
    area: StudyArea, evaluation: Evaluation, t: Translator, sureness: Sureness | None
) -> dict[str, gpd.GeoDataFrame]:
    cells = area.cells.assign(need=evaluation.need)
    districts = area.districts.copy()
    districts["need"] = np.nan
    for level in area.level_names:
        summed = district_need(area.cells, evaluation.need, level, districts=area.districts)
        here = districts["level"] == level
        districts.loc[here, "need"] = districts.loc[here, "key"].map(summed).fillna(0.0)
    for level in ("borough", "quarter"):
        cells[f"{level}_name"] = cells[level].map(district_names(area, level))
    sites = area.sites.assign(
        kind_label=[t(f"data.site_kind.{kind}") for kind in area.sites["kind"]],
        weekday_label=[weekday_text(t, weekday) for weekday in area.sites["weekday"]],
    )
    return {
        "candidates": result_table(area, evaluation, t, sureness=sureness),
        "sites": sites,
        "cells": cells,
        "districts": districts,
    }


def _description(layer: str, t: Translator, about: About) -> str:
    parts = (
        t(f"export.layer.{layer}"),
        about.subtitle,
        *about.scenario,
        *about.record["notes"],
        *about.sources,
    )
    return "\n".join(parts)


def write_geopackage(
    area: StudyArea,
    evaluation: Evaluation,
    path: Path,
    *,
    t: Translator,
    about: About,
    date: dt.date,
    progress: Progress,
    sureness: Sureness | None = None,
) -> None:
    """Write candidates, sites, cells and districts as one GeoPackage.

    Each layer carries scenario, date, sources and licences in its description, and the whole record as
    metadata. The same input gives the same bytes: the only clock in the file is set to ``date``. Need by
    district counts each cell where its centre lies; in priority areas, where few overlap, in the first.

    ``sureness`` adds columns to the candidates and a member to the record.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    told = about.record if sureness is None else about.record | {"sureness": sureness.record()}
    record = json.dumps(told, ensure_ascii=False, sort_keys=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{date.isoformat()}T00:00:00.000Z"})
    try:
        with replacing(path) as part:
            layers = _layers(area, evaluation, t, sureness)
            try:
                for number, (name, frame) in enumerate(layers.items()):
                    progress(number / len(layers), name)
                    _write_layer(frame, part, name, t, about, record=record, first=number == 0)
            except (DataSourceError, DataLayerError) as error:
                raise not_written(error, path, part) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _write_layer(
    frame: gpd.GeoDataFrame, part: Path, name: str, t: Translator, about: About, *, record: str, first: bool
) -> None:
    options: dict[str, Any] = {
        "IDENTIFIER": t(f"export.layer.{name}"),
        "DESCRIPTION": _description(name, t, about),
    }
    pyogrio.write_dataframe(
        frame.assign(geometry=frame.geometry.set_precision(_METRE_GRID)),
        part,
        layer=name,
        driver="GPKG",
        geometry_type="Point" if name in {"candidates", "sites"} else None,
        promote_to_multi=False if name in {"candidates", "sites"} else None,
        append=not first,
        layer_metadata={"planning": record},
        dataset_metadata={"planning": record} if first else None,
        layer_options=options,
    )
