"""Read a study area and find everything that is wrong with it, in one go."""

from __future__ import annotations

import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from planning.area.catalogues import LEVELS, declaration, records, table_facts
from planning.area.geometry import crs_faults, geometry_faults, in_degrees, outside_faults, xy_faults
from planning.area.locate import outline
from planning.area.schema import MOST_ROWS, schema_faults
from planning.area.store import (
    AREA_FILE,
    file_of,
    read_description,
    read_seal,
    read_table,
    seal_of,
    sha256_of,
)
from planning.errors import Fault, StudyAreaError

if TYPE_CHECKING:
    from collections.abc import Callable

HARMLESS = {"file_changed", "point_outside"}
"""Faults that ``planning check`` reports but that do not keep an area from being used."""

_LENGTH_SLACK = 0.9
_LENGTH_SLACK_M = 5.0
_HEAD = ("id", "name", "crs", "programme", "levels", "layers")


@dataclass(frozen=True)
class Reading:
    """What was read of a study area: description, tables and file digests by name, and all faults."""

    description: dict[str, Any]
    tables: dict[str, Any]
    digests: dict[str, str]
    faults: tuple[Fault, ...] = field(default=())


def line_of(table: str) -> Callable[[int], int]:
    """Return what names a row: the line of a CSV file (line 1 is the heading), else the record's number."""
    first = 2 if file_of(table).endswith(".csv") else 1
    return lambda position: position + first


def read_checked(folder: Path, skip: tuple[str, ...] = (), *, thorough: bool = True) -> Reading:
    """Read a study area's tables and check them.

    Parameters
    ----------
    folder
        Folder with ``area.toml``.
    skip
        Tables to leave unread.
    thorough
        Check all there is, compare digests and look for points outside the city. Otherwise a folder that
        bears the seal of having passed is not checked again.

    Raises
    ------
    StudyAreaError
        There is no study area, or its description cannot be read.
    """
    description = _description(folder)
    crs = str(description["crs"])
    declared = declaration("tables")
    declared = declared[~declared["table"].isin(skip)]
    faults = crs_faults(crs, AREA_FILE)
    if faults:
        return Reading(description, {}, {}, tuple(faults))
    with ThreadPoolExecutor() as pool:
        read = list(pool.map(partial(_read, folder, crs), records(declared)))
    tables = {name: table for name, table, _, _ in read if table is not None}
    digests = {name: digest for name, _, digest, _ in read if digest}
    if not thorough and read_seal(folder) == seal_of(folder, digests):
        return Reading(description, tables, digests)
    for name, table, digest, found in read:
        faults += found
        if table is not None:
            faults += _own_faults(name, table, crs)
        if thorough and digest:
            faults += _digest_faults(name, digest, description)
    broken = {fault.table for fault in faults if fault.code not in HARMLESS}
    faults += _between(tables, broken, thorough=thorough)
    return Reading(description, tables, digests, tuple(faults))


def check_area(path: Path | str) -> tuple[Fault, ...]:
    """Return every fault of every table of a study area; nothing is changed or repaired."""
    try:
        return read_checked(Path(path)).faults
    except StudyAreaError as error:
        return error.faults or (Fault(error.code, params=error.params),)


