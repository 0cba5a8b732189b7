"""The tables of the report: key figures, rooms, boroughs, groups, the age of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from planning.render.credits import used_layers
from planning.render.fact_sheet import LONGEST_NAME, short
from planning.render.indicators import indicator_label
from planning.render.labels import as_of, district_names, room_names, text_of
from planning.render.plan_words import gains_need
from planning.render.side_by_side_words import chance_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.siting import Figures

_MISSING = "–"
_PLACES = 3
"""Decimals of a share, as it is shown in percent with one of them."""


def key_figures(findings: Findings, t: Translator) -> dict[str, Any]:
    """Return four ways to say how well the city is served, today and, where there is a plan, with it."""
    from planning.access import nearest
    from planning.siting.effect import figures  # loads the solvers

    effect = findings.effect
    if effect is None:
        closest = nearest(findings.distances.sites)
        today = figures(findings.area, findings.scenario, closest, findings.evaluation.need)
        sides = [("today", today, findings.covered_before)]
    else:
        sides = [
            ("before", effect.before, findings.covered_before),
            ("after", effect.after, findings.covered_after),
        ]
    labels = [t(f"report.figure.{name}") for name in ("share", "mean", "p90", "worst", "gini")]
    columns = [_told(findings, t, made, covered) for _, made, covered in sides]
    return {
        "head": ["", *(t(f"report.column.{name}") for name, _, _ in sides)],
        "rows": [list(row) for row in zip(labels, *columns, strict=True)],
        "note": t("report.figures_year", year=_year(findings, t)),
    }


def _told(findings: Findings, t: Translator, made: Figures, covered: NDArray[np.bool_]) -> list[str]:
    return [
        t.share(made.share, 1),
        t.number(made.mean_minutes, 1, "min"),
        t.number(made.p90_minutes, 1, "min"),
        _worst(findings, t, made, covered),
        t.number(made.gini, 2),
    ]


def _worst(findings: Findings, t: Translator, made: Figures, covered: NDArray[np.bool_]) -> str:
    """Name the borough with the lowest share, and say how many others have the same."""
    if not made.worst_key:
        return _MISSING
    boroughs, need = findings.area.cells["borough"].to_numpy(), findings.evaluation.need
    sums = pd.DataFrame({"need": need, "covered": need * covered}).groupby(boroughs).sum()
    shares = (sums["covered"] / sums["need"])[sums["need"] > 0].round(_PLACES)
    others = int((shares == round(made.worst_share, _PLACES)).sum()) - 1
    name = short(district_names(findings.area, "borough").get(made.worst_key, made.worst_key), 40)
    share = t.share(made.worst_share, 1)
    if others < 1:
        return t("report.worst", name=name, share=share)
    return t("report.worst_more", name=name, count=others, share=share)


def _year(findings: Findings, t: Translator) -> str:
    return as_of(t, findings.area.layer("cells").year)


def rooms_table(findings: Findings, t: Translator, ids: Sequence[str]) -> dict[str, Any]:
    """Return one row a room: number, name, kind and address, borough, gain, score, rank, chance.

    Gain is left out where there is no plan, chance where nobody computed it.
    """
    table = findings.area.candidates.set_index("candidate_id", drop=False).loc[list(ids)]
    plan, drawn = findings.plan, findings.confidence
    gains = {} if plan is None else dict(zip(plan.candidate_ids, plan.gains, strict=True))
    best = 0 if drawn is None else drawn.count
    columns = ("number", "name", "borough", "gain", "score", "rank", "chance", "page")
    left_out = {"gain": plan is None, "chance": drawn is None}
    rows = [
        [str(number), *_room(findings, t, room, name, gains)]
        for number, (room, name) in enumerate(
            zip(table.to_dict("records"), room_names(t, table), strict=True), start=1
        )
    ]
    notes = []
    if plan is not None:
        notes.append(t(f"report.gain.{plan.settings.objective}", year=_year(findings, t)))
    if drawn is not None:
        notes.append(t("report.chance_note", best=best))
    return {
        "head": [t(f"report.column.{name}", best=best) for name in columns if not left_out.get(name)],
        "rows": rows,
        "note": " ".join(notes),
        "none": t("report.no_rooms"),
    }


def _room(
    findings: Findings, t: Translator, room: dict[Hashable, Any], name: str, gains: dict[str, float]
) -> list[str]:
    key, scores, drawn = str(room["candidate_id"]), findings.evaluation.scores, findings.confidence
    kind = t(f"data.venue_kind.{room['kind']}")
    address = text_of(room.get("address")) or text_of(room.get("street"))
    scored = key in scores.total.index
    told = [
        short(name, LONGEST_NAME),
        " · ".join(filter(None, (kind, short(address)))) if text_of(room["name"]) else "",
        short(district_names(findings.area, "borough").get(str(room["borough"]), ""), 40),
    ]
    if findings.plan is not None:
        digits = 0 if gains_need(findings.plan) else 1
        told.append(t.number(gains[key], digits) if key in gains else _MISSING)
    told.append(t.number(float(scores.total[key]), 1) if scored else _MISSING)
    told.append(str(int(scores.rank[key])) if scored else _MISSING)
    if drawn is not None:
        known = key in drawn.table.index
        told.append(chance_text(t, float(drawn.table["in_best"][key])) if known else _MISSING)
    return told


def boroughs_table(findings: Findings, t: Translator) -> dict[str, Any]:
    """Return one row a borough: need, share and walk before and after, rooms; nothing without a plan."""
    if findings.effect is None:
        return {"head": [], "rows": [], "note": ""}
    names = district_names(findings.area, "borough")
    rows = [
        [
            short(names.get(row["key"], row["key"]), 40),
            t.number(row["need"]),
            t.share(row["share_before"], 1),
            t.share(row["share_after"], 1),
            t.number(row["minutes_before"], 1),
            t.number(row["minutes_after"], 1),
            str(row["rooms"]),
        ]
        for row in findings.effect.boroughs.to_dict("records")
    ]
    columns = ("borough", "need", "share_before", "share_after", "minutes_before", "minutes_after", "rooms")
    return {
        "head": [t(f"report.column.{name}") for name in columns],
        "rows": rows,
        "note": t("report.boroughs_note", year=_year(findings, t)),
    }


def groups_table(findings: Findings, t: Translator) -> dict[str, Any]:
    """Return one row a group of people: all of them, within reach before and after."""
    if findings.effect is None:
        return {"head": [], "rows": [], "note": ""}
    rows = [
        [
            indicator_label(t, row["group"]),
            *(t.number(row[name]) for name in ("total", "before", "after")),
            t.number(row["after"] - row["before"]),
        ]
        for row in findings.effect.groups.to_dict("records")
    ]
    return {
        "head": [t(f"report.column.{name}") for name in ("group", "total", "before", "after", "more")],
        "rows": rows,
        "note": t("report.groups_note", year=_year(findings, t)),
    }


def data_ages(findings: Findings, t: Translator) -> list[list[str]]:
    """Return how old each layer of the data is."""
    names = (
        (t(key) if t.has(key := f"data.layer.{layer.id}") else layer.id, layer.year)
        for layer in used_layers(findings.area, drawn=True)
    )
    return [[name, as_of(t, year)] for name, year in names]
