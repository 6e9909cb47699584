"""Verdicts from Spark are those of the embedded engine on the same records in the same order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from callguard import Guard, rulepack
from callguard.demo import generate_day
from callguard.errors import CallguardError, RecordError

pa = pytest.importorskip("pyarrow", reason="Spark's packages are absent: make test-long has them")
pytest.importorskip("pyspark", reason="Spark's packages are absent: make test-long has them")

from pyarrow import parquet  # noqa: E402  only where it is there

from callguard.integrations.spark import backscore, session  # noqa: E402
from callguard.integrations.spark.starting import require  # noqa: E402

RULES = """\
title: Any {event}
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a1{number:02}
name: any-{event}
status: stable
description: Every {event}.
logsource: {{product: telecom, category: {category}}}
detection:
  any_{event}: {{called_party_number|exists: true}}
  condition: any_{event}
level: informational
callguard:
  examples:
    matches: [{{event: {event}, at: 1, called_party_number: '13912345678'}}]
    spares: [{{event: {other}, at: 1, called_party_number: '13912345678'}}]
"""
CORRELATION = """\
title: Some {kind}
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a2{number:02}
name: some-{number}
status: experimental
description: Some {kind}.
correlation: {what}
level: low
callguard: {{score: 10}}
"""
COUNTED = (
    (
        "{type: event_count, rules: [any-setup], group-by: [calling.e164], timespan: 5m, "
        "condition: {gte: 4}}"
    ),
    (
        "{type: event_count, rules: [any-release], group-by: [trunk_group], timespan: 1m, "
        "condition: {lt: 3}}"
    ),
    (
        "{type: value_count, rules: [any-setup, any-sms], group-by: [called.prefix, ingress], "
        "timespan: 10m, condition: {gt: 2, field: calling_party_number}}"
    ),
    (
        "{type: value_sum, rules: [any-release], group-by: [], timespan: 2m, "
        "condition: {gt: 100, field: duration_s}}"
    ),
    (
        "{type: value_avg, rules: [any-release], group-by: [called.e164], timespan: 1h, "
        "condition: {lte: 12.5, field: duration_s}}"
    ),
    "{type: temporal, rules: [any-setup, any-sms], group-by: [called.e164], timespan: 3m}",
    (
        "{type: temporal_ordered, rules: [any-sms, any-release], group-by: [called.e164], "
        "timespan: 3m}"
    ),
)
_COALESCE = "spark.sql.adaptive.coalescePartitions.enabled"
CATEGORIES = {"setup": "call_setup", "release": "call_release", "sms": "sms"}


@pytest.fixture(scope="session")
def spark() -> Any:
    """The session of this process; it ends with it."""
    try:
        require()
    except CallguardError as error:
        pytest.skip(str(error))
    return session("local[2]")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    parts = [
        RULES.format(event=event, category=category, number=n, other="answer")
        for n, (event, category) in enumerate(CATEGORIES.items())
    ]
    parts += [
        CORRELATION.format(kind=what[7:18].strip(" ,"), number=n, what=what)
        for n, what in enumerate(COUNTED)
    ]
    path = tmp_path / "rules.yaml"
    path.write_text("---\n".join(parts), encoding="utf-8")
    return path


def table_of(records: Sequence[Mapping[str, Any]]) -> Any:
    """The records as columns, with their line."""
    keys = sorted({key for record in records for key in record})
    columns = {key: [record.get(key) for record in records] for key in keys}
    return pa.table({**columns, "line": list(range(len(records)))})


def embedded(rules: Path, records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    guard = Guard.load(rules, clock=lambda: math.inf)
    ordered = sorted(records, key=lambda record: record["at"])
    return [guard.score(record).to_dict() for record in ordered]


def from_row(row: Any) -> dict[str, Any]:
    """A row as the verdict that it stands for."""
    found: dict[str, Any] = row.asDict()
    del found["record"]
    template, text = found.pop("alert_template"), found.pop("alert_text")
    found["alert"] = None if template is None else {"template": template, "text": text}
    return found


def random_records(seed: int, number: int) -> list[dict[str, Any]]:
    """Records of few parties in a few minutes, with equal times, odd ones among them."""
    rng = Random(seed)
    records = []
    for _ in range(number):
        record = {
            "event": rng.choice(("setup", "setup", "answer", "release", "release", "sms")),
            "at": float(1_760_000_000 + rng.randrange(1200)),
            "calling_party_number": rng.choice(
                ("13812345678", "+8613812345678", "95588", "", None)
            ),
            "called_party_number": f"1391234567{rng.randrange(4)}",
            "ingress": rng.choice(("on_net", "international", "ODD", None)),
            "trunk_group": rng.choice(("a", "b", "\u4e2d", None)),
            "duration_s": rng.choice((0.0, 0.1, 7.25, 60.0, None)),
        }
        records.append({key: value for key, value in record.items() if value is not None})
    return records


@pytest.fixture
def many_parts(spark: Any) -> Iterator[None]:
    """Rows are divided into all parts, also where one would hold them."""
    spark.conf.set(_COALESCE, "false")
    yield
    spark.conf.unset(_COALESCE)


@pytest.mark.long
@pytest.mark.usefixtures("many_parts")
def test_random_records_get_the_same_verdicts(spark: Any, rules: Path, tmp_path: Path) -> None:
    records = random_records(7, 3_000)
    parquet.write_table(table_of(records), tmp_path / "records.parquet")
    frame = spark.read.parquet(str(tmp_path / "records.parquet")).repartition(5)
    rows = backscore(spark, frame, rules, order=["line"]).collect()
    assert 1 < len({row["record"] >> 33 for row in rows})  # parts
    found = [from_row(row) for row in rows]
    expected = embedded(rules, records)
    assert expected == found
    assert {f"some-{n}" for n in range(len(COUNTED))} == {
        name for verdict in expected for name in verdict["shadow"]
    }


@pytest.mark.long
def test_the_demos_day_gets_the_same_verdicts(spark: Any, tmp_path: Path) -> None:
    records = [one.record for one in generate_day(3, "CN", 6_000)]
    parquet.write_table(table_of(records), tmp_path / "day.parquet")
    frame = spark.read.parquet(str(tmp_path / "day.parquet"))
    found = [from_row(row) for row in backscore(spark, frame, order=["line"]).collect()]
    assert embedded(rulepack.path(), records) == found


@pytest.mark.long
def test_columns_that_are_no_records_are_refused(spark: Any) -> None:
    cases = {
        "no column called_party_number": "select 'setup' as event, 1.0 as at",
        "column calling_party_number is of type bigint": (
            "select 'setup' as event, 1.0D as at, '139' as called_party_number, "
            "138L as calling_party_number"
        ),
        "column called_party_number is of type decimal": (
            "select 'setup' as event, 1.0D as at, 139BD as called_party_number"
        ),
        "column at is of type string": (
            "select 'setup' as event, 'today' as at, '139' as called_party_number"
        ),
    }
    for said, query in cases.items():
        with pytest.raises(RecordError, match=said):
            backscore(spark, spark.sql(query))


@pytest.mark.long
def test_timestamps_whole_seconds_and_decimals_are_times(spark: Any) -> None:
    query = (
        "select 'setup' as event, {} as at, '13912345678' as called_party_number, "
        "'+8613812345678' as calling_party_number, 2.5BD as ring_s, 'on_net' as ingress"
    )
    for at in ("1760000000L", "1760000000.0BD", "timestamp_seconds(1760000000)"):
        (row,) = backscore(spark, spark.sql(query.format(at))).collect()
        assert (1_760_000_000.0, []) == (row["at"], row["degraded"])
