"""What a session works on: undo across everything, drafts that outlive the program, saving and sharing."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st

from planning.errors import StoreError
from planning.i18n import LANGUAGES, Translator
from planning.scenarios.link import read_link
from planning.scenarios.store import Store
from planning.ui.components.scenario_bar import _zone
from planning.ui.markup import plain
from planning.ui.state import Selection
from tests.app.conftest import APP, go, open_box
from tests.app.test_pages import texts

BAD_LINKS = [
    {"s": "kaputt"},
    {"s": "A" * 9000},
    {"scenario": "../../etc/passwd"},
    {"scenario": "' OR 1=1"},
    {"scenario": f"0123456789abcdef@{'9' * 5000}"},
    {"scenario": "0123456789abcdef@9223372036854775808"},
]


@pytest.fixture
def place(monkeypatch, tmp_path):
    """Keep scenarios in a file of the test's own."""
    file = tmp_path / "folder" / "scenarios.sqlite3"
    monkeypatch.setenv("PLANNING_STORE", str(file))
    yield file
    st.cache_resource.clear()


@pytest.fixture
def tiny(open_app, tiny_folder, place):
    return open_app(area=tiny_folder)


def again(**query):
    """Open the app once more, as another visit."""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def save(app, name: str, author: str = "Anna", key: str = "scenario_save"):
    open_box(app)
    app.text_input(key="scenario_name").set_value(name)
    app.text_input(key="scenario_author").set_value(author)
    return app.button(key=key).click().run()


def label(app) -> str:
    """Return what the line above the page calls the scenario."""
    return next(popovers(app)).proto.popover.label


def popovers(app):
    from streamlit.testing.v1.element_tree import Block

    def below(node):
        for child in node.children.values():
            if isinstance(child, Block):
                if child.type == "popover":
                    yield child
                yield from below(child)

    yield from below(app._tree)


def weight(app) -> float:
    return app.slider(key="weight_transit").value


def test_everything_can_be_undone_and_made_again(tiny):
    app = tiny
    app.slider(key="weight_transit").set_value(37).run()
    go(app, "plan")
    app.number_input(key="plan_count").set_value(2).run()
    app.number_input(key="plan_spacing_m").set_value(300).run()
    go(app, "karte")
    app.session_state["panel"] = "need"
    app.run()
    app.select_slider(key="reach_speed").set_value(5.0).run()
    actions = [step.action for step in app.session_state["history"]]
    assert actions == [f"ui.action.{name}" for name in ("weights", "aim", "rules", "reach")]
    last = app.session_state["work"]
    for _ in actions:
        app.button(key="undo").click().run()
    assert app.button(key="undo").disabled
    assert "*" not in label(app)
    first = app.session_state["work"]
    assert (first.scenario.speed_kmh, dict(first.scenario.criteria_weights)) == (4.5, {})
    for _ in actions:
        app.button(key="redo").click().run()
    now = app.session_state["work"]
    assert now.scenario == last.scenario
    assert now.plan_settings == last.plan_settings
    app.session_state["panel"] = "ranking"
    assert weight(app.run()) == 37


def test_what_was_undone_is_gone_once_something_else_is_set(tiny):
    tiny.slider(key="weight_transit").set_value(37).run()
    tiny.button(key="undo").click().run()
    assert weight(tiny) == 15
    tiny.slider(key="weight_venue").set_value(20).run()
    assert tiny.button(key="redo").disabled


@pytest.mark.parametrize("language", LANGUAGES)
def test_name_and_unsaved_changes_are_always_in_sight(open_app, tiny_folder, place, language):
    t = Translator(language)
    app = open_app(area=tiny_folder, language=language)
    assert label(app) == plain(f"{t('scenario.label')}: {t('scenario.draft')}")
    app.slider(key="weight_transit").set_value(37).run()
    assert label(app).endswith(r" \*")
    save(app, "Zwölf <b>Minuten</b>")
    assert not app.exception
    assert not label(app).endswith(r"\*")
    assert label(app) == plain("Zwölf <b>Minuten<…")
    app.slider(key="weight_transit").set_value(38).run()
    for page in ("plan", "daten", "methodik", "karte"):
        assert label(go(app, page)).endswith(r"\*"), page
    app.button(key="undo").click().run()
    assert not label(app).endswith(r"\*"), "back at what was saved"


