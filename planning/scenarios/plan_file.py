"""Take a plan from the file that ``planning plan`` wrote, and open it on a study area."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planning.errors import Fault, UploadError
from planning.scenarios.document import document_of
from planning.scenarios.reading import parse, read_document
from planning.scenarios.snapshot import worst_bound
from planning.scenarios.work import Notice, Opened, capture, complete_scenario, open_snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.area import StudyArea
    from planning.scenarios.work import KeptPlan, Work
    from planning.siting import Effect

FORMAT = 1
_MEMBERS = ("area", "scenario", "settings", "status", "objective", "bound", "rooms", "need")
_SAME = 1e-6


def with_plan_file(content: bytes, work: Work, original: StudyArea) -> Opened:
    """Return a work with the plan of a file in force.

    The settings that the plan was computed with go with it. On other data than the file names, the plan stays
    as far as its rooms exist, but nothing is proven about it.

    Parameters
    ----------
    content
        The file ``plan.json``; see ``docs/plan-files.md``.
    work
        What is worked on; its sites and candidates count.
    original
        The study area as it was loaded.

    Raises
    ------
    UploadError
        ``plan_file_unusable`` with one fault for each thing that is wrong; ``scenario_large``,
        ``scenario_deep``, ``scenario_not_json``.
    """
    record = parse(content)
    document = document_of(capture(replace(work, plan=None), original, work.scenario.name))
    document.pop("id")
    try:
        document["plan"] = _plan(record, document, work)
        snapshot = read_document(document)
    except UploadError as error:
        faults = error.faults or (Fault(error.code, params=error.params),)
        raise UploadError("plan_file_unusable", faults=faults) from error
    opened = open_snapshot(snapshot, original)
    if opened.work.plan is None:
        return opened
    told = replace(opened.work, scenario=work.scenario, plan_settings=work.plan_settings)
    return Opened(told, opened.notices)


def _plan(record: Any, document: Mapping[str, Any], work: Work) -> dict[str, Any]:
    """Return a record as the part of a scenario's document; what is wrong in it is found there."""
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise UploadError("plan_file_not_one", format=FORMAT)
    lacking = [name for name in _MEMBERS if name not in record]
    if lacking:
        raise UploadError("plan_file_lacks", names=", ".join(lacking))
    if record["status"] not in {"optimal", "feasible"}:
        raise UploadError("plan_file_no_plan", status=str(record["status"]))
    asked, area, need, settings = (_table(record, name) for name in ("scenario", "area", "need", "settings"))
    rooms = [one for one in _list(record, "rooms") if isinstance(one, dict)]
    complete = document_of(
        capture(replace(work, plan=None, scenario=complete_scenario(work.scenario)), work.area)
    )
    functions = complete["value_functions"] | asked.get("value_functions", {})
    return {
        "settings": {"count": None} | settings,
        "basis": {
            "reach": {"minutes": asked.get("minutes"), "speed_kmh": asked.get("speed_kmh")},
            "need_weights": asked.get("need_weights"),
            "criteria_weights": asked.get("criteria_weights"),
            "value_functions": functions,
            "sites": document["sites"],
            "candidates": document["candidates"],
        },
        "status": record["status"],
        "objective": record["objective"],
        "bound": "inf" if record["bound"] is None else record["bound"],
        "need_out_of_reach": need.get("out_of_reach"),
        "rooms": [
            {
                "candidate_id": one.get("candidate_id"),
                "name": one.get("name") or "",
                "x": one.get("x"),
                "y": one.get("y"),
                "gain": "inf" if one.get("gain") is None else one["gain"],
            }
            for one in rooms
        ],
        "origin": "solver",
        "stopped": False,
        "on_other_data": area.get("digest") != work.area.digest,
        "before": None,
        "after": None,
    }


def _table(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = record[name]
    if not isinstance(found, dict):
        raise UploadError("plan_file_lacks", names=name)
    return found


def _list(record: Mapping[str, Any], name: str) -> list[Any]:
    found = record[name]
    if not isinstance(found, list):
        raise UploadError("plan_file_lacks", names=name)
    return found


def checked(kept: KeptPlan, effect: Effect) -> tuple[KeptPlan, tuple[Notice, ...]]:
    """Return a plan about which no more is said than what was measured bears out.

    A file can say "optimal" of rooms that it was never said of. Where the objective it states is not that of
    its rooms, nothing is proven.
    """
    plan = kept.plan
    stated = plan.objective
    aim = plan.settings.objective
    if aim == "coverage" and plan.settings.score_share == 0:
        found = effect.after.covered
    elif aim == "cover-all":
        found = float(len(plan.candidate_ids))
    else:
        return kept, ()
    if math.isclose(stated, found, rel_tol=_SAME, abs_tol=_SAME):
        return kept, ()
    doubtful = replace(plan, status="feasible", objective=found, bound=worst_bound(aim), gap=math.inf)
    return replace(kept, plan=doubtful, other_data=True), (Notice("plan_differs"),)
