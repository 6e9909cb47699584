"""cel-expr-python: CEL in C++, 250 rules to an expression that yields a list of truth values.

One expression a rule costs seven times as much; longer expressions are refused by its limits.
"""

from __future__ import annotations

from collections.abc import Sequence

from cel_expr_python import cel

from bench.conditions import Fields
from bench.engines import Contender
from bench.engines.cel_text import rule_expression
from bench.rulegen import BenchRule

_TOGETHER = 250
_TYPES = {str: cel.Type.STRING, int: cel.Type.INT, bool: cel.Type.BOOL}


def build(rules: Sequence[BenchRule]) -> Contender:
    names = {item.field: type(item.values[0]) for rule in rules for item in rule.conditions}
    environment = cel.NewEnv(variables={name: _TYPES[kind] for name, kind in names.items()})
    programs = [
        environment.compile(
            f"[{', '.join(map(rule_expression, rules[start : start + _TOGETHER]))}]"
        )
        for start in range(0, len(rules), _TOGETHER)
    ]

    def run(fields: Fields) -> list[int]:
        activation = environment.Activation({name: fields[name] for name in names})
        return [
            chunk * _TOGETHER + place
            for chunk, program in enumerate(programs)
            for place, hit in enumerate(program.eval(activation).plain_value())
            if hit
        ]

    return Contender(run)
