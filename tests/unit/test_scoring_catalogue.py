from __future__ import annotations

from itertools import pairwise

import pytest

from planning.area.criteria import criteria, criteria_table, partner_kinds
from planning.i18n import catalogue_keys
from planning.scoring import CRITERIA

TEXTS = ("label", "short", "description", "unit", "formula", "missing")


def test_catalogue_holds_the_nine_criteria_in_order():
    assert tuple(criterion.id for criterion in criteria()) == CRITERIA


@pytest.mark.parametrize("criterion", criteria(), ids=lambda criterion: criterion.id)
def test_criterion_is_well_formed(criterion):
    raw = [corner for corner, _ in criterion.points]
    values = [height for _, height in criterion.points]
    assert all(low < high for low, high in pairwise(raw))
    assert min(values) == 0.0
    assert max(values) == 100.0
    assert 0.0 <= criterion.missing_value <= 100.0
    assert criterion.default_weight > 0.0
    assert criterion.scale in {"raw", "share_of_max"}


def test_direction_in_the_catalogue_is_that_of_the_value_function():
    directions = criteria_table().set_index("id")["direction"]
    for criterion in criteria():
        values = [height for _, height in criterion.points]
        assert values == sorted(values, reverse=directions[criterion.id] == "lower")


def test_reading_the_catalogue_gives_a_table_of_its_own():
    table = criteria_table()
    table["digits"] = -1
    assert (criteria_table()["digits"] >= 0).all()


@pytest.mark.parametrize("criterion", criteria(), ids=lambda criterion: criterion.id)
@pytest.mark.parametrize("text", TEXTS)
def test_every_criterion_is_described_in_both_languages(criterion, text):
    entry = catalogue_keys()[f"criteria.{criterion.id}.{text}"]
    assert entry["de"].strip()
    assert entry["en"].strip()


def test_description_keys_of_the_catalogue_exist():
    assert set(criteria_table()["description"]) <= set(catalogue_keys())


def test_texts_say_that_the_weights_are_a_choice():
    entry = catalogue_keys()["criteria.about.weights"]
    assert "keine" in entry["de"] or "gibt es nicht" in entry["de"]
    assert "planner's decision" in entry["en"]


@pytest.mark.parametrize("language", ["de", "en"])
def test_formula_of_a_fixed_scale_names_every_corner(language):
    for criterion in criteria():
        if criterion.unit in {"yes_no", "points"} or criterion.scale == "share_of_max":
            continue
        words = (
            catalogue_keys()[f"criteria.{criterion.id}.formula"][language].replace(".", "").replace(",", "")
        )
        for raw, height in criterion.points:
            assert f"{raw:.0f}" in words
            assert f"{height:.0f}" in words


def test_partners_are_who_meets_the_same_people_not_every_shop():
    assert {"school", "kindergarten", "library", "doctors", "place_of_worship"} <= partner_kinds()
    assert not {"supermarket", "pharmacy", "post_office"} & partner_kinds()
