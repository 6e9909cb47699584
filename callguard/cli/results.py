"""Where the results of a long run go."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from callguard.files import whole_file


@contextmanager
def results(output: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that has its name only once it is complete.

    Until the block ends without an error, the bytes are in ``.NAME.partial`` beside it, and an
    error removes them: a file under the wanted name is never half written, and an older one stays
    until the new one is whole. What is not a regular file (a pipe, a device) is written directly.

    Raises :class:`OSError`; BlockingIOError if another process is writing the same file.
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
    with whole_file(target, 0o666, alone=True) as stream:
        yield stream
