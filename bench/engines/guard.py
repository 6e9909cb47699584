"""callguard itself: YAML rules, raw records, whole verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.engines import Contender
from bench.rulegen import BenchRule
from bench.sigma import write_rules
from callguard import Guard, Verdict


def build(rules: Sequence[BenchRule]) -> Contender:
    with TemporaryDirectory(prefix="callguard-bench-") as folder:
        guard = Guard.load(write_rules(rules, Path(folder, "rules.yaml")))
    return Contender(guard.score, _matched)


def _matched(verdict: Verdict) -> list[int]:
    assert verdict.degraded == []
    return [int(name.removeprefix("bench-")) for name in verdict.rules]
