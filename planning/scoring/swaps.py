"""What would change a ranking: the smallest changes of weights that turn two candidates round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.scoring.scores import TIE_DECIMALS, ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planning.scoring.scores import Scores

FACTOR = 2.0
_SAME, _EQUAL = 1e-12, 1e-10


@dataclass(frozen=True)
class WeightChange:
    """A change of one weight, all others keeping their proportions.

    ``now`` and ``then`` are shares of all weight, 0-1; at ``then`` the two candidates are equal and beyond
    it they have changed places.
    """

    criterion: str
    now: float
    then: float


@dataclass(frozen=True, eq=False)
class WeightShift:
    """A change of several weights.

    ``shares`` is the new share by criterion, at which the two candidates are equal; ``moved`` the weight
    taken from some criteria and given to another, as a share of all weight.
    """

    shares: pd.Series[float]
    moved: float


def _arrays(scores: Scores) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return values, shape (candidates, criteria), and shares."""
    values = scores.values  # noqa: PD011 - a field of the scores
    return np.asarray(values, dtype=np.float64), np.asarray(scores.shares, dtype=np.float64)


def _difference(scores: Scores, better: str, worse: str) -> NDArray[np.float64]:
    """Return by how much the values of one candidate exceed those of another."""
    values, _ = _arrays(scores)
    one, other = (scores.total.index.get_loc(name) for name in (better, worse))
    return np.asarray(values[one] - values[other], dtype=np.float64)


def single_swaps(scores: Scores, better: str, worse: str) -> tuple[WeightChange, ...]:
    r"""Return for each criterion the change of its weight that makes two candidates equal, smallest first.

    If criterion *c* has the share :math:`t` and all others keep their proportions, the scores differ by

    .. math:: D(t) = t\, d_c + (1 - t)\, \frac{D - s_c d_c}{1 - s_c}

    with :math:`d_c` the difference of values, :math:`s_c` the share now and :math:`D` the difference of
    scores now. D(t) is a straight line, so where it meets 0 within [0, 1] the two change places.

    Parameters
    ----------
    better, worse
        Two candidates; ``better`` scores no less.

    Returns
    -------
    tuple of WeightChange
        Only criteria whose weight alone can do it.
    """
    apart, (_, shares) = _difference(scores, better, worse), _arrays(scores)
    found = []
    for position, name in enumerate(scores.shares.index):
        now = float(shares[position])
        if now >= 1.0 - _SAME:
            continue
        # what is equal but for rounding is equal
        own, others = (
            0.0 if abs(part) <= _EQUAL else part
            for part in (float(apart[position]), float(apart @ reweighted(shares, position, 0.0)))
        )
        slope = own - others
        # the line has to go below 0 on the side of the change
        then = -others / slope if slope else np.nan
        if 0.0 <= then <= 1.0 and min(own, others) < 0.0:
            found.append(WeightChange(str(name), now, float(then)))
    return tuple(sorted(found, key=lambda change: abs(change.then - change.now)))


def joint_swap(scores: Scores, better: str, worse: str) -> WeightShift | None:
    r"""Return the smallest redistribution of weight that makes two candidates equal.

    With the differences of values :math:`d` and the shares now :math:`s`, the linear program

    .. math::
        \min \tfrac12 \sum_c |x_c - s_c| \quad \text{subject to} \quad
        \sum_c x_c d_c \le 0,\; \sum_c x_c = 1,\; x \ge 0

    Weight that moves goes to the criterion with the least *d*; it is taken first where *d* is greatest, as
    each unit taken there brings the scores together most. That is a continuous knapsack, which taking in
    this order solves exactly (G. B. Dantzig, Discrete-variable extremum problems, Operations Research 5
    (1957) 266-277).

    Returns
    -------
    WeightShift or None
        ``None`` if no weights put ``worse`` above: it is nowhere better.
    """
    apart, (_, shares) = _difference(scores, better, worse), _arrays(scores)
    target = int(np.argmin(apart))
    if apart[target] >= 0.0:
        return None
    left, moved = max(float(apart @ shares), 0.0), shares.copy()
    for source in np.argsort(-apart, kind="stable"):
        rate = float(apart[source] - apart[target])
        if left <= 0.0 or rate <= 0.0:
            break
        part = min(float(shares[source]), left / rate)
        moved[source] -= part
        moved[target] += part
        left -= part * rate
    taken = float(np.abs(moved - shares).sum() / 2.0)
    return WeightShift(pd.Series(moved, index=scores.shares.index, name="share"), taken)


