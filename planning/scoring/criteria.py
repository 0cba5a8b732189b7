"""Raw values of the nine criteria for the open candidates of a study area.

What depends on what, so that a screen recomputes no more than it must:

================  ==========================================================
``surroundings``  candidates, stops, places, open sites (not on any setting)
``demand``        also need weights (all), minutes and speed (``need_gained``)
``score``         also criteria weights and value functions
================  ==========================================================
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from planning.access import nearest, open_sites
from planning.area import venue_kinds
from planning.area.criteria import partner_kinds
from planning.need import cell_need, district_need
from planning.scoring.measures import (
    distinct_within,
    nearest_metres,
    need_per_site,
    newly_within,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Hashable

    import geopandas as gpd
    from numpy.typing import NDArray

    from planning.access import Distances
    from planning.area.study_area import StudyArea
    from planning.model import Scenario

DENSITY_M = 500.0
STOPS_M = 300.0
PARTNERS_M = 400.0
OWN_PLACE_M = 30.0
SAME_PLACE_M = 60.0
CRITERIA = (
    "need_gained",
    "need_density",
    "transit",
    "distance",
    "partners",
    "venue",
    "step_free",
    "priority_area",
    "equity",
)


def is_open(candidates: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which candidates can be chosen: all but those whose status is ``closed``."""
    return np.asarray(candidates["status"] != "closed", dtype=np.bool_)


