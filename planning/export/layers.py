"""Results for geographic information systems: a GeoPackage that opens already styled, and GeoJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planning.export.columns import Column, column
from planning.export.frames import (
    candidates_frame,
    coverage_classes,
    districts_frame,
    layer_frames,
    reach_frame,
    sureness_of,
)
from planning.export.geo import PackageLayer, geojson_bytes, write_layers
from planning.export.plan import GAIN_UNITS, PLACES, plan_files
from planning.export.styles import styles_of

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import geopandas as gpd

    from planning.area.study_area import StudyArea
    from planning.export.about import About
    from planning.export.files import Progress
    from planning.export.sureness import Sureness
    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.scoring import Evaluation


def gain_unit(findings: Findings | None) -> str:
    """Return the unit of the column ``gain``."""
    plan = None if findings is None else findings.plan
    return "need" if plan is None else GAIN_UNITS[plan.settings.objective]


def write_package(
    path: Path, findings: Findings, t: Translator, about: About, *, progress: Progress | None = None
) -> None:
    """Write a GeoPackage: plan, candidates, sites, reach, cells and districts, each with its style.

    Without a plan the layer ``plan`` is left out, ``reach`` holds the open sites only, and the columns that
    say what a plan changes are missing.

    Parameters
    ----------
    progress
        Called with the share that is done and the name of the layer.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    sureness = sureness_of(findings)
    frames = layer_frames(findings.area, findings.evaluation, t, findings=findings)
    _write(path, frames, t, about, findings.date, findings=findings, sureness=sureness, progress=progress)


def write_geopackage(
    area: StudyArea,
    evaluation: Evaluation,
    path: Path,
    *,
    t: Translator,
    about: About,
    date: dt.date,
    progress: Progress,
    sureness: Sureness | None = None,
) -> None:
    """Write a ranking as the GeoPackage of :func:`write_package`, without what takes walks.

    ``reach`` and the columns about walking distance are left out; cells and districts are drawn by need.
    ``sureness`` adds columns to the candidates and a member to the record.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    frames = layer_frames(area, evaluation, t, sureness=sureness)
    _write(path, frames, t, about, date, findings=None, sureness=sureness, progress=progress)


def _write(
    path: Path,
    frames: dict[str, gpd.GeoDataFrame],
    t: Translator,
    about: About,
    date: dt.date,
    *,
    findings: Findings | None,
    sureness: Sureness | None,
    progress: Progress | None,
) -> None:
    styles = styles_of(frames, t, None if findings is None else coverage_classes(findings, t))
    unit = gain_unit(findings)
    layers = {}
    for name, frame in frames.items():
        called = {
            str(one): column(t, str(one), gain_unit=unit) for one in ("fid", *frame.columns.drop("geometry"))
        }
        layers[name] = PackageLayer(
            frame=frame,
            title=t(f"layers.title.{name}"),
            description=_description(name, t, about, findings),
            style=styles[name],
            headings=_unlike(called),
            titles={key: one.title for key, one in called.items()},
        )
    write_layers(
        path,
        layers,
        t("layers.styles"),
        record_of(about, sureness),
        date,
        progress=progress or (lambda _share, _step: None),
    )


def _unlike(called: dict[str, Column]) -> dict[str, str]:
    """Return headings, those that would be used twice with the name of the column."""
    found: dict[str, str] = {}
    for name, one in called.items():
        taken = one.heading in found.values()
        found[name] = f"{one.heading} [{name}]" if taken else one.heading
    return found


def record_of(about: About, sureness: Sureness | None) -> dict[str, Any]:
    """Return how a result came about, with how its sureness did."""
    return about.record if sureness is None else about.record | {"sureness": sureness.record()}


def _description(layer: str, t: Translator, about: About, findings: Findings | None) -> str:
    notes = []
    if layer == "districts":
        notes = [t("layers.districts_note")]
    elif layer in {"cells", "reach"} and findings is not None:
        notes = [t("layers.cells_note", metres=t.number(findings.scenario.reach_m))]
    parts = (
        t(f"layers.title.{layer}"),
        about.subtitle,
        *notes,
        *about.scenario,
        *about.record["notes"],
        *about.sources,
    )
    return "\n".join(parts)


def geojson_files(findings: Findings, t: Translator, about: About) -> dict[str, bytes]:
    """Return GeoJSON files by name: ``candidates``, ``reach``, ``districts`` and, with a plan, ``plan``.

    ``plan.geojson`` is that of ``planning plan``: chosen rooms and open sites, told apart by ``role``.
    """
    area, evaluation = findings.area, findings.evaluation
    record = record_of(about, sureness_of(findings))
    districts = districts_frame(area, evaluation, t, findings)
    districts.insert(0, "id", districts["level"] + ":" + districts["key"])
    files = {
        "candidates.geojson": geojson_bytes(candidates_frame(findings, t), record),
        "reach.geojson": geojson_bytes(reach_frame(findings, t), record, identifier="id"),
        "districts.geojson": geojson_bytes(districts, record, identifier="id"),
    }
    if findings.plan is None:
        return files
    made = plan_files(area, findings.plan, findings.effect, evaluation, t, findings.date)
    return {PLACES: made[PLACES]} | files
