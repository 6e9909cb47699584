"""A plan that was made on Spark is the embedded engine's plan, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from callguard.demo.holders.feed import DEFAULT_AT, simulate
from callguard.demo.holders.reports import simulate_reports
from callguard.errors import CallguardError, RegistryError
from callguard.takedown.planning.plan import Caps, plan
from callguard.takedown.registry.build import build, update
from callguard.takedown.registry.manifest import Manifest
from callguard.takedown.registry.store import Registry
from tests.made.planning import BLOCK, NOW, report, write_reports
from tests.made.registries import Row, make_registry, row

pytest.importorskip("pyspark", reason="Spark's packages are absent: make test-long has them")

from callguard.integrations.spark import session
from callguard.integrations.spark.starting import require
from callguard.integrations.spark.takedown import SparkRunner, spark_engine

FILES = ("orders.jsonl", "exclusions.jsonl", "cases.jsonl", "summary.json")
REASONS = {
    "ambiguous_owner",
    "closed",
    "duplicate",
    "invalid_number",
    "invalid_report",
    "invalid_time",
    "last_number",
    "no_registration_at_incident",
    "not_certified",
    "not_person",
    "not_traced",
    "owner_cap",
    "protected",
    "report_cap",
    "report_protected",
    "restored",
}
DAYS = (19_000, 19_600, 19_859, 19_860, 19_900, 19_940, 19_951, 19_999, 20_000, 20_001)


@pytest.fixture(scope="session")
def spark() -> Any:
    """The session of this process; it ends with it."""
    try:
        require()
    except CallguardError as error:
        pytest.skip(str(error))
    return session("local[2]")


def same(spark: Any, reports: Path, registry: Path, folder: Path, **options: Any) -> set[str]:
    """Make the plan on both, compare all files, and give the reasons of what was left out."""
    embedded = plan(reports, registry, folder / "embedded", **options)
    found = plan(reports, registry, folder / "spark", engine=spark_engine(spark), **options)
    for name in FILES:
        assert (embedded.path / name).read_bytes() == (found.path / name).read_bytes(), name
    assert embedded.digest == found.digest
    return set(embedded.summary["reasons"]) | ({"order"} if embedded.orders else set())


@pytest.mark.long
def test_a_simulated_registry_with_deltas_gets_the_same_plan(spark: Any, tmp_path: Path) -> None:
    registry, reports = tmp_path / "registry", tmp_path / "reports.csv"
    feed = simulate(tmp_path / "base.parquet", 20_000, seed=1)
    build([feed.feed], None, registry, zone="Asia/Shanghai", home="CN", at=DEFAULT_AT)
    for seed in (2, 3):
        delta = simulate(tmp_path / f"delta-{seed}.parquet", 3_000, seed=seed)
        update([delta.feed], None, registry, at=DEFAULT_AT)
    simulate_reports(feed.feed, feed.labels, reports, 1_000, seed=4)
    options = {"at": DEFAULT_AT, "caps": Caps(batch=10)}
    assert "batch_cap" in same(spark, reports, registry, tmp_path / "few", **options)
    assert "order" in same(spark, reports, registry, tmp_path / "all", at=DEFAULT_AT)


@pytest.mark.long
def test_every_reason_is_the_same_on_both(spark: Any, tmp_path: Path) -> None:
    draw = Random(6)
    registry = make_registry(
        tmp_path / "registry",
        [one for family in range(120) for one in rows(draw, family, 12)],
        [one for family in range(60) for one in rows(draw, family, 4)],
        [one for family in range(30, 90) for one in rows(draw, family, 2)] + list(rings()),
        built_at=NOW,
    )
    reports = write_reports(tmp_path / "reports.csv", list(handed_over(draw)))
    shielded = tmp_path / "protected.txt"
    shielded.write_text("".join(f"+{BLOCK + 10 * family + 2}\n" for family in range(0, 120, 7)))
    found = same(
        spark,
        reports,
        registry,
        tmp_path,
        at=NOW,
        protected=[shielded],
        caps=Caps(owner=3, report=2, batch=10_000),
        restored={f"+{BLOCK + 10 * family + 3}": NOW - 1 for family in range(0, 120, 5)},
    )
    assert REASONS | {"order"} == found


@pytest.mark.long
def test_no_report_at_all_gives_the_same_empty_plan(spark: Any, tmp_path: Path) -> None:
    registry = make_registry(tmp_path / "registry", [row(BLOCK, 1, 19_900)], built_at=NOW)
    reports = write_reports(tmp_path / "reports.csv", [])
    assert set() == same(spark, reports, registry, tmp_path, at=NOW)


@pytest.mark.long
def test_tables_are_gone_afterwards_and_nobody_elses_are_touched(
    spark: Any, tmp_path: Path
) -> None:
    spark.sql("SELECT 7 AS mine").createOrReplaceTempView("report")
    registry = make_registry(tmp_path / "registry", [row(BLOCK, 1, 19_900)], built_at=NOW)
    reports = write_reports(tmp_path / "reports.csv", [report(f"+{BLOCK}")])
    assert {"order"} == same(spark, reports, registry, tmp_path, at=NOW)
    assert [7] == [line["mine"] for line in spark.table("report").collect()]
    assert ["report"] == [table.name for table in spark.catalog.listTables()]
    spark.catalog.dropTempView("report")


@pytest.mark.long
def test_a_registry_without_segments_is_refused(spark: Any, tmp_path: Path) -> None:
    Manifest("UTC", "CN", None, NOW, 0, 0, "test").write(tmp_path)
    with (
        Registry.open(tmp_path) as registry,
        SparkRunner(spark) as runner,
        pytest.raises(RegistryError, match="has no segment; build the registry again"),
    ):
        runner.read("registry", registry)


def rows(draw: Random, family: int, count: int) -> list[Row]:
    """Rows of six numbers and three owners: recycled, ported, contested, taken back."""
    found = []
    for _ in range(count):
        starts, ends = draw.choice(DAYS), draw.choice((None, None, None, *DAYS))
        found.append(
            row(
                BLOCK + 10 * family + draw.randrange(1, 7),
                10 * family + draw.randrange(1, 4) - 600,
                starts,
                None if ends is None else max(starts, ends),
                activated=draw.choice((None, *DAYS)),
                kind=draw.choice(("person",) * 9 + ("company",)),
                carrier=draw.choice(("CM", "CT", "\u8054\u901a", "\U0001f4de")),
                owner_id=draw.choice((None, "x", "\u00e9")),
            )
        )
    # Beside them two numbers of somebody who has no others.
    found += [row(BLOCK + 10 * family + n, 10**6 + family, 19_900 + family % 7) for n in (7, 8)]
    return found


def rings() -> Iterator[Row]:
    """One owner with more numbers than pass for an owner, one with more than for a report."""
    for first, count in ((5_000, 6), (6_000, 4)):
        for place in range(count):
            yield row(BLOCK + first + place, 10**7 + first, 19_900)


def handed_over(draw: Random) -> Sequence[dict[str, str]]:
    """Three reports of each family's numbers, and some that cannot be used."""
    days = ("2024-02-01", "2024-08-14T23:59:59+08:00", "2024-08-15", "2024-10-03T12:00:00Z")
    found = [
        report(
            f"+{BLOCK + 10 * family + draw.randrange(1, 10)}",
            f"r{family}-{place}",
            incident_at=draw.choice(days),
        )
        for family in range(120)
        for place in range(3)
    ]
    found += [
        report(f"+{BLOCK + 5_000}", "ring-5"),
        report(f"+{BLOCK + 6_000}", "ring-6"),
        report("911", "junk"),
        report(f"+{BLOCK}", "shown", known_by="displayed"),
        report(f"+{BLOCK}", "heard", known_by="rumour"),
        report(f"+{BLOCK}", "alone", certified_by=""),
        report(f"+{BLOCK}", "late", incident_at="2999-01-01"),
        report(f"+{BLOCK}", "never", incident_at="yesterday"),
    ]
    return found
