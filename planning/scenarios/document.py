"""A scenario as a plain document and back, and the identifier of its content.

The document is what leaves the program: as a JSON file, in a link, in the store. Its form is published in
``schema/``; :func:`planning.scenarios.reading.read_document` checks it, so that what comes here is sound.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from planning.model import Constraints, Opinion, PlanSettings, Scenario, ValueFunction
from planning.scenarios.snapshot import (
    KEYS,
    AreaReference,
    Basis,
    FiguresRecord,
    PlanRecord,
    RoomRecord,
    Snapshot,
    TableEdits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.scenarios.snapshot import Kind

FORMAT = "dependance-scenario"
VERSION = 3
_INFINITE = {"inf": math.inf, "-inf": -math.inf}
_LARGEST_PLAIN = 1e21
_NOT_CONTENT = ("id", "name")


def document_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return a scenario as plain values, with the identifier of its content under ``id``."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "name": snapshot.name,
        "area": {
            "id": snapshot.area.id,
            "name": snapshot.area.name,
            "digest": snapshot.area.digest,
            "layers": dict(snapshot.area.layers),
        },
        **_basis_document(snapshot.basis),
        "plan_settings": _settings_document(snapshot.plan_settings),
        "plan": None if snapshot.plan is None else _plan_document(snapshot.plan),
        "notes": snapshot.notes,
        "candidate_notes": dict(snapshot.candidate_notes),
        "opinions": [
            {"name": one.name, "weights": {name: float(weight) for name, weight in one.weights.items()}}
            for one in snapshot.opinions
        ],
        "judgements": [
            {"criterion": criterion, "against": against, "times": float(times)}
            for (criterion, against), times in sorted(snapshot.judgements.items())
        ],
        "certainty": snapshot.certainty,
    }
    return {"id": content_id(document), **document}


def snapshot_of(document: Mapping[str, Any]) -> Snapshot:
    """Return the scenario of a document of the present version that has been checked."""
    plan = document["plan"]
    return Snapshot(
        name=document["name"],
        area=AreaReference(**document["area"]),
        basis=_basis(document),
        plan_settings=_settings(document["plan_settings"]),
        plan=None if plan is None else _plan(plan),
        notes=document["notes"],
        candidate_notes=dict(document["candidate_notes"]),
        opinions=tuple(
            Opinion(one["name"], {name: float(weight) for name, weight in one["weights"].items()})
            for one in document["opinions"]
        ),
        judgements={
            (one["criterion"], one["against"]): float(one["times"]) for one in document["judgements"]
        },
        certainty=document["certainty"],
    )


def snapshot_id(snapshot: Snapshot) -> str:
    """Return the identifier of a scenario's content: equal content, equal identifier; the name is no part."""
    return str(document_of(snapshot)["id"])


