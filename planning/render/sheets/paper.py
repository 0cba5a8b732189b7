"""One page around a map: paper, legend, list, small maps and sources, and how pages become a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from planning.render.classes import DOTTED
from planning.render.credits import credit_lines, used_layers
from planning.render.indicators import unit_note
from planning.render.labels import date_text, text_of, without_same_words
from planning.render.sheets.drawing import HATCHES, site_letters
from planning.render.typeset import PNG_DPI, file_key, pdf, png
from planning.render.view import located_sites

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.i18n import Translator
    from planning.render.findings import Scored
    from planning.render.indicators import Choropleth
    from planning.render.sheets.drawing import Box, Drawing

_MANY = 12
_SIZES = {"a4": (297.0, 210.0), "a3": (420.0, 297.0)}
_MARGIN, _HEAD, _FOOT, _SIDE, _BELOW = 10.0, 17.0, 23.0, 74.0, 88.0
_PATTERNS = {HATCHES["beyond"]: "stripes", DOTTED: "dots"}
_MARKS = {"office": "square", "dependance": "triangle", "outreach": "diamond"}


@dataclass(frozen=True)
class Paper:
    """The paper of a map."""

    size: Literal["a4", "a3"] = "a4"
    landscape: bool = True

    @property
    def page_mm(self) -> tuple[float, float]:
        """Width and height of the page."""
        wide, high = _SIZES[self.size]
        return (wide, high) if self.landscape else (high, wide)

    @property
    def map_mm(self) -> tuple[float, float]:
        """Width and height of the map; what explains it stands beside it or, on a tall page, below it."""
        wide, high = self.page_mm
        inner = high - 2 * _MARGIN - _HEAD - _FOOT
        if self.landscape:
            return wide - 2 * _MARGIN - _SIDE - 4, inner
        return wide - 2 * _MARGIN, inner - _BELOW - 4


@dataclass(frozen=True)
class Sheet:
    """One page: its file stem, title, what the template reads, and its drawings by file name."""

    key: str
    title: str
    data: dict[str, Any]
    drawings: dict[str, bytes]


def made_sheet(
    findings: Scored,
    t: Translator,
    paper: Paper,
    key: str,
    title: str,
    drawing: Drawing,
    *,
    legend: list[dict[str, Any]],
    smalls: Sequence[tuple[str, Drawing]] = (),
    rows: Sequence[dict[str, str]] = (),
    list_title: str = "",
    note: str = "",
    settings: str = "",
    box: Box | None = None,
) -> Sheet:
    """Return a page around a map.

    Parameters
    ----------
    key
        File stem.
    legend
        Blocks of title, note and rows (:func:`swatches`, :func:`site_rows`).
    smalls
        Small maps with their captions.
    rows, list_title, note
        The list beside the map, its title, and a text above it.
    settings
        A line below the heading: what is behind the result.
    box
        What the map shows, in metres; only sites in it are named. By default the whole area.
    """
    name = findings.scenario.name or t("export.draft")
    key = file_key(key)
    files = {f"{key}.svg": drawing.svg} | {
        f"{key}-{number}.svg": small.svg for number, (_, small) in enumerate(smalls)
    }
    wide, high = paper.page_mm
    data = {
        "title": title,
        "subtitle": t("export.subtitle", scenario=name, date=date_text(findings.date, t)),
        "page": [wide, high],
        "map": [*paper.map_mm],
        "landscape": paper.landscape,
        "file": f"{key}.svg",
        "alt": drawing.alt,
        "smalls": [
            {"file": f"{key}-{number}.svg", "alt": small.alt, "title": caption}
            for number, (caption, small) in enumerate(smalls)
        ],
        "legend": legend,
        "rows": list(rows),
        "list_title": list_title,
        "note": note,
        "settings": settings,
        "sites": _site_names(findings, t, box),
        "sources": " | ".join(credit_lines(t, used_layers(findings.area, drawn=True))),
        "sources_title": t("map.sources"),
    }
    return Sheet(key, title, data, files)


def swatches(
    colors: Sequence[str], labels: Sequence[str], hatches: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return legend rows of colours, with the pattern of their hatch if they have one."""
    drawn = [*hatches, *[""] * len(colors)]
    return [
        {"mark": "fill", "color": color, "label": label, "pattern": _PATTERNS.get(hatch, "")}
        for color, label, hatch in zip(colors, labels, drawn, strict=False)
    ]


def site_rows(findings: Scored, t: Translator) -> list[dict[str, Any]]:
    """Return a legend row for each kind of site that is drawn."""
    sites = located_sites(findings.area)
    rows = []
    for kind, mark in _MARKS.items():
        for is_open in (True, False):
            if not ((sites["kind"] == kind) & ((sites["status"] == "open") == is_open)).any():
                continue
            label = t(f"data.site_kind.{kind}")
            told = label if is_open else t("map.site_unknown", kind=label)
            rows.append({"mark": mark, "label": told, "filled": is_open, "color": "#00587a", "pattern": ""})
    return rows


def _site_names(findings: Scored, t: Translator, box: Box | None) -> list[list[str]]:
    """Return letter and name of each site that a map shows."""
    sites, letters = located_sites(findings.area), site_letters(findings.area)
    if box is not None:
        sites = sites[sites["x"].between(box[0], box[2]) & sites["y"].between(box[1], box[3])]
    rows = sites.to_dict("records")
    names = [text_of(site["name"]) or t(f"data.site_kind.{site['kind']}") for site in rows]
    if len(names) > _MANY:
        names = without_same_words(names)
    return [[letters[site["site_id"]], name] for site, name in zip(rows, names, strict=True)]


def class_legend(shown: Choropleth, t: Translator) -> dict[str, Any]:
    """Return the legend block of an indicator."""
    rows = swatches(shown.classes.colors, shown.classes.labels, shown.classes.hatches)
    return {"title": shown.title, "note": unit_note(t, shown), "rows": rows}


def _document(sheets: Sequence[Sheet], t: Translator, title: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    drawings = {name: content for sheet in sheets for name, content in sheet.drawings.items()}
    return {"lang": t.language, "title": title, "sheets": [sheet.data for sheet in sheets]}, drawings


def sheets_pdf(findings: Scored, sheets: Sequence[Sheet], t: Translator, title: str) -> bytes:
    """Return sheets as one document with a bookmark and a page number each."""
    data, drawings = _document(sheets, t, title)
    return pdf("map", data | _dated(findings), drawings)


def sheet_png(findings: Scored, sheet: Sheet, t: Translator, dpi: float = PNG_DPI) -> bytes:
    """Return a sheet as a picture with so many dots per inch."""
    data, drawings = _document([sheet], t, sheet.title)
    return png("map", data | _dated(findings), drawings, dpi)[0]


def _dated(findings: Scored) -> dict[str, Any]:
    date = findings.date
    return {"date": {"year": date.year, "month": date.month, "day": date.day}}
