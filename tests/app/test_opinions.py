"""Several people's weights: kept under a name, side by side, taken, and made one ranking."""

from __future__ import annotations

from html import unescape

import pytest

from planning.area import criteria
from planning.i18n import LANGUAGES, Translator
from planning.model import MOST_OPINIONS, Opinion, Scenario
from planning.scenarios.document import document_bytes, document_of
from planning.scenarios.reading import read_snapshot
from planning.scenarios.work import capture, open_snapshot
from planning.scoring.opinions import compromise, spread
from tests.app.conftest import put

NAMES = tuple(one.id for one in criteria())


def of(name, **weights):
    return Opinion(name, dict.fromkeys(NAMES, 0.0) | weights)


LEAD = of("Leitung", need_gained=1.0, transit=1.0)
TEAM = of("Team Nord", transit=3.0, equity=1.0)


def script():
    from planning.ui import cache, state
    from planning.ui.components.opinions import draw_opinions

    area = state.edited(cache.original_area(cache.area_path()))
    evaluation, _, _ = cache.usable_evaluation(area, state.scenario())
    draw_opinions(state.translator(), area, evaluation)


@pytest.fixture
def panel(monkeypatch, tiny_folder):
    from streamlit.testing.v1 import AppTest

    def opened(*opinions, language="de", area=tiny_folder):
        monkeypatch.setenv("PLANNING_AREA", str(area))
        app = AppTest.from_function(script, default_timeout=60)
        app.query_params["lang"] = language
        from planning.scenarios.work import Work
        from planning.ui.areas import original_area

        app.session_state["work"] = Work(original_area(str(area)), opinions=opinions)
        app.run()
        assert not app.exception
        return app

    return opened


def kept(app):
    return app.session_state["work"].opinions


def weights(app):
    return dict(app.session_state["work"].scenario.criteria_weights)


def history(app):
    return app.session_state["history"]


def undo(app):
    """Take the newest step back, as the button above every page does."""
    *rest, step = history(app)
    app.session_state["work"] = step.work
    app.session_state["history"] = tuple(rest)
    return app.run()


def keep(app, name):
    app.text_input(key="opinion_name").set_value(name)
    return app.button(key="opinion_keep").click().run()


def html(app):
    return unescape(" ".join(one.proto.body for one in app.get("html")))


