from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest

from planning.errors import SettingError
from planning.i18n import LANGUAGES, Translator, explain
from planning.scoring.pairwise import (
    CONSISTENT,
    RANDOM_INDEX,
    Judgement,
    is_connected,
    next_question,
    pairwise_weights,
)

ABC = ("a", "b", "c")
HOUSE = ("size", "transport", "neighbourhood", "age", "yard", "modern", "condition", "financing")
HOUSE_ROWS = (
    (1, 5, 3, 7, 6, 6, 1 / 3, 1 / 4),
    (1 / 5, 1, 1 / 3, 5, 3, 3, 1 / 5, 1 / 7),
    (1 / 3, 3, 1, 6, 3, 4, 6, 1 / 5),
    (1 / 7, 1 / 5, 1 / 6, 1, 1 / 3, 1 / 4, 1 / 7, 1 / 8),
    (1 / 6, 1 / 3, 1 / 3, 3, 1, 1 / 2, 1 / 5, 1 / 6),
    (1 / 6, 1 / 3, 1 / 4, 4, 2, 1, 1 / 5, 1 / 6),
    (3, 5, 1 / 6, 7, 5, 5, 1, 1 / 2),
    (4, 7, 5, 8, 6, 6, 2, 1),
)


def judgements_of(rows, names):
    return {(names[i], names[j]): rows[i][j] for i, j in combinations(range(len(names)), 2)}


