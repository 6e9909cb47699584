"""Counters in a file: a line that says what it is, MessagePack, and a checksum at the end.

Each series begins with its description and ends with nil; between them stand [group, state] pairs.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final

import msgpack

from callguard.engine.counters.distinct import Several
from callguard.engine.counters.shards import Table
from callguard.engine.counters.temporal import Ordered
from callguard.engine.series import Series
from callguard.errors import CounterError

MAGIC: Final = b"callguard counters 1\n"
_DIGEST: Final = 32
_CHUNK: Final = 1 << 20
_REMEDY: Final = "restore it from a copy, or remove it to start counting anew"


class _Summed:
    """A file that is written and hashed at once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.blake2b(digest_size=_DIGEST)

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)

    def finish(self) -> None:
        self._file.write(self._hash.digest())
        self._file.flush()
        os.fsync(self._file.fileno())


def write_tables(path: str | os.PathLike[str], tables: Sequence[Table[Any]], lock: Lock) -> None:
    """Write the tables to ``path`` and only then put it in the place of what was there.

    ``lock`` is held for one shard at a time, so that calls wait a few milliseconds at most.
    Raises CounterError if that fails; the old file is then as it was.
    """
    target = Path(path)
    beside: str | None = None
    try:
        descriptor, beside = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(descriptor, "wb") as file:
            summed = _Summed(file)
            summed.write(MAGIC)
            for table in tables:
                _write_table(summed, table, lock)
            summed.finish()
        Path(beside).replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        if beside is not None:
            with suppress(OSError):
                Path(beside).unlink()
        raise CounterError(
            f"{target}: the counters could not be saved: {error.strerror or error}; "
            "make the folder writable and leave room in it"
        ) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_table(out: _Summed, table: Table[Any], lock: Lock) -> None:
    packer = msgpack.Packer(autoreset=False)
    packer.pack(astuple(table.series))
    for place in range(len(table.shards)):
        with lock:
            for group, state in table.shards[place].items():
                packer.pack((group, _plain(state)))
        out.write(packer.bytes())
        packer.reset()
    packer.pack(None)
    out.write(packer.bytes())


def _plain(state: Any) -> Any:
    """The state in MessagePack's own types; integers may be longer than it knows."""
    if isinstance(state, int):
        return _bytes(state)
    if isinstance(state, Several):
        return {"head": state.head, "ring": _bytes(state.ring), "seen": [*state.seen.items()]}
    if isinstance(state, Ordered):
        return {"buckets": state.buckets, "masks": state.masks}
    return state


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "little")


def _state(plain: Any) -> Any:
    if isinstance(plain, bytes):
        return int.from_bytes(plain, "little")
    if isinstance(plain, dict):
        if "seen" in plain:
            ring = int.from_bytes(plain["ring"], "little")
            return Several(plain["head"], ring, dict(plain["seen"]))
        return Ordered(list(plain["buckets"]), list(plain["masks"]))
    return plain


def read_tables(
    path: str | os.PathLike[str], make: Callable[[Series], Table[Any]]
) -> Iterator[Table[Any]]:
    """The tables in ``path``, each made by ``make`` and filled.

    Raises CounterError if the file cannot be read, is damaged, or is no such file.
    """
    try:
        with Path(path).open("rb") as file:
            length = _checked(path, file)
            yield from _tables(_objects(file, length), make)
    except OSError as error:
        raise CounterError(
            f"{path}: the counters could not be read: {error.strerror or error}"
        ) from error
    except (ValueError, TypeError, KeyError, StopIteration, msgpack.UnpackException) as error:
        raise CounterError(f"{path}: found no counters of this version in it; {_REMEDY}") from error


def _checked(path: str | os.PathLike[str], file: IO[bytes]) -> int:
    """The length of what stands between the first line and the checksum, which is right."""
    begin = file.read(len(MAGIC))
    if begin != MAGIC:
        raise CounterError(
            f"{path}: expected saved counters, which begin with {MAGIC.decode().strip()!r}, "
            f"found {begin[:24]!r}; name another file"
        )
    length = os.fstat(file.fileno()).st_size - len(MAGIC) - _DIGEST
    found = hashlib.blake2b(MAGIC, digest_size=_DIGEST)
    left = length
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        found.update(chunk)
        left -= len(chunk)
    if length < 0 or left or file.read() != found.digest():
        raise CounterError(f"{path}: the file is damaged (its checksum is wrong); {_REMEDY}")
    file.seek(len(MAGIC))
    return length


def _objects(file: IO[bytes], length: int) -> Iterator[Any]:
    unpacker = msgpack.Unpacker(use_list=False, strict_map_key=False, max_buffer_size=0)
    while length > 0:
        chunk = file.read(min(_CHUNK, length))
        length -= len(chunk)
        unpacker.feed(chunk)
        yield from unpacker


def _tables(objects: Iterable[Any], make: Callable[[Series], Table[Any]]) -> Iterator[Table[Any]]:
    table: Table[Any] | None = None
    for found in objects:
        if table is None:
            table = make(Series(*found))
        elif found is None:
            yield table
            table = None
        else:
            group, plain = found
            table.put(group, _state(plain))
    if table is not None:
        raise ValueError("a series without end")
