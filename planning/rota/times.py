"""Times of the week as people write them: ``Mo 09-12; Di und Do 13:30-16``, days in German or English."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from planning.rota.model import DAY, WEEKDAYS, Window, merged

_DAYS = {code: day for day, code in enumerate(WEEKDAYS)} | {"Tu": 1, "We": 2, "Th": 3, "Su": 6}
_TO = r"(?:[-–—]|bis|to)"
_TOKEN = re.compile(
    rf"\b(?P<day>{'|'.join(_DAYS)})\w*\.?"
    rf"|(?P<h1>\d{{1,2}})(?:[:.](?P<m1>\d{{2}}))?\s*(?:Uhr|h)?\s*{_TO}\s*(?P<h2>\d{{1,2}})(?:[:.](?P<m2>\d{{2}}))?"
    rf"|(?P<range>{_TO})"
    r"|(?P<idle>[;,:/&+\s.]|Uhr\b|und\b|and\b|von\b|from\b)"
)


@dataclass(frozen=True)
class Times:
    """Spans of time, and whether all of the text was understood."""

    windows: tuple[Window, ...]
    complete: bool


def minutes_of(clock: object) -> int | None:
    """Return minutes after midnight of a time such as ``14:00``; ``None`` for anything else.

    >>> minutes_of("14:30"), minutes_of("open")
    (870, None)
    """
    text = "" if pd.isna(clock) else str(clock).strip()  # type: ignore[call-overload]
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", text)
    minutes = None if found is None else int(found[1]) * 60 + int(found[2])
    return minutes if minutes is not None and minutes < DAY else None


def read_times(text: str) -> Times:
    """Read spans of time: days, one after the other or from one to another, and hours, one or more for them.

    >>> read_times("Mo-Mi 9-12 und 14-15:30").windows[:2]
    (Window(weekday=0, start=540, end=720), Window(weekday=0, start=840, end=930))
    >>> read_times("Mo 9-12; by appointment").complete
    False
    """
    days: list[int] = []
    windows: list[Window] = []
    spent, ranged, complete, place = True, False, True, 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            complete = False
            place += 1
            continue
        place = found.end()
        if found["day"]:
            day = _DAYS[found["day"]]
            if spent:
                days, spent = [], False
            first = days[-1] if ranged and days else day
            complete &= not ranged or first < day
            days += range(first + 1, day + 1) if ranged and first < day else [day]
            ranged = False
        elif found["h1"]:
            start = int(found["h1"]) * 60 + int(found["m1"] or 0)
            end = int(found["h2"]) * 60 + int(found["m2"] or 0)
            complete &= bool(days) and start < end <= DAY and not ranged
            if start < end <= DAY:
                windows += [Window(day, start, end) for day in days]
            spent, ranged = True, False
        elif found["range"]:
            complete &= not spent
            ranged = True
    complete &= spent and not ranged
    return Times(merged(windows), complete)


def open_hours(text: str) -> tuple[Window, ...]:
    """Return the spans of time of a text, whatever else it says.

    >>> open_hours("Mo 09-12; by appointment")
    (Window(weekday=0, start=540, end=720),)
    """
    return read_times(text).windows
