"""What the store keeps and how it is found again, on SQLite and on PostgreSQL."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from planning.errors import ConflictError, StoreError, UploadError
from planning.i18n import LANGUAGES, Translator, explain
from planning.scenarios.database import FILE, default_target, draft, revision, scenario
from planning.scenarios.document import canonical, document_of, snapshot_id
from planning.scenarios.drafts import KEPT_DAYS, Draft
from planning.scenarios.snapshot import AreaReference, FiguresRecord
from planning.scenarios.store import MOST_FOUND, Store
from planning.scenarios.summary import summary_of
from tests.fixtures.scenarios import AREA, FILES, NOW, document, kept_plan, later, plain_snapshot


def words(error):
    for language in LANGUAGES:
        assert all(explain(error, Translator(language)))


def refused(kind, code, action, *arguments):
    with pytest.raises(kind) as raised:
        action(*arguments)
    assert raised.value.code == code
    words(raised.value)
    return raised.value


def rows(store, table):
    with store._engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def change(store, table, *where, **values):
    """Change rows behind the store's back."""
    with store._engine.begin() as connection:
        done = connection.execute(sa.update(table).where(*where).values(**values))
        assert done.rowcount


@pytest.fixture
def kept(store):
    """Return a scenario with three revisions by two people."""
    first = store.create(plain_snapshot("Zwölf Minuten", notes="eins"), "Ada", NOW)
    store.save(first.scenario_id, 1, plain_snapshot("Zwölf Minuten", notes="zwei"), "Bob", later(60))
    return store.save(first.scenario_id, 2, plain_snapshot("Zwölf Minuten", notes="drei"), "Ada", later(120))


# --- saving


def test_a_new_store_is_empty(store):
    assert store.list().entries == ()
    assert store.list().total == 0
    assert store.find("Entwurf") == ()
    assert store.named("Entwurf") is None


def test_creating_keeps_everything(store):
    made = plain_snapshot("Zwölf Minuten", notes="Notiz", plan=kept_plan())
    entry = store.create(made, "  Ada   Lovelace ", NOW)
    assert (entry.number, entry.head, entry.action, entry.author) == (1, 1, "save", "Ada Lovelace")
    assert entry.saved_at == "2026-03-02T09:30:00.000000+00:00"
    assert entry.content_id == snapshot_id(made)
    assert entry.summary == summary_of(made)
    assert store.entry(entry.scenario_id) == entry
    assert store.read(entry.scenario_id) == (entry, made)


def test_saving_makes_revisions_and_overwrites_none(store, kept):
    assert (kept.number, kept.head, kept.author) == (3, 3, "Ada")
    history = store.history(kept.scenario_id)
    assert [(one.number, one.author) for one in history] == [(3, "Ada"), (2, "Bob"), (1, "Ada")]
    assert {one.head for one in history} == {3}
    notes = [store.read(kept.scenario_id, number)[1].notes for number in (1, 2, 3)]
    assert notes == ["eins", "zwei", "drei"]
    assert store.list().total == 1


def test_equal_content_may_be_saved_again(store, kept):
    again = store.save(kept.scenario_id, 3, store.read(kept.scenario_id)[1], "Bob", later(180))
    assert again.number == 4
    assert again.content_id == kept.content_id


@pytest.mark.parametrize("base", [0, 1, 2, 4, -1])
def test_whoever_began_with_another_revision_hears_of_it(store, kept, base):
    error = refused(
        ConflictError,
        "scenario_changed",
        lambda: store.save(kept.scenario_id, base, plain_snapshot("Zwölf Minuten"), "Bob", later(180)),
    )
    assert error.head == kept
    assert (error.params["author"], error.params["number"], error.params["base"]) == ("Ada", 3, base)
    assert store.entry(kept.scenario_id) == kept
    assert rows(store, revision) == 3


def test_what_is_not_there_is_missing(store, kept):
    for action in (
        lambda: store.save("nothing", 1, plain_snapshot("Anders"), "Ada", NOW),
        lambda: store.read("nothing"),
        lambda: store.rename("nothing", 1, "Anders", "Ada", NOW),
        lambda: store.duplicate("nothing", "Anders", "Ada", NOW),
        lambda: store.undelete("nothing"),
    ):
        error = refused(StoreError, "scenario_missing", action)
        assert error.params["store"] == store.address
    for number in (0, -1, 4, 2**31 - 1):
        error = refused(StoreError, "revision_missing", store.read, kept.scenario_id, number)
        assert (error.params["name"], error.params["head"]) == ("Zwölf Minuten", 3)
    refused(StoreError, "revision_missing", store.restore, kept.scenario_id, 9, 3, "Ada", NOW)
    assert store.history("nothing") == ()
    store.delete("nothing", NOW)
    store.purge("nothing")
    assert rows(store, revision) == 3


