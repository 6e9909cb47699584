"""The contenders, one module each, every one in the fastest form that its interface offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bench.rulegen import BenchRule


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine with rules loaded.

    ``run`` is what is timed: it takes ready-made fields (callguard: the raw record) and gives the
    engine's answer; ``matched`` reads the numbers of the matched rules off that answer, untimed.
    Only where the answer does not name the rules does ``run`` include finding them.
    """

    run: Callable[[Any], Any]
    matched: Callable[[Any], list[int]] = list


# Row of the table -> (module, function, package on PyPI or "").
CONTENDERS = {
    "callguard": ("guard", "build", ""),
    "if/else": ("straight", "build", ""),
    "if/else, slices shared": ("straight", "build_sliced", ""),
    "datalogic-py": ("datalogic", "build", "datalogic-py"),
    "datalogic-py, merged": ("datalogic", "build_merged", "datalogic-py"),
    "zen-engine": ("zen_list", "build", "zen-engine"),
    "cel-expr-python": ("cel_cpp", "build", "cel-expr-python"),
    "common-expression-language": ("cel_rust", "build", "common-expression-language"),
    "rule-engine": ("rule_lang", "build", "rule-engine"),
    "business-rules": ("business", "build", "business-rules"),
    "json-logic-qubit": ("jsonlogic", "build", "json-logic-qubit"),
}
HAND_WRITTEN = ("if/else", "if/else, slices shared")
ENGINES = tuple(name for name, (_, _, package) in CONTENDERS.items() if package)


def build(name: str, rules: Sequence[BenchRule]) -> Contender:
    """The contender of that row with these rules loaded. Raises ImportError without its package."""
    module, function, _ = CONTENDERS[name]
    made: Contender = getattr(import_module(f"bench.engines.{module}"), function)(rules)
    return made
