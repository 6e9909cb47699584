"""JSON Lines: one JSON object (RFC 8259) a line, UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from callguard.errors import RecordError
from callguard.records.codecs.check import Check
from callguard.records.codecs.lines import MAX_LINE, split_lines
from callguard.records.codecs.unforeseen import unforeseen
from callguard.records.record import Record


def read_jsonl(
    chunks: Iterable[bytes], name: str, check: Check, max_line: int = MAX_LINE
) -> Iterator[Record | RecordError]:
    """The records of a JSONL stream; any other line becomes a :class:`RecordError`.

    Blank lines are passed over. Sources are ``NAME:LINE``, lines counted from 1.
    """
    loads = orjson.loads
    for number, line in enumerate(split_lines(chunks, max_line), 1):
        source = f"{name}:{number}"
        try:
            if line is None:
                raise RecordError(f"the line is longer than {max_line} bytes", source)
            value = loads(line)
            if type(value) is not dict:
                raise RecordError(_not_an_object(value), source)
            yield check(value, source)
        except RecordError as error:
            yield error
        except orjson.JSONDecodeError as error:
            # The decoder does not say "empty", and only a failing line can be blank.
            if line and line.strip():
                yield RecordError(f"not JSON: {error}; expected one JSON object a line", source)
        except Exception as error:  # noqa: BLE001 (one record must not end the reading of a file)
            yield unforeseen(error, source)


def _not_an_object(value: object) -> str:
    kind = "an array" if isinstance(value, list) else f"the bare value {value!r}"[:80]
    return f"found {kind}, expected one JSON object a line"
