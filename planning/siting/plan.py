"""A plan: the rooms to open next in a study area, how good they are and in which order they gain most."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planning.siting.coverage import max_coverage
from planning.siting.covering import p_center, set_cover
from planning.siting.median import p_median

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planning.errors import Fault
    from planning.model import PlanSettings, Scenario
    from planning.siting.solution import Progress, Solution, Status
    from planning.siting.task import SitingTask


@dataclass(frozen=True, eq=False)
class Plan:
    """The chosen rooms and what is proven about them.

    Parameters
    ----------
    settings, scenario
        What was asked.
    status, objective, bound, gap, seconds, problems
        As in :class:`planning.siting.Solution`. The objective is need (``coverage``, with the scores' part if
        they have one), need times metres (``walking``), metres (``worst``) or rooms (``cover-all``).
    candidate_ids
        The chosen rooms in the order of opening: each next one gains most.
    gains
        What each adds to covered need (``coverage``, ``cover-all``) or takes off the objective's figure
        (mean walk in metres for ``walking``, longest walk for ``worst``) when opened in this order.
    need_out_of_reach
        Need that nobody can reach: neither an open site nor any candidate is connected to it on foot or, for
        ``cover-all``, within the reach. It is left out of the objective.
    """

    settings: PlanSettings
    scenario: Scenario
    status: Status
    objective: float
    bound: float
    gap: float
    seconds: float
    candidate_ids: tuple[str, ...]
    gains: tuple[float, ...]
    need_out_of_reach: float
    problems: tuple[Fault, ...] = ()


def solve_task(
    task: SitingTask,
    *,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], object] | None = None,
    fixed: Sequence[int] | None = None,
    count: int | None = None,
    time_limit: float | None = None,
) -> Solution:
    """Solve the model that the settings name, exactly.

    Parameters
    ----------
    stop, progress
        As for :func:`planning.siting.p_median`.
    fixed
        Columns to take as open, instead of the open sites.
    count
        Rooms to choose, instead of the task's.
    time_limit
        Seconds, instead of the settings'.
    """
    settings = task.settings
    held = list(task.fixed if fixed is None else fixed)
    p = task.count if count is None else count
    limit = settings.time_limit_s if time_limit is None else time_limit
    costs = task.costs(held)
    if settings.objective == "coverage":
        return max_coverage(
            costs, task.need, p, task.reach_m,
            fixed=held, forbidden=task.forbidden, rules=task.rules, site_gain=task.site_gain,
            time_limit=limit, seed=settings.seed, stop=stop, progress=progress,
        )  # fmt: skip
    if settings.objective == "walking":
        return p_median(
            costs, task.need, p,
            fixed=held, forbidden=task.forbidden, rules=task.rules, site_cost=-task.site_gain,
            time_limit=limit, seed=settings.seed, stop=stop, progress=progress,
        )  # fmt: skip
    if settings.objective == "worst":
        return p_center(
            costs, p,
            fixed=held, forbidden=task.forbidden, rules=task.rules,
            time_limit=limit, seed=settings.seed, stop=stop, progress=progress,
        )  # fmt: skip
    return set_cover(
        costs.tocsr()[task.coverable()], task.reach_m,
        fixed=held, forbidden=task.forbidden, rules=task.rules,
        time_limit=limit, seed=settings.seed, stop=stop, progress=progress,
    )  # fmt: skip


def make_plan(
    task: SitingTask,
    scenario: Scenario,
    *,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> Plan:
    """Choose the rooms and put them into the order in which each next one gains most.

    Parameters
    ----------
    task
        From :func:`planning.siting.task.prepare`.
    scenario
        The scenario the task was prepared with.
    """
    solution = solve_task(task, stop=stop, progress=progress)
    return as_plan(task, scenario, solution)


def as_plan(task: SitingTask, scenario: Scenario, solution: Solution) -> Plan:
    """Make a plan of a solution of its task."""
    columns, gains = opening_order(task, solution.sites)
    outside = task.need_out_of_reach
    if task.settings.objective == "cover-all":
        outside += float(task.need[~task.coverable()].sum())
    return Plan(
        settings=task.settings,
        scenario=scenario,
        status=solution.status,
        objective=solution.objective,
        bound=solution.bound,
        gap=solution.gap,
        seconds=solution.seconds,
        candidate_ids=tuple(task.ids[column] for column in columns),
        gains=tuple(gains),
        need_out_of_reach=outside,
        problems=solution.problems,
    )


def opening_order(task: SitingTask, columns: Sequence[int]) -> tuple[list[int], list[float]]:
    """Return chosen columns in the order in which each next one gains most, and what each gains.

    What counts as a gain is told at :class:`Plan`. Of equal gains the room with the smaller identifier comes
    first. Putting the most gaining first is within a factor of ``1 - 1/e`` of the best prefix of any length
    for covered need (G. L. Nemhauser, L. A. Wolsey, M. L. Fisher, Mathematical Programming 14 (1978)
    265-294).
    """
    left, order, gains = sorted(columns), list[int](), list[float]()
    closest = task.metres[:, : task.n_fixed].min(axis=1, initial=np.inf).astype(np.float64)
    while left:
        figures = [figure(task, np.minimum(closest, task.metres[:, column])) for column in left]
        best = int(np.argmin(figures))
        gains.append(_difference(figure(task, closest), figures[best]))
        closest = np.minimum(closest, task.metres[:, left[best]])
        order.append(left.pop(best))
    return order, gains


def _difference(before: float, after: float) -> float:
    if math.isinf(before):
        return 0.0 if math.isinf(after) else math.inf
    return before - after


def figure(task: SitingTask, closest: NDArray[np.float64]) -> float:
    """Return what an objective makes of the walks to the nearest site; less is better.

    Need beyond the reach for ``coverage`` and ``cover-all``, mean walk in metres for ``walking``, longest
    walk for ``worst``; ``inf`` where somebody cannot walk to any site.
    """
    if task.settings.objective in {"coverage", "cover-all"}:
        return float(task.need[~(closest <= task.reach_m)].sum())
    if task.settings.objective == "walking":
        total = float(task.need.sum())
        return float(task.need @ closest) / total if total > 0 else 0.0
    return float(closest.max(initial=0.0))


def objective_of(task: SitingTask, columns: Sequence[int]) -> float:
    """Return the objective of open sites and some columns, as a solution of the task states it."""
    if task.settings.objective == "cover-all":
        return float(len(columns))
    every = [*task.fixed, *columns]
    value = figure(task, task.metres[:, every].min(axis=1, initial=np.inf).astype(np.float64))
    total, bonus = float(task.need.sum()), float(task.site_gain[list(columns)].sum())
    if task.settings.objective == "coverage":
        return total - value + bonus
    return value * total - bonus if task.settings.objective == "walking" else value


def with_order(plan: Plan, candidate_ids: Sequence[str], gains: Sequence[float]) -> Plan:
    """Return the plan in another order of opening."""
    return replace(plan, candidate_ids=tuple(candidate_ids), gains=tuple(gains))