def test_what_could_not_be_read_again_is_not_written(store, kept):
    for wrong in (plain_snapshot("Anders", notes="\x00"), plain_snapshot("Anders", notes="x" * 20_001)):
        refused(UploadError, "scenario_unusable", store.create, wrong, "Ada", NOW)
        refused(UploadError, "scenario_unusable", store.save, kept.scenario_id, 3, wrong, "Ada", NOW)
    assert (rows(store, scenario), rows(store, revision)) == (1, 3)
    assert store.entry(kept.scenario_id) == kept


@pytest.mark.parametrize("author", ["", " \t\n", "\x00", "\x1b \ud800"])
def test_whoever_saves_says_who_they_are(store, kept, author):
    refused(UploadError, "author_missing", store.create, plain_snapshot("Anders"), author, NOW)
    refused(UploadError, "author_missing", store.save, kept.scenario_id, 3, plain_snapshot(), author, NOW)
    assert (rows(store, scenario), rows(store, revision)) == (1, 3)
    assert store.entry(kept.scenario_id) == kept


@pytest.mark.parametrize(
    "author", ["x" * 500, "<b>Ada</b>", "'; DROP TABLE draft; --", "عدا", "👩\u200d👧", "a\nb"]
)
def test_authors_are_kept_as_one_line(store, author):
    entry = store.create(plain_snapshot(), author, NOW)
    assert entry.author == " ".join(author.split())[:120]
    assert store.entry(entry.scenario_id) == entry


@pytest.mark.parametrize("author", ["a\x00b", "a\ud800", "\x1b[0m"])
def test_authors_that_cannot_be_kept_do_no_harm(store, author):
    entry = store.create(plain_snapshot(), author, NOW)
    assert store.entry(entry.scenario_id) == entry
    assert entry.author.isprintable()


# --- names


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("  Zwölf \t Minuten\n", "Zwölf Minuten"),
        ("Zwo\u0308lf", "Zwölf"),
        ("a\u00a0b", "a b"),
        ("x" * 120, "x" * 120),
        ("../../etc/passwd", "../../etc/passwd"),
    ],
)
def test_names_are_kept_in_one_form(store, given, name):
    entry = store.create(plain_snapshot(given), "Ada", NOW)
    assert entry.name == name
    assert store.read(entry.scenario_id)[1].name == name
    assert store.named(given) == store.named(name) == entry


@pytest.mark.parametrize("name", ["", "  \t", "x" * 121, "a\x00b", "\x1b", "\x7f", "\ud800"])
def test_names_that_cannot_be_are_refused(store, name):
    refused(UploadError, "scenario_name", store.create, plain_snapshot(name), "Ada", NOW)
    entry = store.create(plain_snapshot("Gut"), "Ada", NOW)
    refused(UploadError, "scenario_name", store.rename, entry.scenario_id, 1, name, "Ada", NOW)
    refused(UploadError, "scenario_name", store.duplicate, entry.scenario_id, name, "Ada", NOW)
    assert (rows(store, scenario), rows(store, revision)) == (1, 1)


