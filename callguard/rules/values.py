"""Values of a selection's key into tests, one for each value."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

import re2

from callguard.records.fields import CHOICES, FIELDS, FieldType
from callguard.records.names import FOLDED
from callguard.rules import expect
from callguard.rules.codes import Code
from callguard.rules.countries import COUNTRIES, MISNAMED
from callguard.rules.evaluate import passes
from callguard.rules.folding import NoCapitals, fold_expression
from callguard.rules.lists import ListFinder
from callguard.rules.modifiers import Key
from callguard.rules.nodes import Node
from callguard.rules.possible import check_pair, check_value
from callguard.rules.predicates import (
    Absent,
    Compare,
    Equals,
    InNetwork,
    Literal,
    Matches,
    SameAs,
    Test,
)
from callguard.rules.regular import compiled
from callguard.rules.report import Report, one_of, quote
from callguard.rules.wildcards import around, as_test, folded, split

_PLACEHOLDER = re.compile(r"%[^%\\]+%\Z")


class ValueReader:
    """Reads the values of one file's selections; ``home`` is the home country."""

    def __init__(self, report: Report, lists: ListFinder, home: str) -> None:
        self._report = report
        self._lists = lists
        self._home = home
        self._ways: dict[str, Callable[[Key, Node], Literal | None]] = {
            "": self._equal,
            "contains": self._text_pattern,
            "startswith": self._text_pattern,
            "endswith": self._text_pattern,
            "re": self._regex,
            "exists": self._exists,
            "cidr": self._network,
            "fieldref": self._same_as,
            "expand": self._expand,
            "lt": self._compare,
            "lte": self._compare,
            "gt": self._compare,
            "gte": self._compare,
        }

    def read(self, key: Key, node: Node) -> Literal | None:
        """The literal of one value, ``neq`` left aside; None after a fault."""
        return self._ways[key.comparison](key, node)

    def _what(self, key: Key) -> str:
        return f"a value of {quote(key.field)}"

    def _equal(self, key: Key, node: Node) -> Literal | None:
        if expect.is_blank(node) and not key.cased:
            return Literal(key.field, Absent())
        if key.kind is FieldType.NUMERIC:
            number = expect.number(self._report, node, self._what(key))
            return None if number is None else self._numeric(key, node, number, Equals((number,)))
        if key.kind is FieldType.BOOLEAN:
            boolean = expect.boolean(self._report, node, self._what(key))
            return None if boolean is None else Literal(key.field, Equals((boolean,)))
        return self._text_pattern(key, node)

    def _text_pattern(self, key: Key, node: Node) -> Literal | None:
        value = expect.text(self._report, node, self._what(key))
        if value is None:
            return None
        if key.comparison in ("", "expand") and _PLACEHOLDER.match(value):
            self._report.add(
                Code.BAD_PLACEHOLDER,
                node,
                f"{quote(value)} is literal text without modifier 'expand'",
                f"write '{key.field}|expand'",
            )
            return None
        parts = split(value)
        if key.field in FOLDED:
            parts = folded(parts, key.comparison)
        if not parts and key.comparison not in ("", "expand"):
            self._report.add(
                Code.MATCHES_ALL,
                node,
                f"{quote(key.comparison)} of an empty text matches every value",
                f"write '{key.field}|exists: true', or the text that is meant",
            )
            return None
        before = key.comparison in ("contains", "endswith")
        after = key.comparison in ("contains", "startswith")
        test = as_test(around(parts, before, after), key.cased)
        if test is None:
            return Literal(key.field, Absent(), negated=True)
        return self._possible(key, node, value, test)

    def _possible(self, key: Key, node: Node, value: str, test: Test) -> Literal | None:
        """The literal, unless the field is a choice that never has such a value."""
        if key.kind is FieldType.ENUM:
            words = CHOICES.get(key.field, COUNTRIES)
            known = key.is_country and not key.cased and value.upper() in COUNTRIES
            if not known and not any(passes(test, word) for word in words):
                expected = one_of(words) if key.field in CHOICES else "an ISO 3166 code such as CN"
                meant = MISNAMED.get(value.upper()) if key.is_country else None
                remedy = f"did you mean {quote(meant)}?" if meant else ""
                self._report.add(
                    Code.IMPOSSIBLE_VALUE,
                    node,
                    f"field {quote(key.field)} can never match {quote(value)}",
                    remedy or self._report.meant(value, words, f"write {expected}"),
                )
                return None
        if key.field == "roaming" and self._takes_unknown_for_no(node, value, test):
            return None
        check_value(self._report, self._home, key, node, value, test)
        return Literal(key.field, test)

    def _takes_unknown_for_no(self, node: Node, value: str, test: Test) -> bool:
        """A part of both "no" and "unknown": the second says that the look-up may have failed."""
        if isinstance(test, Equals) or not (passes(test, "no") and passes(test, "unknown")):
            return False
        self._report.add(
            Code.MODIFIER_UNFIT,
            node,
            f"{quote(value)} is found in 'no' and in 'unknown', which is what a look-up that "
            "failed says",
            "write roaming: 'no', or a list of both words",
        )
        return True

    def _regex(self, key: Key, node: Node) -> Literal | None:
        value = expect.text(self._report, node, self._what(key))
        if value is None:
            return None
        try:
            compiled(value)
        except re2.error as error:
            reason = error.args[0] if error.args else ""
            shown = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
            self._report.add(
                Code.BAD_REGEX,
                node,
                f"RE2 refuses the regular expression {quote(value)}: {shown}",
                "write it without back-references, look-around or large repetitions",
            )
            return None
        if key.field in FOLDED:
            try:
                value = fold_expression(value)
            except NoCapitals as capitals:
                self._report.add(
                    Code.IMPOSSIBLE_VALUE,
                    node,
                    f"{quote(capitals.part)} asks for a capital, and {quote(key.field)} has none",
                    "write small letters; the name is folded before it is compared",
                )
                return None
        return self._possible(key, node, value, Matches((value,)))

    def _exists(self, key: Key, node: Node) -> Literal | None:
        value = expect.boolean(self._report, node, f"'{key.field}|exists'")
        return None if value is None else Literal(key.field, Absent(), negated=value)

    def _compare(self, key: Key, node: Node) -> Literal | None:
        number = expect.number(self._report, node, self._what(key))
        for op in ("lt", "lte", "gt", "gte"):
            if number is not None and op == key.comparison:
                return self._numeric(key, node, number, Compare(op, number))
        return None

    def _numeric(self, key: Key, node: Node, number: float, test: Test) -> Literal:
        check_value(self._report, self._home, key, node, f"{key.comparison} {number}".strip(), test)
        return Literal(key.field, test)

    def _network(self, key: Key, node: Node) -> Literal | None:
        value = expect.text(self._report, node, self._what(key))
        if value is None:
            return None
        try:
            return Literal(key.field, InNetwork((str(ipaddress.ip_network(value)),)))
        except ValueError:
            self._report.add(
                Code.BAD_NETWORK,
                node,
                f"{quote(value)} is not a network in CIDR form",
                _network_remedy(value),
            )
            return None

    def _same_as(self, key: Key, node: Node) -> Literal | None:
        value = expect.text(self._report, node, f"'{key.field}|fieldref'")
        if value is None:
            return None
        if value not in FIELDS:
            expect.unknown_field(self._report, node, value)
            return None
        reason = _incomparable(key.field, value)
        if reason is not None:
            self._report.add(
                Code.IMPOSSIBLE_VALUE, node, reason, "compare two different fields of like kind"
            )
            return None
        check_pair(self._report, key, node, value)
        return Literal(key.field, SameAs(value, key.cased))

    def _expand(self, key: Key, node: Node) -> Literal | None:
        value = expect.text(self._report, node, self._what(key))
        if value is None:
            return None
        if "%" not in value:
            return self._text_pattern(key, node)
        if not _PLACEHOLDER.match(value):
            self._report.add(
                Code.BAD_PLACEHOLDER,
                node,
                f"{quote(value)} is not one whole placeholder",
                "write %NAME% alone, with lists/NAME.txt beside the rule file",
            )
            return None
        test = self._lists.test(key, value[1:-1], node)
        return None if test is None else Literal(key.field, test)


def _network_remedy(value: str) -> str:
    try:
        return f"did you mean '{ipaddress.ip_network(value, strict=False)}'?"
    except ValueError:
        return "write it as '192.0.2.0/24' or '2001:db8::/32'"


def _incomparable(first: str, second: str) -> str | None:
    """Why two fields can never be equal, or always are; None if the comparison makes sense."""
    if first == second:
        return f"field {quote(first)} is compared with itself"
    separate = (FieldType.NUMERIC, FieldType.BOOLEAN)
    kinds = (FIELDS[first], FIELDS[second])
    if kinds[0] is not kinds[1] and any(kind in separate for kind in kinds):
        return f"fields {quote(first)} and {quote(second)} can never be equal: one is not text"
    if first in CHOICES and second in CHOICES:
        words = {word.lower() for word in CHOICES[first]}
        if words.isdisjoint(word.lower() for word in CHOICES[second]):
            return f"fields {quote(first)} and {quote(second)} have no word in common"
    return None