def test_every_save_is_a_revision_with_author(tiny, place):
    tiny.slider(key="weight_transit").set_value(37).run()
    save(tiny, "A")
    tiny.slider(key="weight_transit").set_value(38).run()
    save(tiny, "A", "Bert")
    store = Store(str(place))
    (entry,) = store.list().entries
    found = [(one.number, one.author) for one in store.history(entry.scenario_id)]
    store.close()
    assert found == [(2, "Bert"), (1, "Anna")]


def test_undo_after_saving_never_meets_oneself(tiny, place):
    tiny.slider(key="weight_transit").set_value(37).run()
    save(tiny, "A")
    tiny.slider(key="weight_transit").set_value(38).run()
    save(tiny, "A")
    for _ in range(2):
        tiny.button(key="undo").click().run()
    assert label(tiny).endswith(r"\*")
    save(tiny, "A")
    assert "conflict" not in tiny.session_state
    assert tiny.session_state["saved"].entry.number == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_saving_needs_a_name_and_an_author(open_app, tiny_folder, place, language):
    t = Translator(language)
    app = open_app(area=tiny_folder, language=language)
    save(app, "A", "")
    assert t("errors.author_missing") in texts(app).replace("\\", "")
    save(app, "  ")
    assert app.error
    assert not Store(str(place)).list().entries
    save(app, "A")
    assert not app.error


def test_a_taken_name_is_refused_and_the_work_stays(tiny):
    save(tiny, "A")
    tiny.slider(key="weight_transit").set_value(37).run()
    save(tiny, "a", key="scenario_save_as")
    assert "schon ein anderes Szenario" in texts(tiny)
    assert weight(tiny) == 37
    tiny.button(key="trouble_dismiss").click().run()
    assert not tiny.error


def two_at_once(tiny_folder, open_app):
    """Return two sessions that began with the same revision, the first of which has saved another."""
    first = open_app(area=tiny_folder)
    first.slider(key="weight_transit").set_value(20).run()
    save(first, "Gemeinsam")
    second = again(scenario=first.session_state["saved"].entry.scenario_id)
    assert not second.exception
    first.slider(key="weight_transit").set_value(30).run()
    save(first, "Gemeinsam", "Anna")
    second.slider(key="weight_transit").set_value(40).run()
    save(second, "Gemeinsam", "Bert")
    return first, second


def test_a_conflict_is_told_with_its_difference(open_app, tiny_folder, place):
    _, second = two_at_once(tiny_folder, open_app)
    told = texts(second)
    assert "inzwischen von Anna gespeichert" in told.replace("\\", "")
    body = "".join(one.body for one in second.html)
    assert "Anbindung" in body
    assert weight(second) == 40
    store = Store(str(place))
    assert store.list().entries[0].head == 2
    store.close()


@pytest.mark.parametrize("way", ["theirs", "mine", "copy"])
def test_each_way_out_of_a_conflict_loses_nothing(open_app, tiny_folder, place, way):
    _, second = two_at_once(tiny_folder, open_app)
    second.button(key=f"conflict_{way}").click().run()
    assert not second.exception
    assert "conflict" not in second.session_state
    store = Store(str(place))
    entries = {one.name: one for one in store.list().entries}
    heads = {name: one.head for name, one in entries.items()}
    if way == "theirs":
        assert heads == {"Gemeinsam": 2}
        assert weight(second) == 30
        second.button(key="undo").click().run()
        assert weight(second) == 40
    elif way == "mine":
        assert heads == {"Gemeinsam": 3}
        numbers = {
            one.number: store.read(one.scenario_id, one.number)[1].basis.scenario.criteria_weights["transit"]
            for one in store.history(entries["Gemeinsam"].scenario_id)
        }
        assert numbers == {1: 20, 2: 30, 3: 40}
    else:
        assert heads == {"Gemeinsam": 2, "Gemeinsam (Kopie)": 1}
    store.close()


