"""How far off need and criteria may be: the catalogue's estimates applied to one study area.

Need is off by region: all cells of a district may have grown otherwise than assumed, and each of its blocks
of one kilometre otherwise than the district. So rooms that share a neighbourhood share its error, and the
same errors run through scores (:mod:`planning.scoring.confidence`) and plans
(:mod:`planning.siting.uncertain`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planning.area import indicators
from planning.area.catalogues import uncertainties
from planning.need import default_weights
from planning.scoring.values import BEST, WORST, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.model import Criterion, Scenario

BLOCK_M = 1000.0
LEVELS = 256
_CENSUS = 2011


@dataclass(frozen=True, eq=False)
class NeedError:
    r"""The part of need that is off in the same way, and by how much.

    The factor of region *r* in quarter *q* is lognormal with mean 1:

    .. math:: f_r = \exp(\sigma_q z_q + \sigma_b z_r - (\sigma_q^2 + \sigma_b^2) / 2)

    Parameters
    ----------
    need
        ``(n_cells,)`` weighted persons.
    quarter_sd
        ``(n_quarters,)`` :math:`\sigma_q`, by the age of the quarter's own figure.
    block_sd
        :math:`\sigma_b`, by the age of the pattern within quarters.
    """

    need: NDArray[np.float64]
    quarter_sd: NDArray[np.float64]
    block_sd: float


@dataclass(frozen=True, eq=False)
class Regions:
    """Pieces of quarters in blocks of one kilometre.

    Parameters
    ----------
    of_cell
        ``(n_cells,)`` region of each cell.
    quarter
        ``(n_regions,)`` quarter of each region, as a position in ``keys``.
    keys
        Keys of the quarters; ``""`` for cells that lie in none.
    """

    of_cell: NDArray[np.intp]
    quarter: NDArray[np.intp]
    keys: tuple[str, ...]

    def sums(self, weight: NDArray[np.float64], reached: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return what each candidate reaches of a weight by region, shape (regions, candidates)."""
        order = np.argsort(self.of_cell, kind="stable")
        order = order[weight[order] > 0]
        total = np.zeros((len(self.quarter), reached.shape[1]), dtype=np.float32)
        if not len(order):
            return total
        regions = self.of_cell[order]
        starts = np.flatnonzero(np.diff(regions, prepend=-1))
        parts = weight[order, None].astype(np.float32) * reached[order]
        total[regions[starts]] = np.add.reduceat(parts, starts, axis=0)
        return total


def regions_of(cells: pd.DataFrame) -> Regions:
    """Divide the cells into regions: by quarter, and within it by blocks of one kilometre."""
    keys, quarter = np.unique(cells["quarter"].fillna("").astype(str).to_numpy(), return_inverse=True)
    place = [
        quarter,
        *(np.floor(cells[axis].to_numpy(np.float64) / BLOCK_M).astype(np.int64) for axis in "xy"),
    ]
    pieces, of_cell = np.unique(np.column_stack(place), axis=0, return_inverse=True)
    return Regions(of_cell.reshape(-1), pieces[:, 0].astype(np.intp), tuple(keys.tolist()))


def years_of(text: object) -> float:
    """Return the middle of the years that a text names, ``NaN`` without any."""
    from planning.sources.facts import years_in  # what is needed of it is small, what it loads is not

    years = years_in(text)
    return (years[0] + years[-1]) / 2 if years else float("nan")


def age_of_layer(area: StudyArea, layer: str, year: int) -> float:
    """Return the age of a layer in years, 0 where its year is unknown or later than ``year``."""
    known = {one.id: one.year for one in area.layers}
    age = year - years_of(known.get(layer, ""))
    return max(age, 0.0) if np.isfinite(age) else 0.0


