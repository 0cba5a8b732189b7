from __future__ import annotations

import math

import pandas as pd
import pytest

from planning.model import Criterion
from planning.scoring import reasons, score

A = Criterion("a", "u", "raw", ((0.0, 0.0), (10.0, 100.0)), 50.0, 3.0)
B = Criterion("b", "u", "raw", ((0.0, 100.0), (10.0, 0.0)), 20.0, 1.0)


def matrix(rows):
    return pd.DataFrame.from_dict(rows, orient="index", columns=["a", "b"], dtype=float)


def test_total_is_the_weighted_sum_and_splits_into_contributions():
    scores = score(matrix({"x": [5.0, 2.0]}), (A, B))
    assert scores.values.loc["x"].tolist() == [50.0, 80.0]  # noqa: PD011
    assert scores.shares.to_dict() == {"a": 0.75, "b": 0.25}
    assert scores.contributions.loc["x"].tolist() == [37.5, 20.0]
    assert scores.total["x"] == 57.5


def test_unknown_is_marked_stands_in_and_spans_a_range():
    scores = score(matrix({"x": [5.0, math.nan], "y": [5.0, 2.0]}), (A, B))
    assert scores.unknown.loc["x"].tolist() == [False, True]
    assert scores.total["x"] == pytest.approx(37.5 + 5.0)
    assert (scores.low["x"], scores.high["x"]) == (pytest.approx(37.5), pytest.approx(62.5))
    assert scores.low["y"] == scores.total["y"] == scores.high["y"]


def test_an_unknown_fact_without_weight_leaves_no_doubt():
    scores = score(matrix({"x": [5.0, math.nan]}), (A, B), {"b": 0})
    assert scores.low["x"] == scores.total["x"] == scores.high["x"] == 50.0


def test_out_of_reach_is_known():
    assert not score(matrix({"x": [math.inf, 0.0]}), (A, B)).unknown.to_numpy().any()


def test_best_is_rank_one_and_ties_go_to_the_smaller_id():
    scores = score(matrix({"m": [1.0, 0.0], "c": [5.0, 0.0], "b": [5.0, 0.0], "z": [9.0, 0.0]}), (A, B))
    assert scores.rank.to_dict() == {"m": 4, "c": 3, "b": 2, "z": 1}


def test_a_difference_in_the_last_bit_is_a_tie():
    scores = score(matrix({"b": [0.1 + 0.2, 0.0], "a": [0.3, 0.0]}), (A, B))
    assert scores.rank.to_dict() == {"b": 2, "a": 1}


def test_other_columns_are_ignored_and_arguments_stay_as_they_are():
    raw = matrix({"x": [5.0, 2.0]}).assign(note="free text")
    before = raw.copy()
    weights = {"a": 2.0}
    assert list(score(raw, (A, B), weights).values.columns) == ["a", "b"]  # noqa: PD011
    pd.testing.assert_frame_equal(raw, before)
    assert weights == {"a": 2.0}


def test_without_candidates_everything_is_empty():
    scores = score(matrix({}), (A, B))
    assert scores.total.empty
    assert scores.rank.empty


def test_reasons_compare_with_the_median_and_run_from_lifting_to_lowering():
    scores = score(matrix({"x": [10.0, 10.0], "y": [4.0, 0.0], "z": [2.0, 5.0]}), (A, B))
    found = reasons(scores, "x")
    assert [reason.criterion for reason in found] == ["a", "b"]
    assert found[0].contribution == pytest.approx(75.0)
    assert found[0].difference == pytest.approx(75.0 - 30.0)
    assert found[1].difference == pytest.approx(0.0 - 12.5)


def test_reasons_of_an_unscored_candidate():
    with pytest.raises(KeyError):
        reasons(score(matrix({"x": [1.0, 1.0]}), (A, B)), "closed one")
