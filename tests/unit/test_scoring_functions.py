"""Value functions that a person changes: what is refused, what holds, and what a score makes of it."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError

import pandas as pd
import pytest

from planning.access import measure
from planning.area.criteria import criteria
from planning.errors import SettingError
from planning.i18n import LANGUAGES, Translator, explain
from planning.model import Scenario, ValueFunction
from planning.scoring import changed_functions, criteria_of, evaluate, score, with_function

STEPS = ValueFunction(((0.0, 100.0), (3.0, 20.0)), 10.0)


def scenario(**functions):
    return Scenario(value_functions=functions)


def function(*points, missing=50.0):
    return ValueFunction(points, missing)


def test_without_a_change_the_catalogue_holds():
    assert criteria_of(Scenario()) == criteria()


def test_a_changed_function_is_put_in_and_the_others_stay():
    found = {one.id: one for one in criteria_of(scenario(transit=STEPS))}
    assert found["transit"].value_function == STEPS
    assert found["transit"].default_weight == 15
    assert [one for one in found.values() if one.id != "transit"] == [
        one for one in criteria() if one.id != "transit"
    ]


def test_nothing_can_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        STEPS.missing_value = 3.0
    with pytest.raises(TypeError):
        Scenario().value_functions["transit"] = STEPS


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("parking", STEPS, "value_function_unknown"),
        ("transit", function(), "value_function_corners"),
        ("transit", function((0.0, 0.0)), "value_function_corners"),
        ("transit", function(*((float(x), 1.0) for x in range(21))), "value_function_corners"),
        ("transit", function((0.0, 0.0), (math.nan, 1.0)), "value_function_not_a_number"),
        ("transit", function((0.0, 0.0), (math.inf, 1.0)), "value_function_not_a_number"),
        ("transit", function((0.0, 0.0), (1.0, math.nan)), "value_function_not_a_number"),
        ("transit", function((0.0, 0.0), (1.0, "viel")), "value_function_not_a_number"),
        ("transit", function((0.0, 0.0), (0.0, 1.0)), "value_function_order"),
        ("transit", function((1.0, 0.0), (0.0, 1.0)), "value_function_order"),
        ("transit", function((0.0, -0.1), (1.0, 1.0)), "value_function_value"),
        ("transit", function((0.0, 0.0), (1.0, 100.1)), "value_function_value"),
        ("equity", function((-0.1, 0.0), (1.0, 100.0)), "value_function_share"),
        ("equity", function((0.0, 0.0), (50.0, 100.0)), "value_function_share"),
        ("transit", function((0.0, 0.0), (1.0, 1.0), missing=-1.0), "value_function_missing"),
        ("transit", function((0.0, 0.0), (1.0, 1.0), missing=101.0), "value_function_missing"),
        ("transit", function((0.0, 0.0), (1.0, 1.0), missing=math.nan), "value_function_missing"),
    ],
)
def test_an_unusable_function_is_named(name, given, code):
    with pytest.raises(SettingError) as caught:
        criteria_of(scenario(**{name: given}))
    assert caught.value.code == "value_functions_invalid"
    assert [(fault.code, fault.params["criterion"]) for fault in caught.value.faults] == [(code, name)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_faults_come_at_once_and_in_words(language):
    given = {
        "parking": STEPS,
        "transit": function((0.0, 0.0)),
        "equity": function((0.5, 0.0), (0.25, 120.0), missing=math.inf),
    }
    with pytest.raises(SettingError) as caught:
        criteria_of(scenario(**given))
    lines = explain(caught.value, Translator(language))
    assert len(lines) == 6
    assert "need_gained" in lines[1], "the message lists what would be possible"
    assert "20" in lines[2]
    assert ("0,25" if language == "de" else "0.25") in lines[3]


@pytest.mark.parametrize("count", [2, 20])
def test_the_least_and_the_most_corners_are_fine(count):
    given = function(*((float(x), 1.0) for x in range(count)))
    assert criteria_of(scenario(transit=given))[2].value_function == given


def test_a_score_uses_the_changed_function_and_its_stand_in():
    only = {one.id: float(one.id == "transit") for one in criteria()}
    raw = pd.DataFrame(0.0, index=["a", "b", "c"], columns=list(only)).assign(transit=[0.0, 10.0, math.nan])
    plain = score(raw, criteria_of(Scenario()), only)
    changed = score(raw, criteria_of(scenario(transit=STEPS)), only)
    assert plain.total.tolist() == [0.0, 100.0, 50.0]
    assert changed.total.tolist() == [100.0, 20.0, 10.0]
    assert changed.rank.tolist() == [1, 2, 3]
    assert changed.unknown["transit"].tolist() == [False, False, True]
    assert (changed.low["c"], changed.high["c"]) == (0.0, 100.0)


def test_an_evaluation_uses_it_and_measures_the_same(tiny_area):
    distances = measure(tiny_area)
    plain = evaluate(tiny_area, Scenario(), distances)
    changed = evaluate(tiny_area, scenario(distance=STEPS), distances)
    pd.testing.assert_frame_equal(plain.raw, changed.raw)
    assert (plain.scores.values["distance"] != changed.scores.values["distance"]).any()  # noqa: PD011
    with pytest.raises(SettingError):
        evaluate(tiny_area, scenario(distance=function((0.0, 0.0))), distances)


def test_a_function_equal_to_the_catalogues_is_not_kept():
    own = criteria()[2].value_function
    assert changed_functions(scenario(transit=own, distance=STEPS)) == {"distance": STEPS}
    changed = with_function(Scenario(), "transit", STEPS)
    assert dict(changed.value_functions) == {"transit": STEPS}
    assert dict(with_function(changed, "transit", own).value_functions) == {}
    assert dict(with_function(changed, "transit", None).value_functions) == {}
    assert dict(changed.value_functions) == {"transit": STEPS}


def test_a_function_that_is_not_usable_is_not_taken():
    with pytest.raises(SettingError):
        with_function(Scenario(), "transit", function((0.0, 0.0)))
    with pytest.raises(SettingError):
        with_function(Scenario(), "parking", STEPS)
