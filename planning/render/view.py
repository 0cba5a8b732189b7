"""What the map shows at one moment, and how that is told to the browser in few bytes."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planning.model import SITE_KINDS
from planning.render.classes import classify, ink
from planning.render.credits import BASEMAP, credit_lines, used_layers
from planning.render.geometry import WGS84, encode, encode_points, origin_of
from planning.render.indicators import CELL, NEED, PLAN, choropleth, plan_coverage, unit_note
from planning.render.labels import district_names, quoted, room_names, text_of, weekday_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.render.classes import Classes
    from planning.render.indicators import Choropleth

BEST, BEST_NARROW = 14, 5
MOST_NUMBERED = 30
MARKS = ("AB", "A", "B")
SCORE_LIMITS = (20.0, 30.0, 40.0, 50.0, 60.0)
_ADDRESS = re.compile(r"\s*\(https?://[^)]*\)")
_REACH_TOLERANCE_M = 4.0
_SPECK_M2 = 10_000.0


@dataclass(frozen=True)
class OnlineMap:
    """A base map from the internet: tiles in Web Mercator, and who is to be named for them."""

    url: str
    attribution: str


BASEMAP_DE = OnlineMap(
    "https://sgx.geodatenzentrum.de/wmts_basemapde/tile/1.0.0/"
    "de_basemapde_web_raster_grau/default/GLOBAL_WEBMERCATOR/{z}/{y}/{x}.png",
    "© GeoBasis-DE / BKG, basemap.de (dl-de/by-2-0)",
)


@dataclass(frozen=True, eq=False)
class MapView:
    """What the map shows over its base: one indicator, scores, the chosen spot and its reach.

    Parameters
    ----------
    indicator, level
        One of :func:`planning.render.indicators.indicator_levels`, or ``plan``, which needs what a plan
        covers and is known by cell; ``None`` shows no choropleth.
    need
        Shape (cells,): needed for the indicators ``need``, ``coverage`` and ``plan``.
    covered
        Shape (cells,): is the cell within reach of an open site; needed for ``coverage`` and ``plan``.
    covered_after
        Shape (cells,): is it within reach once the plan's rooms are open; needed for ``plan``.
    score, rank
        By ``candidate_id``; candidates that are not in ``score`` are not drawn. ``None`` draws the open
        candidates without colours.
    best
        So many of the best candidates carry their rank.
    chosen
        Rooms of a plan by ``candidate_id``, in the order of opening; they are drawn as numbered signs of
        their own shape, all others small. Empty where there is no plan yet, ``None`` where none is asked for.
    marks
        Where two plans are compared, which of them each chosen room belongs to, by ``candidate_id``:
        ``"AB"``, ``"A"`` or ``"B"``; it is written on the sign in place of the number, and each has a shape
        of its own.
    selected
        What wears a ring: ``("candidate", id)``, ``("site", id)`` or ``("point", (latitude, longitude))``.
    reach
        Area within walking time of the chosen spot, in the area's coordinates.
    reach_label
        What the legend says of it.
    online
        Base map to fetch from the internet, if a person asked for it; ``None`` asks nobody for anything.
    own
        A layer that is no indicator of the area, in place of one.
    notes
        What else the tooltip of a candidate says, by ``candidate_id``.
    numbered
        Whether the chosen carry their numbers, if they are not too many.
    """

    indicator: str | None = NEED
    level: str = CELL
    need: NDArray[np.float64] | None = None
    covered: NDArray[np.bool_] | None = None
    covered_after: NDArray[np.bool_] | None = None
    score: pd.Series[float] | None = None
    rank: pd.Series[int] | None = None
    best: int = BEST
    chosen: tuple[str, ...] | None = None
    marks: Mapping[str, str] | None = None
    selected: tuple[str, Any] | None = None
    reach: shapely.Geometry | None = None
    reach_label: str = ""
    online: OnlineMap | None = None
    own: Choropleth | None = None
    notes: Mapping[str, str] | None = None
    numbered: bool = True

    @property
    def has_layer(self) -> bool:
        """Whether cells or districts are coloured."""
        return self.own is not None or self.indicator is not None


def _indicator(shown: Choropleth, t: Translator) -> dict[str, Any]:
    scaled = np.round(shown.figures * 10**shown.digits)
    values = [None if np.isnan(value) else int(value) for value in scaled]
    return {
        "title": shown.title,
        "unit": shown.unit,
        "note": unit_note(t, shown),
        "source": t("map.source", source=shown.source) if shown.source else "",
        "level": shown.level,
        "digits": shown.digits,
        "values": values,
        "years": list(shown.years),
        "classes": shown.classes.codes,
        "colors": shown.classes.colors,
        "labels": shown.classes.labels,
        "opacity": shown.opacity,
        "categorical": shown.categorical,
    }


def drawn_candidates(area: StudyArea, view: MapView) -> gpd.GeoDataFrame:
    """Return the candidates that a view draws: those with a score, or all open ones.

    With columns ``score`` (NaN without one) and ``rank`` (0 without one).
    """
    rooms = area.candidates
    if view.score is None:
        return rooms[rooms["status"] == "open"].assign(score=np.nan, rank=0)
    drawn = rooms[rooms["candidate_id"].isin(view.score.index)]
    score = drawn["candidate_id"].map(view.score).astype(float)
    rank = 0 if view.rank is None else drawn["candidate_id"].map(view.rank).fillna(0).astype(int)
    return drawn.assign(score=score, rank=rank)


def score_classes(t: Translator, rooms: gpd.GeoDataFrame) -> Classes:
    """Return the classes of the scores that :func:`drawn_candidates` gives."""
    return classify(
        rooms["score"].to_numpy().astype(np.float64).round(1), t, ramp="score", limits=SCORE_LIMITS
    )


def _numbered(texts: list[str]) -> dict[str, Any]:
    number, different = pd.factorize(np.array(texts, dtype=object))
    return {"texts": different.tolist(), "index": number.tolist()}


def _candidates(area: StudyArea, t: Translator, view: MapView) -> dict[str, Any]:
    rooms = drawn_candidates(area, view)
    points = rooms.geometry
    boroughs, quarters = district_names(area, "borough"), district_names(area, "quarter")
    kinds = [t(f"data.venue_kind.{kind}") for kind in rooms["kind"]]
    places = [
        quarters.get(quarter, boroughs.get(borough, ""))
        for borough, quarter in zip(rooms["borough"], rooms["quarter"], strict=True)
    ]
    table: dict[str, Any] = {
        "ids": rooms["candidate_id"].tolist(),
        "names": room_names(t, rooms),
        "kinds": _numbered(kinds),
        "places": _numbered(places),
        "at": encode_points(points.x.to_numpy(), points.y.to_numpy(), area.crs, origin_of(area)),
        "title": t("map.candidates"),
        "note": "",
        "score": t("map.score_line"),
        "best": view.best if view.score is not None else 0,
        "few": min(view.best, BEST_NARROW) if view.score is not None else 0,
        "fewNote": "",
    }
    if view.notes is not None:
        table["notes"] = [view.notes.get(name, "") for name in rooms["candidate_id"]]
    if view.chosen is not None:
        table |= _chosen(rooms, view, t)
    if view.marks is not None:
        table |= _marked(rooms, view.marks, t)
    if view.score is None:
        return table | _unscored(len(rooms), t)
    score = rooms["score"].round(1)
    classes = score_classes(t, rooms)
    return table | {
        "note": t("map.score_note", best=view.best),
        "fewNote": t("map.score_note", best=min(view.best, BEST_NARROW)),
        "scores": [None if np.isnan(value) else round(value * 10) for value in score],
        "ranks": rooms["rank"].tolist(),
        "classes": classes.codes,
        "colors": classes.colors,
        "inks": [ink(color) for color in classes.colors],
        "labels": classes.labels,
    }


def _chosen(rooms: gpd.GeoDataFrame, view: MapView, t: Translator) -> dict[str, Any]:
    chosen = view.chosen or ()
    place = {name: number for number, name in enumerate(chosen, start=1)}
    numbered = view.numbered and len(chosen) <= MOST_NUMBERED
    return {
        "title": t("plan.map.others" if chosen else "map.candidates"),
        "chosen": [place.get(name, 0) for name in rooms["candidate_id"]],
        "numbered": numbered,
        "chosenTitle": t("plan.map.rooms"),
        "chosenLabel": t("plan.map.numbered" if numbered else "plan.map.chosen"),
        "chosenLine": t("plan.map.opens"),
    }


def _marked(rooms: gpd.GeoDataFrame, marks: Mapping[str, str], t: Translator) -> dict[str, Any]:
    words = {mark: t(f"scenario.mark.{mark}") for mark in MARKS}
    return {
        "title": t("map.candidates"),
        "marks": [marks.get(name, "") for name in rooms["candidate_id"]],
        "markWords": words,
        "markLegend": [[mark, label] for mark, label in words.items() if mark in marks.values()],
        "chosenTitle": t("scenario.chosen"),
    }


def _unscored(count: int, t: Translator) -> dict[str, Any]:
    color = "#ffffff"
    return {
        "scores": [None] * count,
        "ranks": [0] * count,
        "classes": "0" * count,
        "colors": [color],
        "inks": [ink(color)],
        "labels": [t("map.candidate")],
    }


def located_sites(area: StudyArea) -> gpd.GeoDataFrame:
    """Return the sites whose place is known and that are not closed."""
    sites = area.sites
    return sites[sites["x"].notna() & (sites["status"] != "closed")]


def site_notes(t: Translator, site: dict[str, Any]) -> list[str]:
    """Return what the tooltip of a site says below its name."""
    start, end = (text_of(site[name]) for name in ("time_from", "time_to"))
    slot = t("map.hours", start=start, end=end) if start and end else ""
    open_at = " ".join(filter(None, (weekday_text(t, site["weekday"]), slot)))
    state = "" if site["status"] == "open" else t("map.state.unknown")
    place = "" if site["location_quality"] == "exact" else t("map.place_inexact")
    lines = (
        t(f"data.site_kind.{site['kind']}"),
        text_of(site["address"]),
        " · ".join(filter(None, (open_at, quoted(t, site["hours"])))),
        state,
        place,
    )
    return [line for line in lines if line]


def _sites(area: StudyArea, t: Translator) -> dict[str, Any]:
    sites = located_sites(area)
    points = sites.geometry
    rows: list[dict[str, Any]] = sites.to_dict("records")
    states = ["open" if site["status"] == "open" else "unknown" for site in rows]
    present = {(site["kind"], state) for site, state in zip(rows, states, strict=True)}
    legend = [
        [kind, state, t("map.site_unknown", kind=label) if state == "unknown" else label]
        for kind in SITE_KINDS
        for state, label in ((state, t(f"data.site_kind.{kind}")) for state in ("open", "unknown"))
        if (kind, state) in present
    ]
    return {
        "ids": sites["site_id"].tolist(),
        "kinds": sites["kind"].tolist(),
        "states": states,
        "names": [text_of(site["name"]) or t(f"data.site_kind.{site['kind']}") for site in rows],
        "notes": [site_notes(t, site) for site in rows],
        "at": encode_points(points.x.to_numpy(), points.y.to_numpy(), area.crs, origin_of(area)),
        "legend": legend,
    }


def level_label(area: StudyArea, t: Translator, level: str) -> str:
    """Return what the districts of a level are called together, else the area's own word for one."""
    key = f"data.level_plural.{level}"
    return t(key) if t.has(key) else area.level_names[level][t.language]


