"""The bodies of printed maps as SVG whose text stays text."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.patheffects import Stroke

from planning.render.classes import DOTTED
from planning.render.geometry import display_districts
from planning.render.print_parts import (
    INK,
    draw_areas,
    draw_base,
    draw_best,
    draw_boroughs,
    draw_scale,
    draw_sites,
    name_boroughs,
)
from planning.render.typeset import FONT, fonts_folder
from planning.render.view import located_sites

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.render.findings import Findings

Box = tuple[float, float, float, float]
When = Literal["before", "after", "plan"]

MM = 25.4
ROOM, ROOM_INK = "#4b2a7b", "#ffffff"
COVER = {"none": "#eef1f2", "before": "#8cc3d9", "new": "#4b2a7b", "beyond": "#e0954f"}
HATCHES = {"none": "", "before": "", "new": "", "beyond": "/////"}
"""Newly covered cells are dark, those out of reach striped: both differ in grey print, too."""
_INK = {DOTTED: "#5b646b"}
REACH_EDGE = "#4b2a7b"
_STYLE: dict[Any, Any] = {
    "font.family": FONT,
    "svg.fonttype": "none",
    "svg.hashsalt": "planning",
    "axes.unicode_minus": False,
    "hatch.linewidth": 0.5,
}
_HALO = 2.2
_MISSING = "□"
_LETTERS, _BESIDE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 8.5


@dataclass(frozen=True)
class Drawing:
    """An SVG and what it shows in words."""

    svg: bytes
    alt: str


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(FT2Font(str(Path(fonts_folder()) / "DejaVuSans.ttf")).get_charmap())


def drawable(text: str) -> str:
    """Return a text in which characters that the font lacks are empty boxes."""
    known = _glyphs()
    return "".join(
        one if ord(one) in known else _MISSING for one in text if one.isprintable() or one == "\u00a0"
    )


def framed(bounds: Box, width: float, height: float, margin: float = 0.03) -> Box:
    """Return bounds with a margin, widened to the proportions of a drawing."""
    west, south, east, north = bounds
    around = margin * max(east - west, north - south, 1.0)
    west, south, east, north = west - around, south - around, east + around, north + around
    wide, high = east - west, north - south
    if wide / high < width / height:
        extra = (high * width / height - wide) / 2
        return west - extra, south, east + extra, north
    extra = (wide * height / width - high) / 2
    return west, south - extra, east, north + extra


@contextmanager
def canvas(bounds: Box, width_mm: float, height_mm: float) -> Iterator[tuple[Figure, Axes]]:
    """Give a figure of a size on paper whose only axes show a box of the area, in metres."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width_mm / MM, height_mm / MM), facecolor="white")
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0, 0, 1, 1), facecolor="#f5f3ee")
        axes.set(
            xlim=(bounds[0], bounds[2]), ylim=(bounds[1], bounds[3]), xticks=[], yticks=[], aspect="equal"
        )
        for spine in axes.spines.values():
            spine.set_color("#b6c3ca")
        yield figure, axes


def svg_of(figure: Figure) -> bytes:
    """Return a figure as SVG, the same bytes for the same figure."""
    for axes in figure.axes:
        for text in list(axes.texts):
            _lay_halo(axes, text)
    with mpl.rc_context(_STYLE):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _lay_halo(axes: Axes, text: Text) -> None:
    """Put the halo of a text below it as a drawing of its own, so that the text itself stays text."""
    text.set_text(drawable(text.get_text().replace(r"\$", "$")).replace("$", r"\$"))
    if not text.get_path_effects() or type(text).__name__ != "Text":
        return
    text.set_path_effects([])
    halo = axes.text(
        *text.get_position(),
        text.get_text(),
        size=text.get_fontsize(),
        weight=text.get_fontweight(),
        ha=text.get_horizontalalignment(),
        va=text.get_verticalalignment(),
        color="white",
        zorder=text.get_zorder() - 0.01,
    )
    halo.set_path_effects([Stroke(linewidth=_HALO, foreground="white")])


