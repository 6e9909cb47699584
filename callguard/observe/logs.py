"""Structured logs: one JSON object a line, or plain lines for a person."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Protocol, TextIO

import structlog

from callguard.servers import OnChange, State


class Log(Protocol):
    """What a worker writes to: constant names of events, everything else in fields."""

    def info(self, event: str, **fields: Any) -> Any: ...

    def warning(self, event: str, **fields: Any) -> Any: ...

    def error(self, event: str, **fields: Any) -> Any: ...


def json_log(stream: TextIO | None = None) -> Log:
    """JSON lines with ``timestamp`` (RFC 3339, UTC), ``level`` and ``event``, on standard error."""
    return _log(_json, _Lines(stream or sys.stderr))


def plain_log(show: Callable[[str], object]) -> Log:
    """Lines for a person, each given to ``show``."""
    return _log(_plain, _Lines(show=show))


def counters_log(log: Log) -> OnChange:
    """Logs when counters of a place go away and when they are back; what lies between is left out.

    To be given to ``open_counters``.
    """
    away: dict[str, bool] = {}

    def changed(place: str, state: State, error: str) -> None:
        if state == "open" and not away.get(place):
            away[place] = True
            log.warning("counters_away", place=place, error=error)
        elif state == "closed" and away.pop(place, False):
            log.info("counters_back", place=place)

    return changed


def _log(renderer: Callable[..., str], lines: _Lines) -> Log:
    # Not through structlog.configure: a program that embeds a worker has settings of its own.
    log: Log = structlog.wrap_logger(
        lines,
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    return log


class _Lines:
    """Where finished lines go. A log that cannot be written must not end the work."""

    def __init__(
        self, stream: TextIO | None = None, show: Callable[[str], object] | None = None
    ) -> None:
        self._stream = stream
        self._show = show

    def _write(self, line: str) -> None:
        try:
            if self._show is not None:
                self._show(line)
            elif self._stream is not None:
                self._stream.write(line + "\n")
                self._stream.flush()
        except (OSError, ValueError):
            self._stream = None

    msg = debug = info = warning = error = critical = exception = _write


def _json(_: object, __: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event, default=str)


def _plain(_: object, __: str, event: MutableMapping[str, Any]) -> str:
    fields: Mapping[str, Any] = event
    facts = " ".join(
        f"{name}={value}"
        for name, value in fields.items()
        if name not in ("event", "level", "timestamp")
    )
    return f"{fields['level']}: {fields['event']} {facts}".rstrip()
