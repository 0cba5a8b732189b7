"""The one problem behind p-median and maximal covering, on arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planning.siting.pairs import Pairs
from planning.siting.rules import stack_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planning.siting.rules import SiteRows
    from planning.siting.setting import Setting

WHOLE_LIMIT, _ROUNDING = 1e9, 1e-9


@dataclass(frozen=True, eq=False)
class Instance:
    r"""Choose ``count`` sites *S* that obey the rules so that the cost is least.

    .. math:: \text{offset} + \sum_i \min(b_i, \min_{j \in S} c_{ij}) + \sum_{j \in S} g_j

    Parameters
    ----------
    base
        ``(n,)`` cost :math:`b_i` of a demand point that no chosen site serves. ``inf``: it must be served.
    pairs
        Costs :math:`c_{ij} < b_i`, by site.
    site_cost
        ``(m,)`` cost :math:`g_j` of choosing a site, of any sign.
    count
        Sites to choose, at most ``m``.
    rules
        Rows on the sites.
    offset
        What does not depend on the choice.

    Notes
    -----
    p-median: :math:`c_{ij}` is weight times cost, :math:`b_i` the same to the nearest fixed site. Maximal
    covering: :math:`c_{ij} = 0` where *j* covers *i*, :math:`b_i` the weight of *i*, so that what is
    minimised is the weight left out.
    """

    base: NDArray[np.float64]
    pairs: Pairs
    site_cost: NDArray[np.float64]
    count: int
    rules: SiteRows
    offset: float = 0.0

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.site_cost)

    def evaluate(self, sites: Sequence[int] | NDArray[np.intp]) -> float:
        """Return the cost of a choice; ``inf`` where somebody who must be served is not."""
        paid = self.paid(sites)
        return self.offset + float(paid.sum()) + float(self.site_cost[np.asarray(sites, dtype=np.intp)].sum())

    def paid(self, sites: Sequence[int] | NDArray[np.intp]) -> NDArray[np.float64]:
        """Return what each demand point costs under a choice."""
        least = self.base.copy()
        for site in sites:
            part = slice(self.pairs.ptr[site], self.pairs.ptr[site + 1])
            rows = self.pairs.row[part]
            least[rows] = np.minimum(least[rows], self.pairs.cost[part])
        return least

    def restrict(self, kept: NDArray[np.intp], opened: NDArray[np.intp]) -> Instance:
        """Return what is left once some sites are chosen and all others but those kept are ruled out.

        Sites are numbered afresh, in the order of ``kept``.
        """
        base = self.paid(opened) if len(opened) else self.base
        pairs = self.pairs.take(kept)
        pairs = pairs.where(pairs.cost < base[pairs.row])
        return Instance(
            base=base,
            pairs=pairs,
            site_cost=self.site_cost[kept],
            count=self.count - len(opened),
            rules=self.rules.restrict(kept, opened),
            offset=self.offset + float(self.site_cost[opened].sum()),
        )

    def below(self, limit: float) -> Instance | None:
        """Return the instance without pairs and bases that no choice which costs less than a limit can use.

        Everybody else pays the least they can, so nobody can pay more than their own least and what is then
        left of the limit. ``None`` if no choice can cost less.
        """
        least = self.base.copy()
        np.minimum.at(least, self.pairs.row, self.pairs.cost)
        cheapest = float(np.sort(self.site_cost)[: self.count].sum())
        room = limit + 1e-9 * abs(limit) - self.offset - cheapest - float(least.sum())
        if not room >= 0.0:
            return None
        most = least + room
        base = np.where(self.base > most, np.inf, self.base)
        return replace(self, base=base, pairs=self.pairs.where(self.pairs.cost <= most[self.pairs.row]))

    def step(self) -> float:
        """Return the distance between two objectives: 1 if all figures are whole numbers, else 0."""
        figures = (
            self.pairs.cost,
            self.base[np.isfinite(self.base)],
            self.site_cost,
            np.array([self.offset]),
        )
        largest = sum(float(np.abs(part).max(initial=0.0)) for part in figures)
        if largest * max(len(self.base), 1) > WHOLE_LIMIT:
            return 0.0
        return 1.0 if all(whole(part) for part in figures) else 0.0

    def with_penalty(self) -> tuple[Instance, float]:
        """Return the instance with a finite base everywhere, and the penalty that stands for ``inf``.

        A choice costs less than half the penalty exactly if it serves everybody who must be served. Where
        every site serves a demand point, the dearest of them is base enough and no penalty is needed.
        """
        hard = ~np.isfinite(self.base)
        if not hard.any():
            return self, np.inf
        dearest = np.zeros(len(self.base))
        np.maximum.at(dearest, self.pairs.row, self.pairs.cost)
        served_by = np.bincount(self.pairs.row, minlength=len(self.base))
        anyhow = hard & (served_by == self.n_sites) if self.count > 0 else np.zeros_like(hard)
        most = np.where(hard, dearest, self.base).sum() + np.abs(self.site_cost).sum() + abs(self.offset)
        penalty = 2.0 * float(most) + 1.0
        base = np.where(anyhow, dearest, np.where(hard, penalty, self.base))
        pairs = self.pairs.where(self.pairs.cost < base[self.pairs.row])
        return replace(self, base=base, pairs=pairs), penalty


def whole(figures: NDArray[np.float64]) -> bool:
    """Tell whether all figures are whole numbers; a tiny figure is none, not a zero."""
    nearest = np.rint(figures)
    return bool((np.abs(figures - nearest) <= _ROUNDING).all() and (figures[nearest == 0] == 0).all())


def median_instance(setting: Setting, weight: NDArray[np.float64]) -> Instance:
    """Return the p-median problem over the free sites, fixed sites in the base."""
    kept = weight > 0
    nearest, _ = setting.pairs.nearest(setting.fixed)
    base = nearest[kept] * weight[kept]
    free = setting.pairs.take(setting.free)
    number = np.cumsum(kept) - 1
    free = free.where(kept[free.row])
    cost = free.cost * weight[free.row]
    free = Pairs(int(kept.sum()), free.ptr, number[free.row], cost)
    free = free.where(free.cost < base[free.row])
    rules = stack_rules(setting.rules, setting.free)
    return Instance(base, free, setting.site_cost[setting.free], setting.p, rules)
