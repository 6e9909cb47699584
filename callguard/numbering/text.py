"""From a signalled string to plain digits: URIs, characters, punctuation, withheld numbers."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

from callguard.numbering.folding import SEPARATORS, fold, like_digit, named, repairs
from callguard.numbering.fractions import has_exponent, has_fraction

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

_SCHEME = re.compile(r"(tel|sips?|urn):", re.IGNORECASE)
# RFC 5031 (sos), RFC 6881 clause 5 (test.sos) and NENA-STA-010 (urn:nena, urn:emergency, and the
# responders to whom an answering point transfers a call); the scheme may be written twice.
_SOS = re.compile(
    r"(?:(?:urn:)*(?:(?:nena|emergency):)?service:)?"
    r"(?:(?:test\.)?sos(?:\.[a-z0-9.-]*)?|(?<=:)responder(?:\.[a-z0-9.-]*)?)(?:[;?#].*)?",
    re.IGNORECASE,
)
_CONTEXT = re.compile(r";phone-context=\"?([^;\"]*)", re.IGNORECASE)
# A parameter of a URI has a name (RFC 3966 clause 3); another number behind a semicolon has none.
_ANOTHER = re.compile(r";\s*\+?[0-9][0-9 ().-]{4,}(?=;|$)")
_BRACKETED = re.compile(r"<([^<>]+)>")

_DROPPED: Final = dict.fromkeys(map(ord, " -.()/"))

# Quotation marks and the like may stand anywhere in a number; other signs only around it. An inner
# * # ? or a row of _ may stand for digits that are not shown (138****5678), and a comma, & or |
# between two numbers.
_INNER: Final = frozenset("\"'`\\")
_LEADING: Final = SEPARATORS + "\"'`\\<>{}_,;:!?&=|^"
_TRAILING: Final = _LEADING + "*#"
# Pauses and an extension behind a number, as terminals and address books write them.
_EXTENSION = re.compile(
    r"(?:(?P<pause>,{2,}|[pw]+)|(?P<mark>ext(?:ension|n)?|x)[ .:]{0,2})[0-9][0-9pw,*# -]*",
    re.IGNORECASE,
)
_FEWEST: Final = 3
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}", re.ASCII)
_DECIMAL = re.compile(r"\+?[0-9]+[.,][0-9]+", re.ASCII)
_ONLY_NUMBER = re.compile(r"[+0-9().\- ]+", re.ASCII)


class Dialled(NamedTuple):
    """A number as plain ASCII digits; ``international`` if a ``+`` was in front."""

    digits: str
    international: bool


class Local(NamedTuple):
    """A number as dialled at another place: there, ``context`` stands in front of all numbers.

    ``context`` is in digits and begins with a calling code (RFC 3966 clause 5.1.5).
    """

    number: str
    context: str


class Sos(NamedTuple):
    """An emergency service named by a URN (RFC 5031) instead of a number."""


class Withheld(NamedTuple):
    """No number: absent, anonymous or otherwise not shown."""


class NotANumber(NamedTuple):
    """A string that holds something other than a telephone number.

    ``text`` is what was in the number's place, its characters as :func:`folding.fold` has them.
    """

    text: str


Found = Dialled | Local | Sos | Withheld | NotANumber

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
    digits = text.translate(_DROPPED)
    if len(digits) == len(raw) or not digits.removeprefix("+").isdigit():
        return raw
    if "." in text and (has_fraction(text) or _IPV4.fullmatch(text)):
        return raw
    return digits


def read(raw: str) -> Found:
    """Take apart any string that may hold a telephone number.

    Understands ``tel:`` (RFC 3966), ``sip:`` and ``sips:`` URIs (RFC 3261) with parameters and
    ``phone-context``, with or without angle brackets; the digits of every script; separators, and
    characters that do not belong in a number (see :func:`read_closely`). Letters are not read as
    keypad digits. A fraction, an exponent, an IP address and a number of which digits are masked
    are no numbers.
    """
    return _read(raw, [])


def read_closely(raw: str) -> tuple[Found, str]:
    """What :func:`read` gives, and the characters that it left out or read as digits.

    They are named by code point (``U+FE0F U+002C``), separators apart; ``""`` if there are none.
    """
    repaired: list[str] = []
    found = _read(raw, repaired)
    return found, named(repaired)


def repaired(raw: str) -> str | None:
    """The characters that were left out of a number, or read as digits, as :func:`read_closely`.

    None if there are none, and if ``raw`` is no number.
    """
    if (raw[1:].isdigit() and raw.isascii()) or without_punctuation(raw) is not raw:
        return None
    found, characters = read_closely(raw)
    return characters or None if isinstance(found, Dialled | Local) else None


def rewritten(raw: str) -> str:
    """``a fraction`` or ``an exponent``, if that is why a string is no number; ``""`` otherwise.

    A spreadsheet or a column of floats has made it of one.
    """
    found = _read(raw, [])
    if isinstance(found, NotANumber):
        text = found.text.strip(_TRAILING)
        if has_exponent(text):
            return "an exponent"
        if has_fraction(text) and _DECIMAL.fullmatch(text):
            return "a fraction"
    return ""


def _read(raw: str, repaired: list[str]) -> Found:
    if len(raw) > MAX_TEXT:
        return NotANumber("")
    text = fold(raw).strip()
    if not text and raw.strip():
        # Characters that nobody sees are not the same as no number.
        return NotANumber("")
    repaired += repairs(raw)
    bracketed = _BRACKETED.findall(text)
    if bracketed:
        text = bracketed[-1].strip()
    if _is_withheld(text):
        return WITHHELD_NUMBER
    scheme = _SCHEME.match(text)
    if scheme is None:
        if "@" in text or ";" in text:
            return _uri("sip" if "@" in text else "tel", text, repaired)
        text = _unescaped(text, repaired)
        return SOS if _is_sos(text) else _plain(text, repaired)
    if scheme[1].lower() == "urn":
        return SOS if _is_sos(text) else NotANumber(text)
    return _uri(scheme[1].lower(), text[scheme.end() :], repaired)


def _is_withheld(text: str) -> bool:
    if not text:
        return True
    word = text.strip(_LEADING).casefold()
    return word != "" and word in WITHHELD


def _is_sos(text: str) -> bool:
    return "s" in text.lower() and _SOS.fullmatch(text.partition("@")[0]) is not None


def _unescaped(text: str, repaired: list[str]) -> str:
    if "%" not in text:
        return text
    escaped = unquote(text)
    repaired += repairs(escaped)
    return fold(escaped)


def _uri(scheme: str, rest: str, repaired: list[str]) -> Found:
    if _is_sos(unquote(rest)):
        return SOS
    user = rest
    if scheme != "tel" and ("@" in rest or not _is_number(rest.partition(";")[0])):
        # A SIP URI without a user names a host, which has no number.
        user = rest.rpartition("@")[0].partition(":")[0]
    user = _unescaped(user, repaired)
    number, _, parameters = user.partition(";")
    if _is_withheld(number):
        return WITHHELD_NUMBER
    if _ANOTHER.search(f";{parameters}"):
        return NotANumber(user)
    context = _CONTEXT.search(f";{parameters}")
    if context is not None and context[1][:1] == "+" and number[:1] != "+":
        place = _plain(context[1], repaired)
        if isinstance(place, Dialled):
            return Local(number, place.digits)
    return _plain(number, repaired)


def _is_number(text: str) -> bool:
    return _ONLY_NUMBER.fullmatch(text) is not None and not _is_host(text)


def _is_host(text: str) -> bool:
    return _IPV4.fullmatch(text) is not None


def _plain(text: str, repaired: list[str]) -> Dialled | NotANumber:
    """The number in a text without scheme and parameters, in folded characters."""
    body = _without_extension(text.lstrip(_LEADING)).rstrip(_TRAILING)
    if has_fraction(body) or _is_host(body):
        return NotANumber(text)
    digits: list[str] = []
    international = False
    imitated = 0
    before = ""
    for character in body:
        if "0" <= character <= "9":
            digits.append(character)
        elif character == "+" and not any(digit != "0" for digit in digits):
            # Zeros before the sign are an international prefix that was written twice.
            repaired += digits
            digits.clear()
            international = True
        elif character in _INNER or (character == "_" and before != "_"):
            repaired.append(character)
        elif (digit := like_digit(character)) is not None:
            digits.append(digit)
            repaired.append(character)
            imitated += 1
        elif character not in SEPARATORS:
            return NotANumber(text)
        before = character
    # A word of letters that look like digits is a word.
    if not digits or imitated > len(digits) - imitated:
        return NotANumber(text)
    around = text.replace(body, "", 1)
    repaired += [sign for sign in around if sign not in SEPARATORS and not sign.isdigit()]
    return Dialled("".join(digits), international)


def has_extension(raw: str) -> bool:
    """Whether digits of an extension or behind a pause were left out of a number."""
    user = fold(raw).rpartition("<")[2].partition("@")[0].partition(";")[0]
    return _EXTENSION.search(user) is not None


def _without_extension(text: str) -> str:
    """The text before an extension, if it may be a number: ``0x86`` is none."""
    found = _EXTENSION.search(text)
    if found is None or found.end() < len(text.rstrip(_TRAILING)):
        return text
    number = text[: found.start()]
    return number if sum(map(str.isdigit, number)) >= _FEWEST else text
