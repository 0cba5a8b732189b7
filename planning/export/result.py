"""One way in: the suffix of the file decides the form of the result."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from planning.errors import OutputError
from planning.export.about import about as describe
from planning.export.files import write_bytes
from planning.export.geo import geojson_bytes, write_geopackage
from planning.export.page import page_bytes
from planning.export.tables import csv_bytes, result_table
from planning.render.print_map import PrintTexts, print_map
from planning.render.view import MapView

if TYPE_CHECKING:
    import datetime as dt

    from planning.area.study_area import StudyArea
    from planning.i18n import Translator
    from planning.model import Scenario
    from planning.scoring import Evaluation

SUFFIXES = (".csv", ".geojson", ".gpkg", ".html", ".png")


def write_result(
    area: StudyArea,
    evaluation: Evaluation,
    scenario: Scenario,
    path: Path | str,
    *,
    t: Translator,
    date: dt.date,
    view: MapView | None = None,
) -> None:
    """Write a result as ``.html``, ``.png``, ``.gpkg``, ``.geojson`` or ``.csv``.

    Every form carries scenario, date, sources and licences: on the page, in the picture, in the metadata of
    the layers, in a member ``metadata``, or for CSV in a file ``<name>.meta.json`` beside it. An existing
    file is replaced in one step; the same input gives the same bytes.

    Parameters
    ----------
    date
        Day that is written on the result.
    view
        What the web page and the picture show; by default need by cell. Scores and need are always those of
        ``evaluation``.

    Raises
    ------
    OutputError
        The suffix is none of these, or the file cannot be written.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise OutputError("output_suffix", path=str(target), allowed=", ".join(SUFFIXES))
    about = describe(area, evaluation, scenario, t, date)
    shown = _shown(evaluation, view)
    if suffix == ".gpkg":
        write_geopackage(area, evaluation, target, t=t, about=about, date=date)
    elif suffix == ".png":
        texts = PrintTexts(about.title, about.subtitle, about.scenario, about.sources)
        write_bytes(target, print_map(area, t, shown, texts))
    elif suffix == ".html":
        write_bytes(target, page_bytes(area, evaluation, t, shown, about))
    elif suffix == ".geojson":
        write_bytes(target, geojson_bytes(result_table(area, evaluation, t), about))
    else:
        table = csv_bytes(result_table(area, evaluation, t), t)
        record = json.dumps(about.record, ensure_ascii=False, indent=1).encode()
        write_bytes(target.with_name(f"{target.name}.meta.json"), record)
        write_bytes(target, table)


def _shown(evaluation: Evaluation, view: MapView | None) -> MapView:
    scores = evaluation.scores
    return replace(view or MapView(), online=None, need=evaluation.need, score=scores.total, rank=scores.rank)
