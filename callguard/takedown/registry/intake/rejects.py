"""The file of refused rows, and the share of them at which a feed is not trusted any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from callguard.errors import RegistryError
from callguard.faults import Fault, Faults
from callguard.files import WholeFile, named
from callguard.takedown.json_text import json_lines

FOLDER: Final = "rejects"
# Fewer refused rows than this never stop a build: a small feed may have a few.
ALWAYS_ALLOWED: Final = 100
DEFAULT_SHARE: Final = 0.05
# So many say enough of a feed that is wrong throughout.
ENOUGH: Final = 100_000


@dataclass
class Rejects:
    """Writes refused rows to ``rejects/NAME.jsonl`` inside a registry folder.

    A line holds ``file``, ``line`` (the row number for Parquet), ``column`` and ``reason``, and
    none of the row's values. The file appears when the feeds have been read, or when
    there were so many refused rows that it stopped. ``share`` is the share of refused rows above
    which :meth:`judge` raises. ``faults`` keeps the first refused rows, for the error.
    """

    path: Path
    share: float = DEFAULT_SHARE
    seen: int = 0
    count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    faults: Faults = field(default_factory=Faults)
    _file: WholeFile | None = None

    @classmethod
    def of(cls, folder: Path, name: str, share: float = DEFAULT_SHARE) -> Self:
        return cls(folder / FOLDER / f"{name}.jsonl", share)

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = WholeFile(self.path)
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._file is not None:
            self._file.abandon()
            self._file = None

    def add(self, rows: int, refused: Iterable[Fault]) -> None:
        """Note that ``rows`` more rows were read, of which these were refused.

        Raises RegistryError as :meth:`judge` does as soon as there is no doubt.
        """
        refused = sorted(refused, key=lambda one: (one.line, one.row))
        self.seen += rows
        self.count += len(refused)
        self.faults.extend(refused)
        self.reasons.update(
            f"{one.field}: {one.message}" if one.field else one.message for one in refused
        )
        lines = json_lines(
            {
                "file": one.file,
                "line": one.line or one.row,
                "column": one.field or None,
                "reason": one.message,
            }
            for one in refused
        )
        with named(self.path):
            self._open().stream.write(lines)
        if self.count >= ENOUGH:
            self.judge()

    def _open(self) -> WholeFile:
        if self._file is None:
            raise ValueError("the rejects file is not open")
        return self._file

    def finish(self) -> None:
        """Put the file in its place, whole."""
        if self._file is not None:
            with named(self.path):
                self._file.finish()
            self._file = None

    def judge(self) -> None:
        """Raise RegistryError, and leave the file in its place, if too many rows were refused."""
        if self.count <= ALWAYS_ALLOWED or self.count <= self.share * self.seen:
            return
        self.finish()
        common = "; ".join(f"{count} × {what}" for what, count in self.reasons.most_common(3))
        error = RegistryError(
            f"{self.count} of {self.seen} rows were refused, more than {self.share:.3g} of them: "
            f"{common}. Nothing was built. Each is listed in {self.path}; fix the feed, or raise "
            "the share (--max-rejects)"
        )
        error.faults = self.faults.faults
        raise error
