"""The versions of a journal's tables, and the migrations from one to the next.

Version 1 is the table of entries alone, as callguard 0.1.0 made it. From version 2 on the database
says its version itself: one row for each migration in the table ``takedown_schema``. Entries and
their hashes are the same in every version.

A new version is a :class:`Migration` at the end of ``MIGRATIONS``. One that was released is never
changed: new journals are made by running all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, inspect, text

from callguard.takedown.journal import schema
from callguard.takedown.journal.guards import Guards, refusing

TABLE: Final = "takedown_schema"

_NEXT: Final = f"(SELECT coalesce(max(version), 1) + 1 FROM {TABLE})"  # noqa: S608  a constant
_REFUSAL: Final = "the version of the journal changes by a migration of callguard alone"
guards: Final = refusing(
    TABLE,
    _REFUSAL,
    sqlite_insert=(
        f"CREATE TRIGGER {TABLE}_insert BEFORE INSERT ON {TABLE} "
        f"WHEN NEW.version <> {_NEXT} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ),
    postgres_insert=(
        (
            f"CREATE OR REPLACE FUNCTION {TABLE}_next() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NEW.version <> {_NEXT} THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; "
            "RETURN NEW; END $$"
        ),
        (
            f"CREATE TRIGGER {TABLE}_insert BEFORE INSERT ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_next()"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Migration:
    """What makes a journal of ``version - 1`` one of ``version``: a function for each dialect.

    The functions run under the writer's lock, within the transaction that also records the
    version: they must not commit, and neither change nor remove an entry.
    """

    version: int
    name: str
    steps: Mapping[str, Callable[[Connection], None]]


def _record_version(connection: Connection) -> None:
    connection.exec_driver_sql(
        f"CREATE TABLE {TABLE} (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)"
    )
    guards.put_back(connection)


MIGRATIONS: Final[Sequence[Migration]] = (
    Migration(2, "record the version", {"sqlite": _record_version, "postgresql": _record_version}),
)


def newest() -> int:
    """The version that this callguard writes, and the newest that it reads."""
    return MIGRATIONS[-1].version


def version_of(connection: Connection) -> int:
    """The version of the journal in a database, 0 if there is none."""
    if not schema.exists(connection):
        return 0
    if not inspect(connection).has_table(TABLE):
        return 1
    query = f"SELECT coalesce(max(version), 1) FROM {TABLE}"  # noqa: S608  a constant
    return int(connection.exec_driver_sql(query).scalar_one())


def migrate(connection: Connection, version: int) -> None:
    """Make a journal of ``version`` (0: none is there) one of the newest.

    The caller holds the writer's lock and has checked the entries.
    """
    if version == 0:
        schema.create(connection)
    for migration in MIGRATIONS:
        if migration.version > version:
            migration.steps[connection.dialect.name](connection)
            connection.execute(
                text(f"INSERT INTO {TABLE} (version, name) VALUES (:version, :name)"),  # noqa: S608
                {"version": migration.version, "name": migration.name},
            )


def all_guards(version: int) -> tuple[Guards, ...]:
    """The guards of the tables that a journal of a version has."""
    return (schema.guards, guards) if version > 1 else (schema.guards,)
