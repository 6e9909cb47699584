"""Connections to SQLite and PostgreSQL, and one writer at a time on both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from callguard import extras
from callguard.errors import JournalError

# How long a writer waits for the one before it.
_PATIENCE_S: Final = 60.0
_WRITES: Final = "callguard_writes"
# Any number that every version of callguard agrees on: the advisory lock of the writers.
_LOCK: Final = 0x63616C6C67756172


def open_engine(where: str | Path) -> tuple[Engine, str]:
    """An engine for a path (SQLite) or a ``postgresql://`` URL, and its name without password.

    Nothing is opened yet. Raises JournalError if ``where`` is neither.
    """
    if isinstance(where, Path) or "://" not in where:
        return _sqlite(Path(where)), str(where)
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        # The text is not repeated: it may hold a password.
        raise JournalError(
            "the journal's URL cannot be read; write postgresql://user@host/database, "
            "or the path of a SQLite file"
        ) from None
    if url.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise JournalError(
            f"a journal is kept in a SQLite file (a path) or on PostgreSQL (postgresql://…), "
            f"not in {url.drivername}"
        )
    return _postgres(url), url.render_as_string(hide_password=True)


def _sqlite(path: Path) -> Engine:
    engine = create_engine(
        # Absolute, so that no name (":memory:") is anything but a file.
        URL.create("sqlite", database=str(path.absolute())),
        poolclass=NullPool,
        connect_args={"timeout": _PATIENCE_S},
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: it would begin them without a lock.
        connection.isolation_level = None
        # Bytes that are not UTF-8 are a finding of `verify`, not a crash.
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        # No write-ahead log: it keeps the newest entries in a second file, which gets lost when
        # the journal is copied, and it does not work on network file systems. Writes are few and
        # short, so readers hardly ever wait. With a rollback journal EXTRA is FULL and, beyond
        # that, the folder is synced when that journal is removed: without it a power cut right
        # after the commit can bring the old state back.
        connection.execute("PRAGMA synchronous = EXTRA")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres(url: URL) -> Engine:
    settings = {"connect_timeout": "10", "application_name": "callguard"}
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg").update_query_dict(
                {key: value for key, value in settings.items() if key not in url.query}
            ),
            poolclass=NullPool,
            # Each statement sees what was committed before it: the lock is taken by the first
            # one, and what the last writer wrote is read by the next.
            isolation_level="READ COMMITTED",
        )
    except ModuleNotFoundError as error:
        raise JournalError(extras.needed("a journal on PostgreSQL", error)) from error


@contextmanager
def reading(engine: Engine, name: str) -> Iterator[Connection]:
    """A connection for reading. Raises JournalError if the database fails."""
    with _named_errors(name), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, name: str) -> Iterator[Connection]:
    """A transaction that no other writer runs beside; committed at the end, or nothing is.

    Raises JournalError if the database fails or another writer does not end in time.
    """
    with (
        _named_errors(name),
        engine.connect().execution_options(**{_WRITES: True}) as connection,
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            patience = round(_PATIENCE_S * 1000)
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}ms'")
            # Whatever the server's default is: what was said to be done stays done.
            connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield connection


@contextmanager
def _named_errors(name: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        # The statement and its values stay out of the message.
        reason = " ".join(str(error.orig).split())
        raise JournalError(
            f"journal {name}: {reason}; run it again: what was done already is not done twice"
        ) from None
    except SQLAlchemyError as error:
        # Other errors quote the statement and its values.
        raise JournalError(f"journal {name}: {type(error).__name__}") from None
