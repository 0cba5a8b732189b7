"""In which order to open: exact sequences, what each beginning forgoes, and what existing sites cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.siting.core import core_of, upper_only
from planning.siting.plan import figure, opening_order, solve_task
from planning.siting.search import minimise
from planning.siting.solution import OPTIMAL_GAP, Watch, relative_gap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planning.siting.task import SitingTask

EXACT_UP_TO = 16
_SIZES = 25


@dataclass(frozen=True)
class OrderStep:
    """Rooms that open together, and the figure (:func:`planning.siting.plan.figure`) once they have."""

    candidate_ids: tuple[str, ...]
    figure: float


@dataclass(frozen=True)
class Order:
    """A sequence of opening; ``proven`` if no other sequence of such steps has better figures in sum."""

    steps: tuple[OrderStep, ...]
    proven: bool


@dataclass(frozen=True)
class Hindsight:
    """What the existing sites cost: the plan beside the best one if all places could be chosen anew.

    Parameters
    ----------
    figure_plan
        Figure (:func:`planning.siting.plan.figure`) with the open sites and the plan.
    figure_anew
        Figure of as many places chosen freely among open sites and candidates; ``NaN`` if none was found.
    bound
        No free choice has a lower figure.
    ids
        The places chosen freely, sites and candidates.
    sites_kept
        Open sites among them.
    proven
        ``True`` if the free choice is proven to be the best.
    """

    figure_plan: float
    figure_anew: float
    bound: float
    ids: tuple[str, ...]
    sites_kept: tuple[str, ...]
    proven: bool


def exact_order(
    task: SitingTask,
    columns: Sequence[int],
    per_step: int,
    *,
    stop: Callable[[], bool] | None = None,
) -> Order:
    """Return the best sequence of opening so many rooms at a time.

    With ``f(S)`` the figure once the rooms *S* are open, minimise the sum of ``f`` over the steps, so that
    much is gained early. Dynamic programming over the sets of rooms (M. Held, R. M. Karp, A dynamic
    programming approach to sequencing problems, Journal of SIAM 10 (1962) 196-210); for more than 16 rooms
    the order in which each next one gains most, which is not proven.

    Parameters
    ----------
    columns
        The rooms, as columns of the task.
    per_step
        Rooms that open together, at least 1; the last step has what is left.
    stop
        Asked during the search; true ends it with the order in which each next one gains most.
    """
    rooms = sorted(columns)
    watch = Watch(None, stop)
    chain = None
    if len(rooms) <= EXACT_UP_TO:
        figures = _figures_of_subsets(task, rooms, watch)
        chain = None if figures is None else _best_chain(_finite(figures), len(rooms), per_step)
    if chain is None:
        order, _ = opening_order(task, rooms)
        groups = [order[place : place + per_step] for place in range(0, len(order), per_step)]
        return Order(_steps(task, groups), proven=not rooms)
    groups = [[rooms[bit] for bit in range(len(rooms)) if step >> bit & 1] for step in chain]
    return Order(_steps(task, groups), proven=True)


def _steps(task: SitingTask, groups: Sequence[Sequence[int]]) -> tuple[OrderStep, ...]:
    closest, steps = _closest(task, []), list[OrderStep]()
    for group in groups:
        closest = np.minimum(closest, task.metres[:, list(group)].min(axis=1, initial=np.inf))
        steps.append(OrderStep(tuple(task.ids[column] for column in group), figure(task, closest)))
    return tuple(steps)


def _closest(task: SitingTask, columns: Sequence[int]) -> NDArray[np.float64]:
    every = [*task.fixed, *columns]
    return np.asarray(task.metres[:, every].min(axis=1, initial=np.inf), dtype=np.float64)


def _figures_of_subsets(task: SitingTask, rooms: Sequence[int], watch: Watch) -> NDArray[np.float64] | None:
    """Return the figure of every subset of some rooms, bit by bit; ``None`` if stopped."""
    figures = np.full(1 << len(rooms), np.nan)
    walks = [task.metres[:, column] for column in rooms]
    pending = [(0, 0, _closest(task, []).astype(np.float32))]
    while pending:
        subset, first, closest = pending.pop()
        figures[subset] = figure(task, closest.astype(np.float64))
        if subset % 256 == 0 and watch.over():
            return None
        pending += [
            (subset | 1 << bit, bit + 1, np.minimum(closest, walks[bit])) for bit in range(first, len(rooms))
        ]
    return figures


def _finite(figures: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return figures with one for ``inf`` that weighs more than any sum of the others."""
    known = figures[np.isfinite(figures)]
    most = float(np.abs(known).max(initial=0.0)) + 1.0
    return np.where(np.isfinite(figures), figures, most * (EXACT_UP_TO + 1))


