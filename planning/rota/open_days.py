"""Access over the week: on how many weekdays a consultation is open within reach, and who has a late one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planning.rota.goals import is_late

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from planning.access import Distances
    from planning.rota.model import Duty, RotaTask


@dataclass(frozen=True, eq=False)
class OpenDays:
    """What the week offers each cell.

    Parameters
    ----------
    open
        ``(n_cells, 7)``: is a consultation within reach on the weekday.
    late
        ``(n_cells,)``: is one within reach that is late.
    """

    open: NDArray[np.bool_]
    late: NDArray[np.bool_]

    @property
    def days(self) -> NDArray[np.int64]:
        """Shape (n_cells,): on how many weekdays a consultation is within reach."""
        return np.asarray(self.open.sum(axis=1), dtype=np.int64)


@dataclass(frozen=True)
class WeekShares:
    """Shares (0-1) of all need; ``nan`` where there is none.

    Parameters
    ----------
    by_weekday
        Need with a consultation within reach on each of seven weekdays.
    by_days
        Need with one on exactly 0, 1, ... 7 weekdays.
    late
        Need with a late one within reach.
    """

    by_weekday: tuple[float, ...]
    by_days: tuple[float, ...]
    late: float


def open_days(
    task: RotaTask,
    duties: Sequence[Duty],
    metres: Mapping[str, ArrayLike],
    limit_m: float,
    *,
    offices: bool = False,
) -> OpenDays:
    """Return which cells have a consultation within reach on which weekday.

    Parameters
    ----------
    metres
        ``(n_cells,)`` walking distances to each place and office, by id.
    limit_m
        Reach; the limit itself is within.
    offices
        Whether the opening hours of offices count as well; they are never late.
    """
    near = {name: np.asarray(values, dtype=np.float64) <= limit_m for name, values in metres.items()}
    n_cells = len(next(iter(near.values()), ()))
    is_open, late = np.zeros((n_cells, 7), dtype=bool), np.zeros(n_cells, dtype=bool)
    for duty in duties:
        is_open[:, duty.slot.weekday] |= near[duty.place]
        if is_late(task, task.place_number(duty.place), duty.slot):
            late |= near[duty.place]
    for team in task.teams if offices else ():
        for window in team.office_hours:
            is_open[:, window.weekday] |= near[team.id]
    return OpenDays(is_open, late)


def reached(
    task: RotaTask, duties: Sequence[Duty], distances: Distances, limit_m: float, *, offices: bool = False
) -> OpenDays:
    """Return :func:`open_days` with walking distances that were measured for a whole area."""
    sites = {name: number for number, name in enumerate(distances.site_ids)}
    rooms = {name: number for number, name in enumerate(distances.candidate_ids)}
    ids = [*(place.id for place in task.places), *(team.id for team in task.teams if offices)]
    metres = {
        name: distances.sites[:, sites[name]] if name in sites else distances.candidates[:, rooms[name]]
        for name in ids
    }
    return open_days(task, duties, metres, limit_m, offices=offices)


def week_shares(found: OpenDays, need: ArrayLike) -> WeekShares:
    """Return what share of need the week reaches, ``Σ_i need_i · [cell i is reached] / Σ_i need_i``."""
    weight = np.asarray(need, dtype=np.float64)
    total = float(weight.sum())
    if total <= 0:
        return WeekShares((np.nan,) * 7, (np.nan,) * 8, np.nan)
    by_weekday = np.minimum(weight @ found.open / total, 1.0)  # sums of floats can go beyond
    by_days = np.minimum(np.bincount(found.days, weights=weight, minlength=8) / total, 1.0)
    return WeekShares(
        tuple(by_weekday.tolist()), tuple(by_days.tolist()), min(float(weight[found.late].sum()) / total, 1.0)
    )
