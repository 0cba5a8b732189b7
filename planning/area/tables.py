"""Check tables that people edit or import: all faults of all rows together, nothing half taken over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planning.area.catalogues import declaration
from planning.area.geometry import outside_faults, xy_faults
from planning.area.locate import district_keys, outline
from planning.area.schema import columns_of, schema_faults, shown, typed
from planning.area.store import with_points
from planning.errors import Fault, StudyAreaError

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from planning.area.schema import WrongCell
    from planning.area.study_area import StudyArea

LONGEST_TEXT = 4000
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_SEPARATORS = re.compile(r"\s*[;,/+]\s*|\s+und\s+|\s+and\s+")


def check_sites(frame: pd.DataFrame, area: StudyArea, *, first_row: int = 1) -> gpd.GeoDataFrame:
    """Check a table of sites and return it complete: types, districts from the place, points.

    Columns that are missing count as empty; columns that are not declared are dropped. Blanks around a text
    are taken away; control characters other than tab and line break are a fault. A site without a place keeps
    the districts it names and has location quality ``unknown``.

    Parameters
    ----------
    frame
        Columns of the ``sites`` schema; ``site_id``, ``name``, ``kind`` and ``status`` are needed.
    area
        The study area it belongs to; a place may lie up to 300 m outside the city.
    first_row
        What the first row is called in faults (2 for a sheet with a heading).

    Raises
    ------
    StudyAreaError
        ``table_unusable`` with every fault: row, column and what to do.
    """
    table, wrong = _prepared(frame, "sites")
    located = table["x"].notna()
    quality = table["location_quality"].fillna("exact").where(located, "unknown")
    table = table.assign(location_quality=quality.mask(located & (quality == "unknown"), "near"))
    table = table.assign(weekday=table["weekday"].map(weekday_codes).astype("str"))
    return _checked(table, "sites", area, first_row, wrong, _hour_faults(table, first_row))


def check_candidates(frame: pd.DataFrame, area: StudyArea, *, first_row: int = 1) -> gpd.GeoDataFrame:
    """Check a table of candidate rooms and return it complete: types, districts from the place, points.

    As :func:`check_sites`; every room needs a place.
    """
    table, wrong = _prepared(frame, "candidates")
    return _checked(table, "candidates", area, first_row, wrong, [])


def weekday_codes(text: Any) -> Any:
    """Return weekdays as codes in the order of the week; text that is not understood stays as it is.

    >>> weekday_codes("Donnerstag und Di")
    'Di;Do'
    """
    if not isinstance(text, str) or not text.strip():
        return np.nan
    known = {alias: code for code, aliases in _weekdays().items() for alias in aliases}
    codes = [known.get(part.strip(". ").lower()) for part in _SEPARATORS.split(text.strip()) if part]
    if not codes or None in codes:
        return text
    return ";".join(code for code in _weekdays() if code in codes)


def _weekdays() -> dict[str, list[str]]:
    table = declaration("weekdays")
    return {code: aliases.split("|") for code, aliases in zip(table["code"], table["aliases"], strict=True)}


def _prepared(frame: pd.DataFrame, table: str) -> tuple[pd.DataFrame, list[WrongCell]]:
    """Return the declared columns with their types, and what cannot have them or is there twice.

    Texts are without blanks around them, status is open if not given. Of a column that is there twice, the
    first is looked at further.
    """
    declared = columns_of(table)
    labels = list(frame.columns)
    first = [labels.index(name) for name in declared.index if name in labels]
    twice = [str(name) for name in declared.index if labels.count(name) > 1]
    plain = pd.DataFrame(frame.iloc[:, first]).reset_index(drop=True)
    plain, wrong = typed(plain.reindex(columns=list(declared.index)), table)
    texts = [name for name, row in declared.iterrows() if row["type"] == "text"]
    stripped = {str(name): plain[name].str.strip().replace("", None) for name in texts}
    plain = plain.assign(**stripped)
    plain = plain.assign(status=plain["status"].fillna("open"))
    return plain, [*wrong, *((-1, name, "column_duplicate", name) for name in twice)]


def _checked(
    table: pd.DataFrame,
    name: str,
    area: StudyArea,
    first_row: int,
    wrong: list[WrongCell],
    faults: list[Fault],
) -> gpd.GeoDataFrame:
    """Return the table with its points, or raise with the faults given and all that are found besides."""

    def row(position: int) -> int:
        return position + first_row

    faults = faults + schema_faults(table, name, row, wrong)
    said = {fault.row for fault in faults if fault.column in {"x", "y"}}
    faults += _long_texts(table, name, row)
    faults += [fault for fault in xy_faults(table, name, row) if fault.row not in said]
    finite = table.assign(**{axis: table[axis].where(np.isfinite(table[axis])) for axis in ("x", "y")})
    located = with_points(finite, area.crs)
    city = outline(area.districts)
    faults += outside_faults(located.geometry.to_numpy(), city, name, row)
    faults += _stated_district_faults(table, name, area, row)
    if faults:
        ordered = sorted(faults, key=lambda fault: (not isinstance(fault.row, int), fault.row or 0))
        raise StudyAreaError("table_unusable", faults=tuple(ordered), table=name, count=len(faults))
    return _in_districts(located, area.districts)


def _in_districts(table: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Fill borough and quarter from the place, by the nearest district just outside the border."""
    located = table["x"].notna()
    quarters = districts[districts["level"] == "quarter"]
    keys = district_keys(districts, "quarter", table["x"], table["y"])
    beyond = located & keys.isna()
    if beyond.any():
        points = table.geometry[beyond.to_numpy()].to_numpy()
        _, nearest = quarters.sindex.nearest(points, return_all=False)
        keys = keys.astype("object")
        keys[beyond.to_numpy()] = quarters["key"].to_numpy()[nearest]
    parents = keys.map(quarters.set_index("key")["parent"])
    return table.assign(
        quarter=keys.where(located, table["quarter"]).astype("str"),
        borough=parents.where(located, table["borough"]).astype("str"),
    )


