"""From identity documents and given owner ids to the 128-bit keys of owners.

HMAC is that of RFC 2104 with SHA-256, cut to its leftmost 128 bits as its section 5 allows.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from callguard.errors import RegistryError
from callguard.takedown.registry.intake.columns import RowError

KEY_BYTES: Final = 16
SHORTEST: Final = 6
_MOST_KEY_BYTES: Final = 4096

_DOCUMENT: Final = b"callguard document\0"
_OWNER_ID: Final = b"callguard owner id\0"
_KEY_ID: Final = b"callguard key id"

_GIVEN_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_HEX = re.compile(rb"[0-9A-Fa-f]+")
# Minus signs serve as hyphens; format characters (soft hyphen, zero width space) are not seen.
_LEFT_OUT: Final = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf"})
_MINUS: Final = "\u2212"
# What feeds have where a document was not given. It must not make one owner of two persons.
_PLACEHOLDERS: Final = frozenset(
    """
    NONE NULL NIL NAN NA N/A UNKNOWN UNDEFINED EMPTY MISSING ANONYMOUS DEFAULT DUMMY TEST TESTING
    PLACEHOLDER XXXXXX NOTAPPLICABLE NOTAVAILABLE NOTKNOWN NODOCUMENT NOID TBD IDCARD IDNUMBER
    PASSPORT DOCUMENT OWNER CUSTOMER 无 空 暂无 未知 不详 没有 未提供 未登记 无证件 匿名 测试 身份证
    身份证号 身份证号码 居民身份证 证件号 证件号码 护照 123456 1234567 12345678 123456789 1234567890
    0123456789 111111111111111111 123456789012345 123456789012345678 12345678901234567X
    """.split()
)


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """The secret under which documents become owner keys. ``key_id`` tells keys apart in public."""

    secret: bytes
    key_id: str

    def __repr__(self) -> str:
        return f"Key({self.key_id})"


def read_key(path: Path) -> Key:
    """Read a key file: at least 32 bytes, raw or as hex text.

    Raises RegistryError if it cannot be read, is too short, or if anybody but this user may read
    or replace it (its mode has to be 0600 or less).
    """
    try:
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            data = stream.read(_MOST_KEY_BYTES + 1)
    except OSError as error:
        raise RegistryError(f"{path}: the key file cannot be read ({error.strerror})") from None
    if not stat.S_ISREG(status.st_mode):
        raise RegistryError(f"{path}: the key file is not a regular file")
    if status.st_uid != os.geteuid():
        raise RegistryError(f"{path}: the key file belongs to another user; use one of your own")
    if status.st_mode & 0o177:
        raise RegistryError(
            f"{path}: the key file has mode {stat.S_IMODE(status.st_mode):04o}, and only its owner "
            f"may read it; run chmod 600 {path}"
        )
    secret = _secret(path, data)
    return Key(secret, hmac.digest(secret, _KEY_ID, "sha256").hex()[:8])


def _secret(path: Path, data: bytes) -> bytes:
    text = data.strip()
    if len(data) > _MOST_KEY_BYTES:
        raise RegistryError(f"{path}: the key file is longer than {_MOST_KEY_BYTES} bytes")
    secret = bytes.fromhex(text.decode()) if _HEX.fullmatch(text) and not len(text) % 2 else data
    if len(secret) < 32:
        raise RegistryError(
            f"{path}: the key file holds {len(secret)} bytes, and a key has at least 32; "
            f"make one with: head -c 32 /dev/urandom > {path}"
        )
    if len(set(secret)) < 8:
        raise RegistryError(f"{path}: the key file holds hardly anything but the same byte")
    return secret


def canonical_document(text: str) -> str:
    """One form for all spellings of a document: NFKC, no white space or hyphens, upper case."""
    while not text.isascii():
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
        canonical = "".join(character for character in folded if not _is_left_out(character))
        # Characters that come to be side by side may make one together.
        if canonical == text:
            return canonical
        text = canonical
    return "".join(text.split()).replace("-", "").upper()


def _is_left_out(character: str) -> bool:
    return (
        character.isspace() or character == _MINUS or unicodedata.category(character) in _LEFT_OUT
    )


def document_key(key: Key, text: str) -> bytes:
    """The 16 bytes of the owner whom a document names. Raises RowError for a placeholder."""
    document = canonical_document(text)
    signs = document if document.isalnum() else "".join(filter(str.isalnum, document))
    if document in _PLACEHOLDERS:
        raise RowError("owner_document", "is a placeholder, which would join strangers")
    if len(signs) < SHORTEST:
        raise RowError("owner_document", f"has fewer than {SHORTEST} letters and digits")
    if signs.count(signs[0]) == len(signs):
        raise RowError("owner_document", "is one character over and over, which names nobody")
    return hmac.digest(key.secret, _DOCUMENT + document.encode(), "sha256")[:KEY_BYTES]


def id_key(text: str) -> tuple[bytes, str | None]:
    """The 16 bytes of the owner with a given id, and the id if it has to be kept beside them.

    32 lower-case hex digits are a key as callguard prints it. Raises RowError for a placeholder.
    """
    signs = {character for character in text if character.isalnum()}
    if not signs or signs == {"0"} or canonical_document(text) in _WORDS:
        raise RowError("owner_id", "is a placeholder, which would join strangers")
    if _GIVEN_KEY.fullmatch(text):
        if len(signs) == 1:
            raise RowError("owner_id", "is one character over and over, which names nobody")
        return bytes.fromhex(text), None
    return hashlib.sha256(_OWNER_ID + text.encode()).digest()[:KEY_BYTES], text


# Digits alone may well be an id that a carrier counted up.
_WORDS: Final = frozenset(word for word in _PLACEHOLDERS if not word.rstrip("X").isdigit())
