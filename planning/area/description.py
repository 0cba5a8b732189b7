"""Check ``area.toml``: every entry is there and of its type, every layer belongs to a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning.area.catalogues import LEVELS, declaration, records
from planning.area.schema import LARGEST_WHOLE, has_control, shown
from planning.area.store import AREA_FILE
from planning.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HEAD = {"id": "name", "name": "name", "crs": "name", "programme": "table", "levels": "table"}
_PROGRAMME = {"planned": "whole", "opened": "whole", "source": "text"}
_LEVEL = {"de": "name", "en": "name"}
_LAYER = dict.fromkeys(("file", "year", "source", "licence", "attribution", "sha256"), "text")
_METHOD = {"method_de": "text", "method_en": "text"}
_CODES = {"table": "entry_not_table", "whole": "entry_not_whole"}


def description_faults(description: Mapping[str, Any], folder: Path) -> list[Fault]:
    """Return every fault of a study area's description.

    Parameters
    ----------
    description
        What ``area.toml`` holds; its values may be of any type.
    folder
        Folder of the area: a table that lies there needs its entry, and an entry its file.
    """
    faults = _entries(description, _HEAD | {"layers": "table"})
    faults += _entries(_table(description, "programme"), _PROGRAMME, "programme.", required=False)
    if isinstance(description.get("levels"), dict):
        levels = description["levels"]
        wanted = dict.fromkeys([*LEVELS, *levels], "table")
        faults += _entries(levels, wanted, "levels.")
        for level in wanted:
            if isinstance(levels.get(level), dict):
                faults += _entries(levels[level], _LEVEL, f"levels.{level}.")
    if isinstance(description.get("layers"), dict):
        faults += _layers(description["layers"], folder)
    return faults


def layer_entry(description: Mapping[str, Any], table: str) -> dict[str, Any]:
    """Return what the description says of a table's layer, empty if that is nothing of use."""
    return _table(_table(description, "layers"), table)


def _layers(layers: dict[str, Any], folder: Path) -> list[Fault]:
    faults = []
    declared = {row["table"]: row for row in records(declaration("tables"))}
    for name, entry in layers.items():
        path = f"layers.{shown(name)}"
        if name not in declared:
            faults.append(Fault("layer_unknown", AREA_FILE, None, path, {"known": ", ".join(declared)}))
            continue
        faults += _entries(layers, {name: "table"}, "layers.")
        if isinstance(entry, dict):
            faults += _layer(entry, path, declared[name]["file"])
        if declared[name]["required"] != "yes" and not (folder / declared[name]["file"]).is_file():
            faults.append(Fault("file_missing", declared[name]["file"]))
    lacking = [
        name
        for name, row in declared.items()
        if name not in layers and (row["required"] == "yes" or (folder / row["file"]).is_file())
    ]
    return faults + [Fault("layer_missing", AREA_FILE, column=f"layers.{name}") for name in lacking]


def _layer(entry: dict[str, Any], path: str, file: str) -> list[Fault]:
    faults = _entries(entry, _LAYER | {"rows": "whole"}, f"{path}.")
    faults += _entries(entry, _METHOD, f"{path}.", required=False)
    given = entry.get("file")
    if isinstance(given, str) and given != file:
        params = {"value": shown(given), "expected": file}
        faults.append(Fault("layer_file", AREA_FILE, None, f"{path}.file", params))
    return faults


def _table(tree: Mapping[str, Any], name: str) -> dict[str, Any]:
    branch = tree.get(name)
    return branch if isinstance(branch, dict) else {}


def _entries(
    given: Mapping[str, Any], wanted: Mapping[str, str], prefix: str = "", *, required: bool = True
) -> list[Fault]:
    """Return the entries that are missing or not of the wanted type; a ``name`` is text that is not blank."""
    faults = []
    for name, kind in wanted.items():
        value = given.get(name)
        column = prefix + shown(name)
        if value is None or (kind == "name" and isinstance(value, str) and not value.strip()):
            faults += [Fault("entry_missing", AREA_FILE, column=column)] if required else []
        elif not _is(value, kind):
            code = _CODES.get(kind, "entry_not_text")
            faults.append(Fault(code, AREA_FILE, None, column, {"value": shown(value)}))
        elif isinstance(value, str) and has_control(value):
            faults.append(Fault("control_character", AREA_FILE, None, column, {"value": shown(value)}))
    return faults


def _is(value: Any, kind: str) -> bool:
    if kind == "table":
        return isinstance(value, dict)
    if kind == "whole":
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and 0 <= value <= LARGEST_WHOLE
    return isinstance(value, str)
