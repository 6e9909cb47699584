"""common-expression-language: CEL in Rust, one compiled program a rule, one context a record."""

from __future__ import annotations

from collections.abc import Sequence

import cel

from bench.conditions import Fields
from bench.engines import Contender
from bench.engines.cel_text import rule_expression
from bench.rulegen import BenchRule


def build(rules: Sequence[BenchRule]) -> Contender:
    programs = [cel.compile(rule_expression(rule)) for rule in rules]

    def run(fields: Fields) -> list[int]:
        context = cel.Context(dict(fields))
        return [number for number, program in enumerate(programs) if program.execute(context)]

    return Contender(run)
