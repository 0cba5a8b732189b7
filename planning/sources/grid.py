"""Turn an uploaded CSV or XLSX file into rows of plain cells, without trusting a byte of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from planning.errors import UploadError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 200
MAX_ENTRIES = 500
MAX_ROWS = 5_000
MAX_COLUMNS = 60
MAX_TEXT = 4_000

_RATIO_FREE_BYTES = 1024 * 1024
_CHUNK = 1 << 16
_LAST_ROW = 1 << 20
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_DOCUMENT_TYPE = (b"<!DOCTYPE", b"<!ENTITY")
_MACROS = ("vbaproject", "macrosheets", "activex", "embeddings")
_DELIMITERS = ";,\t"


@dataclass(frozen=True)
class BadCell:
    """A cell whose content is not taken over; ``code`` says why."""

    code: str


Cell = str | float | BadCell | None


@dataclass(frozen=True)
class Row:
    """One row that holds something; ``number`` as a spreadsheet program shows it."""

    number: int
    cells: tuple[Cell, ...]


def clean_text(text: str) -> str:
    """Return the text without control characters, lone surrogates and outer blanks, with Unix line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (character for character in lines if character in "\n\t" or not _unprintable(character))
    return "".join(kept).strip()


def _unprintable(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} or ord(character) & 0xFFFE == 0xFFFE  # noqa: PLR2004


def short_name(filename: str) -> str:
    """Return a file's name as it may be shown: no folders, no control characters, at most 80 characters."""
    return clean_text(PurePosixPath(filename.replace("\\", "/")).name)[:80]


def read_grid(data: bytes, filename: str) -> list[Row]:
    """Read all rows that hold something.

    Raises ``UploadError``: too large, wrong type, damaged, packed beyond reason, more rows or columns than
    any list of rooms has. The size is looked at before anything else.
    """
    name = short_name(filename)
    if len(data) > MAX_BYTES:
        raise UploadError(
            "upload_too_large", name=name, limit_mb=MAX_BYTES // 2**20, mb=-(-len(data) // 2**20)
        )
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise UploadError("upload_empty", name=name)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in {".xlsm", ".xltm", ".xlsb", ".xlam"}:
        raise UploadError("upload_macros", name=name)
    if suffix == ".xlsx":
        rows = _xlsx_rows(data, name)
    elif suffix in {".csv", ".txt", ".tsv"}:
        rows = _csv_rows(data, name)
    else:
        raise UploadError("upload_suffix", name=name)
    return _bounded(rows, name)


def _bounded(rows: Iterator[Row], name: str) -> list[Row]:
    kept: list[Row] = []
    for row in rows:
        if not any(cell not in (None, "") for cell in row.cells):
            continue
        cells = row.cells
        while cells and cells[-1] in (None, ""):
            cells = cells[:-1]
        if len(cells) > MAX_COLUMNS:
            raise UploadError("upload_too_many_columns", name=name, limit=MAX_COLUMNS)
        kept.append(Row(row.number, cells))
        if len(kept) > MAX_ROWS + 1:
            raise UploadError("upload_too_many_rows", name=name, limit=MAX_ROWS)
    if not kept:
        raise UploadError("upload_empty", name=name)
    return kept


def _decoded(data: bytes, name: str) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not marked and _CONTROLS.search(data):
        raise UploadError("upload_not_a_table", name=name)
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if marked and _CONTROLS.search(text.encode("ascii", "ignore")):
            raise UploadError("upload_not_a_table", name=name)
        return text
    raise UploadError("upload_encoding", name=name)


def _csv_rows(data: bytes, name: str) -> Iterator[Row]:
    text = _decoded(data, name)
    offset = 0
    declared = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if declared:
        text, offset = text[declared.end() :], 1
    head = next((line for line in text.splitlines() if line.strip()), "")
    counts = {mark: re.sub(r'"[^"]*"', "", head).count(mark) for mark in _DELIMITERS}
    delimiter = declared[1] if declared else max(_DELIMITERS, key=counts.__getitem__)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1 + offset
    try:
        for cells in reader:
            yield Row(number, tuple(clean_text(cell) for cell in cells))
            number = reader.line_num + 1 + offset
    except (csv.Error, ValueError, TypeError) as error:
        raise UploadError("upload_broken_csv", name=name, row=number) from error


def _xlsx_rows(data: bytes, name: str) -> Iterator[Row]:
    _check_package(data, name)
    import openpyxl

    try:
        # Values that formulas once had are not asked for, so that a formula is seen as one and refused.
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        # A row number beyond what the format allows would be reached one empty row at a time.
        for at, cells in enumerate(sheet.iter_rows(), start=1):
            _check_row_number(at, name)
            yield Row(at, tuple(_xlsx_cell(cell) for cell in cells))
        book.close()
    except UploadError:
        raise
    # A damaged workbook makes openpyxl raise nearly anything.
    except Exception as error:
        raise UploadError("upload_broken_xlsx", name=name) from error


def _check_row_number(number: int, name: str) -> None:
    if number > _LAST_ROW:
        raise UploadError("upload_broken_xlsx", name=name)


def _check_package(data: bytes, name: str) -> None:
    """Refuse archives that unpack to too much, and those with macros, embedded objects or document types."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            names = [entry.filename.lower() for entry in entries]
            total = sum(entry.file_size for entry in entries)
            packed = sum(entry.compress_size for entry in entries)
            too_dense = total > _RATIO_FREE_BYTES and total > MAX_RATIO * max(packed, 1)
            if (
                len(entries) > MAX_ENTRIES
                or len(set(names)) < len(names)
                or total > MAX_UNPACKED
                or too_dense
            ):
                raise UploadError("upload_bomb", name=name)
            if any(mark in entry for entry in names for mark in _MACROS):
                raise UploadError("upload_macros", name=name)
            if "[content_types].xml" not in names:
                raise UploadError("upload_broken_xlsx", name=name)
            _unpack_once(package, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        if isinstance(error, UploadError):
            raise
        raise UploadError("upload_broken_xlsx", name=name) from error


def _unpack_once(package: zipfile.ZipFile, name: str) -> None:
    """Inflate everything within the budget: the sizes that an archive states about itself may be wrong."""
    budget = MAX_UNPACKED
    for entry in package.infolist():
        before = b""
        with package.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                budget -= len(chunk)
                if budget < 0:
                    raise UploadError("upload_bomb", name=name)
                window = (before + chunk).replace(b"\0", b"").upper()
                if entry.filename.lower().endswith((".xml", ".rels")) and any(
                    m in window for m in _DOCUMENT_TYPE
                ):
                    raise UploadError("upload_bomb", name=name)
                before = chunk[-32:]


def _xlsx_cell(cell: Any) -> Cell:
    value, kind = cell.value, getattr(cell, "data_type", "n")
    if value is None:
        return None
    if kind in {"f", "e"}:
        return BadCell("upload_formula" if kind == "f" else "upload_error_cell")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return clean_text(value)
    return _number(value) if isinstance(value, int | float) else _moment(value)


def _number(value: float) -> Cell:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _moment(value: Any) -> Cell:
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return BadCell("upload_formula")
