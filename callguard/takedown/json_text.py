"""JSON of one form only: what digests, comparisons and the files of a takedown are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson


def canonical(value: Any) -> bytes:
    """JSON with keys in order, no spaces, and a line end. For digests and comparisons."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def json_lines(rows: Iterable[Any]) -> bytes:
    """One JSON object a line, keys in the order in which they were set."""
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
