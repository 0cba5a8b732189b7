"""Many processes at one store: nothing is lost, nothing overwritten, nobody is refused without a reason."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from planning.scenarios.database import HEAD
from planning.scenarios.store import Store
from tests.fixtures.scenarios import NOW, plain_snapshot

PROGRAM = Path(__file__).parents[1] / "fixtures" / "scenario_writers.py"
WRITERS, SAVES = 8, 200


def run(*arguments):
    """Run writers until all are done, and return what each says."""
    command = [sys.executable, str(PROGRAM), *(str(one) for one in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=540)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [answer["failed"] for answer in result["answers"] if "failed" in answer] == []
    print(f"{arguments[0]}: {result['seconds']:.1f} s")
    return result["answers"]


def test_many_writers_of_one_scenario_lose_nothing(store, store_target):
    first = store.create(plain_snapshot(notes="first"), "Ada", NOW)
    answers = run("one", store_target, first.scenario_id, WRITERS, SAVES)
    conflicts = sum(answer["conflicts"] for answer in answers)
    print(f"conflicts: {conflicts}")
    assert conflicts > 0
    history = store.history(first.scenario_id)
    assert [entry.number for entry in history] == list(range(1 + WRITERS * SAVES, 0, -1))
    assert store.entry(first.scenario_id).number == store.list().entries[0].head == 1 + WRITERS * SAVES
    kept = Counter(store.read(first.scenario_id, entry.number)[1].notes for entry in history)
    wanted = {f"writer {number} save {count}" for number in range(WRITERS) for count in range(SAVES)}
    assert kept == Counter({"first", *wanted})


def test_what_one_writer_saves_stays_in_its_order(store, store_target):
    first = store.create(plain_snapshot(notes="first"), "Ada", NOW)
    run("one", store_target, first.scenario_id, 4, 10)
    notes = [store.read(first.scenario_id, number)[1].notes for number in range(2, 42)]
    for writer in range(4):
        own = [note for note in notes if note.startswith(f"writer {writer} ")]
        assert [int(re.findall(r"\d+", note)[1]) for note in own] == list(range(10))


def test_many_writers_of_their_own_scenarios(store, store_target):
    run("own", store_target, WRITERS, 25)
    page = store.list(count=WRITERS * 25)
    assert page.total == len(page.entries) == WRITERS * 25
    names = {f"writer {number} scenario {count}" for number in range(WRITERS) for count in range(25)}
    assert {entry.name for entry in page.entries} == names
    assert {entry.head for entry in page.entries} == {2}


def test_a_name_is_given_once_however_many_want_it(store, store_target):
    answers = run("name", store_target, WRITERS)
    made = [answer["made"] for answer in answers if "made" in answer]
    assert len(made) == 1
    others = [answer for answer in answers if "taken" in answer]
    assert [(answer["taken"], answer["code"]) for answer in others] == [
        (made[0], "scenario_name_taken") for _ in range(WRITERS - 1)
    ]
    assert store.list().total == 1


@pytest.mark.parametrize("turn", range(4))
def test_many_may_make_the_database_at_the_same_time(store_target, turn):
    answers = run("open", store_target, WRITERS)
    assert answers == [{"total": 0}] * WRITERS
    store = Store(store_target)
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").all() == [(HEAD,)]
    store.close()
