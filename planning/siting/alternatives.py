"""Plans that are nearly as good: the k best, and the most different ones within a share of the optimum."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planning.siting import highs
from planning.siting.core import Core, core_of
from planning.siting.interchange import exchange_table
from planning.siting.lagrangian import dual_bound, fix_sites
from planning.siting.plan import figure
from planning.siting.prefix import miss_model
from planning.siting.search import minimise
from planning.siting.solution import OPTIMAL_GAP, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planning.siting.task import SitingTask

_SLACK = 1e-9
_PRICES = (0.05, 0.1, 0.25)
_ALMOST_ONE, _PROOF_S = 0.99, 10.0


@dataclass(frozen=True)
class Alternative:
    """Another choice of rooms.

    Parameters
    ----------
    candidate_ids
        Its rooms, by identifier.
    objective
        As in a solution of the task; for ``worst`` and ``cover-all`` metres of the longest walk and number of
        rooms.
    loss
        By how much it is worse than the best, as a share of the best objective.
    differs
        Rooms that are not in the plan that was given.
    proven
        ``True`` if nothing better was left out before it (among the ``best``), or nothing more different
        exists within the share (among the ``different``).
    """

    candidate_ids: tuple[str, ...]
    objective: float
    loss: float
    differs: int
    proven: bool


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Near-best plans.

    Parameters
    ----------
    best
        The best plan first, found anew if the given one is not the best, then the next best ones.
    different
        Plans within the share of the optimum, each sharing as few rooms as possible with those before it.
    frequency
        In how many of ``best`` each room appears.
    total
        Length of ``best``.
    """

    best: tuple[Alternative, ...]
    different: tuple[Alternative, ...]
    frequency: dict[str, int]
    total: int


def find_alternatives(
    task: SitingTask,
    columns: Sequence[int],
    *,
    k: int = 10,
    within: float = 0.01,
    n_different: int = 3,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], object] | None = None,
    time_limit: float | None = 60.0,
) -> Alternatives:
    """Find the *k* best plans and some very different ones that are nearly as good.

    The *k*-th best plan costs no more than the *k*-th best exchange of one room; sites that no choice of that
    cost can have are fixed by their reduced costs, and HiGHS lists the rest, each plan found being excluded
    by ``Σ_{j ∈ S} y_j <= |S| - 1``. Different plans share as few rooms as possible with all plans before and
    lose at most the share ``within`` of the objective; exchanges and a price on shared rooms find them, and
    the price also tells how few shared rooms are possible at all.

    Parameters
    ----------
    columns
        The plan in hand, as columns of the task.
    k
        Number of best plans, the best one included.
    within
        Share of the optimum that a different plan may be worse.
    n_different
        Number of different plans.
    stop, progress, time_limit
        Ends the search with what was found; told of plans found and wanted.

    References
    ----------
    J.-F. Tsai, M.-H. Lin, Y.-C. Hu, Finding multiple solutions to general integer linear programs, European
    Journal of Operational Research 184 (2008) 802-809. E. D. Brill, S.-Y. Chang, L. D. Hopkins, Modeling to
    generate alternatives, Management Science 28 (1982) 221-235.
    """
    watch = Watch(time_limit, stop)
    if task.settings.objective in {"worst", "cover-all"}:
        from planning.siting.covering_alternatives import covering_alternatives

        return covering_alternatives(task, columns, k, within, n_different, watch, progress)
    search = _Alternatives(task, columns, watch)
    total = k + n_different

    def tell(found: int) -> None:
        if progress is not None:
            progress(found, total)

    best = search.best(k, tell)
    different = search.different(n_different, within, lambda found: tell(len(best) + found))
    return gather(task, best, different)


def gather(task: SitingTask, best: Sequence[Alternative], different: Sequence[Alternative]) -> Alternatives:
    """Put alternatives together and count how often each room appears among the best."""
    counts = Counter(name for plan in best for name in plan.candidate_ids)
    frequency = {name: counts[name] for name in task.ids if counts[name]}
    return Alternatives(tuple(best), tuple(different), frequency, len(best))