def need_errors(area: StudyArea, scenario: Scenario, regions: Regions, *, year: int) -> tuple[NeedError, ...]:
    r"""Return by how much the need of a scenario may be off.

    With the drift :math:`\delta` of an indicator, its error :math:`\sigma_0` at the census and the year *Y*
    in which one asks:

    .. math:: \sigma_q^2 = \delta^2 (Y - Y_q), \qquad \sigma_b^2 = \sigma_0^2 + \delta^2 (Y - Y_0)

    :math:`Y_q` is the year of the quarter's own figure that scales the census, :math:`Y_0` that of the
    census, which also counts for a quarter without a figure of its own. The drift is what quarters grew apart
    within their boroughs (:func:`observed_drift`), taken to hold one level below as well.

    Parameters
    ----------
    year
        The year in which one asks, *Y*.
    """
    stated, table = uncertainties(), indicators().set_index("id")
    weights = default_weights() | dict(scenario.need_weights)
    together: dict[tuple[str, float, float], NDArray[np.float64]] = {}
    for group, weight in weights.items():
        if weight and group in area.cells:
            key = (
                str(table["scaled_by"][group]),
                float(stated["at_source"][group]),
                float(stated["per_root_year"][group]),
            )
            persons = float(weight) * area.cells[group].to_numpy(np.float64)
            together[key] = together.get(key, 0.0) + persons
    census = _census_year(area)
    return tuple(
        NeedError(
            need=need,
            quarter_sd=drift * np.sqrt(_ages(area, scaled_by, regions, year, census)),
            block_sd=_block_sd(at_source, drift, year - census),
        )
        for (scaled_by, at_source, drift), need in together.items()
    )


def _census_year(area: StudyArea) -> float:
    first = years_of(next((one.year for one in area.layers if one.id == "cells"), "").split("→")[0])
    return first if np.isfinite(first) else float(_CENSUS)


def _ages(area: StudyArea, scaled_by: str, regions: Regions, year: int, census: float) -> NDArray[np.float64]:
    """Return the age of each quarter's own figure, that of the census where there is none."""
    own = area.scaling[
        (area.scaling["level"] == "quarter")
        & (area.scaling["group"] == scaled_by)
        & (area.scaling["method"] == "own_total")
    ]
    known = dict(zip(own["key"].astype(str), _stated(own), strict=True))
    when = np.array([known.get(key, np.nan) for key in regions.keys], dtype=np.float64)
    age = np.maximum(year - np.where(np.isfinite(when), when, census), 0.0)
    return np.asarray(age, dtype=np.float64)


def _stated(own: pd.DataFrame) -> NDArray[np.float64]:
    """Return the year in which each district's own figure was true.

    A share that was carried forward to a later year knows nothing of the district after its own.
    """
    rows = zip(own["year"], own["share_year"], strict=True)
    return np.array([np.fmin(years_of(year), years_of(share)) for year, share in rows], dtype=np.float64)


def observed_drift(area: StudyArea, scaled_by: str) -> float:
    r"""Return how far quarters grew apart within their boroughs, per square root of a year.

    With the factors :math:`f` from the census to the newer figure, persons :math:`n_q` in the census and the
    years :math:`t_q` between:

    .. math:: \delta = \sqrt{\sum_q n_q (x_q - \bar x)^2 / \sum_q n_q t_q}, \qquad x_q = \ln(f_q / f_{b(q)})

    over quarters with a figure of their own; :math:`\bar x` is the mean with the same weights. ``NaN`` where
    there are none. The catalogue's ``per_root_year`` is this figure for Dortmund.
    """
    rows = area.scaling[area.scaling["group"] == scaled_by]
    borough = rows[rows["level"] == "borough"].set_index("key")["factor"]
    own = rows[(rows["level"] == "quarter") & (rows["method"] == "own_total")]
    parent = area.level("quarter")["parent"]
    above = own["key"].map(parent).map(borough).to_numpy(np.float64)
    years = _stated(own) - _census_year(area)
    weight = own["base_2011"].to_numpy(np.float64)
    apart = np.log(own["factor"].to_numpy(np.float64) / above)
    used = np.isfinite(apart) & (years > 0)
    if not used.any():
        return float("nan")
    apart, years, weight = apart[used], years[used], weight[used]
    middle = np.average(apart, weights=weight)
    return float(np.sqrt((weight * (apart - middle) ** 2).sum() / (weight * years).sum()))


