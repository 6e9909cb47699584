from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from callguard.errors import JournalError
from callguard.takedown.journal import engines
from callguard.takedown.journal.approve import approve
from callguard.takedown.journal.entry import GENESIS, Draft, Head
from callguard.takedown.journal.head import read_head, write_head
from callguard.takedown.journal.issue import issue
from callguard.takedown.journal.schema import TABLE
from callguard.takedown.journal.store import Journal
from callguard.takedown.journal.verify import verify
from tests.made.journals import approve_twice, contents
from tests.made.plans import AT, order, write
from tests.real_servers.postgres import Postgres

ID = "0" * 32


def test_only_approve_makes_a_journal(where: str, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"there is no journal at .*takedown approve"):
        Journal.open(where)
    assert [] == list(tmp_path.iterdir())
    Journal.open(where, create=True)
    assert GENESIS == Journal.open(where).head()
    assert verify(Journal.open(where, create=True), GENESIS).ok


def test_what_fails_leaves_nothing(journal: Journal) -> None:
    with pytest.raises(ZeroDivisionError), journal.writing(AT, "A") as writer:
        writer.append([Draft("planned", "p", ID, {})])
        raise ZeroDivisionError
    assert GENESIS == journal.head()


@pytest.mark.parametrize("kind", ["planned", "issued", "executed", "restored"])
def test_the_database_has_one_entry_a_kind_where_one_is_right(journal: Journal, kind: str) -> None:
    with journal.writing(AT, "A") as writer:
        writer.append([Draft(kind, "p", ID, {}), Draft("refused", "p", ID, {})])
    with pytest.raises(JournalError), journal.writing(AT, "A") as writer:
        writer.append([Draft("refused", "p", ID, {}), Draft(kind, "p", ID, {})])
    assert 2 == journal.head().seq


def test_the_database_has_one_issue_a_plan(journal: Journal) -> None:
    with journal.writing(AT, "A") as writer:
        writer.append([Draft("issued", "p", None, {}), Draft("issued", "q", None, {})])
    with pytest.raises(JournalError), journal.writing(AT, "A") as writer:
        writer.append([Draft("issued", "p", None, {})])
    assert 2 == journal.head().seq


UPSERT = (
    f"INSERT INTO {TABLE} SELECT * FROM {TABLE} WHERE seq = 2 "  # noqa: S608
    "ON CONFLICT (seq) DO UPDATE SET actor = 'x'"
)
CHANGES = [
    f"UPDATE {TABLE} SET actor = 'x' WHERE seq = 1",  # noqa: S608
    f"UPDATE {TABLE} SET hash = hash",  # noqa: S608
    f"DELETE FROM {TABLE} WHERE seq = 2",  # noqa: S608
    UPSERT,
]
REPLACE = f"REPLACE INTO {TABLE} SELECT 3, at, kind, plan, order_id, actor, body, previous, hash "


@pytest.mark.parametrize(
    "change",
    [
        *CHANGES,
        f"REPLACE INTO {TABLE} SELECT * FROM {TABLE} WHERE seq = 2",  # noqa: S608
        f"{REPLACE} FROM {TABLE} WHERE seq = 2",
    ],
)
def test_sqlite_refuses_changes(sqlite: Journal, change: str) -> None:
    _two(sqlite)
    with (
        closing(sqlite3.connect(sqlite.name)) as connection,
        pytest.raises(sqlite3.IntegrityError, match=r"entries of the journal|is there already"),
    ):
        connection.execute(change)
    assert verify(sqlite).ok


@pytest.mark.parametrize("change", [*CHANGES, f"TRUNCATE {TABLE}"])
def test_postgres_refuses_changes(postgres: Postgres, change: str) -> None:
    url = postgres.fresh()
    journal = Journal.open(url, create=True)
    _two(journal)
    with pytest.raises(psycopg.errors.RaiseException, match="entries of the journal"):
        postgres.run(change, url)
    assert verify(journal).ok
    postgres.run(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER", url)
    names = tuple(f"{TABLE}_{act}" for act in ("delete", "truncate", "update"))
    assert names == verify(journal, guard=True).unguarded
    assert () == verify(journal).unguarded


def test_postgres_shows_tampering(postgres: Postgres) -> None:
    url = postgres.fresh()
    journal = Journal.open(url, create=True)
    _two(journal)
    head = journal.head()
    postgres.run(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER", url)
    postgres.run(f"DELETE FROM {TABLE} WHERE seq = 2", url)  # noqa: S608
    assert (True, 2) == (verify(journal).ok, verify(journal, head).seq)
    postgres.run(f"UPDATE {TABLE} SET at = 7", url)  # noqa: S608
    assert 1 == verify(journal, head).seq


def test_the_head_never_goes_back(sqlite: Journal) -> None:
    _two(sqlite)
    assert sqlite.head_file is not None
    assert read_head(sqlite.head_file) == sqlite.head()
    write_head(sqlite.head_file, Head(7, "0" * 64))
    with pytest.raises(JournalError, match="was cut off"):
        _two(sqlite)
    sqlite.head_file.unlink()
    with sqlite.writing(AT, "A"):
        pass
    assert read_head(sqlite.head_file) == sqlite.head()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"seq":-1,"hash":"x"}', b'{"seq":true,"hash":"' + b"0" * 64]
)
def test_a_file_that_holds_no_head(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "head").write_bytes(content)
    with pytest.raises(JournalError, match="is not the head of a journal"):
        read_head(tmp_path / "head")
    with pytest.raises(JournalError, match="cannot be read"):
        read_head(tmp_path)
    assert read_head(tmp_path / "absent") is None


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("mysql://u:secret@h/d", "not in mysql"),
        ("postgresql+psycopg2://u:secret@h/d", "not in postgresql"),
        ("postgresql://u:secret@h:port/d", "URL cannot be read"),
        ("postgresql://u:secret@/d?host=/nowhere", r"journal postgresql://u:\*\*\*@"),
    ],
)
def test_urls_that_are_no_journal(where: str, message: str) -> None:
    with pytest.raises(JournalError, match=message) as caught:
        Journal.open(where, create=True)
    assert "secret" not in str(caught.value)


