"""The page *Vergleich*: no room, two to four rooms, how sure, and what a person does there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from planning.i18n import Translator
from planning.model import Opinion, PlanSettings, Scenario
from planning.ui.components.sureness import TABS
from planning.ui.pages.compare import VIEWS
from tests.app.conftest import go, put
from tests.app.test_pages import LANGUAGES, texts
from tests.app.test_plan_page import computed, finish, kept, said, settings


def html(app) -> str:
    return "\n".join(one.body for one in app.html if "<style" not in one.body)


def look(app, view: str, tab: str | None = None):
    app.session_state["compare_view"] = view
    if tab is not None:
        app.session_state["sureness_tab"] = tab
    return app.run()


def ranked(app) -> list[str]:
    return list(app.multiselect(key="compare_rooms").options)


def compare(app, ids):
    app.session_state["compare_rooms"] = list(ids)
    return app.run()


@pytest.fixture
def tiny(open_app, tiny_folder):
    return open_app(area=tiny_folder, page="vergleich")


@pytest.fixture
def ids(tiny_area):
    return [str(name) for name in tiny_area.candidates["candidate_id"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_rooms_it_says_what_to_do_and_offers_a_start(open_app, tiny_folder, language):
    t = Translator(language)
    app = open_app(area=tiny_folder, language=language, page="vergleich")
    assert t("confidence.pick.none") in said(app)
    app.button(key="compare_offer_best").click().run()
    assert not app.exception
    assert t("compare.section.explanation") in texts(app)
    assert len(app.session_state["compare_rooms"]) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [2, 3, 4])
def test_rooms_stand_side_by_side(open_app, tiny_folder, ids, language, count):
    t = Translator(language)
    app = compare(open_app(area=tiny_folder, language=language, page="vergleich"), ids[:count])
    assert not app.exception
    shown = html(app)
    maps = re.findall(r'<img src="data:image/svg\+xml;base64,[^"]+" width="(\d+)" height="(\d+)"', shown)
    own = [size for size in maps if int(size[0]) > 100]
    assert len(own) == count
    assert len(set(own)) == 1
    for section in ("explanation", "criteria", "waterfall", "gained", "overlap", "acceptability", "notes"):
        assert t(f"compare.section.{section}") in texts(app)
    assert len(app.text_area) == count
    said_rooms = [letter for letter in "ABCD" if f">{letter}<" in shown]
    assert said_rooms == list("ABCD"[:count])


def test_one_room_is_too_few(tiny, ids):
    t = Translator("de")
    compare(tiny, ids[:1])
    assert t("confidence.pick.one_more") in said(tiny)
    assert not tiny.exception


def test_a_room_that_was_closed_leaves_the_comparison(tiny, ids):
    compare(tiny, ids[:3])
    area = tiny.session_state["work"].area
    rooms = area.candidates.copy()
    rooms.loc[rooms["candidate_id"] == ids[0], "status"] = "closed"
    put(tiny, area=area.with_tables(candidates=rooms))
    tiny.run()
    assert not tiny.exception
    assert tiny.session_state["compare_rooms"] == ids[1:3]


def test_a_note_is_kept_with_the_scenario_and_can_be_undone(tiny, ids):
    compare(tiny, ids[:2])
    tiny.text_area(key=f"compare_note_{ids[0]}").input("Schlüssel beim Hausmeister").run()
    assert tiny.session_state["work"].candidate_notes == {ids[0]: "Schlüssel beim Hausmeister"}
    tiny.button(key="undo").click().run()
    assert not tiny.session_state["work"].candidate_notes
    assert tiny.text_area(key=f"compare_note_{ids[0]}").value == ""


def test_how_sure_one_is_counts_and_can_be_undone(tiny, ids):
    compare(tiny, ids[:2])
    before = html(tiny)
    tiny.segmented_control(key="certainty_rooms").set_value("low").run()
    assert tiny.session_state["work"].certainty == "low"
    assert html(tiny) != before
    tiny.button(key="undo").click().run()
    assert tiny.session_state["work"].certainty == "medium"
    assert html(tiny) == before


def test_the_map_puts_a_room_into_the_comparison(open_app, tiny_folder, ids):
    from planning.ui.state import Selection

    app = open_app(area=tiny_folder, page="karte")
    app.session_state["selection"] = Selection("candidate", ids[1])
    app.session_state["panel_wish"] = "details"
    app.run()
    app.button(key=f"compare_add_{ids[1]}").click().run()
    assert app.session_state["compare_rooms"] == [ids[1]]
    assert app.button(key=f"compare_add_{ids[1]}").disabled
    go(app, "vergleich")
    assert app.multiselect(key="compare_rooms").value == [ids[1]]
    app.button(key="compare_offer_selection").click().run()
    assert len(app.session_state["compare_rooms"]) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tab", TABS)
def test_every_answer_to_how_sure_is_drawn(open_app, tiny_folder, language, tab):
    t = Translator(language)
    app = look(open_app(area=tiny_folder, language=language, page="vergleich"), "sureness", tab)
    assert not app.exception
    if tab == "plan":
        assert t("confidence.plan.none") in said(app)
    elif tab == "weights":
        assert t("confidence.tornado.title") in texts(app)
        assert t("criteria.transit.label") in html(app)
    else:
        assert len(app.dataframe[0].value) == 4


def test_the_ranking_says_how_often_a_room_is_among_the_best(tiny):
    look(tiny, "sureness", "ranking")
    table = tiny.dataframe[0].value
    assert table["rank"].tolist() == sorted(table["rank"])
    assert ((table["in_best"] >= 0) & (table["in_best"] <= 100)).all()
    assert table["first"].sum() == pytest.approx(100.0, abs=4.0)  # what is rare is written 1, not 0


def test_methods_can_be_narrowed_to_where_they_disagree(tiny):
    look(tiny, "sureness", "methods")
    every = len(tiny.dataframe[0].value)
    tiny.toggle(key="methods_apart").set_value(True).run()
    assert not tiny.exception
    assert not tiny.dataframe or len(tiny.dataframe[0].value) <= every


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_is_planned_anew_for_many_draws(open_app, tiny_folder, language):
    t = Translator(language)
    app = open_app(area=tiny_folder, language=language, page="plan")
    settings(app, count=2)
    computed(app)
    go(app, "vergleich")
    look(app, "sureness", "plan")
    finish(app.button(key="plan_search_uncertain").click().run())
    rooms = kept(app).plan.candidate_ids
    assert t("confidence.plan.kept") in texts(app)
    assert html(app).count("planner-grid") >= 2
    assert len(app.session_state["plan_uncertain_found"].value.kept) == len(rooms)


def test_a_plan_whose_aim_is_not_need_says_so(open_app, tiny_folder):
    app = open_app(area=tiny_folder, page="plan")
    put(app, plan_settings=PlanSettings(objective="worst", count=2))
    computed(app.run())
    go(app, "vergleich")
    look(app, "sureness", "plan")
    assert Translator("de")("confidence.plan.not_need") in said(app)


@pytest.mark.parametrize("view", VIEWS)
def test_an_area_without_rooms_is_told_so(open_app, empty_folder, view):
    app = look(open_app(area=empty_folder, page="vergleich"), view)
    assert not app.exception
    assert Translator("de")("ui.ranking.empty") in said(app)


@pytest.mark.parametrize("view", VIEWS)
def test_weights_that_are_all_zero_are_told_and_the_defaults_hold(tiny, ids, view):
    from planning.area import criteria

    scenario = tiny.session_state["work"].scenario
    zero = replace(scenario, criteria_weights={one.id: 0.0 for one in criteria()})
    put(tiny, scenario=zero, opinions=(Opinion("A", {}),))
    tiny.session_state["compare_rooms"] = ids[:2]
    look(tiny, view)
    assert not tiny.exception
    assert Translator("de")("errors.criteria_weights_all_zero") in said(tiny)


@pytest.mark.parametrize("view", VIEWS)
def test_an_area_that_cannot_be_read_is_told(open_app, broken_folder, view):
    app = open_app(area=broken_folder)
    assert app.error
    assert not app.exception
    assert view


def test_what_was_found_of_a_plan_is_not_said_of_another_one(open_app, tiny_folder, ids):
    app = open_app(area=tiny_folder, page="plan")
    settings(app, count=2)
    computed(app)
    go(app, "vergleich")
    look(app, "sureness", "plan")
    finish(app.button(key="plan_search_uncertain").click().run())
    t = Translator("de")
    assert t("confidence.plan.kept") in texts(app)
    held = kept(app)
    other = next(name for name in ids if name not in held.plan.candidate_ids)
    rooms = (held.plan.candidate_ids[0], other)
    put(app, plan=replace(held, plan=replace(held.plan, candidate_ids=rooms)))
    app.run()
    assert t("confidence.plan.kept") not in texts(app)


def test_a_corrected_room_is_another_state(tiny_area):
    from planning.access import measure
    from planning.scoring import evaluate
    from planning.ui.sureness import _key

    scenario, near = Scenario(), measure(tiny_area)
    rooms = tiny_area.candidates.copy()
    rooms.loc[rooms.index[0], "step_free"] = "no" if rooms["step_free"].iloc[0] != "no" else "yes"
    corrected = tiny_area.with_tables(candidates=rooms)
    keys = {_key(area, scenario, evaluate(area, scenario, near), "medium") for area in (tiny_area, corrected)}
    assert len(keys) == 2
