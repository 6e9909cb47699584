"""Every error that callguard raises on purpose descends from :class:`CallguardError`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class CallguardError(Exception):
    """Root of callguard's own errors. The message says what, where, and how to mend it."""


class NumberingError(CallguardError):
    """A numbering table or a numbering setting (home country, block list) cannot be used."""


class RecordError(CallguardError):
    """A signalling record, or bytes that should hold one, cannot be read.

    ``source`` says where it came from (``FILE:LINE``, ``FILE#PACKET``), ``""`` if unknown.
    """

    def __init__(self, message: str, source: str = "") -> None:
        super().__init__(f"{source}: {message}" if source else message)
        self.reason = message
        self.source = source


class ListError(CallguardError):
    """A number list cannot be read."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a rule file. Lines and columns count from 1.

    ``str(fault)`` is ``FILE:LINE:COL CODE message; remedy``.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.code} {self.message}; {self.remedy}"


class RuleError(CallguardError):
    """Rules that cannot be used. ``faults`` holds every fault found, in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class CounterError(CallguardError):
    """A counter store cannot be reached, read or used."""


class NodeError(CounterError):
    """One node of a counter store cannot answer; the others can."""


class StreamError(CallguardError):
    """A stream of records cannot be reached, read or written."""


class TakedownError(CallguardError):
    """A takedown cannot go on: nothing has been ordered by what raised this."""


class RegistryError(TakedownError):
    """A registry of registrations cannot be built, read or trusted."""


class PlanError(TakedownError):
    """A takedown plan, its reports or its approvals cannot be used."""


class JournalError(TakedownError):
    """The journal of orders cannot be read, written or trusted."""
