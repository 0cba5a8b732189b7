from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from planning.model import Criterion
from planning.scoring import methods, score
from planning.scoring.agreement import agreement
from planning.scoring.dominance import dominates, dominators
from planning.scoring.methods import METHODS, promethee, topsis, totals, weighted_sum
from planning.scoring.scores import ranks

LINEAR = ((0.0, 0.0), (100.0, 100.0))
CRITERIA = tuple(Criterion(name, "u", "raw", LINEAR, 50.0, 1.0) for name in ("a", "b", "c"))


def frame(rows, columns=("a", "b", "c")):
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(columns), dtype=float)


def test_topsis_by_hand():
    """Columns of length 3 before normalising: best (2/5, 4/15), worst (1/5, 2/15)."""
    matrix = [[1.0, 2.0], [2.0, 1.0], [2.0, 2.0]]
    np.testing.assert_allclose(topsis(matrix, [0.6, 0.4]), [2 / 5, 3 / 5, 1.0], atol=1e-12)


def test_promethee_by_hand():
    """Indifference 5, preference 50: 20 more is preferred by (20 - 5) / 45, 80 and 100 more by 1."""
    np.testing.assert_allclose(promethee([[0.0], [20.0], [100.0]], [1.0]), [-2 / 3, -1 / 3, 1.0], atol=1e-12)


def test_differences_up_to_the_indifference_do_not_count():
    assert promethee([[50.0], [55.0], [45.0]], [1.0]).tolist() == [0.0, -0.0 + 5 / 90, -5 / 90]


def test_thresholds_can_differ_by_criterion():
    matrix = [[0.0, 0.0], [10.0, 10.0]]
    found = promethee(matrix, [0.5, 0.5], indifference=[0.0, 10.0], preference=[20.0, 20.0])
    assert found.tolist() == [-0.25, 0.25]


@pytest.mark.parametrize("method", [weighted_sum, topsis, promethee])
def test_less_is_better_turns_a_criterion_round(method):
    matrix = np.array([[10.0, 90.0], [40.0, 20.0], [70.0, 80.0]])
    turned = matrix * [1.0, -1.0]
    found = method(matrix, [0.5, 0.5], np.array([False, True]))
    np.testing.assert_allclose(found, method(turned, [0.5, 0.5]), atol=1e-12)


def test_candidates_that_are_equal_have_the_middle():
    matrix = np.full((4, 3), 30.0)
    assert topsis(matrix, [0.2, 0.3, 0.5]).tolist() == [0.5] * 4
    assert promethee(matrix, [0.2, 0.3, 0.5]).tolist() == [0.0] * 4


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [0, 1])
def test_none_and_one_candidate(method, count):
    found = totals(method, np.full((count, 2), 80.0), [0.5, 0.5])
    assert found.tolist() == [{"weighted_sum": 80.0, "topsis": 0.5, "promethee": 0.0}[method]] * count


def test_a_step_in_the_last_bit_never_makes_closeness_fall():
    """The quotient d- / (d+ + d-) as it stands falls in about one of 35 of these steps."""
    best, worst = np.random.default_rng(1).random((2, 20_000))
    here = methods._closeness(best, worst)
    assert (methods._closeness(best, np.nextafter(worst, 2.0)) >= here).all()
    assert (methods._closeness(np.nextafter(best, 0.0), worst) >= here).all()
    plain, further = worst / (best + worst), np.nextafter(worst, 2.0)
    assert (further / (best + further) < plain).any(), "what this guards against"


def test_a_criterion_in_which_everybody_has_nothing_contributes_nothing():
    matrix = np.array([[10.0, 0.0], [40.0, 0.0], [20.0, 0.0]])
    np.testing.assert_allclose(topsis(matrix, [0.5, 0.5]), topsis(matrix[:, :1], [0.5]), atol=1e-12)


@pytest.mark.parametrize("size", [1e-300, 1e200])
def test_neither_tiny_nor_huge_figures_disturb_topsis(size):
    matrix = np.array([[1.0, 2.0], [2.0, 1.0], [2.0, 2.0]])
    np.testing.assert_allclose(topsis(matrix * size, [0.6, 0.4]), [0.4, 0.6, 1.0], atol=1e-12)


