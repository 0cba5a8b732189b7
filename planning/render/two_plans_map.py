"""Two plans on two small maps of the whole city: one extent, one scale, one legend."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planning.render.geometry import display_districts
from planning.render.placing import spread
from planning.render.small_map import (
    Frame,
    base_map,
    clipped,
    image,
    path_of,
    scale_bar,
    site_at,
    site_rows,
    sites_inside,
    swatch,
)
from planning.render.two_plans_words import AB

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.siting.two_plans import TwoPlans

WIDTH = 440
_MARGIN_M = 600.0
_BELOW = ("water", "waterways")
_FILLS = {"beyond": "#f0d9b0", "today": "#c4d2da", "newly_both": "#5ba3c6", "newly_own": "#00405f"}
"""From what nobody reaches to what only one plan does; on grey paper they still differ."""
_RADIUS = 8.5
_APART = 18.0
_INK, _PAPER, _SUN = "#1c1207", "#fff", "#ffd447"
_HEAD = 16.0
"""How far the head of a pin is above its tip, in pixels."""


@dataclass(frozen=True)
class PlanMaps:
    """Two maps: a picture for each as HTML, and one legend for both."""

    pictures: tuple[str, str]
    legend: str


def plan_frame(area: StudyArea) -> Frame:
    """Return the frame that holds the whole city."""
    west, south, east, north = area.districts.total_bounds
    wide, high = east - west + 2 * _MARGIN_M, north - south + 2 * _MARGIN_M
    scale = WIDTH / wide
    return Frame(west - _MARGIN_M, north + _MARGIN_M, scale, WIDTH, max(round(high * scale), 1))


def room_numbers(plans: TwoPlans) -> dict[str, int]:
    """Return the number of each room: those of both plans first, then those of A only and of B only."""
    rooms = (*plans.in_both, *plans.only_a, *plans.only_b)
    return {name: number for number, name in enumerate(rooms, start=1)}


def cell_kinds(plans: TwoPlans, side: int, need: NDArray[np.float64]) -> dict[str, NDArray[np.bool_]]:
    """Return which cells are covered today, newly by both plans, newly by this plan only, and not at all.

    Parameters
    ----------
    side
        0 for *A*, 1 for *B*.
    need
        Shape (cells,): cells without need that nobody reaches are not drawn.
    """
    own, other = plans.effects[side], plans.effects[1 - side]
    newly = own.covered_after & ~own.covered_before
    return {
        "beyond": ~own.covered_after & (need > 0),
        "today": own.covered_before,
        "newly_both": newly & other.covered_after,
        "newly_own": newly & ~other.covered_after,
    }


def draw_plan_maps(
    t: Translator, area: StudyArea, plans: TwoPlans, need: NDArray[np.float64], names: tuple[str, str]
) -> PlanMaps:
    """Draw a map for each plan; both show the same piece of the city in the same size.

    Parameters
    ----------
    need
        Shape (cells,): need that both plans were measured by.
    names
        What the plans are called.
    """
    frame = plan_frame(area)
    below = base_map(area, frame, _BELOW)
    borders = _borders(area, frame)
    sites = sites_inside(area, frame)
    signs = "".join(
        f'<g opacity=".9">{site_at(frame, one.kind, one.x, one.y, one.status == "open")}</g>'
        for one in sites.itertuples()
    )
    first, second = (
        image(
            _drawing(t, area, frame, (below, _cells(area, frame, kinds), borders, signs), plans, side),
            _label(t, plans, side, need, frame, names[side]),
            frame.width,
            frame.height,
        )
        for side, kinds in enumerate(cell_kinds(plans, side, need) for side in (0, 1))
    )
    found = {name for side in (0, 1) for name, cells in cell_kinds(plans, side, need).items() if cells.any()}
    kinds = set(zip(sites["kind"], sites["status"] == "open", strict=True))
    return PlanMaps((first, second), _legend(t, plans, found, kinds))


def _drawing(
    t: Translator, area: StudyArea, frame: Frame, layers: tuple[str, ...], plans: TwoPlans, side: int
) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {frame.height}" '
        f'font-family="sans-serif"><rect width="{frame.width}" height="{frame.height}" fill="#f5f3ee"/>'
        f"{''.join(layers)}{_marks(area, frame, plans, side)}{scale_bar(t, frame)}</svg>"
    )


def _cells(area: StudyArea, frame: Frame, kinds: Mapping[str, NDArray[np.bool_]]) -> str:
    """Draw the cells; they are small, so those of a kind are one shape."""
    geometry = area.cells.geometry.to_numpy()
    drawn = []
    for kind, cells in kinds.items():
        path = path_of(clipped([shapely.union_all(geometry[cells])], frame), frame)
        if path:
            drawn.append(f'<path d="{path}" fill="{_FILLS[kind]}" fill-rule="evenodd"/>')
    return "".join(drawn)


def _borders(area: StudyArea, frame: Frame) -> str:
    borders = shapely.boundary(display_districts(area, "borough").geometry.to_numpy())
    path = path_of(clipped(borders, frame), frame)
    return (
        f'<path d="{path}" fill="none" stroke="#fff" stroke-opacity=".7" stroke-width="3"/>'
        f'<path d="{path}" fill="none" stroke="#2b3a42" stroke-width="1.2"/>'
    )


def _marks(area: StudyArea, frame: Frame, plans: TwoPlans, side: int) -> str:
    """Draw the rooms of a plan; marks that would hide each other are moved apart."""
    numbers, both = room_numbers(plans), set(plans.in_both)
    rooms = list(plans.ids[side])
    known = area.candidates.set_index("candidate_id").loc[rooms, ["x", "y"]]
    spots = frame.pixels(known.to_numpy(np.float64))
    lifted = np.array([0.0 if name in both else _HEAD for name in rooms])
    heads = spots - np.column_stack([np.zeros(len(rooms)), lifted])
    placed = spread(heads, _APART) if rooms else heads
    signs, lines = [], []
    for name, (x, y), (left, top) in zip(rooms, spots, placed, strict=True):
        lines.append(
            f'<path d="M{x:.1f} {y:.1f}L{left:.1f} {top:.1f}" stroke="{_INK}"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{_INK}" stroke="{_PAPER}" stroke-width=".6"/>'
        )
        sign = _room_sign(str(numbers[name]), in_both=name in both, tip=(x - left, y - top))
        signs.append(f'<g transform="translate({left:.1f} {top:.1f})">{sign}</g>')
    return "".join((*lines, *reversed(signs)))


def _room_sign(text: str, *, in_both: bool, tip: tuple[float, float] = (0.0, _HEAD)) -> str:
    """Draw a room around its number: a pale circle, or a dark pin with its tip towards the place."""
    if in_both:
        point, fill, edge, width, ink = "", _PAPER, _INK, 2, _INK
    else:
        away = np.array(tip) / max(float(np.hypot(*tip)), 1.0)
        across = np.array([away[1], -away[0]]) * _RADIUS * 0.8
        corners = (across, away * min(float(np.hypot(*tip)), _HEAD), -across)
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
        point = f'<path d="M{line}Z" fill="{_INK}" stroke="{_PAPER}"/>'
        fill, edge, width, ink = _INK, _PAPER, 1, _SUN
    return (
        f'{point}<circle r="{_RADIUS:g}" fill="{fill}" stroke="{edge}" stroke-width="{width}"/><text y="3.9" '
        f'font-size="11" font-weight="700" text-anchor="middle" fill="{ink}">{escape(text)}</text>'
    )


def _label(
    t: Translator, plans: TwoPlans, side: int, need: NDArray[np.float64], frame: Frame, name: str
) -> str:
    kinds = cell_kinds(plans, side, need)
    newly = kinds["newly_both"] | kinds["newly_own"]
    return t(
        "two_plans.map.label",
        letter=AB[side],
        name=name,
        rooms=len(plans.ids[side]),
        in_both=len(plans.in_both),
        today=t.number(float(need[kinds["today"]].sum())),
        newly=t.number(float(need[newly].sum())),
        only=t.number(float(need[kinds["newly_own"]].sum())),
        beyond=t.number(float(need[kinds["beyond"]].sum())),
        km=t.number(frame.width / frame.scale / 1000.0, 1),
    )


def _legend(t: Translator, plans: TwoPlans, found: set[str], kinds: set[tuple[str, bool]]) -> str:
    rows = []
    if plans.in_both:
        sign = f'<g transform="translate(11 9)">{_room_sign("1", in_both=True)}</g>'
        rows.append((swatch(sign), t("two_plans.map.both")))
    if plans.only_a or plans.only_b:
        sign = f'<g transform="translate(11 7) scale(.72)">{_room_sign("2", in_both=False)}</g>'
        rows.append((swatch(sign), t("two_plans.map.own")))
    rows += [
        (swatch(f'<rect x="3" y="2" width="16" height="14" fill="{color}" stroke="#8a949a"/>'), label)
        for color, label in (
            (_FILLS[name], t(f"two_plans.map.{name}")) for name in reversed(_FILLS) if name in found
        )
    ]
    rows += site_rows(t, kinds)
    listed = "".join(f"<li>{sign}{escape(label)}</li>" for sign, label in rows)
    return f'<ul class="cmp-legend" aria-label="{escape(t("map.legend"))}">{listed}</ul>'
