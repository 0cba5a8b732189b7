"""One way in: the suffix of the file decides the form of the result."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from planning.errors import OutputError
from planning.export.about import about as describe
from planning.export.files import write_bytes, write_together
from planning.export.geo import geojson_bytes
from planning.export.layers import record_of, write_geopackage
from planning.export.page import page_bytes
from planning.export.tables import csv_bytes, csv_record, result_table
from planning.render.findings import Scored
from planning.render.sheets import Paper, ranking_sheet, sheet_png
from planning.render.view import MapView

if TYPE_CHECKING:
    import datetime as dt

    from planning.area.study_area import StudyArea
    from planning.export.files import Progress
    from planning.export.sureness import Sureness
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scoring import Evaluation

_DRAWN = (".html", ".png")
SUFFIXES = (".csv", ".geojson", ".gpkg", ".html", ".png")
SURE_SUFFIXES = (".csv", ".geojson", ".gpkg")
"""Forms that have columns for how sure the ranking is."""


def write_result(
    area: StudyArea,
    evaluation: Evaluation,
    scenario: Scenario,
    path: Path | str,
    *,
    t: Translator,
    date: dt.date,
    view: MapView | None = None,
    progress: Progress | None = None,
    sureness: Sureness | None = None,
) -> None:
    """Write a result as ``.html``, ``.png``, ``.gpkg``, ``.geojson`` or ``.csv``.

    Every form carries scenario, date, sources and licences: on the page, in the picture, in the metadata of
    the layers, in a member ``metadata``, or for CSV in a file ``<name>.meta.json`` beside it. An existing
    file is replaced in one step, table and record of a CSV together; the same input gives the same bytes.

    Parameters
    ----------
    date
        Day that is written on the result.
    view
        What the web page and the picture show; by default need by cell. Scores and need are always those of
        ``evaluation``.
    progress
        Called with the share that is done and the name of the step: ``drawing``, a layer or ``files``.
    sureness
        How sure the ranking is; columns and a member ``sureness`` of the record in ``SURE_SUFFIXES``.

    Raises
    ------
    OutputError
        The suffix is none of these, the path is a folder, or the file cannot be written.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise OutputError("output_suffix", path=str(target), allowed=", ".join(SUFFIXES))
    tell = progress or _silent
    about = describe(area, evaluation, scenario, t, date, drawn=suffix in _DRAWN)
    if suffix == ".gpkg":
        write_geopackage(
            area, evaluation, target, t=t, about=about, date=date, progress=tell, sureness=sureness
        )
    elif suffix in _DRAWN:
        tell(0.0, "drawing")
        if suffix == ".png":
            scored = Scored(area, scenario, evaluation, date)
            content = sheet_png(scored, ranking_sheet(scored, t, Paper(), view), t)
        else:
            content = page_bytes(area, evaluation, t, _shown(evaluation, view), about)
        write_bytes(target, content)
    else:
        tell(0.0, "files")
        table = result_table(area, evaluation, t, sureness=sureness)
        told = record_of(about, sureness)
        if suffix == ".geojson":
            write_bytes(target, geojson_bytes(table, told))
        else:
            record = csv_record(table, t, told)
            write_together(
                {target: csv_bytes(table, t), target.with_name(f"{target.name}.meta.json"): record}
            )
    tell(1.0, "files")


def _silent(_share: float, _step: str) -> None:
    """Take progress when nobody wants to see it."""


def _shown(evaluation: Evaluation, view: MapView | None) -> MapView:
    scores = evaluation.scores
    return replace(view or MapView(), online=None, need=evaluation.need, score=scores.total, rank=scores.rank)
