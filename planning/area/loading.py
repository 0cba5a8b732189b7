"""Load and save study areas."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planning.area.checking import HARMLESS, read_checked
from planning.area.store import (
    digest_of,
    empty_table,
    file_of,
    layers_of,
    new_folder,
    read_table,
    stamped,
    swap_in,
    write_description,
    write_table,
)  # fmt: skip
from planning.area.study_area import Programme, StudyArea
from planning.errors import StudyAreaError

if TYPE_CHECKING:
    import pandas as pd

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
    reading = read_checked(folder, BESIDE, thorough=False)
    fatal = tuple(fault for fault in reading.faults if fault.code not in HARMLESS)
    if fatal:
        raise StudyAreaError("area_unusable", faults=fatal, path=str(folder))
    description = reading.description
    programme = {name: description["programme"].get(name, default) for name, default in _NO_PROGRAMME.items()}
    return StudyArea(
        id=str(description["id"]),
        name=str(description["name"]),
        crs=str(description["crs"]),
        path=folder,
        digest=digest_of({file_of(name): digest for name, digest in reading.digests.items()}),
        programme=Programme(**programme),
        layers=layers_of(description),
        level_names=description["levels"],
        **reading.tables,
    )


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
    return read_table(folder, table, "")


def save_area(area: StudyArea, path: Path | str) -> StudyArea:
    """Write a study area to a folder, replacing it as a whole, and return it as loaded from there.

    Raises
    ------
    OutputError
        The folder cannot be written, or something else than a study area is in its place.
    """
    target = Path(path)
    built = new_folder(target)
    try:
        layers = []
        for layer in area.layers:
            if layer.id in BESIDE:
                shutil.copyfile(area.path / layer.file, built / layer.file)
                layers.append(layer)
                continue
            frame = getattr(area, layer.id)
            write_table(frame, built, layer.id)
            layers.append(stamped(layer, built, len(frame)))
        head = {"id": area.id, "name": area.name, "crs": area.crs}
        write_description(built, head, area.programme, area.level_names, tuple(layers))
        load_area(built)
        swap_in(built, target)
    finally:
        shutil.rmtree(built, ignore_errors=True)
    return load_area(target)
