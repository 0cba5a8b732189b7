"""A plan as files: what they hold, that they agree, and that they are written as a whole or not at all."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import errno
import io
import json
import math
import os

import numpy as np
import pytest
from pyproj import Transformer

from planning import __version__
from planning.access import measure
from planning.errors import Fault, OutputError
from planning.export.plan import (
    FORMAT,
    check_folder,
    plan_files,
    plan_record,
    plan_table,
    problem_texts,
    status_text,
    write_plan,
)
from planning.i18n import LANGUAGES, Translator
from planning.model import PLAN_OBJECTIVES, Constraints, PlanSettings, Scenario, ValueFunction
from planning.scoring import evaluate
from planning.siting import make_plan, plan_distances, plan_effect, prepare

DE, EN = Translator("de"), Translator("en")
DATE = dt.date(2026, 11, 25)
SCENARIO = Scenario(name="Nord", minutes=10, criteria_weights={"transit": 40.0})


@pytest.fixture(scope="module")
def near(tiny_area):
    return measure(tiny_area)


@pytest.fixture(scope="module")
def evaluation(tiny_area, near):
    return evaluate(tiny_area, SCENARIO, near)


@pytest.fixture(scope="module")
def planned(tiny_area, near, evaluation):
    """Return plan and effect for some settings."""

    def made(settings):
        distances = plan_distances(tiny_area, near, settings)
        task = prepare(tiny_area, SCENARIO, settings, distances, scores=evaluation.scores.total)
        plan = make_plan(task, SCENARIO)
        if plan.status not in {"optimal", "feasible"}:
            return plan, None
        return plan, plan_effect(tiny_area, SCENARIO, distances, evaluation.need, plan.candidate_ids)

    return made


@pytest.fixture(scope="module")
def files(tiny_area, evaluation, planned):
    plan, effect = planned(PlanSettings(count=3))
    return {t.language: plan_files(tiny_area, plan, effect, evaluation, t, DATE) for t in (DE, EN)} | {
        "plan": plan,
        "effect": effect,
    }


def rows_of(content, delimiter):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def record_of(files, language="de"):
    return json.loads(files[language]["plan.json"], parse_constant=pytest.fail)


def test_record_says_how_the_plan_came_about(files, tiny_area):
    record = record_of(files)
    assert record["format"] == FORMAT
    assert record["program"] == {"name": "dependance-planner", "version": __version__}
    assert record["date"] == "2026-11-25"
    assert record["area"] == {
        "id": tiny_area.id,
        "name": "Winzigstadt",
        "crs": tiny_area.crs,
        "digest": tiny_area.digest,
    }
    assert record["scenario"]["minutes"] == 10
    assert record["scenario"]["criteria_weights"]["transit"] == 40.0
    assert record["scenario"]["criteria_weights"]["need_gained"] > 0
    assert record["settings"]["objective"] == "coverage"
    assert record["settings"]["constraints"]["one_per_building"] is True
    assert record["status"] == "optimal"
    assert record["gap"] == 0
    assert record["bound"] == record["objective"]
    assert {source["id"] for source in record["sources"]} >= {"cells", "candidates", "edges"}
    assert len(record["notes"]) >= 4


def test_record_holds_changed_value_functions_only(files, tiny_area, near, planned):
    assert record_of(files)["scenario"]["value_functions"] == {}
    plan, effect = planned(PlanSettings(count=1))
    own = {"transit": ValueFunction(((0.0, 0.0), (3.0, 100.0)), 40.0)}
    scenario = dataclasses.replace(SCENARIO, value_functions=own)
    changed = evaluate(tiny_area, scenario, near)
    plan = dataclasses.replace(plan, scenario=scenario)
    record = plan_record(tiny_area, plan, effect, changed, DE, DATE)
    assert record["scenario"]["value_functions"] == {
        "transit": {"points": [[0, 0], [3, 100]], "missing_value": 40}
    }


def test_missing_dependances_are_noted_only_where_there_are_any(tiny_area, evaluation, planned):
    plan, effect = planned(PlanSettings(count=1))
    programme = dataclasses.replace(tiny_area.programme, opened=3)
    area = dataclasses.replace(tiny_area, programme=programme)
    complete, lacking = (
        plan_record(one, plan, effect, evaluation, EN, DATE)["notes"] for one in (tiny_area, area)
    )
    assert len(lacking) == len(complete) + 1
    assert "1 of 3" in lacking[0]


def test_rooms_stand_in_the_order_of_opening_with_what_they_add(files):
    rooms = record_of(files)["rooms"]
    assert [room["position"] for room in rooms] == [1, 2, 3]
    assert [room["candidate_id"] for room in rooms] == list(files["plan"].candidate_ids)
    assert [room["gain"] for room in rooms] == pytest.approx(files["plan"].gains)
    record = record_of(files)
    before, after = (record["effect"][moment]["covered"] for moment in ("before", "after"))
    assert before + sum(room["gain"] for room in rooms) == pytest.approx(after)
    assert rooms[0]["alone"] == pytest.approx(rooms[0]["gain"])


def test_places_agree_between_the_files(files, tiny_area):
    to_degrees = Transformer.from_crs(tiny_area.crs, "EPSG:4326", always_xy=True)
    table = rows_of(files["en"]["plan.csv"], ",")
    record = {room["candidate_id"]: room for room in record_of(files, "en")["rooms"]}
    features = json.loads(files["en"]["plan.geojson"])["features"]
    places = {feature["id"]: feature["geometry"]["coordinates"] for feature in features}
    for row in table:
        room = record[row["candidate_id"]]
        lon, lat = to_degrees.transform(room["x"], room["y"])
        assert (float(row["x"]), float(row["y"])) == (room["x"], room["y"])
        assert places[row["candidate_id"]] == [room["lon"], room["lat"]]
        assert np.allclose([room["lon"], room["lat"]], [lon, lat], atol=1e-6)


def test_geojson_tells_chosen_from_existing(files):
    collection = json.loads(files["de"]["plan.geojson"], parse_constant=pytest.fail)
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    roles = [feature["properties"]["role"] for feature in collection["features"]]
    assert roles == ["chosen"] * 3 + ["existing"] * 2
    assert {feature["properties"]["kind"] for feature in collection["features"][3:]} == {
        "office",
        "dependance",
    }
    assert collection["metadata"]["status"] == "optimal"
    assert "rooms" not in collection["metadata"]
    assert "seconds" not in collection["metadata"]


def test_csv_is_for_the_spreadsheets_of_the_language_and_cannot_run(files):
    german, english = rows_of(files["de"]["plan.csv"], ";"), rows_of(files["en"]["plan.csv"], ",")
    assert [row["candidate_id"] for row in german] == [row["candidate_id"] for row in english]
    assert german[0]["gain"].replace(",", ".") == english[0]["gain"]
    assert files["de"]["plan.csv"].startswith(b"\xef\xbb\xbf")


def test_a_name_that_looks_like_a_formula_is_armed_in_the_table_only(tiny_area, evaluation, planned):
    plan, effect = planned(PlanSettings(count=1, constraints=Constraints(must=("k4",))))
    made = plan_files(tiny_area, plan, effect, evaluation, DE, DATE)
    assert rows_of(made["plan.csv"], ";")[0]["name"] == "'=Gemeindehaus & Co"
    assert json.loads(made["plan.json"])["rooms"][0]["name"] == "=Gemeindehaus & Co"


def test_same_input_gives_the_same_files_but_for_the_seconds(tiny_area, evaluation, planned, files):
    plan, effect = planned(PlanSettings(count=3))
    again = plan_files(tiny_area, plan, effect, evaluation, DE, DATE)
    assert again["plan.csv"] == files["de"]["plan.csv"]
    assert again["plan.geojson"] == files["de"]["plan.geojson"]
    one, other = (
        json.loads(content) | {"seconds": 0} for content in (again["plan.json"], files["de"]["plan.json"])
    )
    assert one == other


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
def test_every_aim_can_be_written(tiny_area, evaluation, planned, objective):
    plan, effect = planned(PlanSettings(objective=objective, count=2))
    record = plan_record(tiny_area, plan, effect, evaluation, EN, DATE)
    assert record["status"] == "optimal"
    assert record["objective"] == pytest.approx(plan.objective)
    assert len(record["rooms"]) == len(plan.candidate_ids)


def test_without_a_plan_the_reasons_are_written_and_the_tables_are_empty(tiny_area, evaluation, planned):
    rules = Constraints(must=("k1",), must_not=("k1",))
    plan, effect = planned(PlanSettings(count=2, constraints=rules))
    made = plan_files(tiny_area, plan, effect, evaluation, EN, DATE)
    record = json.loads(made["plan.json"], parse_constant=pytest.fail)
    assert record["status"] == "infeasible"
    assert record["rooms"] == []
    assert record["effect"] is None
    assert [record[name] for name in ("objective", "bound", "gap")] == [None, None, None]
    assert any("Bibliothek (k1)" in problem["text"] for problem in record["problems"])
    assert rows_of(made["plan.csv"], ",") == []
    assert made["plan.csv"].count(b"\r\n") == 1
    features = json.loads(made["plan.geojson"])["features"]
    assert [feature["properties"]["role"] for feature in features] == ["existing", "existing"]


def test_boroughs_and_rooms_are_called_by_name(tiny_area, planned):
    plan, _ = planned(PlanSettings(count=1))
    problems = (
        Fault("siting_rule_borough_min", params={"borough": "ost", "least": 3}),
        Fault("siting_rule_must", params={"candidate": "k1"}),
        Fault("siting_rule_must", params={"candidate": "gone"}),
    )
    told = problem_texts(tiny_area, dataclasses.replace(plan, problems=problems), DE)
    assert "Stadtbezirk Ost" in told[0]
    assert "Bibliothek (k1)" in told[1]
    assert "gone" in told[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_status_is_said_in_words(planned, language):
    t = Translator(language)
    plan, _ = planned(PlanSettings(count=1))
    told = [
        status_text(dataclasses.replace(plan, status=status, gap=gap), t)
        for status, gap in (
            ("optimal", 0.0),
            ("feasible", 0.0123),
            ("feasible", math.inf),
            ("infeasible", math.inf),
            ("unknown", math.inf),
        )
    ]
    assert len(set(told)) == 5
    assert ("1,3" if language == "de" else "1.3") in told[1] or "2" in told[1]
    assert "inf" not in " ".join(told)
    assert "∞" not in " ".join(told)


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.25, "25%"),
        (0.0123, "1.3%"),
        (0.0024, "0.24%"),
        (0.0002, "0.02%"),
        (2e-6, "0.0002%"),
        (1e-9, "0.0001%"),
    ],
)
def test_what_could_be_better_is_rounded_up_and_never_reads_as_nothing(share, told):
    assert EN.at_most(share) == told


def test_infinite_gains_are_left_empty(tiny_area, evaluation, planned):
    plan, effect = planned(PlanSettings(count=2))
    table = plan_table(tiny_area, dataclasses.replace(plan, gains=(math.inf, 1.0)), effect, evaluation, DE)
    assert np.isnan(table["gain"].iloc[0])


@pytest.fixture
def contents():
    return {"plan.geojson": b"a", "plan.csv": b"b", "plan.json": b"c"}


def test_a_folder_is_made_and_other_files_in_it_stay(tmp_path, contents):
    write_plan(tmp_path / "new", contents)
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == contents
    (tmp_path / "new" / "mine.txt").write_text("x")
    write_plan(tmp_path / "new", dict.fromkeys(contents, b"z"))
    assert {path.name for path in (tmp_path / "new").iterdir()} == {*contents, "mine.txt"}
    assert (tmp_path / "new" / "plan.json").read_bytes() == b"z"


@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_leaves_everything_as_it_was(tmp_path, contents, monkeypatch, there):
    folder = tmp_path / "plan"
    if there:
        write_plan(folder, contents)
    written = []

    def full(number):
        written.append(number)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("planning.export.files.os.fsync", full)
    with pytest.raises(OutputError) as raised:
        write_plan(folder, dict.fromkeys(contents, b"new"))
    assert raised.value.code == "output_not_written"
    assert folder.exists() == there
    if there:
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == contents


def test_a_file_in_place_of_the_folder_and_a_missing_parent(tmp_path):
    (tmp_path / "file").write_text("x")
    for path, code in (
        (tmp_path / "file", "output_not_folder"),
        (tmp_path / "no" / "where", "output_folder"),
    ):
        with pytest.raises(OutputError) as raised:
            check_folder(path)
        assert raised.value.code == code


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_told_before_the_work_begins(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    for path in (locked, locked / "plan"):
        with pytest.raises(OutputError):
            check_folder(path)
