"""Every error that callguard raises on purpose descends from :class:`CallguardError`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from callguard.faults import Fault, Faults


class CallguardError(Exception):
    """Root of callguard's own errors. The message says what, where, and how to fix it.

    ``faults`` has each thing wrong with its place, where the error is about a file that has them.
    """

    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, faults: Faults) -> Self:
        """The error that these faults are; its message has one a line."""
        error = cls(str(faults))
        error.faults = faults.faults
        return error


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


class UnforeseenError(RecordError):
    """A fault of callguard's own, met while one record was read; ``__cause__`` has it.

    It stands in that record's place, and reading goes on.
    """


class ListError(CallguardError):
    """A number list cannot be read."""


class RuleError(CallguardError):
    """Rules that cannot be used. ``faults`` holds every fault found, in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @classmethod
    def of(cls, faults: Faults) -> Self:
        """The error that these faults are."""
        return cls(faults.faults)


class ServerError(CallguardError):
    """A Redis or Valkey server cannot be used: counters and streams say what that means to them."""


class NoAnswerError(ServerError):
    """A server was not reached, broke off, or did not answer in time."""


class ServerLoadingError(ServerError):
    """A server is still reading its data from disk."""


class CommandError(ServerError):
    """A server cannot answer one command. That says nothing about other commands."""


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
