"""Pieces of small maps that stand side by side: pictures inside the page, which need no request."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planning.model import SITE_KINDS
from planning.render.view import located_sites

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator

_SCALE_KM = (5.0, 2.0, 1.0, 0.5, 0.2, 0.1)
_FILLS = {
    "forest": "#d3e3cd", "park": "#dcead4", "farmland": "#f2f0e3", "industrial": "#e2dfe3", "green":
    "#e3edd9", "builtup": "#e9e6e1", "water": "#b9d6e6",
}  # fmt: skip
_LINES = {
    "waterways": ("#a5cade", 1.4), "railways": ("#a9a5a0", 0.8), "roads": ("#fff", 1.6), "motorway":
    ("#dcb483", 2.4),
}  # fmt: skip
_LAYERS = ("green", "builtup", "water", "waterways", "railways", "roads")
_INK, _ACCENT = "#1c2a33", "#00587a"
_SHAPES = {"office": "M-6-6H6V6H-6Z", "dependance": "M0-7.5L7.5 6H-7.5Z", "outreach": "M0-8L8 0L0 8L-8 0Z"}


@dataclass(frozen=True)
class Frame:
    """A piece of the city on a drawing.

    Parameters
    ----------
    left, top
        Metres of the left upper corner.
    scale
        Pixels per metre.
    width, height
        Of the drawing, in pixels.
    """

    left: float
    top: float
    scale: float
    width: int
    height: int

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north in metres."""
        return self.left, self.top - self.height / self.scale, self.left + self.width / self.scale, self.top

    def pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points in metres, shape (n, 2), are on the drawing."""
        return np.column_stack(
            [(points[:, 0] - self.left) * self.scale, (self.top - points[:, 1]) * self.scale]
        )


def image(svg: str, label: str, width: int, height: int) -> str:
    """Return a drawing as an image inside the page; ``label`` says it in words, empty for mere ornament."""
    content = base64.b64encode(svg.encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{content}" width="{width}" height="{height}" '
        f'alt="{escape(label)}">'
    )


def clipped(geometries: Iterable[shapely.Geometry], frame: Frame) -> list[shapely.Geometry]:
    """Return what of geometries in metres is on a drawing, as fine as can be seen there."""
    found = shapely.clip_by_rect(np.array([*geometries, None], dtype=object)[:-1], *frame.box)
    simple = shapely.simplify(found, 0.7 / frame.scale)
    return [one for one in simple if one is not None and not one.is_empty]


def path_of(geometries: Iterable[shapely.Geometry], frame: Frame) -> str:
    """Write polygons and lines as one path in whole and half pixels."""
    parts = shapely.get_parts(np.array([*geometries, None], dtype=object)[:-1])
    areal = shapely.get_dimensions(parts) == 2  # noqa: PLR2004 - polygons
    lines = [*shapely.get_rings(parts[areal]), *parts[shapely.get_dimensions(parts) == 1]]
    written = []
    for line in lines:
        points = np.round(frame.pixels(shapely.get_coordinates(line)) * 2) / 2
        keep = np.r_[True, np.any(np.diff(points, axis=0) != 0, axis=1)]
        written.append("M" + "L".join(f"{x:g} {y:g}" for x, y in points[keep]))
    return "".join(written)


def base_map(area: StudyArea, frame: Frame, layers: tuple[str, ...] = _LAYERS) -> str:
    """Draw what lies below: green, water, roads and the like."""
    drawn = []
    for layer in layers:
        found = area.basemap[area.basemap["layer"] == layer]
        for name, group in found.groupby(found["class"].fillna(""), sort=True):
            path = path_of(clipped(group.geometry, frame), frame)
            if not path:
                continue
            if layer in _FILLS:
                color = _FILLS.get(str(name), _FILLS[layer])
                drawn.append(f'<path d="{path}" fill="{color}" fill-rule="evenodd"/>')
            else:
                color, width = _LINES.get(str(name), _LINES[layer])
                edge = ""
                if layer == "roads":
                    edge = f'<path d="{path}" fill="none" stroke="#bdb5a9" stroke-width="{width + 1.2}"/>'
                drawn.append(f'{edge}<path d="{path}" fill="none" stroke="{color}" stroke-width="{width}"/>')
    return "".join(drawn)


def shortened(name: str, most: int = 22) -> str:
    """Return a name that a drawing has room for."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def text_at(text: str, x: float, y: float, size: int, look: str = "") -> str:
    """Draw a text with a pale edge, so that it can be read on anything."""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{_INK}" stroke="#fff" stroke-width="2.5" '
        f'paint-order="stroke" {look}>{escape(text)}</text>'
    )


def sites_inside(area: StudyArea, frame: Frame) -> gpd.GeoDataFrame:
    """Return the sites that are on a drawing."""
    sites = located_sites(area)
    west, south, east, north = frame.box
    return sites[sites["x"].between(west, east) & sites["y"].between(south, north)]


def site_at(frame: Frame, kind: str, x: float, y: float, is_open: bool) -> str:
    """Draw the sign of a site at its place in metres."""
    [(left, top)] = frame.pixels(np.array([[x, y]], dtype=np.float64))
    return f'<g transform="translate({left:.1f} {top:.1f})">{_site_sign(kind, is_open=is_open)}</g>'


def _site_sign(kind: str, *, is_open: bool) -> str:
    shape = _SHAPES.get(kind, _SHAPES["outreach"])
    fill, edge = (_ACCENT, "#fff") if is_open else ("#fff", "#00303f")
    return (
        f'<path d="{shape}" fill="#fff" stroke="#fff" stroke-width="4"/>'
        f'<path d="{shape}" fill="{fill}" stroke="{edge}" stroke-width="1.4"/>'
    )


def site_rows(t: Translator, kinds: set[tuple[str, bool]]) -> list[tuple[str, str]]:
    """Return sign and name of each kind of site for a legend; ``kinds`` hold whether they are open."""
    rows = []
    for kind in SITE_KINDS:
        for is_open in (True, False):
            if (kind, is_open) in kinds:
                name = t(f"data.site_kind.{kind}")
                sign = f'<g transform="translate(11 9)">{_site_sign(kind, is_open=is_open)}</g>'
                rows.append((swatch(sign), name if is_open else t("map.site_unknown", kind=name)))
    return rows


def scale_bar(t: Translator, frame: Frame) -> str:
    """Draw how long some kilometres are, in the left lower corner."""
    length = next((km for km in _SCALE_KM if km * 1000 * frame.scale <= frame.width / 3), _SCALE_KM[-1])
    width, low = length * 1000 * frame.scale, frame.height - 10
    label = t.number(length, 0 if length >= 1 else 1, "km")
    return (
        f'<rect x="8" y="{low - 18}" width="{width + 12:.1f}" height="24" fill="#fff" fill-opacity=".85"/>'
        f'<path d="M14 {low - 4}V{low}H{14 + width:.1f}V{low - 4}" fill="none" stroke="{_INK}" '
        f'stroke-width="1.6"/>' + text_at(label, 14 + width / 2, low - 6, 10, 'text-anchor="middle"')
    )


def swatch(content: str, defs: str = "") -> str:
    """Return a sign of a legend as an image, 22 by 18 pixels."""
    defs = f"<defs>{defs}</defs>" if defs else ""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 18">{defs}{content}</svg>'
    return image(svg, "", 22, 18)
