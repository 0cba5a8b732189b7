"""How each layer is drawn in a geographic information system, whatever the language of the style file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from planning.model import SITE_KINDS
from planning.render.classes import classify, ramp_colors
from planning.render.view import SCORE_LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from planning.i18n import Translator
    from planning.render.classes import Classes

SHARE_LIMITS = (0.2, 0.4, 0.6, 0.8)
_ACCENT, _OUTLINE, _BORDER, _NEW = "#00587a", "#3d2015", "#2b3a42", "#4b2a7b"
_SHAPES = {"office": "square", "dependance": "triangle", "outreach": "diamond"}
_SCORE_TOP = 100.0
_NONE = "none"


@dataclass(frozen=True)
class Symbol:
    """A marker or an area.

    Parameters
    ----------
    fill, edge
        Colours ``#rrggbb``; an edge of width 0 is not drawn.
    edge_mm
        Width of the edge.
    opacity
        Of the fill, 0-1.
    shape, size_mm
        Of a marker: ``circle``, ``square``, ``triangle`` or ``diamond``; an area has no shape.
    """

    fill: str
    edge: str = "#ffffff"
    edge_mm: float = 0.2
    opacity: float = 1.0
    shape: str = ""
    size_mm: float = 0.0


@dataclass(frozen=True)
class Rule:
    """One entry of the legend: a value, a range ``low <= value < high``, or everything."""

    label: str
    symbol: Symbol
    value: str | None = None
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Style:
    """How a layer is drawn.

    Parameters
    ----------
    kind
        ``categorizedSymbol``, ``graduatedSymbol`` or ``singleSymbol``, as QGIS calls them.
    column
        What decides; empty for ``singleSymbol``. Rows without a figure are not drawn.
    rules
        Highest range first.
    only
        Column and value of the rows that are drawn, where not all of them are.
    label
        Column that is written on each, empty for none.
    """

    kind: str
    column: str
    rules: tuple[Rule, ...]
    only: tuple[str, str] | None = None
    label: str = ""


def styles_of(
    frames: dict[str, gpd.GeoDataFrame], t: Translator, coverage: tuple[tuple[str, ...], Classes] | None
) -> dict[str, Style]:
    """Return the style of each layer by its name.

    Parameters
    ----------
    coverage
        Codes and classes of the cells, where walks are known; without them need is drawn.
    """
    made = {"candidates": _candidates(t), "sites": _sites(t)}
    if "plan" in frames:
        symbol = Symbol(_NEW, shape="circle", size_mm=5.0, edge_mm=0.4)
        made["plan"] = Style("singleSymbol", "", (Rule(t("layers.chosen"), symbol),), label="position")
    if "reach" in frames:
        made["reach"] = _reach(frames["reach"], t)
    made["cells"] = _cells(frames["cells"], t, coverage)
    made["districts"] = _districts(frames["districts"], t)
    return {name: made[name] for name in frames}


def _candidates(t: Translator) -> Style:
    colors = ramp_colors("score", len(SCORE_LIMITS) + 1)
    rules = _ranges(
        (0.0, *SCORE_LIMITS, _SCORE_TOP),
        [Symbol(color, _OUTLINE, 0.15, shape="circle", size_mm=2.2) for color in colors],
        t,
        t.number,
        "layers.score_class",
    )
    return Style("graduatedSymbol", "score", rules)


def _ranges(
    limits: tuple[float, ...], symbols: list[Symbol], t: Translator, written: Callable[[float], str], key: str
) -> tuple[Rule, ...]:
    """Return ranges, highest first, so that a figure on a limit belongs to the upper one."""
    between = [t("map.class.between", low=written(low), high=written(high)) for low, high in pairwise(limits)]
    if len(between) > 1:
        between[0] = t("map.class.below", high=written(limits[1]))
        between[-1] = t("map.class.from", low=written(limits[-2]))
    return tuple(
        Rule(t(key, label=label), symbol, low=low, high=high)
        for (low, high), symbol, label in zip(pairwise(limits), symbols, between, strict=True)
    )[::-1]


def _sites(t: Translator) -> Style:
    rules = (
        Rule(
            t(f"data.site_kind.{kind}"),
            Symbol(_ACCENT, edge_mm=0.3, shape=_SHAPES[kind], size_mm=4.0),
            value=kind,
        )
        for kind in SITE_KINDS
    )
    return Style("categorizedSymbol", "kind", tuple(rules))


def _reach(reach: gpd.GeoDataFrame, t: Translator) -> Style:
    drawn = set(reach["role"])
    colors = {"chosen": _NEW, "existing": _ACCENT}
    rules = (
        Rule(t(f"layers.role.{role}"), Symbol(color, color, 0.4, opacity=0.15), value=role)
        for role, color in colors.items()
        if role in drawn or not drawn
    )
    return Style("categorizedSymbol", "role", tuple(rules))


def _cells(cells: gpd.GeoDataFrame, t: Translator, coverage: tuple[tuple[str, ...], Classes] | None) -> Style:
    if coverage is None:
        return _by_need(cells, "need", t, edge=0.0)
    codes, classes = coverage
    rules = (
        Rule(label, Symbol(color, edge_mm=0.0, opacity=0.35 if code == _NONE else 0.8), value=code)
        for code, label, color in zip(codes, classes.labels, classes.colors, strict=False)
    )
    return Style("categorizedSymbol", "coverage", tuple(rules))


def _by_need(
    frame: gpd.GeoDataFrame, column: str, t: Translator, *, edge: float, only: tuple[str, str] | None = None
) -> Style:
    """Draw need in classes of about equal size; where there is none, nothing is drawn."""
    drawn = frame if only is None else frame[frame[only[0]] == only[1]]
    known = drawn.loc[drawn[column] > 0, column].to_numpy(dtype=float)
    classes = classify(known, t)
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    limits = (low, *classes.breaks, max(high, *classes.breaks) if classes.breaks else high)
    symbols = [Symbol(color, _BORDER, edge, opacity=0.8) for color in ramp_colors("viridis", len(limits) - 1)]
    digits = 1 if only is None else 0
    rules = _ranges(limits, symbols, t, lambda value: t.number(value, digits), "layers.need_class")
    return Style("graduatedSymbol", column, rules, only=only)


def _districts(districts: gpd.GeoDataFrame, t: Translator) -> Style:
    level = ("level", "borough")
    column = next((name for name in ("share_after", "share_before") if name in districts), "")
    if not column:
        return _by_need(districts, "need", t, edge=0.4, only=level)
    colors = ramp_colors("viridis", len(SHARE_LIMITS) + 1)
    symbols = [Symbol(color, _BORDER, 0.4, opacity=0.6) for color in colors]
    rules = _ranges((0.0, *SHARE_LIMITS, 1.0), symbols, t, t.share, "layers.share_class")
    return Style("graduatedSymbol", column, rules, only=level)
