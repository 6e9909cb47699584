"""Bytes of a rule file into node trees, within limits.

The parser's events are walked with a stack of our own, so that depth is a number to compare and
never Python's or C's call stack. What YAML offers beyond plain data (anchors, aliases, tags, merge
keys, keys that are not text) has no use in a rule file and is refused at the first sight of it.
"""

from __future__ import annotations

import codecs
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from callguard.rules.codes import Code
from callguard.rules.nodes import HasPosition, ListNode, MappingNode, Node, Position, ScalarNode
from callguard.rules.report import Report, quote

SIZE_LIMIT = 32 * 1024 * 1024
DEPTH_LIMIT = 32
VALUE_LIMIT = 3_000_000
_CHUNK = 1 << 20
_START = Position(1, 1)


def read_bytes(path: Path, report: Report) -> bytes:
    """The whole file. Raises Stopped if it is not an ordinary file, or too large."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            what = "a directory" if stat.S_ISDIR(state.st_mode) else "not an ordinary file"
            report.stop(Code.UNREADABLE, _START, f"this is {what}", "name a rule file")
        if state.st_size <= SIZE_LIMIT:
            with path.open("rb") as stream:
                data = stream.read(SIZE_LIMIT + 1)
            if len(data) <= SIZE_LIMIT:
                return data
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        report.stop(
            Code.UNREADABLE,
            _START,
            f"the file cannot be read: {reason}",
            "check the path and its permissions",
        )
    return report.stop(
        Code.TOO_LARGE,
        _START,
        f"the file is larger than {SIZE_LIMIT >> 20} MiB",
        "keep numbers in lists/NAME.txt, or split the file",
    )


def parse(data: bytes, report: Report) -> Iterator[Node]:
    """The documents of a file, one at a time, so that one tree at a time is held.

    Blank documents are left out. Raises Stopped on the first fault.
    """
    _check_utf8(data, report)
    loader = yaml.CBaseLoader(data)
    try:
        yield from _Builder(report).documents(loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = Position(mark.line + 1, mark.column + 1) if mark else _START
        # libyaml 0.2.6 and later stops at a depth of its own, 1,000, before it gives any event.
        if error.problem == "exceeded maximum nesting depth":
            _refuse_depth(report, position)
        report.stop(
            Code.NOT_YAML, position, f"this is not YAML: {error.problem}", "fix the syntax here"
        )
    except yaml.reader.ReaderError as error:
        position = _position_of(data.decode()[: error.position])
        report.stop(
            Code.NOT_YAML,
            position,
            f"character U+{int(error.character):04X} is not allowed in YAML",
            "remove it, or write it as an escape in double quotes",
        )
    finally:
        loader.dispose()


def _check_utf8(data: bytes, report: Report) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    rest = ""
    for start in range(0, len(data) + 1, _CHUNK):
        chunk = data[start : start + _CHUNK]
        try:
            text = decoder.decode(chunk, final=start + _CHUNK > len(data))
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode()
            position = _position_of(rest + good)
            report.stop(
                Code.NOT_UTF8,
                Position(line + position.line - 1, position.column),
                f"byte 0x{error.object[error.start]:02x} is not UTF-8",
                "save the file as UTF-8",
            )
        line += text.count("\n")
        rest = text.rpartition("\n")[2] if "\n" in text else rest + text


def _refuse_depth(report: Report, position: HasPosition) -> NoReturn:
    report.stop(
        Code.TOO_DEEP,
        position,
        f"lists and mappings are nested more than {DEPTH_LIMIT} deep",
        "a rule needs about 6 levels; look for a bracket that is not closed",
    )


def _position_of(before: str) -> Position:
    return Position(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


class _Builder:
    """Turns parser events into nodes. One builder reads one file."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._document: Node | None = None
        self._open: list[ListNode | MappingNode] = []
        # For every open table, the key that waits for its value.
        self._keys: list[ScalarNode | None] = []
        self._count = 0

    def documents(self, loader: Any) -> Iterator[Node]:
        next_event = loader.get_event
        while (event := next_event()) is not None:
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._start(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._open.pop()
                self._keys.pop()
            elif isinstance(event, yaml.AliasEvent):
                self._refuse_alias(event)
            elif isinstance(event, yaml.DocumentEndEvent) and self._document is not None:
                yield self._document
                self._document = None

    def _scalar(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        start, end = event.start_mark, event.end_mark
        text = event.value
        plain = event.implicit[0]
        length = len(text) if plain else len(text) + 2
        inline = start.line == end.line and end.column - start.column == length
        self._add(ScalarNode(text, start.line + 1, start.column + 1, plain, inline))

    def _start(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        mark = event.start_mark
        kind = MappingNode if isinstance(event, yaml.MappingStartEvent) else ListNode
        node = kind(mark.line + 1, mark.column + 1)
        if len(self._open) >= DEPTH_LIMIT:
            _refuse_depth(self._report, node)
        self._add(node)
        self._open.append(node)
        self._keys.append(None)

    def _add(self, node: Node) -> None:
        self._count += 1
        if self._count > VALUE_LIMIT:
            self._report.stop(
                Code.TOO_MANY_VALUES,
                node,
                f"the file holds more than {VALUE_LIMIT} values",
                "keep numbers in lists/NAME.txt, or split the file",
            )
        if not self._open:
            if not (isinstance(node, ScalarNode) and node.plain and node.text == ""):
                self._document = node
            return
        parent = self._open[-1]
        if isinstance(parent, ListNode):
            parent.items.append(node)
        elif (key := self._keys[-1]) is not None:
            parent.pairs.append((key, node))
            self._keys[-1] = None
        else:
            self._keys[-1] = self._key(node)

    def _key(self, node: Node) -> ScalarNode:
        if isinstance(node, ScalarNode) and not (node.plain and node.text == "<<"):
            return node
        what = "a merge key" if isinstance(node, ScalarNode) else "a list or mapping used as a key"
        return self._report.stop(
            Code.BAD_KEY, node, f"{what} is not allowed in a rule file", "write plain text keys"
        )

    def _refuse_alias(self, event: Any) -> None:
        mark = event.start_mark
        self._report.stop(
            Code.ALIAS,
            Position(mark.line + 1, mark.column + 1),
            f"alias {quote('*' + event.anchor)} is not allowed in a rule file",
            "write the value out, or quote it if it begins with a literal '*'",
        )

    def _refuse_properties(self, event: Any) -> None:
        position = Position(event.start_mark.line + 1, event.start_mark.column + 1)
        if event.tag is not None:
            self._report.stop(
                Code.TAG,
                position,
                f"tag {quote(event.tag)} is not allowed in a rule file",
                "remove it, or quote the value if it begins with a literal '!'",
            )
        self._report.stop(
            Code.ALIAS,
            position,
            f"anchor {quote('&' + event.anchor)} is not allowed in a rule file",
            "remove it and write the value out where it is used",
        )
