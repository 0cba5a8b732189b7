"""What the columns of an uploaded table are called and how a cell becomes a value."""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from planning.area.catalogues import declaration
from planning.i18n import LANGUAGES, Translator
from planning.sources.addresses import fold
from planning.sources.grid import MAX_TEXT, BadCell

if TYPE_CHECKING:
    from planning.sources.grid import Cell

Kind = Literal["sites", "candidates"]
KINDS: tuple[Kind, ...] = ("sites", "candidates")
DEGREES = ("lat", "lon")

_ID = {"sites": "site_id", "candidates": "candidate_id"}
_REQUIRED = ("name", "kind")
_DEFAULTS = {"status": "open"}
_WORDS = {"step_free": "answer", "kitchen": "answer"}
_KIND_WORDS = {"sites": "site_kind", "candidates": "venue_kind"}
_TIMES = ("time_from", "time_to")
_MISSING = {fold(text) for text in ("unbekannt", "unknown", "k. A.", "n/a", "-", "?")}
_YES_NO = {"x": "yes", "true": "yes", "wahr": "yes", "1": "yes", "y": "yes", "j": "yes"} | {
    "false": "no",
    "falsch": "no",
    "0": "no",
    "n": "no",
}
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_GROUPED_DE = re.compile(r"[+-]?[0-9]{1,3}(?:[. '\u00a0\u202f][0-9]{3})+(?:,[0-9]+)?")
_GROUPED_EN = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_UNCLEAR = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_UNIT = re.compile(r"\s*(?:m²|m2|qm|m|€|eur|°)$", re.IGNORECASE)
_TIME = re.compile(r"([01]?[0-9]|2[0-3])(?:[:.]([0-5][0-9]))?(?::00)?\s*(?:uhr|h)?", re.IGNORECASE)
_DANGEROUS = "=+-@\t\r'"


class CellError(ValueError):
    """A cell cannot be taken over: a code with parameters."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


@dataclass(frozen=True)
class Field:
    """A column of an uploaded table; ``choices`` are allowed code values, ``required`` cells not blank."""

    name: str
    type: Literal["text", "number", "choice", "time", "degrees"]
    required: bool = False
    choices: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    words: str = ""
    known: dict[str, str] = field(default_factory=dict, compare=False)

    def label(self, t: Translator) -> str:
        """Return the heading in one language: the one on screen, where the column is shown there."""
        on_screen = f"data.column.{self.name}.label"
        return t(on_screen if t.has(on_screen) else f"upload.column.{self.name}")

    def choice_label(self, choice: str, t: Translator) -> str:
        """Return an allowed value in words."""
        return t(f"data.{self.words}.{choice}")


def id_column(kind: Kind) -> str:
    """Return the name of the identifier's column."""
    return _ID[kind]


def must_have(kind: Kind) -> tuple[str, ...]:
    """Return the columns without which a table is not taken over."""
    return _REQUIRED if kind in KINDS else ()


@cache
def fields_of(kind: Kind) -> dict[str, Field]:
    """Return the columns of a table by name, in the order of the study area's schema."""
    schema = declaration("schema")
    found = {}
    for row in schema[schema["table"] == kind].to_dict("records"):
        name = str(row["column"])
        required = name != _ID[kind] and name not in _DEFAULTS and row["nullable"] == "no"
        choices = _choices(str(row["allowed"]))
        bounds = [
            float(row[side]) if row[side] else limit
            for side, limit in (("min", -math.inf), ("max", math.inf))
        ]
        what: Literal["text", "number", "choice", "time"] = "number" if row["type"] == "number" else "text"
        if choices:
            what = "choice"
        elif name in _TIMES:
            what = "time"
        located = name in {"x", "y", "location_quality"}
        words = _KIND_WORDS[kind] if name == "kind" else _WORDS.get(name, name)
        known = _known_choices(choices, words)
        must = required and not located
        found[name] = Field(name, what, must, choices, bounds[0], bounds[1], words, known)
    return found


@cache
def degree_fields() -> dict[str, Field]:
    """Return the two columns that may stand in for ``x`` and ``y``."""
    return {
        "lat": Field("lat", "degrees", low=-90, high=90),
        "lon": Field("lon", "degrees", low=-180, high=180),
    }


def _choices(allowed: str) -> tuple[str, ...]:
    if allowed == "@venue_kinds":
        return tuple(declaration("venue_kinds")["kind"])
    return tuple(value for value in allowed.split(";") if value)


def _known_choices(choices: tuple[str, ...], section: str) -> dict[str, str]:
    known = {fold(choice): choice for choice in choices}
    for language in LANGUAGES:
        t = Translator(language)
        known |= {fold(t(f"data.{section}.{choice}")): choice for choice in choices}
    return known | _YES_NO if set(choices) == {"yes", "no"} else known


