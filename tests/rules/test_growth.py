"""Values written in a rule: the work of loading grows as their number does, not as its square.

Work is counted, not timed: calls of functions, and how often each value is hashed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callguard import Guard
from callguard.rules.predicates import (
    Contains,
    EndsWith,
    Equals,
    InNetwork,
    Literal,
    Matches,
    StartsWith,
    Wildcard,
)
from callguard.rules.selections import _grouped

# Key -> the value number i.
KINDS: dict[str, Callable[[int], str]] = {
    "calling.e164": lambda i: f"'+86138{i:08d}'",
    "calling.e164|startswith": lambda i: f"'+8613{i:06d}'",
    "calling.e164|endswith": lambda i: f"'{i:06d}'",
    "calling.e164|neq": lambda i: f"'+86138{i:08d}'",
    "calling.country": lambda i: ("CN", "'*N'", "'C?'", "HK")[i % 4],
    "display_name|cased": lambda i: f"'x{i}'",
    "display_name|contains": lambda i: f"'x{i}'",
    "display_name|startswith": lambda i: f"'{'a' * (i % 100)}b{i}'",
    "display_name": lambda i: (f"'x{i}*'", f"'*x{i}'", f"'*{i}*x'", f"'*{i}*'", f"'{i}'")[i % 5],
    "text|re": lambda i: f"'x{i}y'",
    "source_ip|cidr": lambda i: f"'10.{i // 256}.{i % 256}.0/24'",
    "duration_s": lambda i: f"{i}.5",
    "duration_s|gt": lambda i: f"{i}.5",
    "duration_s|lte|neq": lambda i: f"{i}",
    "text|expand": lambda i: f"'x{i}'",
    "text|fieldref": lambda i: ("display_name", "user_agent")[i % 2],
}


def _file(path: Path, key: str, count: int, rules: int = 1) -> Path:
    values = "".join(f"      - {KINDS[key](number)}\n" for number in range(count))
    path.write_text(
        "---\n".join(
            f"title: t\nid: 0f4f0d3e-0000-4000-8000-{rule:012d}\nname: r{rule}\n"
            "status: experimental\nlogsource: {product: telecom, category: call_setup}\n"
            f"detection:\n  sel:\n    {key}:\n{values}  condition: sel\n"
            for rule in range(rules)
        ),
        encoding="utf-8",
    )
    return path


def _calls(path: Path) -> int:
    """Calls of functions, those written in C too, while the file is loaded."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        Guard.load(path)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("key", KINDS)
def test_twice_the_values_are_twice_the_work(key: str, tmp_path: Path) -> None:
    files = [_file(tmp_path / f"{size}.yaml", key, size) for size in (10, 300, 600, 1200)]
    for path in files[:2]:  # what is done once a process is not counted
        Guard.load(path)
    once, twice = map(_calls, files[2:])
    assert twice < 3 * once


@pytest.mark.parametrize("key", ["calling.e164", "display_name|contains", "source_ip|cidr"])
def test_one_list_in_many_rules_is_as_long_as_all_of_them(key: str, tmp_path: Path) -> None:
    files = [_file(tmp_path / f"{rules}.yaml", key, 100, rules) for rules in (1, 5, 10, 20)]
    Guard.load(files[0])
    once, twice = map(_calls, files[2:])
    assert twice < 3 * once


class _Value(str):
    """A text that counts how often it is looked at."""

    seen = 0
    __slots__ = ()

    def __hash__(self) -> int:
        _Value.seen += 1
        return super().__hash__()

    __eq__ = str.__eq__


@pytest.mark.parametrize(
    "test", [Equals, StartsWith, EndsWith, Contains, Wildcard, Matches, InNetwork]
)
def test_each_value_is_looked_at_a_few_times_only(test: Any) -> None:
    literals = [Literal("text", test((_Value(f"x{number % 900}"),))) for number in range(1000)]
    _Value.seen = 0
    [merged] = _grouped(literals)
    assert tuple(f"x{number}" for number in range(900)) == next(
        getattr(merged.test, name) for name in ("values", "networks") if hasattr(merged.test, name)
    )
    assert _Value.seen <= 3 * len(literals)
