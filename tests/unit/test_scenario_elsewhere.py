"""What stays proven of a plan, and what is kept of it, once it is opened elsewhere and saved again."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from planning.area import check_area, check_candidates, load_area
from planning.scenarios.document import document_of, snapshot_of
from planning.scenarios.reading import checked_document, read_document, read_snapshot
from planning.scenarios.summary import summary_of
from planning.scenarios.work import Work, capture, open_snapshot

FILE = Path(__file__).parents[1] / "fixtures" / "scenarios" / "scenario-3.json"


@pytest.fixture(scope="module")
def here(dortmund):
    """Return the scenario as if it had been made on the data at hand."""
    snapshot = read_snapshot(FILE.read_bytes())
    area = replace(snapshot.area, digest=dortmund.digest)
    return replace(snapshot, area=area)


def elsewhere(snapshot):
    return replace(snapshot, area=replace(snapshot.area, digest="0" * 64))


def test_on_its_own_data_a_plan_stays_proven(here, dortmund):
    kept = open_snapshot(here, dortmund).work.plan
    assert kept.plan.status == "optimal"
    assert not kept.other_data


def test_a_plan_of_other_data_keeps_its_mark_when_it_is_saved_again(here, dortmund):
    opened = open_snapshot(elsewhere(here), dortmund)
    assert opened.work.plan.other_data
    assert not opened.exact
    saved = capture(opened.work, dortmund, "B")
    assert saved.area.digest == dortmund.digest
    assert saved.plan.on_other_data
    assert summary_of(saved).on_other_data
    again = open_snapshot(read_document(checked_document(saved)), dortmund)
    assert again.work.plan.other_data
    assert again.work.plan.plan.status == "feasible"
    assert math.isinf(again.work.plan.plan.gap)
    assert [notice.code for notice in again.notices] == ["plan_unproven"]
    assert capture(again.work, dortmund, "B") == saved


@pytest.mark.parametrize(("table", "proven"), [("need_weights", False), ("criteria_weights", True)])
def test_what_a_plan_was_computed_from_has_to_exist_here(here, dortmund, table, proven):
    """Need decides about every plan; criteria only where scores have a share in the aim."""
    document = document_of(here)
    document.pop("id")
    document[table] = {**document[table], "something_new": 9.0}
    opened = open_snapshot(snapshot_of(document), dortmund)
    assert (opened.work.plan.plan.status == "optimal") is proven
    assert not opened.exact
    shared = replace(here.plan, settings=replace(here.plan.settings, score_share=0.5))
    scored = open_snapshot(replace(snapshot_of(document), plan=shared), dortmund)
    assert scored.work.plan.plan.status == "feasible"


def test_an_area_with_a_column_of_its_own_opens_what_was_made_on_it(tiny_area, tmp_path):
    from planning.area import save_area

    folder = tmp_path / "area"
    save_area(tiny_area, folder)
    file = folder / "candidates.csv"
    table = pd.read_csv(file, dtype=str).assign(extra="x")
    table.to_csv(file, index=False)
    assert not [fault for fault in check_area(folder) if fault.code != "file_changed"]
    area = load_area(folder)
    rooms = pd.DataFrame(area.candidates.drop(columns="geometry"))
    rooms.loc[0, "name"] = "Neu"
    edited = area.with_tables(candidates=check_candidates(rooms, area))
    snapshot = capture(Work(edited), area, "A")
    opened = open_snapshot(read_document(checked_document(snapshot)), area)
    assert opened.work.area.candidates["name"].iloc[0] == "Neu"
    assert list(opened.work.area.candidates["candidate_id"]) == list(area.candidates["candidate_id"])
    assert capture(opened.work, area, "A") == snapshot


def test_rules_that_name_what_is_gone_are_told(here, dortmund):
    rules = replace(here.plan_settings.constraints, must=("gibtsnicht",), boroughs={"nirgends": (1, None)})
    settings = replace(here.plan_settings, constraints=rules)
    opened = open_snapshot(replace(here, plan_settings=settings), dortmund)
    assert [(one.code, one.params) for one in opened.notices] == [
        ("rules_lost", {"names": ("gibtsnicht", "nirgends")})
    ]
    assert capture(opened.work, dortmund, here.name).plan_settings == settings, "nothing is lost by opening"
