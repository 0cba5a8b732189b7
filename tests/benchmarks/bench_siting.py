"""How long siting takes to a proven optimum: OR-Library, spopt with CBC beside it, Dortmund, time limits.

Prints figures, decides nothing. Run with ``python tests/benchmarks/bench_siting.py``, or with the names of
some parts: ``library``, ``spopt``, ``dortmund``, ``limits``. Without the folder of public instances, invented
ones stand in.
"""

from __future__ import annotations

import math
import resource
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from planning.siting import OPTIMAL_GAP, max_coverage, p_center, p_median, set_cover
from planning.siting.rules import spacing
from tests.fixtures import instances

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from planning.siting import Solution

CBC_LIMIT_S = 60
GOAL_LIBRARY_S, GOAL_WORST_S = 300.0, 60.0


def timed(action: Callable[[], Any]) -> tuple[Any, float]:
    """Return what an action returns and the seconds it took."""
    started = time.perf_counter()
    result = action()
    return result, time.perf_counter() - started


def invented(n: int, seed: int) -> NDArray[np.float64]:
    """Return whole-numbered distances between points drawn at random."""
    xy = np.random.default_rng(seed).uniform(0, 1000, (n, 2))
    return np.rint(np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)))


def library() -> None:
    """Print the p-median table of OR-Library, or of invented instances of the same sizes."""
    if instances.available():
        optima = instances.pmed_optima()
        cases = [(f"pmed{k}", *instances.pmed(k), *optima[k]) for k in range(1, 31)]
    else:
        cases = [
            (f"n{n} p{p}", invented(n, n + p), p, math.nan, math.nan)
            for n, p in ((100, 5), (200, 10), (300, 5), (400, 10), (500, 5))
        ]
    print(
        f"{'instance':<10}{'n':>5}{'p':>5}{'p-median s':>12}{'status':>10}{'':>12}"
        f"{'p-center s':>12}{'status':>10}"
    )
    seconds = []
    for name, cost, p, median, center in cases:
        one, first = timed(lambda cost=cost, p=p: p_median(cost, np.ones(len(cost)), p))
        other, second = timed(lambda cost=cost, p=p: p_center(cost, p))
        seconds.append(first)
        right = [
            "published" if value == solution.objective else "" if math.isnan(value) else "WRONG"
            for value, solution in ((median, one), (center, other))
        ]
        print(
            f"{name:<10}{len(cost):>5}{p:>5}{first:>12.2f}{one.status:>10}{right[0]:>12}"
            f"{second:>12.2f}{other.status:>10}{right[1]:>12}",
            flush=True,
        )
    print(f"p-median together {sum(seconds):.1f} s (goal {GOAL_LIBRARY_S:.0f}), ", end="")
    print(f"worst {max(seconds):.1f} s (goal {GOAL_WORST_S:.0f})")


@dataclass(frozen=True)
class Duel:
    """One problem for both programs."""

    name: str
    model: str
    cost: NDArray[np.float64]
    weight: NDArray[np.float64]
    p: int
    radius: float
    known: float


def ours(duel: Duel) -> Solution:
    """Solve with this package."""
    if duel.model == "p-median":
        return p_median(duel.cost, duel.weight, duel.p)
    if duel.model == "coverage":
        return max_coverage(duel.cost, duel.weight, duel.p, duel.radius)
    if duel.model == "p-center":
        return p_center(duel.cost, duel.p)
    return set_cover(duel.cost, duel.radius)


