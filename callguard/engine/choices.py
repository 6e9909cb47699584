"""Choice fields in the scoring function: a mask for each spelling of each word, made at load."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callguard.engine.degraded import record_fault
from callguard.records import values
from callguard.records.fields import CHOICES


def choice_masks(field: str, look_up: Callable[[str], int], absent: int) -> dict[str | None, int]:
    """The mask for each spelling of each word that the field may hold, and for absent (None)."""
    return {
        spelling: absent if word is None else look_up(word)
        for spelling, word in _spellings(field).items()
    }


def _spellings(field: str) -> dict[str | None, str | None]:
    """Each spelling that needs no second look -> the record's own; absent under None."""
    known: dict[str | None, str | None] = {None: "unknown" if field == "roaming" else None}
    for word in CHOICES[field]:
        for spelling in (word, word.lower(), word.upper(), word.capitalize()):
            known[spelling] = word
    return known


def choice_reader(field: str) -> Callable[[object], str | None]:
    """The record's spelling of a word; None for absent and for words that the field has not.

    Raises TypeError for what is not text.
    """
    known = _spellings(field)
    words = values.SPELLINGS[field]
    nothing = known[None]

    def read(value: Any) -> str | None:
        try:
            return known[value]
        except KeyError:
            return words.get(str.lower(value), nothing)

    return read


def odd_choice(
    field: str, look_up: Callable[[str], int], absent: int
) -> Callable[[object, list[str]], int]:
    """(value, degraded) -> mask for a spelling that is not among the usual ones.

    A word that the field has not counts as absent and is named in ``degraded``. Raises TypeError
    for what is not text.
    """
    read, words = choice_reader(field), values.SPELLINGS[field]
    expected = values.expected(field)

    def mask(value: Any, degraded: list[str]) -> int:
        if str.lower(value) not in words:
            said = f"{field}: found {values.show(value)}, expected {expected}"
            degraded.append(record_fault(said))
        word = read(value)
        return absent if word is None else look_up(word)

    return mask
