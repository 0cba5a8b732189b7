"""What the page *Plan* computes beside the page: plans, alternatives, orders, the front and the hindsight.

Each function returns the work of a :class:`planning.ui.jobs.Job`. Nothing here knows Streamlit.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from planning.scenarios.rules import known_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from planning.area import StudyArea
    from planning.model import PlanSettings, Scenario
    from planning.scoring.perturbation import Perturbation
    from planning.siting import Plan, SitingTask
    from planning.siting.alternatives import Alternatives
    from planning.siting.front import FrontPoint
    from planning.siting.order import Hindsight, Order
    from planning.siting.uncertain import UncertainPlan
    from planning.ui.cache import WalkingField
    from planning.ui.jobs import Job

ANALYSIS_LIMIT_S, POINT_LIMIT_S = 60.0, 20.0
MIXED = ("coverage", "walking")
WORKERS = min(os.cpu_count() or 1, 4)
"""Processes that plan anew side by side."""


@dataclass(frozen=True)
class Doing:
    """How far a job is: what it does, how much of it is done, best found and bound of a search."""

    step: Literal["walk", "search", "count"]
    done: int = 0
    total: int = 0
    objective: float = math.nan
    bound: float = math.nan


@dataclass(frozen=True, eq=False)
class Question:
    """What a plan is computed from, complete, so that a thread needs nothing else."""

    field: WalkingField
    scenario: Scenario
    settings: PlanSettings
    scores: pd.Series[float] | None = None


@dataclass(frozen=True, eq=False)
class OrderOutcome:
    """The order for a yearly number and what each beginning of it forgoes."""

    per_step: int
    order: Order
    regret: pd.DataFrame


def open_rooms(area: StudyArea) -> int:
    """Return how many candidates can be chosen."""
    return int((area.candidates["status"] != "closed").sum())


def remaining(area: StudyArea) -> int:
    """Return how many dependances are still to open, those entered by hand considered."""
    from planning.siting.task import rooms_to_open

    return rooms_to_open(area)


def best_count(area: StudyArea) -> int:
    """Return how many rooms count as the best: those still to open, at least one."""
    return max(remaining(area), 1)


def complete(settings: PlanSettings, area: StudyArea) -> PlanSettings:
    """Return settings as they are computed with: a number of rooms, and no scores where they cannot count."""
    count: int | None = max(remaining(area), 1) if settings.count is None else settings.count
    share = settings.score_share if settings.objective in MIXED else 0.0
    if settings.objective == "cover-all":
        count = None
    rules, _ = known_rules(settings.constraints, area)
    return replace(settings, count=count, score_share=share, constraints=rules)


def task_of(question: Question, tell: Callable[[Doing], object]) -> SitingTask:
    """Return the siting problem of a question, with distances as far as its objective needs them."""
    from planning.siting import prepare

    field, settings = question.field, question.settings
    near = settings.objective in {"coverage", "cover-all"}
    distances = field.near if near else field.distances(_walks(tell))
    return prepare(
        field.area, question.scenario, settings, distances, scores=question.scores, network=field.network
    )


def _walks(tell: Callable[[Doing], object]) -> Callable[[int, int], object]:
    return lambda done, total: tell(Doing("walk", done, total))


def _counts(tell: Callable[[Doing], object]) -> Callable[[int, int], object]:
    return lambda done, total: tell(Doing("count", done, total))


def plan_work(question: Question) -> Callable[[Job[Plan]], Plan]:
    """Return the work of computing a plan, and the distances that its effect is measured with."""

    def work(job: Job[Plan]) -> Plan:
        from planning.siting import make_plan

        task = task_of(question, job.tell)
        job.tell(Doing("search"))
        plan = make_plan(
            task,
            question.scenario,
            stop=job.over,
            progress=lambda now: job.tell(Doing("search", objective=now.objective, bound=now.bound)),
        )
        if plan.candidate_ids:
            question.field.distances(_walks(job.tell))
        return plan

    return work


def alternatives_work(question: Question, plan: Plan) -> Callable[[Job[Alternatives]], Alternatives]:
    """Return the work of finding plans that are nearly as good."""

    def work(job: Job[Alternatives]) -> Alternatives:
        from planning.siting.alternatives import find_alternatives

        task = task_of(question, job.tell)
        return find_alternatives(
            task,
            task.columns(plan.candidate_ids),
            stop=job.over,
            progress=_counts(job.tell),
            time_limit=ANALYSIS_LIMIT_S,
        )

    return work


def order_work(question: Question, plan: Plan, per_step: int) -> Callable[[Job[OrderOutcome]], OrderOutcome]:
    """Return the work of ordering a plan's rooms for a number of openings a year."""

    def work(job: Job[OrderOutcome]) -> OrderOutcome:
        from planning.siting.order import exact_order, prefix_regret

        task = task_of(question, job.tell)
        job.tell(Doing("count"))
        order = exact_order(task, task.columns(plan.candidate_ids), per_step, stop=job.over)
        place = {name: column for column, name in enumerate(task.ids)}
        columns = [place[name] for step in order.steps for name in step.candidate_ids]
        regret = prefix_regret(task, columns, stop=job.over, progress=_counts(job.tell))
        return OrderOutcome(per_step, order, regret)

    return work


