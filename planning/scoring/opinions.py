"""Several people's weights: how far they lie apart, and a ranking in which everybody counts the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.errors import SettingError
from planning.scoring.methods import weighted_sum
from planning.scoring.scores import ranks
from planning.scoring.weights import shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planning.model import Criterion, Opinion
    from planning.scoring.scores import Scores


@dataclass(frozen=True, eq=False)
class Compromise:
    """One ranking out of several people's.

    Parameters
    ----------
    shares
        Mean share by criterion; sums to 1.
    table
        Index ``candidate_id``: ``score`` (mean of the people's scores, 0-100), ``rank`` (1 is best),
        ``best_rank`` and ``worst_rank`` among the people, ``times_best`` (for how many people it is among
        the best).
    """

    shares: pd.Series[float]
    table: pd.DataFrame


def _all_shares(criteria: Sequence[Criterion], opinions: Sequence[Opinion]) -> NDArray[np.float64]:
    """Return shares, shape (criteria, opinions)."""
    if not opinions:
        raise SettingError("opinions_none")
    return np.column_stack([shares(criteria, opinion.weights) for opinion in opinions])


def spread(criteria: Sequence[Criterion], opinions: Sequence[Opinion]) -> pd.DataFrame:
    """Put people's shares side by side.

    Returns
    -------
    DataFrame
        Index criterion; one column per opinion, named by its position (0, 1, ...), with that person's share
        (0-1), then ``mean``, ``low`` and ``high`` of the row.

    Raises
    ------
    SettingError
        There is no opinion, or a weight of one is not usable.
    """
    parts = _all_shares(criteria, opinions)
    names = pd.Index([criterion.id for criterion in criteria], name="criterion")
    table = pd.DataFrame(parts, index=names, columns=range(parts.shape[1]))
    return table.assign(mean=parts.mean(axis=1), low=parts.min(axis=1), high=parts.max(axis=1))


def compromise(
    scores: Scores, criteria: Sequence[Criterion], opinions: Sequence[Opinion], count: int
) -> Compromise:
    r"""Rank by the mean of the people's scores.

    With :math:`s_{kc}` the share that person *k* of *K* gives criterion *c*, the mean of the scores is the
    score under the mean shares, so the compromise is the ranking of a person whose shares are the mean:

    .. math:: \frac{1}{K} \sum_k \sum_c s_{kc} v_{ac} = \sum_c \Big(\frac{1}{K} \sum_k s_{kc}\Big) v_{ac}

    Parameters
    ----------
    scores
        Whose values are weighted; its own shares do not matter.
    criteria
        Those that were scored by, in the same order.
    count
        How many count as the best.

    Raises
    ------
    SettingError
        There is no opinion, or a weight of one is not usable.

    References
    ----------
    Forman and Peniwati (1998), Aggregating individual judgments and priorities with the Analytic Hierarchy
    Process, European Journal of Operational Research 108(1), 165-169: arithmetic mean of priorities.
    """
    parts = _all_shares(criteria, opinions)
    mean = parts.mean(axis=1)
    judged = scores.values  # noqa: PD011 - a frame called values
    values = judged.to_numpy(dtype=np.float64)
    names = list(judged.index)
    total = weighted_sum(values, mean)
    by_person = np.column_stack([ranks(weighted_sum(values, part), names, values) for part in parts.T])
    table = pd.DataFrame(
        {
            "score": total,
            "rank": ranks(total, names, values),
            "best_rank": by_person.min(axis=1),
            "worst_rank": by_person.max(axis=1),
            "times_best": (by_person <= count).sum(axis=1),
        },
        index=judged.index,
    )
    return Compromise(pd.Series(mean, index=list(judged.columns), name="share"), table)
