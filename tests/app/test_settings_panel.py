"""Weights, reach and value functions on screen: they show what holds, and what is changed holds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from planning.area import criteria, groups
from planning.i18n import LANGUAGES, Translator
from planning.model import Scenario, ValueFunction
from planning.ui.components.weights import MINUTES_STEPS, NEED_STEPS
from tests.app.conftest import go
from tests.app.test_map_page import ranking
from tests.app.test_pages import texts

FAR_IS_POOR = ValueFunction(((0.0, 100.0), (3000.0, 0.0)), 50.0)
DISTANCE = "distance"


def scenario(app) -> Scenario:
    return app.session_state["work"].scenario


def put(app, chosen: Scenario):
    """Make another scenario the one worked on, as undoing or opening does."""
    app.session_state["work"] = replace(app.session_state["work"], scenario=chosen)
    return app


def corners(app):
    return next(one for one in app.data_editor if one.key.startswith("function_corners"))


def stand_in(app):
    return next(one for one in app.number_input if one.key.startswith("function_missing"))


def edit(app, **changes):
    """Edit cells as the widget would report it."""
    app.session_state[corners(app).key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []} | changes
    return app.run()


def functions(app) -> dict[str, ValueFunction]:
    return dict(scenario(app).value_functions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_function_changes_the_ranking_and_can_be_taken_back(open_app, language):
    t = Translator(language)
    app = open_app(language=language)
    before = ranking(app)
    app.selectbox(key="function_criterion").set_value(DISTANCE).run()
    edit(app, edited_rows={0: {"value": 100}, 1: {"value": 0}})
    assert ranking(app) == before
    assert t("ui.functions.not_applied", name=t("criteria.distance.label")) in texts(app)
    app.button(key="function_apply").click().run()
    assert not app.exception
    assert functions(app) == {DISTANCE: FAR_IS_POOR}
    assert ranking(app) != before
    assert t("ui.functions.changed", names=t("criteria.distance.label")) in texts(app)
    marked = t("ui.functions.marked", criterion=t("criteria.distance.label"))
    assert marked in app.selectbox(key="function_criterion").options
    app.button(key="function_reset").click().run()
    assert functions(app) == {}
    assert ranking(app) == before
    assert not app.exception


def test_editing_a_function_back_to_the_default_leaves_no_entry(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    put(app, Scenario(value_functions={DISTANCE: FAR_IS_POOR}))
    app.run()
    app.selectbox(key="function_criterion").set_value(DISTANCE).run()
    edit(app, edited_rows={0: {"value": 0}, 1: {"value": 100}})
    app.button(key="function_apply").click().run()
    assert functions(app) == {}


def test_the_editor_shows_what_holds_also_after_a_change_elsewhere(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    app.selectbox(key="function_criterion").set_value(DISTANCE).run()
    assert corners(app).value["value"].tolist() == [0, 100]
    for function in (FAR_IS_POOR, replace(FAR_IS_POOR, missing_value=20.0), FAR_IS_POOR):
        put(app, Scenario(value_functions={DISTANCE: function}))
        app.run()
        assert corners(app).value["value"].tolist() == [100, 0]
        assert stand_in(app).value == function.missing_value
    put(app, Scenario())
    app.run()
    assert corners(app).value["value"].tolist() == [0, 100]


def test_shares_are_edited_in_percent_in_any_order(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    app.selectbox(key="function_criterion").set_value("equity").run()
    assert corners(app).value["raw"].tolist() == [0, 100]
    edit(app, added_rows=[{"raw": 35, "value": 80}, {}])
    stand_in(app).set_value(10).run()
    app.button(key="function_apply").click().run()
    assert functions(app) == {"equity": ValueFunction(((0.0, 0.0), (0.35, 80.0), (1.0, 100.0)), 10.0)}
    assert corners(app).value["raw"].tolist() == [0, 35, 100]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"added_rows": [{"raw": 3}]}, {"de": "3 → unbekannt", "en": "3 → unknown"}),
        ({"added_rows": [{"raw": 100, "value": 3}]}, {"de": "100 nach 100", "en": "100 stands after 100"}),
        ({"added_rows": [{"raw": 150, "value": 3}]}, {"de": "150 → 3", "en": "150 → 3"}),
        ({"deleted_rows": [0, 1]}, {"de": "Bitte 2 bis 20", "en": "give 2 to 20"}),
    ],
)
def test_what_is_wrong_is_told_in_words_and_cannot_be_applied(open_app, tiny_folder, language, changes, told):
    app = open_app(area=tiny_folder, language=language)
    edit(app, **changes)
    assert not app.exception
    assert told[language] in app.error[0].value.replace("\\", "")
    assert Translator(language)("criteria.need_gained.label") in app.error[0].value
    assert app.button(key="function_apply").disabled
    assert functions(app) == {}


def test_the_open_editor_draws_a_chart(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    assert not app.get("vega_lite_chart")
    app.session_state["functions"] = True
    app.run()
    assert not app.exception
    assert len(app.get("vega_lite_chart")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_method_draws_the_functions_in_force_and_marks_the_changed_ones(open_app, tiny_folder, language):
    t = Translator(language)
    app = open_app(area=tiny_folder, language=language)
    put(app, Scenario(value_functions={DISTANCE: FAR_IS_POOR}))
    go(app, "methodik")
    app.radio(key="method_section").set_value("criteria").run()
    assert not app.exception
    titles = [json.loads(chart.proto.spec)["title"] for chart in app.get("vega_lite_chart")]
    names = {one.id: t(f"criteria.{one.id}.label") for one in criteria()}
    names[DISTANCE] = t("ui.functions.marked", criterion=names[DISTANCE])
    assert sorted(titles) == sorted(names.values())
    table = app.dataframe[0].value.set_index(t("ui.method.criterion"))
    states = table[t("ui.method.state")]
    assert states[t("criteria.distance.label")] == t("ui.method.changed")
    assert (states == t("ui.method.default")).sum() == len(criteria()) - 1
    assert t("ui.method.points_changed") in texts(app)


def test_sliders_follow_the_settings_also_outside_their_steps(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    group = next(iter(groups()))
    odd = Scenario(
        minutes=12.5,
        speed_kmh=4.2,
        criteria_weights={"transit": 80.0, "venue": 0.25},
        need_weights={group: 0.33},
    )
    put(app, odd)
    app.run()
    assert not app.exception
    assert (app.slider(key="weight_transit").value, app.slider(key="weight_transit").max) == (80, 80)
    assert app.slider(key="weight_venue").value == 0.25
    app.session_state["panel"] = "need"
    app.run()
    assert not app.exception
    minutes = app.select_slider(key="reach_minutes")
    assert minutes.value == 12.5
    assert len(minutes.options) == len(MINUTES_STEPS) + 1
    assert app.select_slider(key="reach_speed").value == 4.2
    assert app.select_slider(key=f"need_{group}").value == 0.33
    assert len(app.select_slider(key=f"need_{group}").options) == len(NEED_STEPS) + 1
    minutes.set_value(20.0).run()
    assert scenario(app).minutes == 20.0
    put(app, Scenario())
    app.run()
    assert app.select_slider(key="reach_minutes").value == 15.0
    assert not app.exception


def test_weights_that_are_none_can_be_mended_with_the_slider(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    weights = {"venue": -3.0, "partners": 1e300}
    put(app, Scenario(criteria_weights=weights))
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    for name in weights:
        app.slider(key=f"weight_{name}").set_value(5)
    app.run()
    assert not app.exception
    assert not app.error


def test_undo_takes_a_slider_and_a_function_back(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    app.slider(key="weight_transit").set_value(33).run()
    app.selectbox(key="function_criterion").set_value(DISTANCE).run()
    edit(app, edited_rows={0: {"value": 50}})
    app.button(key="function_apply").click().run()
    assert corners(app).value["value"].tolist() == [50, 100]
    app.button(key="undo").click().run()
    assert corners(app).value["value"].tolist() == [0, 100]
    assert functions(app) == {}
    app.button(key="undo").click().run()
    assert app.slider(key="weight_transit").value == 15
    assert not app.exception
