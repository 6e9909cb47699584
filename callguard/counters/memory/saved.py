"""Counters in a file: a line that says what it is, MessagePack, and a checksum at the end.

Each series begins with its description and ends with a map of what its groups refer to; between
them are its groups, a list for each shard.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, fields
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import IO, Any, Final

import msgpack

from callguard.counters.groups.table import GroupTable
from callguard.counters.protocol import Series
from callguard.counters.types import COUNTER_TYPES
from callguard.errors import CounterError
from callguard.files import whole_file

MAGIC: Final = b"callguard counters 1\n"
# A group's state is an integer, or a dictionary of integers and other keys.
State = int | dict[Any, int]
_DIGEST: Final = 32
_CHUNK: Final = 1 << 20
# MessagePack's own integers end here. Of longer ones states are bytes, keys (of which digests are
# bytes) an extension of this number.
_WORD: Final = 1 << 64
# More than any rule has: a table of temporal correlations grows with the square of their rules.
_MOST_ORDERED: Final = 1024
_LARGEST: Final = 1 << 40
_LONG: Final = 1
_REMEDY: Final = "restore it from a copy, or remove it to start counting from zero"


def write_tables(path: str | os.PathLike[str], tables: Sequence[GroupTable], lock: Lock) -> None:
    """Write the tables to ``path`` and only then put it in the place of what was there.

    ``lock`` is held for one shard at a time, so that calls wait about a millisecond at most.
    Raises CounterError if that fails; the old file is then as it was.
    """
    try:
        # Counters show who called whom: only their owner may read them.
        with whole_file(path, 0o600, alone=True) as file:
            summed = _Summed(file)
            summed.write(MAGIC)
            for table in tables:
                _write_table(summed, table, lock)
            file.write(summed.digest())
    except BlockingIOError:
        raise CounterError(
            f"{os.path.realpath(path)}: another process is saving its counters there; "
            "give each its own file"
        ) from None
    except OSError as error:
        raise CounterError(
            f"{os.path.realpath(path)}: the counters could not be saved: "
            f"{error.strerror or error}; make the folder writable and leave room in it"
        ) from error


class _Summed:
    """A file whose checksum is taken while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.blake2b(digest_size=_DIGEST)

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)

    def digest(self) -> bytes:
        return self._hash.digest()


def _write_table(out: _Summed, table: GroupTable, lock: Lock) -> None:
    packer = msgpack.Packer(default=_long, unicode_errors="surrogatepass")
    out.write(packer.pack(astuple(table.series)))
    position = 0
    while True:
        with lock:
            here = table.shard_from(position)
            if here is None:
                break
            shard = table.shards[here]
            groups = packer.pack([(key, _plain(state)) for key, state in shard.items()])
        out.write(groups)
        position = here + 1
    with lock:
        words = table.saved_words()
    out.write(packer.pack({"words": words}))


def _plain(state: State) -> Any:
    """A state in MessagePack's own types."""
    if isinstance(state, dict):
        return [*chain.from_iterable(state.items())]
    return state if state < _WORD else _bytes(state)


def _long(number: Any) -> msgpack.ExtType:
    """An integer that is longer than MessagePack's own."""
    return msgpack.ExtType(_LONG, _bytes(number))


def _bytes(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)


def _integer(code: int, data: bytes) -> int:
    if code != _LONG:
        raise ValueError(f"extension {code}")
    return int.from_bytes(data, "little", signed=True)


def read_tables(path: str | os.PathLike[str], make: Callable[[Series], GroupTable]) -> None:
    """Make and fill each table that was written to ``path``.

    Raises CounterError if the file cannot be read, is damaged, or is not such a file.
    """
    try:
        with Path(path).open("rb") as file:
            _fill(_objects(file, _checked(path, file)), make)
    except OSError as error:
        raise CounterError(
            f"{path}: the counters could not be read: {error.strerror or error}; "
            "name a file that counters were saved to"
        ) from error
    except (ValueError, TypeError, LookupError, msgpack.UnpackException) as error:
        raise CounterError(f"{path}: found no counters of this version in it; {_REMEDY}") from error


def _checked(path: str | os.PathLike[str], file: IO[bytes]) -> int:
    """The length of what is between the first line and the checksum, which is right."""
    begin = file.read(len(MAGIC))
    if begin != MAGIC:
        raise CounterError(
            f"{path}: expected saved counters, which begin with {MAGIC.decode().strip()!r}, "
            f"found {begin[:24]!r}; name another file"
        )
    length = os.fstat(file.fileno()).st_size - len(MAGIC) - _DIGEST
    checksum = hashlib.blake2b(MAGIC, digest_size=_DIGEST)
    left = length
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        checksum.update(chunk)
        left -= len(chunk)
    if length < 0 or left or file.read() != checksum.digest():
        raise CounterError(
            f"{path}: the file is damaged or was cut short (its checksum is wrong); {_REMEDY}"
        )
    file.seek(len(MAGIC))
    return length


def _objects(file: IO[bytes], length: int) -> Iterator[Any]:
    # Nothing in a file is longer than the file: room is made for what a length announces.
    unpacker = msgpack.Unpacker(
        use_list=False,
        strict_map_key=False,
        max_buffer_size=0,
        max_str_len=length,
        max_bin_len=length,
        max_array_len=length,
        max_map_len=length,
        max_ext_len=length,
        ext_hook=_integer,
        unicode_errors="surrogatepass",
    )
    while length > 0:
        chunk = file.read(min(_CHUNK, length))
        length -= len(chunk)
        unpacker.feed(chunk)
        yield from unpacker


def _fill(objects: Iterator[Any], make: Callable[[Series], GroupTable]) -> None:
    for shape in objects:
        table = make(_series(shape))
        for groups in objects:
            if isinstance(groups, dict):
                break
            for key, plain in groups:
                table.restore(key, table.group_keys.hash_of(key), _state(plain))
        else:
            raise ValueError("a series without end")
        table.take_words(groups["words"])


def _series(shape: tuple[Any, ...]) -> Series:
    """The series that a file describes, if a rule can have it: tables are as large as it says."""
    if len(shape) != len(fields(Series)):
        raise ValueError("a series of another shape")
    if [str, str, *[int] * (len(shape) - 2)] != [type(part) for part in shape]:
        raise ValueError("a series of other types")
    series = Series(*shape)
    most = _MOST_ORDERED if series.kind.startswith("temporal") else _LARGEST
    usual = series.parts == COUNTER_TYPES[series.kind].parts and 0 < series.rules <= most
    one_in = 0 < series.one_in <= _LARGEST and series.one_in.bit_count() == 1
    if not (usual and one_in and 0 < series.timespan <= _LARGEST and 0 <= series.keep <= _LARGEST):
        raise ValueError("a series that no rule has")
    return series


def _state(plain: Any) -> State:
    if isinstance(plain, tuple):
        return dict(zip(plain[::2], plain[1::2], strict=True))
    state = plain if isinstance(plain, int) else int.from_bytes(plain, "little", signed=True)
    if state < 0:
        raise ValueError(f"a state of {state}")
    return state
