"""datalogic-py: JsonLogic in Rust, compiled once, evaluated in a session.

Twice: each rule compiled on its own and all run by ``evaluate_many``, which its documentation
gives for many rules over one payload; and all rules merged into one expression that yields the
numbers of those that match, which is faster up to some thousand rules. It has no regular
expressions: they are added as a Python operator, in the way that it offers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from datalogic_py import DataHandle, Engine

from bench.conditions import Fields, compiled
from bench.engines import Contender
from bench.engines.jsonlogic import rule_logic
from bench.rulegen import BenchRule


def build(rules: Sequence[BenchRule]) -> Contender:
    engine = Engine(custom_operators={"search": _search})
    session = engine.session()
    programs = [engine.compile(rule_logic(rule)) for rule in rules]

    def run(fields: Fields) -> list[int]:
        answers = session.evaluate_many(programs, DataHandle(fields))
        return [number for number, answer in enumerate(answers) if answer == "true"]

    return Contender(run)


def build_merged(rules: Sequence[BenchRule]) -> Contender:
    engine = Engine(custom_operators={"search": _search})
    session = engine.session()
    program = engine.compile(
        {"merge": [{"if": [rule_logic(rule), rule.number, []]} for rule in rules]}
    )
    return Contender(lambda fields: session.evaluate(program, fields))


def _search(arguments: str) -> str:
    text, pattern = json.loads(arguments)
    return "false" if compiled(pattern).search(text) is None else "true"
