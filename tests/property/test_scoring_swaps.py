"""What would change a ranking, against exact fractions: whole numbers leave no rounding."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planning.model import Criterion
from planning.scoring import score
from planning.scoring.swaps import joint_swap, reweighted, single_swaps, stable_intervals, tornado

NEARLY = 1e-9
STEP = Fraction(1, 10**9)


def criteria_named(names):
    return tuple(Criterion(name, "u", "raw", ((0.0, 0.0), (100.0, 100.0)), 50.0, 1.0) for name in names)


@st.composite
def rankings(draw, least=2, most=6, most_criteria=5):
    """Return values, weights (whole numbers) and names."""
    n, k = draw(st.integers(least, most)), draw(st.integers(2, most_criteria))
    few = st.sampled_from([0, 20, 50, 100]) if draw(st.booleans()) else st.integers(0, 100)
    rows = draw(st.lists(st.lists(few, min_size=k, max_size=k), min_size=n, max_size=n))
    weights = draw(st.lists(st.integers(0, 10), min_size=k, max_size=k).filter(any))
    names = draw(st.permutations([f"k{number}" for number in range(n)]))
    return rows, weights, list(names)


def scored(rows, weights, names, **changed):
    columns = [f"c{number}" for number in range(len(weights))]
    raw = pd.DataFrame(rows, index=pd.Index(names, name="candidate_id"), columns=columns, dtype=float)
    chosen = dict(zip(columns, map(float, weights), strict=True)) | changed
    return score(raw, criteria_named(columns), chosen)


class Exact:
    """Scores in fractions, one weight set to a share and the others in their proportions."""

    def __init__(self, rows, weights, names):
        self.rows, self.weights, self.names = rows, weights, names

    def shares(self, position, share):
        rest = sum(self.weights) - self.weights[position]
        others = len(self.weights) - 1
        parts = [
            (Fraction(weight, rest) if rest else Fraction(1, others)) * (1 - share) for weight in self.weights
        ]
        parts[position] = Fraction(share)
        return parts

    def now(self, position):
        return Fraction(self.weights[position], sum(self.weights))

    def totals(self, shares):
        return [sum(part * value for part, value in zip(shares, row, strict=True)) for row in self.rows]

    def order(self, position, share):
        """Return the names, best first, ties as in the ranking."""
        totals = self.totals(self.shares(position, share))
        keys = [
            (-total, [-value for value in row], name)
            for total, row, name in zip(totals, self.rows, self.names, strict=True)
        ]
        return [name for *_, name in sorted(keys)]

    def apart(self, better, worse, position, share):
        """Return by how much one candidate is above another."""
        totals = self.totals(self.shares(position, share))
        return totals[self.names.index(better)] - totals[self.names.index(worse)]

    def crossing(self, better, worse, position):
        """Return the share at which two change places, ``None`` if there is none within 0 and 1."""
        at_none, at_all = (self.apart(better, worse, position, share) for share in (0, 1))
        if min(at_none, at_all) >= 0:
            return None
        return at_none / (at_none - at_all)


def pairs(scores):
    return combinations(scores.rank.sort_values().index, 2)


@settings(max_examples=200)
@given(rankings())
def test_one_weight_swaps_two_candidates_exactly_where_it_says(ranking):
    rows, weights, names = ranking
    scores = scored(*ranking)
    exact = Exact(rows, weights, names)
    for better, worse in pairs(scores):
        changes = single_swaps(scores, better, worse)
        expected = {
            f"c{position}": share
            for position in range(len(weights))
            if exact.now(position) < 1 and (share := exact.crossing(better, worse, position)) is not None
        }
        assert {change.criterion for change in changes} == set(expected)
        moves = [abs(change.then - change.now) for change in changes]
        assert moves == sorted(moves)
        for change in changes:
            position, share = int(change.criterion[1:]), expected[change.criterion]
            assert change.now == pytest.approx(float(exact.now(position)), abs=NEARLY)
            assert change.then == pytest.approx(float(share), abs=NEARLY)
            assert exact.apart(better, worse, position, share) == 0
            sign = 1 if exact.apart(better, worse, position, 1) < 0 else -1
            assert exact.apart(better, worse, position, share + sign * STEP) < 0
            assert exact.apart(better, worse, position, share - sign * STEP) > 0
            assert sign * (share - exact.now(position)) >= 0


@settings(max_examples=200)
@given(rankings(), st.integers(6, 9))
def test_scores_computed_anew_swap_on_the_far_side_only(ranking, digits):
    scores = scored(*ranking)
    values, shares = scores.values.to_numpy(), scores.shares.to_numpy()  # noqa: PD011 - a field
    for better, worse in pairs(scores):
        apart = values[list(scores.total.index).index(better)] - values[scores.total.index.get_loc(worse)]
        for change in single_swaps(scores, better, worse):
            move = change.then - change.now
            if abs(move) < 1e-3:
                continue
            position = int(change.criterion[1:])
            near, far = (
                apart @ reweighted(shares, position, change.now + move * (1.0 + sign * 10.0**-digits))
                for sign in (-1, 1)
            )
            assert far < 0.0 < near


@settings(max_examples=100)
@given(rankings())
def test_other_weights_cannot_swap_the_two(ranking):
    scores = scored(*ranking)
    values, shares = scores.values.to_numpy(), scores.shares.to_numpy()  # noqa: PD011 - a field
    place = {name: row for row, name in enumerate(scores.total.index)}
    grid = np.linspace(0.0, 1.0, 21)
    for position in range(len(shares)):
        totals = values @ np.array([reweighted(shares, position, share) for share in grid]).T
        for better, worse in pairs(scores):
            listed = {change.criterion for change in single_swaps(scores, better, worse)}
            if f"c{position}" not in listed and shares[position] < 1.0:
                assert (totals[place[better]] >= totals[place[worse]] - NEARLY).all()


@settings(max_examples=200)
@given(rankings())
def test_the_smallest_redistribution_swaps_and_no_less_of_it(ranking):
    scores = scored(*ranking)
    values, shares = scores.values.to_numpy(), scores.shares.to_numpy()  # noqa: PD011 - a field
    place = {name: row for row, name in enumerate(scores.total.index)}
    for better, worse in pairs(scores):
        apart = values[place[better]] - values[place[worse]]
        shift = joint_swap(scores, better, worse)
        assert (shift is None) == bool((apart >= 0).all())
        if shift is None:
            continue
        then = shift.shares.to_numpy()
        assert list(shift.shares.index) == list(scores.shares.index)
        assert then.sum() == pytest.approx(1.0, abs=1e-12)
        assert (then >= -1e-15).all()
        assert apart @ then == pytest.approx(0.0, abs=1e-9)
        assert shift.moved == pytest.approx(np.abs(then - shares).sum() / 2, abs=1e-12)
        singles = single_swaps(scores, better, worse)
        assert all(shift.moved <= abs(one.then - one.now) + NEARLY for one in singles)
        if shift.moved > 1e-6:
            beyond, before = (shares + (1.0 + sign * 1e-6) * (then - shares) for sign in (1, -1))
            assert apart @ beyond < 0.0 < apart @ before


@settings(max_examples=200)
@given(rankings(least=3, most_criteria=3), st.data())
def test_the_best_set_changes_at_the_ends_and_not_before(ranking, data):
    rows, weights, names = ranking
    scores = scored(*ranking)
    count = data.draw(st.integers(1, len(names) - 1))
    exact = Exact(rows, weights, names)
    best = set(scores.rank.index[scores.rank <= count])
    others = set(names) - best
    table = stable_intervals(scores, count)
    assert list(table.index) == list(scores.shares.index)
    for position, row in enumerate(table.itertuples()):
        now = exact.now(position)
        assert row.share == pytest.approx(float(now), abs=NEARLY)
        assert 0.0 <= row.low <= row.share + NEARLY
        assert row.share - NEARLY <= row.high <= 1.0
        for end, found, leaves, enters in (
            (0, row.low, row.leaves_low, row.enters_low),
            (1, row.high, row.leaves_high, row.enters_high),
        ):
            sign = 1 if end else -1
            falling = [
                exact.crossing(inside, outside, position)
                for inside, outside in product(best, others)
                if exact.apart(inside, outside, position, end) < 0
            ]
            if not falling:
                assert (found, leaves, enters) == (float(end), "", "")
                continue
            first = min(falling, key=lambda share: sign * share)
            assert found == pytest.approx(float(first), abs=NEARLY)
            beyond = set(exact.order(position, first + sign * STEP)[:count])
            assert beyond != best
            assert leaves in best - beyond
            assert enters in beyond - best
            if sign * (first - now) > 2 * STEP:
                assert set(exact.order(position, first - sign * STEP)[:count]) == best


@settings(max_examples=60)
@given(rankings(), st.sampled_from([1.0, 1.5, 2.0, 10.0]), st.data())
def test_a_tornado_is_what_scoring_anew_gives(ranking, factor, data):
    _, weights, names = ranking
    scores = scored(*ranking)
    candidate = data.draw(st.sampled_from(names))
    columns = list(scores.shares.index)
    table = tornado(scores, candidate, factor=factor)
    assert sorted(table.index) == sorted(columns)
    extent = (table["score_high"] - table["score_low"]).abs().to_numpy()
    assert (np.diff(extent) <= NEARLY).all()
    for position, name in enumerate(columns):
        for side, changed in (
            ("low", weights[position] / factor),
            ("high", weights[position] * factor),
        ):
            anew = scored(*ranking, **{name: changed})
            assert table.loc[name, f"share_{side}"] == pytest.approx(anew.shares[name], abs=NEARLY)
            assert table.loc[name, f"score_{side}"] == pytest.approx(anew.total[candidate], abs=NEARLY)
            assert table.loc[name, f"rank_{side}"] == anew.rank[candidate]
        assert table.loc[name, "share"] == pytest.approx(scores.shares[name], abs=NEARLY)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=6), st.data())
def test_weights_keep_their_proportions(parts, data):
    total = sum(parts)
    assume(total > 1e-3)
    shares = np.array(parts) / total
    position, share = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.floats(0.0, 1.0))
    changed = reweighted(shares, position, share)
    assert changed[position] == share
    assert changed.sum() == pytest.approx(1.0, abs=1e-9)
    assert (changed >= 0.0).all()
    rest = 1.0 - shares[position]
    if rest > 1e-6:
        others = np.delete(np.arange(len(parts)), position)
        np.testing.assert_allclose(changed[others], shares[others] / rest * (1.0 - share), atol=1e-9)
