"""Good choices fast: greedy adding and the vertex-interchange search, on all pairs at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planning.siting.pairs import sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planning.siting.instance import Instance
    from planning.siting.solution import Watch

_TOLERANCE, _ROOM = 1e-12, 1.5


def gains(instance: Instance, paid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much each site would lower the cost, given what each demand point pays now."""
    pairs = instance.pairs
    saved = np.maximum(paid[pairs.row] - pairs.cost, 0.0)
    return sums(pairs.columns(), saved, instance.n_sites) - instance.site_cost


def greedy(instance: Instance, watch: Watch) -> list[int]:
    """Choose one site after the other, each the one that lowers the cost most; of equals the first.

    Upper limits of the rules are kept at every step as far as possible, lower limits are not looked at. With
    only upper limits on sums of non-negative coefficients the choice obeys them, unless it runs out of sites.
    When time is up the gains seen last decide.
    """
    paid, chosen = instance.base.copy(), list[int]()
    table = instance.rules.matrix.toarray()
    total, most = np.zeros(len(table)), table.max(axis=1, initial=0.0)
    _, upper = instance.rules.limits()
    gain = gains(instance, paid)
    for place in range(instance.count):
        if place and not watch.over():
            gain = gains(instance, paid)
        gain[chosen] = -np.inf
        if len(total):
            tight = total + most > upper
            fits = (table[tight] <= (upper - total)[tight, None]).all(axis=0)
            fits[chosen] = False
            if fits.any():
                gain[~fits] = -np.inf
        best = int(np.argmax(gain))
        chosen.append(best)
        paid = np.minimum(paid, instance.paid([best]))
        if len(total):
            total += table[:, best]
    return chosen


def interchange(instance: Instance, sites: Sequence[int], watch: Watch) -> tuple[list[int], float]:
    """Exchange a chosen site for another as long as the cost falls, best exchange first.

    All ``p (m - p)`` exchanges are judged at once from the cheapest and second cheapest site of each demand
    point. The choice must obey the rules and still does after every exchange.

    Returns
    -------
    (list of int, float)
        Sites, ascending, and their cost.

    References
    ----------
    M. B. Teitz, P. Bart, Heuristic methods for estimating the generalized vertex median of a weighted graph,
    Operations Research 16 (1968) 955-961. M. G. C. Resende, R. F. Werneck, A fast swap-based local search
    procedure for location problems, Annals of Operations Research 150 (2007) 205-230.
    """
    chosen = sorted(int(site) for site in sites)
    fits, near = _Fit(instance), _Near(instance)
    before, cost = chosen, np.inf
    while True:
        by, first, second = _two_cheapest(instance, chosen)
        now = instance.offset + float(first.sum()) + float(instance.site_cost[chosen].sum())
        if not now < cost:
            return before, cost
        before, cost = chosen, now
        if not chosen or len(chosen) == instance.n_sites or watch.over():
            return chosen, cost
        change = near.changes(chosen, by, first, second)
        change[:, chosen] = np.inf
        out, enter = fits.best(change, chosen, -_TOLERANCE * abs(cost))
        if out < 0:
            return chosen, cost
        chosen = sorted([*chosen[:out], *chosen[out + 1 :], enter])


