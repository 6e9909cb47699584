"""CSV: any bytes as a file, and any bytes below a good header."""

from __future__ import annotations

from callguard.records.codecs import check
from callguard.records.codecs.csv import read_csv
from tests.fuzz.contract import expect, records_of

_HEADER = b"event,at,called_party_number,calling_party_number,cause,duration_s,text\n"
# Small, so that lines beyond the limit are met.
_LIMIT = 2048


def run(data: bytes) -> int:
    """How many records; what has no header of its own is put below one with keys of a record."""
    content = data if b"called_party_number" in data else _HEADER + data
    records = records_of(read_csv([content], "f", check.strict, _LIMIT))
    # The length chooses what else is asked, so that one run costs little.
    if len(data) % 3 == 0:
        pieces = [content[start : start + 7] for start in range(0, len(content), 7)]
        again = records_of(read_csv(pieces, "f", check.strict, _LIMIT))
        expect(records == again, "other records from the same bytes in pieces")
    elif len(data) % 3 == 1:
        records_of(read_csv([content], "f", check.lenient, _LIMIT))
    return len(records)
