"""The layers of a result as tables with places: what the files for geographic systems and tables hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from planning.access import nearest, open_sites
from planning.export.plan import plan_table
from planning.export.sureness import Sureness
from planning.export.tables import result_table
from planning.need import district_need
from planning.render.indicators import COVERAGE, choropleth, indicator_levels, plan_coverage
from planning.render.labels import as_of, district_names, printable, room_names, weekday_text, year_span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.render.classes import Classes
    from planning.render.findings import Findings
    from planning.scoring import Evaluation

LAYERS = ("plan", "candidates", "sites", "reach", "cells", "districts")
"""Every layer there can be, in the order of a package."""
PLAN_COVERAGE, SITE_COVERAGE = ("none", "before", "new", "beyond"), ("none", "before", "beyond")
_DIGITS = 6
_KM2 = 1e6
_AREA_DIGITS = 3


def sureness_of(findings: Findings) -> Sureness | None:
    """Return how sure the ranking is, if somebody computed it."""
    from planning.scoring.agreement import agreement
    from planning.scoring.dominance import dominators

    drawn, scores = findings.confidence, findings.evaluation.scores
    if drawn is None:
        return None
    table = scores.values  # noqa: PD011 - a frame called values
    return Sureness(
        drawn, agreement(scores, drawn.count), dominators(table), findings.certainty, findings.date.year
    )


def plan_frame(findings: Findings, t: Translator) -> gpd.GeoDataFrame:
    """Return the rooms of the plan with a person's notes; the plan must be there."""
    if findings.plan is None:
        raise KeyError("plan")
    rooms = plan_table(findings.area, findings.plan, findings.effect, findings.evaluation, t)
    return _noted(rooms, findings)


def candidates_frame(findings: Findings, t: Translator) -> gpd.GeoDataFrame:
    """Return the ranking with how sure it is, the place in the plan and a person's notes."""
    ranked = result_table(findings.area, findings.evaluation, t, sureness=sureness_of(findings))
    if findings.plan is not None:
        position = {name: number for number, name in enumerate(findings.rooms, start=1)}
        planned = ranked["candidate_id"].map(position).astype("float64").astype("Int64")
        ranked.insert(list(ranked.columns).index("score"), "planned", planned)
    return _noted(ranked, findings)


def _noted(rooms: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    if findings.candidate_notes:
        told = {name: printable(note) for name, note in findings.candidate_notes.items()}
        notes = [told.get(name) for name in rooms["candidate_id"]]
        rooms.insert(len(rooms.columns) - 1, "candidate_note", pd.Series(notes, rooms.index, dtype=object))
    return rooms


def sites_frame(area: StudyArea, t: Translator) -> gpd.GeoDataFrame:
    """Return the sites with kind and weekday in words."""
    return area.sites.assign(
        kind_label=[t(f"data.site_kind.{kind}") for kind in area.sites["kind"]],
        weekday_label=[weekday_text(t, weekday) for weekday in area.sites["weekday"]],
    )


def reach_frame(findings: Findings, t: Translator) -> gpd.GeoDataFrame:
    """Return what lies within the scenario's walk of each room of the plan and of each open site."""
    area, scenario, near = findings.area, findings.scenario, findings.distances
    rooms, sites = area.candidates.set_index("candidate_id"), open_sites(area.sites).set_index("site_id")
    chosen = rooms.loc[list(findings.rooms)]
    existing = sites.loc[list(findings.open_site_ids())]
    walks = [near.candidates[:, near.candidate_ids.index(name)] for name in chosen.index]
    walks += [near.sites[:, near.site_ids.index(name)] for name in existing.index]
    shapes = [findings.reach_of(name) for name in chosen.index]
    shapes += [findings.reach_of_site(name) for name in existing.index]
    roles = ["chosen"] * len(chosen) + ["existing"] * len(existing)
    table = pd.DataFrame(
        {
            "id": pd.Series([*chosen.index, *existing.index], dtype=object),
            "role": pd.Series(roles, dtype=object),
            "role_label": pd.Series([t(f"layers.role.{role}") for role in roles], dtype=object),
            "position": pd.array([*range(1, len(chosen) + 1), *[None] * len(existing)], dtype="Int64"),
            "shown_name": pd.Series([*room_names(t, chosen), *existing["name"]], dtype=object),
            "kind_label": pd.Series(
                [
                    *(t(f"data.venue_kind.{kind}") for kind in chosen["kind"]),
                    *(t(f"data.site_kind.{kind}") for kind in existing["kind"]),
                ],
                dtype=object,
            ),
            "minutes": float(scenario.minutes),
            "metres": float(scenario.reach_m),
            "need_reached": pd.Series(
                [float(findings.evaluation.need[walk <= scenario.reach_m].sum()) for walk in walks],
                dtype=np.float64,
            ).round(_DIGITS),
            "area_km2": pd.Series([shape.area / _KM2 for shape in shapes], dtype=np.float64).round(
                _AREA_DIGITS
            ),
        }
    )
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=area.crs), crs=area.crs)


def coverage_classes(findings: Findings, t: Translator) -> tuple[tuple[str, ...], Classes]:
    """Return codes, and labels, colours and the class of each cell, of what is within walking distance."""
    area, need, before = findings.area, findings.evaluation.need, findings.covered_before
    if findings.effect is None:
        return SITE_COVERAGE, choropleth(area, t, COVERAGE, need=need, covered=before).classes
    return PLAN_COVERAGE, plan_coverage(area, t, need, before, findings.covered_after).classes


