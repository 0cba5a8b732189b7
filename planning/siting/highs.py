"""Mixed-integer programs for HiGHS: passed as arrays, watched while they run, read back with their bound."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planning.siting.solution import Watch

INTEGER_HALF = 0.5
_LONGEST_S, _LOOK_S, _GRACE_S = 1e7, 0.05, 0.05
_SMALL, _USUAL, _LARGE = 1.0, 1e4, 1e6
End = Literal["done", "infeasible", "stopped"]


@dataclass(frozen=True, eq=False)
class Model:
    """Minimise ``cost · x + offset`` with ``row_lower <= matrix @ x <= row_upper``, ``0 <= x <= upper``.

    The first ``n_integer`` variables are whole numbers.
    """

    cost: NDArray[np.float64]
    upper: NDArray[np.float64]
    n_integer: int
    matrix: sparse.csr_array
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    offset: float = 0.0


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a solver found: ``x`` is ``None`` without a solution; ``bound`` is a proven lower bound.

    ``end`` is ``done`` (searched to the end), ``infeasible`` or ``stopped``.
    """

    end: End
    x: NDArray[np.float64] | None
    bound: float


def solve(
    model: Model,
    watch: Watch,
    *,
    seed: int = 0,
    absolute_gap: float = 0.0,
    better_than: float = math.inf,
    target: float = -math.inf,
    size: float | None = None,
) -> Outcome:
    """Solve a model with HiGHS.

    Parameters
    ----------
    watch
        Ends the search when time is up or somebody stops it.
    absolute_gap
        The search may end once solution and bound differ by no more.
    better_than
        Only solutions below this are looked for; ``infeasible`` then means that there is none.
    target
        The search ends with the first solution that is no worse.
    size
        About what the objective is, so that the solver's absolute tolerances can be made to suit it; the
        largest coefficient if left out.

    References
    ----------
    Q. Huangfu, J. A. J. Hall, Parallelizing the dual revised simplex method, Mathematical Programming
    Computation 10 (2018) 119-142.
    """
    if watch.over():
        return Outcome("stopped", None, -math.inf)
    if not len(model.cost):
        return _without_variables(model)
    scale = _scale(model, size)
    solver = _quiet_solver()
    options: dict[str, Any] = {
        "threads": 1,
        "random_seed": seed,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": absolute_gap / scale,
        "mip_feasibility_tolerance": 1e-7,
    }
    if math.isfinite(better_than):
        options["objective_bound"] = better_than / scale
    if math.isfinite(target):
        options["objective_target"] = target / scale
    if math.isfinite(watch.left()):
        options["time_limit"] = min(watch.left(), _LONGEST_S)
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(_highs_lp(model, scale))
    run = _Run(solver, watch)
    if not run.to_end():
        return Outcome("stopped", None, run.bound * scale)
    end, x, bound = _outcome(solver, run.bound)
    return Outcome(end, x, better_than if end == "infeasible" else bound * scale)


def _quiet_solver() -> Any:
    """Return a solver that writes nothing; the plain one greets on standard output before it can be told."""
    import highspy  # slow to load; the pages that plan nothing do without it

    class Quiet(highspy.Highs):
        def enableCallbacks(self) -> None:  # noqa: N802 - the name it has there
            self.silent()
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    return Quiet()  # type: ignore[no-untyped-call]


def _scale(model: Model, about: float | None) -> float:
    """Return what to divide the objective by, so that the solver's absolute tolerances suit it."""
    largest = float(np.abs(model.cost).max(initial=0.0))
    size = largest if about is None else abs(about)
    if largest <= _LARGE and _SMALL <= size <= _LARGE:
        return 1.0
    return max(size, largest / _LARGE) / _USUAL if size > 0.0 else max(largest, 1e-300) / _USUAL


def _without_variables(model: Model) -> Outcome:
    holds = bool((model.row_lower <= 0).all() and (model.row_upper >= 0).all())
    return Outcome("done" if holds else "infeasible", np.empty(0) if holds else None, model.offset)


