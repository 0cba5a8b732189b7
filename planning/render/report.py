"""The report: the plan on two pages, what it changes, how that was found, what nobody knows; fact sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning.render.credits import credit_lines, used_layers
from planning.render.fact_sheet import RoomPage, dated, fact_sheet_pdf, room_page, words
from planning.render.indicators import indicator_label
from planning.render.labels import date_text, district_names, room_names, short_number, text_of
from planning.render.plan_words import plan_notes, status_text
from planning.render.setting_words import scenario_lines
from planning.render.sheets import plan_map
from planning.render.side_by_side_words import chance_text
from planning.render.typeset import pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.render.sheets.drawing import When
    from planning.siting import Figures

WITHOUT_PLAN = 5
MOST_ROOMS = 60
_WIDTH, _HALF = 182.0, 89.0


def report_rooms(findings: Findings) -> tuple[str, ...]:
    """Return whose fact sheets a report holds: the rooms of the plan, else the best of the ranking."""
    if findings.plan is not None:
        return findings.rooms[:MOST_ROOMS]
    rank = findings.evaluation.scores.rank.sort_values(kind="stable")
    return tuple(str(name) for name in rank.index[:WITHOUT_PLAN])


def documents(
    findings: Findings, t: Translator, *, progress: Callable[[int, int], object] | None = None
) -> tuple[bytes, dict[str, bytes]]:
    """Return the report, and the fact sheet of each room by ``candidate_id``; maps are drawn once for both.

    Parameters
    ----------
    progress
        Called with the number of rooms that are done, and of all, the report counting as one.
    """
    ids = report_rooms(findings)
    pages: dict[str, RoomPage] = {}
    sheets: dict[str, bytes] = {}
    for name in ids:
        pages[name] = room_page(findings, t, name)
        sheets[name] = fact_sheet_pdf(findings, t, pages[name])
        if progress is not None:
            progress(len(pages), len(ids) + 1)
    return report_pdf(findings, t, list(pages.values())), sheets


def report_pdf(findings: Findings, t: Translator, pages: list[RoomPage]) -> bytes:
    """Return the report with the pages of rooms as its annex."""
    drawings = {name: content for page in pages for name, content in page.drawings.items()}
    maps: dict[str, dict[str, str]] = {}
    if findings.effect is not None:
        sides: tuple[When, ...] = ("before", "after")
        for when in sides:
            small = plan_map(findings, t, width_mm=_HALF, height_mm=80, when=when, labels=False)
            maps[when] = {"file": f"map-{when}.svg", "alt": small.alt}
            drawings[f"map-{when}.svg"] = small.svg
    large = plan_map(findings, t, width_mm=_WIDTH, height_mm=150)
    drawings["map-plan.svg"] = large.svg
    area, name = findings.area, findings.scenario.name or t("export.draft")
    title = t("report.title" if findings.plan is not None else "report.title_ranking", area=area.name)
    data = {
        "lang": t.language,
        "title": title,
        "date": dated(findings),
        "subtitle": t("export.subtitle", scenario=name, date=date_text(findings.date, t)),
        "heads": {key: t(f"report.head.{key}") for key in _HEADS},
        "status": "" if findings.plan is None else status_text(findings.plan, t),
        "summary": _summary(findings, t),
        "figures": _figures(findings, t),
        "maps": maps,
        "captions": {key: t(f"report.caption.{key}") for key in ("before", "after", "plan")},
        "plan_map": {"file": "map-plan.svg", "alt": large.alt},
        "rooms": _rooms(findings, t),
        "boroughs": _boroughs(findings, t),
        "groups": _groups(findings, t),
        "method": _method(findings, t),
        "limits": [
            *plan_notes(area, t),
            t("export.estimate"),
            t("report.limit.osm"),
            t("report.limit.choice"),
        ],
        "settings": list(scenario_lines(findings.scenario, findings.evaluation, t)),
        "sources": list(credit_lines(t, used_layers(area, drawn=True))),
        "notes": findings.notes,
        "words": words(findings, t),
        "pages": [page.data for page in pages],
    }
    return pdf("report", data, drawings)


_HEADS = (
    *("plan", "figures", "rooms", "boroughs", "groups", "method", "limits", "settings", "sources"),
    *("annex", "notes"),
)


def _summary(findings: Findings, t: Translator) -> str:
    effect, scenario = findings.effect, findings.scenario
    minutes = short_number(t, scenario.minutes)
    if effect is None:
        share = float(findings.evaluation.need[findings.covered_before].sum())
        whole = float(findings.evaluation.need.sum())
        return t(
            "report.summary_ranking", share=t.share(share / whole if whole else None, 1), minutes=minutes
        )
    return t(
        "report.summary",
        count=len(findings.rooms),
        before=t.share(effect.before.share, 1),
        after=t.share(effect.after.share, 1),
        minutes=minutes,
    )


def _figures(findings: Findings, t: Translator) -> list[list[str]]:
    """Return key figures: name, before, after."""
    effect = findings.effect
    if effect is None:
        return []
    names = district_names(findings.area, "borough")

    def told(figures: Figures) -> list[str]:
        worst = names.get(figures.worst_key, figures.worst_key)
        return [
            t.share(figures.share, 1),
            t.number(figures.mean_minutes, 1, "min"),
            t.number(figures.p90_minutes, 1, "min"),
            f"{worst} {t.share(figures.worst_share, 1)}" if worst else "–",
            t.number(figures.gini, 2),
        ]

    labels = [t(f"report.figure.{name}") for name in ("share", "mean", "p90", "worst", "gini")]
    return [list(row) for row in zip(labels, told(effect.before), told(effect.after), strict=True)]


def _rooms(findings: Findings, t: Translator) -> dict[str, Any]:
    ids = list(findings.rooms) if findings.plan is not None else list(report_rooms(findings))
    table = findings.area.candidates.set_index("candidate_id", drop=False).loc[ids]
    boroughs, scores = district_names(findings.area, "borough"), findings.evaluation.scores
    gains = dict(zip(findings.rooms, findings.plan.gains, strict=True)) if findings.plan is not None else {}
    drawn = findings.confidence
    rows = []
    for number, (room, name) in enumerate(
        zip(table.to_dict("records"), room_names(t, table), strict=True), 1
    ):
        key = room["candidate_id"]
        place = " · ".join(filter(None, (t(f"data.venue_kind.{room['kind']}"), text_of(room.get("address")))))
        chance = "–"
        if drawn is not None and key in drawn.table.index:
            chance = chance_text(t, float(drawn.table["in_best"][key]))
        rows.append(
            [
                str(number),
                name,
                place,
                boroughs.get(str(room["borough"]), ""),
                t.number(gains[key]) if key in gains else "–",
                t.number(float(scores.total[key]), 1) if key in scores.total.index else "–",
                str(int(scores.rank[key])) if key in scores.rank.index else "–",
                chance,
            ]
        )
    columns = ("number", "name", "borough", "gain", "score", "rank", "chance")
    unit = (
        ""
        if findings.plan is None
        else t(f"report.gain.{findings.plan.settings.objective.replace('-', '_')}")
    )
    return {"head": [t(f"report.column.{name}") for name in columns], "rows": rows, "note": unit}


def _boroughs(findings: Findings, t: Translator) -> dict[str, Any]:
    if findings.effect is None:
        return {"head": [], "rows": []}
    names = district_names(findings.area, "borough")
    rows = [
        [
            names.get(row["key"], row["key"]),
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
    return {"head": [t(f"report.column.{name}") for name in columns], "rows": rows}


def _groups(findings: Findings, t: Translator) -> dict[str, Any]:
    if findings.effect is None:
        return {"head": [], "rows": []}
    rows = [
        [indicator_label(t, row["group"]), *(t.number(row[name]) for name in ("total", "before", "after"))]
        for row in findings.effect.groups.to_dict("records")
    ]
    return {
        "head": [t(f"report.column.{name}") for name in ("group", "total", "before", "after")],
        "rows": rows,
    }


def _method(findings: Findings, t: Translator) -> list[str]:
    told = [t("report.method.need"), t("report.method.walking"), t("report.method.score")]
    if findings.plan is not None:
        told.append(
            t("report.method.plan", aim=t(f"siting.objective.{findings.plan.settings.objective}.label"))
        )
    if findings.confidence is not None:
        told.append(t("report.method.sure", draws=t.number(findings.confidence.draws)))
    return told
