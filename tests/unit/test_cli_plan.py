"""``planning plan``: what it prints and writes, its exit codes, and what Ctrl-C does."""

from __future__ import annotations

import json
import signal
from dataclasses import replace

import pytest

import planning.siting
from planning.area import save_area
from planning.cli import DONE, FAULTY, INTERRUPTED, UNREADABLE, USAGE, main
from planning.cli.console import stoppable
from planning.model import PLAN_OBJECTIVES

FILES = {"plan.json", "plan.geojson", "plan.csv"}


@pytest.fixture(scope="module")
def tiny(tiny_area, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli_plan") / "tiny"
    save_area(tiny_area, folder)
    return folder


@pytest.fixture
def run(tiny, tmp_path):
    def ran(*arguments, out=True):
        where = ["--out", str(tmp_path / "plan")] if out else []
        return main(["plan", str(tiny), "--lang", "en", "--date", "2026-11-25", *where, *arguments])

    return ran


@pytest.fixture
def rules(tmp_path):
    def written(content):
        path = tmp_path / "rules.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return ["--constraints", str(path)]

    return written


@pytest.fixture
def usual_interrupt():
    """Ctrl-C interrupts, however the test run itself treats it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def record_in(tmp_path):
    return json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
def test_every_aim_writes_three_files_and_one_line(run, tmp_path, capsys, objective):
    assert run("-p", "2", "--objective", objective, "--minutes", "10") == DONE
    told = capsys.readouterr()
    assert told.out.startswith("Proven optimal")
    assert told.out.count("\n") == 1
    assert ("Longest walk" in told.out) == (objective == "worst")
    assert {path.name for path in (tmp_path / "plan").iterdir()} == FILES
    assert record_in(tmp_path)["settings"]["objective"] == objective
    assert record_in(tmp_path)["date"] == "2026-11-25"


def test_by_default_all_that_remain_are_chosen(run, tmp_path):
    assert run() == DONE
    assert len(record_in(tmp_path)["rooms"]) == 4
    assert record_in(tmp_path)["settings"]["count"] is None


def test_json_alone_goes_to_standard_output(run, tmp_path, capsys):
    assert run("-p", "1", "--json", out=False) == DONE
    told = capsys.readouterr()
    assert json.loads(told.out)["status"] == "optimal"
    assert "Proven optimal" in told.err
    assert not (tmp_path / "plan").exists()


def test_json_and_files_hold_the_same(run, tmp_path, capsys):
    assert run("-p", "1", "--json") == DONE
    assert json.loads(capsys.readouterr().out) == record_in(tmp_path)


def test_settings_reach_the_plan(run, rules, tmp_path):
    weights = tmp_path / "weights.toml"
    weights.write_text("[need]\nresidents = 2\n[criteria]\ntransit = 50\n")
    given = ["-p", "2", "--score-share", "0.5", "--time-limit", "30", "--seed", "7", "--speed", "3"]
    assert run(*given, "--weights", str(weights), *rules({"must": ["k3"], "must_not": ["k1"]})) == DONE
    record = record_in(tmp_path)
    assert record["settings"]["score_share"] == 0.5
    assert record["settings"]["time_limit_s"] == 30
    assert record["settings"]["seed"] == 7
    assert record["scenario"]["speed_kmh"] == 3
    assert record["scenario"]["need_weights"]["residents"] == 2
    assert record["scenario"]["criteria_weights"]["transit"] == 50
    rooms = {room["candidate_id"] for room in record["rooms"]}
    assert "k3" in rooms
    assert "k1" not in rooms


def test_rules_that_contradict_each_other_are_told_and_written(run, rules, tmp_path, capsys):
    content = {"must": ["k1", "k4"], "boroughs": {"west": {"max": 1}}}
    assert run("-p", "2", *rules(content)) == FAULTY
    told = capsys.readouterr().out
    assert "no plan" in told
    assert "borough West" in told
    assert "Bibliothek (k1)" in told
    record = record_in(tmp_path)
    assert record["status"] == "infeasible"
    assert len(record["problems"]) >= 3


def test_an_earlier_plan_outlives_a_run_without_one(run, tmp_path, capsys):
    assert run("-p", "2") == DONE
    earlier = record_in(tmp_path)
    assert run("-p", "99") == FAULTY
    assert record_in(tmp_path) == earlier
    assert "stays as it is" in capsys.readouterr().err


def test_the_number_of_rooms_does_not_apply_to_covering_all(run, capsys):
    assert run("-p", "1", "--objective", "cover-all") == DONE
    assert "does not apply" in capsys.readouterr().err


def test_more_rooms_than_there_are(run, capsys):
    assert run("-p", "99") == FAULTY
    assert "99" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["-p", "-1"],
        ["-p", "1" + "0" * 30],
        ["--seed", "-1"],
        ["--seed", "1" + "0" * 30],
        ["--minutes", "99"],
        ["--score-share", "1"],
        ["--score-share", "nan"],
        ["--score-share", "0.5", "--objective", "worst"],
        ["--time-limit", "-1"],
        ["--time-limit", "nan"],
        ["--time-limit", "inf"],
    ],
)
def test_settings_out_of_range(run, tmp_path, capsys, arguments):
    assert run(*arguments) == FAULTY
    assert len(capsys.readouterr().err) > 30
    assert not (tmp_path / "plan").exists()


def test_rules_that_name_nobody(run, rules, tmp_path, capsys):
    content = {"must": ["nobody"], "boroughs": {"nowhere": {"min": 1}}}
    assert run(*rules(content)) == FAULTY
    told = capsys.readouterr().err
    assert "nobody" in told
    assert "nowhere" in told
    assert not (tmp_path / "plan").exists()


def test_a_file_of_rules_that_cannot_be_read(run, tmp_path):
    assert run("--constraints", str(tmp_path / "missing.toml")) == UNREADABLE


@pytest.mark.parametrize("arguments", [["--objective", "best"], ["-p", "two"], ["--date", "soon"]])
def test_a_wrong_command_line(run, arguments):
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert stopped.value.code == USAGE


def test_output_has_to_go_somewhere(run, tmp_path, capsys):
    assert run(out=False) == FAULTY
    assert "--out" in capsys.readouterr().err
    (tmp_path / "plan").write_text("a file")
    assert run() == UNREADABLE
    assert (tmp_path / "plan").read_text() == "a file"


def test_first_interrupt_asks_and_the_second_interrupts(usual_interrupt):
    with stoppable() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_ignored_interrupt_stays_ignored(usual_interrupt):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with stoppable() as stop:
        signal.raise_signal(signal.SIGINT)
        assert not stop()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def ends_with(monkeypatch, status, *, interrupted=True):
    """Let a search end with some status, because of Ctrl-C or because time is up."""
    solve = planning.siting.make_plan

    def searched(task, scenario, *, stop, progress):
        if interrupted:
            signal.raise_signal(signal.SIGINT)
        assert stop() == interrupted
        plan = solve(task, scenario, progress=progress)
        if status == "unknown":
            return replace(plan, status=status, candidate_ids=(), gains=())
        return replace(plan, status=status, gap=0.02)

    monkeypatch.setattr(planning.siting, "make_plan", searched)


def test_interrupting_keeps_the_best_found(usual_interrupt, monkeypatch, run, tmp_path, capsys):
    ends_with(monkeypatch, "feasible")
    assert run("-p", "2") == DONE
    assert capsys.readouterr().out.startswith("Best found: at most 2.0% better possible.")
    assert record_in(tmp_path)["status"] == "feasible"


def test_interrupting_before_anything_was_found_writes_nothing(
    usual_interrupt, monkeypatch, run, tmp_path, capsys
):
    ends_with(monkeypatch, "unknown")
    assert run("-p", "2") == INTERRUPTED
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "plan").exists()


def test_no_plan_found_in_time_is_said_and_written(monkeypatch, run, tmp_path, capsys):
    ends_with(monkeypatch, "unknown", interrupted=False)
    assert run("-p", "2") == FAULTY
    assert "before a plan was found" in capsys.readouterr().out
    assert record_in(tmp_path)["status"] == "unknown"
