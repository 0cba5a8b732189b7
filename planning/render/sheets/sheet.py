"""The maps for paper: the plan, a borough, an indicator, the candidates by score."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planning.render.classes import ink
from planning.render.geometry import display_districts
from planning.render.indicators import choropleth
from planning.render.labels import district_names, room_names, text_of
from planning.render.print_parts import (
    draw_areas,
    draw_base,
    draw_best,
    draw_boroughs,
    draw_scale,
    draw_sites,
    name_boroughs,
)
from planning.render.setting_words import scenario_lines
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
    svg_of,
)
from planning.render.sheets.paper import class_legend, made_sheet, site_rows, swatches
from planning.render.view import MapView, drawn_candidates, score_classes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from planning.i18n import Translator
    from planning.render.classes import Classes
    from planning.render.findings import Findings, Scored
    from planning.render.indicators import Choropleth
    from planning.render.sheets.drawing import Box, When
    from planning.render.sheets.paper import Paper, Sheet
    from planning.siting import Figures

BEST = 14


def _cover_legend(findings: Findings, t: Translator) -> list[dict[str, Any]]:
    labels = [t(f"plan.map.{name}") for name in COVER]
    keep = range(len(labels)) if findings.rooms else (0, 1, 3)
    colors, hatches = [*COVER.values()], [*HATCHES.values()]
    rows = swatches([colors[i] for i in keep], [labels[i] for i in keep], [hatches[i] for i in keep])
    signs = site_rows(findings, t)
    if findings.rooms:
        signs.append({"mark": "number", "label": t("plan.map.rooms"), "color": COVER["new"], "pattern": ""})
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
    return made_sheet(
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
        draw_sites(axes, area, box)
        name_boroughs(axes, area, draw_rooms(axes, findings, box), box=box)
        draw_scale(axes, t, box)
        drawing = Drawing(svg_of(figure), t("sheet.alt.borough", borough=borough["name"]))
    rooms = area.candidates.set_index("candidate_id").loc[list(findings.rooms), "borough"]
    inside = [str(name) for name in rooms.index[rooms == borough_key]]
    locator = borough_locator(findings, t, borough_key, width_mm=36, height_mm=27)
    return made_sheet(
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
        draw_sites(axes, area, box)
        name_boroughs(axes, area, letter_sites(axes, area, box))
        draw_scale(axes, t, box)
        drawing = Drawing(svg_of(figure), t("sheet.alt.indicator", title=shown.title, area=area.name))
    legend = [
        class_legend(shown, t),
        {"title": t("map.sites"), "note": "", "rows": site_rows(findings, t)},
    ]
    title = t("sheet.indicator", title=shown.title, area=area.name)
    return made_sheet(
        findings, t, paper, f"{indicator}-{level}".replace("_", "-"), title, drawing, legend=legend
    )


def _fill(axes: Any, findings: Scored, shown: Choropleth) -> None:
    cells = shown.level == "cell"
    frame = findings.area.cells if cells else display_districts(findings.area, shown.level)
    draw_classes(
        axes, frame.geometry.to_numpy(), shown.classes.index, shown.classes.colors, shown.classes.hatches,
        alpha=shown.opacity, edge="none" if cells else "white",
    )  # fmt: skip


def ranking_sheet(findings: Scored, t: Translator, paper: Paper, view: MapView | None = None) -> Sheet:
    """Return the map of the candidates by score, the best of them numbered and listed.

    Parameters
    ----------
    view
        The indicator below the candidates and how many are numbered; by default need by cell.
    """
    area, scores = findings.area, findings.evaluation.scores
    view = replace(
        view or MapView(best=BEST), need=findings.evaluation.need, score=scores.total, rank=scores.rank
    )
    rooms = drawn_candidates(area, view)
    classes = score_classes(t, rooms)
    shown = None
    if view.indicator is not None:
        shown = choropleth(area, t, view.indicator, view.level, need=view.need, covered=view.covered)
    width, height = paper.map_mm
    box = framed(tuple(area.districts.total_bounds), width, height)
    with canvas(box, width, height) as (figure, axes):
        draw_base(axes, area)
        if shown is not None:
            _fill(axes, findings, shown)
        draw_boroughs(axes, area)
        draw_sites(axes, area, box)
        name_boroughs(axes, area, _ranked(axes, findings, rooms, classes, view.best, box))
        draw_scale(axes, t, box)
        drawing = Drawing(svg_of(figure), t("sheet.alt.ranking", area=area.name))
    legend = [
        {
            "title": t("map.candidates_score"), "note": "",
            "rows": [one | {"mark": "dot"} for one in swatches(classes.colors, classes.labels)],
        },
        *([] if shown is None else [class_legend(shown, t)]),
        {"title": t("map.sites"), "note": "", "rows": site_rows(findings, t)},
    ]  # fmt: skip
    rows = _best_rows(findings, t, rooms, view.best)
    return made_sheet(
        findings, t, paper, "ranking", t("sheet.ranking", area=area.name), drawing,
        legend=legend, rows=rows, list_title=t("map.best", best=len(rows)),
        settings=" · ".join(scenario_lines(findings.scenario, findings.evaluation, t)),
    )  # fmt: skip


def _ranked(
    axes: Axes, findings: Scored, rooms: gpd.GeoDataFrame, classes: Classes, best: int, box: Box
) -> NDArray[np.float64]:
    """Draw the candidates, the best by number; return where signs and letters stand."""
    colors = np.array([classes.colors[i] for i in classes.index], dtype=object)
    top = rooms["rank"].between(1, best).to_numpy()
    rest = rooms[~top]
    axes.scatter(
        rest["x"], rest["y"], s=9, c=list(colors[~top]), edgecolors="#3d2015", linewidths=0.4, zorder=5
    )
    marks = letter_sites(axes, findings.area, box)
    if not top.any():
        return marks
    shades = list(colors[top])
    points = rooms.loc[top, ["x", "y"]].to_numpy(dtype=np.float64)
    inks = [ink(color) for color in shades]
    placed = draw_best(axes, points, rooms.loc[top, "rank"].tolist(), shades, inks, fixed=marks)
    return np.concatenate([marks, placed])


def _best_rows(findings: Scored, t: Translator, rooms: gpd.GeoDataFrame, best: int) -> list[dict[str, str]]:
    top = rooms[rooms["rank"].between(1, best)].sort_values("rank", kind="stable")
    boroughs = district_names(findings.area, "borough")
    return [
        {
            "number": str(room["rank"]),
            "name": name,
            "place": " · ".join(
                filter(None, (boroughs.get(str(room["borough"]), ""), t.number(float(room["score"]), 1)))
            ),
        }
        for room, name in zip(top.to_dict("records"), room_names(t, top), strict=True)
    ]
