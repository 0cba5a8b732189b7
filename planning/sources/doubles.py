"""The same room told twice: by two sources, by two spellings, or once with and once without a name."""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import shapely

from planning.area.catalogues import declaration, records, venue_kinds
from planning.sources.names import address_key, alike, words

_SAME_POINT_M = 40.0
_SAME_HOUSE_M = 15.0
_SHARES_HOUSES = "school"
_FACT = "vn_"

Pair = tuple[int, int, float]


def merge_doubles(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without doubles.

    Two named rooms are one if they lie within their kind's merging radius (``catalogue/venue_kinds.csv``) and

    - bear the same name, whatever their kinds, or
    - state the same address, or
    - are of one family of kinds and bear names that are alike, or
    - are of one family other than schools, within 15 m and at the same nearest house (column ``house``), or
    - are of the same kind, one from the facts and one from the map, within 40 m.

    A name that is alike to two neighbours which are not alike themselves names a site they share: it joins
    the nearer one and ties nobody together. A room without a name, or with one that only says which part of
    a house it is (``catalogue/part_names.csv``), is the nearest named one of its kind within the radius, else
    one with its unnamed neighbours of the kind.

    The first of each group (rooms from facts come first, they are richer) is kept. It takes over what it
    lacks; the other names go to ``aliases``, the other identifiers to ``merged``. The kind is that of the
    facts; of several the most suitable.
    """
    rows = records(table)
    leader = list(range(len(rows)))

    def join(one: int, other: int) -> None:
        first, second = sorted((_root(leader, one), _root(leader, other)))
        leader[second] = first

    pairs = _near_pairs(table)
    for one, other, _ in _same_rooms(rows, pairs):
        join(one, other)
    alike_kind = [pair for pair in pairs if _bare_pair(rows[pair[0]], rows[pair[1]], pair[2])]
    host: dict[int, tuple[float, int]] = {}
    for one, other, gap in alike_kind:
        if _is_named(rows[one]) != _is_named(rows[other]):
            bare, full = (other, one) if _is_named(rows[one]) else (one, other)
            host[bare] = min(host.get(bare, (np.inf, -1)), (gap, full))
    for one, other, _ in alike_kind:
        if not {one, other} & set(host) and not _is_named(rows[one]) and not _is_named(rows[other]):
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


def _has_name(row: dict[str, Any]) -> bool:
    return isinstance(row["name"], str)


def _is_named(row: dict[str, Any]) -> bool:
    """Tell whether a row has a name of its own, not only that of a part."""
    return _has_name(row) and not any(
        kind == row["kind"] and pattern.search(row["name"]) for kind, pattern in _part_names()
    )


@cache
def _part_names() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = declaration("part_names")
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in table["pattern"]]
    return tuple(zip(table["kind"], patterns, strict=True))


@cache
def _by_kind(column: str) -> dict[str, Any]:
    table = venue_kinds()
    return dict(zip(table["kind"].map(str), table[column], strict=True))


def _bare_pair(one: dict[str, Any], other: dict[str, Any], gap: float) -> bool:
    return bool(one["kind"] == other["kind"] and gap <= _by_kind("bare_m")[one["kind"]])


def _same_rooms(rows: list[dict[str, Any]], pairs: list[Pair]) -> list[Pair]:
    """Return the pairs of named rows that are one room."""
    named = [pair for pair in pairs if _is_named(rows[pair[0]]) and _is_named(rows[pair[1]])]
    sure = [pair for pair in named if _same_room(rows[pair[0]], rows[pair[1]], pair[2])]
    likely = [pair for pair in named if pair not in sure and _alike_rooms(rows[pair[0]], rows[pair[1]])]
    near: dict[int, list[tuple[float, int]]] = {}
    for one, other, gap in likely:
        near.setdefault(one, []).append((gap, other))
        near.setdefault(other, []).append((gap, one))
    ties: dict[int, set[int]] = {at: {other for _, other in found} for at, found in near.items()}
    for at, found in near.items():
        others = [other for _, other in sorted(found)]
        if any(not alike(rows[a]["name"], rows[b]["name"]) for a, b in combinations(others, 2)):
            for dropped in others[1:]:
                ties[at].discard(dropped)
                ties[dropped].discard(at)
    return sure + [pair for pair in likely if pair[1] in ties[pair[0]]]


def _near_pairs(table: pd.DataFrame) -> list[Pair]:
    if table.empty:
        return []
    points = shapely.points(table["x"].to_numpy(dtype=float), table["y"].to_numpy(dtype=float))
    reach = table["kind"].map(_by_kind("radius_m")).to_numpy()
    found = shapely.STRtree(points).query(points, predicate="dwithin", distance=reach)
    pairs = sorted({(int(min(i, j)), int(max(i, j))) for i, j in found.T if i != j})
    return [(i, j, float(shapely.distance(points[i], points[j]))) for i, j in pairs]


def _alike_rooms(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["address_quality"] == other["address_quality"] == "stated":
        return False
    return bool(_same_family(one, other) and alike(one["name"], other["name"]))


def _same_family(one: dict[str, Any], other: dict[str, Any]) -> bool:
    family = _by_kind("family")
    return bool(family[one["kind"]] == family[other["kind"]])


def _same_room(one: dict[str, Any], other: dict[str, Any], gap: float) -> bool:
    if words(one["name"]) and words(one["name"]) == words(other["name"]):
        return True
    if one["address_quality"] == other["address_quality"] == "stated":
        return address_key(one["address"]) == address_key(other["address"])
    house = one.get("house")
    if isinstance(house, str) and house == other.get("house") and gap <= _SAME_HOUSE_M:
        return _same_family(one, other) and _by_kind("family")[one["kind"]] != _SHARES_HOUSES
    from_facts = {_from_facts(row) for row in (one, other)}
    return one["kind"] == other["kind"] and len(from_facts) > 1 and gap <= _SAME_POINT_M


def _from_facts(row: dict[str, Any]) -> bool:
    return str(row["candidate_id"]).startswith(_FACT)


def _merged(group: list[dict[str, Any]]) -> dict[str, Any]:
    if len(group) == 1:
        return group[0]
    named = [row for row in group if _is_named(row)] or [row for row in group if _has_name(row)]
    first = dict(_plainest(named) if named else group[0])
    for row in group:
        for column, value in row.items():
            if pd.isna(first[column]):
                first[column] = value
    names = [row["name"] for row in group if _has_name(row) and row["name"] != first["name"]]
    first["aliases"] = "; ".join(dict.fromkeys(names)) or np.nan
    telling = [row["kind"] for row in group if _from_facts(row)] or [row["kind"] for row in group]
    first["kind"] = max(telling, key=_by_kind("suitability").__getitem__)
    first["merged"] = ";".join(
        sorted(row["candidate_id"] for row in group if row["candidate_id"] != first["candidate_id"])
    )
    return first


def _plainest(named: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the room from the facts, else the one whose name all contain, else that of the longest name."""
    if _from_facts(named[0]):
        return named[0]
    tokens = [set(words(row["name"])) for row in named]
    common = [row for row, own in zip(named, tokens, strict=True) if all(own <= other for other in tokens)]
    return common[0] if common else max(named, key=lambda row: len(row["name"]))
