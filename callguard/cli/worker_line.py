"""One line on a terminal that says what a worker is doing, and notes above it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

from callguard.cli import terminal

if TYPE_CHECKING:
    from callguard.integrations.redis_stream import Backlog, Tally

REFRESH_S = 0.2
# Rates are taken over about this long.
RATE_S = 2.0
_CLEAR = "\r\x1b[2K"


class Line:
    """Drawn on standard error, which is a terminal, until it is closed."""

    def __init__(self) -> None:
        self._steers = os.environ.get("TERM", "dumb") != "dumb"
        self._text = ""
        self._next_draw = 0.0
        self._rate = 0.0
        self._counted = (time.monotonic(), 0)

    def close(self) -> None:
        """Take the line away."""
        self._write(_CLEAR)
        self._text = ""

    def show(self, tally: Tally, backlog: Backlog | None) -> None:
        """Draw how far the worker is, unless that was done a moment ago."""
        now = time.monotonic()
        if now < self._next_draw:
            return
        self._next_draw = now + REFRESH_S
        since, records = self._counted
        if now - since >= RATE_S:
            self._rate = (tally.records - records) / (now - since)
            self._counted = (now, tally.records)
        self._text = _text(tally, backlog, self._rate)
        self._draw()

    def note(self, text: str) -> None:
        """Something to remember, above the line."""
        self._write(_CLEAR)
        terminal.note(text)
        self._draw()

    def _draw(self) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._write(_CLEAR + self._text[:width])

    def _write(self, text: str) -> None:
        if self._steers:
            sys.stderr.write(text)
            sys.stderr.flush()


def _text(tally: Tally, backlog: Backlog | None, rate: float) -> str:
    parts = [f"{tally.records:,} records", f"{rate:,.0f}/s"]
    parts += [f"{action} {number:,}" for action, number in sorted(tally.actions.items())]
    for name, number in (("unreadable", tally.unreadable), ("given up", tally.dead)):
        if number:
            parts.append(f"{name} {number:,}")
    if backlog is not None:
        lag = "?" if backlog.lag is None else f"{backlog.lag:,}"
        parts += [f"lag {lag}", f"pending {backlog.pending:,}"]
    return ", ".join(parts)
