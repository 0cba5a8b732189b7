"""Full disks, folders that may not be written, broken files, servers that are not there: each is told."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from pathlib import Path

import pg8000
import pytest
import sqlalchemy as sa

from planning.errors import StoreError
from planning.i18n import LANGUAGES, Translator, explain
from planning.scenarios.database import make_engine, told, url_of
from planning.scenarios.drafts import Draft
from planning.scenarios.store import Store
from tests.fixtures.browser import free_port
from tests.fixtures.postgres import serve_postgres, unprivileged
from tests.fixtures.scenarios import NOW, later, plain_snapshot

ROOT = Path(__file__).parents[2]
LARGE = plain_snapshot(notes="x" * 20_000, candidate_notes={f"k{n}": f"{n} ä" * 700 for n in range(60)})
SECRET = "sehr-geheim-7"  # noqa: S105


def words(error, *, said=()):
    """Return an error in both languages, having seen that it is fit for people."""
    texts = ["\n".join(explain(error, Translator(language))) for language in LANGUAGES]
    assert texts[0] != texts[1]
    for text in texts:
        assert "Traceback" not in text
        assert not set(text) & set("{}")
        assert all(part in text for part in said)
    return texts


@contextlib.contextmanager
def refused(code, *, said=()):
    with pytest.raises(StoreError) as raised:
        yield raised
    assert raised.value.code == code
    words(raised.value, said=said)


def said_by_postgres(state, message):
    """Return an error of a server as it comes through its driver."""
    said = pg8000.ProgrammingError({"S": "FEHLER", "C": state, "M": message})
    return sa.exc.ProgrammingError("SELECT 1", {}, said)


def pages(store, limit):
    """Let the database of a store grow to so many pages, from now on and on every connection."""

    def bound(connection, _record=None):
        connection.execute(f"PRAGMA max_page_count = {limit}")

    sa.event.listen(store._engine, "connect", bound)
    store._engine.dispose()
    return lambda: (sa.event.remove(store._engine, "connect", bound), store._engine.dispose())


@pytest.fixture
def file_store(tmp_path):
    store = Store(str(tmp_path / "scenarios.sqlite3"))
    yield store
    store.close()


def sound(store):
    with store._engine.connect() as connection:
        return connection.exec_driver_sql("PRAGMA integrity_check").all() == [("ok",)]


def test_a_full_database_refuses_and_the_same_save_works_when_there_is_room(file_store):
    entry = file_store.create(plain_snapshot(), "Ada", NOW)
    before = (file_store.list(), file_store.history(entry.scenario_id))
    make_room = pages(file_store, 30)
    for action in (
        lambda: file_store.save(entry.scenario_id, 1, LARGE, "Ada", later(1)),
        lambda: file_store.create(replace(LARGE, name="Anderes"), "Ada", later(1)),
        lambda: file_store.keep_draft("session", Draft(LARGE), later(1)),
    ):
        with refused("store_full", said=[file_store.address]):
            action()
    assert (file_store.list(), file_store.history(entry.scenario_id)) == before
    assert file_store.draft("session") is None
    assert sound(file_store)
    make_room()
    assert file_store.save(entry.scenario_id, 1, LARGE, "Ada", later(2)).number == 2
    file_store.keep_draft("session", Draft(LARGE), later(2))
    assert file_store.draft("session").snapshot == LARGE
    assert sound(file_store)


@pytest.fixture
def small_disk():
    """Give a real disk of one megabyte."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="planning-disk-"))
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        folder.rmdir()
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def fill(file):
    """Write to a file until the disk is full."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as stream:
        while True:
            stream.write(b"x" * 4096)


def test_a_full_disk_refuses_and_the_same_save_works_when_there_is_room(small_disk):
    store = Store(str(small_disk / "scenarios.sqlite3"))
    with contextlib.closing(store):
        head = store.create(plain_snapshot(), "Ada", NOW)
        filler = small_disk / "filler"
        fill(filler)
        before = (store.list(), store.history(head.scenario_id))
        for _ in range(3):
            with refused("store_full", said=[store.address]):
                store.save(head.scenario_id, 1, LARGE, "Ada", later(1))
        assert (store.list(), store.history(head.scenario_id)) == before
        filler.unlink()
        assert store.save(head.scenario_id, 1, LARGE, "Ada", later(2)).number == 2
        assert store.read(head.scenario_id)[1].candidate_notes == LARGE.candidate_notes
        assert sound(store)


def test_a_disk_that_fills_up_while_saving_keeps_all_that_was_saved(small_disk):
    store = Store(str(small_disk / "scenarios.sqlite3"))
    with contextlib.closing(store):
        head = store.create(plain_snapshot(), "Ada", NOW)
        with refused("store_full"):
            for _ in range(50):
                many = {f"k{n}": "ö" * 1000 for n in range(20)}
                made = plain_snapshot(notes=f"{head.number + 1}", candidate_notes=many)
                head = store.save(head.scenario_id, head.number, made, "Ada", NOW)
        assert store.entry(head.scenario_id).number == head.number > 2
        for number in range(2, head.number + 1):
            assert store.read(head.scenario_id, number)[1].notes == f"{number}"
        assert sound(store)


# --- no right to write, as an account without rights

_AS_NOBODY = """
import json, os, sqlite3, sys
sys.path.insert(0, {root!r})
from planning.errors import StoreError
from planning.scenarios.reading import checked_document
from planning.scenarios.store import Store
from tests.fixtures.scenarios import NOW, plain_snapshot

