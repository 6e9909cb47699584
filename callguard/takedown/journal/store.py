"""The journal as one opens it: entries to read, and one writer at a time to append some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DBAPIError

from callguard.errors import JournalError
from callguard.takedown.journal import schema, versions
from callguard.takedown.journal.engines import open_engine, reading, writing
from callguard.takedown.journal.entry import GENESIS, Draft, Entry, Head, chain, fault_of
from callguard.takedown.journal.head import read_head, write_head

DEFAULT: Final = "journal.db"
_PAGE: Final = 10_000
_VERIFY: Final = "nothing was done; `callguard takedown verify` says more"


class Journal:
    """A journal of orders in a SQLite file or on PostgreSQL.

    ``name`` is the path or URL as it may be shown; ``head_file`` is where the head is kept as
    well, or None. Opened with :meth:`open`; it holds no connection between calls.
    """

    def __init__(self, engine: Engine, name: str, head_file: Path | None) -> None:
        self._engine = engine
        self.name = name
        self.head_file = head_file

    @classmethod
    def open(
        cls,
        where: str | Path = DEFAULT,
        *,
        head_file: Path | None = None,
        create: bool = False,
    ) -> Self:
        """Open the journal at a path (SQLite) or a ``postgresql://`` URL.

        One of an older version can be read as it is; what writes to it migrates it first. Raises
        JournalError if it cannot be opened, is of a version that this callguard does not know, or
        is not there and ``create`` is false.
        """
        if journal := cls.find(where, head_file=head_file):
            return journal
        engine, name = open_engine(where)
        if not create:
            raise JournalError(
                f"there is no journal at {name}; the first `callguard takedown approve` makes it"
            )
        with writing(engine, name) as connection:
            if not versions.version_of(connection):
                versions.migrate(connection, 0)
        return cls(engine, name, head_file)

    @classmethod
    def find(cls, where: str | Path, *, head_file: Path | None = None) -> Self | None:
        """The journal at a path or URL, None if none was made there yet. Raises as :meth:`open`."""
        engine, name = open_engine(where)
        if engine.dialect.name == "sqlite" and not Path(where).exists():
            # To look whether the table is there would leave an empty file.
            return None
        journal = cls(engine, name, head_file)
        return journal if journal.version else None

    def _known(self, version: int) -> int:
        """The version. Raises JournalError if it is newer than this callguard knows."""
        if version > versions.newest():
            raise JournalError(
                f"journal {self.name} is of version {version}, and this callguard knows versions "
                f"1 to {versions.newest()}; nothing was done: install the callguard that wrote it, "
                "or a newer one"
            )
        return version

    @property
    def version(self) -> int:
        """The version of its tables, 0 if they are not there. Raises JournalError."""
        with reading(self._engine, self.name) as connection:
            return self._known(versions.version_of(connection))

    def migrate(self) -> int:
        """Bring the tables to the newest version; gives the version that they had before.

        All entries are checked first. Raises JournalError, and nothing has changed then.
        """
        with writing(self._engine, self.name) as connection:
            self._check_guards(connection)
            return self._migrate(connection)

    def raw(self) -> Iterator[Entry]:
        """All entries in order, as they are, unchecked. Raises JournalError."""
        with reading(self._engine, self.name) as connection:
            yield from _pages(connection)

    def entries(self) -> Iterator[Entry]:
        """All entries in order.

        Raises JournalError at the first that breaks the chain, or if the journal is not the one
        whose head the head file has.
        """
        with reading(self._engine, self.name) as connection:
            self._compare_head(connection)
            connection.rollback()
            yield from self._checked(_pages(connection))

    def head(self) -> Head:
        """The last entry's number and hash. Raises JournalError."""
        with reading(self._engine, self.name) as connection:
            return _last(connection)

    def unguarded(self) -> tuple[str, ...]:
        """Triggers that should refuse changes to entries and are gone. Raises JournalError."""
        with reading(self._engine, self.name) as connection:
            return _unguarded(connection)

    def guard(self) -> None:
        """Put back the triggers that :meth:`unguarded` names. Raises JournalError."""
        with writing(self._engine, self.name) as connection:
            for guards in versions.all_guards(self._known(versions.version_of(connection))):
                guards.put_back(connection)

    @contextmanager
    def writing(self, at: int, actor: str) -> Iterator[Writer]:
        """Append entries of one time and actor: all of them are there at the end, or none.

        Other writers wait until then. The head file is brought up to date before, in case a
        command was stopped just ahead of that, and after. A journal of an older version is
        migrated in the same transaction. Raises JournalError if the journal is not the one
        whose head the file has, or if the database fails; OSError if the head file cannot be
        written.
        """
        with writing(self._engine, self.name) as connection:
            self._keep_head(connection)
            self._check_guards(connection)
            self._migrate(connection)
            writer = Writer(connection, self._checked(_pages(connection)), at, actor)
            yield writer
        if writer.appended:
            # Within the writers' lock again, or a slow writer would put an old head over a new one.
            with writing(self._engine, self.name) as connection:
                self._keep_head(connection)

    @contextmanager
    def alone(self, after: Head = GENESIS) -> Iterator[Iterator[Entry]]:
        """Hold off all writers, say while files are written; gives the entries behind ``after``.

        Two processes that write the same file at once would disturb each other, and what one of
        them read before may be out of date. Raises JournalError.
        """
        with writing(self._engine, self.name) as connection:
            self._compare_head(connection)
            yield self._checked(_pages(connection, after), after)

    def _check_guards(self, connection: Connection) -> None:
        if gone := _unguarded(connection):
            raise JournalError(
                f"journal {self.name}: the database no longer refuses changes to entries, "
                f"{', '.join(gone)} is gone; nothing was done; `callguard takedown verify "
                "--guard` checks all entries and puts it back"
            )

    def _migrate(self, connection: Connection) -> int:
        """Migrate within a transaction; gives the version that the journal had before."""
        version = self._known(versions.version_of(connection))
        if version == versions.newest():
            return version
        # What was tampered with is not carried into a new version.
        for _ in self._checked(_pages(connection)):
            pass
        try:
            versions.migrate(connection, version)
        except DBAPIError as error:
            reason = " ".join(str(error.orig).split())
            raise JournalError(
                f"journal {self.name} is of version {version} and cannot be migrated to version "
                f"{versions.newest()}: {reason}; nothing was done: run `callguard takedown journal "
                "migrate` as the owner of its tables"
            ) from None
        return version

    def _keep_head(self, connection: Connection) -> None:
        """Bring the head file up to date; it never goes back."""
        if self.head_file is None:
            return
        kept, last = self._compare_head(connection), _last(connection)
        if last != kept:
            write_head(self.head_file, last)

    def _compare_head(self, connection: Connection) -> Head:
        """The head in the head file, after a look at whether the journal has that entry."""
        kept = None if self.head_file is None else read_head(self.head_file)
        if kept is not None and kept.seq:
            hash_there = connection.execute(
                select(schema.entries.c.hash).where(schema.entries.c.seq == kept.seq)
            ).scalar()
            if hash_there != kept.hash:
                what = "was cut off" if hash_there is None else "was rewritten"
                raise JournalError(
                    f"journal {self.name} {what}: {self.head_file} has another entry "
                    f"{kept.seq}; {_VERIFY}"
                )
        return kept or GENESIS

    def _checked(self, entries: Iterator[Entry], before: Head = GENESIS) -> Iterator[Entry]:
        for entry in entries:
            if fault := fault_of(entry, before):
                raise JournalError(
                    f"journal {self.name}: entry {before.seq + 1} {fault}; {_VERIFY}"
                )
            before = entry.head
            yield entry


