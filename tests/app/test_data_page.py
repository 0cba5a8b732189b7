"""The page *Daten*: uploads, downloads, edits and what the layers are."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from planning.i18n import Translator
from planning.sources.spreadsheet import read_table, write_table
from planning.ui.components.add_place import clock, is_in_city, site_close_by
from planning.ui.components.downloads import FORMS, make
from planning.ui.components.editor import carry_over
from planning.ui.components.tables import merge_by_id
from tests.app.conftest import go
from tests.app.test_pages import texts

T = Translator("de")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(app, kind: str, name: str, content: bytes):
    return app.file_uploader(key=f"{kind}_upload").set_value((name, content, XLSX)).run()


def editor(app, kind: str):
    return next(one for one in app.data_editor if one.key.startswith(f"{kind}_editor"))


def edit(app, kind: str, **state):
    """Edit cells as the widget would report it."""
    edits = {"edited_rows": {}, "added_rows": [], "deleted_rows": []} | state
    app.session_state[editor(app, kind).key] = edits
    return app.run()


def steps(app) -> list[str]:
    """Return the changes that can be undone, oldest first."""
    return [step.action for step in app.session_state["history"]] if "history" in app.session_state else []


def is_pending(app) -> bool:
    return "Noch nicht übernommen" in texts(app) or "Not taken over yet" in texts(app)


def test_download_comes_back_without_a_change(open_app, dortmund):
    content = write_table(dortmund.sites, "sites", T, "xlsx")
    app = upload(open_app(page="daten"), "sites", "standorte.xlsx", content)
    assert not app.exception
    assert not app.error
    assert "Keine Änderung" in texts(app)
    assert not steps(app)


def test_uploaded_rows_count_and_keep_the_order(open_app, dortmund):
    rows = dortmund.sites.assign(partner=dortmund.sites["partner"].where(dortmund.sites.index != 3, "Neu"))
    content = write_table(rows.iloc[[3]], "sites", T, "csv")
    app = upload(open_app(page="daten"), "sites", "standorte.csv", content)
    assert not app.exception
    assert steps(app) == ["ui.action.upload_sites"]
    sites = app.session_state["work"].area.sites
    assert sites["site_id"].tolist() == dortmund.sites["site_id"].tolist()
    assert sites["partner"].iloc[3] == "Neu"
    assert [one.value for one in app.success] == ["1 Zeile übernommen."]
    app.button(key="undo").click().run()
    assert not app.success
    assert "erneut hochladen" in texts(app)


def test_faulty_upload_lists_row_and_column_and_changes_nothing(open_app):
    csv = "Kennung;Name;Art;x (m);y (m);Status\na;<script>;Burg;7,46;51,5;offen\nb;=1+1;Büro;;;vielleicht\n"
    app = upload(open_app(page="daten"), "sites", "neu.csv", csv.encode())
    assert not app.exception
    assert len(app.error) == 1
    assert not steps(app)
    table = next(one.body for one in app.html if "Was ist zu tun?" in one.body)
    assert re.search(r"<td[^>]*>2</td><td[^>]*>Art</td>", table)
    assert re.search(r"<td[^>]*>3</td><td[^>]*>Status</td>", table)
    assert "<script" not in table
    assert "nichts übernommen" in texts(app)


def test_of_many_faults_the_first_are_shown_and_the_others_counted(open_app):
    csv = "Name;Art;x (m);y (m)\n" + "".join(f"Ort {n};Burg;1;1\n" for n in range(60))
    app = upload(open_app(page="daten"), "sites", "neu.csv", csv.encode())
    table = next(one.body for one in app.html if "Was ist zu tun?" in one.body)
    assert table.count("<tr>") == 51
    assert "Weitere Fehler: 10." in texts(app)


def test_a_fault_of_an_uploaded_row_is_told_by_name(open_app):
    csv = "Name;Art;x (m);y (m)\nWeit weg;Büro;1000;1000\n"
    app = upload(open_app(page="daten"), "sites", "neu.csv", csv.encode())
    assert not app.exception
    assert "Weit weg" in next(one.body for one in app.html if "Was ist zu tun?" in one.body)


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


def test_a_house_that_is_not_there_is_not_picked(open_app):
    app = open_app(page="daten")
    app.text_input(key="add_query_sites").set_value("Oberbank 500").run()
    assert "Hausnummer 500 nicht gefunden; nächste: Oberbank" in texts(app)
    found = next(box for box in app.selectbox if box.label == "Treffer")
    assert found.value is None
    assert all("andere Hausnummer" in option for option in found.options)
    app.text_input(key="add_query_sites").set_value("Oberbank").run()
    assert "Keine Hausnummer angegeben" in texts(app)


def add_site(app, address: str, name: str, days: tuple[str, ...] = (), **answers: str):
    app.text_input(key="add_query_sites").set_value(address).run()
    found = next(box for box in app.selectbox if box.label == "Treffer")
    if found.value is None:
        found.select_index(0).run()
    for label, value in {"Name": name, **answers}.items():
        next(field for field in app.text_input if field.label == label).set_value(value)
    app.multiselect[0].set_value(list(days))
    return next(button for button in app.button if button.label == "Eintragen").click().run()


def test_a_site_is_added_with_its_hours(open_app):
    hours = {"von": "9.30", "bis": "12:00"}
    app = add_site(open_app(page="daten"), "Oberbank 5", "Neu *Ort*", ("Do", "Di"), Partner="Verein", **hours)
    assert not app.exception
    assert steps(app) == ["ui.action.add_site"]
    site = app.session_state["work"].area.sites.iloc[-1]
    assert site["name"] == "Neu *Ort*"
    assert (site["weekday"], site["time_from"], site["time_to"]) == ("Di;Do", "09:30", "12:00")
    assert site["partner"] == "Verein"
    assert app.text_input(key="add_query_sites").value == ""
    assert [one.value for one in app.toast] == [r"Eingetragen: Neu \*Ort\* (Dependance)"]


def test_a_wrong_time_is_refused_with_the_reason(open_app):
    app = add_site(open_app(page="daten"), "Oberbank 5", "Neu", von="25:00")
    assert not steps(app)
    assert app.error[0].value.startswith("von")
    assert "keine Uhrzeit" in app.error[0].value


def test_a_second_site_at_the_same_place_is_warned_of(open_app):
    app = open_app(page="daten")
    app.text_input(key="add_query_sites").set_value("Oberbank 11").run()
    assert any("schon einen Standort" in warning.value for warning in app.warning)
    app = add_site(app, "Oberbank 11", "Noch einer")
    assert steps(app) == ["ui.action.add_site"]


def test_nearness_of_sites(tiny_area):
    x, y = tiny_area.sites[["x", "y"]].dropna().iloc[0]
    name, metres = site_close_by(tiny_area, x + 20, y)
    assert name in set(tiny_area.sites["name"])
    assert metres == pytest.approx(20)
    assert site_close_by(tiny_area, x, y + 100_000) is None


def test_points_outside_the_city_are_told(tiny_area):
    inside = tiny_area.level("borough").geometry.iloc[0].representative_point()
    assert is_in_city(tiny_area, inside.x, inside.y)
    assert not is_in_city(tiny_area, 0.0, 0.0)


@pytest.mark.parametrize(
    ("written", "meant"), [("9.30", "09:30"), (" 14:00 ", "14:00"), ("mittags", "mittags"), ("", "")]
)
def test_clock(written, meant):
    assert clock(written) == meant


def test_the_editor_names_districts_and_sorts_by_them(open_app, dortmund):
    shown = editor(open_app(page="daten"), "candidates").value
    names = dortmund.level("borough")["name"]
    assert shown["borough"].tolist() == sorted(shown["borough"], key=str.casefold)
    assert set(shown["borough"]) <= set(names)


def test_edits_outlive_language_undo_and_changes_of_tables(open_app):
    app = add_site(open_app(page="daten"), "Oberbank 5", "Neu")
    edit(app, "candidates", edited_rows={0: {"name": "Eigener Name"}})
    assert is_pending(app)
    app.button(key="undo").click().run()
    app.button_group(key="language_switch").set_value("en").run()
    assert not app.exception
    assert is_pending(app)
    assert editor(app, "candidates").value["name"].iloc[0] == "Eigener Name"
    app.button(key="candidates_discard").click().run()
    assert not is_pending(app)
    assert editor(app, "candidates").value["name"].iloc[0] != "Eigener Name"


def test_edits_outlive_a_change_of_their_own_table_and_another_page(open_app):
    app = edit(open_app(page="daten"), "sites", edited_rows={0: {"name": "Eigener Name"}})
    add_site(app, "Oberbank 5", "Neu")
    go(app, "methodik")
    go(app, "daten")
    assert is_pending(app)
    assert {"Eigener Name", "Neu"} <= set(editor(app, "sites").value["name"])


def test_taking_over_keeps_the_stored_order_and_districts(open_app, dortmund):
    app = open_app(page="daten")
    first = editor(app, "sites").value.iloc[0]
    edit(app, "sites", edited_rows={0: {"name": "Eigener Name", "x": 393000.25}})
    app.button(key="sites_take").click().run()
    assert not app.exception
    assert steps(app) == ["ui.action.edit_sites"]
    assert not is_pending(app)
    sites = app.session_state["work"].area.sites
    assert sites["site_id"].tolist() == dortmund.sites["site_id"].tolist()
    changed = sites.set_index("site_id").loc[first["site_id"]]
    assert (changed["name"], changed["x"]) == ("Eigener Name", 393000.25)
    others = sites["site_id"] != first["site_id"]
    assert sites["borough"][others].tolist() == dortmund.sites["borough"][others].tolist()


def test_a_refused_edit_stays_told_until_the_next_change(open_app):
    app = edit(open_app(page="daten"), "sites", edited_rows={0: {"x": 1.0}})
    app.button(key="sites_take").click().run()
    name = editor(app, "sites").value["name"].iloc[0]
    assert len(app.error) == 1
    assert name in next(one.body for one in app.html if "Was ist zu tun?" in one.body)
    assert len(app.run().error) == 1
    edit(app, "sites", edited_rows={0: {"x": 393000.0}})
    assert not app.error


def test_carried_edits_touch_only_their_cells():
    before = pd.DataFrame({"id": ["a", "b", "c"], "name": ["A", "B", "C"], "x": [1.0, 2.0, 3.0]})
    edited = pd.DataFrame({"id": ["a", "c", None], "name": ["eigen", "C", "dazu"], "x": [1.0, 3.0, 9.0]})
    after = pd.DataFrame(
        {"id": ["a", "b", "c", "d"], "name": ["A", "B", "neu", "D"], "x": [7.0, 2.0, 3.0, 4.0]}
    )
    carried = carry_over(before, edited, after, "id")
    assert carried["id"].fillna("").tolist() == ["a", "c", "d", ""]
    assert carried["name"].tolist() == ["eigen", "neu", "D", "dazu"]
    assert carried["x"].tolist() == [7.0, 3.0, 4.0, 9.0]


def test_buttons_to_undo_are_always_there(open_app):
    app = open_app(page="daten")
    assert app.button(key="undo").disabled
    assert app.button(key="redo").disabled
    add_site(app, "Oberbank 5", "Neu")
    assert not app.button(key="undo").disabled


def test_empty_tables_say_how_to_fill_them(open_app, empty_folder):
    written = texts(open_app(area=empty_folder, page="daten"))
    assert "Noch keine Standorte" in written
    assert "Noch keine Räume" in written


def test_scaling_layers_and_figures_are_shown(open_app, dortmund):
    app = open_app(page="daten")
    written = [frame.value for frame in app.dataframe]
    assert any("Faktor" in frame.columns and len(frame) > 50 for frame in written)
    layers = next(frame for frame in written if "Lizenz" in frame.columns)
    assert len(layers) == len(dortmund.layers)
    assert (layers["Lizenz"] == "nicht angegeben").any()
    assert max((layer.source for layer in dortmund.layers), key=len) in texts(app)
    assert any("Bernhard-März-Haus" in set(frame.get("Name", [])) for frame in written)
    figures = next(frame for frame in written if "Angabe" in frame.columns)
    assert len(figures) == len(dortmund.figures)
    assert "unbekannt" in set(figures["Stand"])
    assert {"Stadtbezirk", "Statistischer Bezirk"} == set(figures["Ebene"])


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
