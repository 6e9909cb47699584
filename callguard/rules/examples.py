"""Example records of rules, and sequences of records of correlations."""

from __future__ import annotations

import re
from typing import Final

from callguard.errors import RecordError
from callguard.records import validate
from callguard.records.fields import CHOICES, DERIVED_FIELDS, RAW_FIELDS, FieldType
from callguard.rules import expect
from callguard.rules.codes import Code
from callguard.rules.countries import COUNTRIES, MISNAMED
from callguard.rules.model import Example, ExampleSequence
from callguard.rules.nodes import ListNode, MappingNode, Node, ScalarNode
from callguard.rules.report import Report, quote
from callguard.rules.scalars import Kind, kind_of
from callguard.times import parse_event_time

# Beside the keys of a record an example may name the home country that it is about; in a
# sequence the first record does. Where another country is the home, the example says nothing.
HOME_KEY: Final = "home"

SEQUENCE_LIMIT: Final = 10_000
# All records of all sequences of a file, so that a small file cannot ask for much memory.
FILE_LIMIT: Final = 200_000
_LONGEST_STEP_S: Final = 366 * 86_400
_TRAILING_DIGITS: Final = re.compile(r"[0-9]{1,18}\Z")


class ExampleReader:
    """Reads the examples of one file."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._expanded = 0

    def single(self, node: Node) -> Example | None:
        """One record; None after a fault."""
        return self._record(node, repeatable=False)

    def sequence(self, node: Node) -> ExampleSequence | None:
        """One sequence of records with every ``repeat`` written out; None after a fault."""
        if not isinstance(node, ListNode) or not node.items:
            expect.wrong_type(
                self._report,
                node,
                "an example of a correlation",
                "a list of records",
                "write a list: the records in order, the last one is judged",
            )
            return None
        before = len(self._report)
        records: list[Example] = []
        for item in node.items:
            record = self._record(item, repeatable=True)
            repeat = item.get("repeat") if isinstance(item, MappingNode) else None
            if record is not None and repeat is not None:
                records.extend(self._repeated(record, repeat, SEQUENCE_LIMIT - len(records)))
            elif record is not None:
                records.append(record)
        self._expanded += len(records)
        if self._expanded > FILE_LIMIT:
            self._report.stop(
                Code.BAD_REPEAT,
                node,
                f"the sequences of this file hold more than {FILE_LIMIT} records",
                "use shorter sequences",
            )
        return tuple(records) if len(self._report) == before else None

    def _record(self, node: Node, repeatable: bool) -> Example | None:
        if not isinstance(node, MappingNode):
            expect.wrong_type(self._report, node, "an example", "a record, that is a mapping")
            return None
        before = len(self._report)
        record: dict[str, object] = {}
        for key, value in expect.unique(self._report, node, "an example"):
            if repeatable and key.text == "repeat":
                continue
            if key.text in RAW_FIELDS:
                record[key.text] = self._value(key.text, value)
            elif key.text == HOME_KEY:
                record[HOME_KEY] = self._home(value)
            else:
                self._unknown_key(key)
        if len(self._report) == before:
            self._validate(node, record)
        return record if len(self._report) == before else None

    def _unknown_key(self, key: ScalarNode) -> None:
        if key.text in DERIVED_FIELDS:
            message = f"{quote(key.text)} is derived from a record, not part of it"
            remedy = "remove it; write the number as signalled"
        else:
            message = f"unknown key {quote(key.text)} in an example"
            remedy = self._report.meant(key.text, RAW_FIELDS, "see the keys in docs/records.md")
        self._report.add(Code.BAD_EXAMPLE, key, message, remedy)

    def _home(self, node: Node) -> str | None:
        """The home country under which the example is to be judged."""
        country = expect.text(self._report, node, f"'{HOME_KEY}' of an example")
        if country is None or country in COUNTRIES:
            return country
        right = MISNAMED.get(country.upper(), country.upper())
        remedy = f"write {right}" if right in COUNTRIES else "write an ISO 3166 code such as CN"
        self._report.add(
            Code.BAD_EXAMPLE, node, f"{quote(country)} cannot be the home country", remedy
        )
        return None

    def _value(self, key: str, node: Node) -> object:
        if expect.is_blank(node):
            return None
        what = f"{quote(key)} of an example"
        if RAW_FIELDS[key] is not FieldType.NUMERIC:
            return self._text(key, node, what)
        if key == "at" and isinstance(node, ScalarNode) and kind_of(node) in (Kind.TEXT, Kind.DATE):
            return expect.text(self._report, node, what)
        return expect.number(self._report, node, what)

    def _text(self, key: str, node: Node, what: str) -> str | None:
        given = expect.text(self._report, node, what)
        words = CHOICES.get(key)
        if given is None or words is None or given.lower() in {word.lower() for word in words}:
            return given
        return expect.word(self._report, node, what, words)

    def _validate(self, node: Node, record: Example) -> None:
        try:
            validate(record)
        except RecordError as error:
            self._report.add(
                Code.BAD_EXAMPLE,
                node,
                f"the example is not a record: {error.reason}",
                "fix the record; see the keys in docs/records.md",
            )

    def _repeated(self, record: Example, node: Node, room: int) -> list[Example]:
        """The record ``count`` times, as ``repeat`` says; empty after a fault."""
        before = len(self._report)
        keys = ("count", "every_s", "vary")
        fields = expect.keyed(self._report, node, keys, "'repeat'")
        if fields is None:
            return []
        for key in ("count", "every_s"):
            if key not in fields:
                remedy = "write repeat: {count: 10, every_s: 5}"
                expect.missing(self._report, node, key, "'repeat'", remedy)
        count = 0
        if "count" in fields:
            count = expect.integer(self._report, fields["count"][1], "'count'", 1, room) or 0
        step: float = 0
        if "every_s" in fields:
            step = expect.number(self._report, fields["every_s"][1], "'every_s'") or 0
            if not 0 <= step <= _LONGEST_STEP_S:
                self._refuse(fields["every_s"][1], f"'every_s' is {step:g}", "use 0 to one year")
        start = parse_event_time(record["at"])
        vary = self._varied(record, fields["vary"][1]) if "vary" in fields else {}
        if len(self._report) > before or start is None:
            return []
        return [
            {
                **record,
                "at": start + index * step,
                **{key: _counted_up(text, index) for key, text in vary.items()},
            }
            for index in range(count)
        ]

    def _varied(self, record: Example, node: Node) -> dict[str, str]:
        varied: dict[str, str] = {}
        for key in expect.texts(self._report, node, "'vary'"):
            value = record.get(key)
            if isinstance(value, str) and _TRAILING_DIGITS.search(value):
                varied[key] = value
            else:
                self._refuse(
                    node,
                    f"'vary' names {quote(key)}, which does not end in digits in this record",
                    "name a field of the record whose value ends in digits",
                )
        return varied

    def _refuse(self, node: Node, message: str, remedy: str) -> None:
        self._report.add(Code.BAD_REPEAT, node, message, remedy)


def _counted_up(text: str, by: int) -> str:
    """``text`` with the number that it ends in increased, its width kept while it can be."""
    trailing = _TRAILING_DIGITS.search(text)
    digits = trailing.group() if trailing else ""
    return text[: len(text) - len(digits)] + str(int(digits or 0) + by).zfill(len(digits))
