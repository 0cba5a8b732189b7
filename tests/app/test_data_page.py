"""The page *Daten*: uploads, downloads, edits and what the layers are."""

from __future__ import annotations

import pytest

from planning.i18n import Translator
from planning.sources.spreadsheet import read_table, write_table
from planning.ui.components.downloads import FORMS, make
from planning.ui.components.tables import merge_by_id
from tests.app.test_pages import texts

T = Translator("de")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(app, kind: str, name: str, content: bytes):
    return app.file_uploader(key=f"{kind}_upload").set_value((name, content, XLSX)).run()


def test_download_comes_back_unchanged(open_app, dortmund):
    content = write_table(dortmund.sites, "sites", T, "xlsx")
    app = upload(open_app(page="daten"), "sites", "standorte.xlsx", content)
    assert not app.exception
    assert not app.error
    assert app.session_state["history"][-1].sites["site_id"].tolist() == dortmund.sites["site_id"].tolist()


def test_faulty_upload_lists_row_and_column_and_changes_nothing(open_app):
    csv = "Kennung;Name;Art;x (m);y (m);Status\na;<script>;Burg;7,46;51,5;offen\nb;=1+1;Büro;;;vielleicht\n"
    app = upload(open_app(page="daten"), "sites", "neu.csv", csv.encode())
    assert not app.exception
    assert len(app.error) == 1
    assert "session_state" not in texts(app)
    assert "history" not in app.session_state or not app.session_state["history"]
    faults = next(frame.value for frame in app.dataframe if "Zeile" in frame.value.columns)
    assert {"2", "3"} <= set(faults["Zeile"])
    assert "nichts übernommen" in texts(app)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04 no archive", b"a" * 11_000_000])
def test_hostile_upload_is_refused(open_app, content):
    app = upload(open_app(page="daten"), "candidates", "neu.xlsx", content)
    assert not app.exception
    assert len(app.error) == 1


def test_faults_are_told_in_english(open_app):
    app = upload(open_app(page="daten", language="en"), "sites", "new.csv", b"name\nx\n")
    assert "Nothing was taken over" in texts(app)


def test_address_search_offers_the_form(open_app):
    app = open_app(page="daten")
    app.text_input(key="add_query_sites").set_value("Oberbank 11").run()
    assert not app.exception
    assert any("Oberbank 11" in str(option) for box in app.selectbox for option in box.options)
    app.text_input(key="add_query_sites").set_value("Nirgendwogasse 12345").run()
    assert "Keine Adresse gefunden" in texts(app)


def test_scaling_and_layers_are_shown(open_app):
    app = open_app(page="daten")
    written = [frame.value for frame in app.dataframe]
    assert any("Faktor" in frame.columns and len(frame) > 50 for frame in written)
    assert any("Lizenz" in frame.columns and len(frame) >= 10 for frame in written)
    assert any("Bernhard-März-Haus" in set(frame.get("Name", [])) for frame in written)


def test_rows_with_a_known_id_are_replaced(tiny_area):
    current = tiny_area.sites.drop(columns="geometry")
    given = current.iloc[[1]].assign(name="neu")
    merged = merge_by_id(current, given, "site_id")
    assert sorted(merged["site_id"]) == sorted(current["site_id"])
    assert merged.loc[merged["site_id"] == "s2", "name"].tolist() == ["neu"]


def test_a_table_written_in_english_is_read_in_german(tiny_area):
    content = write_table(tiny_area.candidates, "candidates", Translator("en"), "csv")
    rows = read_table(content, "rooms.csv", "candidates", T, crs=tiny_area.crs)
    assert rows["candidate_id"].tolist() == tiny_area.candidates["candidate_id"].tolist()


@pytest.mark.parametrize("form", list(FORMS))
def test_every_form_can_be_taken_away(tiny_area, form):
    import datetime as dt

    from planning.access import measure
    from planning.model import Scenario
    from planning.scoring import evaluate

    evaluation = evaluate(tiny_area, Scenario(), measure(tiny_area))
    content = make(form, tiny_area, evaluation, Scenario(), T, dt.date(2026, 1, 2))
    assert len(content) > 200
    assert (content[:2] == b"PK") == (FORMS[form][0] == "zip")
