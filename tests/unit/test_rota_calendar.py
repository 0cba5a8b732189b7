"""Calendars of a week, read by an independent reader: local time, clock changes, holidays, hostile names."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest
import vobject

from planning.export.rota_calendar import Span, file_stem, place_calendars, team_calendars
from planning.i18n import Translator
from planning.rota import Duty, Member, Place, Rota, RotaTask, Rules, Slot, Team

DE, EN = Translator("de"), Translator("en")
BERLIN = ZoneInfo("Europe/Berlin")
START, UNTIL = dt.date(2027, 1, 1), dt.date(2027, 12, 31)
STAMP = dt.datetime(2026, 11, 26, 19, 30, tzinfo=dt.UTC)
HOSTILE = [
    'Haus, Hof; Garten\\Feld: "A"',
    "Zeile\nBEGIN:VEVENT\r\nUID:böse\u2028\x85\x0b\x00\ud800Ende",
    "😀🏳️‍🌈" * 60,
    "Ä" * 300,
    "مركز الاستشارة",
    "../../etc/passwd",
    "",
]


def week(names=None, teams=("Büro Nord", "Büro Süd"), **rules):
    """Return places at one and the same time on different weekdays, held by teams in turn."""
    names = names or [f"Ort {day}" for day in range(5)]
    places = tuple(
        Place(f"p{number}", name, "b0", ("Arabisch", "Tigrinya")) for number, name in enumerate(names)
    )
    groups = tuple(
        Team(f"t{number}", name, tuple(Member(f"t{number}m{one}", str(one + 1), 600) for one in range(3)),
             languages=("Deutsch", "Arabisch"))
        for number, name in enumerate(teams)
    )  # fmt: skip
    size = len(places)
    task = RotaTask(
        places, groups, np.zeros((size, size), dtype=np.int64), np.full((size, len(groups)), 30),
        np.zeros((size, size)), Rules(**rules),
    )  # fmt: skip
    duties = tuple(
        Duty(
            place.id,
            0,
            Slot(number % 5, 14 * 60),
            (f"t{number % len(groups)}m0", f"t{number % len(groups)}m2"),
        )
        for number, place in enumerate(places)
    )
    return task, Rota("optimal", duties)


def made(make=place_calendars, case=None, t=DE, **changed):
    task, rota = case or week()
    given = {"area_name": "Dortmund", "start": START, "until": UNTIL, "stamp": STAMP}
    return make(task, rota, t, Span(**(given | changed)))


def events_of(content):
    return vobject.readOne(content.decode()).contents.get("vevent", [])


def occurrences(event):
    return list(event.getrruleset(addRDate=True))


def unfolded(content):
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_consultations_stay_at_the_same_local_time_across_both_clock_changes():
    for content in made().values():
        [event] = events_of(content)
        found = {one.date(): one for one in occurrences(event)}
        assert {(one.hour, one.minute) for one in found.values()} == {(14, 0)}
        assert {one.utcoffset() for one in found.values()} == {dt.timedelta(hours=1), dt.timedelta(hours=2)}
        for day, one in found.items():
            expected = dt.datetime.combine(day, dt.time(14), BERLIN)
            assert one.astimezone(dt.UTC) == expected.astimezone(dt.UTC)
        assert event.dtend.value - event.dtstart.value == dt.timedelta(hours=2)


@pytest.mark.parametrize(
    ("before", "after", "hours"), [((3, 23), (3, 30), (13, 12)), ((10, 26), (11, 2), (12, 13))]
)
def test_the_hour_in_utc_changes_with_the_clock(before, after, hours):
    tuesday = next(content for name, content in made().items() if name == "ort-02-ort-1")
    told = {one.date(): one.astimezone(dt.UTC).hour for one in occurrences(events_of(tuesday)[0])}
    assert (told[dt.date(2027, *before)], told[dt.date(2027, *after)]) == hours


def test_every_date_is_an_occurrence_or_a_public_holiday():
    free = holidays.country_holidays("DE", subdiv="NW", years=2027)
    left_out = set()
    for weekday, content in enumerate(made().values()):
        days = {START + dt.timedelta(days=n) for n in range(365)}
        expected = {day for day in days if day.weekday() == weekday and day <= UNTIL}
        found = {one.date() for one in occurrences(events_of(content)[0])}
        assert found == {day for day in expected if day not in free}
        left_out |= expected - found
    assert {dt.date(2027, *day) for day in ((5, 6), (5, 27), (11, 1), (3, 26), (3, 29), (5, 17))} <= left_out
    assert dt.date(2027, 12, 24) not in left_out  # a Friday, no public holiday
    assert all(dt.date(2027, 12, day).weekday() > 4 for day in (25, 26))


def test_other_lands_have_other_holidays():
    def thursdays(land):
        content = made(subdivision=land)["ort-04-ort-3"]
        return {one.date() for one in occurrences(events_of(content)[0])}

    assert dt.date(2027, 5, 27) not in thursdays("NW")
    assert dt.date(2027, 5, 27) in thursdays("BE")


def test_the_first_and_the_last_day_count():
    tuesday = dt.date(2027, 3, 2)
    content = made(start=tuesday, until=dt.date(2027, 3, 30))["ort-02-ort-1"]
    assert [one.day for one in occurrences(events_of(content)[0])] == [2, 9, 16, 23, 30]
    assert "RRULE:FREQ=WEEKLY;UNTIL=20270330T120000Z" in unfolded(content)
    content = made(start=tuesday, until=dt.date(2027, 3, 29))["ort-02-ort-1"]
    assert [one.day for one in occurrences(events_of(content)[0])] == [2, 9, 16, 23]
    assert "RRULE:FREQ=WEEKLY;UNTIL=20270323T130000Z" in unfolded(content)


def test_a_first_day_that_is_a_holiday_is_left_out():
    content = made(start=dt.date(2027, 5, 6), until=dt.date(2027, 5, 27))["ort-04-ort-3"]
    assert [one.day for one in occurrences(events_of(content)[0])] == [13, 20]
    assert "EXDATE;TZID=Europe/Berlin:20270506T140000,20270527T140000" in unfolded(content)


@pytest.mark.parametrize("until", [dt.date(2027, 5, 5), dt.date(2027, 5, 6), dt.date(2027, 1, 1)])
def test_what_never_takes_place_is_no_event(until):
    content = made(start=dt.date(2027, 5, 6), until=until)["ort-04-ort-3"]
    assert events_of(content) == []
    assert b"BEGIN:VTIMEZONE" in content


def test_the_zone_knows_both_clock_changes():
    content = made()["ort-01-ort-0"]
    lines = unfolded(content)
    assert "DTSTART;TZID=Europe/Berlin:20270104T140000" in lines
    assert "DTEND;TZID=Europe/Berlin:20270104T160000" in lines
    assert lines[:5] == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//dependance-planner//0.1.0//DE", "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Sprechstunden: Ort 0 (Dortmund)",
    ]  # fmt: skip
    zone = vobject.readOne(content.decode()).vtimezone
    assert zone.tzid.value == "Europe/Berlin"
    [summer], [winter] = zone.contents["daylight"], zone.contents["standard"]
    assert (summer.tzoffsetfrom.value, summer.tzoffsetto.value) == ("+0100", "+0200")
    assert (winter.tzoffsetfrom.value, winter.tzoffsetto.value) == ("+0200", "+0100")
    assert summer.rrule.value == "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3"
    assert winter.rrule.value == "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"


def test_a_team_reads_where_when_and_who_by_label():
    nord, sued = made(team_calendars, addresses={"p0": "Oberbank 11, 44149 Dortmund"}).values()
    assert [len(events_of(one)) for one in (nord, sued)] == [3, 2]
    event = events_of(nord)[0]
    assert event.summary.value == "Sprechstunde: Ort 0"
    assert event.location.value == "Ort 0, Oberbank 11, 44149 Dortmund"
    assert events_of(sued)[0].location.value == "Ort 1"
    assert event.description.value.split("\n") == [
        "Es kommen: Büro Nord (Personen 1, 3)",
        "Sprachen: Arabisch, Deutsch",
        "Gebraucht, aber von den beiden nicht gesprochen: Tigrinya",
        "Vor Ort mit Auf- und Abbau: 13:45–16:15 Uhr",
    ]
    assert event.dtstamp.value == STAMP


def test_a_place_reads_which_team_comes():
    [event] = events_of(made(t=EN)["place-02-ort-1"])
    assert event.summary.value == "Consultation: Büro Süd"
    assert "Who comes: Büro Süd (persons 1, 3)" in event.description.value
    task, rota = week(setup=0, clear=0)
    silent = tuple(replace(team, languages=()) for team in task.teams)
    [event] = events_of(next(iter(made(case=(replace(task, teams=silent), rota), t=EN).values())))
    assert event.description.value.split("\n")[1:2] == ["Languages: unknown"]
    assert "On site" not in event.description.value


def test_a_mixed_tandem_is_in_the_calendars_of_both_teams():
    task, rota = week(["Ort"])
    mixed = (replace(rota.duties[0], members=("t1m1", "t0m0")),)
    nord, sued = made(team_calendars, case=(task, replace(rota, duties=mixed))).values()
    assert "Es kommen: Büro Nord (Person 1); Büro Süd (Person 2)" in events_of(nord)[0].description.value
    assert events_of(nord)[0].uid.value == events_of(sued)[0].uid.value


@pytest.mark.parametrize("make", [team_calendars, place_calendars])
def test_hostile_names_are_text(make):
    case = week(HOSTILE, teams=HOSTILE)
    found = made(make, case, addresses=dict(zip((f"p{n}" for n in range(7)), HOSTILE, strict=True)))
    assert len(found) == len(HOSTILE)
    for number, (stem, content) in enumerate(found.items()):
        assert re.fullmatch(r"[a-z0-9-]{4,60}", stem)
        [event] = events_of(content)
        told = event.summary.value.partition(": ")[2]
        assert told == " ".join(re.sub("[\x00\ud800]", "", HOSTILE[number]).split())
        assert content.endswith(b"END:VCALENDAR\r\n")
        lines = content.split(b"\r\n")
        assert all(len(line) <= 75 for line in lines)
        assert b"\n" not in b"".join(lines)
        assert not [
            character for character in content.decode() if character < " " and character not in "\r\n"
        ]
        assert content.count(b"\r\nBEGIN:VEVENT\r\n") == 1
        [line.decode() for line in lines]  # no letter is cut in two by folding


def test_uids_are_unique_and_stay_when_a_consultation_moves():
    task, rota = week(["Ort"] * 5)
    task = replace(task, places=tuple(replace(place, visits=2) for place in task.places))
    second = tuple(replace(one, visit=1, slot=Slot(4, 600)) for one in rota.duties)
    rota = replace(rota, duties=(*rota.duties, *second))

    def uids(rota):
        return [event.uid.value for one in made(case=(task, rota)).values() for event in events_of(one)]

    before = uids(rota)
    assert len(before) == len(set(before)) == 10
    assert all(re.fullmatch(r"[0-9a-f]{40}@dependance-planner", one) for one in before)
    assert uids(replace(rota, duties=tuple(replace(one, slot=Slot(2, 540)) for one in rota.duties))) == before


def test_same_input_gives_the_same_bytes():
    for make in (team_calendars, place_calendars):
        assert made(make) == made(make)
    naive = STAMP.replace(tzinfo=None)
    assert made(stamp=naive) == made(stamp=STAMP.astimezone(BERLIN)) == made()


def test_stems_are_one_for_each_and_plain():
    assert file_stem(DE, "place", 12, "Straße/Ärzte-Haus é") == "ort-12-strasse-aerzte-haus-e"
    assert file_stem(EN, "team", 1, "مركز") == "team-01"
    assert list(made(case=week(["Ort", "Ort"]))) == ["ort-01-ort", "ort-02-ort"]


def test_a_plan_without_consultations_gives_empty_calendars():
    task, _ = week()
    found = made(team_calendars, (task, Rota("infeasible")))
    assert [events_of(content) for content in found.values()] == [[], []]