class _Alternatives:
    def __init__(self, task: SitingTask, columns: Sequence[int], watch: Watch) -> None:
        self._core: Core = core_of(task)
        self._watch = watch
        self._given = set(self._core.positions(columns))
        found = minimise(self._core.instance, watch, seed=self._core.setting.seed, start=sorted(self._given))
        self._first = sorted(self._given if found.sites is None else found.sites)
        self._is_best = found.sites is not None and found.bound >= found.cost
        instance, penalty = self._core.instance.with_penalty()
        self._instance = instance
        self._strict = replace(instance, base=np.where(instance.base >= penalty, np.inf, instance.base))
        self._cost = instance.evaluate(self._first)
        self._objective = self._core.objective(self._core.columns(self._first))
        self._dual = dual_bound(instance, self._cost, instance.paid(self._first), watch, iterations=1500)

    def _alternative(self, sites: Sequence[int], *, proven: bool) -> Alternative:
        objective = self._core.objective(self._core.columns(sites))
        loss = abs(objective - self._objective) / max(abs(self._objective), 1e-9)
        differs = len(set(sites) - self._given)
        return Alternative(self._core.names(sites), objective, loss, differs, proven)

    def _left(self, limit: float) -> tuple[NDArray[np.intp], NDArray[np.intp], highs.Model]:
        """Return open sites, chosen sites and the model of all choices that cost at most a limit."""
        count = self._instance.count
        beyond = limit + max(_SLACK * abs(limit), _SLACK)
        fixing = fix_sites(self._dual, count, beyond)
        return fixing.open, fixing.chosen, miss_model(self._strict.restrict(fixing.open, fixing.chosen))

    def best(self, k: int, tell: Callable[[int], None]) -> list[Alternative]:
        """Return the k best choices, the given one first."""
        found = [sorted(self._first)]
        plans = [self._alternative(self._first, proven=self._is_best)]
        tell(1)
        if k == 1 or not self._instance.count:
            return plans
        cost, change = exchange_table(self._instance, self._first)
        exchanges = cost + change[np.isfinite(change)]
        limit = float(np.sort(exchanges)[k - 2]) if len(exchanges) >= k - 1 else np.inf
        kept, chosen, model = self._left(limit)
        while len(found) < k and not self._watch.over():
            rows = [row for sites in found if (row := _exclude(sites, kept, chosen)) is not None]
            answer = highs.solve(
                highs.with_rows(model, rows),
                self._watch,
                seed=self._core.setting.seed,
                better_than=limit + _SLACK * abs(limit),
                absolute_gap=0.1 * OPTIMAL_GAP * abs(self._cost),
            )
            if answer.x is None:
                break
            sites = self._sites(answer.x, kept, chosen)
            cost = self._instance.evaluate(sites)
            proven = answer.end == "done" and plans[-1].proven
            proven = proven and cost - answer.bound <= 1e-6 * max(abs(cost), 1e-9)
            found.append(sites)
            plans.append(self._alternative(sites, proven=proven))
            tell(len(found))
        return plans

    def different(self, wanted: int, within: float, tell: Callable[[int], None]) -> list[Alternative]:
        """Return choices within a share of the best, each as different as possible from those before."""
        limit = self._cost + within * abs(self._objective)
        if not wanted or not self._instance.count:
            return []
        before, plans = [sorted(self._first)], list[Alternative]()
        while len(plans) < wanted and not self._watch.over():
            shared = np.zeros(self._instance.n_sites)
            for sites in before:
                shared[sites] += 1.0
            sites, proven = self._least_shared(shared, limit)
            if sites in before:
                break
            before.append(sites)
            plans.append(self._alternative(sites, proven=proven))
            tell(len(plans))
        return plans

    def _least_shared(self, shared: NDArray[np.float64], limit: float) -> tuple[list[int], bool]:
        """Return the choice that costs at most a limit and has least in common, and whether none has less.

        With a price θ on each room shared, ``v(θ) = min cost + θ · shared``. A choice within the limit
        shares at least ``(v(θ) - limit) / θ`` rooms, so the core problem with dearer sites gives both
        choices and proof.
        """
        best = self._move_apart(shared, limit)
        least, bound = float(shared[best].sum()), 0.0
        for share in _PRICES:
            if least <= bound or self._watch.over() or limit <= self._cost:
                break
            price = share * (limit - self._cost)
            dearer = replace(self._core.instance, site_cost=self._core.instance.site_cost + price * shared)
            found = minimise(dearer, self._watch, seed=self._core.setting.seed, start=best)
            bound = max(bound, float(np.ceil((found.bound - limit) / price - 1e-6)))
            if found.sites is None:
                continue
            common = float(shared[list(found.sites)].sum())
            within = self._instance.evaluate(found.sites) <= limit + _SLACK * abs(limit)
            if within and common < least:
                best, least = sorted(found.sites), common
        if least > bound and not self._watch.over():
            best, bound = self._prove_least(shared, limit, best)
            least = float(shared[best].sum())
        return best, least <= bound

    def _prove_least(
        self, shared: NDArray[np.float64], limit: float, best: list[int]
    ) -> tuple[list[int], float]:
        """Look with HiGHS for a choice within a limit that shares less than the best; return the bound."""
        kept, chosen, model = self._left(limit)
        most = limit - model.offset + _SLACK * abs(limit)
        unit = max(abs(most), float(np.abs(model.cost).max(initial=0.0)), 1e-300)
        within: highs.Row = (np.arange(len(model.cost)), model.cost / unit, -np.inf, most / unit)
        cost = np.zeros(len(model.cost))
        cost[: len(kept)] = shared[kept]
        taken = float(shared[chosen].sum())
        least = float(shared[best].sum())
        answer = highs.solve(
            highs.with_rows(model, [within], cost),
            Watch(min(_PROOF_S, self._watch.left()), self._watch.over),
            seed=self._core.setting.seed,
            absolute_gap=_ALMOST_ONE,
            better_than=least - taken - 0.5,
        )
        if answer.end == "infeasible":
            return best, least
        bound = float(np.ceil(answer.bound + taken - 1e-6))
        if answer.x is None:
            return best, bound
        sites = self._sites(answer.x, kept, chosen)
        is_within = self._instance.evaluate(sites) <= limit + _SLACK * abs(limit)
        return sites if is_within else best, bound

    def _move_apart(self, shared: NDArray[np.float64], limit: float) -> list[int]:
        """Exchange shared rooms for others as long as the choice stays within a limit, cheapest first."""
        sites = sorted(self._first)
        while not self._watch.over():
            cost, change = exchange_table(self._instance, sites)
            fewer = shared[sites][:, None] - shared[None, :]
            allowed = (fewer > 0) & (cost + change <= limit)
            if not allowed.any():
                break
            dearness = np.where(allowed, change / np.where(fewer > 0, fewer, 1.0), np.inf)
            out, enter = divmod(int(np.argmin(dearness)), change.shape[1])
            sites = sorted([*sites[:out], *sites[out + 1 :], enter])
        return sites

    def _sites(self, x: NDArray[np.float64], kept: NDArray[np.intp], chosen: NDArray[np.intp]) -> list[int]:
        picked = kept[np.flatnonzero(x[: len(kept)] > highs.INTEGER_HALF)]
        return sorted([*chosen.tolist(), *picked.tolist()])


def _exclude(sites: Sequence[int], kept: NDArray[np.intp], chosen: NDArray[np.intp]) -> highs.Row | None:
    """Return the row that excludes a choice; ``None`` if what is left cannot make it anyway."""
    if not set(chosen.tolist()) <= set(sites):
        return None
    own = np.flatnonzero(np.isin(kept, sites))
    if len(own) + len(chosen) < len(sites):
        return None
    return own, np.ones(len(own)), -np.inf, len(own) - 1.0


def longest_walk(task: SitingTask, columns: Sequence[int]) -> float:
    """Return what :func:`planning.siting.plan.figure` makes of open sites and some columns."""
    every = [*task.fixed, *columns]
    return figure(task, task.metres[:, every].min(axis=1, initial=np.inf).astype(np.float64))
