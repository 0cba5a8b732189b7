"""``planning scenario``: list, show, compare, exchange and restore what is kept."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from planning.cli.console import DONE, harmless_json, say, tell, tell_json
from planning.cli.lookup import (
    EVERY,
    author_of,
    find_deleted,
    find_entry,
    find_scenario,
    find_whole,
    read_file,
)
from planning.errors import Fault, PlanningError, SettingError, SourceError, StoreError, UploadError
from planning.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from planning.i18n import Translator
    from planning.scenarios.entries import Entry, Page
    from planning.scenarios.snapshot import Snapshot
    from planning.scenarios.store import Store

    Action = Callable[[argparse.Namespace, Translator], int]

_AT_FIRST = 20
STANDARD_OUTPUT = "-"


def _store(args: argparse.Namespace, *, make: bool = False) -> closing[Store]:
    """Open the store; only what saves makes one."""
    from planning.scenarios.store import Store  # loads the database

    return closing(Store(args.store, make=make))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _listed(args: argparse.Namespace) -> tuple[str, Page]:
    """Return where the store is and what it lists; one that is not there yet is empty."""
    from planning.scenarios.entries import Page

    try:
        with _store(args) as store:
            count = EVERY if args.all else _AT_FIRST
            return store.address, store.list(args.search, deleted=args.deleted, count=count)
    except StoreError as error:
        if error.code != "store_none":
            raise
        return str(error.params["store"]), Page((), 0)


def run_list(args: argparse.Namespace, t: Translator) -> int:
    """List what is kept, newest first."""
    from planning.area.schema import has_control
    from planning.cli.scenario_text import entry_record, list_lines

    if has_control(args.search):
        raise SettingError("scenario_search")
    address, page = _listed(args)
    if args.json:
        entries = [entry_record(entry) for entry in page.entries]
        tell_json({"store": address, "total": page.total, "scenarios": entries})
        return DONE
    if page.entries:
        tell(*list_lines(page.entries, t))
    elif args.search:
        say(t("cli.scenario.none_found", text=args.search, store=address))
    else:
        say(t("cli.scenario.bin_empty" if args.deleted else "cli.scenario.none_yet", store=address))
    left = page.total - len(page.entries)
    if left:
        say(t("cli.scenario.more", count=t.number(left)))
    return DONE


def run_show(args: argparse.Namespace, t: Translator) -> int:
    """Say everything about one scenario."""
    from planning.cli.scenario_show import described, show_lines, show_record

    found = find_scenario(args.wanted, args.store, args.revision)
    about = described(found, args.area, _history(found.entry, args))
    if args.json:
        tell_json(show_record(about, t))
    else:
        tell(*show_lines(about, t))
    return DONE


def _history(entry: Entry | None, args: argparse.Namespace) -> tuple[Entry, ...]:
    if entry is None:
        return ()
    with _store(args) as store:
        return store.history(entry.scenario_id)


def run_diff(args: argparse.Namespace, t: Translator) -> int:
    """Say what differs between two scenarios: settings, rooms, figures and ranking."""
    from planning.cli.scenario_diff import compared, diff_lines, diff_record
    from planning.render.scenario_words import notice_text

    pair = (find_scenario(args.a, args.store), find_scenario(args.b, args.store))
    both = compared(pair, args.area, t, ranking=args.ranking)
    for found, opened in zip(pair, both.opened, strict=True):
        for notice in opened.notices:
            say(t("cli.scenario.notice", name=found.snapshot.name, text=notice_text(t, notice)))
    if args.json:
        tell_json(diff_record(both, t))
    else:
        tell(*diff_lines(both, t))
    return DONE


def run_export(args: argparse.Namespace, t: Translator) -> int:
    """Write a scenario as a file, or print the text of a link."""
    found = find_scenario(args.wanted, args.store, args.revision)
    if args.link:
        from planning.scenarios.link import link_text

        tell(f"?s={link_text(found.snapshot)}")
        return DONE
    from planning.export.files import write_bytes
    from planning.scenarios.document import document_bytes, document_of

    content = document_bytes(document_of(found.snapshot))
    if args.out == STANDARD_OUTPUT:
        sys.stdout.buffer.write(harmless_json(content.decode()).encode())
        sys.stdout.flush()
    else:
        write_bytes(Path(args.out), content)
        say(t("cli.scenario.exported", path=args.out, name=found.snapshot.name))
    return DONE


def run_import(args: argparse.Namespace, t: Translator) -> int:
    """Take files into the store, all of them or none."""
    if len(args.files) > 1 and (args.name is not None or args.revision_of is not None):
        raise SettingError("scenario_one_file")
    author = author_of(args.author)
    snapshots = _checked_files(args)
    with _store(args, make=True) as store:
        if args.revision_of is not None:
            _tell(_next_revision(store, snapshots[0], args, author), t)
            return DONE
        _check_names(store, args.files, snapshots)
        entries = store.create_all(snapshots, author, _now(), "import")
    for entry in entries:
        _tell(entry, t)
    return DONE


def _checked_files(args: argparse.Namespace) -> list[Snapshot]:
    """Return the scenarios of all files; what is wrong with any of them is told together."""
    snapshots: list[Snapshot] = []
    faults: list[Fault] = []
    unreadable = False
    for file in args.files:
        try:
            snapshot = read_file(Path(file))
            snapshots.append(_named(snapshot, args))
        except PlanningError as error:
            unreadable |= isinstance(error, SourceError)
            faults += _faults_of(file, error)
    if faults:
        kind = SourceError if unreadable else UploadError
        raise kind("scenario_import_refused", faults=tuple(faults), count=len(args.files))
    return snapshots


def _named(snapshot: Snapshot, args: argparse.Namespace) -> Snapshot:
    """Return a scenario under the name it is to have; a revision of another one needs none of its own."""
    from planning.scenarios.entries import clean_name

    if args.revision_of is not None and args.name is None:
        return snapshot
    return replace(snapshot, name=clean_name(snapshot.name if args.name is None else args.name))


def _faults_of(file: str, error: PlanningError) -> Iterator[Fault]:
    """Give what is wrong with a file, each with its path."""
    if error.code != "scenario_file_unusable":
        yield Fault(error.code, table=file, params=error.params)
    for fault in error.faults:
        yield replace(fault, table=file)


def _check_names(store: Store, files: list[str], snapshots: list[Snapshot]) -> None:
    """See that every name is free, in the store and among the files."""
    faults, seen = [], set()
    for file, snapshot in zip(files, snapshots, strict=True):
        name = snapshot.name
        if store.named(name) is not None:
            faults.append(Fault("scenario_import_taken", table=file, params={"name": name}))
        elif name.casefold() in seen:
            faults.append(Fault("scenario_import_twice", table=file, params={"name": name}))
        seen.add(name.casefold())
    if faults:
        raise UploadError("scenario_import_refused", faults=tuple(faults), count=len(files))


def _next_revision(store: Store, snapshot: Snapshot, args: argparse.Namespace, author: str) -> Entry:
    head = find_whole(store, args.revision_of)
    named = snapshot if args.name is not None else replace(snapshot, name=head.name)
    return store.save(head.scenario_id, head.head, named, author, _now(), "import")


def run_restore(args: argparse.Namespace, t: Translator) -> int:
    """Make an older revision the newest again, as a revision of its own."""
    author = author_of(args.author)
    with _store(args) as store:
        entry = find_entry(store, args.wanted, args.revision)
        _tell(store.restore(entry.scenario_id, entry.number, entry.head, author, _now()), t)
    return DONE


def run_rename(args: argparse.Namespace, t: Translator) -> int:
    """Give a scenario another name."""
    author = author_of(args.author)
    with _store(args) as store:
        head = find_whole(store, args.wanted)
        _tell(store.rename(head.scenario_id, head.head, args.new, author, _now()), t)
    return DONE


def run_duplicate(args: argparse.Namespace, t: Translator) -> int:
    """Keep a copy of a revision under another name."""
    author = author_of(args.author)
    with _store(args) as store:
        entry = find_entry(store, args.wanted)
        _, snapshot = store.read(entry.scenario_id, entry.number)
        _tell(store.create(replace(snapshot, name=args.new), author, _now(), "duplicate"), t)
    return DONE


def run_delete(args: argparse.Namespace, t: Translator) -> int:
    """Put a scenario into the bin."""
    with _store(args) as store:
        head = find_whole(store, args.wanted)
        store.delete(head.scenario_id, _now())
    tell(t("cli.scenario.deleted", name=head.name, id=head.scenario_id))
    return DONE


def run_undelete(args: argparse.Namespace, t: Translator) -> int:
    """Fetch a scenario back from the bin."""
    with _store(args) as store:
        entry = store.undelete(find_deleted(store, args.wanted).scenario_id)
    tell(t("cli.scenario.undeleted", name=entry.name, id=entry.scenario_id, number=entry.number))
    return DONE


def run_purge(args: argparse.Namespace, t: Translator) -> int:
    """Remove a scenario in the bin for good."""
    with _store(args) as store:
        entry = find_deleted(store, args.wanted)
        store.purge(entry.scenario_id)
    tell(t("cli.scenario.purged", name=entry.name, id=entry.scenario_id))
    return DONE


def _tell(entry: Entry, t: Translator) -> None:
    """Say which revision there is now."""
    tell(t("cli.scenario.saved", name=entry.name, id=entry.scenario_id, number=entry.number))


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def add_scenario_actions(parser: argparse.ArgumentParser, t: Translator) -> None:
    """Add what can be done with kept scenarios to the parser of ``planning scenario``."""
    actions = parser.add_subparsers(dest="scenario_action", required=True, metavar="ACTION")

    def action(name: str, run: Action) -> argparse.ArgumentParser:
        text = t(f"cli.help_scenario_{name}")
        sub = actions.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        sub.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=t("cli.help_lang"))
        sub.add_argument("--store", metavar="PATH|URL", help=t("cli.help_store"))
        return sub

    _add_list(action("list", run_list), t)
    _add_show(action("show", run_show), t)
    _add_diff(action("diff", run_diff), t)
    _add_export(action("export", run_export), t)
    _add_import(action("import", run_import), t)
    sub = _with_id(action("restore", run_restore), t)
    sub.add_argument("--revision", type=_number, required=True, metavar="N", help=t("cli.help_revision"))
    sub.add_argument("--author", metavar="A", help=t("cli.help_author"))
    for name, run, wanted in (
        ("rename", run_rename, "cli.help_scenario_id"),
        ("duplicate", run_duplicate, "cli.help_scenario_kept"),
    ):
        sub = action(name, run)
        sub.add_argument("wanted", metavar="NAME|ID", help=t(wanted))
        sub.add_argument("new", metavar="NEW", help=t("cli.help_new_name"))
        sub.add_argument("--author", metavar="A", help=t("cli.help_author"))
    for name, run in (("delete", run_delete), ("undelete", run_undelete), ("purge", run_purge)):
        _with_id(action(name, run), t)


def _with_id(sub: argparse.ArgumentParser, t: Translator) -> argparse.ArgumentParser:
    sub.add_argument("wanted", metavar="NAME|ID", help=t("cli.help_scenario_id"))
    return sub


def _add_list(sub: argparse.ArgumentParser, t: Translator) -> None:
    sub.add_argument("--search", default="", metavar="TEXT", help=t("cli.help_search"))
    sub.add_argument("--deleted", action="store_true", help=t("cli.help_deleted"))
    sub.add_argument("--all", action="store_true", help=t("cli.help_all"))
    sub.add_argument("--json", action="store_true", help=t("cli.help_json"))


def _add_show(sub: argparse.ArgumentParser, t: Translator) -> None:
    sub.add_argument("wanted", metavar="NAME|FILE|ID", help=t("cli.help_scenario_wanted"))
    sub.add_argument("--revision", type=_number, metavar="N", help=t("cli.help_revision"))
    sub.add_argument("--area", metavar="FOLDER", help=t("cli.help_area"))
    sub.add_argument("--json", action="store_true", help=t("cli.help_json"))


def _add_diff(sub: argparse.ArgumentParser, t: Translator) -> None:
    for name in ("a", "b"):
        sub.add_argument(name, metavar=name.upper(), help=t("cli.help_scenario_wanted"))
    sub.add_argument("--area", metavar="FOLDER", help=t("cli.help_area"))
    sub.add_argument("--no-ranking", dest="ranking", action="store_false", help=t("cli.help_no_ranking"))
    sub.add_argument("--json", action="store_true", help=t("cli.help_json"))


def _add_export(sub: argparse.ArgumentParser, t: Translator) -> None:
    sub.add_argument("wanted", metavar="NAME|FILE|ID", help=t("cli.help_scenario_wanted"))
    sub.add_argument("--revision", type=_number, metavar="N", help=t("cli.help_revision"))
    where = sub.add_mutually_exclusive_group(required=True)
    where.add_argument("--out", metavar="FILE", help=t("cli.help_export_out"))
    where.add_argument("--link", action="store_true", help=t("cli.help_link"))


def _add_import(sub: argparse.ArgumentParser, t: Translator) -> None:
    sub.add_argument("files", nargs="+", metavar="FILE", help=t("cli.help_import_file"))
    sub.add_argument("--name", help=t("cli.help_import_name"))
    sub.add_argument("--revision-of", metavar="NAME|ID", help=t("cli.help_revision_of"))
    sub.add_argument("--author", metavar="A", help=t("cli.help_author"))
