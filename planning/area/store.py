"""The files of a study area: ``area.toml`` names every layer, GeoParquet, Parquet and CSV hold them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from dataclasses import asdict, fields, replace
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from planning import __version__
from planning.area.catalogues import declaration, table_facts
from planning.area.study_area import Layer, Programme
from planning.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

AREA_FILE = "area.toml"
SEAL_FILE = "checked.sha256"
_RULES = ("schema", "tables", "indicators", "venue_kinds")
_DTYPES = {"text": "str", "number": "float64", "integer": "int64", "flag": "bool"}
_PARQUET: dict[str, Any] = {"compression": "zstd", "compression_level": 19, "index": False}


def file_of(table: str) -> str:
    """Return the file name of a table."""
    return table_facts(table)["file"]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest_of(digests: Mapping[str, str]) -> str:
    """Return one SHA-256 over the digests of all files, whatever their order."""
    lines = "".join(f"{name} {digests[name]}\n" for name in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def with_points(frame: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    """Return the table with a point for each row that has coordinates, None for the others."""
    points = shapely.points(frame["x"].to_numpy(dtype=float), frame["y"].to_numpy(dtype=float))
    points[frame[["x", "y"]].isna().any(axis=1).to_numpy()] = None
    return gpd.GeoDataFrame(frame.reset_index(drop=True), geometry=points, crs=crs)


def read_csv(path: Path, table: str) -> pd.DataFrame:
    """Read one of the CSV files with the types its schema declares; an empty cell is missing."""
    schema = declaration("schema")
    types = schema[schema["table"] == table].set_index("column")["type"].map(_DTYPES).to_dict()
    return pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8")


def read_table(path: Path, table: str, crs: str) -> pd.DataFrame:
    """Read one table of a study area: with geometry where the catalogue declares one."""
    declared = table_facts(table)
    file = path / declared["file"]
    if file.suffix == ".csv":
        frame = read_csv(file, table)
        return with_points(frame, crs) if declared["geometry"] == "xy" else frame
    return gpd.read_parquet(file) if declared["geometry"] else pd.read_parquet(file)


def write_table(frame: pd.DataFrame, path: Path, table: str) -> Path:
    """Write one table, the same bytes for the same content, and return the file."""
    file = path / file_of(table)
    if file.suffix == ".csv":
        plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
        plain.to_csv(file, index=False, encoding="utf-8", lineterminator="\n")
    else:
        frame.to_parquet(file, **_PARQUET)
    return file


def _toml_value(value: Any) -> str:
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def _toml_table(header: str, values: Mapping[str, Any]) -> str:
    lines = [f"{key} = {_toml_value(value)}" for key, value in values.items()]
    return "\n".join([f"[{header}]", *lines]) if header else "\n".join(lines)


def write_description(
    path: Path,
    head: Mapping[str, str],
    programme: Programme,
    level_names: Mapping[str, Mapping[str, str]],
    layers: tuple[Layer, ...],
) -> None:
    """Write ``area.toml``: ``head`` has id, name and crs."""
    parts = [_toml_table("", head), _toml_table("programme", asdict(programme))]
    parts += [_toml_table(f"levels.{level}", names) for level, names in level_names.items()]
    for layer in layers:
        values = asdict(layer)
        parts.append(_toml_table(f"layers.{values.pop('id')}", values))
    (path / AREA_FILE).write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")


def read_description(path: Path) -> dict[str, Any]:
    """Read ``area.toml``; raises ``OSError`` or ``tomllib.TOMLDecodeError``."""
    return tomllib.loads((path / AREA_FILE).read_text(encoding="utf-8"))


def layers_of(description: Mapping[str, Any]) -> tuple[Layer, ...]:
    """Return the layers that ``area.toml`` names."""
    known = {field.name for field in fields(Layer)}
    return tuple(
        Layer(id=name, **{key: value for key, value in values.items() if key in known})
        for name, values in description["layers"].items()
    )


def stamped(layer: Layer, path: Path, rows: int) -> Layer:
    """Return the layer with the number of rows and the digest of the file as written."""
    return replace(layer, rows=rows, sha256=sha256_of(path / layer.file))


def empty_table(table: str) -> pd.DataFrame:
    """Return a table without rows, with its declared columns and types."""
    schema = declaration("schema")
    declared = schema[schema["table"] == table]
    kinds = zip(declared["column"], declared["type"], strict=True)
    return pd.DataFrame({name: pd.Series(dtype=_DTYPES[kind]) for name, kind in kinds})


def seal_of(path: Path, digests: Mapping[str, str]) -> str:
    """Return the seal of a folder whose tables have passed all checks.

    It changes with any file, with the description, with what the checks are declared by and with the version
    of the program, so that a folder that still bears its seal need not be checked again.

    Parameters
    ----------
    digests
        SHA-256 of the required tables that are there, by table.
    """
    required = {name: digests[name] for name in sorted(digests) if table_facts(name)["required"] == "yes"}
    rules = files("planning.area").joinpath("catalogue")
    rule_digests = {
        name: hashlib.sha256(rules.joinpath(f"{name}.csv").read_bytes()).hexdigest() for name in _RULES
    }
    description = {AREA_FILE: sha256_of(path / AREA_FILE), "version": __version__}
    return digest_of(required | rule_digests | description)


def read_seal(path: Path) -> str:
    """Return the seal that a folder bears, empty if it bears none."""
    file = path / SEAL_FILE
    return file.read_text(encoding="ascii", errors="replace").strip() if file.is_file() else ""


def _set_seal(path: Path) -> None:
    tables = declaration("tables")
    there = [name for name in tables["table"] if (path / file_of(name)).is_file()]
    seal = seal_of(path, {name: sha256_of(path / file_of(name)) for name in there})
    (path / SEAL_FILE).write_text(seal + "\n", encoding="ascii", newline="\n")


def new_folder(target: Path) -> Path:
    """Return a new empty folder beside ``target``, in which it can be built unseen.

    Raises ``OutputError`` if that cannot be, or if something else is in the target's place.
    """
    if target.exists() and not (target / AREA_FILE).is_file() and (target.is_file() or any(target.iterdir())):
        raise OutputError("folder_taken", path=str(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        built = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        built.chmod(0o755)
    except OSError as error:
        raise _not_written(target, error) from error
    return built


def _not_written(target: Path, error: OSError) -> OutputError:
    return OutputError("area_not_written", path=str(target), reason=error.strerror or str(error))


def swap_in(built: Path, target: Path) -> None:
    """Seal a folder that has passed all checks and put it in the place of ``target``.

    Whatever happens, the old or the new one is there.

    Raises ``OutputError`` if the target cannot be replaced; the old one is then back in its place.
    """
    aside = target.parent / f"{built.name}-old"
    try:
        _set_seal(built)
        if target.exists():
            target.rename(aside)
        built.rename(target)
    except OSError as error:
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise _not_written(target, error) from error
    shutil.rmtree(aside, ignore_errors=True)
