"""What every siting model is asked: checked arguments in one value, and how an answer is made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planning.errors import Fault, SettingError
from planning.siting.pairs import Pairs, read_cost, read_count, read_number, read_seed, read_sites
from planning.siting.solution import OPTIMAL_GAP, Solution, Status, Watch, relative_gap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from planning.siting.instance import Instance
    from planning.siting.rules import SiteRule
    from planning.siting.search import Found
    from planning.siting.solution import Progress


@dataclass(frozen=True, eq=False)
class Setting:
    """Checked arguments of a model.

    Parameters
    ----------
    pairs
        Reachable pairs with their costs.
    p
        Sites to choose.
    fixed, free
        Columns that serve anyway; columns that may be chosen.
    rules
        Rules on the chosen sites.
    site_cost
        ``(n_sites,)`` what choosing a site costs (or, where the objective is maximised, adds).
    watch, seed
        Time limit, cancellation and progress; seed.
    """

    pairs: Pairs
    p: int
    fixed: NDArray[np.intp]
    free: NDArray[np.intp]
    clash: NDArray[np.intp]
    rules: tuple[SiteRule, ...]
    site_cost: NDArray[np.float64]
    watch: Watch
    seed: int

    def infeasible(self, problems: Sequence[Fault]) -> Solution:
        """Return the answer that there is no choice, and why."""
        return self._without("infeasible", math.inf, tuple(problems))

    def _without(self, status: Status, bound: float, problems: tuple[Fault, ...] = ()) -> Solution:
        nobody = np.full(self.pairs.n_demand, -1, dtype=np.intp)
        return Solution(status, math.nan, bound, math.inf, (), nobody, self.watch.seconds(), problems)

    def answer(
        self,
        found: Found,
        instance: Instance | None,
        judge: Callable[[Sequence[int]], tuple[float, NDArray[np.intp]]],
        *,
        maximise: bool = False,
    ) -> Solution:
        """Make a solution of what a search found over the free sites.

        Parameters
        ----------
        instance
            What was searched, for the rule on ties; ``None`` to leave them.
        judge
            Returns objective and assignment of chosen columns.
        maximise
            The bound is an upper one.
        """
        if found.sites is None:
            return self._without("unknown", found.bound)
        chosen = list(found.sites)
        if instance is not None and not self.watch.over():
            chosen = lower_numbers(instance, chosen)
        sites = tuple(sorted(int(self.free[site]) for site in chosen))
        objective, assignment = judge(sites)
        proven = found.bound <= found.cost if maximise else found.bound >= found.cost
        bound = max(found.bound, objective) if maximise else min(found.bound, objective)
        bound = objective if proven else bound
        gap = relative_gap(objective, bound)
        status: Status = "optimal" if gap <= OPTIMAL_GAP else "feasible"
        return Solution(status, objective, bound, gap, sites, assignment, self.watch.seconds())


def lower_numbers(instance: Instance, sites: Sequence[int]) -> list[int]:
    """Let each chosen site give way to the first site that does as well in its place, from the first on."""
    chosen = sorted(sites)
    cost = instance.evaluate(chosen)
    slack = 1e-12 * abs(cost)
    for site in list(chosen):
        rest = [other for other in chosen if other != site]
        paid = instance.paid(rest)
        alone = ~np.isfinite(paid)
        stay = float(instance.site_cost[rest].sum()) + instance.offset + float(paid[~alone].sum())
        for other in range(site):
            if other in rest:
                continue
            part = slice(instance.pairs.ptr[other], instance.pairs.ptr[other + 1])
            rows, own = instance.pairs.row[part], instance.pairs.cost[part]
            if alone[rows].sum() < alone.sum():
                continue
            added = np.where(alone[rows], own, np.minimum(own - np.where(alone[rows], 0.0, paid[rows]), 0.0))
            now = stay + float(added.sum()) + float(instance.site_cost[other])
            swapped = sorted([*rest, other])
            if now <= cost + slack and instance.rules.hold(swapped):
                chosen = swapped
                break
    return chosen


def read_setting(
    cost: Any,
    p: Any,
    fixed: Iterable[int],
    forbidden: Iterable[int],
    rules: Sequence[SiteRule],
    site_cost: ArrayLike | None,
    time_limit: float | None,
    seed: int,
    stop: Callable[[], bool] | None,
    progress: Callable[[Progress], object] | None,
) -> Setting:
    """Check the arguments that all models have in common.

    Raises
    ------
    SettingError
        With the fault of the first argument that is wrong.
    """
    watch = Watch(None if time_limit is None else read_number("time_limit", time_limit), stop, progress)
    pairs = read_cost(cost)
    count = read_count(p)
    held = read_sites("fixed", fixed, pairs.n_sites)
    barred = read_sites("forbidden", forbidden, pairs.n_sites)
    taken = np.union1d(held, barred)
    free = np.setdiff1d(np.arange(pairs.n_sites), taken)
    for rule in rules:
        if rule.matrix.shape[1] != pairs.n_sites:
            raise SettingError(
                "siting_rule_shape", name=rule.name, given=rule.matrix.shape[1], expected=pairs.n_sites
            )
    own = _read_site_cost(site_cost, pairs.n_sites)
    clash = np.intersect1d(held, barred)
    return Setting(pairs, count, held, free, clash, tuple(rules), own, watch, read_seed(seed))


def _read_site_cost(site_cost: ArrayLike | None, n_sites: int) -> NDArray[np.float64]:
    if site_cost is None:
        return np.zeros(n_sites)
    try:
        own = np.asarray(site_cost, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SettingError("siting_site_cost_invalid", expected=n_sites) from error
    if own.shape != (n_sites,) or not np.isfinite(own).all():
        raise SettingError("siting_site_cost_invalid", expected=n_sites)
    return own
