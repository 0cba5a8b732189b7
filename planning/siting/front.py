"""Efficiency against equity: the plans of which none is better in both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.siting import highs
from planning.siting.core import core_of
from planning.siting.pairs import row_keys, sums
from planning.siting.solution import OPTIMAL_GAP, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planning.siting.core import Core
    from planning.siting.task import SitingTask

_TIE_BREAK = 1e-7
_TOLERANCE, _EVEN_S = 1e-9, 15.0


@dataclass(frozen=True)
class FrontPoint:
    """One plan of the front.

    Parameters
    ----------
    candidate_ids
        Its rooms.
    efficiency
        Share of all need covered.
    equity
        Share covered in the borough where it is lowest.
    proven
        No plan with at least this equity covers more (to a gap of 1e-6).
    """

    candidate_ids: tuple[str, ...]
    efficiency: float
    equity: float
    proven: bool


def pareto_front(
    task: SitingTask,
    boroughs: Sequence[object] | NDArray[np.object_],
    *,
    points: int = 8,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], object] | None = None,
    time_limit: float | None = 30.0,
) -> tuple[FrontPoint, ...]:
    r"""Return plans between most need covered and the best-covered worst borough.

    ε-constraint method: for growing ε maximise the need covered so that every borough *d* has at least the
    share ε covered, with a small reward for the worst share so that no point is dominated::

        minimise    Σ_r w_r z_r + δ m
        subject to  z_r + Σ_{j ∈ N_r} y_j >= 1              for all r: cells of one borough, same sites
                    Σ_{r ∈ d} w_r z_r <= W_d m              for all boroughs d
                    m <= 1 - ε,  Σ_j y_j = p,  the rules

    The front is of coverage within the scenario's minutes, whatever the objective of the task.

    Parameters
    ----------
    boroughs
        Borough of each cell of the study area; cells in none count for efficiency only.
    points
        Points wanted, evenly spread over the range of equity; fewer where plans coincide.
    stop, progress, time_limit
        Ends with the points found; the limit is seconds for one point.

    Returns
    -------
    tuple of FrontPoint
        From the most efficient to the most equitable.

    References
    ----------
    Y. Y. Haimes, L. S. Lasdon, D. A. Wismer, On a bicriterion formulation of the problems of integrated
    system identification and system optimization, IEEE Transactions on Systems, Man, and Cybernetics 1 (1971)
    296-297. G. Mavrotas, Effective implementation of the ε-constraint method in multi-objective mathematical
    programming problems, Applied Mathematics and Computation 213 (2009) 455-465.
    """
    front = _Front(task, np.asarray(boroughs, dtype=object)[task.cells], time_limit, stop)
    found: list[FrontPoint] = []

    def add(point: FrontPoint | None) -> FrontPoint | None:
        if point is not None:
            found.append(point)
        if progress is not None:
            progress(min(len(found), points), points)
        return point

    first = add(front.most_covered(0.0))
    if first is None or points == 1:
        return tuple(found)
    last = front.most_even()
    if last is None or last <= first.equity + _TOLERANCE:
        return tuple(found)
    levels = np.linspace(first.equity, last, points)[1:]
    for level in levels:
        if front.over():
            break
        if found[-1].equity >= level:
            continue
        if add(front.most_covered(float(level))) is None:
            break
    return _non_dominated(found)


def _non_dominated(points: Sequence[FrontPoint]) -> tuple[FrontPoint, ...]:
    kept = [
        one
        for one in points
        if not any(
            other.efficiency >= one.efficiency
            and other.equity >= one.equity
            and (other.efficiency, other.equity) != (one.efficiency, one.equity)
            for other in points
        )
    ]
    distinct = {(point.efficiency, point.equity): point for point in reversed(kept)}
    return tuple(sorted(distinct.values(), key=lambda point: (-point.efficiency, point.equity)))


class _Front:
    """The model of one task: sites, misses by kind of cell and borough, and the worst share missed."""

    def __init__(
        self,
        task: SitingTask,
        borough: NDArray[np.object_],
        time_limit: float | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self._task, self._limit = task, time_limit
        self._watch = Watch(None, stop)
        self._core = _coverage_core(task)
        self._need_total = task.need_total
        codes, _ = pd.factorize(pd.Series(borough), use_na_sentinel=True)
        self._borough = codes.astype(np.intp)
        self._totals = sums(codes[codes >= 0], task.need[codes >= 0], 1)
        self._build()

    def over(self) -> bool:
        """Tell whether somebody stopped the search."""
        return self._watch.over()

    def _build(self) -> None:
        core, task = self._core, self._task
        setting = core.setting
        free = setting.pairs.take(setting.free)
        _, by = setting.pairs.nearest(setting.fixed)
        rows = np.flatnonzero(by < 0)
        keys = np.column_stack([row_keys(free), (self._borough + 1).astype(np.uint64)])
        _, example, number = np.unique(keys[rows], axis=0, return_index=True, return_inverse=True)
        self._kind_of = rows[example]
        weight = sums(number.reshape(-1), task.need[rows], len(example))
        self._model = self._rows(weight, free.ptr, free.row)

    def _rows(self, weight: NDArray[np.float64], ptr: NDArray[np.intp], row: NDArray[np.intp]) -> highs.Model:
        core, n_kinds = self._core, len(weight)
        m = len(core.setting.free)
        place = np.full(len(self._task.need), -1, dtype=np.intp)
        place[self._kind_of] = np.arange(n_kinds)
        site = np.repeat(np.arange(m), np.diff(ptr))
        held = place[row] >= 0
        borough = self._borough[self._kind_of]
        inside = np.flatnonzero(borough >= 0)
        n_boroughs, worst = len(self._totals), m + n_kinds
        scale = np.maximum(self._totals, 1e-12)
        rules = core.instance.rules.matrix.tocoo()
        lower, upper = core.instance.rules.limits()
        at = np.cumsum([0, 1, n_kinds, n_boroughs])
        parts = [
            (np.zeros(m, dtype=np.intp), np.arange(m), np.ones(m)),
            (at[1] + place[row[held]], site[held], np.ones(int(held.sum()))),
            (at[1] + np.arange(n_kinds), m + np.arange(n_kinds), np.ones(n_kinds)),
            (at[2] + borough[inside], m + inside, weight[inside] / scale[borough[inside]]),
            (at[2] + np.arange(n_boroughs), np.full(n_boroughs, worst), -np.ones(n_boroughs)),
            (at[3] + rules.coords[0], rules.coords[1], rules.data),
        ]
        count = float(core.setting.p)
        total = max(float(weight.sum()), 1e-12)
        return highs.Model(
            cost=np.concatenate([np.zeros(m), weight, [_TIE_BREAK * total]]),
            upper=np.ones(m + n_kinds + 1),
            n_integer=m,
            matrix=highs.stack(parts, (int(at[3]) + len(lower), m + n_kinds + 1)),
            row_lower=np.concatenate([[count], np.ones(n_kinds), np.full(n_boroughs, -np.inf), lower]),
            row_upper=np.concatenate([[count], np.full(n_kinds, np.inf), np.zeros(n_boroughs), upper]),
        )

    def _solve(self, model: highs.Model, gap: float, limit: float | None = None) -> highs.Outcome:
        watch = Watch(self._limit if limit is None else limit, self._watch.over)
        seed = self._task.settings.seed
        return highs.solve(model, watch, seed=seed, absolute_gap=gap)

    def most_covered(self, least_share: float) -> FrontPoint | None:
        """Return the plan that covers most while every borough has at least a share covered."""
        upper = self._model.upper.copy()
        upper[-1] = 1.0 - least_share + _TOLERANCE
        total = float(self._model.cost[:-1].sum())
        answer = self._solve(_with_upper(self._model, upper), 0.1 * OPTIMAL_GAP * total)
        if answer.x is None:
            return None
        value = float(self._model.cost @ answer.x)
        covered = self._task.need_total - (value - self._model.cost[-1] * float(answer.x[-1]))
        proven = bool(value - answer.bound <= OPTIMAL_GAP * max(covered, 1e-9))
        return self._point(answer.x, proven=proven)

    def most_even(self) -> float | None:
        """Return the greatest share found that every borough can have covered: where the points end."""
        cost = np.zeros(len(self._model.cost))
        cost[-1] = 1.0
        answer = self._solve(_with_cost(self._model, cost), 1e-4, _EVEN_S)
        if answer.x is None:
            return None
        return self._point(answer.x, proven=False).equity

    def _point(self, x: NDArray[np.float64], *, proven: bool) -> FrontPoint:
        core, task = self._core, self._task
        chosen = np.flatnonzero(x[: len(core.setting.free)] > highs.INTEGER_HALF)
        columns = core.columns(chosen.tolist())
        covered = (task.metres[:, [*task.fixed, *columns]] <= task.reach_m).any(axis=1)
        share = float(task.need[covered].sum()) / self._need_total if self._need_total > 0 else np.nan
        known = self._borough >= 0
        inside = np.bincount(
            self._borough[known],
            weights=np.where(covered, task.need, 0.0)[known],
            minlength=len(self._totals),
        )
        has_need = self._totals > 0
        worst = float((inside[has_need] / self._totals[has_need]).min()) if has_need.any() else np.nan
        return FrontPoint(core.names(chosen.tolist()), share, worst, proven)


def _coverage_core(task: SitingTask) -> Core:
    settings = replace(task.settings, objective="coverage", score_share=0.0)
    return core_of(replace(task, settings=settings, site_gain=np.zeros(len(task.ids))))


def _with_upper(model: highs.Model, upper: NDArray[np.float64]) -> highs.Model:
    return replace(model, upper=upper)


def _with_cost(model: highs.Model, cost: NDArray[np.float64]) -> highs.Model:
    return replace(model, cost=cost)
