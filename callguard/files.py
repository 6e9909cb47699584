"""Files and folders that are whole or absent, whenever the machine stops."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from callguard.errors import CallguardError

_CHUNK: Final = 1 << 20


class WholeFile:
    """A file that has its name only once :meth:`finish` was called.

    Until then the bytes are in ``.NAME.partial`` beside it, locked by its writer. One that a
    killed process left is taken over. After a crash the old file is there or the new one. A
    symbolic link stays a link: the file that it names is written.
    """

    def __init__(
        self, path: str | os.PathLike[str], mode: int = 0o644, *, alone: bool = False
    ) -> None:
        """Open it. ``mode`` is of a new file; the umask is taken off.

        If somebody else is writing the same file this waits; ``alone`` raises BlockingIOError
        instead. Raises OSError.
        """
        self._target = Path(os.path.realpath(path))
        self._partial = self._target.with_name(f".{self._target.name}.partial")
        with named(self._target):
            self.stream: IO[bytes] = os.fdopen(_claimed(self._partial, mode, alone), "wb")

    def finish(self, *, replace: bool = True) -> None:
        """Give the file its name, with every byte on the disk.

        Without ``replace`` a file that is there already stays: raises FileExistsError. Raises
        OSError; nothing has changed then.
        """
        self.stream.flush()
        os.fsync(self.stream.fileno())
        if replace:
            self._partial.replace(self._target)
        else:
            self._target.hardlink_to(self._partial)
            self._partial.unlink()
        # Until here the lock is held: it goes with the descriptor.
        self.stream.close()
        sync_folder(self._target.parent)

    def abandon(self) -> None:
        """Remove what was written; nothing happens after :meth:`finish`."""
        if self.stream.closed:
            return
        # What failed first is the error to report, not that closing a file on a full disk fails.
        with suppress(OSError):
            self._partial.unlink()
        with suppress(OSError):
            self.stream.close()


@contextmanager
def whole_file(
    path: str | os.PathLike[str],
    mode: int = 0o644,
    *,
    alone: bool = False,
    replace: bool = True,
) -> Iterator[IO[bytes]]:
    """A :class:`WholeFile` to write into, finished if the block ends without an error.

    Raises OSError as the system gives it; the old file is then as it was.
    """
    file = WholeFile(path, mode, alone=alone)
    try:
        yield file.stream
        file.finish(replace=replace)
    finally:
        file.abandon()


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put ``data`` at ``path``: after a crash the old content is there or the new, never less.

    Raises OSError that names ``path``; the old content is then still there.
    """
    with named(path), whole_file(path, mode) as stream:
        stream.write(data)


@contextmanager
def whole_folder(path: Path, may_stay: Callable[[], bool] | None = None) -> Iterator[Path]:
    """A new folder to fill, which takes the name ``path`` if the block ends without an error.

    Until then it is ``.partial-NAME`` beside it; what a killed process left there is removed. Who
    writes files into it syncs them. A folder that is at ``path`` already is replaced, or stays if
    ``may_stay`` says so, which is asked at the end. Raises OSError.
    """
    partial = path.with_name(f".partial-{path.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        sync_folder(partial)
        if path.exists() and may_stay is not None and may_stay():
            shutil.rmtree(partial)
        else:
            if path.exists():
                shutil.rmtree(path)
            partial.rename(path)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    sync_folder(path.parent)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Have an OSError name the file: that of a full disk does not say which."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


@contextmanager
def locked(folder: Path, error: type[CallguardError]) -> Iterator[None]:
    """Hold a folder against other processes that change it; the kernel lets go if we die.

    Raises ``error`` at once if another process holds it, and OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise error(
                f"{folder}: another process is changing it; wait until that one is done"
            ) from None
        yield
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder reach the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hex. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _claimed(partial: Path, mode: int, alone: bool) -> int:
    """A descriptor of that file, emptied, which no other process or thread holds."""
    while True:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode)
        try:
            if _locked_at(descriptor, partial, alone):
                os.truncate(descriptor, 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if alone:
            raise BlockingIOError(errno.EWOULDBLOCK, "another process is writing it")


def _locked_at(descriptor: int, path: Path, alone: bool) -> bool:
    """Whether the open file was locked, and is still the one of that name.

    Its last owner may have finished, and renamed it, before the lock was ours.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (fcntl.LOCK_NB if alone else 0))
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
