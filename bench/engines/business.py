"""business-rules: nested dicts of conditions over a class of variables, actions on a match.

Its string type knows neither negation nor lists nor compiled regular expressions; a subclass adds
them in the way that it offers, which is also faster than nesting ``any``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from business_rules.actions import BaseActions, rule_action
from business_rules.engine import run_all
from business_rules.fields import FIELD_TEXT
from business_rules.operators import StringType, type_operator
from business_rules.variables import BaseVariables, rule_variable

from bench.conditions import Condition, Fields, compiled
from bench.engines import Contender
from bench.rulegen import BenchRule


class _Value(StringType):  # type: ignore[misc]
    """Any value of a field; the operators below take their values ready to use."""

    def _assert_valid_value_and_cast(self, value: object) -> object:
        return value


def _operator(test: Callable[[Any, Any], bool]) -> Any:
    return type_operator(FIELD_TEXT, assert_type_for_arguments=False)(
        lambda self, values: test(self.value, values)
    )


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, wanted: value == wanted,
    "in": lambda value, wanted: value in wanted,
    "prefix": lambda value, prefixes: value.startswith(prefixes),
    "contains": lambda value, parts: any(part in value for part in parts),
    "range": lambda value, bounds: bounds[0] <= value < bounds[1],
    "re": lambda value, search: search(value) is not None,
}
_NEGATED: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, wanted: value != wanted,
    "in": lambda value, wanted: value not in wanted,
    "prefix": lambda value, prefixes: not value.startswith(prefixes),
    "contains": lambda value, parts: not any(part in value for part in parts),
    "range": lambda value, bounds: not bounds[0] <= value < bounds[1],
    "re": lambda value, search: search(value) is None,
}
for _name, _test in _TESTS.items():
    setattr(_Value, f"if_{_name}", _operator(_test))
    setattr(_Value, f"unless_{_name}", _operator(_NEGATED[_name]))


class _Actions(BaseActions):  # type: ignore[misc]
    def __init__(self) -> None:
        self.matched: list[int] = []

    @rule_action(params={"number": "numeric"})  # type: ignore[untyped-decorator]
    def hit(self, number: int) -> None:
        self.matched.append(number)


def build(rules: Sequence[BenchRule]) -> Contender:
    fields = {condition.field for rule in rules for condition in rule.conditions}
    variables = _variables(sorted(fields))
    loaded = [
        {
            "conditions": {"all": [_condition(item) for item in rule.conditions]},
            "actions": [{"name": "hit", "params": {"number": rule.number}}],
        }
        for rule in rules
    ]

    def run(given: Fields) -> list[int]:
        actions = _Actions()
        run_all(loaded, variables(given), actions)
        return actions.matched

    return Contender(run)


def _variables(fields: Sequence[str]) -> Callable[[Fields], Any]:
    """A class with one variable a field."""

    def start(self: Any, given: Fields) -> None:
        self.given = given

    def variable(name: str) -> Any:
        def read(self: Any) -> object:
            return self.given[name]

        read.__name__ = name
        return rule_variable(_Value)(read)

    methods = {name: variable(name) for name in fields}
    return type("Variables", (BaseVariables,), {"__init__": start, **methods})


def _condition(condition: Condition) -> dict[str, object]:
    value: object = condition.values
    if condition.op == "is":
        value = condition.values[0]
    elif condition.op == "re":
        value = compiled(str(condition.values[0])).search
    prefix = "unless" if condition.negated else "if"
    return {"name": condition.field, "operator": f"{prefix}_{condition.op}", "value": value}
