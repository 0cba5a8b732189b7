"""A weekly plan by CP-SAT: one goal after the other, each without costing those before it anything.

Lexicographic optimisation: goal *k* is minimised under ``g_j <= best_j`` for all *j < k* (M. Ehrgott,
Multicriteria Optimization, 2nd ed., Springer 2005, section 5.1). The solver is CP-SAT of Google OR-Tools
(L. Perron, F. Didier, https://developers.google.com/optimization/cp/cp_solver).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ortools.sat.python import cp_model

from planning.errors import PlanningError
from planning.rota.building import RotaModel
from planning.rota.check import check
from planning.rota.goals import goal_values
from planning.rota.model import GoalResult, Rota
from planning.rota.objectives import goal
from planning.rota.running import WORKERS, run_solver

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from planning.rota.model import Duty, GoalName, RotaTask, RuleRef, Status

TIME_LIMIT_S = 60.0
_LARGEST, _END_S = 2**40, 1.0
_EFFORT = 60.0


@dataclass(frozen=True)
class RotaProgress:
    """How far the search is.

    Parameters
    ----------
    goal
        The goal that is worked on; ``None`` while the first plan is searched for.
    number, total
        The how manieth of how many goals.
    value, bound
        Best found for it, and the least that is possible; ``None`` while unknown.
    """

    goal: GoalName | None
    number: int
    total: int
    value: int | None = None
    bound: int | None = None


@dataclass(eq=False)
class _Search:
    """What is known during a search, and what ends it."""

    deadline: float
    over: Callable[[], bool]
    workers: int
    seed: int
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()

    def run(self, model: cp_model.CpModel, limit_s: float, **asked: Any) -> tuple[cp_model.CpSolver, Any]:
        given = {"workers": self.workers, "seed": self.seed} | asked
        return run_solver(model, min(limit_s, self.left), self.over, **given)


class _Seen(cp_model.CpSolverSolutionCallback):
    """Tells each better plan."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        super().__init__()
        self._tell = tell

    def on_solution_callback(self) -> None:
        """Tell the value of the goal."""
        self._tell(round(self.objective_value))


def solve(
    task: RotaTask,
    *,
    time_limit_s: float = TIME_LIMIT_S,
    lifted: AbstractSet[RuleRef] = frozenset(),
    seed: int = 0,
    workers: int = WORKERS,
    tell: Callable[[RotaProgress], None] | None = None,
    over: Callable[[], bool] = lambda: False,
) -> Rota:
    """Find a weekly plan.

    Parameters
    ----------
    time_limit_s
        Seconds for everything; what is best by then is returned, with bounds.
    lifted
        Rules that do not hold.
    tell
        Called with how far it is, from the solver's threads.
    over
        Asked many times a second whether to end with the best there is.

    Returns
    -------
    Rota
        Values of the goals are counted anew (:func:`planning.rota.goals.goal_values`), not the solver's.

    Raises
    ------
    PlanningError
        ``rota_broken``: the plan breaks a rule (:func:`planning.rota.check.check`), which would be a fault of
        this package.
    """
    for_the_end = min(_END_S, time_limit_s / 20)  # the solver stops a little late, and the plan is checked
    search = _Search(time.monotonic() + time_limit_s - for_the_end, over, workers, seed)
    tell = tell or (lambda _state: None)
    built = RotaModel(task, lifted)
    total = len(task.goals)
    tell(RotaProgress(None, 0, total))
    solver, status = search.run(built.model, search.left, first=True)
    seconds = time.monotonic() - search.started
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        what: Status = "infeasible" if status == cp_model.INFEASIBLE else "unknown"
        return Rota(what, seconds=seconds, stopped=over())
    duties, results = _improve(task, built, search, solver, tell)
    proven = all(one.proven for one in results)
    if proven and not over():
        duties = _settled(task, lifted, results, search) or duties
    if not lifted and (wrong := check(task, duties)):
        raise PlanningError("rota_broken", rules=", ".join(sorted({one.kind for one in wrong})))
    return Rota(
        "optimal" if proven else "feasible", duties, tuple(results), seconds,
        time.monotonic() - search.started, over(),
    )  # fmt: skip


def _improve(
    task: RotaTask,
    built: RotaModel,
    search: _Search,
    solver: cp_model.CpSolver,
    tell: Callable[[RotaProgress], None],
) -> tuple[tuple[Duty, ...], list[GoalResult]]:
    """Take up one goal after the other from the first plan on."""
    model = built.model
    bounds: list[int] = []
    total = len(task.goals)
    expressions = [goal(built, name) for name in task.goals]
    duties = built.duties(solver.value)
    for number, (name, expression) in enumerate(zip(task.goals, expressions, strict=True), start=1):
        best = goal_values(task, duties)[name]
        state = _State(RotaProgress(name, number, total, best), tell)
        if best == 0 or search.left <= 0 or search.over():
            bounds.append(0)
        else:
            model.minimize(expression)
            _hint(built, model, duties)
            part = search.left / (total - number + 1) if number < total else search.left
            limit_s = max(part, search.left / 2)
            solver, status = search.run(model, limit_s, seen=_Seen(state.found), bound=state.bound)
            if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
                duties = built.duties(solver.value)
                best = goal_values(task, duties)[name]
            exact = status == cp_model.OPTIMAL
            bounds.append(best if exact else min(best, max(0, math.ceil(solver.best_objective_bound - 1e-6))))
            model.clear_objective()  # type: ignore[no-untyped-call]
        model.add(expression <= best)
    values = goal_values(task, duties)
    return duties, [
        GoalResult(name, values[name], min(bound, values[name]), bound >= values[name])
        for name, bound in zip(task.goals, bounds, strict=True)
    ]


def _settled(
    task: RotaTask, lifted: AbstractSet[RuleRef], results: list[GoalResult], search: _Search
) -> tuple[Duty, ...]:
    """Return one of the best plans, the same in each run; nothing if it takes too much work.

    Many plans can be equally good, and which of them several workers find first is chance. One worker that
    looks for a plan as good as that takes the same way each time.
    """
    built = RotaModel(task, lifted)
    for result in results:
        built.model.add(goal(built, result.name) <= result.value)
    solver, status = search.run(built.model, search.left, first=True, workers=1, effort=_EFFORT)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return ()
    return built.duties(solver.value)


class _State:
    """The latest of what is known about a goal, told on."""

    def __init__(self, start: RotaProgress, tell: Callable[[RotaProgress], None]) -> None:
        self._now, self._tell = start, tell
        tell(start)

    def found(self, value: int) -> None:
        self._change(value, self._now.bound)

    def bound(self, bound: float) -> None:
        if abs(bound) < _LARGEST:
            self._change(self._now.value, max(0, math.ceil(bound - 1e-6)))

    def _change(self, value: int | None, bound: int | None) -> None:
        now = self._now
        self._now = RotaProgress(now.goal, now.number, now.total, value, bound)
        self._tell(self._now)


def _hint(built: RotaModel, model: cp_model.CpModel, duties: tuple[Duty, ...]) -> None:
    """Start the search from a plan."""
    model.clear_hints()  # type: ignore[no-untyped-call]
    by_visit = {(duty.place, duty.visit): duty for duty in duties}
    here = [by_visit[built.task.places[visit.place].id, visit.number] for visit in built.visits]
    for visit, duty in zip(built.visits, here, strict=True):
        for slot, one in zip(visit.slots, visit.chosen, strict=True):
            model.add_hint(one, slot == duty.slot)
    for (number, member), goes in built.serves.items():
        model.add_hint(goes, member in here[number].members)
