"""A bounded memo in front of a column."""

from __future__ import annotations

import pytest

from callguard.engine.columns import (
    LONGEST_TEXT,
    Lists,
    Scanners,
    build_columns,
    look_up_of,
)
from callguard.engine.columns.memo import LONGEST_KEPT, SIZE, with_memo
from callguard.rules.predicates import Absent, Equals, Literal, StartsWith

TESTS = [
    Literal("user_agent", StartsWith(("agent-1",))),
    Literal("user_agent", Absent()),
    Literal("user_agent", Equals(("agent-7",)), negated=True),
]
(COLUMN,) = build_columns({"user_agent": list(enumerate(TESTS))}, 0b111)
LOOK_UP = look_up_of(COLUMN, Lists(), Scanners())


def test_a_memo_knows_the_absent_mask_from_the_start() -> None:
    get, _ = with_memo(LOOK_UP, COLUMN.absent)
    assert (COLUMN.absent, None) == (get(None), get("agent-1"))


def test_a_memo_answers_what_the_column_does_however_many_values_it_has_seen() -> None:
    get, remember = with_memo(LOOK_UP, COLUMN.absent)
    for number in range(10_000):
        value = f"agent-{number}"
        expected = LOOK_UP(value)
        assert (expected, expected, COLUMN.absent) == (remember(value), get(value), get(None))


def test_a_memo_keeps_a_bounded_number_of_values() -> None:
    get, remember = with_memo(LOOK_UP, COLUMN.absent)
    for number in range(10_000):
        remember(f"agent-{number}")
    kept = [number for number in range(10_000) if get(f"agent-{number}") is not None]
    assert 0 < len(kept) <= SIZE


def test_a_memo_keeps_no_long_value() -> None:
    get, remember = with_memo(LOOK_UP, COLUMN.absent)
    for value in ("agent-1" + "x" * (LONGEST_KEPT - 7), "agent-1" + "x" * (LONGEST_KEPT - 6)):
        assert LOOK_UP(value) == remember(value)
    kept = get("agent-1" + "x" * (LONGEST_KEPT - 7)), get("agent-1" + "x" * (LONGEST_KEPT - 6))
    assert (LOOK_UP("agent-1"), None) == kept


def test_a_memo_refuses_what_the_column_refuses() -> None:
    _, remember = with_memo(LOOK_UP, COLUMN.absent)
    with pytest.raises(ValueError, match=r"\Auser_agent: "):
        remember("x" * (LONGEST_TEXT + 1))
