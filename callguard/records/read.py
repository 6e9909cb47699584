"""Reading records from a file or from standard input, whatever their format."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO, Final

from callguard.errors import RecordError
from callguard.records.codecs import check as checks
from callguard.records.codecs.check import Check
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.csv import read_csv
from callguard.records.codecs.foreign import foreign
from callguard.records.codecs.jsonl import read_jsonl
from callguard.records.codecs.lines import BOM
from callguard.records.codecs.msgpack import read_msgpack
from callguard.records.record import Record

FORMATS: Final = ("jsonl", "msgpack", "csv", "pcap")

_BY_EXTENSION: Final = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".msgpack": "msgpack",
    ".mpk": "msgpack",
    ".csv": "csv",
    ".pcap": "pcap",
    ".pcapng": "pcap",
    ".cap": "pcap",
}
# libpcap in either byte order, micro- or nanoseconds, and Kuznetzov's variant; pcapng.
_PCAP_MAGIC: Final = (
    b"\xa1\xb2\xc3\xd4",
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",
    b"\x4d\x3c\xb2\xa1",
    b"\xa1\xb2\xcd\x34",
    b"\x34\xcd\xb2\xa1",
    b"\x0a\x0d\x0d\x0a",
)
# Enough for every magic number, and no more: a pipe may deliver one short record and then wait.
_HEAD: Final = 4


def detect_format(name: str, head: bytes) -> str:
    """``jsonl``, ``msgpack``, ``csv`` or ``pcap``, from a file's name and its first bytes.

    A capture is known by its magic number whatever its name; otherwise the extension decides,
    and without a known one the first byte: ``{`` opens JSON, the byte of a MessagePack map opens
    that, anything else is CSV. Raises :class:`RecordError` for compressed or UTF-16 input.
    """
    why = foreign(head)
    if why:
        raise RecordError(why, name)
    if head.startswith(_PCAP_MAGIC):
        return "pcap"
    by_extension = _BY_EXTENSION.get(Path(name).suffix.lower())
    if by_extension is not None:
        return by_extension
    text = head.removeprefix(BOM).lstrip()
    if not text or text[:1] == b"{":
        return "jsonl"
    # fixmap, map 16, map 32
    if 0x80 <= text[0] <= 0x8F or text[0] in (0xDE, 0xDF):
        return "msgpack"
    return "csv"


def read_records(
    source: str | os.PathLike[str],
    format: str = "auto",
    *,
    lenient: bool = False,
    given: Mapping[str, object] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Record | RecordError]:
    """Every record of a file, or of standard input for ``-``, in input order.

    A record that cannot be read comes as a :class:`RecordError` in its place, and reading goes
    on. With ``lenient``, a wrong value in an optional key does not make one: the value is dropped
    and named in ``Record.faults``. ``given`` are values of fields that a record lacks, required
    ones too. ``format`` is ``auto`` or one of :data:`FORMATS`.
    ``progress`` is called with numbers of bytes as they are consumed. The input is read as a
    stream, in bounded memory.

    Raises :class:`RecordError` if the input as a whole cannot be opened or read.
    """
    if format != "auto" and format not in FORMATS:
        expected = ", ".join(("auto", *FORMATS))
        raise RecordError(f"found the format {format!r}, expected one of {expected}")
    check = checks.filling(checks.lenient if lenient else checks.strict, given or {})
    return _read(os.fspath(source), format, check, frozenset(given or ()), progress)


def _read(
    name: str,
    format: str,
    check: Check,
    given: frozenset[str],
    progress: Callable[[int], None] | None,
) -> Iterator[Record | RecordError]:
    opened = nullcontext(sys.stdin.buffer) if name == "-" else _open(name)
    with opened as stream:
        source = ByteSource(stream, "<stdin>" if name == "-" else name, progress)
        chosen = detect_format(source.name, source.peek(_HEAD)) if format == "auto" else format
        yield from _decode(source, chosen, check, given)


def _open(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RecordError(f"cannot be opened: {reason}", name) from error


def _decode(
    source: ByteSource, format: str, check: Check, given: frozenset[str]
) -> Iterator[Record | RecordError]:
    if format == "pcap":
        # Imported when wanted: captures need a library that others do not install.
        from callguard.records.codecs.pcap import read_pcap

        return read_pcap(source, check)
    if format == "csv":
        return read_csv(source.chunks(), source.name, check, given=given)
    reader = {"jsonl": read_jsonl, "msgpack": read_msgpack}[format]
    return reader(source.chunks(), source.name, check)