def front_work(question: Question) -> Callable[[Job[tuple[FrontPoint, ...]]], tuple[FrontPoint, ...]]:
    """Return the work of finding the plans between most need covered and the best-off worst borough."""

    def work(job: Job[tuple[FrontPoint, ...]]) -> tuple[FrontPoint, ...]:
        from planning.siting.front import pareto_front

        task = task_of(question, job.tell)
        boroughs = question.field.area.cells["borough"].to_numpy()
        return pareto_front(
            task, boroughs, stop=job.over, progress=_counts(job.tell), time_limit=POINT_LIMIT_S
        )

    return work


def hindsight_work(question: Question, plan: Plan) -> Callable[[Job[Hindsight]], Hindsight]:
    """Return the work of asking what could be reached if everything could be placed anew."""

    def work(job: Job[Hindsight]) -> Hindsight:
        from planning.siting.order import hindsight

        task = task_of(question, job.tell)
        job.tell(Doing("count"))
        columns = task.columns(plan.candidate_ids)
        return hindsight(task, columns, stop=job.over, time_limit=ANALYSIS_LIMIT_S)

    return work


def uncertain_work(
    question: Question, plan: Plan, perturbation: Perturbation, draws: int
) -> Callable[[Job[UncertainPlan]], UncertainPlan]:
    """Return the work of planning anew for many draws of need."""

    def work(job: Job[UncertainPlan]) -> UncertainPlan:
        from planning.siting.uncertain import uncertain_plan

        task = task_of(question, job.tell)
        job.tell(Doing("count", 0, draws))
        return uncertain_plan(
            task,
            plan.candidate_ids,
            perturbation,
            draws=draws,
            workers=WORKERS,
            stop=job.over,
            progress=_counts(job.tell),
        )

    return work


def variant_of(task: SitingTask, plan: Plan, candidate_ids: Sequence[str]) -> Plan:
    """Return the plan of other rooms, measured by the same objective and against the same bound."""
    from planning.siting.plan import objective_of, opening_order
    from planning.siting.solution import OPTIMAL_GAP, relative_gap

    columns, gains = opening_order(task, task.columns(candidate_ids))
    objective = objective_of(task, columns)
    # what is better than the bound is not possible; a bound of an interrupted search holds all the same
    gap = relative_gap(objective, plan.bound)
    return replace(
        plan,
        status="optimal" if gap <= OPTIMAL_GAP else "feasible",
        objective=objective,
        gap=gap,
        candidate_ids=tuple(task.ids[column] for column in columns),
        gains=tuple(gains),
        problems=(),
    )


def ordered(task: SitingTask, plan: Plan, candidate_ids: Sequence[str]) -> Plan:
    """Return the plan in another order of opening, with what each room gains in it."""
    from planning.siting.plan import figure, with_order

    place = {name: column for column, name in enumerate(task.ids)}
    closest = task.metres[:, : task.n_fixed].min(axis=1, initial=np.inf).astype(np.float64)
    figures = [figure(task, closest)]
    for name in candidate_ids:
        closest = np.minimum(closest, task.metres[:, place[name]])
        figures.append(figure(task, closest))
    gains = [
        math.inf if math.isinf(before) and math.isfinite(after) else before - after
        for before, after in pairwise(figures)
    ]
    return with_order(plan, candidate_ids, [0.0 if math.isnan(gain) else gain for gain in gains])
