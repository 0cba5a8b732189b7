"""A weekly plan as calendars: one file a team and one a place, in local time, public holidays left out."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vText

from planning import __version__
from planning.render.labels import one_line
from planning.render.rota_poster import languages_of
from planning.render.rota_words import hours_text, who_text
from planning.rota.model import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planning.i18n import Translator
    from planning.rota.model import Duty, Place, Rota, RotaTask, Team

ZONE = "Europe/Berlin"
COUNTRY = "DE"
_WEEK = dt.timedelta(days=7)
_LONGEST_STEM = 50
_WINTER, _SUMMER = dt.timedelta(hours=1), dt.timedelta(hours=2)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Span:
    """When the consultations of calendars take place, and what else holds for all of them.

    Parameters
    ----------
    start, until
        First and last day on which a consultation can be.
    stamp
        When the calendars were made; without a time zone it is taken as UTC.
    addresses
        Where places are, by id.
    subdivision
        Land whose public holidays are left out, as ISO 3166-2 calls it.
    """

    area_name: str
    start: dt.date
    until: dt.date
    stamp: dt.datetime
    addresses: Mapping[str, str] = field(default_factory=dict)
    subdivision: str = "NW"

    @cached_property
    def holidays(self) -> frozenset[dt.date]:
        """The public holidays of the years from start to end."""
        years = range(self.start.year, self.until.year + 1)
        return frozenset(holidays.country_holidays(COUNTRY, subdiv=self.subdivision, years=years))

    @property
    def moment(self) -> dt.datetime:
        """The time stamp, in UTC and whole seconds."""
        zone = self.stamp.tzinfo or dt.UTC
        return self.stamp.replace(tzinfo=zone).astimezone(dt.UTC).replace(microsecond=0)


@dataclass(frozen=True)
class _Told:
    """What calendars tell, of whom and in which language."""

    task: RotaTask
    t: Translator
    span: Span


def team_calendars(task: RotaTask, rota: Rota, t: Translator, span: Span) -> dict[str, bytes]:
    """Return one iCalendar file (RFC 5545) a team by file name stem, in the order of the task.

    Each consultation recurs weekly at the same local time. It says who goes by the labels of the members.
    The same input gives the same bytes. The consultations are of places and members of the task.
    """
    told = _Told(task, t, span)
    return {
        file_stem(t, "team", number, team.name): _calendar(
            told, team.name, [(duty, _team_summary(told, duty)) for duty in _duties_of(task, rota, team)]
        )
        for number, team in enumerate(task.teams, start=1)
    }


def place_calendars(task: RotaTask, rota: Rota, t: Translator, span: Span) -> dict[str, bytes]:
    """Return one iCalendar file a place by file name stem; as for :func:`team_calendars`.

    An event has the same UID here as in the calendar of its team: it is the same consultation.
    """
    told = _Told(task, t, span)
    return {
        file_stem(t, "place", number, place.name): _calendar(
            told,
            place.name,
            [(duty, _place_summary(told, duty)) for duty in rota.duties if duty.place == place.id],
        )
        for number, place in enumerate(task.places, start=1)
    }


def file_stem(t: Translator, kind: str, number: int, name: str) -> str:
    """Return what a file about a team or place is called on every system: kind, number, letters of the name.

    >>> from planning.i18n import Translator
    >>> file_stem(Translator("de"), "team", 3, "Büro Hörde/Hombruch 😀")
    'team-03-buero-hoerde-hombruch'
    """
    plain = unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS)
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_only)[:_LONGEST_STEM].strip("-")
    return "-".join(filter(None, (t(f"rota_files.file.{kind}"), f"{number:02d}", words)))


def languages_text(t: Translator, languages: Iterable[str]) -> str:
    """Return languages in words of the reader, sorted; empty if there are none."""
    return ", ".join(one_line(one.name) for one in languages_of(t, sorted(languages)))


def _duties_of(task: RotaTask, rota: Rota, team: Team) -> list[Duty]:
    return [duty for duty in rota.duties if team in task.teams_of(duty)]


def _team_summary(told: _Told, duty: Duty) -> str:
    return told.t("rota_files.calendar.for_team", place=one_line(told.task.place_of(duty).name))


def _place_summary(told: _Told, duty: Duty) -> str:
    names = ", ".join(one_line(team.name) for team in told.task.teams_of(duty))
    return told.t("rota_files.calendar.for_place", team=names)


def _calendar(told: _Told, name: str, summaries: Sequence[tuple[Duty, str]]) -> bytes:
    made = Calendar()
    made.add("prodid", f"-//dependance-planner//{__version__}//{told.t.language.upper()}")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    title = told.t("rota_files.calendar.name", name=one_line(name), area=one_line(told.span.area_name))
    made.add("x-wr-calname", vText(title))
    made.add_component(_zone())
    for duty, summary in summaries:
        event = _event(told, duty, summary)
        if event is not None:
            made.add_component(event)
    return bytes(made.to_ical())


def _zone() -> Timezone:
    """Return the zone with both clock changes, as they hold in the European Union since 1996."""
    zone = Timezone()
    zone.add("tzid", ZONE)
    for change, begins, month, name, before, after in (
        (TimezoneDaylight(), "1996-03-31T02:00", 3, "CEST", _WINTER, _SUMMER),
        (TimezoneStandard(), "1996-10-27T03:00", 10, "CET", _SUMMER, _WINTER),
    ):
        change.add("dtstart", dt.datetime.fromisoformat(begins))
        change.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1SU"})
        change.add("tzname", name)
        change.add("tzoffsetfrom", before)
        change.add("tzoffsetto", after)
        zone.add_component(change)
    return zone


def _event(told: _Told, duty: Duty, summary: str) -> Event | None:
    """Return a consultation that recurs; ``None`` if it never takes place between the two days."""
    first = told.span.start + dt.timedelta(days=(duty.slot.weekday - told.span.start.weekday()) % 7)
    days = [first + number * _WEEK for number in range(((told.span.until - first) // _WEEK) + 1)]
    if not set(days) - told.span.holidays:
        return None
    begins = [_at(day, duty.slot.start) for day in days]
    place = told.task.place_of(duty)
    event = Event()
    event.add("uid", _uid(duty))
    event.add("dtstamp", told.span.moment)
    event.add("dtstart", begins[0])
    event.add("dtend", _at(first, told.task.end_of(duty)))
    # RFC 5545, 3.3.10: where DTSTART has a time zone, UNTIL is in UTC
    event.add("rrule", {"freq": "weekly", "until": begins[-1].astimezone(dt.UTC)})
    free = [begin for begin, day in zip(begins, days, strict=True) if day in told.span.holidays]
    if free:
        event.add("exdate", free)
    event.add("summary", summary)
    event.add("location", _location(told, place))
    event.add("description", _description(told, duty))
    return event


def _at(day: dt.date, minutes: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(ZONE)) + dt.timedelta(minutes=minutes)


def _uid(duty: Duty) -> str:
    """Return what a consultation is known by, also once it is at another time: imported anew, it moves."""
    told = "\0".join((duty.place, str(duty.visit))).encode("utf-8", "backslashreplace")
    return f"{hashlib.sha256(told).hexdigest()[:40]}@dependance-planner"


def _location(told: _Told, place: Place) -> str:
    name, address = one_line(place.name), one_line(told.span.addresses.get(place.id, ""))
    if not address or address == name:
        return name
    return told.t("rota_files.place_with_address", name=name, address=address)


def _description(told: _Told, duty: Duty) -> str:
    task, t = told.task, told.t
    spoken = languages_text(t, task.spoken_at(duty))
    missing = languages_text(t, task.missing_at(duty))
    start, end = duty.slot.start, task.end_of(duty)
    there, gone = max(start - task.rules.setup, 0), min(end + task.rules.clear, DAY)
    lines = [
        t("rota_files.calendar.who", who=who_text(t, task, duty)),
        t("rota_files.calendar.spoken", languages=spoken)
        if spoken
        else t("rota_files.calendar.spoken_unknown"),
    ]
    if missing:
        lines.append(t("rota_files.calendar.missing", languages=missing))
    if (there, gone) != (start, end):
        lines.append(t("rota_files.calendar.on_site", hours=hours_text(t, there, gone)))
    return "\n".join(lines)
