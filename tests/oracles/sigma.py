"""An independent evaluator of Sigma: pySigma reads the rule, its SQLite backend makes a query.

Where this oracle is only approximate, the generated rules and records stay away from it:

- SQLite's ``LIKE`` and ``NOCASE`` fold ASCII letters only, so texts are ASCII.
- ``|cased`` before ``|fieldref`` is lost in pySigma, so the two are not combined.
- A CIDR block becomes text patterns on the address; so addresses are well-formed IPv4, without
  leading zeros. IPv6 has several spellings of one address, which patterns cannot know.
- ``|expand`` stays literal text without a pipeline, so it is left out.

SQL's three-valued logic is no trouble: the backend turns NULL into false under every NOT.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import re2
from sigma.backends.sqlite.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

COLUMNS = {
    "display_name": "TEXT",
    "text": "TEXT",
    "calling_party_number": "TEXT",
    "calling.country": "TEXT",
    "attestation": "TEXT",
    "source_ip": "TEXT",
    "cause": "REAL",
    "duration_s": "REAL",
    "self_call": "INTEGER",
}


def matching(rule: str, records: Sequence[Mapping[str, object]]) -> list[int]:
    """The indexes of the records that a rule, given as YAML, matches."""
    backend: Any = sqliteBackend
    (query,) = backend(collate_nocase=True).convert(SigmaCollection.from_yaml(rule))
    database = sqlite3.connect(":memory:")
    try:
        database.create_function("REGEXP", 2, _found, deterministic=True)
        columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
        database.execute(f"CREATE TABLE logs (position INTEGER, {columns})")
        marks = ", ".join("?" * (len(COLUMNS) + 1))
        database.executemany(
            f"INSERT INTO logs VALUES ({marks})",  # noqa: S608 - question marks only
            [
                (index, *(record.get(name) for name in COLUMNS))
                for index, record in enumerate(records)
            ],
        )
        return sorted(row[0] for row in database.execute(query))
    finally:
        database.close()


def _found(pattern: str, value: str | None) -> bool:
    return value is not None and re2.search(pattern, value) is not None
