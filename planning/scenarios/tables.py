"""What a person changed in the tables of a study area: found, and made again on the same or other data."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import geopandas as gpd
import numpy as np
import pandas as pd

from planning.area import check_candidates, check_sites
from planning.area.schema import MOST_ROWS, columns_of
from planning.errors import StudyAreaError
from planning.scenarios.snapshot import KEYS, TableEdits

if TYPE_CHECKING:
    from planning.area import StudyArea
    from planning.errors import Fault
    from planning.scenarios.snapshot import Cell, Kind


def table_of(area: StudyArea, kind: Kind) -> gpd.GeoDataFrame:
    """Return the area's table of that kind."""
    return area.sites if kind == "sites" else area.candidates


def edits_of(original: StudyArea, edited: StudyArea, kind: Kind) -> TableEdits:
    """Return what differs between a table and the one that comes with the area.

    Their order does not count.
    """
    before, after, key = table_of(original, kind), table_of(edited, kind), KEYS[kind]
    if before is after:
        return TableEdits()
    old, new = (pd.DataFrame(table.drop(columns="geometry")).set_index(key) for table in (before, after))
    gone = sorted(old.index.difference(new.index))
    added = new.index.difference(old.index)
    common = new.index.intersection(old.index)
    differs = np.zeros(len(common), dtype=bool)
    new = new[[name for name in columns_of(kind).index if name in new.columns]]
    for column in new.columns:
        was, now = old.loc[common, column], new.loc[common, column]
        differs |= ((was != now) & ~(was.isna() & now.isna())).fillna(value=True).to_numpy(dtype=bool)
    changed = new.loc[sorted([*added, *common[differs]])].reset_index()
    return TableEdits(tuple(_row(row) for row in changed.to_dict("records")), tuple(gone))


def _row(record: dict[object, object]) -> dict[str, Cell]:
    """Return the cells of a row that hold something."""
    return {
        str(name): value if isinstance(value, str) else float(cast("float", value))
        for name, value in record.items()
        if isinstance(value, str) or value == value  # noqa: PLR0124 - what is missing differs from itself
    }


def apply_edits(
    area: StudyArea, edits: TableEdits, kind: Kind, *, strict: bool
) -> tuple[gpd.GeoDataFrame, tuple[Fault, ...]]:
    """Make a person's changes in the table of an area.

    Parameters
    ----------
    area
        With its own tables.
    edits
        Changed rows take the place of those with the same identifier; new ones come last.
    strict
        Refuse rows that do not pass the checks of the table. Otherwise, as on other data than they were made
        on, they are left out.

    Returns
    -------
    tuple
        The checked table, and the faults of the rows that were left out.

    Raises
    ------
    StudyAreaError
        ``table_unusable``, where ``strict``.
    """
    table, key = table_of(area, kind), KEYS[kind]
    if not edits:
        return table, ()
    rows, faults = _checked(area, pd.DataFrame(list(edits.changed)), kind, strict=strict)
    table = table[~table[key].isin(edits.removed)]
    if rows is None:
        return table.reset_index(drop=True), faults
    place = {name: position for position, name in enumerate(table[key])}
    kept = table[~table[key].isin(rows[key])]
    merged = pd.concat([kept, rows.reindex(columns=table.columns)], ignore_index=True)
    order = merged[key].map(place).fillna(len(place)).sort_values(kind="stable").index
    return gpd.GeoDataFrame(merged.loc[order].reset_index(drop=True), crs=area.crs), faults


def _checked(
    area: StudyArea, rows: pd.DataFrame, kind: Kind, *, strict: bool
) -> tuple[gpd.GeoDataFrame | None, tuple[Fault, ...]]:
    """Return the rows that pass the checks of their table, and what is wrong with the others."""
    check = check_sites if kind == "sites" else check_candidates
    if rows.empty:
        return None, ()
    try:
        return check(rows, area, first_row=0), ()
    except StudyAreaError as error:
        if strict:
            raise
        if len(rows) > MOST_ROWS:  # not every fault has to be named: look at fewer rows at a time
            halves = (rows.iloc[: len(rows) // 2], rows.iloc[len(rows) // 2 :])
            found = [_checked(area, half.reset_index(drop=True), kind, strict=False) for half in halves]
            sound = [table for table, _ in found if table is not None]
            together = pd.concat(sound, ignore_index=True) if sound else None
            return together, (*found[0][1], *found[1][1])
        bad = {fault.row for fault in error.faults}
        if not all(isinstance(row, int) for row in bad):
            raise
        names = rows[KEYS[kind]]
        told = tuple(
            type(fault)(
                fault.code, fault.table, str(names.iloc[cast("int", fault.row)]), fault.column, fault.params
            )
            for fault in error.faults
        )
        left = rows.drop(index=[cast("int", row) for row in bad]).reset_index(drop=True)
        return _checked(area, left, kind, strict=True)[0], told
