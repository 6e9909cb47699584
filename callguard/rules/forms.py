"""What the values of each field look like, so that a test that none of them can pass is seen.

Every field has its form in :data:`FORMS`. A form says "never" only where that is certain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

from callguard.numbering.table import MAX_DIGITS, shipped_table
from callguard.records.derive import SHORTEST_WITH_PREFIX
from callguard.records.fields import CHOICES, PARTIES, RAW_FIELDS, FieldType
from callguard.records.values import HIGHEST_CAUSE, LONGEST_S
from callguard.rules.evaluate import passes
from callguard.rules.expression_paths import Shape, may_be_found, may_match
from callguard.rules.predicates import (
    Compare,
    Contains,
    EndsWith,
    Equals,
    Matches,
    StartsWith,
    Test,
    Wildcard,
)
from callguard.rules.wildcards import ANY, Part, split
from callguard.times import LATEST_AT

_DIGITS: Final = frozenset("0123456789")
_FOUR: Final = 4


class Form(Protocol):
    """The form of a field's values; ``said`` puts it in words, and may be empty."""

    @property
    def said(self) -> str: ...

    def admits(self, test: Test) -> bool:
        """False only if no value of this form passes the test."""
        ...


@dataclass(frozen=True, slots=True)
class Anything:
    """Text that somebody else chose, and truth values: a test on them is never known to fail."""

    said: str = ""

    def admits(self, _test: Test) -> bool:
        """Always true."""
        return True


@dataclass(frozen=True, slots=True)
class Number:
    """``+`` and digits, as callguard itself writes numbers; no calling code begins with 0."""

    said: str
    fewest: int
    most: int

    @property
    def shape(self) -> Shape:
        """The form as characters."""
        start = (frozenset("+"), _DIGITS - {"0"})
        return Shape(start, _DIGITS, 1 + self.fewest, 1 + self.most)

    def admits(self, test: Test) -> bool:
        """False if the test asks for other characters, for more or fewer, or in another order."""
        match test:
            case Matches(values=expressions):
                return any(may_be_found(one, self.shape) for one in expressions)
            case Equals() | StartsWith() | EndsWith() | Contains() | Wildcard():
                return any(self._admits(test, str(value)) for value in test.values)
        return True

    def _admits(self, test: Test, value: str) -> bool:
        if _is_plain(test, value, self.fewest, self.most):
            return True
        literal: list[Part] = [(value,)] if value else []
        after = [ANY] if isinstance(test, StartsWith | Contains) else []
        before = [ANY] if isinstance(test, EndsWith | Contains) else []
        parts = split(value) if isinstance(test, Wildcard) else [*before, *literal, *after]
        return may_match(parts, self.shape)


_WHOLE: Final = re.compile(r"\+[1-9][0-9]*")
_BEGINNING: Final = re.compile(r"\+(?:[1-9][0-9]*)?")
_PART: Final = re.compile(r"[0-9]+")


def _is_plain(test: Test, value: str, fewest: int, most: int) -> bool:
    """The short cut for what rules are full of: whole numbers, their beginnings and their ends."""
    if isinstance(test, Equals):
        return fewest < len(value) <= most + 1 and _WHOLE.fullmatch(value) is not None
    if isinstance(test, StartsWith):
        return len(value) <= most and _BEGINNING.fullmatch(value) is not None
    return (
        isinstance(test, EndsWith | Contains)
        and len(value) < most
        and _PART.fullmatch(value) is not None
    )


@dataclass(frozen=True, slots=True)
class Characters:
    """What ``X.repaired`` says: code points such as ``U+FE0F``, with spaces between them.

    Values and expressions that compare without case are taken as they are written.
    """

    said: str

    def admits(self, test: Test) -> bool:
        """False if no such text has what the test asks for."""
        match test:
            case Matches(values=expressions):
                return any(may_be_found(one, _CODE_POINTS) for one in expressions)
            case Equals(values=values, cased=cased):
                wanted = [str(one) if cased else str(one).upper() for one in values]
                return any(map(_CODE_POINT_LIST.fullmatch, wanted))
            case StartsWith() | EndsWith() | Contains():
                return any(self._has(test, str(value)) for value in test.values)
            case Wildcard(values=values, cased=cased):
                patterns = [split(value if cased else value.upper()) for value in values]
                return any(may_match(parts, _CODE_POINTS) for parts in patterns)
        return True

    @staticmethod
    def _has(test: StartsWith | EndsWith | Contains, value: str) -> bool:
        literal: list[Part] = [(value if test.cased else value.upper(),)] if value else []
        after = [] if isinstance(test, EndsWith) else [ANY]
        before = [] if isinstance(test, StartsWith) else [ANY]
        return may_match([*before, *literal, *after], _CODE_POINTS)


