"""The ``callguard`` key of a document: what a match leads to, and the examples."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Generic, TypeVar, cast, get_args

from callguard.rules import shape
from callguard.rules.codes import Code
from callguard.rules.examples import ExampleReader
from callguard.rules.model import Action, Basis, Location
from callguard.rules.nodes import Items, Node, Scalar
from callguard.rules.report import Report, quote
from callguard.rules.scalars import Kind, kind_of
from callguard.rules.shape import Fields

KEYS: Final = ("score", "verdict", "basis", "alert", "examples")
VERDICTS: Final = ("label", "withhold", "block")
BASES: Final[tuple[Basis, ...]] = get_args(Basis)
# The template that ``alert: true`` stands for.
DEFAULT_ALERT: Final = "default"

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Examples(Generic[E]):
    """Examples in file order, with the places of ``matches`` and then ``spares``."""

    matches: tuple[E, ...] = ()
    spares: tuple[E, ...] = ()
    places: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True)
class Consequence(Generic[E]):
    """What a match leads to."""

    score: int
    verdict: Action | None
    basis: Basis
    alert: str | None
    examples: Examples[E]


class ExtensionReader:
    """Reads the ``callguard`` keys of one file."""

    def __init__(
        self, report: Report, examples: ExampleReader, alert_templates: Collection[str] | None
    ) -> None:
        self._report = report
        self._examples = examples
        self._templates = alert_templates

    def consequence(self, node: Node | None, sequences: bool) -> Consequence[object]:
        """The value of the key; ``sequences`` is true for a correlation's examples."""
        fields: Fields = {}
        if node is not None:
            fields = shape.keyed(self._report, node, KEYS, "'callguard'") or {}
        return Consequence(
            score=self._score(fields),
            verdict=cast("Action | None", self._word(fields, "verdict", VERDICTS)),
            basis=cast("Basis", self._word(fields, "basis", BASES) or "analytic"),
            alert=self._alert(fields),
            examples=self._read_examples(fields, sequences),
        )

    def _score(self, fields: Fields) -> int:
        if "score" not in fields:
            return 0
        return shape.integer(self._report, fields["score"][1], "'score'", 0, 100) or 0

    def _word(self, fields: Fields, key: str, allowed: Collection[str]) -> str | None:
        if key not in fields:
            return None
        return shape.word(self._report, fields[key][1], f"'{key}'", allowed)

    def _alert(self, fields: Fields) -> str | None:
        if "alert" not in fields:
            return None
        node = fields["alert"][1]
        if isinstance(node, Scalar) and kind_of(node) is Kind.BOOLEAN:
            return DEFAULT_ALERT if node.text.lower() == "true" else None
        name = shape.text(self._report, node, "'alert'")
        if name is None or self._templates is None or name in self._templates:
            return name
        self._report.add(
            Code.UNKNOWN_TEMPLATE,
            node,
            f"unknown alert template {quote(name)}",
            self._report.meant(name, self._templates, "use true for the default template"),
        )
        return None

    def _read_examples(self, fields: Fields, sequences: bool) -> Examples[object]:
        if "examples" not in fields:
            return Examples()
        found = shape.keyed(
            self._report, fields["examples"][1], ("matches", "spares"), "'examples'"
        )
        sides: dict[str, tuple[object, ...]] = {}
        places: list[Location] = []
        for side in ("matches", "spares"):
            node = found[side][1] if found and side in found else None
            examples: list[object] = []
            for item in self._items(node, side):
                read = self._examples.sequence if sequences else self._examples.single
                example = read(item)
                if example is not None:
                    examples.append(example)
                    places.append(self._report.place(item))
            sides[side] = tuple(examples)
        return Examples(sides["matches"], sides["spares"], tuple(places))

    def _items(self, node: Node | None, side: str) -> list[Node]:
        if node is None:
            return []
        if isinstance(node, Items):
            return node.items
        shape.wrong_type(self._report, node, f"'{side}'", "a list of examples")
        return []


def check_examples(
    report: Report, at: Scalar, name: str, acts: bool, examples: Examples[object]
) -> None:
    """A rule that acts shows what it catches and what it spares."""
    for side, found in (("matches", examples.matches), ("spares", examples.spares)):
        if acts and not found:
            report.add(
                Code.NO_EXAMPLES,
                at,
                f"rule {quote(name)} acts but has no example under '{side}'",
                f"add one under callguard: examples: {side}:, or set status: experimental",
            )
