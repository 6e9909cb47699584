"""The text of a CSV feed, whatever its encoding, as UTF-8 in blocks of whole lines."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from callguard.errors import RegistryError

BLOCK: Final = 16 << 20
# A longer line is not one of a feed, but perhaps a file without line ends.
LONGEST_LINE: Final = 1 << 20

_GZIP: Final = b"\x1f\x8b"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS: Final = (
    (b"PK\x03\x04", "a zip archive or spreadsheet; save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet; save it as CSV"),
    (b"\x28\xb5\x2f\xfd", "zstd data; unpack it first"),
    (b"BZh", "bzip2 data; unpack it first"),
    (b"\xfd7zXZ", "xz data; unpack it first"),
)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text file of which every byte is known to be of ``encoding`` (a codec's name)."""

    path: Path
    name: str
    encoding: str

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """The text as UTF-8 without a byte order mark, in blocks that end with a line.

        Only the last one may lack the line end. Raises RegistryError if a line has no end for
        more than a million bytes, or if the file is no longer what it was.
        """
        rest = b""
        for text in _decoded(self.path, self.name, self.encoding, size):
            block = rest + text
            cut = block.rfind(b"\n") + 1
            if cut:
                yield block[:cut]
            rest = block[cut:]
            if len(rest) > max(size, LONGEST_LINE):
                raise RegistryError(f"{self.name}: a line is longer than {LONGEST_LINE} bytes")
        if rest:
            yield rest


def open_text(path: Path, name: str, encoding: str | None = None) -> TextFile:
    """Find a file's encoding and check that every byte of it is of that encoding.

    Without ``encoding``: a byte order mark decides, else UTF-8 if all of it is valid UTF-8, else
    GB18030. gzip data is unpacked. Raises RegistryError, naming the line and the byte in it,
    if the file is of none of them, or not of the encoding that was given.
    """
    if encoding is not None:
        chosen = _codec(encoding)
        fault = _fault(path, name, chosen)
        if fault is not None:
            raise RegistryError(f"{name}: {fault}, which is not {encoding}")
        return TextFile(path, name, chosen)
    start = _start(path, name)
    for mark, marked in _BOMS:
        if start.startswith(mark):
            fault = _fault(path, name, marked)
            if fault is not None:
                shown = "UTF-8" if mark == codecs.BOM_UTF8 else "UTF-16"
                raise RegistryError(f"{name}: {fault}, which is not {shown} as its mark says")
            return TextFile(path, name, marked)
    if b"\0" in start:
        raise RegistryError(
            f"{name}: holds zero bytes; if it is UTF-16 without a byte order mark, give the "
            "encoding (--encoding utf-16-le)"
        )
    first = _fault(path, name, "utf-8")
    if first is None:
        return TextFile(path, name, "utf-8")
    second = _fault(path, name, "gb18030")
    if second is None:
        return TextFile(path, name, "gb18030")
    raise RegistryError(
        f"{name}: is neither UTF-8 ({first}) nor GB18030 ({second}); give the encoding "
        "(--encoding NAME)"
    )


@contextmanager
def unpacked(path: Path, name: str) -> Iterator[IO[bytes]]:
    """A file open for reading, gzip data unpacked. Raises RegistryError if that fails."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(len(_GZIP)) == _GZIP
            stream.seek(0)
            if not packed:
                yield stream
                return
            with gzip.open(stream) as inner:
                yield cast("IO[bytes]", inner)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise RegistryError(
            f"{name}: the gzip data is damaged or cut off; fetch it again"
        ) from None
    except OSError as error:
        raise RegistryError(f"{name}: cannot be read ({error.strerror or error})") from None


def _start(path: Path, name: str) -> bytes:
    with unpacked(path, name) as stream:
        start = stream.read(4096)
    for magic, what in _OTHERS:
        if start.startswith(magic):
            raise RegistryError(f"{name}: is {what}")
    if not start:
        raise RegistryError(f"{name}: is empty; a feed has at least a header")
    return start


def _codec(encoding: str) -> str:
    try:
        codec = codecs.lookup(encoding)
        # Python has codecs of other things than text under the same roof.
        "".encode(encoding)
    except LookupError:
        raise RegistryError(
            f"{encoding!r} is not an encoding; give utf-8, utf-16, gb18030 or another of Python's"
        ) from None
    return "utf-8-sig" if codec.name == "utf-8" else codec.name


def _fault(path: Path, name: str, encoding: str) -> str | None:
    """Where the first byte is that is not of the encoding; None if there is none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, column = 1, 1
    with unpacked(path, name) as stream:
        final = False
        pending = b""
        while not final:
            chunk = stream.read(1 << 20)
            final = not chunk
            try:
                text = decoder.decode(chunk, final)
            except UnicodeError as error:
                where = getattr(error, "start", 0)
                held = getattr(error, "object", pending + chunk)[:where]
                return _place(held, encoding, line, column)
            ends = text.count("\n")
            line += ends
            tail = text[text.rfind("\n") + 1 :] if ends else text
            column = (1 if ends else column) + len(tail.encode(_plain(encoding), "surrogatepass"))
            pending = decoder.getstate()[0]
    return None


def _place(held: bytes, encoding: str, line: int, column: int) -> str:
    """Line and byte behind good bytes that begin at the given line and byte."""
    text = held.decode(encoding, "ignore")
    ends = text.count("\n")
    tail = len(text[text.rfind("\n") + 1 :].encode(_plain(encoding))) if ends else len(held)
    return f"line {line + ends}, byte {(1 if ends else column) + tail}"


def _plain(encoding: str) -> str:
    """The codec that writes the same bytes without a mark in front."""
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)


def _decoded(path: Path, name: str, encoding: str, size: int) -> Iterator[bytes]:
    """The file's text in UTF-8, in pieces of about ``size`` bytes of the file."""
    decoder = codecs.getincrementaldecoder(encoding)()
    plain = encoding == "utf-8"
    with unpacked(path, name) as stream:
        while chunk := stream.read(size):
            if plain:
                yield chunk
                continue
            yield _again(decoder, chunk, name).encode()
        rest = b"" if plain else _again(decoder, b"", name).encode()
    if rest:
        yield rest


def _again(decoder: codecs.IncrementalDecoder, chunk: bytes, name: str) -> str:
    try:
        return decoder.decode(chunk, not chunk)
    except UnicodeError:
        raise RegistryError(f"{name}: changed while it was read") from None
