"""What rooms, sites, districts, days and years are called on drawings and in files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from planning.area import weekday_codes
from planning.sources.facts import years_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.model import Criterion

_PERCENT = 100.0
_DECIMALS = 4
# what XML and so XLSX and QML cannot hold: control characters, halves of pairs and what is no character
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DATE = re.compile(r"\d{4}(?:[-–]\d{1,4}){0,2}")


def text_of(value: object) -> str:
    """Return a text cell, empty where it is missing."""
    return value.strip() if isinstance(value, str) else ""


def printable(text: str) -> str:
    """Return a text without the characters that files of XML cannot hold."""
    return _UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    """Return a text without line breaks and characters that files cannot hold."""
    return " ".join(printable(text).split())


def estimate_note(t: Translator, area: StudyArea) -> str:
    """Say how old the figures of the cells are and that they are no count of today."""
    return t("export.estimate", year=as_of(t, area.layer("cells").year))


def without_same_words(names: Sequence[str]) -> list[str]:
    """Return names without the words that all of them begin with.

    >>> without_same_words(["office north", "office south"])
    ['north', 'south']
    """
    first, last = min(names, default=""), max(names, default="")
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    cut = first[:same].rfind(" ") + 1
    return [name[cut:] for name in names]


def public_name(t: Translator, room: Mapping[str, Any] | pd.Series) -> str:
    """Return a room's name as it can stand on its door, above its address: its kind if it has none."""
    return text_of(room["name"]) or t(f"data.venue_kind.{room['kind']}")


def called(t: Translator, area: StudyArea, rooms: Sequence[str]) -> dict[str, str]:
    """Return what each of some rooms is called, by ``candidate_id``, in their order."""
    table = area.candidates.set_index("candidate_id", drop=False).loc[list(rooms)]
    return dict(zip(rooms, room_names(t, table), strict=True))


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


def date_text(date: dt.date, t: Translator) -> str:
    """Write a date as people of the language do."""
    return t("export.date", day=date.day, month=date.month, year=date.year)


def year_span(years: Iterable[object]) -> str:
    """Return the span of the years that texts mention: ``2018`` or ``2005–2023``; empty if none does."""
    found = sorted({year for text in years for year in years_in(text)})
    return "–".join(dict.fromkeys(str(year) for year in (*found[:1], *found[-1:])))


def as_of(t: Translator, year: str) -> str:
    """Say how old figures are.

    >>> from planning.i18n import Translator
    >>> [as_of(Translator("en"), year) for year in ("2011, 2023", "2011 → 2012–2025", "")]
    ['as of 2011 and 2023', 'as of 2011, scaled to 2012–2025', 'year unknown']
    """
    if not year:
        return t("map.year_unknown")
    base, scaled, to = year.partition(" → ")
    if scaled:
        return t("map.as_of", year=t("map.years_scaled", base=base, to=to))
    *first, last = year.split(", ")
    return t("map.as_of", year=t("map.years", first=", ".join(first), last=last) if first else last)


def short_number(t: Translator, value: float) -> str:
    """Write a number with no more decimals than it has, four at most.

    >>> from planning.i18n import Translator
    >>> [short_number(Translator("de"), value) for value in (3000.0, 12.5, 100 / 3)]
    ['3.000', '12,5', '33,3333']
    """
    rounded = round(value, _DECIMALS)
    return t.number(rounded, next(n for n in range(_DECIMALS + 1) if round(rounded, n) == rounded))


def raw_factor(criterion: Criterion) -> float:
    """Return by what a raw value of a corner is multiplied to be shown: shares of the highest in percent."""
    return _PERCENT if criterion.scale == "share_of_max" else 1.0


def raw_unit(t: Translator, criterion: Criterion) -> str:
    """Return the unit in which the corners of a criterion are shown."""
    if criterion.scale == "share_of_max":
        return t("criteria.about.percent_of_best")
    return t(f"criteria.{criterion.id}.unit")


def corners_text(t: Translator, criterion: Criterion) -> str:
    """Return the corners of a value function, raw in the unit shown.

    >>> from planning.area import criteria
    >>> from planning.i18n import Translator
    >>> [corners_text(Translator("de"), one) for one in criteria()[2:4]]
    ['0 → 0; 2 → 40; 5 → 75; 10 → 100', '0 → 0; 3.000 → 100']
    """
    factor = raw_factor(criterion)
    return "; ".join(
        f"{short_number(t, raw * factor)} → {short_number(t, value)}" for raw, value in criterion.points
    )


def function_text(t: Translator, criterion: Criterion) -> str:
    """Say a value function in words: criterion, unit, corners and what stands in for an unknown value."""
    return t(
        "criteria.about.function",
        criterion=t(f"criteria.{criterion.id}.label"),
        unit=raw_unit(t, criterion),
        corners=corners_text(t, criterion),
        missing=short_number(t, criterion.missing_value),
    )


def weekday_text(t: Translator, cell: object) -> str:
    """Return weekdays in words; what is no weekday stays as it is.

    >>> from planning.i18n import Translator
    >>> weekday_text(Translator("en"), "Di;Do")
    'Tuesday, Thursday'
    """
    codes = text_of(weekday_codes(cell)).split(";")
    return ", ".join(t(f"data.weekday.{code}") if t.has(f"data.weekday.{code}") else code for code in codes)


def is_date(text: str) -> bool:
    """Tell whether a text is no more than a year, a span of years or a date."""
    return bool(_DATE.fullmatch(text))


def quoted(t: Translator, cell: object) -> str:
    """Mark words of a source as a quote, since they are in its language; plain dates need no mark."""
    text = text_of(cell)
    return t("map.quote", text=text) if text and not is_date(text) else text
