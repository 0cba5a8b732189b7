"""Build a study area for any city from OpenStreetMap and own files of boundaries and cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.area import LEVELS, groups, save_area
from planning.area.catalogues import declaration
from planning.area.locate import outline
from planning.area.store import empty_table, file_of, with_points
from planning.area.study_area import Layer, Programme, StudyArea
from planning.errors import SourceError
from planning.i18n import LANGUAGES, Translator
from planning.sources.names import words
from planning.sources.osm_network import network_tables, street_graph
from planning.sources.osm_places import background, features, places, rooms, stops
from planning.sources.osm_service import (
    OVERPASS,
    PAUSES_S,
    Service,
    check_file,
    from_file,
    geocoded,
    routes_from_file,
    routes_from_service,
    today,
)
from planning.sources.place import read_boundaries, read_cells

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Progress = Callable[[float, str], None]

_MARGIN_M = 1_000.0
_COARSE_M = 50.0
_OSM = {"nodes", "edges", "stops", "places", "candidates", "basemap"}
_ATTRIBUTION = "© OpenStreetMap contributors"
_PLACE_COLUMNS = ["place_id", "name", "kind", "religion", "borough", "quarter", "geometry"]


def bundle_place(
    place: str | None,
    out: Path,
    *,
    osm_file: Path | None = None,
    boundaries: Path | None,
    cells: Path,
    overpass_url: str | None = None,
    nominatim_url: str | None = None,
    pauses: tuple[float, ...] = PAUSES_S,
    progress: Progress | None = None,
) -> StudyArea:
    """Build a study area from OpenStreetMap and two files, and return it as loaded from ``out``.

    Parameters
    ----------
    place
        Name of the city; also what is looked up if there are no boundaries.
    out
        Folder to write; replaced as a whole once everything is there.
    osm_file
        OpenStreetMap XML (``.osm``, ``.osm.gz`` or ``.osm.bz2``) to read instead of asking Overpass.
    boundaries
        Districts, see :func:`planning.sources.place.read_boundaries`. None: the outline that Nominatim has
        for ``place`` is the only borough and quarter.
    cells
        Cells with residents, see :func:`planning.sources.place.read_cells`.
    overpass_url, nominatim_url
        Other services than the public ones.
    pauses
        Seconds to wait before each further attempt on a busy server.
    progress
        Called with the share done (0-1) and the layer at work.

    Raises
    ------
    SourceError
        A service or file gave nothing usable; the code says which and why.
    StudyAreaError
        Boundaries or cells are not usable, or what was built fails its checks; every fault is named.
    """
    report = progress or (lambda _share, _step: None)
    service = Service(overpass=overpass_url or OVERPASS, pauses=pauses)
    service = service if nominatim_url is None else replace(service, nominatim=nominatim_url)
    if osm_file is not None:
        check_file(osm_file)
    report(0.0, "districts")
    districts = read_boundaries(boundaries) if boundaries is not None else _looked_up(service, place)
    name = place or (boundaries.stem if boundaries is not None else "")
    tables: dict[str, Any] = {"districts": districts}
    tables["cells"], missing, outside = read_cells(cells, districts)
    extent = outline(districts).buffer(_MARGIN_M)
    coarse = shapely.simplify(extent, _COARSE_M).buffer(_COARSE_M)
    polygon = gpd.GeoSeries([coarse], crs=districts.crs).to_crs("EPSG:4326").iloc[0]
    report(0.1, "edges")
    graph = street_graph(service, polygon, osm_file)
    tables["nodes"], tables["edges"], streets = network_tables(graph, districts.crs.to_string())
    report(0.5, "places")
    found = features(service, polygon, osm_file).to_crs(districts.crs)
    if osm_file is None:
        routes, year = routes_from_service(service, polygon), today()
    else:
        routes, year = from_file(osm_file, lambda: routes_from_file(osm_file))
    _fill(tables, found, routes, streets, extent, year, str(osm_file or service.overpass))
    report(0.9, "files")
    notes = {"cells": {"missing": ", ".join(missing) or "–", "outside": outside}}
    files = {"districts": boundaries.name if boundaries else "Nominatim", "cells": cells.name}
    area = _assembled(name, out, tables, year, notes, files)
    saved = save_area(area, out)
    report(1.0, "files")
    return saved


def _looked_up(service: Service, place: str | None) -> gpd.GeoDataFrame:
    from planning.sources.place import one_district

    if not place:
        raise SourceError("place_not_found", place="")
    return one_district(geocoded(service, place), place)


def _fill(
    tables: dict[str, Any],
    found: gpd.GeoDataFrame,
    routes: Any,
    streets: tuple[Any, Any],
    extent: shapely.Geometry,
    year: str,
    source: str,
) -> None:
    """Add what comes from the features, and the empty tables that a person fills later."""
    districts = tables["districts"]
    known = places(found, districts)
    tables["stops"] = stops(found, districts, routes)
    for name, table in (("amenity", known), ("public_transport", tables["stops"])):
        if table.empty:
            raise SourceError("osm_nothing_found", source=source, what=name)
    tables["sites"] = with_points(empty_table("sites"), districts.crs.to_string())
    tables["candidates"] = rooms(known, districts, tables["sites"], streets, year)
    tables["places"] = known[_PLACE_COLUMNS]
    tables["figures"] = empty_table("figures")
    tables["scaling"] = _unscaled(tables["cells"], districts)
    tables["basemap"] = background(found, extent)


def _unscaled(cells: pd.DataFrame, districts: pd.DataFrame) -> pd.DataFrame:
    """Return a scaling table that says that nothing is scaled."""
    boroughs = districts[districts["level"] == "borough"]
    rows = [
        {
            "level": "borough", "key": key, "name": name, "group": group, "total": np.nan, "factor": 1.0,
            "base_2011": float(cells.loc[cells["borough"] == key, group].sum()), "method": "none",
        }
        for key, name in zip(boroughs["key"], boroughs["name"], strict=True)
        for group in ("residents", "foreign_nationals")
        if group in groups()
    ]  # fmt: skip
    columns = declaration("schema").query("table == 'scaling'")["column"].tolist()
    return pd.DataFrame(rows).reindex(columns=columns).astype({"year": "str", "source": "str"})


def _assembled(
    name: str,
    out: Path,
    tables: dict[str, Any],
    year: str,
    notes: dict[str, dict[str, Any]],
    files: dict[str, str],
) -> StudyArea:
    layers = tuple(_layer(table, year, notes.get(table, {}), files) for table in sorted(tables))
    level_names = {
        level: {language: Translator(language)(f"data.level.{level}") for language in LANGUAGES}
        for level in LEVELS
    }
    return StudyArea(
        id="-".join(words(name)) or "area",
        name=name,
        crs=tables["districts"].crs.to_string(),
        path=out,
        digest="",
        programme=Programme(planned=0, opened=0),
        layers=layers,
        level_names=level_names,
        **tables,
    )


def _layer(table: str, year: str, notes: dict[str, Any], files: dict[str, str]) -> Layer:
    de, en = (Translator(language) for language in LANGUAGES)
    from_osm = table in _OSM
    return Layer(
        id=table,
        file=file_of(table),
        rows=0,
        year=year if from_osm else "",
        source="OpenStreetMap" if from_osm else files.get(table, ""),
        licence="ODbL 1.0" if from_osm else "",
        attribution=_ATTRIBUTION if from_osm else "",
        sha256="",
        method_de=de(f"osm.method.{table}", **notes),
        method_en=en(f"osm.method.{table}", **notes),
    )
