"""What is said once for a whole capture, however many frames it is about."""

from __future__ import annotations

from collections.abc import Iterator

from callguard.records.codecs.net.found import Unread


class Summary:
    """Reasons, each with the first frame that it is about; ``{count}`` becomes their number."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._count: dict[str, int] = {}

    def add(self, reason: str, frame: int) -> None:
        self._first.setdefault(reason, frame)
        self._count[reason] = self._count.get(reason, 0) + 1

    def finish(self) -> Iterator[Unread]:
        for reason, frame in self._first.items():
            yield Unread(reason.format(count=self._count[reason]), frame)
