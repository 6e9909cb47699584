"""From a signalled string to plain digits: URIs, Unicode digits, punctuation, withheld numbers."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple
from urllib.parse import unquote

# A longer string is not a telephone number; phonenumbers draws the line here too.
MAX_TEXT: Final = 250

# What is written in place of a number that is not there or not shown. ITU-T Q.731.3 and RFC 3323
# name the states; these are the words that gateways write.
WITHHELD: Final = frozenset(
    {
        "",
        "anonymous",
        "blocked",
        "no number",
        "private",
        "restricted",
        "unavailable",
        "unknown",
        "withheld",
    }
)

_SEPARATORS: Final = frozenset(" -.()/[]~\t\u00ad\u200b\u2053\u2060\u2212\u223c\u30fc\uff0f\uff5e")
_SEPARATOR_CATEGORIES: Final = frozenset({"Zs", "Pd", "Cf"})
_BRACKETS: Final = frozenset("\uff08\uff09\uff3b\uff3d\uff0e")
_PLUS: Final = frozenset("+\uff0b")

_SCHEME = re.compile(r"(tel|sips?|urn):", re.IGNORECASE)
_SOS = re.compile(r"(?:urn:service:)?sos(?:\.[a-z0-9.-]*)?(?:[;?#].*)?", re.IGNORECASE)
_CONTEXT = re.compile(r";phone-context=([^;]*)", re.IGNORECASE)


_DROPPED: Final = dict.fromkeys(map(ord, " -.()/"))


class Dialled(NamedTuple):
    """A number as plain ASCII digits; ``international`` if a ``+`` was in front."""

    digits: str
    international: bool


class Sos(NamedTuple):
    """An emergency service named by a URN (RFC 5031) instead of a number."""


class Withheld(NamedTuple):
    """No number: absent, anonymous or otherwise not shown."""


class NotANumber(NamedTuple):
    """A string that holds something other than a telephone number.

    ``text`` is what was in the number's place.
    """

    text: str


SOS: Final = Sos()
WITHHELD_NUMBER: Final = Withheld()


def without_punctuation(raw: str) -> str:
    """The number in a simple URI or among separators, in ASCII: a short cut before :func:`read`.

    ``raw`` itself, the same object, if it is anything else.
    """
    if len(raw) > MAX_TEXT or not raw.isascii():
        return raw
    scheme = raw[:4]
    if scheme == "sip:":
        text = raw[4:].rpartition("@")[0]
    elif scheme == "tel:":
        text = raw[4:]
    else:
        text = raw
    text = text.translate(_DROPPED)
    if len(text) == len(raw) or not text.removeprefix("+").isdigit():
        return raw
    return text


def read(raw: str) -> Dialled | Sos | Withheld | NotANumber:
    """Take apart any string that may hold a telephone number.

    Understands ``tel:`` (RFC 3966), ``sip:`` and ``sips:`` URIs (RFC 3261) with parameters and
    ``phone-context``, with or without angle brackets; every Unicode decimal digit; spaces,
    hyphens, dots, slashes and parentheses. Letters are not read as keypad digits.
    """
    if len(raw) > MAX_TEXT:
        return NotANumber("")
    text = raw.strip()
    if text.casefold() in WITHHELD:
        return WITHHELD_NUMBER
    if text.endswith(">") and "<" in text:
        text = text[text.rindex("<") + 1 : -1].strip()
    scheme = _SCHEME.match(text)
    if scheme is None:
        if "@" in text or ";" in text:
            return _uri("sip" if "@" in text else "tel", text)
        return _plain(text)
    if scheme[1].lower() == "urn":
        return SOS if _SOS.fullmatch(text) else NotANumber(text)
    return _uri(scheme[1].lower(), text[scheme.end() :])


def _uri(scheme: str, rest: str) -> Dialled | Sos | Withheld | NotANumber:
    # A SIP URI without a user names a host, which has no number.
    user = rest if scheme == "tel" else rest.rpartition("@")[0].partition(":")[0]
    if "%" in user:
        user = unquote(user)
    number, _, parameters = user.partition(";")
    if number.casefold() in WITHHELD:
        return WITHHELD_NUMBER
    if _SOS.fullmatch(user):
        return SOS
    context = _CONTEXT.search(f";{parameters}")
    if context is not None and context[1][:1] == "+" and number[:1] != "+":
        number = context[1] + number
    return _plain(number)


def _plain(text: str) -> Dialled | NotANumber:
    digits: list[str] = []
    international = False
    for character in text:
        if "0" <= character <= "9":
            digits.append(character)
        elif character in _SEPARATORS:
            continue
        elif character in _PLUS and not digits:
            international = True
        elif character.isdecimal():
            digits.append(str(unicodedata.decimal(character)))
        elif (
            character not in _BRACKETS
            and unicodedata.category(character) not in _SEPARATOR_CATEGORIES
        ):
            return NotANumber(text)
    if not digits:
        return NotANumber(text)
    return Dialled("".join(digits), international)
