"""The maximal covering problem: as much need as possible within reach."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planning.siting.capacitated import capacitated_coverage
from planning.siting.infeasible import explain_choice, impossible
from planning.siting.instance import Instance
from planning.siting.pairs import Pairs, pointers, read_number, read_vector, row_keys, sums
from planning.siting.rules import stack_rules
from planning.siting.search import Found, minimise
from planning.siting.setting import Setting, read_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from planning.siting.rules import SiteRule
    from planning.siting.solution import Progress, Solution


def max_coverage(
    cost: Any,
    weight: ArrayLike,
    p: int,
    radius: float,
    *,
    fixed: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    rules: Sequence[SiteRule] = (),
    site_gain: ArrayLike | None = None,
    capacity: ArrayLike | None = None,
    demand: ArrayLike | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> Solution:
    r"""Choose *p* sites so that the weight within a radius of any site, chosen or fixed, is greatest.

    With :math:`N_i` the sites at a cost of at most the radius (the radius itself is within)::

        maximise    Σ_i w_i z_i + Σ_j s_j y_j                                       (0)
        subject to  z_i <= Σ_{j ∈ N_i} y_j                  for all i               (1)
                    Σ_{j ∉ F} y_j = p                                               (2)
                    y_j = 1 for j ∈ F,  y_j = 0 for forbidden j                     (3)
                    lower <= A y <= upper                   the rules               (4)
                    y_j ∈ {0, 1},  0 <= z_i <= 1                                    (5)

    With capacities each demand point that counts is served wholly by one site within the radius, and what a
    site serves fits its capacity.

    Parameters
    ----------
    cost, weight, p, fixed, forbidden, rules, capacity, demand, time_limit, seed, stop, progress
        As for :func:`planning.siting.p_median`.
    radius
        Largest cost that counts as within reach, in the unit of ``cost``.
    site_gain
        ``(n_sites,)`` what choosing a site adds by itself, :math:`s_j`, in the unit of the weights: a mixed
        objective.

    Returns
    -------
    Solution
        ``objective`` is (0) recomputed from the sites, ``bound`` an upper bound; ``assignment`` is the
        cheapest site within the radius, -1 beyond it.

    Raises
    ------
    SettingError
        As for :func:`planning.siting.p_median`.

    References
    ----------
    R. Church, C. ReVelle, The maximal covering location problem, Papers of the Regional Science Association
    32 (1974) 101-118.

    Examples
    --------
    >>> solution = max_coverage([[0, 3, 9], [3, 0, 4], [9, 4, 0]], [5, 1, 1], 1, 3)
    >>> solution.status, solution.objective, solution.sites
    ('optimal', 6.0, (0,))
    """
    setting = read_setting(cost, p, fixed, forbidden, rules, site_gain, time_limit, seed, stop, progress)
    reach = read_number("radius", radius)
    setting = replace(setting, pairs=setting.pairs.where(setting.pairs.cost <= reach))
    weights = read_vector("weight", weight, setting.pairs.n_demand)
    problems = impossible(setting)
    if problems:
        return setting.infeasible(problems)
    if capacity is not None:
        return capacitated_coverage(setting, weights, capacity, demand)
    total = float(weights.sum())
    setting = replace(setting, watch=setting.watch.turned(total))
    instance = coverage_instance(setting, weights)
    padding = np.empty(0, dtype=np.intp)
    if not setting.rules and not setting.site_cost.any():
        kept = undominated(instance.pairs)
        padding = np.setdiff1d(np.arange(instance.n_sites), kept)
    found = _minimise_without(instance, padding, setting)
    if found.infeasible:
        return setting.infeasible(explain_choice(setting, None))
    flipped = replace(found, cost=total - found.cost, bound=total - found.bound)
    return setting.answer(
        flipped, instance, lambda sites: coverage_objective(setting, weights, sites), maximise=True
    )


def _minimise_without(instance: Instance, dominated: NDArray[np.intp], setting: Setting) -> Found:
    """Solve without sites that another one covers for; they fill up where too few others are left."""
    kept = np.setdiff1d(np.arange(instance.n_sites), dominated)
    spare = instance.count - len(kept)
    if not len(dominated) or instance.count > instance.n_sites:
        return minimise(instance, setting.watch, seed=setting.seed)
    nobody = np.empty(0, dtype=np.intp)
    part = replace(instance.restrict(kept, nobody), count=min(instance.count, len(kept)))
    found = minimise(part, setting.watch, seed=setting.seed)
    if found.sites is None:
        return found
    sites = [int(kept[site]) for site in found.sites] + dominated[: max(spare, 0)].tolist()
    return replace(found, sites=tuple(sorted(sites)))


def coverage_instance(setting: Setting, weight: NDArray[np.float64]) -> Instance:
    """Return the problem of leaving out as little weight as possible, identical demand points merged.

    The pairs of the setting are those within the radius.
    """
    _, by = setting.pairs.nearest(setting.fixed)
    kept = (weight > 0) & (by < 0)
    free = setting.pairs.take(setting.free)
    free = free.where(kept[free.row])
    number, merged = _same_rows(free, kept, weight)
    pairs = Pairs(len(merged), free.ptr, number[free.row], np.zeros(len(free.row)))
    pairs = _distinct(pairs)
    rules = stack_rules(setting.rules, setting.free)
    return Instance(merged, pairs, -setting.site_cost[setting.free], setting.p, rules)


def _same_rows(
    pairs: Pairs, kept: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Give demand points that the same sites cover one number; return numbers and weights."""
    rows = np.flatnonzero(kept)
    _, inverse = np.unique(row_keys(pairs)[rows], axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    number = np.zeros(pairs.n_demand, dtype=np.intp)
    number[rows] = inverse
    return number, sums(inverse, weight[rows], int(inverse.max(initial=-1)) + 1)


def _distinct(pairs: Pairs) -> Pairs:
    """Keep each pair once."""
    code = pairs.columns() * max(pairs.n_demand, 1) + pairs.row
    code = np.unique(code)
    site, row = np.divmod(code, max(pairs.n_demand, 1))
    counts = np.bincount(site, minlength=pairs.n_sites)
    return Pairs(pairs.n_demand, pointers(counts), row.astype(np.intp), np.zeros(len(row)))


def undominated(pairs: Pairs) -> NDArray[np.intp]:
    r"""Return the sites that no other site covers for; of sites that cover the same the first.

    Site *j* is dominated by *k* if it covers nothing that *k* does not: :math:`|N_j \cap N_k| = |N_j|`.
    """
    from scipy import sparse

    m = pairs.n_sites
    ones = np.ones(len(pairs.row))
    by_site = sparse.csr_array((ones, pairs.row, pairs.ptr), shape=(m, max(pairs.n_demand, 1)))
    size = np.diff(pairs.ptr)
    common = (by_site @ by_site.T).tocoo()
    one, other = common.coords
    inside = (common.data == size[one]) & (one != other)
    beaten = inside & ((size[other] > size[one]) | (other < one))
    dominated = np.zeros(m, dtype=bool)
    dominated[one[beaten]] = True
    if size.any():
        dominated |= size == 0
    return np.flatnonzero(~dominated)


def coverage_objective(
    setting: Setting, weight: NDArray[np.float64], sites: Sequence[int]
) -> tuple[float, NDArray[np.intp]]:
    """Return objective and assignment of a choice, from the costs alone."""
    _, by = setting.pairs.nearest([*setting.fixed.tolist(), *sites])
    return float(weight[by >= 0].sum()) + float(setting.site_cost[list(sites)].sum()), by