def _stated_district_faults(
    table: pd.DataFrame, name: str, area: StudyArea, row: Callable[[int], int]
) -> list[Fault]:
    """Return unknown districts of rows without a place; with a place, the place decides."""
    faults = []
    for level in ("borough", "quarter"):
        known = area.districts.loc[area.districts["level"] == level, "key"]
        wrong = table["x"].isna() & table[level].notna() & ~table[level].isin(known)
        values = [{"value": shown(table[level].iloc[at]), "level": level} for at in np.flatnonzero(wrong)]
        rows = [row(int(at)) for at in np.flatnonzero(wrong)]
        faults += [
            Fault("district_unknown", name, at, level, value) for at, value in zip(rows, values, strict=True)
        ]
    return faults


def _long_texts(table: pd.DataFrame, name: str, row: Callable[[int], int]) -> list[Fault]:
    faults = []
    for column, declared in columns_of(name).iterrows():
        if declared["type"] == "text":
            long = np.flatnonzero(table[column].str.len() > LONGEST_TEXT)
            limit = {"limit": LONGEST_TEXT}
            faults += [Fault("text_too_long", name, row(int(at)), str(column), limit) for at in long]
    return faults


def _hour_faults(table: pd.DataFrame, first_row: int) -> list[Fault]:
    faults = []
    codes = set(_weekdays())
    for at, text in enumerate(table["weekday"], first_row):
        if isinstance(text, str) and not set(text.split(";")) <= codes:
            faults.append(Fault("weekday_unknown", "sites", at, "weekday", {"value": shown(text)}))
    for column in ("time_from", "time_to"):
        for at, text in enumerate(table[column], first_row):
            if isinstance(text, str) and not _TIME.fullmatch(text):
                faults.append(Fault("time_unknown", "sites", at, column, {"value": shown(text)}))
    if not faults:
        backwards = np.flatnonzero((table["time_from"] >= table["time_to"]).fillna(value=False))
        faults += [Fault("time_backwards", "sites", int(at) + first_row, "time_to") for at in backwards]
    return faults