def lines_of_stops(stops: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the regular lines of each stop."""
    texts = ["" if pd.isna(text) else str(text) for text in stops["lines"]]
    return [tuple(line for part in text.split(";") if (line := part.strip())) for text in texts]


def _plain(names: pd.Series) -> NDArray[np.object_]:
    """Return names in small letters without signs, so that spellings of one name are equal."""
    texts = ["" if pd.isna(name) else str(name).casefold() for name in names]
    return np.array([" ".join(re.findall(r"\w+", text)) for text in texts], dtype=object)


def labels_of_places(places: gpd.GeoDataFrame) -> list[tuple[Hashable, ...]]:
    """Label each place that can be a partner; other places get no label.

    Two entries are one partner, and bear one label, if they have the same kind and name, or the same name
    within 60 m whatever their kinds (a school that is also entered as a kindergarten). A place without a
    name is a partner of its own.
    """
    names = _plain(places["name"])
    rows = zip(places["kind"], names, places["place_id"], strict=True)
    labels: list[Hashable] = [(kind, name or ("unnamed", key)) for kind, name, key in rows]
    offered = places["kind"].isin(partner_kinds()).to_numpy()
    same = dict(zip(labels, labels, strict=True))
    for one, other in _near_namesakes(places, names, offered):
        kept, dropped = sorted((_first(same, labels[one]), _first(same, labels[other])), key=repr)
        same[dropped] = kept
    return [(_first(same, label),) if counts else () for label, counts in zip(labels, offered, strict=True)]


def _near_namesakes(
    places: gpd.GeoDataFrame, names: NDArray[np.object_], offered: NDArray[np.bool_]
) -> list[tuple[int, int]]:
    rows = np.flatnonzero(offered & (names != ""))
    points = places.geometry.to_numpy()[rows]
    pairs = shapely.STRtree(points).query(points, predicate="dwithin", distance=SAME_PLACE_M).T
    here = [(int(rows[i]), int(rows[j])) for i, j in pairs if i < j]
    return [(i, j) for i, j in here if names[i] == names[j]]


def _first(same: dict[Hashable, Hashable], label: Hashable) -> Hashable:
    while same[label] != label:
        label = same[label]
    return label


def _origins(places: pd.DataFrame, candidates: pd.DataFrame) -> NDArray[np.bool_]:
    merged = candidates["merged"] if "merged" in candidates else [None] * len(candidates)
    keys = places["place_id"].to_numpy(dtype=object)
    columns = [
        np.isin(keys, [key, *(() if pd.isna(others) else str(others).split(";"))])
        for key, others in zip(candidates["candidate_id"], merged, strict=True)
    ]
    return np.column_stack(columns) if columns else np.zeros((len(keys), 0), dtype=np.bool_)


def own_places(places: gpd.GeoDataFrame, candidates: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which places are the candidate itself, shape (places, candidates).

    A place is the candidate if the candidate was made from it (its identifier is the candidate's, or
    stands in the candidate's ``merged``), or if as the crow flies it lies within 30 m and has the same kind,
    or within 60 m and has the same name.
    """
    here = np.column_stack([candidates["x"], candidates["y"]]).astype(np.float64)
    there = shapely.get_coordinates(places.geometry.to_numpy())
    metres = np.hypot(*(there[:, None, :] - here[None, :, :]).transpose(2, 0, 1))
    place_names, room_names = _plain(places["name"]), _plain(candidates["name"])
    place_kinds, room_kinds = _plain(places["kind"]), _plain(candidates["kind"])
    same_kind = place_kinds[:, None] == room_kinds[None, :]
    same_name = (place_names[:, None] == room_names[None, :]) & (place_names != "")[:, None]
    own = (same_kind & (metres <= OWN_PLACE_M)) | (same_name & (metres <= SAME_PLACE_M))
    return np.asarray(own | _origins(places, candidates), dtype=np.bool_)


def inside_level(area: StudyArea, candidates: pd.DataFrame, level: str) -> NDArray[np.bool_]:
    """Tell which candidates lie inside any district of a level; its border counts as inside."""
    union = shapely.union_all(area.level(level).geometry.to_numpy())
    return np.asarray(shapely.intersects_xy(union, candidates["x"], candidates["y"]), dtype=np.bool_)


def surroundings(area: StudyArea, distances: Distances) -> pd.DataFrame:
    """Return the raw criteria that no setting changes, for the open candidates.

    Columns: ``transit`` (different regular lines at stops within 300 m of walking), ``distance`` (metres
    of walking to the nearest open site), ``partners`` (different partner places within 400 m of walking),
    ``venue`` (suitability of the kind of venue, 0-100), ``step_free`` (1 yes, 0 no), ``priority_area`` (1
    inside, 0 outside). ``NaN`` is unknown.
    """
    chosen = is_open(area.candidates)
    rooms = area.candidates[chosen]
    suitability = venue_kinds().set_index("kind")["suitability"].astype(np.float64)
    return pd.DataFrame(
        {
            "transit": distinct_within(
                distances.candidate_stops[:, chosen], STOPS_M, lines_of_stops(area.stops)
            ).astype(np.float64),
            "distance": nearest_metres(distances.candidate_sites[:, chosen]),
            "partners": distinct_within(
                distances.candidate_places[:, chosen],
                PARTNERS_M,
                labels_of_places(area.places),
                own_places(area.places, rooms),
            ).astype(np.float64),
            "venue": rooms["kind"].map(suitability).to_numpy(dtype=np.float64),
            "step_free": rooms["step_free"].map({"yes": 1.0, "no": 0.0}).to_numpy(dtype=np.float64),
            "priority_area": inside_level(area, rooms, "priority_area").astype(np.float64),
        },
        index=pd.Index(rooms["candidate_id"], name="candidate_id"),
    )


def borough_equity(
    area: StudyArea, need: NDArray[np.float64], candidates: pd.DataFrame
) -> NDArray[np.float64]:
    """Return for each candidate the need of its borough per open site there, itself counted as one.

    ``NaN`` where the candidate lies in no borough.
    """
    keys = area.level("borough").index
    total = district_need(area.cells, need, "borough").reindex(keys, fill_value=0.0)
    sites = open_sites(area.sites)["borough"].value_counts().reindex(keys, fill_value=0)
    burden = pd.Series(need_per_site(total.to_numpy(), sites.to_numpy()), index=keys)
    return np.asarray(candidates["borough"].map(burden), dtype=np.float64)


def demand(
    area: StudyArea, scenario: Scenario, distances: Distances, need: NDArray[np.float64] | None = None
) -> pd.DataFrame:
    """Return the raw criteria that depend on the scenario, for the open candidates, in weighted persons.

    Columns: ``need_gained`` (need within the scenario's reach of the candidate and of no open site),
    ``need_density`` (need within 500 m of walking), ``equity`` (need of the borough for each open site
    there, the candidate counted as one).

    Parameters
    ----------
    area, scenario, distances
        Distances are those of the area, its rows and columns in the order of the area's tables.
    need
        Need by cell, if it is at hand; computed from the scenario otherwise.
    """
    need = cell_need(area.cells, scenario.need_weights) if need is None else need
    chosen = is_open(area.candidates)
    rooms = area.candidates[chosen]
    metres = distances.candidates if chosen.all() else distances.candidates[:, chosen]
    return pd.DataFrame(
        {
            "need_gained": newly_within(metres, nearest(distances.sites), scenario.reach_m, need),
            "need_density": within(metres, DENSITY_M, need),
            "equity": borough_equity(area, need, rooms),
        },
        index=pd.Index(rooms["candidate_id"], name="candidate_id"),
    )


def raw_criteria(
    area: StudyArea,
    scenario: Scenario,
    distances: Distances,
    *,
    need: NDArray[np.float64] | None = None,
    around: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the raw values of the nine criteria for the open candidates.

    Parameters
    ----------
    area, scenario, distances
        What is measured; see :func:`surroundings` and :func:`demand`.
    need
        Need by cell, if it is at hand.
    around
        :func:`surroundings` of the same area and distances, if it is at hand.

    Returns
    -------
    DataFrame
        Index ``candidate_id``, one column per criterion; ``NaN`` is unknown, ``inf`` out of reach.
    """
    around = surroundings(area, distances) if around is None else around
    return pd.concat([demand(area, scenario, distances, need), around], axis=1)[list(CRITERIA)]
