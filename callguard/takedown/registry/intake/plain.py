"""The plain checker: one row at a time, every rule written out. The fast one must agree with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from callguard.errors import RegistryError
from callguard.numbering import NumberingPlan, rewritten
from callguard.numbering.folding import fold
from callguard.takedown.documents import looks_like_document
from callguard.takedown.model import OWNER_KINDS, SERVICES, STATUSES
from callguard.takedown.registry.intake.columns import RowError, suggestion
from callguard.takedown.registry.intake.owners import KEY_BYTES, Key, document_key, id_key
from callguard.times import day_of, parse_time

WORDS: Final = {"owner_kind": OWNER_KINDS, "service": SERVICES, "status": STATUSES}
LONGEST_TEXT: Final = 256
# E.164 has at most 15 digits; home's own long codes may be longer, up to what 63 bits hold.
MOST_DIGITS: Final = 18
NO_NUMBERS: Final = frozenset({"invalid", "unknown", "emergency", "short_code"})
_CLOSED: Final = STATUSES.index("closed")
_CONTROL: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


class Row(NamedTuple):
    """One checked row, as ``model.row_schema`` has it; ``owner`` is the 16 bytes of its key."""

    number: int
    owner: bytes
    owner_kind: int
    service: int
    status: int
    registered_at: int
    activated_at: int | None
    closed_at: int | None
    registered_day: int
    activated_day: int | None
    carrier: str
    agent: str | None
    owner_id: str | None


@dataclass(frozen=True, slots=True)
class Checker:
    """What rows are checked against. ``key`` None: documents cannot be read."""

    numbering: NumberingPlan
    zone: ZoneInfo
    key: Key | None = None

    def row(self, values: dict[str, str | None]) -> Row:
        """The row of a feed's values. Raises RowError for the first thing wrong with it."""
        number = self.number(required("number", values))
        owner, owner_id = self.owner(values.get("owner_id"), values.get("owner_document"))
        kind, service, status = (word(column, values.get(column)) for column in WORDS)
        registered_at = self.time("registered_at", required("registered_at", values))
        activated_at = self._optional_time("activated_at", values)
        closed_at = self._optional_time("closed_at", values)
        check_order(registered_at, closed_at, status)
        return Row(
            number,
            owner,
            kind,
            service,
            status,
            registered_at,
            activated_at,
            closed_at,
            day_of(registered_at, self.zone),
            None if activated_at is None else day_of(activated_at, self.zone),
            required("carrier", values, kept),
            kept("agent", values.get("agent")),
            owner_id,
        )

    def number(self, text: str) -> int:
        """The digits of the E.164 number that a text means at home."""
        e164, number_class = self.numbering.classify(text)
        if e164 is None or number_class.kind in NO_NUMBERS:
            raise RowError("number", _no_number(text, number_class.kind))
        if len({sign for sign in fold(text) if sign.isdecimal()}) == 1:
            raise RowError("number", "is one digit over and over, which is no line")
        if len(e164) > MOST_DIGITS + 1:
            raise RowError("number", f"has more than {MOST_DIGITS} digits")
        return int(e164[1:])

    def owner(self, owner_id: str | None, document: str | None) -> tuple[bytes, str | None]:
        """The 16 bytes of the owner's key, and the given id if the key does not say it."""
        given_id = kept("owner_id", owner_id)
        given = trimmed("owner_document", document)
        if given is None:
            if given_id is None:
                raise RowError("owner_id", "is empty and so is owner_document; give one of them")
            return id_key(given_id)
        if given_id is not None:
            raise RowError("owner_document", "is given beside owner_id; give one of them")
        if self.key is None:
            raise RegistryError("the feed holds owner_document; give the key file (--key-file)")
        return document_key(self.key, given), None

    def time(self, column: str, text: str) -> int:
        """Seconds since 1970 of a time."""
        try:
            return parse_time(text, self.zone)
        except ValueError as error:
            raise RowError(column, str(error)) from None

    def _optional_time(self, column: str, values: dict[str, str | None]) -> int | None:
        text = trimmed(column, values.get(column))
        return None if text is None else self.time(column, text)


def trimmed(column: str, text: str | None) -> str | None:
    """A text without white space around it, None if nothing is left.

    Raises RowError for control characters and for more than 256 characters.
    """
    if text is None:
        return None
    stripped = text.strip(" \t\u3000\u00a0")
    if not stripped:
        return None
    if not stripped.isprintable() and any(
        unicodedata.category(sign) in _CONTROL for sign in stripped
    ):
        raise RowError(column, "holds control characters")
    if len(stripped) > LONGEST_TEXT:
        raise RowError(column, f"is longer than {LONGEST_TEXT} characters")
    return stripped


def kept(column: str, text: str | None) -> str | None:
    """A text that is kept as it is. Raises RowError for what looks like an identity document."""
    kept_text = trimmed(column, text)
    if kept_text is not None and looks_like_document(kept_text):
        raise RowError(column, "looks like an identity document, which belongs elsewhere")
    return kept_text


def required(
    column: str,
    values: dict[str, str | None],
    read: Callable[[str, str | None], str | None] = trimmed,
) -> str:
    """A text that has to be there. Raises RowError if it is not."""
    value = read(column, values.get(column))
    if value is None:
        raise RowError(column, "is empty")
    return value


def word(column: str, text: str | None) -> int:
    """The code of one of the column's words, whatever its case. Raises RowError for others."""
    value, words = trimmed(column, text), WORDS[column]
    if value is None:
        raise RowError(column, "is empty")
    try:
        return words.index(value.lower())
    except ValueError:
        said = suggestion(value, words) or f"; it is one of {', '.join(words)}"
        raise RowError(column, f"is an unknown word{said}") from None


def check_order(registered_at: int, closed_at: int | None, status: int) -> None:
    """What the times and the status of a row have to do with each other.

    Closed at the second of its registration is allowed: so a feed takes a row back.
    """
    if closed_at is None:
        if status == _CLOSED:
            raise RowError("closed_at", "is empty although status is closed")
    elif closed_at < registered_at:
        raise RowError("closed_at", "is before registered_at")


def halves(owner: bytes) -> tuple[int, int]:
    """owner_hi and owner_lo of a key's 16 bytes: big end first, signed."""
    middle = KEY_BYTES // 2
    return (
        int.from_bytes(owner[:middle], "big", signed=True),
        int.from_bytes(owner[middle:], "big", signed=True),
    )


def _no_number(text: str, kind: str) -> str:
    found = rewritten(text)
    if found:
        return f"has {found}; format the column as text, so that all digits are kept"
    if kind in {"emergency", "short_code"}:
        return f"is {'an' if kind[0] == 'e' else 'a'} {kind.replace('_', ' ')} number, not a line"
    return "is no telephone number"
