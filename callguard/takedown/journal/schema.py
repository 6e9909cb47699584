"""The table of entries, as version 1 of a journal has it, and what the database itself refuses.

It does not change any more: what a later version has in addition is a migration.
"""

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

from callguard.takedown.journal.guards import refusing

TABLE: Final = "takedown_entries"
# Kinds of entries of version 1. Another kind is a migration that widens the check.
_KINDS: Final = (
    "planned",
    "approved",
    "issued",
    "acknowledged",
    "executed",
    "refused",
    "restored",
)
# Kinds of which an order has one entry at most, whichever process writes.
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
    CheckConstraint(f"kind IN ({_words(_KINDS)})", name=f"{TABLE}_kind"),
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
guards: Final = refusing(
    TABLE, "entries of the journal are never changed or deleted", sqlite_insert=_SQLITE_INSERT
)


def exists(connection: Connection) -> bool:
    """Whether the table of entries is there."""
    return inspect(connection).has_table(TABLE)


def create(connection: Connection) -> None:
    """Make the table, its indexes and its guards. The caller holds the writer's lock."""
    _metadata.create_all(connection)
    guards.put_back(connection)
