"""The report: the plan on two pages, what it changes, how that was found, what nobody knows; fact sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.model import MOST_FACT_SHEETS
from planning.render.credits import credit_lines, used_layers
from planning.render.fact_sheet import RoomPage, dated, fact_sheet_pdf, room_page, short, subtitle, words
from planning.render.labels import as_of, estimate_note, short_number, text_of
from planning.render.plan_words import plan_notes, status_text
from planning.render.report_tables import boroughs_table, data_ages, groups_table, key_figures, rooms_table
from planning.render.setting_words import plan_lines, scenario_lines
from planning.render.sheets import plan_map
from planning.render.sheets.drawing import site_letters
from planning.render.typeset import pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.render.sheets.drawing import When

WITHOUT_PLAN = 5
_LISTED = 14
_WIDTH, _HEIGHT, _HALF = 182.0, 146.0, 89.0
_HEADS = (
    *("plan", "figures", "change", "rooms", "boroughs", "groups", "method", "limits", "ages"),
    *("settings", "sources", "sources_at", "annex", "notes"),
)


def report_rooms(findings: Findings) -> tuple[str, ...]:
    """Return whose fact sheets a report holds: the rooms of the plan, else the best of the ranking."""
    if findings.plan is not None:
        return findings.rooms[:MOST_FACT_SHEETS]
    return _ranking(findings)[:WITHOUT_PLAN]


def _ranking(findings: Findings) -> tuple[str, ...]:
    rank = findings.evaluation.scores.rank.sort_values(kind="stable")
    return tuple(str(name) for name in rank.index)


def documents(
    findings: Findings, t: Translator, *, progress: Callable[[int, int], object] | None = None
) -> tuple[bytes, dict[str, bytes]]:
    """Return the report, and the fact sheet of each room by ``candidate_id``; maps are drawn once for both.

    Parameters
    ----------
    progress
        Called with the number of rooms that are done, and of all, the report counting as one.
    """
    pages: dict[str, RoomPage] = {}
    sheets: dict[str, bytes] = {}
    ids = report_rooms(findings)
    for name in ids:
        pages[name] = room_page(findings, t, name)
        sheets[name] = fact_sheet_pdf(findings, t, name, pages[name])
        if progress is not None:
            progress(len(pages), len(ids) + 1)
    report = report_pdf(findings, t, pages=pages)
    if progress is not None:
        progress(len(ids) + 1, len(ids) + 1)
    return report, sheets


def report_pdf(
    findings: Findings,
    t: Translator,
    *,
    pages: Mapping[str, RoomPage] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> bytes:
    """Return the report with the pages of rooms as its annex.

    Parameters
    ----------
    pages
        What :func:`planning.render.fact_sheet.room_page` made of the rooms, where that is known already.
    progress
        Called with the number of rooms that are drawn, and of all.
    """
    known, ids, made = pages or {}, report_rooms(findings), list[RoomPage]()
    for name in ids:
        made.append(known[name] if name in known else room_page(findings, t, name))
        if progress is not None:
            progress(len(made), len(ids))
    drawings = {name: content for page in made for name, content in page.drawings.items()}
    sides = _sides(findings, t, drawings)
    large = plan_map(findings, t, width_mm=_WIDTH, height_mm=_HEIGHT)
    drawings["map-plan.svg"] = large.svg
    area, planned = findings.area, findings.plan is not None
    listed = findings.rooms if planned else _ranking(findings)[: area.programme.remaining or _LISTED]
    data = {
        "lang": t.language,
        "title": t("report.title" if planned else "report.title_ranking", area=short(area.name)),
        "date": dated(findings),
        "subtitle": subtitle(findings, t),
        "heads": _heads(t, planned=planned),
        "status": "" if findings.plan is None else status_text(findings.plan, t),
        "summary": _summary(findings, t),
        "figures": key_figures(findings, t),
        "maps": sides,
        "plan_map": {
            "file": "map-plan.svg",
            "alt": large.alt,
            "caption": t("report.caption.plan" if planned else "report.caption.today"),
            "sites": _sites(findings, t),
        },
        "rooms": rooms_table(findings, t, listed),
        "boroughs": boroughs_table(findings, t),
        "groups": groups_table(findings, t),
        "notes": [line for line in findings.notes.splitlines() if line.strip()],
        "method": _method(findings, t),
        "limits": _limits(findings, t),
        "ages": data_ages(findings, t),
        "settings": _settings(findings, t),
        "sources": list(credit_lines(t, used_layers(area, drawn=True))),
        "words": words(findings, t) | {"sites": t("map.sites")},
        "pages": [page.data for page in made],
    }
    return pdf("report", data, drawings)


def _heads(t: Translator, *, planned: bool) -> dict[str, str]:
    heads = {key: t(f"report.head.{key}") for key in _HEADS}
    if planned:
        return heads
    own = {key: t(f"report.head.{key}_ranking") for key in ("plan", "figures", "rooms")}
    return heads | own


def _sides(findings: Findings, t: Translator, drawings: dict[str, bytes]) -> list[dict[str, str]]:
    """Draw the city before and after; nothing where there is no plan."""
    effect = findings.effect
    if effect is None:
        return []
    sides: tuple[tuple[When, float], ...] = (("before", effect.before.share), ("after", effect.after.share))
    told = []
    for when, share in sides:
        small = plan_map(findings, t, width_mm=_HALF, height_mm=80, when=when, labels=False)
        file = f"map-{when}.svg"
        drawings[file] = small.svg
        caption = t(f"report.caption.{when}", share=t.share(share, 1))
        told.append({"file": file, "alt": small.alt, "caption": caption})
    return told


def _sites(findings: Findings, t: Translator) -> list[list[str]]:
    """Say which letter on the map is which site."""
    sites = findings.area.sites.set_index("site_id")
    told = []
    for name, letter in site_letters(findings.area).items():
        site = sites.loc[name]
        told.append([letter, short(text_of(site["name"]), 75) or t(f"data.site_kind.{site['kind']}")])
    return told


def _summary(findings: Findings, t: Translator) -> str:
    effect, minutes = findings.effect, short_number(t, findings.scenario.minutes)
    if effect is None:
        need = findings.evaluation.need
        whole = float(need.sum())
        share = float(need[findings.covered_before].sum()) / whole if whole else None
        return t("report.summary_ranking", share=t.share(share, 1), minutes=minutes)
    if not findings.rooms:
        return t("report.summary_none", share=t.share(effect.before.share, 1), minutes=minutes)
    return t(
        "report.summary" if len(findings.rooms) > 1 else "report.summary_one",
        count=len(findings.rooms),
        before=t.share(effect.before.share, 1),
        after=t.share(effect.after.share, 1),
        minutes=minutes,
    )


def _method(findings: Findings, t: Translator) -> list[str]:
    told = [t("report.method.need"), t("report.method.walking"), t("report.method.score")]
    if findings.plan is not None:
        aim = t(f"siting.objective.{findings.plan.settings.objective}.label")
        told.append(t("report.method.plan", aim=aim))
    if findings.confidence is not None:
        told.append(t("report.method.sure", draws=t.number(findings.confidence.draws)))
    return told


def _limits(findings: Findings, t: Translator) -> list[str]:
    """Say what the report cannot know; what "proven" means only where something is."""
    proven = findings.plan is not None and findings.plan.status == "optimal"
    notes = plan_notes(findings.area, findings.effect, t)
    told = [one for one in notes if proven or one != t("export.plan_proven")]
    rooms = as_of(t, findings.area.layer("candidates").year)
    count = len(findings.rooms)
    if count > MOST_FACT_SHEETS:
        told.append(t("report.limit.fact_sheets", most=MOST_FACT_SHEETS, count=count))
    return [
        *told,
        estimate_note(t, findings.area),
        t("report.limit.rooms", year=rooms),
        t("report.limit.choice"),
    ]


def _settings(findings: Findings, t: Translator) -> list[str]:
    told = [*scenario_lines(findings.scenario, findings.evaluation, t)]
    if findings.plan is not None:
        told += plan_lines(findings.plan.settings, findings.area, t)
    return [short(line, 1500) for line in told]
