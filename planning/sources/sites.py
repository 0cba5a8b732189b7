"""Existing sites: the fixed offices, the known dependances and older outreach hours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyproj import Transformer

from planning.area.catalogues import declaration, records
from planning.area.locate import district_keys
from planning.area.schema import columns_of, typed
from planning.area.store import with_points
from planning.area.tables import weekday_codes
from planning.sources.facts import clean_source
from planning.sources.names import address_key, alike, stable_id, stated_address

if TYPE_CHECKING:
    import geopandas as gpd

    from planning.sources.facts import Facts
    from planning.sources.raw import RawFolder

_POI_ACCURACY_M = 40.0


def known_points(raw: RawFolder) -> pd.DataFrame:
    """Return the sites and venues of the list: site_id, name, address, x, y, location_quality, accuracy_m.

    Coordinates are taken from ``lat`` and ``lon``, so they are right in any CRS.
    """
    table = raw.get("known_sites")
    columns = ["site_id", "name", "address", "x", "y", "location_quality", "accuracy_m"]
    if table is None:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    to_area = Transformer.from_crs("EPSG:4326", raw.crs, always_xy=True)
    x, y = to_area.transform(table["lon"].to_numpy(dtype=float), table["lat"].to_numpy(dtype=float))
    xy = np.where(np.isfinite([x, y]), [x, y], np.nan).round(1)
    qualities = declaration("location_qualities").set_index("raw")["quality"]
    stated = table["address_geocoded"] if "address_geocoded" in table else pd.Series(np.nan, table.index)
    accuracy = table["accuracy_m"].astype(float) if "accuracy_m" in table else np.nan
    quality = table["quality"].map(qualities).fillna("near")
    values = [table["site_id"], table["name"], stated, xy[0], xy[1], quality, accuracy]
    return pd.DataFrame(dict(zip(columns, values, strict=True)))


class Finder:
    """Finds the point of a named or addressed thing, and says how sure it is."""

    def __init__(self, known: pd.DataFrame, places: gpd.GeoDataFrame, addresses: pd.DataFrame) -> None:
        self.known = known.dropna(subset=["x"])
        self.places = places.dropna(subset=["name"])
        self.addresses = addresses[~addresses["ambiguous"].astype(bool)]

    def find(self, name: str, venue: object, address: str, borough: object) -> dict[str, Any]:
        """Return x, y, location_quality and accuracy_m; unknown if nothing fits exactly once.

        Tried in turn: the list of known points by name, the same list by address, a place that bears the
        venue's name within the stated borough, the address table within that borough.
        """
        by_name = self.known[self.known["name"] == name]
        by_address = (
            self.known[self.known["address"].map(_key) == address_key(address)] if address else by_name
        )
        for hits in (by_name, by_address):
            if len(hits):
                return records(hits[["x", "y", "location_quality", "accuracy_m"]])[0]
        return self._place(venue, borough) or self._house(address, borough) or _NOWHERE

    def _place(self, venue: object, borough: object) -> dict[str, Any] | None:
        if not isinstance(venue, str):
            return None
        wanted = venue.split(",")[0]
        near = self.places[self.places["borough"] == borough]
        hits = near[near["name"].map(lambda name: alike(name, wanted))]
        if len(hits) != 1:
            return None
        point = hits.geometry.iloc[0]
        return {"x": point.x, "y": point.y, "location_quality": "near", "accuracy_m": _POI_ACCURACY_M}

    def _house(self, address: str, borough: object) -> dict[str, Any] | None:
        near = self.addresses[self.addresses["borough"] == borough]
        keys = (near["street"] + " " + near["housenumber"]).map(address_key)
        hits = near[keys == address_key(address)]
        if not address or len(hits) != 1:
            return None
        found = hits.iloc[0]
        return {"x": found["x"], "y": found["y"], "location_quality": "exact", "accuracy_m": 15.0}


_NOWHERE: dict[str, Any] = {"x": np.nan, "y": np.nan, "location_quality": "unknown", "accuracy_m": np.nan}


def _key(address: object) -> str:
    return address_key(address) if isinstance(address, str) else ""


def weekday_of(text: object) -> tuple[object, object]:
    """Return the code of a weekday and what else the text says.

    >>> weekday_of("Dienstag (every second week)")
    ('Di', 'every second week')
    """
    if not isinstance(text, str):
        return np.nan, np.nan
    found = re.fullmatch(r"\s*(\w+)\.?\s*(?:\((.*)\))?\s*", text)
    code = weekday_codes(found.group(1)) if found else text
    known = set(declaration("weekdays")["code"])
    return (code, found.group(2) or np.nan) if found and code in known else (np.nan, text)


def _office(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "office",
        "status": "open",
        "hours": row.get("opening_hours"),
        "languages": row.get("languages"),
        "as_of": row.get("hours_as_of") if isinstance(row.get("hours_as_of"), str) else row.get("opened"),
    }


def _branch(row: dict[str, Any]) -> dict[str, Any]:
    counted = isinstance(row.get("seq_no"), str)
    weekday, rest = weekday_of(row.get("weekday"))
    return {
        "kind": "dependance" if counted else "outreach",
        "status": "open" if counted else "unknown",
        "weekday": weekday,
        "hours": rest,
        "time_from": row.get("time_from"),
        "time_to": row.get("time_to"),
        "as_of": row.get("opened"),
    }


def sites(facts: Facts, districts: gpd.GeoDataFrame, finder: Finder, crs: str) -> gpd.GeoDataFrame:
    """Return the existing sites that the facts name; a place that no source tells stays empty.

    A branch with a running number is a dependance and open; one without is an older outreach hour whose
    present state is unknown. Nothing is added that no source names.
    """
    found_rows = [row | _office(row) for row in records(facts.get("offices"))]
    found_rows += [row | _branch(row) for row in records(facts.get("dependances"))]
    boroughs = districts[districts["level"] == "borough"].set_index("name")["key"]
    known_ids = finder.known.set_index("name")["site_id"].to_dict()
    rows = []
    for record in found_rows:
        address, _ = stated_address(record.get("address"))
        borough = boroughs.get(record.get("stadtbezirk"))
        found = finder.find(record["name"], record.get("venue"), address, borough)
        rows.append(
            record
            | found
            | {
                "site_id": known_ids.get(record["name"]) or stable_id("site", record["name"]),
                "address": record.get("address"),
                "borough": borough,
                "stadtteil": record.get("stadtteil"),
                "source": clean_source(record.get("source_url")),
                "note": _note(record),
            }
        )
    columns = list(columns_of("sites").index)
    table = pd.DataFrame(rows, columns=[*columns, "stadtteil"])
    plain, _ = typed(_in_districts(table, districts)[columns], "sites")
    return with_points(plain, crs)


def _note(record: dict[str, Any]) -> object:
    parts = [record.get(name) for name in ("venue", "notes")]
    stated = [part for part in parts if isinstance(part, str)]
    return "; ".join(stated) if stated else np.nan


def _in_districts(table: pd.DataFrame, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Fill borough and quarter from the point, or from the stated names where there is no point."""
    quarters = districts[districts["level"] == "quarter"]
    here = district_keys(districts, "quarter", table["x"], table["y"])
    stated = [
        quarters.loc[(quarters["name"] == name) & (quarters["parent"] == borough), "key"].squeeze()
        if ((quarters["name"] == name) & (quarters["parent"] == borough)).sum() == 1
        else np.nan
        for name, borough in zip(table["stadtteil"], table["borough"], strict=True)
    ]
    quarter = here.fillna(pd.Series(stated, dtype="str"))
    parent = here.map(quarters.set_index("key")["parent"])
    return table.assign(quarter=quarter, borough=parent.fillna(table["borough"].astype("str")))
