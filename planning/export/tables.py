"""The ranking as a table, and how it is written so that a spreadsheet takes it as data only."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from planning.render.geometry import WGS84
from planning.render.labels import district_names, printable, room_names
from planning.scoring import ranking
from planning.sources.fields import armed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning.area.study_area import StudyArea
    from planning.export.about import About
    from planning.export.sureness import Sureness
    from planning.i18n import Translator
    from planning.render.findings import Findings
    from planning.scoring import Evaluation

_LEVELS = ("borough", "quarter")
_DIGITS = 6
_DEGREE_DIGITS = 7
_METRE_DIGITS = 2
_FACTS = (
    "address",
    "step_free",
    "room_m2",
    "kitchen",
    "cost_eur_month",
    "contact",
    "as_of",
    "source",
    "note",
)
CSV_FORM = {"de": (";", ","), "en": (",", ".")}


def result_table(
    area: StudyArea, evaluation: Evaluation, t: Translator, *, sureness: Sureness | None = None
) -> gpd.GeoDataFrame:
    """Return the ranking with names, places and facts, best first, in the area's coordinates.

    Column names do not depend on language; ``docs/ranking-files.md`` describes each. ``shown_name`` is what
    people call the room, also where it has no name; ``unknown`` and ``out_of_reach`` list the criteria whose
    raw measure is missing or infinite, in both of which cases ``raw_*`` is empty.

    Parameters
    ----------
    sureness
        How sure this ranking is, which makes columns of its own.
    """
    ranked = ranking(area, evaluation)
    rooms = area.candidates.set_index("candidate_id").loc[ranked["candidate_id"]]
    found: dict[str, Any] = {name: ranked[name] for name in ("rank", "candidate_id", "name")}
    facts = [name for name in _FACTS if name in rooms]
    located = ranked.assign(**{name: rooms[name].to_numpy() for name in (*facts, "street") if name in rooms})
    found["shown_name"] = room_names(t, located)
    found["kind"] = ranked["kind"]
    found["kind_label"] = [t(f"data.venue_kind.{kind}") for kind in ranked["kind"]]
    for level in _LEVELS:
        found[level] = ranked[level]
        found[f"{level}_name"] = ranked[level].map(district_names(area, level))
    for name in ("score", "low", "high"):
        found[name] = ranked[name].round(_DIGITS)
    if sureness is not None:
        sure = sureness.columns().loc[list(ranked["candidate_id"])]
        found |= {str(name): sure[name].to_numpy() for name in sure}
    raw = ranked.filter(regex="^raw_")
    contributions = ranked.filter(regex="^contribution_").round(_DIGITS)
    measures = raw.replace([np.inf, -np.inf], np.nan).round(_DIGITS)
    found |= {str(name): column for name, column in (*contributions.items(), *measures.items())}
    found["unknown"] = _names_where(raw.isna())
    found["out_of_reach"] = _names_where(raw.isin([np.inf, -np.inf]))
    found |= {name: located[name] for name in facts}
    return gpd.GeoDataFrame(pd.DataFrame(found), geometry=rooms.geometry.to_numpy(), crs=area.crs)


def _names_where(marked: pd.DataFrame) -> list[str]:
    names = np.array([name.removeprefix("raw_") for name in marked.columns])
    return [";".join(names[row]) for row in marked.to_numpy()]


def with_places(table: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return a table with columns ``x``, ``y`` (m) and ``lon``, ``lat`` (degrees) instead of geometry."""
    degrees = table.geometry.to_crs(WGS84)
    return pd.DataFrame(table.drop(columns="geometry")).assign(
        x=table.geometry.x.round(_METRE_DIGITS),
        y=table.geometry.y.round(_METRE_DIGITS),
        lon=degrees.x.round(_DEGREE_DIGITS),
        lat=degrees.y.round(_DEGREE_DIGITS),
    )


def csv_bytes(table: pd.DataFrame, t: Translator) -> bytes:
    """Write rows as CSV for the spreadsheets of the language: UTF-8 with a byte order mark.

    German: semicolons and decimal commas; English: commas and decimal points. Text that a spreadsheet would
    run as a formula is armed (:func:`planning.sources.fields.armed`). Geometry becomes four columns
    (:func:`with_places`).
    """
    flat = (with_places(table) if isinstance(table, gpd.GeoDataFrame) else table).copy()
    for name in flat.columns:
        if not pd.api.types.is_numeric_dtype(flat[name]):
            flat[name] = [
                armed(printable(value)) if isinstance(value, str) else value for value in flat[name]
            ]
    separator, decimal = CSV_FORM[t.language]
    stream = io.StringIO(newline="")
    flat.to_csv(stream, index=False, sep=separator, decimal=decimal, lineterminator="\r\n")
    return stream.getvalue().encode("utf-8-sig", errors="replace")


def csv_record(
    table: pd.DataFrame, t: Translator, record: Mapping[str, Any], *, gain_unit: str = "need"
) -> bytes:
    """Return the side file of a CSV as JSON: its form, its columns, and how it came about.

    Parameters
    ----------
    record
        Plain values that say how the rows came about.
    gain_unit
        Unit of the column ``gain``, if there is one.
    """
    from planning.export.columns import column

    separator, decimal = CSV_FORM[t.language]
    flat = with_places(table) if isinstance(table, gpd.GeoDataFrame) else table
    called = {str(name): column(t, str(name), gain_unit=gain_unit) for name in flat.columns}
    form = {
        "encoding": "UTF-8",
        "byte_order_mark": True,
        "delimiter": separator,
        "decimal_mark": decimal,
        "thousands_mark": None,
        "quote": '"',
        "line_end": "\r\n",
        "header_rows": 1,
        "rows": len(flat),
        "columns": [
            {"name": name, "title": one.title, "unit": one.unit or None} for name, one in called.items()
        ],
    }
    return (json.dumps({"table": form, **record}, ensure_ascii=False, indent=1) + "\n").encode(
        errors="replace"
    )


def csv_files(findings: Findings, t: Translator, about: About) -> dict[str, bytes]:
    """Return ``candidates.csv``, with a plan also ``plan.csv`` and ``districts.csv``; side files, too."""
    from planning.export.frames import candidates_frame, districts_frame, plan_frame, sureness_of
    from planning.export.layers import gain_unit, record_of

    record, unit = record_of(about, sureness_of(findings)), gain_unit(findings)
    tables: dict[str, pd.DataFrame] = {"candidates": candidates_frame(findings, t)}
    if findings.plan is not None:
        tables["plan"] = plan_frame(findings, t)
        districts = districts_frame(findings.area, findings.evaluation, t, findings)
        tables["districts"] = pd.DataFrame(districts.drop(columns="geometry"))
    files: dict[str, bytes] = {}
    for name, table in tables.items():
        files[f"{name}.csv"] = csv_bytes(table, t)
        files[f"{name}.csv.meta.json"] = csv_record(table, t, record, gain_unit=unit)
    return files