def _layers(area: StudyArea, t: Translator, view: MapView) -> list[list[str]]:
    levels = [[level, level_label(area, t, level)] for level in area.level_names]
    kinds = [[kind, t(f"data.site_kind.{kind}")] for kind in SITE_KINDS]
    layers = [*kinds, ["candidates", t("plan.map.others" if view.chosen else "map.candidates")]]
    if view.chosen:
        layers.insert(0, ["chosen", t("plan.map.rooms" if view.marks is None else "scenario.chosen")])
    if view.reach is not None:
        layers.append(["reach", t("map.reach")])
    if view.has_layer:
        layers.append(["indicator", t("map.indicator")])
    return [*layers, *levels, ["base", t("map.base")]]


def attribution(area: StudyArea, t: Translator) -> dict[str, str]:
    """Return what the map says of its sources, escaped for HTML and without addresses.

    ``base`` is for the base map, ``all`` for all layers that the drawing rests on, a line for each source.
    """
    layers = used_layers(area, drawn=True)
    base = "".join(layer.attribution for layer in layers if layer.id == BASEMAP)
    lines = [html.escape(_ADDRESS.sub("", line)) for line in credit_lines(t, layers)]
    return {"base": html.escape(_ADDRESS.sub("", base)), "all": "<br>".join(lines)}


