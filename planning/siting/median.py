"""The p-median problem: the least total walk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning.siting.capacitated import capacitated_median
from planning.siting.infeasible import explain_choice, impossible, unserved
from planning.siting.instance import median_instance
from planning.siting.pairs import read_vector
from planning.siting.search import minimise
from planning.siting.setting import Setting, read_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from planning.siting.rules import SiteRule
    from planning.siting.solution import Progress, Solution


def p_median(
    cost: Any,
    weight: ArrayLike,
    p: int,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    rules: Sequence[SiteRule] = (),
    site_cost: ArrayLike | None = None,
    capacity: ArrayLike | None = None,
    demand: ArrayLike | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> Solution:
    r"""Choose *p* sites so that the weighted cost from every demand point to its cheapest site is least.

    With :math:`F` the fixed sites and :math:`x_{ij} = 1` where site *j* serves demand point *i*::

        minimise    Σ_i Σ_j w_i c_ij x_ij + Σ_j g_j y_j                             (0)
        subject to  Σ_j x_ij = 1                            for all i with w_i > 0  (1)
                    x_ij <= y_j                             for all i, j            (2)
                    Σ_{j ∉ F} y_j = p                                               (3)
                    y_j = 1 for j ∈ F,  y_j = 0 for forbidden j                     (4)
                    lower <= A y <= upper                   the rules               (5)
                    Σ_i q_i x_ij <= Q_j y_j                 only with capacities    (6)
                    x_ij, y_j ∈ {0, 1}                                              (7)

    Parameters
    ----------
    cost
        ``(n_demand, n_sites)`` costs :math:`c_{ij} \ge 0`, dense (``inf`` is unreachable) or sparse (what is
        not stored is unreachable).
    weight
        ``(n_demand,)`` weights :math:`w_i \ge 0`; points of weight 0 need not be served.
    p
        Number of sites to choose besides the fixed ones, exactly.
    fixed
        Columns that serve anyway and do not count towards *p*.
    forbidden
        Columns that may not be chosen.
    rules
        Rules on the chosen sites (:mod:`planning.siting.rules`).
    site_cost
        ``(n_sites,)`` cost :math:`g_j` of choosing a site, of any sign, in the unit of the objective.
    capacity
        ``(n_sites,)`` capacities :math:`Q_j` of fixed and chosen sites, or one for all; each demand point is
        then served wholly by one site.
    demand
        ``(n_demand,)`` what a demand point takes of a capacity; its weight if left out.
    time_limit
        Seconds after which the best found is returned with its bound.
    seed
        Of random starts and solver; the same input and seed give the same answer unless time runs out.
    stop
        Asked during the search; true ends it with the best found.
    progress
        Told of every improvement.

    Returns
    -------
    Solution
        ``objective`` is (0) recomputed from the sites. Among choices of equal cost the search keeps the one
        it meets first; then each site gives way to one of a lower number that costs the same, if there is
        one.

    Raises
    ------
    SettingError
        An argument is negative, NaN, of the wrong shape or names no column.

    References
    ----------
    S. L. Hakimi, Optimum locations of switching centers and the absolute centers and medians of a graph,
    Operations Research 12 (1964) 450-459. C. ReVelle, R. Swain, Central facilities location, Geographical
    Analysis 2 (1970) 30-42.

    Examples
    --------
    >>> solution = p_median([[0, 3, 9], [3, 0, 4], [9, 4, 0]], [1, 1, 1], 1)
    >>> solution.status, solution.objective, solution.sites
    ('optimal', 7.0, (1,))
    """
    setting = read_setting(cost, p, fixed, forbidden, rules, site_cost, time_limit, seed, stop, progress)
    pairs = setting.pairs
    weights = read_vector("weight", weight, pairs.n_demand)
    problems = impossible(setting) or unserved(setting, weights > 0)
    if problems:
        return setting.infeasible(problems)
    if capacity is not None:
        return capacitated_median(setting, weights, capacity, demand)
    instance = median_instance(setting, weights)
    found = minimise(instance, setting.watch, seed=setting.seed)
    if found.infeasible:
        return setting.infeasible(explain_choice(setting, weights > 0))
    return setting.answer(found, instance, lambda sites: median_objective(setting, weights, sites))


def median_objective(
    setting: Setting, weight: NDArray[np.float64], sites: Sequence[int]
) -> tuple[float, NDArray[np.intp]]:
    """Return objective and assignment of a choice, from the costs alone."""
    least, by = setting.pairs.nearest([*setting.fixed.tolist(), *sites])
    kept = weight > 0
    total = float((least[kept] * weight[kept]).sum()) + float(setting.site_cost[list(sites)].sum())
    return total, by
