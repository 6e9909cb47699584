"""The ``callguard`` key of a document: what a match leads to, and the examples."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, Generic, cast, get_args

from callguard.rules import expect
from callguard.rules.codes import Code
from callguard.rules.examples import ExampleReader
from callguard.rules.expect import Fields
from callguard.rules.model import (
    Action,
    Basis,
    Consequence,
    E,
    Example,
    Examples,
    ExampleSequence,
    Header,
    Location,
)
from callguard.rules.nodes import ListNode, MappingNode, Node, ScalarNode
from callguard.rules.report import Report, one_of, quote
from callguard.rules.scalars import Kind, kind_of

KEYS: Final = ("score", "verdict", "basis", "alert", "examples")
VERDICTS: Final = ("label", "withhold", "block")
BASES: Final[tuple[Basis, ...]] = get_args(Basis)
# The template that ``alert: true`` means.
DEFAULT_ALERT: Final = "default"


@dataclass(frozen=True, slots=True)
class ReadConsequence(Generic[E]):
    """The value of one ``callguard`` key."""

    consequence: Consequence
    examples: Examples[E]


class ConsequenceReader:
    """Reads the ``callguard`` keys of one file."""

    def __init__(
        self, report: Report, examples: ExampleReader, alert_templates: Collection[str] | None
    ) -> None:
        self._report = report
        self._examples = examples
        self._templates = alert_templates

    def of_rule(
        self, header: Header, document: MappingNode, fields: Fields
    ) -> ReadConsequence[Example]:
        """The value of the key in a detection rule; empty if it is not there."""
        return self._read(header, document, fields, self._examples.single)

    def of_correlation(
        self, header: Header, document: MappingNode, fields: Fields
    ) -> ReadConsequence[ExampleSequence]:
        """The value of the key in a correlation; empty if it is not there."""
        return self._read(header, document, fields, self._examples.sequence)

    def _read(
        self,
        header: Header,
        document: MappingNode,
        fields: Fields,
        example: Callable[[Node], E | None],
    ) -> ReadConsequence[E]:
        before = len(self._report)
        given: Fields = {}
        at = document.pairs[0][0]
        if "callguard" in fields:
            at, node = fields["callguard"]
            given = expect.keyed(self._report, node, KEYS, "'callguard'") or {}
        consequence = Consequence(
            score=self._score(given),
            verdict=cast("Action | None", self._word(given, "verdict", VERDICTS)),
            basis=cast("Basis", self._word(given, "basis", BASES) or "analytic"),
            alert=self._alert(given),
        )
        examples = self._read_examples(given, example)
        # After another fault in the key its examples may be there, but unread.
        if len(self._report) == before:
            self._check_examples(at, header, examples)
        return ReadConsequence(consequence, examples)

    def _score(self, fields: Fields) -> int:
        if "score" not in fields:
            return 0
        return expect.integer(self._report, fields["score"][1], "'score'", 0, 100) or 0

    def _word(self, fields: Fields, key: str, allowed: Collection[str]) -> str | None:
        if key not in fields:
            return None
        return expect.word(self._report, fields[key][1], f"'{key}'", allowed)

    def _alert(self, fields: Fields) -> str | None:
        if "alert" not in fields:
            return None
        node = fields["alert"][1]
        if isinstance(node, ScalarNode) and kind_of(node) is Kind.BOOLEAN:
            return DEFAULT_ALERT if node.text.lower() == "true" else None
        name = expect.text(self._report, node, "'alert'")
        if name is None or self._templates is None or name in self._templates:
            return name
        self._report.add(
            Code.UNKNOWN_TEMPLATE,
            node,
            f"unknown alert template {quote(name)}",
            self._meant(name, self._templates),
        )
        return None

    def _meant(self, name: str, templates: Collection[str]) -> str:
        near = self._report.nearest(name, templates)
        meant = f"did you mean {quote(near)}? " if near is not None else ""
        return f"{meant}use {one_of(templates)}, or true for the default"

    def _read_examples(self, fields: Fields, read: Callable[[Node], E | None]) -> Examples[E]:
        if "examples" not in fields:
            return Examples()
        sides = expect.keyed(
            self._report, fields["examples"][1], ("matches", "spares"), "'examples'"
        )
        locations: list[Location] = []

        def side(name: str) -> tuple[E, ...]:
            node = sides[name][1] if sides and name in sides else None
            examples: list[E] = []
            for item in self._items(node, name):
                example = read(item)
                if example is not None:
                    examples.append(example)
                    locations.append(self._report.location(item))
            return tuple(examples)

        return Examples(side("matches"), side("spares"), tuple(locations))

    def _items(self, node: Node | None, side: str) -> list[Node]:
        if node is None:
            return []
        if isinstance(node, ListNode):
            return node.items
        expect.wrong_type(self._report, node, f"'{side}'", "a list of examples")
        return []

    def _check_examples(self, at: ScalarNode, header: Header, examples: Examples[E]) -> None:
        """A rule that acts shows what it catches and what it spares."""
        for side, shown in (("matches", examples.matches), ("spares", examples.spares)):
            if header.acts and not shown:
                self._report.add(
                    Code.NO_EXAMPLES,
                    at,
                    f"rule {quote(header.name)} acts but has no example under '{side}'",
                    f"add one under callguard: examples: {side}:, or set status: experimental",
                )
