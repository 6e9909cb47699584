"""Versions of the journal's tables: recorded, migrated as a whole, refused if newer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from callguard.errors import JournalError
from callguard.takedown.journal import schema, versions
from callguard.takedown.journal.engines import open_engine, reading, writing
from callguard.takedown.journal.entry import KINDS, Draft, Entry
from callguard.takedown.journal.store import Journal
from callguard.takedown.journal.verify import verify
from callguard.takedown.journal.versions import TABLE, Migration
from tests.made.plans import AT
from tests.real_servers.postgres import Postgres

if TYPE_CHECKING:
    from sqlalchemy import Connection

OLD = Path(__file__).resolve().parents[2] / "files_of_0_1_0"
# What callguard 0.1.0 runs on a PostgreSQL server to make a journal.
POSTGRES_1 = """
CREATE TABLE takedown_entries (
    seq BIGINT NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL, plan TEXT NOT NULL,
    order_id TEXT, actor TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL,
    hash TEXT NOT NULL, PRIMARY KEY (seq), CONSTRAINT takedown_entries_seq CHECK (seq > 0),
    CONSTRAINT takedown_entries_kind CHECK (kind IN ('planned', 'approved', 'issued',
        'acknowledged', 'executed', 'refused', 'restored')));
CREATE UNIQUE INDEX takedown_entries_plan_once ON takedown_entries (plan)
    WHERE order_id IS NULL AND kind = 'issued';
CREATE UNIQUE INDEX takedown_entries_once ON takedown_entries (order_id, kind)
    WHERE order_id IS NOT NULL AND kind IN ('planned', 'issued', 'executed', 'restored');
CREATE OR REPLACE FUNCTION takedown_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'entries of the journal are never changed or deleted'; END $$;
CREATE TRIGGER takedown_entries_update BEFORE UPDATE ON takedown_entries
    FOR EACH STATEMENT EXECUTE FUNCTION takedown_entries_refuse();
CREATE TRIGGER takedown_entries_delete BEFORE DELETE ON takedown_entries
    FOR EACH STATEMENT EXECUTE FUNCTION takedown_entries_refuse();
CREATE TRIGGER takedown_entries_truncate BEFORE TRUNCATE ON takedown_entries
    FOR EACH STATEMENT EXECUTE FUNCTION takedown_entries_refuse();
