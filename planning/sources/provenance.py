"""Where each layer comes from, as the raw folder's own page tells it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from planning.area.catalogues import declaration
from planning.area.store import file_of
from planning.area.study_area import Layer
from planning.i18n import LANGUAGES, Translator
from planning.sources.facts import years_in

if TYPE_CHECKING:
    import pandas as pd

FACT_TABLES = ("sites", "candidates", "figures", "scaling", "unlocated")
YEAR_COLUMNS = ("as_of", "year", "share_year")
_HOST = re.compile(r"https?://([^/\s|]+)")
_LICENCES = re.compile(r"ODbL(?: \d\.\d)?|dl-de/(?:by|zero)-2[.-]0|CC BY(?:-SA)?(?: \d\.\d)?|CC0(?: \d\.\d)?")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:\s*[-–]\s*((?:19|20)\d{2}))?(?!\d)")
_ATTRIBUTION = re.compile(r"^\*\s*(?P<head>[^`]*?):\s*`(?P<text>[^`]+)`", re.MULTILINE)
_ROW = re.compile(r"^\|(?P<cells>.+)\|\s*$", re.MULTILINE)


def file_table(readme: str) -> dict[str, tuple[str, str]]:
    """Return vintage and licence by file from the page's table (columns file, rows, vintage, licence)."""
    found: dict[str, tuple[str, str]] = {}
    for row in _ROW.finditer(readme):
        cells = [cell.strip() for cell in row["cells"].split("|")]
        if len(cells) == 4 and not set(cells[0]) <= set("-: "):  # noqa: PLR2004 - the four columns above
            found[cells[0]] = (cells[2], cells[3])
    return found


def years_of(vintage: str) -> str:
    """Return the years a text names, without its words: ``"OSM about 2018-2020"`` is ``"2018–2020"``."""
    spans = ["–".join(part for part in pair if part) for pair in _YEARS.findall(vintage)]
    return ", ".join(dict.fromkeys(spans))


def licences_of(text: str) -> str:
    """Return the licences a text names; empty if it states none."""
    return "; ".join(dict.fromkeys(_LICENCES.findall(text)))


def attribution_of(readme: str, heads: str) -> str:
    """Return the attribution text whose bullet begins with one of the ``heads`` (regular expression)."""
    texts = [
        m["text"]
        for m in _ATTRIBUTION.finditer(readme)
        if heads and re.search(heads, m["head"], re.IGNORECASE)
    ]
    return " · ".join(dict.fromkeys(texts))


def layer_of(table: str, readme: str, **params: float) -> Layer:
    """Return the layer's origin; ``rows`` and ``sha256`` are filled once the file is written.

    ``params`` fill the placeholders of the method text ``data.method.<table>``.
    """
    declared = declaration("raw_layers").set_index("layer").loc[table]
    files = file_table(readme)
    name = next((file for file in files if declared["raw_file"] and declared["raw_file"] in file), "")
    vintage, licence = files.get(name, ("", ""))
    attribution = attribution_of(readme, str(declared["heads"]))
    methods = {language: _method(table, language, **params) for language in LANGUAGES}
    return Layer(
        id=table,
        file=file_of(table),
        rows=0,
        year=years_of(vintage),
        source=str(declared["source"]) or attribution,
        licence=licences_of(licence) or licences_of(attribution),
        attribution=attribution,
        sha256="",
        method_de=methods["de"],
        method_en=methods["en"],
    )


def told_by(layer: Layer, frame: pd.DataFrame) -> Layer:
    """Return the layer with what its own rows tell: the span of their years and the sites they cite.

    Only tables compiled from facts carry a source in every row; the others are returned as they are.
    """
    if layer.id not in FACT_TABLES or frame.empty:
        return layer
    cited = frame["source"].dropna().map(str)
    hosts = sorted({host.removeprefix("www.") for text in cited for host in _HOST.findall(text)})
    parts = {part.strip() for text in cited for part in text.split("|")}
    plain = sorted(part for part in parts if not _HOST.search(part) and "(" not in part)
    years = [year for column in YEAR_COLUMNS if column in frame for year in map(years_in, frame[column])]
    known = sorted({year for found in years for year in found})
    span = "–".join(dict.fromkeys([str(known[0]), str(known[-1])])) if known else layer.year
    return replace(layer, year=span, source="; ".join([*plain, *hosts]))


def _method(table: str, language: str, **params: float) -> str:
    t = Translator(language)
    shown = {name: t.number(value, 0 if isinstance(value, int) else 2) for name, value in params.items()}
    return t(f"data.method.{table}", **shown)
