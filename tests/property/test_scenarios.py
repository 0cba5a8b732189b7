"""A scenario written in any way and read again is the same; its identifier is that of its content."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from planning.area import check_candidates, check_sites
from planning.area.criteria import criteria
from planning.errors import UploadError
from planning.model import CERTAINTIES, PLAN_OBJECTIVES, Constraints, Opinion, PlanSettings, Scenario
from planning.scenarios.document import (
    VERSION,
    content_id,
    document_bytes,
    document_of,
    snapshot_id,
    snapshot_of,
)
from planning.scenarios.entries import clean_name
from planning.scenarios.link import LONGEST, link_text, read_link
from planning.scenarios.reading import checked_document, read_document, read_snapshot
from planning.scenarios.snapshot import KEYS, Basis, Snapshot, TableEdits
from planning.scenarios.tables import table_of
from planning.scenarios.validator import published_schema
from planning.scenarios.work import KeptPlan, Work, capture, open_snapshot
from tests.fixtures.scenarios import (
    NOW,
    at,
    bases,
    kept_plan,
    places,
    plain_snapshot,
    plan_on,
    plans,
    replaced,
    snapshots,
)

FEWER = settings(max_examples=50)
TOGETHER = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
VALIDATOR = Draft202012Validator(published_schema(VERSION))


@given(snapshots())
@FEWER
def test_a_document_holds_all_of_a_scenario(made):
    document = document_of(made)
    assert snapshot_of(document) == made
    assert read_document(document) == made
    VALIDATOR.validate(document)


@given(snapshots())
@FEWER
def test_a_file_holds_all_of_a_scenario(made):
    content = document_bytes(checked_document(made))
    assert read_snapshot(content) == made
    assert read_snapshot(b"\xef\xbb\xbf" + content) == made
    assert document_bytes(document_of(read_snapshot(content))) == content


def link_or_none(made):
    try:
        return link_text(made)
    except UploadError:
        return None


@given(snapshots())
@FEWER
def test_a_link_holds_all_of_a_scenario_that_fits(made):
    text = link_or_none(made)
    assume(text is not None)
    assert len(text) <= LONGEST
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert read_link(text) == made


@given(made=snapshots())
@settings(TOGETHER, max_examples=60)
def test_the_store_holds_all_of_a_scenario(store, made):
    made = replace(made, name=clean_name(f"{made.name[:40]}."))
    entry = store.create(made, "Ada", NOW)
    assert store.read(entry.scenario_id) == (entry, made)
    assert entry.content_id == snapshot_id(made)
    assert store.find(entry.content_id)[0] == entry
    store.delete(entry.scenario_id, NOW)
    store.purge(entry.scenario_id)


@given(snapshots(), snapshots())
@FEWER
def test_equal_content_has_one_identifier_and_other_content_another(one, other):
    assert (snapshot_id(one) == snapshot_id(other)) == (replace(one, name="") == replace(other, name=""))
    assert snapshot_id(replace(one, name=other.name)) == snapshot_id(one)


def other_than(value):
    """Return something else of the same form, ``None`` where there is nothing to change."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return float(np.nextafter(value, math.inf))
    if isinstance(value, str):
        return value + " "
    if isinstance(value, list) and value:
        return value[:-1]
    return {key: value[key] for key in list(value)[1:]} if isinstance(value, dict) and value else None


@given(snapshots(), st.integers(0, 2**32))
@FEWER
def test_any_change_but_of_the_name_changes_the_identifier(made, seed):
    document = document_of(made)
    possible = [
        path
        for path in places(document)
        if path and path[0] not in ("id", "name") and other_than(at(document, path)) is not None
    ]
    for path in random.Random(seed).sample(possible, 12):
        changed = replaced(document, path, other_than(at(document, path)))
        assert content_id(changed) != document["id"], path
    assert content_id(document | {"name": "Anders", "id": "0" * 64}) == document["id"]


