"""A scenario at a glance: a small map of its rooms, and in one line what its plan achieves."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planning.render.labels import short_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.scenarios.summary import Summary

SIZE = 72
_INSIDE = 4.0
_CORNERS = 40.0
"""The outline leaves out what is smaller than the city's extent divided by this."""
_MOST_DOTS = 200
_FEW_DOTS = 40


@dataclass(frozen=True)
class Frame:
    """A square for a small map: which metres its left upper corner is at, pixels per metre, what is drawn.

    ``outline`` is the path of a study area in pixels; empty if it is not known.
    """

    left: float
    top: float
    scale: float
    outline: str = ""


def city_frame(area: StudyArea) -> Frame:
    """Return the square that a study area fits into, with its outline in few hundred bytes."""
    whole = shapely.union_all(area.level("borough").geometry.to_numpy())
    west, south, east, north = whole.bounds
    frame = _square(west, south, east, north)
    simple = whole.simplify(max(east - west, north - south) / _CORNERS)
    return Frame(frame.left, frame.top, frame.scale, "".join(_path(frame, one) for one in _rings(simple)))


def rooms_frame(rooms: Sequence[tuple[float, float]]) -> Frame:
    """Return the square that some places fit into, for a study area that is not at hand."""
    x, y = np.array(rooms or [(0.0, 0.0)]).T
    return _square(float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def _square(west: float, south: float, east: float, north: float) -> Frame:
    side = max(east - west, north - south, 1.0)
    scale = (SIZE - 2 * _INSIDE) / side
    margin = _INSIDE / scale
    return Frame((west + east - side) / 2 - margin, (south + north + side) / 2 + margin, scale)


def _rings(whole: shapely.Geometry) -> list[shapely.LinearRing]:
    parts = shapely.get_parts(whole)
    areal = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004 - polygons
    return [part.exterior for part in areal]


def _pixels(frame: Frame, x: float, y: float) -> tuple[float, float]:
    return (x - frame.left) * frame.scale, (frame.top - y) * frame.scale


def _path(frame: Frame, ring: shapely.LinearRing) -> str:
    corners = (_pixels(frame, x, y) for x, y in shapely.get_coordinates(ring)[:-1])
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in corners) + "Z"


def small_map(frame: Frame, rooms: Sequence[tuple[float, float]]) -> str:
    """Return a small map as SVG: outline of the city and a dot for each room."""
    radius = 3.0 if len(rooms) <= _FEW_DOTS else 1.8
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'
        for x, y in (_pixels(frame, *room) for room in rooms[:_MOST_DOTS])
    )
    outline = f'<path d="{frame.outline}" fill="#e7edf0" stroke="#5b6a72"/>' if frame.outline else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">{outline}'
        f'<g fill="#00587a" stroke="#fff">{dots}</g></svg>'
    )


def picture(svg: str, label: str) -> str:
    """Return a drawing as an image inside the page, which needs no request; ``label`` says it in words."""
    content = base64.b64encode(svg.encode()).decode()
    size = f'width="{SIZE}" height="{SIZE}"'
    return f'<img src="data:image/svg+xml;base64,{content}" {size} alt="{escape(label)}">'


def map_label(t: Translator, summary: Summary) -> str:
    """Say what a small map shows."""
    if not summary.status:
        return t("scenario.card.map_without", area=summary.area_name)
    return t("scenario.card.map", area=summary.area_name, rooms=rooms_text(t, len(summary.rooms)))


def rooms_text(t: Translator, count: int) -> str:
    """Return a number of rooms in words."""
    return t("plan.rooms_one") if count == 1 else t("plan.rooms_many", count=count)


def summary_text(t: Translator, summary: Summary) -> str:
    """Say in one line what a scenario's plan achieves; holds names from data and is not escaped."""
    if not summary.area_id:
        return t("scenario.card.damaged")
    parts = list(_plan_parts(t, summary)) if summary.status else list(_no_plan_parts(t, summary))
    if summary.entries:
        name = "entries_one" if summary.entries == 1 else "entries"
        parts.append(t(f"scenario.card.{name}", count=summary.entries))
    return " · ".join(parts)


def _no_plan_parts(t: Translator, one: Summary) -> tuple[str, str]:
    return t("scenario.card.no_plan"), t("scenario.card.minutes", minutes=short_number(t, one.minutes))


def _plan_parts(t: Translator, one: Summary) -> list[str]:
    known = t("scenario.card.optimal" if one.status == "optimal" else "scenario.card.feasible")
    if one.on_other_data:
        known = t("scenario.card.computed_elsewhere")
    parts = [f"{rooms_text(t, len(one.rooms))}, {known}"]
    if one.share_before is not None and one.share_after is not None:
        before, after = t.share(one.share_before), t.share(one.share_after)
        parts.append(t("scenario.card.share", before=before, after=after))
    if one.mean_before is not None and one.mean_after is not None:
        before, after = t.number(one.mean_before), t.number(one.mean_after)
        parts.append(t("scenario.card.mean", before=before, after=after))
    if one.worst_name and one.worst_share is not None:
        parts.append(t("scenario.card.worst", name=one.worst_name, share=t.share(one.worst_share)))
    return parts
