"""Candidate rooms: places that can host a weekly consultation and rooms that facts name, each once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from planning.area.catalogues import declaration, records, venue_kinds
from planning.area.locate import district_keys
from planning.area.schema import columns_of, typed
from planning.area.store import with_points
from planning.sources.doubles import merge_doubles
from planning.sources.facts import clean_source
from planning.sources.names import stable_id, stated_address

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from planning.sources.facts import Facts
    from planning.sources.sites import Finder

_SAME_SPOT_M = 30.0
_ADDRESS_M = 25.0
_STREET_M = 100.0
_AREA = re.compile(r"\b(\d{1,4})\s?(?:m2|m²|qm)\b")


def kind_of(venue_type: object) -> str:
    """Return the kind of room for a German description, by the aliases in the catalogue; the first that fits.

    >>> kind_of("Stadtteilbibliothek / Bezirksverwaltungsstelle")
    'library'
    """
    text = venue_type.lower() if isinstance(venue_type, str) else ""
    for kind, aliases in declaration("venue_kinds")[["kind", "aliases"]].itertuples(index=False):
        if aliases and re.search(aliases, text):
            return str(kind)
    return "other"


def kind_by_name(kind: str, name: object) -> str:
    """Return the kind of a place, corrected where its name leaves no doubt (``catalogue/name_kinds.csv``).

    >>> kind_by_name("school", "Jugendtreff Ost"), kind_by_name("school", "Schule Ost")
    ('youth_centre', 'school')
    """
    for rule in records(declaration("name_kinds")) if isinstance(name, str) else []:
        if kind in rule["kinds"].split(";") and re.search(rule["pattern"], str(name), re.IGNORECASE):
            return str(rule["kind"])
    return kind


def place_candidates(
    places: gpd.GeoDataFrame, as_of: str, source: str, *, grounds: gpd.GeoDataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the places that can host a consultation, and those of such kinds that cannot, with reasons.

    ``catalogue/venue_kinds.csv`` names the kinds, ``catalogue/not_rooms.csv`` what is no such room.

    Parameters
    ----------
    places
        Places of the area.
    as_of, source
        Written beside each room.
    grounds
        Areas with a ``class`` such as ``cemetery``, for the rules that look at the surroundings.
    """
    kinds = venue_kinds()
    hosts = places[places["kind"].isin(kinds.loc[kinds["candidate"], "kind"])].reset_index(drop=True)
    reason = _not_rooms(hosts, places, grounds)
    points = hosts.geometry.to_numpy()
    table = pd.DataFrame(
        {
            "candidate_id": hosts["place_id"],
            "name": hosts["name"],
            "kind": list(map(kind_by_name, hosts["kind"], hosts["name"])),
            "x": shapely.get_x(points),
            "y": shapely.get_y(points),
            "location_quality": "exact",
            "accuracy_m": 25.0,
            "as_of": as_of,
            "source": source,
        }
    )
    left_out = table[reason.notna()].assign(reason=reason.dropna())
    return table[reason.isna()].reset_index(drop=True), left_out.reset_index(drop=True)


def _not_rooms(
    hosts: gpd.GeoDataFrame, places: gpd.GeoDataFrame, grounds: gpd.GeoDataFrame | None
) -> pd.Series:
    reason = pd.Series(np.nan, hosts.index, dtype="str")
    for rule in records(declaration("not_rooms")):
        hit = hosts["kind"].isin(rule["kinds"].split(";"))
        pattern = re.compile(rule["pattern"], re.IGNORECASE)
        hit &= hosts["name"].fillna("").map(lambda name, known=pattern: known.search(name) is not None)
        if rule["near_kinds"]:
            others = places[places["kind"].isin(rule["near_kinds"].split(";"))]
            hit &= _within(hosts, others, float(rule["near_m"]))
        if rule["inside"]:
            here = hosts[:0] if grounds is None else grounds[grounds["class"] == rule["inside"]]
            hit &= _within(hosts, here, 0.0)
        reason = reason.mask(hit & reason.isna(), rule["reason"])
    return reason


def _within(hosts: gpd.GeoDataFrame, others: gpd.GeoDataFrame, metres: float) -> NDArray[np.bool_]:
    tree = shapely.STRtree(others.geometry.to_numpy())
    near, _ = tree.query(hosts.geometry.to_numpy(), predicate="dwithin", distance=metres)
    return np.asarray(hosts.index.isin(near), dtype=np.bool_)


def venue_candidates(facts: Facts, districts: gpd.GeoDataFrame, finder: Finder) -> pd.DataFrame:
    """Return the rooms that facts name, x and y NaN where they could not be located."""
    boroughs = districts[districts["level"] == "borough"].set_index("name")["key"]
    quarters = districts[districts["level"] == "quarter"].set_index("name")["key"]
    rows = []
    for venue in records(facts.get("venues")):
        address, quality = stated_address(venue.get("address"))
        borough = boroughs.get(venue.get("stadtbezirk"))
        found = finder.find(venue["name"], venue["name"], address if quality == "stated" else "", borough)
        note = venue.get("notes")
        area = _AREA.search(note) if isinstance(note, str) else None
        rows.append(
            {
                "candidate_id": stable_id("vn", venue["name"], address),
                "name": venue["name"],
                "kind": kind_of(venue.get("venue_type")),
                "address": address or np.nan,
                "address_quality": quality or np.nan,
                "borough": borough,
                "quarter": quarters.get(venue.get("stadtteil")),
                "room_m2": float(area.group(1)) if area else np.nan,
                "contact": venue.get("operator"),
                "as_of": venue.get("as_of"),
                "source": clean_source(venue.get("source_url")),
                "note": note,
                **found,
            }
        )
    return pd.DataFrame(rows, columns=[*columns_of("candidates").index, "accuracy_m"])


