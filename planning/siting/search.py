"""From a good choice to a proven one: start, bound, fix, branch, and HiGHS on what is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planning.siting import highs
from planning.siting.interchange import gains, greedy, interchange
from planning.siting.lagrangian import FIRST_STEP, Dual, dual_bound, fix_sites
from planning.siting.prefix import miss_model
from planning.siting.rules import stack_rules
from planning.siting.tree import Node, branch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planning.siting.instance import Instance
    from planning.siting.solution import Watch

EXACT = 1e-9
_STARTS, _FEW_STARTS, _MANY_PAIRS, _STARTS_UP_TO = 12, 3, 1_000_000, 40
_MANY_VARIABLES, _MOST_NODES = 3000, 3000
_IMPROVE_EVERY, _NEARLY = 25, 0.03
_FIRST_LOOK, _NEXT_LOOK, _NEXT_STEP = 2000, 150, 0.3


@dataclass(frozen=True, eq=False)
class Warm:
    """Where the search of a similar instance (same sites, demand points and rules) ended.

    Parameters
    ----------
    sites
        Its best choice.
    prices, rule_prices
        Multipliers of its bound, as in :class:`planning.siting.lagrangian.Dual`, the prices brought to the
        scale of the new instance.
    """

    sites: tuple[int, ...]
    prices: NDArray[np.float64]
    rule_prices: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Found:
    """What a search found: the best choice (``None`` without one), its cost, and a lower bound on any cost.

    ``infeasible`` is proven: no choice obeys the rules and serves everybody who must be served. ``root`` is
    the bound of the whole instance, with the multipliers that a similar one can begin with.
    """

    sites: tuple[int, ...] | None
    cost: float
    bound: float
    infeasible: bool = False
    root: Dual | None = None


def minimise(
    instance: Instance,
    watch: Watch,
    *,
    seed: int = 0,
    start: Sequence[int] | None = None,
    warm: Warm | None = None,
) -> Found:
    """Find a cheapest choice and prove it, or say how much cheaper one could be at most.

    1. A choice that obeys the rules; greedy adding, random starts and Lagrangian choices, each improved by
       vertex interchange.
    2. Lagrangian bound, and with it the sites that no better choice can or must have
       (:func:`planning.siting.lagrangian.fix_sites`), until nothing more is decided.
    3. Where much is left, branching on Lagrangian bounds (:func:`planning.siting.tree.branch`).
    4. HiGHS on the rest (:func:`planning.siting.prefix.miss_model`).

    Parameters
    ----------
    instance
        ``0 <= count``; more sites than there are is infeasible.
    seed
        Of the random starts and of the solver.
    start
        A choice to begin with, if one is known.
    warm
        Where a similar search ended: its choice and multipliers are where this one begins, in place of other
        starts. It changes how long the search takes; what is proven is proven of this instance.

    References
    ----------
    P. Avella, A. Sassano, I. Vasil'ev, Computational study of large-scale p-median problems, Mathematical
    Programming 109 (2007) 89-114, for the scheme of bounds, reduced-cost fixing and a core problem.
    """
    if instance.count > instance.n_sites:
        return Found(None, np.nan, np.inf, infeasible=True)
    eased, penalty = instance.with_penalty()
    search = _Search(eased, watch, seed, instance.step(), penalty, warm)
    if not search.begin(start):
        return Found(None, np.nan, np.inf if search.disproved else -np.inf, infeasible=search.disproved)
    search.prove()
    cost = instance.evaluate(search.sites)
    if np.isfinite(cost):
        return Found(tuple(search.sites), cost, min(search.bound, cost), root=search.root)
    if search.bound >= penalty / 2:
        return Found(None, np.nan, np.inf, infeasible=True)
    return Found(None, np.nan, search.bound)


class _Search:
    """One search on an instance whose bases are all finite."""

    def __init__(
        self, instance: Instance, watch: Watch, seed: int, step: float, penalty: float, warm: Warm | None
    ) -> None:
        self.whole, self.watch, self.seed, self.step, self.warm = instance, watch, seed, step, warm
        self.root: Dual | None = None
        must = instance.base >= penalty
        self._strict = (
            replace(instance, base=np.where(must, np.inf, instance.base)) if must.any() else instance
        )
        self.sites: list[int] = []
        self.cost, self.bound = np.inf, -np.inf
        self.disproved = False
        self._considered = 0

    def limit(self) -> float:
        """Return the cost that a choice must be below to count as better."""
        if self.step:
            return self.cost - self.step + 1e-6
        return self.cost - EXACT * max(abs(self.cost), 1e-9)

    def offer(self, sites: Sequence[int]) -> float:
        """Improve a choice that obeys the rules by interchange; return the best cost known."""
        self.take(*interchange(self.whole, sites, self.watch))
        return self.cost

    def take(self, sites: Sequence[int], cost: float) -> None:
        """Keep a choice if it is better."""
        if cost < self.cost:
            self.sites, self.cost = sorted(int(site) for site in sites), cost
            self.watch.tell(self.cost, self.bound)

    def raise_bound(self, bound: float) -> None:
        """Keep a lower bound if it is sharper."""
        if bound > self.bound:
            self.bound = min(bound, self.cost)
            self.watch.tell(self.cost, self.bound)

    def proven(self) -> bool:
        """Tell whether no choice can be better; then the bound is the cost."""
        if self.bound < self.limit():
            return False
        if self.bound != self.cost:
            self.bound = self.cost
            self.watch.tell(self.cost, self.bound)
        return True

    def begin(self, start: Sequence[int] | None) -> bool:
        """Find choices that obey the rules; false if there is none, or none was found in time."""
        rules = self.whole.rules
        if self.warm is not None and self._is_choice(self.warm.sites):
            self.take(self.warm.sites, self.whole.evaluate(self.warm.sites))
            self.raise_bound(self.at_least())
            self.offer(self.warm.sites)
            return True
        first = greedy(self.whole, self.watch)
        if len(rules) and not rules.hold(first):
            self.disproved, repaired = self.follow_rules(-gains(self.whole, self.whole.base))
            if repaired is None:
                return False
            first = repaired
        if start is not None and self._is_choice(start):
            self.take(start, self.whole.evaluate(start))
        self.take(first, self.whole.evaluate(first))
        self.raise_bound(self.at_least())
        self.offer(first)
        return True

    def _is_choice(self, sites: Sequence[int]) -> bool:
        """Tell whether sites are as many as are to be chosen, and obey the rules."""
        return len(set(sites)) == self.whole.count and self.whole.rules.hold(list(sites))

    def at_least(self) -> float:
        """Return what any choice costs at least: as if all sites were open to every demand point."""
        whole = self.whole
        least = whole.base.copy()
        np.minimum.at(least, whole.pairs.row, whole.pairs.cost)
        cheapest = np.sort(whole.site_cost)[: whole.count]
        return whole.offset + float(least.sum()) + float(cheapest.sum())

    def start_anew(self) -> None:
        """Try some random choices, each improved by interchange."""
        if not 0 < self.whole.count <= _STARTS_UP_TO or len(self.whole.rules):
            return
        rng = np.random.default_rng(self.seed)
        many = len(self.whole.pairs.row) > _MANY_PAIRS
        for _ in range(_FEW_STARTS if many else _STARTS):
            if self.watch.over():
                break
            self.offer(rng.choice(self.whole.n_sites, self.whole.count, replace=False).tolist())

    def follow_rules(self, costs: NDArray[np.float64]) -> tuple[bool, list[int] | None]:
        """Return the choice of least linear cost that obeys the rules; first whether there is none at all."""
        rules, m = self.whole.rules, self.whole.n_sites
        lower, upper = rules.limits()
        table = rules.matrix.tocoo()
        parts = [
            (np.zeros(m, dtype=np.intp), np.arange(m), np.ones(m)),
            (1 + table.coords[0], table.coords[1], table.data),
        ]
        count = [float(self.whole.count)]
        scaled = costs / max(float(np.abs(costs).max(initial=0.0)), 1e-12)
        model = highs.Model(
            cost=scaled,
            upper=np.ones(m),
            n_integer=m,
            matrix=highs.stack(parts, (1 + len(rules), m)),
            row_lower=np.concatenate([count, lower]),
            row_upper=np.concatenate([count, upper]),
        )
        answer = highs.solve(model, self.watch, seed=self.seed, absolute_gap=0.01)
        if answer.x is None:
            return answer.end == "infeasible", None
        return False, np.flatnonzero(answer.x > highs.INTEGER_HALF).tolist()

    def consider(self, sites: Sequence[int]) -> float:
        """Keep the choice of a bound if it obeys the rules and is better; improve some of them."""
        if not self.whole.rules.hold(sites):
            return self.cost
        cost = self.whole.evaluate(sites)
        self.take(sites, cost)
        if cost - self.cost <= _NEARLY * abs(self.cost):
            self._considered += 1
            if self._considered % _IMPROVE_EVERY == 0:
                self.offer(sites)
        return self.cost

    def prove(self) -> None:
        """Raise the bound until it meets the cost, or until time is up."""
        kept, chosen = np.arange(self.whole.n_sites), np.empty(0, dtype=np.intp)
        prices = self.whole.paid(self.sites)
        rule_prices: NDArray[np.float64] | None = None
        step = FIRST_STEP
        if self.warm is not None:
            prices, rule_prices, step = self.warm.prices, self.warm.rule_prices, _NEXT_STEP
        elif len(self.whole.rules):
            # without the rules first: what holds for more choices holds for fewer, and the prices are a start
            eased = replace(self.whole, rules=stack_rules([], kept))
            dual = self.bounded(eased, kept, chosen, prices, None, step)
            self.raise_bound(dual.value)
            prices = dual.prices
        for attempt in range(4):
            if self.proven() or self.watch.over():
                return
            part = self.whole.restrict(kept, chosen)
            dual = self.bounded(part, kept, chosen, prices, rule_prices, step)
            self.root = self.root or dual
            self.raise_bound(dual.value)
            self.repair(dual, kept, chosen)
            if self.proven():
                return
            if not attempt and self.warm is None:
                self.start_anew()
            fixing = fix_sites(dual, part.count, self.limit())
            prices, rule_prices = dual.prices, dual.rule_prices
            before = len(kept)
            chosen, kept = np.concatenate([chosen, kept[fixing.chosen]]), kept[fixing.open]
            if attempt and len(kept) > 0.9 * before:
                break
        self.finish(kept, chosen, prices, rule_prices)

    def bounded(
        self,
        part: Instance,
        kept: NDArray[np.intp],
        chosen: NDArray[np.intp],
        prices: NDArray[np.float64],
        rule_prices: NDArray[np.float64] | None,
        step: float,
    ) -> Dual:
        """Return the Lagrangian bound of what is left; choices it meets are kept."""
        return dual_bound(
            part,
            self.cost,
            prices,
            self.watch,
            rule_prices=rule_prices,
            enough=self.limit(),
            first_step=step,
            iterations=_FIRST_LOOK if self.warm is None else _NEXT_LOOK,
            found=lambda sites: self.consider([*chosen.tolist(), *kept[sites].tolist()]),
        )

    def repair(self, dual: Dual, kept: NDArray[np.intp], chosen: NDArray[np.intp]) -> None:
        """Make a choice that obeys the rules out of the sites that the bound likes, and improve it."""
        sites = [*chosen.tolist(), *kept[dual.sites].tolist()]
        if len(self.whole.rules) and not self.whole.rules.hold(sites):
            liked = np.full(self.whole.n_sites, float(np.abs(dual.reduced).max(initial=1.0)))
            liked[kept] = dual.reduced
            liked[chosen] = float(dual.reduced.min(initial=0.0))
            _, repaired = self.follow_rules(liked)
            if repaired is None:
                return
            sites = repaired
        self.offer(sites)

    def finish(
        self,
        kept: NDArray[np.intp],
        chosen: NDArray[np.intp],
        prices: NDArray[np.float64],
        rule_prices: NDArray[np.float64] | None,
    ) -> None:
        """Branch on what is left if it is large, and give the rest to HiGHS."""
        part, model = self.rest(kept, chosen)
        if model is not None and len(model.cost) > _MANY_VARIABLES:
            nobody = np.empty(0, dtype=np.intp)
            root = Node(np.arange(part.n_sites), nobody, self.bound, prices, rule_prices)
            left = branch(
                self.whole.restrict(kept, chosen),
                root,
                self.watch,
                offer=lambda sites: self.consider([*chosen.tolist(), *kept[list(sites)].tolist()]),
                limit=self.limit,
                most_nodes=_MOST_NODES,
            )
            self.raise_bound(left.bound)
            if self.proven():
                return
        if self.watch.over():
            return
        if model is None:
            # nothing that is left makes up a better choice
            self.bound = self.cost
            return
        answer = highs.solve(
            model,
            self.watch,
            seed=self.seed,
            absolute_gap=max(self.step - 1e-3, 0.0),
            size=self.cost,
            better_than=self.cost - self.step / 2 if self.step else self.cost + EXACT * abs(self.cost),
        )
        if answer.x is not None:
            picked = np.flatnonzero(answer.x[: len(kept)] > highs.INTEGER_HALF)
            sites = [*chosen.tolist(), *kept[picked].tolist()]
            if len(sites) == self.whole.count and self.whole.rules.hold(sites):
                self.take(sites, self.whole.evaluate(sites))
        if answer.end == "infeasible":
            self.bound = self.cost
        else:
            self.raise_bound(answer.bound)
        self.proven()

    def rest(self, kept: NDArray[np.intp], chosen: NDArray[np.intp]) -> tuple[Instance, highs.Model | None]:
        """Return what is left to decide and its model, ``None`` if that cannot be a whole choice."""
        part = self._strict.restrict(kept, chosen)
        if not 0 <= part.count <= part.n_sites:
            return part, None
        better = part.below(self.limit())
        return part, None if better is None else miss_model(better)
