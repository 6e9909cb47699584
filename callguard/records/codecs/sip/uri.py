"""``sip:``, ``sips:`` and ``tel:`` URIs (RFC 3261 section 19.1, RFC 3966)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from callguard.records.codecs.sip.splitting import split_outside
from callguard.records.codecs.sip.unreadable import UnreadableError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+(?:%[\w.~-]+)?\]|[^\s:\[\]]*)(?::(\d{1,5}))?", re.ASCII)
# IPv6 without its brackets, which RFC 3261 demands: where a port would begin is unknown.
_BARE_IPV6 = re.compile(r"[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%[\w.~-]+)?", re.ASCII)
# A telephone-subscriber as RFC 3966 and practice write it, which may carry parameters.
_PHONE = re.compile(r"\+?[0-9*#(][0-9A-Fa-f*#().\-]*")
# Parameters that only a telephone number has (RFC 3966, RFC 4694, RFC 4904, 3GPP TS 24.229), and
# "user", which belongs behind the host and is written behind the number by mistake.
_NUMBER_PARAMS: Final = frozenset(
    "cic cic-context cpc dai enumdi ext isub isub-encoding npdi oli phone-context postd rn "
    "rn-context tgrp trunk-context user verstat".split()
)


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
        return is_telephone(self.number)


def is_telephone(text: str) -> bool:
    """True if the text is written like a telephone number (RFC 3966)."""
    return _PHONE.fullmatch(text) is not None


def parse_uri(text: str) -> Uri:
    """The parts of a URI. Raises :class:`RecordError` if it cannot be read in one way only."""
    match = _SCHEME.fullmatch(text)
    if match is None or any(char.isspace() for char in text):
        raise UnreadableError("text", text, "a URI such as sip:USER@HOST")
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
        raise UnreadableError("URI", f"{scheme}:{rest}", "one @")
    userinfo, _, address = rest.rpartition("@")
    user, colon, password = userinfo.partition(":")
    address, _, headers = address.partition("?")
    hostport, _, text = address.partition(";")
    host, port = _host(hostport)
    params = parse_params(text)
    number, user_params = _split_user(user, params.get("user", "").lower() == "phone")
    return Uri(
        scheme,
        unquote(number),
        host.lower(),
        port,
        unquote(password) if colon else None,
        {**params, **user_params},
        headers,
    )


def _host(text: str) -> tuple[str, int | None]:
    match = _HOST.fullmatch(text)
    if match is not None and match[1]:
        return match[1], int(match[2]) if match[2] else None
    if _BARE_IPV6.fullmatch(text):
        return f"[{text}]", None
    raise UnreadableError("host", text, "HOST or HOST:PORT")


def _split_user(user: str, is_phone: bool) -> tuple[str, dict[str, str]]:
    """A telephone number in a user part has parameters of its own (RFC 3261 section 19.1.6).

    The user part of another address may hold a semicolon, too; it is left whole unless what
    follows are parameters that only telephone numbers have.
    """
    number, semicolon, text = user.partition(";")
    if not semicolon:
        return user, {}
    params = parse_params(text)
    if is_phone or is_telephone(unquote(number)) or _NUMBER_PARAMS & params.keys():
        return number, params
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
