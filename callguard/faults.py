"""What is wrong with a file, collected: every fault with its location, not the first one alone.

Rule files, lists, blocks, feeds, reports and carriers' answers all report through
:class:`Faults`. Nothing here reads a file, and nothing here decides what a fault leads to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

# Faults that are kept and shown one by one; of more, only the number is.
SHOWN: Final = 20


class Severity(StrEnum):
    """How bad it is. Only a ``fault`` keeps a file from being used."""

    FAULT = "fault"
    # Works, but not as meant. Counts as a fault only where a caller asks for strictness.
    WARNING = "warning"
    # Could be better.
    HINT = "hint"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in a file. Lines, columns and rows count from 1; 0 is unknown.

    ``column`` is a character of the line. In a table ``field`` names the column of the cell;
    ``row`` is used instead of ``line`` where a format has no lines (Parquet). ``code`` is stable
    and documented, ``remedy`` says what to do; both may be empty.

    ``str(fault)`` is ``FILE:LINE:COL CODE message; remedy``, less what is unknown or empty.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    remedy: str
    severity: Severity = Severity.FAULT
    row: int = 0
    field: str = ""

    @property
    def location(self) -> str:
        """``FILE:LINE:COL``, as far as it is known; ``FILE, row 7, column number`` in a table."""
        location = self.file
        if self.line:
            location += f":{self.line}:{self.column}" if self.column else f":{self.line}"
        if self.row:
            location += f", row {self.row}"
        return f"{location}, column {self.field}" if self.field else location

    def __str__(self) -> str:
        said = f"{self.message}; {self.remedy}" if self.remedy else self.message
        if self.severity is not Severity.FAULT:
            said = f"{self.severity}: {said}"
        return f"{self.location} {self.code} {said}" if self.code else f"{self.location}: {said}"

    def to_dict(self) -> dict[str, str | int | None]:
        """For JSON: an unknown line or column is null; what only some faults have may lack."""
        named: dict[str, str | int | None] = {
            "file": self.file,
            "line": self.line or None,
            "column": self.column or None,
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
        }
        if self.severity is not Severity.FAULT:
            named["severity"] = str(self.severity)
        if self.row:
            named["row"] = self.row
        if self.field:
            named["field"] = self.field
        return named


class Faults:
    """Faults, warnings and hints of one or more files; ``file`` is the one that :meth:`add` means.

    All are counted; the first ``limit`` of each severity are kept, None keeps all. The collection
    is true if it has a fault: warnings and hints do not count.
    """

    def __init__(self, file: str = "", limit: int | None = SHOWN, rest: str = "") -> None:
        self.file = file
        self.limit = limit
        # Where those that are not kept can be seen, as the remedy of the entry that counts them.
        self.rest = rest
        # How often each (severity, code, field) came; the keys are few, whatever the file holds.
        self.counts: Counter[tuple[Severity, str, str]] = Counter()
        self._totals = dict.fromkeys(Severity, 0)
        self._kept: dict[Severity, list[Fault]] = {severity: [] for severity in Severity}
        # The first of each severity that was not kept.
        self._left_out: dict[Severity, Fault] = {}
        self._files: dict[str, int] = {}
        self._given_up: list[Fault] = []

    def add(
        self,
        code: str,
        message: str,
        remedy: str = "",
        *,
        line: int = 0,
        column: int = 0,
        field: str = "",
        severity: Severity = Severity.FAULT,
    ) -> None:
        """Note a fault of ``self.file``. One of another file, or of a row: :meth:`note`."""
        where = self.file, line, column
        self.note(Fault(*where, str(code), message, remedy, severity, field=field))

    def note(self, fault: Fault) -> None:
        """Note a fault that is already made, of any file."""
        self._count(fault)
        severity = fault.severity
        kept = self._kept[severity]
        if self.limit is None or len(kept) < self.limit:
            self._files.setdefault(fault.file, len(self._files))
            kept.append(fault)
        else:
            self._left_out.setdefault(severity, fault)

    def give_up(self, fault: Fault) -> None:
        """Note why the rest was not read: a fault that is always kept, and comes last."""
        self._count(fault)
        self._given_up.append(fault)

    def _count(self, fault: Fault) -> None:
        self._totals[fault.severity] += 1
        self.counts[fault.severity, fault.code, fault.field] += 1

    def extend(self, faults: Iterable[Fault]) -> None:
        """Note many."""
        for fault in faults:
            self.note(fault)

    def count(self, *severities: Severity) -> int:
        """How many there are of these severities, those not kept included."""
        return sum(self._totals[severity] for severity in severities)

    def __len__(self) -> int:
        """How many faults there are; warnings and hints do not count."""
        return self._totals[Severity.FAULT]

    def __bool__(self) -> bool:
        return len(self) > 0

    def of(self, *severities: Severity) -> tuple[Fault, ...]:
        """What was kept of these severities, in the order of files, lines and columns.

        Files are in the order in which they were first named. If more came than were kept, an
        entry after those says how many, at the location of the first of them.
        """
        kept = [fault for one in severities for fault in self._kept[one]]
        kept.sort(key=lambda one: (self._files[one.file], one.line, one.row, one.column, one.code))
        rest = [self._rest(one) for one in severities if one in self._left_out]
        return (*kept, *rest, *(fault for fault in self._given_up if fault.severity in severities))

    def _rest(self, severity: Severity) -> Fault:
        given_up = sum(fault.severity is severity for fault in self._given_up)
        more = self.count(severity) - len(self._kept[severity]) - given_up
        said = f"{more:,} more {severity}" + ("s" if more > 1 else "") + " from here on"
        return replace(self._left_out[severity], message=said, remedy=self.rest, field="")

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults, without warnings and hints, as :meth:`of` gives them."""
        return self.of(Severity.FAULT)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The warnings and hints, as :meth:`of` gives them."""
        return self.of(Severity.WARNING, Severity.HINT)

    def __str__(self) -> str:
        """The faults, one a line; warnings and hints are not among them."""
        return "\n".join(map(str, self.faults))