def _description(folder: Path) -> dict[str, Any]:
    try:
        description = read_description(folder)
    except OSError as error:
        raise StudyAreaError("area_missing", path=str(folder)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = Fault("file_unreadable", AREA_FILE, params={"reason": str(error)})
        raise StudyAreaError("area_unusable", faults=(fault,), path=str(folder)) from error
    missing = [name for name in _HEAD if name not in description]
    missing += [f"levels.{level}" for level in LEVELS if level not in description.get("levels", {})]
    if missing:
        faults = tuple(Fault("entry_missing", AREA_FILE, column=name) for name in missing)
        raise StudyAreaError("area_unusable", faults=faults, path=str(folder))
    return description


def _read(folder: Path, crs: str, declared: dict[str, str]) -> tuple[str, Any, str, list[Fault]]:
    name, file = declared["table"], folder / declared["file"]
    if not file.is_file():
        required = declared["required"] == "yes"
        return name, None, "", [Fault("file_missing", declared["file"])] if required else []
    digest = sha256_of(file)
    try:
        table = read_table(folder, name, crs)
    except Exception as error:  # noqa: BLE001 - readers raise whatever their format library does
        reason = str(error).strip().split("\n")[0][:200]
        return name, None, digest, [Fault("file_unreadable", declared["file"], params={"reason": reason})]
    return name, table, digest, []


def _digest_faults(name: str, digest: str, description: dict[str, Any]) -> list[Fault]:
    edited = table_facts(name)["edited"] == "yes"
    layer = description["layers"].get(name)
    if layer is None:
        return [Fault("layer_missing", AREA_FILE, column=name)]
    return [] if edited or layer.get("sha256") == digest else [Fault("file_changed", file_of(name))]


def _own_faults(name: str, table: Any, crs: str) -> list[Fault]:
    """Return the faults a table has by itself."""
    declared = table_facts(name)
    if not len(table):
        return [] if declared["empty_ok"] == "yes" else [Fault("table_empty", name)]
    faults = schema_faults(table, name, line_of(name))
    kind = declared["geometry"]
    if kind == "xy" and {"x", "y"} <= set(table.columns):
        faults += xy_faults(table, name, line_of(name))
    elif kind and kind != "xy":
        faults += geometry_faults(table, name, kind, crs, line_of(name))
    if name in {"nodes", "cells"} and {"x", "y"} <= set(table.columns) and in_degrees(table["x"], table["y"]):
        faults.append(Fault("degrees_as_metres", name, column="x, y", params={"expected": crs}))
    return faults


def _between(tables: dict[str, Any], broken: set[str], *, thorough: bool) -> list[Fault]:
    """Return the faults between tables, as far as the tables by themselves are sound."""
    sound = {name: table for name, table in tables.items() if name not in broken}
    faults: list[Fault] = []
    if "districts" in sound:
        districts = sound["districts"]
        faults += _district_faults(districts)
        for name, table in sound.items():
            if name != "districts":
                faults += _key_faults(name, table, districts)
        if thorough and not faults:
            faults += _outside(sound, outline(districts))
    if {"nodes", "edges"} <= set(sound):
        faults += edge_faults(sound["nodes"], sound["edges"])
    return faults


def _district_faults(districts: pd.DataFrame) -> list[Fault]:
    line = line_of("districts")
    double = np.flatnonzero(districts.duplicated(["level", "key"]))
    faults = [
        Fault("value_duplicate", "districts", line(int(at)), "key", {"value": districts["key"].iloc[at]})
        for at in double[:MOST_ROWS]
    ]
    boroughs = set(districts.loc[districts["level"] == "borough", "key"])
    if not boroughs or not (districts["level"] == "quarter").any():
        faults.append(Fault("level_missing", "districts", column="level"))
    orphan = (districts["level"] == "quarter") & ~districts["parent"].isin(boroughs)
    lost = districts["parent"].notna() & ~districts["parent"].isin(boroughs)
    wrong = (orphan | lost).to_numpy()
    return faults + _unknown_keys("districts", districts["parent"], wrong, "parent", "borough")


def _key_faults(name: str, table: pd.DataFrame, districts: pd.DataFrame) -> list[Fault]:
    faults = []
    for level in ("borough", "quarter"):
        if level in table:
            known = districts.loc[districts["level"] == level, "key"]
            wrong = table[level].notna() & ~table[level].isin(known)
            faults += _unknown_keys(name, table[level], wrong.to_numpy(), level, level)
    if {"level", "key"} <= set(table.columns):
        pairs = pd.MultiIndex.from_frame(pd.DataFrame(districts[["level", "key"]]))
        here = pd.MultiIndex.from_frame(pd.DataFrame(table[["level", "key"]]))
        lost = ~here.isin(pairs) & (table["level"] != "city").to_numpy()
        faults += _unknown_keys(name, table["key"], lost, "key", "level")
    return faults


def _unknown_keys(name: str, keys: pd.Series, wrong: Any, column: str, level: str) -> list[Fault]:
    line = line_of(name)
    found = np.flatnonzero(wrong)
    faults = [
        Fault("district_unknown", name, line(int(at)), column, {"value": str(keys.iloc[at]), "level": level})
        for at in found[:MOST_ROWS]
    ]
    if len(found) > MOST_ROWS:
        count = {"count": len(found) - MOST_ROWS, "code": "district_unknown"}
        faults.append(Fault("more_rows", name, None, column, count))
    return faults


def _outside(sound: dict[str, Any], city: shapely.Geometry) -> list[Fault]:
    faults = []
    for name in ("cells", "places", "sites", "candidates"):
        if name in sound and len(sound[name]):
            shapes = sound[name].geometry.to_numpy()
            points = shapely.centroid(shapes) if name == "cells" else shapes
            faults += outside_faults(points, city, name, line_of(name))
    return faults


def edge_faults(nodes: pd.DataFrame, edges: pd.DataFrame) -> list[Fault]:
    """Return the edges without their nodes, without a length, or shorter than the crow flies."""
    u, v = edges["u"].to_numpy(), edges["v"].to_numpy()
    length = edges["length_m"].to_numpy(dtype=float)
    unknown = (u >= len(nodes)) | (v >= len(nodes))
    xy = nodes[["x", "y"]].to_numpy(dtype=float)
    last = len(nodes) - 1
    straight = np.hypot(*(xy[np.minimum(u, last)] - xy[np.minimum(v, last)]).T)
    short = ~unknown & (length > 0) & (length < _LENGTH_SLACK * straight - _LENGTH_SLACK_M)
    faults = []
    for flags, code, column in (
        (unknown, "node_unknown", "u, v"), (length <= 0, "length_not_positive", "length_m"),
        (short, "length_too_short", "length_m"),
    ):  # fmt: skip
        found = np.flatnonzero(flags)
        params = [{"value": round(float(length[at]), 3), "nodes": len(nodes)} for at in found[:MOST_ROWS]]
        faults += [Fault(code, "edges", int(at) + 1, column, p) for at, p in zip(found, params, strict=False)]
        if len(found) > MOST_ROWS:
            rest = {"count": len(found) - MOST_ROWS, "code": code}
            faults.append(Fault("more_rows", "edges", None, column, rest))
    return faults