class Writer:
    """The one that may append to a journal, within its transaction.

    ``entries`` gives, once, what was there before; it is to be read before the first append.
    """

    def __init__(
        self, connection: Connection, entries: Iterator[Entry], at: int, actor: str
    ) -> None:
        self._connection = connection
        self.entries = entries
        self._at = at
        self._actor = actor
        self._head = _last(connection)
        self.appended = 0

    def append(self, drafts: Sequence[Draft]) -> list[Entry]:
        """Chain drafts behind the last entry and store them. Raises JournalError."""
        made: list[Entry] = []
        for draft in drafts:
            made.append(chain(draft, self._head, self._at, self._actor))
            self._head = made[-1].head
        if made:
            self._connection.execute(insert(schema.entries), [entry._asdict() for entry in made])
            self.appended += len(made)
        return made


def _pages(connection: Connection, after: Head = GENESIS) -> Iterator[Entry]:
    """Entries by number, in short transactions: a long one would make writers wait."""
    query = select(schema.entries).order_by(schema.entries.c.seq).limit(_PAGE)
    nested = connection.in_transaction()
    # From the very beginning no bound is set: an entry 0 must show as well.
    first = query if after == GENESIS else query.where(schema.entries.c.seq > after.seq)
    page = connection.execute(first).all()
    while page:
        if not nested:
            connection.rollback()
        for row in page:
            yield Entry(*row)
        page = connection.execute(query.where(schema.entries.c.seq > page[-1][0])).all()


def _unguarded(connection: Connection) -> tuple[str, ...]:
    return tuple(
        name
        for guards in versions.all_guards(versions.version_of(connection))
        for name in guards.missing(connection)
    )


def _last(connection: Connection) -> Head:
    row = connection.execute(
        select(schema.entries.c.seq, schema.entries.c.hash)
        .order_by(schema.entries.c.seq.desc())
        .limit(1)
    ).first()
    return GENESIS if row is None else Head(*row)
