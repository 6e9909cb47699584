"""What a program says of a record, with the lists of the tests."""

from __future__ import annotations

from typing import Any

from callguard.engine.explain import RuleExplanation, explain
from callguard.engine.program import Program


def explained(program: Program, record: dict[str, Any]) -> list[RuleExplanation]:
    return explain(program, record)