def spreads(area: StudyArea, *, year: int) -> dict[str, tuple[str, float]]:
    r"""Return measure and size of the error of each criterion that does not follow from need.

    Returns
    -------
    dict
        By criterion: the catalogue's ``measure`` and :math:`\sqrt{\sigma_0^2 + \delta^2 t}` with the age
        *t* of its layer in years.
    """
    stated = uncertainties()
    rows = stated[stated["of"] == "criterion"]
    return {
        str(name): (
            str(row["measure"]),
            float(
                np.hypot(
                    row["at_source"],
                    row["per_root_year"] * np.sqrt(age_of_layer(area, str(row["layer"]), year)),
                )
            ),
        )
        for name, row in rows.iterrows()
    }


def indicator_spreads(area: StudyArea, *, year: int) -> dict[str, tuple[float, float]]:
    r"""Return the error of each indicator that may carry need, least and greatest of all quarters.

    It is that of a block of one kilometre, its quarter's part included:
    :math:`\sqrt{\sigma_q^2 + \sigma_b^2}` of :func:`need_errors`.
    """
    stated, table = uncertainties(), indicators().set_index("id")
    regions, census = regions_of(area.cells), _census_year(area)
    found = {}
    for name in stated.index[stated["of"] == "indicator"]:
        drift = float(stated["per_root_year"][name])
        block = _block_sd(float(stated["at_source"][name]), drift, year - census)
        ages = _ages(area, str(table["scaled_by"][name]), regions, year, census)
        sizes = np.hypot(block, drift * np.sqrt(ages))
        found[str(name)] = (float(sizes.min(initial=np.inf)), float(sizes.max(initial=0.0)))
    return found


def _block_sd(at_source: float, drift: float, age: float) -> float:
    return float(np.hypot(at_source, drift * np.sqrt(max(age, 0.0))))


def possible_values(
    criterion: Criterion, raw: NDArray[np.float64], measure: str, size: float
) -> NDArray[np.float32]:
    """Return equally likely values (0-100) of each candidate in one criterion, shape (candidates, 256).

    ``relative``: the raw measure times a lognormal factor of mean 1 and log-deviation ``size``; ``points``:
    the value plus a normal error; ``flip``: of yes and no the other one with probability ``size``. Where the
    fact is unknown the value is worst or best, so often that the mean is the criterion's stand-in. What is
    out of reach stays so. Shares of the largest measure stay shares of what is the largest now.
    """
    from scipy.special import ndtri  # slow to load

    normal = ndtri((np.arange(LEVELS) + 0.5) / LEVELS)
    normal /= normal.std()
    finite = raw[np.isfinite(raw)]
    top = float(finite.max(initial=0.0))
    if measure == "relative":
        factor = np.exp(size * normal - size**2 / 2)
        values = value(criterion, np.outer(raw, factor), top=top)
    elif measure == "points":
        values = np.clip(value(criterion, raw, top=top)[:, None] + size * normal, WORST, BEST)
    elif measure == "flip":
        turned = np.arange(LEVELS) >= round((1.0 - size) * LEVELS)
        values = value(criterion, np.where(turned, 1.0 - raw[:, None], raw[:, None]), top=top)
    else:
        values = np.repeat(value(criterion, raw, top=top)[:, None], LEVELS, axis=1)
    best = np.arange(LEVELS) < round(criterion.missing_value / 100.0 * LEVELS)
    values[np.isnan(raw)] = np.where(best, BEST, WORST)
    return np.asarray(values, dtype=np.float32)


def known_measure(measures: Mapping[str, tuple[str, float]], criterion: str) -> tuple[str, float]:
    """Return measure and size of a criterion's error; one that the catalogue does not state has none."""
    return measures.get(criterion, ("none", 0.0))
