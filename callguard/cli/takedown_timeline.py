"""Registrations drawn as lines of block characters over a span of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HELD: Final = "█"
WINDOW: Final = "░"
ELSE: Final = "·"
INCIDENT: Final = "▼"
LEGEND: Final = f"{HELD} registered   {WINDOW} window   {INCIDENT} asked about"


@dataclass(frozen=True, slots=True)
class Timeline:
    """A span of ``width`` cells from ``start`` to ``end``; all times in seconds since 1970.

    The window, from its first second to the one after its last, is marked where nothing else is.
    """

    start: int
    end: int
    window: tuple[int, int]
    width: int

    def line(self, registered_at: int, ends_at: int) -> str:
        """One registration, half-open; however short, it has a cell if it is in the span."""
        return "".join(
            HELD
            if self._meets(cell, registered_at, max(ends_at, registered_at + 1))
            else self._ground(cell)
            for cell in range(self.width)
        )

    def axis(self, at: int) -> str:
        """The window and, on it, the moment that is asked about."""
        return "".join(
            INCIDENT if self._meets(cell, at, at + 1) else self._ground(cell)
            for cell in range(self.width)
        )

    def _ground(self, cell: int) -> str:
        return WINDOW if self._meets(cell, *self.window) else ELSE

    def _meets(self, cell: int, start: int, end: int) -> bool:
        """Whether a half-open interval has a second in common with a cell."""
        whole = max(self.end - self.start, self.width)
        # Whole numbers: a bound that falls between two cells must fall there on every machine.
        first = (start - self.start) * self.width
        last = (end - self.start) * self.width
        return first < (cell + 1) * whole and last > cell * whole
