"""The workbook of a week: real times and numbers, heads that stay, and nothing in it that runs."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from planning.export.rota_workbook import rota_xlsx
from planning.i18n import Translator
from planning.rota import Duty, GoalResult, Rota, Slot
from tests.unit.test_rota_calendar import HOSTILE, week

DE, EN = Translator("de"), Translator("en")
DATE = dt.date(2026, 11, 26)
GOALS = (
    GoalResult("languages", 5, 5, proven=True),
    GoalResult("travel", 300, 270, proven=False),
)


@pytest.fixture
def case():
    task, rota = week()
    away = replace(task.teams[0].members[0], days_off=(4, 2), languages=("Farsi",))
    first = replace(task.teams[0], members=(away, *task.teams[0].members[1:]))
    task.office_travel[1] = 45
    return replace(task, teams=(first, task.teams[1])), replace(rota, goals=GOALS)


def content_of(case, t=DE, **changed):
    given = {
        "area_name": "Dortmund",
        "date": DATE,
        "addresses": {"p0": "Oberbank 11"},
        "assumptions": ["Räume sind immer frei.", "=1+1"],
        "boroughs": {"b0": "Innenstadt-West"},
    }
    return rota_xlsx(*case, t, **(given | changed))


def opened(*args, **changed):
    return openpyxl.load_workbook(io.BytesIO(content_of(*args, **changed)))


def rows_of(sheet):
    head = [cell.value for cell in sheet[1]]
    return [dict(zip(head, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=2)]


def formats_of(sheet, heading):
    [found] = [cell.column for cell in sheet[1] if cell.value == heading]
    return {sheet.cell(row, found).number_format for row in range(2, sheet.max_row + 1)}


def test_sheets_have_a_head_that_stays(case):
    german, english = opened(case), opened(case, EN)
    assert german.sheetnames == [
        *("Wochenplan", "Nach Team", "Sprechstunden", "Stunden der Teams", "Ziele", "Annahmen"),
    ]
    assert english.sheetnames == [
        *("Timetable", "By team", "Consultations", "Hours of the teams", "Goals", "Assumptions"),
    ]
    for sheet in (*german, *english):
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.value for cell in sheet[1])
        assert len({cell.value for cell in sheet[1]}) == sheet.max_column
        assert all(8 < one.width < 51 for one in sheet.column_dimensions.values())
    assert german["Ziele"].oddHeader.left.text == "Wochenplan Dortmund · Stand 26.11.2026"
    assert english.properties.title == "Weekly plan for Dortmund"


def test_the_timetable_has_a_row_a_place_and_a_column_a_weekday(case):
    first, second, *_ = rows_of(opened(case)["Wochenplan"])
    assert list(first) == [
        "Ort",
        "Adresse",
        "Stadtbezirk",
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
    ]
    assert first["Montag"] == "14:00–16:00 Uhr\nNord (Personen 1, 3)"
    assert (first["Adresse"], first["Stadtbezirk"]) == ("Oberbank 11", "Innenstadt-West")
    assert second["Dienstag"] == "14:00–16:00 Uhr\nSüd (Personen 1, 3)"
    assert (second["Adresse"], second["Montag"]) == (None, None)


def test_rows_are_as_high_as_their_text(case):
    book = opened(case, assumptions=["Kurz.", "Ein Satz, der in eine Zeile nicht passt. " * 8, "lang " * 900])
    timetable, assumptions = book["Wochenplan"], book["Annahmen"]
    assert timetable.row_dimensions[2].height == 2 * 15
    width = assumptions.column_dimensions["B"].width
    assert assumptions.row_dimensions[3].height >= 15 * len(assumptions["B3"].value) / width
    assert assumptions.row_dimensions[4].height == 409  # no row of Excel is higher
    assert {cell.font.name for sheet in book for cell in sheet[1]} == {"Calibri"}


def test_each_member_has_a_row_with_the_day_in_order(case):
    task, rota = case
    early = Duty("p1", 1, Slot(0, 9 * 60), ("t0m0", "t0m1"))
    sheet = opened((task, replace(rota, duties=(*rota.duties, early))))["Nach Team"]
    rows = rows_of(sheet)
    assert [(row["Team"], row["Person"]) for row in rows[:3]] == [
        (task.teams[0].name, label) for label in "123"
    ]
    assert rows[0]["Montag"] == "09:00–11:00 Uhr\nOrt 1\n14:00–16:00 Uhr\nOrt 0"
    assert rows[1]["Montag"] == "09:00–11:00 Uhr\nOrt 1"
    assert rows[2]["Mittwoch"] == "14:00–16:00 Uhr\nOrt 2"
    assert sheet["C2"].alignment.wrap_text


def test_a_weekend_that_is_used_is_a_column(case):
    task, rota = case
    moved = replace(rota, duties=(replace(rota.duties[0], slot=Slot(5, 600)),))
    assert [cell.value for cell in opened((task, moved), EN)["By team"][1]][-2:] == ["Friday", "Saturday"]


def test_consultations_have_times_and_figures_that_count(case):
    sheet = opened(case)["Sprechstunden"]
    first, second, *_ = rows_of(sheet)
    assert (first["Wochentag"], first["von"], first["bis"]) == ("Montag", dt.time(14), dt.time(16))
    assert (first["Ort"], first["Stadtbezirk"], first["Team"], first["Personen"]) == (
        *("Ort 0", "Innenstadt-West", "Büro Nord", "1, 3"),
    )
    assert first["Gesprochene Sprachen"] == "Arabisch, Deutsch, Persisch (Farsi)"
    assert first["Fehlende Sprachen"] == "Tigrinya"
    assert [row["Weg vom Büro, einfach (min)"] for row in (first, second)] == [30, 45]
    assert formats_of(sheet, "von") == formats_of(sheet, "bis") == {"hh:mm"}
    assert sheet.max_row == 6


def test_every_quarter_of_an_hour_is_read_back(case):
    task, rota = case
    starts = range(0, 22 * 60, 15)
    duties = tuple(replace(rota.duties[0], visit=n, slot=Slot(0, start)) for n, start in enumerate(starts))
    rows = rows_of(opened((task, replace(rota, duties=duties)))["Sprechstunden"])
    assert [row["von"] for row in rows] == [dt.time(start // 60, start % 60) for start in starts]


def test_a_mixed_tandem_has_the_longer_way(case):
    task, rota = case
    task.office_travel[0] = (15, 60)
    mixed = replace(rota, duties=(replace(rota.duties[0], members=("t1m1", "t0m0")),))
    [row] = rows_of(opened((task, mixed))["Sprechstunden"])
    assert (row["Team"], row["Personen"], row["Weg vom Büro, einfach (min)"]) == (
        "Büro Nord; Büro Süd",
        "1; 2",
        60,
    )


def test_hours_are_numbers_that_add_up(case):
    sheet = opened(case)["Stunden der Teams"]
    rows = rows_of(sheet)
    assert [row["Sprechstunden"] for row in rows] == [3, 0, 3, 2, 0, 2]
    used, allowed, left = (
        [row[name] for row in rows]
        for name in ("Verplant, mit Wegen (h je Woche)", "Erlaubt (h je Woche)", "Übrig (h je Woche)")
    )
    # 120 min of consultation, 15 before and after, 30 or 45 each way
    assert used == pytest.approx([10.5, 0, 10.5, 4 * 2 - 0.5, 0, 7.5])
    assert allowed == [10] * 6
    assert left == pytest.approx([-0.5, 10, -0.5, 2.5, 10, 2.5])
    assert formats_of(sheet, "Übrig (h je Woche)") == {"#,##0.00"}
    assert rows[0]["Freie Tage"] == "Mittwoch, Freitag"


def test_goals_say_value_bound_and_proof(case):
    sheet = opened(case)["Ziele"]
    first, second = rows_of(sheet)
    assert [first[name] for name in ("Rang", "Wert (weniger ist besser)", "Bewiesen", "Lücke")] == [
        1,
        5,
        "ja",
        0,
    ]
    assert second["Schranke (besser geht es nicht)"] == 270
    assert (second["Bewiesen"], second["Lücke"]) == ("nein", pytest.approx(0.1))
    assert formats_of(sheet, "Lücke") == {"0.0%"}


def test_what_changes_has_a_sheet_if_there_was_a_plan_before(case):
    task, rota = case
    first, *others = rota.duties
    was = (replace(first, slot=Slot(4, 600), members=("t0m0", "t0m1")), *others)
    rows = rows_of(opened(case, before=(task, was))["Änderungen"])
    assert len(rows) == 1
    assert (rows[0]["Was"], rows[0]["Ort"]) in {
        (what, task.place_of(first).name) for what in ("anderer Termin", "anderer Termin, andere Personen")
    }
    assert rows[0]["Vorher"].startswith("Freitag 10:00")
    assert rows[0]["Nachher"] != rows[0]["Vorher"]
    [same] = rows_of(opened(case, EN, before=(task, rota.duties))["Changes"])
    assert same["What"] == EN("rota.page.no_changes")
    assert "Änderungen" not in opened(case).sheetnames


def test_assumptions_are_told_as_given(case):
    rows = rows_of(opened(case)["Annahmen"])
    assert [row["Annahme"] for row in rows] == ["Räume sind immer frei.", "'=1+1"]


def test_without_a_plan_there_are_heads_only(case):
    task, _ = case
    book = opened((task, Rota("infeasible")), assumptions=())
    assert [sheet.max_row for sheet in book] == [6, 7, 1, 7, 1, 1]


def test_hostile_names_cannot_run_or_break_the_file():
    names = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-x", *HOSTILE]
    task, rota = week(names, teams=names)
    labelled = tuple(
        replace(team, members=tuple(replace(one, label="=1+1") for one in team.members))
        for team in task.teams
    )
    given = dict(zip((place.id for place in task.places), names, strict=True))
    book = opened(
        (replace(task, teams=labelled), rota), addresses=given, boroughs={"b0": "=1"}, assumptions=names,
        area_name="A & B &C " + "&" * 300,
    )  # fmt: skip
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [
        cell.value for cell in cells if isinstance(cell.value, str) and cell.value[:1] in {*"=+-@\t\r"}
    ]
    assert book["Wochenplan"]["A2"].value == "'=cmd|' /C calc'!A0"
    assert all(len(sheet.oddHeader.left.text) <= 250 for sheet in book)


def test_same_input_gives_the_same_bytes(case):
    first = content_of(case)
    assert content_of(case) == first
    with zipfile.ZipFile(io.BytesIO(first)) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert book.read("docProps/core.xml").decode().count("2026-11-26T00:00:00Z") == 2
