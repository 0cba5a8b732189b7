"""Run CP-SAT within a time, and end it at once when somebody asks for that."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Any

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from collections.abc import Callable

WORKERS = 8
_LOOK_S = 0.05


def run_solver(
    model: cp_model.CpModel,
    limit_s: float,
    over: Callable[[], bool],
    *,
    workers: int = WORKERS,
    seed: int = 0,
    first: bool = False,
    effort: float = math.inf,
    seen: cp_model.CpSolverSolutionCallback | None = None,
    bound: Callable[[float], None] | None = None,
) -> tuple[cp_model.CpSolver, Any]:
    """Return the solver and its status.

    Parameters
    ----------
    limit_s
        Seconds at most.
    over
        Asked many times a second, in a thread of its own, whether to end.
    first
        End with the first solution.
    effort
        Work at most, in the solver's own measure, which does not depend on the machine's speed.
    seen, bound
        Told each better solution and each better bound.
    """
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(limit_s, 0.01)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    solver.parameters.stop_after_first_solution = first
    if math.isfinite(effort):
        solver.parameters.max_deterministic_time = effort
    if bound is not None:
        solver.best_bound_callback = bound
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK_S):
            if over():
                solver.stop_search()
                return

    watcher = threading.Thread(target=watch, name="rota-watch", daemon=True)
    watcher.start()
    try:
        status = solver.solve(model, seen)
    finally:
        done.set()
        watcher.join()
    return solver, status
