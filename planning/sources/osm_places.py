"""Places, stops, candidate rooms and base map of a city from OpenStreetMap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.area.catalogues import declaration
from planning.area.locate import district_keys
from planning.area.store import empty_table
from planning.errors import SourceError
from planning.sources.basemap import basemap
from planning.sources.osm_service import asked, from_file, osmnx_settings
from planning.sources.raw import RawFolder
from planning.sources.venues import candidates, place_candidates

if TYPE_CHECKING:
    from pathlib import Path

    from planning.sources.osm_service import Members, Service

_SAME_NAMED_M = 150.0
_SAME_UNNAMED_M = 60.0
_MODES = ("rail", "subway", "light_rail", "tram", "ferry", "bus", "other")
_DECIMETRE = 1
_SOURCE = "OpenStreetMap"


def features(service: Service, polygon: shapely.Geometry, osm_file: Path | None) -> gpd.GeoDataFrame:
    """Return every OSM object that one of the catalogues names, in degrees, with its tags.

    The index is element (``node``, ``way``, ``relation``) and id. Raises ``SourceError``.
    """
    import osmnx

    tags = _wanted()
    with osmnx_settings(service):
        if osm_file is None:
            found = asked(service, service.overpass, lambda: osmnx.features_from_polygon(polygon, tags))
        else:
            found = from_file(osm_file, lambda: osmnx.features_from_xml(osm_file, polygon=polygon, tags=tags))
    return gpd.GeoDataFrame(found[~found.geometry.is_empty])


def _wanted() -> dict[str, bool | str | list[str]]:
    tags: dict[str, bool | str | list[str]] = {}
    tables = [declaration(name)[["key", "value"]] for name in ("osm_kinds", "osm_stops", "osm_basemap")]
    for key, values in pd.concat(tables).groupby("key", sort=True)["value"]:
        tags[str(key)] = sorted(set(values))
    return tags


def _tag(frame: pd.DataFrame, key: str) -> pd.Series:
    if key not in frame:
        return pd.Series(np.nan, frame.index, dtype="str")
    return frame[key].astype("str")


def _sorted_into(frame: pd.DataFrame, catalogue: str, column: str) -> pd.Series:
    """Return for each object the class of the first rule that fits, NaN if none does."""
    found = pd.Series(np.nan, frame.index, dtype="str")
    for rule in declaration(catalogue).to_dict("records"):
        fits = _tag(frame, rule["key"]) == rule["value"]
        if rule.get("also_key"):
            fits &= _tag(frame, rule["also_key"]) == rule["also_value"]
        found = found.mask(fits & found.isna(), rule[column])
    return found


def _placed(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the objects as points, rounded to 0.1 m, with the districts they lie in."""
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    x, y = shapely.get_x(points).round(_DECIMETRE), shapely.get_y(points).round(_DECIMETRE)
    quarter = district_keys(districts, "quarter", x, y)
    parents = districts[districts["level"] == "quarter"].set_index("key")["parent"]
    table = pd.DataFrame(frame.drop(columns="geometry")).reset_index(drop=True)
    table = table.assign(borough=quarter.map(parents).astype("str"), quarter=quarter)
    return gpd.GeoDataFrame(table, geometry=shapely.points(x, y), crs=districts.crs)


def _groups(table: gpd.GeoDataFrame, by: list[str]) -> Any:
    """Return the number of each row's group: the same values, and not too far from the group's first row."""
    number = np.full(len(table), -1)
    points = table.geometry.to_numpy()
    reach = np.where(table["name"].isna(), _SAME_UNNAMED_M, _SAME_NAMED_M)
    for rows in table.groupby(by, dropna=False, sort=False).indices.values():
        for at in rows:
            if number[at] < 0:
                free = rows[number[rows] < 0]
                number[free[shapely.distance(points[free], points[at]) <= reach[at]]] = at
    return number