# The last sign says that there are more than are named.
_CODE_POINTS: Final = Shape(
    (frozenset("U"), frozenset("+")), frozenset("U+0123456789ABCDEF …"), 6, 8 * 9
)
_CODE_POINT_LIST: Final = re.compile(r"U\+[0-9A-F]{4,6}( U\+[0-9A-F]{4,6}){0,7}( …)?")


@dataclass(frozen=True, slots=True)
class Numeric:
    """Numbers from ``low`` to ``high``, whole ones only if ``whole``."""

    said: str
    low: float
    high: float
    whole: bool = False

    def admits(self, test: Test) -> bool:
        """False if no such number is equal, or on that side of the bound."""
        match test:
            case Equals(values=values):
                return any(not isinstance(value, str) and self._has(value) for value in values)
            case Compare(op="gt", number=number):
                return self.high > number
            case Compare(op="gte", number=number):
                return self.high >= number
            case Compare(op="lt", number=number):
                return self.low < number
            case Compare(op="lte", number=number):
                return self.low <= number
        return True

    def _has(self, value: float) -> bool:
        return self.low <= value <= self.high and not (self.whole and value != int(value))


@dataclass(frozen=True, slots=True)
class Words:
    """One of a few words."""

    words: frozenset[str]
    said: str = ""

    def admits(self, test: Test) -> bool:
        """False if none of the words passes."""
        if isinstance(test, Equals) and not test.cased:
            return not self.lowered.isdisjoint(str(value).lower() for value in test.values)
        # What a list holds, and what another field holds, is not known here.
        return any(passes(test, word) is not False for word in self.words)

    @property
    def lowered(self) -> frozenset[str]:
        """The words in lower case."""
        return _lowered(self.words)


@cache
def _lowered(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in words)


E164: Final = Number("its values are + and digits, the calling code first", 1, MAX_DIGITS)
PREFIX: Final = Number(
    "its values are + and the number without its last four digits",
    SHORTEST_WITH_PREFIX - _FOUR,
    MAX_DIGITS - _FOUR,
)
# Names folded for comparison: what a rule says is folded as they are, so that it can be equal.
_FOLDED: Final = Anything()


def _seconds(low: float, high: float) -> Numeric:
    return Numeric(f"its values are seconds from {low:.0f} to {high:.0f}", low, high)


def _raw_form(field: str, kind: FieldType) -> Form:
    if kind is FieldType.ENUM:
        return Words(frozenset(CHOICES[field]))
    if field == "cause":
        said = f"its values are whole numbers from 0 to {HIGHEST_CAUSE}"
        return Numeric(said, 0, HIGHEST_CAUSE, whole=True)
    if kind is FieldType.NUMERIC:
        return _seconds(0, LATEST_AT if field == "at" else LONGEST_S)
    return Anything()


def _countries() -> Words:
    said = "no number of any plan is of that country"
    return Words(frozenset(shipped_table().homes), said)


@cache
def forms() -> dict[str, Form]:
    """The form of every field, raw and derived."""
    found = {field: _raw_form(field, kind) for field, kind in RAW_FIELDS.items()}
    of_party: dict[str, Form] = {
        "e164": E164,
        "prefix": PREFIX,
        "country": _countries(),
        "kind": Words(frozenset(CHOICES["calling.kind"])),
        "valid": Anything(),
        "certain": Anything(),
        "repaired": Characters("its values are code points, such as 'U+FE0F U+041E'"),
    }
    for party in PARTIES:
        found |= {f"{party}.{name}": form for name, form in of_party.items()}
    shared = f"its values are whole numbers from 0 to {MAX_DIGITS}"
    return {
        **found,
        "display_name.folded": _FOLDED,
        "display_name.e164": E164,
        "sender.folded": _FOLDED,
        "shared_prefix": Numeric(shared, 0, MAX_DIGITS, whole=True),
        "self_call": Anything(),
        "redirected": Anything(),
    }


def never_equal(first: str, second: str) -> bool:
    """Whether two fields have no value in common, whatever the record."""
    one, other = forms()[first], forms()[second]
    for words, form in ((one, other), (other, one)):
        if isinstance(words, Words) and isinstance(form, Words | Number):
            return not form.admits(Equals(tuple(sorted(words.words))))
    # A number is never its own beginning.
    party, _, part = first.partition(".")
    return {part, second.removeprefix(f"{party}.")} == {"e164", "prefix"}
