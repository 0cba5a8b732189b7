"""Killed in the middle of saving: what was reported as saved is there and whole, and saving goes on."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from planning.scenarios.store import Store
from tests.fixtures.postgres import postgres_programs, serve_postgres
from tests.fixtures.scenarios import NOW, plain_snapshot

PROGRAM = Path(__file__).parents[1] / "fixtures" / "scenario_writers.py"
NOTES = 40  # of 5 kB each
SAVE_US, COMMIT_US = 60_000, 4_000
BEGINS, COMMITS = "b", "c"


class Nursery:
    """Writers that are killed one after the other."""

    def __init__(self, target, scenario_id):
        command = [sys.executable, str(PROGRAM), "nursery", target, scenario_id, str(NOTES)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def kill_one(self, saves, delay_us, what):
        """Return what a writer said before it was killed."""
        print(saves, delay_us, what, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(timeout=60) == 0


def kills(seed, count):
    """Return random moments: half of them anywhere in a save, half while it is being made permanent."""
    rng = np.random.default_rng(seed)
    for turn in range(count):
        what = (BEGINS, COMMITS)[turn % 2]
        yield int(rng.integers(0, 3)), int(rng.integers(SAVE_US if what == BEGINS else COMMIT_US)), what


def check_whole(store, scenario_id, reported):
    """See that nothing that was reported is missing and that everything there is whole; return the newest."""
    head = store.entry(scenario_id).number
    assert head >= reported
    history = store.history(scenario_id)
    assert [entry.number for entry in history] == list(range(head, 0, -1))
    for number in range(max(1, reported - 3), head + 1):
        entry, snapshot = store.read(scenario_id, number)
        if number > 1 and entry.author == "victim":
            assert snapshot.notes == f"save {number}"
            assert len(snapshot.candidate_notes) == NOTES
            assert all(text == f"{number} ä" * 700 for text in snapshot.candidate_notes.values())
    return head


@pytest.mark.parametrize(("form", "count"), [("sqlite", 50), ("postgresql", 10)])
def test_a_kill_in_the_middle_of_saving_loses_nothing(form, count, tmp_path, request):
    if form == "sqlite":
        _kill_and_check(str(tmp_path / "scenarios.sqlite3"), count)
        return
    with request.getfixturevalue("postgres").database("kills") as target:
        _kill_and_check(target, count)


def _kill_and_check(target, count):
    store = Store(target)
    scenario_id = store.create(plain_snapshot(), "Ada", NOW).scenario_id
    within = in_commit = 0
    with contextlib.closing(store), Nursery(target, scenario_id) as nursery:
        head = 1
        for turn, (saves, delay, what) in enumerate(kills(7, count)):
            said = nursery.kill_one(saves, delay, what)
            assert not [one for one in said if one.startswith('"')], said
            within += said[-1] in (BEGINS, COMMITS)
            in_commit += said[-1] == COMMITS
            reported = max([head, *(int(one) for one in said if one.isdigit())])
            if "://" not in target:
                with sqlite3.connect(target) as connection:
                    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                connection.close()
            head = check_whole(store, scenario_id, reported)
            head = store.save(scenario_id, head, plain_snapshot(notes=f"after {turn}"), "Ada", NOW).number
        for number in range(1, head + 1):
            store.read(scenario_id, number)
    print(f"{count} kills: {within} within a save, {in_commit} of them while it was made permanent")
    assert within > count / 4


def test_a_server_that_is_killed_has_every_revision_that_was_reported():
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server found (install the package postgresql)")
    with serve_postgres(programs) as server:
        assert server.ask("postgres", "SHOW fsync", "SHOW synchronous_commit") == [["on"]]
        with server.database("kills") as target, contextlib.ExitStack() as stack:
            store = stack.enter_context(contextlib.closing(Store(target)))
            scenario_id = store.create(plain_snapshot(), "Ada", NOW).scenario_id
            command = [sys.executable, str(PROGRAM), "until_killed", target, scenario_id, str(NOTES)]
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            ) as writer:
                said = []
                while sum(one.isdigit() for one in said) < 12:
                    said.append(next(writer.stdout).strip())
                server.kill()
                said += [rest.strip() for rest in writer.stdout]
                told = writer.stderr.read()
            assert writer.returncode != 0
            assert "StoreError: store_unreachable" in told
            reported = max(int(one) for one in said if one.isdigit())
            server.start()
            head = check_whole(store, scenario_id, reported)
            assert head - reported in (0, 1)
            assert store.save(scenario_id, head, plain_snapshot(), "Ada", NOW).number == head + 1
