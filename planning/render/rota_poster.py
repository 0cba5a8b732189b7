"""The poster of a place for its window: where, on which day, at what time, in which languages."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.ft2font import FT2Font

from planning.i18n import LANGUAGES, Translator, catalogue_keys
from planning.render.fact_sheet import short
from planning.render.labels import date_text
from planning.render.rota_words import hours_text, weekday_name
from planning.render.typeset import fonts_folder, pdf
from planning.sources.addresses import fold

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

_PREFIX, _SUFFIX = "rota_files.language.", ".name"
_FACES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_LONGEST, _LONGEST_AREA, _LONGEST_LANGUAGE, _LONGEST_NOTE = 300, 60, 30, 400
_MOST_LANGUAGES, _MOST_DUTIES = 24, 14
_SYMBOLS = {"So", "Sk", "Cn", "Co", "Cs", "Cc"}
_JOINERS = {"\u200d", "\ufe0e", "\ufe0f", "\u20e3"}


@dataclass(frozen=True)
class Language:
    """A language as people read it.

    Parameters
    ----------
    name
        In the language of the document; as given where no catalogue knows it.
    own
        What its speakers call it; empty where unknown or where the type lacks the letters.
    code
        ISO 639 code; empty where unknown.
    """

    name: str
    own: str = ""
    code: str = ""


@cache
def _codes() -> Mapping[str, str]:
    """Return the code of each language by everything it is called, folded."""
    known: dict[str, str] = {}
    for key in catalogue_keys():
        if not (key.startswith(_PREFIX) and key.endswith(_SUFFIX)):
            continue
        code = key.removeprefix(_PREFIX).removesuffix(_SUFFIX)
        known.setdefault(code, code)
        for t in map(Translator, LANGUAGES):
            spoken = [t(f"rota_files.language.{code}.name")]
            if t.has(f"rota_files.language.{code}.own"):
                spoken.append(t(f"rota_files.language.{code}.own"))
            if t.has(f"rota_files.language.{code}.alias"):
                spoken += t(f"rota_files.language.{code}.alias").split(";")
            for word in spoken:
                known.setdefault(fold(word), code)
    return known


def language_of(t: Translator, text: str) -> Language:
    """Return a language that a table names by code, in German, in English or in its own words.

    >>> from planning.i18n import Translator
    >>> language_of(Translator("en"), "Türkisch")
    Language(name='Turkish', own='Türkçe', code='tr')
    """
    code = _codes().get(fold(text))
    if code is None:
        return Language(" ".join(text.split()))
    own = f"rota_files.language.{code}.own"
    return Language(t(f"rota_files.language.{code}.name"), t(own) if t.has(own) else "", code)


def languages_of(t: Translator, texts: Iterable[str]) -> list[Language]:
    """Return languages in the order given, each once, whatever it is called."""
    found = (language_of(t, text) for text in texts if text.strip())
    return list({fold(one.name) or one.name: one for one in found}.values())


def poster_pdf(
    t: Translator,
    *,
    place_name: str,
    address: str,
    duties: Sequence[tuple[int, int, int]],
    languages: Sequence[str],
    area_name: str,
    date: dt.date,
    note: str = "",
) -> bytes:
    """Return a poster as PDF: one page A4, type as large as it fits.

    Symbols such as emoji are left out where the type has none; texts that no window could show are cut. The
    same input gives the same bytes.

    Parameters
    ----------
    address
        Empty if unknown.
    duties
        Weekday (0 Monday), begin and end in minutes after midnight.
    languages
        That are spoken here, as tables name them; each also in its own name, where known.
    date
        When the poster was made.
    note
        A line of a person's own; nothing else is said than what is given.
    """
    name = _line(place_name, _LONGEST)
    data = {
        "lang": t.language,
        "title": t("rota_files.poster.title", name=name) if name else t("rota_files.poster.heading"),
        "date": {"year": date.year, "month": date.month, "day": date.day},
        "words": {key: t(f"rota_files.poster.{key}") for key in ("heading", "languages", "no_duty")},
        "area": _written(_line(area_name, _LONGEST_AREA)),
        "name": _written(name),
        "address": _written(_line(address, _LONGEST)),
        "duties": [
            [weekday_name(t, day), hours_text(t, start, end)]
            for day, start, end in sorted(duties)[:_MOST_DUTIES]
        ],
        "languages": [_told(t, one) for one in languages_of(t, languages)[:_MOST_LANGUAGES]],
        "note": _written(_line(note, _LONGEST_NOTE)),
        "as_of": t("rota_files.poster.as_of", date=date_text(date, t)),
    }
    return pdf("poster", data, {})


def _written(text: str) -> dict[str, object]:
    """Return a text and whether its first letter belongs to a script from right to left."""
    strong = (unicodedata.bidirectional(character) for character in text)
    return {"text": text, "rtl": next((one for one in strong if one in {"L", "R", "AL"}), "L") != "L"}


def _told(t: Translator, language: Language) -> dict[str, str]:
    """Return what stands large and small, and the code that says how the large is to be read aloud."""
    name = short(_line(language.name, _LONGEST), _LONGEST_LANGUAGE)
    if not language.own:
        return {"large": name, "small": "", "lang": t.language}
    same = fold(language.own) == fold(name)
    return {"large": language.own, "small": "" if same else name, "lang": language.code}


@cache
def _letters() -> frozenset[int]:
    """Return what both faces of the type can show."""
    maps = [set(FT2Font(str(Path(fonts_folder()) / face)).get_charmap()) for face in _FACES]
    return frozenset(set.intersection(*maps))


def _line(text: str, most: int) -> str:
    """Return a text as one line of what the type can show; letters it lacks stay, symbols do not."""
    kept = "".join(
        character
        for character in " ".join(text.split())
        if character not in _JOINERS
        and (ord(character) in _letters() or unicodedata.category(character) not in _SYMBOLS)
    )
    return short(" ".join(kept.split()), most)