def test_files_that_are_no_journal(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"no database, but long enough to look like one" * 99)
    for path in (tmp_path / "text", tmp_path, tmp_path / "none" / "journal.db"):
        with pytest.raises(JournalError, match=f"journal {path}: "):
            Journal.open(path, create=True)


def test_a_full_disk_leaves_nothing_half_done(sqlite: Journal, tmp_path: Path) -> None:
    plan = write(tmp_path / "plan", [order(number) for number in range(500)])
    pages = 2

    @event.listens_for(sqlite._engine, "connect")
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(JournalError, match="database or disk is full; run it again"):
        approve(sqlite, plan, by="A", at=AT)
    assert GENESIS == sqlite.head()
    pages = 100_000
    approve_twice(sqlite, plan)
    pages = 2
    approved = sqlite.head()
    with pytest.raises(JournalError, match="disk is full"):
        issue(sqlite, plan, tmp_path / "out", at=AT)
    assert approved == sqlite.head()
    pages = 100_000
    assert 500 == issue(sqlite, plan, tmp_path / "out", at=AT).orders
    assert 2 == len(contents(tmp_path / "out"))


def test_text_that_is_no_unicode_is_refused(sqlite: Journal) -> None:
    for actor, body in (("\ud800", {}), ("A", {"reason": "\ud800"})):
        with pytest.raises(JournalError, match="not Unicode"), sqlite.writing(AT, actor) as writer:
            writer.append([Draft("restored", "p", ID, body)])


def test_many_entries_come_in_pages(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callguard.takedown.journal.store._PAGE", 4)
    for size in (3, 1, 4, 3):
        with journal.writing(AT, "A") as writer:
            seen = [entry.seq for entry in writer.entries]
            assert list(range(1, len(seen) + 1)) == seen
            writer.append([Draft("refused", "p", ID, {"n": n}) for n in range(size)])
    assert list(range(1, 12)) == [entry.seq for entry in journal.entries()]
    with journal.alone(list(journal.entries())[4].head) as since:
        assert list(range(6, 12)) == [entry.seq for entry in since]


def test_a_writer_that_waits_too_long_is_told(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callguard.takedown.journal.engines._PATIENCE_S", 0.05)
    journal = Journal.open(where, create=True)
    with (
        journal.writing(AT, "A") as writer,
        pytest.raises(JournalError, match=r"lock.*run it again"),
        Journal.open(where).writing(AT, "B"),
    ):
        pass
    assert 0 == writer.appended


def test_readers_see_only_what_is_committed(journal: Journal) -> None:
    with journal.writing(AT, "A") as writer:
        writer.append([Draft("refused", "p", ID, {})])
        assert [] == list(journal.entries())
        assert verify(journal).ok
    assert 1 == verify(journal).entries


def test_reading_refuses_a_journal_that_was_cut_off(sqlite: Journal) -> None:
    assert sqlite.head_file is not None
    write_head(sqlite.head_file, Head(1, "0" * 64))
    with pytest.raises(JournalError, match="was cut off"):
        list(sqlite.entries())
    with pytest.raises(JournalError, match="was cut off"), sqlite.alone():
        pass
    assert 1 == verify(sqlite, read_head(sqlite.head_file)).seq


def _two(journal: Journal) -> None:
    with journal.writing(AT, "A") as writer:
        writer.append([Draft("approved", "p", None, {}), Draft("planned", "p", ID, {})])


def test_what_is_committed_is_on_the_disk(journal: Journal) -> None:
    """Every connection, whatever it is for: EXTRA (3) also syncs the folder of a SQLite file."""
    ways = {"reading": engines.reading, "writing": engines.writing}
    setting: str = "PRAGMA synchronous"
    durable: int | str = 3
    if journal._engine.dialect.name == "postgresql":
        del ways["reading"]
        setting, durable = "SHOW synchronous_commit", "on"
    for name, way in ways.items():
        with way(journal._engine, journal.name) as connection:
            assert (name, durable) == (name, connection.exec_driver_sql(setting).scalar())


def test_a_server_that_commits_lazily_is_told_not_to(postgres: Postgres) -> None:
    url = postgres.fresh()
    lazy = f"{url}%20-csynchronous_commit%3Doff"
    journal = Journal.open(lazy, create=True)
    with engines.reading(journal._engine, "j") as connection:
        assert "off" == connection.exec_driver_sql("SHOW synchronous_commit").scalar()
    with engines.writing(journal._engine, "j") as connection:
        assert "on" == connection.exec_driver_sql("SHOW synchronous_commit").scalar()
