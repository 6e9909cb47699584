"""Files that are whole or absent, whenever the machine stops."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import orjson

from callguard.errors import TakedownError

_CHUNK: Final = 1 << 20


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put ``data`` at ``path``: after a crash the old content stands there or the new, never less.

    Raises OSError that names ``path``; the old content is then still there.
    """
    with named(path), appearing(path, mode) as stream:
        stream.write(data)


@contextmanager
def appearing(path: Path, mode: int = 0o644) -> Iterator[IO[bytes]]:
    """A file to write into, which stands at ``path`` once the block ends well, and not before.

    Raises OSError as the system gives it; the old content is then still there.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Have an OSError name the file: a full disk tells of itself without saying which."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


def sync_folder(folder: Path) -> None:
    """Have the names in a folder reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def canonical(value: Any) -> bytes:
    """JSON of one form only: keys in order, no spaces, a line end. For digests and comparisons."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def json_lines(rows: Iterable[Any]) -> bytes:
    """One JSON object a line, keys in the order in which they were set."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against other processes that change it; the kernel lets go if we die.

    Raises TakedownError at once if somebody else holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TakedownError(
                f"{folder}: another process is changing it; wait until that one is done"
            ) from None
        yield
    finally:
        os.close(descriptor)
