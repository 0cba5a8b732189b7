"""Pieces of the printed map: base map, districts, markers that do not hide each other, scale bar, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import PatchCollection, PathCollection
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from planning.render.geometry import display_districts
from planning.render.labels import text_of
from planning.render.placing import place_labels, spread
from planning.render.view import located_sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator

    Handle = tuple[Artist, str]
    Bounds = tuple[float, float, float, float]
    Ground = tuple[tuple[float, float], tuple[float, float]]

ACCENT, INK, QUIET, OUTLINE = "#00587a", "#1c2a33", "#4a5a63", "#3d2015"
SITE_MARKERS = {"office": "s", "dependance": "^", "outreach": "D"}
_FILLS = {
    "forest": "#d3e3cd", "park": "#dcead4", "farmland": "#f2f0e3", "industrial": "#e2dfe3", "green":
    "#e3edd9", "builtup": "#e9e6e1", "water": "#b9d6e6",
}  # fmt: skip
_LINES = {
    "waterways": ("#a5cade", 0.8), "railways": ("#a9a5a0", 0.5), "roads": ("#d5cfc6", 0.5), "motorway":
    ("#dcb483", 1.3),
}  # fmt: skip
_ORDER = ("green", "builtup", "water", "waterways", "railways", "roads")
_HALO = [withStroke(linewidth=2.2, foreground="white")]
_LABEL: dict[str, Any] = {"size": 7.5, "color": INK, "ha": "center", "path_effects": _HALO}
_MARKER_POINTS, _SIGNS_FROM = 12, 6
_ENOUGH = 0.02
_SCALE_STEPS_KM = (10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1)


def _outline(polygon: shapely.Polygon) -> Outline:
    rings = [polygon.exterior, *polygon.interiors]
    return Outline.make_compound_path(
        *(Outline(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings)
    )


def _patches(geometries: Iterable[shapely.Geometry]) -> list[PathPatch]:
    polygons = [
        part
        for geometry in geometries
        for part in getattr(geometry, "geoms", [geometry])
        if part.geom_type == "Polygon" and not part.is_empty
    ]
    return [PathPatch(_outline(polygon)) for polygon in polygons]


def draw_areas(axes: Axes, geometries: Iterable[shapely.Geometry], *, order: float, **style: Any) -> None:
    """Fill or outline polygons in one pass."""
    axes.add_collection(PatchCollection(_patches(geometries), zorder=order, **style))


def draw_lines(
    axes: Axes, geometries: Iterable[shapely.Geometry], color: str, width: float, order: float
) -> None:
    """Draw lines in one pass."""
    lines = [
        part
        for geometry in geometries
        for part in getattr(geometry, "geoms", [geometry])
        if not part.is_empty
    ]
    outlines = [Outline(np.asarray(line.coords)[:, :2]) for line in lines]
    axes.add_collection(
        PathCollection(
            outlines, facecolors="none", edgecolors=color, linewidths=width, zorder=order, capstyle="round"
        )
    )


def draw_base(axes: Axes, area: StudyArea) -> None:
    """Draw the base map."""
    for layer in _ORDER:
        found = area.basemap[area.basemap["layer"] == layer]
        for name, group in found.groupby(found["class"].fillna(""), sort=True):
            if layer in _FILLS:
                color = _FILLS.get(str(name), _FILLS[layer])
                draw_areas(axes, group.geometry, order=1, facecolor=color, edgecolor="none")
            else:
                color, width = _LINES.get(str(name), _LINES[layer])
                draw_lines(axes, group.geometry, color, width, 1.5)


def draw_boroughs(axes: Axes, area: StudyArea) -> None:
    """Draw borough borders."""
    boroughs = display_districts(area, "borough")
    draw_areas(axes, boroughs.geometry, order=3, facecolor="none", edgecolor="white", linewidth=2.2)
    draw_areas(axes, boroughs.geometry, order=3.1, facecolor="none", edgecolor="#2b3a42", linewidth=1.0)


def name_boroughs(
    axes: Axes,
    area: StudyArea,
    markers: NDArray[np.float64],
    *,
    box: tuple[float, float, float, float] | None = None,
) -> None:
    """Write the names of the boroughs where no marker (shape (markers, 2), metres) hides them.

    With a ``box``, only those that show enough of themselves in it.
    """
    boroughs = display_districts(area, "borough")
    if box is not None:
        shown = boroughs.geometry.intersection(shapely.box(*box).buffer(-0.04 * (box[2] - box[0])))
        enough = shown.area > _ENOUGH * (box[2] - box[0]) * (box[3] - box[1])
        boroughs = boroughs.assign(geometry=shown)[enough].reset_index(drop=True)
    texts = [
        axes.text(0, 0, plain(name), weight="bold", va="center", zorder=5.5, **_LABEL)
        for name in boroughs["name"]
    ]
    if not texts:
        return
    boxes = [text.get_window_extent() for text in texts]
    metres = np.ptp(axes.get_xlim()) / axes.get_window_extent().width
    sizes = np.array([(box.width, box.height) for box in boxes]) * metres
    radius = axes.figure.dpi * _MARKER_POINTS / 72 / 2 * metres
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    markers = np.concatenate([markers, _covered_points(axes, (west, south, east, north), 2 * radius)])
    for text, place in zip(texts, place_labels(list(boroughs.geometry), sizes, markers, radius), strict=True):
        text.set_position(place)


def draw_sites(axes: Axes, area: StudyArea, box: tuple[float, float, float, float]) -> None:
    """Draw the existing sites that a box shows by shape; those not known to be open are hollow."""
    sites = located_sites(area).cx[box[0] : box[2], box[1] : box[3]]
    for kind, marker in SITE_MARKERS.items():
        for is_open in (True, False):
            rows = sites[(sites["kind"] == kind) & ((sites["status"] == "open") == is_open)]
            if rows.empty:
                continue
            style: dict[str, Any] = {
                "marker": marker,
                "markersize": 7.5 if marker != "D" else 6,
                "markerfacecolor": ACCENT if is_open else "white",
                "markeredgecolor": "white" if is_open else "#00303f",
                "markeredgewidth": 0.9 if is_open else 1.4,
            }
            axes.plot(rows["x"], rows["y"], zorder=6, linestyle="none", **style)


def draw_best(
    axes: Axes,
    points: NDArray[np.float64],
    ranks: Sequence[int],
    colors: Sequence[str],
    inks: Sequence[str],
    *,
    fixed: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Draw the best candidates as numbered circles, moved off each other and off ``fixed`` points.

    Returns
    -------
    ndarray
        Shape (points, 2): where they stand.
    """
    transform = axes.transData
    size = axes.figure.dpi * _MARKER_POINTS / 72
    pixels = transform.transform(points)
    placed = transform.inverted().transform(spread(pixels, size, transform.transform(fixed)))
    moved = np.hypot(*(transform.transform(placed) - pixels).T) > size / 4
    for (x, y), (px, py), is_moved in zip(points, placed, moved, strict=True):
        if is_moved:
            axes.plot([x, px], [y, py], color="white", linewidth=2.0, zorder=6.8)
            axes.plot([x, px], [y, py], color=OUTLINE, linewidth=0.8, zorder=6.9)
            axes.plot([x], [y], marker="o", markersize=2.6, color=OUTLINE, zorder=6.9)
    for (x, y), rank, color, ink in zip(placed, ranks, colors, inks, strict=True):
        axes.plot(
            [x], [y], marker="o", markersize=11, markerfacecolor=color, markeredgecolor="white", zorder=7
        )
        axes.text(
            x, y, str(rank), size=6.5, weight="bold", color=ink, ha="center", va="center_baseline", zorder=7.1
        )
    return np.asarray(placed, dtype=np.float64)


