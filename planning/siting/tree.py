"""Branching on Lagrangian bounds, where what is left is large for a linear program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planning.siting.lagrangian import dual_bound, fix_sites

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planning.siting.instance import Instance
    from planning.siting.solution import Watch

_ITERATIONS, _FIRST_STEP = 40, 0.3


@dataclass(frozen=True, eq=False)
class Node:
    """A part of all choices: those that have the chosen sites and others only from those kept.

    Parameters
    ----------
    kept, chosen
        Sites of the instance.
    bound
        No choice of this part costs less.
    prices, rule_prices
        Where to begin to improve the bound.
    """

    kept: NDArray[np.intp]
    chosen: NDArray[np.intp]
    bound: float
    prices: NDArray[np.float64]
    rule_prices: NDArray[np.float64] | None


@dataclass(frozen=True, eq=False)
class Searched:
    """Parts that may still hold a better choice: none if the search came to its end."""

    pending: tuple[Node, ...]

    @property
    def bound(self) -> float:
        """Lower bound on what the pending parts hold, ``inf`` if there is none."""
        return min((node.bound for node in self.pending), default=np.inf)


def branch(
    instance: Instance,
    root: Node,
    watch: Watch,
    *,
    offer: Callable[[Sequence[int]], float],
    limit: Callable[[], float],
    most_nodes: int,
) -> Searched:
    """Split the choices on one site after the other until no part can hold a better one.

    Depth first; in each part a short dual ascent from the prices of the part it comes from, reduced-cost
    fixing, then the site of least reduced cost is chosen or ruled out.

    Parameters
    ----------
    instance
        With finite bases.
    offer
        Called with whole choices; returns the cost of the best known that obeys the rules.
    limit
        Returns the cost that a choice must be below to count as better.
    most_nodes
        Parts to look at before giving up.

    References
    ----------
    J. E. Beasley, A note on solving large p-median problems, European Journal of Operational Research 21
    (1985) 270-273: tree search on Lagrangian bounds.
    """
    pending = [root]
    for _ in range(most_nodes):
        if not pending or watch.over():
            break
        node = pending.pop()
        if node.bound < limit():
            pending += _split(instance, node, watch, offer, limit)
    return Searched(tuple(node for node in pending if node.bound < limit()))


def _split(
    instance: Instance,
    node: Node,
    watch: Watch,
    offer: Callable[[Sequence[int]], float],
    limit: Callable[[], float],
) -> list[Node]:
    """Return the parts of a part that may hold a better choice, the more promising one last."""
    kept, chosen = node.kept, node.chosen
    part = instance.restrict(kept, chosen)
    if not 0 <= part.count <= part.n_sites:
        return []
    if part.count in {0, part.n_sites}:
        offer([*chosen.tolist(), *(kept.tolist() if part.count else [])])
        return []
    dual = dual_bound(
        part,
        limit(),
        node.prices,
        watch,
        rule_prices=node.rule_prices,
        enough=limit(),
        iterations=_ITERATIONS,
        first_step=_FIRST_STEP,
        found=lambda sites: offer([*chosen.tolist(), *kept[sites].tolist()]),
    )
    bound = max(dual.value, node.bound)
    if bound >= limit():
        return []
    fixing = fix_sites(dual, part.count, limit())
    chosen = np.concatenate([chosen, kept[fixing.chosen]])
    order = np.argsort(dual.reduced[fixing.open], kind="stable")
    left = kept[fixing.open][order]
    if not len(left):
        offer(chosen.tolist())
        return []
    parts = (chosen, np.append(chosen, left[0]))
    return [Node(left[1:], own, bound, dual.prices, dual.rule_prices) for own in parts]
