"""Sites with a capacity: each demand point wholly at one site, nobody turned away at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planning.errors import Fault
from planning.siting import highs
from planning.siting.infeasible import explain_choice
from planning.siting.instance import WHOLE_LIMIT, median_instance, whole
from planning.siting.interchange import greedy, interchange
from planning.siting.lagrangian import dual_bound
from planning.siting.pairs import read_vector, sums
from planning.siting.rules import stack_rules
from planning.siting.search import Found
from planning.siting.solution import OPTIMAL_GAP, Solution, relative_gap

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from planning.siting.setting import Setting

_ROUNDS = 8


def capacitated_median(
    setting: Setting, weight: NDArray[np.float64], capacity: ArrayLike, demand: ArrayLike | None
) -> Solution:
    """Solve (0)-(7) of :func:`planning.siting.p_median` with capacities.

    References
    ----------
    I. H. Osman, N. Christofides, Capacitated clustering problems by hybrid simulated annealing and tabu
    search, International Transactions in Operational Research 1 (1994) 317-336.
    """
    return _Capacitated(setting, weight, capacity, demand, must_serve=True).solve()


def capacitated_coverage(
    setting: Setting, weight: NDArray[np.float64], capacity: ArrayLike, demand: ArrayLike | None
) -> Solution:
    """Solve maximal covering with capacities; the pairs of the setting are those within the radius.

    References
    ----------
    J. R. Current, J. E. Storbeck, Capacitated covering models, Environment and Planning B 15 (1988) 153-163.
    """
    return _Capacitated(setting, weight, capacity, demand, must_serve=False).solve()


class _Capacitated:
    """The assignment formulation: ``y_j`` for the free sites, ``x_ij`` for every pair that fits at all."""

    def __init__(
        self,
        setting: Setting,
        weight: NDArray[np.float64],
        capacity: ArrayLike,
        demand: ArrayLike | None,
        *,
        must_serve: bool,
    ) -> None:
        self._setting, self._weight, self._must_serve = setting, weight, must_serve
        pairs = setting.pairs
        self._capacity = read_vector("capacity", capacity, pairs.n_sites, infinite=True)
        self._demand = weight if demand is None else read_vector("demand", demand, pairs.n_demand)
        site = pairs.columns()
        usable = np.zeros(pairs.n_sites, dtype=bool)
        usable[setting.fixed] = True
        usable[setting.free] = True
        fits = usable[site] & (weight[pairs.row] > 0)
        fits &= self._demand[pairs.row] <= self._capacity[site] * (1 + 1e-12)
        self._row, self._site, self._cost = pairs.row[fits], site[fits], pairs.cost[fits]
        self._greedy: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None

    def solve(self) -> Solution:
        """Solve with HiGHS and recompute everything from sites and assignment."""
        setting = self._setting
        served = np.bincount(self._row, minlength=setting.pairs.n_demand) > 0
        left = np.flatnonzero((self._weight > 0) & ~served)
        if self._must_serve and len(left):
            return setting.infeasible([Fault("siting_exceeds_capacity", params={"count": len(left)})])
        relaxed = self._relax()
        answer, clean = self._within_capacity()
        if answer.end == "infeasible":
            problems = explain_choice(setting, None)
            return setting.infeasible(problems or [Fault("siting_capacity_short", params={"p": setting.p})])
        bound = max(answer.bound, relaxed) if self._must_serve else min(-answer.bound, relaxed)
        known = [] if self._greedy is None else [self._greedy]
        if answer.x is not None and clean:
            m = len(setting.free)
            chosen = setting.free[np.flatnonzero(answer.x[:m] > highs.INTEGER_HALF)]
            known.append((chosen, np.flatnonzero(answer.x[m:] > highs.INTEGER_HALF)))
        if not known:
            return setting.answer(Found(None, np.nan, bound), None, lambda _: (np.nan, np.empty(0, np.intp)))
        return self._read(*min(known, key=lambda one: self._total(*one)), bound)

    def _within_capacity(self) -> tuple[highs.Outcome, bool]:
        """Return the solver's answer and whether it keeps the capacities exactly, not only to a tolerance.

        Points that together overload a site are told apart by ``Σ_{i ∈ S} x_ij <= |S| - 1`` and the model is
        solved again.
        """
        model, m = self._model(), len(self._setting.free)
        answer = highs.Outcome("stopped", None, -np.inf)
        for _ in range(_ROUNDS):
            answer = highs.solve(
                model,
                self._setting.watch,
                seed=self._setting.seed,
                absolute_gap=max(self._step() - 1e-3, 0.0),
            )
            if answer.x is None:
                return answer, True
            taken = np.flatnonzero(answer.x[m:] > highs.INTEGER_HALF)
            loads = sums(self._site[taken], self._demand[self._row[taken]], len(self._capacity))
            over = np.flatnonzero(loads > self._capacity * (1.0 + 1e-12))
            if not len(over):
                return answer, True
            sets = [m + taken[self._site[taken] == site] for site in over]
            model = highs.with_rows(
                model, [(one, np.ones(len(one)), -np.inf, len(one) - 1.0) for one in sets]
            )
        return answer, False

    def _total(self, sites: NDArray[np.intp], taken: NDArray[np.intp]) -> float:
        """Return what is minimised, for chosen sites and pairs."""
        own = float(self._setting.site_cost[sites].sum())
        return float(self._value()[taken].sum()) + (own if self._must_serve else -own)

    def _relax(self) -> float:
        """Bound the problem without its capacities; leave out pairs that no better choice has.

        Where *i* is served by *j*, any choice costs at least ``L + max(c_ij - u_i, 0) + max(ρ_j - t, 0)``
        with the bound, prices and reduced costs of :func:`planning.siting.lagrangian.dual_bound`.
        """
        setting = self._setting
        if not self._must_serve:
            return float(self._weight.sum()) + float(np.abs(setting.site_cost).sum())
        instance, _ = median_instance(setting, self._weight).with_penalty()
        start, cost = interchange(instance, greedy(instance, setting.watch), setting.watch)
        dual = dual_bound(instance, cost, instance.paid(start), setting.watch)
        self._greedy = self._serve(setting.free[start])
        if self._greedy is None:
            return dual.value
        sites, taken = self._greedy
        known = self._total(sites, taken)
        prices = np.zeros(setting.pairs.n_demand)
        prices[self._weight > 0] = dual.prices
        extra = np.zeros(setting.pairs.n_sites)
        if len(dual.sites):
            extra[setting.free] = np.maximum(dual.reduced - dual.reduced[dual.sites].max(), 0.0)
        least = dual.value + np.maximum(self._value() - prices[self._row], 0.0) + extra[self._site]
        kept = least <= known + 1e-9 * abs(known)
        kept[taken] = True
        self._greedy = sites, (np.cumsum(kept) - 1)[taken]
        self._row, self._site, self._cost = self._row[kept], self._site[kept], self._cost[kept]
        return dual.value

    def _serve(self, sites: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
        """Give demand points to open sites, first those that would lose most by a second choice.

        Returns the sites and the positions of the pairs, or ``None`` if somebody is left over or a rule is
        broken.
        """
        setting = self._setting
        places = np.searchsorted(setting.free, sites)
        if not stack_rules(setting.rules, setting.free).hold(places):
            return None
        is_open = np.zeros(setting.pairs.n_sites, dtype=bool)
        is_open[setting.fixed] = True
        is_open[sites] = True
        usable = np.flatnonzero(is_open[self._site])
        order = usable[np.lexsort((self._value()[usable], self._row[usable]))]
        options = np.split(order, np.flatnonzero(np.diff(self._row[order])) + 1) if len(order) else []
        value, room = self._value(), self._capacity.copy()

        def regret(pairs: NDArray[np.intp]) -> float:
            return float(value[pairs[1]] - value[pairs[0]]) if len(pairs) > 1 else np.inf

        taken = list[int]()
        for pairs in sorted(options, key=lambda one: (-regret(one), -self._demand[self._row[one[0]]])):
            demand = self._demand[self._row[pairs[0]]]
            fitting = [int(pair) for pair in pairs if room[self._site[pair]] >= demand]
            if not fitting:
                return None
            taken.append(fitting[0])
            room[self._site[fitting[0]]] -= demand
        wanted = int((self._weight > 0).sum())
        return (sites, np.array(taken, dtype=np.intp)) if len(taken) == wanted else None

    def _step(self) -> float:
        value = self._value()
        counted = whole(value) and not self._setting.site_cost.any() and np.abs(value).sum() < WHOLE_LIMIT
        return 1.0 if counted else 0.0

    def _value(self) -> NDArray[np.float64]:
        weight = self._weight[self._row]
        return weight * self._cost if self._must_serve else -weight

    def _model(self) -> highs.Model:
        setting, n_pairs, m = self._setting, len(self._row), len(self._setting.free)
        free_number = np.full(setting.pairs.n_sites, -1, dtype=np.intp)
        free_number[setting.free] = np.arange(m)
        own = free_number[self._site]
        pair = m + np.arange(n_pairs)
        wanted = np.flatnonzero(np.bincount(self._row, minlength=setting.pairs.n_demand) > 0)
        number = np.zeros(setting.pairs.n_demand, dtype=np.intp)
        number[wanted] = np.arange(len(wanted))
        linked = np.flatnonzero(own >= 0)
        used, place = np.unique(self._site, return_inverse=True)
        bounded = np.isfinite(self._capacity[used])
        held = bounded[place]
        opened = np.flatnonzero(bounded & (free_number[used] >= 0))
        rules = stack_rules(setting.rules, setting.free)
        table = rules.matrix.tocoo()
        starts = np.cumsum([0, 1, len(wanted), len(linked), len(used), len(rules)])
        parts = [
            (np.zeros(m, dtype=np.intp), np.arange(m), np.ones(m)),
            (starts[1] + number[self._row], pair, np.ones(n_pairs)),
            (starts[2] + np.arange(len(linked)), pair[linked], np.ones(len(linked))),
            (starts[2] + np.arange(len(linked)), own[linked], -np.ones(len(linked))),
            (starts[3] + place[held], pair[held], self._share(held)),
            (starts[3] + opened, free_number[used[opened]], -np.ones(len(opened))),
            (starts[4] + table.coords[0], table.coords[1], table.data),
        ]
        lower, upper = rules.limits()
        limit = np.where(free_number[used] >= 0, 0.0, np.where(bounded, 1.0, np.inf))
        once = np.ones(len(wanted))
        free_cost = setting.site_cost[setting.free] * (1.0 if self._must_serve else -1.0)
        return highs.Model(
            cost=np.concatenate([free_cost, self._value()]),
            upper=np.ones(m + n_pairs),
            n_integer=m + n_pairs,
            matrix=highs.stack(parts, (int(starts[-1]), m + n_pairs)),
            row_lower=np.concatenate(
                [
                    [float(setting.p)],
                    once if self._must_serve else np.full(len(wanted), -np.inf),
                    np.full(len(linked) + len(used), -np.inf),
                    lower,
                ]
            ),
            row_upper=np.concatenate([[float(setting.p)], once, np.zeros(len(linked)), limit, upper]),
        )

    def _share(self, pairs: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return which share of a site's capacity each of some pairs takes, so that no unit is too small."""
        taken, held = self._demand[self._row[pairs]], self._capacity[self._site[pairs]]
        return np.divide(taken, held, out=np.zeros_like(taken), where=held > 0)

    def _read(self, sites: NDArray[np.intp], taken: NDArray[np.intp], bound: float) -> Solution:
        setting = self._setting
        assignment = np.full(setting.pairs.n_demand, -1, dtype=np.intp)
        assignment[self._row[taken]] = self._site[taken]
        own = float(setting.site_cost[sites].sum())
        if self._must_serve:
            objective = float((self._weight[self._row[taken]] * self._cost[taken]).sum()) + own
            bound = min(bound, objective)
        else:
            objective = float(self._weight[self._row[taken]].sum()) + own
            bound = max(bound, objective)
        step = self._step()
        if step == 1.0 and abs(objective - bound) < 1.0 - 1e-6:
            bound = objective
        gap = relative_gap(objective, bound)
        return Solution(
            "optimal" if gap <= OPTIMAL_GAP else "feasible",
            objective,
            bound,
            gap,
            tuple(int(site) for site in sites),
            assignment,
            setting.watch.seconds(),
        )
