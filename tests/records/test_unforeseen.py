from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import msgpack
import orjson
import pytest

from callguard.errors import RecordError, UnforeseenError
from callguard.records.codecs import check
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.csv import read_csv
from callguard.records.codecs.jsonl import read_jsonl
from callguard.records.codecs.msgpack import read_msgpack
from callguard.records.codecs.net import packets
from callguard.records.codecs.pcap import read_pcap
from callguard.records.record import Record
from tests.made.captures import ethernet, invite, ip4, pcap, udp
from tests.made.read_results import LEAST, Results

TIMES = {"110": 1.0, "112": 1.0}
NUMBERS = ("110", "+8613800138000", "112")


def broken_check(mapping: Mapping[str, object], source: str) -> Record:
    """Fails on the second record as no check should."""
    at = TIMES[_called(mapping)]
    return check.strict({**mapping, "at": at}, source)


def _called(mapping: Mapping[str, object]) -> str:
    return str(mapping["called_party_number"])


def _jsonl() -> Results:
    lines = [orjson.dumps(LEAST | {"called_party_number": number}) for number in NUMBERS]
    return Results(read_jsonl([b"\n".join(lines)], "f", broken_check))


def _msgpack() -> Results:
    maps = [msgpack.packb(LEAST | {"called_party_number": number}) for number in NUMBERS]
    return Results(read_msgpack([b"".join(maps)], "f", broken_check))


def _csv() -> Results:
    rows = [f"setup,1,{number}".encode() for number in NUMBERS]
    content = b"\n".join([b"event,at,called_party_number", *rows])
    return Results(read_csv([content], "f", broken_check))


def _pcap() -> Results:
    frames = [ethernet(ip4(udp(invite(uri=f"sip:{number}@h")))) for number in NUMBERS]
    return Results(read_pcap(ByteSource(io.BytesIO(pcap(frames)), "f"), broken_check))


@pytest.mark.parametrize("read", [_jsonl, _msgpack, _csv, _pcap])
def test_a_fault_of_our_own_costs_one_record_and_quotes_no_number(
    read: Callable[[], Results],
) -> None:
    results = read()
    assert ["110", "112"] == [_called(record) for record in results.records]
    (error,) = results.errors
    assert results.all.index(error) == 1
    assert isinstance(error, UnforeseenError)
    assert isinstance(error.__cause__, KeyError)
    assert error.source[:2] in ("f:", "f#")
    line = (
        Path(__file__)
        .read_text(encoding="utf-8")
        .splitlines()
        .index("    at = TIMES[_called(mapping)]")
        + 1
    )
    assert (
        f"cannot be read because of a fault in callguard (KeyError in {Path(__file__).name}, "
        f"line {line}); please report it together with the record"
    ) == error.reason


def test_a_fault_of_our_own_in_a_frame_costs_that_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(packet: packets.Packet) -> tuple[bytes, bool]:
        if len(packet.payload) < 20:
            raise ZeroDivisionError
        return packets.udp_payload(packet)

    monkeypatch.setattr("callguard.records.codecs.pcap.udp_payload", broken)
    frames = [ethernet(ip4(udp(message))) for message in (invite(), b"x", invite())]
    results = Results(read_pcap(ByteSource(io.BytesIO(pcap(frames)), "f"), check.strict))
    assert ["f#1", "f#2", "f#3"] == results.sources
    assert [UnforeseenError] == [type(error) for error in results.errors]
    assert issubclass(UnforeseenError, RecordError)
