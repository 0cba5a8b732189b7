"""Newer district totals scale the census figures of the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planning.area.catalogues import indicators, records
from planning.sources.facts import years_in

if TYPE_CHECKING:
    import geopandas as gpd

SCALING_GROUPS = ("residents", "foreign_nationals")
_INHERITED = {"quarter": "borough_factor", "borough": "city_factor", "city": "none"}


def scaling_table(
    cells: pd.DataFrame, districts: gpd.GeoDataFrame, totals: pd.DataFrame, city: str
) -> pd.DataFrame:
    """Return the factor of every district for each scaling group.

    With ``B_d`` the census sum over the cells of district *d* and ``T_d`` a newer total::

        f_d = T_d / B_d            where T_d is known and B_d > 0   (own_total)
        f_d = f_parent(d)          otherwise                        (borough_factor, city_factor)
        f_city = 1                 where nothing newer is known     (none)

    A district with a total but no cell to carry it keeps factor 1 and is reported as ``none``.

    Parameters
    ----------
    cells
        Columns borough, quarter and ``<group>_base`` (persons in the census).
    districts
        Boroughs and quarters: level, key, name, parent.
    totals
        As of :func:`planning.sources.facts.newer_totals`.
    city
        Name of the city.
    """
    known = {(row["level"], row["key"], row["group"]): row for row in records(totals)}
    rows = []
    for group in SCALING_GROUPS:
        base = cells[f"{group}_base"]
        factors = {("", ""): 1.0}
        for level, key, name, parent in _ordered(districts, city):
            inside = base.sum() if level == "city" else base[cells[level] == key].sum()
            total = known.get((level, key, group))
            row: dict[str, Any] = {
                "level": level,
                "key": key,
                "name": name,
                "group": group,
                "base_2011": float(inside),
            }
            row |= _factor(float(inside), total, level, factors[parent])
            factors[level, key] = float(row["factor"])
            rows.append(row)
    return pd.DataFrame(rows)


def _ordered(districts: gpd.GeoDataFrame, city: str) -> list[tuple[str, str, str, tuple[str, str]]]:
    found = [("city", "city", city, ("", ""))]
    for level, above in (("borough", "city"), ("quarter", "borough")):
        chosen = districts[districts["level"] == level]
        for key, name, parent in zip(chosen["key"], chosen["name"], chosen["parent"], strict=True):
            found.append((level, key, name, (above, "city" if level == "borough" else parent)))
    return found


def _factor(base: float, total: dict[str, Any] | None, level: str, inherited: float) -> dict[str, object]:
    if total is None:
        empty = dict.fromkeys(("year", "share_year", "basis", "source"))
        return {"total": np.nan, "factor": inherited, "method": _INHERITED[level]} | empty
    stated = {name: total[name] for name in ("year", "share_year", "basis", "source")}
    if base <= 0:
        return {"total": total["total"], "factor": 1.0, "method": "none"} | stated
    return {"total": total["total"], "factor": total["total"] / base, "method": "own_total"} | stated


def scale_cells(cells: pd.DataFrame, scaling: pd.DataFrame) -> pd.DataFrame:
    r"""Return the cells with one column per group, scaled by the factor :math:`F` of the cell's quarter.

    By ``scaled_how`` of the indicator (census figure :math:`B`, of the group it follows :math:`G`)::

        factor   B · F
        growth   max(0, B + G · (F - 1))   for want of totals of its own: whoever came is added once

    A cell in no quarter takes the factor of its borough, a cell in neither that of the city.
    """
    scaled = cells.copy()
    table = indicators()
    for group, by, how in table.loc[table["need_group"], ["id", "scaled_by", "scaled_how"]].itertuples(
        index=False
    ):
        factors = scaling[scaling["group"] == by]
        by_level = {level: part.set_index("key")["factor"] for level, part in factors.groupby("level")}
        factor = cells["quarter"].map(by_level["quarter"]).fillna(cells["borough"].map(by_level["borough"]))
        factor = factor.fillna(float(by_level["city"].iloc[0]))
        base = cells[f"{group}_base"]
        grown = (base + cells[f"{by}_base"] * (factor - 1)).clip(lower=0)
        scaled[group] = grown if how == "growth" else base * factor
    return scaled


def years_of_cells(scaling: pd.DataFrame, census_year: int) -> str:
    """Return the year of the cells in signs: ``2011 → 2012–2025``, or ``2011`` where nothing scales them."""
    texts = pd.concat([scaling["year"], scaling["share_year"]])
    years = sorted({year for text in texts for year in years_in(text)})
    span = "–".join(dict.fromkeys(str(year) for year in (years[:1] + years[-1:])))
    return f"{census_year} → {span}" if span else str(census_year)
