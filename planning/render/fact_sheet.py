"""The fact sheet of a room: what the template of one A4 page reads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planning.area import groups
from planning.render.credits import credit_lines, used_layers
from planning.render.labels import as_of, date_text, district_names, room_name, short_number, text_of
from planning.render.plan_words import gains_need
from planning.render.rota_words import window_text
from planning.render.sheets import Drawing, locator_map, room_map
from planning.render.side_by_side_words import chance_text, listed, raw_text
from planning.render.typeset import file_key, pdf
from planning.scoring.facts import RECORDED, candidate_facts

if TYPE_CHECKING:
    import pandas as pd

    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.scoring.facts import CandidateFacts

DETAIL_MM, LOCATOR_MM = (118.0, 82.0), (60.0, 50.0)
_MOST = {"stops": 5, "partners": 7, "sites": 3}
_QUESTIONS = ("available", "slot", "entrance", "room", "privacy", "cost", "partner")
LONGEST_NAME, _LONGEST_TEXT, _LONGEST_NOTE = 110, 90, 420


@dataclass(frozen=True)
class RoomPage:
    """One room: what the template reads, and its drawings by file name."""

    data: dict[str, Any]
    drawings: dict[str, bytes]


def short(text: str, most: int = _LONGEST_TEXT) -> str:
    """Return a text that is no longer than ``most`` characters; one that was says so by its end."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def room_page(findings: Findings, t: Translator, candidate_id: str) -> RoomPage:
    """Return everything that the page of a room shows, maps drawn."""
    room = findings.area.candidates.set_index("candidate_id", drop=False).loc[candidate_id]
    facts = candidate_facts(
        findings.area, findings.scenario, findings.distances, findings.evaluation, candidate_id
    )
    detail = room_map(findings, t, candidate_id, width_mm=DETAIL_MM[0], height_mm=DETAIL_MM[1])
    locator = locator_map(findings, t, candidate_id, width_mm=LOCATOR_MM[0], height_mm=LOCATOR_MM[1])
    number = findings.rooms.index(candidate_id) + 1 if candidate_id in findings.rooms else 0
    place = _place(findings, t, room)
    key = file_key(candidate_id)
    data = {
        "number": str(number) if number else "",
        "opens": t("report.opens", number=number, count=len(findings.rooms))
        if number
        else t("report.candidate"),
        "name": short(room_name(t, room), LONGEST_NAME),
        "place": short(place, 150),
        "detail": _told(f"{key}-detail.svg", detail),
        "locator": _told(f"{key}-locator.svg", locator),
        "legend": t("report.map_legend", minutes=short_number(t, findings.scenario.minutes)),
        "venue": _venue(findings, t, room),
        "figures": _figures(findings, t, facts),
        "figures_note": _figures_note(findings, t),
        "score": _score(findings, t, facts),
        "near": _near(t, facts),
        "questions": _questions(t, facts),
        "note": short(findings.candidate_notes.get(candidate_id, "").strip(), _LONGEST_NOTE),
    }
    files = {f"{key}-detail.svg": detail.svg, f"{key}-locator.svg": locator.svg}
    return RoomPage(data, files)


def _told(file: str, drawing: Drawing) -> dict[str, str]:
    return {"file": file, "alt": drawing.alt}


def _place(findings: Findings, t: Translator, room: pd.Series[Any]) -> str:
    boroughs, quarters = (district_names(findings.area, level) for level in ("borough", "quarter"))
    districts = dict.fromkeys(
        filter(None, (quarters.get(str(room["quarter"])), boroughs.get(str(room["borough"]))))
    )
    address = text_of(room.get("address")) or text_of(room.get("street"))
    kind = t(f"data.venue_kind.{room['kind']}")
    return " · ".join(filter(None, (kind, short(address), ", ".join(districts))))


def _venue(findings: Findings, t: Translator, room: pd.Series[Any]) -> list[list[str]]:
    """Return what is known of the room itself; what nobody recorded is said to be unknown."""
    rows = []
    for name in RECORDED:
        value = room.get(name)
        text = text_of(value)
        if not text and isinstance(value, int | float) and not math.isnan(value):
            text = short_number(t, float(value))
        if text in {"yes", "no"}:
            text = t(f"ui.answer.{text}")
        rows.append([t(f"data.column.{name}.label"), short(text) or t("ui.answer.unknown")])
    rows += [
        [t(f"data.column.{name}.label"), short(text_of(room[name]), 140)]
        for name in ("source", "as_of", "note")
        if text_of(room.get(name))
    ]
    here = findings.area.sites.loc[findings.area.sites["site_id"] == room.get("at_site"), "name"]
    if not here.empty and text_of(here.iloc[0]):
        rows.append([t("data.column.at_site.label"), short(text_of(here.iloc[0]))])
    slots = findings.slots.get(str(room["candidate_id"]), ())
    told = "; ".join(window_text(t, one) for one in slots)
    return [*rows, [t("report.slot"), told or t("report.no_slot")]]


def _figures(findings: Findings, t: Translator, facts: CandidateFacts) -> list[dict[str, Any]]:
    """Return need and groups: newly within reach, and within reach at all."""

    def row(label: str, gained: float, reach: float, *, strong: bool = False) -> dict[str, Any]:
        return {"label": label, "gained": t.number(gained), "reach": t.number(reach), "strong": strong}

    rows = [row(t("report.need"), facts.need_gained, facts.need_in_reach, strong=True)]
    if (plan := findings.plan) is not None and facts.candidate_id in findings.rooms and gains_need(plan):
        place = findings.rooms.index(facts.candidate_id)
        label = t("report.need_in_order", number=place + 1)
        rows.append({"label": label, "gained": t.number(plan.gains[place]), "reach": "", "strong": True})
    rows += [
        row(t(f"data.indicator.{group}.label"), facts.gained[group], facts.in_reach[group])
        for group in groups()
        if group in facts.gained
    ]
    return rows