def content_id(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document without its name, 64 hexadecimal digits.

    It is taken over the canonical form (RFC 8785 in spirit: sorted keys, no blanks, whole numbers without a
    fraction), so that a program that writes ``15`` for ``15.0`` leaves it unchanged.
    """
    content = {key: value for key, value in document.items() if key not in _NOT_CONTENT}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(value: Any) -> str:
    """Write plain values as JSON in one way only."""
    return json.dumps(
        _normal(value), sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """Write a document as a JSON file that people can read."""
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _normal(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(part) for part in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)  # as it is read, whatever the form it is written in
        return int(number) if number.is_integer() and abs(number) < _LARGEST_PLAIN else number
    return value


def _number(value: float) -> float | str:
    """Return a number as JSON can hold it; the infinite ones are texts."""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return float(value)


def _float(value: float | str) -> float:
    return _INFINITE[value] if isinstance(value, str) else float(value)


def _basis_document(basis: Basis) -> dict[str, Any]:
    scenario = basis.scenario
    return {
        "reach": {"minutes": float(scenario.minutes), "speed_kmh": float(scenario.speed_kmh)},
        "need_weights": {name: float(weight) for name, weight in scenario.need_weights.items()},
        "criteria_weights": {name: float(weight) for name, weight in scenario.criteria_weights.items()},
        "value_functions": {
            name: {
                "points": [[float(raw), float(value)] for raw, value in function.points],
                "missing_value": float(function.missing_value),
            }
            for name, function in scenario.value_functions.items()
        },
        "sites": _edits_document(basis.sites),
        "candidates": _edits_document(basis.candidates),
    }


def _basis(document: Mapping[str, Any]) -> Basis:
    scenario = Scenario(
        minutes=float(document["reach"]["minutes"]),
        speed_kmh=float(document["reach"]["speed_kmh"]),
        need_weights={name: float(weight) for name, weight in document["need_weights"].items()},
        criteria_weights={name: float(weight) for name, weight in document["criteria_weights"].items()},
        value_functions=functions_of(document["value_functions"]),
    )
    return Basis(scenario, _edits(document["sites"], "sites"), _edits(document["candidates"], "candidates"))


def functions_of(document: Mapping[str, Any]) -> dict[str, ValueFunction]:
    """Return the value functions of a checked document, by criterion."""
    return {
        name: ValueFunction(
            tuple((float(raw), float(value)) for raw, value in one["points"]), float(one["missing_value"])
        )
        for name, one in document.items()
    }


def _edits_document(edits: TableEdits) -> dict[str, Any]:
    return {"changed": [dict(row) for row in edits.changed], "removed": list(edits.removed)}


def _edits(document: Mapping[str, Any], kind: Kind) -> TableEdits:
    """Return changes of a table in one order, whatever the order they are written in."""
    rows = (
        {name: cell if isinstance(cell, str) else float(cell) for name, cell in row.items()}
        for row in document["changed"]
    )
    key = KEYS[kind]
    return TableEdits(tuple(sorted(rows, key=lambda row: str(row[key]))), tuple(sorted(document["removed"])))


def constraints_document(constraints: Constraints) -> dict[str, Any]:
    """Return rules in the form of the file that ``planning plan --constraints`` reads."""
    values = {field.name: getattr(constraints, field.name) for field in fields(constraints)}
    document = {name: value for name, value in values.items() if value is not None}
    document["boroughs"] = {
        key: {"min": low} if high is None else {"min": low, "max": high}
        for key, (low, high) in constraints.boroughs.items()
    }
    for name in ("must", "must_not"):
        document[name] = list(document[name])
    document["either_or"] = [list(group) for group in constraints.either_or]
    return document


def constraints_of(document: Mapping[str, Any]) -> Constraints:
    """Return the rules of a checked document."""
    values = dict(document)
    values["boroughs"] = {
        key: (int(limits.get("min", 0)), int(limits["max"]) if "max" in limits else None)
        for key, limits in document["boroughs"].items()
    }
    values["priority_areas_min"] = int(document["priority_areas_min"])
    for name in ("must", "must_not"):
        values[name] = tuple(document[name])
    values["either_or"] = tuple(tuple(group) for group in document["either_or"])
    for name in ("spacing_m", "budget_eur_month", "assumed_cost_eur_month"):
        if name in values:
            values[name] = float(values[name])
    return Constraints(**values)


def _settings_document(settings: PlanSettings) -> dict[str, Any]:
    return {
        "objective": settings.objective,
        "count": settings.count,
        "constraints": constraints_document(settings.constraints),
        "score_share": float(settings.score_share),
        "time_limit_s": float(settings.time_limit_s),
        "seed": settings.seed,
    }


def _settings(document: Mapping[str, Any]) -> PlanSettings:
    return PlanSettings(
        objective=document["objective"],
        count=None if document["count"] is None else int(document["count"]),
        constraints=constraints_of(document["constraints"]),
        score_share=float(document["score_share"]),
        time_limit_s=float(document["time_limit_s"]),
        seed=int(document["seed"]),
    )


def _plan_document(plan: PlanRecord) -> dict[str, Any]:
    return {
        "settings": _settings_document(plan.settings),
        "basis": None if plan.basis is None else _basis_document(plan.basis),
        "status": plan.status,
        "objective": float(plan.objective),
        "bound": _number(plan.bound),
        "need_out_of_reach": float(plan.need_out_of_reach),
        "rooms": [
            {
                "candidate_id": room.candidate_id,
                "name": room.name,
                "x": float(room.x),
                "y": float(room.y),
                "gain": _number(room.gain),
            }
            for room in plan.rooms
        ],
        "origin": plan.origin,
        "stopped": plan.stopped,
        "on_other_data": plan.on_other_data,
        "before": _figures_document(plan.before),
        "after": _figures_document(plan.after),
    }


def _plan(document: Mapping[str, Any]) -> PlanRecord:
    basis = document["basis"]
    return PlanRecord(
        settings=_settings(document["settings"]),
        basis=None if basis is None else _basis(basis),
        status=document["status"],
        objective=float(document["objective"]),
        bound=_float(document["bound"]),
        need_out_of_reach=float(document["need_out_of_reach"]),
        rooms=tuple(
            RoomRecord(
                candidate_id=room["candidate_id"],
                name=room["name"],
                x=float(room["x"]),
                y=float(room["y"]),
                gain=_float(room["gain"]),
            )
            for room in document["rooms"]
        ),
        origin=document["origin"],
        stopped=document["stopped"],
        on_other_data=document["on_other_data"],
        before=_figures(document["before"]),
        after=_figures(document["after"]),
    )


def _figures_document(figures: FiguresRecord | None) -> dict[str, Any] | None:
    return None if figures is None else asdict(figures)


def _figures(document: Mapping[str, Any] | None) -> FiguresRecord | None:
    if document is None:
        return None

    def measured(name: str) -> float | None:
        return None if document[name] is None else float(document[name])

    return FiguresRecord(
        share=measured("share"),
        mean_minutes=measured("mean_minutes"),
        p90_minutes=measured("p90_minutes"),
        worst_name=document["worst_name"],
        worst_share=measured("worst_share"),
    )
