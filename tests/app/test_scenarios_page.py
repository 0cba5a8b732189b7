"""The page *Szenarien*: list, comparison and bin, in every state of the store and for two people at once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from planning.access import measure
from planning.area import load_area
from planning.i18n import LANGUAGES, Translator
from planning.model import PlanSettings, Scenario
from planning.need import cell_need
from planning.scenarios.document import document_bytes, document_of
from planning.scenarios.store import Store
from planning.scenarios.work import KeptPlan, Work, capture
from planning.siting import make_plan, plan_effect, prepare
from planning.ui import keeping
from planning.ui.components.scenario_list import PER_PAGE
from planning.ui.markup import plain
from planning.ui.pages.scenarios import VIEWS
from tests.app.conftest import go, open_box
from tests.app.test_pages import texts
from tests.fixtures.scenarios import later

T = Translator("de")
AUTHOR = "Ana"
HOSTILE = "<script>alert(1)</script> **fett** [x](http://a.b) :red[rot] $a$ `c` | " + "lang" * 10


@pytest.fixture
def target(monkeypatch, tmp_path):
    """Give a fresh place for scenarios, which the app uses as well."""
    path = str(tmp_path / "scenarios.sqlite3")
    monkeypatch.setenv("PLANNING_STORE", path)
    yield path
    keeping._opened_store.clear()


@pytest.fixture
def store(target):
    opened = Store(target)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def area(tiny_folder):
    return load_area(tiny_folder)


def _snapshot(area, count=2, **values):
    """Return a scenario on the tiny town; with a plan of so many rooms, unless that is 0."""
    scenario, settings = Scenario(**values), PlanSettings(count=count or None)
    if not count:
        return capture(Work(area, scenario, settings), area)
    distances = measure(area)
    plan = make_plan(prepare(area, scenario, settings, distances), scenario)
    effect = plan_effect(area, scenario, distances, cell_need(area.cells, {}), plan.candidate_ids)
    return capture(Work(area, scenario, settings, KeptPlan(plan, area)), area, effect=effect)


@pytest.fixture(scope="module")
def planned(area):
    return _snapshot(area)


@pytest.fixture(scope="module")
def other_plan(area):
    return _snapshot(area, count=1, criteria_weights={"transit": 50.0}, minutes=10.0)


@pytest.fixture(scope="module")
def unplanned(area):
    return _snapshot(area, count=0)


@pytest.fixture
def keep(store):
    """Keep a scenario under a name; each a second later than the one before."""

    def kept(snapshot, name, author=AUTHOR):
        kept.seconds += 1
        return store.create(replace(snapshot, name=name), author, later(kept.seconds))

    kept.seconds = 0
    return kept


@pytest.fixture
def opened(open_app, tiny_folder, target):
    def page(language="de", **parameters):
        return open_app(area=tiny_folder, language=language, page="szenarien")

    return page


def said(app) -> str:
    return "\n".join([texts(app), *(str(one.value) for one in app.success)])


def cards(app) -> list[str]:
    """Return the names on the cards, in their order."""
    bodies = [one.body for one in app.html if "planner-card" in one.body and "<style" not in one.body]
    return [body.split("<h2>")[1].split("</h2>")[0].split(" <span")[0] for body in bodies]


def card(app, name: str) -> str:
    return next(one.body for one in app.html if f"<h2>{name}" in one.body)


def press(app, key: str):
    app.button(key=key).click().run()
    assert not app.exception
    return app


def unfold(app, entry):
    app.session_state[f"more_{entry.scenario_id}"] = True
    return app.run()


def view(app, name: str):
    app.session_state["scenario_view"] = name
    app.run()
    assert not app.exception
    return app


def sign(app, author: str = AUTHOR):
    app.session_state["author"] = author
    return app.run()


def save(app, name: str, author: str = AUTHOR):
    open_box(app)
    app.text_input(key="scenario_name").set_value(name)
    app.text_input(key="scenario_author").set_value(author)
    return press(app, "scenario_save")


def reweigh(app, weight: float):
    """Change a weight as the page *Karte* does."""
    from planning.ui.work import Step

    work = app.session_state["work"]
    history = app.session_state["history"] if "history" in app.session_state else ()  # noqa: SIM401 - no mapping
    scenario = replace(work.scenario, criteria_weights={**work.scenario.criteria_weights, "transit": weight})
    app.session_state["history"] = (*history, Step("ui.action.weights", work, kept(app)))
    app.session_state["work"] = replace(work, scenario=scenario)
    return app.run()


def kept(app):
    return app.session_state["saved"] if "saved" in app.session_state else None  # noqa: SIM401 - no mapping


def is_unsaved(app) -> bool:
    return app.get("popover")[0].proto.popover.label.endswith("*")


def transit(snapshot) -> float:
    return snapshot.basis.scenario.criteria_weights["transit"]


# --- the list


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_store_says_what_to_do(opened, language):
    t = Translator(language)
    app = opened(language)
    assert not app.exception
    assert t("scenario.list.empty")[:30] in said(app)
    assert t("scenario.compare.only_work") in said(view(app, "compare"))
    assert t("scenario.bin.empty") in said(view(app, "bin"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_say_what_a_scenario_is(opened, keep, planned, unplanned, area, language):
    t = Translator(language)
    keep(planned, "Mit Plan", "Ben")
    keep(unplanned, "Ohne Plan")
    app = opened(language)
    assert not app.error
    assert cards(app) == ["Ohne Plan", "Mit Plan"]
    assert t("scenario.list.count", count="2") in said(app)
    body = card(app, "Mit Plan")
    figures = planned.plan
    assert "Ben · " in body
    assert t("plan.rooms_many", count=2) in body
    assert t("scenario.card.optimal") in body
    assert f"{t.share(figures.before.share)} → {t.share(figures.after.share)}" in body
    assert f"{figures.after.worst_name}\u00a0{t.share(figures.after.worst_share)}" in body
    assert f'alt="{t("scenario.card.map", area=area.name, rooms=t("plan.rooms_many", count=2))}"' in body
    assert t("scenario.card.other_data") not in body
    assert t("scenario.card.no_plan") in card(app, "Ohne Plan")


def test_ten_a_page_and_a_search_by_name_or_person(opened, keep, unplanned):
    for number in range(1, 26):
        keep(unplanned, f"Variante {number:02}", "Cem" if number == 7 else AUTHOR)
    app = opened()
    assert cards(app) == [f"Variante {number:02}" for number in range(25, 15, -1)]
    assert "25 Szenarien" in said(app)
    assert app.button(key="scenario_page_newer").disabled
    press(press(app, "scenario_page_older"), "scenario_page_older")
    assert cards(app) == [f"Variante {number:02}" for number in range(5, 0, -1)]
    assert app.button(key="scenario_page_older").disabled
    app.text_input(key="scenario_search").set_value("CEM").run()
    assert cards(app) == ["Variante 07"]
    assert "1 Szenario" in said(app)
    app.text_input(key="scenario_search").set_value("<nichts>").run()
    assert not cards(app)
    assert r"\<nichts\>" in said(app)
    go(go(app, "methodik"), "szenarien")
    assert app.text_input(key="scenario_search").value == "<nichts>"


def test_the_list_asks_the_store_once_and_history_only_when_unfolded(
    opened, keep, planned, store, monkeypatch
):
    first = keep(planned, "Eins")
    for number in range(12):
        keep(planned, f"Nummer {number}")
    app = opened()
    asked = []
    for name in ("list", "history", "read", "entry", "named", "find"):
        method = getattr(Store, name)

        def spy(self, *args, _name=name, _method=method, **kwargs):
            asked.append(_name)
            return _method(self, *args, **kwargs)

        monkeypatch.setattr(Store, name, spy)
    app.run()
    assert asked == ["list"]
    press(app, "scenario_page_older")
    asked.clear()
    unfold(app, first)
    assert asked == ["list", "history"]


def test_a_page_that_is_no_more_becomes_the_last_one(opened, keep, unplanned, store):
    entries = [keep(unplanned, f"Variante {number}") for number in range(PER_PAGE + 1)]
    app = press(opened(), "scenario_page_older")
    assert cards(app) == ["Variante 0"]
    store.delete(entries[0].scenario_id, later(100))
    app.run()
    assert len(cards(app)) == PER_PAGE


def test_opening_makes_it_the_work_and_undo_brings_the_other_back(opened, keep, planned):
    entry = keep(planned, "Mit Plan")
    app = press(opened(), f"open_{entry.scenario_id}")
    assert app.session_state["work"].scenario.name == "Mit Plan"
    assert app.session_state["work"].plan.plan.candidate_ids == planned.plan.candidate_ids
    assert T("scenario.card.open") in card(app, "Mit Plan")
    assert not is_unsaved(app)
    press(app, "undo")
    assert app.session_state["work"].plan is None
    assert T("scenario.card.open") not in card(app, "Mit Plan")


def test_renaming_the_open_one_keeps_the_session_in_step(opened, keep, planned, store):
    entry = keep(planned, "Alt")
    app = sign(press(opened(), f"open_{entry.scenario_id}"), "Ben")
    unfold(app, entry)
    app.text_input(key=f"name_{entry.scenario_id}").set_value("Neu").run()
    press(app, f"rename_{entry.scenario_id}")
    assert not app.error
    assert cards(app) == ["Neu"]
    assert app.session_state["work"].scenario.name == "Neu"
    assert not is_unsaved(app)
    assert [one.action for one in store.history(entry.scenario_id)] == ["rename", "save"]
    reweigh(app, 31.0)
    assert is_unsaved(app)
    save(app, "Neu")
    assert not app.warning
    assert [one.number for one in store.history(entry.scenario_id)] == [3, 2, 1]
    assert store.history(entry.scenario_id)[1].author == "Ben"


def test_renaming_needs_a_person_and_a_free_name(opened, keep, planned, store):
    first, second = keep(planned, "Eins"), keep(planned, "Zwei")
    app = unfold(opened(), first)
    press(app, f"rename_{first.scenario_id}")
    assert plain(T("errors.author_missing")) == app.error[0].value
    unfold(app, first)
    app.text_input(key=f"author_{first.scenario_id}").set_value("Ben").run()
    app.text_input(key=f"name_{first.scenario_id}").set_value("zwei").run()
    press(app, f"rename_{first.scenario_id}")
    assert "zwei" in app.error[0].value
    assert store.entry(first.scenario_id).name == "Eins"
    assert store.entry(second.scenario_id).number == 1


def test_renaming_what_somebody_else_has_just_changed_writes_nothing(
    opened, keep, planned, other_plan, store
):
    entry = keep(planned, "Eins")
    app = unfold(sign(opened()), entry)
    app.text_input(key=f"name_{entry.scenario_id}").set_value("Zwei").run()
    store.save(entry.scenario_id, 1, replace(other_plan, name="Eins"), "Cem", later(50))
    press(app, f"rename_{entry.scenario_id}")
    assert "Cem" in app.error[0].value
    assert not [one.key for one in app.button if str(one.key).startswith("conflict")]
    assert [one.number for one in store.history(entry.scenario_id)] == [2, 1]
    assert store.entry(entry.scenario_id).name == "Eins"


def test_duplicates_are_scenarios_of_their_own(opened, keep, planned, store):
    entry = keep(planned, "Eins")
    app = unfold(sign(opened()), entry)
    press(app, f"duplicate_{entry.scenario_id}")
    assert cards(app) == [T("scenario.copy_of", name="Eins"), "Eins"]
    unfold(app, entry)
    app.text_input(key=f"name_{entry.scenario_id}").set_value("Drei").run()
    press(app, f"duplicate_{entry.scenario_id}")
    assert cards(app)[0] == "Drei"
    assert store.named("Drei").action == "duplicate"


def test_an_older_revision_is_opened_or_restored(opened, keep, planned, other_plan, store):
    entry = keep(planned, "Eins")
    store.save(entry.scenario_id, 1, replace(other_plan, name="Eins"), "Ben", later(50))
    app = unfold(sign(opened()), entry)
    written = said(app)
    assert "Stand 2: gespeichert von Ben" in written.replace("\\", "")
    assert app.button(key=f"restore_{entry.scenario_id}_2").disabled
    press(app, f"open_{entry.scenario_id}_1")
    assert app.session_state["work"].plan.plan.candidate_ids == planned.plan.candidate_ids
    assert is_unsaved(app)
    unfold(app, entry)
    press(app, f"open_{entry.scenario_id}_2")
    assert not is_unsaved(app)
    unfold(app, entry)
    press(app, f"restore_{entry.scenario_id}_1")
    assert not app.error
    assert [one.action for one in store.history(entry.scenario_id)] == ["restore", "save", "save"]
    assert app.session_state["work"].plan.plan.candidate_ids == planned.plan.candidate_ids
    assert not is_unsaved(app)
    # undoing it is a change like any other, not a conflict with oneself
    press(app, "undo")
    assert app.session_state["work"].plan.plan.candidate_ids == other_plan.plan.candidate_ids
    assert is_unsaved(app)
    save(app, "Eins")
    assert not app.warning
    assert store.entry(entry.scenario_id).number == 4


def test_many_revisions_are_shown_on_demand(opened, keep, planned, other_plan, store):
    entry = keep(planned, "Eins")
    for number in range(1, 13):
        one = planned if number % 2 else other_plan
        store.save(entry.scenario_id, number, replace(one, name="Eins"), "Cem", later(50 + number))
    app = unfold(opened(), entry)
    shown = [one.key for one in app.button if str(one.key).startswith("restore_")]
    assert len(shown) == 10
    press(app, f"older_{entry.scenario_id}")
    assert len([one.key for one in app.button if str(one.key).startswith("restore_")]) == 13


def test_deleting_the_open_one_leaves_a_draft_and_can_be_undone(opened, keep, planned, store):
    entry = keep(planned, "Eins")
    app = press(opened(), f"open_{entry.scenario_id}")
    unfold(app, entry)
    press(app, f"delete_{entry.scenario_id}")
    assert not cards(app)
    assert "Eins" in app.success[0].value
    assert kept(app) is None
    assert is_unsaved(app)
    assert app.session_state["work"].plan.plan.candidate_ids == planned.plan.candidate_ids
    press(app, "scenario_undelete")
    assert cards(app) == ["Eins"]
    assert not app.success
    assert not is_unsaved(app)
    reweigh(app, 33.0)
    save(app, "Eins")
    assert not app.warning
    assert store.entry(entry.scenario_id).number == 2


def test_undoing_a_deletion_does_not_tie_other_work_to_it(opened, keep, planned):
    entry = keep(planned, "Eins")
    app = press(opened(), f"open_{entry.scenario_id}")
    unfold(app, entry)
    press(app, f"delete_{entry.scenario_id}")
    press(app, "undo")
    press(app, "scenario_undelete")
    assert kept(app) is None


def test_a_link_and_a_file_leave_the_page(opened, keep, planned, store, open_app, tiny_folder):
    from streamlit.testing.v1 import AppTest

    from planning.scenarios.reading import read_snapshot
    from planning.ui.components.scenario_more import _file
    from tests.app.conftest import APP

    entry = keep(planned, "Eins")
    app = unfold(opened(), entry)
    assert f"scenario={entry.scenario_id}" in app.code[-1].value
    assert read_snapshot(_file(store, entry)).plan == planned.plan
    again = AppTest.from_file(APP, default_timeout=60)
    again.query_params["scenario"] = entry.scenario_id
    again.run()
    assert not again.exception
    assert again.session_state["work"].scenario.name == "Eins"


def test_the_page_comes_back_as_it_was_left(opened, keep, planned, other_plan):
    first, second = keep(planned, "Eins"), keep(other_plan, "Zwei")
    app = compare(opened(), second, first)
    app.button_group(key="compare_panel").set_value("settings").run()
    app.selectbox(key="compare_a").set_value(first.scenario_id).run()
    go(go(app, "methodik"), "szenarien")
    assert not app.exception
    assert app.button_group(key="scenario_view").value == "compare"
    assert app.button_group(key="compare_panel").value == "settings"
    assert app.selectbox(key="compare_a").value == first.scenario_id
    app.button_group(key="scenario_view").set_value("bin").run()
    assert T("scenario.bin.empty") in said(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_and_its_buttons_are_described(language):
    t = Translator(language)
    described = t.text("pages")
    keys = [f"scenario.view.{name}" for name in VIEWS]
    keys += [f"scenario.compare_panel.{name}" for name in ("ranking", "settings")]
    keys += [f"scenario.list.{name}" for name in ("search", "open", "compare")]
    keys += [f"scenario.deeds.{name}" for name in ("title", "rename", "duplicate", "restore", "delete")]
    keys += [f"scenario.side.{name}" for name in ("notes", "new", "upload")]
    assert not [key for key in keys if t(key).casefold() not in described.casefold()]


# --- beside the list


def test_the_note_belongs_to_the_work(opened):
    app = opened()
    app.text_area(key="scenario_notes").set_value("Mit dem Träger\nsprechen").run()
    assert app.session_state["work"].notes == "Mit dem Träger\nsprechen"
    press(app, "undo")
    assert app.text_area(key="scenario_notes").value == ""
    press(app, "redo")
    assert app.text_area(key="scenario_notes").value == "Mit dem Träger\nsprechen"
    save(app, "Mit Notiz")
    assert not app.error
    assert not is_unsaved(app)


def test_starting_anew_can_be_taken_back(opened, keep, planned):
    entry = keep(planned, "Eins")
    app = press(opened(), f"open_{entry.scenario_id}")
    press(app, "scenario_new")
    assert app.session_state["work"].plan is None
    assert kept(app) is None
    press(app, "undo")
    assert app.session_state["work"].plan.plan.candidate_ids == planned.plan.candidate_ids
    assert kept(app).entry.scenario_id == entry.scenario_id


def test_a_file_is_opened_once(opened, planned):
    content = document_bytes(document_of(replace(planned, name="Aus der Datei")))
    app = opened()
    app.file_uploader(key="scenario_upload").set_value(("s.json", content, "application/json")).run()
    assert not app.exception
    assert not app.error
    assert app.session_state["work"].scenario.name == "Aus der Datei"
    press(app, "undo")
    app.run()
    assert app.session_state["work"].plan is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "errors.scenario_not_json"),
        (b"[1]", "errors.scenario_not_one"),
        (b"\xff\xfe", "errors.scenario_not_json"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused(opened, content, told):
    app = opened()
    app.file_uploader(key="scenario_upload").set_value(("s.json", content, "application/json")).run()
    assert not app.exception
    assert plain(T(told).split("(")[0].split("„")[0]) in app.error[0].value
    assert app.session_state["work"].scenario.name == ""


def test_faults_of_a_file_are_told_with_their_places(opened, planned):
    document = document_of(planned)
    document.pop("id")
    document["reach"]["minutes"] = "viel"
    document["plan_settings"]["seed"] = -1
    app = opened()
    content = json.dumps(document).encode()
    app.file_uploader(key="scenario_upload").set_value(("s.json", content, "application/json")).run()
    table = "".join(one.body for one in app.html if "<style" not in one.body)
    assert "reach.minutes" in table
    assert "plan_settings.seed" in table


# --- the comparison


def compare(app, a, b):
    app.session_state["compare_a"], app.session_state["compare_b"] = (
        one if isinstance(one, str) else one.scenario_id for one in (a, b)
    )
    return view(app, "compare")


def panel(app, name: str) -> str:
    app.session_state["compare_panel"] = name
    app.run()
    assert not app.exception
    return said(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_plans_are_compared_in_words_and_on_the_map(opened, keep, planned, other_plan, language):
    t = Translator(language)
    first, second = keep(planned, "Eins"), keep(other_plan, "Zwei")
    app = compare(opened(language), first, second)
    assert not app.error
    written = panel(app, "result")
    assert t("scenario.figure.share_after") in written
    assert t.number(5.0, 0, "min") in written
    assert "−1<" in written
    mark = "AB" if set(other_plan.plan.candidate_ids) <= set(planned.plan.candidate_ids) else "B"
    assert f"{t(f'scenario.mark.{mark}')}: 1" in written
    rooms = panel(app, "rooms")
    assert t("scenario.compare.gain", letter="A") in rooms
    for room in (*planned.plan.rooms, *other_plan.plan.rooms):
        assert room.name.replace("<", "&lt;").split("&")[0] in rooms
    settings = panel(app, "settings")
    assert t("scenario.kind.minutes") in settings
    assert t("siting.setting.count.label") in settings
    ranking = panel(app, "ranking")
    assert t("scenario.compare.best_same", best=14) in ranking


def test_the_map_shows_three_kinds_of_rooms(opened, keep, planned, other_plan, area):
    from planning.render.comparison import compared_area, plan_marks
    from planning.render.view import MapView, view_data

    marks = plan_marks(planned.plan, other_plan.plan)
    rooms = {room.candidate_id: room for side in (planned, other_plan) for room in side.plan.rooms}
    shown = compared_area(area, (), rooms)
    data = view_data(shown, T, MapView(indicator=None, chosen=tuple(marks), marks=marks))["candidates"]
    assert dict(zip(data["ids"], data["marks"], strict=True)).items() >= marks.items()
    assert {label for _, label in data["markLegend"]} == {T(f"scenario.mark.{one}") for one in marks.values()}


def test_the_present_work_is_compared_by_a_button(opened, keep, planned):
    entry = keep(planned, "Eins")
    app = press(opened(), f"compare_{entry.scenario_id}")
    assert app.selectbox(key="compare_a").value == "work"
    assert app.selectbox(key="compare_b").value == entry.scenario_id
    assert not app.error
    assert T("scenario.card.no_plan") in panel(app, "result")
    app.selectbox(key="compare_a").set_value(entry.scenario_id).run()
    assert T("scenario.compare.same") in said(app)
    assert T("scenario.same") in panel(app, "settings")


def test_without_plans_settings_and_ranking_are_compared(opened, keep, area, unplanned):
    first = keep(unplanned, "Eins")
    second = keep(_snapshot(area, count=0, criteria_weights={"transit": 50.0}), "Zwei")
    app = compare(opened(), first, second)
    assert T("scenario.compare.no_plan") in said(app)
    assert T("scenario.kind.criteria_weight", name=T("criteria.transit.label")) in panel(app, "settings")
    ranking = panel(app, "ranking")
    assert "Räumen stehen in B auf einem anderen Rang" in ranking or "Die Rangfolge ist dieselbe" in ranking
    app.text_input(key="compare_search").set_value("<gibt es nicht>").run()
    assert r"\<gibt es nicht\>" in said(app)
    app.text_input(key="compare_search").set_value("biblio").run()
    assert "Bibliothek" in said(app)


def test_revisions_of_one_scenario_are_compared(opened, keep, planned, other_plan, store):
    entry = keep(planned, "Eins")
    store.save(entry.scenario_id, 1, replace(other_plan, name="Eins"), "Cem", later(50))
    app = compare(opened(), entry, entry)
    assert T("scenario.compare.same") in said(app)
    app.selectbox(key=f"compare_a_number_{entry.scenario_id}_de").set_value(1).run()
    assert not app.exception
    assert T("scenario.compare.same") not in said(app)
    assert T("scenario.kind.minutes") in panel(app, "settings")


def elsewhere(snapshot, *, area_id: str | None = None):
    layers = {**snapshot.area.layers, "cells": "0" * 12}
    known = snapshot.area
    made_on = replace(
        known, id=area_id or known.id, name=area_id or known.name, digest="1" * 64, layers=layers
    )
    return replace(snapshot, area=made_on)


def test_other_data_are_told_on_card_and_in_comparison(opened, keep, planned):
    same = keep(planned, "Eins")
    other, away = keep(elsewhere(planned), "Alt"), keep(elsewhere(planned, area_id="Bochum"), "Fern")
    app = opened()
    assert T("scenario.card.other_data") in card(app, "Alt")
    assert T("scenario.card.other_area", area="Bochum") in card(app, "Fern")
    compare(app, same, other)
    assert T("data.layer.cells") in app.warning[0].value.replace("\\", "")
    assert T("scenario.compare.then", letter="B") in app.warning[0].value
    assert T.share(planned.plan.after.share, 1) in panel(app, "result")
    assert T("scenario.compare.at_hand") in panel(app, "ranking")
    assert "Bochum" in compare(app, same, away).warning[0].value


def test_rooms_that_are_no_more_stay_in_the_table(opened, keep, planned):
    plan = planned.plan
    gone = replace(plan.rooms[0], candidate_id="weg", name="Abgerissenes Haus")
    far = replace(plan.rooms[1], candidate_id="fern", name="Weit weg", x=1e12, y=-1e12)
    old = replace(elsewhere(planned), plan=replace(plan, rooms=(gone, far)))
    app = compare(opened(), keep(planned, "Eins"), keep(old, "Alt"))
    assert not app.exception
    assert "Abgerissenes Haus" in app.warning[0].value
    assert "Abgerissenes Haus" in panel(app, "rooms")
    assert "Weit weg" in panel(app, "rooms")


def test_what_was_chosen_and_is_deleted_gives_way(opened, keep, planned, other_plan, store):
    first, second = keep(planned, "Eins"), keep(other_plan, "Zwei")
    app = compare(opened(), first, second)
    store.delete(second.scenario_id, later(90))
    app.run()
    assert not app.exception
    assert app.selectbox(key="compare_b").value == first.scenario_id


# --- the bin


def test_the_bin_gives_back_or_removes_for_good(opened, keep, planned, store):
    first, second = keep(planned, "Eins"), keep(planned, "Zwei")
    for one in (first, second):
        store.delete(one.scenario_id, later(60))
    app = view(opened(), "bin")
    assert set(cards(app)) == {"Eins", "Zwei"}
    assert "gelöscht" in card(app, "Eins")
    assert "2026" in card(app, "Eins")
    press(app, f"undelete_{first.scenario_id}")
    assert cards(app) == ["Zwei"]
    press(app, f"purge_{second.scenario_id}")
    assert cards(app) == ["Zwei"]
    assert "Zwei" in app.warning[-1].value
    press(app, "scenario_purge_no")
    assert not [one.key for one in app.button if one.key == "scenario_purge_yes"]
    press(press(app, f"purge_{second.scenario_id}"), "scenario_purge_yes")
    assert not cards(app)
    assert store.list(deleted=True).total == 0
    assert store.entry(first.scenario_id).deleted_at is None


def test_a_deleted_name_that_is_taken_by_now_is_told(opened, keep, planned, store):
    first = keep(planned, "Eins")
    store.delete(first.scenario_id, later(60))
    keep(planned, "eins")
    app = press(view(opened(), "bin"), f"undelete_{first.scenario_id}")
    assert "Eins" in app.error[0].value
    assert cards(app) == ["Eins"]


# --- trouble


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["garbage", "folder", "address"])
def test_without_a_store_the_rest_goes_on(open_app, tiny_folder, monkeypatch, tmp_path, language, kind):
    t, path = Translator(language), tmp_path / "kaputt.sqlite3"
    if kind == "garbage":
        path.write_bytes(b"no database at all " * 100)
    elif kind == "folder":
        path.mkdir()
    monkeypatch.setenv("PLANNING_STORE", "mysql://x" if kind == "address" else str(path))
    app = open_app(area=tiny_folder, language=language, page="szenarien")
    assert not app.exception
    assert len(app.error) == 1
    assert "PLANNING_STORE" in app.error[0].value.replace("\\", "") or kind == "address"
    app.text_area(key="scenario_notes").set_value("geht weiter").run()
    assert app.session_state["work"].notes == "geht weiter"
    save(app, "Eins")
    assert app.error
    assert not view(app, "compare").exception
    assert not view(app, "bin").exception
    go(app, "karte")
    assert not app.exception
    assert app.session_state["work"].notes == "geht weiter"
    assert t("scenario.draft_in_memory")[:20] in said(app)


def test_a_damaged_revision_leaves_the_others(opened, keep, planned, other_plan, store):
    entry, sound = keep(planned, "Kaputt"), keep(planned, "Heil")
    store.save(entry.scenario_id, 1, replace(other_plan, name="Kaputt"), "Cem", later(50))
    with store._engine.begin() as connection:
        change = "UPDATE revision SET document = replace(document, '10', '11') WHERE number = 2"
        connection.execute(sa.text(change))
    app = press(opened(), f"open_{entry.scenario_id}")
    assert "Stand 2" in app.error[0].value
    assert app.session_state["work"].scenario.name == ""
    compare(app, "work", entry)
    assert any("Stand 2" in one.value for one in app.error)
    view(app, "list")
    unfold(app, entry)
    press(app, f"open_{entry.scenario_id}_1")
    assert not app.error
    assert app.session_state["work"].plan.plan.candidate_ids == planned.plan.candidate_ids
    save(app, "Kaputt")
    assert [one.number for one in store.history(entry.scenario_id)] == [3, 2, 1]
    press(app, f"open_{sound.scenario_id}")
    assert not app.error


def test_a_damaged_summary_leaves_the_list(opened, keep, planned, store):
    keep(planned, "Heil")
    entry = keep(planned, "Kaputt")
    with store._engine.begin() as connection:
        change = "UPDATE revision SET summary = '{' WHERE scenario_id = :key"
        connection.execute(sa.text(change), {"key": entry.scenario_id})
    app = opened()
    assert not app.exception
    assert T("scenario.card.damaged") in card(app, "Kaputt")
    assert "planner-mark" not in card(app, "Kaputt")
    press(app, f"open_{entry.scenario_id}")
    assert app.session_state["work"].plan.plan.candidate_ids == planned.plan.candidate_ids


@pytest.fixture
def conflict(opened, keep, planned, store):
    """Two sessions with the same scenario; the second has saved, the first tries to."""
    entry = keep(planned, "Gemeinsam")
    first, second = (press(opened(), f"open_{entry.scenario_id}") for _ in range(2))
    reweigh(first, 31.0)
    reweigh(second, 32.0)
    save(second, "Gemeinsam", "Ben")
    save(first, "Gemeinsam", AUTHOR)
    assert "Ben" in first.warning[0].value
    assert "planner-grid" in "".join(one.body for one in first.html if "<style" not in one.body)
    assert store.entry(entry.scenario_id).number == 2
    assert transit(store.read(entry.scenario_id)[1]) == 32.0
    return first, entry


def test_conflict_their_revision_is_opened_and_mine_can_be_had_back(conflict, store):
    app, entry = conflict
    press(app, "conflict_theirs")
    assert app.session_state["work"].scenario.criteria_weights["transit"] == 32.0
    assert not app.warning
    assert not is_unsaved(app)
    press(app, "undo")
    assert app.session_state["work"].scenario.criteria_weights["transit"] == 31.0
    assert store.entry(entry.scenario_id).number == 2


def test_conflict_mine_goes_on_top_and_theirs_stays(conflict, store):
    app, entry = conflict
    press(app, "conflict_mine")
    assert not app.warning
    assert not is_unsaved(app)
    found = [transit(store.read(entry.scenario_id, number)[1]) for number in (1, 2, 3)]
    assert found[1:] == [32.0, 31.0]
    assert [one.author for one in store.history(entry.scenario_id)] == [AUTHOR, "Ben", AUTHOR]


def test_conflict_mine_becomes_a_scenario_of_its_own(conflict, store):
    app, entry = conflict
    app.text_input(key="conflict_name").set_value("Meins").run()
    press(app, "conflict_copy")
    assert not app.warning
    assert store.entry(entry.scenario_id).number == 2
    own = store.named("Meins")
    assert own.scenario_id != entry.scenario_id
    assert transit(store.read(own.scenario_id)[1]) == 31.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_from_elsewhere_are_shown_letter_by_letter(opened, keep, planned, store, language):
    rooms = (replace(planned.plan.rooms[0], name="<b>" + "Raum " * 59), *planned.plan.rooms[1:])
    hostile = replace(planned, plan=replace(planned.plan, rooms=rooms), notes=HOSTILE)
    entry = keep(hostile, HOSTILE, "<i>Eve</i> _x_")
    other = keep(planned, "Anders")
    app = unfold(opened(language), entry)
    compared = panel(compare(app, entry, other), "rooms")
    assert "&lt;b&gt;Raum Raum" in compared
    assert "Raum " * 20 not in compared
    written = "\n".join((compared, panel(app, "settings"), panel(app, "ranking")))
    assert "**fett**" in written
    bodies = [one.body for one in app.html if "MutationObserver" not in one.body]
    view(app, "list")
    unfold(app, entry)
    press(app, f"delete_{entry.scenario_id}")
    told = said(app)
    assert r"\<script\>" in told
    bodies += [one.body for one in app.html if "MutationObserver" not in one.body]
    press(view(app, "bin"), f"purge_{entry.scenario_id}")
    bodies += [one.body for one in app.html if "MutationObserver" not in one.body]
    assert plain(HOSTILE) in app.warning[-1].value
    for body in bodies:
        assert "<script" not in body
        assert "<i>" not in body
        assert "<b>Raum" not in body
