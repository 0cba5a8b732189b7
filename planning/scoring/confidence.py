"""How sure a ranking is: what becomes of it under other weights and other data (SMAA)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.scoring.perturbation import CHUNK, draw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planning.scoring.perturbation import Perturbation

DRAWS, SEED = 10_000, 0
INTERVAL = 0.90
_BINS_PER_POINT, _SHARE_DECIMALS = 10, 12


@dataclass(frozen=True, eq=False)
class Confidence:
    """What the draws say of each candidate.

    Parameters
    ----------
    draws, seed, count
        How many draws, their seed, and the size of the best set.
    candidate_ids
        Rows of ``acceptability``.
    acceptability
        ``(n, n)``: the share of draws in which candidate *i* has rank *r* + 1; every row sums to 1.
    table
        Index ``candidate_id``: ``mean``, ``low``, ``high`` (score: mean and central 90 %, to a tenth of a
        point), ``in_best`` (share of draws among the best ``count``), ``first`` (share of draws on rank 1),
        ``rank_low``, ``rank_high`` (central 90 % of its ranks).
    """

    draws: int
    seed: int
    count: int
    candidate_ids: tuple[str, ...]
    acceptability: NDArray[np.float64]
    table: pd.DataFrame

    def bands(self, candidate_id: str, edges: Sequence[int]) -> tuple[float, ...]:
        """Return the share of draws with a rank up to each edge but beyond the last; finally beyond all."""
        own = self.acceptability[self.candidate_ids.index(candidate_id)]
        # rounded, so that what happens in every draw is 1 and what happens in none is 0
        row = np.round(np.concatenate([[0.0], np.cumsum(own)]), _SHARE_DECIMALS)
        upto = [float(row[min(edge, len(own))]) for edge in edges]
        return tuple(float(part) for part in np.round(np.diff([0.0, *upto, row[-1]]), _SHARE_DECIMALS))


def confidence(
    perturbation: Perturbation,
    *,
    count: int,
    draws: int = DRAWS,
    seed: int = SEED,
    stop: Callable[[], bool] | None = None,
) -> Confidence:
    """Rank the candidates in many draws of weights and data and count what happens.

    Memory does not grow with the number of draws: chunks are counted and forgotten.

    Parameters
    ----------
    count
        Size of the best set, such as the number of dependances still to open.
    draws
        Rounded up to whole chunks.
    stop
        Asked before each chunk; what has been drawn by then is the answer.

    References
    ----------
    R. Lahdelma, P. Salminen, SMAA-2: Stochastic multicriteria acceptability analysis for group decision
    making, Operations Research 49 (2001) 444-454. R. Lahdelma, J. Hokkanen, P. Salminen, SMAA - Stochastic
    multiobjective acceptability analysis, European Journal of Operational Research 106 (1998) 137-143.
    """
    n = len(perturbation.candidate_ids)
    tally = _Tally(n)
    for chunk in range(-(-max(draws, 1) // CHUNK)):
        if chunk and stop is not None and stop():
            break
        _count(perturbation, seed, chunk, tally)
    return tally.result(perturbation.candidate_ids, min(count, n), seed)


def pair_shares(
    perturbation: Perturbation, ids: Sequence[str], *, draws: int = DRAWS, seed: int = SEED
) -> NDArray[np.float64]:
    """Return in which share of the same draws one candidate scores above another, shape (k, k).

    Equal scores count half for each.
    """
    columns = np.array([perturbation.candidate_ids.index(name) for name in ids], dtype=np.intp)
    above = np.zeros((len(ids), len(ids)))
    chunks = -(-max(draws, 1) // CHUNK)
    for chunk in range(chunks):
        scores = draw(perturbation, seed, chunk, columns=columns).scores
        one, other = scores[:, :, None], scores[:, None, :]
        above += (one > other).sum(axis=0) + 0.5 * (one == other).sum(axis=0)
    return above / (chunks * CHUNK)


def covered_shares(
    perturbation: Perturbation,
    covered: NDArray[np.bool_],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> NDArray[np.float64]:
    """Return which share of all need several sets of sites cover in the same draws.

    Parameters
    ----------
    covered
        ``(k, n_cells)``: does set *k* reach the cell.

    Returns
    -------
    ndarray
        ``(n_draws, k)``, 0 where there is no need at all; the draws are those of :func:`confidence`.
    """
    regions, nobody = perturbation.regions, np.empty(0, dtype=np.intp)
    everywhere = np.vstack([np.asarray(covered, dtype=bool), np.ones(len(regions.of_cell), dtype=bool)])
    parts = [regions.sums(error.need, everywhere.T) for error in perturbation.errors]
    found = []
    for chunk in range(-(-max(draws, 1) // CHUNK)):
        factors = draw(perturbation, seed, chunk, columns=nobody).factors
        total = np.zeros((CHUNK, len(everywhere)))
        for factor, part in zip(factors, parts, strict=True):
            total += factor @ part
        everything = total[:, -1:]
        found.append(total[:, :-1] / np.where(everything > 0.0, everything, 1.0))
    return np.concatenate(found)


def _count(perturbation: Perturbation, seed: int, chunk: int, tally: _Tally) -> None:
    """Count ranks and scores of one chunk.

    Candidates are sorted by one whole number each: the bits of the score, which order as the score does, and
    behind them the candidate's position, so that of equal scores the one that stands first is ahead.
    """
    scores = draw(perturbation, seed, chunk).scores
    n = scores.shape[1]
    keys = (np.float32(200.0) - scores).view(np.int32).astype(np.int64)
    keys <<= 32
    keys |= np.arange(n)
    keys.sort(axis=1)
    who = keys & 0xFFFFFFFF
    who *= n
    who += np.arange(n)
    width = 100 * _BINS_PER_POINT + 1
    bins = np.clip(np.rint(scores * _BINS_PER_POINT), 0, width - 1).astype(np.intp)
    bins += np.arange(n) * width
    tally.draws += CHUNK
    tally.ranks += np.bincount(who.ravel(), minlength=n * n)
    tally.bins += np.bincount(bins.ravel(), minlength=n * width)
    tally.total += scores.sum(axis=0, dtype=np.float64)


class _Tally:
    def __init__(self, n: int) -> None:
        self.n, self.draws = n, 0
        self.ranks = np.zeros(n * n, dtype=np.int64)
        self.bins = np.zeros(n * (100 * _BINS_PER_POINT + 1), dtype=np.int64)
        self.total = np.zeros(n)

    def result(self, ids: tuple[str, ...], count: int, seed: int) -> Confidence:
        counted = self.ranks.reshape(self.n, self.n)
        share = counted / self.draws
        bins = self.bins.reshape(self.n, -1)
        tail = (1.0 - INTERVAL) / 2.0
        table = pd.DataFrame(
            {
                "mean": self.total / self.draws,
                "low": _quantile(bins, tail) / _BINS_PER_POINT,
                "high": _quantile(bins, 1.0 - tail) / _BINS_PER_POINT,
                "in_best": counted[:, :count].sum(axis=1) / self.draws,
                "first": share[:, :1].sum(axis=1),
                "rank_low": _quantile(counted, tail) + 1,
                "rank_high": _quantile(counted, 1.0 - tail) + 1,
            },
            index=pd.Index(ids, name="candidate_id"),
        )
        return Confidence(self.draws, seed, count, ids, share, table)


def _quantile(counts: NDArray[np.number], share: float) -> NDArray[np.intp]:
    """Return in each row the first position by which at least a share of the row's sum has been counted."""
    upto = np.cumsum(counts, axis=1, dtype=np.float64)
    enough = upto >= share * upto[:, -1:] * (1.0 - 1e-12)
    return np.asarray(enough.argmax(axis=1), dtype=np.intp)
