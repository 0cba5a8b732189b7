"""Two plans measured by the same need: what each reaches, what both reach, and how sure the difference is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.scoring.confidence import covered_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planning.scoring.perturbation import Perturbation
    from planning.siting.effect import Effect

_TAIL = 0.05


@dataclass(frozen=True)
class ShareRange:
    """Share of need that a plan covers in the draws: 5th percentile, median and 95th percentile."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, eq=False)
class TwoPlans:
    """Two plans side by side.

    Parameters
    ----------
    ids
        Rooms of *A* and of *B*, in their order.
    effects
        What each changes, measured on the same area, need and reach.
    in_both, only_a, only_b
        Rooms in both plans, in one only; in the order of the plans.
    need_both, need_a, need_b
        Need newly covered by both plans, by one only.
    boroughs
        One row per borough with need: ``key``, ``need``, ``share_before``, ``share_a``, ``share_b``,
        ``difference`` (share of *A* minus that of *B*), greatest difference first.
    ranges, a_ahead
        In the draws of need: the share that each covers, and how often *A* covers more than *B* (equal counts
        half). ``None`` where nothing was drawn.
    """

    ids: tuple[tuple[str, ...], tuple[str, ...]]
    effects: tuple[Effect, Effect]
    in_both: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    need_both: float
    need_a: float
    need_b: float
    boroughs: pd.DataFrame
    ranges: tuple[ShareRange, ShareRange] | None = None
    a_ahead: float | None = None


def compare_plans(
    effects: tuple[Effect, Effect],
    ids: tuple[Sequence[str], Sequence[str]],
    need: NDArray[np.float64],
    *,
    perturbation: Perturbation | None = None,
) -> TwoPlans:
    """Put two plans side by side.

    Parameters
    ----------
    effects
        Of both plans, on the same area, scenario and distances.
    need
        ``(n_cells,)`` of that scenario.
    perturbation
        What draws of need are made from; without it nothing is drawn.
    """
    one, other = effects
    newly = [effect.covered_after & ~effect.covered_before for effect in effects]
    first, second = (tuple(part) for part in ids)
    ranges, a_ahead = None, None
    if perturbation is not None:
        shares = covered_shares(perturbation, np.stack([one.covered_after, other.covered_after]))
        ranges = (_range(shares[:, 0]), _range(shares[:, 1]))
        a, b = shares[:, 0], shares[:, 1]
        a_ahead = float((a > b).mean() + 0.5 * (a == b).mean())
    return TwoPlans(
        ids=(first, second),
        effects=effects,
        in_both=tuple(name for name in first if name in set(second)),
        only_a=tuple(name for name in first if name not in set(second)),
        only_b=tuple(name for name in second if name not in set(first)),
        need_both=float(need[newly[0] & newly[1]].sum()),
        need_a=float(need[newly[0] & ~newly[1]].sum()),
        need_b=float(need[newly[1] & ~newly[0]].sum()),
        boroughs=_boroughs(one, other),
        ranges=ranges,
        a_ahead=a_ahead,
    )


def _range(shares: NDArray[np.float64]) -> ShareRange:
    low, middle, high = np.quantile(shares, [_TAIL, 0.5, 1.0 - _TAIL])
    return ShareRange(float(low), float(middle), float(high))


def _boroughs(one: Effect, other: Effect) -> pd.DataFrame:
    table = one.boroughs[["key", "need", "share_before", "share_after"]].rename(
        columns={"share_after": "share_a"}
    )
    table = table.merge(
        other.boroughs[["key", "share_after"]].rename(columns={"share_after": "share_b"}), on="key"
    )
    table["difference"] = table["share_a"] - table["share_b"]
    order = table["difference"].abs().sort_values(ascending=False, kind="stable").index
    return pd.DataFrame(table.loc[order]).reset_index(drop=True)
