"""What public regular expressions on one field cost on hostile texts of 4,096 characters.

A rule for each expression; those that are off for their cost are left out, as when loading.
Time is that of the thread, on texts that it has not seen: machines in use give the same.
"""

from __future__ import annotations

from functools import cache
from random import Random
from statistics import median
from time import thread_time_ns
from typing import TYPE_CHECKING

import pytest
import re2

from bench.hostile import expressions_file, hostile_texts, public_expressions
from bench.report import AT_MOST, Finding, Report
from bench.scene import SMOKE
from bench.stopwatch import rounds
from callguard.engine.budget import budget_of
from callguard.engine.columns.expressions import Search
from callguard.rules.predicates import Literal, Matches
from tests.made.parts import rule

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_TURNS = 1 if SMOKE else 5
_MOST_MS = 5
_TITLE = "Expressions on hostile texts of 4,096 characters"
_HEAD = (
    "| expressions | in use | steps | worst ms | on | median ms | worst seen before |",
    "|--:|--:|--:|--:|---|--:|--:|",
)
# Twenty like those that people write against fraud.
GAPS = [
    f"(?i){one}.{{0,40}}{other}"
    for one in ("win", "claim", "urgent", "account", "verify")
    for other in ("prize", "reward", "suspend", "police")
]
# Their automatons are small, and each of their states has hundreds of positions.
NESTED = [
    f"((a{{1,{most}}}[bx{char}]?){{1,20}}{char}){{1,5}}"
    for most, char in enumerate("cdefghijklmn", 1)
]


@cache
def _some(number: int) -> tuple[str, ...]:
    path = expressions_file()
    if path is None:
        pytest.skip("no public-expressions: see CONTRIBUTING")
    every = public_expressions(path)
    return tuple(Random(number).sample(every, number) if number else every)


@pytest.mark.parametrize("number", [12, 20, 50, 200, 604, 0])
def test_hostile_texts(benchmark: BenchmarkFixture, report: Report, number: int) -> None:
    if SMOKE and number not in (12, 20, 50):
        pytest.skip("takes a minute")
    made = {len(one): one for one in (GAPS, NESTED)}
    some = made[number] if number in made else _some(number)
    rules = [rule(one, [(Literal("text", Matches((one,))),)]) for one in dict.fromkeys(some)]
    budget = budget_of(rules)
    kept = [one.name for one in rules if one.name not in budget.left_out]
    search = Search([(one, at) for at, one in enumerate(kept)])
    alone = [re2.compile(one) for one in kept]
    spent: list[tuple[float, str]] = []
    again: list[float] = []
    for turn in range(_TURNS):
        for name, text in hostile_texts(kept, Random(1000 * number + turn)):
            start = thread_time_ns()
            found = search(text)
            spent.append(((thread_time_ns() - start) / 1e6, name))
            start = thread_time_ns()
            search(text)
            again.append((thread_time_ns() - start) / 1e6)
            if turn == 0:
                assert [at for at, one in enumerate(alone) if one.search(text)] == sorted(
                    set(found)
                )
    rounds(benchmark, search, lambda: "x", 1)
    if benchmark.disabled:
        return
    worst, name = max(spent)
    report.notes.setdefault(_TITLE, list(_HEAD)).append(
        f"| {len(rules):,} | {len(kept):,} | {budget.steps['setup']:,} | {worst:.2f} | {name} "
        f"| {median(ms for ms, _ in spent):.2f} | {max(again):.2f} |"
    )
    report.findings.append(
        Finding(f"worst ms of {len(kept)} expressions in use", AT_MOST, _MOST_MS, worst)
    )
