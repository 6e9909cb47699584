from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import msgpack
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RecordError
from callguard.records import FORMATS, detect_format, read_records
from tests.made.read_results import CHECKED, LEAST, Results

LINE = orjson.dumps(LEAST)
REFUSED = (
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"\xfd7zX",
    b"BZh",
    b"PK\x03\x04",
    b"snoo",
    b"\xff\xfe",
    b"\xfe\xff",
)


@pytest.mark.parametrize(
    ("name", "head", "format"),
    [
        ("a.jsonl", b"", "jsonl"),
        ("a.NDJSON", b"\x80", "jsonl"),
        ("a.json", b"", "jsonl"),
        ("a.msgpack", b"{", "msgpack"),
        ("a.mpk", b"", "msgpack"),
        ("a.csv", b"{", "csv"),
        ("a.pcap", b"", "pcap"),
        ("a.pcapng", b"", "pcap"),
        ("a.cap", b"", "pcap"),
        ("a.csv", b"\xd4\xc3\xb2\xa1", "pcap"),
        ("-", b"\xa1\xb2\x3c\x4d", "pcap"),
        ("-", b"\n\r\r\n", "pcap"),
        ("-", b"", "jsonl"),
        ("-", b' \n{"event"', "jsonl"),
        ("-", b"\xef\xbb\xbf{", "jsonl"),
        ("-", b"\xef\xbb\xbfevent,at", "csv"),
        ("-", b"event,at", "csv"),
        ("-", b"\x83\xa5event", "msgpack"),
        ("-", b"\xde\x00\x11", "msgpack"),
        ("-", b"\xdf\x00\x00\x00\x11", "msgpack"),
        ("calls.log", b"{", "jsonl"),
    ],
)
def test_formats_are_recognised(name: str, head: bytes, format: str) -> None:
    assert format == detect_format(name, head)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"\x1f\x8b\x08", "is compressed with gzip; unpack it first"),
        (b"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it first"),
        (b"\x04\x22\x4d\x18", "is compressed with lz4; unpack it first"),
        (b"\xfd7zXZ", "is compressed with xz; unpack it first"),
        (b"BZh9", "is compressed with bzip2; unpack it first"),
        (b"PK\x03\x04", "is a ZIP archive, or a workbook in one; unpack it, or save the sheet as"),
        (b"snoop\0", "is a capture of snoop; save it as libpcap"),
        (b"\xff\xfee\x00", "is UTF-16 text; save it as UTF-8"),
        (b"\xfe\xff\x00e", "is UTF-16 text; save it as UTF-8"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(head: bytes, reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        detect_format("a.csv", head)
    assert caught.value.reason.startswith(reason)
    assert "a.csv" == caught.value.source


@pytest.mark.parametrize("format", ["auto", "jsonl"])
def test_standard_input(monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(LINE)))
    results = Results(read_records("-", format))
    assert ([CHECKED], ["<stdin>:1"]) == (results.records, results.sources)


def test_a_pipe_is_read_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stdin, os.fdopen(writing, "wb", buffering=0) as pipe:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stdin))
        records = read_records("-")
        # The head that tells the format is longer than one short line.
        pipe.write(LINE + b"\n" + LINE[:5])
        assert CHECKED == next(records)
        pipe.write(LINE[5:] + b"\n")
        assert CHECKED == next(records)


def test_standard_input_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO(LINE)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
    list(read_records("-"))
    assert not stream.closed


@pytest.mark.parametrize("name", ["missing.jsonl", ".", "nul\0.jsonl"])
def test_what_cannot_be_opened_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordError, match="cannot be opened: ") as caught:
        next(read_records(f"{tmp_path}/{name}"))
    assert f"{tmp_path}/{name}" == caught.value.source


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(RecordError) as caught:
        read_records("a", "xml")
    assert (
        "found the format 'xml', expected one of auto, jsonl, msgpack, csv, pcap"
        == caught.value.reason
    )


def test_a_read_that_fails_midway_is_a_record_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 0:
                raise OSError(5, "Input/output error")
            return super().read1(size)

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Broken(LINE + b"\n" + LINE[:5])))
    records = read_records("-", "jsonl")
    assert CHECKED == next(records)
    with pytest.raises(RecordError, match="<stdin>: cannot be read: Input/output error"):
        next(records)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", (LINE + b"\n") * 30_000),
        ("a.msgpack", msgpack.packb(LEAST) * 30_000),
        ("a.csv", b"event,at,called_party_number\n" + b"setup,1,110\n" * 30_000),
    ],
)
def test_progress_adds_up_to_the_size(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    steps: list[int] = []
    assert 30_000 == sum(record == CHECKED for record in read_records(path, progress=steps.append))
    assert len(content) == sum(steps)
    assert len(steps) > 1


@given(st.binary(max_size=200), st.sampled_from([*FORMATS, "auto"]))
def test_no_bytes_break_any_format(content: bytes, format: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        if format == "auto" and content.startswith(REFUSED):
            with pytest.raises(RecordError, match=r"^<stdin>: is "):
                list(read_records("-", format))
        else:
            Results(read_records("-", format))