@pytest.mark.parametrize("block", [1, 7, 50])
def test_promethee_in_blocks_is_exactly_the_same(monkeypatch, block):
    matrix = np.random.default_rng(3).random((40, 5)) * 100
    whole = promethee(matrix, [0.2] * 5)
    monkeypatch.setattr(methods, "PAIRS_AT_ONCE", block)
    assert promethee(matrix, [0.2] * 5).tolist() == whole.tolist()
    assert abs(whole.sum()) < 1e-12


def test_the_weighted_sum_is_the_score():
    raw = frame({"x": [10.0, 20.0, 70.0], "y": [30.0, 90.0, 1.0 / 3.0]})
    scores = score(raw, CRITERIA, {"a": 0.7})
    assert totals("weighted_sum", scores.values, scores.shares).tolist() == scores.total.to_list()


def test_a_tie_goes_to_the_greater_value_and_only_then_to_the_smaller_name():
    values = np.array([[50.0, 40.0], [40.0, 50.0], [40.0, 50.0]])
    assert ranks(values.sum(axis=1), ["z", "y", "x"], values).tolist() == [1, 3, 2]
    assert ranks(values.sum(axis=1), ["z", "y", "x"]).tolist() == [3, 2, 1]


def test_a_dominator_stays_above_where_its_advantage_is_lost_in_the_total():
    raw = frame({"better": [50.0, 60.0, 0.0], "also": [50.0, 60.0 - 1e-5, 0.0]})
    scores = score(raw, CRITERIA, {"a": 1.0, "b": 1e-12, "c": 0.0})
    assert scores.total["better"] == pytest.approx(scores.total["also"], abs=1e-15)
    assert scores.rank.to_dict() == {"better": 1, "also": 2}


def test_dominance_is_as_good_everywhere_and_better_somewhere():
    values = frame({"m": [1, 1, 1], "n": [1, 1, 1], "o": [1, 1, 2], "p": [2, 1, 0]})
    assert dominates(values, "o", "m")
    for a, b in [("m", "n"), ("m", "m"), ("m", "o"), ("p", "m"), ("m", "p")]:
        assert not dominates(values, a, b)
    with pytest.raises(KeyError):
        dominates(values, "m", "closed one")


def test_the_dominator_named_is_the_one_with_the_highest_sum():
    values = frame({"m": [1, 1, 1], "o": [1, 1, 2], "p": [1, 9, 1], "b": [9, 1, 1], "q": [0, 0, 99]})
    assert dominators(values).to_dict() == {"m": "b", "o": "", "p": "", "b": "", "q": ""}
    level = frame({"m": [1, 1, 1], "z": [1, 3, 1], "y": [1, 3, 1]})
    assert dominators(level).to_dict() == {"m": "y", "z": "", "y": ""}


@pytest.mark.parametrize("block", [1, 30, 1 << 18])
def test_dominators_by_plain_loops(monkeypatch, block):
    monkeypatch.setattr("planning.scoring.dominance.PAIRS_AT_ONCE", block)
    matrix = np.random.default_rng(5).integers(0, 4, (40, 3)).astype(float)
    values = frame({f"k{i:02}": row for i, row in enumerate(matrix)})
    found = dominators(values)
    for b, row in values.iterrows():
        above = [a for a in values.index if dominates(values, a, b)]
        best = max((values.loc[a].sum() for a in above), default=None)
        assert found[b] == "" if not above else values.loc[found[b]].sum() == best
        assert found[b] == "" or (found[b] in above and found[found[b]] == "")
        assert len(row) == 3


def test_no_candidates_at_all():
    assert dominators(frame({})).empty
    found = agreement(score(frame({}), CRITERIA), 14)
    assert found.ranks.empty
    assert found.correlation.isna().all(axis=None)


def test_agreement_counts_places_and_correlates_ranks():
    raw = frame({f"k{i}": row for i, row in enumerate(np.random.default_rng(8).random((30, 3)) * 100)})
    scores = score(raw, CRITERIA, {"a": 3.0})
    found = agreement(scores, 5)
    assert list(found.ranks.columns) == list(METHODS)
    assert found.ranks["weighted_sum"].to_list() == scores.rank.to_list()
    for name, row in found.ranks.iterrows():
        assert found.spread[name] == max(row) - min(row)
        assert found.best[name] == sum(rank <= 5 for rank in row)
    for one, other in itertools.product(METHODS, repeat=2):
        expected = spearmanr(found.ranks[one], found.ranks[other]).statistic
        assert found.correlation.loc[one, other] == pytest.approx(expected, abs=1e-12)
    assert found.count == 5