def _online(tiles: OnlineMap | None) -> dict[str, str] | None:
    return None if tiles is None else {"url": tiles.url, "attribution": html.escape(tiles.attribution)}


def without_specks(reach: shapely.Geometry) -> shapely.Geometry:
    """Return a reach for drawing: corners simplified, and blocks too small to see at a glance filled."""
    parts = [
        shapely.Polygon(
            part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area >= _SPECK_M2]
        )
        for part in shapely.get_parts(reach)
    ]
    return shapely.union_all(parts).simplify(_REACH_TOLERANCE_M)


def _shown(area: StudyArea, t: Translator, view: MapView, indicator: str) -> Choropleth:
    before, after = view.covered, view.covered_after
    if indicator == PLAN and view.need is not None and before is not None and after is not None:
        return plan_coverage(area, t, view.need, before, after)
    return choropleth(area, t, indicator, view.level, need=view.need, covered=view.covered)


def view_data(area: StudyArea, t: Translator, view: MapView) -> dict[str, Any]:
    """Return a view as plain values: what ``planner.update`` in the browser takes."""
    shown = view.own
    if shown is None and view.indicator is not None:
        shown = _shown(area, t, view, view.indicator)
    reach = None
    if view.reach is not None and not view.reach.is_empty:
        simple = gpd.GeoSeries([without_specks(view.reach)], crs=area.crs).to_crs(WGS84)
        reach = encode(simple, origin_of(area))[0]
    selected = None
    if view.selected is not None:
        kind, what = view.selected
        selected = {"kind": kind, "point": list(what)} if kind == "point" else {"kind": kind, "id": what}
    texts = {name: t(f"map.{name}") for name in ("map", "layers", "legend", "signs", "sources", "unknown")}
    levels = [[level, level_label(area, t, level)] for level in area.level_names]
    return {
        "language": t.language,
        "text": {**texts, "reach": view.reach_label or t("map.reach"), "levels": levels},
        "layers": _layers(area, t, view),
        "attribution": attribution(area, t),
        "online": _online(view.online),
        "indicator": None if shown is None else _indicator(shown, t),
        "candidates": _candidates(area, t, view),
        "sites": _sites(area, t),
        "selected": selected,
        "reach": reach,
    }
