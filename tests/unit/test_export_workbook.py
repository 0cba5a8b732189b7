"""The workbook: real numbers, formats, a head that stays, and nothing in it that runs."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from planning.export.tables import printable
from planning.export.workbook import workbook_bytes
from planning.i18n import Translator
from tests.unit.test_export_gis import HOSTILE, findings_of, hostile, told

DE, EN = Translator("de"), Translator("en")


@pytest.fixture(scope="module")
def planned(tiny_area):
    return findings_of(tiny_area, 2)


def opened(findings, t=DE):
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(findings, t, told(findings, t))))


def column_of(sheet, heading):
    [found] = [cell.column for cell in sheet[1] if str(cell.value).startswith(heading)]
    return [sheet.cell(row, found) for row in range(2, sheet.max_row + 1)]


def test_sheets_have_a_head_that_stays(planned):
    german, english = opened(planned), opened(planned, EN)
    assert german.sheetnames == [
        *("Plan", "Kandidaten", "Kriterien", "Wirkung je Bezirk", "Szenario", "Quellen"),
    ]
    assert english.sheetnames == [
        *("Plan", "Candidates", "Criteria", "Effect by district", "Scenario", "Sources"),
    ]
    for sheet in german:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.value for cell in sheet[1])
        assert len({cell.value for cell in sheet[1]}) == sheet.max_column
        assert all(8 < one.width < 51 for one in sheet.column_dimensions.values())


def test_figures_are_numbers_with_formats(planned):
    book = opened(planned)
    scores = column_of(book["Kandidaten"], "Punktzahl (")
    expected = planned.evaluation.scores.total.sort_values(ascending=False)
    assert [cell.value for cell in scores] == pytest.approx(list(expected), abs=1e-5)
    assert {cell.number_format for cell in scores} == {"#,##0.0"}
    shares = column_of(book["Wirkung je Bezirk"], "Anteil des Bedarfs in Reichweite mit Plan")
    assert {cell.number_format for cell in shares} == {"0.0%"}
    assert all(0 <= cell.value <= 1 for cell in shares)
    weights = column_of(book["Kriterien"], "Anteil")
    assert sum(cell.value for cell in weights) == pytest.approx(1)


def test_rooms_stand_in_the_order_of_opening(planned):
    sheet = opened(planned)["Plan"]
    assert [cell.value for cell in column_of(sheet, "Kennung des Raums")] == list(planned.rooms)


def test_scenario_and_sources_say_how_it_came_about(planned):
    book = opened(planned)
    told_of = {row[0].value: row[1].value for row in book["Szenario"].iter_rows(min_row=2)}
    assert told_of["Gehzeit"] == 10
    assert told_of["Szenario"] == "Nord <b>zuerst</b>"
    assert told_of["Stand"] == "26.11.2026"
    assert "optimal" in told_of["Stand des Beweises"]
    assert {row[4].value for row in book["Quellen"].iter_rows(min_row=2)} == {"CC0-1.0"}


def test_without_a_plan_there_is_no_sheet_of_it(tiny_area):
    book = opened(findings_of(tiny_area, None))
    assert book.sheetnames == ["Kandidaten", "Kriterien", "Bezirke", "Szenario", "Quellen"]


def test_a_plan_without_rooms_has_a_head_only(tiny_area):
    sheet = opened(findings_of(tiny_area, 0))["Plan"]
    assert sheet.max_row == 1


def test_hostile_names_cannot_run_or_break_the_file(tiny_area):
    findings = findings_of(hostile(tiny_area), 2)
    book = opened(findings)
    names = {cell.value for cell in column_of(book["Kandidaten"], "Name")}
    assert names == {"'=cmd|' /C calc'!A0", *(printable(name) for name in HOSTILE[1:])}
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]
    long = next(cell for cell in column_of(book["Kandidaten"], "Name") if len(cell.value) == 300)
    assert long.alignment.wrap_text


def test_same_input_gives_the_same_bytes(planned):
    first = workbook_bytes(planned, DE, told(planned))
    assert workbook_bytes(planned, DE, told(planned)) == first
    with zipfile.ZipFile(io.BytesIO(first)) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = book.read("docProps/core.xml").decode()
    assert core.count("2026-11-26T00:00:00Z") == 2
