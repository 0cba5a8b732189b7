from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from planning.area.criteria import criteria
from planning.model import Scenario, ValueFunction
from planning.scoring import criteria_of, reasons, score
from planning.scoring.measures import distinct_within, newly_within
from planning.scoring.values import value

CATALOGUE = criteria()
IDS = [criterion.id for criterion in CATALOGUE]

known = st.floats(0.0, 5e4, allow_nan=False) | st.integers(0, 12).map(float) | st.just(math.inf)
measure = known | st.just(math.nan)
weight = st.floats(0.0, 1e3, allow_subnormal=False)


@st.composite
def matrices(draw, cell=measure, least=1):
    size = draw(st.integers(least, 7))
    names = draw(
        st.lists(st.text("abcXYZ019-", min_size=1, max_size=4), min_size=size, max_size=size, unique=True)
    )
    rows = draw(st.lists(st.lists(cell, min_size=9, max_size=9), min_size=size, max_size=size))
    return pd.DataFrame(rows, index=names, columns=IDS, dtype=float)


weights = st.fixed_dictionaries(dict.fromkeys(IDS, weight)).filter(lambda chosen: sum(chosen.values()) > 1e-3)


@given(matrices(), weights)
def test_scores_are_percentages_that_split_exactly(raw, chosen):
    scores = score(raw, CATALOGUE, chosen)
    for series in (scores.low, scores.total, scores.high):
        assert ((series >= 0.0) & (series <= 100.0)).all()
    assert (scores.low <= scores.total).all()
    assert (scores.total <= scores.high).all()
    assert np.abs(scores.contributions.sum(axis=1) - scores.total).max() <= 1e-9
    assert abs(scores.shares.sum() - 1.0) <= 1e-12
    assert sorted(scores.rank) == list(range(1, len(raw) + 1))
    by_rank = scores.total[scores.rank.sort_values().index].to_numpy()
    assert (np.diff(by_rank) <= 1e-9).all()


@given(st.sampled_from(CATALOGUE), st.lists(known, min_size=2, max_size=8))
def test_values_rise_with_the_raw_measure(criterion, raw):
    ordered = value(criterion, sorted(raw))
    assert (np.diff(ordered) >= -1e-9).all()
    assert ((ordered >= 0.0) & (ordered <= 100.0)).all()


@given(matrices(), weights, st.randoms(use_true_random=False))
def test_the_order_of_the_table_changes_nothing(raw, chosen, random):
    names = list(raw.index)
    random.shuffle(names)
    plain, shuffled = score(raw, CATALOGUE, chosen), score(raw.loc[names], CATALOGUE, chosen)
    pd.testing.assert_series_equal(plain.total, shuffled.total.loc[raw.index], check_exact=True)
    pd.testing.assert_series_equal(plain.rank, shuffled.rank.loc[raw.index], check_exact=True)


@given(matrices(), weights, st.floats(1e-3, 1e3))
def test_only_ratios_of_weights_count(raw, chosen, factor):
    plain = score(raw, CATALOGUE, chosen)
    scaled = score(raw, CATALOGUE, {name: number * factor for name, number in chosen.items()})
    np.testing.assert_allclose(plain.total, scaled.total, atol=1e-9)
    np.testing.assert_allclose(plain.shares, scaled.shares, atol=1e-12)


@given(matrices(cell=known), weights, st.data())
def test_a_dominated_candidate_never_ranks_above(raw, chosen, data):
    better = data.draw(st.sampled_from(list(raw.index)))
    losses = np.array(data.draw(st.lists(st.floats(0.0, 1.0), min_size=9, max_size=9)))
    worse = np.where(np.isfinite(raw.loc[better]), raw.loc[better] * losses, raw.loc[better])
    both = pd.concat([raw, pd.DataFrame([worse], index=["~worse"], columns=IDS)])
    scores = score(both, CATALOGUE, chosen)
    assert scores.total["~worse"] <= scores.total[better] + 1e-9
    assert scores.rank[better] < scores.rank["~worse"]


@given(matrices(), weights, st.data())
def test_the_truth_of_an_unknown_fact_lies_in_the_range(raw, chosen, data):
    name = data.draw(st.sampled_from(list(raw.index)))
    raw.loc[name, "step_free"] = math.nan
    doubt = score(raw, CATALOGUE, chosen)
    for truth in (0.0, 1.0):
        raw.loc[name, "step_free"] = truth
        told = score(raw, CATALOGUE, chosen)
        assert doubt.low[name] - 1e-9 <= told.total[name] <= doubt.high[name] + 1e-9


