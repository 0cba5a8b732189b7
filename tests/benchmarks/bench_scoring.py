"""Time from a changed setting to the new ranking, on as many rooms and cells as Dortmund has.

Run it with ``python -m tests.benchmarks.bench_scoring``. Distances are drawn at random: only their
number counts.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.area.criteria import criteria
from planning.scoring import score
from planning.scoring.measures import newly_within, within

if TYPE_CHECKING:
    from collections.abc import Callable

CELLS, ROOMS, REPEATS = 9_851, 650, 25


def _milliseconds(action: Callable[[int], object]) -> float:
    taken = []
    for turn in range(REPEATS):
        start = time.perf_counter()
        action(turn)
        taken.append(1000.0 * (time.perf_counter() - start))
    return statistics.median(taken)


def main() -> None:
    """Print the median time of each change."""
    rng = np.random.default_rng(1)
    metres = rng.gamma(4.0, 2000.0, (CELLS, ROOMS)).astype(np.float32)
    nearest = rng.gamma(4.0, 600.0, CELLS)
    need = rng.gamma(1.0, 10.0, CELLS)
    catalogue = criteria()
    names = [f"k{number:03}" for number in range(ROOMS)]
    raw = pd.DataFrame(rng.random((ROOMS, 9)), index=names, columns=[criterion.id for criterion in catalogue])

    def weight(turn: int) -> object:
        return score(raw, catalogue, {"transit": float(turn)})

    def minutes(turn: int) -> object:
        gained = newly_within(metres, nearest, 75.0 * (5 + turn), need)
        return score(raw.assign(need_gained=gained), catalogue)

    def needs(turn: int) -> object:
        other = need * (1.0 + turn)
        gained, dense = newly_within(metres, nearest, 1125.0, other), within(metres, 500.0, other)
        return score(raw.assign(need_gained=gained, need_density=dense), catalogue)

    print(f"{ROOMS} rooms, {CELLS} cells, median of {REPEATS}; goal for a changed weight: 300 ms")
    for label, action in (("criteria weight", weight), ("minutes", minutes), ("need weight", needs)):
        print(f"changed {label:<16} -> new ranking {_milliseconds(action):8.2f} ms")


if __name__ == "__main__":
    main()