def clipped_area(area: StudyArea, box: Box) -> StudyArea:
    """Return the area with only that part of the base map that a box shows."""
    shown = shapely.box(*box)
    base = area.basemap[area.basemap.intersects(shown)]
    return replace(area, basemap=base.assign(geometry=base.geometry.intersection(shown)))


def draw_classes(
    axes: Axes,
    geometry: NDArray[np.object_],
    index: NDArray[np.int64],
    colors: Sequence[str],
    hatches: Sequence[str],
    *,
    alpha: float = 0.85,
    edge: str = "none",
) -> None:
    """Fill areas by class; those of a class are one shape."""
    for number, color in enumerate(colors):
        members = geometry[index == number]
        if not len(members):
            continue
        whole = members if edge != "none" else [shapely.union_all(members)]
        draw_areas(axes, whole, order=2, facecolor=color, edgecolor=edge, linewidth=0.5, alpha=alpha)
        if number < len(hatches) and hatches[number]:
            draw_areas(
                axes, [shapely.union_all(members)], order=2.05,
                facecolor="none", edgecolor=_INK.get(hatches[number], "#5d3a12"), linewidth=0,
                hatch=hatches[number],
            )  # fmt: skip


def cover_index(findings: Findings, when: When) -> NDArray[np.int64]:
    """Return the class of each cell: no need, covered before, newly, out of reach (0-3)."""
    before, after = findings.covered_before, findings.covered_after
    if when == "before":
        after = before
    if when == "after":
        before = after
    return np.select([findings.evaluation.need <= 0, before, after], [0, 1, 2], 3).astype(np.int64)


def cells_in(findings: Findings, box: Box) -> NDArray[np.bool_]:
    """Return which cells a box shows."""
    cells = findings.area.cells
    x, y = cells["x"].to_numpy(), cells["y"].to_numpy()
    return np.asarray((x > box[0] - 100) & (x < box[2] + 100) & (y > box[1] - 100) & (y < box[3] + 100))


def draw_cover(axes: Axes, findings: Findings, box: Box, when: When) -> None:
    """Draw which cells are covered."""
    inside = cells_in(findings, box)
    geometry = findings.area.cells.geometry.to_numpy()[inside]
    index = cover_index(findings, when)[inside]
    draw_classes(axes, geometry, index, [*COVER.values()], [*HATCHES.values()])


def room_points(findings: Findings, ids: Sequence[str]) -> NDArray[np.float64]:
    """Return where candidates are, shape (ids, 2), in metres."""
    rooms = findings.area.candidates.set_index("candidate_id").loc[list(ids), ["x", "y"]]
    return np.asarray(rooms.to_numpy(dtype=np.float64).reshape(-1, 2))


