"""The table of entries, and what the database itself refuses."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    inspect,
    text,
)

from callguard.takedown.journal.entry import KINDS

TABLE: Final = "takedown_entries"
# Kinds of which an order has one entry at most, whoever writes.
SINGLE: Final = ("planned", "issued", "executed", "restored")


def _words(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


_metadata: Final = MetaData()
_whole: Final = BigInteger().with_variant(Integer(), "sqlite")

entries: Final = Table(
    TABLE,
    _metadata,
    # A plain integer key, not a sequence: a sequence leaves gaps when a transaction fails.
    Column("seq", _whole, primary_key=True, autoincrement=False),
    Column("at", _whole, nullable=False),
    Column("kind", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("order_id", Text),
    Column("actor", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    CheckConstraint("seq > 0", name=f"{TABLE}_seq"),
    CheckConstraint(f"kind IN ({_words(KINDS)})", name=f"{TABLE}_kind"),
)
_once: Final = text(f"order_id IS NOT NULL AND kind IN ({_words(SINGLE)})")
Index(
    f"{TABLE}_once",
    entries.c.order_id,
    entries.c.kind,
    unique=True,
    sqlite_where=_once,
    postgresql_where=_once,
)
_plan_once: Final = text("order_id IS NULL AND kind = 'issued'")
Index(
    f"{TABLE}_plan_once",
    entries.c.plan,
    unique=True,
    sqlite_where=_plan_once,
    postgresql_where=_plan_once,
)

_REFUSAL: Final = "entries of the journal are never changed or deleted"


def _sqlite_trigger(act: str) -> str:
    return (
        f"CREATE TRIGGER {TABLE}_{act} BEFORE {act.upper()} ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    )


# REPLACE deletes what is in its way, and SQLite runs no DELETE trigger then.
_SQLITE_INSERT: Final = (
    f"CREATE TRIGGER {TABLE}_insert BEFORE INSERT ON {TABLE} "  # noqa: S608
    f"WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM {TABLE}) "
    f"OR EXISTS (SELECT 1 FROM {TABLE} WHERE order_id = NEW.order_id AND kind = NEW.kind "
    f"AND kind IN ({_words(SINGLE)})) "
    f"OR EXISTS (SELECT 1 FROM {TABLE} WHERE plan = NEW.plan AND order_id IS NULL "
    "AND NEW.order_id IS NULL AND kind = 'issued' AND NEW.kind = 'issued') "
    f"BEGIN SELECT RAISE(ABORT, 'an entry of the journal is there already'); END"
)
_FUNCTION: Final = (
    f"CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
)


def _postgres_trigger(act: str) -> str:
    return (
        f"CREATE TRIGGER {TABLE}_{act} BEFORE {act.upper()} ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()"
    )


# The guards: the name of each trigger and how it is made.
_SQLITE: Final[dict[str, tuple[str, ...]]] = {
    **{f"{TABLE}_{act}": (_sqlite_trigger(act),) for act in ("update", "delete")},
    f"{TABLE}_insert": (_SQLITE_INSERT,),
}
_POSTGRES: Final[dict[str, tuple[str, ...]]] = {
    f"{TABLE}_{act}": (_FUNCTION, _postgres_trigger(act))
    for act in ("update", "delete", "truncate")
}
_SQLITE_NAMES: Final = text(
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
)
# A trigger that is there but switched off guards nothing.
_POSTGRES_NAMES: Final = text(
    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:table) "
    "AND NOT tgisinternal AND tgenabled IN ('O', 'A')"
)


def exists(connection: Connection) -> bool:
    """Whether the table of entries is there."""
    return inspect(connection).has_table(TABLE)


def create(connection: Connection) -> None:
    """Make the table, its indexes and its guards. The caller holds the writer's lock."""
    _metadata.create_all(connection)
    guard(connection)


def guard(connection: Connection) -> None:
    """Put back the triggers that are gone. The caller holds the writer's lock."""
    for name in missing_guards(connection):
        drop = f"DROP TRIGGER IF EXISTS {name}"
        on = "" if connection.dialect.name == "sqlite" else f" ON {TABLE}"
        for statement in (drop + on, *_guards(connection)[name]):
            connection.exec_driver_sql(statement)


def missing_guards(connection: Connection) -> tuple[str, ...]:
    """The names of the triggers that should refuse changes and are gone or switched off."""
    names = _SQLITE_NAMES if connection.dialect.name == "sqlite" else _POSTGRES_NAMES
    found = set(connection.execute(names, {"table": TABLE}).scalars())
    return tuple(sorted(set(_guards(connection)) - found))


def _guards(connection: Connection) -> dict[str, tuple[str, ...]]:
    return _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES
