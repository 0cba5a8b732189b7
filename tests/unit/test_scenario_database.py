"""The form of the database: brought up to date without a loss, and what the program says it is."""

from __future__ import annotations

import contextlib

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from planning.scenarios import database
from planning.scenarios.database import HEAD, bring_up_to_date, make_engine, metadata, url_of, writing
from planning.scenarios.document import canonical, document_of
from planning.scenarios.drafts import Draft
from planning.scenarios.store import Store
from planning.scenarios.summary import summary_of
from tests.fixtures.scenarios import NOW, kept_plan, later, plain_snapshot

FORMS = ("0001", "0002")


def scripts():
    config = Config()
    config.set_main_option("script_location", "planning.scenarios:migrations")
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


@pytest.fixture
def engine(store_target):
    made = make_engine(url_of(store_target))
    yield made
    made.dispose()


def make_form(engine, form):
    """Make a database as an older program made it."""
    with writing(engine) as connection:
        database._migrate(connection, form)


def form_of(engine):
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def fill(engine, snapshot):
    """Put a scenario with two revisions into a database, in SQL as the first program did."""
    document = document_of(snapshot)
    insert_scenario = (
        "INSERT INTO scenario (id, name, name_key, head, created_at, saved_at, deleted_at)"
        " VALUES ('a1', :name, :key, 2, :time, :time, NULL)"
    )
    insert_revision = (
        "INSERT INTO revision (scenario_id, number, name, action, author, saved_at, content_id, summary,"
        " document) VALUES ('a1', :number, :name, 'save', 'Ada', :time, :content, :summary, :document)"
    )
    common = {"name": snapshot.name, "time": NOW.isoformat(timespec="microseconds")}
    kept = {
        "content": document["id"],
        "summary": summary_of(snapshot).text(),
        "document": canonical(document),
    }
    with writing(engine) as connection:
        connection.execute(sa.text(insert_scenario), common | {"key": snapshot.name.casefold()})
        for number in (1, 2):
            connection.execute(sa.text(insert_revision), common | kept | {"number": number})


def test_the_forms_follow_one_after_the_other():
    found = scripts()
    assert found.get_heads() == [HEAD]
    assert [one.revision for one in reversed(list(found.walk_revisions()))] == list(FORMS)


@pytest.mark.parametrize("form", FORMS)
def test_a_database_of_every_form_is_brought_up_to_date_without_a_loss(engine, store_target, form):
    made = plain_snapshot("Zwölf Minuten", notes="👩\u200d👧", plan=kept_plan())
    make_form(engine, form)
    assert form_of(engine) == form
    fill(engine, made)
    with contextlib.closing(Store(store_target)) as store:
        assert form_of(engine) == HEAD
        assert store.read("a1")[1] == store.read("a1", 1)[1] == made
        assert store.save("a1", 2, made, "Bob", later(1)).number == 3
        assert store.named("zwölf minuten").head == 3
        store.keep_draft("one", Draft(made), NOW)
        assert store.draft("one") == Draft(made)
    with contextlib.closing(Store(store_target)) as store:
        assert [entry.number for entry in store.history("a1")] == [3, 2, 1]


def test_the_program_says_what_the_migrations_make(engine):
    bring_up_to_date(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_the_rule_of_names_is_in_the_database(engine):
    bring_up_to_date(engine)
    values = "('Name', 'name', 1, 't', 't'"
    into = "INSERT INTO scenario (name, name_key, head, created_at, saved_at, deleted_at, id) VALUES "
    with engine.begin() as connection:
        connection.exec_driver_sql(f"{into}{values}, NULL, 'a')")
        connection.exec_driver_sql(f"{into}{values}, 't', 'b')")
        connection.exec_driver_sql(f"{into}{values}, 't', 'c')")
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql(f"{into}{values}, NULL, 'd')")


def test_a_migration_that_fails_leaves_the_form_before(engine, store_target, monkeypatch):
    make_form(engine, "0001")
    fill(engine, plain_snapshot())
    whole = database._migrate

    def fails(connection, target):
        whole(connection, target)
        raise RuntimeError("interrupted")

    monkeypatch.setattr(database, "_migrate", fails)
    with pytest.raises(RuntimeError, match="interrupted"):
        Store(store_target)
    assert form_of(engine) == "0001"
    assert not sa.inspect(engine).has_table("draft")
    monkeypatch.undo()
    with contextlib.closing(Store(store_target)) as store:
        assert store.list().total == 1
        assert form_of(engine) == HEAD


def test_sqlite_waits_for_the_disk_and_readers_wait_for_nobody(tmp_path):
    with (
        contextlib.closing(Store(str(tmp_path / "a.sqlite3"))) as store,
        store._engine.connect() as connection,
    ):
        for setting, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert connection.exec_driver_sql(f"PRAGMA {setting}").scalar() == value
        assert connection.exec_driver_sql("SELECT count(*) FROM scenario").scalar() == 0
        entry = store.create(plain_snapshot(), "Ada", NOW)  # while somebody is reading
        assert connection.exec_driver_sql("SELECT count(*) FROM scenario").scalar() == 0
    with contextlib.closing(Store(str(tmp_path / "a.sqlite3"))) as store:
        assert store.list().entries == (entry,)
