"""What rooms, sites and districts are called on screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.area import StudyArea
    from planning.i18n import Translator


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|$~<>:-])")


def plain(text: str) -> str:
    """Escape a data-borne text so that Markdown shows it letter by letter."""
    return _MARKDOWN.sub(r"\\\1", text)


def room_label(t: Translator, room: Mapping[str, Any] | pd.Series[Any]) -> str:
    """Return a room's name; one without a name is called by its kind and the address nearby."""
    if isinstance(room["name"], str) and room["name"]:
        return str(room["name"])
    kind = t(f"data.venue_kind.{room['kind']}")
    return f"{kind}, {room['address']}" if isinstance(room["address"], str) and room["address"] else kind


def site_label(t: Translator, site: Mapping[str, Any] | pd.Series[Any]) -> str:
    """Return a site's name, else its kind."""
    return str(site["name"]) if isinstance(site["name"], str) else t(f"data.site_kind.{site['kind']}")


def district_name(area: StudyArea, level: str, key: object) -> str:
    """Return the name of a district, empty where there is none."""
    return "" if pd.isna(key) else str(area.level(level)["name"].get(key, ""))  # type: ignore[call-overload]
