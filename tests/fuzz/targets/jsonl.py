"""JSON Lines: any bytes, also in small pieces; what was read can be written and read."""

from __future__ import annotations

import orjson

from callguard.records.codecs import check
from callguard.records.codecs.jsonl import read_jsonl
from tests.fuzz.contract import expect, records_of

# Small, so that lines beyond the limit are met.
_LIMIT = 2048


def run(data: bytes) -> int:
    """How many records there are."""
    records = records_of(read_jsonl([data], "f", check.strict, _LIMIT))
    # The length chooses what else is asked, so that one run costs little.
    if len(data) % 3 == 0:
        pieces = [data[start : start + 7] for start in range(0, len(data), 7)]
        again = records_of(read_jsonl(pieces, "f", check.strict, _LIMIT))
        expect(records == again, "other records from the same bytes in pieces")
    elif len(data) % 3 == 1:
        records_of(read_jsonl([data], "f", check.lenient, _LIMIT))
    elif records:
        written = b"\n".join(orjson.dumps(record) for record in records)
        again = records_of(read_jsonl([written], "f", check.strict))
        expect(records == again, "another record after it was written and read again")
    return len(records)
