"""Ways to find the rows that a batch of reports touches, each in the fastest form that we found.

Every way finds the rows of the reported numbers and of the owners who held them at the incident.
What is judged from there on is the same for all: each makes a whole plan, file for file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from bench.takedown_scene import AT, Scene
from callguard.takedown import (
    OWNER_KINDS,
    SERVICES,
    STATUSES,
    Caps,
    DuckRunner,
    Expansion,
    PlanFolder,
    Registry,
    Setting,
    expand,
    plan,
    row_schema,
)

if TYPE_CHECKING:
    from callguard.takedown import Expander, Protected

# Reports (``REPORT_SCHEMA``) -> the rows that they touch (``row_schema``).
Find = Callable[[pa.Table], pa.Table]
Engine = Callable[[Registry], "Expander"]

OURS: Final = "callguard"
_HELD: Final = """registered_at <= incident_at
    AND (closed_at IS NULL OR closed_at > incident_at)"""


@contextmanager
def engine(name: str, of: Scene, spark: Any = None) -> Iterator[Engine | None]:
    """The way of that name, ready to be used again and again; None is callguard's own."""
    if name == OURS:
        yield None
    elif name == "Spark":
        from callguard.integrations.spark.takedown import spark_engine

        yield spark_engine(spark)
    else:
        with _FINDERS[name](of) as find:
            yield _judging(find)


def make_plan(of: Scene, output: Path, using: Engine | None = None) -> PlanFolder:
    """The plan for the scene's reports, from files to files."""
    caps = Caps(batch=10 * of.made.reports)
    return plan(of.reports, of.registry, output, at=AT, caps=caps, engine=using)


def scan(of: Scene) -> int:
    """DuckDB reads the owner column of the plain Parquet once, and does no more with it."""
    with closing(duckdb.connect()) as duck:
        [[found]] = duck.execute(f"SELECT {SCANNED} FROM '{of.plain}'").fetchall()  # noqa: S608  our own path
    return int(found)


# Needs every owner, but only its length.
SCANNED: Final = "max(strlen(owner_id))"


def _judging(find: Find) -> Engine:
    def made(_: Registry) -> Expander:
        def run(reports: pa.Table, setting: Setting, shield: Protected) -> Expansion:
            with DuckRunner() as runner:
                runner.put("touched", find(reports))
                runner.put("report", reports)
                return expand(runner, setting, shield.among)

        return run

    return made


@contextmanager
def _duck_plain(of: Scene) -> Iterator[Find]:
    with closing(duckdb.connect()) as duck:
        duck.execute(f"CREATE VIEW held AS FROM '{of.plain}'")

        def find(reports: pa.Table) -> pa.Table:
            duck.register("reports", reports)
            duck.execute(
                """CREATE OR REPLACE TEMP TABLE asked AS
                SELECT '+' || number AS number, incident_at FROM reports"""
            )
            duck.execute(
                f"""CREATE OR REPLACE TEMP TABLE holder AS
                SELECT DISTINCT owner_id FROM held JOIN asked USING (number) WHERE {_HELD}"""  # noqa: S608  our own words
            )
            found = duck.sql(
                """SELECT * FROM held WHERE number IN (SELECT number FROM asked)
                OR owner_id IN (SELECT owner_id FROM holder)"""
            )
            return _compacted(found.to_arrow_table())

        yield find


@contextmanager
def _duck_compact(of: Scene) -> Iterator[Find]:
    with closing(duckdb.connect()) as duck:
        duck.execute(f"CREATE VIEW held AS FROM '{of.compact}'")

        def find(reports: pa.Table) -> pa.Table:
            duck.register("asked", reports)
            duck.execute(
                f"""CREATE OR REPLACE TEMP TABLE holder AS
                SELECT DISTINCT owner_hi, owner_lo FROM held JOIN asked USING (number)
                WHERE {_HELD}"""  # noqa: S608  our own words
            )
            found = duck.sql(
                """SELECT * FROM held WHERE number IN (SELECT number FROM asked)
                OR (owner_hi, owner_lo) IN (SELECT (owner_hi, owner_lo) FROM holder)"""
            )
            return found.to_arrow_table()

        yield find


@contextmanager
def _pandas(of: Scene) -> Iterator[Find]:
    def find(reports: pa.Table) -> pa.Table:
        asked = reports.select(["number", "incident_at"]).to_pandas()
        asked["number"] = "+" + asked["number"].astype(str)
        few = ["number", "owner_id", "registered_at", "closed_at"]
        every = pd.read_parquet(of.plain, columns=few, dtype_backend="pyarrow")
        held = every[every["number"].isin(asked["number"])].merge(asked, on="number")
        open_then = (held["registered_at"] <= held["incident_at"]) & ~(
            (held["closed_at"] <= held["incident_at"]).fillna(value=False)
        )
        owners = held.loc[open_then, "owner_id"].unique()
        wanted = every["number"].isin(asked["number"]) | every["owner_id"].isin(owners)
        places = np.flatnonzero(wanted)
        rows = pd.read_parquet(of.plain, dtype_backend="pyarrow").iloc[places]
        return _compacted(pa.Table.from_pandas(rows, preserve_index=False))

    yield find