def _identified(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    index = found.index.to_frame(index=False)
    ids = "osm_" + index["element"].str[0] + index["id"].astype(str)
    table = found.reset_index(drop=True).assign(
        _id=ids.to_numpy(), _element=index["element"], _number=index["id"]
    )
    return gpd.GeoDataFrame(table)


def places(found: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the places inside the districts by ``catalogue/osm_kinds.csv``, each once, with their tags.

    Beyond the study area's columns: ``address``, ``step_free`` and ``contact`` as far as tagged.
    """
    kind = _sorted_into(found, "osm_kinds", "kind")
    chosen = found[kind.notna()]
    table = _identified(chosen).assign(kind=kind.dropna().to_numpy())
    street, number = _tag(table, "addr:street"), _tag(table, "addr:housenumber")
    table = table.assign(
        place_id=table["_id"],
        name=_tag(table, "name").str.strip(),
        religion=_tag(table, "religion"),
        address=street + " " + number,
        step_free=_tag(table, "wheelchair").where(lambda value: value.isin(["yes", "no"])),
        contact=_tag(table, "operator"),
    )
    columns = ["place_id", "name", "kind", "religion", "address", "step_free", "contact", "geometry"]
    placed = _placed(table[columns], districts)
    placed = placed[placed["quarter"].notna()].sort_values("place_id", ignore_index=True)
    placed = placed[_groups(placed, ["kind", "name"]) == np.arange(len(placed))]
    return gpd.GeoDataFrame(placed.reset_index(drop=True))


def stops(found: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, lines: Members) -> gpd.GeoDataFrame:
    """Return one point for the stops of one name within 150 m.

    Lines are those of route relations and the tag ``route_ref``; ``n_lines`` is 0 where neither is mapped.
    """
    mode = _sorted_into(found, "osm_stops", "mode")
    table = _identified(found[mode.notna()]).assign(mode=mode.dropna().to_numpy())
    refs = _tag(table, "route_ref").fillna("").str.split(r"[;,]")
    called = [
        {ref.strip() for ref in tagged if ref.strip()} | lines.get((element, int(number)), set())
        for tagged, element, number in zip(refs, table["_element"], table["_number"], strict=True)
    ]
    table = table.assign(name=_tag(table, "name").str.strip(), _lines=called)
    table = _placed(table[["_id", "name", "mode", "_lines", "geometry"]], districts)
    table = table.sort_values("_id", ignore_index=True)
    group = _groups(table, ["name"])
    rows = []
    for at in np.unique(group):
        members = table[group == at]
        known = sorted(set().union(*members["_lines"]))
        first = table.loc[at]
        rows.append(
            {
                "stop_id": first["_id"],
                "name": first["name"],
                "lines": ";".join(known) or np.nan,
                "n_lines": len(known),
                "mode": min(members["mode"], key=_MODES.index),
                "borough": first["borough"],
                "quarter": first["quarter"],
                "geometry": first["geometry"],
            }
        )
    columns = ["stop_id", "name", "lines", "n_lines", "mode", "borough", "quarter", "geometry"]
    frame = pd.DataFrame(rows, columns=columns).astype({"n_lines": "int64", "name": "str", "lines": "str"})
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=districts.crs)


def rooms(
    table: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    streets: tuple[Any, Any],
    as_of: str,
) -> gpd.GeoDataFrame:
    """Return the candidate rooms among the places of :func:`places`, known as far as tagged."""
    hosts, _ = place_candidates(table, as_of, _SOURCE)
    tagged = table.set_index("place_id").loc[hosts["candidate_id"]].reset_index(drop=True)
    hosts = hosts.assign(
        address=tagged["address"],
        address_quality=tagged["address"].where(tagged["address"].isna(), "stated"),
        step_free=tagged["step_free"],
        contact=tagged["contact"],
    )
    none = empty_table("candidates").assign(accuracy_m=pd.Series(dtype="float64"))
    found = candidates(none, hosts, sites, empty_table("addresses"), streets, districts)
    if found.empty:
        raise SourceError(
            "osm_nothing_found", source=_SOURCE, what="amenity=community_centre, library, school"
        )
    return found


def background(found: gpd.GeoDataFrame, extent: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return the base map by ``catalogue/osm_basemap.csv``, clipped to ``extent`` and simplified."""
    layers: dict[str, list[pd.DataFrame]] = {}
    dimension = shapely.get_dimensions(found.geometry.to_numpy())
    tunnel = _tag(found, "tunnel").isin(["yes", "building_passage", "covered"]).astype(int)
    for rule in declaration("osm_basemap").to_dict("records"):
        fits = _tag(found, rule["key"]) == rule["value"]
        shape = {"point": 0, "line": 1, "area": 2}[rule["shape"]]
        chosen = found[fits.to_numpy() & (dimension == shape)]
        table = gpd.GeoDataFrame(
            {"class": rule["class"], "name": _tag(chosen, "name"), "tunnel": tunnel.loc[chosen.index]},
            geometry=shapely.intersection(chosen.geometry.to_numpy(), extent),
            crs=found.crs,
        )
        if rule["layer"] == "place_labels":
            table = table[table["name"].notna()]
        elif rule["layer"] != "waterways":
            table["name"] = pd.Series(np.nan, table.index, dtype="str")
        layers.setdefault(rule["layer"], []).append(table[~table.geometry.is_empty])
    joined = {name: pd.concat(parts, ignore_index=True) for name, parts in layers.items()}
    tables: dict[str, pd.DataFrame] = {name: table for name, table in joined.items() if len(table)}
    return basemap(RawFolder(tables, found.crs.to_string(), ""))
