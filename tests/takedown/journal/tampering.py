"""A journal of every kind of entry, and hands that reach past its guards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from callguard.takedown.journal.entry import Entry, hash_of
from callguard.takedown.journal.schema import TABLE
from callguard.takedown.journal.store import Journal
from tests.made.journals import answered, issued, restored
from tests.made.plans import AT, order

COLUMNS = Entry._fields
_TRIGGERS = [f"{TABLE}_{act}" for act in ("insert", "update", "delete")]


def full_journal(folder: Path) -> Journal:
    """Twelve entries, of all seven kinds."""
    journal = Journal.open(folder / "journal.db", head_file=folder / "head.json", create=True)
    one, two = order(1), order(2, "R2")
    issued(journal, folder / "plan", [one, two])
    answered(
        journal, folder, (one["order_id"], "executed", AT + 9), (two["order_id"], "refused", AT + 9)
    )
    restored(journal, folder / "out", one["order_id"])
    return journal


class Tamperer:
    """Raw access to the file of a SQLite journal: its guards are dropped first."""

    def __init__(self, journal: Journal) -> None:
        self._path = journal.name
        for trigger in _TRIGGERS:
            self.run(f"DROP TRIGGER IF EXISTS {trigger}")

    def run(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
            connection.execute(statement, values)

    def rows(self) -> list[Entry]:
        with closing(sqlite3.connect(self._path)) as connection:
            # S608: the name is a constant.
            found = connection.execute(f"SELECT * FROM {TABLE} ORDER BY seq")  # noqa: S608
            return [Entry(*row) for row in found]

    def replace_all(self, rows: list[Entry]) -> None:
        """Have exactly these rows in the table."""
        marks = ",".join("?" * len(COLUMNS))
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute(f"DELETE FROM {TABLE}")  # noqa: S608
            connection.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", rows)  # noqa: S608


def chained(rows: list[Entry]) -> list[Entry]:
    """The rows with numbers and hashes that fit together again."""
    made: list[Entry] = []
    previous = "0" * 64
    for seq, row in enumerate(rows, 1):
        fresh = row._replace(seq=seq, previous=previous)
        made.append(fresh._replace(hash=hash_of(fresh)))
        previous = made[-1].hash
    return made