@given(matrices(), weights)
def test_reasons_are_complete_and_half_of_all_rooms_lie_on_each_side(raw, chosen):
    scores = score(raw, CATALOGUE, chosen)
    found = {name: {part.criterion: part for part in reasons(scores, name)} for name in raw.index}
    for name, parts in found.items():
        assert set(parts) == set(IDS)
        assert abs(math.fsum(part.contribution for part in parts.values()) - scores.total[name]) <= 1e-9
    for criterion in IDS:
        above = sum(parts[criterion].difference > 0.0 for parts in found.values())
        below = sum(parts[criterion].difference < 0.0 for parts in found.values())
        assert max(above, below) <= len(raw) / 2


grids = st.lists(st.lists(known, min_size=3, max_size=3), min_size=1, max_size=6)


@given(grids, st.data())
def test_gain_never_grows_when_a_site_opens(rows, data):
    metres = np.array(rows)
    need = np.array(data.draw(st.lists(st.floats(0, 100), min_size=len(rows), max_size=len(rows))))
    nearest = np.array(data.draw(st.lists(known, min_size=len(rows), max_size=len(rows))))
    limit = data.draw(st.floats(0.0, 5e4))
    before = newly_within(metres, nearest, limit, need)
    opened = newly_within(metres, np.minimum(nearest, metres[:, 0]), limit, need)
    assert (opened <= before + 1e-9).all()
    assert opened[0] == 0.0


@given(grids, st.data())
def test_lines_count_no_more_than_there_are_and_never_fall_with_reach(rows, data):
    metres = np.array(rows)
    lines = data.draw(
        st.lists(st.lists(st.sampled_from("ABCD"), max_size=5), min_size=len(rows), max_size=len(rows))
    )
    near, far = sorted([data.draw(st.floats(0.0, 5e4)), data.draw(st.floats(0.0, 5e4))])
    assume(near < far)
    few, many = distinct_within(metres, near, lines), distinct_within(metres, far, lines)
    assert (few <= many).all()
    assert (many <= len({line for own in lines for line in own})).all()


heights = st.floats(0.0, 100.0)


@st.composite
def functions(draw, *, rising=False):
    """Return a criterion's name and a usable value function for it."""
    criterion = draw(st.sampled_from(CATALOGUE))
    top = 1000 if criterion.scale == "share_of_max" else 1_000_000
    shares = draw(st.lists(st.integers(0, top), min_size=2, max_size=20, unique=True).map(sorted))
    values = draw(st.lists(heights, min_size=len(shares), max_size=len(shares)))
    points = zip((share / 1000 for share in shares), sorted(values) if rising else values, strict=True)
    return criterion.id, ValueFunction(tuple(points), draw(heights))


@given(matrices(), weights, st.sets(st.sampled_from(IDS)))
def test_functions_identical_to_the_catalogues_change_nothing(raw, chosen, names):
    same = {one.id: one.value_function for one in CATALOGUE if one.id in names}
    plain, changed = (score(raw, criteria_of(Scenario(value_functions=own)), chosen) for own in ({}, same))
    pd.testing.assert_series_equal(plain.total, changed.total, check_exact=True)
    pd.testing.assert_series_equal(plain.rank, changed.rank, check_exact=True)


@given(functions(), matrices(), weights)
def test_changed_functions_keep_values_and_scores_in_their_range(changed, raw, chosen):
    name, function = changed
    scores = score(raw, criteria_of(Scenario(value_functions={name: function})), chosen)
    values = [value for _, value in function.points]
    known = scores.values[name][raw[name].notna()]  # noqa: PD011 - a frame called values
    assert ((known >= min(values) - 1e-9) & (known <= max(values) + 1e-9)).all()
    assert (scores.values[name][raw[name].isna()] == function.missing_value).all()  # noqa: PD011
    for series in (scores.low, scores.total, scores.high):
        assert ((series >= 0.0) & (series <= 100.0)).all()


@given(functions(rising=True), st.lists(known, min_size=2, max_size=8))
def test_rising_corners_give_rising_values(changed, raw):
    name, function = changed
    criterion = next(one for one in criteria_of(Scenario(value_functions={name: function})) if one.id == name)
    assert (np.diff(value(criterion, sorted(raw))) >= -1e-9).all()
