"""Need of cells and districts, and which weights are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planning.area import groups
from planning.errors import SettingError
from planning.i18n import LANGUAGES, Translator, explain
from planning.need import assign, cell_need, default_weights, district_need

DEFAULTS = {"adults": 1.0, "children": 0.5, "guests": 0.0}


@pytest.fixture
def cells():
    return pd.DataFrame(
        {
            "x": [0.0, 1.0, 2.0],
            "y": [0.0, 0.0, 0.0],
            "borough": ["b", "a", np.nan],
            "adults": [10.0, 20.0, 0.0],
            "children": [2.0, 0.0, 4.0],
        }
    )


def test_need_is_the_weighted_sum_of_the_groups(cells):
    assert cell_need(cells, defaults=DEFAULTS).tolist() == [11.0, 20.0, 2.0]
    assert cell_need(cells, {"adults": 0.0, "children": 2.0}, defaults=DEFAULTS).tolist() == [4.0, 0.0, 8.0]


def test_a_group_left_out_keeps_its_default(cells):
    assert cell_need(cells, {"children": 0.0}, defaults=DEFAULTS).tolist() == [10.0, 20.0, 0.0]


def test_the_catalogue_gives_the_defaults(tiny_area):
    weights = default_weights()
    assert list(weights) == groups()
    assert sum(weights.values()) > 0
    expected = sum(weights[group] * tiny_area.cells[group] for group in weights)
    np.testing.assert_allclose(cell_need(tiny_area.cells), expected)


def test_all_weights_zero_is_no_need(cells):
    assert not cell_need(cells, dict.fromkeys(DEFAULTS, 0.0), defaults=DEFAULTS).any()


def test_every_wrong_weight_is_named(cells):
    wrong = {"adults": -1.0, "children": float("nan"), "guests": 2.0, "elves": 1.0}
    with pytest.raises(SettingError) as caught:
        cell_need(cells, wrong, defaults=DEFAULTS)
    assert {fault.column: fault.code for fault in caught.value.faults} == {
        "adults": "need_weight_negative",
        "children": "need_weight_not_a_number",
        "guests": "need_group_without_figures",
        "elves": "need_group_unknown",
    }
    for language in LANGUAGES:
        said = "\n".join(explain(caught.value, Translator(language)))
        assert all(group in said for group in wrong)


@pytest.mark.parametrize("weight", [float("inf"), "1", None])
def test_what_is_no_finite_number_is_refused(cells, weight):
    with pytest.raises(SettingError):
        cell_need(cells, {"adults": weight}, defaults=DEFAULTS)


def test_need_of_districts_keeps_what_lies_in_none(cells):
    by_key = district_need(cells, np.array([1.0, 2.0, 4.0]), "borough")
    assert by_key.dropna().to_dict()["a"] == 2.0
    assert by_key.sum() == 7.0
    assert by_key[by_key.index.isna()].tolist() == [4.0]


def test_a_level_without_a_column_is_decided_by_the_centre(tiny_area):
    keys = assign(tiny_area.cells, tiny_area.districts, "priority_area")
    assert (keys.eq("ost") == tiny_area.cells["borough"].eq("ost")).all()
    assert keys.isna().any()


def test_a_column_of_the_cells_decides_before_the_centre(tiny_area):
    cells = tiny_area.cells.assign(priority_area="anywhere")
    assert set(assign(cells, tiny_area.districts, "priority_area")) == {"anywhere"}


@pytest.mark.parametrize(
    ("level", "code"), [("street", "district_level_unknown"), ("priority_area", "district_level_missing")]
)
def test_levels_that_cannot_be_decided_are_refused(cells, level, code):
    with pytest.raises(SettingError) as caught:
        assign(cells, None, level)
    assert caught.value.code == code
    assert all(level in explain(caught.value, Translator(language))[0] for language in LANGUAGES)
