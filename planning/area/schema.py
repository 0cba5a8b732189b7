"""Check a table against its declared schema; the declaration is ``catalogue/schema.csv``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planning.area.catalogues import declaration, groups
from planning.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_ROWS = 20
"""Rows named for one kind of fault in one column; further ones are counted."""


@cache
def columns_of(table: str) -> pd.DataFrame:
    """Return the declared columns of a table, by name; cells carry two columns for each group."""
    schema = declaration("schema")
    own = schema[schema["table"] == table]
    if table == "cells":
        names = [name for group in groups() for name in (group, f"{group}_base")]
        number = {"table": table, "type": "number", "nullable": "no", "unique": "no", "min": "0"}
        extra = pd.DataFrame([number | {"column": name} for name in names])
        own = pd.concat([own, extra]).fillna("")
    return own.set_index("column")


def allowed_values(allowed: str) -> list[str]:
    """Return the values a column may take; ``@`` before a name stands for that catalogue's ids."""
    if allowed.startswith("@"):
        catalogue = declaration(allowed[1:])
        return catalogue.iloc[:, 0].tolist()
    return allowed.split(";")


@cache
def _schema(table: str) -> Any:
    """Return the pandera schema of a table; the error of each check is the code of its fault."""
    import pandera.pandas as pa

    def column(declared: Any) -> Any:
        checks = []
        if declared["type"] == "number":
            checks.append(pa.Check(lambda values: ~np.isinf(values), error="value_not_finite"))
        if declared["min"]:
            checks.append(pa.Check.ge(float(declared["min"]), error="value_too_small"))
        if declared["max"]:
            checks.append(pa.Check.le(float(declared["max"]), error="value_too_large"))
        if declared["allowed"]:
            checks.append(pa.Check.isin(allowed_values(declared["allowed"]), error="value_not_allowed"))
        nullable, unique = declared["nullable"] == "yes", declared["unique"] == "yes"
        return pa.Column(None, checks, nullable=nullable, unique=unique)

    return pa.DataFrameSchema({name: column(row) for name, row in columns_of(table).iterrows()})


def typed(frame: pd.DataFrame, table: str) -> tuple[pd.DataFrame, list[tuple[int, str, str, Any]]]:
    """Return the frame with the declared types, and the cells that cannot have them.

    Columns that are not there stay away. A cell that is no number becomes NaN and is returned as
    ``(position, column, code, value)``.
    """
    changed: dict[str, pd.Series] = {}
    wrong: list[tuple[int, str, str, Any]] = []
    for name, declared in columns_of(table).iterrows():
        if name not in frame:
            continue
        values, kind = frame[name], declared["type"]
        if kind == "text" and values.dtype != "str":
            changed[str(name)] = values.astype("str")
        elif kind in {"number", "integer"} and not pd.api.types.is_numeric_dtype(values):
            numbers = pd.to_numeric(values, errors="coerce").astype("float64")
            bad = np.flatnonzero(numbers.isna() & values.notna())
            wrong += [(int(at), str(name), "value_not_a_number", values.iloc[at]) for at in bad]
            changed[str(name)] = numbers
        elif kind == "flag" and values.dtype != bool:
            wrong.append((-1, str(name), "column_not_flag", str(values.dtype)))
    return frame.assign(**changed) if changed else frame, wrong


def schema_faults(frame: pd.DataFrame, table: str, row_name: Callable[[int], int | str]) -> list[Fault]:
    """Return every fault of a table against its schema.

    Parameters
    ----------
    frame
        The table; its index is ignored.
    table
        Name of the table in the catalogue.
    row_name
        Gives for a position the row as a person finds it.
    """
    frame = pd.DataFrame(frame.reset_index(drop=True))
    missing = [str(name) for name in columns_of(table).index if name not in frame]
    if missing:
        return [Fault("column_missing", table, column=name) for name in missing]
    frame, wrong = typed(frame, table)
    known = {case[:2] for case in wrong}
    found = wrong + [case for case in _failures(frame, table) if case[:2] not in known]
    return _named(found, table, row_name)


def _failures(frame: pd.DataFrame, table: str) -> list[tuple[int, str, str, Any]]:
    from pandera.errors import SchemaErrors

    codes = {"not_nullable": "value_missing", "field_uniqueness": "value_duplicate"}
    try:
        _schema(table).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        rows = cases[["index", "column", "check", "failure_case"]].itertuples(index=False)
        return [
            (int(at), str(name), codes.get(str(check), str(check)), value) for at, name, check, value in rows
        ]
    return []


def _named(
    found: list[tuple[int, str, str, Any]], table: str, row_name: Callable[[int], int | str]
) -> list[Fault]:
    faults: list[Fault] = []
    counts: dict[tuple[str, str], int] = {}
    for at, column, code, value in sorted(found, key=lambda case: (case[1], case[2], case[0])):
        counts[column, code] = counts.get((column, code), 0) + 1
        if counts[column, code] <= MOST_ROWS:
            row = row_name(at) if at >= 0 else None
            faults.append(Fault(code, table, row, column, _params(table, column, value)))
    for (column, code), count in counts.items():
        if count > MOST_ROWS:
            rest = {"count": count - MOST_ROWS, "code": code}
            faults.append(Fault("more_rows", table, None, column, rest))
    return faults


def _params(table: str, column: str, value: Any) -> dict[str, Any]:
    declared = columns_of(table).loc[column]
    allowed = ", ".join(allowed_values(declared["allowed"])) if declared["allowed"] else ""
    return {"value": str(value)[:80], "min": declared["min"], "max": declared["max"], "allowed": allowed}
