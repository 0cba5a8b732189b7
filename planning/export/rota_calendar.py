"""A weekly plan as calendars: one file a team and one a place, in local time, public holidays left out."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import holidays
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vText

from planning import __version__
from planning.export.tables import printable
from planning.render.rota_poster import hours_text, languages_of
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
class _Span:
    """When the consultations of a calendar take place, and what else holds for all of them."""

    task: RotaTask
    t: Translator
    area_name: str
    start: dt.date
    until: dt.date
    stamp: dt.datetime
    holidays: frozenset[dt.date]
    addresses: Mapping[str, str]


def team_calendars(
    task: RotaTask,
    rota: Rota,
    t: Translator,
    *,
    area_name: str,
    start: dt.date,
    until: dt.date,
    stamp: dt.datetime,
    subdivision: str = "NW",
    addresses: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return one iCalendar file (RFC 5545) a team by file name stem, in the order of the task.

    Each consultation recurs weekly at the same local time. It says who goes by the labels of the members.
    The same input gives the same bytes.

    Parameters
    ----------
    rota
        Its consultations are of places and members of the task.
    start, until
        First and last day on which a consultation can be.
    stamp
        When the calendar was made; without a time zone it is taken as UTC.
    subdivision
        Land whose public holidays are left out, as ISO 3166-2 calls it.
    addresses
        Where places are, by id.
    """
    span = _span(task, t, area_name, (start, until), stamp, subdivision, addresses)
    return {
        file_stem(t, "team", number, team.name): _calendar(
            span, team.name, [(duty, _team_summary(span, duty)) for duty in _duties_of(task, rota, team)]
        )
        for number, team in enumerate(task.teams, start=1)
    }