def _highs_lp(model: Model, scale: float) -> Any:
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), model.matrix.shape[0]
    lp.col_cost_, lp.offset_ = model.cost / scale, model.offset / scale
    lp.col_lower_, lp.col_upper_ = np.zeros(len(model.cost)), model.upper
    infinite = highspy.kHighsInf
    lp.row_lower_ = np.where(np.isfinite(model.row_lower), model.row_lower, -infinite)
    lp.row_upper_ = np.where(np.isfinite(model.row_upper), model.row_upper, infinite)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.matrix.data.astype(np.float64)
    kinds = [highspy.HighsVarType.kInteger] * model.n_integer
    lp.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (len(model.cost) - model.n_integer)
    return lp


class _Run:
    """One run of the solver in a thread of its own: a limit holds even where the solver does not look.

    A run that is given up ends by itself at the next place where the solver asks.
    """

    def __init__(self, solver: Any, watch: Watch) -> None:
        self._solver, self._watch, self._given_up = solver, watch, False
        self.bound = -math.inf
        solver.cbSimplexInterrupt.subscribe(self._asked)
        solver.cbIpmInterrupt.subscribe(self._asked)
        solver.cbMipInterrupt.subscribe(self._asked_in_tree)

    def to_end(self) -> bool:
        """Run; return whether the solver came to an end, its own or because it was asked to stop."""
        thread = threading.Thread(target=self._solver.run, daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(_LOOK_S)
                if thread.is_alive() and self._watch.over():
                    thread.join(_GRACE_S)
                    break
        finally:
            self._given_up = thread.is_alive()
        return not self._given_up

    def _asked(self, event: Any) -> None:
        if self._given_up or self._watch.over():
            event.interrupt()

    def _asked_in_tree(self, event: Any) -> None:
        self.bound = max(self.bound, float(event.data_out.mip_dual_bound))
        self._asked(event)


def _outcome(solver: Any, seen: float) -> tuple[End, NDArray[np.float64] | None, float]:
    import highspy

    info, state = solver.getInfo(), solver.getModelStatus()
    kinds = highspy.HighsModelStatus
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(solver.getSolution().col_value, dtype=np.float64) if found else None
    bound = float(info.mip_dual_bound) if math.isfinite(info.mip_dual_bound) else -math.inf
    if state == kinds.kInfeasible or (state == kinds.kObjectiveBound and x is None):
        return "infeasible", None, math.inf
    if state in {kinds.kOptimal, kinds.kObjectiveTarget, kinds.kObjectiveBound}:
        return "done", x, bound
    return "stopped", x, max(bound, seen)


def stack(
    rows: list[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]], shape: tuple[int, int]
) -> sparse.csr_array:
    """Put parts of a matrix together, each given as rows, columns and values."""
    row = np.concatenate([part[0] for part in rows]) if rows else np.empty(0, dtype=np.intp)
    column = np.concatenate([part[1] for part in rows]) if rows else np.empty(0, dtype=np.intp)
    value = np.concatenate([part[2] for part in rows]) if rows else np.empty(0)
    return sparse.csr_array((value, (row, column)), shape=shape)


Row = tuple["NDArray[np.intp]", "NDArray[np.float64]", float, float]


def with_rows(model: Model, rows: Sequence[Row], cost: NDArray[np.float64] | None = None) -> Model:
    """Return a model with further rows (columns, values, lower, upper) and, if given, another objective."""
    n = len(model.cost)
    parts = [
        (np.full(len(columns), place, dtype=np.intp), columns, values)
        for place, (columns, values, _, _) in enumerate(rows)
    ]
    matrix = sparse.vstack([model.matrix, stack(parts, (len(rows), n))], format="csr")
    return replace(
        model,
        matrix=sparse.csr_array(matrix),
        row_lower=np.concatenate([model.row_lower, [row[2] for row in rows]]),
        row_upper=np.concatenate([model.row_upper, [row[3] for row in rows]]),
        cost=model.cost if cost is None else cost,
        offset=model.offset if cost is None else 0.0,
    )
