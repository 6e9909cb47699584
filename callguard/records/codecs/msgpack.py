"""A stream of MessagePack maps, one a record, one behind the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgpack

from callguard.errors import RecordError
from callguard.records.codecs.check import Check
from callguard.records.codecs.chunks import CHUNK
from callguard.records.codecs.unforeseen import unforeseen
from callguard.records.record import Record

MAX_RECORD: Final = 1024 * 1024
MAX_ITEMS: Final = 4096


def read_msgpack(
    chunks: Iterable[bytes], name: str, check: Check
) -> Iterator[Record | RecordError]:
    """The records of a MessagePack stream. Sources are ``NAME:RECORD``, counted from 1.

    A value that is not a map becomes a :class:`RecordError` and the stream goes on. Bytes that are
    not MessagePack, a value beyond the limits (1 MiB, 4,096 keys or items) and a truncated end
    become one and end it, for nothing shows where the next record begins. Text that is not UTF-8
    is read with U+FFFD in place of the wrong bytes; a timestamp extension becomes seconds.
    """
    unpacker = _unpacker()
    number = taken = done = 0
    try:
        for chunk in chunks:
            # A chunk larger than the buffer's spare room would be refused as a whole.
            for start in range(0, len(chunk), CHUNK):
                piece = chunk[start : start + CHUNK]
                unpacker.feed(piece)
                taken += len(piece)
                for value in unpacker:
                    number += 1
                    done = unpacker.tell()
                    yield _checked(value, f"{name}:{number}", check)
                if taken - done > MAX_RECORD:
                    raise ValueError("a record that does not end")
    except (ValueError, msgpack.UnpackException) as error:
        yield RecordError(
            f"not MessagePack, or beyond {MAX_RECORD} bytes or {MAX_ITEMS} items "
            f"({str(error) or type(error).__name__}); the rest of the stream is not read",
            f"{name}:{number + 1}",
        )
    else:
        if taken != done:
            yield RecordError("the stream ends within a record", f"{name}:{number + 1}")


def _unpacker() -> msgpack.Unpacker:
    return msgpack.Unpacker(
        raw=False,
        unicode_errors="replace",
        strict_map_key=True,
        timestamp=1,
        max_buffer_size=MAX_RECORD + CHUNK,
        max_str_len=MAX_RECORD,
        max_bin_len=MAX_RECORD,
        max_ext_len=MAX_RECORD,
        max_array_len=MAX_ITEMS,
        max_map_len=MAX_ITEMS,
    )


def _checked(value: object, source: str, check: Check) -> Record | RecordError:
    if not isinstance(value, dict):
        return RecordError(f"found a value of type {type(value).__name__}, expected a map", source)
    try:
        return check(value, source)
    except RecordError as error:
        return error
    except Exception as error:  # noqa: BLE001 (one record must not end the reading of a file)
        return unforeseen(error, source)