def test_each_part_of_a_scenario_counts():
    plan = kept_plan()
    made = plain_snapshot(plan=plan)
    rows = TableEdits(({"site_id": "s1", "name": "Neu"},), ("s2",))
    room = replace(plan.rooms[0], gain=math.inf)
    other_basis = Basis(Scenario(minutes=20.0))
    variants = [
        replace(made, area=replace(made.area, digest="1" * 64)),
        replace(made, basis=other_basis, plan=plan),
        replace(made, basis=Basis(sites=rows)),
        replace(made, basis=Basis(sites=replace(rows, removed=()))),
        replace(made, basis=Basis(candidates=TableEdits((), ("k1",)))),
        replace(made, plan_settings=PlanSettings(count=3)),
        replace(made, plan_settings=PlanSettings(constraints=Constraints(must=("k1", "k2")))),
        replace(made, plan_settings=PlanSettings(constraints=Constraints(must=("k2", "k1")))),
        replace(made, plan=None),
        replace(made, plan=replace(plan, basis=other_basis)),
        replace(made, plan=replace(plan, rooms=(room,))),
        replace(made, plan=replace(plan, status="feasible")),
        replace(made, plan=replace(plan, stopped=True)),
        replace(made, plan=replace(plan, origin="variant")),
        replace(made, notes=" "),
        replace(made, candidate_notes={"k1": "Notiz"}),
        replace(made, opinions=(Opinion("A", {"transit": 1.0}), Opinion("B", {"transit": 1.0}))),
        replace(made, opinions=(Opinion("B", {"transit": 1.0}), Opinion("A", {"transit": 1.0}))),
        replace(made, opinions=(Opinion("A", {"transit": 2.0}),)),
        replace(made, judgements={("transit", "equity"): 3.0}),
        replace(made, judgements={("equity", "transit"): 3.0}),
        replace(made, certainty="high"),
        made,
    ]
    assert len({snapshot_id(one) for one in variants}) == len(variants)
    assert snapshot_id(replace(made, name="Anders")) == snapshot_id(made)


@given(snapshots(), st.integers(0, 2**32))
@FEWER
def test_order_and_form_of_what_is_written_do_not_count(made, seed):
    document = document_of(made)
    shuffled = json.loads(json.dumps(_shuffled(document, random.Random(seed))))
    assert content_id(shuffled) == document["id"]
    assert read_document(shuffled) == made
    assert content_id(_whole(document)) == document["id"]
    assert read_document(_whole(document)) == made


def _shuffled(value, order: random.Random):
    if isinstance(value, dict):
        pairs = [(key, _shuffled(part, order)) for key, part in value.items()]
        order.shuffle(pairs)
        return dict(pairs)
    return [_shuffled(part, order) for part in value] if isinstance(value, list) else value


