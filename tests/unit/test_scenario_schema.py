"""The published form of a scenario: sound by the standard, bounded in every part, and what we write."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from planning.scenarios.document import VERSION, constraints_document, content_id, document_of, snapshot_id
from planning.scenarios.reading import read_snapshot
from planning.scenarios.snapshot import AreaReference, Basis, PlanRecord, RoomRecord, Snapshot
from planning.scenarios.validator import published_schema
from planning.scenarios.versions import STEPS, migrated
from tests.fixtures.scenarios import FILES, document, kept_plan, plain_snapshot

VERSIONS = tuple(range(1, VERSION + 1))
EACH_VERSION = pytest.mark.parametrize("version", VERSIONS)
EACH_FILE = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def parts(schema, path=()):
    """Give every schema within a schema, with its place."""
    if isinstance(schema, dict):
        yield path, schema
        for key, part in schema.items():
            if key in ("properties", "$defs"):
                for name, one in part.items():
                    yield from parts(one, (*path, key, name))
            elif key in ("items", "additionalProperties", "propertyNames", "not"):
                yield from parts(part, (*path, key))
            elif key in ("anyOf", "oneOf", "allOf", "prefixItems"):
                for place, one in enumerate(part):
                    yield from parts(one, (*path, key, place))


def of_type(schema, *names):
    return [(path, part) for path, part in parts(schema) if part.get("type") in names]


@EACH_VERSION
def test_the_schema_is_one(version):
    schema = published_schema(version)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]["version"] == {"const": version}


@EACH_VERSION
def test_every_reference_leads_somewhere_and_everything_is_used(version):
    schema = published_schema(version)
    text = json.dumps(schema)
    named = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', text))
    assert text.count('"$ref"') == len(re.findall(r'"\$ref": "#/\$defs/\w+"', text))
    assert named == set(schema["$defs"])


@EACH_VERSION
def test_every_table_is_closed_or_bounded(version):
    tables = of_type(published_schema(version), "object")
    assert len(tables) > 10
    for path, table in tables:
        if "properties" in table:
            assert table["additionalProperties"] is False, path
            assert set(table["required"]) <= set(table["properties"]), path
        else:
            assert isinstance(table["additionalProperties"], dict), path
            assert table["maxProperties"] <= 5000, path
            assert "propertyNames" in table, path


@EACH_VERSION
def test_every_number_text_and_list_is_bounded(version):
    schema = published_schema(version)
    for path, number in of_type(schema, "number", "integer"):
        assert "minimum" in number, path
        assert "maximum" in number or "exclusiveMaximum" in number, path
    for path, text in of_type(schema, "string"):
        bounded = text.get("maxLength", 10**9) <= 20_000 or "{0,64}$" in text.get("pattern", "")
        assert bounded or "{64}$" in text.get("pattern", ""), path
    for path, rows in of_type(schema, "array"):
        assert rows["maxItems"] <= 5000, path
        assert "items" in rows or len(rows["prefixItems"]) == rows["maxItems"], path


@EACH_VERSION
def test_everything_has_a_form(version):
    for path, part in parts(published_schema(version)):
        if path:
            assert {"type", "const", "enum", "anyOf", "$ref"} & set(part), path
            assert not isinstance(part.get("type"), list), path


def test_there_is_a_schema_and_a_document_of_every_version():
    assert {int(re.findall(r"\d+", file.stem)[0]) for file in FILES} == set(VERSIONS)
    assert set(STEPS) == set(VERSIONS[:-1])
    for version in (0, VERSION + 1):
        with pytest.raises(FileNotFoundError):
            published_schema(version)


@EACH_FILE
def test_kept_documents_are_as_their_schema_says_and_are_read(file):
    made = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator(published_schema(made["version"])).validate(made)
    assert content_id(made) == made["id"]
    snapshot = read_snapshot(file.read_bytes())
    assert snapshot.name == made["name"]
    assert document_of(snapshot)["version"] == VERSION
    if made["version"] == VERSION:
        assert document_of(snapshot) == made


@EACH_FILE
def test_migrating_changes_no_document_that_it_is_given(file):
    made = json.loads(file.read_text(encoding="utf-8"))
    before = json.dumps(made)
    present = migrated(made)
    assert json.dumps(made) == before
    assert "id" not in present
    Draft202012Validator(published_schema(VERSION)).validate(present)


def test_version_1_had_fixed_value_functions_and_no_notes_on_rooms():
    assert not {"value_functions", "candidate_notes"} & set(document(1))
    old, new = (read_snapshot(json.dumps(document(version)).encode()) for version in (1, 2))
    assert not old.candidate_notes
    # whatever the catalogue says by now
    assert len(old.basis.scenario.value_functions) == 9
    assert set(old.basis.scenario.value_functions) <= set(new.basis.scenario.value_functions)
    assert old.plan.rooms == new.plan.rooms


def test_version_2_knew_no_opinions():
    new = {"opinions", "judgements", "certainty"}
    assert not new & set(document(2))
    old, present = (read_snapshot(json.dumps(document(version)).encode()) for version in (2, 3))
    assert (old.opinions, dict(old.judgements), old.certainty) == ((), {}, "medium")
    assert old == replace(present, opinions=(), judgements={}, certainty="medium")
    assert [one.name for one in present.opinions] == ["Leitung", "Team Nord"]
    assert present.judgements == {("need_gained", "transit"): 3.0, ("transit", "step_free"): 1 / 3}


@pytest.mark.parametrize("made", [plain_snapshot(), plain_snapshot(plan=kept_plan(basis=Basis()))])
def test_what_is_written_is_as_the_schema_says(made):
    written = document_of(made)
    Draft202012Validator(published_schema(VERSION)).validate(json.loads(json.dumps(written)))
    assert written["id"] == snapshot_id(made) == content_id(written)


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (Snapshot, None),
        (AreaReference, "area"),
        (PlanRecord, "plan"),
        (RoomRecord, "room"),
    ],
)
def test_every_field_is_in_the_schema(form, names):
    schema = published_schema(VERSION)
    declared = schema if names is None else schema["properties"].get(names, {})
    declared = declared if "properties" in declared else schema["$defs"][names]
    fields = set(form.__dataclass_fields__) - {"basis"}
    assert fields <= set(declared["properties"])


def test_rules_are_written_as_plan_files_have_them():
    rules = published_schema(VERSION)["$defs"]["constraints"]["properties"]
    written = constraints_document(kept_plan().settings.constraints)
    assert set(written) <= set(rules)
