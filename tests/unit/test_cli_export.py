"""``planning export`` and ``planning reproduce``: plan files, folders, manifests, exit codes."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress

import pytest

from planning.area import save_area
from planning.cli import DONE, FAULTY, UNREADABLE, main
from planning.export import folder as folders
from planning.i18n import Translator

LINE = ("--lang", "en", "--date", "2026-11-25")


@pytest.fixture(scope="module")
def tiny(tiny_area, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli_export") / "tiny"
    save_area(tiny_area, folder)
    return folder


@pytest.fixture(scope="module")
def plan_file(tiny, tmp_path_factory):
    out = tmp_path_factory.mktemp("plan") / "plan"
    assert main(["plan", str(tiny), "-p", "2", "--minutes", "10", "--out", str(out), *LINE]) == DONE
    return out / "plan.json"


@pytest.fixture
def run(tiny, tmp_path):
    def ran(*arguments, out="export", formats="csv,geojson"):
        where = ["--out", str(tmp_path / out), "--formats", formats]
        return main(["export", str(tiny), *LINE, *where, *map(str, arguments)])

    return ran


def manifest_in(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def test_a_folder_holds_what_was_chosen_and_says_what_it_was_made_of(run, tmp_path, plan_file):
    assert run("--plan", plan_file) == DONE
    made = manifest_in(tmp_path / "export")
    assert {one["name"] for one in made["files"]} | {"manifest.json"} == names_in(tmp_path / "export")
    assert {"scenario.json", "plan.json"} <= names_in(tmp_path / "export")
    assert made["plan"]["status"] == "optimal"
    assert len(made["plan"]["rooms"]) == 2
    assert made["options"]["formats"] == ["geojson", "csv"]
    assert str(tmp_path) not in json.dumps(made)


def test_the_settings_of_the_plan_count(run, tmp_path, plan_file, capsys):
    assert run("--plan", plan_file) == DONE
    assert "other settings" in capsys.readouterr().err
    written = json.loads((tmp_path / "export" / "plan.json").read_text(encoding="utf-8"))
    before = json.loads(plan_file.read_text(encoding="utf-8"))
    assert written["scenario"]["minutes"] == 10
    for name in ("status", "objective", "bound", "rooms", "effect"):
        assert written[name] == before[name]


def test_without_a_plan_the_ranking_is_written(run, tmp_path, capsys):
    assert run() == DONE
    assert "No plan" in capsys.readouterr().err
    assert manifest_in(tmp_path / "export")["plan"] is None


def test_the_same_again(run, tmp_path, plan_file, tiny, capsys):
    assert run("--plan", plan_file) == DONE
    capsys.readouterr()
    again = ["reproduce", str(tmp_path / "export"), str(tiny), "--lang", "en"]
    assert main([*again, "--out", str(tmp_path / "again")]) == DONE
    count = len(manifest_in(tmp_path / "export")["files"])
    assert f"{count} of {count} files are the same" in capsys.readouterr().out
    for name in names_in(tmp_path / "export"):
        assert (tmp_path / "export" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert main(again) == DONE


def test_the_week_goes_with_the_export_and_is_there_again(run, tmp_path, plan_file, tiny, capsys):
    week = tmp_path / "week.json"
    room = json.loads(plan_file.read_text(encoding="utf-8"))["rooms"][0]["candidate_id"]
    slot = {"place": room, "visit": 0, "weekday": "Di", "from": "14:00", "to": "16:00", "members": ["a", "b"]}
    week.write_text(json.dumps({"format": "dependance-rota", "version": 1, "duties": [slot]}))
    assert run("--plan", plan_file, "--week", week, formats="csv") == DONE
    assert Translator("en")("cli.export_week_unseen") in capsys.readouterr().err
    made = manifest_in(tmp_path / "export")
    assert made["options"]["week"] == "weekly-slots.json"
    kept = json.loads((tmp_path / "export" / "weekly-slots.json").read_text(encoding="utf-8"))
    assert kept["duties"] == [{"place": room, "weekday": "Di", "from": "14:00", "to": "16:00"}]
    assert main(["reproduce", str(tmp_path / "export"), str(tiny)]) == DONE
    week.write_text("{}")
    assert run("--plan", plan_file, "--week", week, out="other", formats="csv") == FAULTY
    assert run("--plan", plan_file, "--week", tmp_path / "none", out="other", formats="csv") == UNREADABLE
    assert not (tmp_path / "other").exists()


def test_a_file_that_was_touched_since_is_told(run, tmp_path, plan_file, tiny, capsys):
    assert run("--plan", plan_file, formats="csv") == DONE
    again = ["reproduce", str(tmp_path / "export"), str(tiny), "--lang", "en"]
    (tmp_path / "export" / "districts.csv").unlink()
    with (tmp_path / "export" / "candidates.csv").open("a") as stream:
        stream.write("x")
    capsys.readouterr()
    assert main([*again, "--out", str(tmp_path / "export")]) == FAULTY
    assert "another folder" in capsys.readouterr().err
    assert main([*again, "--out", str(tmp_path / "other")]) == FAULTY
    told = capsys.readouterr().out
    assert "changed since the export: candidates.csv" in told
    assert "missing from the folder: districts.csv" in told


def test_what_is_not_the_same_is_told_with_the_reason(run, tmp_path, tiny, capsys):
    assert run() == DONE
    path = tmp_path / "export" / "manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["made_with"]["pandas"] = "0.1"
    told["area"]["layers"]["cells"] = "0" * 64
    told["program"]["sources"] = "1" * 64
    told["files"][0]["sha256"] = "0" * 64
    path.write_text(json.dumps(told), encoding="utf-8")
    assert main(["reproduce", str(path), str(tiny), "--lang", "en"]) == FAULTY
    out = capsys.readouterr().out
    assert f"different: {told['files'][0]['name']}" in out
    assert "other data: cells" in out
    assert "pandas 0.1" in out
    assert "dependance-planner 0.1.0 (11111111) → 0.1.0 (" in out
    del told["program"]["sources"]  # as older versions wrote it
    path.write_text(json.dumps(told), encoding="utf-8")
    assert main(["reproduce", str(path), str(tiny), "--lang", "en"]) == FAULTY
    assert "dependance-planner" not in capsys.readouterr().out


def test_what_of_the_scenario_does_not_fit_other_data_is_told(run, tmp_path, capsys, tiny_area):
    assert run() == DONE
    path = tmp_path / "export" / "manifest.json"
    other = tiny_area.with_tables(candidates=tiny_area.candidates.iloc[1:])
    folder = tmp_path / "other"
    save_area(other, folder)
    capsys.readouterr()
    assert main(["reproduce", str(path), str(folder), "--lang", "en"]) == FAULTY
    found = capsys.readouterr()
    assert "other data: candidates" in found.out
    assert "The data are not those of this scenario" in found.err


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told | {"format": "x"},
        lambda told: told | {"files": [{"name": 1}]},
        lambda told: told | {"scenario": {"file": "../scenario.json", "id": "x"}},
        lambda told: told | {"options": told["options"] | {"date": "tomorrow"}},
        lambda _told: [],
    ],
)
def test_a_manifest_that_is_none_is_told(run, tmp_path, tiny, change):
    assert run() == DONE
    path = tmp_path / "export" / "manifest.json"
    path.write_text(json.dumps(change(manifest_in(tmp_path / "export"))), encoding="utf-8")
    assert main(["reproduce", str(path), str(tiny)]) == UNREADABLE


def test_another_scenario_beside_the_manifest_is_told(run, tmp_path, tiny, capsys):
    assert run() == DONE
    path = tmp_path / "export" / "scenario.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    del told["id"]
    told["notes"] = "other"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert main(["reproduce", str(tmp_path / "export"), str(tiny), "--lang", "en"]) == UNREADABLE
    assert "is not the scenario" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told | {"format": 2},
        lambda told: told | {"rooms": "none"},
        lambda told: told | {"status": "infeasible"},
        lambda told: {name: value for name, value in told.items() if name != "need"},
        lambda told: told | {"scenario": told["scenario"] | {"minutes": "ten"}},
        lambda told: told | {"settings": told["settings"] | {"objective": "best"}},
        lambda told: told | {"area": []},
        lambda _told: 7,
    ],
)
def test_a_file_that_is_no_plan_is_told_and_nothing_written(run, tmp_path, plan_file, change):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(change(json.loads(plan_file.read_text(encoding="utf-8")))), encoding="utf-8")
    assert run("--plan", path) == FAULTY
    assert not (tmp_path / "export").exists()


def test_a_plan_with_a_room_that_is_not_there_is_refused(run, tmp_path, plan_file, capsys):
    told = json.loads(plan_file.read_text(encoding="utf-8"))
    told["rooms"][0]["candidate_id"] = "gone"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert run("--plan", path) == FAULTY
    assert "are not in this study area" in capsys.readouterr().err
    assert not (tmp_path / "export").exists()


def test_a_plan_that_claims_too_much_is_not_believed(run, tmp_path, plan_file, capsys):
    told = json.loads(plan_file.read_text(encoding="utf-8"))
    told["objective"] = told["bound"] = 2 * told["objective"]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert run("--plan", path) == DONE
    assert "Nothing is proven" in capsys.readouterr().err
    assert manifest_in(tmp_path / "export")["plan"]["status"] == "feasible"


def test_on_other_data_nothing_is_proven(run, tmp_path, plan_file, capsys):
    told = json.loads(plan_file.read_text(encoding="utf-8"))
    told["area"]["digest"] = "0" * 64
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert run("--plan", path) == DONE
    assert "computed on other data" in capsys.readouterr().err
    assert manifest_in(tmp_path / "export")["plan"]["status"] == "feasible"


@pytest.mark.parametrize(
    "arguments",
    [("--indicators", "nonsense:cell"), ("--indicators", "need:moon")],
)
def test_a_wrong_choice_is_told(run, tmp_path, arguments):
    assert run(*arguments) == FAULTY
    assert run(formats="doc") == FAULTY
    assert not (tmp_path / "export").exists()


def test_progress_for_programs(run, capsys):
    assert run("--follow") == DONE
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shares = [one["share"] for one in lines]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert {"measure", "geojson", "csv", "manifest"} == {one["step"] for one in lines}


def test_an_earlier_export_is_replaced_and_other_files_stay(run, tmp_path, plan_file):
    assert run("--plan", plan_file) == DONE
    (tmp_path / "export" / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(formats="csv") == DONE
    left = names_in(tmp_path / "export")
    assert "mine.txt" in left
    assert not [name for name in left if name.endswith(".geojson") or name == "plan.json"]
    assert not [name for name in left if name.startswith(".planning")]


@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize(
    "reason", [OSError(28, os.strerror(28)), RuntimeError("broken"), KeyboardInterrupt()]
)
def test_what_fails_leaves_everything_as_it_was(run, tmp_path, monkeypatch, fresh, reason):
    if not fresh:
        assert run() == DONE
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def fail(_making):
        _making.write("half.csv", b"half")
        raise reason

    monkeypatch.setitem(folders._MAKERS, "csv", fail)
    if isinstance(reason, RuntimeError):
        with pytest.raises(RuntimeError):
            run()
    else:
        assert run() == (UNREADABLE if isinstance(reason, OSError) else 130)
    assert before == {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert fresh != (tmp_path / "export").exists()


@pytest.mark.parametrize("error", [OSError(5, os.strerror(5)), KeyboardInterrupt()])
def test_a_move_that_fails_puts_everything_back(run, tmp_path, monkeypatch, error):
    assert run() == DONE
    before = {path.name: path.read_bytes() for path in (tmp_path / "export").iterdir()}
    usual, moved = type(tmp_path).replace, []

    def replace(self, target):
        if self.parent.name.startswith(".planning") and self.parent.name != ".earlier":
            moved.append(self)
            if len(moved) == 2:
                raise error
        return usual(self, target)

    monkeypatch.setattr(type(tmp_path), "replace", replace)
    if isinstance(error, OSError):
        assert run(formats="csv") == UNREADABLE
    else:
        with suppress(KeyboardInterrupt):
            run(formats="csv")
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "export").iterdir()}


@pytest.mark.skipif(os.geteuid() == 0, reason="needs a user whom the system can refuse something")
def test_a_folder_that_cannot_be_written_to_is_told_before_the_work(run, tmp_path):
    (tmp_path / "export").mkdir(mode=0o500)
    assert run() == UNREADABLE


def test_a_file_in_place_of_the_folder_is_told(run, tmp_path):
    (tmp_path / "export").write_text("", encoding="utf-8")
    assert run() == UNREADABLE


def test_a_folder_in_place_of_a_file_is_told(run, tmp_path):
    (tmp_path / "export" / "scenario.json").mkdir(parents=True)
    assert run() == UNREADABLE
    assert names_in(tmp_path / "export") == {"scenario.json"}
    shutil.rmtree(tmp_path / "export")
