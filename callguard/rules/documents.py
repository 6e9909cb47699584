"""One document of a rule file: a detection rule or a correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from callguard.rules import shape
from callguard.rules.codes import Code
from callguard.rules.contradictions import is_impossible
from callguard.rules.correlations import Counting, read_correlation
from callguard.rules.detections import Detection, read_detection
from callguard.rules.extension import Consequence, ExtensionReader, check_examples
from callguard.rules.header import KEYS as HEADER_KEYS
from callguard.rules.header import Header, read_header
from callguard.rules.model import CATEGORY_EVENT, Category, Correlation, Equals, Literal, Rule
from callguard.rules.nodes import Node, Scalar, Table
from callguard.rules.report import Report, one_of, quote
from callguard.rules.shape import Fields
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

    header: Header
    rule: Rule | Correlation | None
    # None for a detection rule; the names of the rules counted for a correlation.
    counted: tuple[Scalar, ...] | None


class DocumentReader:
    """Reads the documents of one file."""

    def __init__(self, report: Report, values: ValueReader, extension: ExtensionReader) -> None:
        self._report = report
        self._values = values
        self._extension = extension

    def read(self, node: Node) -> Document | None:
        """The document; None if it is neither a rule nor a correlation."""
        if not isinstance(node, Table):
            shape.wrong_type(self._report, node, "a document", "a rule, that is a mapping")
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
                else f"did you mean '{self._nearly(near)}' where '{near}' stands?"
                if near is not None
                else "add what the rule looks for, or remove the document",
            )
            return None
        return self._correlation(node) if "correlation" in keys else self._rule(node)

    def _nearly(self, key: str) -> str | None:
        return self._report.nearest(key, ("detection", "correlation"))

    def _rule(self, node: Table) -> Document:
        report, before = self._report, len(self._report)
        fields = shape.keyed(report, node, _RULE_KEYS, "a rule", _RULE_HINTS) or {}
        header = read_header(report, fields, node, "a rule")
        category = self._category(node, fields)
        detection = read_detection(report, self._values, *fields["detection"])
        found = self._consequence(node, fields, header, sequences=False)
        if category is not None and detection is not None:
            self._check_event(category, detection, fields["detection"][1])
        if category is None or detection is None or len(report) > before:
            return Document(header, None, None)
        rule = Rule(
            **_common(header),
            **_led_to(found),
            category=category,
            clauses=detection.clauses,
            condition=detection.condition,
            selections=detection.selections,
            place=report.place(node),
        )
        return Document(header, rule, None)

    def _correlation(self, node: Table) -> Document:
        report, before = self._report, len(self._report)
        fields = (
            shape.keyed(report, node, _CORRELATION_KEYS, "a correlation", _CORRELATION_HINTS) or {}
        )
        header = read_header(report, fields, node, "a correlation")
        counting = read_correlation(report, *fields["correlation"])
        found = self._consequence(node, fields, header, sequences=True)
        rules = counting.rules if counting is not None else ()
        if counting is None or len(report) > before:
            return Document(header, None, rules)
        rule = Correlation(
            **_common(header),
            **_led_to(found),
            **_counted(counting),
            place=report.place(node),
        )
        return Document(header, rule, rules)

    def _check_event(self, category: Category, detection: Detection, node: Node) -> None:
        """A rule sees the events of its category only; asking for another never matches."""
        event = CATEGORY_EVENT[category]
        seen = Literal("event", Equals((event,)))
        if not all(
            any(one.field == "event" and is_impossible((seen, one)) for one in clause)
            for clause in detection.clauses
        ):
            return
        condition = node.get("condition") if isinstance(node, Table) else None
        self._report.add(
            Code.NEVER_TRUE,
            condition or node,
            f"the condition asks for another event than {quote(event)}, "
            f"the only one of category {category}",
            "remove the test on 'event', or change the category",
        )

    def _category(self, node: Table, fields: Fields) -> Category | None:
        report = self._report
        if "logsource" not in fields:
            remedy = "write logsource: {product: telecom, category: call_setup}"
            shape.missing(report, node, "logsource", "a rule", remedy)
            return None
        key, source = fields["logsource"]
        found = shape.keyed(report, source, ("product", "category"), "'logsource'")
        if found is None:
            return None
        for name, words in (("product", (PRODUCT,)), ("category", CATEGORIES)):
            if name not in found:
                shape.missing(report, key, name, "'logsource'", f"write {name}: {one_of(words)}")
        if "product" in found:
            shape.word(report, found["product"][1], "'product'", (PRODUCT,))
        if "category" not in found:
            return None
        return cast(
            "Category | None",
            shape.word(report, found["category"][1], "'category'", CATEGORIES),
        )

    def _consequence(
        self, node: Table, fields: Fields, header: Header, sequences: bool
    ) -> Consequence[object]:
        before = len(self._report)
        extension = fields["callguard"][1] if "callguard" in fields else None
        found = self._extension.consequence(extension, sequences)
        acts = header.status in ("stable", "test")
        # After another fault in the extension its examples may be there, but unread.
        if len(self._report) == before:
            at = fields["callguard"][0] if "callguard" in fields else node.pairs[0][0]
            check_examples(self._report, at, header.name, acts, found.examples)
        return found


def _common(header: Header) -> dict[str, Any]:
    return {
        "name": header.name,
        "title": header.title,
        "id": header.id,
        "status": header.status,
        "level": header.level,
        "description": header.description,
        "references": header.references,
        "falsepositives": header.falsepositives,
        "tags": header.tags,
    }


def _led_to(found: Consequence[object]) -> dict[str, Any]:
    return {
        "score": found.score,
        "verdict": found.verdict,
        "basis": found.basis,
        "alert": found.alert,
        "matches": found.examples.matches,
        "spares": found.examples.spares,
        "example_places": found.examples.places,
    }


def _counted(counting: Counting) -> dict[str, Any]:
    return {
        "type": counting.type,
        "rules": tuple(rule.text for rule in counting.rules),
        "group_by": counting.group_by,
        "timespan": counting.timespan,
        "condition": counting.condition,
        "value_field": counting.value_field,
        "generate": counting.generate,
    }