def _figures_note(findings: Findings, t: Translator) -> str:
    return t("report.figures_note", year=as_of(t, findings.area.layer("cells").year))


def _score(findings: Findings, t: Translator, facts: CandidateFacts) -> dict[str, Any]:
    score = facts.score
    if score is None:
        return {"total": t("ui.facts.closed"), "range": "", "parts": [], "sure": ""}
    parts = [
        {
            "label": t(f"criteria.{part.criterion}.label"),
            "raw": raw_text(t, part.criterion, part.raw),
            "value": round(float(part.value), 2),
            "share": t.share(part.share, 1),
            "points": t.number(part.contribution, 1),
        }
        for part in score.parts
        if part.share > 0
    ]
    rank = t("ui.facts.rank", rank=score.rank, of=score.of)
    known = score.high - score.low < 1
    return {
        "total": f"{t.number(score.total, 1)} / 100 · {rank}",
        "range": "" if known else t("ui.facts.range", low=t.number(score.low), high=t.number(score.high)),
        "parts": parts,
        "sure": _sure(findings, t, facts),
    }


def _sure(findings: Findings, t: Translator, facts: CandidateFacts) -> str:
    drawn = findings.confidence
    if drawn is None or facts.candidate_id not in drawn.table.index:
        return t("report.not_drawn")
    row = drawn.table.loc[[facts.candidate_id]].to_dict("records")[0]
    return t(
        "report.sure",
        chance=chance_text(t, float(row["in_best"])),
        best=drawn.count,
        low=t.number(float(row["rank_low"])),
        high=t.number(float(row["rank_high"])),
        draws=t.number(drawn.draws),
    )


def _near(t: Translator, facts: CandidateFacts) -> list[dict[str, Any]]:
    """Return stops with lines, partners with kind, sites: a name, what is said of it, how far."""
    stops = [
        [short(one.name, 48), short(", ".join(one.lines), 60), t.number(one.metres, 0, "m")]
        for one in facts.stops
    ]
    partners = [
        [*_named(one.name, _place_kind(t, one.kind)), t.number(one.metres, 0, "m")] for one in facts.partners
    ]
    sites = [
        [_named(one.name, t(f"data.site_kind.{one.kind}"))[0], "", t.number(one.minutes, 0, "min")]
        for one in facts.sites
    ]
    found = {"stops": stops, "partners": partners, "sites": sites}
    return [
        {
            "title": t(f"ui.facts.{name}"),
            "rows": rows[: _MOST[name]],
            "more": t("report.more", count=len(rows) - _MOST[name]) if len(rows) > _MOST[name] else "",
            "none": t("ui.facts.none"),
        }
        for name, rows in found.items()
    ]


def _named(name: str, kind: str) -> tuple[str, str]:
    """Return name and kind of a place; one without a name is called by its kind."""
    return (short(name, 48), kind) if name else (kind, "")


def _place_kind(t: Translator, kind: str) -> str:
    for key in (f"data.place_kind.{kind}", f"data.venue_kind.{kind}"):
        if t.has(key):
            return t(key)
    return kind


def _questions(t: Translator, facts: CandidateFacts) -> list[str]:
    names = [t(f"data.column.{name}.label") for name in facts.unknown]
    first = [t("report.question.unknown", names=listed(t, names))] if names else []
    return [*first, *(t(f"report.question.{name}") for name in _QUESTIONS)]


def words(findings: Findings, t: Translator) -> dict[str, Any]:
    """Return the words that every page of a room needs."""
    names = (
        *("venue", "figures", "gained", "in_reach", "score", "criterion", "raw", "share", "points"),
        *("near", "questions", "notes", "visit"),
    )
    credit = " | ".join(credit_lines(t, used_layers(findings.area, drawn=True)))
    return {name: t(f"report.{name}") for name in names} | {
        "subtitle": subtitle(findings, t),
        "head": t("report.fact_sheet", area=short(findings.area.name)),
        "credit": credit,
        "sources": t("map.sources"),
    }


def subtitle(findings: Findings, t: Translator) -> str:
    """Return scenario and date in one line."""
    name = short(findings.scenario.name or t("export.draft"), 45)
    return t("export.subtitle", scenario=name, date=date_text(findings.date, t))


def dated(findings: Findings) -> dict[str, int]:
    """Return the date of the documents as plain values."""
    return {"year": findings.date.year, "month": findings.date.month, "day": findings.date.day}


def fact_sheet_pdf(
    findings: Findings, t: Translator, candidate_id: str, page: RoomPage | None = None
) -> bytes:
    """Return the fact sheet of one room: one page A4.

    Parameters
    ----------
    page
        What :func:`room_page` made of the room, where that is known already: its maps take most of the time.
    """
    page = room_page(findings, t, candidate_id) if page is None else page
    data = {
        "lang": t.language,
        "title": t("report.title_of_sheet", name=page.data["name"]),
        "date": dated(findings),
        "words": words(findings, t),
        "rooms": [page.data],
    }
    return pdf("fact_sheet", data, page.drawings)
