"""Find an address in an address table, however a person writes it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from bisect import bisect_left
from itertools import islice, takewhile
from typing import NamedTuple

import numpy as np
import pandas as pd

COLUMNS = ("street", "housenumber", "street_norm", "hn_norm", "borough", "quarter", "x", "y", "ambiguous")
MATCHES = ("exact", "range", "letter", "near", "street")

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_STREET_WORD = re.compile(r"str(?:\.|\b)")
_NUMBER = r"[0-9]{1,4}\s?[a-z]?"
_JOINED = rf"{_NUMBER}(?:\s*(?:-|–|—|/|\+|bis)\s*(?:{_NUMBER}|[a-z]))*"
_STREET_AND_NUMBER = re.compile(
    rf"(?P<street>.*?[^\W\d].*?)\s*(?:\b(?:hausnummer|haus-?nr|hnr|nr)\b\.?\s*)?(?P<number>{_JOINED})",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[,;\r\n()]|\b[0-9]{5}\b")
_QUERY_CHARACTERS = 200
_STREETS = 100
_ENOUGH = 8
_SHORTEST_INSIDE = 3
_LENGTH_GAP = 3
_CLOSE = 0.75


class _HouseNumber(NamedTuple):
    low: int
    high: int


def fold(text: str) -> str:
    """Reduce a name to what tells it from others: ``Hallesche Str.`` and ``hallesche strasse`` are one.

    Case, blanks, hyphens and accents go; umlauts are written out; ``str.`` becomes ``strasse``.
    """
    plain = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    plain = _STREET_WORD.sub("strasse", plain)
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(character for character in decomposed if character.isalnum())


def fold_number(text: str) -> str:
    """Write a house number the way tables do: ``15 B`` is ``15b`` and ``54 – 56`` is ``54-56``."""
    plain = re.sub(r"\s+", "", text.casefold())
    return re.sub(r"–|—|bis", "-", plain)


def split_address(query: str) -> tuple[str, str, list[str]]:
    """Take a written address apart.

    Returns
    -------
    Street as written, house number as tables write it (empty if there is none), and what else was said
    (city, district), without postcodes.
    """
    text = unicodedata.normalize("NFC", query[:_QUERY_CHARACTERS])
    pieces = [piece.strip() for piece in _SEPARATOR.split(text)]
    pieces = [piece for piece in pieces if fold(piece)]
    numbered = [_STREET_AND_NUMBER.fullmatch(piece) for piece in pieces]
    at = next((i for i, found in enumerate(numbered) if found), 0)
    if not pieces:
        return "", "", []
    others = pieces[:at] + pieces[at + 1 :]
    found = numbered[at]
    if found is None:
        return pieces[at], "", others
    return found["street"].strip(), fold_number(found["number"]), others


def _parse_number(text: str) -> _HouseNumber:
    numbers = [int(digits) for digits in re.findall(r"[0-9]{1,6}", text)] or [-1]
    is_range = "-" in text and numbers[-1] > numbers[0]
    return _HouseNumber(numbers[0], numbers[-1] if is_range else numbers[0])


class AddressIndex:
    """An address table made ready for many searches.

    Parameters
    ----------
    addresses
        Columns as in :data:`COLUMNS`; ``x`` and ``y`` in metres. Rows without a street cannot be found.
    """

    def __init__(self, addresses: pd.DataFrame) -> None:
        table = addresses.loc[addresses["street"].notna(), list(COLUMNS)].copy()
        names = table["street"].unique()
        table["_key"] = table["street"].map({name: fold(name) for name in names}).astype("str")
        written = table["hn_norm"].fillna("").astype(str)
        parsed = {text: _parse_number(fold_number(text)) for text in written.unique()}
        numbers = [parsed[text] for text in written]
        table["_low"] = np.array([number.low for number in numbers], dtype=np.int64)
        table["_high"] = np.array([number.high for number in numbers], dtype=np.int64)
        table["_number"] = written.map({text: fold_number(text) for text in parsed}).astype("str")
        order = ["_key", "borough", "_low", "_number", "x", "y"]
        table = table[table["_key"] != ""].sort_values(order, kind="stable", ignore_index=True)
        self._table = table
        self._middles = _middle_houses(table)
        spans = table.groupby("_key", sort=True).indices
        self._spans: dict[str, np.ndarray] = {str(key): np.asarray(rows) for key, rows in spans.items()}
        self._keys = sorted(self._spans)

    def __len__(self) -> int:
        return len(self._table)

    def find(self, query: str, *, borough: str | None = None, limit: int = 8) -> pd.DataFrame:
        """Search; see :func:`find_addresses`."""
        street, number, others = split_address(query)
        if fold(query) in self._spans:
            street, number, others = query, "", []
        key = fold(street)
        names = self._names(key) if limit > 0 else []
        hints = {fold(other) for other in others} - {""}
        found = self._houses(names, key, number, borough, hints) if number else None
        if found is None:
            found = self._streets(names, key, borough, hints)
        return found.head(limit).reset_index(drop=True)

    def _names(self, key: str) -> list[str]:
        """Return the streets meant by a folded name: itself, then beginning with, holding, resembling it."""
        if not key:
            return []
        first = bisect_left(self._keys, key)
        begins = list(
            takewhile(lambda name: name.startswith(key), islice(self._keys, first, first + _STREETS))
        )
        if len(begins) < _ENOUGH and len(key) >= _SHORTEST_INSIDE:
            inside = (name for name in self._keys if key in name and not name.startswith(key))
            begins += islice(inside, _STREETS)
        return begins or difflib.get_close_matches(key, self._alike(key), n=_ENOUGH, cutoff=_CLOSE)

    def _alike(self, key: str) -> list[str]:
        """Return names of similar length that share a piece, so that few are compared closely."""
        core = key.removesuffix("strasse")
        pieces = (key[:2], core[-3:], core[1:4])
        near = (name for name in self._keys if abs(len(name) - len(key)) <= _LENGTH_GAP)
        return [
            name for name in near if name.startswith(pieces[0]) or any(p and p in name for p in pieces[1:])
        ]

    def _houses(
        self, names: list[str], key: str, number: str, borough: str | None, hints: set[str]
    ) -> pd.DataFrame | None:
        rows = (
            self._table.iloc[np.concatenate([self._spans[name] for name in names])]
            if names
            else self._table[:0]
        )
        if borough is not None:
            rows = rows[rows["borough"] == borough]
        wanted = _parse_number(number)
        low, high = rows["_low"].to_numpy(), rows["_high"].to_numpy()
        same_side = (low - wanted.low) % 2 == 0
        overlaps = (low <= wanted.high) & (wanted.low <= high) & same_side
        single = (low == wanted.low) & (low == high) & (wanted.low == wanted.high)
        exact = (rows["_number"] == number).to_numpy()
        grade = np.select([exact, overlaps & ~single, single], [0, 1, 2], default=3)
        tier = np.select([(rows["_key"] == key), rows["_key"].str.startswith(key)], [0, 1], default=2)
        gap = np.abs(low - wanted.low) + ~same_side
        order = np.lexsort((np.arange(len(rows)), gap, ~_hinted(rows, hints), grade, tier))
        matches = np.array(MATCHES, dtype=object)[grade[order]]
        return rows.iloc[order][list(COLUMNS)].assign(match=matches).astype({"match": "str"})

    def _streets(self, names: list[str], key: str, borough: str | None, hints: set[str]) -> pd.DataFrame:
        rank = {name: at for at, name in enumerate(names)}
        middles = self._middles[self._middles["_key"].isin(rank)]
        if borough is not None:
            middles = middles[middles["borough"] == borough]
        full = middles[middles["_key"] == key]
        meant = full[_hinted(full, hints)] if len(full) > 1 else full
        if len(meant) == 1 or len(full) == 1:
            only = (meant if len(meant) == 1 else full).iloc[0]
            rows = self._table.iloc[self._spans[key]]
            same = rows["borough"].isna() if pd.isna(only["borough"]) else rows["borough"] == only["borough"]
            found = rows[same]
        else:
            place = middles["_key"].map(rank).to_numpy()
            order = np.lexsort((np.arange(len(middles)), place, ~_hinted(middles, hints)))
            found = middles.iloc[order]
        return found[list(COLUMNS)].assign(match="street").astype({"match": "str"})


def _middle_houses(table: pd.DataFrame) -> pd.DataFrame:
    """Return for each street and borough the house nearest to the street's middle."""
    street = table.groupby(["_key", "borough"], sort=False, dropna=False)
    away = (table["x"] - street["x"].transform("median")).abs() + (
        table["y"] - street["y"].transform("median")
    ).abs()
    nearest = away.groupby([table["_key"], table["borough"]], sort=False, dropna=False).idxmin()
    return table.loc[np.sort(nearest.to_numpy())] if len(table) else table


