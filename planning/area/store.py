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
from planning.area.schema import typed
from planning.area.study_area import Layer, Programme
from planning.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.area.schema import WrongCell

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


def _read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV file as text with its headings as they stand, even twice; an empty cell is missing."""
    cells = pd.read_csv(
        path, header=None, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8-sig"
    )
    return cells.iloc[1:].set_axis(cells.iloc[0].fillna("").tolist(), axis=1).reset_index(drop=True)


def _read_parquet(path: Path, *, with_geometry: bool) -> pd.DataFrame:
    if not with_geometry:
        return pd.read_parquet(path).reset_index(drop=True)
    frame = gpd.read_parquet(path).reset_index(drop=True)
    named: pd.DataFrame = frame if frame.geometry.name == "geometry" else frame.rename_geometry("geometry")
    return named


def read_typed(path: Path, table: str, crs: str) -> tuple[pd.DataFrame, list[WrongCell]]:
    """Read one table of a study area, and tell the cells that are not of the declared type.

    The table has a geometry where the catalogue declares one, and rows numbered from 0. Raises whatever the
    library of the file's format does if the file is damaged.
    """
    declared = table_facts(table)
    file = path / declared["file"]
    if file.suffix != ".csv":
        return typed(_read_parquet(file, with_geometry=bool(declared["geometry"])), table)
    frame, wrong = typed(_read_csv(file), table)
    axes = sorted(name for name in frame.columns if name in {"x", "y"})
    located = declared["geometry"] == "xy" and axes == ["x", "y"]
    return (with_points(frame, crs) if located else frame), wrong


def write_table(frame: pd.DataFrame, path: Path, table: str) -> Path:
    """Write one table with its declared types, the same bytes for the same content, and return the file.

    A table with cells that cannot have their type is written as it is, for the checks to find them.
    """
    file = path / file_of(table)
    declared, wrong = typed(frame, table)
    frame = frame if wrong else declared
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
    """Read ``area.toml``; raises ``OSError``, ``RecursionError`` or ``ValueError`` if it cannot be read."""
    return tomllib.loads((path / AREA_FILE).read_text(encoding="utf-8"))


def layers_of(description: Mapping[str, Any]) -> tuple[Layer, ...]:
    """Return the layers that ``area.toml`` names."""
    known = {field.name for field in fields(Layer)}
    return tuple(
        Layer(id=name, **{key: value for key, value in values.items() if key in known})
        for name, values in description["layers"].items()
    )


def stamped(layer: Layer, path: Path, rows: int) -> Layer:
    """Return the layer with the declared file, the number of rows and the digest of the file as written."""
    file = file_of(layer.id)
    return replace(layer, file=file, rows=rows, sha256=sha256_of(path / file))


def empty_table(table: str) -> pd.DataFrame:
    """Return a table without rows, with its declared columns and types."""
    schema = declaration("schema")
    declared = schema[schema["table"] == table]
    kinds = zip(declared["column"], declared["type"], strict=True)
    return pd.DataFrame({name: pd.Series(dtype=_DTYPES[kind]) for name, kind in kinds})


def seal_of(path: Path, digests: Mapping[str, str]) -> str:
    """Return the seal of a folder whose tables have passed all checks.

    It changes with any file, with the description, with the catalogues and the code of the checks and with
    the version of the program, so that a folder that still bears its seal need not be checked again.

    Parameters
    ----------
    digests
        SHA-256 of all tables that are there, by table.
    """
    package = files("planning.area")
    rules = [package.joinpath("catalogue", f"{name}.csv") for name in _RULES]
    rules += [file for file in package.iterdir() if file.name.endswith(".py")]
    rule_digests = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in rules}
    description = {AREA_FILE: sha256_of(path / AREA_FILE), "version": __version__}
    return digest_of(dict(digests) | rule_digests | description)


def table_digests(path: Path) -> dict[str, str]:
    """Return the SHA-256 of each table that lies in a folder."""
    there = [name for name in declaration("tables")["table"] if (path / file_of(name)).is_file()]
    return {name: sha256_of(path / file_of(name)) for name in there}


def read_seal(path: Path) -> str:
    """Return the seal that a folder bears, empty if it bears none."""
    file = path / SEAL_FILE
    return file.read_text(encoding="ascii", errors="replace").strip() if file.is_file() else ""


def is_sealed(path: Path, digests: Mapping[str, str]) -> bool:
    """Tell whether the folder bears the seal that its content and today's checks call for."""
    seal = read_seal(path)
    return bool(seal) and seal == seal_of(path, digests)


def write_seal(path: Path, digests: Mapping[str, str]) -> None:
    """Mark a folder as having passed all checks with these tables.

    Raises ``OutputError`` if the seal cannot be written.
    """
    try:
        (path / SEAL_FILE).write_text(seal_of(path, digests) + "\n", encoding="ascii", newline="\n")
    except OSError as error:
        raise _not_written(path, error) from error


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
        write_seal(built, table_digests(built))
        if target.exists():
            target.rename(aside)
        built.rename(target)
    except OSError as error:
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise _not_written(target, error) from error
    shutil.rmtree(aside, ignore_errors=True)
