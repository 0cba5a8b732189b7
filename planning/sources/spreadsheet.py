"""Sites and candidates as CSV or XLSX: read what a person uploads, write what a person downloads."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from planning.errors import Fault, UploadError
from planning.sources.addresses import AddressIndex, fold
from planning.sources.fields import (
    DEGREES,
    CellError,
    alike,
    armed,
    degree_fields,
    fields_of,
    format_number,
    headings,
    id_column,
    must_have,
    parse,
)
from planning.sources.grid import clean_text, read_grid, short_name
from planning.sources.position import Finder, locate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.i18n import Translator
    from planning.sources.fields import Field, Kind
    from planning.sources.grid import Row

Format = Literal["xlsx", "csv"]

_MAX_FAULTS = 500
_DECIMAL = {"de": ",", "en": "."}
_DELIMITER = {"de": ";", "en": ","}
_KEPT_ONLY = {"aliases", "address_quality", "street", "location_quality", "at_site", "merged"}
_WIDTH = {"name": 34, "address": 30, "note": 40, "source": 30, "kind": 22}


def read_table(
    data: bytes,
    filename: str,
    kind: Kind,
    t: Translator,
    *,
    addresses: pd.DataFrame | AddressIndex | None = None,
    districts: pd.DataFrame | None = None,
    crs: str = "EPSG:25832",
) -> pd.DataFrame:
    """Read an uploaded table of sites or candidates: all of it or, with every fault named, none of it.

    Headings may be German, English or code names. CSV may be UTF-8 (with or without mark), UTF-16 or
    Windows-1252, separated by semicolon, comma or tab, with decimal comma or point. Formulas are refused,
    never computed.

    Parameters
    ----------
    data, filename
        The file as it came; the suffix decides how it is read.
    kind
        Which table it is.
    t
        Names the table in faults.
    addresses
        Address table in which rows without coordinates are looked up.
    districts
        Districts of the area, to understand their names as well as their keys.
    crs
        Metric CRS of ``x`` and ``y``, to which latitude and longitude (WGS 84) are brought.

    Returns
    -------
    Columns of the study area's schema without geometry, text as ``str`` (missing is NaN), numbers as
    ``float64``. Rows without identifier get one made from their content. Districts from the place are left to
    :func:`planning.area.check_sites` and :func:`planning.area.check_candidates`.

    Raises
    ------
    UploadError
        Code of what is wrong with the file, or ``upload_faults`` with up to 500 faults by row and column.
    """
    rows = read_grid(data, filename)
    table = t(f"upload.table.{kind}")
    columns, faults = _header(rows[0], kind, table)
    index = addresses if isinstance(addresses, AddressIndex) or addresses is None else AddressIndex(addresses)
    records = []
    if not faults:
        place = Finder(index, crs)
        examples = _example_marks()
        for row in rows[1:]:
            if _is_example(row, columns, kind, examples):
                continue
            record, wrong = _record(row, columns, kind, table, districts)
            wrong += locate(record, row.number, columns, kind, table, place) if not wrong else []
            _identify(record, kind)
            records.append((row.number, record))
            faults += wrong
        faults += _duplicates(records, columns, kind, table)
    if faults:
        shown = tuple(faults[:_MAX_FAULTS])
        raise UploadError("upload_faults", faults=shown, name=short_name(filename), count=len(faults))
    if not records:
        raise UploadError("upload_no_rows", name=short_name(filename))
    return _frame([record for _, record in records], kind)


def _header(row: Row, kind: Kind, table: str) -> tuple[dict[int, tuple[str, str]], list[Fault]]:
    """Return column name and heading by position."""
    known = headings(kind)
    columns: dict[int, tuple[str, str]] = {}
    faults = []
    seen: set[str] = set()
    for at, cell in enumerate(row.cells):
        heading = cell[:60] if isinstance(cell, str) else ("" if cell is None else f"#{at + 1}")
        if not heading:
            continue
        name = known.get(fold(heading))
        if name is None:
            hint = alike(fold(heading), list(known))
            names = ", ".join(dict.fromkeys(known[word] for word in hint.split(", ") if word))
            code = "upload_unknown_column_hint" if names else "upload_unknown_column"
            faults.append(Fault(code, table, row.number, heading, {"hint": names} if names else {}))
        elif name in seen:
            faults.append(Fault("upload_double_column", table, row.number, heading))
        else:
            seen.add(name)
            columns[at] = (name, heading)
    missing = [name for name in must_have(kind) if name not in seen]
    located = {"x", "y"} <= seen or set(DEGREES) <= seen or "address" in seen
    faults += [Fault("upload_missing_column", table, row.number, name) for name in missing]
    faults += [] if located else [Fault("upload_missing_place", table, row.number)]
    return columns, faults


def _example_marks() -> set[str]:
    from planning.i18n import LANGUAGES, Translator

    return {fold(Translator(language)("upload.sheet.example")) for language in LANGUAGES}


def _is_example(row: Row, columns: Mapping[int, tuple[str, str]], kind: Kind, marks: set[str]) -> bool:
    cells = {name: row.cells[at] for at, (name, _) in columns.items() if at < len(row.cells)}
    mark = cells.get(id_column(kind))
    return isinstance(mark, str) and fold(mark) in marks


def _record(
    row: Row, columns: Mapping[int, tuple[str, str]], kind: Kind, table: str, districts: pd.DataFrame | None
) -> tuple[dict[str, Any], list[Fault]]:
    declared = fields_of(kind) | degree_fields()
    record: dict[str, Any] = {}
    faults = []
    for at, (name, heading) in columns.items():
        cell = row.cells[at] if at < len(row.cells) else None
        try:
            record[name] = _value(declared[name], cell, districts)
            if record[name] is None and declared[name].required:
                faults.append(Fault("upload_required_empty", table, row.number, heading))
        except CellError as error:
            faults.append(Fault(error.code, table, row.number, heading, error.params))
    for at, cell in enumerate(row.cells):
        if at not in columns and cell not in (None, ""):
            faults.append(Fault("upload_cell_without_column", table, row.number, f"#{at + 1}"))
    return record, faults


def _value(column: Field, cell: Any, districts: pd.DataFrame | None) -> str | float | None:
    value = parse(column, cell)
    if districts is None or column.name not in {"borough", "quarter"} or value is None:
        return value
    chosen = districts[districts["level"] == column.name]
    known = {fold(str(key)): str(key) for key in chosen["key"]}
    known |= {fold(str(name)): str(key) for name, key in zip(chosen["name"], chosen["key"], strict=True)}
    found = known.get(fold(str(value)))
    if found is None:
        raise CellError("upload_unknown_district", value=str(value)[:60])
    return found


def _identify(record: dict[str, Any], kind: Kind) -> None:
    if record.get(id_column(kind)) is None:
        told = "|".join(str(record.get(name)) for name in ("name", "kind", "address", "x", "y", "weekday"))
        record[id_column(kind)] = f"up_{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _duplicates(
    records: list[tuple[int, dict[str, Any]]], columns: Mapping[int, tuple[str, str]], kind: Kind, table: str
) -> list[Fault]:
    name = id_column(kind)
    heading = next((shown for column, shown in columns.values() if column == name), None)
    first: dict[str, int] = {}
    faults = []
    for number, record in records:
        key = str(record[name])
        if key in first:
            code = "upload_double_row" if key.startswith("up_") and heading is None else "upload_double_id"
            faults.append(Fault(code, table, number, heading, {"id": key[:60], "first": first[key]}))
        first.setdefault(key, number)
    return faults


def _frame(records: list[dict[str, Any]], kind: Kind) -> pd.DataFrame:
    declared = fields_of(kind)
    for record in records:
        record["status"] = record.get("status") or "open"
        if kind == "sites":
            record["location_quality"] = record.get("location_quality") or "exact"
    frame = pd.DataFrame.from_records(records).reindex(columns=list(declared))
    types = {name: "float64" if column.type == "number" else "str" for name, column in declared.items()}
    return frame.astype(types)


def write_table(frame: pd.DataFrame, kind: Kind, t: Translator, fmt: Format) -> bytes:
    """Write sites or candidates for download; :func:`read_table` reads the same table back.

    Headings and choices are in the language of ``t``. Text that a spreadsheet program would run as a formula
    gets a leading apostrophe, which reading takes away. CSV is UTF-8 with mark; in German with semicolon and
    decimal comma.
    """
    declared = fields_of(kind)
    columns = [name for name in declared if name in frame.columns]
    rows = [
        [_written(declared[name], value, t) for name, value in zip(columns, values, strict=True)]
        for values in frame[columns].itertuples(index=False, name=None)
    ]
    header = [declared[name].label(t) for name in columns]
    return _xlsx(header, rows, columns, kind, t) if fmt == "xlsx" else _csv(header, rows, t)


def write_template(kind: Kind, t: Translator, fmt: Format) -> bytes:
    """Write an empty table with headings and one example row, which reading skips.

    XLSX has a second sheet that explains each column and lists the allowed values.
    """
    declared = fields_of(kind)
    columns = [name for name in declared if not (kind == "candidates" and name in _KEPT_ONLY)]
    example = _example(kind, t)
    row = [_written(declared[name], example.get(name), t) for name in columns]
    header = [declared[name].label(t) for name in columns]
    return _xlsx(header, [row], columns, kind, t) if fmt == "xlsx" else _csv(header, [row], t)


def _example(kind: Kind, t: Translator) -> dict[str, Any]:
    told = {
        id_column(kind): t("upload.sheet.example"),
        "name": t(f"upload.example.{kind}_name"),
        "kind": "dependance" if kind == "sites" else "community_centre",
        "status": "open",
        **{name: t(f"upload.example.{name}") for name in ("address", "note")},
    }
    hours = {"weekday": t("upload.example.weekday"), "time_from": "14:00", "time_to": "16:00"}
    facts = {"step_free": "yes", "room_m2": 45.0, "kitchen": "no"}
    return told | (hours if kind == "sites" else facts)


def _written(column: Field, value: Any, t: Translator) -> str | float | None:
    if value is None or pd.isna(value):
        return None
    if column.type == "number":
        return float(value)
    if value in column.choices:
        return column.choice_label(value, t)
    return armed(clean_text(str(value))) or None


def _csv(header: list[str], rows: list[list[str | float | None]], t: Translator) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=_DELIMITER[t.language], lineterminator="\r\n")
    writer.writerow(header)
    decimal = _DECIMAL[t.language]
    for row in rows:
        plain = [format_number(cell, decimal) if isinstance(cell, float) else cell for cell in row]
        writer.writerow(["" if cell is None else cell for cell in plain])
    return stream.getvalue().encode("utf-8-sig")


def _xlsx(
    header: list[str], rows: list[list[str | float | None]], columns: list[str], kind: Kind, t: Translator
) -> bytes:
    from planning.sources.workbook import write_workbook

    return write_workbook(header, rows, columns, kind, t, widths=_WIDTH)