checked_document(plain_snapshot())  # everything is loaded before the rights are given up
if {account!r}:
    import pwd
    entry = pwd.getpwnam({account!r})
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
try:
    store = Store({target!r})
    print("opened", store.list().total)
    store.create(plain_snapshot("Neu"), "Ada", NOW)
    print("written")
except StoreError as error:
    print(json.dumps([error.code, error.params]))
"""


def as_nobody(target):
    """Open a store and write to it as somebody without rights; return what came of it, line by line."""
    program = _AS_NOBODY.format(root=str(ROOT), target=str(target), account=unprivileged())
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def open_folder():
    """Give a folder that everybody may look into, unlike those that pytest makes."""
    folder = Path(tempfile.mkdtemp(prefix="planning-store-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def unwritable(lines):
    code, params = json.loads(lines[-1])
    assert code == "store_unwritable"
    assert "written" not in lines
    words(StoreError(code, **params))


def test_a_folder_that_may_not_be_written_is_told(open_folder):
    open_folder.chmod(0o555)
    lines = as_nobody(open_folder / "scenarios.sqlite3")
    assert len(lines) == 1
    unwritable(lines)
    unwritable(as_nobody(open_folder / "below" / "scenarios.sqlite3"))
    assert list(open_folder.iterdir()) == []


def test_a_file_that_may_not_be_written_is_told_and_stays_as_it_is(open_folder):
    target = open_folder / "scenarios.sqlite3"
    store = Store(str(target))
    store.create(plain_snapshot(), "Ada", NOW)
    store.close()
    content = target.read_bytes()
    target.chmod(0o444)
    open_folder.chmod(0o555)
    unwritable(as_nobody(target))
    assert target.read_bytes() == content
    assert [path.name for path in open_folder.iterdir()] == ["scenarios.sqlite3"]
    target.chmod(0o666)
    open_folder.chmod(0o777)
    assert as_nobody(target) == ["opened 1", "written"]


def test_a_place_below_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with refused("store_unwritable", said=["scenarios.sqlite3"]):
        Store(str(tmp_path / "file" / "scenarios.sqlite3"))
    (tmp_path / "folder").mkdir()
    with refused("store_unwritable"):
        Store(str(tmp_path / "folder"))


# --- files that are no database of scenarios


@pytest.mark.parametrize(
    "content", [b"\x93NUMPY" * 5000, b"SQLite format 3\x00" + bytes(range(256)) * 64, b"{}" * 90]
)
def test_a_file_of_something_else_is_told_and_left_alone(tmp_path, content):
    target = tmp_path / "scenarios.sqlite3"
    target.write_bytes(content)
    with refused("store_broken", said=[str(target)]):
        Store(str(target))
    assert target.read_bytes() == content


def broken_codes(target):
    """Return how opening, listing, reading all and saving end."""
    codes = set()
    try:
        store = Store(str(target))
    except StoreError as error:
        words(error)
        return {error.code}
    with contextlib.closing(store):
        for number in range(1, 31):
            for action in (
                store.list,
                lambda number=number: store.read(key_of(target), number),
                lambda: store.create(plain_snapshot("Neu"), "Ada", NOW),
            ):
                try:
                    action()
                except StoreError as error:
                    words(error)
                    codes.add(error.code)
    return codes


def key_of(target):
    return Path(target).with_suffix(".key").read_text()


@pytest.fixture
def filled(tmp_path):
    """Give a database file with 30 revisions, all of it in the one file."""
    target = tmp_path / "scenarios.sqlite3"
    store = Store(str(target))
    head = store.create(plain_snapshot(), "Ada", NOW)
    for number in range(1, 30):
        made = plain_snapshot(candidate_notes={"k": f"{number}" * 1500})
        head = store.save(head.scenario_id, number, made, "Ada", NOW)
    store.close()
    target.with_suffix(".key").write_text(head.scenario_id)
    with contextlib.closing(sqlite3.connect(target)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return target


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_ends_too_early_is_told(filled, share):
    content = filled.read_bytes()
    filled.write_bytes(content[: int(len(content) * share)])
    assert "store_broken" in broken_codes(filled)


def test_a_file_with_a_hole_is_told(filled):
    content = bytearray(filled.read_bytes())
    content[4096 * 4 :] = os.urandom(len(content) - 4096 * 4)
    filled.write_bytes(bytes(content))
    codes = broken_codes(filled)
    assert "store_broken" in codes
    assert codes <= {"store_broken", "store_failed", "scenario_damaged", "scenario_missing"}


# --- servers and addresses


def test_a_server_that_is_not_there_is_told_at_once():
    began = time.monotonic()
    with refused("store_unreachable", said=["127.0.0.1"]) as raised:
        Store(f"postgresql://ada:{SECRET}@127.0.0.1:{free_port()}/scenarios")
    assert time.monotonic() - began < 30  # far below the patience with a server that is busy
    assert SECRET not in str(raised.value) + repr(raised.value.params)


def test_a_name_that_no_computer_has_is_told():
    with refused("store_unreachable", said=["nowhere.invalid"]):
        Store(f"postgresql://ada:{SECRET}@nowhere.invalid/scenarios")


def test_what_a_server_says_is_told_in_its_words(postgres):
    with refused("store_failed", said=['database "nothing_here" does not exist']):
        Store(postgres.url("nothing_here"))


def test_a_server_that_goes_away_is_told(postgres):
    with postgres.database("going") as target:
        store = Store(target)
        with contextlib.closing(store):
            entry = store.create(plain_snapshot(), "Ada", NOW)

            def cut(_):
                ask = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'going'"
                postgres.ask("postgres", ask)

            sa.event.listen(store._engine, "begin", cut, once=True)
            with refused("store_unreachable"):
                store.save(entry.scenario_id, 1, plain_snapshot(), "Ada", NOW)
            # the next try has a new connection
            assert store.save(entry.scenario_id, 1, plain_snapshot(), "Ada", NOW).number == 2


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_server_that_was_away_is_used_again(how, postgres):
    with serve_postgres(postgres.programs) as server, server.database("away") as target:
        store = Store(target)
        with contextlib.closing(store):
            entry = store.create(plain_snapshot(), "Ada", NOW)
            several = [store._engine.connect() for _ in range(4)]
            for connection in several:
                connection.exec_driver_sql("SELECT 1")
                connection.close()
            getattr(server, how)()
            with refused("store_unreachable", said=["127.0.0.1"]):
                store.list()
            server.start()
            for _ in several:
                assert store.list().entries == (entry,)
            assert store.save(entry.scenario_id, 1, plain_snapshot(), "Ada", NOW).number == 2


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (ConnectionResetError(104, "Connection reset by peer"), "store_unreachable"),
        (TimeoutError("timed out"), "store_unreachable"),
        (said_by_postgres("53100", "Kein Platz"), "store_full"),
        (said_by_postgres("25006", "nur lesen"), "store_unwritable"),
        (said_by_postgres("57P03", "das Datenbanksystem startet"), "store_unreachable"),
        (said_by_postgres("53300", "zu viele Verbindungen"), "store_busy"),
        (said_by_postgres("42501", "keine Berechtigung"), "store_failed"),
    ],
)
def test_what_a_server_can_say_is_told_whatever_its_language(trouble, code):
    url = url_of(f"postgresql://ada:{SECRET}@localhost/x")
    with refused(code) as raised, told(url):
        raise trouble
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    "target",
    [
        f"mysql://ada:{SECRET}@localhost/x",
        f"postgresql://ada:x@{SECRET}@localhost/x",
        f"https://ada:{SECRET}@localhost/x",
        "://",
        f"postgresql://ada:{SECRET}@localhost:port/x",
        f"postgresql://ada:{SECRET}@[::1/x",
        f"postgresql://ada:{SECRET}@localhost/x?sslmode=perhaps",
        f"postgresql://localhost/x?user=ada&password={SECRET}",
    ],
)
def test_an_address_of_something_else_is_told(target):
    with refused("store_address") as raised:
        Store(target)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ada:{secret}@127.0.0.1:{port}/x",
        "postgresql+psycopg://ada:{secret}@127.0.0.1:{port}/x",
        "postgresql://ada:{secret}:@127.0.0.1:{port}/x",
    ],
)
def test_a_password_is_never_told(address):
    with pytest.raises(StoreError) as raised:
        Store(address.format(secret=SECRET, port=free_port()))
    told = [str(raised.value), repr(raised.value.params), *words(raised.value)]
    assert not [text for text in told if SECRET in text]


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_a_server_without_encryption_is_not_talked_to_where_it_is_wanted(postgres, mode):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the driver leaves the socket to the collector
        with postgres.database("plain") as target, refused("store_unreachable"):
            Store(f"{target}?sslmode={mode}")
        gc.collect()


def test_a_password_is_not_in_the_address_shown(postgres):
    with postgres.database("shown") as target, contextlib.closing(Store(target)) as store:
        assert store.address == target
    secret = postgres.url("postgres", password=SECRET)
    with contextlib.closing(Store(secret)) as store:
        assert SECRET not in store.address
        with pytest.raises(StoreError) as raised:
            store.read("nothing")
        assert SECRET not in str(raised.value)
    engine = make_engine(url_of(secret))
    assert SECRET not in repr(engine)


# --- newer programs


def test_a_database_of_a_newer_program_is_told_and_left_alone(store_target):
    store = Store(store_target)
    store.create(plain_snapshot(), "Ada", NOW)
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with refused("store_newer"):
        Store(store_target)
    with store._engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"
        assert connection.exec_driver_sql("SELECT count(*) FROM revision").scalar() == 1
    store.close()


# --- databases of other programs


def test_a_file_of_another_program_is_told_and_left_alone(tmp_path):
    target = tmp_path / "kontakte.sqlite3"
    with contextlib.closing(sqlite3.connect(target)) as connection:
        connection.execute("CREATE TABLE person (name TEXT)")
        connection.commit()
    with refused("store_foreign", said=[str(target)]):
        Store(str(target))
    with contextlib.closing(sqlite3.connect(target)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("person",)]


@pytest.mark.parametrize("form", ["abcdef012345", "0000", "00021", "../etc", ""])
def test_a_database_that_another_program_migrates_is_told_and_left_alone(store_target, form):
    engine = make_engine(url_of(store_target))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:form)"), {"form": form})
    with refused("store_foreign"):
        Store(store_target)
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
