"""What it costs when every record brings strings that nobody has seen.

Callers choose display name, user agent and more. ``text attack``: those and the trunk group are
new in every record, half of them around a word that rules look for; ``full attack``: every string
but the event is, though the choice fields then hold words that no rule can ask for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.recordgen import Profile
from bench.report import AT_MOST, Finding, Report
from bench.rulegen import FAMILIES, Family
from bench.scene import SIZES, scene
from bench.stopwatch import duel, rounds

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_CHUNK = 1_000


@pytest.mark.parametrize("profile", ["text attack", "full attack"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("family", FAMILIES)
def test_new_strings_against_warm_ones(
    benchmark: BenchmarkFixture, report: Report, family: Family, size: int, profile: Profile
) -> None:
    there = scene(family, size)
    run = there.guard.run
    records = there.records(min(400, max(20, 200_000 // size)), profile)
    for expected, record in zip(there.answers(records), records, strict=True):
        # A word outside a choice field's list makes the verdict degraded; the rules still hold.
        actual = [int(name.removeprefix("bench-")) for name in run(record).rules]
        assert expected == actual
    if benchmark.disabled:
        rounds(benchmark, run, lambda: there.records(1, profile)[0])
        return
    benchmark.group = "new strings against warm ones"
    times = duel(
        benchmark,
        (run, lambda: there.records(_CHUNK, profile)),
        (run, lambda: there.records(_CHUNK)),
    )
    what = f"{profile} over warm, {size:,} rules, {family}"
    report.findings.append(Finding(what, AT_MOST, 3, times))