def place_calendars(
    task: RotaTask,
    rota: Rota,
    t: Translator,
    *,
    area_name: str,
    start: dt.date,
    until: dt.date,
    stamp: dt.datetime,
    subdivision: str = "NW",
    addresses: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return one iCalendar file a place by file name stem; parameters as for :func:`team_calendars`.

    An event has the same UID here as in the calendar of its team: it is the same consultation.
    """
    span = _span(task, t, area_name, (start, until), stamp, subdivision, addresses)
    return {
        file_stem(t, "place", number, place.name): _calendar(
            span,
            place.name,
            [(duty, _place_summary(span, duty)) for duty in rota.duties if duty.place == place.id],
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


def teams_of(task: RotaTask, duty: Duty) -> tuple[Team, ...]:
    """Return the teams that hold a consultation, in the order of the task."""
    numbers = sorted({task.team_of(member) for member in duty.members})
    return tuple(task.teams[number] for number in numbers)


def place_of(task: RotaTask, duty: Duty) -> Place:
    """Return the place of a consultation."""
    return task.places[task.place_number(duty.place)]


def end_of(task: RotaTask, duty: Duty) -> int:
    """Return when a consultation ends, in minutes after midnight."""
    return duty.slot.start + task.length_of(task.place_number(duty.place))


def labels_of(team: Team, duty: Duty) -> str:
    """Return the labels of the members of a team that hold a consultation."""
    return ", ".join(one_line(member.label) for member in team.members if member.id in duty.members)


def who_text(task: RotaTask, t: Translator, duty: Duty) -> str:
    """Say who holds a consultation: teams, and their members by label."""
    return "; ".join(
        t("rota_files.team_members", team=one_line(team.name), members=labels_of(team, duty))
        for team in teams_of(task, duty)
    )


def languages_text(t: Translator, languages: Iterable[str]) -> str:
    """Return languages in words of the reader, sorted; empty if there are none."""
    return ", ".join(one_line(one.name) for one in languages_of(t, sorted(languages)))


def spoken_at(task: RotaTask, duty: Duty) -> frozenset[str]:
    """Return the languages that the people of a consultation speak."""
    return frozenset().union(*(task.speaks(member) for member in duty.members))


def missing_at(task: RotaTask, duty: Duty) -> frozenset[str]:
    """Return the languages needed at the place of a consultation that nobody there speaks."""
    return frozenset(place_of(task, duty).languages) - spoken_at(task, duty)


def one_line(text: str) -> str:
    """Return a text without line breaks and characters that files cannot hold."""
    return " ".join(printable(text).split())


def _span(
    task: RotaTask,
    t: Translator,
    area_name: str,
    days: tuple[dt.date, dt.date],
    stamp: dt.datetime,
    subdivision: str,
    addresses: Mapping[str, str] | None,
) -> _Span:
    start, until = days
    years = range(start.year, until.year + 1)
    free = holidays.country_holidays(COUNTRY, subdiv=subdivision, years=years)
    moment = stamp.replace(tzinfo=dt.UTC) if stamp.tzinfo is None else stamp.astimezone(dt.UTC)
    return _Span(
        task, t, area_name, start, until, moment.replace(microsecond=0), frozenset(free), addresses or {}
    )


def _duties_of(task: RotaTask, rota: Rota, team: Team) -> list[Duty]:
    return [duty for duty in rota.duties if team in teams_of(task, duty)]


def _team_summary(span: _Span, duty: Duty) -> str:
    return span.t("rota_files.calendar.for_team", place=one_line(place_of(span.task, duty).name))


def _place_summary(span: _Span, duty: Duty) -> str:
    names = ", ".join(one_line(team.name) for team in teams_of(span.task, duty))
    return span.t("rota_files.calendar.for_place", team=names)


def _calendar(span: _Span, name: str, told: Sequence[tuple[Duty, str]]) -> bytes:
    made = Calendar()
    made.add("prodid", f"-//dependance-planner//{__version__}//{span.t.language.upper()}")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    title = span.t("rota_files.calendar.name", name=one_line(name), area=one_line(span.area_name))
    made.add("x-wr-calname", vText(title))
    made.add_component(_zone())
    for duty, summary in told:
        event = _event(span, duty, summary)
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


def _event(span: _Span, duty: Duty, summary: str) -> Event | None:
    """Return a consultation that recurs; ``None`` if it never takes place between the two days."""
    first = span.start + dt.timedelta(days=(duty.slot.weekday - span.start.weekday()) % 7)
    days = [first + number * _WEEK for number in range(((span.until - first) // _WEEK) + 1)]
    if not set(days) - span.holidays:
        return None
    begins = [_at(day, duty.slot.start) for day in days]
    place = place_of(span.task, duty)
    event = Event()
    event.add("uid", _uid(duty))
    event.add("dtstamp", span.stamp)
    event.add("dtstart", begins[0])
    event.add("dtend", _at(first, end_of(span.task, duty)))
    # RFC 5545, 3.3.10: where DTSTART has a time zone, UNTIL is in UTC
    event.add("rrule", {"freq": "weekly", "until": begins[-1].astimezone(dt.UTC)})
    free = [begin for begin, day in zip(begins, days, strict=True) if day in span.holidays]
    if free:
        event.add("exdate", free)
    event.add("summary", summary)
    event.add("location", _location(span, place))
    event.add("description", _description(span, duty))
    return event


def _at(day: dt.date, minutes: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(ZONE)) + dt.timedelta(minutes=minutes)


def _uid(duty: Duty) -> str:
    """Return what a consultation is known by, also once it is at another time: imported anew, it moves."""
    told = "\0".join((duty.place, str(duty.visit))).encode("utf-8", "backslashreplace")
    return f"{hashlib.sha256(told).hexdigest()[:40]}@dependance-planner"


def _location(span: _Span, place: Place) -> str:
    name, address = one_line(place.name), one_line(span.addresses.get(place.id, ""))
    if not address or address == name:
        return name
    return span.t("rota_files.place_with_address", name=name, address=address)


def _description(span: _Span, duty: Duty) -> str:
    task, t = span.task, span.t
    spoken = languages_text(t, spoken_at(task, duty))
    missing = languages_text(t, missing_at(task, duty))
    start, end = duty.slot.start, end_of(task, duty)
    there, gone = max(start - task.rules.setup, 0), min(end + task.rules.clear, DAY)
    lines = [
        t("rota_files.calendar.who", who=who_text(task, t, duty)),
        t("rota_files.calendar.spoken", languages=spoken)
        if spoken
        else t("rota_files.calendar.spoken_unknown"),
    ]
    if missing:
        lines.append(t("rota_files.calendar.missing", languages=missing))
    if (there, gone) != (start, end):
        lines.append(t("rota_files.calendar.on_site", hours=hours_text(t, there, gone)))
    return "\n".join(lines)
