"""Check a table against its declared schema; the declaration is ``catalogue/schema.csv``."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planning.area.catalogues import declaration, groups
from planning.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    WrongCell = tuple[int, str, str, Any]
    _Cells = list[tuple[int, str, Any]]

MOST_ROWS = 20
"""Rows named for one kind of fault in one column; further ones are counted."""
LARGEST_WHOLE = 2**53
"""Beyond this, a float no longer tells neighbouring whole numbers apart."""
_SHOWN = 80
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
_UNWANTED = re.compile(_CONTROL + r"|[\ud800-\udfff]")


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
        if declared["type"] in {"number", "integer"}:
            checks.append(pa.Check(lambda values: ~np.isinf(values), error="value_not_finite"))
        if declared["type"] == "text":
            checks.append(
                pa.Check(lambda values: ~values.str.contains(_CONTROL), error="control_character"),
            )
        if declared["min"]:
            checks.append(pa.Check.ge(float(declared["min"]), error="value_too_small"))
        if declared["max"]:
            checks.append(pa.Check.le(float(declared["max"]), error="value_too_large"))
        if declared["allowed"]:
            checks.append(pa.Check.isin(allowed_values(declared["allowed"]), error="value_not_allowed"))
        nullable, unique = declared["nullable"] == "yes", declared["unique"] == "yes"
        return pa.Column(None, checks, nullable=nullable, unique=unique)

    return pa.DataFrameSchema({name: column(row) for name, row in columns_of(table).iterrows()})


def has_control(text: str) -> bool:
    """Tell whether a text holds control characters other than tab and line break, or half a character."""
    return _UNWANTED.search(text) is not None


def shown(value: Any) -> str:
    """Return at most 80 characters of a value for a message, with what cannot be printed written out.

    Of a value that is not a single one, and of a whole number with thousands of digits, the type is told.
    """
    if not pd.api.types.is_scalar(value):
        return type(value).__name__
    try:
        text = str(value)[:_SHOWN]
    except ValueError:
        return type(value).__name__
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text)


def typed(frame: pd.DataFrame, table: str) -> tuple[pd.DataFrame, list[WrongCell]]:
    """Return the frame with the declared types, and the cells that cannot have them.

    Columns that are missing or there twice stay as they are. Numbers become text where text is declared, text
    and whole floats become numbers where those are declared. A cell that cannot be converted becomes missing
    and is returned; a column of the wrong kind as a whole has the position -1.
    """
    changed: dict[str, pd.Series] = {}
    wrong: list[WrongCell] = []
    single = set(frame.columns[~frame.columns.duplicated(keep=False)])
    for label, declared in columns_of(table).iterrows():
        name = str(label)
        if name in single:
            given = frame[name]
            values, cells = _CONVERSIONS[declared["type"]](given)
            wrong += [(at, name, code, value) for at, code, value in cells]
            if values is not given:
                changed[name] = values
    return frame.assign(**changed) if changed else frame, wrong


def _converted(
    values: pd.Series, convert: Callable[[Any], tuple[Any, str]], dtype: str
) -> tuple[pd.Series, _Cells]:
    """Convert cell by cell; ``convert`` gives the value and the code of what is wrong with it."""
    cells: list[Any] = []
    wrong = []
    for at, value in enumerate(values):
        if not pd.api.types.is_scalar(value) or isinstance(value, bytes):
            cell, code = np.nan, "value_not_scalar"
        else:
            cell, code = (np.nan, "") if pd.isna(value) else convert(value)
        cells.append(cell)
        if code:
            wrong.append((at, code, value))
    return pd.Series(cells, index=values.index, dtype=dtype), wrong


def _text_of(value: Any) -> tuple[Any, str]:
    try:
        text = str(value)
        text.encode()
    except UnicodeEncodeError:
        return np.nan, "control_character"
    except ValueError:  # whole numbers of thousands of digits have no text
        return np.nan, "value_not_scalar"
    return text, ""


def _number_of(value: Any) -> tuple[float, str]:
    if isinstance(value, str):
        value = value.strip()
        if not value:
            return np.nan, ""
        sound = "_" not in value
    else:
        sound = isinstance(value, Real | Decimal) and not isinstance(value, bool | np.bool_)
    try:
        number = float(value) if sound else np.nan
    except (ValueError, OverflowError):
        number = np.nan
    return number, "value_not_a_number" if np.isnan(number) else ""


def _as_text(values: pd.Series) -> tuple[pd.Series, _Cells]:
    return (values, []) if values.dtype == "str" else _converted(values, _text_of, "str")


def _as_number(values: pd.Series) -> tuple[pd.Series, _Cells]:
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf":
        return (values if values.dtype.kind == "f" else values.astype("float64")), []
    return _converted(values, _number_of, "float64")


def _as_integer(values: pd.Series) -> tuple[pd.Series, _Cells]:
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "i":
        return values, []
    numbers, wrong = _as_number(values)
    finite = np.isfinite(numbers.to_numpy())
    whole = finite & (numbers.round() == numbers).to_numpy() & (numbers.abs() <= LARGEST_WHOLE).to_numpy()
    wrong += [(int(at), "value_not_whole", numbers.iloc[at]) for at in np.flatnonzero(finite & ~whole)]
    return (numbers.astype("int64") if whole.all() else numbers), wrong


def _as_flag(values: pd.Series) -> tuple[pd.Series, _Cells]:
    if values.dtype == bool:
        return values, []
    if all(isinstance(value, bool | np.bool_) for value in values):
        return values.astype("bool"), []
    return values, [(-1, "column_not_flag", str(values.dtype))]


_CONVERSIONS = {"text": _as_text, "number": _as_number, "integer": _as_integer, "flag": _as_flag}


def schema_faults(
    frame: pd.DataFrame,
    table: str,
    row_name: Callable[[int], int | str],
    wrong: Sequence[WrongCell] = (),
) -> list[Fault]:
    """Return every fault of a table against its schema.

    Parameters
    ----------
    frame
        The table; its index is ignored.
    table
        Name of the table in the catalogue.
    row_name
        Gives for a position the row as a person finds it.
    wrong
        Cells that :func:`typed` has found already, if the frame comes from there.
    """
    frame = pd.DataFrame(frame.reset_index(drop=True))
    names = list(columns_of(table).index)
    twice = set(frame.columns[frame.columns.duplicated()])
    faults = [Fault("column_missing", table, column=str(name)) for name in names if name not in frame]
    faults += [Fault("column_duplicate", table, column=str(name)) for name in names if name in twice]
    if faults:
        return faults + _named(list(wrong), table, row_name)
    frame, more = typed(frame, table)
    found = [*wrong, *more]
    known = {case[:2] for case in found}
    found += [case for case in _failures(frame, table) if case[:2] not in known]
    return _named(found, table, row_name)


def _failures(frame: pd.DataFrame, table: str) -> list[WrongCell]:
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


def _named(found: list[WrongCell], table: str, row_name: Callable[[int], int | str]) -> list[Fault]:
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
    return {"value": shown(value), "min": declared["min"], "max": declared["max"], "allowed": allowed}
