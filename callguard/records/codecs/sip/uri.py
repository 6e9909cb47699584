"""``sip:``, ``sips:`` and ``tel:`` URIs (RFC 3261 section 19.1, RFC 3966)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from callguard.errors import RecordError
from callguard.records.codecs.sip.splitting import split_outside

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:\[\]]*)(?::(\d{1,5}))?")
# A telephone-subscriber as RFC 3966 and practice write it, which may carry parameters.
_PHONE = re.compile(r"\+?[0-9*#(][0-9A-Fa-f*#().\-]*")
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Uri:
    """A URI in its parts, percent escapes resolved.

    ``number`` is the user part or the telephone number, without parameters, as signalled;
    ``""`` if there is none. ``params`` holds the parameters of the number and of the URI under
    lower-case names; where both name one, that of the number counts. ``opaque`` is what follows
    the scheme in a URI of another kind (``urn:service:sos``), for which nothing else is set.
    """

    scheme: str
    number: str = ""
    host: str = ""
    port: int | None = None
    password: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    headers: str = ""
    opaque: str = ""

    @property
    def signalled(self) -> str:
        """The number with the place where it is dialled, if it is local to one (RFC 3966)."""
        place = self.params.get("phone-context", "")
        if place[:1] != "+" or self.number[:1] in ("", "+"):
            return self.number
        return f"{self.number};phone-context={place}"

    @property
    def is_telephone(self) -> bool:
        """True if the user part can be read as a telephone number."""
        return _PHONE.fullmatch(self.number) is not None


def parse_uri(text: str) -> Uri:
    """The parts of a URI. Raises :class:`RecordError` if it cannot be read in one way only."""
    match = _SCHEME.fullmatch(text)
    if match is None or any(char.isspace() for char in text):
        raise RecordError(f"found {text[:_SHOWN]!r}, expected a URI such as sip:USER@HOST")
    scheme, rest = match[1].lower(), match[2]
    if scheme in ("sip", "sips"):
        return _sip(scheme, rest)
    if scheme == "tel":
        number, _, params = rest.partition(";")
        return Uri(scheme, unquote(number), params=parse_params(params))
    return Uri(scheme, opaque=rest)


def _sip(scheme: str, rest: str) -> Uri:
    # The user part may hold ; ? and , unescaped, so the @ is looked for first. A second one is
    # legal nowhere, and readers differ on which of the two ends the user part.
    if rest.count("@") > 1:
        raise RecordError(f"found more than one @ in the URI {scheme}:{rest[:_SHOWN]!r}")
    userinfo, _, address = rest.rpartition("@")
    user, colon, password = userinfo.partition(":")
    number, user_params = _split_user(user)
    address, _, headers = address.partition("?")
    hostport, _, params = address.partition(";")
    host = _HOST.fullmatch(hostport)
    if host is None or not host[1]:
        raise RecordError(f"found the host {hostport[:_SHOWN]!r}, expected HOST or HOST:PORT")
    return Uri(
        scheme,
        unquote(number),
        host[1].lower(),
        int(host[2]) if host[2] else None,
        unquote(password) if colon else None,
        {**parse_params(params), **user_params},
        headers,
    )


def _split_user(user: str) -> tuple[str, dict[str, str]]:
    """A telephone number in a user part has parameters of its own (RFC 3261 section 19.1.6)."""
    number, semicolon, params = user.partition(";")
    if semicolon and _PHONE.fullmatch(unquote(number)):
        return number, parse_params(params)
    return user, {}


def parse_params(text: str) -> dict[str, str]:
    """``a=b;c`` as ``{"a": "b", "c": ""}``: lower-case names, the first of equal names counts."""
    params: dict[str, str] = {}
    for item in split_outside(text, ";", '"')[0]:
        name, _, value = item.partition("=")
        name = unquote(name).strip().lower()
        if name:
            params.setdefault(name, unquote(value).strip().strip('"'))
    return params
