"""Value functions: from a raw measure in its unit to a value between 0 (worst) and 100 (best)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from planning.model import Criterion

WORST, BEST = 0.0, 100.0


def shares_of_max(raw: ArrayLike) -> NDArray[np.float64]:
    r"""Divide by the largest finite value: ``raw_a / max(raw_b)`` over all candidates *b*.

    Where no finite value is positive there is nothing to share and every finite value becomes 0. Infinite
    and missing values stay what they are.

    Examples
    --------
    >>> shares_of_max([0.0, 5.0, 10.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    measures = np.asarray(raw, dtype=np.float64)
    finite = np.isfinite(measures)
    top = measures[finite].max(initial=0.0)
    if top > 0.0:
        return np.asarray(measures / top, dtype=np.float64)
    return np.where(finite, 0.0, measures)


def value(criterion: Criterion, raw: ArrayLike, *, top: float | None = None) -> NDArray[np.float64]:
    r"""Return the value (0-100) of each candidate in one criterion.

    Between two corners :math:`(r_k, v_k)`, :math:`(r_{k+1}, v_{k+1})` of the criterion the value is
    :math:`v_k + (r - r_k)(v_{k+1} - v_k) / (r_{k+1} - r_k)`; below the first and above the last corner it
    is that corner's value. ``+inf`` (out of reach) therefore takes the value of the last corner and
    ``-inf`` that of the first. ``NaN`` (unknown) takes ``missing_value``.

    Parameters
    ----------
    criterion
        Its ``points`` ascend in raw; with ``share_of_max`` they are in shares of the largest finite raw
        value.
    raw
        Raw measures of all candidates, in the criterion's unit.
    top
        With ``share_of_max``, the raw value that others are a share of; the largest of ``raw`` if left out.

    References
    ----------
    Belton and Stewart (2002), Multiple Criteria Decision Analysis, chapter 5: partial value functions.
    """
    measures = np.asarray(raw, dtype=np.float64)
    if criterion.scale == "share_of_max":
        measures = shares_of_max(measures) if top is None else measures / top if top > 0.0 else measures * 0.0
    corners, heights = np.array(criterion.points, dtype=np.float64).T
    known = np.interp(measures, corners, heights)
    return np.clip(np.where(np.isnan(measures), criterion.missing_value, known), WORST, BEST)
