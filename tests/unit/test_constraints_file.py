"""The file of rules that a plan has to obey: what it may say, and how it is told what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from planning.cli import read_constraints, read_weights
from planning.errors import SettingError, SourceError
from planning.i18n import LANGUAGES, Translator, explain
from planning.model import Constraints, Scenario, ValueFunction
from planning.scenarios.document import constraints_document

FULL = Constraints(
    boroughs={"nord": (1, 3), "sued": (0, 2), "west": (2, None)},
    priority_areas_min=4,
    spacing_m=500.0,
    must=("k1",),
    must_not=("k2", "k3"),
    either_or=(("k4", "k5"), ("k6", "k7", "k8")),
    one_per_building=False,
    budget_eur_month=1500.5,
    assumed_cost_eur_month=80.0,
)
TOML = """
priority_areas_min = 4
spacing_m = 500
must = ["k1"]
must_not = ["k2", "k3"]
either_or = [["k4", "k5"], ["k6", "k7", "k8"]]
one_per_building = false
budget_eur_month = 1500.5
assumed_cost_eur_month = 80

[boroughs]
nord = {min = 1, max = 3}
sued = {max = 2}
west = {min = 2}
"""


@pytest.fixture
def file(tmp_path):
    def written(content, suffix=".json"):
        path = tmp_path / f"rules{suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def faults_of(path):
    with pytest.raises(SettingError) as raised:
        read_constraints(path)
    assert raised.value.code == "constraints_form"
    for language in LANGUAGES:
        assert all(explain(raised.value, Translator(language)))
    return {(fault.code, fault.params.get("key")) for fault in raised.value.faults}


def test_every_field_can_be_read_from_toml(file):
    assert read_constraints(file(TOML, ".toml")) == FULL


def test_the_record_of_a_plan_is_a_file_of_rules(file):
    record = constraints_document(FULL)
    assert set(record) == {field.name for field in fields(Constraints)}
    assert read_constraints(file(json.dumps(record))) == FULL


@pytest.mark.parametrize("content", ["{}", "\ufeff{}", '{"budget_eur_month": null}'])
def test_what_is_left_out_keeps_its_default(file, content):
    assert read_constraints(file(content)) == Constraints()


def test_all_faults_are_told_together(file):
    content = {
        "musst": [],
        "must": "k1",
        "must_not": [1],
        "either_or": [["k1"], "k2"],
        "spacing_m": float("nan"),
        "priority_areas_min": 1.5,
        "one_per_building": 1,
        "budget_eur_month": "viel",
        "assumed_cost_eur_month": -1,
        "boroughs": {"a": {"min": -1}, "b": {"most": 3}, "c": {}, "d": 3, "e": {"max": True}},
    }
    assert faults_of(file(json.dumps(content))) == {
        ("constraints_key_unknown", "musst"),
        ("constraints_not_names", "must"),
        ("constraints_not_names", "must_not"),
        ("constraints_not_groups", "either_or"),
        ("constraints_not_number", "spacing_m"),
        ("constraints_not_whole", "priority_areas_min"),
        ("constraints_not_flag", "one_per_building"),
        ("constraints_not_number", "budget_eur_month"),
        ("constraints_not_number", "assumed_cost_eur_month"),
        ("constraints_not_whole", "boroughs.a.min"),
        ("constraints_not_limits", "boroughs.b"),
        ("constraints_not_limits", "boroughs.c"),
        ("constraints_not_limits", "boroughs.d"),
        ("constraints_not_whole", "boroughs.e.max"),
    }


@pytest.mark.parametrize("content", ["[]", "3", '"text"', "null"])
def test_anything_but_a_table_is_refused(file, content):
    assert faults_of(file(content)) == {("constraints_not_table", None)}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"spacing_m": Infinity}', "constraints_not_number"),
        ('{"spacing_m": 1e999}', "constraints_not_number"),
        ('{"spacing_m": 1%s}' % ("0" * 400), "constraints_not_number"),
        ('{"spacing_m": true}', "constraints_not_number"),
        ('{"priority_areas_min": 1%s}' % ("0" * 30), "constraints_not_whole"),
        ('{"must": null}', "constraints_not_names"),
        ('{"must": [""]}', "constraints_not_names"),
        ('{"boroughs": []}', "constraints_not_limits"),
    ],
)
def test_hostile_values_are_refused(file, content, code):
    assert {found for found, _ in faults_of(file(content))} == {code}


def test_a_long_value_is_not_repeated_in_full(file):
    with pytest.raises(SettingError) as raised:
        read_constraints(file(json.dumps({"must": "x" * 10_000})))
    assert len("".join(explain(raised.value, Translator("en")))) < 1000


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        ("{", ".json"),
        ("a = ", ".toml"),
        ("[" * 100_000, ".json"),
        (b"\xff\xfe\x00", ".json"),
        ("", ".json"),
        ('{"must": ["a"], "must": ["b"]}', ".json"),
        ('{"spacing_m": 1%s}' % ("0" * 5000), ".json"),
    ],
)
def test_what_cannot_be_parsed_is_a_source_that_cannot_be_read(file, content, suffix):
    with pytest.raises(SourceError) as raised:
        read_constraints(file(content, suffix))
    assert raised.value.code == "constraints_unreadable"
    assert raised.value.params["reason"]


def test_a_missing_file_and_a_folder_cannot_be_read(tmp_path):
    for path in (tmp_path / "nowhere.toml", tmp_path):
        with pytest.raises(SourceError):
            read_constraints(path)


@pytest.mark.parametrize("read", [read_constraints, read_weights])
def test_a_file_that_is_too_large_is_not_parsed(file, read):
    with pytest.raises(SettingError) as raised:
        read(file(" " * (1024 * 1024 + 1)))
    assert raised.value.code == "settings_file_large"


def test_weights_too_large_for_a_float_are_left_to_the_check_of_weights(file):
    scenario = read_weights(file('{"criteria": {"transit": 1%s}}' % ("0" * 400)))
    assert scenario.criteria_weights["transit"] == float("inf")


def test_value_functions_of_a_weights_file_are_completed_from_the_catalogue(file):
    text = '{"value_functions": {"transit": {"points": [[0, 0], [3, 60.5]]}, "equity": %s}}'
    scenario = read_weights(file(text % '{"points": [[0, 100], [0.5, 0]], "missing_value": 0}'))
    assert dict(scenario.value_functions) == {
        "transit": ValueFunction(((0.0, 0.0), (3.0, 60.5)), 50.0),
        "equity": ValueFunction(((0.0, 100.0), (0.5, 0.0)), 0.0),
    }
    assert dict(scenario.criteria_weights) == {}


def test_a_weights_file_leaves_the_other_settings_alone(file):
    scenario = read_weights(file('{"need": {"residents": 1}}'), Scenario(minutes=10, speed_kmh=3.0))
    assert (scenario.minutes, scenario.speed_kmh) == (10, 3.0)
    assert dict(scenario.need_weights) == {"residents": 1.0}


@pytest.mark.parametrize(
    "given",
    [
        "1",
        "[[0, 0], [1, 1]]",
        "{}",
        '{"points": {}}',
        '{"points": [[0, 0], [1]]}',
        '{"points": [[0, 0], [1, 1, 1]]}',
        '{"points": [[0, 0], ["1", 1]]}',
        '{"points": [[0, 0], [1, true]]}',
        '{"points": [[0, 0], [1, 1]], "missing_value": null}',
        '{"points": [[0, 0], [1, 1]], "weight": 3}',
    ],
)
def test_value_functions_of_a_wrong_form_are_named(file, given):
    text = '{"value_functions": {"transit": %s, "venue": %s}}'
    with pytest.raises(SettingError) as raised:
        read_weights(file(text % (given, given)))
    assert raised.value.code == "weights_form"
    assert [fault.code for fault in raised.value.faults] == ["value_function_form"] * 2
    for language in LANGUAGES:
        told = explain(raised.value, Translator(language))
        assert "transit" in told[1]
        assert "missing_value" in told[1]


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ("[[0, 0]]", "value_function_corners"),
        ("[[0, 0], [NaN, 1]]", "value_function_not_a_number"),
        ("[[0, 0], [1%s, 1]]" % ("0" * 400), "value_function_not_a_number"),
        ("[[2, 0], [1, 1]]", "value_function_order"),
        ("[[0, 0], [1, 101]]", "value_function_value"),
    ],
)
def test_what_a_weights_file_says_of_value_functions_is_checked(file, points, code):
    with pytest.raises(SettingError) as raised:
        read_weights(file(f'{{"value_functions": {{"transit": {{"points": {points}}}}}}}'))
    assert raised.value.code == "value_functions_invalid"
    assert {fault.code for fault in raised.value.faults} == {code}
