"""``callguard backscore``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line.running import CAUGHT, SPARED, Run

pa = pytest.importorskip("pyarrow", reason="Spark's packages are absent: make test-long has them")
pytest.importorskip("pyspark", reason="Spark's packages are absent: make test-long has them")

from pyarrow import parquet  # noqa: E402  only where it is there


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "records.parquet"
    parquet.write_table(pa.Table.from_pylist([CAUGHT, SPARED, SPARED]), path)
    return path


@pytest.mark.long
def test_the_command_writes_verdicts_and_says_what_there_was(
    run: Run, rules: Path, records: Path, tmp_path: Path
) -> None:
    output = tmp_path / "verdicts"
    done = run(
        "backscore", records, "--rules", rules, "--output", output, "--master", "local[1]", "--json"
    )
    assert 0 == done.status
    assert {
        "records": 3,
        "action": {"allow": 2, "block": 1},
        "rule": {"home-number-from-abroad": 1},
        "shadow": {},
        "degraded": {},
    } == json.loads(done.out)
    assert ["a", "b", "b"] == parquet.read_table(output).column("call_id").to_pylist()


@pytest.mark.long
def test_what_is_no_parquet_is_refused(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "records.parquet"
    source.write_text("event,at\n", encoding="utf-8")
    done = run("backscore", source, "--output", tmp_path / "out", "--master", "local[1]")
    assert 1 == done.status
    assert "not Parquet" in done.err


def test_verdicts_that_are_there_are_not_overwritten(
    run: Run, records: Path, tmp_path: Path
) -> None:
    done = run("backscore", records, "--output", tmp_path)
    assert 2 == done.status
    assert "it exists" in done.err
