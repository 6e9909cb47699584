"""Writing a file so that what was there stays whole until the new one is."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from callguard.errors import CounterError


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A new file that takes the place of ``path`` when the block ends without an error.

    Until then it lies beside it, under the same name with ``.new``; only its owner may read it.
    Raises CounterError if it cannot be written, or if somebody else is writing it.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f"{target.name}.new")
    try:
        with os.fdopen(_claimed(beside), "wb") as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                beside.replace(target)
            except BaseException:
                with suppress(OSError):
                    beside.unlink()
                raise
        _sync_folder(target.parent)
    except OSError as error:
        raise CounterError(
            f"{target}: the counters could not be saved: {error.strerror or error}; "
            "make the folder writable and leave room in it"
        ) from error


def _claimed(beside: Path) -> int:
    """A descriptor of that file, emptied, which no other process or thread holds.

    One that a killed process left is taken over.
    """
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Its owner may have finished, and made it the target, before the lock was ours.
        if os.path.samestat(os.fstat(descriptor), beside.stat()):
            os.truncate(descriptor, 0)
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        os.close(descriptor)
        raise
    os.close(descriptor)
    raise CounterError(
        f"{beside}: another process is saving its counters there; give each its own file"
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
