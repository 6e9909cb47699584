"""MessagePack: any bytes, also in small pieces; what was read can be written and read."""

from __future__ import annotations

import msgpack

from callguard.records.codecs import check
from callguard.records.codecs.msgpack import read_msgpack
from callguard.records.record import Record
from tests.fuzz.contract import expect, records_of


def run(data: bytes) -> int:
    """How many records there are."""
    records = records_of(read_msgpack([data], "f", check.strict))
    # The length chooses what else is asked, so that one run costs little.
    if len(data) % 3 == 0:
        pieces = [data[start : start + 7] for start in range(0, len(data), 7)]
        again = records_of(read_msgpack(pieces, "f", check.strict))
        expect(_same(records, again), "other records from the same bytes in pieces")
    elif len(data) % 3 == 1:
        records_of(read_msgpack([data], "f", check.lenient))
    elif records:
        written = b"".join(_packed(record) for record in records)
        again = records_of(read_msgpack([written], "f", check.strict))
        expect(_same(records, again), "another record after it was written and read again")
    return len(records)


def _same(first: list[Record], second: list[Record]) -> bool:
    # What packs alike is alike: values of unknown keys may be NaN, which is not equal to itself.
    return [_packed(one) for one in first] == [_packed(one) for one in second]


def _packed(record: Record) -> bytes:
    packed: bytes = msgpack.packb(record, unicode_errors="surrogatepass")
    return packed