def reweighted(shares: NDArray[np.float64], position: int, share: float) -> NDArray[np.float64]:
    """Return the weights with one share set and the others in their proportions; they sum to 1.

    Where all weight lies on the one criterion, the others get equal parts.
    """
    rest = 1.0 - float(shares[position])
    others = shares / rest if rest > _SAME else np.full(len(shares), 1.0 / max(len(shares) - 1, 1))
    changed = others * (1.0 - share)
    changed[position] = share
    return np.asarray(changed, dtype=np.float64)


def tornado(scores: Scores, candidate_id: str, *, factor: float = FACTOR) -> pd.DataFrame:
    """Return what becomes of a candidate if one weight is divided or multiplied by a factor.

    The weight itself is changed and all weights are normalised again.

    Returns
    -------
    DataFrame
        Index ``criterion``, widest score range first: ``share``, ``share_low``, ``share_high`` (of all
        weight), ``score_low``, ``score_high`` (at the divided and at the multiplied weight), ``rank_low``,
        ``rank_high``.
    """
    values, shares = _arrays(scores)
    ids = [str(name) for name in scores.total.index]
    row = ids.index(candidate_id)
    rows = []
    for position, name in enumerate(scores.shares.index):
        now = float(shares[position])
        parts = [now / factor, now * factor]
        at = [part / (1.0 - now + part) for part in parts]
        totals = [values @ reweighted(shares, position, share) for share in at]
        places = [int(ranks(total, ids, values)[row]) for total in totals]
        rows.append((str(name), now, *at, *(float(total[row]) for total in totals), *places))
    columns = [
        "criterion", "share", "share_low", "share_high", "score_low", "score_high", "rank_low", "rank_high",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns).set_index("criterion")
    extent = (table["score_high"] - table["score_low"]).abs()
    return table.loc[extent.sort_values(ascending=False, kind="stable").index]


def stable_intervals(scores: Scores, count: int) -> pd.DataFrame:
    r"""Return between which shares of each weight the best ``count`` candidates stay the same ones.

    All other weights keep their proportions. For a candidate *i* among the best and *j* outside, the
    difference of scores is a straight line in the share *t* (:func:`single_swaps`); the interval is where
    none of these lines is below 0.

    Returns
    -------
    DataFrame
        Index ``criterion``: ``share`` now; ``low``, ``high`` (0-1); ``leaves_low``, ``enters_low``,
        ``leaves_high``, ``enters_high``: who leaves and who enters beyond, empty where the interval ends at 0
        or 1.
    """
    values, shares = _arrays(scores)
    ids = np.array([str(name) for name in scores.total.index], dtype=object)
    best = scores.rank.to_numpy() <= count
    order = np.argsort(scores.rank.to_numpy(), kind="stable")
    inside, outside = order[best[order]][::-1], order[~best[order]]
    rows = []
    for position, name in enumerate(scores.shares.index):
        now = float(shares[position])
        alone = values[:, position]
        others = values @ reweighted(shares, position, 0.0)
        ends = [
            _end(alone, others, inside, outside, ids, now, end)
            if len(inside) and len(outside)
            else (end, "", "")
            for end in (0.0, 1.0)
        ]
        (low, *out_low), (high, *out_high) = ends
        rows.append((str(name), now, low, high, *out_low, *out_high))
    columns = [
        "criterion", "share", "low", "high", "leaves_low", "enters_low", "leaves_high", "enters_high",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).set_index("criterion")


def _end(
    alone: NDArray[np.float64],
    others: NDArray[np.float64],
    inside: NDArray[np.intp],
    outside: NDArray[np.intp],
    ids: NDArray[np.object_],
    now: float,
    end: float,
) -> tuple[float, str, str]:
    """Return where the best set first changes on the way from the share now to an end, and who changes.

    ``inside`` is ordered from the worst rank, ``outside`` from the best: of several that change at once the
    first of those that fall behind fastest counts.
    """
    at_now, at_end = (share * alone + (1.0 - share) * others for share in (now, end))
    before = at_now[inside, None] - at_now[None, outside]
    after = at_end[inside, None] - at_end[None, outside]
    crossing = after < -_SAME
    if not crossing.any():
        return end, "", ""
    before = np.maximum(before, 0.0)
    step = np.where(crossing, before / np.where(crossing, before - after, 1.0), np.inf)
    near = np.flatnonzero(step.ravel() <= step.min() + _SAME)
    fall = np.round((before - after).ravel()[near], TIE_DECIMALS)
    first = int(near[np.argmax(fall)])
    row, column = divmod(first, len(outside))
    at = now + (end - now) * float(step.flat[first])
    return at, str(ids[inside[row]]), str(ids[outside[column]])
