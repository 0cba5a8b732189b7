"""Weights entered as shares and by comparing pairs: what is said, what holds after it, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from planning.area import criteria
from planning.i18n import LANGUAGES, Translator
from planning.scenarios.document import document_bytes, document_of
from planning.scenarios.reading import read_snapshot
from planning.scenarios.work import capture, open_snapshot
from planning.scoring.pairwise import pairwise_weights
from planning.ui.components.pairwise_entry import groups, questions
from planning.ui.components.weight_entry import tenths
from tests.app.conftest import put
from tests.app.test_map_page import ranking

NAMES = tuple(one.id for one in criteria())
CHAIN = dict.fromkeys(pairwise(NAMES), 2.0)


def entry(app, mode="shares"):
    """Open the popover that weights are entered in."""
    app.session_state["weight_entry"] = True
    app.session_state["weight_mode"] = mode
    return app.run()


def weights(app):
    return dict(app.session_state["work"].scenario.criteria_weights)


def judgements(app):
    return dict(app.session_state["work"].judgements)


def share(app, name):
    return app.number_input(key=f"share_{name}")


def in_percent(given):
    total = sum(given.values())
    return {name: round(100 * one / total, 2) for name, one in given.items()}


def told(app):
    kinds = (app.caption, app.markdown, app.warning, app.success, app.error)
    return " ".join(one.value for kind in kinds for one in kind)


def progress(app):
    return app.get("progress")[0].proto.text


# --- shares


@pytest.mark.parametrize("language", LANGUAGES)
def test_shares_that_add_up_are_taken_over_as_they_are(open_app, tiny_folder, language):
    t = Translator(language)
    app = entry(open_app(area=tiny_folder, language=language))
    assert {name: share(app, name).value for name in NAMES} == {
        one.id: one.default_weight for one in criteria()
    }
    assert app.button(key="share_apply").disabled
    assert t("weights.entry.in_force") in told(app)
    share(app, "need_gained").set_value(10.0).run()
    share(app, "equity").set_value(25.0).run()
    assert t("weights.shares.sum", sum=t.share(1.0)) in told(app)
    assert t("weights.entry.pending") in told(app)
    assert weights(app) == {}
    app.button(key="share_apply").click().run()
    assert not app.exception
    assert (weights(app)["need_gained"], weights(app)["equity"]) == (10.0, 25.0)
    assert sum(weights(app).values()) == 100.0
    assert app.slider(key="weight_equity").value == 25
    assert app.button(key="share_apply").disabled
    app.button(key="undo").click().run()
    assert weights(app) == {}
    assert share(app, "equity").value == 5.0
    assert not app.exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_other_sum_is_said_and_converted(open_app, tiny_folder, language):
    t = Translator(language)
    app = entry(open_app(area=tiny_folder, language=language))
    share(app, "need_gained").set_value(80.0).run()
    assert app.warning[0].value == t("weights.shares.sum_other", sum=t.share(1.5))
    app.button(key="share_apply").click().run()
    given = {one.id: one.default_weight for one in criteria()} | {"need_gained": 80.0}
    assert weights(app) == in_percent(given)
    assert share(app, "need_gained").value == 53.3
    assert sum(share(app, name).value for name in NAMES) == pytest.approx(100.0)
    assert not app.warning


def test_no_share_at_all_cannot_be_taken_over(open_app, tiny_folder):
    app = entry(open_app(area=tiny_folder))
    for name in NAMES:
        share(app, name).set_value(0.0)
    app.run()
    assert app.error[0].value == Translator("de")("weights.shares.sum_zero")
    assert app.button(key="share_apply").disabled
    app.button(key="share_reset").click().run()
    assert share(app, "need_gained").value == 30.0
    assert not app.error


def test_shares_follow_what_is_set_elsewhere_and_survive_closing(open_app, tiny_folder):
    app = entry(open_app(area=tiny_folder))
    share(app, "transit").set_value(40.0).run()
    app.session_state["weight_entry"] = False
    app.run()
    assert not [one for one in app.number_input if str(one.key).startswith("share_")]
    assert share(entry(app), "transit").value == 40.0
    app.button(key="preset_equity_first").click().run()
    assert share(app, "equity").value == pytest.approx(100 * 40 / 170, abs=0.06)
    assert share(app, "transit").value < 10


def test_shares_of_weights_that_cannot_be_used_begin_at_nothing(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    put(app, scenario=replace(app.session_state["work"].scenario, criteria_weights={"venue": -3.0}))
    entry(app)
    assert not app.exception
    assert {share(app, name).value for name in NAMES} == {0.0}
    share(app, "venue").set_value(100.0).run()
    app.button(key="share_apply").click().run()
    assert weights(app)["venue"] == 100.0
    assert not app.error


def test_tenths_add_up_to_a_hundred():
    for shares in ([1 / 3] * 3, [1 / 7] * 7, [0.1234, 0.8766], [1.0, 0.0], [1 / 9] * 9):
        made = tenths(dict(enumerate(shares)))
        assert round(sum(made.values()), 6) == 100.0
        assert all(abs(made[place] - 100 * one) < 0.1 for place, one in enumerate(shares))


# --- pairs


def side(app):
    return next(one for one in app.radio if str(one.key).startswith("pair_side"))


def amount(app):
    return next(one for one in app.select_slider if str(one.key).startswith("pair_times"))


def answer(app, picked, times=None):
    side(app).set_value(picked).run()
    if times is not None:
        amount(app).set_value(times).run()
    return app.button(key="pair_answer").click().run()


def test_questions_connect_all_criteria_first():
    asked = questions(NAMES)
    assert len(asked) == len({frozenset(pair) for pair in asked}) == 36
    assert groups(NAMES, {}) == 9
    assert [groups(NAMES, dict.fromkeys(asked[:count], 1.0)) for count in range(9)] == [*range(9, 0, -1)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_eight_answers_make_weights(open_app, tiny_folder, language):
    t = Translator(language)
    app = open_app(area=tiny_folder, language=language)
    before = ranking(app)
    entry(app, "pairs")
    assert app.button(key="pair_answer").disabled
    assert amount(app).disabled
    assert t("weights.pair.question") == side(app).label
    answers = [("first", 3.0), ("second", 5.0), ("equal", None), ("first", 2.0)] * 2
    for number, (picked, times) in enumerate(answers):
        assert progress(app) == t("weights.pair.lacking", given=number, lacking=8 - number)
        assert "pair_apply" not in {button.key for button in app.button}
        answer(app, picked, times)
        assert not app.exception
    asked = questions(NAMES)
    wanted = {
        (asked[at][::-1] if picked == "second" else asked[at]): times or 1.0
        for at, (picked, times) in enumerate(answers)
    }
    assert judgements(app) == wanted
    assert progress(app) == t("weights.pair.enough", given=8, all=36)
    assert t("weights.pair.no_check") in told(app)
    assert weights(app) == {}
    app.button(key="pair_apply").click().run()
    found = pairwise_weights(NAMES, wanted).shares
    assert weights(app) == {name: round(100 * one, 2) for name, one in found.items()}
    assert app.button(key="pair_apply").disabled
    assert ranking(app) != before
    assert not app.exception
    app.button(key="undo").click().run()
    assert weights(app) == {}
    assert judgements(app) == wanted
    app.button(key="undo").click().run()
    assert len(judgements(app)) == 7
    assert not app.exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_that_fits_least_is_named_and_can_be_given_anew(open_app, tiny_folder, language):
    t = Translator(language)
    app = open_app(area=tiny_folder, language=language)
    wrong = (NAMES[5], NAMES[0])
    put(app, judgements=CHAIN | {wrong: 9.0})
    entry(app, "pairs")
    found = pairwise_weights(NAMES, CHAIN | {wrong: 9.0})
    assert found.ratio > 0.1
    assert app.warning[0].value == t(
        "weights.pair.inconsistent", ratio=t.number(found.ratio, 2), limit=t.number(0.1, 2)
    )
    named = [t(f"criteria.{name}.label") for name in wrong]
    line = next(one.value for one in app.markdown if one.value.startswith(t("weights.pair.worst")[:12]))
    assert all(name in line for name in named)
    assert "9\u00a0:\u00a01" in line
    app.button(key="pair_again").click().run()
    assert set(side(app).options) >= set(named)
    assert amount(app).value == 9.0
    answer(app, "first", 9.0)
    assert judgements(app)[wrong[::-1]] == 9.0
    assert wrong not in judgements(app)
    assert len(judgements(app)) == 9
    assert not app.warning
    assert len(app.success) == 1
    assert set(side(app).options) >= set(named)
    app.button(key="undo").click().run()
    assert judgements(app)[wrong] == 9.0
    assert side(app).value == "second"
    assert not app.exception


def test_one_can_go_back_and_on_and_take_answers_back(open_app, tiny_folder):
    app = entry(open_app(area=tiny_folder), "pairs")
    assert app.button(key="pair_back").disabled
    answer(app, "first", 4.0)
    app.button(key="pair_back").click().run()
    assert (side(app).value, amount(app).value) == ("first", 4.0)
    assert app.button(key="pair_answer").disabled
    answer(app, "equal")
    assert judgements(app) == {questions(NAMES)[0]: 1.0}
    assert side(app).value == "equal"
    app.button(key="pair_remove").click().run()
    assert judgements(app) == {}
    assert side(app).value is None
    for _ in range(35):
        app.button(key="pair_next").click().run()
    assert app.button(key="pair_next").disabled
    answer(app, "second", 9.0)
    assert judgements(app) == {questions(NAMES)[-1][::-1]: 9.0}
    app.button(key="pair_clear").click().run()
    assert judgements(app) == {}
    assert not app.exception


def test_all_pairs_can_be_answered(open_app, tiny_folder):
    t = Translator("de")
    app = open_app(area=tiny_folder)
    put(app, judgements=dict.fromkeys(questions(NAMES), 1.0))
    entry(app, "pairs")
    assert progress(app) == t("weights.pair.complete", all=36)
    assert t.number(0.0, 2) in app.success[0].value
    assert "pair_again" not in {button.key for button in app.button}
    app.button(key="pair_apply").click().run()
    assert set(weights(app).values()) == {11.11}
    assert not app.exception


def test_answers_come_back_with_the_scenario(open_app, tiny_folder, tiny_area):
    app = entry(open_app(area=tiny_folder), "pairs")
    answer(app, "second", 7.0)
    work = app.session_state["work"]
    original = work.area
    kept = read_snapshot(document_bytes(document_of(capture(work, original, "Paare"))))
    again = open_app(area=tiny_folder)
    again.session_state["work"] = open_snapshot(kept, original).work
    entry(again, "pairs")
    again.button(key="pair_back").click().run()
    assert (side(again).value, amount(again).value) == ("second", 7.0)
    assert not again.exception


def test_answers_between_the_steps_are_shown(open_app, tiny_folder):
    app = open_app(area=tiny_folder)
    one, other = questions(NAMES)[0]
    for given, picked, times in (
        ({(one, other): 2.5}, "first", 2.5),
        ({(one, other): 1 / 7}, "second", 7.0),
        ({(other, one): 1 / 9}, "first", 9.0),
        ({(other, one): 1.0}, "equal", 3.0),
    ):
        put(app, judgements=given)
        app.session_state["pair_at"] = 0
        entry(app, "pairs")
        assert not app.exception
        assert (side(app).value, amount(app).value) == (picked, times)
        assert app.button(key="pair_answer").disabled