@contextmanager
def _polars(of: Scene) -> Iterator[Find]:
    def find(reports: pa.Table) -> pa.Table:
        held = pl.scan_parquet(of.plain)
        asked = pl.DataFrame(
            {name: reports[name].to_numpy() for name in ("number", "incident_at")}
        ).with_columns(number="+" + pl.col("number").cast(pl.String))
        closed, incident = pl.col("closed_at"), pl.col("incident_at")
        holder = (
            held.select("number", "owner_id", "registered_at", "closed_at")
            .join(asked.lazy(), on="number")
            .filter(pl.col("registered_at") <= incident, closed.is_null() | (closed > incident))
            .select("owner_id")
            .unique()
            .collect(engine="streaming")
        )
        found = held.filter(
            pl.col("number").is_in(asked["number"].unique().implode())
            | pl.col("owner_id").is_in(holder["owner_id"].implode())
        )
        return _compacted(found.collect(engine="streaming").to_arrow())

    yield find


def _sqlite(hint: str) -> Callable[[Scene], Any]:
    @contextmanager
    def made(of: Scene) -> Iterator[Find]:
        with closing(sqlite3.connect(of.sqlite())) as base:
            base.execute("PRAGMA temp_store = memory")
            base.execute("CREATE TEMP TABLE asked (number INTEGER, incident_at INTEGER)")
            base.execute("CREATE INDEX temp.asked_number ON asked (number)")
            base.execute("CREATE TEMP TABLE holder (owner_hi, owner_lo)")

            def find(reports: pa.Table) -> pa.Table:
                base.execute("DELETE FROM asked")
                base.execute("DELETE FROM holder")
                pairs = [reports[name].to_pylist() for name in ("number", "incident_at")]
                base.executemany("INSERT INTO asked VALUES (?, ?)", zip(*pairs, strict=True))
                join = "held NOT INDEXED CROSS JOIN asked" if hint else "asked CROSS JOIN held"
                base.execute(
                    f"""INSERT INTO holder SELECT DISTINCT owner_hi, owner_lo
                    FROM {join} USING (number) WHERE {_HELD}"""  # noqa: S608  our own words
                )
                rows = base.execute(
                    f"""SELECT * FROM held {hint} WHERE number IN (SELECT number FROM asked)
                    UNION SELECT * FROM held {hint}
                    WHERE (owner_hi, owner_lo) IN (SELECT owner_hi, owner_lo FROM holder)"""  # noqa: S608  our own words
                ).fetchall()
                columns = zip(*rows, strict=True) if rows else [() for _ in row_schema()]
                arrays = [
                    pa.array(column, field.type)
                    for column, field in zip(columns, row_schema(), strict=True)
                ]
                return pa.Table.from_arrays(arrays, schema=row_schema())

            yield find

    return made


def _compacted(plain: pa.Table) -> pa.Table:
    """Rows of the plain file as rows of a registry."""
    owners = plain["owner_id"].combine_chunks().cast(pa.string())
    keys = np.frombuffer(bytes.fromhex("".join(owners.to_pylist())), ">i8").astype("<i8")
    columns: dict[str, Any] = {name: plain[name] for name in plain.column_names}
    columns["number"] = pc.cast(pc.utf8_slice_codeunits(plain["number"], 1), pa.int64())
    columns["owner_hi"], columns["owner_lo"] = pa.array(keys[0::2]), pa.array(keys[1::2])
    columns["owner_id"] = pa.nulls(len(plain), pa.string())
    for name, words in _WORDS.items():
        said = plain[name].cast(pa.string())
        columns[name] = pc.index_in(said, pa.array(words)).cast(pa.int8())
    return pa.table({name: columns[name] for name in row_schema().names}).cast(row_schema())


_WORDS: Final = {"owner_kind": OWNER_KINDS, "service": SERVICES, "status": STATUSES}
_FINDERS: Final[Mapping[str, Callable[[Scene], Any]]] = {
    "DuckDB, plain Parquet": _duck_plain,
    "DuckDB, compact Parquet": _duck_compact,
    "Polars": _polars,
    "pandas": _pandas,
    "SQLite, indexed": _sqlite(""),
    "SQLite, scanned": _sqlite("NOT INDEXED"),
}
# The most rows that a way is tried on: beyond it takes minutes, or more memory than there is.
LIMITS: Final[Mapping[str, int]] = {
    OURS: 10**10,
    "DuckDB, plain Parquet": 10**10,
    "DuckDB, compact Parquet": 10**10,
    "Polars": 10**10,
    "pandas": 10**7,
    "SQLite, indexed": 10**7,
    "SQLite, scanned": 10**7,
    "Spark": 10**7,
}
