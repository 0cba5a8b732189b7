from __future__ import annotations

import math

import numpy as np
import pytest

from planning.area.criteria import criteria
from planning.errors import SettingError
from planning.i18n import LANGUAGES, Translator, explain
from planning.scoring.weights import shares

ZERO = {criterion.id: 0.0 for criterion in criteria()}


def test_shares_of_the_default_weights_are_percentages():
    defaults = [criterion.default_weight for criterion in criteria()]
    assert sum(defaults) == 100.0
    np.testing.assert_allclose(shares(criteria()), np.array(defaults) / 100.0, rtol=1e-15)


def test_a_weight_left_out_has_its_default_and_zero_switches_off():
    found = dict(zip((c.id for c in criteria()), shares(criteria(), {"need_gained": 0.0}), strict=True))
    assert found["need_gained"] == 0.0
    assert found["transit"] == pytest.approx(15 / 70)


@pytest.mark.parametrize("huge", [1e308, 1e-308, 5e-324])
def test_extreme_weights_still_give_shares(huge):
    found = shares(criteria(), ZERO | {"transit": huge, "venue": huge})
    assert sorted(found)[-2:] == [0.5, 0.5]


@pytest.mark.parametrize(
    ("name", "weight", "code"),
    [
        ("transit", -0.1, "criteria_weight_negative"),
        ("transit", math.nan, "criteria_weight_not_a_number"),
        ("transit", math.inf, "criteria_weight_not_a_number"),
        ("transit", "viel", "criteria_weight_not_a_number"),
        ("transit", None, "criteria_weight_not_a_number"),
        ("parking", 3.0, "criteria_weight_unknown"),
    ],
)
def test_an_unusable_weight_is_named(name, weight, code):
    with pytest.raises(SettingError) as caught:
        shares(criteria(), {name: weight})
    assert caught.value.code == "criteria_weights_invalid"
    assert [(fault.code, fault.params["criterion"]) for fault in caught.value.faults] == [(code, name)]


def test_all_faults_come_at_once_and_in_words():
    with pytest.raises(SettingError) as caught:
        shares(criteria(), {"parking": 1.0, "transit": -1.0, "venue": math.nan})
    assert len(caught.value.faults) == 3
    for language in LANGUAGES:
        lines = explain(caught.value, Translator(language))
        assert len(lines) == 4
        assert "parking" in lines[1]
        assert "need_gained" in lines[1], "the message lists what would be possible"
        assert "-1.0" in lines[2]


def test_nothing_to_rank_by():
    with pytest.raises(SettingError) as caught:
        shares(criteria(), ZERO)
    assert caught.value.code == "criteria_weights_all_zero"
    assert all(explain(caught.value, Translator(language)) for language in LANGUAGES)