def cells_frame(
    area: StudyArea, evaluation: Evaluation, t: Translator, findings: Findings | None
) -> gpd.GeoDataFrame:
    """Return the cells with need and, where walks are known, what lies within reach before and after."""
    cells = area.cells.assign(need=evaluation.need)
    for level in ("borough", "quarter"):
        cells[f"{level}_name"] = cells[level].map(district_names(area, level))
    if findings is None:
        return cells
    codes, classes = coverage_classes(findings, t)
    cells["coverage"] = np.array(codes, dtype=object)[classes.index]
    cells["coverage_label"] = np.array(classes.labels, dtype=object)[classes.index]
    cells["covered_before"] = findings.covered_before
    walk = np.asarray(nearest(findings.distances.sites), dtype=np.float64)
    cells["metres_before"] = _finite(walk)
    if findings.effect is not None:
        cells["covered_after"] = findings.covered_after
        near = findings.distances
        chosen = near.candidates[:, [near.candidate_ids.index(name) for name in findings.rooms]]
        cells["metres_after"] = _finite(np.minimum(walk, nearest(chosen)))
    return cells


def _finite(metres: NDArray[np.floating]) -> NDArray[np.float64]:
    known = np.where(np.isfinite(metres), metres, np.nan)
    return np.asarray(known.round(1), dtype=np.float64)


def districts_frame(
    area: StudyArea, evaluation: Evaluation, t: Translator, findings: Findings | None
) -> gpd.GeoDataFrame:
    """Return the districts of all levels: need, what of it is within reach, published figures with year.

    Each cell counts where its centre lies; in priority areas, where few overlap, in the first.
    """
    frame = area.districts.copy()
    frame.insert(1, "level_label", [t(f"data.level.{level}") for level in frame["level"]])
    need = evaluation.need
    frame["need"] = _sums(area, need).round(_DIGITS)
    if findings is not None:
        frame["need_before"] = _sums(area, np.where(findings.covered_before, need, 0.0)).round(_DIGITS)
        if findings.effect is not None:
            frame["need_after"] = _sums(area, np.where(findings.covered_after, need, 0.0)).round(_DIGITS)
        for when in ("before", "after"):
            if f"need_{when}" in frame:
                share = frame[f"need_{when}"] / frame["need"].where(frame["need"] > 0)
                frame[f"share_{when}"] = share.round(_DIGITS)
    if findings is not None and findings.effect is not None:
        frame["share_added"] = (frame["share_after"] - frame["share_before"]).round(_DIGITS)
        measured = findings.effect.boroughs.set_index("key")
        of_borough = frame["level"] == "borough"
        for name in ("minutes_before", "minutes_after"):
            found = frame["key"].map(measured[name]).where(of_borough).astype(np.float64)
            frame[name] = found.replace([np.inf, -np.inf], np.nan).round(3)
        rooms = frame["key"].map(measured["rooms"]).where(of_borough)
        frame["rooms"] = rooms.astype("float64").astype("Int64")
    for name, values in _published(area, t).items():
        frame[name] = values
    return gpd.GeoDataFrame(frame[[*frame.columns.drop("geometry"), "geometry"]], crs=area.crs)


def _sums(area: StudyArea, values: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = pd.Series(np.nan, index=area.districts.index)
    for level in area.level_names:
        summed = district_need(area.cells, values, level, districts=area.districts)
        here = area.districts["level"] == level
        sums[here] = area.districts.loc[here, "key"].map(summed).fillna(0.0)
    return np.asarray(sums, dtype=np.float64)


def _published(area: StudyArea, t: Translator) -> dict[str, pd.Series]:
    """Return published figures and, beside each, how old they are, in the order of the districts."""
    places = pd.MultiIndex.from_frame(area.districts[["level", "key"]])
    found: dict[str, pd.Series] = {}
    for name in indicator_levels(area):
        figures = area.figures[area.figures["indicator"] == name].drop_duplicates(["level", "key"])
        if len(figures):
            by_place = figures.set_index(["level", "key"])
            found[name] = by_place["value"].reindex(places).set_axis(area.districts.index)
            years = [
                year_span([year]) or as_of(t, "") if known else None
                for year, known in zip(by_place["year"].reindex(places), found[name].notna(), strict=True)
            ]
            found[f"{name}_year"] = pd.Series(years, index=area.districts.index, dtype=object)
    return found


def layer_frames(
    area: StudyArea,
    evaluation: Evaluation,
    t: Translator,
    *,
    findings: Findings | None = None,
    sureness: Sureness | None = None,
) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers by name, in the area's coordinates.

    Parameters
    ----------
    findings
        With walks: reach, coverage and, if there is one, the plan. Without them these are left out.
    sureness
        How sure the ranking is, where there are no findings.
    """
    frames: dict[str, gpd.GeoDataFrame] = {}
    if findings is None:
        frames["candidates"] = result_table(area, evaluation, t, sureness=sureness)
    else:
        if findings.plan is not None:
            frames["plan"] = plan_frame(findings, t)
        frames["candidates"] = candidates_frame(findings, t)
    frames["sites"] = sites_frame(area, t)
    if findings is not None:
        frames["reach"] = reach_frame(findings, t)
    frames["cells"] = cells_frame(area, evaluation, t, findings)
    frames["districts"] = districts_frame(area, evaluation, t, findings)
    return frames
