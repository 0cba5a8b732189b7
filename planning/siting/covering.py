"""Covering everybody: the set covering problem, and the p-center problem as a search over radii."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from planning.siting import highs
from planning.siting.infeasible import explain_choice, impossible, unserved
from planning.siting.pairs import read_number
from planning.siting.rules import stack_rules
from planning.siting.search import Found
from planning.siting.setting import Setting, read_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from planning.siting.rules import SiteRule
    from planning.siting.solution import Progress, Solution

_ROWS_AT_ONCE = 60
_ALMOST_ONE = 0.999


def set_cover(
    cost: Any,
    radius: float,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    rules: Sequence[SiteRule] = (),
    time_limit: float | None = None,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> Solution:
    r"""Choose as few sites as possible so that every demand point is within a radius of one, chosen or fixed.

    With :math:`N_i` the sites at a cost of at most the radius::

        minimise    Σ_{j ∉ F} y_j                                                   (0)
        subject to  Σ_{j ∈ N_i} y_j >= 1                    for all i               (1)
                    y_j = 1 for j ∈ F,  y_j = 0 for forbidden j                     (2)
                    lower <= A y <= upper                   the rules               (3)
                    y_j ∈ {0, 1}                                                    (4)

    Parameters
    ----------
    cost, fixed, forbidden, rules, time_limit, seed, stop, progress
        As for :func:`planning.siting.p_median`.
    radius
        Largest cost that counts as within reach.

    Returns
    -------
    Solution
        ``objective`` is the number of chosen sites.

    Raises
    ------
    SettingError
        As for :func:`planning.siting.p_median`.

    References
    ----------
    C. Toregas, R. Swain, C. ReVelle, L. Bergman, The location of emergency service facilities, Operations
    Research 19 (1971) 1363-1373.

    Examples
    --------
    >>> solution = set_cover([[0, 3, 9], [3, 0, 4], [9, 4, 0]], 4)
    >>> solution.status, solution.objective, solution.sites
    ('optimal', 1.0, (1,))
    """
    setting = read_setting(cost, 0, fixed, forbidden, rules, None, time_limit, seed, stop, progress)
    reach = read_number("radius", radius)
    setting = replace(setting, pairs=setting.pairs.where(setting.pairs.cost <= reach))
    everybody = np.ones(setting.pairs.n_demand, dtype=bool)
    problems = impossible(setting, counted=False) or unserved(setting, everybody)
    if problems:
        return setting.infeasible(problems)
    nearest, _ = setting.pairs.nearest(setting.fixed)
    within = CoverQuestions(setting, np.inf)
    answer = highs.solve(
        within.model(np.flatnonzero(~np.isfinite(nearest)), reach),
        setting.watch,
        seed=setting.seed,
        absolute_gap=_ALMOST_ONE,
    )
    if answer.end == "infeasible":
        return setting.infeasible(explain_choice(setting, everybody, counted=False))
    bound = float(max(np.ceil(answer.bound - 1e-6), 0.0))
    sites = None if answer.x is None else within.sites(answer.x)
    if sites is None:
        sites = within.greedy(np.flatnonzero(~np.isfinite(nearest)), reach)
        bound = max(bound, 0.0)
    found = Found(None, np.nan, bound) if sites is None else Found(tuple(sites), float(len(sites)), bound)

    def judge(chosen: Sequence[int]) -> tuple[float, NDArray[np.intp]]:
        _, by = setting.pairs.nearest([*setting.fixed.tolist(), *chosen])
        return float(len(chosen)), by

    return setting.answer(found, None, judge)


def p_center(
    cost: Any,
    p: int,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    rules: Sequence[SiteRule] = (),
    time_limit: float | None = None,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> Solution:
    r"""Choose *p* sites so that the greatest cost from a demand point to its cheapest site is least.

    With :math:`x_{ij} = 1` where site *j* serves demand point *i*::

        minimise    r                                                               (0)
        subject to  Σ_j c_ij x_ij <= r                      for all i               (1)
                    Σ_j x_ij = 1                            for all i               (2)
                    x_ij <= y_j                             for all i, j            (3)
                    Σ_{j ∉ F} y_j = p                                               (4)
                    y_j = 1 for j ∈ F,  y_j = 0 for forbidden j                     (5)
                    lower <= A y <= upper                   the rules               (6)

    The least *r* is one of the costs. A bisection over them asks each time whether *p* sites cover everybody
    within *r* (:func:`set_cover`); demand points enter that question only once they were left uncovered.

    Parameters
    ----------
    cost, p, fixed, forbidden, rules, time_limit, seed, stop, progress
        As for :func:`planning.siting.p_median`; every demand point counts.

    Returns
    -------
    Solution
        ``objective`` is the greatest cost, recomputed from the sites.

    Raises
    ------
    SettingError
        As for :func:`planning.siting.p_median`.

    References
    ----------
    E. Minieka, The m-center problem, SIAM Review 12 (1970) 138-139. S. Elloumi, M. Labbé, Y. Pochet, A new
    formulation and resolution method for the p-center problem, INFORMS Journal on Computing 16 (2004) 84-94.
    D. Chen, R. Chen, New relaxation-based algorithms for the optimal solution of the continuous and discrete
    p-center problems, Computers & Operations Research 36 (2009) 1646-1655.

    Examples
    --------
    >>> solution = p_center([[0, 3, 9], [3, 0, 4], [9, 4, 0]], 1)
    >>> solution.status, solution.objective, solution.sites
    ('optimal', 4.0, (1,))
    """
    setting = read_setting(cost, p, fixed, forbidden, rules, None, time_limit, seed, stop, progress)
    everybody = np.ones(setting.pairs.n_demand, dtype=bool)
    problems = impossible(setting) or unserved(setting, everybody)
    if problems:
        return setting.infeasible(problems)
    base, _ = setting.pairs.nearest(setting.fixed)
    found = _bisect(setting, base)
    if found.infeasible:
        return setting.infeasible(explain_choice(setting, everybody))

    def judge(chosen: Sequence[int]) -> tuple[float, NDArray[np.intp]]:
        least, by = setting.pairs.nearest([*setting.fixed.tolist(), *chosen])
        return float(least.max(initial=0.0)), by

    return setting.answer(found, None, judge)


def _bisect(setting: Setting, base: NDArray[np.float64]) -> Found:
    """Return the least radius at which a choice covers everybody."""
    within = CoverQuestions(setting, setting.p)
    free = setting.pairs.entries(setting.free)
    best = base.copy()
    np.minimum.at(best, setting.pairs.row[free], setting.pairs.cost[free])
    radii = np.unique(np.concatenate([setting.pairs.cost[free], base[np.isfinite(base)], [0.0]]))
    low = int(np.searchsorted(radii, best.max(initial=0.0)))
    high, sites, value = len(radii), None, np.inf

    def judge(chosen: list[int]) -> float:
        least, _ = setting.pairs.take(setting.free).nearest(chosen)
        return float(np.minimum(base, least).max(initial=0.0))

    first = within.any_choice() if within.has_rules else within.spread(base)
    if first is not None and np.isfinite(reached := judge(first)):
        sites, value, high = first, reached, int(np.searchsorted(radii, reached))
    while low < high:
        middle = min((low + high) // 2, len(radii) - 1)
        chosen, known = within.decide(base, float(radii[middle]))
        if not known:
            break
        if chosen is None:
            low = middle + 1
            if low >= len(radii):
                return Found(None, np.nan, np.inf, infeasible=True)
        else:
            reached = judge(chosen)
            if reached < value:
                sites, value = chosen, reached
            high = int(np.searchsorted(radii, value))
        setting.watch.tell(value if sites else np.nan, float(radii[low]))
    bound = float(radii[min(low, len(radii) - 1)])
    return Found(None if sites is None else tuple(sites), value, bound)


class CoverQuestions:
    """Questions whether some free sites cover demand points within a radius."""

    def __init__(self, setting: Setting, count: float) -> None:
        self._setting, self._count = setting, count
        self._free = setting.pairs.take(setting.free)
        self._rules = stack_rules(setting.rules, setting.free)
        # what is stored are the numbers of the pairs, so that a cost of zero is an entry too
        numbers = np.arange(1, len(self._free.row) + 1)
        by_site = sparse.csc_array(
            (numbers, self._free.row, self._free.ptr), shape=(self._free.n_demand, self.m)
        )
        self._by_row = by_site.tocsr()
        self._row_costs = self._free.cost[self._by_row.data - 1]
        self._critical = np.empty(0, dtype=np.intp)

    @property
    def m(self) -> int:
        """Number of free sites."""
        return len(self._setting.free)

    @property
    def has_rules(self) -> bool:
        """Tell whether there is any rule on the sites."""
        return len(self._rules) > 0

    def model(self, rows: NDArray[np.intp], radius: float) -> highs.Model:
        """Return the model: each row covered, the rules, and the count if there is one."""
        covers = self._covers(rows, radius)
        lower, upper = self._rules.limits()
        cost = np.ones(self.m)
        parts, low, high = (
            [covers, self._rules.matrix],
            [np.ones(len(rows)), lower],
            [np.full(len(rows), np.inf), upper],
        )
        if np.isfinite(self._count) and len(self._rules):
            parts.append(sparse.csr_array(np.ones((1, self.m))))
            low.append(np.array([self._count]))
            high.append(np.array([self._count]))
            cost = np.zeros(self.m)
        matrix = sparse.csr_array(sparse.vstack(parts, format="csr"))
        return highs.Model(cost, np.ones(self.m), self.m, matrix, np.concatenate(low), np.concatenate(high))

    def _covers(self, rows: NDArray[np.intp], radius: float) -> sparse.csr_array:
        """Return which sites cover each row."""
        part = self._by_row[rows]
        kept = self._free.cost[part.data - 1] <= radius
        before = np.concatenate([[0], np.cumsum(kept)])
        ones = np.ones(int(kept.sum()))
        return sparse.csr_array((ones, part.indices[kept], before[part.indptr]), shape=part.shape)

    def sites(self, x: NDArray[np.float64]) -> list[int]:
        """Return the sites that a solution of :meth:`model` chooses."""
        chosen: list[int] = np.flatnonzero(x[: self.m] > highs.INTEGER_HALF).tolist()
        return chosen

    def greedy(self, rows: NDArray[np.intp], radius: float, most: float = np.inf) -> list[int] | None:
        """Return sites that cover the rows, each the one that covers most of what is left.

        ``None`` where that takes more than ``most`` sites, cannot be done, or there are rules.
        """
        if len(self._rules):
            return None
        covers = self._covers(rows, radius)
        left, chosen = np.ones(len(rows)), list[int]()
        while left.any() and len(chosen) < most:
            gain = covers.T @ left
            best = int(np.argmax(gain))
            if gain[best] <= 0:
                return None
            chosen.append(best)
            left[covers[:, [best]].toarray()[:, 0] > 0] = 0.0
        return None if left.any() else sorted(chosen)

    def any_choice(self) -> list[int] | None:
        """Return some choice that obeys the rules."""
        answer = highs.solve(self.model(np.empty(0, dtype=np.intp), 0.0), self._setting.watch)
        return None if answer.x is None else self.sites(answer.x)

    def spread(self, base: NDArray[np.float64]) -> list[int]:
        """Return a choice in which each site is the nearest to whoever is farthest from the ones before.

        Within twice the optimum where costs are distances (T. F. Gonzalez, Clustering to minimize the maximum
        intercluster distance, Theoretical Computer Science 38 (1985) 293-306).
        """
        least, chosen = base.copy(), list[int]()
        for _ in range(self._setting.p):
            row = int(np.argmax(least)) if len(least) else 0
            part = slice(*self._by_row.indptr[row : row + 2]) if len(least) else slice(0, 0)
            options = self._by_row.indices[part][np.argsort(self._row_costs[part], kind="stable")]
            fresh = [int(site) for site in options if site not in chosen]
            site = fresh[0] if fresh else next(one for one in range(self.m) if one not in chosen)
            chosen.append(site)
            rows = slice(self._free.ptr[site], self._free.ptr[site + 1])
            where = self._free.row[rows]
            least[where] = np.minimum(least[where], self._free.cost[rows])
        return sorted(chosen)

    def decide(self, base: NDArray[np.float64], radius: float) -> tuple[list[int] | None, bool]:
        """Return a choice that covers everybody within the radius, or ``None``, and whether that is known."""
        needed = base > radius
        count = int(self._count)
        quick = self.greedy(np.flatnonzero(needed), radius, most=count)
        if quick is not None:
            return self._filled(quick), True
        while True:
            rows = self._critical[needed[self._critical]]
            target = count if not len(self._rules) else -np.inf
            answer = highs.solve(
                self.model(rows, radius),
                self._setting.watch,
                seed=self._setting.seed,
                absolute_gap=_ALMOST_ONE,
                target=target + 0.5,
                better_than=count + 0.5 if not len(self._rules) else np.inf,
            )
            if answer.end == "infeasible":
                return None, True
            if answer.x is None:
                return None, False
            chosen = self.sites(answer.x)
            if len(chosen) > count:
                return None, answer.end == "done"
            left = self._uncovered(needed, chosen, radius)
            if not len(left):
                return self._filled(chosen), True
            if np.isin(left, rows).all():
                # the solver calls covered what is not: nothing is known then
                return None, False
            options = np.diff(self._covers(left, radius).indptr)
            add = left[np.argsort(options, kind="stable")[:_ROWS_AT_ONCE]]
            self._critical = np.union1d(self._critical, add)

    def _uncovered(self, needed: NDArray[np.bool_], chosen: list[int], radius: float) -> NDArray[np.intp]:
        least, _ = self._free.nearest(chosen)
        return np.flatnonzero(needed & ~(least <= radius))

    def _filled(self, chosen: list[int]) -> list[int]:
        """Fill up to the count with the first sites not chosen yet."""
        spare = [site for site in range(self.m) if site not in set(chosen)]
        return sorted([*chosen, *spare[: int(self._count) - len(chosen)]])