def _best_chain(figures: NDArray[np.float64], n: int, per_step: int) -> list[int]:
    """Return the rooms added at each step, as bits, of the chain of subsets with the least sum of figures."""
    best: dict[int, tuple[float, int]] = {0: (0.0, 0)}
    size = 0
    while size < n:
        step = min(per_step, n - size)
        reached: dict[int, tuple[float, int]] = {}
        for subset, (value, _) in best.items():
            if subset.bit_count() != size:
                continue
            free = [bit for bit in range(n) if not subset >> bit & 1]
            for added in combinations(free, step):
                bits = sum(1 << bit for bit in added)
                total = value + float(figures[subset | bits])
                if (subset | bits) not in reached or total < reached[subset | bits][0]:
                    reached[subset | bits] = (total, bits)
        best |= reached
        size += step
    chain, subset = list[int](), (1 << n) - 1
    while subset:
        bits = best[subset][1]
        chain.append(bits)
        subset &= ~bits
    return chain[::-1]


def prefix_regret(
    task: SitingTask,
    ordered: Sequence[int],
    *,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], object] | None = None,
    time_limit: float | None = None,
) -> pd.DataFrame:
    """Return what each beginning of a sequence forgoes against the best plan of its size.

    The best plan of a size obeys the task's rules but for what they ask for at least, which a part of a plan
    need not fulfil yet.

    Parameters
    ----------
    ordered
        Columns of the task in the order of opening.
    stop, time_limit
        Ends with the sizes looked at so far.
    progress
        Called with sizes done and their number.

    Returns
    -------
    DataFrame
        ``size``; ``figure`` (:func:`planning.siting.plan.figure`) of the first ``size`` rooms;
        ``best_figure`` of the best plan of that size; ``regret``, their difference, 0 or more (``inf`` where
        only the best plan lets everybody walk to a site); ``proven``, whether the best plan is. For more
        than 25 rooms only some sizes.
    """
    watch = Watch(time_limit, stop)
    spread = np.linspace(1, len(ordered), min(len(ordered), _SIZES)) if len(ordered) else np.empty(0)
    sizes = np.unique(spread.astype(np.intp))
    rows: list[tuple[int, float, float, float, bool]] = []
    best_of = _best_sizes(task, watch)
    for done, size in enumerate(sizes, start=1):
        if watch.over():
            break
        own = figure(task, _closest(task, ordered[:size]))
        found = best_of(int(size), ordered[:size])
        if found is not None:
            best, proven = found
            best = min(best, own)
            rows.append((int(size), own, best, 0.0 if own == best else own - best, proven))
        if progress is not None:
            progress(done, len(sizes))
    return pd.DataFrame(rows, columns=["size", "figure", "best_figure", "regret", "proven"])


def _best_sizes(task: SitingTask, watch: Watch) -> Callable[[int, Sequence[int]], tuple[float, bool] | None]:
    """Return a function from a size and a known choice to the best figure and whether it is proven."""
    rules = tuple(upper_only(task.rules))
    if task.settings.objective == "worst":
        eased = replace(task, rules=rules)

        def by_center(size: int, _: Sequence[int]) -> tuple[float, bool] | None:
            left = watch.left()
            limit = left if np.isfinite(left) else None
            solution = solve_task(eased, count=size, stop=watch.over, time_limit=limit)
            if not solution.sites:
                return None
            return figure(task, _closest(task, solution.sites)), solution.status == "optimal"

        return by_center
    core = core_of(replace(task, site_gain=np.zeros(len(task.ids))), rules=rules, count=0)

    def by_core(size: int, known: Sequence[int]) -> tuple[float, bool] | None:
        instance = replace(core.instance, count=size)
        found = minimise(instance, watch, seed=task.settings.seed, start=core.positions(known))
        if found.sites is None:
            return None
        best = figure(task, _closest(task, core.columns(found.sites)))
        return best, relative_gap(found.cost, found.bound) <= OPTIMAL_GAP

    return by_core


def hindsight(
    task: SitingTask,
    columns: Sequence[int],
    *,
    stop: Callable[[], bool] | None = None,
    time_limit: float | None = 60.0,
) -> Hindsight:
    """Ask what could be reached if as many places, open ones included, were chosen freely.

    No rules hold for the free choice; it is how far from the best the city is by what it has already. Walks
    beyond the distances of the task do not exist for it.

    Parameters
    ----------
    columns
        The plan.
    stop, time_limit
        Ends the search with the best found.
    """
    own = figure(task, _closest(task, columns))
    free = replace(task, rules=(), forbidden=(), site_gain=np.zeros(len(task.ids)), n_fixed=0)
    if task.settings.objective == "cover-all":
        free = replace(free, settings=replace(task.settings, objective="coverage"))
    count = task.n_fixed + len(columns)
    solution = solve_task(free, fixed=(), count=count, stop=stop, time_limit=time_limit)
    scale = float(task.need.sum()) if task.settings.objective == "walking" else 1.0
    bound = solution.bound / scale if scale > 0 else 0.0
    if free.settings.objective == "coverage":
        bound = float(task.need.sum()) - solution.bound
    anew = figure(task, _anew(task, solution.sites)) if solution.sites else float("nan")
    return Hindsight(
        figure_plan=own,
        figure_anew=anew,
        bound=bound,
        ids=tuple(task.ids[column] for column in solution.sites),
        sites_kept=tuple(task.ids[column] for column in solution.sites if column < task.n_fixed),
        proven=solution.status == "optimal",
    )


def _anew(task: SitingTask, columns: Sequence[int]) -> NDArray[np.float64]:
    return np.asarray(task.metres[:, list(columns)].min(axis=1, initial=np.inf), dtype=np.float64)
