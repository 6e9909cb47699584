"""Structured logs: one JSON object a line, or plain lines for a person."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, Protocol, TextIO

import structlog

from callguard.characters import printable
from callguard.servers import OnChange, State


class Log(Protocol):
    """What events are logged to: their names are constant, everything else is in fields."""

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
    """Logs when the counters on a server go away and when they are back, and no retry between.

    To be given to ``open_counters``.
    """
    away: dict[str, bool] = {}

    def changed(name: str, state: State, error: str) -> None:
        if state == "open" and not away.get(name):
            away[name] = True
            log.warning("counters_away", place=name, error=error)
        elif state == "closed" and away.pop(name, False):
            log.info("counters_back", place=name)

    return changed


@contextmanager
def library_faults(log: Log) -> Iterator[None]:
    """While the block runs, what callguard itself logs as an error goes to ``log``.

    The event ``internal_fault`` has the error's type and where it was raised, not its text, which
    may hold data of callers.
    """
    logger, handler = logging.getLogger("callguard"), _Forwarder(log)
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated


class _Forwarder(logging.Handler):
    """Hands what a library logged on to a log of events."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.ERROR)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        kind, _, trace = record.exc_info or (None, None, None)
        self._log.error(
            "internal_fault",
            logger=record.name,
            message=record.getMessage(),
            error=kind.__name__ if kind else "",
            frames=[
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(trace)
            ],
        )


def _log(renderer: Callable[..., str], lines: _Lines) -> Log:
    # Not through structlog.configure: a program that embeds callguard has settings of its own.
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
        f"{name}={printable(str(value))}"
        for name, value in fields.items()
        if name not in ("event", "level", "timestamp")
    )
    return f"{fields['level']}: {fields['event']} {facts}".rstrip()