def test_a_draft_outlives_the_program(tiny):
    tiny.slider(key="weight_transit").set_value(37).run()
    save(tiny, "A")
    tiny.slider(key="weight_transit").set_value(38).run()
    name = tiny.session_state["draft"]
    st.cache_resource.clear()  # all that the program holds in memory
    later = again(draft=name)
    assert not later.exception
    assert weight(later) == 38
    assert label(later).endswith(r"A \*")
    assert open_box(later).text_input(key="scenario_author").value == "", "an address may be passed on"
    later.slider(key="weight_transit").set_value(37).run()
    assert not label(later).endswith(r"\*")
    later.slider(key="weight_transit").set_value(39).run()
    save(later, "A")
    assert "conflict" not in later.session_state


def test_a_draft_waits_for_a_store_that_does_not_answer(tiny, place, monkeypatch, tmp_path):
    tiny.slider(key="weight_transit").set_value(41).run()
    name = tiny.session_state["draft"]
    st.cache_resource.clear()
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PLANNING_STORE", str(tmp_path / "file" / "scenarios.sqlite3"))
    later = again(draft=name)
    assert not later.exception
    assert "gerade nicht zu erreichen" in texts(later)
    assert later.query_params["draft"] == name
    monkeypatch.setenv("PLANNING_STORE", str(place))
    later.run()
    assert weight(later) == 41
    assert not later.error


def test_a_draft_that_is_not_there_is_told(tiny):
    app = again(draft="gibtsnicht")
    assert "Den Entwurf dieser Adresse gibt es nicht" in texts(app)
    assert app.session_state["draft"] != "gibtsnicht"


def test_reloading_writes_no_further_drafts(tiny, place):
    tiny.slider(key="weight_transit").set_value(41).run()
    name = tiny.session_state["draft"]
    for _ in range(3):
        st.cache_resource.clear()
        assert weight(again(draft=name)) == 41
    with sqlite3.connect(place) as connection:
        assert connection.execute("SELECT count(*) FROM draft").fetchone() == (1,)
    connection.close()


def test_a_conflict_is_past_once_its_scenario_is_left(open_app, tiny_folder, place):
    first = open_app(area=tiny_folder)
    first.slider(key="weight_transit").set_value(20).run()
    save(first, "X")
    store = Store(str(place))
    entry = store.list().entries[0]
    other = again(scenario=entry.scenario_id)
    other.slider(key="weight_transit").set_value(44).run()
    first.slider(key="weight_transit").set_value(30).run()
    save(first, "X")
    save(other, "X", "Carl")
    assert "conflict" in other.session_state
    other.button(key="undo").click().run()
    assert "conflict" not in other.session_state
    assert not [button for button in other.button if button.key == "conflict_mine"]
    assert store.entry(entry.scenario_id).head == 2
    store.close()


def test_an_older_revision_is_opened_after_the_newest(open_app, tiny_folder, place):
    first = open_app(area=tiny_folder)
    first.slider(key="weight_transit").set_value(20).run()
    save(first, "X", "Anna")
    first.slider(key="weight_transit").set_value(30).run()
    save(first, "X", "Bert")
    scenario = first.session_state["saved"].entry.scenario_id
    app = again(scenario=f"{scenario}@1")
    assert weight(app) == 20
    assert label(app).endswith(r"\*")
    assert "seit Stand 2 von Bert" in texts(open_box(app)).replace("\\", "")
    save(app, "X", "Carl")
    assert "conflict" not in app.session_state
    assert app.session_state["saved"].entry.number == 3


def test_two_with_one_address_do_not_write_into_each_others_draft(tiny):
    tiny.slider(key="weight_transit").set_value(37).run()
    other = again(draft=tiny.session_state["draft"])
    assert weight(other) == 37
    other.slider(key="weight_transit").set_value(40).run()
    assert other.session_state["draft"] != tiny.session_state["draft"]
    assert weight(again(draft=tiny.session_state["draft"])) == 37


def test_nothing_is_written_before_something_is_set(tiny, place):
    go(tiny, "plan")
    assert not place.exists()