def _whole(value):
    """Write whole numbers without a fraction, as other programs do."""
    if isinstance(value, dict):
        return {key: _whole(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def test_fifteen_is_fifteen():
    document = document_of(plain_snapshot())
    assert document["reach"]["minutes"] == 15.0
    for written in (b"15", b"15.0", b"1.5e1", b"15.000"):
        content = document_bytes(document).replace(b'"minutes": 15.0', b'"minutes": ' + written)
        assert snapshot_id(read_snapshot(content)) == document["id"]


@pytest.mark.parametrize("written", ["1e16", "10000000000000000", "1E+16", "10000000000000000.0"])
def test_a_large_whole_number_is_itself_however_it_is_written(written):
    document = document_of(plain_snapshot(plan=replace(kept_plan(), objective=1e16)))
    content = json.dumps(document).replace("1e+16", written).encode()
    assert snapshot_id(read_snapshot(content)) == document["id"]


@given(st.data())
@FEWER
def test_a_plan_on_the_present_basis_is_said_in_one_way(data):
    basis = data.draw(bases())
    plan = data.draw(plans(basis))
    said = [plain_snapshot(basis=basis, plan=replace(plan, basis=one)) for one in (basis, None)]
    assert said[0] == said[1]
    assert said[0].plan.basis is None
    assert snapshot_id(said[0]) == snapshot_id(said[1])


# --- what people work on

CELLS = {
    "name": st.sampled_from(
        ["Neuer Raum", "=1+1", "<b>Raum</b>", "غرفة", "Raum \t mit\nUmbruch", "0", "12.50"]
    ),
    "address": st.sampled_from(["Hauptstraße 1", "1"]),
    "status": st.sampled_from(["open", "closed"]),
    "note": st.sampled_from(["nan", "None", "'; DROP TABLE scenario; --", "🏠"]),
    "as_of": st.sampled_from(["2026", "März"]),
}
OWN = {
    "candidates": {
        "room_m2": st.floats(0, 100_000),
        "cost_eur_month": st.floats(0, 1_000_000),
        "step_free": st.sampled_from(["yes", "no"]),
        "kind": st.sampled_from(["library", "school"]),
    },
    "sites": {
        "accuracy_m": st.floats(0, 1e6),
        "weekday": st.sampled_from(["Di", "Donnerstag und Di"]),
        "time_from": st.sampled_from(["09:00", "14:30"]),
        "time_to": st.sampled_from(["16:00", "23:59"]),
        "kind": st.sampled_from(["office", "dependance", "outreach"]),
        "partner": st.sampled_from(["Diakonie"]),
    },
}
CHECKS = {"sites": check_sites, "candidates": check_candidates}


@st.composite
def edited_tables(draw, area, kind):
    """Return a table of an area as a person may leave it, checked as the program checks it."""
    table, key = table_of(area, kind), KEYS[kind]
    frame = pd.DataFrame(table.drop(columns="geometry")).astype(object).where(lambda cell: cell.notna(), None)
    rows = frame.to_dict("records")
    spots = [(row["x"], row["y"]) for row in rows if row["x"] is not None]
    kept = [row for row in rows if not draw(st.booleans())] if len(rows) < 20 else rows
    if len(rows) >= 20:
        gone = set(draw(st.lists(st.integers(0, len(rows) - 1), max_size=4)))
        kept = [row for place, row in enumerate(rows) if place not in gone]
    cells = CELLS | OWN[kind]
    for _ in range(draw(st.integers(0, 4)) if kept else 0):
        column = draw(st.sampled_from(sorted(cells)))
        kept[draw(st.integers(0, len(kept) - 1))][column] = draw(cells[column])
    for number in range(draw(st.integers(0, 3))):
        x, y = draw(st.sampled_from(spots))
        new = {
            key: f"own_{number}",
            "x": x + draw(st.floats(-20, 20)),
            "y": y,
            "name": "Neu",
            "status": "open",
        }
        new |= {column: draw(values) for column, values in cells.items()}
        kept.insert(draw(st.integers(0, len(kept))), new)
    return CHECKS[kind](pd.DataFrame(kept, columns=list(frame.columns)), area)


NAMES = [one.id for one in criteria()]
PAIR = st.sampled_from([(one, other) for place, one in enumerate(NAMES) for other in NAMES[place + 1 :]])


@st.composite
def opinions_of_all(draw):
    names = draw(st.lists(st.sampled_from(["Leitung", "A. B.", "=1+1"]), max_size=3, unique=True))
    return tuple(Opinion(name, {one: draw(st.floats(0.1, 50)) for one in NAMES}) for name in names)


@st.composite
def works(draw, area, plans=()):
    edited = area
    for kind in draw(st.lists(st.sampled_from(sorted(KEYS)), max_size=2, unique=True)):
        edited = edited.with_tables(**{kind: draw(edited_tables(area, kind))})
    kept = None
    if plans and draw(st.booleans()):
        plan, basis_area = draw(st.sampled_from(plans))
        kept = KeptPlan(plan, basis_area, draw(st.sampled_from(["solver", "variant"])), draw(st.booleans()))
    return Work(
        area=edited,
        scenario=Scenario(
            minutes=draw(st.floats(5, 30)),
            speed_kmh=draw(st.floats(2, 7)),
            need_weights=draw(st.dictionaries(st.sampled_from(["residents", "under10"]), st.floats(0, 9))),
            criteria_weights=draw(st.dictionaries(st.sampled_from(["transit", "equity"]), st.floats(0, 99))),
        ),
        plan_settings=PlanSettings(count=draw(st.integers(1, 14)), seed=draw(st.integers(0, 9))),
        plan=kept,
        notes=draw(st.sampled_from(["", "Notiz\nmit Zeilen", "👩\u200d👧"])),
        candidate_notes=draw(st.dictionaries(st.sampled_from(["k1", "own_0", "gone"]), st.just("Notiz"))),
        opinions=draw(opinions_of_all()),
        judgements=draw(st.dictionaries(PAIR, st.sampled_from([1 / 9, 1 / 3, 1.0, 2.5, 9.0]), max_size=8)),
        certainty=draw(st.sampled_from(CERTAINTIES)),
    )


def rows_of(area, kind):
    """Return a table by identifier, whatever the order of its rows."""
    table = table_of(area, kind)
    return table.set_index(KEYS[kind]).sort_index()


def check_opened(work, area):
    """See that what was captured opens as it was and is captured as the same."""
    made = capture(work, area, "Name")
    kept = read_snapshot(document_bytes(checked_document(made)))
    assert kept == made
    opened = open_snapshot(kept, area)
    assert opened.notices == ()
    assert capture(opened.work, area, "Name") == made
    for kind in KEYS:
        old, new = rows_of(work.area, kind), rows_of(opened.work.area, kind)
        assert table_of(opened.work.area, kind).crs == table_of(area, kind).crs
        pd.testing.assert_frame_equal(
            pd.DataFrame(old.drop(columns="geometry")),
            pd.DataFrame(new.drop(columns="geometry")),
            check_like=True,
        )
        assert [point is None or point.is_empty for point in old.geometry] == [
            point is None or point.is_empty for point in new.geometry
        ]
        assert old.geometry.dropna().geom_equals_exact(new.geometry.dropna(), 0.0).all()
    if work.plan is not None:
        plan, again = work.plan.plan, opened.work.plan.plan
        assert (again.candidate_ids, again.gains) == (plan.candidate_ids, plan.gains)
        assert (again.status, again.bound, again.gap) == (plan.status, plan.bound, plan.gap)
        assert not opened.work.plan.other_data
    return opened.work


@pytest.fixture(scope="module")
def town_plans(town):
    """Return plans of every objective, on the town as it is and on one with a room less."""
    fewer = town.candidates.drop(columns="geometry").iloc[1:]
    changed = town.with_tables(candidates=check_candidates(fewer, town))
    return [
        (plan_on(area, PlanSettings(objective, 2))[0], area)
        for area in (town, changed)
        for objective in PLAN_OBJECTIVES
    ]


@given(st.data())
@settings(TOGETHER, max_examples=60)
def test_what_was_worked_on_in_a_town_opens_as_it_was(town, town_plans, data):
    check_opened(data.draw(works(town, town_plans)), town)


@given(st.data())
@settings(TOGETHER, max_examples=8)
def test_what_was_worked_on_in_dortmund_opens_as_it_was(dortmund, data):
    check_opened(data.draw(works(dortmund)), dortmund)


def test_what_was_not_touched_is_no_edit(tiny_area, dortmund):
    for area in (tiny_area, dortmund):
        made = capture(Work(area), area)
        assert made.basis.sites == made.basis.candidates == TableEdits()
        reversed_rows = area.with_tables(candidates=area.candidates.iloc[::-1].reset_index(drop=True))
        assert capture(Work(reversed_rows), area) == made
    checked = dortmund.with_tables(
        sites=check_sites(dortmund.sites.drop(columns="geometry"), dortmund),
        candidates=check_candidates(dortmund.candidates.drop(columns="geometry"), dortmund),
    )
    assert capture(Work(checked), dortmund) == capture(Work(dortmund), dortmund)


@given(snapshots())
@settings(TOGETHER, max_examples=40)
def test_whatever_a_file_holds_opens_or_says_why_not(tiny_area, made):
    """Opened on other data, nothing raises, and what opened can be kept again."""
    opened = open_snapshot(made, tiny_area)
    assert opened.notices
    again = capture(opened.work, tiny_area, made.name)
    assert read_snapshot(document_bytes(checked_document(again))) == again
    if opened.work.plan is not None:
        assert opened.work.plan.plan.status == "feasible"


def test_values_cannot_be_changed():
    made = plain_snapshot()
    with pytest.raises(AttributeError):
        made.name = "Anders"
    assert isinstance(made, Snapshot)
    assert made.basis == Basis()
    with pytest.raises(TypeError):
        made.candidate_notes["k1"] = "x"
