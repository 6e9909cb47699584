"""Addresses in header fields: ``"Name" <sip:user@host>;tag=x`` (RFC 3261 sections 20, 25.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callguard.records.codecs.sip.unreadable import UnreadableError
from callguard.records.codecs.sip.uri import Uri, parse_params, parse_uri

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ADDRESS_LIKE = re.compile(r"[@>]|\b(?:sips?|tel):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NameAddr:
    """A display name (unquoted, unescaped; ``""`` if none), a URI, and header parameters."""

    display_name: str
    uri: Uri
    params: dict[str, str]


def parse_name_addr(text: str) -> NameAddr:
    """One address. Raises :class:`RecordError` if the text can be read in more than one way.

    A display name that should have been quoted is taken as it is, as long as it leaves no
    doubt about the address: it must not look like an address itself, nor may its own quotes
    hide one.
    """
    text = text.strip()
    if text.startswith('"'):
        quoted = _QUOTED.match(text)
        if quoted is None:
            raise _unreadable(text, "the display name's closing quote")
        name = _ESCAPE.sub(r"\1", quoted[1])
        bracketed = text[quoted.end() :].lstrip()
    else:
        unquoted, bracket, rest = text.partition("<")
        if not bracket:
            return _bare(text)
        doubtful = '"' in unquoted and "<" in rest
        if doubtful or _ADDRESS_LIKE.search(unquoted):
            raise _unreadable(text, "a display name in quotes")
        name = " ".join(unquoted.split())
        bracketed = bracket + rest
    uri, closed, params = bracketed.removeprefix("<").partition(">")
    params = params.strip()
    if not bracketed.startswith("<") or not closed or (params and not params.startswith(";")):
        raise _unreadable(text, "one address in angle brackets, followed by ;parameters only")
    return NameAddr(name, parse_uri(uri.strip()), parse_params(params))


def _bare(text: str) -> NameAddr:
    """An address without brackets: what follows its first semicolon belongs to the header."""
    uri, _, params = text.partition(";")
    if "@" in params or "," in text:
        raise _unreadable(text, "the address in angle brackets")
    return NameAddr("", parse_uri(uri.strip()), parse_params(params))


def _unreadable(text: str, expected: str) -> UnreadableError:
    return UnreadableError("address", text, expected)
