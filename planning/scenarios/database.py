"""The database behind the store: where it is, its tables, and how its form is brought up to date."""

from __future__ import annotations

import os
import ssl
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from platformdirs import user_data_path
from sqlalchemy import event, exc

from planning.area.schema import has_control
from planning.errors import StoreError
from planning.scenarios import STORE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine import URL, Connection, Engine

FILE = "scenarios.sqlite3"
_FORMS = ("0001", "0002")
HEAD = _FORMS[-1]
"""The form of the database that this program knows; the newest of ``migrations/versions``."""
PATIENCE_S = 60
"""How long a writer of a SQLite file waits for the others."""
ANSWER_S = 15
"""How long a server may take to answer."""
_LOCK = 0x64657061
"""Number of PostgreSQL's advisory lock that is held while the form of the database changes."""
_WRITES = "planning_writes"
_TLS = ("disable", "require", "verify-full")


class _Text(sa.TypeDecorator[str]):
    """Text as every database can hold it.

    Databases refuse control characters and halves of characters, each in its own way. Nothing that is kept
    holds any; in what somebody asks for, a stand-in takes their place, and nothing is found.
    """

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        if value is None or not has_control(value):
            return value
        return "".join("\ufffd" if has_control(one) else one for one in value)


class _LongText(_Text):
    """The same without a limit."""

    impl = sa.Text
    cache_ok = True


