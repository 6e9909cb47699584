"""What a verdict's ``degraded`` may say: every word that an entry of it begins with.

An entry is one of these words alone, or the word with more behind it, as the functions below
write it. docs/embedding.md lists them for those who read verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COUNTERS: Final = "counters"
EARLY: Final = "early"
RECORD: Final = "record"
NUMBERING: Final = "numbering"
ALERT: Final = "alert"
LIST: Final = "list"
FIELD: Final = "field"
NO: Final = "no"
COST: Final = "cost"

# Each word, and what it says of the verdict.
MEANINGS: Final[Mapping[str, str]] = {
    COUNTERS: "the counters could not be asked: correlations were neither counted nor judged",
    EARLY: "the record is too far in the future: correlations were neither counted nor judged",
    RECORD: "a part of the record cannot be used, or is too long: it counts as absent, or is cut",
    NUMBERING: "the numbering plan failed: the call passes, judged by no rule",
    ALERT: "the text of the alert could not be made: the verdict has none",
    LIST: "looking a number up in that list failed: rules that need it did not match",
    FIELD: "the tests of that field failed: rules that need them did not match",
    NO: "the record lacks that field, and a rule that names it could otherwise have matched",
    COST: "that rule is off, for reading texts costs too much with it; it might have matched",
}


def word_of(entry: str) -> str:
    """The word that an entry of ``degraded`` begins with."""
    return entry.partition(":")[0].partition(" ")[0]


def record_fault(fault: object) -> str:
    """``record: FAULT``: a value of the record cannot be used."""
    return f"{RECORD}: {fault}"


def list_fault(name: str) -> str:
    """``list NAME``: the list of that name failed."""
    return f"{LIST} {name}"


def field_fault(name: str) -> str:
    """``field NAME``: the tests of that field failed."""
    return f"{FIELD} {name}"


def absent_field(name: str) -> str:
    """``no NAME``: the record does not say that field."""
    return f"{NO} {name}"


def cost_of(rule: str) -> str:
    """``cost NAME``: the rule of that name is off for its cost, and might have matched."""
    return f"{COST} {rule}"
