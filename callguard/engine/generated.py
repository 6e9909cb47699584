"""Run generated source so that tracebacks, debuggers and profilers can show its lines."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any
from weakref import finalize

_NUMBERS = count(1)


def run_source(source: str, title: str, names: dict[str, Any], functions: Sequence[str]) -> None:
    """Define these ``functions`` in ``names`` by running ``source``.

    The source can be looked up (:mod:`linecache`) under a file name with the ``title`` and a
    number of its own, for as long as one of the functions lives.
    """
    filename = f"<callguard {title} {next(_NUMBERS)}>"
    exec(compile(source, filename, "exec"), names)  # noqa: S102  the source is made by callguard
    # Without a time of last change, an entry is never checked against a file.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    for function in functions:
        _forget_with(names[function], filename)


def _forget_with(function: Callable[..., Any], filename: str) -> None:
    # Functions of one source share its names, and so live and die together.
    finalize(function, linecache.cache.pop, filename, None).atexit = False
