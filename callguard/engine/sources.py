"""Where the scoring function finds each field's value, as Python expressions.

Every expression gives None for an absent value, and raises for one that the field cannot hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callguard import times
from callguard.engine.column import LONGEST_TEXT, Column
from callguard.engine.degraded import record_fault
from callguard.records import values
from callguard.records.derive import SHORTEST_WITH_PREFIX
from callguard.records.fields import CHOICES, PARTIES, RAW_FIELDS, FieldType


class Sources:
    """The expressions for one event's function; what they call is put into ``names``."""

    def __init__(self, event: str, names: dict[str, Any]) -> None:
        self.event = event
        self._names = names
        names["seconds"] = seconds
        names["LATEST_AT"] = times.LATEST_AT
        names["nature"] = choice_reader("nature_of_address")

    def of(self, name: str) -> str:
        """An expression for the field's value."""
        if name in ("at", "event"):
            return name if name == "at" else repr(self.event)
        party, dot, part = name.partition(".")
        if dot:
            whole = f"{party}_class"
            if part == "prefix":
                self._names["block"] = block
                return f"block({party}_e164)"
            return f"{party}_e164" if part == "e164" else f"({whole} and {whole}.{part})"
        if name == "shared_prefix":
            self._names["shared_digits"] = shared_digits
            return "shared_digits(calling_e164, called_e164)"
        if name == "self_call":
            either = "calling_e164 is None or called_e164 is None"
            return f"(None if {either} else calling_e164 == called_e164)"
        for party, key in PARTIES.items():
            if name == key:
                self._names["text"] = text
                return f"text({party}_raw)"
        return self._of_raw(name)

    def _of_raw(self, name: str) -> str:
        kind = RAW_FIELDS[name]
        if kind is FieldType.ENUM:
            self._names[f"choice_{name}"] = choice_reader(name)
            return f"choice_{name}(get({name!r}))"
        if kind is FieldType.NUMERIC:
            self._names["numeric"] = numeric
            return f"numeric({name!r}, get({name!r}))"
        self._names["text"] = text
        return f"text(get({name!r}))"

    def choice_masks(self, name: str, column: Column) -> dict[str | None, int]:
        """The mask for each spelling of each word that the field may hold, and for absent."""
        return {
            spelling: column.absent if word is None else column.look_up(word)
            for spelling, word in _spellings(name).items()
        }


def _spellings(name: str) -> dict[str | None, str | None]:
    """Each spelling that needs no second look -> the record's own; absent under None."""
    known: dict[str | None, str | None] = {None: "unknown" if name == "roaming" else None}
    for word in CHOICES[name]:
        for spelling in (word, word.lower(), word.upper(), word.capitalize()):
            known[spelling] = word
    return known


def choice_reader(name: str) -> Callable[[object], str | None]:
    """The record's spelling of a word; None for absent and for words that the field has not.

    Raises TypeError for what is no text.
    """
    known = _spellings(name)
    words = values.SPELLINGS[name]
    nothing = known[None]

    def read(value: Any) -> str | None:
        try:
            return known[value]
        except KeyError:
            return words.get(str.lower(value), nothing)

    return read


def odd_choice(name: str, column: Column) -> Callable[[object, list[str]], int]:
    """(value, degraded) -> mask for a spelling that is not among the usual ones.

    A word that the field has not counts as absent and is named in ``degraded``. Raises TypeError
    for what is no text.
    """
    read, words = choice_reader(name), values.SPELLINGS[name]
    expected = values.expected(name)

    def mask(value: Any, degraded: list[str]) -> int:
        if str.lower(value) not in words:
            degraded.append(
                record_fault(f"{name}: found {values.show(value)}, expected {expected}")
            )
        word = read(value)
        return column.absent if word is None else column.look_up(word)

    return mask


def seconds(value: object) -> float:
    """Event time as float seconds; raises ValueError for what is no time."""
    found = times.parse_event_time(value)
    if found is None:
        raise ValueError("at")
    return found


def text(value: object) -> object:
    """The text or None; raises TypeError or ValueError for what a column would refuse too."""
    if value is None:
        return None
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        value.encode()
        return value
    raise TypeError(f"expected text of at most {LONGEST_TEXT} characters")


def numeric(name: str, value: object) -> float | None:
    """The number or None; raises ValueError for what the field cannot hold."""
    if value is None:
        return None
    found = values.parse_numeric(name, value)
    if found is None:
        raise ValueError(name)
    return found


def block(e164: str | None) -> str | None:
    """An E.164 number without its last four digits; None for codes and for what is unknown."""
    # The plus is no digit.
    return e164[:-4] if e164 is not None and len(e164) > SHORTEST_WITH_PREFIX else None


def shared_digits(calling: str | None, called: str | None) -> int | None:
    """How many leading digits two E.164 numbers share; None if either is unknown."""
    if calling is None or called is None:
        return None
    shared = -1  # for the plus that both begin with
    for one, other in zip(calling, called, strict=False):
        if one != other:
            return shared
        shared += 1
    return shared
