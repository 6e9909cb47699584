"""Collecting faults, and the words that messages are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NoReturn

from callguard.characters import printable
from callguard.closeness import nearest
from callguard.faults import Fault, Faults, Severity
from callguard.rules.codes import Code
from callguard.rules.model import Location
from callguard.rules.nodes import HasPosition

# A file that is not a rule file at all may hold millions of faults; nobody reads more than this.
FAULT_LIMIT = 1000
SHOWN_LENGTH = 60
# Looking for a near word costs time in proportion to the words looked through, for every fault.
_SUGGESTION_BUDGET = 50_000
_SUGGESTION_LENGTH = 60


class Stopped(Exception):  # noqa: N818 - it stops the reading; the fault is in the report
    """The file cannot be read any further; the report already says why."""


class Report:
    """The faults of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults = Faults(file, limit=FAULT_LIMIT)
        self.doubts = Faults(file, limit=FAULT_LIMIT)
        self._budget = _SUGGESTION_BUDGET

    def __len__(self) -> int:
        """How many faults there are so far."""
        return len(self.faults)

    def add(self, code: Code, at: HasPosition, message: str, remedy: str) -> None:
        """Note a fault. Raises Stopped when there are too many to go on."""
        self.faults.add(code, message, remedy, line=at.line, column=at.column)
        if len(self.faults) >= FAULT_LIMIT:
            said = f"{FAULT_LIMIT} faults up to here, the rest of the file was not checked"
            code = Code.TOO_MANY_FAULTS
            self.faults.give_up(
                Fault(self.file, at.line, at.column, str(code), said, "fix these first")
            )
            raise Stopped

    def doubt(self, code: Code, at: HasPosition, message: str, remedy: str) -> None:
        """Note a fault of what does no harm: a check finds it, and the rules can be used."""
        self.doubts.add(code, message, remedy, line=at.line, column=at.column)

    def warn(self, code: Code, at: HasPosition, message: str, remedy: str) -> None:
        """Note a warning: the rules can be used."""
        self.faults.note(
            Fault(self.file, at.line, at.column, str(code), message, remedy, Severity.WARNING)
        )

    def stop(self, code: Code, at: HasPosition, message: str, remedy: str) -> NoReturn:
        """Note a fault after which nothing more can be read. Always raises Stopped."""
        self.add(code, at, message, remedy)
        raise Stopped

    def location(self, at: HasPosition) -> Location:
        """The position as part of the rule model."""
        return Location(self.file, at.line, at.column)

    def nearest(self, word: str, options: Collection[str]) -> str | None:
        """The option that ``word`` was probably meant to be, if one is near enough."""
        self._budget -= len(options)
        if self._budget < 0 or len(word) > _SUGGESTION_LENGTH:
            return None
        return nearest(word, options)

    def meant(self, word: str, options: Collection[str], otherwise: str) -> str:
        """A remedy: ``did you mean 'x'?`` when an option is near, else ``otherwise``."""
        near = self.nearest(word, options)
        return f"did you mean {quote(near)}?" if near is not None else otherwise


def quote(text: str) -> str:
    """Text from the file for one line of a message: quoted, escaped, shortened."""
    return quoted(f"{text[:SHOWN_LENGTH]}..." if len(text) > SHOWN_LENGTH else text)


def quoted(text: str) -> str:
    """Text in quotes, with escapes for what cannot be printed.

    Backslashes stay single: regular expressions are shown as the file has them.
    """
    shown = printable(text).replace("\t", r"\t")
    return f"'{shown}'"


def one_of(words: Iterable[str]) -> str:
    """``a, b or c``."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
