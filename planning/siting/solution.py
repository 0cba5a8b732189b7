"""What a siting model answers: the sites, how good they are and how much better it could be at most."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from planning.errors import Fault

Status = Literal["optimal", "feasible", "infeasible", "unknown"]

OPTIMAL_GAP = 1e-6


@dataclass(frozen=True)
class Progress:
    """How far a search is: objective of the best found (``NaN`` for none yet) and bound, as in a solution."""

    objective: float
    bound: float


@dataclass(frozen=True, eq=False)
class Solution:
    """The answer of a siting model.

    Parameters
    ----------
    status
        ``optimal``: proven, the gap is at most 1e-6. ``feasible``: the best found when time was up or the
        search was stopped; it may not be the best there is. ``infeasible``: proven that no choice of sites
        obeys all rules; ``problems`` say why. ``unknown``: stopped before anything was found or disproved.
    objective
        Recomputed from the sites alone, never taken from a solver; ``NaN`` without sites.
    bound
        No choice can be better than this: a lower bound where the objective is minimised, an upper bound
        where it is maximised. Never on the wrong side of the objective.
    gap
        ``|objective - bound| / max(|objective|, 1e-9)``, ``inf`` without sites, 0 if both are equal.
    sites
        Columns chosen, ascending; fixed sites are not among them.
    assignment
        ``(n_demand,)`` column of the site, fixed or chosen, that serves each demand point; -1 for none.
        Between sites at equal cost the one with the lower number serves.
    seconds
        Time taken.
    problems
        Why there is no solution, in codes whose words are in the catalogue of errors.
    """

    status: Status
    objective: float
    bound: float
    gap: float
    sites: tuple[int, ...]
    assignment: NDArray[np.intp]
    seconds: float
    problems: tuple[Fault, ...] = ()


def relative_gap(objective: float, bound: float) -> float:
    """Return ``|objective - bound| / max(|objective|, 1e-9)``; ``inf`` where there is no objective."""
    if math.isnan(objective):
        return math.inf
    if objective == bound:
        return 0.0
    return abs(objective - bound) / max(abs(objective), 1e-9)


class Watch:
    """Time limit and cancellation of one search, and whom to tell how far it is.

    Parameters
    ----------
    time_limit
        Seconds from now; ``None`` for no limit. 0 stops before the first bound is computed.
    stop
        Asked again and again; the search ends with the best found once it returns true.
    progress
        Called with a :class:`Progress` whenever objective or bound improves.
    """

    def __init__(
        self,
        time_limit: float | None = None,
        stop: Callable[[], bool] | None = None,
        progress: Callable[[Progress], object] | None = None,
    ) -> None:
        self._started = time.perf_counter()
        self._end = math.inf if time_limit is None else self._started + time_limit
        self._stop = stop
        self._progress = progress
        self._stopped = False

    def turned(self, total: float) -> Watch:
        """Return this watch for a search for what is missing of a total; it tells what is reached."""
        watch, tell = Watch(None, self.over), self._progress
        watch._started, watch._end = self._started, self._end
        if tell is not None:
            watch._progress = lambda now: tell(Progress(total - now.objective, total - now.bound))
        return watch

    def seconds(self) -> float:
        """Return the seconds since the search began."""
        return time.perf_counter() - self._started

    def left(self) -> float:
        """Return the seconds left, ``inf`` without a limit, never below 0."""
        return max(self._end - time.perf_counter(), 0.0)

    def over(self) -> bool:
        """Tell whether time is up or the search was stopped; stays true once it was."""
        if not self._stopped:
            self._stopped = time.perf_counter() >= self._end or (self._stop is not None and self._stop())
        return self._stopped

    def tell(self, objective: float, bound: float) -> None:
        """Report an improved objective or bound."""
        if self._progress is not None:
            self._progress(Progress(objective, bound))
