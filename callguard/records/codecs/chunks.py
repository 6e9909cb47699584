"""Bytes of a file or pipe, in pieces, counted as they are taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from callguard.errors import RecordError

CHUNK: Final = 256 * 1024


class ByteSource:
    """A binary stream that can be looked at before it is read, and needs no seeking.

    ``progress`` is called with the number of bytes taken each time some are.
    Raises :class:`RecordError` from any read that the operating system refuses.
    """

    def __init__(
        self, stream: BinaryIO, name: str, progress: Callable[[int], None] | None = None
    ) -> None:
        # read1 returns what a pipe has now instead of waiting for a full chunk.
        self._read_some: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self._held = bytearray()
        self._progress = progress
        self.name = name

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end, without taking them."""
        while len(self._held) < size:
            piece = self._fetch()
            if not piece:
                break
            self._held += piece
        return bytes(self._held[:size])

    def read(self, size: int) -> bytes:
        """Take ``size`` bytes, fewer only at the end."""
        taken = self.peek(size)
        del self._held[:size]
        return self._taken(taken)

    def chunks(self) -> Iterator[bytes]:
        """Take everything, in pieces of at most about 256 KiB."""
        if self._held:
            held, self._held = bytes(self._held), bytearray()
            yield self._taken(held)
        while piece := self._fetch():
            yield self._taken(piece)

    def _fetch(self) -> bytes:
        try:
            return self._read_some(CHUNK)
        except OSError as error:
            raise RecordError(f"cannot be read: {error.strerror or error}", self.name) from error

    def _taken(self, piece: bytes) -> bytes:
        if self._progress is not None and piece:
            self._progress(len(piece))
        return piece