@cache
def headings(kind: Kind) -> dict[str, str]:
    """Return every heading that is understood, folded, with the column it means."""
    known: dict[str, str] = {}
    for name in (*fields_of(kind), *DEGREES):
        spoken = [name]
        for language in LANGUAGES:
            t = Translator(language)
            keys = (f"data.column.{name}.label", f"upload.column.{name}")
            spoken += [t(key) for key in keys if t.has(key)]
            if t.has(f"upload.alias.{name}"):
                spoken += t(f"upload.alias.{name}").split(";")
        for heading in spoken:
            known.setdefault(fold(heading), name)
    return known


def alike(text: str, known: list[str]) -> str:
    """Return the known words that resemble the text, for a hint; empty if none does."""
    return ", ".join(difflib.get_close_matches(text, known, n=3, cutoff=0.75))


def parse(column: Field, cell: Cell) -> str | float | None:
    """Return the cell's value, None if it is empty.

    Raises ``CellError`` with code and parameters of the fault.
    """
    if isinstance(cell, BadCell):
        raise CellError(cell.code)
    if cell is None or cell == "":
        return None
    if column.type in {"number", "degrees"}:
        return _bounded(column, _parse_number(cell, may_be_unclear=column.type == "number"))
    text = _plain_text(cell)
    if column.type == "choice":
        return _parse_choice(column, text)
    if column.type == "time":
        return _parse_time(cell)
    if len(text) > MAX_TEXT:
        raise CellError("upload_text_too_long", limit=MAX_TEXT)
    return text or None


def _plain_text(cell: str | float) -> str:
    return disarmed(cell) if isinstance(cell, str) else format_number(cell)


def _parse_choice(column: Field, text: str) -> str | None:
    key = fold(text)
    if key in column.known:
        return column.known[key]
    if not column.required and (key in _MISSING or not key):
        return None
    raise CellError("upload_not_a_choice", value=text[:60], allowed=", ".join(column.choices))


def _parse_time(cell: str | float) -> str:
    if not isinstance(cell, str):
        # Spreadsheets keep times as parts of a day.
        if 0 < cell < 1:
            minutes = round(cell * 24 * 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}"
        cell = format_number(cell)
    found = _TIME.fullmatch(disarmed(cell))
    if found is None:
        raise CellError("upload_not_a_time", value=cell[:60])
    return f"{int(found[1]):02d}:{found[2] or '00'}"


def _parse_number(cell: str | float, *, may_be_unclear: bool) -> float | None:
    if not isinstance(cell, str):
        value = cell
    else:
        text = _UNIT.sub("", disarmed(cell)).strip()
        if fold(text) in _MISSING or text in {"-", "?"}:
            return None
        if fold(text) in {"nan", "inf", "infinity", "unendlich"}:
            raise CellError("upload_not_finite", value=cell[:60])
        if may_be_unclear and _UNCLEAR.fullmatch(text):
            raise CellError("upload_unclear_number", value=cell[:60])
        value = _number_in(text, cell)
    if not math.isfinite(value):
        raise CellError("upload_not_finite", value=str(cell)[:60])
    return value


def _number_in(text: str, cell: str) -> float:
    if len(text) > MAX_TEXT:
        raise CellError("upload_not_a_number", value=cell[:60])
    if _PLAIN.fullmatch(text):
        return float(text.replace(",", "."))
    if _GROUPED_DE.fullmatch(text):
        return float(re.sub(r"[. '\u00a0\u202f]", "", text).replace(",", "."))
    if _GROUPED_EN.fullmatch(text):
        return float(text.replace(",", ""))
    raise CellError("upload_not_a_number", value=cell[:60])


def _bounded(column: Field, value: float | None) -> float | None:
    if value is None or column.low <= value <= column.high:
        return value
    if column.type == "degrees":
        raise CellError("upload_metres_as_degrees", value=format_number(value))
    low, high = (format_number(limit) if math.isfinite(limit) else "∞" for limit in (column.low, column.high))
    raise CellError("upload_out_of_range", value=format_number(value), low=low, high=high)


def format_number(value: float, decimal: str = ".") -> str:
    """Write a number so that reading it gives the same number and nobody takes ``1,234`` for 1234."""
    text = repr(float(value)).removesuffix(".0")
    if _UNCLEAR.fullmatch(text):
        text += "0"
    return text.replace(".", decimal)


def armed(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet program would run as a formula; plain numbers stay.

    References
    ----------
    OWASP, CSV Injection: a cell that starts with ``= + - @``, a tab or a carriage return.
    """
    if text[:1] and text[0] in _DANGEROUS and not _PLAIN.fullmatch(text):
        return f"'{text}"
    return text


def disarmed(text: str) -> str:
    """Take away the apostrophe that :func:`armed` put there."""
    if len(text) > 1 and text[0] == "'" and text[1] in _DANGEROUS:
        return text[1:]
    return text
