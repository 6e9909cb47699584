"""A bounded memo for columns whose values repeat from call to call."""

from __future__ import annotations

from collections.abc import Callable

SIZE = 2048
LONGEST_KEPT = 256


def with_memo(
    look_up: Callable[[str], int], absent: int
) -> tuple[Callable[[str | None], int | None], Callable[[str], int]]:
    """(get, look up and remember) for a look-up whose values repeat from call to call.

    Callers choose the values, so the memo is bounded in entries and in their length: at worst it
    is emptied and filled again. It holds the ``absent`` mask under ``None``.
    """
    memo: dict[str | None, int] = {None: absent}

    def remember(value: str) -> int:
        mask = look_up(value)
        if len(value) <= LONGEST_KEPT:
            if len(memo) >= SIZE:
                memo.clear()
                memo[None] = absent
            memo[value] = mask
        return mask

    return memo.get, remember
