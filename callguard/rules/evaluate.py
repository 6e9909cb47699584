"""A test on one known value, to find at load what can never match.

Speed does not matter here; the compiled rules have their own ways.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache

from callguard.rules.predicates import (
    Compare,
    Contains,
    EndsWith,
    Equals,
    InNetwork,
    Matches,
    StartsWith,
    Test,
    Wildcard,
)
from callguard.rules.regular import compiled
from callguard.rules.wildcards import split

Value = str | int | float | bool


def passes(test: Test, value: Value) -> bool | None:
    """True or false if the test's answer on that value is certain, else None."""
    if isinstance(test, Compare):
        return isinstance(value, int | float) and compare(value, test)
    if isinstance(test, Equals) and not isinstance(value, str):
        return any(type(wanted) is not str and wanted == value for wanted in test.values)
    if not isinstance(value, str):
        return None
    if isinstance(test, Equals | StartsWith | EndsWith | Contains | Wildcard):
        return _text_passes(test, value)
    if isinstance(test, Matches):
        return any(compiled(pattern).search(value) is not None for pattern in test.values)
    if isinstance(test, InNetwork):
        return any(_in_network(value, network) for network in test.networks)
    return None


def compare(value: float, test: Compare) -> bool:
    """``value op number``."""
    answers = {
        "lt": value < test.number,
        "lte": value <= test.number,
        "gt": value > test.number,
        "gte": value >= test.number,
    }
    return answers[test.op]


def _text_passes(test: Equals | StartsWith | EndsWith | Contains | Wildcard, value: str) -> bool:
    text = value if test.cased else value.lower()
    ways: dict[type, Callable[[str], bool]] = {
        Equals: text.__eq__,
        StartsWith: text.startswith,
        EndsWith: text.endswith,
        Contains: text.__contains__,
        Wildcard: lambda pattern: _wildcard(pattern).fullmatch(text) is not None,
    }
    way = ways[type(test)]
    wanted = (part for part in test.values if isinstance(part, str))
    return any(way(part if test.cased else part.lower()) for part in wanted)


@lru_cache(maxsize=256)
def _wildcard(pattern: str) -> re.Pattern[str]:
    parts = [re.escape(part[0]) if isinstance(part, tuple) else part for part in split(pattern)]
    return re.compile("".join({"*": ".*", "?": "."}.get(part, part) for part in parts), re.DOTALL)


def _in_network(value: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(network)
    except ValueError:
        return False
