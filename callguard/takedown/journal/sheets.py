"""Files for carriers: one CSV and one JSONL a carrier, the same bytes for the same rows."""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from callguard.files import write_whole
from callguard.takedown.json_text import json_lines

Row = Mapping[str, str]

# What spreadsheets take for the beginning of a formula; the wide forms too, where East Asian
# settings turn them into the narrow ones. The apostrophe is there so that guarding can be undone.
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
# A number is + and digits and never anything else: as a formula it would give the number itself.
_EXACT: Final = frozenset({"number", "order_id"})
_SLUG_BYTES: Final = 80


def guarded(text: str) -> str:
    """A free text as a CSV cell: with an apostrophe before it if it could begin a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def unguarded(cell: str) -> str:
    """The text that :func:`guarded` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_DANGEROUS) else cell


def file_name(carrier: str) -> str:
    """A name for a carrier's files, safe on any file system, that no other carrier has.

    The letters and digits of the carrier's own name (80 bytes at most) and 12 hex digits of its
    SHA-256.
    """
    words = "".join(
        character if character.isalnum() else " "
        for character in unicodedata.normalize("NFKC", carrier).lower()
    ).split()
    slug = "-".join(words).encode()[:_SLUG_BYTES].decode(errors="ignore").rstrip("-")
    return f"{slug or 'carrier'}-{hashlib.sha256(carrier.encode()).hexdigest()[:12]}"


def write_sheets(
    folder: Path, ending: str, columns: Sequence[str], rows: Mapping[str, Sequence[Row]]
) -> tuple[Path, ...]:
    """Write each carrier's rows as ``CARRIER-ENDING.csv`` and ``.jsonl``; give the paths.

    Rows hold ``columns`` and are written in the order given. CSV is as in RFC 4180: every cell
    quoted, CRLF; free text is :func:`guarded`, numbers and order ids are as they are. JSONL has
    every text as it is. Raises OSError; running again writes the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for carrier in sorted(rows):
        base = f"{file_name(carrier)}-{ending}"
        lines = [{column: row[column] for column in columns} for row in rows[carrier]]
        for suffix, data in ((".csv", _csv(columns, lines)), (".jsonl", json_lines(lines))):
            path = folder / f"{base}{suffix}"
            write_whole(path, data)
            written.append(path)
    return tuple(written)


def _csv(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(
            [row[column] if column in _EXACT else guarded(row[column]) for column in columns]
        )
    return text.getvalue().encode()