def test_a_link_carries_everything_and_holds_no_draft(tiny):
    tiny.slider(key="weight_transit").set_value(37).run()
    open_box(tiny).toggle(key="scenario_link").set_value(True).run()
    query = parse_qs(urlsplit(tiny.code[0].value).query)
    assert set(query) == {"lang", "s"}
    assert read_link(query["s"][0]).basis.scenario.criteria_weights["transit"] == 37
    other = again(s=query["s"][0])
    assert not other.exception
    assert weight(other) == 37
    assert "s" not in other.query_params


@pytest.mark.parametrize("query", BAD_LINKS)
def test_a_bad_link_is_told_and_the_app_goes_on(tiny, query):
    app = again(**query)
    assert not app.exception
    assert app.error
    assert weight(app) == 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_store_that_fails_is_told_and_the_work_stays(
    open_app, tiny_folder, monkeypatch, tmp_path, language
):
    t = Translator(language)
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PLANNING_STORE", str(tmp_path / "file" / "scenarios.sqlite3"))
    app = open_app(area=tiny_folder, language=language)
    app.slider(key="weight_transit").set_value(37).run()
    assert not app.exception
    assert t("scenario.draft_in_memory") in texts(app).replace("\\", "")
    save(app, "A")
    assert app.error
    assert weight(app) == 37
    monkeypatch.setenv("PLANNING_STORE", str(tmp_path / "scenarios.sqlite3"))
    save(app, "A")
    assert not app.error
    st.cache_resource.clear()


def test_a_full_disk_is_told_and_the_work_stays(tiny, monkeypatch):
    def full(*_arguments, **_named):
        raise StoreError("store_full", store="x")

    monkeypatch.setattr(Store, "create", full)
    tiny.slider(key="weight_transit").set_value(37).run()
    save(tiny, "A")
    assert "kein Platz" in texts(tiny)
    assert weight(tiny) == 37
    assert label(tiny).endswith(r"\*")
    monkeypatch.undo()


def test_a_damaged_database_is_told_and_the_app_goes_on(open_app, tiny_folder, place):
    place.parent.mkdir()
    place.write_bytes(b"this is no database" * 1000)
    app = open_app(area=tiny_folder)
    app.slider(key="weight_transit").set_value(37).run()
    assert not app.exception
    assert "keine brauchbare Datenbank" in texts(app)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Nowhere/Land", "../../etc/passwd", "", None])
def test_a_browser_can_name_any_zone(zone):
    assert (_zone(zone) is not None) == (zone == "Europe/Berlin")


def test_notes_are_kept_with_the_scenario(tiny, tiny_area, place):
    room = str(tiny_area.candidates["candidate_id"].iloc[0])
    tiny.session_state["selection"] = Selection("candidate", room)
    tiny.session_state["panel"] = "details"
    tiny.run()
    tiny.text_area(key=f"note_{room}").set_value("Schlüssel <i>beim</i> Hausmeister").run()
    save(tiny, "A")
    store = Store(str(place))
    _, snapshot = store.read(store.list().entries[0].scenario_id)
    store.close()
    assert snapshot.candidate_notes == {room: "Schlüssel <i>beim</i> Hausmeister"}
    tiny.button(key="undo").click().run()
    assert tiny.text_area(key=f"note_{room}").value == ""


def test_a_scenario_of_other_data_opens_with_a_warning(tiny, open_app, tiny_folder, place):
    tiny.slider(key="weight_transit").set_value(37).run()
    save(tiny, "A")
    store = Store(str(place))
    _, snapshot = store.read(store.list().entries[0].scenario_id)
    other = replace(snapshot, name="B", area=replace(snapshot.area, digest="0" * 64, layers={}))
    made = store.create(other, "Anna", dt.datetime.now(dt.UTC))
    store.close()
    app = again(scenario=made.scenario_id)
    assert not app.exception
    assert "Die Daten sind andere" in texts(app)
    app.button(key="notices_dismiss").click().run()
    assert "Die Daten sind andere" not in texts(app)


def test_a_saved_revision_is_whole_in_the_file(tiny, place):
    tiny.slider(key="weight_transit").set_value(37).run()
    save(tiny, "A")
    with sqlite3.connect(place) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
