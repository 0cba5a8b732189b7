"""What would change a ranking: small cases by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from planning.model import Criterion
from planning.scoring import score
from planning.scoring.swaps import joint_swap, single_swaps, stable_intervals, tornado


def ranked(rows, weights):
    columns = [f"c{number}" for number in range(len(weights))]
    judged = [Criterion(name, "u", "raw", ((0.0, 0.0), (100.0, 100.0)), 50.0, 1.0) for name in columns]
    raw = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float)
    return score(raw, judged, dict(zip(columns, weights, strict=True)))


def test_one_weight_by_hand():
    # with the share t of c0 they score 100 t and 50
    scores = ranked({"a": [100, 0], "b": [50, 50]}, [3, 2])
    changes = single_swaps(scores, "a", "b")
    assert {one.criterion: (one.now, one.then) for one in changes} == {
        "c0": pytest.approx((0.6, 0.5)),
        "c1": pytest.approx((0.4, 0.5)),
    }


def test_several_weights_take_from_where_the_better_is_best():
    # differences 80, 20, -60; 0.4 of 80 + 0.4 of 20 - 0.2 of 60 = 28; each part from c0 to c2 takes 140 off
    scores = ranked({"a": [90, 50, 10], "b": [10, 30, 70]}, [2, 2, 1])
    shift = joint_swap(scores, "a", "b")
    assert shift.moved == pytest.approx(0.2)
    assert shift.shares.to_dict() == pytest.approx({"c0": 0.2, "c1": 0.4, "c2": 0.4})


def test_more_is_taken_from_the_next_where_one_does_not_suffice():
    # differences 50, 40, -10; from c0 0.1 to c2 takes 6 off, the rest of 32.5 at 50 each from c1
    scores = ranked({"a": [60, 60, 0], "b": [10, 20, 10]}, [1, 8.5, 0.5])
    shift = joint_swap(scores, "a", "b")
    assert shift.moved == pytest.approx(0.1 + (0.1 * 50 + 0.85 * 40 - 0.05 * 10 - 6) / 50)
    assert shift.shares["c0"] == 0.0


@pytest.mark.parametrize("rows", [{"a": [50, 50], "b": [50, 50]}, {"a": [50, 60], "b": [50, 50]}])
def test_who_is_nowhere_better_cannot_come_first(rows):
    scores = ranked(rows, [1, 1])
    assert joint_swap(scores, "a", "b") is None
    assert single_swaps(scores, "a", "b") == ()


def test_equal_scores_need_no_weight_to_move():
    scores = ranked({"a": [100, 0], "b": [0, 100]}, [1, 1])
    assert joint_swap(scores, "a", "b").moved == 0.0
    assert [(one.now, one.then) for one in single_swaps(scores, "a", "b")] == [(0.5, 0.5)] * 2


@pytest.mark.parametrize(
    ("rows", "weights"),
    [
        ({"a": [50, 33, 67], "b": [20, 67, 33]}, [2, 1, 1]),
        ({"a": [50, 13, 20, 7], "b": [20, 10, 10, 20]}, [3, 1, 1, 1]),
        ({"a": [20, 0, 100], "b": [0, 50, 50]}, [2, 10, 10]),
        ({"a": [20, 0, 50, 50], "b": [0, 100, 0, 0]}, [2, 3, 3, 3]),
    ],
)
def test_equal_without_a_weight_is_no_swap(rows, weights):
    """Without c0 the two are equal; no share of c0 puts b above a."""
    assert "c0" not in [one.criterion for one in single_swaps(ranked(rows, weights), "a", "b")]


def test_of_two_equal_now_any_weight_for_what_the_other_is_better_in_swaps():
    scores = ranked({"a": [50, 0, 100, 20], "b": [0, 100, 20, 50]}, [2, 1, 0, 0])
    found = {one.criterion: one.then for one in single_swaps(scores, "a", "b")}
    assert found == {"c0": pytest.approx(2 / 3), "c1": pytest.approx(1 / 3), "c3": pytest.approx(0.0)}


def test_a_weight_of_zero_can_swap_when_it_counts():
    scores = ranked({"a": [10, 50], "b": [90, 40]}, [0, 1])
    (change,) = single_swaps(scores, "a", "b")
    assert (change.criterion, change.now, change.then) == ("c0", 0.0, pytest.approx(10 / 90))


def test_all_weight_on_one_criterion():
    scores = ranked({"a": [60, 0, 0], "b": [50, 90, 90]}, [1, 0, 0])
    assert {one.criterion for one in single_swaps(scores, "a", "b")} == {"c1", "c2"}
    table = stable_intervals(scores, 1)
    assert table.loc["c0", ["low", "high", "leaves_low", "enters_low"]].tolist() == [
        pytest.approx(0.9),
        1.0,
        "a",
        "b",
    ]
    assert table.loc["c1", ["low", "high"]].tolist() == [0.0, pytest.approx(0.1)]
    assert tornado(scores, "a").loc["c0", ["share_low", "share_high"]].tolist() == [1.0, 1.0]


def test_stable_intervals_by_hand():
    # c0 at t: a 100 t, b 50, c 40 (1 - t) + 20 t; best two now: a and b
    scores = ranked({"a": [100, 0], "b": [50, 50], "c": [20, 40]}, [3, 2])
    row = stable_intervals(scores, 2).loc["c0"]
    assert (row.low, row.high) == (pytest.approx(1 / 3), 1.0)
    assert (row.leaves_low, row.enters_low, row.leaves_high, row.enters_high) == ("a", "c", "", "")
    first = stable_intervals(scores, 1).loc["c0"]
    assert (first.low, first.leaves_low, first.enters_low) == (pytest.approx(0.5), "a", "b")


@pytest.mark.parametrize("count", [0, 3, 14])
def test_nobody_or_everybody_is_always_the_same_set(count):
    table = stable_intervals(ranked({"a": [100, 0], "b": [50, 50], "c": [20, 40]}, [3, 2]), count)
    assert table["low"].tolist() == [0.0, 0.0]
    assert table["high"].tolist() == [1.0, 1.0]
    assert (table[["leaves_low", "enters_low", "leaves_high", "enters_high"]] == "").all(axis=None)


def test_of_equal_rooms_the_one_ranked_lower_leaves_and_the_one_ranked_higher_enters():
    equal = {"m": [60, 10], "n": [60, 10], "x": [20, 60], "y": [20, 60]}
    for names in (["m", "n", "x", "y"], ["n", "m", "y", "x"], ["y", "x", "n", "m"]):
        scores = ranked({name: equal[name] for name in names}, [4, 1])
        row = stable_intervals(scores, 2).loc["c0"]
        assert (row.leaves_low, row.enters_low) == ("n", "x")


def test_a_tornado_by_hand():
    scores = ranked({"a": [100, 20], "b": [50, 50]}, [1, 1])
    table = tornado(scores, "a")
    assert list(table.columns) == [
        *("share", "share_low", "share_high", "score_low", "score_high", "rank_low", "rank_high"),
    ]
    row = table.loc["c0"]
    assert (row.share_low, row.share_high) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (row.score_low, row.score_high) == (pytest.approx(140 / 3), pytest.approx(220 / 3))
    assert (row.rank_low, row.rank_high) == (2, 1)
