"""What is entered for a week: tables and task, the file of entries, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planning.errors import UploadError
from planning.i18n import LANGUAGES, Translator, explain
from planning.render.rota_entered import (
    differing,
    goals_frame,
    overlaid,
    people_frame,
    rooms_frame,
    rule_values,
    strange_text,
    teams_frame,
    times_text,
    with_entries,
    with_goals,
    with_people,
    with_rooms,
    with_rule_values,
    with_teams,
)
from planning.render.rota_words import rota_lines
from planning.rota import GOALS, Duty, GoalResult, Rota, Rules, Slot, Window
from planning.rota.entries import (
    COLUMNS,
    RULES,
    WORKDAYS,
    Entries,
    entries_bytes,
    entries_record,
    read_entries,
)
from planning.rota.goals import idle_goals
from planning.rota.record import record_bytes, record_of
from planning.rota.rules import options
from planning.rota.solving import solve
from planning.rota.travel import differing_ways, read_travel, travel_csv
from tests.rota_cases import random_task


def test_entries_become_the_task_and_doubts_are_told():
    t, task = Translator("de"), random_task(3, 3, 2)
    rooms, teams = rooms_frame(t, task), teams_frame(t, task)
    same = with_teams(t, with_rooms(t, task, rooms).task, teams)
    assert same.doubts == ()
    assert same.task.places == task.places
    one, two = task.places[1].id, task.places[2].id
    rooms.loc[one, ["times", "weekday", "start", "languages", "never", "visits"]] = [
        "Mo 09-12; Fr 13:00-17:30", "Mo", "09:30", "Farsi, Dari", "Di 9-18", 2,
    ]  # fmt: skip
    rooms.loc[two, ["times", "weekday", "start"]] = ["whenever", "Di", "09:10"]
    teams.loc["t0", ["staff", "hours", "office"]] = [3, 4.5, 1]
    placed = with_rooms(t, task, rooms)
    changed = placed.task.places[1]
    assert changed.windows == (Window(0, 540, 720), Window(4, 780, 1050))
    assert changed.pinned == (Slot(0, 570),)
    assert changed.languages == ("Persisch", "Dari")
    assert (changed.forbidden, changed.visits) == ((Window(1, 540, 1080),), 2)
    assert placed.task.places[2].pinned == task.places[2].pinned
    assert len(placed.doubts) == 2
    manned = with_teams(t, task, teams).task
    assert [member.minutes for member in manned.teams[0].members] == [270] * 3
    assert manned.teams[0].office_staff == 1
    assert times_text(t, (Window(0, 540, 720),)) == "Mo 09:00-12:00"
    assert times_text(Translator("en"), (Window(1, 540, 720),)) == "Tue 09:00-12:00"


def test_a_running_consultation_moves_only_when_somebody_says_so():
    t, task = Translator("de"), random_task(3, 3, 2)
    task = replace(
        task, places=(replace(task.places[0], fixed=(Slot(1, 840), Slot(3, 840)), visits=2), *task.places[1:])
    )
    rooms, first = rooms_frame(t, task), task.places[0].id
    assert with_rooms(t, task, rooms).task.places[0].fixed == (Slot(1, 840), Slot(3, 840))
    rooms.loc[first, "languages"] = "Arabisch"
    assert with_rooms(t, task, rooms).task.places[0].fixed == (Slot(1, 840), Slot(3, 840))
    rooms.loc[first, ["weekday", "start"]] = ["Fr", "10:00"]
    moved = with_rooms(t, task, rooms).task.places[0]
    assert (moved.fixed, moved.pinned) == ((Slot(3, 840),), (Slot(4, 600),))
    rooms.loc[first, ["weekday", "start"]] = ["", ""]
    free = with_rooms(t, task, rooms).task.places[0]
    assert (free.fixed, free.pinned) == ((Slot(3, 840),), ())


def test_what_is_not_understood_stays_as_it_was():
    t, task = Translator("de"), random_task(3, 3, 2)
    own = (Window(0, 540, 720),)
    task = replace(task, places=tuple(replace(one, windows=own, fixed=()) for one in task.places))
    rooms, teams = rooms_frame(t, task), teams_frame(t, task)
    rooms["times"] = "Montag vormittags"
    teams["open"] = "nach Vereinbarung"
    placed, manned = with_rooms(t, task, rooms), with_teams(t, task, teams)
    assert {place.windows for place in placed.task.places} == {own}
    assert [team.office_hours for team in manned.task.teams] == [team.office_hours for team in task.teams]
    assert (len(placed.doubts), len(manned.doubts)) == (3, 2)


def test_a_room_without_a_tick_is_lost():
    t, task = Translator("de"), random_task(3, 3, 2)
    rooms = rooms_frame(t, task)
    rooms.loc[task.places[1].id, "on"] = False
    left = with_rooms(t, task, rooms).task
    assert [place.id for place in left.places] == [task.places[0].id, task.places[2].id]
    assert left.travel.shape == (2, 2)


def test_days_off_languages_goals_and_rules_of_the_tables():
    t, task = Translator("de"), random_task(3, 2, 2)
    people = people_frame(task)
    member = task.teams[1].members[0].id
    people.at[member, "off"] = ["Mo", "Fr"]  # noqa: PD008 - a cell that holds a list
    people.loc[member, "languages"] = "Tigrinya"
    changed = with_people(task, people).member(member)
    assert (changed.days_off, changed.languages) == ((0, 4), ("Tigrinya",))
    goals = goals_frame(t, task)
    assert with_goals(task, goals).goals == task.goals
    goals["rank"] = pd.array([None, 2, 1, 1, None, 3], dtype="Int64")
    assert with_goals(task, goals).goals == ("spread", "travel", "neighbours", "change")
    goals["rank"] = pd.array([None] * len(GOALS), dtype="Int64")
    assert with_goals(task, goals).goals == ()
    rules = with_rule_values(task, rule_values(task) | {"mixed": True, "length": 95}).rules
    assert rules == replace(Rules(), mixed=True, length=90)


def test_without_a_goal_any_plan_that_keeps_the_rules_will_do():
    task = replace(random_task(2, 3, 2), goals=())
    rota = solve(task, time_limit_s=20, workers=2)
    assert (rota.status, rota.goals) == ("optimal", ())


def test_empty_cells_of_a_table_count_as_nothing():
    t, task = Translator("en"), random_task(3, 2, 1)
    rooms, teams, people = rooms_frame(t, task), teams_frame(t, task), people_frame(task)
    rooms[["times", "never", "languages", "visits"]] = None
    teams[["staff", "hours", "office"]] = float("nan")
    teams[["open", "languages"]] = None
    people[["off", "languages"]] = None
    placed = with_rooms(t, task, rooms)
    manned = with_teams(t, placed.task, teams)
    assert (manned.task.teams[0].members, manned.task.teams[0].office_hours) == ((), ())
    assert (placed.doubts, manned.doubts) == ((), ())
    assert {place.visits for place in placed.task.places} == {1}
    assert with_people(task, people).teams[0].members[0].days_off == ()


def cells(kind):
    """Return values that a cell of a kind may hold."""
    if kind.name == "flag":
        return st.booleans()
    if kind.name == "text":
        return st.text(st.characters(codec="utf-8"), max_size=int(kind.most))
    if kind.name == "option":
        return st.sampled_from(kind.options)
    if kind.name == "days":
        return st.lists(st.sampled_from(WORKDAYS), unique=True)
    least, most = int(kind.least), int(kind.most)
    whole = st.integers(least // kind.step, most // kind.step).map(lambda n: max(n * kind.step, least))
    numbers = st.floats(kind.least, kind.most) if kind.name == "number" else whole
    return st.one_of(st.none(), numbers) if kind.empty else numbers


def rows(kinds):
    return st.fixed_dictionaries({}, optional={name: cells(kind) for name, kind in kinds.items()})


TABLES = st.fixed_dictionaries(
    {},
    optional={
        name: st.dictionaries(
            st.sampled_from(GOALS) if name == "goals" else st.text(), rows(kinds), max_size=3
        )
        for name, kinds in COLUMNS.items()
    },
)
WAYS = st.dictionaries(
    st.lists(st.text(), min_size=2, max_size=2, unique=True).map(tuple),
    st.integers(0, 96).map(lambda n: n * 15),
    max_size=3,
)


@given(TABLES, rows(RULES), WAYS)
@settings(max_examples=60, deadline=None)
def test_entries_come_back_as_they_were(tables, rules, ways):
    back = {(other, one): minutes for (one, other), minutes in ways.items()}
    entries = Entries(tables, rules, back | ways)
    assume(entries)
    found = read_entries(entries_bytes(entries))
    assert entries_record(found) == entries_record(entries)
    assert found.count == entries.count


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_gives_the_same_task_as_the_tables(language):
    t, task = Translator(language), random_task(3, 3, 2)
    entries = Entries(
        {
            "rooms": {
                "p0": {"weekday": "", "start": "", "languages": "Farsi, Dari"},
                "p1": {"times": "Mo 9-12", "visits": 2, "never": "Fri 9-18"},
                "p2": {"on": False},
                "elsewhere": {"on": False},
            },
            "teams": {"t1": {"staff": 2, "hours": 7.5, "open": ""}},
            "people": {"t1-2": {"off": ["Fr"], "languages": "Tigrinya"}, "t1-9": {"off": ["Mo"]}},
            "goals": {"home": {"rank": None}, "travel": {"rank": 1}},
        },
        {"length": 90, "late_share": 50},
        {("p0", "p1"): 30, ("p0", "elsewhere"): 45},
    )
    made = with_entries(t, task, read_entries(entries_bytes(entries)))
    assert (made.doubts, made.strange) == ((), ("elsewhere", "t1-9"))
    after = made.task
    assert [place.id for place in after.places] == ["p0", "p1"]
    assert (after.places[0].fixed, after.places[0].languages) == ((), ("Persisch", "Dari"))
    assert (after.places[1].windows, after.places[1].visits) == ((Window(0, 540, 720),), 2)
    assert after.places[1].forbidden == (Window(4, 540, 1080),)
    assert [member.minutes for member in after.teams[1].members] == [450, 450]
    assert after.teams[1].office_hours == ()
    assert after.member("t1-2").days_off == (4,)
    assert after.goals[0] == "languages"  # of equal ranks the usual order
    assert "home" not in after.goals
    assert (after.rules.length, after.rules.late_share) == (90, 0.5)
    assert after.travel[0, 1] == 30
    untouched = with_entries(t, task, Entries())
    assert (untouched.task.places, untouched.task.rules, untouched.strange) == (task.places, task.rules, ())


def test_what_was_changed_in_a_table_is_found_and_laid_over_a_fresh_one():
    t, task = Translator("de"), random_task(3, 3, 2)
    for name, fresh in (("rooms", rooms_frame(t, task)), ("teams", teams_frame(t, task))):
        assert not any(differing(name, fresh, fresh).values())
    fresh = rooms_frame(t, task)
    shown = fresh.copy()
    shown.loc["p0", ["weekday", "start"]] = [None, None]  # emptied: the running consultation may move
    shown.loc["p1", "visits"] = 3
    shown.loc["p2", "visits"] = pd.NA  # needed: counts as untouched
    found = differing("rooms", fresh, shown)
    assert found == {"p0": {"weekday": "", "start": ""}, "p1": {"visits": 3}, "p2": {}}
    again = overlaid(fresh, found)
    assert differing("rooms", fresh, again) == found
    assert again.dtypes.equals(fresh.dtypes)
    people = people_frame(task)
    assert overlaid(people, {"t0m0": {"off": ["Mo", "Di"]}}).loc["t0m0", "off"] == ["Mo", "Di"]


def test_a_week_carries_the_entries_it_was_made_with():
    task = random_task(2, 3, 2)
    rota = solve(task, time_limit_s=20, workers=2)
    entries = Entries(rules={"length": 90})
    found = read_entries(record_bytes(task, rota, entries=entries_record(entries)))
    assert found.rules == {"length": 90}
    with pytest.raises(UploadError) as raised:
        read_entries(record_bytes(task, rota))
    assert raised.value.code == "rota_entries_none"
    with pytest.raises(UploadError) as raised:
        read_entries(entries_bytes(Entries({"rooms": {"p1": {}}})))
    assert raised.value.code == "rota_entries_none"


@pytest.mark.parametrize(
    "content",
    [
        b'{"format": "dependance-rota-entries", "version": true}',
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b"\xff",
        b'{"format": "other"}',
        b"null",
    ],
)
def test_what_is_no_file_of_entries_is_told(content):
    with pytest.raises(UploadError) as raised:
        read_entries(content)
    assert raised.value.code == "rota_entries_unreadable"


def test_every_fault_of_a_file_is_told_with_its_place():
    record = entries_record(Entries()) | {
        "more": 1,
        "rooms": {
            "p0": {"visits": 0, "on": 1, "times": "x" * 201, "weekday": "So", "colour": "red"},
            "p1": 3,
            "p2": {"languages": "\ud800"},
            "\udfff": {"on": False},
        },
        "teams": [],
        "people": {"t1-1": {"off": ["Sunday"]}, "t1-2": {"off": ["Mo", "Mo"]}},
        "goals": {"beauty": {"rank": 1}, "home": {"rank": 1.5}},
        "rules": {"length": float("nan"), "mixed": "yes", "setup": True, "clear": 20},
        "ways": [
            ["a", "b"],
            ["a", "b", -1],
            ["a", 1, 15],
            "abc",
            ["a", "b", 1e999],
            ["\ud800", "b", 15],
            ["a", "a", 15],
        ],
    }
    with pytest.raises(UploadError) as raised:
        read_entries(json.dumps(record).encode())
    found = [f"{one.code.removeprefix('rota_entry_')} {one.params['where']}" for one in raised.value.faults]
    wanted = [
        "unknown more", "faulty rooms · p0 · visits", "faulty rooms · p0 · on", "faulty rooms · p0 · times",
        "faulty rooms · p0 · weekday", "unknown rooms · p0 · colour", "faulty rooms · p1", "faulty teams",
        "faulty rooms · p2 · languages", "unknown rooms · ?", "faulty people · t1-1 · off",
        "faulty people · t1-2 · off",
        "unknown goals · beauty", "faulty goals · home · rank", "faulty rules · length",
        "faulty rules · mixed", "faulty rules · setup", "faulty rules · clear",
        *(f"faulty ways {number}" for number in range(1, 8)),
    ]  # fmt: skip
    assert sorted(found) == sorted(wanted)
    for language in LANGUAGES:
        told = "\n".join(explain(raised.value, Translator(language)))
        assert "rooms · p0 · visits" in told
        assert "1–5" in told
        told.encode()


def test_a_way_back_that_is_not_given_is_the_same():
    task = random_task(3, 3, 2)
    content = entries_bytes(Entries(ways={("p0", "t0"): 75, ("p1", "p0"): 30}))
    ways = read_entries(content).ways
    assert ways == {("p0", "t0"): 75, ("t0", "p0"): 75, ("p1", "p0"): 30, ("p0", "p1"): 30}
    changed = with_entries(Translator("en"), task, Entries(ways=ways)).task
    assert (changed.office_travel[0, 0], changed.travel[0, 1], changed.travel[1, 0]) == (75, 30, 30)
    assert Entries(ways=ways).count == 2


def test_only_ways_that_differ_are_entries():
    task = random_task(3, 3, 2)
    ids = [*(one.id for one in task.places), *(one.id for one in task.teams)]
    same = read_travel(travel_csv(task), ids)
    assert differing_ways(task, same) == {}
    other = same | {("p0", "p1"): int(task.travel[0, 1]) + 15, ("elsewhere", "p0"): 15}
    assert set(differing_ways(task, other)) == {("p0", "p1"), ("p1", "p0"), ("elsewhere", "p0")}


def test_a_set_time_that_ends_after_midnight_does_not_count():
    t, task = Translator("de"), random_task(3, 3, 2)
    entries = Entries({"rooms": {"p1": {"weekday": "Mo", "start": "23:45"}}})
    made = with_entries(t, task, entries)
    assert made.task.places[1].pinned == ()
    assert "Mitternacht" in made.doubts[0]
    late = replace(task.places[1], pinned=(Slot(0, 23 * 60 + 45),))
    assert Slot(0, 23 * 60 + 45) not in options(replace(task, places=(late,)), 0, frozenset(), None).slots


def test_what_is_set_is_checked_with_the_length_that_was_entered():
    t, task = Translator("de"), random_task(3, 3, 2)
    for length, start, doubts in ((60, "22:30", 0), (180, "22:00", 1)):
        entries = Entries({"rooms": {"p1": {"weekday": "Mo", "start": start}}}, {"length": length})
        assert len(with_entries(t, task, entries).doubts) == doubts


def test_what_is_written_about_a_room_that_is_lost_does_not_matter():
    t, task = Translator("de"), random_task(3, 3, 2)
    lost = Entries({"rooms": {"p1": {"on": False, "times": "vormittags"}}})
    assert with_entries(t, task, lost).doubts == ()


def test_a_way_to_itself_is_none():
    task = random_task(3, 3, 2)
    ids = [*(one.id for one in task.places), *(one.id for one in task.teams)]
    assert read_travel(b"from,to,minutes\np0,p0,5\np0,p1,30\n", ids) == {("p0", "p1"): 30, ("p1", "p0"): 30}


def test_ids_that_are_not_there_are_told_short_and_not_all():
    told = strange_text(Translator("en"), ["x" * 3000, *map(str, range(20))])
    assert len(told) < 300
    assert "and 13 more" in told


def test_a_goal_that_has_nothing_to_go_by_is_not_called_proven():
    task = random_task(2, 3, 2)
    far = replace(task, walk=np.full_like(task.walk, np.inf))
    mute = replace(far, places=tuple(replace(place, languages=(), borough="") for place in far.places))
    assert idle_goals(task) <= {"neighbours", "change"}
    assert idle_goals(mute) == {"languages", "neighbours", "home", "change"}
    t = Translator("de")
    rota = Rota("optimal", goals=(GoalResult("languages", 0, 0, proven=True),))
    assert "bewiesen" in rota_lines(t, task, rota)[1]
    assert rota_lines(t, mute, rota)[1].endswith("ohne Wirkung – zu keinem Ort sind Sprachen eingetragen")
    assert [record_of(one, rota)["goals"][0]["idle"] for one in (task, mute)] == [False, True]


def test_a_week_of_other_places_or_consultations_is_no_earlier_week():
    task, pair = random_task(2, 3, 2), ("t0m0", "t0m1")
    for place, visit, idle in (("p1", 0, False), ("p1", 1, True), ("elsewhere", 0, True)):
        last = (Duty(place, visit, Slot(0, 600), pair),)
        assert ("change" in idle_goals(replace(task, last=last))) == idle
