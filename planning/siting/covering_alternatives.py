"""Alternatives where everybody is to be covered: as few rooms, or as short a longest walk."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planning.siting import highs
from planning.siting.alternatives import Alternative, Alternatives, gather, longest_walk
from planning.siting.covering import CoverQuestions
from planning.siting.plan import solve_task
from planning.siting.setting import read_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planning.siting.solution import Watch
    from planning.siting.task import SitingTask

_ALMOST_ONE = 0.99


def covering_alternatives(
    task: SitingTask,
    columns: Sequence[int],
    k: int,
    within: float,
    n_different: int,
    watch: Watch,
    progress: Callable[[int, int], object] | None,
) -> Alternatives:
    """Find plans for ``worst`` and ``cover-all``; see :func:`planning.siting.alternatives.find_alternatives`.

    These objectives have a great many equally good plans. ``best`` are plans as good as the given one, each
    sharing as few rooms as possible with those before it; ``different`` may be worse by the share (``worst``:
    metres; ``cover-all``: rooms, rounded down).
    """
    best = solve_task(task, stop=watch.over)
    reference = best.sites if best.status == "optimal" else columns
    search = _Covering(task, reference, columns, watch)
    plans = [search.alternative(search.first, proven=best.status == "optimal")]
    done = 1

    def look(wanted: int, share: float) -> list[Alternative]:
        nonlocal done
        found = list[Alternative]()
        while len(found) < wanted and not watch.over():
            plan = search.next(share)
            if plan is None:
                break
            found.append(plan)
            done += 1
            if progress is not None:
                progress(done, k + n_different)
        return found

    plans += look(k - 1, 0.0)
    return gather(task, plans, look(n_different, within))


class _Covering:
    def __init__(self, task: SitingTask, columns: Sequence[int], given: Sequence[int], watch: Watch) -> None:
        self._task, self._watch = task, watch
        self._count_free = task.settings.objective == "cover-all"
        setting = read_setting(
            task.costs(), len(columns), task.fixed, task.forbidden, task.rules, None, None,
            task.settings.seed, None, None,
        )  # fmt: skip
        self._setting = replace(setting, watch=watch)
        self._base, _ = setting.pairs.nearest(setting.fixed)
        self.first = np.searchsorted(setting.free, sorted(columns)).tolist()
        self._given = set(np.searchsorted(setting.free, sorted(given)).tolist())
        self._before: list[list[int]] = [self.first]
        self._best = float(len(columns)) if self._count_free else longest_walk(task, columns)
        self._questions = CoverQuestions(self._setting, np.inf)

    def alternative(self, sites: Sequence[int], *, proven: bool) -> Alternative:
        columns = [int(self._setting.free[site]) for site in sites]
        value = float(len(sites)) if self._count_free else longest_walk(self._task, columns)
        return Alternative(
            tuple(self._task.ids[column] for column in columns),
            value,
            max(value - self._best, 0.0) / max(self._best, 1e-9),
            len(set(sites) - self._given),
            proven,
        )

    def next(self, share: float) -> Alternative | None:
        """Return the choice within the share that has fewest rooms in common with those before."""
        m = self._questions.m
        radius = self._task.reach_m if self._count_free else self._best * (1.0 + share)
        rows = np.flatnonzero((self._base > radius) & self._coverable())
        model = self._questions.model(rows, radius)
        most = np.floor(self._best * (1.0 + share) + 1e-9) if self._count_free else float(len(self.first))
        least = -np.inf if self._count_free else most
        everything: highs.Row = (np.arange(m), np.ones(m), least, most)
        excluded: list[highs.Row] = [
            (np.array(sites, dtype=np.intp), np.ones(len(sites)), -np.inf, len(sites) - 1.0)
            for sites in self._before
        ]
        shared = Counter(site for sites in self._before for site in sites)
        cost: NDArray[np.float64] = np.array([float(shared[site]) for site in range(m)])
        answer = highs.solve(
            highs.with_rows(model, [everything, *excluded], cost),
            self._watch,
            seed=self._task.settings.seed,
            absolute_gap=_ALMOST_ONE,
        )
        if answer.x is None:
            return None
        sites = self._questions.sites(answer.x)
        self._before.append(sites)
        return self.alternative(sites, proven=answer.end == "done")

    def _coverable(self) -> NDArray[np.bool_]:
        """Tell which cells any column covers; for the longest walk all have to be."""
        if not self._count_free:
            return np.ones(len(self._base), dtype=bool)
        return self._task.coverable()