def _hinted(rows: pd.DataFrame, hints: set[str]) -> np.ndarray:
    if not hints:
        return np.zeros(len(rows), dtype=bool)
    named = pd.concat([rows["borough"], rows["quarter"]]).dropna().unique()
    meant = [key for key in named if fold(str(key)) in hints]
    hinted: np.ndarray = (rows["borough"].isin(meant) | rows["quarter"].isin(meant)).to_numpy()
    return hinted


def find_addresses(
    addresses: pd.DataFrame | AddressIndex, query: str, *, borough: str | None = None, limit: int = 8
) -> pd.DataFrame:
    """Search an address table.

    Street names match whole, then by beginning, by part, and last by resemblance; case, umlauts, hyphens,
    blanks and ``Str.`` do not matter. A district after a comma (``Oberbank 11, Dorstfeld``) comes first.

    Parameters
    ----------
    addresses
        The table, or an :class:`AddressIndex` of it where many searches follow.
    query
        Street, with or without house number. Without a number: the houses of the street, or where
        several streets are meant, the middle house of each street in each borough.
    borough
        Key of the only borough to search.
    limit
        Most rows to return.

    Returns
    -------
    Rows of the table, best first, columns as in :data:`COLUMNS` and ``match``: ``exact`` (this number),
    ``range`` (the number lies in the range or the range holds the number), ``letter`` (same number, other
    letter), ``near`` (another number, nearest first) or ``street`` (no number was given). ``ambiguous`` rows
    have a street that the table itself only supposes. An exact match of the number does not say that the
    street is spelt as asked: compare with :func:`fold`.
    """
    index = addresses if isinstance(addresses, AddressIndex) else AddressIndex(addresses)
    return index.find(query, borough=borough, limit=limit)
