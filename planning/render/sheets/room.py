"""The surroundings of one room: the area within its reach, streets, stops, sites and other rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from planning.render.labels import room_name
from planning.render.print_parts import (
    INK,
    draw_areas,
    draw_base,
    draw_boroughs,
    draw_lines,
    draw_scale,
    draw_sites,
)
from planning.render.sheets.drawing import (
    REACH_EDGE,
    ROOM,
    Drawing,
    canvas,
    clipped_area,
    draw_cover,
    framed,
    inside,
    room_points,
    svg_of,
)
from planning.render.view import without_specks

if TYPE_CHECKING:
    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.render.sheets.drawing import Box

_AROUND_M = 700.0
_STOP: dict[str, Any] = {
    "marker": "P", "markersize": 4.5, "color": "#1c2a33", "markeredgecolor": "white", "markeredgewidth": 0.5,
    "linestyle": "none", "zorder": 5.2,
}  # fmt: skip


def room_map(
    findings: Findings, t: Translator, candidate_id: str, *, width_mm: float, height_mm: float
) -> Drawing:
    """Draw what lies around a room: streets, the area within reach, coverage before, stops, sites, rooms."""
    area = findings.area
    x, y = room_points(findings, [candidate_id])[0]
    reach = without_specks(findings.reach_of(candidate_id))
    near = shapely.Point(x, y).buffer(_AROUND_M)
    shown = near if reach.is_empty else shapely.union(near, reach)
    box = framed(tuple(shown.bounds), width_mm, height_mm, margin=0.04)
    with canvas(box, width_mm, height_mm) as (figure, axes):
        draw_base(axes, clipped_area(area, box))
        _streets(axes, findings, box)
        draw_cover(axes, findings, box, "before")
        if not reach.is_empty:
            style: dict[str, Any] = {"facecolor": REACH_EDGE, "alpha": 0.10, "edgecolor": "none"}
            draw_areas(axes, shapely.get_parts(reach), order=2.5, **style)
            edge: dict[str, Any] = {"facecolor": "none", "edgecolor": REACH_EDGE, "linewidth": 1.2}
            draw_areas(axes, shapely.get_parts(reach), order=2.6, **edge)
        draw_boroughs(axes, area)
        stops = area.stops.cx[box[0] : box[2], box[1] : box[3]]
        axes.plot(stops.geometry.x, stops.geometry.y, **_STOP)
        draw_sites(axes, area, box)
        _others(axes, findings, candidate_id, box)
        axes.plot(x, y, "o", markersize=9, color=ROOM, markeredgecolor="white", markeredgewidth=1.2, zorder=9)
        draw_scale(axes, t, box)
        room = area.candidates.set_index("candidate_id").loc[candidate_id]
        alt = t("sheet.alt.room", name=room_name(t, room), minutes=findings.scenario.minutes)
        return Drawing(svg_of(figure), alt)


def _streets(axes: Any, findings: Findings, box: Box) -> None:
    lines = findings.network.lines
    shown = lines[shapely.intersects(lines, shapely.box(*box))]
    draw_lines(axes, shown, "#c9c3ba", 0.45, 1.8)


def _others(axes: Any, findings: Findings, candidate_id: str, box: Box) -> None:
    others = [name for name in findings.rooms if name != candidate_id]
    points = room_points(findings, others)
    for name, (x, y), shown in zip(others, points, inside(points, box), strict=True):
        if not shown:
            continue
        number = findings.rooms.index(name) + 1
        axes.plot(x, y, "o", markersize=9, color="white", markeredgecolor=ROOM, zorder=8)
        axes.text(
            x, y, str(number), size=6, color=INK, ha="center", va="center_baseline", zorder=8.1, clip_on=True
        )
