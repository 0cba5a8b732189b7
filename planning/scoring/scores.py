"""Weighted sum of values: scores, their parts, their range where facts are unknown, and the ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.scoring.methods import weighted_sum
from planning.scoring.values import BEST, WORST, value
from planning.scoring.weights import shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planning.model import Criterion

TIE_DECIMALS = 9


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of all candidates, split exactly into what each criterion contributes.

    Frames and series are indexed by ``candidate_id``; frames have one column per criterion.

    Parameters
    ----------
    values
        Value of each candidate in each criterion, 0-100. Those of known measures are kept to nine decimals,
        so that the last bit of a measure makes no candidate better than its equal.
    shares
        Normalised weight by criterion; sums to 1.
    contributions
        ``values * shares``, in points of the score.
    total
        Sum of the contributions, 0-100.
    low, high
        The score if every unknown fact turned out worst (0) or best (100).
    unknown
        True where the raw measure is unknown and the criterion's ``missing_value`` stands in.
    rank
        1 is best; every rank occurs once.
    """

    values: pd.DataFrame
    shares: pd.Series[float]
    contributions: pd.DataFrame
    total: pd.Series[float]
    low: pd.Series[float]
    high: pd.Series[float]
    unknown: pd.DataFrame
    rank: pd.Series[int]


@dataclass(frozen=True)
class Reason:
    """What one criterion does for one candidate, in points of the score.

    ``difference`` is the contribution minus the median contribution of all candidates: above 0 the
    criterion lifts the candidate, below 0 it lowers it.
    """

    criterion: str
    contribution: float
    difference: float


def ranks(
    total: NDArray[np.float64], ids: Sequence[str], values: NDArray[np.float64] | None = None
) -> NDArray[np.int64]:
    """Return the rank of each candidate, 1 for the highest total.

    Totals that agree to nine decimals are a tie, so that neither the order of the table nor the last bit of
    a sum decides. A tie goes to the candidate with the greater value in the first criterion in which the
    two differ, and if they differ in none to the smaller ``candidate_id``. A candidate that is as good in
    every criterion and better in one therefore stays above the other even where the total does not tell
    them apart.

    Parameters
    ----------
    total
        Shape (candidates,), more is better.
    ids
        Their names.
    values
        Shape (candidates, criteria), more is better; without them ties go to the smaller name at once.
    """
    by_name = np.empty(len(ids), dtype=np.int64)
    by_name[np.argsort(np.asarray(ids, dtype=object), kind="stable")] = np.arange(len(ids))
    columns = [] if values is None else [-column for column in values.T[::-1]]
    order = np.lexsort([by_name, *columns, -np.round(total, TIE_DECIMALS)])
    position = np.empty(len(ids), dtype=np.int64)
    position[order] = np.arange(1, len(ids) + 1)
    return position


def score(
    raw: pd.DataFrame, criteria: Sequence[Criterion], weights: Mapping[str, float] | None = None
) -> Scores:
    r"""Score every candidate by the weighted sum of its values.

    .. math:: S_a = \sum_c s_c\, v_c(r_{ac}), \qquad s_c = w_c / \sum_k w_k

    Parameters
    ----------
    raw
        Raw measures, index ``candidate_id``, one column per criterion in its unit; ``NaN`` is unknown,
        ``inf`` out of reach. Other columns are ignored. Candidates that are closed are not in it.
    criteria
        Criteria to score by.
    weights
        Weight by criterion; criteria left out have their default weight.

    Raises
    ------
    SettingError
        A weight is negative, not finite, of an unknown criterion, or all are zero.

    Notes
    -----
    A criterion on the scale ``share_of_max`` is relative to the best candidate at hand: a new candidate that
    becomes the best one there lowers everybody else's value.

    References
    ----------
    Keeney and Raiffa (1976), Decisions with Multiple Objectives, chapter 3: the additive value model.
    """
    columns = [criterion.id for criterion in criteria]
    share = shares(criteria, weights)
    measures = raw[columns].to_numpy(dtype=np.float64)
    exact = np.column_stack([value(criterion, measures[:, i]) for i, criterion in enumerate(criteria)])
    unknown = np.isnan(measures)
    values = np.where(unknown, exact, np.round(exact, TIE_DECIMALS))
    contributions = values * share
    total = np.clip(weighted_sum(values, share), WORST, BEST)
    low = total - (contributions * unknown).sum(axis=1)
    high = total + ((BEST * share - contributions) * unknown).sum(axis=1)

    def frame(array: NDArray[np.generic]) -> pd.DataFrame:
        return pd.DataFrame(array, index=raw.index, columns=columns)

    def series(array: NDArray[np.generic], name: str) -> pd.Series:
        return pd.Series(array, index=raw.index, name=name)

    return Scores(
        values=frame(values),
        shares=pd.Series(share, index=columns, name="share"),
        contributions=frame(contributions),
        total=series(total, "score"),
        low=series(np.clip(low, WORST, total), "low"),
        high=series(np.clip(high, total, BEST), "high"),
        unknown=frame(unknown),
        rank=series(ranks(total, list(raw.index), values), "rank"),
    )


def reasons(scores: Scores, candidate_id: str) -> tuple[Reason, ...]:
    """Say what lifts and what lowers a candidate, against the median of all candidates.

    The median is taken for each criterion by itself, so the differences say where the candidate is better
    or worse than half of all rooms; they need not add up to a difference between two scores.

    Returns
    -------
    tuple of Reason
        One per criterion, from what lifts most to what lowers most; equal differences in the order of the
        criteria.

    Raises
    ------
    KeyError
        The candidate was not scored.
    """
    own = scores.contributions.loc[candidate_id].to_numpy(dtype=np.float64)
    median = np.median(scores.contributions.to_numpy(dtype=np.float64), axis=0)
    parts = [
        Reason(criterion, float(part), float(part - middle))
        for criterion, part, middle in zip(scores.contributions.columns, own, median, strict=True)
    ]
    return tuple(sorted(parts, key=lambda reason: -reason.difference))
