"""Write the XLSX form of a table: the rows on one sheet, what the columns mean on another."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from planning.sources.fields import degree_fields, fields_of, must_have
from planning.sources.grid import MAX_ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from planning.i18n import Translator
    from planning.sources.fields import Field, Kind

_BOLD = Font(bold=True)
_HEAD = PatternFill("solid", fgColor="E6EEF2")
_WRAP = Alignment(wrap_text=True, vertical="top")
_LIST_CHARACTERS = 250


def write_workbook(
    header: list[str],
    rows: list[list[str | float | None]],
    columns: list[str],
    kind: Kind,
    t: Translator,
    *,
    widths: Mapping[str, int],
) -> bytes:
    """Write rows and their explanation; every text cell is stored as text, whatever it looks like."""
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = t(f"upload.table.{kind}")
    sheet.freeze_panes = "A2"
    _fill(sheet, 1, list(header))
    for at, row in enumerate(rows, start=2):
        _fill(sheet, at, row)
    declared = fields_of(kind)
    for at, name in enumerate(columns, start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = widths.get(name, 16)
        sheet[f"{letter}1"].font = _BOLD
        sheet[f"{letter}1"].fill = _HEAD
        _offer_choices(sheet, letter, declared[name], t)
    _explain(book.create_sheet(t("upload.sheet.explanation")), columns, kind, t)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Worksheet, row: int, values: Sequence[str | float | None]) -> None:
    for column, value in enumerate(values, start=1):
        if value is not None:
            cell = sheet.cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"


def _offer_choices(sheet: Worksheet, letter: str, column: Field, t: Translator) -> None:
    listed = ",".join(column.choice_label(choice, t) for choice in column.choices)
    if column.choices and len(listed) <= _LIST_CHARACTERS:
        choices = DataValidation(
            type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=False
        )
        choices.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
        sheet.add_data_validation(choices)


def _explain(sheet: Worksheet, columns: list[str], kind: Kind, t: Translator) -> None:
    declared = fields_of(kind) | degree_fields()
    lines = [[t(f"upload.sheet.{word}") for word in ("column", "meaning", "needed", "allowed")]]
    for name in [*columns, *degree_fields()]:
        needed = t("data.answer.yes") if name in must_have(kind) else ""
        allowed = ", ".join(declared[name].choice_label(choice, t) for choice in declared[name].choices)
        lines.append([declared[name].label(t), t(f"upload.describe.{name}"), needed, allowed])
    lines += [[], [t("upload.sheet.place_note")], [t("upload.sheet.example_note")]]
    for at, line in enumerate(lines, start=1):
        _fill(sheet, at, line)
        for column in range(1, len(line) + 1):
            cell = sheet.cell(at, column)
            cell.font = _BOLD if at == 1 else Font()
            cell.alignment = _WRAP if len(line) > 1 else Alignment()
    for letter, width in zip("ABCD", (24, 60, 10, 60), strict=True):
        sheet.column_dimensions[letter].width = width
