"""Errors a caller can act on: a code, parameters and, where an input is checked, every fault at once.

The texts for people live in :mod:`planning.i18n` under ``errors.<code>``; nothing here is a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: where it is and, by code, what it is and how to mend it."""

    code: str
    table: str = ""
    row: int | str | None = None
    column: str | None = None
    params: dict[str, Any] = field(default_factory=dict)


class PlanningError(Exception):
    """Root of all errors of this package."""

    def __init__(self, code: str, *, faults: tuple[Fault, ...] = (), **params: Any) -> None:
        self.code = code
        self.params = params
        self.faults = faults
        super().__init__(code)

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        lines = [f"{self.code}({details})" if details else self.code]
        lines += [f"  {f.table}[{f.row}].{f.column}: {f.code} {f.params or ''}".rstrip() for f in self.faults]
        return "\n".join(lines)


class StudyAreaError(PlanningError, ValueError):
    """A study area or one of its tables is not usable; ``faults`` lists everything found."""


class UploadError(PlanningError, ValueError):
    """A file given by a person cannot be taken over; ``faults`` lists everything found."""


class SettingError(PlanningError, ValueError):
    """A setting is outside its range or unknown."""


class SourceError(PlanningError, OSError):
    """A source of raw data cannot be read or reached."""


class OutputError(PlanningError, OSError):
    """A result cannot be written."""


class StoreError(PlanningError, OSError):
    """Kept scenarios cannot be read or written."""


class ConflictError(PlanningError, RuntimeError):
    """Somebody else has changed what was to be written; ``head`` is how it is now."""

    def __init__(self, code: str, *, head: Any, faults: tuple[Fault, ...] = (), **params: Any) -> None:
        self.head = head
        super().__init__(code, faults=faults, **params)
