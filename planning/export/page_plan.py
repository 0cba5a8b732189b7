"""What the web page says of a plan: figures before and after, its rooms, and the share by borough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning.render.indicators import PLAN
from planning.render.labels import district_names, room_names, short_number, text_of
from planning.render.plan_words import gain_text, status_text, unreached_note
from planning.render.view import MapView

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.siting import Effect, Plan


def plan_view(findings: Findings) -> MapView:
    """Return what the map shows: coverage before and after, and the rooms numbered."""
    # without scores: a second set of numbers beside those of the opening would confuse
    return MapView(
        indicator=PLAN,
        need=findings.evaluation.need,
        covered=findings.covered_before,
        covered_after=findings.covered_after,
        chosen=findings.rooms,
    )


def ranking_view(findings: Findings) -> MapView:
    """Return what the map shows where there is no plan: need and the best candidates."""
    scores = findings.evaluation.scores
    return MapView(need=findings.evaluation.need, score=scores.total, rank=scores.rank)


def plan_parts(findings: Findings, plan: Plan, effect: Effect, t: Translator) -> dict[str, Any]:
    """Return the parts of the page that tell a plan, as plain texts."""
    settings = plan.settings
    return {
        "status": status_text(plan, t),
        "objective": t(f"siting.objective.{settings.objective}.label"),
        "gain_note": t(f"plan.gain.{settings.objective}", minutes=short_number(t, plan.scenario.minutes)),
        "figures": _figures(findings, effect, t),
        "left_out": unreached_note(t, effect),
        "rooms": _rooms(findings, plan, t),
        "boroughs": _boroughs(findings, effect, t),
    }


def _figures(findings: Findings, effect: Effect, t: Translator) -> list[tuple[str, str, str]]:
    names = district_names(findings.area, "borough")
    sides = (effect.before, effect.after)
    worst = (f"{names.get(one.worst_key, '')} {t.share(one.worst_share, 1)}".strip() for one in sides)
    rows = (
        ("share", (t.share(one.share, 1) for one in sides)),
        ("mean", (t.number(one.mean_minutes, 1, "min") for one in sides)),
        ("p90", (t.number(one.p90_minutes, 1, "min") for one in sides)),
        ("worst", worst),
    )
    return [(t(f"output.page.{name}"), before, after) for name, (before, after) in rows]


def _rooms(findings: Findings, plan: Plan, t: Translator) -> list[dict[str, Any]]:
    rooms = findings.area.candidates
    names = dict(zip(rooms["candidate_id"], room_names(t, rooms), strict=True))
    kinds = dict(zip(rooms["candidate_id"], rooms["kind"], strict=True))
    places = dict(zip(rooms["candidate_id"], rooms["borough"], strict=True))
    boroughs = district_names(findings.area, "borough")
    return [
        {
            "id": key,
            "order": number,
            "name": names[key],
            "kind": t(f"data.venue_kind.{kinds[key]}"),
            "place": boroughs.get(text_of(places[key]), ""),
            "gain": gain_text(t, plan.settings.objective, gain, plan.scenario.metres_per_minute),
        }
        for number, (key, gain) in enumerate(zip(plan.candidate_ids, plan.gains, strict=True), start=1)
    ]


def _boroughs(findings: Findings, effect: Effect, t: Translator) -> list[tuple[str, str, str]]:
    names = district_names(findings.area, "borough")
    rows = [
        (
            names.get(row["key"], str(row["key"])),
            t.share(row["share_before"], 1),
            t.share(row["share_after"], 1),
        )
        for row in effect.boroughs.to_dict("records")
    ]
    return sorted(rows)
