"""TOPSIS, PROMETHEE II and AHP against pymcdm and against worked examples from the literature."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from pymcdm.methods import PROMETHEE_II, TOPSIS
from pymcdm.normalizations import vector_normalization
from pymcdm.weights.subjective import AHP

from planning.scoring.methods import promethee, topsis
from planning.scoring.pairwise import RANDOM_INDEX, pairwise_weights


def problem(seed):
    """Return a matrix, shares and which criteria are better low; some columns repeat few values."""
    rng = np.random.default_rng(seed)
    count, criteria = int(rng.integers(2, 60)), int(rng.integers(1, 12))
    matrix = np.round(rng.random((count, criteria)) * 100, int(rng.integers(0, 4))) + 0.5
    weights = rng.random(criteria) + 0.01
    return matrix, weights / weights.sum(), rng.random(criteria) < 0.4


@pytest.mark.parametrize("seed", range(25))
def test_topsis_as_in_pymcdm(seed):
    matrix, shares, lower = problem(seed)
    matrix[0] += 0.25
    expected = TOPSIS(vector_normalization)(matrix, shares, np.where(lower, -1, 1), validation=False)
    np.testing.assert_allclose(topsis(matrix, shares, lower), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_promethee_as_in_pymcdm(seed):
    matrix, shares, lower = problem(seed)
    rng = np.random.default_rng(1000 + seed)
    free = np.round(rng.random(len(shares)) * 10, 1)
    full = free + 1.0 + np.round(rng.random(len(shares)) * 50, 1)
    body = PROMETHEE_II("vshape_2", p=list(full), q=list(free))
    expected = body(matrix, shares, np.where(lower, -1, 1), validation=False)
    found = promethee(matrix, shares, lower, indifference=free, preference=full)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


def random_comparisons(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 13))
    matrix = np.ones((size, size))
    for i, j in combinations(range(size), 2):
        matrix[i, j] = float(rng.integers(1, 10)) ** rng.choice([-1, 1])
        matrix[j, i] = 1.0 / matrix[i, j]
    return [f"k{i:02}" for i in range(size)], matrix


@pytest.mark.parametrize("seed", range(25))
def test_ahp_as_in_pymcdm(seed):
    """Its random indices are those of Tummala and Ling (1998), so consistency indices are compared."""
    names, matrix = random_comparisons(seed)
    judgements = {(names[i], names[j]): matrix[i, j] for i, j in combinations(range(len(names)), 2)}
    found = pairwise_weights(names, judgements)
    theirs = AHP(matrix=matrix)
    np.testing.assert_allclose(found.shares, theirs(), rtol=0, atol=1e-9)
    expected = theirs.get_cr() * AHP.RI_M[len(names) - 1]
    assert found.ratio * RANDOM_INDEX[len(names) - 1] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_missing_comparisons_as_in_pymcdm_with_their_answers_filled_in(seed):
    names, matrix = random_comparisons(seed)
    rng = np.random.default_rng(2000 + seed)
    chain = {(i, i + 1) for i in range(len(names) - 1)}
    kept = [pair for pair in combinations(range(len(names)), 2) if pair in chain or rng.random() < 0.5]
    found = pairwise_weights(names, {(names[i], names[j]): matrix[i, j] for i, j in kept})
    shares = found.shares.to_numpy()
    filled = shares[:, None] / shares[None, :]
    for i, j in kept:
        filled[i, j], filled[j, i] = matrix[i, j], matrix[j, i]
    theirs = AHP(matrix=np.ones_like(filled))
    theirs.matrix = filled  # not through the constructor, which takes figures of Saaty's scale only
    np.testing.assert_allclose(shares, theirs(), rtol=0, atol=1e-9)
    free = (len(names) - 1) * (len(names) - 2) / 2
    random = RANDOM_INDEX[len(names) - 1] * (1.0 - found.missing / free)
    expected = theirs.get_cr() * AHP.RI_M[len(names) - 1]
    assert found.ratio * random == pytest.approx(expected if random else 0.0, abs=1e-9)


def test_topsis_as_printed_by_tzeng_and_huang():
    """Tzeng and Huang (2011), Multiple Attribute Decision Making, CRC; as in the tests of scikit-criteria."""
    found = topsis([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]], [0.3, 0.4, 0.3])
    np.testing.assert_allclose(found, [0.5037, 0.6581, 0.7482, 0.3340], atol=6e-5)


def test_topsis_as_in_the_tests_of_jmcdm():
    matrix = np.array([[9.0, 7, 6, 7], [8, 7, 9, 6], [7, 8, 6, 6]])
    found = topsis(matrix, np.array([4, 2, 6, 8]) / 20)
    np.testing.assert_allclose(found, [0.3876870, 0.6503238, 0.0834767], atol=6e-8)


def test_promethee_as_by_zhao_peng_and_li():
    """Zhao, Peng and Li (2013), Procedia Computer Science 17, 181-188, as in the tests of pymcdm; exact.

    There any difference is a full preference. The figures are whole numbers, so a preference from 1 on is
    the same.
    """
    matrix = [[4, 3, 2], [3, 2, 4], [5, 1, 3]]
    found = promethee(matrix, [0.5, 0.3, 0.2], indifference=0.0, preference=1.0)
    np.testing.assert_allclose(found, [0.1, -0.3, 0.2], rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_promethee_in_exact_fractions(seed):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 101, (12, 4))
    weights = [int(weight) for weight in rng.integers(1, 9, 4)]
    flows = []
    for own in matrix:
        flow = Fraction(0)
        for other in matrix:
            for weight, mine, theirs in zip(weights, own, other, strict=True):
                difference = int(mine) - int(theirs)
                strength = min(Fraction(1), max(Fraction(0), Fraction(abs(difference) - 5, 45)))
                flow += Fraction(weight, sum(weights)) * (strength if difference > 0 else -strength)
        flows.append(float(flow / 11))
    found = promethee(matrix, np.array(weights) / sum(weights))
    np.testing.assert_allclose(found, flows, rtol=0, atol=1e-12)
