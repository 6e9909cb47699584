"""Triggers by which the database itself refuses changes to a table of the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

_SQLITE_NAMES: Final = text(
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
)
# A trigger that is there but switched off guards nothing.
_POSTGRES_NAMES: Final = text(
    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:table) "
    "AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
)


@dataclass(frozen=True, slots=True)
class Guards:
    """The triggers of one table: by dialect and name, the statements that make each.

    A statement may make what the trigger needs; each must do no harm when it is run again.
    """

    table: str
    statements: Mapping[str, Mapping[str, Sequence[str]]]

    def missing(self, connection: Connection) -> tuple[str, ...]:
        """The names of those that are gone or switched off."""
        names = _SQLITE_NAMES if connection.dialect.name == "sqlite" else _POSTGRES_NAMES
        there = set(connection.execute(names, {"table": self.table}).scalars())
        return tuple(sorted(set(self.statements[connection.dialect.name]) - there))

    def put_back(self, connection: Connection) -> None:
        """Make those that are gone. The caller holds the writer's lock."""
        on = "" if connection.dialect.name == "sqlite" else f" ON {self.table}"
        for name in self.missing(connection):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")
            for statement in self.statements[connection.dialect.name][name]:
                connection.exec_driver_sql(statement)


def refusing(
    table: str,
    refusal: str,
    *,
    sqlite_insert: str | None = None,
    postgres_insert: Sequence[str] = (),
) -> Guards:
    """Guards under which rows of a table are never changed or deleted; ``refusal`` says so.

    ``sqlite_insert`` and ``postgres_insert`` make the trigger ``TABLE_insert``, if there is one.
    """
    function = (
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
    )
    sqlite: dict[str, Sequence[str]] = {
        f"{table}_{act}": (
            (
                f"CREATE TRIGGER {table}_{act} BEFORE {act.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            ),
        )
        for act in ("update", "delete")
    }
    postgres: dict[str, Sequence[str]] = {
        f"{table}_{act}": (
            function,
            (
                f"CREATE TRIGGER {table}_{act} BEFORE {act.upper()} ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
            ),
        )
        for act in ("update", "delete", "truncate")
    }
    if sqlite_insert is not None:
        sqlite[f"{table}_insert"] = (sqlite_insert,)
    if postgres_insert:
        postgres[f"{table}_insert"] = postgres_insert
    return Guards(table, {"sqlite": sqlite, "postgresql": postgres})
