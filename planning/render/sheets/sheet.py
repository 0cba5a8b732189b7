"""Pages around maps: title, legend, lists, small maps and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

from planning.render.classes import ink
from planning.render.credits import credit_lines, used_layers
from planning.render.geometry import display_districts
from planning.render.indicators import choropleth, unit_note
from planning.render.labels import date_text, district_names, room_names, text_of
from planning.render.print_parts import (
    draw_areas,
    draw_base,
    draw_best,
    draw_boroughs,
    draw_scale,
    draw_sites,
    name_boroughs,
)
from planning.render.sheets.drawing import (
    COVER,
    HATCHES,
    Drawing,
    borough_locator,
    canvas,
    clipped_area,
    draw_classes,
    draw_cover,
    draw_rooms,
    framed,
    letter_sites,
    plan_map,
    site_letters,
    svg_of,
)
from planning.render.typeset import pdf, png
from planning.render.view import MapView, drawn_candidates, located_sites, score_classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.render.indicators import Choropleth
    from planning.render.sheets.drawing import Box, When
    from planning.siting import Figures

BEST = 14
_SIZES = {"a4": (297.0, 210.0), "a3": (420.0, 297.0)}
_MARGIN, _HEAD, _FOOT, _SIDE, _BELOW = 10.0, 17.0, 23.0, 74.0, 88.0
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


def _sheet(
    findings: Findings,
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
    box: Box | None = None,
) -> Sheet:
    name = findings.scenario.name or t("export.draft")
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
        "sites": _site_names(findings, t, box),
        "sources": " | ".join(credit_lines(t, used_layers(findings.area, drawn=True))),
        "sources_title": t("map.sources"),
    }
    return Sheet(key, title, data, files)


def _swatches(
    colors: Sequence[str], labels: Sequence[str], hatches: Sequence[str] = ()
) -> list[dict[str, Any]]:
    striped = [*hatches, *[""] * len(colors)]
    return [
        {"mark": "fill", "color": color, "label": label, "striped": bool(hatch)}
        for color, label, hatch in zip(colors, labels, striped, strict=False)
    ]


def _site_rows(findings: Findings, t: Translator) -> list[dict[str, Any]]:
    sites = located_sites(findings.area)
    rows = []
    for kind, mark in _MARKS.items():
        for is_open in (True, False):
            if not ((sites["kind"] == kind) & ((sites["status"] == "open") == is_open)).any():
                continue
            label = t(f"data.site_kind.{kind}")
            told = label if is_open else t("map.site_unknown", kind=label)
            rows.append(
                {"mark": mark, "label": told, "filled": is_open, "color": "#00587a", "striped": False}
            )
    return rows


def _site_names(findings: Findings, t: Translator, box: Box | None) -> list[list[str]]:
    """Return letter and name of each site that a map shows."""
    sites, letters = located_sites(findings.area), site_letters(findings.area)
    if box is not None:
        sites = sites[sites["x"].between(box[0], box[2]) & sites["y"].between(box[1], box[3])]
    return [
        [letters[site["site_id"]], text_of(site["name"]) or t(f"data.site_kind.{site['kind']}")]
        for site in sites.to_dict("records")
    ]


def _cover_legend(findings: Findings, t: Translator) -> list[dict[str, Any]]:
    labels = [t(f"plan.map.{name}") for name in COVER]
    keep = range(len(labels)) if findings.rooms else (0, 1, 3)
    colors, hatches = [*COVER.values()], [*HATCHES.values()]
    rows = _swatches([colors[i] for i in keep], [labels[i] for i in keep], [hatches[i] for i in keep])
    signs = _site_rows(findings, t)
    if findings.rooms:
        signs.append(
            {"mark": "number", "label": t("plan.map.rooms"), "color": COVER["new"], "striped": False}
        )
    reach = t("sheet.reach", minutes=findings.scenario.minutes)
    return [
        {"title": t("plan.map.title"), "note": reach, "rows": rows},
        {"title": t("map.sites"), "note": "", "rows": signs},
    ]


def _before_after(findings: Findings, t: Translator) -> list[tuple[str, Drawing]]:
    if findings.effect is None:
        return []
    effect, found = findings.effect, []
    sides: tuple[tuple[When, Figures], ...] = (("before", effect.before), ("after", effect.after))
    for when, figures in sides:
        small = plan_map(findings, t, width_mm=36, height_mm=27, when=when, labels=False)
        found.append((t(f"sheet.{when}", share=t.share(figures.share, 1)), small))
    return found


def _room_rows(findings: Findings, t: Translator, ids: Sequence[str]) -> list[dict[str, str]]:
    table = findings.area.candidates.set_index("candidate_id", drop=False).loc[list(ids)]
    boroughs = district_names(findings.area, "borough")
    places = [
        " · ".join(filter(None, (text_of(room.get("address")), boroughs.get(str(room["borough"]), ""))))
        for room in table.to_dict("records")
    ]
    numbers = [findings.rooms.index(name) + 1 for name in ids]
    return [
        {"number": str(number), "name": name, "place": place}
        for number, name, place in zip(numbers, room_names(t, table), places, strict=True)
    ]


def city_sheet(findings: Findings, t: Translator, paper: Paper) -> Sheet:
    """Return the map of the plan: the whole city, with coverage before and after."""
    width, height = paper.map_mm
    return _sheet(
        findings, t, paper, "city", t("sheet.city", area=findings.area.name),
        plan_map(findings, t, width_mm=width, height_mm=height),
        legend=_cover_legend(findings, t),
        smalls=_before_after(findings, t),
        rows=_room_rows(findings, t, findings.rooms),
        list_title=t("plan.map.rooms"),
    )  # fmt: skip


def borough_sheet(findings: Findings, t: Translator, paper: Paper, borough_key: str) -> Sheet:
    """Return the map of one borough, with where it lies, its figures, its rooms and sites."""
    area = findings.area
    width, height = paper.map_mm
    borough = display_districts(area, "borough").set_index("key").loc[borough_key]
    box = framed(tuple(borough.geometry.bounds), width, height)
    with canvas(box, width, height) as (figure, axes):
        draw_base(axes, clipped_area(area, box))
        draw_cover(axes, findings, box, "plan")
        around = shapely.box(*box).difference(borough.geometry)
        draw_areas(axes, [around], order=2.7, facecolor="white", edgecolor="none", alpha=0.5)
        draw_boroughs(axes, area)
        draw_sites(axes, area, t)
        name_boroughs(axes, area, draw_rooms(axes, findings, box), box=box)
        draw_scale(axes, t, box)
        drawing = Drawing(svg_of(figure), t("sheet.alt.borough", borough=borough["name"]))
    rooms = area.candidates.set_index("candidate_id").loc[list(findings.rooms), "borough"]
    inside = [str(name) for name in rooms.index[rooms == borough_key]]
    locator = borough_locator(findings, t, borough_key, width_mm=36, height_mm=27)
    return _sheet(
        findings, t, paper, f"borough-{borough_key}",
        t("sheet.borough", borough=borough["name"], area=area.name),
        drawing,
        legend=_cover_legend(findings, t),
        smalls=[(t("sheet.locator"), locator)],
        rows=_room_rows(findings, t, inside),
        list_title=t("sheet.rooms_here", count=len(inside)),
        note=_borough_note(findings, t, borough_key),
        box=box,
    )  # fmt: skip


def _borough_note(findings: Findings, t: Translator, key: str) -> str:
    if findings.effect is None:
        return ""
    table = findings.effect.boroughs.set_index("key")
    if key not in table.index:
        return t("sheet.no_need")
    row = table.loc[[key]].to_dict("records")[0]
    return t(
        "sheet.figures",
        need=t.number(float(row["need"])),
        before=t.share(float(row["share_before"]), 1),
        after=t.share(float(row["share_after"]), 1),
        minutes_before=t.number(float(row["minutes_before"]), 1),
        minutes_after=t.number(float(row["minutes_after"]), 1),
    )


def indicator_sheet(findings: Findings, t: Translator, paper: Paper, indicator: str, level: str) -> Sheet:
    """Return the map of one indicator."""
    area = findings.area
    width, height = paper.map_mm
    shown = choropleth(
        area, t, indicator, level, need=findings.evaluation.need, covered=findings.covered_before
    )
    box = framed(tuple(area.districts.total_bounds), width, height)
    with canvas(box, width, height) as (figure, axes):
        draw_base(axes, area)
        _fill(axes, findings, shown)
        draw_boroughs(axes, area)
        draw_sites(axes, area, t)
        name_boroughs(axes, area, letter_sites(axes, area, box))
        draw_scale(axes, t, box)
        drawing = Drawing(svg_of(figure), t("sheet.alt.indicator", title=shown.title, area=area.name))
    rows = _swatches(shown.classes.colors, shown.classes.labels)
    legend = [
        {"title": shown.title, "note": unit_note(t, shown), "rows": rows},
        {"title": t("map.sites"), "note": "", "rows": _site_rows(findings, t)},
    ]
    title = t("sheet.indicator", title=shown.title, area=area.name)
    return _sheet(findings, t, paper, f"{indicator}-{level}".replace("_", "-"), title, drawing, legend=legend)


def _fill(axes: Any, findings: Findings, shown: Choropleth) -> None:
    cells = shown.level == "cell"
    frame = findings.area.cells if cells else display_districts(findings.area, shown.level)
    draw_classes(
        axes, frame.geometry.to_numpy(), shown.classes.index, shown.classes.colors, (),
        alpha=shown.opacity, edge="none" if cells else "white",
    )  # fmt: skip


def ranking_sheet(findings: Findings, t: Translator, paper: Paper) -> Sheet:
    """Return the map of the candidates by score, the best of them numbered and listed."""
    area, scores = findings.area, findings.evaluation.scores
    width, height = paper.map_mm
    shown = choropleth(area, t, "need", "cell", need=findings.evaluation.need)
    view = MapView(need=findings.evaluation.need, score=scores.total, rank=scores.rank, best=BEST)
    rooms = drawn_candidates(area, view)
    classes = score_classes(t, rooms)
    box = framed(tuple(area.districts.total_bounds), width, height)
    colors = np.array([classes.colors[i] for i in classes.index], dtype=object)
    top = ((rooms["rank"] > 0) & (rooms["rank"] <= BEST)).to_numpy()
    with canvas(box, width, height) as (figure, axes):
        draw_base(axes, area)
        _fill(axes, findings, shown)
        draw_boroughs(axes, area)
        draw_sites(axes, area, t)
        rest = rooms[~top]
        axes.scatter(
            rest["x"], rest["y"], s=9, c=list(colors[~top]), edgecolors="#3d2015", linewidths=0.4, zorder=5
        )
        marks = letter_sites(axes, area, box)
        if top.any():
            best = list(colors[top])
            points = rooms.loc[top, ["x", "y"]].to_numpy(dtype=np.float64)
            inks = [ink(color) for color in best]
            placed = draw_best(axes, points, rooms.loc[top, "rank"].tolist(), best, inks, fixed=marks)
            marks = np.concatenate([marks, placed])
        name_boroughs(axes, area, marks)
        draw_scale(axes, t, box)
        drawing = Drawing(svg_of(figure), t("sheet.alt.ranking", area=area.name))
    swatches = _swatches(classes.colors, classes.labels)
    legend = [
        {"title": t("map.candidates_score"), "note": "", "rows": [one | {"mark": "dot"} for one in swatches]},
        {
            "title": shown.title, "note": unit_note(t, shown),
            "rows": _swatches(shown.classes.colors, shown.classes.labels),
        },
        {"title": t("map.sites"), "note": "", "rows": _site_rows(findings, t)},
    ]  # fmt: skip
    return _sheet(
        findings, t, paper, "ranking", t("sheet.ranking", area=area.name), drawing,
        legend=legend, rows=_best_rows(findings, t), list_title=t("map.best", best=int(top.sum())),
    )  # fmt: skip


def _best_rows(findings: Findings, t: Translator) -> list[dict[str, str]]:
    scores = findings.evaluation.scores
    ids = list(scores.rank.sort_values(kind="stable").index[:BEST])
    table = findings.area.candidates.set_index("candidate_id", drop=False).loc[ids]
    boroughs = district_names(findings.area, "borough")
    return [
        {
            "number": str(int(scores.rank[name])),
            "name": shown,
            "place": " · ".join(
                filter(None, (boroughs.get(str(key), ""), t.number(float(scores.total[name]), 1)))
            ),
        }
        for name, shown, key, total in zip(
            ids, room_names(t, table), table["borough"], scores.total.loc[ids], strict=True
        )
    ]


def _document(sheets: Sequence[Sheet], t: Translator, title: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    drawings = {name: content for sheet in sheets for name, content in sheet.drawings.items()}
    return {"lang": t.language, "title": title, "sheets": [sheet.data for sheet in sheets]}, drawings


def sheets_pdf(findings: Findings, sheets: Sequence[Sheet], t: Translator, title: str) -> bytes:
    """Return sheets as one document with a bookmark and a page number each."""
    data, drawings = _document(sheets, t, title)
    return pdf("map", data | _dated(findings), drawings)


def sheet_png(findings: Findings, sheet: Sheet, t: Translator) -> bytes:
    """Return a sheet as a picture, 300 dots per inch."""
    data, drawings = _document([sheet], t, sheet.title)
    return png("map", data | _dated(findings), drawings)[0]


def _dated(findings: Findings) -> dict[str, Any]:
    date = findings.date
    return {"date": {"year": date.year, "month": date.month, "day": date.day}}
