"""Need: how many persons-equivalents live in each cell and district."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planning.area import LEVELS, indicators
from planning.area.locate import district_keys
from planning.errors import Fault, SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray


def default_weights() -> dict[str, float]:
    """Return the catalogue's need per person (or household) by group, in catalogue order."""
    table = indicators()
    chosen = table[table["need_group"]]
    return {str(group): float(w) for group, w in zip(chosen["id"], chosen["default_weight"], strict=True)}


def cell_need(
    cells: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
    *,
    defaults: Mapping[str, float] | None = None,
) -> NDArray[np.float64]:
    """Return the need of each cell: ``need_i = Σ_g w_g · persons_ig``.

    Parameters
    ----------
    cells
        One column of persons (or households) for each group.
    weights
        Need per person by group, zero or more; a group left out has its default.
    defaults
        All groups with their default weight; the catalogue's if left out. A group that the cells do not know
        adds nothing.

    Returns
    -------
    ndarray
        ``(n_cells,)`` persons-equivalents, in the order of ``cells``.

    Raises
    ------
    SettingError
        ``need_weights_invalid`` with one fault for each weight that is negative, not a finite number, of an
        unknown group, or above zero for a group without figures in ``cells``.

    Examples
    --------
    >>> cells = pd.DataFrame({"adults": [10.0, 0.0], "children": [2.0, 4.0]})
    >>> cell_need(cells, {"children": 0.5}, defaults={"adults": 1.0, "children": 0.0}).tolist()
    [11.0, 2.0]
    """
    known = default_weights() if defaults is None else dict(defaults)
    given = dict(weights or {})
    faults = [fault for group, weight in given.items() if (fault := _fault(group, weight, known, cells))]
    if faults:
        raise SettingError("need_weights_invalid", faults=tuple(faults))
    need = np.zeros(len(cells))
    for group, weight in (known | given).items():
        if weight and group in cells:
            need += float(weight) * cells[group].to_numpy(np.float64)
    return need


def _fault(group: str, weight: float, known: Mapping[str, float], cells: pd.DataFrame) -> Fault | None:
    if group not in known:
        return Fault("need_group_unknown", column=group, params={"group": group, "known": ", ".join(known)})
    if not isinstance(weight, int | float | np.number) or not math.isfinite(weight):
        return Fault("need_weight_not_a_number", column=group, params={"group": group, "value": weight})
    if weight < 0:
        return Fault("need_weight_negative", column=group, params={"group": group, "value": weight})
    if weight > 0 and group not in cells:
        return Fault("need_group_without_figures", column=group, params={"group": group})
    return None


def assign(cells: pd.DataFrame, districts: gpd.GeoDataFrame | None, level: str) -> pd.Series:
    """Return the key of the district each cell belongs to, ``NaN`` where it belongs to none.

    A column of ``cells`` named like the level decides; without one, the place of the cell's centre does.
    Where districts overlap, the first in the table counts.

    Parameters
    ----------
    cells
        Columns ``x``, ``y`` (metres) and, where known, the keys by level.
    districts
        Districts of the study area; needed only for a level that is no column of ``cells``.
    level
        ``borough``, ``quarter`` or ``priority_area``.

    Raises
    ------
    SettingError
        ``district_level_unknown`` if the level is none of these, ``district_level_missing`` if neither a
        column nor districts are at hand.
    """
    if level not in LEVELS:
        raise SettingError("district_level_unknown", level=level, known=", ".join(LEVELS))
    if level in cells:
        return pd.Series(cells[level].to_numpy(), index=cells.index, name=level)
    if districts is None:
        raise SettingError("district_level_missing", level=level)
    keys = district_keys(districts, level, cells["x"], cells["y"])
    return pd.Series(keys.to_numpy(), index=cells.index, name=level)


def district_need(
    cells: pd.DataFrame,
    need: NDArray[np.float64],
    level: str,
    *,
    districts: gpd.GeoDataFrame | None = None,
) -> pd.Series:
    """Return the need of each district of a level, by key.

    Every cell counts in exactly one entry, so the sum is that of ``need``: cells outside all districts stand
    under ``NaN``. See :func:`assign` for who belongs where.
    """
    keys = assign(cells, districts, level).to_numpy()
    return pd.Series(need, name="need").groupby(pd.Index(keys, name="key"), dropna=False).sum()
