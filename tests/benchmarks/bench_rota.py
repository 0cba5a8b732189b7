"""How long a weekly plan takes: made-up weeks of 25 and of 100 places, and why there is none.

Prints figures, decides nothing. Run with ``python tests/benchmarks/bench_rota.py``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from planning.rota import check
from planning.rota.conflict import find_conflict
from planning.rota.solving import solve
from tests.rota_cases import random_task

CASES = ((25, 7, 12_000.0, 60.0, (0, 1, 2)), (100, 25, 24_000.0, 120.0, (0,)))
FIRST_S, GAP = 5.0, 0.02


def main() -> None:
    """Print the times, and what is proven."""
    for places, teams, size_m, limit_s, seeds in CASES:
        for seed in seeds:
            task = random_task(seed, places, teams, size_m=size_m)
            rota = solve(task, time_limit_s=limit_s)
            goals = ", ".join(f"{one.name} {one.value} (gap {one.gap:.1%})" for one in rota.goals)
            wrong = len(check(task, rota.duties))
            print(
                f"{places} places, {teams} teams, seed {seed}: {rota.status}; "
                f"first plan {rota.first_seconds:.1f} s, all {rota.seconds:.1f} s (limit {limit_s:.0f}); "
                f"{wrong} rules broken; {goals}"
            )
    began = time.perf_counter()
    conflict = find_conflict(random_task(0, 25, 7, minutes=300))
    assert conflict is not None
    print(
        f"why there is none (25 places, too few hours): {time.perf_counter() - began:.1f} s, "
        f"{len(conflict.rules)} rules, minimal: {conflict.minimal}"
    )
    print(f"bars for 25 places: first plan {FIRST_S:.0f} s, gap {GAP:.0%} in 60 s; for 100: a plan in 120 s")


if __name__ == "__main__":
    main()
