"""The exact model that HiGHS gets: one variable for each set of sites that a demand point may miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planning.siting.highs import Model, stack
from planning.siting.pairs import site_names, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planning.siting.instance import Instance


def miss_model(instance: Instance) -> Model:
    r"""Return the radius formulation with equal sets merged.

    For a demand point with costs :math:`c^1 < c^2 < \dots < c^K < b` at its sites let :math:`T^k` be the
    sites that cost at most :math:`c^k`. It pays :math:`c^1`, and :math:`c^{k+1} - c^k` more if none of
    :math:`T^k` is chosen (the last time :math:`b - c^K`). Sets that several demand points have in common
    share one variable :math:`z_T` with the sum :math:`w_T` of those differences::

        minimise    const + Σ_T w_T z_T + Σ_j g_j y_j
        subject to  (1) Σ_j y_j = p
                    (2) z_T + Σ_{j ∈ T \ T'} y_j >= z_T'      T' the set before T of one demand point, z = 1
                                                              where there is none
                    (3) lower <= A y <= upper                 the rules
                    y_j ∈ {0, 1},  0 <= z_T <= 1,  z_T = 0 where a demand point must be served

    Sets of more than ``m - p`` sites cannot be missed and are left out. For maximal covering each demand
    point has one set, and this is the usual formulation with identical rows merged.

    References
    ----------
    G. Cornuéjols, G. L. Nemhauser, L. A. Wolsey, A canonical representation of simple plant location problems
    and its applications, SIAM Journal on Algebraic and Discrete Methods 1 (1980) 261-272. S. Elloumi, A
    tighter formulation of the p-median problem, Journal of Combinatorial Optimization 19 (2010) 69-83. R.
    Church, C. ReVelle, The maximal covering location problem, Papers of the Regional Science Association 32
    (1974) 101-118.
    """
    sets = _Sets(instance)
    m, n_sets = instance.n_sites, sets.count
    item_set, item_site = sets.items()
    linked = np.flatnonzero(sets.before >= 0)
    rules = instance.rules.matrix.tocoo()
    sites = np.arange(m)
    parts = [
        (np.zeros(m, dtype=np.intp), sites, np.ones(m)),
        (1 + item_set, item_site, np.ones(len(item_set))),
        (1 + np.arange(n_sets), m + np.arange(n_sets), np.ones(n_sets)),
        (1 + linked, m + sets.before[linked], -np.ones(len(linked))),
        (1 + n_sets + rules.coords[0], rules.coords[1], rules.data),
    ]
    lower, upper = instance.rules.limits()
    count = float(instance.count)
    return Model(
        cost=np.concatenate([instance.site_cost, sets.weight]),
        upper=np.concatenate([np.ones(m), np.where(sets.must, 0.0, 1.0)]),
        n_integer=m,
        matrix=stack(parts, (1 + n_sets + len(lower), m + n_sets)),
        row_lower=np.concatenate([[count], np.where(sets.before >= 0, 0.0, 1.0), lower]),
        row_upper=np.concatenate([[count], np.full(n_sets, np.inf), upper]),
        offset=instance.offset + sets.constant,
    )


class _Sets:
    """The different sets of the demand points, each with its weight, its predecessor and what it adds."""

    def __init__(self, instance: Instance) -> None:
        pairs = instance.pairs
        site = pairs.columns()
        order = np.lexsort((site, pairs.cost, pairs.row))
        row, cost, self._site = pairs.row[order], pairs.cost[order], site[order]
        n = len(order)
        first = np.ones(n, dtype=bool)
        first[1:] = row[1:] != row[:-1]
        last = np.append(first[1:], np.ones(min(n, 1), dtype=bool))
        ends = last.copy()
        ends[:-1] |= (cost[1:] != cost[:-1]) & ~last[:-1]
        end = np.flatnonzero(ends)
        base = instance.base[row[end]]
        following = np.append(cost[1:], 0.0)[end]
        must = last[end] & ~np.isfinite(base)
        step = np.where(must, 0.0, np.where(last[end], base, following) - cost[end])
        begin_of_row = np.flatnonzero(first)
        row_number = np.cumsum(first) - 1
        size = end + 1 - begin_of_row[row_number[end]]
        unserved = np.ones(len(instance.base), dtype=bool)
        unserved[row] = False
        self.constant = float(cost[first].sum()) + float(instance.base[unserved].sum())
        usable = size <= instance.n_sites - instance.count
        self._number(end, usable, step, must, row_number[end], begin_of_row)

    def _number(
        self,
        end: NDArray[np.intp],
        usable: NDArray[np.bool_],
        step: NDArray[np.float64],
        must: NDArray[np.bool_],
        row: NDArray[np.intp],
        begin_of_row: NDArray[np.intp],
    ) -> None:
        """Give equal sets one number; a set is known by two sums of random numbers of its sites."""
        keys = self._keys(end, begin_of_row[row] if len(row) else row)[usable]
        end, step, must, row = end[usable], step[usable], must[usable], row[usable]
        _, example, number = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        number = number.reshape(-1)
        self.count = len(example)
        self.weight = sums(number, step, self.count)
        self.must = np.bincount(number, weights=must, minlength=self.count) > 0
        follows = np.zeros(len(end), dtype=bool)
        follows[1:] = row[1:] == row[:-1]
        previous = np.where(follows, np.concatenate([[-1], number[:-1]])[: len(number)], -1)
        self.before = previous[example]
        start = np.where(follows, np.concatenate([[0], end[:-1] + 1])[: len(end)], begin_of_row[row])
        self._from, self._to = start[example], end[example] + 1

    def _keys(self, end: NDArray[np.intp], begin: NDArray[np.intp]) -> NDArray[np.uint64]:
        names = site_names(int(self._site.max(initial=-1)) + 1)
        running = np.zeros((len(self._site) + 1, 2), dtype=np.uint64)
        np.cumsum(names[self._site], axis=0, out=running[1:])
        return np.asarray(running[end + 1] - running[begin], dtype=np.uint64)

    def items(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return set and site of what each set adds to the one before it."""
        counts = self._to - self._from
        which = np.repeat(np.arange(self.count), counts)
        offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return which, self._site[np.repeat(self._from, counts) + offset]
