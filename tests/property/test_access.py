"""What holds for access whatever the distances: it never falls with more, and nothing is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from planning.access import (
    coverage,
    e2sfca,
    extend,
    gini,
    lorenz,
    measure,
    nearest,
    open_sites,
    walk_minutes,
    weighted_quantile,
)
from planning.need import cell_need

CELLS = 12
way = st.one_of(st.floats(0, 5000, width=32), st.just(np.inf))
limit = st.floats(0, 5000)
need_of_cells = hnp.arrays(np.float64, CELLS, elements=st.integers(0, 1000).map(float))
amounts = hnp.arrays(np.float64, CELLS, elements=st.floats(0.01, 1e4))


def ways(sites):
    return hnp.arrays(np.float32, (CELLS, sites), elements=way)


@given(ways(3), ways(1), need_of_cells, limit)
def test_coverage_never_falls_when_a_site_is_added(before, new, need, reach):
    after = np.hstack([before, new])
    assert coverage(nearest(after), need, reach).covered >= coverage(nearest(before), need, reach).covered


@given(ways(2), need_of_cells, limit, st.floats(0, 2000))
def test_coverage_never_falls_when_the_reach_grows(metres, need, reach, more):
    closest = nearest(metres)
    assert coverage(closest, need, reach + more).covered >= coverage(closest, need, reach).covered


@given(ways(2), need_of_cells, limit)
def test_coverage_is_a_share_of_the_total(metres, need, reach):
    found = coverage(nearest(metres), need, reach)
    assert 0 <= found.covered <= found.total == need.sum()
    assert np.isnan(found.share) if found.total == 0 else 0 <= found.share <= 1


@given(ways(2), ways(3))
def test_nearest_of_all_is_the_smaller_nearest(some, others):
    together = nearest(np.hstack([some, others]))
    np.testing.assert_array_equal(together, np.minimum(nearest(some), nearest(others)))


@given(ways(2), ways(1), need_of_cells)
def test_with_a_cap_walking_time_never_grows_when_a_site_is_added(before, new, need):
    short = walk_minutes(nearest(np.hstack([before, new])), need, 75.0, cap=60.0)
    long = walk_minutes(nearest(before), need, 75.0, cap=60.0)
    if need.sum() > 0:
        assert short.mean <= long.mean + 1e-9
        assert short.p90 <= long.p90
    assert short.unreached <= long.unreached


@given(ways(1), need_of_cells)
def test_need_is_either_timed_or_reported(metres, need):
    closest = nearest(metres)
    walk = walk_minutes(closest, need, 75.0)
    assert walk.unreached + need[np.isfinite(closest)].sum() == need.sum()


@given(amounts, need_of_cells, st.floats(0.01, 1))
def test_a_quantile_is_a_value_that_holds_its_share(values, weights, share):
    found = weighted_quantile(values, weights, share)
    if weights.sum() == 0:
        assert np.isnan(found)
        return
    assert weights[values <= found].sum() >= share * weights.sum() - 1e-9
    assert weights[values < found].sum() <= share * weights.sum() + 1e-9


@given(ways(4), need_of_cells, hnp.arrays(np.float64, 4, elements=st.floats(0, 40)))
def test_e2sfca_hands_out_what_sites_in_reach_of_need_offer(metres, need, hours):
    served = ((metres <= 2250) & (need[:, None] > 0)).any(axis=0)
    np.testing.assert_allclose(e2sfca(metres, need, hours) @ need, hours[served].sum(), rtol=1e-9, atol=1e-9)


@given(ways(3), need_of_cells, hnp.arrays(np.float64, 3, elements=st.floats(0, 40)), st.floats(0, 40))
def test_e2sfca_never_falls_with_more_hours(metres, need, hours, more):
    assert (e2sfca(metres, need, hours + more) >= e2sfca(metres, need, hours) - 1e-12).all()


@given(amounts, amounts, st.floats(0.01, 100))
def test_gini_lies_between_nothing_and_one_and_knows_no_unit(values, weights, factor):
    spread = gini(values, weights)
    assert 0 <= spread <= 1
    assert abs(gini(values * factor, weights) - spread) < 1e-9
    assert abs(gini(values, weights * factor) - spread) < 1e-9
    assert abs(gini(np.tile(values, 2), np.tile(weights, 2)) - spread) < 1e-9


@given(amounts, amounts)
def test_gini_is_the_mean_difference_of_pairs(values, weights):
    apart = np.abs(values[:, None] - values[None, :]) * weights[:, None] * weights[None, :]
    mean = (values * weights).sum() / weights.sum()
    expected = apart.sum() / (2 * weights.sum() ** 2 * mean)
    assert abs(gini(values, weights) - expected) < 1e-9


@given(amounts, amounts)
def test_the_lorenz_curve_rises_ever_faster_from_nothing_to_all(values, weights):
    people, amount = lorenz(values, weights)
    assert (people[0], amount[0]) == (0.0, 0.0)
    np.testing.assert_allclose([people[-1], amount[-1]], 1.0)
    slope = np.diff(amount) / np.diff(people)
    assert (np.diff(slope) >= -1e-6 * np.abs(slope[:-1])).all()
    assert (amount <= people + 1e-9).all()


@given(st.integers(0, 3), st.sampled_from([375.0, 1125.0, 2250.0]))
def test_opening_any_room_of_the_tiny_town_covers_no_less(tiny_area, room, reach):
    before = _measured(tiny_area)
    chosen = tiny_area.candidates.iloc[room]
    sites = tiny_area.sites.copy()
    sites.loc[2, ["status", "x", "y"]] = "open", chosen["x"], chosen["y"]
    assert len(open_sites(sites)) == 3
    after = extend(before, tiny_area.with_tables(sites=sites))
    need = cell_need(tiny_area.cells)
    old, new = (coverage(nearest(d.sites), need, reach) for d in (before, after))
    assert new.covered >= old.covered


_KEPT = {}


def _measured(area):
    return _KEPT.setdefault(id(area), measure(area))
