"""What rooms, sites, districts, days and years are called on drawings and in files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from planning.area import weekday_codes
from planning.sources.facts import years_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator

_DATE = re.compile(r"\d{4}(?:[-–]\d{1,4}){0,2}")


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
    found = sorted({year for text in years for year in years_in(text)})
    return "–".join(dict.fromkeys(str(year) for year in (*found[:1], *found[-1:])))


def as_of(t: Translator, year: str) -> str:
    """Say how old figures are: ``as of 2011 and 2023``, ``year unknown`` for an empty text."""
    if not year:
        return t("map.year_unknown")
    *first, last = year.split(", ")
    return t("map.as_of", year=t("map.years", first=", ".join(first), last=last) if first else last)


def weekday_text(t: Translator, cell: object) -> str:
    """Return weekdays in words; what is no weekday stays as it is.

    >>> from planning.i18n import Translator
    >>> weekday_text(Translator("en"), "Di;Do")
    'Tuesday, Thursday'
    """
    codes = text_of(weekday_codes(cell)).split(";")
    return ", ".join(t(f"data.weekday.{code}") if t.has(f"data.weekday.{code}") else code for code in codes)


def quoted(t: Translator, cell: object) -> str:
    """Mark words of a source as a quote, since they are in its language; plain dates need no mark."""
    text = text_of(cell)
    return t("map.quote", text=text) if text and not _DATE.fullmatch(text) else text
