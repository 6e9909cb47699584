"""How the scoring function reads each field's value, as Python expressions.

Every expression gives None for an absent value, and raises for one that the field cannot hold.
"""

from __future__ import annotations

from typing import Any, Final

from callguard import times
from callguard.engine.choices import choice_reader
from callguard.engine.name_reading import NAME_KEYS, SHOWN, read_name, read_shown, read_text
from callguard.numbering import repaired
from callguard.records import values
from callguard.records.derive import SHORTEST_WITH_PREFIX
from callguard.records.fields import PARTIES, RAW_FIELDS, FieldType
from callguard.records.names import is_read_from

# Fields that compare one number of a record with another.
PAIRED: Final = frozenset({"shared_prefix", "self_call", "redirected"})


def local_name(field: str) -> str:
    """The local variable of the scoring function that holds a field's value."""
    return field.replace(".", "_")


class FieldReader:
    """The expressions for one event's function; what they call is put into ``names``."""

    def __init__(self, event: str, names: dict[str, Any]) -> None:
        self.event = event
        self._names = names
        names["read_time"] = read_time
        names["LATEST_AT"] = times.LATEST_AT
        names["read_nature"] = choice_reader("nature_of_address")

    def of(self, field: str) -> str:
        """An expression for the field's value."""
        if field in ("at", "event"):
            return field if field == "at" else repr(self.event)
        if field in NAME_KEYS:
            return self._of_name(field)
        party, dot, part = field.partition(".")
        if dot:
            return self._of_party(party, part)
        if field in PAIRED:
            return self._of_pair(field)
        if field in PARTIES.values():
            return self._call(read_text, local_name(field))
        kind = RAW_FIELDS[field]
        if kind is FieldType.ENUM:
            self._names[f"read_{field}"] = choice_reader(field)
            return f"read_{field}(get({field!r}))"
        if kind is FieldType.NUMERIC:
            return self._call(read_number, f"{field!r}, get({field!r})")
        return self._call(read_text, f"get({field!r})")

    def _of_pair(self, field: str) -> str:
        if field == "shared_prefix":
            return self._call(shared_digits, "calling_e164, called_e164")
        if field == "self_call":
            either = "calling_e164 is None or called_e164 is None"
            return f"(None if {either} else calling_e164 == called_e164)"
        number = "redirecting_number, redirecting_e164, redirecting_class"
        others = "(calling_e164, called_e164)"
        raws = "(calling_party_number, called_party_number)"
        other = f"redirecting_e164 not in {others} and redirecting_number not in {raws}"
        return f"(redirecting_class and ({other} and may_redirect({number})))"

    def _of_name(self, field: str) -> str:
        if not is_read_from(field, self.event):
            return "None"
        name = f"get({NAME_KEYS[field]!r})"
        return (
            self._call(read_shown, f"{name}, classify")
            if field == SHOWN
            else self._call(read_name, name)
        )

    def _of_party(self, party: str, part: str) -> str:
        if part == "prefix":
            return self._call(prefix_of, f"{party}_e164")
        if part == "certain":
            nature = "read_nature(get('nature_of_address'))" if party == "calling" else "None"
            number = f"{PARTIES[party]}, {nature}, {party}_e164, {party}_class"
            return f"is_certain({number})"
        if part == "repaired":
            return self._call(repaired_in, PARTIES[party])
        if part == "e164":
            return f"{party}_e164"
        return f"({party}_class and {party}_class.{part})"

    def _call(self, function: Any, arguments: str) -> str:
        self._names[function.__name__] = function
        return f"{function.__name__}({arguments})"


def read_time(value: object) -> float:
    """Event time as float seconds; raises ValueError for what is not a time."""
    seconds = times.parse_event_time(value)
    if seconds is None:
        raise ValueError("at")
    return seconds


def check_number(key: str, number: str) -> None:
    """Raises ValueError for a text that is no number because a spreadsheet rewrote it."""
    if values.number_fault(key, number):
        raise ValueError(key)


def read_number(field: str, value: object) -> float | None:
    """The number or None; raises ValueError for what the field cannot hold."""
    if value is None:
        return None
    number = values.parse_numeric(field, value)
    if number is None:
        raise ValueError(field)
    return number


def repaired_in(number: str | None) -> str | None:
    """The characters that do not belong in a number; None if there are none."""
    return None if number is None else repaired(number)


def prefix_of(e164: str | None) -> str | None:
    """An E.164 number without its last four digits; None for codes and for what is unknown."""
    # The plus is not a digit.
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
