"""Build a study area from a raw folder and, where there are any, tables of facts."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planning.area import LEVELS, check_area, load_area
from planning.area.catalogues import records
from planning.area.checking import HARMLESS
from planning.area.store import new_folder, stamped, swap_in, write_description, write_table
from planning.errors import SourceError, StudyAreaError
from planning.i18n import LANGUAGES, Translator
from planning.sources import layers as layer
from planning.sources.basemap import basemap
from planning.sources.facts import figures, newer_totals, programme_of, read_facts
from planning.sources.names import words
from planning.sources.provenance import layer_of, told_by
from planning.sources.raw import read_raw
from planning.sources.scaling import SCALING_GROUPS, scale_cells, scaling_table, years_of_cells
from planning.sources.sites import Finder, known_points, sites
from planning.sources.venues import candidates, place_candidates, unlocated, venue_candidates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from planning.area.study_area import StudyArea
    from planning.sources.facts import Facts
    from planning.sources.raw import RawFolder

    Progress = Callable[[float, str], None]


def bundle_folder(
    raw: Path,
    out: Path,
    *,
    facts: Path | None = None,
    name: str | None = None,
    progress: Progress | None = None,
) -> StudyArea:
    """Build a study area from a folder of raw layers and return it as loaded from ``out``.

    The same input gives the same bytes. ``out`` is replaced as a whole once everything is written.

    Parameters
    ----------
    raw
        Folder of raw layers.
    out
        Folder to write; created or replaced.
    facts
        Folder with tables of facts (offices, dependances, venues, district figures); without it there are
        no sites, no figures and no newer totals.
    name
        Name of the city; else the city label of the base map, else the name of the folder above ``raw``.
    progress
        Called with the share done (0-1) and the layer at work.

    Raises
    ------
    SourceError
        A folder does not exist.
    StudyAreaError
        The raw folder lacks files or columns, or what was built fails its checks; every fault is named.
    """
    for folder in (raw, facts):
        if folder is not None and not folder.is_dir():
            raise SourceError("folder_missing", path=str(folder))
    report = progress or (lambda _share, _step: None)
    report(0.0, "raw")
    source, known = read_raw(raw), read_facts(facts)
    city = name or _city_label(source) or raw.resolve().name
    built = new_folder(out)
    try:
        tables, notes = _tables(source, known, city, report)
        report(0.9, "files")
        _write(built, source, known, city, tables, notes)
        faults = tuple(fault for fault in check_area(built) if fault.code not in HARMLESS)
        if faults:
            raise StudyAreaError("bundle_unusable", faults=faults, path=str(raw))
        swap_in(built, out)
    finally:
        shutil.rmtree(built, ignore_errors=True)
    report(1.0, "files")
    return load_area(out)


def _city_label(source: RawFolder) -> str | None:
    labels = source.get("place_labels")
    if labels is None:
        return None
    cities = labels.loc[labels["class"] == "city", "name"].dropna()
    return str(cities.iloc[0]) if len(cities) == 1 else None


def _tables(
    source: RawFolder, known: Facts, city: str, report: Progress
) -> tuple[dict[str, pd.DataFrame], dict[str, dict[str, Any]]]:
    t: dict[str, Any] = {}
    quarters = known.get("statistische_bezirke")
    codes = {row["name"]: row["code"] for row in records(quarters) if isinstance(row.get("code"), str)}
    outlines = layer.districts(source, codes, simplify=False)
    t["districts"] = layer.districts(source, codes, simplify=True)
    report(0.1, "cells")
    totals = newer_totals(known, outlines, layer.CENSUS_YEAR)
    base = layer.cells(source, outlines)
    t["scaling"] = scaling_table(base, outlines, totals, city)
    t["cells"] = scale_cells(base, t["scaling"])
    report(0.25, "edges")
    t["nodes"], t["edges"] = layer.network(source)
    shift = layer.simplification_shift(source, t["edges"], base)
    report(0.5, "places")
    t["stops"], t["places"] = layer.stops(source, outlines), layer.places(source, outlines)
    t["addresses"] = layer.addresses(source, outlines)
    report(0.7, "candidates")
    finder = Finder(known_points(source), t["places"], t["addresses"])
    t["sites"] = sites(known, outlines, finder, source.crs)
    venues = venue_candidates(known, outlines, finder)
    t["unlocated"] = unlocated(venues)
    origin = layer_of("places", source.readme)
    rooms, left_out = place_candidates(t["places"], origin.year, origin.source, grounds=source.get("green"))
    streets = _named_streets(source)
    t["candidates"] = candidates(venues, rooms, t["sites"], t["addresses"], streets, outlines)
    t["figures"] = figures(known, outlines)
    report(0.8, "basemap")
    t["basemap"] = basemap(source)
    notes: dict[str, dict[str, Any]] = {
        "edges": {"median": shift[0], "largest": shift[1]},
        "candidates": {"merged": int(t["candidates"]["merged"].notna().sum()), "left_out": len(left_out)},
        "cells": {group: round(t["cells"][group].sum()) for group in SCALING_GROUPS},
    }
    return t, notes


def _named_streets(source: RawFolder) -> tuple[Any, Any]:
    edges = source.tables["edges"]
    if "name" not in edges:
        return np.array([]), np.array([])
    named = edges[edges["name"].notna()]
    return named.geometry.to_numpy(), named["name"].to_numpy(dtype=object)


def _write(
    built: Path,
    source: RawFolder,
    known: Facts,
    city: str,
    tables: dict[str, pd.DataFrame],
    notes: dict[str, dict[str, Any]],
) -> None:
    layers = []
    for table in sorted(tables):
        write_table(tables[table], built, table)
        described = told_by(layer_of(table, source.readme, **notes.get(table, {})), tables[table])
        if table == "cells":
            described = replace(described, year=years_of_cells(tables["scaling"], layer.CENSUS_YEAR))
        layers.append(stamped(described, built, len(tables[table])))
    identifier = re.sub(r"-+", "-", "-".join(words(city))) or "area"
    opened = int((tables["sites"]["kind"] == "dependance").sum())
    programme = programme_of(known, opened)
    level_names = {
        level: {language: Translator(language)(f"data.level.{level}") for language in LANGUAGES}
        for level in LEVELS
    }
    head = {"id": identifier, "name": city, "crs": source.crs}
    write_description(built, head, programme, level_names, tuple(layers))
