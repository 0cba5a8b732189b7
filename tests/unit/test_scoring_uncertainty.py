"""How far off need and criteria may be: the catalogue of estimates, and what becomes of it in an area."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from planning.area import groups, indicators
from planning.area.catalogues import uncertainties
from planning.area.criteria import criteria
from planning.i18n import catalogue_keys
from planning.model import Criterion, Scenario
from planning.need import cell_need
from planning.scoring.perturbation import Perturbation, draw
from planning.scoring.uncertainty import (
    LEVELS,
    NeedError,
    Regions,
    age_of_layer,
    known_measure,
    need_errors,
    observed_drift,
    possible_values,
    regions_of,
    spreads,
    years_of,
)
from planning.scoring.values import value

FOLLOW_FROM_NEED = {"need_gained", "need_density", "equity"}
MEASURES = {"region", "relative", "points", "flip", "none"}
YEAR = 2026


def with_year(area, layer, year):
    layers = tuple(replace(one, year=year) if one.id == layer else one for one in area.layers)
    return replace(area, layers=layers)


# the catalogue


def test_whatever_may_be_off_is_estimated_and_nothing_else():
    table = uncertainties()
    assert table.index.is_unique
    assert set(table.index[table["of"] == "indicator"]) == set(groups())
    others = {criterion.id for criterion in criteria()} - FOLLOW_FROM_NEED
    assert set(table.index[table["of"] == "criterion"]) == others
    assert set(table["of"]) == {"indicator", "criterion"}


def test_estimates_are_usable(dortmund):
    table = uncertainties()
    assert set(table["measure"]) <= MEASURES
    assert (table["measure"][table["of"] == "indicator"] == "region").all()
    assert not (table["measure"][table["of"] == "criterion"] == "region").any()
    for column in ("at_source", "per_root_year"):
        assert np.isfinite(table[column]).all()
        assert (table[column] >= 0).all()
    assert (table["at_source"][table["measure"] == "flip"] <= 0.5).all()
    assert (table[["at_source", "per_root_year"]][table["measure"] == "none"] == 0).all(axis=None)
    tables = {layer.id for layer in dortmund.layers}
    assert set(table["layer"]) <= tables
    dated = table["per_root_year"] > 0
    assert all(np.isfinite(years_of(next(one.year for one in dortmund.layers if one.id == layer)))
               for layer in table["layer"][dated])  # fmt: skip


def test_every_kind_of_source_has_words():
    known = catalogue_keys()
    for source in set(uncertainties()["source"]):
        assert f"confidence.source.{source}" in known


@pytest.mark.parametrize("scaled_by", ["residents", "foreign_nationals"])
def test_the_drift_of_the_catalogue_is_what_dortmunds_quarters_did(dortmund, scaled_by):
    rows = dortmund.scaling[dortmund.scaling["group"] == scaled_by]
    parents = dortmund.districts[dortmund.districts["level"] == "quarter"].set_index("key")["parent"]
    boroughs = rows[rows["level"] == "borough"].set_index("key")["factor"]
    logs, weights, years = [], [], []
    for row in rows[(rows["level"] == "quarter") & (rows["method"] == "own_total")].itertuples():
        above = boroughs.get(parents[row.key], math.nan)
        if math.isfinite(above):
            logs.append(math.log(row.factor / above))
            weights.append(row.base_2011)
            stated = [
                [int(one) for one in re.findall(r"20\d\d", str(cell))] for cell in (row.year, row.share_year)
            ]
            # a share that was carried forward knows nothing after its own year
            years.append(min((min(found) + max(found)) / 2 for found in stated if found) - 2011)
    middle = np.average(logs, weights=weights)
    expected = math.sqrt(np.dot(weights, (np.array(logs) - middle) ** 2) / np.dot(weights, years))
    assert len(logs) > 10
    assert observed_drift(dortmund, scaled_by) == pytest.approx(expected, rel=1e-9)
    table = indicators().set_index("id")
    stated = uncertainties()["per_root_year"]
    same = [name for name in groups() if table["scaled_by"][name] == scaled_by]
    assert same
    for name in same:
        assert stated[name] == pytest.approx(expected, abs=0.001)


def test_no_drift_is_observed_where_no_quarter_has_figures(tiny_area):
    assert math.isnan(observed_drift(tiny_area, "foreign_nationals"))


# years and ages


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2020", 2020.0), ("2018–2020", 2019.0), ("2023-12-31", 2023.0), ("", math.nan), (None, math.nan)],
)
def test_the_year_of_a_text(text, expected):
    assert years_of(text) == pytest.approx(expected, nan_ok=True)


def test_the_age_of_a_layer(tiny_area):
    assert age_of_layer(tiny_area, "stops", 2026) == 6.0
    assert age_of_layer(tiny_area, "stops", 2010) == 0.0
    assert age_of_layer(tiny_area, "no such layer", 2026) == 0.0
    assert age_of_layer(with_year(tiny_area, "stops", "unknown"), "stops", 2026) == 0.0


def test_spreads_grow_with_the_age_of_their_layer(tiny_area):
    stated = uncertainties()
    found = spreads(tiny_area, year=YEAR)
    assert set(found) == {criterion.id for criterion in criteria()} - FOLLOW_FROM_NEED
    for name, (measure, size) in found.items():
        row = stated.loc[name]
        assert measure == row["measure"]
        expected = math.sqrt(row["at_source"] ** 2 + row["per_root_year"] ** 2 * (YEAR - 2020))
        assert size == pytest.approx(expected)
    older = spreads(with_year(tiny_area, "stops", "2010"), year=YEAR)
    assert older["transit"][1] > found["transit"][1]
    assert {name: older[name] for name in older if name != "transit"} == {
        name: found[name] for name in found if name != "transit"
    }
    assert known_measure(found, "venue") == found["venue"]
    assert known_measure(found, "equity") == ("none", 0.0)


# regions


def check_regions(cells, regions):
    n = len(regions.quarter)
    assert regions.of_cell.shape == (len(cells),)
    assert set(regions.of_cell.tolist()) == set(range(n))
    keys = np.array(regions.keys, dtype=object)[regions.quarter[regions.of_cell]]
    assert keys.tolist() == cells["quarter"].fillna("").tolist()
    for region in range(n):
        inside = regions.of_cell == region
        for axis in "xy":
            block = np.unique(np.floor(cells[axis].to_numpy(float)[inside] / 1000.0))
            assert len(block) == 1
    blocks = pd.DataFrame(
        {"quarter": keys, "x": np.floor(cells["x"] / 1000.0), "y": np.floor(cells["y"] / 1000.0)}
    )
    assert n == len(blocks.drop_duplicates())


def test_every_cell_lies_in_the_region_of_its_quarter_and_block(tiny_area, dortmund):
    for area in (tiny_area, dortmund):
        check_regions(area.cells, regions_of(area.cells))
    cells = tiny_area.cells.copy()
    cells.loc[[0, 4], "quarter"] = np.nan
    check_regions(cells, regions_of(cells))


def test_sums_by_region_are_those_of_a_plain_loop(dortmund):
    rng = np.random.default_rng(1)
    regions = regions_of(dortmund.cells)
    n = len(dortmund.cells)
    need = cell_need(dortmund.cells)
    reached = rng.random((n, 7)) < 0.3
    found = regions.sums(need, reached)
    expected = np.zeros((len(regions.quarter), 7))
    np.add.at(expected, regions.of_cell, need[:, None] * reached)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-3)
    everything = regions.sums(need, np.ones((n, 1), dtype=bool))
    assert everything.sum(dtype=np.float64) == pytest.approx(need.sum(), rel=1e-6)
    assert not regions.sums(np.zeros(n), reached).any()


# errors of need


def perturbed(errors, regions):
    nothing = {"reached": {}, "tables": {}, "fixed": {}}
    none = np.zeros(0, dtype=np.intp)
    return Perturbation((), (), np.zeros(0), 50.0, regions, errors, borough_of=none, **nothing)


MIXED = {"residents": 0.2, "foreign_nationals": 1.0, "under10": 0.5, "age80plus": 0.7}


@pytest.mark.parametrize("weights", [{}, MIXED, {"foreign_nationals": 0.0, "residents": 1.0}])
def test_the_parts_of_need_are_all_of_it(tiny_area, dortmund, weights):
    for area in (tiny_area, dortmund):
        errors = need_errors(area, Scenario(need_weights=weights), regions_of(area.cells), year=YEAR)
        total = sum(error.need for error in errors)
        np.testing.assert_allclose(total, cell_need(area.cells, weights), rtol=1e-12)


def test_no_need_has_no_errors(tiny_area):
    none = dict.fromkeys(groups(), 0.0)
    assert need_errors(tiny_area, Scenario(need_weights=none), regions_of(tiny_area.cells), year=YEAR) == ()


ONLY_RESIDENTS = Scenario(need_weights=dict.fromkeys(groups(), 0.0) | {"residents": 1.0})


def test_errors_are_as_old_as_their_figures(tiny_area):
    """Quarter west has a figure of 2020, quarter ost none of its own, so that of the census counts."""
    area = with_year(tiny_area, "cells", "2011 → 2020")
    regions = regions_of(area.cells)
    at_source, drift = uncertainties().loc["residents", ["at_source", "per_root_year"]]
    (error,) = need_errors(area, ONLY_RESIDENTS, regions, year=2030)
    by_key = dict(zip(regions.keys, error.quarter_sd, strict=True))
    assert by_key["west"] == pytest.approx(drift * math.sqrt(10))
    assert by_key["ost"] == pytest.approx(drift * math.sqrt(19))
    assert error.block_sd == pytest.approx(math.sqrt(at_source**2 + drift**2 * 19))


def test_errors_grow_with_the_years_and_are_never_less_than_nothing(tiny_area):
    area = with_year(tiny_area, "cells", "2011 → 2020")
    regions = regions_of(area.cells)
    before, sooner, later = (
        need_errors(area, ONLY_RESIDENTS, regions, year=year)[0] for year in (2005, 2021, 2031)
    )
    assert (later.quarter_sd > sooner.quarter_sd).all()
    assert later.block_sd > sooner.block_sd
    assert not before.quarter_sd.any()
    assert before.block_sd == pytest.approx(uncertainties()["at_source"]["residents"])
    newer = replace(area, scaling=area.scaling.assign(year="2028-12-31"))
    (fresh,) = need_errors(newer, ONLY_RESIDENTS, regions, year=2031)
    west = regions.keys.index("west")
    assert fresh.quarter_sd[west] < later.quarter_sd[west]
    assert fresh.block_sd == later.block_sd


def test_a_share_carried_forward_is_as_old_as_its_own_year(tiny_area):
    area = with_year(tiny_area, "cells", "2011 → 2020")
    regions, drift = regions_of(area.cells), uncertainties()["per_root_year"]["residents"]
    west = regions.keys.index("west")
    for share_year, age in (("2015-12-31", 15), ("2020", 10), ("2024", 10), (np.nan, 10)):
        scaling = area.scaling.assign(share_year=pd.Series([share_year], dtype=object))
        (error,) = need_errors(replace(area, scaling=scaling), ONLY_RESIDENTS, regions, year=2030)
        assert error.quarter_sd[west] == pytest.approx(drift * math.sqrt(age))


def test_figures_of_other_levels_and_groups_do_not_count(tiny_area):
    area = with_year(tiny_area, "cells", "2011 → 2020")
    regions = regions_of(area.cells)
    (expected,) = need_errors(area, ONLY_RESIDENTS, regions, year=2030)
    own = area.scaling.iloc[0].to_dict()
    more = [
        own | {"key": "ost", "level": "borough"},
        own | {"key": "ost", "group": "foreign_nationals"},
        own | {"key": "ost", "method": "borough_factor"},
    ]
    wider = replace(area, scaling=pd.concat([area.scaling, pd.DataFrame(more)], ignore_index=True))
    (found,) = need_errors(wider, ONLY_RESIDENTS, regions, year=2030)
    np.testing.assert_array_equal(found.quarter_sd, expected.quarter_sd)


def test_factors_have_mean_one_and_the_variance_stated():
    """Two quarters of two regions each; the logarithms of one quarter share its part of the variance."""
    regions = Regions(np.arange(4), np.array([0, 0, 1, 1]), ("a", "b"))
    error = NeedError(np.ones(4), np.array([0.1, 0.3]), 0.2)
    p = perturbed((error, error), regions)
    size = 200_000
    factors = draw(p, 5, 0, size=size).factors
    variance = error.quarter_sd[[0, 0, 1, 1]] ** 2 + 0.2**2
    for factor in factors:
        assert factor.shape == (size, 4)
        exact = factor.astype(np.float64)
        spread = np.sqrt(np.exp(variance) - 1)
        np.testing.assert_allclose(exact.mean(axis=0), 1.0, atol=float(4 * spread.max() / math.sqrt(size)))
        np.testing.assert_allclose(exact.std(axis=0), spread, rtol=0.02)
        logs = np.cov(np.log(exact).T)
        shared = np.zeros((4, 4))
        shared[:2, :2], shared[2:, 2:] = 0.1**2, 0.3**2
        shared += np.eye(4) * 0.2**2
        np.testing.assert_allclose(logs, shared, atol=0.002)
    crossed = np.corrcoef(factors[0][:, 0], factors[1][:, 0])[0, 1]
    assert abs(crossed) < 4 / math.sqrt(size)


def test_need_of_a_draw_is_each_part_times_the_factor_of_its_region():
    regions = Regions(np.array([1, 0, 1]), np.array([0, 0]), ("a",))
    first = NeedError(np.array([1.0, 2.0, 3.0]), np.array([0.1]), 0.2)
    second = NeedError(np.array([10.0, 0.0, 5.0]), np.array([0.3]), 0.1)
    p = perturbed((first, second), regions)
    drawn = draw(p, 0, 0, size=3)
    for row in range(3):
        one, other = (factor[row] for factor in drawn.factors)
        expected = [1 * one[1] + 10 * other[1], 2 * one[0], 3 * one[1] + 5 * other[1]]
        np.testing.assert_allclose(drawn.need(p, row), expected, rtol=1e-6)


# equally likely values


def criterion(points=((0.0, 0.0), (10.0, 100.0)), missing=50.0, scale="raw"):
    return Criterion("one", "u", scale, points, missing, 1.0)


RAW = np.array([0.0, 1.0, 4.0, 9.0, 25.0])


@pytest.mark.parametrize("measure", ["relative", "points", "flip", "none"])
@pytest.mark.parametrize("scale", ["raw", "share_of_max"])
def test_no_error_leaves_the_plain_value(measure, scale):
    raw = np.array([0.0, 1.0, 1.0, 0.0]) if measure == "flip" else RAW
    points = ((0.0, 0.0), (1.0, 100.0)) if scale == "share_of_max" else ((0.0, 0.0), (10.0, 100.0))
    one = criterion(points, scale=scale)
    table = possible_values(one, raw, measure, 0.0)
    assert table.shape == (len(raw), LEVELS)
    assert table.dtype == np.float32
    np.testing.assert_allclose(table, np.repeat(value(one, raw)[:, None], LEVELS, axis=1), atol=1e-4)


@pytest.mark.parametrize("measure", ["relative", "points"])
@pytest.mark.parametrize("falling", [False, True])
def test_values_are_monotone_in_their_level(measure, falling):
    one = criterion(((0.0, 100.0), (10.0, 0.0)) if falling else ((0.0, 0.0), (10.0, 100.0)))
    steps = np.diff(possible_values(one, RAW, measure, 0.3 if measure == "relative" else 20.0), axis=1)
    assert (steps <= 1e-4).all() if falling and measure == "relative" else (steps >= -1e-4).all()


def test_a_relative_error_multiplies_by_a_factor_of_mean_one():
    one = criterion(((0.0, 0.0), (1000.0, 100.0)))
    raw = np.array([0.0, 100.0, 300.0])
    table = possible_values(one, raw, "relative", 0.25).astype(np.float64)
    np.testing.assert_allclose(table.mean(axis=1), raw / 10, rtol=5e-3)
    logs = np.log(table[1] / 10)
    assert logs.std() == pytest.approx(0.25, rel=1e-3)
    assert not table[0].any()


def test_an_error_in_points_has_its_standard_deviation_and_stays_in_range():
    table = possible_values(criterion(), np.array([5.0, 0.0, 10.0]), "points", 8.0).astype(np.float64)
    assert table[0].mean() == pytest.approx(50.0, abs=1e-3)
    assert table[0].std() == pytest.approx(8.0, rel=1e-3)
    assert (table >= 0).all()
    assert (table <= 100).all()
    assert (table[1] == 0).mean() == pytest.approx(0.5, abs=0.01)


def test_shares_of_the_largest_are_of_the_largest_now():
    one = criterion(((0.0, 0.0), (1.0, 100.0)), scale="share_of_max")
    table = possible_values(one, np.array([50.0, 100.0]), "relative", 0.1).astype(np.float64)
    assert table[0].mean() == pytest.approx(50.0, rel=0.01)
    assert table[1].max() == 100.0


@pytest.mark.parametrize("size", [0.0, 0.1, 0.25, 0.5])
def test_yes_and_no_may_be_the_other_way_round(size):
    one = criterion(((0.0, 0.0), (1.0, 100.0)))
    table = possible_values(one, np.array([0.0, 1.0]), "flip", size)
    assert set(np.unique(table)) <= {0.0, 100.0}
    assert table.mean(axis=1).tolist() == pytest.approx([100 * size, 100 * (1 - size)], abs=100 / LEVELS)


@pytest.mark.parametrize("measure", ["relative", "points", "flip", "none"])
@pytest.mark.parametrize("missing", [0.0, 25.0, 50.0, 80.0, 100.0])
def test_what_is_unknown_is_worst_or_best_and_the_stand_in_on_average(measure, missing):
    table = possible_values(criterion(missing=missing), np.array([1.0, np.nan, 0.0]), measure, 0.1)
    assert set(np.unique(table[1])) <= {0.0, 100.0}
    assert table[1].mean() == pytest.approx(missing, abs=100 / LEVELS)
    assert not np.isnan(table).any()


def test_everything_unknown_is_worst_or_best():
    table = possible_values(criterion(), np.array([np.nan, np.nan]), "relative", 0.1)
    assert table.mean() == pytest.approx(50.0)


@pytest.mark.parametrize("points", [((0.0, 0.0), (3000.0, 100.0)), ((0.0, 100.0), (3000.0, 0.0))])
def test_what_is_out_of_reach_stays_so(points):
    table = possible_values(criterion(points), np.array([np.inf, 1500.0]), "relative", 0.2)
    assert (table[0] == points[-1][1]).all()
    assert np.isfinite(table).all()
