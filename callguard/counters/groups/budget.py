"""How much a store may keep, and who has to forget when it is full."""

from __future__ import annotations

from typing import Final, Protocol

# A budget is handed out in pieces, so that it need not be counted at every step.
_PIECE: Final = 64


class Budgeted(Protocol):
    """What keeps groups out of a budget."""

    held: int  # how much it keeps
    quota: int  # how much it may keep without asking again

    def shrink(self) -> bool:
        """Keep less; False if there is nothing left to forget."""
        ...


class Budget:
    """``limit`` groups with one event each, shared by all tables; busier groups cost more."""

    __slots__ = ("limit", "tables")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.tables: list[Budgeted] = []

    def grant(self, table: Budgeted) -> None:
        """Raise the table's quota above what it holds; if need be, the largest one forgets some.

        Nobody forgets anything while something is left that another was granted and has not used.
        """
        if self._left() <= 0:
            for other in self.tables:
                other.quota = other.held
            while self._left() <= 0:
                largest = max(self.tables, key=_held)
                if not largest.shrink():
                    break
                largest.quota = largest.held
        table.quota = table.held + max(1, min(_PIECE, self._left()))

    def _left(self) -> int:
        return self.limit - sum([max(table.held, table.quota) for table in self.tables])


def _held(table: Budgeted) -> int:
    return table.held
