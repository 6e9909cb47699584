"""The compiled form of a number list: Roaring bitmaps behind a header.

Layout: 8 bytes magic, 4 bytes length of the header (little-endian), the header in MessagePack,
and the serialised bitmaps one after another. The header says of which text, home country and
numbering table the bitmaps are, and their sizes and checksum.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgpack
from pyroaring import BitMap64

from callguard.errors import ListError
from callguard.faults import Fault, Severity
from callguard.files import whole_file
from callguard.numbering.plan import NumberingPlan

SUFFIX: Final = ".roar"
FORMAT: Final = 1
# The code of a compiled list that was not used; ``docs/rules.md`` explains it.
NOT_USED: Final = "CG605"
# The code of a list that was compiled without its bad lines.
LEFT_OUT: Final = "CG609"
_MAGIC: Final = b"CGROAR\r\n"


@dataclass(frozen=True, slots=True)
class ListContent:
    """What a number list holds.

    ``whole`` holds numbers as their digits; ``prefixes`` beginnings of numbers by how many digits
    they have; ``long`` numbers of more than 19 digits, with their ``+``; ``digest`` is the
    SHA-256 of the text, in hex. ``left_out`` is how many bad lines are not in it.
    """

    whole: BitMap64
    prefixes: Mapping[int, BitMap64]
    long: tuple[str, ...]
    digest: str
    left_out: int = 0


def compiled_path(path: Path) -> Path:
    """Where the compiled form of a list is kept."""
    return path.with_suffix(SUFFIX)


def write(path: Path, source: os.stat_result, plan: NumberingPlan, content: ListContent) -> Path:
    """Write the compiled form of the list at ``path``, all or nothing."""
    lengths = sorted(content.prefixes)
    bitmaps = [content.whole, *(content.prefixes[length] for length in lengths)]
    parts = []
    for bitmap in bitmaps:
        bitmap.run_optimize()
        parts.append(bitmap.serialize())
    body = b"".join(parts)
    header = msgpack.packb(
        {
            **_origin(source, plan),
            "digest": content.digest,
            "left_out": content.left_out,
            "long": content.long,
            "lengths": lengths,
            "sizes": [len(part) for part in parts],
            "crc32": zlib.crc32(body),
        }
    )
    target = compiled_path(path)
    try:
        with whole_file(target) as file:
            # Whatever the umask: those who score are often other users than those who compile.
            os.fchmod(file.fileno(), 0o644)
            file.write(_MAGIC + len(header).to_bytes(4, "little") + header + body)
    except OSError as error:
        raise ListError(f"{target}: cannot write the compiled list: {error.strerror}") from error
    return target


def read_fresh(
    path: Path, source: os.stat_result, plan: NumberingPlan
) -> ListContent | Fault | None:
    """The compiled form of the list, or a warning why it is not used, or None if there is none."""
    compiled = compiled_path(path)
    try:
        data = compiled.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        return _not_used(path, f"the compiled list cannot be read ({error.strerror})")
    try:
        start, header = _header(data)
        if any(header.get(key) != value for key, value in _origin(source, plan).items()):
            older = f"the compiled list is older than {path.name} or made for another home country"
            return _not_used(path, f"{older} or program")
        return _content(memoryview(data)[start:], header)
    except (ValueError, KeyError, TypeError, msgpack.UnpackException) as error:
        return _not_used(path, f"the compiled list is damaged ({error})")


def left_out_warning(path: Path, content: ListContent) -> Fault | None:
    """What is to be said of a list that was compiled without its bad lines."""
    if not content.left_out:
        return None
    lines = "1 line is" if content.left_out == 1 else f"{content.left_out:,} lines are"
    message = f"{lines} not in the compiled list: they are no numbers"
    remedy = f"callguard lists check {path} shows all"
    return Fault(str(path), 0, 0, LEFT_OUT, message, remedy, Severity.WARNING)


def _not_used(path: Path, why: str) -> Fault:
    return Fault(
        str(compiled_path(path)),
        0,
        0,
        NOT_USED,
        f"{why}, and {path.name} was read instead",
        f"run callguard lists compile {path}",
        Severity.WARNING,
    )


def _origin(source: os.stat_result, plan: NumberingPlan) -> dict[str, object]:
    """What must be the same for a compiled list to be that of its text."""
    return {
        "format": FORMAT,
        "size": source.st_size,
        "mtime_ns": source.st_mtime_ns,
        "home": plan.home,
        "table": plan.table_version,
    }


def _header(data: bytes) -> tuple[int, dict[str, Any]]:
    """Where the bitmaps start, and the header."""
    first = len(_MAGIC) + 4
    if data[: len(_MAGIC)] != _MAGIC:
        raise ValueError("it does not begin like one")
    start = first + int.from_bytes(data[len(_MAGIC) : first], "little")
    header = msgpack.unpackb(data[first:start])
    if not isinstance(header, dict):
        raise TypeError("its header is not a map")
    return start, header


def _content(body: memoryview, header: dict[str, Any]) -> ListContent:
    if zlib.crc32(body) != header["crc32"]:
        raise ValueError("its checksum is wrong")
    bitmaps = []
    at = 0
    for size in header["sizes"]:
        bitmaps.append(BitMap64.deserialize(bytes(body[at : at + size])))
        at += size
    whole, *rest = bitmaps
    prefixes = dict(zip(header["lengths"], rest, strict=True))
    left_out = header.get("left_out", 0)
    return ListContent(whole, prefixes, tuple(header["long"]), header["digest"], left_out)
