"""The walking network of a city from OpenStreetMap, cut at true junctions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from planning.errors import SourceError
from planning.sources.osm_service import asked, from_file, osmnx_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planning.sources.osm_service import Service

_NEVER = {
    *("abandoned", "bus_guideway", "construction", "elevator", "motorway", "motorway_link", "no", "planned"),
    *("platform", "proposed", "raceway", "razed", "rest_area", "services"),
}
_ONLY_IF_ALLOWED = {"trunk", "trunk_link", "cycleway"}
_ALLOWED = {"yes", "designated", "permissive"}
_FORBIDDEN = {"no", "private", "use_sidepath"}
_MINOR = {"residential", "unclassified", "living_street", "road"}
# What Overpass may leave out at once; the rest is decided by :func:`walkable`, for files and services alike.
_FILTER = (
    '["highway"]["area"!~"yes"]["highway"!~"abandoned|bus_guideway|construction|motorway|planned|proposed|'
    'raceway|razed|rest_area|services"]["foot"!~"^(no|private)$"]["service"!~"private"]'
)
_DECIMETRE = 1


def walkable(tags: Mapping[str, Any]) -> bool:
    """Tell from a way's tags whether people may and can walk along it.

    The rules of osmnx's network type ``walk`` (streets whose sidewalks are mapped as ways of their own are
    left out), except that trunk roads need a foot tag and cycleways with one count.
    """
    kind, foot = tags.get("highway"), tags.get("foot")
    if not isinstance(kind, str) or kind in _NEVER or foot in _FORBIDDEN or tags.get("area") == "yes":
        return False
    if kind in _ONLY_IF_ALLOWED and foot not in _ALLOWED:
        return False
    if tags.get("access") in {"private", "no"} and foot not in _ALLOWED:
        return False
    sidewalks = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
    return tags.get("service") != "private" and all(tags.get(name) != "separate" for name in sidewalks)


def street_graph(service: Service, polygon: shapely.Geometry, osm_file: Path | None) -> Any:
    """Return the walkable ways inside a polygon (degrees) as osmnx's graph, cut at junctions and dead ends.

    Only the largest connected part is kept. Raises ``SourceError``.
    """
    import osmnx

    with osmnx_settings(service):
        if osm_file is None:
            graph = asked(
                service,
                service.overpass,
                lambda: osmnx.graph_from_polygon(
                    polygon,
                    network_type="walk",
                    simplify=False,
                    retain_all=True,
                    truncate_by_edge=True,
                    custom_filter=_FILTER,
                ),
            )
        else:
            graph = from_file(
                osm_file,
                lambda: osmnx.truncate.truncate_graph_polygon(
                    osmnx.graph_from_xml(osm_file, bidirectional=True, simplify=False, retain_all=True),
                    polygon,
                    truncate_by_edge=True,
                ),
            )
        barred = [edge for *edge, tags in graph.edges(keys=True, data=True) if not walkable(tags)]
        graph.remove_edges_from([tuple(edge) for edge in barred])
        if not graph.number_of_edges():
            raise SourceError("osm_nothing_found", source=str(osm_file or service.overpass), what="highway")
        largest = osmnx.truncate.largest_component(graph, strongly=False)
        return osmnx.simplify_graph(largest)


def network_tables(graph: Any, crs: str) -> tuple[pd.DataFrame, gpd.GeoDataFrame, tuple[Any, Any]]:
    """Return nodes and edges as in a study area, and lines and names of the named streets.

    Lengths are plane lengths in ``crs``. A way that returns to its own start is cut in two, so that every
    edge joins two different nodes.
    """
    import osmnx

    flat = osmnx.convert.to_undirected(osmnx.project_graph(graph, to_crs=crs))
    points, ways = osmnx.graph_to_gdfs(flat, fill_edge_geometry=True)
    ways = ways.reset_index()
    xy = points[["x", "y"]].round(_DECIMETRE)
    order = xy.sort_values(["x", "y"], kind="stable").index
    number = pd.Series(np.arange(len(order)), index=order)
    nodes = xy.loc[order].reset_index(drop=True)
    lines = shapely.transform(ways.geometry.to_numpy(), lambda at: at.round(_DECIMETRE))
    u, v = ways["u"].map(number).to_numpy(), ways["v"].map(number).to_numpy()
    starts = shapely.distance(shapely.get_point(lines, 0), shapely.points(nodes.to_numpy()[u]))
    ends = shapely.distance(shapely.get_point(lines, -1), shapely.points(nodes.to_numpy()[u]))
    lines = np.where(starts <= ends, lines, shapely.reverse(lines))
    frame = pd.DataFrame({"u": u, "v": v, "length_m": ways.geometry.length.to_numpy(), **_flags(ways)})
    frame["geometry"] = lines
    frame, nodes = _without_loops(frame, nodes)
    backwards = (frame["u"] > frame["v"]).to_numpy()
    drawn = frame["geometry"].to_numpy()
    frame["geometry"] = np.where(backwards, shapely.reverse(drawn), drawn)
    frame.loc[backwards, ["u", "v"]] = frame.loc[backwards, ["v", "u"]].to_numpy()
    frame = frame[frame["length_m"] > 0].sort_values(["u", "v", "length_m"], kind="stable", ignore_index=True)
    edges = gpd.GeoDataFrame(frame.astype({"u": "int32", "v": "int32"}), geometry="geometry", crs=crs)
    names = _first(ways, "name")
    named = names.notna().to_numpy()
    return nodes, edges, (lines[named], names[named].to_numpy(dtype=object))


def _all_of(value: Any) -> list[str]:
    return sorted(str(one) for one in value) if isinstance(value, list) else [str(value)]


def _first(ways: pd.DataFrame, tag: str) -> pd.Series:
    if tag not in ways:
        return pd.Series(np.nan, ways.index, dtype="str")
    return ways[tag].map(lambda value: _all_of(value)[0], na_action="ignore").astype("str")


def _flags(ways: pd.DataFrame) -> dict[str, Any]:
    def some(tag: str) -> Any:
        if tag not in ways:
            return np.zeros(len(ways), dtype=bool)
        told = ways[tag].map(
            lambda value: any(one not in {"no", "nan"} for one in _all_of(value)), na_action="ignore"
        )
        return told.eq(True).to_numpy()  # noqa: FBT003 - NaN is no

    steps = ways["highway"].map(lambda value: "steps" in _all_of(value)).to_numpy(dtype=bool)
    kind = _first(ways, "highway").where(lambda kinds: ~kinds.isin(_MINOR), "minor")
    return {"highway": kind, "bridge": some("bridge"), "tunnel": some("tunnel"), "steps": steps}


def _without_loops(frame: pd.DataFrame, nodes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    loops = frame[frame["u"] == frame["v"]]
    if loops.empty:
        return frame, nodes
    added: list[tuple[float, ...]] = []
    halves: list[dict[Any, Any]] = []
    for row in loops.to_dict("records"):
        line, middle = row["geometry"], len(nodes) + len(added)
        parts = (substring(line, 0, 0.5, normalized=True), substring(line, 0.5, 1, normalized=True))
        added.append(parts[1].coords[0])
        half = {"length_m": row["length_m"] / 2}
        halves.append(row | half | {"v": middle, "geometry": parts[0]})
        halves.append(row | half | {"u": middle, "geometry": parts[1]})
    middles = pd.DataFrame(added, columns=["x", "y"]).round(_DECIMETRE)
    whole = frame[frame["u"] != frame["v"]]
    return pd.concat([whole, pd.DataFrame(halves)], ignore_index=True), pd.concat(
        [nodes, middles], ignore_index=True
    )
