"""The step that reads whole registries finds the rows that the registry's index finds."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from callguard.takedown.expansion import DuckRunner
from callguard.takedown.expansion.steps import REPORT_SCHEMA, step_text
from callguard.takedown.registry.store import Registry
from tests.made.registries import DAY, Row, make_registry, row

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAYS = (0, 300, 600, 700, 900)


def some_rows(draw: Random, count: int) -> list[Row]:
    """Rows of few numbers and owners, so that segments have numbers and owners in common."""
    return [
        row(
            draw.randrange(1, 80),
            draw.randrange(1, 30),
            start := draw.choice(DAYS),
            draw.choice((None, start, start + 50, start + 400)),
            carrier=draw.choice(("CM", "CU")),
        )
        for _ in range(count)
    ]


def test_rows_of_the_newest_segments_only(tmp_path: Path) -> None:
    for seed in range(5):
        draw = Random(seed)
        feeds = [some_rows(draw, count) for count in (90, 25, 10)]
        folder = make_registry(tmp_path / str(seed), *feeds)
        numbers = np.array([draw.randrange(1, 90) for _ in range(9)])
        moments = np.array([draw.choice(DAYS) * DAY + draw.randrange(2) for _ in numbers])
        with Registry.open(folder) as registry:
            expected = registry.touched(numbers, moments)
        assert expected == found_by_sql(folder, numbers, moments)


def found_by_sql(folder: Path, numbers: NDArray[np.int64], moments: NDArray[np.int64]) -> pa.Table:
    """The same by ``touched.sql`` over the Parquet files of all segments."""
    reports = pa.table([range(len(numbers)), numbers, moments], schema=REPORT_SCHEMA)
    parts = [
        pq.read_table(folder / "segments" / f"{place:016x}" / "by_owner.parquet")
        for place in range(3)
    ]
    segments = np.repeat(range(3), [len(part) for part in parts])
    with DuckRunner(threads=1) as runner:
        runner.put("report", reports)
        runner.put("registry", pa.concat_tables(parts).append_column("segment", pa.array(segments)))
        runner.step("touched", step_text("touched"))
        found = runner.fetch("SELECT * EXCLUDE (segment) FROM touched")
    order = ("number", "registered_at", "owner_hi", "owner_lo", "carrier")
    return found.sort_by([(name, "ascending") for name in order]).cast(parts[0].schema)
