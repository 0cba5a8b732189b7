"""Which district a point lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike


def district_keys(districts: gpd.GeoDataFrame, level: str, x: ArrayLike, y: ArrayLike) -> pd.Series:
    """Return the key of the district of one level that holds each point; NaN where none does.

    Parameters
    ----------
    districts
        Districts of a study area.
    level
        ``borough``, ``quarter`` or ``priority_area``.
    x, y
        Metres in the area's CRS; NaN is allowed and lies nowhere.
    """
    chosen = districts[districts["level"] == level]
    points = shapely.points(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    tree = shapely.STRtree(chosen.geometry.to_numpy())
    which, inside = tree.query(points, predicate="intersects")
    found = np.full(len(points), -1)
    found[which[::-1]] = inside[::-1]
    keys = np.append(chosen["key"].to_numpy(dtype=object), np.nan)
    return pd.Series(keys[found], dtype="str")


def outline(districts: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return the whole city as one geometry."""
    boroughs = districts.loc[districts["level"] == "borough"]
    return shapely.union_all(boroughs.geometry.to_numpy())
