"""Scenarios kept for good: each save is a revision, nothing is overwritten, two people hear of each other."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import exc

from planning.area.schema import shown
from planning.errors import ConflictError, StoreError, UploadError
from planning.scenarios.database import (
    bring_up_to_date,
    default_target,
    is_missing,
    make_engine,
    reading,
    revision,
    scenario,
    shown_address,
    url_of,
    writing,
)
from planning.scenarios.document import content_id
from planning.scenarios.drafts import Draft, get_draft, put_draft
from planning.scenarios.entries import (
    ENTRY,
    KEPT,
    Entry,
    Page,
    clean_name,
    entry_of,
    heads,
    is_head,
)
from planning.scenarios.reading import read_snapshot
from planning.scenarios.revisions import prepared, time_of
from planning.scenarios.snapshot import search_key

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from planning.scenarios.snapshot import Snapshot

SHORTEST_ID = 6
MOST_FOUND = 20
_MOST_REVISIONS = 2**31
LONGEST_SEARCH = 400
"""No name is longer, whatever its case."""


class Store:
    """Scenarios in a SQLite file or on a PostgreSQL server.

    Whoever saves names the revision that the work began with. If there is a newer one, nothing is written and
    :class:`~planning.errors.ConflictError` tells which.

    Parameters
    ----------
    target
        Path or address (:func:`planning.scenarios.database.url_of`); ``None`` for the usual place.
    make
        Whether to make the file if there is none.

    Raises
    ------
    StoreError
        The database cannot be opened or is of a newer program; ``store_none``.
    """

    def __init__(self, target: str | None = None, *, make: bool = True) -> None:
        url = url_of(target or default_target())
        if not make and is_missing(url):
            raise StoreError("store_none", store=shown_address(url))
        self._engine = make_engine(url)
        try:
            bring_up_to_date(self._engine)
        except BaseException:
            self.close()
            raise

    @property
    def address(self) -> str:
        """Where the scenarios are kept, without a password."""
        return shown_address(self._engine.url)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def create(self, snapshot: Snapshot, author: str, now: dt.datetime, action: str = "save") -> Entry:
        """Keep a scenario under its name as a new one, and return its first revision.

        Raises
        ------
        ConflictError
            ``scenario_name_taken``, with the scenario that has the name.
        """
        return self.create_all([snapshot], author, now, action)[0]

    def create_all(
        self, snapshots: Sequence[Snapshot], author: str, now: dt.datetime, action: str = "save"
    ) -> tuple[Entry, ...]:
        """Keep several scenarios as new ones, all of them or none; raises as :meth:`create`."""
        revisions = [prepared(one, author, now, action) for one in snapshots]
        names = [one.name for one in revisions]
        with self._naming(names), writing(self._engine) as connection:
            return tuple(one.add(connection, secrets.token_hex(8), 1) for one in revisions)

    def save(
        self,
        scenario_id: str,
        base: int,
        snapshot: Snapshot,
        author: str,
        now: dt.datetime,
        action: str = "save",
    ) -> Entry:
        """Keep the next revision of a scenario, and return it.

        Parameters
        ----------
        base
            Number of the revision that the work began with.

        Raises
        ------
        ConflictError
            ``scenario_changed`` with the newest revision, ``scenario_deleted``, or ``scenario_name_taken``.
        StoreError
            ``scenario_missing``, or it could not be written; then nothing has changed.
        """
        revised = prepared(snapshot, author, now, action)
        step = (
            sa.update(scenario)
            .where(scenario.c.id == scenario_id, scenario.c.head == base, KEPT)
            .values(head=base + 1, **revised.head)
        )
        with self._naming([revised.name]), writing(self._engine) as connection:
            if connection.execute(step).rowcount != 1:
                self._refuse(connection, scenario_id, base)
            return revised.add(connection, scenario_id, base + 1)

    def _refuse(self, connection: Connection, scenario_id: str, base: int) -> None:
        head = self._one(connection, scenario_id, None)
        if head.deleted_at is not None:
            raise ConflictError("scenario_deleted", head=head, name=head.name, time=head.deleted_at)
        raise ConflictError(
            "scenario_changed",
            head=head,
            name=head.name,
            author=head.author,
            time=head.saved_at,
            base=base,
            number=head.number,
        )

    @contextmanager
    def _naming(self, names: Sequence[str]) -> Iterator[None]:
        """Tell whose a name is already."""
        try:
            yield
        except exc.IntegrityError as error:
            for name in names:
                head = self.named(name)
                if head is not None:
                    raise ConflictError("scenario_name_taken", head=head, name=name) from error
            raise StoreError("store_failed", store=self.address, reason=str(error.orig)) from error

    def named(self, name: str) -> Entry | None:
        """Return the newest revision of the scenario of that name that is not deleted."""
        wanted = scenario.c.name_key == search_key(clean_name(name))
        with reading(self._engine) as connection:
            row = connection.execute(heads().where(wanted, KEPT)).first()
        return None if row is None else entry_of(row)

    def list(self, search: str = "", *, deleted: bool = False, start: int = 0, count: int = 20) -> Page:
        """Return a part of the scenarios, newest first.

        Parameters
        ----------
        search
            Text that name or last author contain, whatever its case.
        deleted
            Those that were deleted instead of the others.
        start, count
            Which part.
        """
        wanted: list[sa.ColumnElement[bool]] = [scenario.c.deleted_at.is_not(None) if deleted else KEPT]
        text = search_key(search)
        if len(text) > LONGEST_SEARCH:
            return Page((), 0)
        order = (scenario.c.saved_at.desc(), scenario.c.id)
        with reading(self._engine) as connection:
            if text:
                named = scenario.c.name_key.contains(text, autoescape=True)
                wanted.append(named | revision.c.author.in_(_authors(connection, text)))
            rows = connection.execute(heads().where(*wanted).order_by(*order).offset(start).limit(count))
            entries = tuple(entry_of(row) for row in rows)
            counted = sa.select(sa.func.count()).select_from(scenario.join(revision, is_head()))
            return Page(entries, int(connection.execute(counted.where(*wanted)).scalar_one()))

    def history(self, scenario_id: str) -> tuple[Entry, ...]:
        """Return all revisions of a scenario, newest first."""
        query = (
            sa.select(*ENTRY)
            .join(scenario, scenario.c.id == revision.c.scenario_id)
            .where(revision.c.scenario_id == scenario_id)
            .order_by(revision.c.number.desc())
        )
        with reading(self._engine) as connection:
            return tuple(entry_of(row) for row in connection.execute(query))

    def entry(self, scenario_id: str, number: int | None = None) -> Entry:
        """Return a revision, the newest if no number is given; raises ``scenario_missing``."""
        with reading(self._engine) as connection:
            return self._one(connection, scenario_id, number)

    def _one(self, connection: Connection, scenario_id: str, number: int | None) -> Entry:
        wanted = scenario.c.head if number is None else number
        query = (
            sa.select(*ENTRY)
            .join(scenario, scenario.c.id == revision.c.scenario_id)
            .where(revision.c.scenario_id == scenario_id, revision.c.number == wanted)
        )
        possible = number is None or 0 < number < _MOST_REVISIONS
        row = connection.execute(query).first() if possible else None
        if row is not None:
            return entry_of(row)
        if number is not None:
            head = self._one(connection, scenario_id, None)
            raise StoreError("revision_missing", name=head.name, number=shown(number), head=head.number)
        raise StoreError("scenario_missing", wanted=shown(scenario_id), store=self.address)

    def read(self, scenario_id: str, number: int | None = None) -> tuple[Entry, Snapshot]:
        """Return a revision with its content.

        Raises
        ------
        StoreError
            ``scenario_missing``, ``revision_missing``, or ``scenario_damaged`` if its content is no longer
            what was saved.
        UploadError
            ``scenario_version_newer``: a newer program has saved it.
        """
        with reading(self._engine) as connection:
            entry = self._one(connection, scenario_id, number)
            query = sa.select(revision.c.document).where(
                revision.c.scenario_id == scenario_id, revision.c.number == entry.number
            )
            content = str(connection.execute(query).scalar_one())
        damaged = StoreError("scenario_damaged", name=entry.name, number=entry.number, store=self.address)
        try:
            snapshot, found = read_snapshot(content.encode()), content_id(json.loads(content))
        except UploadError as error:
            if error.code == "scenario_version_newer":
                raise
            raise damaged from error
        if found != entry.content_id:
            raise damaged
        return entry, replace(snapshot, name=entry.name)

    def restore(self, scenario_id: str, number: int, base: int, author: str, now: dt.datetime) -> Entry:
        """Make an older revision the newest again, as a revision of its own; raises as :meth:`save`.

        The scenario keeps its present name.
        """
        _, snapshot = self.read(scenario_id, number)
        snapshot = replace(snapshot, name=self.entry(scenario_id).name)
        return self.save(scenario_id, base, snapshot, author, now, "restore")

    def rename(self, scenario_id: str, base: int, name: str, author: str, now: dt.datetime) -> Entry:
        """Give a scenario another name, as a revision of its own; raises as :meth:`save`."""
        _, snapshot = self.read(scenario_id, base)
        return self.save(scenario_id, base, replace(snapshot, name=name), author, now, "rename")

    def duplicate(self, scenario_id: str, name: str, author: str, now: dt.datetime) -> Entry:
        """Keep a copy of a scenario's newest revision under another name."""
        _, snapshot = self.read(scenario_id)
        return self.create(replace(snapshot, name=name), author, now, "duplicate")

    def delete(self, scenario_id: str, now: dt.datetime) -> None:
        """Put a scenario away; nothing of it is lost (:meth:`undelete`)."""
        step = sa.update(scenario).where(scenario.c.id == scenario_id, KEPT).values(deleted_at=time_of(now))
        with writing(self._engine) as connection:
            connection.execute(step)

    def undelete(self, scenario_id: str) -> Entry:
        """Fetch a deleted scenario back.

        Raises
        ------
        ConflictError
            ``undelete_name_taken``: another scenario has its name by now.
        """
        name = self.entry(scenario_id).name
        step = sa.update(scenario).where(scenario.c.id == scenario_id).values(deleted_at=None)
        try:
            with self._naming([name]), writing(self._engine) as connection:
                connection.execute(step)
        except ConflictError as error:
            raise ConflictError("undelete_name_taken", head=error.head, name=name) from error
        return self.entry(scenario_id)

    def purge(self, scenario_id: str) -> None:
        """Remove a deleted scenario with all its revisions for good."""
        gone = (
            sa.select(scenario.c.id)
            .where(scenario.c.id == scenario_id, scenario.c.deleted_at.is_not(None))
            .with_for_update()
        )
        with writing(self._engine) as connection:
            if connection.execute(gone).first() is not None:
                connection.execute(sa.delete(revision).where(revision.c.scenario_id == scenario_id))
                connection.execute(sa.delete(scenario).where(scenario.c.id == scenario_id))

    def draft(self, key: str) -> Draft | None:
        """Return the draft of a session; ``None`` if there is none that can be read."""
        return get_draft(self._engine, key)

    def keep_draft(self, key: str, kept: Draft, now: dt.datetime) -> None:
        """Keep the draft of a session in place of the one before it."""
        put_draft(self._engine, key, kept, now)

    def find(self, wanted: str) -> tuple[Entry, ...]:
        """Return what a name or identifier can mean: newest revisions by name, else by identifier.

        An identifier is that of a scenario or of a content, whole or its first six digits or more.
        """
        try:
            by_name = self.named(wanted)
        except UploadError:
            by_name = None
        if by_name is not None:
            return (by_name,)
        text = wanted.strip().lower()
        if len(text) < SHORTEST_ID or set(text) - set("0123456789abcdef"):
            return ()
        by_scenario = heads().where(scenario.c.id.startswith(text), KEPT)
        by_content = (
            sa.select(*ENTRY)
            .join(scenario, scenario.c.id == revision.c.scenario_id)
            .where(KEPT, revision.c.content_id.startswith(text))
            .order_by(revision.c.saved_at.desc())
            .limit(MOST_FOUND)
        )
        with reading(self._engine) as connection:
            found = [entry_of(row) for row in connection.execute(by_scenario)]
            found = found or [entry_of(row) for row in connection.execute(by_content)]
        return tuple(found)


def _authors(connection: Connection, text: str) -> list[str]:
    """Return the last authors whose names contain a text; databases know case in their own alphabet only."""
    query = sa.select(revision.c.author).join(scenario, is_head()).distinct()
    return [author for author in connection.execute(query).scalars() if text in search_key(author)]