SAME_NAMES = [
    ("Zwölf Minuten", "ZWÖLF  MINUTEN"),
    ("Straße", "STRASSE"),
    ("ﬃ", "FFI"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("Zwo\u0308lf", "zwölf"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_a_name_is_given_once_whatever_its_case(store, one, other):
    first = store.create(plain_snapshot(one), "Ada", NOW)
    error = refused(ConflictError, "scenario_name_taken", store.create, plain_snapshot(other), "Bob", NOW)
    assert error.head == first
    second = store.create(plain_snapshot("Anders"), "Bob", NOW)
    for action in (
        lambda: store.save(second.scenario_id, 1, plain_snapshot(other), "Bob", NOW),
        lambda: store.rename(second.scenario_id, 1, other, "Bob", NOW),
        lambda: store.duplicate(second.scenario_id, other, "Bob", NOW),
    ):
        assert refused(ConflictError, "scenario_name_taken", action).head == first
    assert store.entry(second.scenario_id) == second
    assert (rows(store, scenario), rows(store, revision)) == (2, 2)
    renamed = store.rename(first.scenario_id, 1, other, "Ada", NOW)  # one's own name in another case
    assert renamed.number == 2


def test_names_that_only_look_alike_are_different(store):
    for name in ("Zwölf", "Zwolf", "Zwölf.", "Zw\u043elf"):
        store.create(plain_snapshot(name), "Ada", NOW)
    assert store.list().total == 4


# --- restoring, renaming, duplicating


def test_restoring_makes_an_older_revision_the_newest(store, kept):
    entry = store.restore(kept.scenario_id, 1, 3, "Bob", later(180))
    assert (entry.number, entry.action, entry.author) == (4, "restore", "Bob")
    assert entry.content_id == store.entry(kept.scenario_id, 1).content_id
    assert store.read(kept.scenario_id)[1].notes == "eins"
    assert len(store.history(kept.scenario_id)) == 4
    refused(ConflictError, "scenario_changed", store.restore, kept.scenario_id, 1, 3, "Bob", later(180))


def test_renaming_is_a_revision_and_earlier_ones_keep_their_name(store, kept):
    entry = store.rename(kept.scenario_id, 3, "Elf Minuten", "Bob", later(180))
    assert (entry.number, entry.action, entry.name) == (4, "rename", "Elf Minuten")
    assert entry.content_id == kept.content_id
    assert store.entry(kept.scenario_id, 3).name == "Zwölf Minuten"
    assert store.read(kept.scenario_id, 3)[1].name == "Zwölf Minuten"
    assert store.named("Zwölf Minuten") is None
    assert store.named("elf minuten") == entry
    store.create(plain_snapshot("Zwölf Minuten"), "Ada", NOW)
    refused(ConflictError, "scenario_changed", store.rename, kept.scenario_id, 3, "Neun", "Bob", NOW)


def test_restoring_keeps_the_present_name(store, kept):
    store.rename(kept.scenario_id, 3, "Elf Minuten", "Bob", later(180))
    store.create(plain_snapshot("Zwölf Minuten"), "Ada", later(200))
    entry = store.restore(kept.scenario_id, 1, 4, "Bob", later(240))
    assert (entry.number, entry.name) == (5, "Elf Minuten")
    assert store.read(kept.scenario_id)[1].notes == "eins"


def test_duplicating_begins_a_scenario_of_its_own(store, kept):
    copy = store.duplicate(kept.scenario_id, "Kopie", "Bob", later(180))
    assert (copy.number, copy.action, copy.author) == (1, "duplicate", "Bob")
    assert copy.scenario_id != kept.scenario_id
    assert copy.content_id == kept.content_id
    store.save(copy.scenario_id, 1, plain_snapshot("Kopie", notes="anders"), "Bob", later(240))
    assert store.entry(kept.scenario_id) == kept


# --- deleting


def test_deleting_loses_nothing(store, kept):
    store.delete(kept.scenario_id, later(180))
    assert store.list().total == 0
    gone = store.list(deleted=True).entries
    assert [one.scenario_id for one in gone] == [kept.scenario_id]
    assert gone[0].deleted_at == later(180).isoformat(timespec="microseconds")
    assert store.named("Zwölf Minuten") is None
    assert store.find(kept.scenario_id) == store.find(kept.content_id) == ()
    assert store.read(kept.scenario_id)[1].notes == "drei"
    assert len(store.history(kept.scenario_id)) == 3
    store.delete(kept.scenario_id, later(999))
    assert store.entry(kept.scenario_id).deleted_at == gone[0].deleted_at
    assert store.undelete(kept.scenario_id) == kept
    assert store.undelete(kept.scenario_id) == kept


def test_saving_to_what_was_deleted_is_a_conflict(store, kept):
    store.delete(kept.scenario_id, later(180))
    for action in (
        lambda: store.save(kept.scenario_id, 3, plain_snapshot(), "Bob", later(240)),
        lambda: store.restore(kept.scenario_id, 1, 3, "Bob", later(240)),
        lambda: store.rename(kept.scenario_id, 3, "Anders", "Bob", later(240)),
    ):
        error = refused(ConflictError, "scenario_deleted", action)
        assert error.head.scenario_id == kept.scenario_id
    assert rows(store, revision) == 3


def test_the_name_of_what_was_deleted_is_free_until_it_is_fetched_back(store, kept):
    store.delete(kept.scenario_id, later(180))
    other = store.create(plain_snapshot("ZWÖLF MINUTEN"), "Bob", later(200))
    error = refused(ConflictError, "undelete_name_taken", store.undelete, kept.scenario_id)
    assert error.head == other
    assert store.entry(kept.scenario_id).deleted_at is not None
    store.rename(other.scenario_id, 1, "Anders", "Bob", later(240))
    assert store.undelete(kept.scenario_id).deleted_at is None


def test_only_what_was_deleted_is_purged(store, kept):
    other = store.create(plain_snapshot("Anders"), "Bob", NOW)
    store.purge(kept.scenario_id)
    assert store.entry(kept.scenario_id) == kept
    store.delete(kept.scenario_id, later(180))
    store.purge(kept.scenario_id)
    refused(StoreError, "scenario_missing", store.read, kept.scenario_id)
    assert store.list(deleted=True).total == 0
    assert (rows(store, scenario), rows(store, revision)) == (1, 1)
    assert store.entry(other.scenario_id) == other


# --- listing and finding


@pytest.fixture
def many(store):
    authors = ("Ada Lovelace", "Änne Groß", "Бабушка", "100 % Bob_")
    return [
        store.create(plain_snapshot(f"Variante {n:02}", notes=f"{n}"), authors[n % len(authors)], later(n))
        for n in range(45)
    ]


def test_lists_come_newest_first_part_by_part(store, many):
    names = []
    for start in range(0, 60, 20):
        page = store.list(start=start)
        assert page.total == 45
        names += [entry.name for entry in page.entries]
    assert names == [entry.name for entry in reversed(many)]
    saved = store.save(many[3].scenario_id, 1, plain_snapshot("Variante 03"), "Ada", later(100))
    assert store.list(count=1).entries == (saved,)
    assert store.list(start=45).entries == ()
    assert len(store.list(count=100).entries) == 45


def test_scenarios_of_one_moment_are_listed_once_each(store):
    for n in range(30):
        store.create(plain_snapshot(f"{n}"), "Ada", NOW)
    found = [e.scenario_id for start in range(0, 30, 7) for e in store.list(start=start, count=7).entries]
    assert len(found) == len(set(found)) == 30


@pytest.mark.parametrize(
    ("search", "count"),
    [
        ("", 45),
        ("   ", 45),
        ("variante", 45),
        ("VARIANTE 1", 10),
        ("variante 07", 1),
        (" 07 ", 1),
        ("lovelace", 12),
        ("änne", 11),
        ("ÄNNE GROSS", 11),
        ("A\u0308nne", 11),
        ("БАБУШКА", 11),
        ("100 %", 11),
        ("bob_", 11),
        ("%", 11),
        ("_", 11),
        ("0_", 0),
        ("\\", 0),
        ("'", 0),
        ("nobody", 0),
    ],
)
def test_a_search_looks_for_names_and_people_whatever_their_case(store, many, search, count):
    page = store.list(search, count=100)
    assert (page.total, len(page.entries)) == (count, count)
    assert store.list(search, deleted=True).total == 0


def test_only_the_last_author_is_searched(store, kept):
    assert store.list("bob").total == 0
    assert store.list("ada").total == 1


def test_what_was_deleted_is_searched_by_itself(store, many):
    store.delete(many[0].scenario_id, later(99))
    assert store.list("variante 00").total == 0
    assert store.list("variante 00", deleted=True).total == 1


def test_scenarios_are_found_by_name_and_by_identifiers(store, kept):
    other = store.create(plain_snapshot("Anders"), "Bob", NOW)
    for wanted in ("Zwölf Minuten", " zwölf  MINUTEN ", kept.scenario_id, kept.scenario_id[:6].upper()):
        assert store.find(wanted) == (kept,)
    assert store.find(kept.content_id) == store.find(kept.content_id[:10]) == (kept,)
    first = store.entry(kept.scenario_id, 1)
    assert store.find(first.content_id[:12]) == (first,)
    assert store.find(other.content_id) == (other,)
    assert store.find(kept.scenario_id[:5]) == ()
    assert store.find("zwölf") == ()


def test_a_name_goes_before_an_identifier(store, kept):
    named = store.create(plain_snapshot(kept.scenario_id[:8]), "Bob", NOW)
    assert store.find(kept.scenario_id[:8]) == (named,)
    assert store.find(kept.scenario_id[:9]) == (kept,)


def test_several_that_are_meant_are_all_told(store):
    made = plain_snapshot()
    for n in range(MOST_FOUND + 5):
        store.create(replace(made, name=f"{n}"), "Ada", later(n))
    found = store.find(snapshot_id(made))
    assert len(found) == MOST_FOUND
    assert [entry.name for entry in found[:2]] == ["24", "23"]


HOSTILE = [
    *(
        "%",
        "_",
        "%%%%%%",
        "______",
        "'",
        '"',
        "`",
        ";",
        "--",
        "\\",
        "\\%",
        "/*",
        "x' OR '1'='1",
        "*",
        "?",
        ":name",
    ),
    *(
        "'; DROP TABLE revision; --",
        "{0}",
        "%s",
        "%(a)s",
        "NULL",
        "0x414243",
        "abcdef%",
        "abcdef_",
        "\\x00abcdef",
    ),
    *("\x00", "a\x00b", "abcdef\x00", "\ud800", "\udfff\ud800", "\x1b[0m", "\u202e", "\ufeff", "\U0010ffff"),
    *("x" * 100_000, "%" * 10_000, "a" * 64, "f" * 1000, "é" * 5000, "\n", "\t", " ", ""),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_questions_have_an_answer(store, kept, text):
    assert text.strip() == "" or store.list(text).entries == ()
    assert store.list(text).total == (1 if text.strip() == "" else 0)
    assert store.find(text) == ()
    with contextlib.suppress(UploadError):  # those that no scenario can be called
        assert store.named(text) is None
    for action in (store.read, store.entry, store.undelete):
        refused(StoreError, "scenario_missing", action, text)
    assert store.history(text) == ()
    store.delete(text, NOW)
    store.purge(text)
    assert store.draft(text) is None
    assert store.list().entries == (kept,)
    assert (rows(store, scenario), rows(store, revision)) == (1, 3)


# --- damage


def test_a_damaged_revision_is_told_and_the_others_open(store, kept):
    content = canonical(document_of(store.read(kept.scenario_id, 2)[1]))
    key = (revision.c.scenario_id == kept.scenario_id, revision.c.number == 2)
    without_id = {name: part for name, part in json.loads(content).items() if name != "id"}
    damages = (
        "",
        "null",
        "[]",
        content[:-1],
        content[: len(content) // 2],
        content.replace("zwei", "drei"),
        canonical(without_id | {"notes": "untergeschoben"}),
        "[" * 100_000,
    )
    for damage in damages:
        change(store, revision, *key, document=damage)
        error = refused(StoreError, "scenario_damaged", store.read, kept.scenario_id, 2)
        assert (error.params["name"], error.params["number"]) == ("Zwölf Minuten", 2)
        refused(StoreError, "scenario_damaged", store.restore, kept.scenario_id, 2, 3, "Ada", NOW)
        assert store.read(kept.scenario_id, 1)[1].notes == "eins"
        assert store.read(kept.scenario_id)[1].notes == "drei"
        assert len(store.history(kept.scenario_id)) == 3
    change(store, revision, *key, document=content)
    assert store.read(kept.scenario_id, 2)[1].notes == "zwei"


def test_a_revision_that_a_newer_program_saved_is_not_called_damaged(store, kept):
    newer = {"format": "dependance-scenario", "version": 99}
    change(store, revision, revision.c.number == 2, document=canonical(newer))
    refused(UploadError, "scenario_version_newer", store.read, kept.scenario_id, 2)
    assert store.read(kept.scenario_id)[1].notes == "drei"


def test_a_damaged_newest_revision_can_be_restored_from_an_older_one(store, kept):
    change(store, revision, revision.c.number == 3, document="{}")
    refused(StoreError, "scenario_damaged", store.read, kept.scenario_id)
    refused(StoreError, "scenario_damaged", store.duplicate, kept.scenario_id, "Kopie", "Ada", NOW)
    assert store.list().entries == (kept,)
    assert store.restore(kept.scenario_id, 2, 3, "Ada", NOW).number == 4
    assert store.read(kept.scenario_id)[1].notes == "zwei"


def test_documents_of_older_versions_are_read_from_the_store(store):
    entry = store.create(plain_snapshot("Alt"), "Ada", NOW)
    for file in FILES:
        made = json.loads(file.read_text(encoding="utf-8"))
        change(store, revision, revision.c.number == 1, document=canonical(made), content_id=made["id"])
        _, snapshot = store.read(entry.scenario_id)
        assert snapshot.basis.scenario.minutes == made["reach"]["minutes"]
        assert snapshot.name == "Alt"
    assert document()["id"] == made["id"]


# --- what lists show


def test_a_summary_says_what_is_in_a_scenario(store):
    figures = FiguresRecord(0.5, 12.5, 20.0, "Mengede", 0.25)
    made = plain_snapshot(
        area=AreaReference("dortmund", "Dortmund", "a" * 64, {}),
        plan=kept_plan(before=None, after=figures),
    )
    summary = store.create(made, "Ada", NOW).summary
    assert store.list().entries[0].summary == summary
    assert (summary.area_name, summary.minutes, summary.entries) == ("Dortmund", 15.0, 0)
    assert (summary.objective, summary.status) == ("coverage", "optimal")
    assert summary.rooms == ((400_300.0, 5_701_500.0),)
    assert (summary.share_before, summary.share_after, summary.worst_name) == (None, 0.5, "Mengede")
    empty = summary_of(plain_snapshot(area=AREA))
    assert (empty.objective, empty.rooms, empty.share_after) == ("", (), None)


# --- drafts


def test_drafts_are_kept_one_for_each_session(store):
    assert store.draft("one") is None
    first = Draft(plain_snapshot(notes="eins"), "a" * 16, 3)
    store.keep_draft("one", first, NOW)
    store.keep_draft("two", Draft(plain_snapshot("")), NOW)
    assert store.draft("one") == first
    assert store.draft("two") == Draft(plain_snapshot(""), None, None)
    second = replace(first, snapshot=plain_snapshot(notes="zwei"), number=4)
    store.keep_draft("one", second, later(1))
    assert store.draft("one") == second
    assert rows(store, draft) == 2
    assert store.list().total == 0


def test_drafts_that_nobody_touched_for_long_are_removed(store):
    store.keep_draft("old", Draft(plain_snapshot()), NOW)
    store.keep_draft("used", Draft(plain_snapshot()), NOW)
    day = NOW + dt.timedelta(days=KEPT_DAYS)
    store.keep_draft("used", Draft(plain_snapshot()), day)
    assert store.draft("old") is not None
    store.keep_draft("new", Draft(plain_snapshot()), day + dt.timedelta(seconds=1))
    assert store.draft("old") is None
    assert store.draft("used") is not None
    assert store.draft("new") is not None


def test_a_draft_that_cannot_be_read_is_told(store):
    store.keep_draft("one", Draft(plain_snapshot()), NOW)
    for damage, code in (
        ("", "scenario_not_json"),
        ("{}", "scenario_not_one"),
        ("[" * 100_000, "scenario_deep"),
        ('{"format": "dependance-scenario", "version": 99}', "scenario_version_newer"),
    ):
        change(store, draft, draft.c.id == "one", document=damage)
        refused(UploadError, code, store.draft, "one")
    store.keep_draft("one", Draft(plain_snapshot(notes="neu")), later(1))
    assert store.draft("one").snapshot.notes == "neu"


def test_a_draft_that_could_not_be_read_again_leaves_the_one_before(store):
    store.keep_draft("one", Draft(plain_snapshot(notes="gut")), NOW)
    wrong = Draft(plain_snapshot(notes="\x00"))
    refused(UploadError, "scenario_unusable", store.keep_draft, "one", wrong, later(1))
    assert store.draft("one").snapshot.notes == "gut"


# --- where it is


def test_no_test_writes_to_a_persons_own_scenarios(tmp_path_factory):
    assert Path(default_target()).is_relative_to(tmp_path_factory.getbasetemp())


def test_the_store_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PLANNING_STORE", str(tmp_path / "here" / "mine.sqlite3"))
    store = Store()
    store.create(plain_snapshot(), "Ada", NOW)
    store.close()
    assert (tmp_path / "here" / "mine.sqlite3").is_file()
    monkeypatch.setenv("PLANNING_STORE", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_target().endswith(FILE)
    assert default_target().startswith(str(tmp_path))


def test_two_stores_of_one_place_see_each_other(store, store_target):
    other = Store(store_target)
    entry = other.create(plain_snapshot(), "Ada", NOW)
    assert store.list().entries == (entry,)
    store.save(entry.scenario_id, 1, plain_snapshot(), "Bob", NOW)
    error = refused(
        ConflictError, "scenario_changed", other.save, entry.scenario_id, 1, plain_snapshot(), "Bo", NOW
    )
    assert error.head.author == "Bob"
    other.close()


@pytest.mark.parametrize("name", ["mit Leerzeichen", "100%", "%(here)s", "a?b#c", "ümlaut", "a&mode=ro"])
def test_odd_places_are_places(tmp_path, name):
    target = tmp_path / name / "scenarios.sqlite3"
    store = Store(str(target))
    store.create(plain_snapshot(), "Ada", NOW)
    assert store.address == str(target)
    store.close()
    assert target.is_file()