def test_buying_a_house():
    """Saaty (1990), How to make a decision, European J. of Operational Research 48, table 2, as printed."""
    found = pairwise_weights(HOUSE, judgements_of(HOUSE_ROWS, HOUSE))
    printed = [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    np.testing.assert_allclose(found.shares, printed, atol=6e-4)
    assert found.ratio == pytest.approx(0.169, abs=5e-4)
    assert found.ratio * RANDOM_INDEX[7] == pytest.approx(0.238, abs=5e-4)
    assert (found.given, found.missing) == (28, 0)
    assert (found.worst.criterion, found.worst.against) == ("neighbourhood", "condition")


@pytest.mark.parametrize(
    ("ab", "ac", "bc", "ratio", "printed"),
    [
        (7.0, 1 / 5, 1 / 8, 0.213, [0.233, 0.055, 0.713]),
        (1 / 7, 1 / 5, 3.0, 0.056, [0.072, 0.650, 0.278]),
    ],
)
def test_three_criteria_have_a_closed_form(ab, ac, bc, ratio, printed):
    """The comparisons of houses by transportation and by financing in Saaty (1990), table 3.

    For three criteria the principal eigenvector is the geometric means of the rows, and with
    t = (ac / (ab bc)) ** (1/3) the eigenvalue is 1 + t + 1/t.
    """
    found = pairwise_weights(ABC, {("a", "b"): ab, ("a", "c"): ac, ("b", "c"): bc})
    means = np.array([(ab * ac) ** (1 / 3), (bc / ab) ** (1 / 3), (1 / (ac * bc)) ** (1 / 3)])
    turn = (ac / (ab * bc)) ** (1 / 3)
    np.testing.assert_allclose(found.shares, means / means.sum(), rtol=0, atol=1e-12)
    assert found.ratio == pytest.approx((turn + 1 / turn - 2) / 2 / 0.58, abs=1e-9)
    np.testing.assert_allclose(found.shares, printed, atol=1.1e-3)
    assert found.ratio == pytest.approx(ratio, abs=5e-4)
    assert (found.ratio <= CONSISTENT) == (ratio == 0.056)


def test_two_criteria_and_one():
    assert pairwise_weights(("a", "b"), {("b", "a"): 4.0}).shares.to_dict() == pytest.approx(
        {"a": 0.2, "b": 0.8}
    )
    alone = pairwise_weights(("a",), {})
    assert (alone.shares.to_dict(), alone.ratio, alone.worst, alone.missing) == ({"a": 1.0}, 0.0, None, 0)


def test_a_chain_leaves_nothing_to_contradict_and_loses_no_digits():
    names = [f"k{i}" for i in range(9)]
    found = pairwise_weights(names, dict.fromkeys(pairwise(names), 9.0))
    expected = 9.0 ** -np.arange(9)
    np.testing.assert_allclose(found.shares, expected / expected.sum(), rtol=1e-12)
    assert (found.ratio, found.worst, found.given, found.missing) == (0.0, None, 8, 28)


def test_a_missing_pair_is_answered_by_what_the_others_make_of_it():
    answers = {("a", "b"): 3.0, ("b", "c"): 2.0, ("c", "d"): 2.0, ("a", "d"): 4.0, ("a", "c"): 5.0}
    found = pairwise_weights("abcd", answers)
    whole = pairwise_weights("abcd", {**answers, ("b", "d"): found.shares["b"] / found.shares["d"]})
    np.testing.assert_allclose(found.shares, whole.shares, atol=1e-12)
    assert found.ratio == pytest.approx(whole.ratio / (1 - 2 / 6), abs=1e-9), "reduced random index"


def _root(rows):
    return max(np.linalg.eigvals(np.array(rows)).real)


def test_the_ratio_of_incomplete_comparisons_is_never_too_mild():
    """The reduced index belongs to the answer that makes the eigenvalue smallest, here found on a grid."""
    answers = {("a", "b"): 9.0, ("b", "c"): 1 / 5, ("c", "d"): 7.0, ("a", "d"): 1 / 3, ("a", "c"): 6.0}
    found = pairwise_weights("abcd", answers)

    def filled(x):
        return [[1, 9, 6, 1 / 3], [1 / 9, 1, 1 / 5, x], [1 / 6, 5, 1, 7], [3, 1 / x, 1 / 7, 1]]

    least = min(_root(filled(x)) for x in np.geomspace(1e-3, 1e3, 4001))
    harker = 4 + found.ratio * 3 * RANDOM_INDEX[3] * (1 - 2 / 6)
    assert least - 1e-9 <= harker <= least * 1.2


def test_the_worst_judgement_is_the_one_that_was_spoilt_and_speaks_of_the_more_important():
    weights = {"a": 8.0, "b": 4.0, "c": 2.0, "d": 1.0}
    answers = {(x, y): weights[x] / weights[y] for x, y in combinations("abcd", 2)}
    found = pairwise_weights("abcd", {**answers, ("b", "c"): 1 / 3})
    assert (found.worst.criterion, found.worst.against, found.worst.times) == ("c", "b", pytest.approx(3.0))
    assert found.worst.expected == pytest.approx(found.shares["c"] / found.shares["b"])
    assert found.ratio > 0.0
    assert pairwise_weights("abcd", answers).worst is None


def test_of_equally_bad_judgements_the_first_pair_is_named():
    found = pairwise_weights(ABC, {("b", "c"): 2.0, ("c", "a"): 2.0, ("a", "b"): 2.0})
    assert found.worst == Judgement("a", "b", 2.0, pytest.approx(1.0))
    assert found.shares.to_list() == pytest.approx([1 / 3] * 3)


def test_the_range_is_saatys_scale_with_its_ends():
    for times in (9.0, 1 / 9, 9, 1.0 / 9.0):
        assert pairwise_weights(("a", "b"), {("a", "b"): times}).ratio == 0.0


@pytest.mark.parametrize(
    ("judgements", "code"),
    [
        ({("a", "x"): 2.0}, "judgement_unknown"),
        ({("x", "a"): 2.0}, "judgement_unknown"),
        ({("a", "a"): 1.0}, "judgement_itself"),
        ({("b", "a"): 2.0, ("a", "b"): 0.5}, "judgement_twice"),
        ({("a", "b"): 9.1}, "judgement_range"),
        ({("a", "b"): 0.1}, "judgement_range"),
        ({("a", "b"): 0.0}, "judgement_range"),
        ({("a", "b"): -3.0}, "judgement_range"),
        ({("a", "b"): math.nan}, "judgement_not_a_number"),
        ({("a", "b"): math.inf}, "judgement_not_a_number"),
        ({("a", "b"): "viel"}, "judgement_not_a_number"),
        ({("a", "b"): None}, "judgement_not_a_number"),
    ],
)
def test_unusable_judgements_are_named(judgements, code):
    with pytest.raises(SettingError) as caught:
        pairwise_weights(ABC, judgements)
    assert caught.value.code == "judgements_invalid"
    assert [fault.code for fault in caught.value.faults] == [code]
    for language in LANGUAGES:
        assert len(explain(caught.value, Translator(language))) == 2


def test_all_faults_come_at_once():
    with pytest.raises(SettingError) as caught:
        pairwise_weights(ABC, {("a", "x"): math.nan, ("b", "b"): 1.0})
    codes = [fault.code for fault in caught.value.faults]
    assert codes == ["judgement_unknown", "judgement_not_a_number", "judgement_itself"]


def test_criteria_that_hang_on_nothing_are_named():
    with pytest.raises(SettingError) as caught:
        pairwise_weights("abcd", {("c", "d"): 2.0, ("a", "b"): 3.0})
    assert caught.value.code == "judgements_not_connected"
    assert caught.value.params == {"criterion": "a", "apart": "c, d"}
    assert all("c, d" in explain(caught.value, Translator(language))[0] for language in LANGUAGES)


def test_connected_directly_or_through_others():
    assert is_connected(ABC, {("a", "c"): 2.0, ("c", "b"): 2.0})
    assert not is_connected(ABC, {("a", "c"): 2.0})
    assert is_connected(("a",), {})


def test_questions_connect_first_and_then_check_evenly():
    names, answers, asked = "abcd", {}, []
    while (pair := next_question(names, answers)) is not None:
        assert is_connected(names, answers) == (len(asked) >= 3)
        answers[pair] = 2.0
        asked.append(pair)
    assert asked[:4] == [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")]
    assert sorted(asked) == sorted(combinations(names, 2))


def test_what_is_connected_already_is_not_asked_to_connect():
    assert next_question(ABC, {("c", "a"): 2.0}) == ("a", "b")
    assert next_question(ABC, {("c", "a"): 2.0, ("a", "b"): 2.0}) == ("b", "c")
