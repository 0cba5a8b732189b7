"""A scenario opened where it was made, and on other data: what does not fit is named, the rest is there."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from planning.area import check_candidates, check_sites
from planning.area.criteria import criteria
from planning.errors import StudyAreaError
from planning.i18n import LANGUAGES, Translator
from planning.model import PLAN_OBJECTIVES, Opinion, PlanSettings, Scenario
from planning.need import default_weights
from planning.render.scenario_words import notice_text
from planning.scenarios.document import document_of, snapshot_id
from planning.scenarios.reading import checked_document, read_snapshot
from planning.scenarios.snapshot import Basis, TableEdits
from planning.scenarios.work import KeptPlan, Work, capture, open_snapshot, reference_to
from tests.fixtures.scenarios import FILES, document, kept_plan, plain_snapshot, plan_on

CODES_ON_OTHER_DATA = {"other_data", "plan_unproven", "plan_lost", "row_lost"}


def codes(opened):
    return [notice.code for notice in opened.notices]


def told(opened):
    """Return the words of all notices in both languages, having seen that there are some."""
    texts = []
    for language in LANGUAGES:
        t = Translator(language)
        for notice in opened.notices:
            assert t.has(f"scenario.notice.{notice.code}"), notice
            params = notice.params
            if notice.code == "row_lost":
                fault = params["fault"]
                params = {"fault": t(f"errors.{fault.code}", **fault.params)}
            texts.append(str(params))
    return " ".join(texts)


def snapshot_of_file(file):
    return read_snapshot(file.read_bytes())


@pytest.fixture(scope="module")
def edited(town):
    """Return the town with a changed room, one more, one less, and a site more."""
    rooms = pd.DataFrame(town.candidates.drop(columns="geometry"))
    rooms.loc[rooms["candidate_id"] == "k1", "cost_eur_month"] = 120.0
    new = rooms.iloc[[0]].assign(candidate_id="own_1", name="Eigener Raum", x=rooms["x"].iloc[0] + 10)
    rooms = pd.concat([rooms[rooms["candidate_id"] != "k4"], new], ignore_index=True)
    sites = pd.DataFrame(town.sites.drop(columns="geometry"))
    sites = pd.concat([sites, sites.iloc[[0]].assign(site_id="own_2", name="Neu")], ignore_index=True)
    return town.with_tables(sites=check_sites(sites, town), candidates=check_candidates(rooms, town))


@pytest.fixture(scope="module")
def work(edited):
    plan, _ = plan_on(edited, PlanSettings("coverage", 2))
    scenario = Scenario(minutes=12.0, criteria_weights={"transit": 40.0})
    return Work(edited, scenario, PlanSettings("walking", 3), KeptPlan(plan, edited), "Notiz", {"k1": "x"})


# --- where it was made


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_documents_of_every_version_open_on_the_bundled_city(file, dortmund):
    snapshot = snapshot_of_file(file)
    opened = open_snapshot(snapshot, dortmund)
    if snapshot.area.digest == dortmund.digest:
        assert opened.notices == ()
    else:  # the bundled data are newer than the document
        assert set(codes(opened)) <= CODES_ON_OTHER_DATA | {"criterion_new", "group_new"}
        assert "other_data" in codes(opened)
    assert opened.work.scenario.minutes == snapshot.basis.scenario.minutes
    assert "own_1" in set(opened.work.area.candidates["candidate_id"])
    checked_document(capture(opened.work, dortmund, snapshot.name))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_documents_of_every_version_are_captured_as_they_were(file, dortmund):
    snapshot = snapshot_of_file(file)
    if snapshot.area.digest != dortmund.digest:
        pytest.skip("the bundled data are newer than the document")
    assert capture(open_snapshot(snapshot, dortmund).work, dortmund, snapshot.name) == snapshot


def test_everything_is_there_again(work, town):
    made = capture(work, town, "Name")
    opened = open_snapshot(made, town)
    assert opened.notices == ()
    again = opened.work
    assert (again.notes, dict(again.candidate_notes)) == (work.notes, dict(work.candidate_notes))
    assert again.plan_settings == work.plan_settings
    assert again.scenario.name == "Name"
    assert (again.scenario.minutes, again.scenario.criteria_weights["transit"]) == (12.0, 40.0)
    assert set(again.area.candidates["candidate_id"]) == {"k1", "k2", "k3", "own_1"}
    assert again.plan.plan.status == work.plan.plan.status == "optimal"
    assert again.plan.plan.gap == work.plan.plan.gap
    assert not again.plan.other_data
    assert capture(again, town, "Name") == made


@pytest.mark.parametrize("objective", PLAN_OBJECTIVES)
def test_plans_of_every_objective_are_kept_with_their_figures(objective, edited, town):
    plan, effect = plan_on(edited, PlanSettings(objective, 2))
    made = capture(Work(edited, plan=KeptPlan(plan, edited, stopped=True)), town, "Name", effect=effect)
    assert read_snapshot(json.dumps(checked_document(made)).encode()) == made
    assert made.plan.after.share == pytest.approx(effect.after.share, abs=1e-6)
    assert made.plan.after.worst_name in {"West", "Ost"}
    opened = open_snapshot(made, town)
    assert opened.notices == ()
    assert opened.work.plan.stopped
    assert capture(opened.work, town, "Name", effect=effect) == made


def test_a_plan_keeps_the_basis_it_was_computed_from(work, town):
    later = replace(work, area=town, scenario=Scenario(minutes=20.0))
    made = capture(later, town)
    assert not made.basis.candidates
    assert len(made.plan.basis.candidates) == 3
    opened = open_snapshot(made, town)
    assert opened.notices == ()
    assert opened.work.area is town
    assert "own_1" in set(opened.work.plan.area.candidates["candidate_id"])
    assert opened.work.plan.plan.scenario.minutes != 20.0


def test_a_town_without_sites_and_infinite_figures_are_kept(town):
    bare = town.with_tables(sites=town.sites.iloc[:0])
    for objective in PLAN_OBJECTIVES:
        plan, effect = plan_on(bare, PlanSettings(objective, 2))
        made = capture(Work(bare, plan=KeptPlan(plan, bare)), town, "Name", effect=effect)
        assert read_snapshot(json.dumps(checked_document(made)).encode()) == made
        assert open_snapshot(made, town).work.plan.plan.gains == plan.gains


def test_rows_that_do_not_pass_their_checks_are_refused_on_the_same_data(town):
    far = TableEdits(({"candidate_id": "own_1", "kind": "library", "status": "open", "x": 0.0, "y": 0.0},))
    made = plain_snapshot(area=reference_to(town), basis=Basis(candidates=far))
    with pytest.raises(StudyAreaError) as raised:
        open_snapshot(made, town)
    assert raised.value.code == "table_unusable"


# --- on other data


def unproven(opened):
    """See that nothing is claimed of a plan any more."""
    plan = opened.work.plan.plan
    assert plan.status == "feasible"
    assert np.isinf(plan.gap)
    assert np.isinf(plan.bound)
    assert (plan.bound > 0) == (plan.settings.objective == "coverage")
    assert opened.work.plan.other_data


def test_another_area_is_named(town, dortmund):
    made = snapshot_of_file(FILES[-1])
    opened = open_snapshot(made, town)
    first = opened.notices[0]
    assert first.code == "other_area"
    assert first.params == {"made_on": "Dortmund", "at_hand": "Winzigstadt"}
    assert "plan_lost" in codes(opened)
    assert opened.work.plan is None
    assert told(opened)
    back = open_snapshot(capture(Work(town), town), dortmund)
    assert codes(back) == ["other_area"]


def other_layer(area, *names):
    digests = {name: "f" * 64 if name in names else digest for name, digest in area.digests.items()}
    return replace(area, digest="f" * 64, digests=digests)


@pytest.mark.parametrize("layers", [("cells",), ("candidates", "edges")])
def test_layers_that_differ_are_named(dortmund, layers):
    made = capture(Work(dortmund, plan=_plan_of_first_rooms(dortmund)), dortmund)
    opened = open_snapshot(made, other_layer(dortmund, *layers))
    assert codes(opened) == ["other_data", "plan_unproven"]
    assert opened.notices[0].params == {"layers": sorted(layers)}
    unproven(opened)
    assert told(opened)
    again = capture(opened.work, other_layer(dortmund, *layers))
    assert again.plan.status == "feasible"
    checked_document(again)


def _plan_of_first_rooms(area, count=3):
    """Return a plan of rooms that it took no solver to find."""
    from planning.siting import Plan

    rooms = tuple(area.candidates["candidate_id"].iloc[:count])
    plan = Plan(
        PlanSettings("coverage", count),
        Scenario(),
        "optimal",
        9.0,
        9.0,
        0.0,
        1.0,
        rooms,
        (4.0, 3.0, 2.0),
        0.0,
    )
    return KeptPlan(plan, area)


def test_a_layer_that_is_new_or_gone_is_named(dortmund):
    made = capture(Work(dortmund), dortmund)
    fewer = {name: digest for name, digest in dortmund.digests.items() if name != "stops"}
    at_hand = replace(dortmund, digest="e" * 64, digests=fewer | {"parks": "a" * 64})
    assert open_snapshot(made, at_hand).notices[0].params == {"layers": ["parks", "stops"]}


def without(area, *rooms):
    kept = area.candidates[~area.candidates["candidate_id"].isin(rooms)].reset_index(drop=True)
    return replace(
        area, candidates=kept, digest="d" * 64, digests=dict(area.digests) | {"candidates": "d" * 64}
    )


def test_a_plan_whose_room_is_gone_is_not_opened_and_the_room_is_named(dortmund):
    made = capture(Work(dortmund, plan=_plan_of_first_rooms(dortmund)), dortmund, "Name")
    gone = dortmund.candidates.iloc[1]
    opened = open_snapshot(made, without(dortmund, gone["candidate_id"]))
    assert codes(opened) == ["other_data", "plan_lost"]
    assert opened.notices[1].params == {"rooms": [gone["name"]]}
    assert opened.work.plan is None
    assert opened.work.scenario.name == "Name"


def test_a_plan_whose_room_is_gone_stays_in_the_scenario_as_it_was(dortmund):
    made = capture(Work(dortmund, plan=_plan_of_first_rooms(dortmund)), dortmund)
    assert [room.name for room in made.plan.rooms] == list(dortmund.candidates["name"].iloc[:3])
    assert made.plan.rooms[0].x == dortmund.candidates["x"].iloc[0]


def test_a_corrected_room_that_is_gone_is_a_room_of_ones_own(work, town):
    made = capture(work, town)
    at_hand = replace(without(town, "k1"), digests={"candidates": "d" * 64})
    opened = open_snapshot(made, at_hand)
    assert codes(opened)[0] == "other_data"
    assert "k1" in set(opened.work.area.candidates["candidate_id"])
    unproven(opened)


def test_rows_outside_of_the_other_city_are_left_out_and_named(work, town):
    far = {"candidate_id": "far", "name": "Weit weg", "kind": "library", "status": "open", "x": 0.0, "y": 0.0}
    bad = {"candidate_id": "bad", "name": "Unsinn", "kind": "space station", "status": "open"}
    made = capture(work, town)
    rows = (*made.basis.candidates.changed, far, bad | {"x": 400_300.0, "y": 5_701_500.0})
    made = replace(
        made,
        area=replace(made.area, digest="1" * 64),
        basis=replace(made.basis, candidates=TableEdits(rows, ("k4", "never there"))),
    )
    opened = open_snapshot(made, town)
    lost = [notice for notice in opened.notices if notice.code == "row_lost"]
    assert {notice.params["fault"].row for notice in lost} == {"far", "bad"}
    assert {notice.params["kind"] for notice in lost} == {"candidates"}
    assert set(opened.work.area.candidates["candidate_id"]) == {"k1", "k2", "k3", "own_1"}
    unproven(opened)
    assert told(opened)
    checked_document(capture(opened.work, town))


@pytest.mark.parametrize("sound", [0, 1, 30])
def test_however_many_rows_are_outside_only_they_are_left_out(town, sound):
    """Checks of tables name the first twenty rows of a kind of fault only."""
    row = {"kind": "library", "status": "open"}
    far = [row | {"candidate_id": f"far_{n:03}", "x": 5e5, "y": 6e6} for n in range(100)]
    near = [row | {"candidate_id": f"own_{n:03}", "x": 400_300.0, "y": 5_701_500.0} for n in range(sound)]
    rows = tuple(sorted(far + near, key=lambda one: one["candidate_id"][-3:]))
    made = plain_snapshot(basis=Basis(candidates=TableEdits(rows)))
    opened = open_snapshot(replace(made, area=replace(made.area, digest="1" * 64)), town)
    found = set(opened.work.area.candidates["candidate_id"])
    assert found == {"k1", "k2", "k3", "k4"} | {one["candidate_id"] for one in near}
    lost = {notice.params["fault"].row for notice in opened.notices if notice.code == "row_lost"}
    assert lost == {one["candidate_id"] for one in far}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_documents_of_every_version_open_in_another_town(file, town):
    opened = open_snapshot(snapshot_of_file(file), town)
    assert codes(opened)[0] == "other_area"
    assert "row_lost" in codes(opened)
    assert len(opened.work.area.sites) == len(town.sites)
    checked_document(capture(opened.work, town))


# --- another catalogue


def test_criteria_and_groups_that_are_unknown_or_new_are_named(town):
    made = capture(Work(town), town)
    scenario = made.basis.scenario
    weights = {name: weight for name, weight in scenario.criteria_weights.items() if name != "transit"}
    need = {name: weight for name, weight in scenario.need_weights.items() if name != "under10"}
    other = replace(scenario, criteria_weights=weights | {"noise": 1.0}, need_weights=need | {"owls": 1.0})
    opened = open_snapshot(replace(made, basis=replace(made.basis, scenario=other)), town)
    found = [(notice.code, notice.params["name"]) for notice in opened.notices]
    assert found == [
        ("criterion_unknown", "noise"),
        ("criterion_new", "transit"),
        ("group_unknown", "owls"),
        ("group_new", "under10"),
    ]
    assert told(opened)
    assert opened.work.scenario.criteria_weights["transit"] == 0.0
    assert set(opened.work.scenario.need_weights) == set(default_weights())


OPINION = Opinion("Leitung", {one.id: 1.0 for one in criteria()})


def test_opinions_judgements_and_certainty_are_there_again(town):
    judgements = {("transit", "equity"): 3.0, ("step_free", "transit"): 1 / 9}
    made = capture(Work(town, opinions=(OPINION,), judgements=judgements, certainty="low"), town)
    opened = open_snapshot(made, town)
    assert opened.notices == ()
    assert opened.work.opinions == (OPINION,)
    assert opened.work.judgements == judgements
    assert opened.work.certainty == "low"
    assert capture(opened.work, town) == made
    plain = open_snapshot(capture(Work(town), town), town).work
    assert (plain.opinions, dict(plain.judgements), plain.certainty) == ((), {}, "medium")


def test_opinions_on_another_catalogue_are_fitted_and_said(town):
    weights = {name: weight for name, weight in OPINION.weights.items() if name != "equity"}
    opinions = (
        OPINION,
        Opinion("Team", weights | {"noise": 4.0}),
        Opinion("Von morgen", {"noise": 1.0, "light": 2.0}),
    )
    judgements = {("transit", "noise"): 3.0, ("transit", "equity"): 2.0}
    made = replace(capture(Work(town), town), opinions=opinions, judgements=judgements)
    opened = open_snapshot(made, town)
    assert [(notice.code, notice.params["name"]) for notice in opened.notices] == [
        ("criterion_unknown", "light"),
        ("criterion_unknown", "noise"),
        ("opinion_incomplete", "Team"),
        ("opinion_lost", "Von morgen"),
    ]
    assert opened.notices[2].params["criteria"] == ["equity"]
    assert opened.work.opinions == (OPINION, Opinion("Team", weights | {"equity": 0.0}))
    assert opened.work.judgements == {("transit", "equity"): 2.0}
    for language in LANGUAGES:
        t = Translator(language)
        assert t("criteria.equity.label") in notice_text(t, opened.notices[2])
        assert "Von morgen" in notice_text(t, opened.notices[3])


# --- what capturing leaves alone


def test_capturing_and_opening_change_nothing_that_they_are_given(work, town):
    before = [table.copy() for table in (town.sites, town.candidates, work.area.sites, work.area.candidates)]
    made = capture(work, town)
    written = json.dumps(document_of(made))
    open_snapshot(made, town)
    open_snapshot(made, without(town, "k1"))
    after = (town.sites, town.candidates, work.area.sites, work.area.candidates)
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))
    assert json.dumps(document_of(made)) == written


def test_empty_notes_do_not_count(town):
    noted = capture(Work(town, candidate_notes={"k1": "", "k2": "Notiz"}), town)
    assert dict(noted.candidate_notes) == {"k2": "Notiz"}


def test_defaults_are_written_out_so_that_a_later_catalogue_changes_nothing(town):
    made = capture(Work(town), town)
    explicit = capture(Work(town, Scenario(need_weights=default_weights())), town)
    assert made == explicit
    assert snapshot_id(made) == snapshot_id(explicit)
    assert document()["version"] == document_of(made)["version"]
    assert kept_plan().candidate_ids == ("k1",)
