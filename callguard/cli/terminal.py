"""Writing for people and for programs."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Final

import orjson

from callguard.characters import printable
from callguard.cli import tables

_CLEAR: Final = "\r\x1b[2K"
_DELETE: Final = b"\x7f"


def note(text: str) -> None:
    """Anything but results: standard error."""
    print(printable(text), file=sys.stderr)  # noqa: T201 - the one place that writes notes


def complain(reason: object) -> None:
    """Why the command ends without having done its work."""
    # Not splitlines: a U+2028 that a caller sent must not begin a line of ours.
    for line in str(reason).rstrip("\n").split("\n") if str(reason) else [type(reason).__name__]:
        note(f"callguard: {line}")


def say(text: str) -> None:
    """One line of result for a person: standard output."""
    print(printable(text))  # noqa: T201 - the one place that writes results for people


def say_json(value: object) -> None:
    """A whole result as one indented JSON document on standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(as_json(value, indent=True) + b"\n")
    sys.stdout.buffer.flush()


def write_line(stream: IO[bytes], value: object) -> None:
    """One result as one line of JSON."""
    stream.write(as_json(value) + b"\n")


def as_json(value: object, *, indent: bool = False) -> bytes:
    """UTF-8 JSON that steers no terminal: what is not printed comes with escapes.

    That is the same JSON. So does text with lone surrogates, which UTF-8 cannot hold.
    """
    try:
        data = orjson.dumps(value, option=orjson.OPT_INDENT_2 if indent else None)
    except orjson.JSONEncodeError:
        return json.dumps(value, indent=2 if indent else None, allow_nan=False).encode()
    if data.isascii() and _DELETE not in data:
        return data
    # JSON itself has escapes for control characters up to U+001F only.
    return "".join(map(_as_printed, data.decode())).encode()


def _as_printed(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    # A character beyond 16 bits is two escapes.
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for a person; lines of tab-separated cells when no terminal reads them."""
    cells = [[printable(str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in (list(columns), *cells):
            say("\t".join(row))
        return
    for line in tables.drawn(columns, cells, shutil.get_terminal_size().columns):
        say(line)


def count(things: Sequence[object], name: str) -> str:
    """``1 fault``, ``2 faults``, ``1,200 faults``."""
    return f"{len(things):,} {name}" + ("" if len(things) == 1 else "s")


class StatusLine:
    """One line at the bottom of standard error, which is a terminal: how far the work is."""

    def __init__(self) -> None:
        self._steers = os.environ.get("TERM", "dumb") != "dumb"
        self._shown = False

    def show(self, text: str) -> None:
        """Draw it in the place of what was drawn before, as much as fits."""
        self._write(_CLEAR + tables.cut(text, shutil.get_terminal_size().columns - 1))
        self._shown = True

    def clear(self) -> None:
        """Leave the line empty."""
        if self._shown:
            self._write(_CLEAR)
            self._shown = False

    def _write(self, text: str) -> None:
        if self._steers:
            sys.stderr.write(text)
            sys.stderr.flush()