def _two_cheapest(
    instance: Instance, chosen: Sequence[int]
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Return for each demand point who serves it (position, -1 for base), at what cost, and the next cost."""
    n, pairs = len(instance.base), instance.pairs
    first, second, by = instance.base.copy(), instance.base.copy(), np.full(n, -1, dtype=np.intp)
    for position, site in enumerate(chosen):
        part = slice(pairs.ptr[site], pairs.ptr[site + 1])
        rows, cost = pairs.row[part], pairs.cost[part]
        nearer = cost < first[rows]
        second[rows] = np.where(nearer, first[rows], np.minimum(second[rows], cost))
        first[rows[nearer]], by[rows[nearer]] = cost[nearer], position
    return by, first, second


class _Near:
    """The pairs that can matter for an exchange: those below the second cheapest cost, with some room."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._ceiling = np.full(len(instance.base), -np.inf)
        self._look(np.zeros(len(instance.base)))

    def changes(
        self,
        chosen: Sequence[int],
        by: NDArray[np.intp],
        first: NDArray[np.float64],
        second: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return ``(p, m)``: what exchanging a chosen site for another adds to the cost.

        Leaving costs ``d2 - d1`` of those it serves, entering saves ``max(d1 - c, 0)``, and what the entering
        site takes over of the leaving one's is counted twice: ``max(d2 - max(c, d1), 0)``.
        """
        if (second > self._ceiling).any():
            self._look(second)
        served, m = by >= 0, self._instance.n_sites
        leaving = sums(by[served], (second - first)[served], len(chosen))
        leaving -= self._instance.site_cost[list(chosen)]
        below_first, below_second = first[self._row], second[self._row]
        saved = np.maximum(below_first - self._cost, 0.0)
        entering = sums(self._site, saved, m) - self._instance.site_cost
        twice = below_second - np.maximum(self._cost, below_first)
        owner = by[self._row]
        matters = (twice > 0) & (owner >= 0)
        place = owner[matters] * m + self._site[matters]
        shared = sums(place, twice[matters], len(chosen) * m)
        return np.asarray(leaving[:, None] - entering - shared.reshape(len(chosen), m), dtype=np.float64)

    def _look(self, second: NDArray[np.float64]) -> None:
        pairs = self._instance.pairs
        self._ceiling = np.minimum(np.maximum(self._ceiling, second * _ROOM), self._instance.base)
        near = pairs.where(pairs.cost < self._ceiling[pairs.row])
        self._row, self._cost, self._site = near.row, near.cost, near.columns()


class _Fit:
    """Which exchanges the rules allow."""

    def __init__(self, instance: Instance) -> None:
        self._rules = instance.rules
        self._dense = instance.rules.matrix.toarray() if len(instance.rules) else None
        self._lower, self._upper = instance.rules.limits()
        if self._dense is not None:
            self._least = self._dense.min(axis=1, initial=0.0)
            self._most = self._dense.max(axis=1, initial=0.0)

    def bar(self, change: NDArray[np.float64], chosen: Sequence[int]) -> None:
        """Mark exchanges that the rules do not allow as infinitely dear."""
        if self._dense is None:
            return
        total = self._rules.totals(chosen)
        for position, site in enumerate(chosen):
            rest = total - self._dense[:, site]
            least, most = self._lower - rest, self._upper - rest
            tight = (self._least < least) | (self._most > most)
            entering = self._dense[tight]
            allowed = (entering >= least[tight, None]) & (entering <= most[tight, None])
            change[position, ~allowed.all(axis=0)] = np.inf

    def best(self, change: NDArray[np.float64], chosen: Sequence[int], below: float) -> tuple[int, int]:
        """Return the allowed exchange of least change below a limit as (position out, site in), else -1."""
        self.bar(change, chosen)
        place = int(np.argmin(change))
        out, enter = divmod(place, change.shape[1])
        return (out, enter) if change[out, enter] < below else (-1, -1)


def exchange_table(instance: Instance, sites: Sequence[int]) -> tuple[float, NDArray[np.float64]]:
    """Return the cost of a choice (ascending) and ``(p, m)``: what each exchange of one site adds to it.

    ``inf`` where the rules do not allow the exchange or the site is chosen already.
    """
    chosen = sorted(int(site) for site in sites)
    if not chosen:
        return instance.evaluate(chosen), np.empty((0, instance.n_sites))
    by, first, second = _two_cheapest(instance, chosen)
    change = _Near(instance).changes(chosen, by, first, second)
    change[:, chosen] = np.inf
    _Fit(instance).bar(change, chosen)
    return instance.evaluate(chosen), change