def told(app):
    kinds = (app.info, app.success, app.error, app.warning, app.caption, app.markdown)
    return " ".join(one.value for kind in kinds for one in kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_opinions_it_says_what_to_do(panel, language):
    t = Translator(language)
    app = panel(language=language)
    assert app.info[0].value == t("weights.opinions.empty")
    assert t("weights.opinions.privacy") in told(app)
    assert "planner-rooms" not in html(app).replace(".planner-rooms", "")
    assert {button.key for button in app.button} == {"opinion_keep"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_of_now_are_kept_under_a_name(panel, language):
    t = Translator(language)
    app = panel(language=language)
    keep(app, "  Team \t Nord ")
    assert not app.exception
    assert kept(app) == (Opinion("Team Nord", {one.id: one.default_weight for one in criteria()}),)
    assert t("weights.opinions.kept", name="Team Nord") in told(app)
    assert app.text_input(key="opinion_name").value == ""
    assert history(app)[-1].action == "ui.action.opinion"
    put(app, scenario=Scenario(criteria_weights={"transit": 50.0}))
    keep(app, "team nord")
    assert len(kept(app)) == 1
    assert kept(app)[0].weights["transit"] == 50.0
    keep(app, "Leitung")
    assert [one.name for one in kept(app)] == ["team nord", "Leitung"]
    undo(app)
    undo(app)
    assert kept(app)[0].weights["transit"] == 15.0
    undo(app)
    assert kept(app) == ()
    assert app.info
    assert not app.exception


@pytest.mark.parametrize("name", ["", "   ", "\t\n", "\x00\x1b"])
def test_a_name_is_needed(panel, name):
    app = keep(panel(), name)
    assert kept(app) == ()
    assert app.error[0].value == Translator("de")("weights.opinions.name_missing")


def test_no_more_opinions_than_a_scenario_holds(panel):
    many = [of(f"Person {n}", transit=1.0) for n in range(MOST_OPINIONS)]
    app = keep(panel(*many), "Noch jemand")
    assert len(kept(app)) == MOST_OPINIONS
    assert app.error[0].value == Translator("de")("weights.opinions.full", most=MOST_OPINIONS)
    keep(app, "person 3")
    assert not app.error
    assert kept(app)[3].weights["need_gained"] == 30.0
    assert not app.exception


def test_weights_that_cannot_be_used_are_not_kept(panel):
    app = panel(LEAD)
    put(app, scenario=Scenario(criteria_weights=dict.fromkeys(NAMES, 0.0)))
    app.run()
    assert not app.exception
    assert app.button(key="opinion_keep").disabled
    assert app.warning[0].value == Translator("de")("weights.opinions.refused")


@pytest.mark.parametrize("language", LANGUAGES)
def test_shares_stand_side_by_side(panel, language):
    t = Translator(language)
    app = panel(LEAD, TEAM, language=language)
    page = html(app)
    for name in ("Leitung", "Team Nord", t("weights.opinions.mean"), t("weights.opinions.range")):
        assert f'<th scope="col">{name}</th>' in page
    table = spread(criteria(), (LEAD, TEAM)).loc["transit"]
    cells = [t.share(float(table[part]), 1) for part in (0, 1, "mean")]
    cells.append(f"{t.number(table['low'] * 100, 1)}–{t.share(table['high'], 1)}")
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    assert f"{t('criteria.transit.label')}</th>{row}" in page
    apart = t(
        "weights.opinions.apart",
        criterion=t("criteria.need_gained.label"),
        low=t.share(0.0, 1),
        high=t.share(0.5, 1),
    )
    assert apart in told(app)


def test_one_opinion_is_not_apart_from_itself(panel):
    app = panel(LEAD)
    assert "auseinander" not in told(app)
    app = panel(LEAD, of("Zweite", need_gained=7.0, transit=7.0))
    assert "auseinander" not in told(app)


def test_names_are_shown_letter_by_letter(panel):
    odd = "<b onclick=x>*A* [b](c)"
    app = panel(of(odd, transit=1.0))
    raw = " ".join(one.proto.body for one in app.get("html"))
    assert "<b onclick" not in raw
    assert "&lt;b onclick=x&gt;*A* [b](c)" in raw
    assert app.selectbox[0].options == [odd]
    keep(app, odd)
    assert "\\*A\\* \\[b\\]\\(c\\)" in app.success[0].value
    assert not app.exception


def test_opinions_are_taken_and_removed(panel):
    app = panel(LEAD, TEAM)
    app.selectbox[0].set_value(1).run()
    app.button(key="opinion_take").click().run()
    assert weights(app) == TEAM.weights
    app.button(key="opinion_remove").click().run()
    assert kept(app) == (LEAD,)
    assert history(app)[-1].action == "ui.action.opinion_removed"
    app.button(key="opinion_remove").click().run()
    assert kept(app) == ()
    undo(app)
    undo(app)
    assert kept(app) == (LEAD, TEAM)
    assert weights(app) == TEAM.weights
    undo(app)
    assert weights(app) == {}
    assert not app.exception


def test_the_compromise_is_taken_as_weights(panel):
    app = panel(LEAD, TEAM)
    app.button(key="opinion_take_mean").click().run()
    wanted = {"need_gained": 25.0, "transit": 62.5, "equity": 12.5}
    assert weights(app) == dict.fromkeys(NAMES, 0.0) | wanted
    assert history(app)[-1].action == "ui.action.weights"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compromise_ranks_the_best_rooms(panel, monkeypatch, language):
    from planning.access import measure
    from planning.scoring import evaluate

    t = Translator(language)
    monkeypatch.setattr("planning.siting.task.rooms_to_open", lambda _: 1)
    app = panel(LEAD, TEAM, language=language)
    area = app.session_state["work"].area
    scores = evaluate(area, Scenario(), measure(area)).scores
    table = compromise(scores, criteria(), (LEAD, TEAM), 1).table.sort_values("rank")
    first, second = table.index[:2]
    page, names = html(app), area.candidates.set_index("candidate_id")["name"]
    assert f'<th scope="row">1. {names[first]}' in page
    assert f"2. {names[second]}" not in page
    assert f"<td>{t.number(table.loc[first, 'score'], 1)}</td>" in page
    count = int(table.loc[first, "times_best"])
    assert f"<td>{t('weights.opinions.of', count=count, all=2)}</td>" in page
    agreed = int((table["times_best"] == 2).sum())
    assert t("weights.opinions.agreed", best=1, count=agreed) in told(app)


def test_one_room_counts_as_the_best_where_the_programme_lacks_none(panel, monkeypatch):
    monkeypatch.setattr("planning.siting.task.rooms_to_open", lambda _: 0)
    app = panel(LEAD, TEAM)
    assert '<th scope="row">1. ' in html(app)
    assert '<th scope="row">2. ' not in html(app)


def test_without_rooms_there_is_nothing_to_rank(panel, empty_folder):
    app = panel(LEAD, area=empty_folder)
    assert app.info[0].value == Translator("de")("weights.opinions.no_rooms")
    assert "Leitung" in html(app)


def test_opinions_come_back_with_the_scenario(panel):
    app = panel(LEAD, TEAM)
    work = app.session_state["work"]
    made = read_snapshot(document_bytes(document_of(capture(work, work.area, "Runde"))))
    opened = open_snapshot(made, work.area)
    assert opened.notices == ()
    again = panel(*opened.work.opinions)
    assert html(again) == html(app)
