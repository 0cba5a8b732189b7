"""Clicks on the map, as the browser reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

_MAX_LATITUDE, _MAX_LONGITUDE = 90.0, 180.0


@dataclass(frozen=True)
class Click:
    """A click on the map.

    Parameters
    ----------
    kind
        ``candidate`` or ``site``, with ``id``; ``point`` for a free spot.
    latitude, longitude
        Where, in degrees (WGS 84). The exact place of a candidate or site.
    at
        When, in milliseconds since 1970 by the browser's clock; two clicks on one spot differ in it.
    """

    kind: Literal["candidate", "site", "point"]
    id: str
    latitude: float
    longitude: float
    at: int


def read_click(returned: dict[str, Any] | None) -> Click | None:
    """Read the newest click from what the map component returned; ``None`` before the first one.

    ``returned`` holds ``last_object_clicked`` and ``last_clicked``. What comes from a browser can be
    anything: what does not have the expected form is no click.
    """
    clicks = [
        click
        for name in ("last_object_clicked", "last_clicked")
        if (click := _one_click((returned or {}).get(name))) is not None
    ]
    return max(clicks, key=lambda click: click.at, default=None)


def _one_click(spot: object) -> Click | None:
    if not isinstance(spot, dict):
        return None
    try:
        latitude, longitude, at = float(spot["lat"]), float(spot["lng"]), int(spot["at"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if not (abs(latitude) <= _MAX_LATITUDE and abs(longitude) <= _MAX_LONGITUDE):
        return None
    kind, found = spot.get("kind", "point"), spot.get("id", "")
    if kind == "point":
        return Click("point", "", latitude, longitude, at)
    if kind in {"candidate", "site"} and isinstance(found, str) and found:
        return Click(kind, found, latitude, longitude, at)
    return None
