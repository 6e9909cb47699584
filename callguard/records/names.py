"""Names as a telephone shows them: encodings resolved, then folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from callguard.characters import fold, without_ignorables

# Derived field -> the record key whose text it folds.
FOLDED: Final[dict[str, str]] = {
    "display_name.folded": "display_name",
    "sender.folded": "calling_party_number",
}
# The event that has a sender; a call has a calling party number.
SENDER_EVENT: Final = "sms"
# No telephone shows more of a name. Invisible characters are not counted.
MAX_SHOWN: Final = 256

# RFC 2047 section 2, with the language of RFC 2231 section 5.
_ENCODED_WORD = re.compile(r"=\?([\w.:-]+)(?:\*[\w-]*)?\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)
_DIGIT = re.compile(r"\d|=\?|[^\x00-\x7f]")
_ASCII_DIGIT = re.compile("[0-9]")
# What a number is written with, and the letters that look like 0 and 1.
_NUMBER = re.compile(r"[-0-9ol+ ().,/\[\]*#_~:]+")
_AS_DIGITS: Final = str.maketrans("ol", "01", "*#_,:")
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
# Character sets that mail and telephony software writes; others, some of them slow, stay as sent.
_CHARSETS: Final = frozenset(
    "utf-8 us-ascii iso-8859-1 iso-8859-2 iso-8859-5 iso-8859-7 iso-8859-9 iso-8859-15 windows-1250"
    " windows-1251 windows-1252 windows-1253 windows-1254 koi8-r koi8-u gb2312 gbk gb18030 big5"
    " big5-hkscs shift_jis iso-2022-jp euc-jp euc-kr".split()
)


# Several columns ask for the name of one record.
@lru_cache(maxsize=64)
def fold_name(name: str) -> str:
    """A display name or a sender as rules compare it, at most 256 characters long.

    Encodings are resolved (:func:`decode_name`), then comes :func:`callguard.characters.fold`.
    """
    if not name.isascii() or "=?" in name or "%" in name:
        name = without_ignorables(decode_name(name))[:MAX_SHOWN]
        plain = unicodedata.normalize("NFKC", name)
        # One character may stand for eighteen.
        name = plain if len(plain) > MAX_SHOWN else name
    return fold(name[:MAX_SHOWN])[:MAX_SHOWN].rstrip(" ")


def shown_number(name: str) -> str | None:
    """The number that a display name is, to be read like one as signalled; None if it is none.

    ``o`` and ``l`` among digits are read as the digits that they look like.
    """
    if not _DIGIT.search(name):
        return None
    folded = fold_name(name)
    if not _NUMBER.fullmatch(folded):
        return None
    digits = folded.translate(_AS_DIGITS)
    return digits if len(_ASCII_DIGIT.findall(folded)) >= 2 else None


def folded_names(record: Mapping[str, object]) -> dict[str, str]:
    """The derived fields of a record that hold folded names; those without a text are absent."""
    return {
        field: fold_name(name)
        for field, key in FOLDED.items()
        if isinstance(name := record.get(key), str) and is_read_from(field, record.get("event"))
    }


def is_read_from(field: str, event: object) -> bool:
    """Whether records about an event have the folded field."""
    return field != "sender.folded" or event == SENDER_EVENT


def decode_name(name: str) -> str:
    """The name in characters, where it was sent in an encoding.

    RFC 2047 encoded words, then percent escapes of UTF-8, then UTF-8 that was read as Latin-1,
    each once. What cannot be decoded stays as it was sent.
    """
    if "=?" in name:
        name = "".join(_without_encoded_words(name))
    if "%" in name and _PERCENT.search(name):
        name = _decoded(unquote_to_bytes(name), "utf-8") or name
    if not name.isascii() and max(name) <= "\xff":
        name = _decoded(name.encode("latin-1"), "utf-8") or name
    return name


def _without_encoded_words(name: str) -> Iterator[str]:
    """The parts of a name; spaces between two encoded words are none (RFC 2047 section 6.2).

    Software cuts characters of several bytes in two, so neighbours in one character set are
    decoded together.
    """
    end = 0
    waiting, waiting_charset, as_sent = b"", "", ""
    for word in _ENCODED_WORD.finditer(name):
        before = name[end : word.start()]
        charset, content = word[1].lower(), _content(word[2], word[3])
        if waiting_charset != charset or before.strip():
            yield _decoded(waiting, waiting_charset) or as_sent
            yield before if before.strip() or not waiting_charset else ""
            waiting, as_sent = b"", ""
        waiting, waiting_charset, as_sent = waiting + content, charset, as_sent + word[0]
        end = word.end()
    yield _decoded(waiting, waiting_charset) or as_sent
    yield name[end:]


def _content(encoding: str, text: str) -> bytes:
    try:
        if encoding in "bB":
            return a2b_base64(text + "=" * (-len(text) % 4))
        return a2b_qp(text, header=True)
    except (Error, ValueError):
        return b""


def _decoded(content: bytes, charset: str) -> str:
    """The text of some bytes; ``""`` if they are not in that character set."""
    if charset not in _CHARSETS:
        return ""
    try:
        return content.decode(charset)
    except UnicodeDecodeError:
        return ""
