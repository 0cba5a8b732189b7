"""Weights from comparisons of two criteria at a time: the Analytic Hierarchy Process (AHP)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from itertools import pairwise as neighbours
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.errors import Fault, SettingError
from planning.model import MOST_TIMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

Judgements = Mapping[tuple[str, str], float]
"""How many times as important the first criterion of a pair is as the second, from 1/9 to 9."""

CONSISTENT = 0.1
"""Saaty's rule of thumb: judgements whose consistency ratio is at most this much hang together."""

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Consistency index of matrices filled at random, for 1 to 15 criteria (Saaty 1980); from 15 on the last."""

_FITS = 1e-9
_RATIO_DECIMALS = 12


@dataclass(frozen=True)
class Judgement:
    """One comparison, beside what all comparisons together make of it.

    Parameters
    ----------
    criterion, against
        The pair, turned so that ``times`` is at least 1.
    times
        How many times as important ``criterion`` was said to be as ``against``.
    expected
        Share of ``criterion`` divided by the share of ``against``.
    """

    criterion: str
    against: str
    times: float
    expected: float


@dataclass(frozen=True, eq=False)
class PairwiseWeights:
    """Weights made of comparisons, and how well the comparisons hang together.

    Parameters
    ----------
    shares
        Share by criterion; sums to 1.
    ratio
        Consistency ratio: 0 without any contradiction, about 1 for answers given at random; 0 too where
        there is nothing that could contradict.
    worst
        The judgement furthest from the ratio of its shares (as a factor); ``None`` where all fit.
    given, missing
        How many pairs are compared, and how many are not.
    """

    shares: pd.Series[float]
    ratio: float
    worst: Judgement | None
    given: int
    missing: int


def _pair_fault(criteria: Sequence[str], pair: tuple[str, str], judgements: Judgements) -> Fault | None:
    a, b = pair
    for name in pair:
        if name not in criteria:
            return Fault("judgement_unknown", params={"criterion": name, "known": ", ".join(criteria)})
    if a == b:
        return Fault("judgement_itself", params={"criterion": a})
    if (b, a) in judgements and criteria.index(a) < criteria.index(b):
        return Fault("judgement_twice", params={"criterion": a, "against": b})
    return None


def _times_fault(pair: tuple[str, str], times: object) -> Fault | None:
    try:
        number = float(times)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    params = {"criterion": pair[0], "against": pair[1], "value": str(times)}
    if not math.isfinite(number):
        return Fault("judgement_not_a_number", params=params)
    if not 1.0 / MOST_TIMES - _FITS <= number <= MOST_TIMES + _FITS:
        return Fault("judgement_range", params={**params, "most": int(MOST_TIMES)})
    return None


def _faults(criteria: Sequence[str], judgements: Judgements) -> Iterator[Fault]:
    for pair, times in judgements.items():
        found = (_pair_fault(criteria, pair, judgements), _times_fault(pair, times))
        yield from (fault for fault in found if fault)


def _tree_weights(criteria: Sequence[str], judgements: Judgements) -> dict[str, float]:
    """Follow judgements from the first criterion: a weight for every criterion that this reaches."""
    known: dict[tuple[str, str], float] = {}
    for (a, b), times in judgements.items():
        known[a, b], known[b, a] = float(times), 1.0 / float(times)
    weights = {criteria[0]: 1.0} if criteria else {}
    waiting = list(weights)
    while waiting:
        here = waiting.pop(0)
        for other in criteria:
            if other not in weights and (other, here) in known:
                weights[other] = weights[here] * known[other, here]
                waiting.append(other)
    return weights


def is_connected(criteria: Sequence[str], judgements: Judgements) -> bool:
    """Tell whether every criterion is compared with every other, directly or through others."""
    pairs = dict.fromkeys(judgements, 1.0)
    return len(_tree_weights(criteria, pairs)) == len(criteria)


def _check(criteria: Sequence[str], judgements: Judgements) -> None:
    faults = tuple(_faults(criteria, judgements))
    if faults:
        raise SettingError("judgements_invalid", faults=faults)
    if not is_connected(criteria, judgements):
        reached = _tree_weights(criteria, judgements)
        apart = ", ".join(name for name in criteria if name not in reached)
        raise SettingError("judgements_not_connected", criterion=criteria[0], apart=apart)


def _principal(criteria: Sequence[str], judgements: Judgements) -> tuple[NDArray[np.float64], float]:
    """Return the principal eigenvector of Harker's matrix (sums to 1) and its eigenvalue.

    The matrix is first divided by the ratios of a first guess, which leaves the eigenvalue as it is and makes
    the vector ones where nothing contradicts: no digits are lost where weights differ much.
    """
    tree = _tree_weights(criteria, judgements)
    guess = np.array([tree[name] for name in criteria])
    place = {name: i for i, name in enumerate(criteria)}
    matrix = np.zeros((len(criteria), len(criteria)))
    for (a, b), times in judgements.items():
        i, j = place[a], place[b]
        matrix[i, j] = float(times) * guess[j] / guess[i]
        matrix[j, i] = 1.0 / matrix[i, j]
    np.fill_diagonal(matrix, (matrix == 0.0).sum(axis=1))  # itself, and what is missing
    roots, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(roots.real))
    vector = np.abs(vectors[:, first].real) * guess
    return vector / vector.sum(), float(roots[first].real)


def _ratio(size: int, missing: int, root: float) -> float:
    free = (size - 1) * (size - 2) / 2
    if missing >= free:
        return 0.0
    random = RANDOM_INDEX[min(size, len(RANDOM_INDEX)) - 1] * (1.0 - missing / free)
    return max(0.0, round((root - size) / (size - 1) / random, _RATIO_DECIMALS))


def _worst(shares: pd.Series[float], judgements: Judgements) -> Judgement | None:
    place = {name: i for i, name in enumerate(shares.index)}
    found: Judgement | None = None
    furthest = 0.0
    for a, b in sorted(judgements, key=lambda pair: sorted(place[name] for name in pair)):
        times = float(judgements[a, b])
        turned = times < 1.0 or (times == 1.0 and place[a] > place[b])
        one, other, stated = (b, a, 1.0 / times) if turned else (a, b, times)
        expected = float(shares[one] / shares[other])
        apart = abs(math.log(stated) - math.log(expected))
        if apart > furthest + _FITS:
            found, furthest = Judgement(one, other, stated, expected), apart
    return found


def pairwise_weights(criteria: Sequence[str], judgements: Judgements) -> PairwiseWeights:
    r"""Make weights of comparisons in pairs.

    The shares are the principal eigenvector of the matrix of comparisons, :math:`A w = \lambda w`. A pair
    that is not compared has 0 in the matrix, and each of its criteria counts one more on the diagonal, which
    is the same as answering it with the ratio of the resulting shares (Harker 1987). With *n* criteria and
    *m* pairs missing the consistency ratio is

    .. math:: \frac{\lambda - n}{n - 1} \Big/
       \mathrm{RI}_n \left(1 - \frac{2 m}{(n - 1)(n - 2)}\right)

    with Saaty's random index, reduced for missing pairs (Ágoston and Csató 2022). Theirs goes with the
    answers that make :math:`\lambda` smallest; Harker's can only make it greater, so the ratio is rather
    too strict than too mild.

    Parameters
    ----------
    criteria
        Names, each once. They have to be connected by judgements.
    judgements
        Each pair in one direction only.

    Raises
    ------
    SettingError
        ``judgements_invalid`` with all faults: a criterion that is unknown or compared with itself, a pair
        given in both directions, a number that is none or outside 1/9 to 9. ``judgements_not_connected``:
        some criteria are compared with the others by no chain of judgements.

    References
    ----------
    Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill: eigenvector, consistency ratio and the random
    indices. Harker (1987), Incomplete pairwise comparisons in the analytic hierarchy process, Mathematical
    Modelling 9(11), 837-848. Ágoston and Csató (2022), Inconsistency thresholds for incomplete pairwise
    comparison matrices, Omega 108, 102576.

    Examples
    --------
    >>> found = pairwise_weights(["a", "b", "c"], {("a", "b"): 2.0, ("b", "c"): 3.0})
    >>> found.shares.round(6).to_dict(), found.ratio
    ({'a': 0.6, 'b': 0.3, 'c': 0.1}, 0.0)
    """
    _check(criteria, judgements)
    size = len(criteria)
    vector, root = _principal(criteria, judgements) if size else (np.zeros(0), 0.0)
    shares = pd.Series(vector, index=list(criteria), name="share")
    missing = size * (size - 1) // 2 - len(judgements)
    return PairwiseWeights(
        shares=shares,
        ratio=_ratio(size, missing, root),
        worst=_worst(shares, judgements),
        given=len(judgements),
        missing=missing,
    )


def next_question(criteria: Sequence[str], judgements: Judgements) -> tuple[str, str] | None:
    """Say which pair to ask for next; ``None`` when all are given.

    First each criterion with its next one, as far as they are not connected yet: those make weights. Then
    the pair whose two criteria have been asked for least, which spreads the questions that check the others
    evenly. Equal ones in the order of the criteria.
    """
    given = {frozenset(pair) for pair in judgements}
    for a, b in neighbours(criteria):
        reached = _tree_weights(
            [a, *(name for name in criteria if name != a)], dict.fromkeys(judgements, 1.0)
        )
        if b not in reached:
            return a, b
    asked = {name: sum(name in pair for pair in given) for name in criteria}
    open_pairs = [pair for pair in combinations(criteria, 2) if frozenset(pair) not in given]
    return min(open_pairs, key=lambda pair: asked[pair[0]] + asked[pair[1]], default=None)