def _scale_km(width: float) -> float:
    return next((km for km in _SCALE_STEPS_KM if km * 1000 <= width / 4), _SCALE_STEPS_KM[-1])


def _signs(axes: Axes) -> NDArray[np.float64]:
    """Return where signs of sites and rooms stand, shape (signs, 2), metres."""
    found = [
        line.get_xydata()
        for line in axes.lines
        if line.get_marker() not in {"None", "none", "", " "} and line.get_zorder() >= _SIGNS_FROM
    ]
    return np.concatenate([np.empty((0, 2)), *found])


def _grounds(axes: Axes, bounds: Bounds) -> tuple[Ground, Ground]:
    """Return what scale bar and north arrow stand on: left, or right where signs stand on the left only."""
    left, bottom, right, top = bounds
    width, height = right - left, top - bottom
    scale = (_scale_km(width) * 1000 + width * 0.06, 0.06 * max(height, width / 2))
    signs = _signs(axes)
    radius = axes.figure.dpi * _MARKER_POINTS / 72 / 2 * width / axes.get_window_extent().width
    found = []
    for inset, y, (wide, high) in (
        (0.015, bottom + height * 0.018, scale),
        (0.02, top - height * 0.145, (width * 0.05, height * 0.13)),
    ):
        sides = [left + width * inset, right - width * inset - wide]
        taken = [
            bool(
                np.any(
                    (np.abs(signs[:, 0] - x - wide / 2) < wide / 2 + radius)
                    & (np.abs(signs[:, 1] - y - high / 2) < high / 2 + radius)
                )
            )
            for x in sides
        ]
        found.append(((sides[taken[0] and not taken[1]], y), (wide, high)))
    return found[0], found[1]


def _covered_points(axes: Axes, bounds: Bounds, step: float) -> NDArray[np.float64]:
    """Return points, shape (points, 2), at most ``step`` apart all over what scale and arrow stand on."""
    points = []
    for (x, y), (wide, high) in _grounds(axes, bounds):
        across, up = (np.linspace(0, size, int(size // step) + 2) for size in (wide, high))
        points += [(x + dx, y + dy) for dx in across for dy in up]
    return np.array(points)


def draw_scale(axes: Axes, t: Translator, bounds: Bounds) -> None:
    """Draw a scale bar below and a north arrow above, on the left unless signs stand there."""
    left, bottom, right, top = bounds
    width, height = right - left, top - bottom
    scale, arrow = _grounds(axes, bounds)
    for corner, size in (scale, arrow):
        backing: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "alpha": 0.72, "zorder": 7.9}
        axes.add_patch(Rectangle(corner, *size, **backing))
    length, x, y = _scale_km(width), scale[0][0] + width * 0.015, bottom + height * 0.03
    half: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.7, "zorder": 8}
    for number, color in enumerate((INK, "white")):
        start = (x + number * length * 500, y)
        axes.add_patch(Rectangle(start, length * 500, height * 0.008, facecolor=color, **half))
    label = t.number(length, 0 if length >= 1 else 1, "km")
    axes.text(x + length * 1000, y + height * 0.014, label, va="bottom", zorder=8, **_LABEL)
    axes.text(x, y + height * 0.014, "0", va="bottom", zorder=8, **_LABEL)
    middle, tip = arrow[0][0] + width * 0.025, top - height * 0.03
    axes.annotate(
        t("map.north"),
        (middle, tip),
        (middle, tip - height * 0.075),
        zorder=8,
        va="center",
        weight="bold",
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.4},
        **{**_LABEL, "size": 9},
    )


def plain(text: object) -> str:
    """Return a text that matplotlib draws letter by letter: a dollar sign would start a formula."""
    return text_of(text).replace("$", r"\$")
