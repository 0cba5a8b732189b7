"""Which candidates are never the better choice, whatever the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.scoring.methods import PAIRS_AT_ONCE, weighted_sum
from planning.scoring.scores import ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _dominated(weaker: NDArray[np.float64], stronger: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell by pair, shape (weaker, stronger), whether the stronger one dominates the weaker one."""
    nowhere_worse = np.ones((len(weaker), len(stronger)), dtype=np.bool_)
    somewhere_better = np.zeros_like(nowhere_worse)
    for own, other in zip(weaker.T, stronger.T, strict=True):
        nowhere_worse &= other[None, :] >= own[:, None]
        somewhere_better |= other[None, :] > own[:, None]
    return nowhere_worse & somewhere_better


def dominates(values: pd.DataFrame, a: str, b: str) -> bool:
    """Tell whether *a* dominates *b*: at least as good in every criterion and better in one.

    Parameters
    ----------
    values
        Index ``candidate_id``, one column per criterion, more is better.

    Raises
    ------
    KeyError
        One of them is not in the table.
    """
    pair = values.loc[[b, a]].to_numpy(dtype=np.float64)
    return bool(_dominated(pair[:1], pair[1:])[0, 0])


def dominators(values: pd.DataFrame) -> pd.Series[str]:
    """Name for each candidate one that dominates it; the others are the Pareto front.

    All columns count, also those of criteria whose weight is 0. A candidate that is dominated is never above
    its dominator, by whatever weights and by each of the methods in :mod:`planning.scoring.methods`.

    Parameters
    ----------
    values
        As in :func:`dominates`.

    Returns
    -------
    Series
        By ``candidate_id``: the dominating candidate with the highest sum of values (sums that are equal to
        nine decimals: as :func:`planning.scoring.scores.ranks` breaks ties), so one that is not dominated
        itself; empty where there is none.
    """
    matrix = values.to_numpy(dtype=np.float64)
    names = values.index.to_numpy(dtype=object)
    order = np.argsort(ranks(weighted_sum(matrix, np.ones(matrix.shape[1])), list(names), matrix))
    found = np.full(len(names), "", dtype=object)
    block = max(1, PAIRS_AT_ONCE // max(len(names), 1))
    for start in range(0, len(names), block):
        beaten = _dominated(matrix[start : start + block], matrix[order])
        first = names[order[beaten.argmax(axis=1)]]
        found[start : start + block] = np.where(beaten.any(axis=1), first, "")
    return pd.Series(found, index=values.index, name="dominator", dtype=object)
