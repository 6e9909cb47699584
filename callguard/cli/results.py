"""Where the results of a long run go."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def results(output: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name only once it is complete.

    Until the block ends without an error, the bytes stand in ``.NAME.PID.part`` beside it, and an
    error removes them: a file under the wanted name is never half written, and an older one stays
    until the new one is whole. What is no regular file (a pipe, a device) is written directly.

    Raises :class:`OSError`.
    """
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = output.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield stream
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as stream:
            yield stream
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
