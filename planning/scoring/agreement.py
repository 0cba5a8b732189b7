"""Where the methods agree on the ranking, and where they do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.scoring.methods import METHODS, totals
from planning.scoring.scores import ranks

if TYPE_CHECKING:
    from planning.scoring.scores import Scores


@dataclass(frozen=True, eq=False)
class Agreement:
    """Rankings of the same candidates by several methods.

    Parameters
    ----------
    ranks
        Index ``candidate_id``, one column per method; 1 is best.
    spread
        Largest minus smallest rank of each candidate.
    best
        In how many methods a candidate is among the best ``count``.
    correlation
        Methods by methods: Spearman's rank correlation, ``NaN`` where there are fewer than two candidates.
    count
        How many count as the best.
    """

    ranks: pd.DataFrame
    spread: pd.Series[int]
    best: pd.Series[int]
    correlation: pd.DataFrame
    count: int


def agreement(scores: Scores, count: int) -> Agreement:
    r"""Rank the candidates by every method and compare.

    All methods see the same values and shares; ties are broken alike. Ranks are permutations, so Spearman's
    correlation of two of them is :math:`1 - 6 \sum_a (r_a - r'_a)^2 / (n (n^2 - 1))`.

    Parameters
    ----------
    scores
        Their ranking is the column ``weighted_sum``.
    count
        How many count as the best.

    References
    ----------
    Spearman (1904), The proof and measurement of association between two things, American Journal of
    Psychology 15(1), 72-101.
    """
    table = scores.values  # noqa: PD011 - a frame called values
    values = table.to_numpy(dtype=np.float64)
    share = scores.shares.to_numpy(dtype=np.float64)
    names = list(table.index)
    ranked = pd.DataFrame(
        {method: ranks(totals(method, values, share), names, values) for method in METHODS},
        index=table.index,
    )
    places = ranked.to_numpy()
    squares = ((places[:, :, None] - places[:, None, :]) ** 2).sum(axis=0)
    size = len(names)
    related = 1.0 - 6.0 * squares / (size * (size**2 - 1)) if size > 1 else np.full(squares.shape, np.nan)
    return Agreement(
        ranks=ranked,
        spread=(ranked.max(axis=1) - ranked.min(axis=1)).rename("spread"),
        best=(ranked <= count).sum(axis=1).rename("best"),
        correlation=pd.DataFrame(related, index=list(METHODS), columns=list(METHODS)),
        count=count,
    )
