"""Look up texts by key and language, and write numbers the way the language does."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planning.errors import PlanningError

LANGUAGES = ("de", "en")
_UNKNOWN = {"de": "unbekannt", "en": "unknown"}
_MOST_DIGITS = 4
_PERCENT = {"de": "\u00a0%", "en": "%"}
_SEPARATORS = {"de": (".", ","), "en": (",", ".")}


def _flatten(tree: dict[str, Any], prefix: str) -> dict[str, dict[str, str]]:
    if set(tree) <= set(LANGUAGES) and all(isinstance(text, str) for text in tree.values()):
        return {prefix: tree}
    flat: dict[str, dict[str, str]] = {}
    for key, branch in tree.items():
        flat |= _flatten(branch, f"{prefix}.{key}" if prefix else key)
    return flat


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for file in files("planning.i18n").joinpath("catalogue").iterdir():
        if file.name.endswith(".toml"):
            subject = file.name.removesuffix(".toml")
            texts |= _flatten(tomllib.loads(file.read_text(encoding="utf-8")), subject)
    return texts


def catalogue_keys() -> dict[str, dict[str, str]]:
    """Return every key with its text by language."""
    return dict(_catalogue())


@dataclass(frozen=True)
class Translator:
    """Texts and number formats of one language; calling it with a key gives the text.

    Raises ``KeyError`` for a key that no catalogue holds: a missing text is a defect, not a state.
    """

    language: str = "de"

    def __call__(self, key: str, /, **params: object) -> str:
        """Return the text of a key, its placeholders filled."""
        text = _catalogue()[key][self.language]
        if not params:
            return text
        written = {name: self._written(value) for name, value in params.items()}
        return text.format(**written)

    def _written(self, value: object) -> object:
        """Write a float the way the language does; whole numbers stay, for they may be a year or a port."""
        if not isinstance(value, float):
            return value
        digits = next((n for n in range(_MOST_DIGITS) if round(value, n) == value), _MOST_DIGITS)
        return self.number(value, digits)

    def has(self, key: str) -> bool:
        """Tell whether a catalogue holds the key."""
        return key in _catalogue()

    def text(self, name: str) -> str:
        """Return the longer Markdown text ``text/<language>/<name>.md``."""
        file = files("planning.i18n").joinpath("text", self.language, f"{name}.md")
        return file.read_text(encoding="utf-8")

    def number(self, value: float | None, digits: int = 0, unit: str = "") -> str:
        """Write a number: ``1.234,5 m`` in German, ``1,234.5 m`` in English; missing is said in words."""
        if value is None or math.isnan(value):
            return _UNKNOWN[self.language]
        if math.isinf(value):
            return "∞"
        thousands, decimal = _SEPARATORS[self.language]
        plain = f"{value:,.{digits}f}"
        written = plain.replace(",", "\0").replace(".", decimal).replace("\0", thousands)
        return f"{written}\u00a0{unit}" if unit else written

    def at_most(self, value: float) -> str:
        """Write a share between 0 and 1 in percent, rounded up, so that "at most" stays true.

        Two digits that say something; what is not zero does not read as zero.

        >>> [Translator("en").at_most(share) for share in (0.0, 0.0000011, 0.00011, 0.0101, 0.25)]
        ['0%', '0.0002%', '0.02%', '1.1%', '25%']
        """
        percent = value * 100.0
        if not math.isfinite(percent) or percent == 0:
            return self.share(value)
        shown = (0 if percent >= 10 else 1 if percent >= 1 else 2, 3, _MOST_DIGITS)  # noqa: PLR2004
        digits = next((n for n in shown if percent >= 10.0**-n), _MOST_DIGITS)
        scale = 10.0**digits
        return self.share(max(math.ceil(percent * scale - 1e-9), 1) / scale / 100.0, digits)

    def share(self, value: float | None, digits: int = 0) -> str:
        """Write a share between 0 and 1 in percent."""
        written = self.number(None if value is None else value * 100, digits)
        known = value is not None and not math.isnan(value)
        return f"{written}{_PERCENT[self.language]}" if known else written


def explain(error: PlanningError, t: Translator) -> list[str]:
    """Say in words what is wrong and what to do: one line for the error, one for each of its faults."""
    lines = [t(f"errors.{error.code}", **error.params)]
    for fault in error.faults:
        text = t(f"errors.{fault.code}", **fault.params)
        place = [fault.table] if fault.table else []
        if fault.row is not None:
            place.append(t("errors.place_row", row=fault.row))
        if fault.column is not None:
            place.append(t("errors.place_column", column=fault.column))
        lines.append(f"{', '.join(place)}: {text}" if place else text)
    return lines
