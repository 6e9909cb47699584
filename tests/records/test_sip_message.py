from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RecordError
from callguard.records.codecs.sip.message import parse_message, split_list, starts_message
from tests.made.read_results import or_refusal


def test_folded_lines_compact_forms_case_and_repetition() -> None:
    message = parse_message(
        b"\r\nINVITE sip:a@b SIP/2.0\r\n"
        b"f : <sip:x@y>\r\n \t;tag=1\r\n"
        b"FROM:\r\n <sip:x@y> ;tag=1  \r\n"
        b"no header\r\n"
        b"s:\r\n"
        b"P-Asserted-Identity: <sip:a@b>, <tel:+1>\r\n"
        b"p-asserted-identity:<tel:+2>\r\n"
        b"X-Name: caf\xc3\xa9 \xff\r\n"
        b"\r\n"
        b"From: <sip:body@y>\r\n\r\n"
    )
    assert "INVITE sip:a@b SIP/2.0" == message.start_line
    assert {
        "from": ("<sip:x@y> ;tag=1", "<sip:x@y> ;tag=1"),
        "subject": ("",),
        "p-asserted-identity": ("<sip:a@b>, <tel:+1>", "<tel:+2>"),
        "x-name": ("café \ufffd",),
    } == message.headers
    assert "<sip:x@y> ;tag=1" == message.single("from")
    assert ["<sip:a@b>", "<tel:+1>", "<tel:+2>"] == message.listed("p-asserted-identity")
    assert (None, []) == (message.single("via"), message.listed("via"))


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_either_line_end(end: bytes) -> None:
    message = parse_message(end.join([b"INVITE sip:a@b SIP/2.0", b"i: c", b" d", b"", b"x: y"]))
    assert ("INVITE sip:a@b SIP/2.0", {"call-id": ("c d",)}) == (
        message.start_line,
        message.headers,
    )


def test_a_header_section_cut_short_is_refused() -> None:
    with pytest.raises(RecordError, match="the message is cut short"):
        parse_message(b"INVITE sip:a@b SIP/2.0\r\nFrom: <tel:+8613800\r\n")


def test_an_endless_header_section_is_refused() -> None:
    with pytest.raises(RecordError, match="longer than 65536 bytes"):
        parse_message(b"INVITE sip:a@b SIP/2.0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n")


def test_two_different_values_of_a_single_header_are_refused() -> None:
    message = parse_message(b"INVITE sip:a@b SIP/2.0\r\nTo: a\r\nt: b\r\n\r\n")
    with pytest.raises(RecordError, match="found 2 different to header fields, expected one"):
        message.single("to")


@pytest.mark.parametrize(
    ("value", "elements"),
    [
        ("", []),
        (" , ,", []),
        ("a,b , c", ["a", "b", "c"]),
        ('"x, y" <sip:a,b@c>;p="q,r", <sip:d>', ['"x, y" <sip:a,b@c>;p="q,r"', "<sip:d>"]),
        (r'"a\",b" <sip:x>, c', [r'"a\",b" <sip:x>', "c"]),
    ],
)
def test_lists(value: str, elements: list[str]) -> None:
    assert elements == split_list(value)


@pytest.mark.parametrize("value", ['"a, b', "<sip:a, b", '"a\\"', '"\\'])
def test_what_is_not_closed_is_refused(value: str) -> None:
    with pytest.raises(RecordError, match="before the end of a header field"):
        split_list(value)


@pytest.mark.parametrize(
    ("data", "starts"),
    [
        (b"INVITE sip:a SIP/2.0\r\n", True),
        (b"ACK sip:a SIP/2.0 \n", True),
        (b"SIP/2.0 200 OK", True),
        (b"GET / HTTP/1.1\r\n", False),
        (b"INVITE sip:a SIP/2.0", False),
        (b"SIP/2.0", False),
        (b"\x16\x03\x01", False),
        (b"", False),
    ],
)
def test_start_lines(data: bytes, starts: bool) -> None:
    assert starts == starts_message(data)


@given(st.text() | st.text(alphabet='",<>\\ab'))
def test_no_text_breaks_a_list(value: str) -> None:
    elements = or_refusal(split_list, value)
    if isinstance(elements, RecordError):
        assert '"' in value or "<" in value  # what is opened there is never closed
        return
    assert all(element == element.strip() != "" for element in elements)
    assert split_list(", ".join(elements)) == elements


@given(st.binary())
def test_no_bytes_break_a_message(data: bytes) -> None:
    message = parse_message(b"INVITE sip:a@b SIP/2.0\r\n" + data + b"\r\n\r\n")
    assert all(name == name.lower() for name in message.headers)
