"""A SIP message cut into its start line and header fields (RFC 3261 section 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from callguard.errors import RecordError
from callguard.records.codecs.sip.splitting import split_outside

MAX_HEADER_SECTION: Final = 64 * 1024

# Compact header names (RFC 3261 section 7.3.3 and the IANA registry of SIP header fields).
_COMPACT: Final = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
_SECTION_END = re.compile(rb"\r?\n\r?\n")
# "SIP" is in either case (RFC 3261 section 7.1); a method is not.
_START_LINE = re.compile(
    rb"(?i:SIP)/2\.0 \d{3}|[!-~]+[ \t][^\r\n]*[ \t](?i:SIP)/\d+\.\d+[ \t]*\r?\n"
)
_FIELD = re.compile(r"([^\s:]+)[ \t]*:(.*)", re.DOTALL)


class CutShortError(RecordError):
    """The header section of a message does not end."""


@dataclass(frozen=True, slots=True)
class SipMessage:
    """The start line, and every header field's values in the order in which they came.

    Keys are long header names in lower case; folded lines are joined by one space.
    """

    start_line: str
    headers: dict[str, tuple[str, ...]]

    def values(self, name: str) -> tuple[str, ...]:
        """The field values of a header (long name, lower case), one per header line."""
        return self.headers.get(name, ())

    def single(self, name: str) -> str | None:
        """The value of a header that may stand only once; None if it does not stand there.

        Raises :class:`RecordError` if it appears more than once with different values, for then
        it is unknown which one the next hop uses.
        """
        values = dict.fromkeys(self.values(name))
        if len(values) > 1:
            raise RecordError(f"found {len(values)} different {name} header fields, expected one")
        return next(iter(values), None)

    def listed(self, name: str) -> list[str]:
        """The elements of a header that may be a comma list, stand repeatedly, or both."""
        return [element for value in self.values(name) for element in split_list(value)]


def starts_message(data: bytes) -> bool:
    """True if the bytes begin with a SIP request or status line."""
    return _START_LINE.match(data) is not None


def header_section_end(data: bytes, start: int = 0) -> int | None:
    """The index behind the blank line that ends the header section; None if there is none."""
    end = _SECTION_END.search(data, start)
    return end.end() if end else None


def parse_message(data: bytes, errors: str = "replace") -> SipMessage:
    """The header section of a message; bytes that are not UTF-8 become U+FFFD.

    ``errors`` says what else becomes of them (:meth:`bytes.decode`).
    Lines may end in CRLF or LF. Lines that are not header fields are passed over. Raises
    :class:`CutShortError` if the section does not end, for a header cut short by the capture could
    show a wrong number, and :class:`RecordError` if it is longer than 64 KiB.
    """
    data = data.lstrip(b"\r\n")
    end = header_section_end(data)
    if end is None:
        raise CutShortError("the header section does not end; the message is cut short")
    if end > MAX_HEADER_SECTION:
        raise RecordError(f"the header section is longer than {MAX_HEADER_SECTION} bytes")
    start_line, *lines = data[:end].decode("utf-8", errors).rstrip("\r\n").split("\n")
    headers: dict[str, list[str]] = {}
    for line in _unfold(lines):
        field = _FIELD.fullmatch(line)
        if field is not None:
            name = field[1].lower()
            headers.setdefault(_COMPACT.get(name, name), []).append(field[2].strip())
    return SipMessage(start_line.rstrip("\r"), {key: tuple(held) for key, held in headers.items()})


def _unfold(lines: list[str]) -> list[str]:
    unfolded: list[str] = []
    for raw in lines:
        line = raw.rstrip("\r")
        if line.startswith((" ", "\t")) and unfolded:
            unfolded[-1] = f"{unfolded[-1].rstrip()} {line.strip()}"
        else:
            unfolded.append(line)
    return unfolded


def split_list(value: str) -> list[str]:
    """The elements of a comma list; commas in quoted strings and in ``<...>`` do not separate.

    Raises :class:`RecordError` for a quoted string or an angle bracket that is not closed.
    """
    elements, open_for = split_outside(value, ",", '"<')
    if open_for:
        raise RecordError(f"expected {open_for} before the end of a header field")
    return [element for element in elements if element]
