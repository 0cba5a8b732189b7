"""A revision made ready to be kept, so that nothing has to be checked while others wait for the database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from planning.scenarios.database import revision, scenario
from planning.scenarios.document import canonical
from planning.scenarios.entries import Entry, clean_author, clean_name
from planning.scenarios.reading import checked_document
from planning.scenarios.snapshot import search_key
from planning.scenarios.summary import Summary, summary_of

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.engine import Connection

    from planning.scenarios.snapshot import Snapshot


def time_of(now: dt.datetime) -> str:
    """Return a time as it is kept; UTC, so that the order of the texts is that of the times."""
    return now.isoformat(timespec="microseconds")


@dataclass(frozen=True)
class Revision:
    """A revision whose content has been checked: all that is written but its place in the history."""

    name: str
    action: str
    author: str
    saved_at: str
    content_id: str
    document: str
    summary: Summary

    @property
    def head(self) -> dict[str, Any]:
        """What the scenario itself says of its newest revision."""
        return {"name": self.name, "name_key": search_key(self.name), "saved_at": self.saved_at}

    def add(self, connection: Connection, scenario_id: str, number: int) -> Entry:
        """Write the revision, and for the first one the scenario; else its head is set already."""
        if number == 1:
            made = {"id": scenario_id, "head": 1, "created_at": self.saved_at, **self.head}
            connection.execute(sa.insert(scenario).values(**made))
        values: dict[str, Any] = {
            "scenario_id": scenario_id,
            "number": number,
            "name": self.name,
            "action": self.action,
            "author": self.author,
            "saved_at": self.saved_at,
            "content_id": self.content_id,
        }
        text = {"summary": self.summary.text(), "document": self.document}
        connection.execute(sa.insert(revision).values(**values, **text))
        return Entry(**values, head=number, summary=self.summary)


def prepared(snapshot: Snapshot, author: str, now: dt.datetime, action: str) -> Revision:
    """Return a scenario as a revision to be kept.

    Raises
    ------
    UploadError
        The name or the author cannot be kept, or the scenario could not be read again.
    """
    named = replace(snapshot, name=clean_name(snapshot.name))
    document = checked_document(named)
    return Revision(
        name=named.name,
        action=action,
        author=clean_author(author),
        saved_at=time_of(now),
        content_id=document["id"],
        document=canonical(document),
        summary=summary_of(named),
    )
