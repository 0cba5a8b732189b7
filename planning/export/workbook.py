"""A result as a workbook of Excel: what people sort, filter and calculate with."""

from __future__ import annotations

import datetime as dt
import io
import re
import textwrap
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from planning.export.columns import Column, column
from planning.export.frames import candidates_frame, districts_frame, plan_frame
from planning.export.layers import gain_unit
from planning.export.sheets_told import criteria_rows, scenario_rows, source_rows
from planning.export.tables import with_places
from planning.render.labels import printable
from planning.sources.fields import armed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

    from planning.export.about import About
    from planning.i18n import Translator
    from planning.render.findings import Findings

_NARROWEST, _WIDEST = 9, 48
_LONGEST = 32_767
_LONGEST_HEADING_LINE = 18
_HEAD = PatternFill("solid", fgColor="00587A")
_FONT = "Calibri"  # the font of all other cells
_HEAD_FONT = Font(name=_FONT, bold=True, color="FFFFFF")
_LINE = 15.0
"""Height of a line of text, in points."""
_HIGHEST = 409.0  # of a row, as Excel allows
_ENTRY_TIME = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_PERCENT = "0.0%"


def workbook_bytes(findings: Findings, t: Translator, about: About) -> bytes:
    """Return a workbook: plan, candidates, criteria, effect by district, scenario and sources.

    Each sheet has its head in row 1, frozen and with a filter. Figures are numbers, shares are formatted as
    percent, and text that a spreadsheet would run is armed (:func:`planning.sources.fields.armed`). Without a
    plan the sheet of the plan is left out. The same input gives the same bytes.
    """
    book = Workbook()
    for sheet in book.worksheets:  # the empty one it begins with
        book.remove(sheet)
    unit = gain_unit(findings)
    if findings.plan is not None:
        _frame_sheet(book, t, "plan", with_places(plan_frame(findings, t)), unit)
    _frame_sheet(book, t, "candidates", with_places(candidates_frame(findings, t)), unit)
    table_sheet(book, t("layers.sheet.criteria"), *criteria_rows(findings, t))
    districts = districts_frame(findings.area, findings.evaluation, t, findings)
    name = "districts" if findings.plan is None else "effect"
    _frame_sheet(book, t, name, pd.DataFrame(districts.drop(columns="geometry")), unit)
    table_sheet(book, t("layers.sheet.scenario"), *scenario_rows(findings, t, about))
    table_sheet(book, t("layers.sheet.sources"), *source_rows(t, about))
    return book_bytes(book, t, findings.date, title=printable(about.title), subject=printable(about.subtitle))


def book_bytes(book: Workbook, t: Translator, date: dt.date, *, title: str, subject: str = "") -> bytes:
    """Return a workbook with its properties, made at the beginning of a day; the same bytes each time."""
    moment = dt.datetime.combine(date, dt.time())
    book.properties.title = title
    book.properties.subject = subject or None
    book.properties.creator = "dependance-planner"
    book.properties.language = t.language
    book.properties.created = moment
    stream = io.BytesIO()
    book.save(stream)
    return _steady(stream.getvalue(), moment)


def _steady(content: bytes, moment: dt.datetime) -> bytes:
    """Return a workbook without the time at which it was written."""
    stream = io.BytesIO()
    told = f"{moment.isoformat()}Z".encode()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as book,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as steady,
    ):
        for name in book.namelist():
            part = book.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + told + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, _ENTRY_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            steady.writestr(entry, part)
    return stream.getvalue()


def _frame_sheet(book: Workbook, t: Translator, name: str, frame: pd.DataFrame, unit: str) -> None:
    columns = [column(t, str(one), gain_unit=unit) for one in frame.columns]
    headings = [one.title if one.is_share else one.heading for one in columns]
    formats = [_format(one) for one in columns]
    table_sheet(
        book, t(f"layers.sheet.{name}"), headings, list(frame.itertuples(index=False, name=None)), formats
    )


def _format(one: Column) -> str:
    if one.is_share:
        return _PERCENT
    if one.digits is None:
        return "General"
    grouped = "0" if one.digits > 2 else "#,##0"  # noqa: PLR2004 - coordinates have no groups
    return f"{grouped}.{'0' * one.digits}" if one.digits else grouped


def table_sheet(
    book: Workbook,
    title: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[Any]],
    formats: Sequence[str] | Sequence[Sequence[str]] = (),
) -> None:
    """Add a sheet; ``formats`` are those of the columns, or of the cells row by row."""
    sheet = book.create_sheet(title)
    for number, heading in enumerate(headings, start=1):
        cell = sheet.cell(1, number, heading)
        cell.font, cell.fill = _HEAD_FONT, _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    widths = [_heading_width(heading) for heading in headings]
    for row, values in enumerate(rows, start=2):
        by_row = bool(formats) and not isinstance(formats[0], str)
        ours = formats[row - 2] if by_row else formats
        for place, value in enumerate(values):
            number_format = ours[place] if ours else "General"
            written = _put(sheet.cell(row, place + 1), value, str(number_format))
            widths[place] = max(widths[place], written)
    widths = [min(max(width + 2, _NARROWEST), _WIDEST) for width in widths]
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for cells in sheet.iter_rows():
        lines = max((_lines(cell, width) for cell, width in zip(cells, widths, strict=True)), default=1)
        if lines > 1:  # not every program finds the height of broken lines by itself
            sheet.row_dimensions[cells[0].row].height = min(lines * _LINE, _HIGHEST)
    _finish(sheet, len(headings))


def _lines(cell: Cell | MergedCell, width: int) -> int:
    """Return how many lines a cell takes in a column so many characters wide."""
    if cell.data_type != "s" or not cell.alignment.wrap_text:
        return 1
    return sum(len(textwrap.wrap(line, width - 1)) or 1 for line in str(cell.value).split("\n"))


def _heading_width(heading: str) -> int:
    """Return how wide a heading is once its lines are broken between words."""
    longest = max((len(word) for word in heading.split()), default=0)
    return max(longest, min(len(heading), _LONGEST_HEADING_LINE))


def _put(cell: Cell, value: Any, number_format: str) -> int:
    """Write one value as number, answer or text; return how many characters it takes."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and not np.isfinite(value)):
        return 0
    if isinstance(value, str):
        text = armed(printable(value))[:_LONGEST]
        cell.value, cell.data_type = text, "s"
        cell.alignment = Alignment(wrap_text=len(text) > _WIDEST or "\n" in text, vertical="top")
        return max(len(line) for line in text.split("\n"))
    cell.value, cell.number_format = value, number_format
    cell.alignment = Alignment(vertical="top")
    return len(f"{value:,.1f}") if isinstance(value, float) else len(str(value))


def _finish(sheet: Worksheet, columns: int) -> None:
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(columns)}{sheet.max_row}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
