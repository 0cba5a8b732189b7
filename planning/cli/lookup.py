"""Find the scenario that somebody names: a file, a name or an identifier in the store."""

from __future__ import annotations

import getpass
import os
import re
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planning.errors import Fault, SettingError, SourceError, UploadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planning.scenarios.entries import Entry
    from planning.scenarios.snapshot import Snapshot
    from planning.scenarios.store import Store

AUTHOR = "PLANNING_AUTHOR"
_REVISION = re.compile(r"(.+)@([0-9]{1,9})", re.DOTALL)
EVERY = 1_000_000
"""As many as there are."""
_DIGITS = set("0123456789abcdef")


@dataclass(frozen=True)
class Found:
    """A scenario that was named: of a file, or a revision in the store.

    ``content_id`` identifies its content. ``path`` or ``entry`` and ``store`` say where it is from.
    """

    snapshot: Snapshot
    content_id: str
    path: str | None = None
    entry: Entry | None = None
    store: str = ""


def find_scenario(wanted: str, target: str | None, number: int | None = None) -> Found:
    """Return the scenario that somebody names.

    Parameters
    ----------
    wanted
        The path of a file; else a name in the store; else the identifier of a scenario or of a content, at
        least six digits of it. ``NAME@3`` is revision 3 where no scenario has the whole as its name.
    target
        Path or address of the store; ``None`` for the usual place. A file needs none.
    number
        The revision, the newest if left out.

    Raises
    ------
    SourceError
        ``scenario_not_found``, ``scenario_in_bin``, ``scenario_unreadable``.
    SettingError
        ``scenario_ambiguous``, with one fault for each it can be; ``scenario_file_revision``;
        ``scenario_revision_twice``.
    UploadError
        ``scenario_file_unusable``, with everything that is wrong.
    StoreError
        The store cannot be opened; ``revision_missing``.
    """
    if _is_file(wanted):
        if number is not None:
            raise SettingError("scenario_file_revision", path=wanted)
        return _of_file(Path(wanted))
    from planning.scenarios.store import Store  # loads the database

    with closing(Store(target, make=False)) as store:
        entry, snapshot = store.read(*_place(find_entry(store, wanted, number)))
        return Found(snapshot, entry.content_id, entry=entry, store=store.address)


def _place(entry: Entry) -> tuple[str, int]:
    return entry.scenario_id, entry.number


def _is_file(wanted: str) -> bool:
    """Tell whether there is something to read at a path; what cannot be a path at all is none."""
    with suppress(OSError, ValueError):
        return Path(wanted).exists() and not Path(wanted).is_dir()
    return False


def _of_file(path: Path) -> Found:
    from planning.scenarios.document import snapshot_id

    snapshot = read_file(path)
    return Found(snapshot, snapshot_id(snapshot), path=str(path))


