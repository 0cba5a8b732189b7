"""What a person has entered for a week, apart from any plan: kept in a file, read strictly.

Entries belong to ids of rooms, offices and persons. Those of a room that is not in a plan wait until it is.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from planning.errors import Fault, UploadError
from planning.rota.model import GOALS, STEP, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT, VERSION = "dependance-rota-entries", 1
WORKDAYS = WEEKDAYS[:5]
MOST_STAFF, MOST_HOURS, MOST_VISITS, MOST_RANK = 12, 40.0, 5, 9
MOST_TEXT, MOST_CLOCK = 200, 5
_MOST_ROWS, _SHOWN = 5000, 40


@dataclass(frozen=True)
class Kind:
    """What a cell may hold: ``text``, ``flag``, ``number``, ``whole``, ``days`` or one of ``options``.

    Parameters
    ----------
    least, most
        Of a number; of a text its length.
    step
        Of which a whole number is a multiple.
    empty
        Whether a number may be missing.
    """

    name: str
    least: float = 0
    most: float = math.inf
    options: tuple[str, ...] = ()
    step: int = 1
    empty: bool = False

    def accepts(self, value: Any) -> bool:
        """Tell whether a cell may hold a value."""
        if self.name in {"number", "whole"}:
            return self._is_number(value)
        if self.name == "days":
            return isinstance(value, list) and all(value.count(one) == 1 and one in WORKDAYS for one in value)
        if self.name == "text":
            return isinstance(value, str) and len(value) <= self.most and _is_text(value)
        return isinstance(value, bool) if self.name == "flag" else value in self.options

    def _is_number(self, value: Any) -> bool:
        if value is None or isinstance(value, bool) or not isinstance(value, int | float):
            return value is None and self.empty
        return self.least <= value <= self.most and (self.name == "number" or value % self.step == 0)

    @property
    def possible(self) -> str:
        """What a cell may hold, as it is written in a file."""
        if self.name in {"number", "whole"}:
            steps = f" ({self.least:g}, {self.least + self.step:g}, …)" if self.step > 1 else ""
            return f"{self.least:g}–{self.most:g}{steps}" + (", null" if self.empty else "")
        told = {
            "flag": "true, false",
            "days": json.dumps(WORKDAYS),
            "option": ", ".join(f'"{one}"' for one in self.options),
        }
        return told.get(self.name, f'"…", 0–{self.most:g}')


def _is_text(value: str) -> bool:
    """Tell whether a text can be written: halves of pairs cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(most: int = MOST_TEXT) -> Kind:
    return Kind("text", most=most)


COLUMNS: dict[str, dict[str, Kind]] = {
    "rooms": {
        "on": Kind("flag"),
        "times": _text(),
        "weekday": Kind("option", options=("", *WORKDAYS)),
        "start": _text(MOST_CLOCK),
        "never": _text(),
        "visits": Kind("whole", 1, MOST_VISITS),
        "languages": _text(),
    },
    "teams": {
        "staff": Kind("whole", 0, MOST_STAFF),
        "hours": Kind("number", 0, MOST_HOURS),
        "office": Kind("whole", 0, MOST_STAFF),
        "open": _text(),
        "languages": _text(),
    },
    "people": {"off": Kind("days"), "languages": _text()},
    "goals": {"rank": Kind("whole", 1, MOST_RANK, empty=True)},
}
"""Tables of entries and what their columns hold."""
RULES: dict[str, Kind] = {
    "length": Kind("whole", 2 * STEP, 240, step=STEP),
    "setup": Kind("whole", 0, 60, step=STEP),
    "clear": Kind("whole", 0, 60, step=STEP),
    "setup_inside": Kind("flag"),
    "max_travel": Kind("whole", STEP, 120, step=STEP),
    "neighbour": Kind("whole", 0, 60),
    "late_end": Kind("whole", 12, 20),
    "late_share": Kind("whole", 0, 100),
    "mixed": Kind("flag"),
}
"""Rules that hold for all: minutes, ``late_end`` an hour of the day, ``late_share`` per cent."""
_WAY = Kind("whole", 0, 24 * 60)


@dataclass(frozen=True)
class Entries:
    """What was entered and differs from what the data say.

    Parameters
    ----------
    tables
        By name of :data:`COLUMNS`, id and column.
    rules
        By name of :data:`RULES`.
    ways
        Minutes from one place or office to another, by their ids; those back are given, too.
    """

    tables: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)
    ways: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def count(self) -> int:
        """How many cells, rules and ways were entered, ways there and back counted once."""
        cells = sum(len(row) for table in self.tables.values() for row in table.values())
        return cells + len(self.rules) + len({frozenset(pair) for pair in self.ways})


