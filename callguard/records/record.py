"""The signalling record and the check that turns any mapping into one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from callguard import times
from callguard.errors import RecordError
from callguard.records import values

REQUIRED: Final = ("event", "at", "called_party_number")

# For each known key what a value that needs no further look is: ``str`` for text, ``float`` for
# the event time, a set of words for a choice. Every other value takes the slower road.
_AT_ONCE: Final[dict[object, Any]] = {
    **dict.fromkeys(values.TEXT_KEYS, str),
    **{key: frozenset(words.values()) for key, words in values.SPELLINGS.items()},
    "at": float,
}


class Record(dict[str, object]):
    """One signalling event: a flat mapping from record keys to checked values.

    ``at`` is float seconds since 1970 UTC; absent keys are absent (never None), except that
    ``roaming`` is always there. Keys that the record does not define are kept untouched.

    ``source`` says where it was read (``calls.jsonl:12``, ``trunk.pcap#33``; ``""`` if it was not).
    ``faults`` names the values that a lenient check dropped; it is empty after a strict one.
    """

    __slots__ = ("faults", "source")

    def __init__(
        self,
        mapping: Mapping[str, object] | Iterable[tuple[str, object]] = (),
        source: str = "",
        faults: tuple[str, ...] = (),
    ) -> None:
        super().__init__(mapping)
        self.source = source
        self.faults = faults


def validate(mapping: Mapping[str, object], source: str = "") -> Record:
    """The mapping as a checked :class:`Record`.

    Raises :class:`RecordError` naming each wrong key, what it holds and what was expected.
    """
    record, faults = validate_lenient(mapping, source)
    if faults:
        raise RecordError("; ".join(faults), source)
    return record


def validate_lenient(
    mapping: Mapping[str, object], source: str = ""
) -> tuple[Record, tuple[str, ...]]:
    """Like :func:`validate`, but a wrong optional value is dropped, and named in the result.

    A number that is a text and cannot be read is named, too, but stays. So does a caller's number
    that is not a text: as its digits, or as a text that no rule takes for a number.

    Raises :class:`RecordError` only if ``event``, ``at`` or ``called_party_number`` cannot be
    used, for without them there is nothing to judge.
    """
    record, items = _copied(mapping, source)
    faults: list[str] = []
    at_once, numbers = _AT_ONCE.get, values.NUMBER_KEYS
    for key, value in items:
        ready = at_once(key)
        if ready is str:
            if (
                type(value) is str
                and value.isascii()
                and (key not in numbers or value[1:].isdigit())
            ):
                continue
        elif ready is float:
            if type(value) is float and 0.0 <= value <= times.LATEST_AT:
                continue
        elif ready is not None and type(value) is str and value in ready:
            continue
        _correct(record, key, value, faults, mapping)
    if "event" not in record or "at" not in record or "called_party_number" not in record:
        raise RecordError(_missing(mapping, record, faults), source)
    if "roaming" not in record:
        record["roaming"] = "unknown"
    if faults:
        record.faults = tuple(faults)
    return record, record.faults


def _copied(
    mapping: Mapping[str, object], source: str
) -> tuple[Record, Iterable[tuple[str, object]]]:
    try:
        return Record(mapping, source), mapping.items()
    except (AttributeError, TypeError, ValueError):
        raise RecordError(
            f"found {values.show(mapping)}, expected a mapping from record keys to values", source
        ) from None


def _correct(
    record: Record, key: object, value: object, faults: list[str], given: Mapping[str, object]
) -> None:
    """Store the right form of an odd value, or drop it and say why.

    What ``given``, the record as it came, says to withhold is not shown.
    """
    if not isinstance(key, str):
        del record[key]  # type: ignore[arg-type]
        faults.append(f"key: found {values.show(key)}, expected a string")
        return
    if value is None:
        del record[key]
        return
    right = _right_form(key, value)
    if right is None:
        faults.append(values.fault(key, value, shown=key not in values.withheld(given)))
        right = values.untyped_number(key, value)
        if right is None:
            del record[key]
        else:
            record[key] = right
        return
    record[key] = right
    if key in values.NUMBER_KEYS and isinstance(right, str):
        # The number stays: to rules it is one that cannot be read, not one that is absent.
        wrong = values.number_fault(key, right)
        if wrong:
            faults.append(wrong)


def _right_form(key: str, value: object) -> object:
    if key in values.TEXT_KEYS:
        return values.clean_text(value)
    if key in values.SPELLINGS:
        return values.SPELLINGS[key].get(value.lower()) if isinstance(value, str) else None
    if key == "at":
        return times.parse_event_time(value)
    if key in values.NUMERIC_KEYS:
        return values.parse_numeric(key, value)
    return value


def _missing(mapping: Mapping[str, object], record: Record, faults: list[str]) -> str:
    """What is wrong with each required key that the record ended up without."""
    said = []
    for key in REQUIRED:
        if mapping.get(key) is None:
            said.append(f"{key}: missing, expected {values.expected(key)}")
        elif key not in record:
            said += [fault for fault in faults if fault.startswith(f"{key}: ")]
    return "; ".join(said)
