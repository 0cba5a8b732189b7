"""Names and addresses, reduced to what tells two of them apart."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from hashlib import sha1

_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e"})
_SAME_RATIO = 0.88
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_STREET = re.compile(r"str(?:a(?:ss|ß)e|\.)?(?=\s|\d|$)", re.IGNORECASE)


@cache
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, without accents, signs and legal forms."""
    plain = name.lower().translate(_FOLD)
    found = re.findall(r"[a-z0-9]+", re.sub(r"\be\.\s?v\.?", " ", plain))
    return tuple(found)


def alike(one: str, other: str) -> bool:
    """Tell whether two names are the same but for spelling, word order or an addition.

    >>> alike("Stadtteilbücherei Brackel", "Stadteilbuecherei Brackel")
    True
    >>> alike("Grundschule Nord", "Grundschule Süd")
    False
    """
    first, second = words(one), words(other)
    if not first or not second:
        return False
    shorter, longer = sorted((set(first), set(second)), key=len)
    if shorter <= longer and len("".join(shorter)) > len("schule"):
        return True
    joined = " ".join(sorted(first)), " ".join(sorted(second))
    digits = [word for word in first if word.isdigit()], [word for word in second if word.isdigit()]
    return digits[0] == digits[1] and SequenceMatcher(None, *joined).ratio() >= _SAME_RATIO


def stated_address(text: object) -> tuple[str, str]:
    """Split an address as a source states it into the address and its quality.

    Returns
    -------
    The address without remarks in brackets, and ``stated`` if it has a house number, ``street`` if not; two
    empty strings if nothing is stated.

    >>> stated_address("Märkische Straße (number not in source)")
    ('Märkische Straße', 'street')
    """
    if not isinstance(text, str):
        return "", ""
    address = _IN_BRACKETS.sub("", text).strip()
    return address, "stated" if re.search(r"\s\d+\s?\w?(?:\s?[-/]\s?\d+\s?\w?)?$", address) else "street"


def address_key(address: str) -> str:
    """Return an address in a form that is equal for equal addresses."""
    return " ".join(words(_STREET.sub("str", address)))


def stable_id(prefix: str, *parts: object) -> str:
    """Return ``prefix_`` and 12 digits that depend only on the parts."""
    text = "|".join(str(part) for part in parts)
    return f"{prefix}_{sha1(text.encode(), usedforsecurity=False).hexdigest()[:12]}"
