"""The journal's head in a file kept elsewhere: what shows that the end was cut off."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import orjson

from callguard.errors import JournalError
from callguard.files import write_whole
from callguard.takedown.journal.entry import Head
from callguard.takedown.json_text import canonical

_HASH: Final = re.compile("[0-9a-f]{64}")


def read_head(path: Path) -> Head | None:
    """The head that is in a file, None if there is no file.

    Raises JournalError if the file cannot be read or holds no head.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise JournalError(f"{path}: the head cannot be read: {error.strerror}") from None
    try:
        document = orjson.loads(raw)
        head = Head(document["seq"], document["hash"])
        if type(head.seq) is int and head.seq >= 0 and _HASH.fullmatch(head.hash):
            return head
    except (ValueError, KeyError, TypeError):
        pass
    raise JournalError(
        f'{path}: this is not the head of a journal, which is {{"hash":"…64 hex digits","seq":N}}; '
        "bring it back from a copy"
    )


def write_head(path: Path, head: Head) -> None:
    """Put a head into its file, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, canonical(head._asdict()))