"""


def old_entries() -> list[Entry]:
    with closing(sqlite3.connect(f"file:{OLD / 'journal.db'}?mode=ro", uri=True)) as connection:
        query = f"SELECT * FROM {schema.TABLE} ORDER BY seq"  # noqa: S608  a constant
        return [Entry(*row) for row in connection.execute(query)]


@pytest.fixture
def old(where: str, tmp_path: Path) -> Journal:
    """On SQLite and on PostgreSQL."""
    return make_old(where, tmp_path)


def make_old(where: str, tmp_path: Path) -> Journal:
    """A journal of version 1 with the entries of an old file."""
    head = tmp_path / "head.json"
    head.write_bytes((OLD / "head.json").read_bytes())
    if not where.startswith("postgresql"):
        Path(where).write_bytes((OLD / "journal.db").read_bytes())
        return Journal.open(where, head_file=head)
    with psycopg.connect(where) as connection:
        connection.execute(POSTGRES_1.encode())
        connection.cursor().executemany(
            "INSERT INTO takedown_entries VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            old_entries(),
        )
    return Journal.open(where, head_file=head)


def rows(journal: Journal) -> list[tuple[int, str]]:
    with reading(journal._engine, journal.name) as connection:
        query = f"SELECT version, name FROM {TABLE} ORDER BY version"  # noqa: S608  a constant
        return [(version, name) for version, name in connection.exec_driver_sql(query)]


def append_one(journal: Journal) -> None:
    with journal.writing(AT, "A") as writer:
        writer.append([Draft("refused", "p", "0" * 32, {})])


def test_a_new_journal_is_of_the_newest_version(journal: Journal) -> None:
    assert versions.newest() == journal.version
    assert [(one.version, one.name) for one in versions.MIGRATIONS] == rows(journal)


def test_migrations_are_numbered_and_there_for_both(journal: Journal) -> None:
    numbers = [one.version for one in versions.MIGRATIONS]
    assert list(range(2, 2 + len(numbers))) == numbers
    assert all(set(one.steps) == {"sqlite", "postgresql"} for one in versions.MIGRATIONS)
    assert versions.newest() == journal.version


def test_version_1_is_what_0_1_0_made(tmp_path: Path) -> None:
    """New journals are made of it as well: it must not drift."""
    engine, name = open_engine(tmp_path / "new.db")
    with writing(engine, name) as connection:
        schema.create(connection)
    described = []
    for path in (tmp_path / "new.db", OLD / "journal.db"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            query = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
            described.append(database.execute(query).fetchall())
    assert described[0] == described[1]


def test_the_kinds_of_entries_are_those_of_the_newest_version(journal: Journal) -> None:
    with journal.writing(AT, "A") as writer:
        writer.append([Draft(kind, "p", "0" * 32, {}) for kind in KINDS])
    assert list(KINDS) == [entry.kind for entry in journal.entries()]
    with pytest.raises(JournalError), journal.writing(AT, "A") as writer:
        writer.append([Draft("another", "p", "0" * 32, {})])


def test_an_old_journal_is_read_as_it_is(old: Journal) -> None:
    assert old_entries() == list(old.entries())
    assert verify(old, old.head()).ok
    assert 1 == old.version


def test_the_first_write_migrates(old: Journal) -> None:
    append_one(old)
    assert versions.newest() == old.version
    assert [(one.version, one.name) for one in versions.MIGRATIONS] == rows(old)
    assert old_entries() == list(old.entries())[:-1]
    found = verify(old, old.head())
    assert (True, 43, ()) == (found.ok, found.entries, found.unguarded)


def test_migrating_adds_no_entry_and_is_done_once(old: Journal) -> None:
    assert 1 == old.migrate()
    assert versions.newest() == old.version == old.migrate()
    assert old_entries() == list(old.entries())


def test_a_write_that_fails_leaves_the_old_version(old: Journal) -> None:
    with pytest.raises(ZeroDivisionError), old.writing(AT, "A"):
        assert 0 / 0
    assert 1 == old.version
    assert old_entries() == list(old.entries())


def _with(monkeypatch: pytest.MonkeyPatch, step: Callable[[Connection], None]) -> None:
    more = Migration(
        versions.newest() + 1, "one more", dict.fromkeys(("sqlite", "postgresql"), step)
    )
    monkeypatch.setattr(versions, "MIGRATIONS", (*versions.MIGRATIONS, more))


def _half(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE half (a INTEGER)")
    connection.exec_driver_sql("INSERT INTO half VALUES (1)")
    connection.exec_driver_sql("SELECT * FROM no_such_table")


def test_half_a_migration_is_not_seen(old: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, _half)
    message = r"is of version 1 and cannot be migrated to version 3: .*no_such_table.*nothing"
    for _ in range(2):
        with pytest.raises(JournalError, match=message):
            append_one(old)
        with pytest.raises(JournalError, match="takedown journal migrate"):
            old.migrate()
    monkeypatch.undo()
    assert 1 == old.version
    assert old_entries() == list(old.entries())
    append_one(old)
    assert 2 == old.version
    with pytest.raises(JournalError, match="half"), reading(old._engine, "j") as connection:
        connection.exec_driver_sql("SELECT * FROM half")


def test_the_next_migration_starts_where_the_last_one_ended(
    old: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.migrate()
    done: list[Connection] = []
    _with(monkeypatch, done.append)
    append_one(old)
    assert 3 == old.version
    assert 1 == len(done)
    assert (3, "one more") == rows(old)[-1]
    append_one(old)
    assert 1 == len(done)


def test_a_newer_journal_is_refused(
    old: Journal, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(monkeypatch, lambda _: None)
    old.migrate()
    monkeypatch.undo()
    message = (
        f"journal {old.name} is of version 3, and this callguard knows versions 1 to 2; nothing "
        "was done: install the callguard that wrote it, or a newer one"
    )
    for refused in (lambda: Journal.open(where), lambda: append_one(old), old.migrate, old.guard):
        with pytest.raises(JournalError) as caught:
            refused()
        assert message == str(caught.value)
    with reading(old._engine, old.name) as connection:
        assert (
            42
            == connection.exec_driver_sql(
                f"SELECT count(*) FROM {schema.TABLE}"  # noqa: S608  a constant
            ).scalar_one()
        )


def test_what_was_tampered_with_is_not_migrated(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes((OLD / "journal.db").read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        trigger = f"{schema.TABLE}_update"
        [sql] = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [trigger])
        connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(f"UPDATE {schema.TABLE} SET actor = 'x' WHERE seq = 7")  # noqa: S608
        connection.execute(sql[0])
    journal = Journal.open(path)
    with pytest.raises(JournalError, match="entry 7 was changed"):
        journal.migrate()
    with pytest.raises(JournalError, match="entry 7 was changed"):
        append_one(journal)
    assert 1 == journal.version


def test_the_version_is_guarded(journal: Journal) -> None:
    for change in (
        "UPDATE takedown_schema SET version = 7",
        "DELETE FROM takedown_schema",
        "INSERT INTO takedown_schema VALUES (7, 'x')",
        "INSERT INTO takedown_schema VALUES (2, 'x')",
        "INSERT INTO takedown_schema VALUES (1, 'x')",
    ):
        with (
            pytest.raises(JournalError, match="changes by a migration of callguard alone"),
            reading(journal._engine, "j") as connection,
        ):
            connection.exec_driver_sql(change)
    assert versions.newest() == journal.version


def test_guards_of_the_version_are_missed_and_put_back(journal: Journal) -> None:
    on = "" if journal._engine.dialect.name == "sqlite" else f" ON {TABLE}"
    with journal._engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {TABLE}_insert{on}")
    with pytest.raises(JournalError, match=f"{TABLE}_insert is gone"):
        append_one(journal)
    assert (f"{TABLE}_insert",) == verify(journal, guard=True).unguarded
    assert () == verify(journal).unguarded
    append_one(journal)


def test_a_migrated_file_and_a_new_one_have_the_same_schema(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes((OLD / "journal.db").read_bytes())
    Journal.open(path).migrate()
    Journal.open(tmp_path / "new.db", create=True)
    found = []
    for name in ("journal.db", "new.db"):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            query = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
            found.append(connection.execute(query).fetchall())
    assert found[0] == found[1]
    assert {schema.TABLE, TABLE} <= {row[1] for row in found[0]}


def test_postgres_makes_and_migrates_the_same_schema(postgres: Postgres, tmp_path: Path) -> None:
    old = make_old(postgres.fresh(), tmp_path)
    old.migrate()
    new = Journal.open(postgres.fresh(), create=True)
    assert _described(old) == _described(new)


_DESCRIBED = (
    """SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
    WHERE table_schema = current_schema() ORDER BY 1, 2""",
    """SELECT indexname, replace(indexdef, current_schema(), '') FROM pg_indexes
    WHERE schemaname = current_schema() ORDER BY 1""",
    """SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
    AND tgrelid IN (to_regclass('takedown_entries'), to_regclass('takedown_schema')) ORDER BY 1""",
)


def _described(journal: Journal) -> list[tuple[object, ...]]:
    with reading(journal._engine, "j") as connection:
        return [tuple(row) for query in _DESCRIBED for row in connection.exec_driver_sql(query)]
