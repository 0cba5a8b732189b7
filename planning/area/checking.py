"""Read a study area and find everything that is wrong with it, in one go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from planning.area.catalogues import declaration, records, table_facts
from planning.area.description import description_faults, layer_entry
from planning.area.geometry import crs_faults, geometry_faults, in_degrees, outside_faults, xy_faults
from planning.area.locate import outline
from planning.area.schema import MOST_ROWS, schema_faults, shown
from planning.area.store import (
    AREA_FILE,
    file_of,
    is_sealed,
    read_description,
    read_typed,
    sha256_of,
    table_digests,
    write_seal,
)
from planning.errors import Fault, StudyAreaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.area.schema import WrongCell

HARMLESS = {"file_changed", "point_outside"}
"""Faults that ``planning check`` reports but that do not keep an area from being used."""

_LENGTH_SLACK = 0.9
_LENGTH_SLACK_M = 5.0


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
        Tables to leave unread; only their digests are taken.
    thorough
        Check all there is, compare digests and look for points outside the city. Otherwise a folder that
        bears the seal of having passed is not checked again.

    Raises
    ------
    StudyAreaError
        There is no study area, or its description cannot be read.
    """
    description = _description(folder)
    faults = description_faults(description, folder)
    crs = description.get("crs")
    if isinstance(crs, str) and crs.strip():
        faults += crs_faults(crs, AREA_FILE)
    if any(fault.column == "crs" or fault.code.startswith("crs_") for fault in faults):
        return Reading(description, {}, {}, tuple(faults))
    declared = declaration("tables")
    with ThreadPoolExecutor() as pool:
        read = list(pool.map(partial(_read, folder, str(crs), skip), records(declared)))
    tables = {one.name: one.table for one in read if one.table is not None}
    digests = {one.name: one.digest for one in read if one.digest}
    if not thorough and not faults and is_sealed(folder, digests):
        return Reading(description, tables, digests)
    for one in read:
        faults += one.faults
        if one.table is not None:
            faults += _own_faults(one, str(crs))
        if thorough and one.digest:
            faults += _digest_faults(one.name, one.digest, description)
    broken = {fault.table for fault in faults if fault.code not in HARMLESS}
    faults += _between(tables, broken, thorough=thorough)
    return Reading(description, tables, digests, tuple(faults))


def check_area(path: Path | str, *, seal: bool = False) -> tuple[Fault, ...]:
    """Return every fault of every table of a study area; nothing is changed or repaired.

    Parameters
    ----------
    path
        Folder of the area.
    seal
        If there is no fault, mark the folder as checked (``checked.sha256``), so that loading it is quick;
        raises ``OutputError`` if that cannot be written.
    """
    try:
        reading = read_checked(Path(path))
    except StudyAreaError as error:
        return error.faults or (Fault(error.code, params=error.params),)
    if seal and not reading.faults:
        write_seal(Path(path), reading.digests)
    return reading.faults


def read_alone(folder: Path, name: str) -> Any:
    """Read one table that needs no reference system, checked by itself unless the folder bears its seal.

    Raises
    ------
    StudyAreaError
        The table cannot be used.
    """
    read = _read(folder, "", (), table_facts(name))
    if read.table is not None and is_sealed(folder, table_digests(folder)):
        return read.table
    faults = [*read.faults, *(_own_faults(read, "") if read.table is not None else [])]
    if faults:
        raise StudyAreaError("area_unusable", faults=tuple(faults), path=str(folder))
    return read.table


def _description(folder: Path) -> dict[str, Any]:
    try:
        return read_description(folder)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StudyAreaError("area_missing", path=str(folder)) from error
    except (OSError, ValueError, RecursionError) as error:
        fault = Fault("file_unreadable", AREA_FILE, params={"reason": shown(str(error))})
        raise StudyAreaError("area_unusable", faults=(fault,), path=str(folder)) from error


@dataclass(frozen=True)
class _Read:
    """One table as read: None and a fault if it cannot be, None without one if it is left out."""

    name: str
    table: Any = None
    digest: str = ""
    wrong: tuple[WrongCell, ...] = ()
    faults: tuple[Fault, ...] = ()


def _read(folder: Path, crs: str, skip: tuple[str, ...], declared: dict[str, str]) -> _Read:
    name, file = declared["table"], folder / declared["file"]
    if not file.is_file():
        required = declared["required"] == "yes"
        return _Read(name, faults=(Fault("file_missing", declared["file"]),) if required else ())
    digest = ""
    try:
        digest = sha256_of(file)
        table, wrong = (None, []) if name in skip else read_typed(folder, name, crs)
    except Exception as error:  # noqa: BLE001 - readers raise whatever their format library does
        reason = shown(str(error).strip().split("\n")[0])
        fault = Fault("file_unreadable", declared["file"], params={"reason": reason})
        return _Read(name, digest=digest, faults=(fault,))
    return _Read(name, table, digest, tuple(wrong))


def _digest_faults(name: str, digest: str, description: dict[str, Any]) -> list[Fault]:
    stated = layer_entry(description, name).get("sha256")
    edited = table_facts(name)["edited"] == "yes"
    if edited or not isinstance(stated, str) or stated == digest:
        return []
    return [Fault("file_changed", file_of(name))]


def _own_faults(read: _Read, crs: str) -> list[Fault]:
    """Return the faults a table has by itself."""
    name, table = read.name, read.table
    declared = table_facts(name)
    faults = schema_faults(table, name, line_of(name), read.wrong)
    if not len(table) and declared["empty_ok"] != "yes":
        faults.append(Fault("table_empty", name))
    unsound = {(fault.code, fault.column) for fault in faults if fault.code.startswith("column_")}
    has_xy = {"x", "y"} <= set(table.columns) and not {"x", "y"} & {column for _, column in unsound}
    kind = declared["geometry"]
    if kind == "xy" and has_xy:
        said = {fault.row for fault in faults if fault.column in {"x", "y"}}
        faults += [fault for fault in xy_faults(table, name, line_of(name)) if fault.row not in said]
    elif kind and kind != "xy":
        faults += geometry_faults(table, name, kind, crs, line_of(name))
    if name in {"nodes", "cells"} and has_xy and in_degrees(table["x"], table["y"]):
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
        Fault(
            "value_duplicate", "districts", line(int(at)), "key", {"value": shown(districts["key"].iloc[at])}
        )
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
        Fault(
            "district_unknown", name, line(int(at)), column, {"value": shown(keys.iloc[at]), "level": level}
        )
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