metadata = sa.MetaData()
scenario = sa.Table(
    "scenario",
    metadata,
    sa.Column("id", _Text(32), primary_key=True),
    sa.Column("name", _Text(200), nullable=False),
    sa.Column("name_key", _Text(400), nullable=False),
    sa.Column("head", sa.Integer, nullable=False),
    sa.Column("created_at", _Text(32), nullable=False),
    sa.Column("saved_at", _Text(32), nullable=False),
    sa.Column("deleted_at", _Text(32)),
)
sa.Index(
    "scenario_name_of_kept",
    scenario.c.name_key,
    unique=True,
    sqlite_where=scenario.c.deleted_at.is_(None),
    postgresql_where=scenario.c.deleted_at.is_(None),
)
revision = sa.Table(
    "revision",
    metadata,
    sa.Column("scenario_id", _Text(32), sa.ForeignKey("scenario.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("name", _Text(200), nullable=False),
    sa.Column("action", _Text(20), nullable=False),
    sa.Column("author", _Text(200), nullable=False),
    sa.Column("saved_at", _Text(32), nullable=False),
    sa.Column("content_id", _Text(64), nullable=False, index=True),
    sa.Column("summary", _LongText(), nullable=False),
    sa.Column("document", _LongText(), nullable=False),
)
draft = sa.Table(
    "draft",
    metadata,
    sa.Column("id", _Text(64), primary_key=True),
    sa.Column("saved_at", _Text(32), nullable=False, index=True),
    sa.Column("scenario_id", _Text(32)),
    sa.Column("number", sa.Integer),
    sa.Column("document", _LongText(), nullable=False),
)


def default_target() -> str:
    """Return where scenarios are kept unless somebody says otherwise.

    That is what the environment variable ``PLANNING_STORE`` names, a path or an address of a database, else
    the file ``scenarios.sqlite3`` in the user's folder for data of programs.
    """
    return os.environ.get(STORE_VARIABLE) or str(user_data_path("dependance-planner", appauthor=False) / FILE)


def url_of(target: str) -> URL:
    """Return the address of a database: a path is a SQLite file, ``postgresql://…`` a server.

    With ``?sslmode=require`` the way to a server is encrypted, with ``verify-full`` its certificate is
    checked as well.

    Raises
    ------
    StoreError
        ``store_address`` if it is neither.
    """
    if "://" not in target:
        return sa.URL.create("sqlite", database=str(Path(target).expanduser().absolute()))
    try:
        url = sa.make_url(target)
    except (exc.ArgumentError, ValueError):  # what they say may hold a part of a password
        raise StoreError("store_address", store="…") from None
    if "@" in (url.host or ""):  # so may the host, where the password has an @
        raise StoreError("store_address", store="…")
    if url.drivername == "postgres":
        url = url.set(drivername="postgresql")
    if url.get_backend_name() == "postgresql" and url.username and url.host and _is_known(url.query):
        return url.set(drivername="postgresql+pg8000")
    if url.drivername == "sqlite" and url.database and not url.query:
        return url
    raise StoreError("store_address", store=shown_address(url))


def _is_known(query: Mapping[str, Any]) -> bool:
    return not query or (set(query) == {"sslmode"} and query["sslmode"] in _TLS)


def shown_address(url: URL) -> str:
    """Return an address as people may see it, without a password; one may stand among its options, too."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    plain = url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)
    return f"{plain}?…" if url.query else plain


def is_missing(url: URL) -> bool:
    """Tell whether an address is that of a file that is not there but could be."""
    if url.get_backend_name() != "sqlite":
        return False
    path = Path(str(url.database))
    above = next((one for one in path.parents if one.exists()), path)
    return not path.exists() and above.is_dir()


def make_engine(url: URL) -> Engine:
    """Return the engine of a database; a SQLite file's folder is made if it is not there.

    SQLite keeps a write-ahead log, so that readers do not wait for writers, and reports a transaction as
    done only once it is on the disk. A transaction that is going to write takes its place in the queue when
    it begins, so that none has to be given up halfway.
    """
    if url.get_backend_name() != "sqlite":
        return _server_engine(url)
    if url.database is not None:
        with told(url):
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": PATIENCE_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _server_engine(url: URL) -> Engine:
    """Return the engine of a server; a connection that was lost meanwhile is replaced before it is used.

    The driver tells of some losses with an error of the operating system, which the pool would not take for
    one.
    """
    options: dict[str, Any] = {"timeout": ANSWER_S}
    mode = url.query.get("sslmode", "disable")
    if mode != "disable":
        options["ssl_context"] = ssl.create_default_context()
    if mode == "require":  # encrypted, whoever the server is
        options["ssl_context"].check_hostname = False
        options["ssl_context"].verify_mode = ssl.CERT_NONE
    engine = sa.create_engine(url.set(query={}), pool_pre_ping=True, connect_args=options)
    dialect: Any = engine.dialect
    ping = dialect.do_ping

    def do_ping(connection: Any) -> bool:
        try:
            return bool(ping(connection))
        except OSError as error:
            raise dialect.loaded_dbapi.InterfaceError("network error") from error

    dialect.do_ping = do_ping
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins the transactions, not the driver
    cursor = connection.cursor()
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the database."""
    # a transaction of SQLite sees one state anyway
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with told(engine.url), engine.connect() as connection:
        yield connection.execution_options(**options)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that is done as a whole or not at all."""
    options = {_WRITES: True}
    with told(engine.url), engine.connect() as plain, plain.execution_options(**options).begin():
        yield plain


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables, or change those of an older program; many may do so at the same time.

    Raises
    ------
    StoreError
        ``store_newer``: a newer program has changed the database.
    """
    with reading(engine) as connection:
        if _form_of(connection) == HEAD:
            return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if _form_of(connection) != HEAD:
            _migrate(connection, HEAD)


def _form_of(connection: Connection) -> str | None:
    """Return the form of the database; ``None`` for one without tables of ours."""
    where = shown_address(connection.engine.url)
    tables = set(sa.inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        # a file belongs to one program; a server's database may hold tables of several
        if tables and (connection.dialect.name == "sqlite" or tables & set(metadata.tables)):
            raise StoreError("store_foreign", store=where)
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if found is None or str(found) in _FORMS:
        return None if found is None else str(found)
    newer = str(found).isdecimal() and len(str(found)) == len(HEAD) and "revision" in tables
    raise StoreError("store_newer" if newer else "store_foreign", store=where)


def _migrate(connection: Connection, target: str) -> None:
    from alembic import command  # needed once for each new form of the database
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, target)


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Turn what a database or its folder complains of into an error that says what to do."""
    try:
        yield
    except exc.IntegrityError:
        raise  # what is in the database decides, not the database itself
    except exc.DBAPIError as error:
        reason = _reason_of(error.orig)
        raise StoreError(_code_of(error, reason), store=shown_address(url), reason=reason[:300]) from error
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        reason = error.strerror or str(error)
        code = "store_unwritable" if url.get_backend_name() == "sqlite" else "store_unreachable"
        raise StoreError(code, store=shown_address(url), reason=reason) from error


_SIGNS = (
    ("database or disk is full", "store_full"),
    ("disk full", "store_full"),
    ("No space left", "store_full"),
    ("readonly database", "store_unwritable"),
    ("unable to open database file", "store_unwritable"),
    ("read-only", "store_unwritable"),
    ("database is locked", "store_busy"),
    ("malformed", "store_broken"),
    ("not a database", "store_broken"),
)
_STATES = {
    "53100": "store_full",
    "25006": "store_unwritable",
    "53300": "store_busy",
    **dict.fromkeys(("57P01", "57P02", "57P03"), "store_unreachable"),
}
"""PostgreSQL's codes of conditions; its messages are in the server's language."""


def _fields_of(error: BaseException | None) -> dict[str, str]:
    """Return the fields of a message of PostgreSQL, which its driver has in a table."""
    said = error.args[0] if error is not None and error.args else None
    return said if isinstance(said, dict) else {}


def _reason_of(error: BaseException | None) -> str:
    return _fields_of(error).get("M") or str(error)


def _code_of(error: exc.DBAPIError, reason: str) -> str:
    signs = (code for sign, code in _SIGNS if sign in reason)
    found = _STATES.get(_fields_of(error.orig).get("C", "")) or next(signs, None)
    if found is not None:
        return found
    if isinstance(error, exc.InterfaceError) or error.connection_invalidated:
        return "store_unreachable"
    return "store_failed"