def theirs(duel: Duel) -> tuple[str, float]:
    """Solve with spopt and CBC; return the status it reports and the objective of the sites it chose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pulp
        from spopt.locate import LSCP, MCLP, PCenter, PMedian

        solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=CBC_LIMIT_S)
        if duel.model == "p-median":
            problem = PMedian.from_cost_matrix(duel.cost, duel.weight, p_facilities=duel.p)
        elif duel.model == "coverage":
            problem = MCLP.from_cost_matrix(
                duel.cost, duel.weight, service_radius=duel.radius, p_facilities=duel.p
            )
        elif duel.model == "p-center":
            problem = PCenter.from_cost_matrix(duel.cost, p_facilities=duel.p)
        else:
            problem = LSCP.from_cost_matrix(duel.cost, service_radius=duel.radius)
        try:
            problem = problem.solve(solver, results=False)
        except RuntimeError:
            return pulp.LpStatus[problem.problem.status], math.nan
    status = pulp.LpStatus[problem.problem.status]
    chosen = [j for j, variable in enumerate(problem.fac_vars) if (pulp.value(variable) or 0) > 0.5]
    return status, judged(duel, chosen)


def judged(duel: Duel, chosen: list[int]) -> float:
    """Return the objective of some sites."""
    if not chosen:
        return math.nan
    least = duel.cost[:, chosen].min(axis=1)
    if duel.model == "p-median":
        return float(least @ duel.weight)
    if duel.model == "coverage":
        return float(duel.weight[least <= duel.radius].sum())
    if duel.model == "p-center":
        return float(least.max())
    return float(len(chosen)) if (least <= duel.radius).all() else math.nan


def duels() -> list[Duel]:
    """Return the problems to compare on."""
    found = []
    if instances.available():
        optima = instances.pmed_optima()
        for number in (1, 2, 6):
            cost, p = instances.pmed(number)
            found.append(
                Duel(f"pmed{number}", "p-median", cost, np.ones(len(cost)), p, 0.0, optima[number][0])
            )
        cost, p = instances.pmed(1)
        found.append(Duel("pmed1", "p-center", cost, np.ones(len(cost)), p, 0.0, optima[1][1]))
        cost, weight = instances.san_francisco()
        known = {"coverage": 875_247, "p-median": 2_848_268_129.7145, "p-center": 7403.0638, "set cover": 8}
        found += [
            Duel("San Francisco", name, cost, weight, 4, 5000.0, value) for name, value in known.items()
        ]
    else:
        for n, p in ((60, 5), (100, 5)):
            cost, weight = invented(n, n), np.random.default_rng(n).integers(1, 50, n).astype(float)
            names = ("p-median", "coverage", "p-center", "set cover")
            found += [Duel(f"invented {n}", name, cost, weight, p, 150.0, math.nan) for name in names]
    task, _ = dortmund_task("coverage", None)
    metres = task.metres.astype(float)
    metres[:, : task.n_fixed] = np.inf
    open_now = (task.metres[:, : task.n_fixed] <= task.reach_m).any(axis=1)
    found.append(
        Duel(
            "Dortmund",
            "coverage",
            metres[~open_now],
            task.need[~open_now],
            task.count,
            task.reach_m,
            math.nan,
        )
    )
    return found


def is_equal(one: float, other: float) -> bool:
    """Tell whether two objectives are the same up to the gap that counts as proven."""
    return abs(one - other) <= OPTIMAL_GAP * max(abs(other), 1.0)


def side_by_side() -> None:
    """Print time ratio and truth of both programs on the same problems."""
    tiny = Duel("", "set cover", np.ones((2, 2)), np.ones(2), 1, 1.0, 1.0)
    ours(tiny)  # so that neither pays for loading its programs below
    theirs(tiny)
    print(f"spopt with CBC, at most {CBC_LIMIT_S} s each; 'true' = equal to the known or the proven optimum")
    print(
        f"{'instance':<15}{'model':<11}{'ours s':>8}{'status':>10}{'optimal':>9}"
        f"{'spopt s':>9}{'reports':>10}{'true':>6}{'ratio':>8}"
    )
    for duel in duels():
        mine, first = timed(lambda duel=duel: ours(duel))
        (status, value), second = timed(lambda duel=duel: theirs(duel))
        best = mine.objective if math.isnan(duel.known) else duel.known
        proven = mine.status == "optimal" and is_equal(mine.objective, best)
        true = "yes" if is_equal(value, best) else "NO"
        print(
            f"{duel.name:<15}{duel.model:<11}{first:>8.2f}{mine.status:>10}{'proven' if proven else 'NO':>9}"
            f"{second:>9.2f}{status:>10}{true:>6}{second / max(first, 1e-6):>8.1f}",
            flush=True,
        )


def dortmund_task(objective: Any, count: int | None) -> tuple[Any, float]:
    """Return the task of the bundled city, and the seconds from distances at hand to the task."""
    from planning.access import measure
    from planning.area import load_area
    from planning.model import PlanSettings, Scenario
    from planning.siting import plan_distances, prepare

    if not _city:
        area = load_area()
        _city.append((area, measure(area)))
    area, distances = _city[0]
    settings = PlanSettings(objective, count)
    far = plan_distances(area, distances, settings)
    return timed(lambda: prepare(area, Scenario(), settings, far))


_city: list[Any] = []


def plain_highs(task: Any) -> tuple[float, float, float]:
    """Solve maximal covering as anyone would write it down; return objective, gap and seconds."""
    import highspy
    from scipy import sparse

    started = time.perf_counter()
    covers = sparse.csr_array((task.metres <= task.reach_m).astype(float))
    n, m = covers.shape
    new = np.concatenate([np.zeros(task.n_fixed), np.ones(m - task.n_fixed), np.zeros(n)])
    rows = [sparse.hstack([covers, -sparse.eye_array(n)]), sparse.csr_array(new[None, :])]
    rows += [sparse.hstack([rule.matrix, sparse.csr_array((rule.matrix.shape[0], n))]) for rule in task.rules]
    matrix = sparse.csr_array(sparse.vstack(rows))
    upper = np.concatenate([np.full(n, np.inf), [task.count], *(rule.upper for rule in task.rules)])
    lower = np.concatenate([np.zeros(n), [task.count], *(rule.lower for rule in task.rules)])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = m + n, matrix.shape[0]
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate([np.zeros(m), task.need])
    lp.col_lower_ = np.concatenate([np.ones(task.n_fixed), np.zeros(m + n - task.n_fixed)])
    lp.col_upper_ = np.ones(m + n)
    lp.row_lower_, lp.row_upper_ = lower, upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger] * m + [kinds.kContinuous] * n
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("time_limit", 120.0)
    solver.passModel(lp)
    solver.run()
    info = solver.getInfo()
    return info.objective_function_value, float(info.mip_gap), time.perf_counter() - started


def line(label: str, value: float, goal: float | None, remark: str = "") -> None:
    """Print one figure beside its goal."""
    shown = "" if goal is None else f"{goal:g}"
    print(f"{label:<52}{value:>10.2f}{shown:>8}  {remark}", flush=True)


def dortmund() -> None:
    """Print the figures of the bundled city, fourteen rooms."""
    from planning.model import Constraints, PlanSettings, Scenario
    from planning.siting import make_plan, prepare
    from planning.siting.alternatives import find_alternatives
    from planning.siting.front import pareto_front
    from planning.siting.order import exact_order, hindsight, prefix_regret

    print(f"{'bundled Dortmund, 14 rooms':<52}{'seconds':>10}{'goal':>8}")
    task, before = dortmund_task("coverage", None)
    plan, seconds = timed(lambda: make_plan(task, Scenario()))
    line(
        "coverage at 15 min, from distances at hand",
        before + seconds,
        5,
        f"{plan.status}, gap {plan.gap:.0e}",
    )
    covered, gap, plain = plain_highs(task)
    lost = (plan.objective - covered) / plan.objective
    line("  the same, plain HiGHS model", plain, None, f"gap {gap:.0e}, {lost:.1e} less covered")
    columns = task.columns(plan.candidate_ids)
    found, seconds = timed(lambda: find_alternatives(task, columns, k=10, n_different=3))
    proven = sum(one.proven for one in found.best)
    apart = ", ".join(f"{one.differs}{'' if one.proven else '?'}" for one in found.different)
    line(
        "ten alternatives and three different plans", seconds, 60, f"{proven} of 10 proven; differ by {apart}"
    )
    in_order = task.columns(plan.candidate_ids[:1]) + [task.ids.index(one) for one in plan.candidate_ids[1:]]
    order, first = timed(lambda: exact_order(task, columns, 4))
    table, second = timed(lambda: prefix_regret(task, in_order))
    sizes = int(table["proven"].sum())
    remark = f"4 a year: {'proven' if order.proven else 'NO'}; {sizes} of {len(table)} sizes proven"
    line("order of opening, with regret of each beginning", first + second, 20, remark)
    anew, seconds = timed(lambda: hindsight(task, columns))
    line("best plan if one could start anew", seconds, None, "proven" if anew.proven else "not proven")
    boroughs = _city[0][0].cells["borough"].to_numpy(dtype=object)
    front, seconds = timed(lambda: pareto_front(task, boroughs, points=8))
    line("front of eight points", seconds, None, f"{sum(p.proven for p in front)} of {len(front)} proven")
    for metres in (500.0, 1000.0, 2000.0):
        settings = PlanSettings(constraints=Constraints(spacing_m=metres))
        apart_task = prepare(*_area_parts(), settings, _city[0][1])
        plan, seconds = timed(lambda apart_task=apart_task: make_plan(apart_task, Scenario()))
        line(
            f"coverage, rooms at least {metres:.0f} m apart",
            seconds,
            None,
            f"{plan.status}, gap {plan.gap:.0e}",
        )
    for objective, goal in (("walking", 60), ("worst", None), ("cover-all", None)):
        task, before = dortmund_task(objective, None)
        plan, seconds = timed(lambda task=task: make_plan(task, Scenario()))
        line(
            f"{objective}, from distances at hand",
            before + seconds,
            goal,
            f"{plan.status}, gap {plan.gap:.0e}",
        )
    line("peak memory, GB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 1)


def _area_parts() -> tuple[Any, Any]:
    from planning.model import Scenario

    return _city[0][0], Scenario()


def limits() -> None:
    """Print how well time limits hold on hard problems."""
    print(f"{'time limits':<34}{'limit s':>9}{'took s':>9}{'off':>8}{'status':>11}{'gap':>10}")
    cost = invented(400, 1)
    weight = np.random.default_rng(1).integers(1, 50, len(cost)).astype(float)
    rules = [spacing("spacing", cost, 150.0)]
    capacity = 1.1 * float(weight.sum()) / 8
    cases: dict[str, Callable[[float], Solution]] = {
        "p-median, spacing": lambda s: p_median(cost, weight, 8, rules=rules, time_limit=s),
        "coverage, spacing": lambda s: max_coverage(cost, weight, 8, 120.0, rules=rules, time_limit=s),
        "p-center, spacing": lambda s: p_center(cost, 8, rules=rules, time_limit=s),
        "set cover, spacing": lambda s: set_cover(cost, 160.0, rules=rules[:0], time_limit=s),
        "p-median, capacities": lambda s: p_median(cost, weight, 8, capacity=capacity, time_limit=s),
        "coverage, capacities": lambda s: max_coverage(
            cost, weight, 8, 120.0, capacity=capacity / 3, time_limit=s
        ),
    }
    for name, action in cases.items():
        for limit in (1.0, 2.0, 5.0):
            solution, seconds = timed(lambda action=action, limit=limit: action(limit))
            off = f"{100 * (seconds / limit - 1):+.0f} %" if solution.status != "optimal" else "done"
            print(
                f"{name:<34}{limit:>9.1f}{seconds:>9.2f}{off:>8}{solution.status:>11}{solution.gap:>10.1e}",
                flush=True,
            )


PARTS = {"library": library, "spopt": side_by_side, "dortmund": dortmund, "limits": limits}


def main() -> None:
    """Print the parts asked for, or all."""
    for position, name in enumerate(sys.argv[1:] or PARTS):
        if position:
            print()
        PARTS[name]()


if __name__ == "__main__":
    main()
