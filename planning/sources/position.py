"""Where an uploaded row lies: from metres, from degrees or from its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from planning.errors import Fault
from planning.sources.addresses import AddressIndex, fold
from planning.sources.fields import DEGREES, CellError, format_number

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from planning.sources.fields import Kind

_DEGREES = 180.0
_ZONE = 1e6
_FULL_UTM_DIGITS = 1e7
_SUGGESTIONS = 3


@dataclass(frozen=True)
class Finder:
    """What a row's place is found with: an address table, if there is one, and the CRS it is wanted in."""

    index: AddressIndex | None
    crs: str


def locate(
    record: dict[str, Any],
    number: int,
    columns: Mapping[int, tuple[str, str]],
    kind: Kind,
    table: str,
    finder: Finder,
) -> list[Fault]:
    """Fill ``x`` and ``y`` from metres, degrees or the address, in this order."""
    heading = dict(columns.values())
    place = "x"
    try:
        for pair in (("x", "y"), DEGREES):
            given = [record.get(name) for name in pair]
            if given[0] is None and given[1] is None:
                continue
            if None in given:
                column = heading.get(pair[given.index(None)], pair[given.index(None)])
                return [Fault("upload_half_place", table, number, column)]
            place = pair[0]
            record["x"], record["y"] = (
                _metres(given, finder.crs) if pair == DEGREES else _checked_metres(given)
            )
            return []
        if record.get("address") is not None and record.get("location_quality") != "unknown":
            _look_up(record, finder)
        elif kind == "candidates":
            return [Fault("upload_no_place", table, number)]
        else:
            record["location_quality"] = "unknown"
    except CellError as error:
        column = "address" if error.code.startswith("upload_address") else place
        return [Fault(error.code, table, number, heading.get(column, column), error.params)]
    return []


def _checked_metres(given: list[Any]) -> tuple[float, float]:
    x, y = given
    if abs(x) <= _DEGREES and abs(y) <= _DEGREES:
        raise CellError("upload_degrees_as_metres", x=format_number(x), y=format_number(y))
    if x >= _FULL_UTM_DIGITS:
        zone = int(x // _ZONE)
        raise CellError(
            "upload_zone_in_x", x=format_number(x), zone=zone, rest=format_number(x - zone * _ZONE)
        )
    return x, y


def _within_use(lat: float, lon: float, crs: str) -> bool:
    """Tell whether a place lies where the CRS is meant to be used; every place does if it does not say."""
    from pyproj import CRS

    use = CRS(crs).area_of_use
    return use is None or (use.south <= lat <= use.north and use.west <= lon <= use.east)


def _metres(given: list[Any], crs: str) -> tuple[float, float]:
    from pyproj import Transformer

    lat, lon = given
    if not _within_use(lat, lon, crs) and _within_use(lon, lat, crs):
        raise CellError("upload_degrees_swapped", lat=format_number(lat), lon=format_number(lon))
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    if not (abs(x) < float("inf") and abs(y) < float("inf")):
        raise CellError(
            "upload_out_of_range", value=f"{format_number(lat)} {format_number(lon)}", low="-90", high="90"
        )
    return round(x, 2), round(y, 2)


def _look_up(record: dict[str, Any], finder: Finder) -> None:
    if finder.index is None:
        raise CellError("upload_address_no_table")
    address = str(record["address"])
    found = finder.index.find(address, borough=None, limit=50)
    asked = fold(address)
    named_so = found["street"].map(lambda name: asked.startswith(fold(str(name))))
    sure = found[(found["match"] == "exact") & named_so.astype(bool)]
    inside = sure[sure["borough"].notna()]
    sure = inside if len(inside) else sure
    named = record.get("borough")
    if named is not None:
        meant = fold(str(named))
        sure = sure[[fold(str(key)) == meant for key in sure["borough"]]]
    spots = sure.drop_duplicates(["street", "borough"])
    if len(spots) == 1:
        record["x"], record["y"] = float(spots["x"].iloc[0]), float(spots["y"].iloc[0])
        guessed = bool(spots["ambiguous"].iloc[0]) or len(sure) > 1
        record.setdefault("location_quality", None)
        record["location_quality"] = record["location_quality"] or ("near" if guessed else "exact")
        return
    nearest = (spots if len(spots) else found).head(_SUGGESTIONS)
    hints = [_address(row) for row in nearest.to_dict("records")]
    if len(spots) > 1:
        raise CellError("upload_address_several", address=address[:80], found="; ".join(hints))
    if hints:
        raise CellError("upload_address_unknown_hint", address=address[:80], found="; ".join(hints))
    raise CellError("upload_address_unknown", address=address[:80])


def _address(row: Mapping[Hashable, Any]) -> str:
    written = f"{row['street']} {row['housenumber']}"
    return written if pd.isna(row["borough"]) else f"{written} ({row['borough']})"
