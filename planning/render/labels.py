"""What rooms, sites and districts are called on drawings and in files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def text_of(value: object) -> str:
    """Return a text cell, empty where it is missing."""
    return value.strip() if isinstance(value, str) else ""


def room_name(t: Translator, room: Mapping[str, Any] | pd.Series) -> str:
    """Return a room's name; one without a name is called by its kind and the address or street nearby."""
    name = text_of(room["name"])
    if name:
        return name
    near = text_of(room.get("address")) or text_of(room.get("street"))
    kind = t(f"data.venue_kind.{room['kind']}")
    return t("map.unnamed", kind=kind, near=near) if near else kind


def room_names(t: Translator, rooms: pd.DataFrame) -> list[str]:
    """Return :func:`room_name` of each row."""
    return [room_name(t, dict(zip(rooms.columns, row, strict=True))) for row in rooms.itertuples(index=False)]


def district_names(area: StudyArea, level: str) -> dict[str, str]:
    """Return the names of the districts of one level by key."""
    names: dict[str, str] = area.level(level)["name"].to_dict()
    return names


def year_span(years: Iterable[object]) -> str:
    """Return the span of the years that texts mention: ``2018`` or ``2005–2023``; empty if none does."""
    found = sorted({year for text in years for year in _YEAR.findall(str(text))})
    if not found:
        return ""
    return found[0] if len(found) == 1 else f"{found[0]}–{found[-1]}"
