"""INVITEs of any bytes behind the method, and any bytes among the header fields of a good one."""

from __future__ import annotations

from callguard.errors import RecordError
from callguard.records import validate_lenient
from callguard.records.codecs.sip.invite import read_invite
from tests.fuzz.contract import expect

_BEGIN = b"INVITE sip:110@b.example SIP/2.0\r\nFrom: <sip:caller@a.example>;tag=1\r\n"


def run(data: bytes) -> int:
    """1 for a record. What does not begin as an INVITE is put into the header of a good one."""
    message = data if data.startswith(b"INVITE ") else _BEGIN + data + b"\r\n\r\n"
    try:
        fields = read_invite(message, cut=True)
    except RecordError as error:
        expect(bool(error.reason), "an error without a reason")
        return 0
    # A user part that looks like a rewritten number is a fault of the record, and keeps it.
    expect(bool(validate_lenient({**(fields or {}), "at": 1.0})[0]), "no record")
    return 1
