"""The map for paper: one A4 page with map, legend, the best candidates, scenario and sources."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from planning.render.classes import Classes, ink
from planning.render.indicators import choropleth, unit_note
from planning.render.labels import district_names, room_names
from planning.render.print_parts import (
    ACCENT,
    INK,
    QUIET,
    class_handles,
    draw_base,
    draw_best,
    draw_boroughs,
    draw_choropleth,
    draw_scale,
    draw_sites,
    name_boroughs,
    plain,
    wrapped,
)
from planning.render.view import drawn_candidates, located_sites, score_classes

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.render.indicators import Choropleth
    from planning.render.print_parts import Handle
    from planning.render.view import MapView

A4_INCHES = (11.69, 8.27)
DPI = 200
_MAP_BOX = (0.02, 0.155, 0.63, 0.755)
_FOOT_TOP, _FOOT_BOTTOM, _FOOT_WIDTH = 0.145, 0.01, 0.96
_FOOT_SIZES, _LINE_SPACING, _CHARACTER_EM = np.arange(5.8, 2.0, -0.1), 1.35, 0.55
_SIDE, _LEGEND_STEP, _LEGEND_TOP, _SITES_BELOW = 0.665, 0.17, 0.40, 0.135
_LEGEND_STYLE: dict[str, Any] = {
    "frameon": False,
    "fontsize": 6.8,
    "title_fontsize": 7.2,
    "alignment": "left",
    "handlelength": 1.6,
    "borderaxespad": 0,
    "labelspacing": 0.35,
}
_MARGIN_SHARE = 0.03
_TABLE_TOP, _TABLE_ROOM = 0.90, 0.475
_ROW, _LINE, _NAME_WIDTH = 0.0335, 0.0145, 52
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "axes.unicode_minus": False,
    "svg.hashsalt": "planning",
}


@dataclass(frozen=True)
class PrintTexts:
    """What is written around the printed map.

    Parameters
    ----------
    title, subtitle
        Head of the page.
    scenario
        The settings behind the result, one line each.
    sources
        Sources, years and licences.
    """

    title: str
    subtitle: str
    scenario: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def _frame(area: StudyArea) -> tuple[float, float, float, float]:
    west, south, east, north = area.districts.total_bounds
    margin = _MARGIN_SHARE * max(east - west, north - south)
    west, south, east, north = west - margin, south - margin, east + margin, north + margin
    wanted = (A4_INCHES[0] * _MAP_BOX[2]) / (A4_INCHES[1] * _MAP_BOX[3])
    width, height = east - west, north - south
    if width / height < wanted:
        extra = (height * wanted - width) / 2
        return west - extra, south, east + extra, north
    extra = (width / wanted - height) / 2
    return west, south - extra, east, north + extra


def _candidates(
    axes: Axes, area: StudyArea, rooms: gpd.GeoDataFrame, classes: Classes | None, best: int
) -> NDArray[np.float64]:
    """Draw the candidates; return where ranks and sites stand."""
    colors = np.array(
        ["#ffffff"] * len(rooms) if classes is None else [classes.colors[i] for i in classes.index]
    )
    ranked = (rooms["rank"] > 0) & (rooms["rank"] <= best)
    rest = ~ranked.to_numpy()
    axes.scatter(
        rooms["x"][rest],
        rooms["y"][rest],
        s=9,
        c=list(colors[rest]),
        edgecolors="#3d2015",
        linewidths=0.4,
        zorder=5,
    )
    top = rooms[ranked]
    sites: NDArray[np.float64] = located_sites(area)[["x", "y"]].to_numpy(dtype=np.float64).reshape(-1, 2)
    if top.empty:
        return sites
    shown = list(colors[ranked.to_numpy()])
    inks = [ink(color) for color in shown]
    ranks = draw_best(axes, top[["x", "y"]].to_numpy(), top["rank"].tolist(), shown, inks, fixed=sites)
    return np.concatenate([sites, ranks])


def _column(figure: Figure, place: tuple[float, float], title: str, handles: list[Handle]) -> None:
    figure.legend(
        [mark for mark, _ in handles],
        [plain(label) for _, label in handles],
        title=plain(title),
        loc="upper left",
        bbox_to_anchor=place,
        **_LEGEND_STYLE,
    )


def _legend(
    figure: Figure, t: Translator, shown: Choropleth | None, classes: Classes | None, signs: list[Handle]
) -> None:
    left, right = (_SIDE, _LEGEND_TOP), (_SIDE + _LEGEND_STEP, _LEGEND_TOP)
    if shown is not None:
        handles = class_handles(shown.classes, opacity=shown.opacity, round_mark=False)
        _column(
            figure, left, f"{wrapped(shown.title, 30, 2)}\n{wrapped(unit_note(t, shown), 34, 3)}", handles
        )
    if classes is not None:
        _column(figure, right, t("map.candidates_score"), class_handles(classes, opacity=1, round_mark=True))
    if signs:
        wrapped_signs: list[Handle] = [(mark, wrapped(label, 26, 2)) for mark, label in signs]
        _column(figure, (right[0], _LEGEND_TOP - _SITES_BELOW), t("map.sites"), wrapped_signs)


def _table(figure: Figure, t: Translator, area: StudyArea, rooms: gpd.GeoDataFrame, best: int) -> None:
    top = rooms[(rooms["rank"] > 0) & (rooms["rank"] <= best)].sort_values("rank")
    figure.text(
        _SIDE, _TABLE_TOP, t("map.best", best=len(top)), size=9.5, weight="bold", color=ACCENT, va="bottom"
    )
    names, boroughs = room_names(t, top), district_names(area, "borough")
    shown = [wrapped(name, _NAME_WIDTH, 2) for name in names]
    needed = sum(_ROW + _LINE * name.count("\n") for name in shown)
    scale = min(1.0, _TABLE_ROOM / needed) if needed else 1.0
    y = _TABLE_TOP - 0.012
    for room, name in zip(top.to_dict("records"), shown, strict=True):
        kind = t(f"data.venue_kind.{room['kind']}")
        place = " · ".join(part for part in (kind, boroughs.get(room["borough"], "")) if part)
        head: dict[str, Any] = {"size": 7.2 * scale, "ha": "right", "va": "top", "color": INK}
        figure.text(0.683, y, str(room["rank"]), weight="bold", **head)
        figure.text(0.982, y, t.number(room["score"], 1), **head)
        figure.text(0.690, y, plain(name), size=7.0 * scale, va="top", color=INK, linespacing=1.2)
        below = y - (_LINE * (1 + name.count("\n"))) * scale
        figure.text(0.690, below, plain(wrapped(place, 62, 1)), size=5.9 * scale, va="top", color=QUIET)
        y -= (_ROW + _LINE * name.count("\n")) * scale


def _foot(figure: Figure, texts: PrintTexts) -> None:
    figure.text(0.02, 0.955, plain(texts.title), size=15, weight="bold", color=ACCENT, va="center")
    figure.text(0.02, 0.927, plain(texts.subtitle), size=8.5, color=QUIET, va="center")
    size, text = _fitted((*texts.scenario, " | ".join(texts.sources)))
    figure.text(0.02, _FOOT_TOP, plain(text), size=size, color=QUIET, va="top", linespacing=_LINE_SPACING)


def _fitted(paragraphs: tuple[str, ...]) -> tuple[float, str]:
    """Return the largest size in points at which all paragraphs fit the foot, and their lines."""
    width, height = (inches * 72 for inches in A4_INCHES)
    size, text = 0.0, ""
    for size in _FOOT_SIZES:
        characters = int(width * _FOOT_WIDTH / (size * _CHARACTER_EM))
        lines = (textwrap.wrap(line, characters, break_on_hyphens=False) for line in paragraphs)
        text = "\n".join("\n".join(line) for line in lines)
        if (text.count("\n") + 1) * size * _LINE_SPACING <= height * (_FOOT_TOP - _FOOT_BOTTOM):
            break
    return float(size), text


def print_map(area: StudyArea, t: Translator, view: MapView, texts: PrintTexts) -> bytes:
    """Draw a view for paper.

    Boroughs, sites, candidates by score and one indicator; the best candidates carry their rank and are
    listed beside the map. The same input gives the same bytes with the same matplotlib.

    Returns
    -------
    bytes
        PNG, A4 landscape, 200 dots per inch.
    """
    rooms = drawn_candidates(area, view)
    classes = None if view.score is None else score_classes(t, rooms)
    shown = None
    if view.indicator is not None:
        shown = choropleth(area, t, view.indicator, view.level, need=view.need, covered=view.covered)
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=A4_INCHES, dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes(_MAP_BOX, facecolor="#f5f3ee")
        frame = _frame(area)
        axes.set(xlim=(frame[0], frame[2]), ylim=(frame[1], frame[3]), xticks=[], yticks=[], aspect="equal")
        for spine in axes.spines.values():
            spine.set_color("#b6c3ca")
        draw_base(axes, area)
        if shown is not None:
            draw_choropleth(axes, area, shown)
        draw_boroughs(axes, area)
        signs = draw_sites(axes, area, t)
        name_boroughs(axes, area, _candidates(axes, area, rooms, classes, view.best))
        draw_scale(axes, t, frame)
        _table(figure, t, area, rooms, view.best)
        _legend(figure, t, shown, classes, signs)
        _foot(figure, texts)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()
