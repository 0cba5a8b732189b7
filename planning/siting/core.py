"""The core problem of a task, for questions beyond one best plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planning.siting.coverage import coverage_instance, coverage_objective
from planning.siting.instance import median_instance
from planning.siting.median import median_objective
from planning.siting.setting import Setting, read_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planning.siting.instance import Instance
    from planning.siting.rules import SiteRule
    from planning.siting.solution import Progress
    from planning.siting.task import SitingTask


@dataclass(frozen=True, eq=False)
class Core:
    """A task as the one problem behind p-median and maximal covering.

    Sites of ``instance`` are the positions of ``setting.free``; ``cost`` of a choice is what is minimised:
    need left out, or need times metres, less what the scores add.
    """

    task: SitingTask
    setting: Setting
    instance: Instance
    is_coverage: bool

    def positions(self, columns: Sequence[int]) -> list[int]:
        """Return the sites of the instance that are some columns of the task."""
        places: list[int] = np.searchsorted(self.setting.free, sorted(columns)).tolist()
        return places

    def columns(self, positions: Sequence[int]) -> list[int]:
        """Return the columns of the task that are some sites of the instance."""
        return sorted(int(self.setting.free[position]) for position in positions)

    def names(self, positions: Sequence[int]) -> tuple[str, ...]:
        """Return the identifiers of some sites of the instance."""
        return tuple(self.task.ids[column] for column in self.columns(positions))

    def objective(self, columns: Sequence[int]) -> float:
        """Return the objective of a choice, recomputed as for a solution."""
        judge = coverage_objective if self.is_coverage else median_objective
        value, _ = judge(self.setting, self.task.need, columns)
        return value


def core_of(
    task: SitingTask,
    *,
    fixed: Sequence[int] | None = None,
    count: int | None = None,
    rules: Sequence[SiteRule] | None = None,
    time_limit: float | None = None,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> Core:
    """Return the core of a task: coverage for all objectives but ``walking``.

    Parameters
    ----------
    fixed, count, rules
        Instead of the task's.
    time_limit, stop, progress
        Of the watch that belongs to the setting.
    """
    is_coverage = task.settings.objective != "walking"
    held = list(task.fixed if fixed is None else fixed)
    setting = read_setting(
        task.costs(held),
        task.count if count is None else count,
        held,
        task.forbidden,
        task.rules if rules is None else rules,
        task.site_gain if is_coverage else -task.site_gain,
        time_limit,
        task.settings.seed,
        stop,
        progress,
    )
    if is_coverage:
        setting = replace(setting, pairs=setting.pairs.where(setting.pairs.cost <= task.reach_m))
    build = coverage_instance if is_coverage else median_instance
    return Core(task, setting, build(setting, task.need), is_coverage)


def upper_only(rules: Sequence[SiteRule]) -> list[SiteRule]:
    """Return rules without what they ask for at least: what a part of a plan can obey."""
    return [replace(rule, lower=np.full(len(rule.lower), -np.inf)) for rule in rules]
