"""The same room told twice: by two sources, by two spellings, or once with and once without a name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from planning.area.catalogues import records, venue_kinds
from planning.sources.names import address_key, alike, words

_SAME_POINT_M = 40.0
_FACT = "vn_"


def merge_doubles(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rooms without doubles.

    Two named rooms are one if they lie within their kind's merging radius (``catalogue/venue_kinds.csv``) and

    - state the same address, or
    - are of one family of kinds and bear names that are alike, or
    - are of the same kind, one from the facts and one from the map, within 40 m.

    A room without a name is the nearest named one of its kind within that radius, else one with its unnamed
    neighbours of the kind.

    The first of each group (rooms from facts come first, they are richer) is kept. It takes over what it
    lacks; the other names go to ``aliases``, the other identifiers to ``merged``; of two kinds the more
    suitable is kept.
    """
    rows = records(table)
    leader = list(range(len(rows)))

    def join(one: int, other: int) -> None:
        first, second = sorted((_root(leader, one), _root(leader, other)))
        leader[second] = first

    families = {row["kind"]: row["family"] for row in records(venue_kinds())}
    host: dict[int, tuple[float, int]] = {}
    for one, other, gap in _near_pairs(table):
        named = _is_named(rows[one]), _is_named(rows[other])
        if all(named) and _same_room(rows[one], rows[other], gap, families):
            join(one, other)
        elif rows[one]["kind"] == rows[other]["kind"] and named[0] != named[1]:
            bare, full = (other, one) if named[0] else (one, other)
            host[bare] = min(host.get(bare, (np.inf, -1)), (gap, full))
    for one, other, _ in _near_pairs(table):
        alone = not {one, other} & set(host) and not _is_named(rows[one]) and not _is_named(rows[other])
        if alone and rows[one]["kind"] == rows[other]["kind"]:
            join(one, other)
    for bare, (_, full) in host.items():
        join(bare, full)
    groups: dict[int, list[dict[str, Any]]] = {}
    for index, row in enumerate(rows):
        groups.setdefault(_root(leader, index), []).append(row)
    return pd.DataFrame([_merged(group) for group in groups.values()], columns=table.columns)


def _root(leader: list[int], index: int) -> int:
    while leader[index] != index:
        index = leader[index]
    return index


def _is_named(row: dict[str, Any]) -> bool:
    return isinstance(row["name"], str)


def _near_pairs(table: pd.DataFrame) -> list[tuple[int, int, float]]:
    if table.empty:
        return []
    points = shapely.points(table["x"].to_numpy(dtype=float), table["y"].to_numpy(dtype=float))
    reach = table["kind"].map(venue_kinds().set_index("kind")["radius_m"]).to_numpy()
    found = shapely.STRtree(points).query(points, predicate="dwithin", distance=reach)
    pairs = sorted({(int(min(i, j)), int(max(i, j))) for i, j in found.T if i != j})
    return [(i, j, float(shapely.distance(points[i], points[j]))) for i, j in pairs]


def _same_room(one: dict[str, Any], other: dict[str, Any], gap: float, families: dict[str, str]) -> bool:
    if one["address_quality"] == other["address_quality"] == "stated":
        return address_key(one["address"]) == address_key(other["address"])
    if families[one["kind"]] == families[other["kind"]] and alike(one["name"], other["name"]):
        return True
    from_facts = {str(row["candidate_id"]).startswith(_FACT) for row in (one, other)}
    return one["kind"] == other["kind"] and len(from_facts) > 1 and gap <= _SAME_POINT_M


def _merged(group: list[dict[str, Any]]) -> dict[str, Any]:
    if len(group) == 1:
        return group[0]
    suitability = venue_kinds().set_index("kind")["suitability"]
    named = [row for row in group if _is_named(row)]
    first = dict(_plainest(named) if named else group[0])
    for row in group:
        for column, value in row.items():
            if pd.isna(first[column]):
                first[column] = value
    names = [row["name"] for row in named if row["name"] != first["name"]]
    first["aliases"] = "; ".join(dict.fromkeys(names)) or np.nan
    first["kind"] = max((row["kind"] for row in group), key=lambda kind: suitability[kind])
    first["merged"] = ";".join(
        sorted(row["candidate_id"] for row in group if row["candidate_id"] != first["candidate_id"])
    )
    return first


def _plainest(named: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the room from the facts, else the one whose name all contain, else that of the longest name."""
    if str(named[0]["candidate_id"]).startswith(_FACT):
        return named[0]
    tokens = [set(words(row["name"])) for row in named]
    common = [row for row, own in zip(named, tokens, strict=True) if all(own <= other for other in tokens)]
    return common[0] if common else max(named, key=lambda row: len(row["name"]))
