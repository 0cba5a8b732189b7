"""A first week of an area: what is known of it, ways, access over the week, and the record."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import replace

import numpy as np
import pypdf
import pytest

from planning.access import measure
from planning.errors import SettingError, UploadError
from planning.export.rota import rota_files
from planning.i18n import LANGUAGES, Translator
from planning.render.labels import called
from planning.render.rota_words import assumption_text, conflict_lines, remedy_text, rule_text
from planning.rota import Duty, RuleRef, Slot, Window
from planning.rota.conflict import Conflict, Remedy
from planning.rota.defaults import MEMBER_MINUTES, first_week, served
from planning.rota.model import RULE_KINDS
from planning.rota.open_days import open_days, week_shares
from planning.rota.record import read_duties, record_of
from planning.rota.solving import solve
from planning.rota.times import minutes_of, open_hours, read_times
from planning.rota.travel import TravelRule, estimate, read_travel, travel_csv, with_ways
from planning.walking import build_network


@pytest.fixture(scope="module")
def dortmund_week(dortmund):
    network = build_network(dortmund.nodes, dortmund.edges)
    near = measure(dortmund, network=network)
    rooms = dortmund.candidates["candidate_id"].tolist()[:3]
    return dortmund, near, first_week(dortmund, rooms, near, network)


def test_the_first_week_of_dortmund_says_what_is_known(dortmund_week):
    area, _, week = dortmund_week
    task = week.task
    assert (len(task.places), len(task.teams)) == (4, 7)
    assert task.places[0].fixed == (Slot(1, 14 * 60),)
    assert task.length_of(0) == 120
    boroughs = [key for team in task.teams for key in team.boroughs]
    assert sorted(boroughs) == sorted(area.level("borough").index)  # each has exactly one office in charge
    assert {member.minutes for team in task.teams for member in team.members} == {MEMBER_MINUTES}
    assert [len(team.office_hours) for team in task.teams] == [4] * 7
    told = {one.code: one.params for one in week.assumptions}
    assert told["windows"] == {"count": 3}
    assert told["unknown_dependances"] == {"count": 10}
    assert {"staff", "hours", "travel", "languages", "office_hours", "team_languages"} <= set(told)
    assert week.addresses["site_08"] == "Oberbank 11"
    assert "Persisch" in task.teams[1].languages
    for language in LANGUAGES:
        texts = [assumption_text(Translator(language), one) for one in week.assumptions]
        assert all("{" not in text for text in texts)


def test_what_has_been_entered_is_no_assumption(dortmund_week):
    _, _, week = dortmund_week
    own = (Window(0, 540, 720),)
    places = tuple(replace(one, windows=own, languages=("Arabisch",)) for one in week.task.places)
    teams = tuple(
        replace(one, members=one.members[:2], office_staff=1, office_hours=own, languages=("Deutsch",))
        for one in week.task.teams
    )
    known = replace(week, task=replace(week.task, places=places, teams=teams))
    told = {one.code: one.params for one in known.assumptions}
    assert set(told) == {"hours", "travel", "setup", "unknown_dependances"}
    assert told["hours"]["count"] == 14


def test_days_are_read_in_both_languages():
    assert open_hours(
        "Mon 9-12; Tue 13:00-14; Wed 9-10; Thu 9-10; Fri 9-10; Sat 9-10; Sun 9-10"
    ) == open_hours("Mo 9-12; Di 13:00-14; Mi 9-10; Do 9-10; Fr 9-10; Sa 9-10; So 9-10")
    assert len(open_hours("Mon 9-12; Tue 13:00-14; Wed 9-10; Thu 9-10; Sun 9-10")) == 5


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Mo-Mi 9-12", "Mo 9-12; Di 9-12; Mi 9-12"),
        ("Mo bis Mi 9 Uhr - 12 Uhr", "Mo 9-12; Di 9-12; Mi 9-12"),
        ("Mon to Wed 9 to 12", "Mo 9-12; Di 9-12; Mi 9-12"),
        ("Mo/Mi 9-12", "Mo 9-12; Mi 9-12"),
        ("Mo und Mi, 9–12 Uhr", "Mo 9-12; Mi 9-12"),
        ("Montag, Mittwoch: 9.00-12.00", "Mo 9-12; Mi 9-12"),
        ("Mo 9-12 und 14-17", "Mo 9-12; Mo 14-17"),
        ("Fr 9-12; Fr 11-14", "Fr 9-14"),
    ],
)
def test_days_from_to_and_one_after_the_other_are_understood(text, same):
    assert read_times(text).windows == read_times(same).windows
    assert read_times(text).complete


@pytest.mark.parametrize(
    "text",
    ["Montag vormittags", "Mo 22-02", "Mo", "9-12", "Mo 9-12 ab 2027", "Fr-Mo 9-12", "Mo- 9-12", "Mo 9-25"],
)
def test_what_is_not_understood_is_told(text):
    assert not read_times(text).complete


def test_given_ways_take_the_place_of_estimated_ones(dortmund_week):
    _, _, week = dortmund_week
    task = week.task
    ids = [*(one.id for one in task.places), *(one.id for one in task.teams)]
    known = read_travel(travel_csv(task), ids)
    same = with_ways(task, known)
    np.testing.assert_array_equal(same.travel, task.travel)
    np.testing.assert_array_equal(same.office_travel, task.office_travel)
    one, other, team = task.places[0].id, task.places[1].id, task.teams[2].id
    given = {(one, other): 45, (other, one): 60, (team, one): 75}
    changed = with_ways(task, given)
    assert (changed.travel[0, 1], changed.travel[1, 0], changed.office_travel[0, 2]) == (45, 60, 75)
    assert (changed.travel != task.travel).sum() <= 2


def test_ways_are_whole_steps_and_near_ones_on_foot(dortmund_week):
    _, _, week = dortmund_week
    task = week.task
    assert not (task.travel % 15).any()
    assert not (task.office_travel % 15).any()
    assert (np.diag(task.travel) == 0).all()
    np.testing.assert_allclose(task.walk, task.walk.T, rtol=1e-5)
    walk = np.array([[0.0, 14.0, np.inf]])
    points = np.array([[0.0, 0.0], [900.0, 0.0], [6000.0, 0.0]])
    rule = TravelRule(walk_minutes=20, ride_kmh=18, transfer_min=10, detour=1.3)
    # 6 km as the crow flies are 7.8 km at 18 km/h, 26 minutes, and 10 to get there
    assert estimate(walk, points[:1], points, rule).tolist() == [[0, 15, 45]]


def test_without_an_office_or_a_place_it_is_said(dortmund_week, dortmund):
    _, near, _ = dortmund_week
    network = build_network(dortmund.nodes, dortmund.edges)
    kinds = dortmund.sites["kind"]
    for kept, code in ((kinds != "office", "rota_no_office"), (kinds == "office", "rota_no_place")):
        area = dortmund.with_tables(sites=dortmund.sites[kept])
        with pytest.raises(SettingError) as caught:
            first_week(area, (), near, network)
        assert caught.value.code == code


def test_hours_times_and_boroughs_are_read():
    text = "Mo 09-12; Fr 09.30–12; Di 13:15 - 16; Do 17-14; und nach Vereinbarung"
    assert open_hours(text) == (Window(0, 540, 720), Window(1, 795, 960), Window(4, 570, 720))
    assert open_hours("") == ()
    assert [minutes_of(one) for one in ("09:05", "9", None, "24 Uhr")] == [545, None, None, None]
    assert served("Büro Süd", "x", {"a": "Nord"}) == ("x",)


def test_access_over_the_week_by_hand(dortmund_week):
    _, _, week = dortmund_week
    task = replace(week.task, teams=(replace(week.task.teams[0], office_hours=(Window(0, 540, 720),)),))
    one, other = task.places[0].id, task.places[1].id
    duties = [Duty(one, 0, Slot(1, 840), ()), Duty(other, 0, Slot(1, 960), ())]
    far = np.array([5000.0, 5000.0, 5000.0])
    metres = {place.id: far for place in task.places} | {
        one: [100.0, 100.0, 2000.0], other: [2000.0, 1125.0, 2000.0], task.teams[0].id: [0.0, 5000.0, 5000.0]
    }  # fmt: skip
    found = open_days(task, duties, metres, 1125.0, offices=True)
    assert found.days.tolist() == [2, 1, 0]
    assert found.late.tolist() == [False, True, False]
    shares = week_shares(found, [1.0, 2.0, 1.0])
    assert shares.by_weekday[:2] == (0.25, 0.75)
    assert shares.by_days[:3] == (0.25, 0.5, 0.25)
    assert shares.late == 0.5
    assert open_days(task, duties, metres, 1125.0).days.tolist() == [1, 1, 0]
    assert np.isnan(week_shares(found, [0.0, 0.0, 0.0]).late)


def test_a_record_is_json_and_read_back(dortmund_week):
    _, _, week = dortmund_week
    rota = solve(week.task, time_limit_s=30, workers=2)
    content = json.dumps(record_of(week.task, rota), allow_nan=False).encode()
    assert read_duties(content) == rota.duties


def test_posters_say_who_counsels_and_call_a_room_as_its_door_does(dortmund_week):
    area, near, _ = dortmund_week
    t = Translator("de")
    rooms = area.candidates
    bare = rooms.loc[rooms["name"].fillna("").eq("") & rooms["street"].notna(), "candidate_id"].iloc[0]
    names = called(t, area, [bare])
    assert "(ohne Namen)" in names[bare]
    week = first_week(area, [bare], near, build_network(area.nodes, area.edges), names=names)
    rota = solve(week.task, time_limit_s=30, workers=2)
    files = rota_files(week, rota, t, area=area, date=dt.date(2026, 11, 27), assumptions=())
    [poster] = [
        content for name, content in files.items() if name.startswith("ort-02") and name.endswith("pdf")
    ]
    told = pypdf.PdfReader(io.BytesIO(poster)).pages[0].extract_text()
    assert "ohne Namen" not in told
    assert "Es beraten: lokal willkommen" in told
    assert rooms.set_index("candidate_id").loc[bare, "street"] in told.replace("\n", " ")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "rota_file_unreadable"),
        (b"[]", "rota_file_unreadable"),
        (b'{"format": "dependance-rota", "version": 9, "duties": []}', "rota_file_unreadable"),
        (b'{"format": "dependance-rota", "version": 1, "duties": [{}, 1]}', "rota_file_faulty"),
    ],
)
def test_other_files_are_no_weekly_plan(content, code):
    with pytest.raises(UploadError) as caught:
        read_duties(content)
    assert caught.value.code == code


def test_a_table_of_ways_is_read_or_every_fault_is_told():
    read = read_travel("from;to;minutes\na;b;20,5\nb;c;0\nc;b;31\n".encode("utf-8-sig"), "abc")
    assert read == {("a", "b"): 30, ("b", "a"): 30, ("b", "c"): 0, ("c", "b"): 45}
    for content, code in ((b"\xff", "rota_travel_not_text"), (b"from,to\n", "rota_travel_columns")):
        with pytest.raises(UploadError) as caught:
            read_travel(content, "ab")
        assert caught.value.code == code
    with pytest.raises(UploadError) as caught:
        read_travel(b"from,to,minutes\na,z,1\na,b,-1\na,b,soon\n", "ab")
    assert [fault.row for fault in caught.value.faults] == [2, 3, 4]


@pytest.mark.parametrize("language", LANGUAGES)
def test_conflicts_have_words(dortmund_week, language):
    t, task = Translator(language), dortmund_week[2].task
    place, team = task.places[1], task.teams[0]
    subjects = {"hours": team.id, "office": team.id, "days_off": team.members[0].id}
    rules = [RuleRef(kind, subjects.get(kind, place.id)) for kind in RULE_KINDS]
    slots, others = [Slot(0, 600)], {"minutes": 90, "days": [0]}
    remedies = [
        Remedy(rule, {"slots": slots} if rule.kind in {"window", "fixed", "pinned", "forbidden"} else others)
        for rule in rules
    ]
    remedies.append(Remedy(None, {"team": team.id, "weekday": 2}))
    for text in [
        *(rule_text(t, task, one) for one in rules),
        *(remedy_text(t, task, one) for one in remedies),
    ]:
        assert "{" not in text
    found = Conflict(tuple(rules), minimal=False, remedies=tuple(remedies), left_out=(place.id,), fewest=True)
    lines = conflict_lines(t, task, found)
    assert len(lines) == 1 + len(rules) + 1 + 1 + len(remedies) + 1
    many = Conflict(tuple(RuleRef("serve", one.id) for one in task.places), minimal=True)
    lines = conflict_lines(t, task, many)
    assert len(lines) == 2
    assert all(one.name in lines[1] for one in task.places)
    assert conflict_lines(t, task, None) == [t("rota.conflict.unknown")]