def unlocated(venues: pd.DataFrame) -> pd.DataFrame:
    """Return the rooms that no source places: to be entered by people who know where they are."""
    lost = venues[venues["x"].isna()].assign(reason="not_found").sort_values("name")
    return lost[list(columns_of("unlocated").index)].astype("str").reset_index(drop=True)


def candidates(
    venues: pd.DataFrame,
    from_places: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    addresses: pd.DataFrame,
    streets: tuple[Any, Any],
    districts: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Return the candidate rooms, each once, with what is known of them.

    Parameters
    ----------
    venues, from_places
        Rooms that facts name (only the located ones are taken) and places of a hosting kind.
    sites
        Existing sites: a room at the address of an open site is no candidate; one at the place of a site of
        unknown state is kept and names that site in ``at_site``.
    addresses
        Address table, for the nearest house number within 25 m; two entries at one house may be doubles.
    streets
        Lines and names of named streets, for ``street`` (nearest within 100 m).
    districts
        Districts of the area, unsimplified.
    """
    both = pd.concat([venues.dropna(subset=["x"]), from_places], ignore_index=True)
    columns = list(columns_of("candidates").index)
    both = both.reindex(columns=columns)
    both["house"] = _nearest_house(both, addresses)
    table = _without_sites(merge_doubles(both)[columns], sites)
    table["status"] = "open"
    table["x"], table["y"] = table["x"].astype(float).round(1), table["y"].astype(float).round(1)
    table = _with_address(table, addresses)
    table["street"] = _nearest_street(table, streets)
    quarter = district_keys(districts, "quarter", table["x"], table["y"])
    table["quarter"] = quarter
    table["borough"] = quarter.map(districts[districts["level"] == "quarter"].set_index("key")["parent"])
    table = table.dropna(subset=["quarter"])[columns].sort_values("candidate_id")
    plain, _ = typed(table, "candidates")
    return with_points(plain, str(districts.crs.to_string()))


def _without_sites(table: pd.DataFrame, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    located = sites.dropna(subset=["x"])
    at_open = np.zeros(len(table), dtype=bool)
    at_site = pd.Series(np.nan, table.index, dtype="str")
    for site in records(located):
        gap = np.hypot(table["x"].astype(float) - site["x"], table["y"].astype(float) - site["y"])
        same = (table["address"].notna() & (table["address"] == site["address"])) & (gap < 10 * _SAME_SPOT_M)
        if site["status"] == "open":
            at_open |= (same | (gap < _SAME_SPOT_M / 2)).to_numpy()
        elif site["status"] == "unknown":
            at_site = at_site.mask(same | (gap < _SAME_SPOT_M), site["site_id"])
    return table.assign(at_site=at_site)[~at_open].reset_index(drop=True)


def _nearest_house(table: pd.DataFrame, addresses: pd.DataFrame) -> pd.Series:
    """Return street and number of the nearest sure address within 25 m of each room; NaN without one."""
    sure = addresses[~addresses["ambiguous"].astype(bool)].reset_index(drop=True)
    nearest = pd.Series(np.nan, table.index, dtype="str")
    if len(sure) and len(table):
        tree = shapely.STRtree(shapely.points(sure["x"].to_numpy(), sure["y"].to_numpy()))
        rooms = shapely.points(table["x"].to_numpy(dtype=float), table["y"].to_numpy(dtype=float))
        which, found = tree.query_nearest(rooms, max_distance=_ADDRESS_M, all_matches=False)
        nearest.iloc[which] = (sure["street"] + " " + sure["housenumber"]).to_numpy()[found]
    return nearest


def _with_address(table: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    if table.empty:
        return table
    nearest = _nearest_house(table, addresses)
    # A stated street without a number is completed where the nearest house number is on that street.
    street_only = (table["address_quality"] == "street").to_numpy()
    stated = table["address"].astype("str").fillna("?")
    same = [str(house).startswith(f"{street} ") for house, street in zip(nearest, stated, strict=True)]
    fill = nearest.notna() & (table["address"].isna() | (street_only & np.array(same, dtype=bool)))
    return table.assign(
        address=table["address"].astype("str").mask(fill, nearest),
        address_quality=table["address_quality"].astype("str").mask(fill, "nearest"),
    )


def _nearest_street(table: pd.DataFrame, streets: tuple[Any, Any]) -> pd.Series:
    lines, names = streets
    found = pd.Series(np.nan, table.index, dtype="str")
    if len(lines) and len(table):
        rooms = shapely.points(table["x"].to_numpy(dtype=float), table["y"].to_numpy(dtype=float))
        which, nearest = shapely.STRtree(lines).query_nearest(
            rooms, max_distance=_STREET_M, all_matches=False
        )
        found.iloc[which] = names[nearest]
    return found
