"""What becomes of a plan if need is not what the data say: many possible truths, each planned for anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.scoring.perturbation import CHUNK, draw
from planning.siting.coverage import coverage_instance
from planning.siting.instance import median_instance
from planning.siting.plan import figure, objective_of
from planning.siting.repeated import Case, Repeated, solve_all
from planning.siting.search import Warm, minimise
from planning.siting.setting import read_setting
from planning.siting.solution import OPTIMAL_GAP, relative_gap
from planning.siting.task import with_need

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning.scoring.perturbation import Perturbation
    from planning.siting.instance import Instance
    from planning.siting.lagrangian import Dual
    from planning.siting.repeated import Answer
    from planning.siting.setting import Setting
    from planning.siting.task import SitingTask

DRAWS, WORKERS = 200, 2
OBJECTIVES = ("coverage", "walking")
"""Objectives in which need counts; for the others other need changes nothing."""


@dataclass(frozen=True, eq=False)
class UncertainPlan:
    """A plan in many possible truths.

    Parameters
    ----------
    asked, seed
        How many draws were asked for, and their seed.
    table
        One row per draw that was planned for, index ``draw``: ``plan`` and ``best`` (what the plan and the
        best plan of that draw achieve: share of need covered for ``coverage``, mean walk in metres for
        ``walking``), ``loss`` (by how much the plan's objective is worse than the best, as a share of the
        best; for ``walking`` of its walks), ``proven`` (the best is proven to be the best).
    kept
        By room of the plan, in its order: the share of the best plans that have it.
    others
        By other rooms: the share of the best plans that have them, most frequent first.
    """

    asked: int
    seed: int
    table: pd.DataFrame
    kept: pd.Series[float]
    others: pd.Series[float]

    def interval(self, column: str, share: float = 0.9) -> tuple[float, float, float]:
        """Return the lower end, the median and the upper end of the central share of a column."""
        tail = (1.0 - share) / 2.0
        low, middle, high = self.table[column].quantile([tail, 0.5, 1.0 - tail])
        return float(low), float(middle), float(high)


def uncertain_plan(
    task: SitingTask,
    candidate_ids: Sequence[str],
    perturbation: Perturbation,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    workers: int = WORKERS,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> UncertainPlan:
    """Plan anew for many draws of need, and see what a plan is worth in each and which rooms stay.

    The draws are the first ones of :func:`planning.scoring.confidence.confidence` with the same seed; where
    scores count in the objective, their scores count. Each draw is solved to the end, beginning with the plan
    and with the prices of the unperturbed problem. A room gives way only to one that is strictly better. The
    result does not depend on the number of workers; a search that is stopped answers with the draws done.

    Parameters
    ----------
    task
        With ``coverage`` or ``walking`` as objective.
    candidate_ids
        The plan. It may break the rules of the task or have rooms that cannot be chosen: it is measured all
        the same, without rooms that are closed.
    progress
        Told how many draws are done, of how many.

    Raises
    ------
    ValueError
        Need does not count in the objective of the task.
    """
    if task.settings.objective not in OBJECTIVES:
        msg = f"need does not count for {task.settings.objective}"
        raise ValueError(msg)
    parts = [draw(perturbation, seed, chunk) for chunk in range(-(-draws // CHUNK))]

    def truth(number: int) -> SitingTask:
        part, row = parts[number // CHUNK], number % CHUNK
        scores = pd.Series(part.scores[row].astype(np.float64), index=list(perturbation.candidate_ids))
        return with_need(task, part.need(perturbation, row), scores)

    # a room that can no longer be chosen has no part in the plan any more
    known = set(task.ids[task.n_fixed :])
    model = _Model(task, task.columns(name for name in candidate_ids if name in known), stop)
    done = dict[int, _Outcome]()
    if model.problem is not None:
        cases = [lambda number=number: model.case(truth(number)) for number in range(draws)]
        answers = solve_all(model.problem, cases, workers=workers, stop=stop, progress=progress)
        done = {number: model.outcome(truth(number), answer) for number, answer in answers.items()}
    return _result(task, candidate_ids, done, draws, seed)


@dataclass(frozen=True, eq=False)
class _Outcome:
    plan: float
    best: float
    loss: float
    proven: bool
    columns: tuple[int, ...]


class _Model:
    """The siting problem of a task as one in which only need changes."""

    def __init__(self, task: SitingTask, plan: Sequence[int], stop: Callable[[], bool] | None) -> None:
        self._task, self._setting = task, _setting(task, stop)
        place = {int(column): position for position, column in enumerate(self._setting.free)}
        self._own = tuple(plan)
        self._plan = tuple(sorted(place[column] for column in plan if column in place))
        now = self.case(task)
        unit = self._unit()
        plain = Repeated(unit, Warm(self._plan, unit.base, np.empty(0)), task.settings.seed)
        watch = self._setting.watch
        root = minimise(plain.instance(now), watch, seed=task.settings.seed, start=self._plan).root
        self.problem = None if watch.over() else replace(plain, warm=self._warm(plain, now, root))

    def _warm(self, plain: Repeated, now: Case, root: Dual | None) -> Warm:
        """Return plan and prices per unit of weight; without a bound, what the plan costs."""
        if root is not None:
            return Warm(self._plan, root.prices / now.weight, root.rule_prices)
        instance = plain.instance(now)
        n_limits = sum(int(np.isfinite(limit).sum()) for limit in instance.rules.limits())
        return Warm(self._plan, instance.paid(self._plan) / now.weight, np.zeros(n_limits))

    def _unit(self) -> Instance:
        if self._task.settings.objective == "walking":
            return median_instance(self._setting, np.ones(len(self._task.need)))
        instance = coverage_instance(self._setting, self._task.need)
        return replace(instance, base=np.ones(len(instance.base)))

    def case(self, task: SitingTask) -> Case:
        """Return what the need and the scores of a task make of the problem."""
        gain = -task.site_gain[self._setting.free]
        if task.settings.objective == "walking":
            return Case(task.need, gain)
        return Case(coverage_instance(self._setting, task.need).base, gain)

    def outcome(self, task: SitingTask, answer: Answer) -> _Outcome:
        """Measure the plan and the best plan in one draw."""
        return _Outcome(
            plan=self._figure(task, self._own),
            best=self._figure(task, self._columns(answer.sites)),
            loss=self._loss(task, answer),
            proven=relative_gap(answer.cost, answer.bound) <= OPTIMAL_GAP,
            columns=tuple(self._columns(answer.sites)),
        )

    def _columns(self, sites: Sequence[int]) -> list[int]:
        return [int(self._setting.free[site]) for site in sites]

    def _loss(self, task: SitingTask, answer: Answer) -> float:
        """Return by how much the plan's objective is worse than the best, as a share of the best.

        Walks less a bonus for scores can be nothing, so of them it is a share of the walks alone.
        """
        columns = self._columns(answer.sites)
        best, own = objective_of(task, columns), objective_of(task, self._own)
        whole = best
        if task.settings.objective == "walking":
            whole += float(task.site_gain[columns].sum())
        worse = own - best if task.settings.objective == "walking" else best - own
        # a plan that breaks the rules can be better than any that obeys them
        return max(worse, 0.0) / whole if whole > 0.0 else 0.0

    @staticmethod
    def _figure(task: SitingTask, chosen: Sequence[int]) -> float:
        """Return the share of all need that is covered, or the mean walk in metres."""
        columns = [*task.fixed, *chosen]
        value = figure(task, task.metres[:, columns].min(axis=1, initial=np.inf).astype(np.float64))
        if task.settings.objective == "walking":
            return value
        covered = float(task.need.sum()) - value
        return covered / task.need_total if task.need_total > 0 else 0.0


def _setting(task: SitingTask, stop: Callable[[], bool] | None) -> Setting:
    setting = read_setting(
        task.costs(), task.count, list(task.fixed), task.forbidden, task.rules,
        None, None, task.settings.seed, stop, None,
    )  # fmt: skip
    if task.settings.objective == "coverage":
        return replace(setting, pairs=setting.pairs.where(setting.pairs.cost <= task.reach_m))
    return setting


def _result(
    task: SitingTask,
    candidate_ids: Sequence[str],
    done: dict[int, _Outcome],
    asked: int,
    seed: int,
) -> UncertainPlan:
    table = pd.DataFrame(
        [(outcome.plan, outcome.best, outcome.loss, outcome.proven) for outcome in done.values()],
        columns=["plan", "best", "loss", "proven"],
        index=pd.Index(list(done), name="draw"),
    )
    counts = Counter(task.ids[column] for outcome in done.values() for column in outcome.columns)
    many = max(len(done), 1)
    kept = pd.Series({name: counts.pop(name, 0) / many for name in candidate_ids}, dtype=float)
    rest = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    others = pd.Series({name: number / many for name, number in rest}, dtype=float)
    return UncertainPlan(asked, seed, table, kept, others)
