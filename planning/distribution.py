"""How an amount is spread over people: quantiles, Lorenz curve and Gini coefficient, all weighted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def weighted_quantile(values: ArrayLike, weights: ArrayLike, share: float) -> float:
    """Return the smallest value that at least a share of the weight does not exceed; ``NaN`` without weight.

    ``Q(q) = min {x : Σ_i w_i · [x_i ≤ x] ≥ q · Σ_i w_i}``, the inverse of the weighted distribution function,
    without interpolation.
    """
    value, weight = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    value, weight = value[weight > 0], weight[weight > 0]
    if not value.size:
        return float("nan")
    order = np.argsort(value, kind="stable")
    running = np.cumsum(weight[order])
    place = np.searchsorted(running, share * running[-1], side="left")
    return float(value[order][min(place, len(value) - 1)])


def lorenz(
    values: ArrayLike, weights: ArrayLike | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the Lorenz curve: shares of the weight, poorest first, and of what it has, both from 0 to 1.

    ``values`` are amounts per unit of weight, zero or more (M. O. Lorenz, Publications of the American
    Statistical Association 9, 1905). The second array is ``NaN`` where there is nothing to share.
    """
    value = np.asarray(values, dtype=np.float64)
    weight = np.ones_like(value) if weights is None else np.asarray(weights, dtype=np.float64)
    order = np.argsort(value, kind="stable")
    people = np.concatenate([[0.0], np.cumsum(weight[order])])
    amount = np.concatenate([[0.0], np.cumsum((value * weight)[order])])
    if not amount[-1] > 0:
        return people / people[-1] if people[-1] > 0 else people, np.full_like(amount, np.nan)
    return people / people[-1], amount / amount[-1]


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return the Gini coefficient: 0 if all have the same, near 1 if few have all, ``NaN`` for nothing.

    ``G = 1 - Σ_k (p_k - p_{k-1}) · (L_k + L_{k-1})`` over the :func:`lorenz` curve: twice the area between it
    and the diagonal.
    """
    people, amount = lorenz(values, weights)
    if np.isnan(amount[-1]):
        return float("nan")
    return float(np.clip(1.0 - np.sum(np.diff(people) * (amount[1:] + amount[:-1])), 0.0, 1.0))
