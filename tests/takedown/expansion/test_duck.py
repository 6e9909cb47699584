from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from callguard.errors import PlanError
from callguard.takedown.expansion import DuckRunner, duck


def test_a_table_is_put_replaced_and_fetched() -> None:
    with DuckRunner(threads=1) as runner:
        runner.put("t", pa.table({"n": [1, 2]}))
        runner.put("t", pa.table({"n": [3]}))
        runner.step("u", "SELECT n + 1 AS n FROM t")
        assert [{"n": 4}] == runner.fetch("SELECT * FROM u").to_pylist()


def test_when_memory_runs_out_it_says_so_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(duck, "MEMORY_LIMIT", 32 << 20)
    with DuckRunner(threads=1) as runner:
        with pytest.raises(PlanError, match=r"more than 32 MiB \(in the step big\)"):
            runner.step("big", "SELECT range AS n, hash(range) AS h FROM range(30_000_000)")
        assert [] == list(tmp_path.iterdir())
