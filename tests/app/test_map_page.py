"""The page *Karte*: weights, ranking, selection, adding and undoing."""

from __future__ import annotations

import pytest

from planning.area import groups
from planning.model import Scenario
from planning.ui.state import Selection
from tests.app.conftest import fields, go, put
from tests.app.test_pages import texts


def ranking(app) -> list[str]:
    return app.dataframe[0].value["label"].tolist()


def test_a_changed_weight_changes_the_ranking_and_the_shares(open_app):
    app = open_app()
    before = ranking(app)
    for criterion in ("need_gained", "need_density", "transit", "partners", "venue"):
        app.slider(key=f"weight_{criterion}").set_value(0)
    app.slider(key="weight_distance").set_value(50).run()
    assert not app.exception
    assert ranking(app) != before
    assert sorted(ranking(app)) == sorted(before)
    assert "77 %" in app.slider(key="weight_distance").label.replace("\u00a0", " ")


def test_all_weights_zero_is_explained(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    for slider in app.slider:
        if slider.key.startswith("weight_"):
            slider.set_value(0)
    app.run()
    assert not app.exception
    assert len(app.error) == 1
    assert sorted(ranking(app)) == sorted(
        ["Bibliothek", "<script>alert(1)</script>", "Kita", "=Gemeindehaus & Co"]
    )


def test_no_need_at_all_is_shown_as_unknown(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    put(app, scenario=Scenario(need_weights=dict.fromkeys(groups(), 0.0)))
    app.run()
    assert not app.exception
    assert "unbekannt" in texts(app) + "".join(str(block.proto.popover.label) for block in app.get("popover"))


def test_weights_survive_a_visit_to_another_page(open_app):
    app = open_app()
    app.slider(key="weight_transit").set_value(33).run()
    go(app, "daten")
    go(app, "karte")
    assert app.slider(key="weight_transit").value == 33


def test_preset_sets_the_sliders(open_app):
    app = open_app()
    app.button(key="preset_equity_first").click().run()
    assert app.slider(key="weight_equity").value == 40
    app.button(key="preset_balanced").click().run()
    assert app.slider(key="weight_equity").value == 5


def test_search_narrows_the_ranking(open_app):
    app = open_app()
    app.text_input(key="ranking_search").set_value("bibliothek").run()
    assert 0 < len(ranking(app)) < 60
    assert all("bibliothek" in name.lower() for name in ranking(app))
    app.text_input(key="ranking_search").set_value("(((").run()
    assert not app.exception
    assert app.info


def test_more_minutes_cover_more_need(open_app):
    app = open_app()
    put(app, scenario=Scenario(minutes=5))
    app.run()
    short = texts(app)
    put(app, scenario=Scenario(minutes=30))
    app.run()
    assert texts(app) != short


@pytest.mark.parametrize("language", ["de", "en"])
def test_fact_panel_of_a_candidate(open_app, dortmund, language):
    app = open_app(language=language)
    best = dortmund.candidates["candidate_id"].iloc[0]
    app.session_state["selection"] = Selection("candidate", best)
    app.session_state["panel"] = "details"
    app.run()
    assert not app.exception
    assert "/ 100" in texts(app)
    assert len(app.tabs) == 4


def test_fact_panel_escapes_names(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    for picked in (Selection("candidate", "k2"), Selection("site", "s2")):
        app.session_state["selection"] = picked
        app.session_state["panel"] = "details"
        app.run()
        assert not app.exception
        assert "<script>alert" not in "".join(element.body for element in app.html)
        assert "<b>Ost" not in "".join(element.body for element in app.html)


def test_room_added_at_a_free_spot_is_scored_and_can_be_taken_back(open_app):
    app = open_app()
    count = len(ranking(app))
    app.session_state["selection"] = Selection("point", point=(51.5139, 7.4653))
    app.session_state["panel"] = "details"
    app.run()
    fields(app)[0].set_value("Probe <b>Raum</b>")
    next(button for button in app.button if button.label == "Eintragen").click().run()
    assert not app.exception
    picked = app.session_state["selection"]
    assert picked.kind == "candidate"
    assert "Probe" in texts(app)
    app.session_state["panel"] = "ranking"
    app.run()
    assert len(ranking(app)) == count + 1
    assert "Probe <b>Raum</b>" in ranking(app)
    go(app, "daten")
    app.button(key="undo").click().run()
    go(app, "karte")
    assert len(ranking(app)) == count
    assert not app.exception


def test_a_spot_outside_the_city_is_told_at_once(open_app):
    app = open_app()
    app.session_state["selection"] = Selection("point", point=(48.1, 11.5))
    app.session_state["panel"] = "details"
    app.run()
    assert not app.exception
    assert any("außerhalb der Stadt" in warning.value for warning in app.warning)
    assert not any(button.label == "Eintragen" for button in app.button)


def test_dependance_added_lowers_what_remains(open_app):
    app = open_app()
    app.session_state["selection"] = Selection("point", point=(51.4746, 7.4397))
    app.session_state["panel"] = "details"
    app.run()
    app.button_group(key=app.button_group[-1].key).set_value("sites").run()
    fields(app)[0].set_value("Dependance Hombruch")
    next(button for button in app.button if button.label == "Eintragen").click().run()
    assert not app.exception
    assert "2 von 11 bekannt" in texts(app)


def test_a_reload_takes_up_the_draft(open_app, monkeypatch):
    from streamlit.testing.v1 import AppTest

    from tests.app.conftest import APP

    app = open_app()
    app.slider(key="weight_transit").set_value(37).run()
    again = AppTest.from_file(APP, default_timeout=60)
    again.query_params["draft"] = app.session_state["draft"]
    again.run()
    assert again.slider(key="weight_transit").value == 37
    stranger = AppTest.from_file(APP, default_timeout=60)
    stranger.query_params["draft"] = "guess"
    stranger.run()
    assert stranger.slider(key="weight_transit").value == 15
    assert stranger.session_state["draft"] != "guess"


def test_a_room_can_be_closed_moved_and_taken_back(open_app, dortmund):
    app = open_app()
    room = dortmund.candidates.iloc[0]
    count = len(ranking(app))
    app.session_state["selection"] = Selection("candidate", room["candidate_id"])
    app.session_state["panel"] = "details"
    app.run()
    app.button(key="correct_status").click().run()
    assert not app.exception
    assert app.session_state["work"].area.candidates["status"].iloc[0] == "closed"
    app.session_state["panel"] = "ranking"
    app.run()
    assert len(ranking(app)) == count - 1
    app.session_state["panel"] = "details"
    app.run()
    app.button(key="correct_undo").click().run()
    app.button(key="correct_move").click().run()
    assert app.session_state["moving"] == Selection("candidate", room["candidate_id"])
    assert not app.exception


def test_a_move_outside_the_city_is_refused(dortmund):
    from planning.errors import PlanningError
    from planning.ui.components.correct import changed

    picked = Selection("candidate", dortmund.candidates["candidate_id"].iloc[0])
    moved = changed(dortmund, picked, {"x": 393_500.0, "y": 5_707_500.0})
    assert moved["borough"].iloc[0] == "innenstadt-west"
    with pytest.raises(PlanningError):
        changed(dortmund, picked, {"x": 300_000.0, "y": 5_707_500.0})
