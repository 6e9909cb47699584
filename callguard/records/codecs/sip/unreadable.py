"""What an address that cannot be read is refused with."""

from __future__ import annotations

from typing import Final

from callguard.errors import RecordError

_SHOWN: Final = 80


class UnreadableError(RecordError):
    """Part of a SIP message that cannot be read in one way only.

    ``unquoted`` says the same without showing what was found: a caller may have withheld it.
    """

    def __init__(self, what: str, found: str, expected: str) -> None:
        super().__init__(f"found the {what} {found[:_SHOWN]!r}, expected {expected}")
        self.unquoted = f"the {what} cannot be read, expected {expected}"
