"""One document of a rule file: a detection rule or a correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast, get_args

from callguard.rules import expect
from callguard.rules.codes import Code
from callguard.rules.consequences import ConsequenceReader
from callguard.rules.contradictions import is_impossible
from callguard.rules.correlations import read_correlation
from callguard.rules.detections import read_detection
from callguard.rules.expect import Fields
from callguard.rules.header import KEYS as HEADER_KEYS
from callguard.rules.header import ReadHeader, read_header
from callguard.rules.model import CATEGORY_EVENT, Category, Correlation, Detection, Rule
from callguard.rules.nodes import MappingNode, Node, ScalarNode
from callguard.rules.predicates import Equals, Literal
from callguard.rules.report import Report, one_of, quote
from callguard.rules.values import ValueReader

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
PRODUCT: Final = "telecom"
_RULE_KEYS: Final = (*HEADER_KEYS, "logsource", "detection", "callguard")
_CORRELATION_KEYS: Final = (*HEADER_KEYS, "correlation", "callguard")
_RULE_HINTS: Final = dict.fromkeys(
    ("score", "verdict", "basis", "alert", "examples"), "put it under 'callguard'"
)
_CORRELATION_HINTS: Final = {
    **_RULE_HINTS,
    "logsource": "remove it; a correlation sees what its rules see",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document as far as it could be read; ``rule`` is None after a fault in it."""

    header: ReadHeader
    rule: Rule | Correlation | None
    # None for a detection rule; the names of the rules counted for a correlation.
    counted: tuple[ScalarNode, ...] | None


class DocumentReader:
    """Reads the documents of one file."""

    def __init__(
        self, report: Report, values: ValueReader, consequences: ConsequenceReader
    ) -> None:
        self._report = report
        self._values = values
        self._consequences = consequences

    def read(self, node: Node) -> Document | None:
        """The document; None if it is neither a rule nor a correlation."""
        if not isinstance(node, MappingNode):
            expect.wrong_type(self._report, node, "a document", "a rule, that is a mapping")
            return None
        keys = {key.text for key, _ in node}
        if ("detection" in keys) is ("correlation" in keys):
            both = "detection" in keys
            near = next((key for key in keys if self._nearly(key)), None)
            self._report.add(
                Code.NOT_A_RULE,
                node,
                "a document has both 'detection' and 'correlation'"
                if both
                else "a document has neither 'detection' nor 'correlation'",
                "write two documents, with '---' between them"
                if both
                else f"did you mean '{self._nearly(near)}' instead of '{near}'?"
                if near is not None
                else "add what the rule looks for, or remove the document",
            )
            return None
        return self._correlation(node) if "correlation" in keys else self._rule(node)

    def _nearly(self, key: str) -> str | None:
        return self._report.nearest(key, ("detection", "correlation"))

    def _rule(self, node: MappingNode) -> Document:
        report, before = self._report, len(self._report)
        fields = expect.keyed(report, node, _RULE_KEYS, "a rule", _RULE_HINTS) or {}
        header = read_header(report, fields, node, "a rule")
        category = self._category(node, fields)
        detection = read_detection(report, self._values, category, *fields["detection"])
        led_to = self._consequences.of_rule(header.header, node, fields)
        if detection is not None:
            self._check_event(detection, fields["detection"][1])
        if detection is None or len(report) > before:
            return Document(header, None, None)
        rule = Rule(header.header, led_to.consequence, detection, led_to.examples)
        return Document(header, rule, None)

    def _correlation(self, node: MappingNode) -> Document:
        report, before = self._report, len(self._report)
        fields = (
            expect.keyed(report, node, _CORRELATION_KEYS, "a correlation", _CORRELATION_HINTS) or {}
        )
        header = read_header(report, fields, node, "a correlation")
        read = read_correlation(report, *fields["correlation"])
        led_to = self._consequences.of_correlation(header.header, node, fields)
        names = read.names if read is not None else ()
        if read is None or len(report) > before:
            return Document(header, None, names)
        rule = Correlation(header.header, led_to.consequence, read.counting, led_to.examples)
        return Document(header, rule, names)

    def _check_event(self, detection: Detection, node: Node) -> None:
        """A rule sees the events of its category only; asking for another never matches."""
        event = CATEGORY_EVENT[detection.category]
        seen = Literal("event", Equals((event,)))
        if not all(
            any(one.field == "event" and is_impossible((seen, one)) for one in clause)
            for clause in detection.clauses
        ):
            return
        condition = node.get("condition") if isinstance(node, MappingNode) else None
        self._report.add(
            Code.NEVER_TRUE,
            condition or node,
            f"the condition asks for another event than {quote(event)}, "
            f"the only one of category {detection.category}",
            "remove the test on 'event', or change the category",
        )

    def _category(self, node: MappingNode, fields: Fields) -> Category | None:
        report = self._report
        if "logsource" not in fields:
            remedy = "write logsource: {product: telecom, category: call_setup}"
            expect.missing(report, node, "logsource", "a rule", remedy)
            return None
        key, source = fields["logsource"]
        given = expect.keyed(report, source, ("product", "category"), "'logsource'")
        if given is None:
            return None
        for name, words in (("product", (PRODUCT,)), ("category", CATEGORIES)):
            if name not in given:
                expect.missing(report, key, name, "'logsource'", f"write {name}: {one_of(words)}")
        if "product" in given:
            expect.word(report, given["product"][1], "'product'", (PRODUCT,))
        if "category" not in given:
            return None
        return cast(
            "Category | None",
            expect.word(report, given["category"][1], "'category'", CATEGORIES),
        )