def content_of(path: Path | str, unreadable: str) -> bytes:
    """Return what a file holds, at most a byte more than the limit of documents.

    Raises
    ------
    SourceError
        With the code ``unreadable``.
    """
    from planning.scenarios.reading import LIMIT_BYTES

    try:
        with Path(path).open("rb") as stream:
            return stream.read(LIMIT_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(unreadable, path=str(path), reason=reason) from error


def read_file(path: Path) -> Snapshot:
    """Return the scenario of a file, read strictly.

    Raises
    ------
    SourceError
        ``scenario_unreadable``.
    UploadError
        ``scenario_file_unusable``, with everything that is wrong.
    """
    from planning.scenarios.reading import read_snapshot

    content = content_of(path, "scenario_unreadable")
    try:
        return read_snapshot(content)
    except UploadError as error:
        faults = (Fault(error.code, params=error.params), *error.faults)
        raise UploadError("scenario_file_unusable", faults=faults, path=str(path)) from error


def find_entry(store: Store, wanted: str, number: int | None = None) -> Entry:
    """Return the revision in the store that a name or identifier means; raises as :func:`find_scenario`."""
    found, named = _found(store, wanted)
    if named is not None and number is not None:
        raise SettingError("scenario_revision_twice", wanted=_shown(wanted), number=named)
    entry, number = _only(found, wanted), number if named is None else named
    return entry if number is None else store.entry(entry.scenario_id, number)


def find_whole(store: Store, wanted: str) -> Entry:
    """Return the newest revision of what a name or identifier means, where no single revision can be meant.

    Raises
    ------
    SourceError
        ``scenario_not_found``, ``scenario_in_bin``.
    SettingError
        ``scenario_ambiguous``; ``scenario_whole`` where a revision is named, also by its content.
    """
    found, named = _found(store, wanted)
    entry = _only(found, wanted)
    if named is not None or entry.number != entry.head:
        number = entry.number if named is None else named
        raise SettingError("scenario_whole", name=entry.name, number=number, id=entry.scenario_id)
    return entry


def _found(store: Store, wanted: str) -> tuple[tuple[Entry, ...], int | None]:
    """Return what can be meant and, as in ``NAME@3``, the revision that is named; raises where it is none."""
    found, parts = store.find(wanted), _REVISION.fullmatch(wanted)
    if found or parts is None:
        if not found:
            raise _nowhere(store, wanted)
        return found, None
    found = store.find(parts[1])
    if not found:
        raise _nowhere(store, parts[1])
    return found, int(parts[2])


def _only(found: Sequence[Entry], wanted: str) -> Entry:
    """Return the newest of revisions that are the same; raises where a person has to choose."""
    if len({(one.scenario_id, one.content_id) for one in found}) == 1:
        return found[0]
    faults = tuple(
        Fault(
            "scenario_possible",
            params={"id": one.scenario_id, "name": one.name, "number": one.number, "content": one.content_id},
        )
        for one in found
    )
    raise SettingError("scenario_ambiguous", faults=faults, wanted=_shown(wanted))


def _nowhere(store: Store, wanted: str) -> SourceError:
    deleted = deleted_entries(store, wanted)
    if deleted:
        return SourceError("scenario_in_bin", name=deleted[0].name, id=deleted[0].scenario_id)
    return SourceError("scenario_not_found", wanted=_shown(wanted), store=store.address)


def find_deleted(store: Store, wanted: str) -> Entry:
    """Return the deleted scenario that a name or identifier means.

    Raises
    ------
    SourceError
        ``scenario_not_in_bin``.
    SettingError
        ``scenario_ambiguous``.
    """
    found = deleted_entries(store, wanted)
    if not found:
        raise SourceError("scenario_not_in_bin", wanted=_shown(wanted), store=store.address)
    return _only(found, wanted)


def deleted_entries(store: Store, wanted: str) -> tuple[Entry, ...]:
    """Return what in the bin a name or, where none has it, an identifier can mean."""
    from planning.scenarios.entries import clean_name
    from planning.scenarios.store import SHORTEST_ID

    deleted = store.list(deleted=True, count=EVERY).entries
    with suppress(UploadError):
        name = clean_name(wanted).casefold()
        named = tuple(one for one in deleted if one.name.casefold() == name)
        if named:
            return named
    text = wanted.strip().lower()
    if len(text) < SHORTEST_ID or set(text) - _DIGITS:
        return ()
    return tuple(one for one in deleted if one.scenario_id.startswith(text))


def author_of(given: str | None) -> str:
    """Return who keeps something: as given, else ``PLANNING_AUTHOR``, else the user of this machine.

    Raises
    ------
    SettingError
        ``author_invalid``.
    """
    from planning.scenarios.entries import clean_author
    from planning.scenarios.snapshot import LONGEST_NAME

    text = given if given is not None else os.environ.get(AUTHOR) or _user()
    wanted, author = " ".join(text.split()), ""
    with suppress(UploadError):
        author = clean_author(text)
    if not author or author != wanted:
        raise SettingError("author_invalid", author=_shown(wanted), limit=LONGEST_NAME)
    return author


def _user() -> str:
    with suppress(KeyError, ImportError, OSError):  # nobody has to be known to the system
        return getpass.getuser()
    return ""


def _shown(text: str) -> str:
    from planning.area.schema import shown

    return shown(text)