def entries_record(entries: Entries) -> dict[str, Any]:
    """Return entries as plain values, in a fixed order."""
    tables = {
        name: {
            key: {column: plain(row[column]) for column in COLUMNS[name] if column in row}
            for key, row in sorted(entries.tables.get(name, {}).items())
            if row
        }
        for name in COLUMNS
    }
    return {
        "format": FORMAT,
        "version": VERSION,
        **tables,
        "rules": {name: plain(entries.rules[name]) for name in RULES if name in entries.rules},
        "ways": [[one, other, minutes] for (one, other), minutes in sorted(entries.ways.items())],
    }


def entries_bytes(entries: Entries) -> bytes:
    """Return the file of entries; :func:`read_entries` reads it."""
    return f"{json.dumps(entries_record(entries), ensure_ascii=False, indent=1)}\n".encode()


def plain(value: Any) -> Any:
    """Return a cell as JSON knows it; a missing number is ``None``."""
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    if value is None or value != value or str(value) == "<NA>":  # noqa: PLR0124 - not a number
        return None
    return value.item() if hasattr(value, "item") else value


def read_entries(content: bytes) -> Entries:
    """Read a file of entries, or those that the file of a weekly plan holds.

    Raises
    ------
    UploadError
        ``rota_entries_unreadable`` if it is neither, ``rota_entries_none`` if it holds none,
        ``rota_entries_faulty`` with every faulty entry.
    """
    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UploadError("rota_entries_unreadable") from error
    if isinstance(record, dict) and record.get("format") == "dependance-rota":
        record = record.get("entries")
        if record is None:
            raise UploadError("rota_entries_none")
    if not isinstance(record, dict) or record.get("format") != FORMAT or not _is_known(record):
        raise UploadError("rota_entries_unreadable")
    faults: list[Fault] = []
    known = {"format", "version", "rules", "ways", *COLUMNS}
    faults += [_unknown(name) for name in record if name not in known]
    tables = {name: _table(name, record.get(name, {}), faults) for name in COLUMNS}
    rules = _row("rules", RULES, record.get("rules", {}), faults)
    ways = _ways(record.get("ways", []), faults)
    if faults:
        raise UploadError("rota_entries_faulty", faults=tuple(faults))
    found = Entries({name: table for name, table in tables.items() if table}, rules, ways)
    if not found:
        raise UploadError("rota_entries_none")
    return found


def _is_known(record: Mapping[str, Any]) -> bool:
    version = record.get("version")
    return version == VERSION and not isinstance(version, bool)


def _unknown(*where: str) -> Fault:
    return Fault("rota_entry_unknown", params={"where": _where(*where)})


def _faulty(value: Any, possible: str, *where: str) -> Fault:
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
    told = {"where": _where(*where), "value": short(shown), "possible": possible}
    return Fault("rota_entry_faulty", params=told)


def _where(*names: str) -> str:
    return " · ".join(short(name) for name in names)


def _table(name: str, given: Any, faults: list[Fault]) -> dict[str, dict[str, Any]]:
    if not isinstance(given, dict) or len(given) > _MOST_ROWS:
        faults.append(_faulty(given, f"{{…}}, 0–{_MOST_ROWS}", name))
        return {}
    found = {}
    for key, cells in given.items():
        if (name == "goals" and key not in GOALS) or not _is_text(key):
            faults.append(_unknown(name, key))
        elif row := _row(f"{name} · {short(key)}", COLUMNS[name], cells, faults):
            found[key] = row
    return found


def _row(where: str, kinds: Mapping[str, Kind], given: Any, faults: list[Fault]) -> dict[str, Any]:
    if not isinstance(given, dict):
        faults.append(_faulty(given, "{…}", where))
        return {}
    found = {}
    for column, value in given.items():
        if column not in kinds:
            faults.append(_unknown(where, column))
        elif kinds[column].accepts(value):
            found[column] = int(value) if kinds[column].name == "whole" and value is not None else value
        else:
            faults.append(_faulty(value, kinds[column].possible, where, column))
    return found


def _ways(given: Any, faults: list[Fault]) -> dict[tuple[str, str], int]:
    """Read ways; one back that is not given is the same."""
    if not isinstance(given, list):
        faults.append(_faulty(given, "[[…], …]", "ways"))
        return {}
    found = {}
    for number, row in enumerate(given, start=1):
        if not _is_way(row):
            faults.append(_faulty(row, f'["…", "…", {_WAY.possible}]', f"ways {number}"))
            continue
        one, other, minutes = row
        found[one, other] = -(-int(minutes) // STEP) * STEP
    return {(other, one): minutes for (one, other), minutes in found.items()} | found


def _is_way(row: Any) -> bool:
    """Tell whether a row names two different ids and minutes."""
    return (
        isinstance(row, list)
        and row[:1] != row[1:2]
        and [isinstance(one, str) and _is_text(one) for one in row] == [True, True, False]
        and _WAY.accepts(row[2])
    )


def short(value: Any) -> str:
    """Return a value as a text of at most 40 characters."""
    text = str(value).encode(errors="replace").decode()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
