"""Load and save study areas."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from planning.area.catalogues import declaration
from planning.area.checking import HARMLESS, read_alone, read_checked
from planning.area.schema import shown
from planning.area.store import (
    AREA_FILE,
    digest_of,
    empty_table,
    file_of,
    layers_of,
    new_folder,
    stamped,
    swap_in,
    write_description,
    write_table,
)  # fmt: skip
from planning.area.study_area import Programme, StudyArea
from planning.errors import Fault, StudyAreaError

if TYPE_CHECKING:
    import pandas as pd

    from planning.area.checking import Reading
    from planning.area.study_area import Layer

BESIDE = ("addresses", "unlocated")
"""Tables of the folder that are not part of :class:`StudyArea`: they are read when asked for."""


def bundled_path() -> Path:
    """Return the folder of the study area that comes with the program."""
    return Path(__file__).resolve().parents[2] / "data" / "dortmund"


def load_area(path: Path | str | None = None) -> StudyArea:
    """Load a study area and check its tables.

    Parameters
    ----------
    path
        Folder of the area; None for the bundled one.

    Raises
    ------
    StudyAreaError
        There is none, or it is not usable: ``faults`` names everything that keeps it from being used.
        What does no harm (a changed file, a point outside the city) is told by
        :func:`planning.area.check_area`.
    """
    folder = bundled_path() if path is None else Path(path)
    reading = _usable(read_checked(folder, BESIDE, thorough=False), folder)
    description = reading.description
    programme = {name: description["programme"].get(name, default) for name, default in _NO_PROGRAMME.items()}
    return StudyArea(
        id=str(description["id"]),
        name=str(description["name"]),
        crs=str(description["crs"]),
        path=folder,
        digest=digest_of({file_of(name): reading.digests[name] for name in reading.tables}),
        programme=Programme(**programme),
        layers=layers_of(description),
        level_names=description["levels"],
        digests={name: reading.digests[name] for name in reading.tables},
        **reading.tables,
    )


def _usable(reading: Reading, folder: Path) -> Reading:
    """Return the reading; raises ``StudyAreaError`` with all that keeps the area from being used."""
    fatal = tuple(fault for fault in reading.faults if fault.code not in HARMLESS)
    if fatal:
        raise StudyAreaError("area_unusable", faults=fatal, path=str(folder))
    return reading


_NO_PROGRAMME: dict[str, Any] = {"planned": 0, "opened": 0, "source": ""}


def load_addresses(area: StudyArea | Path | str | None = None) -> pd.DataFrame:
    """Return the address table of an area, empty if it has none.

    Columns street, housenumber, street_norm, hn_norm (search forms), borough, quarter (keys), x, y (m) and
    ambiguous (the street is a guess).
    """
    return _beside(area, "addresses")


def load_unlocated(area: StudyArea | Path | str | None = None) -> pd.DataFrame:
    """Return the rooms that facts name but no source places on the map, empty if there are none."""
    return _beside(area, "unlocated")


def _beside(area: StudyArea | Path | str | None, table: str) -> pd.DataFrame:
    folder = area.path if isinstance(area, StudyArea) else bundled_path() if area is None else Path(area)
    if not (folder / file_of(table)).is_file():
        return empty_table(table)
    return cast("pd.DataFrame", read_alone(folder, table))


def save_area(area: StudyArea, path: Path | str) -> StudyArea:
    """Write a study area to a folder, replacing it as a whole, and return it as loaded from there.

    Raises
    ------
    OutputError
        The folder cannot be written, or something else than a study area is in its place.
    StudyAreaError
        A table does not pass its checks, or a layer is of no known table; the folder stays as it was.
    """
    target = Path(path)
    built = new_folder(target)
    try:
        layers = tuple(_written(area, layer, built) for layer in area.layers)
        head = {"id": area.id, "name": area.name, "crs": area.crs}
        write_description(built, head, area.programme, area.level_names, layers)
        _usable(read_checked(built), built)
        swap_in(built, target)
    finally:
        shutil.rmtree(built, ignore_errors=True)
    return load_area(target)


def _written(area: StudyArea, layer: Layer, folder: Path) -> Layer:
    """Write the table of a layer under its declared name, and return the layer as it then is."""
    if layer.id not in set(declaration("tables")["table"]):
        known = {"known": ", ".join(declaration("tables")["table"])}
        faults = (Fault("layer_unknown", AREA_FILE, None, shown(layer.id), known),)
        raise StudyAreaError("area_unusable", faults=faults, path=str(area.path))
    if layer.id not in BESIDE:
        frame = getattr(area, layer.id)
        write_table(frame, folder, layer.id)
        return stamped(layer, folder, len(frame))
    file = file_of(layer.id)
    if not (area.path / file).is_file():
        raise StudyAreaError("area_unusable", faults=(Fault("file_missing", file),), path=str(area.path))
    shutil.copyfile(area.path / file, folder / file)
    return stamped(layer, folder, layer.rows)
