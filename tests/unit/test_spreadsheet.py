"""Uploads and downloads of sites and candidates: round trip, clear faults, hostile files."""

from __future__ import annotations

import datetime as dt
import io
import random
import struct
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planning.area import check_candidates, check_sites
from planning.errors import UploadError
from planning.i18n import LANGUAGES, Translator, catalogue_keys, explain
from planning.sources import fields, grid
from planning.sources.fields import KINDS, fields_of, format_number, headings
from planning.sources.grid import clean_text
from planning.sources.spreadsheet import read_table, write_table, write_template

from .test_addresses import address_table

DE, EN = Translator("de"), Translator("en")
FORMATS = ("csv", "xlsx")


def csv_bytes(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def xlsx_bytes(*rows: list, sheet: str = "Tabelle1") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rewritten(data: bytes, **parts: bytes) -> bytes:
    """Return a workbook with some of its parts replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        replaced = {name.replace("__", "/"): content for name, content in parts.items()}
        for entry in old.infolist():
            if entry.filename not in replaced:
                new.writestr(entry.filename, old.read(entry))
        for name, content in replaced.items():
            new.writestr(name, content)
    return stream.getvalue()


def refused(data: bytes, filename: str = "t.csv", kind: str = "candidates", **kwargs) -> UploadError:
    with pytest.raises(UploadError) as caught:
        read_table(data, filename, kind, DE, **kwargs)
    for t in (DE, EN):
        assert all(line.strip() for line in explain(caught.value, t))
    return caught.value


def faults(data: bytes, filename: str = "t.csv", kind: str = "candidates", **kwargs) -> dict[tuple, str]:
    error = refused(data, filename, kind, **kwargs)
    assert error.code == "upload_faults"
    assert {fault.table for fault in error.faults} == {DE(f"upload.table.{kind}")}
    return {(fault.row, fault.column): fault.code for fault in error.faults}


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))


def plain(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    declared = fields_of(kind)
    types = {name: "float64" if column.type == "number" else "str" for name, column in declared.items()}
    return pd.DataFrame(frame).reindex(columns=list(declared)).astype(types)


# Round trip


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_downloaded_table_reads_back_the_same(tiny_area, kind, language, fmt):
    t = Translator(language)
    frame = plain(getattr(tiny_area, kind), kind)
    same(read_table(write_table(frame, kind, t, fmt), f"t.{fmt}", kind, t), frame)


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_bundled_tables_survive_a_download_and_an_upload(dortmund, fmt):
    for kind, check in (("sites", check_sites), ("candidates", check_candidates)):
        table = getattr(dortmund, kind)
        back = read_table(
            write_table(table, kind, DE, fmt), f"t.{fmt}", kind, DE, districts=dortmund.districts
        )
        checked = check(back, dortmund)
        expected = check(table, dortmund)
        same(pd.DataFrame(checked.drop(columns="geometry")), pd.DataFrame(expected.drop(columns="geometry")))
        assert checked.geometry.equals(expected.geometry)


words = st.text(max_size=40).map(clean_text).map(lambda text: text or None)
numbers = st.floats(min_value=0, max_value=1e5, allow_subnormal=False) | st.integers(0, 9999).map(float)
places = st.floats(min_value=1_000, max_value=9e6)


@st.composite
def candidate_tables(draw) -> pd.DataFrame:
    rows = []
    for at in range(draw(st.integers(1, 3))):
        row = {name: draw(words) for name, column in fields_of("candidates").items() if column.type == "text"}
        row |= {
            name: draw(st.sampled_from(column.choices)) if column.required or draw(st.booleans()) else None
            for name, column in fields_of("candidates").items()
            if column.type == "choice"
        }
        row |= {"room_m2": draw(st.none() | numbers), "cost_eur_month": draw(st.none() | numbers)}
        row |= {"x": draw(places), "y": draw(places), "candidate_id": f"k{at}"}
        row["status"] = row["status"] or "open"
        rows.append(row)
    return plain(pd.DataFrame(rows), "candidates")


ODD = [
    "=1+1",
    "'=1+1",
    "''x",
    "-1",
    "+49 231 500",
    "@a",
    "_x0041_",
    "#N/A",
    "1e5",
    "1.234",
    "NaN",
    'a"b;c,d',
    "\u00a0",
]


@given(candidate_tables(), st.sampled_from(LANGUAGES), st.sampled_from(FORMATS))
@example(
    plain(
        pd.DataFrame(
            {
                "candidate_id": [f"k{at}" for at in range(len(ODD))],
                "name": ODD,
                "kind": "library",
                "note": [f"{text}\n{text}" for text in ODD],
                "x": 1234.567,
                "y": [0.125 + 10_000 * at for at in range(len(ODD))],
                "room_m2": 1.234,
                "status": "open",
            }
        ),
        "candidates",
    ),
    "de",
    "xlsx",
)
def test_any_table_reads_back_the_same(frame, language, fmt):
    t = Translator(language)
    texts = [name for name in frame.columns if frame[name].dtype == "str"]
    frame = frame.assign(
        **{name: frame[name].map(clean_text, na_action="ignore").astype("str") for name in texts}
    )
    back = read_table(write_table(frame, "candidates", t, fmt), f"t.{fmt}", "candidates", t)
    same(back, frame.replace("", np.nan))


def test_odd_texts_survive_csv_in_both_languages():
    frame = plain(
        pd.DataFrame(
            {
                "candidate_id": [f"k{at}" for at in range(len(ODD))],
                "name": [text.strip() for text in ODD],
                "kind": "cafe",
                "x": 393_456.7,
                "y": 5_701_234.0,
                "status": "closed",
            }
        ),
        "candidates",
    ).assign(name=lambda table: table["name"].replace("", np.nan))
    for t in (DE, EN):
        same(read_table(write_table(frame, "candidates", t, "csv"), "t.csv", "candidates", t), frame)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_written_numbers_read_back_exactly(value):
    column = fields.Field("room_m2", "number")
    for decimal in ".,":
        assert fields.parse(column, format_number(value, decimal)) == value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_written_cell_is_a_formula(kind, language):
    names = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "-1"]
    frame = pd.DataFrame({"name": names, "kind": fields_of(kind)["kind"].choices[0], "x": -1.5, "y": 2e5})
    t = Translator(language)
    book = openpyxl.load_workbook(io.BytesIO(write_table(frame, kind, t, "xlsx")))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert [text for text in texts if text[0] in "=+-@"] == ["-1"]
    lines = write_table(frame, kind, t, "csv").decode("utf-8-sig").splitlines()
    starts = {cell[0] for line in lines for cell in line.split(";" if language == "de" else ",") if cell}
    assert not starts & set("=+@\t\r")


# Templates


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_template_holds_one_example_that_is_skipped(kind, language, fmt):
    t = Translator(language)
    template = write_template(kind, t, fmt)
    assert refused(template, f"t.{fmt}", kind).code == "upload_no_rows"


@pytest.mark.parametrize("kind", KINDS)
def test_a_filled_template_is_taken_over(kind):
    book = openpyxl.load_workbook(io.BytesIO(write_template(kind, DE, "xlsx")))
    sheet, explanation = book.worksheets
    header = [cell.value for cell in sheet[1]]
    row = dict.fromkeys(header)
    row |= {
        "Name": "Büro am Park",
        "Art": "Büro" if kind == "sites" else "Bibliothek",
        "x (m)": 390_000,
        "y (m)": 57e5,
    }
    sheet.append([row[name] for name in header])
    stream = io.BytesIO()
    book.save(stream)
    table = read_table(stream.getvalue(), "t.xlsx", kind, EN)
    assert table["kind"].tolist() == ["office" if kind == "sites" else "library"]
    assert table["status"].tolist() == ["open"]
    explained = {cell.value for cell in explanation["A"]}
    assert set(header) <= explained
    assert {DE("upload.column.lat"), DE("upload.column.lon")} <= explained


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_and_choice_has_words(kind):
    known = catalogue_keys()
    for name, column in fields_of(kind).items():
        assert f"upload.describe.{name}" in known
        assert headings(kind)[fields.fold(name)] == name
        for t in (DE, EN):
            assert headings(kind)[fields.fold(column.label(t))] == name
            written = [column.choice_label(choice, t) for choice in column.choices]
            assert [fields.parse(column, text) for text in written] == list(column.choices)


# What people write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_csv_of_any_office_program(encoding, mark):
    rows = [
        ["Bezeichnung", "Typ", "Rechtswert", "Hochwert", "barrierefrei"],
        ["Küche Süd", "Café", "390000", "5700000", "Ja"],
    ]
    text = "\n".join(mark.join(row) for row in rows)
    table = read_table(text.encode(encoding), "räume.csv", "candidates", DE)
    assert table.loc[0, ["name", "kind", "step_free"]].tolist() == ["Küche Süd", "cafe", "yes"]
    assert table.loc[0, ["x", "y"]].tolist() == [390_000, 5_700_000]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45", 45),
        ("45,5", 45.5),
        ("45.5", 45.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("12 345", 12345),
        ("1.234.567", 1234567),
        ("80 m²", 80),
        ("-1", -1),
        ("'-1", -1),
        ("", None),
        ("unbekannt", None),
        ("k. A.", None),
        ("-", None),
    ],
)
def test_numbers_as_people_write_them(text, value):
    assert fields.parse(fields.Field("n", "number"), text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234", "upload_unclear_number"),
        ("nan", "upload_not_finite"),
        ("-inf", "upload_not_finite"),
        ("1e999", "upload_not_finite"),
        ("=1+1", "upload_not_a_number"),
        ("12;3", "upload_not_a_number"),
        ("٣", "upload_not_a_number"),
        ("0x10", "upload_not_a_number"),
        ("1_000", "upload_not_a_number"),
        ("9" * 5000, "upload_not_a_number"),
    ],
)
def test_numbers_that_are_none(text, code):
    with pytest.raises(fields.CellError) as caught:
        fields.parse(fields.Field("n", "number"), text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("14:00", "14:00"),
        ("9.30", "09:30"),
        ("14 Uhr", "14:00"),
        ("14:00:00", "14:00"),
        (0.5, "12:00"),
        (14.0, "14:00"),
    ],
)
def test_times_as_people_write_them(cell, value):
    assert fields.parse(fields.Field("time_from", "time"), cell) == value


def test_excel_values_become_what_they_mean():
    data = xlsx_bytes(
        ["name", "kind", "x", "y", "time_from", "time_to", "opened", "as_of", "weekday"],
        [
            "Büro",
            "office",
            390_000,
            57e5,
            dt.time(14),
            dt.timedelta(hours=16),
            dt.date(2024, 8, 1),
            2024,
            "Di",
        ],
    )
    row = read_table(data, "t.xlsx", "sites", DE).loc[0]
    assert row[["time_from", "time_to", "opened", "as_of"]].tolist() == [
        "14:00",
        "16:00",
        "2024-08-01",
        "2024",
    ]


# Places


def test_degrees_are_brought_to_metres():
    data = csv_bytes("Name;Art;Breite;Länge", "A;Café;51,524098;7,548889")
    table = read_table(data, "t.csv", "candidates", DE)
    # An address of the raw folder whose degrees and metres are both published there.
    assert table.loc[0, "x"] == pytest.approx(399_330.0, abs=1)
    assert table.loc[0, "y"] == pytest.approx(5_709_107.3, abs=1)


def test_degrees_and_metres_are_not_mixed_up():
    metres = csv_bytes(
        "Name;Art;x;y", "A;Café;7,548889;51,524098", "B;Café;32399330;5709107", "C;Café;390000;"
    )
    assert faults(metres) == {
        (2, "x"): "upload_degrees_as_metres",
        (3, "x"): "upload_zone_in_x",
        (4, "y"): "upload_half_place",
    }
    degrees = csv_bytes("Name;Art;lat;lon", "A;Café;5709107;399330")
    assert faults(degrees) == {(2, "lat"): "upload_metres_as_degrees", (2, "lon"): "upload_metres_as_degrees"}


def test_an_address_is_looked_up():
    data = csv_bytes(
        "Name;Art;Adresse;Stadtbezirk",
        "A;Büro;Müserstr. 84;",
        "B;Büro;Westerfilder Str. 54;mengede",
        "C;Büro;Schulstr. 15, 44287 Dortmund;",
    )
    table = read_table(data, "t.csv", "sites", DE, addresses=address_table())
    assert table["x"].tolist() == [390_700, 390_000, 390_300]
    assert table["location_quality"].tolist() == ["exact", "exact", "near"]


def test_addresses_that_are_not_sure_are_named_with_the_nearest():
    data = csv_bytes(
        "Name;Art;Adresse",
        "A;Café;Westerfilder Str. 54",
        "B;Café;Schulstraße 99",
        "C;Café;Nirgendwo 1",
        "D;Café;",
        "E;Café;Mueserst 84",
    )
    assert faults(data, addresses=address_table()) == {
        (2, "Adresse"): "upload_address_several",
        (3, "Adresse"): "upload_address_unknown_hint",
        (4, "Adresse"): "upload_address_unknown",
        (5, None): "upload_no_place",
        (6, "Adresse"): "upload_address_unknown_hint",
    }
    shown = "\n".join(explain(refused(data, addresses=address_table()), DE))
    assert "Westerfilder Straße 54 (huckarde); Westerfilder Straße 54 (mengede)" in shown
    assert faults(csv_bytes("Name;Art;Adresse", "A;Café;B 1")) == {(2, "Adresse"): "upload_address_no_table"}


def test_a_site_may_be_of_unknown_place():
    data = csv_bytes(
        "Name;Art;Adresse;Lagegenauigkeit;Status", "A;Büro;;;unbekannt", "B;Büro;Bei der Kirche;unbekannt;"
    )
    table = read_table(data, "t.csv", "sites", DE, addresses=address_table())
    assert table["x"].isna().all()
    assert table["location_quality"].tolist() == ["unknown", "unknown"]
    assert table["status"].tolist() == ["unknown", "open"]


def test_district_names_become_keys(tiny_area):
    data = csv_bytes("Name;Art;x;y;Bezirk", "A;Café;400100;5700100;WEST", "B;Café;400100;5700100;Nord")
    assert faults(data, districts=tiny_area.districts) == {(3, "Bezirk"): "upload_unknown_district"}
    table = read_table(
        data.replace(b"Nord", b"Ost"), "t.csv", "candidates", DE, districts=tiny_area.districts
    )
    assert table["borough"].tolist() == ["west", "ost"]


# Faults


def test_all_faults_are_named_together_and_nothing_is_taken_over():
    data = csv_bytes(
        "ID;Name;Art;x;y;Größe;stufenfrei",
        "a;Eins;Schloss;390000;5700000;45;ja",
        "b;Zwei;Café;abc;5700000;nan;vielleicht",
        "a;Drei;Café;390000;5700000;-4;",
        ";Vier;;390000;5700000;;;zuviel",
    )
    assert faults(data) == {
        (2, "Art"): "upload_not_a_choice",
        (3, "x"): "upload_not_a_number",
        (3, "Größe"): "upload_not_finite",
        (3, "stufenfrei"): "upload_not_a_choice",
        (4, "Größe"): "upload_out_of_range",
        (4, "ID"): "upload_double_id",
        (5, "Art"): "upload_required_empty",
        (5, "#8"): "upload_cell_without_column",
    }


def test_headings_that_are_missing_unknown_or_double():
    data = csv_bytes("Nmae;Farbe;Größe;Fläche", "A;rot;1;2")
    assert faults(data) == {
        (1, "Nmae"): "upload_unknown_column_hint",
        (1, "Farbe"): "upload_unknown_column",
        (1, "Fläche"): "upload_double_column",
        (1, "name"): "upload_missing_column",
        (1, "kind"): "upload_missing_column",
        (1, None): "upload_missing_place",
    }


def test_rows_are_counted_as_a_spreadsheet_program_does():
    data = csv_bytes("sep=;", "Name;Art;x;y", "", '"A\nB";Café;390000;5700000', "C;Nichts;390000;5700000")
    assert faults(data) == {(6, "Art"): "upload_not_a_choice"}


def test_rows_without_identifier_get_a_stable_one():
    data = csv_bytes("Name;Art;x;y", "A;Café;390000;5700000", "B;Café;390000;5700000")
    one, two = (read_table(data, "t.csv", "candidates", DE)["candidate_id"] for _ in range(2))
    assert one.tolist() == two.tolist()
    assert one.is_unique
    assert faults(data + b"\r\nA;Caf\xc3\xa9;390000;5700000") == {(4, None): "upload_double_row"}


def test_a_formula_is_refused_and_not_computed():
    data = xlsx_bytes(["name", "kind", "x", "y"], ["=1+1", "cafe", "=A1", 57e5], ["#REF!", "cafe", 1e5, 57e5])
    assert faults(data, "t.xlsx") == {
        (2, "name"): "upload_formula",
        (2, "x"): "upload_formula",
        (3, "name"): "upload_error_cell",
    }


def test_a_formula_in_csv_stays_text_and_is_disarmed_on_the_way_out():
    data = csv_bytes("name,kind,x,y", '"=HYPERLINK(""http://a.b"")",cafe,390000,5700000')
    table = read_table(data, "t.csv", "candidates", EN)
    assert table.loc[0, "name"] == '=HYPERLINK("http://a.b")'
    assert b"'=HYPERLINK" in write_table(table, "candidates", EN, "csv")


def test_script_tags_stay_text():
    data = csv_bytes("name,kind,x,y", "<script>alert(1)</script>,cafe,390000,5700000")
    assert read_table(data, "t.csv", "candidates", EN).loc[0, "name"] == "<script>alert(1)</script>"
    error = refused(csv_bytes("name,kind,x,y", "a,<script>,390000,5700000"))
    assert "<script>" in "\n".join(explain(error, EN))


# Hostile files


def test_a_huge_file_is_refused_by_its_size_alone(monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr(grid, "_csv_rows", never)
    monkeypatch.setattr(grid, "_xlsx_rows", never)
    huge = bytes(200 * 2**20)
    for name in ("t.csv", "t.xlsx"):
        error = refused(huge, name)
        assert error.code == "upload_too_large"
        assert error.params["mb"] == 200


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "t.csv", "upload_empty"),
        (b"", "t.xlsx", "upload_empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "t.csv", "upload_empty"),
        (b";;;\n;;;\n", "t.csv", "upload_empty"),
        (b"MZ\x90\x00" + bytes(range(256)) * 20, "raeume.xlsx", "upload_broken_xlsx"),
        (b"MZ\x90\x00" + bytes(range(256)) * 20, "raeume.csv", "upload_not_a_table"),
        (b"name;kind\n\x81\x8d;\xff\n", "t.csv", "upload_encoding"),
        (b"\xff\xfea", "t.csv", "upload_encoding"),
        (b'name;kind\n"offen;x\n', "t.csv", "upload_broken_csv"),
        (b"name", "t.exe", "upload_suffix"),
        (b"name", "t.xlsm", "upload_macros"),
        (b"name", "../../etc/passwd", "upload_suffix"),
        (b";" * 100 + b"a\n", "t.csv", "upload_too_many_columns"),
        (b"name;kind;x;y\n" + b"a;cafe;1;1\n" * 5001, "t.csv", "upload_too_many_rows"),
        (b"name,kind\n" + b"a" * 200_000, "t.csv", "upload_broken_csv"),
    ],
)
def test_files_that_are_no_tables(data, name, code):
    assert refused(data, name).code == code


def test_exactly_the_allowed_number_of_rows_is_read():
    rows = b"".join(b"%d;A;cafe;390000;5700000\n" % at for at in range(grid.MAX_ROWS))
    assert len(read_table(b"ID;name;kind;x;y\n" + rows, "t.csv", "candidates", DE)) == grid.MAX_ROWS


def good_workbook() -> bytes:
    return xlsx_bytes(["name", "kind", "x", "y"], ["A", "cafe", 390_000, 57e5])


def test_a_zip_bomb_is_not_unpacked():
    bomb = rewritten(good_workbook(), xl__worksheets__sheet1_xml=b"")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        for at in range(4):
            package.writestr(f"xl/worksheets/sheet{at}.xml", bytes(30 * 2**20))
    assert len(bomb) < len(stream.getvalue()) < 2**20
    assert refused(stream.getvalue(), "t.xlsx").code == "upload_bomb"
    dense = rewritten(good_workbook(), **{"xl__media__a.png": bytes(90 * 2**20)})
    assert refused(dense, "t.xlsx").code == "upload_bomb"
    many = rewritten(good_workbook(), **{f"xl__{at}.xml": b"<a/>" for at in range(grid.MAX_ENTRIES + 1)})
    assert refused(many, "t.xlsx").code == "upload_bomb"


def test_an_archive_that_lies_about_its_sizes_is_refused():
    data = bytearray(rewritten(good_workbook(), **{"xl__big.xml": random.Random(1).randbytes(2**20)}))
    directory = data.rfind(b"xl/big.xml") - 46
    assert data[directory : directory + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, directory + 24, 10)
    assert refused(bytes(data), "t.xlsx").code == "upload_broken_xlsx"


def sheet_with_row(number: int) -> bytes:
    cell = f'<row r="{number}"><c t="inlineStr"><is><t>name</t></is></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cell}</sheetData></worksheet>'.encode()


def test_entities_macros_and_stray_columns_in_a_workbook():
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "' + b"ha" * 99 + b'">]><a>&b;&b;</a>'
    assert refused(rewritten(good_workbook(), **{"xl__workbook.xml": laughs}), "t.xlsx").code == "upload_bomb"
    wide = laughs.decode().encode("utf-16")
    assert refused(rewritten(good_workbook(), **{"xl__workbook.xml": wide}), "t.xlsx").code == "upload_bomb"
    macros = rewritten(good_workbook(), **{"xl__vbaProject.bin": b"\0"})
    assert refused(macros, "t.xlsx").code == "upload_macros"
    far = xlsx_bytes(["name", *[None] * 70, "kind"])
    assert refused(far, "t.xlsx").code == "upload_too_many_columns"
    deep = rewritten(good_workbook(), **{"xl__worksheets__sheet1.xml": sheet_with_row(10**15)})
    assert refused(deep, "t.xlsx").code == "upload_broken_xlsx"
    many = xlsx_bytes(["name", "kind", "x", "y"], *[["A", "cafe", 1e5, 1e5]] * (grid.MAX_ROWS + 1))
    assert refused(many, "t.xlsx").code == "upload_too_many_rows"


def test_a_workbook_of_charts_only_or_without_parts_is_refused():
    for missing in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"):
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(good_workbook())) as old, zipfile.ZipFile(stream, "w") as new:
            for entry in old.infolist():
                if entry.filename != missing:
                    new.writestr(entry.filename, old.read(entry))
        assert refused(stream.getvalue(), "t.xlsx").code in {"upload_broken_xlsx", "upload_empty"}


def outcome(data: bytes, name: str, kind: str) -> list:
    """Return the rows read or the words of the refusal; anything else that is raised fails the test."""
    try:
        return read_table(data, name, kind, DE).to_dict("records")
    except UploadError as error:
        return [explain(error, t) for t in (DE, EN)]


def fuzzed(seed: int) -> tuple[bytes, str]:
    """Return damaged copies of good files, and plain noise."""
    chance = random.Random(seed)
    sheet = good_workbook()
    text = csv_bytes("Name;Art;x;y", 'Ä;Café;390000;"5700000"', "B;Kita;1.234;=1")
    source = chance.choice([sheet, text, chance.randbytes(300), b"PK\x03\x04" + chance.randbytes(300)])
    data = bytearray(source)
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(data))
        action = chance.randrange(3)
        if action == 0:
            data[at] = chance.randrange(256)
        elif action == 1:
            del data[at : at + chance.randrange(40)]
        else:
            data[at:at] = chance.randbytes(chance.randrange(20))
        if not data:
            break
    return bytes(data), chance.choice(["t.csv", "t.xlsx"])


@pytest.mark.parametrize("block", range(8))
def test_damaged_files_raise_nothing_but_upload_errors(block):
    for seed in range(60 * block, 60 * block + 60):
        data, name = fuzzed(seed)
        for kind in KINDS:
            assert outcome(data, name, kind)


@given(st.binary(max_size=400), st.sampled_from(["t.csv", "t.xlsx", "", ".csv", "a\0b.csv"]))
def test_any_bytes_raise_nothing_but_upload_errors(data, name):
    assert outcome(data, name, "candidates")


@given(st.lists(st.lists(st.text(max_size=12), max_size=6), min_size=1, max_size=4))
def test_any_table_of_text_raises_nothing_but_upload_errors(rows):
    text = "\n".join(["name;kind;x;y", *(";".join(row) for row in rows)])
    assert outcome(text.encode("utf-8", "surrogatepass"), "t.csv", "candidates")
