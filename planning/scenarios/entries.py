"""Revisions as the store lists them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from planning.area.schema import has_control, shown
from planning.errors import UploadError
from planning.scenarios.database import revision, scenario
from planning.scenarios.snapshot import LONGEST_NAME
from planning.scenarios.summary import Summary

KEPT = scenario.c.deleted_at.is_(None)
ENTRY = (
    *(revision.c.scenario_id, revision.c.number, revision.c.name, revision.c.action, revision.c.author),
    *(revision.c.saved_at, revision.c.content_id, revision.c.summary),
    *(scenario.c.head, scenario.c.deleted_at),
)


@dataclass(frozen=True)
class Entry:
    """One revision of a scenario in the store, without its content.

    Parameters
    ----------
    scenario_id, number
        Of the scenario, and of this revision of it, counted from 1.
    head
        Number of the scenario's newest revision.
    name, author, saved_at
        As saved; the time is UTC, ISO 8601.
    action
        ``save``, ``restore``, ``rename``, ``duplicate`` or ``import``.
    content_id
        Identifier of the content.
    summary
        What a list shows of it.
    deleted_at
        When the scenario was deleted, ``None`` if it was not.
    """

    scenario_id: str
    number: int
    head: int
    name: str
    action: str
    author: str
    saved_at: str
    content_id: str
    summary: Summary
    deleted_at: str | None = None


@dataclass(frozen=True)
class Page:
    """A part of the list, and how many entries there are in all."""

    entries: tuple[Entry, ...]
    total: int


def clean_name(name: str) -> str:
    """Return a name as it is kept: composed characters, single blanks.

    Raises
    ------
    UploadError
        ``scenario_name`` if nothing is left, it is too long or holds control characters.
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text or len(text) > LONGEST_NAME or has_control(text):
        raise UploadError("scenario_name", name=shown(text), limit=LONGEST_NAME)
    return text


def clean_author(author: str) -> str:
    """Return who saves as one line without control characters; raises ``author_missing`` if none is left."""
    line = " ".join(author.split())
    text = "".join(one for one in line if not has_control(one))[:LONGEST_NAME].strip()
    if not text:
        raise UploadError("author_missing")
    return text


def is_head() -> sa.ColumnElement[bool]:
    """Return what joins a scenario with its newest revision."""
    return sa.and_(revision.c.scenario_id == scenario.c.id, revision.c.number == scenario.c.head)


def heads() -> sa.Select[Any]:
    """Return the question for the newest revision of every scenario."""
    return sa.select(*ENTRY).join(scenario, is_head())


def entry_of(row: Any) -> Entry:
    """Return a revision of a row that has the columns :data:`ENTRY`."""
    return Entry(
        scenario_id=row.scenario_id,
        number=row.number,
        head=row.head,
        name=row.name,
        action=row.action,
        author=row.author,
        saved_at=row.saved_at,
        content_id=row.content_id,
        summary=Summary.of_text(row.summary),
        deleted_at=row.deleted_at,
    )
