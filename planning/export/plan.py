"""A plan as files: a record of everything, points for a map, rows for a spreadsheet."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from planning.access import open_sites
from planning.area.criteria import criteria
from planning.errors import OutputError
from planning.export.about import about as describe
from planning.export.files import write_together
from planning.export.geo import geojson_bytes, plain
from planning.export.sureness import uncertainty_record
from planning.export.tables import csv_bytes, result_table, with_places
from planning.render.indicators import indicator_label
from planning.render.labels import district_names, room_names
from planning.render.plan_words import plan_notes, status_text
from planning.scenarios.document import constraints_document

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from planning.area.study_area import StudyArea
    from planning.errors import Fault
    from planning.export.sureness import Uncertainty
    from planning.i18n import Translator
    from planning.scoring import Evaluation
    from planning.siting import Effect, Figures, Plan

FORMAT = 1
RECORD, PLACES, TABLE = "plan.json", "plan.geojson", "plan.csv"
UNITS = {"coverage": "need", "walking": "need_metres", "worst": "metres", "cover-all": "rooms"}
GAIN_UNITS = {"coverage": "need", "walking": "metres", "worst": "metres", "cover-all": "need"}
_DIGITS = 6
_RANKING = (
    *("candidate_id", "name", "shown_name", "kind", "kind_label"),
    *("borough", "borough_name", "quarter", "quarter_name", "address"),
)
_OWN = ("gain", "alone", "if_dropped", "minutes_if_dropped", "losers")
_FACTS = (
    *("rank", "score", "step_free", "room_m2", "kitchen", "cost_eur_month", "contact"),
    *("as_of", "source", "note"),
)
_HEAD = (
    *("format", "program", "language", "date", "area", "scenario", "settings", "status"),
    *("objective", "objective_unit", "bound", "gap", "gain_unit", "sources", "notes"),
)


def problem_texts(area: StudyArea, plan: Plan, t: Translator) -> list[str]:
    """Say why there is no plan, one line for each reason, places and rooms by their names."""
    boroughs = district_names(area, "borough")
    rooms = dict(zip(area.candidates["candidate_id"], room_names(t, area.candidates), strict=True))
    return [_problem_text(problem, boroughs, rooms, t) for problem in plan.problems]


def _problem_text(
    problem: Fault, boroughs: Mapping[str, str], rooms: Mapping[str, str], t: Translator
) -> str:
    params = dict(problem.params)
    if "borough" in params:
        params["borough"] = boroughs.get(params["borough"], params["borough"])
    if params.get("candidate") in rooms:
        params["candidate"] = f"{rooms[params['candidate']]} ({params['candidate']})"
    return t(f"errors.{problem.code}", **params)


def plan_table(
    area: StudyArea, plan: Plan, effect: Effect | None, evaluation: Evaluation, t: Translator
) -> gpd.GeoDataFrame:
    """Return the rooms of a plan in the order of opening, in the area's coordinates.

    Column names do not depend on language; ``docs/plan-files.md`` describes each.
    """
    ranked = result_table(area, evaluation, t).set_index("candidate_id", drop=False)
    rooms = ranked.loc[list(plan.candidate_ids)].reset_index(drop=True)
    own = pd.DataFrame({"gain": np.array(plan.gains, dtype=np.float64)})
    if effect is None:
        own[list(_OWN[1:-1])] = np.nan
        own["losers"] = ""
    else:
        measured = effect.rooms.set_index("candidate_id").loc[list(plan.candidate_ids)].reset_index(drop=True)
        own[list(_OWN[1:-1])] = measured[list(_OWN[1:-1])]
        own["losers"] = [";".join(keys) for keys in measured["losers"]]
    own[list(_OWN[:-1])] = own[list(_OWN[:-1])].replace([np.inf, -np.inf], np.nan).round(_DIGITS)
    found: dict[str, Any] = {"position": range(1, len(rooms) + 1)}
    found |= {name: rooms[name] for name in _RANKING if name in rooms}
    found |= {name: own[name] for name in _OWN}
    found |= {name: rooms[name] for name in _FACTS if name in rooms}
    return gpd.GeoDataFrame(pd.DataFrame(found), geometry=rooms.geometry.to_numpy(), crs=area.crs)


def plan_record(
    area: StudyArea,
    plan: Plan,
    effect: Effect | None,
    evaluation: Evaluation,
    t: Translator,
    date: dt.date,
    *,
    scenario_id: str | None = None,
    uncertainty: Uncertainty | None = None,
) -> dict[str, Any]:
    """Return everything about a plan as plain values that can be written as JSON.

    Parameters
    ----------
    effect
        What the plan changes; ``None`` where there is no plan.
    evaluation
        The scenario's need and scores.
    date
        Day of the result; passed in, so that the same call gives the same files.
    scenario_id
        Identifier of the content of the kept scenario that this is a result of, if it is one.
    uncertainty
        What becomes of the plan under other need, if somebody asked.
    """
    about = describe(area, evaluation, plan.scenario, t, date).record
    settings = plan.settings
    rooms = with_places(plan_table(area, plan, effect, evaluation, t))
    record = {
        "format": FORMAT,
        **{name: about[name] for name in ("program", "language", "date", "area")},
        "scenario": {"id": scenario_id} | about["scenario"] | {"criteria_weights": _criteria_weights(plan)},
        "settings": {
            **{field.name: getattr(settings, field.name) for field in fields(settings)},
            "constraints": constraints_document(settings.constraints),
        },
        "status": plan.status,
        "status_text": status_text(plan, t),
        "objective": plan.objective,
        "objective_unit": UNITS[settings.objective],
        "bound": plan.bound,
        "gap": plan.gap,
        "seconds": round(plan.seconds, 3),
        "problems": [
            {"code": problem.code, "params": problem.params, "text": text}
            for problem, text in zip(plan.problems, problem_texts(area, plan, t), strict=True)
        ],
        "gain_unit": GAIN_UNITS[settings.objective],
        "rooms": rooms.to_dict("records"),
        "need": {"total": float(evaluation.need.sum()), "out_of_reach": plan.need_out_of_reach},
        "effect": None if effect is None else _effect_record(area, effect, t),
        "uncertainty": None
        if uncertainty is None
        else uncertainty_record(area, uncertainty, settings.objective, t),
        "sources": about["sources"],
        "notes": [*plan_notes(area, effect, t), *about["notes"]],
    }
    return {name: _plain(value) for name, value in record.items()}


def _criteria_weights(plan: Plan) -> dict[str, float]:
    chosen = plan.scenario.criteria_weights
    return {one.id: float(chosen.get(one.id, one.default_weight)) for one in criteria()}


def _plain(value: Any) -> Any:
    """Return a value made of what JSON knows; what is not finite or missing is null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return plain(value)


