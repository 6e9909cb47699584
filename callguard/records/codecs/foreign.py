"""Input that no reader takes, recognised by its first bytes to be refused with a remedy."""

from __future__ import annotations

from typing import Final

_MAGIC: Final = {
    b"\x1f\x8b": "is compressed with gzip; unpack it first (gunzip -c FILE | callguard ... -)",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; unpack it first",
    b"\x04\x22\x4d\x18": "is compressed with lz4; unpack it first",
    b"\xfd7zX": "is compressed with xz; unpack it first",
    b"BZh": "is compressed with bzip2; unpack it first",
    b"PK\x03\x04": "is a ZIP archive, or a workbook in one; unpack it, or save the sheet as CSV",
    b"snoo": "is a capture of snoop; save it as libpcap (editcap -F pcap FILE NEW)",
    b"\xff\xfe": "is UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text; save it as UTF-8",
}


def foreign(head: bytes) -> str:
    """What input that begins so is, and what to do about it; nothing if it may be read."""
    return next((why for magic, why in _MAGIC.items() if head.startswith(magic)), "")
