"""A bounded memo for columns whose values repeat from call to call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callguard.engine.column import Column

SIZE = 2048
LONGEST_KEPT = 256


def with_memo(column: Column) -> tuple[Callable[[Any], int | None], Callable[[str], int]]:
    """(get, look up and remember) for a column whose values repeat from call to call.

    Callers choose the values, so the memo is bounded in entries and in their length: at worst it
    is emptied and filled again. It holds the absent mask under ``None``.
    """
    memo: dict[str | None, int] = {None: column.absent}
    look_up, absent = column.look_up, column.absent

    def remember(value: str) -> int:
        mask = look_up(value)
        if len(value) <= LONGEST_KEPT:
            if len(memo) >= SIZE:
                memo.clear()
                memo[None] = absent
            memo[value] = mask
        return mask

    return memo.get, remember
