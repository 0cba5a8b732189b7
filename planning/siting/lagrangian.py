"""Lagrangian bounds: how good any choice could be, and which sites no better choice can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from planning.siting.instance import Instance
    from planning.siting.solution import Watch

FIRST_STEP, LAST_STEP = 1.5, 1e-4
_PATIENCE, _SHRINK, _DEFLECTION = 15, 0.65, 0.3
_HEADROOM = 2.0


@dataclass(frozen=True, eq=False)
class Dual:
    """A lower bound and the multipliers that give it.

    Parameters
    ----------
    value
        No choice costs less.
    prices
        ``(n,)`` multipliers of the demand points.
    rule_prices
        Multipliers of the rows of the rules: of their upper limits, then of their lower ones.
    reduced
        ``(m,)`` reduced cost of each site.
    sites
        The ``count`` sites of least reduced cost.
    """

    value: float
    prices: NDArray[np.float64]
    rule_prices: NDArray[np.float64]
    reduced: NDArray[np.float64]
    sites: NDArray[np.intp]


def dual_bound(
    instance: Instance,
    upper: float,
    prices: NDArray[np.float64],
    watch: Watch,
    *,
    rule_prices: NDArray[np.float64] | None = None,
    enough: float = np.inf,
    iterations: int = 2000,
    first_step: float = FIRST_STEP,
    found: Callable[[NDArray[np.intp]], float] | None = None,
) -> Dual:
    r"""Maximise the Lagrangian bound by a deflected subgradient method.

    With prices :math:`u_i \le b_i` of being served and :math:`\mu \ge 0` of the rules :math:`A y \le a`::

        L(u, μ) = Σ_i u_i - μ a + min over |S| = p of  Σ_{j ∈ S} ρ_j
        ρ_j     = g_j + Σ_i min(0, c_ij - u_i) + μ A_j

    Every L(u, μ) is a lower bound, so rounding or stopping early costs sharpness, never correctness.

    Parameters
    ----------
    instance
        With a finite base everywhere and ``0 <= count <= m``.
    upper
        Cost of a known choice; sets the length of the steps.
    prices, rule_prices
        Where to begin.
    enough
        Stop once the bound reaches this.
    first_step
        Share of the distance to ``upper`` that the first step takes.
    found
        Called with the sites of each improved bound; returns the cost of the best choice known by then.

    References
    ----------
    M. L. Fisher, The Lagrangian relaxation method for solving integer programming problems, Management
    Science 27 (1981) 1-18. P. M. Camerini, L. Fratta, F. Maffioli, On improving relaxation methods by
    modified gradient techniques, Mathematical Programming Study 3 (1975) 26-34. J. E. Beasley, A note on
    solving large p-median problems, European Journal of Operational Research 21 (1985) 270-273.
    """
    space = _Space(instance, prices, rule_prices)
    price, scaled = space.prices, space.scaled
    best = space.look(price, scaled)
    kept, direction, share, tired = (price, scaled), np.zeros(len(price) + len(scaled)), first_step, 0
    now = best
    for _ in range(iterations):
        if best.value >= enough or share < LAST_STEP or watch.over():
            break
        gradient = space.gradient(now, price, scaled)
        direction = gradient + _DEFLECTION * direction
        length = float(direction @ direction)
        if length == 0.0:
            break
        aim = upper + 0.01 * abs(upper) - now.value
        move = share * aim / length * direction
        price = np.clip(price + move[: len(price)], None, space.ceiling)
        scaled = np.maximum(scaled + move[len(price) :], 0.0)
        now = space.look(price, scaled)
        tired += 1
        if now.value > best.value:
            if now.value > best.value + 1e-6 * abs(best.value):
                tired = 0
            best, kept = now, (price, scaled)
            if found is not None:
                upper = min(upper, found(best.sites))
        if tired >= _PATIENCE:
            share, tired, now = share * _SHRINK, 0, best
            price, scaled = kept
            direction = np.zeros_like(direction)
            price = space.narrow(price)
    return best


class _Space:
    """The pairs that matter near some prices: those that cost less than a ceiling on the price of their row.

    Prices never exceed the ceiling, so the bound is exact for them whatever the ceiling is.
    """

    def __init__(
        self, instance: Instance, prices: NDArray[np.float64], rule_prices: NDArray[np.float64] | None
    ) -> None:
        self.instance = instance
        self.prices = np.minimum(prices, instance.base)
        rules = instance.rules
        lower, upper = rules.limits()
        self._has_upper, self._has_lower = np.isfinite(upper), np.isfinite(lower)
        self._limits = np.concatenate([upper[self._has_upper], -lower[self._has_lower]])
        self._columns = np.arange(instance.n_sites)
        n_rules = len(self._limits)
        self.narrow(self.prices)
        self._unit = 1.0
        start = np.zeros(n_rules) if rule_prices is None else rule_prices
        if n_rules:
            reduced = np.abs(self._reduced(self.prices, start))
            typical = float(np.sort(reduced)[-max(instance.count, 1) :].mean()) if len(reduced) else 0.0
            usual = float(np.abs(self.prices).mean()) if len(self.prices) else 0.0
            self._unit = np.sqrt(max(typical, 1e-12) / max(usual, 1e-12))
        self.scaled = start / self._unit

    def narrow(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Choose the pairs near some prices; return the prices."""
        pairs = self.instance.pairs
        room = np.maximum(
            prices * _HEADROOM, prices + 0.25 * float(np.abs(prices).mean() if len(prices) else 0)
        )
        self.ceiling = np.minimum(self.instance.base, room)
        near = pairs.where(pairs.cost < self.ceiling[pairs.row])
        self._cost, self._row, self._site = near.cost, near.row, near.columns()
        self._filled = np.diff(near.ptr) > 0
        self._starts = near.ptr[:-1][self._filled]
        return prices

    def _reduced(self, price: NDArray[np.float64], rule_price: NDArray[np.float64]) -> NDArray[np.float64]:
        reduced = self.instance.site_cost.copy()
        if len(self._starts):
            saved = np.minimum(self._cost - price[self._row], 0.0)
            reduced[self._filled] += np.add.reduceat(saved, self._starts)
        if len(self._limits):
            reduced += self.instance.rules.matrix.T @ self._signed(rule_price)
        return reduced

    def _signed(self, rule_price: NDArray[np.float64]) -> NDArray[np.float64]:
        signed = np.zeros(len(self.instance.rules), dtype=np.float64)
        n_upper = int(self._has_upper.sum())
        signed[self._has_upper] += rule_price[:n_upper]
        signed[self._has_lower] -= rule_price[n_upper:]
        return signed

    def look(self, price: NDArray[np.float64], scaled: NDArray[np.float64]) -> Dual:
        """Return the bound that some prices give."""
        rule_price = scaled * self._unit
        reduced = self._reduced(price, rule_price)
        count = self.instance.count
        if 0 < count < len(reduced):
            sites = np.argpartition(reduced, count - 1)[:count]
        else:
            sites = self._columns[:count]
        value = self.instance.offset + float(price.sum()) + float(reduced[sites].sum())
        value -= float(rule_price @ self._limits)
        return Dual(value, price, rule_price, reduced, sites)

    def gradient(
        self, now: Dual, price: NDArray[np.float64], scaled: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return a subgradient at the prices just looked at, projected where a price is at its limit."""
        taken = np.zeros(len(now.reduced), dtype=bool)
        taken[now.sites] = True
        serves = taken[self._site] & (self._cost < price[self._row])
        served = np.bincount(self._row[serves], minlength=len(price))
        gradient = np.asarray(1.0 - served, dtype=np.float64)
        gradient[(price >= self.instance.base) & (gradient > 0)] = 0.0
        if not len(self._limits):
            return gradient
        total = self.instance.rules.totals(now.sites)
        over = np.concatenate([total[self._has_upper], -total[self._has_lower]]) - self._limits
        over[(scaled <= 0) & (over < 0)] = 0.0
        return np.concatenate([gradient, self._unit * over])


@dataclass(frozen=True, eq=False)
class Fixing:
    """Sites that a better choice may or may not have (``open``), and those it must have (``chosen``)."""

    open: NDArray[np.intp]
    chosen: NDArray[np.intp]


def fix_sites(dual: Dual, count: int, limit: float) -> Fixing:
    """Decide sites by their reduced costs: what no choice that costs less than ``limit`` can do otherwise.

    With *k* the least reduced cost among those not taken and *t* the largest among those taken, a choice with
    a site that is not taken costs at least ``L + ρ_j - t``, one without a site that is taken ``L + k - ρ_j``.
    """
    taken = np.zeros(len(dual.reduced), dtype=bool)
    taken[dual.sites] = True
    reduced = dual.reduced
    worst_taken = reduced[taken].max() if count else np.inf
    next_best = reduced[~taken].min(initial=np.inf)
    never = ~taken & (dual.value + reduced - worst_taken >= limit)
    always = taken & (dual.value + next_best - reduced >= limit)
    if not count:
        never = ~taken
    return Fixing(np.flatnonzero(~never & ~always), np.flatnonzero(always))
