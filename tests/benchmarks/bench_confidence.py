"""How long confidence takes: draws beside a plain loop over pymcdm, and plans under uncertain need.

Prints figures, decides nothing. Run with ``python tests/benchmarks/bench_confidence.py``, or with the names
of some parts: ``draws``, ``swaps``, ``plans``.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

from planning.access import measure
from planning.area import load_area
from planning.model import PlanSettings, Scenario
from planning.scoring import evaluate
from planning.scoring.confidence import confidence, pair_shares
from planning.scoring.perturbation import draw, perturbation
from planning.scoring.swaps import joint_swap, single_swaps, stable_intervals, tornado
from planning.siting import make_plan, prepare
from planning.siting.plan import solve_task
from planning.siting.task import with_need
from planning.siting.uncertain import uncertain_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.scoring.perturbation import Perturbation

YEAR, DRAWS, PLANS, COUNT = 2026, 10_000, 200, 14
PLAIN, COLD, REPEATS = 200, 10, 5
GOAL_DRAWS_S, GOAL_PLANS_S = 1.0, 120.0


def timed(action: Callable[[], Any]) -> tuple[Any, float]:
    """Return what an action returns and the seconds it took."""
    started = time.perf_counter()
    result = action()
    return result, time.perf_counter() - started


def line(label: str, value: float, unit: str, goal: float | None = None, remark: str = "") -> None:
    """Print one figure beside its goal."""
    shown = "" if goal is None else f"(goal {goal:g})"
    print(f"{label:<56}{value:>10.2f} {unit:<4}{shown:<12}{remark}", flush=True)


class City:
    """The bundled city, measured once."""

    def __init__(self) -> None:
        self.area, self.scenario = load_area(), Scenario()
        self.distances = measure(self.area)
        self.evaluation = evaluate(self.area, self.scenario, self.distances)
        self.draws, self.seconds = timed(
            lambda: perturbation(self.area, self.scenario, self.distances, self.evaluation, year=YEAR)
        )


def plain_loop(p: Perturbation, n_draws: int) -> np.ndarray:
    """Count ranks as anyone would write it down: one draw after the other, its matrix given to pymcdm.

    The same errors and the same value functions (shares of the largest for what follows from need), nothing
    shared between draws but what each candidate reaches by region.
    """
    from pymcdm.helpers import rrankdata
    from pymcdm.methods import WSM

    rng = np.random.default_rng(0)
    method, n = WSM(lambda column, cost=False: column), len(p.candidate_ids)  # noqa: ARG005 - values as they are
    types, ranks, rows = np.ones(len(p.criteria)), np.zeros((n, n)), np.arange(n)
    for _ in range(n_draws):
        weights = rng.dirichlet(p.shares * p.concentration)
        factors = []
        for error in p.errors:
            quarter = rng.normal(-(error.quarter_sd**2) / 2, error.quarter_sd)[p.regions.quarter]
            block = rng.normal(-(error.block_sd**2) / 2, error.block_sd, len(p.regions.quarter))
            factors.append(np.exp(quarter + block))
        columns = []
        for criterion in p.criteria:
            if criterion.id in p.fixed:
                columns.append(p.fixed[criterion.id])
            elif criterion.id in p.tables:
                table = p.tables[criterion.id]
                columns.append(table[rows, rng.integers(0, table.shape[1], n)])
            else:
                parts = zip(p.reached[criterion.id], factors, strict=True)
                reached = sum(part @ factor for part, factor in parts)
                need = reached[p.borough_of] if criterion.id == "equity" else reached
                columns.append(100.0 * need / need.max())
        score = method(np.column_stack(columns), weights, types, validation=False)
        ranks[rows, np.rint(rrankdata(score)).astype(int) - 1] += 1
    return ranks / n_draws


def draws(city: City) -> None:
    """Print time and memory of many draws beside the plain loop."""
    p = city.draws
    shape = f"{len(p.candidate_ids)} rooms x {len(p.criteria)} criteria"
    print(f"{DRAWS} draws of weights and data, {shape}, {len(p.regions.quarter)} regions")
    line("preparation, once for a scenario", city.seconds, "s")
    found, first = timed(lambda: confidence(p, count=COUNT, draws=DRAWS))
    times = [timed(lambda: confidence(p, count=COUNT, draws=DRAWS))[1] for _ in range(REPEATS)]
    spread = f"{min(times):.2f} to {max(times):.2f} in {REPEATS} runs, the first {first:.2f}"
    line("confidence", statistics.median(times), "s", GOAL_DRAWS_S, spread)
    for number in (DRAWS, 4 * DRAWS):
        tracemalloc.start()
        confidence(p, count=COUNT, draws=number)
        line(f"peak of what {number} draws allocate", tracemalloc.get_traced_memory()[1] / 1e6, "MB")
        tracemalloc.stop()
    four = list(p.candidate_ids[:4])
    line("how often each of four is ahead of each", timed(lambda: pair_shares(p, four))[1], "s")
    plain_loop(p, 5)
    ranks, seconds = timed(lambda: plain_loop(p, PLAIN))
    all_of_them = seconds * DRAWS / PLAIN
    line(f"plain loop over pymcdm, extrapolated from {PLAIN} draws", all_of_them, "s")
    line("  times as long", all_of_them / statistics.median(times), "x")
    apart = np.abs(ranks[:, :COUNT].sum(axis=1) - found.table["in_best"].to_numpy()).max()
    error = 4 * 0.5 / np.sqrt(PLAIN)
    line("  greatest difference of a share among the best 14", 100 * float(apart), "pts", 100 * error)


def swaps(city: City) -> None:
    """Print how long the exact answers to 'what would change it' take."""
    scores = city.evaluation.scores
    first, second = scores.rank.sort_values().index[:2]
    actions: dict[str, Callable[[], object]] = {
        "smallest change of one weight, a pair": lambda: single_swaps(scores, first, second),
        "smallest change of all weights, a pair": lambda: joint_swap(scores, first, second),
        "tornado of a room": lambda: tornado(scores, first),
        "stable intervals of all weights, best 14": lambda: stable_intervals(scores, COUNT),
    }
    for label, action in actions.items():
        action()
        line(label, 1e3 * statistics.median(timed(action)[1] for _ in range(20)), "ms")


def plans(city: City) -> None:
    """Print how long it takes to plan anew for many draws of need, beside solving each from scratch."""
    p = city.draws
    task = prepare(city.area, city.scenario, PlanSettings(), city.distances)
    plan = list(make_plan(task, city.scenario).candidate_ids)
    print(f"{PLANS} plans of {len(plan)} rooms at {city.scenario.minutes:.0f} minutes, one per draw of need")
    found, took = {}, {}
    for workers in (1, 2):
        found[workers], took[workers] = timed(
            lambda workers=workers: uncertain_plan(task, plan, p, draws=PLANS, workers=workers)
        )
        table = found[workers].table
        proven = f"{int(table['proven'].sum())} of {PLANS} proven"
        goal = GOAL_PLANS_S if workers > 1 else None
        line(f"warm, {workers} worker{'s' * (workers > 1)}", took[workers], "s", goal, proven)
    one, two = found[1], found[2]
    same = one.table.equals(two.table) and one.kept.equals(two.kept) and one.others.equals(two.others)
    line(
        "  one worker takes times as long",
        took[1] / took[2],
        "x",
        None,
        f"identical: {'yes' if same else 'NO'}",
    )
    first = draw(p, 0, 0)
    truths = []
    for number in range(COLD):
        scores = pd.Series(first.scores[number].astype(float), index=list(p.candidate_ids))
        truths.append(with_need(task, first.need(p, number), scores))
    cold, seconds = timed(lambda: [solve_task(truth) for truth in truths])
    equal = [
        abs(solution.objective / truth.need_total - one.table["best"][number]) <= 1e-6
        for number, (truth, solution) in enumerate(zip(truths, cold, strict=True))
    ]
    all_of_them = seconds * PLANS / COLD
    line(
        f"cold, one after the other, extrapolated from {COLD}", all_of_them, "s", None,
        f"{sum(one.status == 'optimal' for one in cold)} proven, {sum(equal)} of {COLD} equally good",
    )  # fmt: skip
    line("  times as long as warm with one worker", all_of_them / took[1], "x")
    low, middle, high = (100 * share for share in one.interval("plan"))
    best = 100 * one.interval("best")[1]
    print(f"the plan covers {low:.1f} to {high:.1f} % of need (median {middle:.1f}), the best {best:.1f}")


PARTS = {"draws": draws, "swaps": swaps, "plans": plans}


def main() -> None:
    """Print the parts asked for, or all."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{os.cpu_count()} processors, load before: {load}")
    city = City()
    for name in sys.argv[1:] or PARTS:
        print()
        PARTS[name](city)


if __name__ == "__main__":
    main()