def _effect_record(area: StudyArea, effect: Effect, t: Translator) -> dict[str, Any]:
    names = district_names(area, "borough")

    def figures(given: Figures) -> dict[str, Any]:
        return asdict(given) | {"worst_name": names.get(given.worst_key, "")}

    boroughs = effect.boroughs.assign(name=effect.boroughs["key"].map(names))
    groups = effect.groups.assign(label=[indicator_label(t, group) for group in effect.groups["group"]])
    return {
        "before": figures(effect.before),
        "after": figures(effect.after),
        "boroughs": boroughs.to_dict("records"),
        "groups": groups.to_dict("records"),
    }


def _places(area: StudyArea, rooms: gpd.GeoDataFrame, t: Translator) -> gpd.GeoDataFrame:
    """Return the rooms of a plan and the open sites, told apart by ``role``."""
    sites = open_sites(area.sites)
    existing = gpd.GeoDataFrame(
        {
            "id": sites["site_id"],
            "role": "existing",
            "name": sites["name"],
            "shown_name": sites["name"],
            "kind": sites["kind"],
            "kind_label": [t(f"data.site_kind.{kind}") for kind in sites["kind"]],
            "address": sites["address"],
            **{
                column: values
                for level in ("borough", "quarter")
                for column, values in (
                    (level, sites[level]),
                    (f"{level}_name", sites[level].map(district_names(area, level))),
                )
            },
        },
        geometry=gpd.points_from_xy(sites["x"], sites["y"]),
        crs=area.crs,
    )
    chosen = rooms.rename(columns={"candidate_id": "id"}).assign(role="chosen")
    columns = ["id", "role", *(name for name in chosen.columns if name not in {"id", "role"})]
    records = [*chosen[columns].to_dict("records"), *existing.to_dict("records")]
    return gpd.GeoDataFrame(pd.DataFrame(records, columns=columns), geometry="geometry", crs=area.crs)


def plan_files(
    area: StudyArea,
    plan: Plan,
    effect: Effect | None,
    evaluation: Evaluation,
    t: Translator,
    date: dt.date,
    *,
    scenario_id: str | None = None,
    uncertainty: Uncertainty | None = None,
) -> dict[str, bytes]:
    """Return ``plan.geojson``, ``plan.csv`` and ``plan.json`` by name; parameters as for :func:`plan_record`.

    Without a plan the tables have no rooms, and the record says why.
    """
    record = plan_record(
        area, plan, effect, evaluation, t, date, scenario_id=scenario_id, uncertainty=uncertainty
    )
    rooms = plan_table(area, plan, effect, evaluation, t)
    head = {name: record[name] for name in _HEAD}
    return {
        PLACES: geojson_bytes(_places(area, rooms, t), head, identifier="id"),
        TABLE: csv_bytes(rooms, t),
        RECORD: json_bytes(record),
    }


def json_bytes(record: Mapping[str, Any]) -> bytes:
    """Write a record of plain values as JSON."""
    return (json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def check_folder(folder: Path) -> None:
    """See before the work begins that a folder can be written to.

    Raises
    ------
    OutputError
        It is no folder, cannot be written to, or is not there and nor is the one it would be made in.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError("output_not_folder", path=str(folder))
    there = folder if folder.is_dir() else folder.absolute().parent
    if not there.is_dir():
        raise OutputError("output_folder", path=str(there))
    if not os.access(there, os.W_OK):
        raise OutputError("output_not_written", path=str(folder), reason=os.strerror(errno.EACCES))


def write_plan(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a plan into a folder, which is made if it is not there: all of them or none.

    Raises
    ------
    OutputError
        As :func:`check_folder`, or the disk is full.
    """
    check_folder(folder)
    fresh = not folder.exists()
    try:
        folder.mkdir(exist_ok=True)
        write_together({folder / name: content for name, content in files.items()})
    except BaseException as error:
        if fresh:
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError) and not isinstance(error, OutputError):
            raise OutputError(
                "output_not_written", path=str(folder), reason=error.strerror or str(error)
            ) from error
        raise