def site_letters(area: StudyArea) -> dict[str, str]:
    """Return a letter for each site that is drawn, by ``site_id``: A to Z, then AA to ZZ."""
    ids = located_sites(area)["site_id"].tolist()
    count = len(_LETTERS)
    return {
        name: (_LETTERS[place // count - 1] if place >= count else "") + _LETTERS[place % count]
        for place, name in enumerate(ids)
    }


def letter_sites(axes: Axes, area: StudyArea, box: Box) -> NDArray[np.float64]:
    """Write the letter of each site beside its sign; return where signs and letters stand."""
    sites = located_sites(area)
    spots: NDArray[np.float64] = np.asarray(sites[["x", "y"]], dtype=np.float64).reshape(-1, 2)
    points = np.ptp(axes.get_xlim()) / (axes.get_window_extent().width * 72 / axes.figure.dpi)
    beside = spots + np.array([_BESIDE * points, 0.0])
    letters = site_letters(area)
    for name, (x, y), shown in zip(sites["site_id"], beside, inside(beside, box), strict=True):
        if shown:
            axes.text(
                x, y, letters[name], size=6.5, weight="bold", color=INK, ha="center", va="center_baseline",
                zorder=7.2, path_effects=[Stroke(linewidth=_HALO, foreground="white")],
            )  # fmt: skip
    return np.concatenate([spots, beside])


def draw_rooms(axes: Axes, findings: Findings, box: Box) -> NDArray[np.float64]:
    """Letter the sites and draw the rooms of the plan by number; return where signs and letters stand."""
    sites = letter_sites(axes, findings.area, box)
    points = room_points(findings, findings.rooms)
    if not len(points):
        return sites
    shown = inside(points, box)
    numbers = [number for number, is_shown in enumerate(shown, start=1) if is_shown]
    if not numbers:
        return sites
    count = len(numbers)
    placed = draw_best(
        axes, points[shown], numbers, [ROOM] * count, [ROOM_INK] * count, fixed=sites[inside(sites, box)]
    )
    return np.concatenate([sites, placed])


def inside(points: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    """Return which of the points, shape (points, 2), a box shows."""
    x, y = points.reshape(-1, 2).T
    return np.asarray((x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3]))


def plan_map(
    findings: Findings,
    t: Translator,
    *,
    width_mm: float,
    height_mm: float,
    when: When = "plan",
    labels: bool = True,
) -> Drawing:
    """Draw the whole city: which need is covered before, newly or not, rooms by number, sites by shape.

    Parameters
    ----------
    when
        ``plan`` tells before and newly apart; ``before`` and ``after`` show one state.
    labels
        Names of boroughs, scale and north arrow.
    """
    area = findings.area
    box = framed(tuple(area.districts.total_bounds), width_mm, height_mm)
    with canvas(box, width_mm, height_mm) as (figure, axes):
        if labels:
            draw_base(axes, area)
        draw_cover(axes, findings, box, when)
        draw_boroughs(axes, area)
        if labels:
            draw_sites(axes, area, box)
            marks = draw_rooms(axes, findings, box) if when != "before" else room_points(findings, ())
            name_boroughs(axes, area, marks)
            draw_scale(axes, t, box)
        else:
            _dots(axes, findings, with_rooms=when != "before")
        effect = findings.effect
        share = None if effect is None else (effect.before if when == "before" else effect.after).share
        alt = t(
            "sheet.alt.plan",
            area=area.name,
            rooms=len(findings.rooms) if when != "before" else 0,
            share=t.share(share, 1),
        )
        return Drawing(svg_of(figure), alt)


def _dots(axes: Axes, findings: Findings, *, with_rooms: bool) -> None:
    sites = located_sites(findings.area)
    axes.plot(sites["x"], sites["y"], "s", markersize=2.6, color=INK, linestyle="none", zorder=6)
    if with_rooms and findings.rooms:
        points = room_points(findings, findings.rooms)
        axes.plot(
            *points.T, "o", markersize=3.2, color=ROOM, markeredgecolor="white", markeredgewidth=0.4,
            linestyle="none", zorder=6,
        )  # fmt: skip


def locator_map(
    findings: Findings, t: Translator, candidate_id: str, *, width_mm: float, height_mm: float
) -> Drawing:
    """Draw the outline of the city with its boroughs, one of them filled, and where a room is."""
    rooms = findings.area.candidates.set_index("candidate_id")
    key = rooms.loc[candidate_id, "borough"]
    x, y = room_points(findings, [candidate_id])[0]
    return borough_locator(findings, t, str(key), width_mm=width_mm, height_mm=height_mm, point=(x, y))


def borough_locator(
    findings: Findings,
    t: Translator,
    borough: str,
    *,
    width_mm: float,
    height_mm: float,
    point: tuple[float, float] | None = None,
) -> Drawing:
    """Draw the outline of the city with one borough filled, and a point in it."""
    area = findings.area
    boroughs = display_districts(area, "borough")
    box = framed(tuple(area.districts.total_bounds), width_mm, height_mm)
    with canvas(box, width_mm, height_mm) as (figure, axes):
        draw_areas(axes, boroughs.geometry, order=1, facecolor="white", edgecolor="#7d8b93", linewidth=0.5)
        chosen: gpd.GeoDataFrame = boroughs[boroughs["key"] == borough]
        draw_areas(axes, chosen.geometry, order=2, facecolor="#b9d6e6", edgecolor=INK, linewidth=0.9)
        if point is not None:
            axes.plot(*point, "o", markersize=5, color=ROOM, markeredgecolor="white", zorder=5)
        name = "".join(chosen["name"].astype(str))
        return Drawing(svg_of(figure), t("sheet.alt.locator", borough=name, area=area.name))
