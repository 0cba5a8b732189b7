"""What browser sessions work on and have not saved, kept so that neither a reload nor an end loses it."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import exc

from planning.scenarios.database import draft, reading, writing
from planning.scenarios.document import canonical
from planning.scenarios.reading import checked_document, read_snapshot

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from planning.scenarios.snapshot import Snapshot

KEPT_DAYS = 365
"""Drafts that nobody has touched for longer are removed."""


@dataclass(frozen=True)
class Draft:
    """What a session works on.

    Parameters
    ----------
    snapshot
        Everything it has set.
    scenario_id, number
        The saved revision that the work began with, if it did.
    """

    snapshot: Snapshot
    scenario_id: str | None = None
    number: int | None = None


def put_draft(engine: Engine, key: str, kept: Draft, now: dt.datetime) -> None:
    """Keep a draft in place of the one before it.

    Raises
    ------
    StoreError
        It could not be written.
    UploadError
        It is too large to be kept.
    """
    values = {
        "saved_at": now.isoformat(timespec="microseconds"),
        "scenario_id": kept.scenario_id,
        "number": kept.number,
        "document": canonical(checked_document(kept.snapshot)),
    }
    old = (now - dt.timedelta(days=KEPT_DAYS)).isoformat(timespec="microseconds")
    change = sa.update(draft).where(draft.c.id == key).values(**values)
    with suppress(exc.IntegrityError), writing(engine) as connection:  # another tab has just made it
        if connection.execute(change).rowcount:
            return
        connection.execute(sa.insert(draft).values(id=key, **values))
        connection.execute(sa.delete(draft).where(draft.c.saved_at < old))
        return
    with writing(engine) as connection:
        connection.execute(change)


def get_draft(engine: Engine, key: str) -> Draft | None:
    """Return a draft; ``None`` if there is none of that name.

    Raises
    ------
    UploadError
        It cannot be read: it is damaged, or of a newer program.
    """
    with reading(engine) as connection:
        row = connection.execute(sa.select(draft).where(draft.c.id == key)).first()
    if row is None:
        return None
    return Draft(read_snapshot(str(row.document).encode()), row.scenario_id, row.number)
