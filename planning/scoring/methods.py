"""Three ways to make one figure of many values: weighted sum, TOPSIS and PROMETHEE II.

Plain functions on arrays, without any check. Sums run criterion by criterion in the same order for every
candidate, so that rounding never puts a candidate above one that is at least as good in every criterion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Method = Literal["weighted_sum", "topsis", "promethee"]
METHODS: tuple[Method, ...] = ("weighted_sum", "topsis", "promethee")

INDIFFERENCE, PREFERENCE = 5.0, 50.0
"""Points of value (0-100): differences that do not count, and from which on a preference is full."""

PAIRS_AT_ONCE = 1 << 18
UNDECIDED = 0.5


def _more_is_better(matrix: ArrayLike, lower: NDArray[np.bool_] | None) -> NDArray[np.float64]:
    plain = np.asarray(matrix, dtype=np.float64)
    return plain if lower is None else np.where(lower, -plain, plain)


def weighted_sum(
    matrix: ArrayLike, shares: ArrayLike, lower: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    r"""Return the weighted sum of each candidate, :math:`S_a = \sum_c s_c v_{ac}`.

    Parameters
    ----------
    matrix
        Shape (candidates, criteria).
    shares
        Shape (criteria,): shares of the weights, at least 0, together 1.
    lower
        Shape (criteria,): criteria of which less is better; they count negative. ``None`` for none.

    Examples
    --------
    >>> weighted_sum([[100.0, 0.0], [50.0, 50.0]], [0.75, 0.25]).tolist()
    [75.0, 50.0]
    """
    values = _more_is_better(matrix, lower)
    total = np.zeros(len(values))
    for share, column in zip(np.asarray(shares, dtype=np.float64), values.T, strict=True):
        total += share * column
    return total


def _scaled(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide by the Euclidean length; nothing but zeros stays so."""
    peak = np.abs(column).max(initial=0.0)
    if peak == 0.0:
        return np.zeros(len(column))
    part = column / peak
    return np.asarray(part / np.sqrt((part * part).sum()), dtype=np.float64)


def _closeness(to_best: NDArray[np.float64], to_worst: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return d- / (d+ + d-), in a form that rounding cannot make fall where d+ falls or d- rises."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        closeness = 1.0 / (1.0 + to_best / to_worst)
    return np.where((to_best == 0.0) & (to_worst == 0.0), UNDECIDED, closeness)


def topsis(
    matrix: ArrayLike, shares: ArrayLike, lower: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    r"""Return how close each candidate is to the best there is and how far from the worst, 0-1.

    With :math:`t_{ac} = s_c v_{ac} / \sqrt{\sum_b v_{bc}^2}`, :math:`t^+_c` the best and :math:`t^-_c` the
    worst of a criterion among the candidates:

    .. math:: C_a = \frac{d^-_a}{d^+_a + d^-_a}, \qquad d^\pm_a = \sqrt{\sum_c (t_{ac} - t^\pm_c)^2}

    A criterion in which everybody has 0 contributes nothing. Where all candidates are equal in everything
    that counts, best and worst coincide and each has 0.5.

    Parameters
    ----------
    matrix, shares, lower
        As in :func:`weighted_sum`.

    References
    ----------
    Hwang and Yoon (1981), Multiple Attribute Decision Making, Springer: TOPSIS with vector normalisation.
    """
    values = _more_is_better(matrix, lower)
    above, below = np.zeros(len(values)), np.zeros(len(values))
    if not len(values):
        return above
    for share, column in zip(np.asarray(shares, dtype=np.float64), values.T, strict=True):
        part = share * _scaled(column)
        above += (part.max() - part) ** 2
        below += (part - part.min()) ** 2
    return _closeness(np.sqrt(above), np.sqrt(below))


def promethee(
    matrix: ArrayLike,
    shares: ArrayLike,
    lower: NDArray[np.bool_] | None = None,
    *,
    indifference: ArrayLike = INDIFFERENCE,
    preference: ArrayLike = PREFERENCE,
) -> NDArray[np.float64]:
    r"""Return the net flow of each candidate by PROMETHEE II, -1 to 1.

    With the preference function of type V (linear with indifference),
    :math:`P_c(d) = \min(1, \max(0, (d - q_c) / (p_c - q_c)))`,

    .. math:: \phi_a = \frac{1}{n - 1} \sum_b \sum_c
       s_c \left(P_c(v_{ac} - v_{bc}) - P_c(v_{bc} - v_{ac})\right)

    A single candidate has 0.

    Parameters
    ----------
    matrix, shares, lower
        As in :func:`weighted_sum`.
    indifference, preference
        :math:`q` and :math:`p` in units of the matrix, for all criteria or shape (criteria,);
        :math:`0 \le q < p`.

    Notes
    -----
    Candidates are compared a block at a time, so memory stays at a few MB however many there are.

    References
    ----------
    Brans and Vincke (1985), A Preference Ranking Organisation Method, Management Science 31(6), 647-656.
    """
    values = _more_is_better(matrix, lower)
    count, criteria = values.shape
    share = np.asarray(shares, dtype=np.float64)
    free = np.broadcast_to(np.asarray(indifference, dtype=np.float64), criteria)
    span = np.broadcast_to(np.asarray(preference, dtype=np.float64), criteria) - free
    flows = np.zeros(count)
    block = max(1, PAIRS_AT_ONCE // max(count, 1))
    for start in range(0, count, block):
        own = values[start : start + block]
        for c in range(criteria):
            difference = own[:, c, None] - values[None, :, c]
            strength = np.clip((np.abs(difference) - free[c]) / span[c], 0.0, 1.0)
            flows[start : start + block] += share[c] * np.copysign(strength, difference).sum(axis=1)
    return np.asarray(flows / max(count - 1, 1), dtype=np.float64)


def totals(method: Method, matrix: ArrayLike, shares: ArrayLike) -> NDArray[np.float64]:
    """Return what a method makes of values of 0-100 of which more is better; the highest is the best.

    Parameters
    ----------
    method
        One of ``METHODS``.
    matrix, shares
        As in :func:`weighted_sum`.
    """
    by_name = {"weighted_sum": weighted_sum, "topsis": topsis, "promethee": promethee}
    return by_name[method](matrix, shares)
