"""The checked rule model: what a rule file says once every fault is out of it.

Nothing here knows YAML, and nothing here runs. A rule is put together of parts: who and what it is
(:class:`Header`), what it looks for (:class:`Detection` or :class:`Counting`), what a match leads
to (:class:`Consequence`), and examples. What others ask of a rule most has a property of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar
from typing import Literal as OneOf

from callguard.rules.predicates import Clause

Status = OneOf["stable", "test", "experimental", "deprecated", "unsupported"]
Action = OneOf["allow", "label", "withhold", "block"]
Basis = OneOf["deterministic", "analytic"]
Category = OneOf["call_setup", "call_answer", "call_release", "sms"]
Op = OneOf["gt", "gte", "lt", "lte", "eq"]
Condition = tuple[tuple[Op, int | float], ...]
# One record, as the example of a detection rule. A correlation's is a sequence of them.
Example = Mapping[str, object]
ExampleSequence = tuple[Example, ...]

ACTIONS: tuple[Action, ...] = ("allow", "label", "withhold", "block")
# The event that a log source's category means.
CATEGORY_EVENT: Mapping[Category, str] = {
    "call_setup": "setup",
    "call_answer": "answer",
    "call_release": "release",
    "sms": "sms",
}

# A list that every rule file has if it stands in its lists/, whether a rule names it or not.
PSAP_NUMBERS: Final = "psap_numbers"

E = TypeVar("E", bound=Example | ExampleSequence)


@dataclass(frozen=True, slots=True)
class Location:
    """A position in a rule file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Header:
    """Who and what a rule is; ``location`` is where its document begins."""

    name: str
    title: str
    id: str
    status: Status
    location: Location
    level: str = ""
    description: str = ""
    references: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def acts(self) -> bool:
        """True if a match may change what happens to the call."""
        return self.status in ("stable", "test")

    @property
    def on(self) -> bool:
        """False for a rule that is switched off."""
        return self.status not in ("deprecated", "unsupported")


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a match leads to; ``score`` is from 0 to 100, ``alert`` the name of a template."""

    score: int = 0
    verdict: Action | None = None
    basis: Basis = "analytic"
    alert: str | None = None


@dataclass(frozen=True, slots=True)
class Examples(Generic[E]):
    """What a rule must catch and what it must spare, in file order.

    ``locations`` are those of ``matches`` and then of ``spares``.
    """

    matches: tuple[E, ...] = ()
    spares: tuple[E, ...] = ()
    locations: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """What a detection rule looks for.

    ``clauses`` is the condition in disjunctive normal form: a record matches when at least one
    clause does, and a clause matches when every literal in it holds. ``selections`` keeps, for
    explaining, each named selection as clauses of its own, and ``condition`` its source text.
    """

    category: Category
    clauses: tuple[Clause, ...]
    condition: str
    selections: Mapping[str, tuple[Clause, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counting:
    """What a correlation counts.

    ``type`` is a key of :data:`callguard.rules.correlation_types.TYPES`. ``rules`` are the names
    of the rules counted. ``timespan`` is in seconds. ``condition`` is a list of ``(op, number)``
    pairs that must all hold; for the temporal types it is empty and every rule of ``rules`` must
    have been seen. ``value_field`` is the field that ``value_count``, ``value_avg`` and
    ``value_sum`` read. ``generate`` says that the rules counted report on their own as well.
    """

    type: str
    rules: tuple[str, ...]
    group_by: tuple[str, ...]
    timespan: int
    condition: Condition
    value_field: str | None = None
    generate: bool = False


@dataclass(frozen=True, slots=True)
class _Described:
    """What rules of both kinds have."""

    header: Header
    consequence: Consequence

    @property
    def name(self) -> str:
        """How verdicts and correlations name the rule."""
        return self.header.name

    @property
    def status(self) -> Status:
        """``stable`` and ``test`` act, ``experimental`` reports."""
        return self.header.status

    @property
    def acts(self) -> bool:
        """True if a match may change what happens to the call."""
        return self.header.acts

    @property
    def on(self) -> bool:
        """False for a rule that is switched off."""
        return self.header.on


@dataclass(frozen=True, slots=True)
class Rule(_Described):
    """A detection rule: it judges one record."""

    detection: Detection
    examples: Examples[Example] = Examples()

    @property
    def category(self) -> Category:
        """Which records the rule sees."""
        return self.detection.category

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The condition in disjunctive normal form."""
        return self.detection.clauses


@dataclass(frozen=True, slots=True)
class Correlation(_Described):
    """A rule over several records. An example is a sequence whose last record it judges."""

    counting: Counting
    examples: Examples[ExampleSequence] = Examples()

    @property
    def type(self) -> str:
        """How it counts, a key of :data:`callguard.rules.correlation_types.TYPES`."""
        return self.counting.type

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules counted."""
        return self.counting.rules

    @property
    def group_by(self) -> tuple[str, ...]:
        """The fields whose values have a count each."""
        return self.counting.group_by

    @property
    def timespan(self) -> int:
        """The window, in seconds."""
        return self.counting.timespan

    @property
    def condition(self) -> Condition:
        """``(op, number)`` pairs that must all hold; empty for the temporal types."""
        return self.counting.condition

    @property
    def value_field(self) -> str | None:
        """The field that is read, None for a type that reads none."""
        return self.counting.value_field


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of one file, in file order, and the paths of the lists that they name."""

    file: str
    rules: tuple[Rule | Correlation, ...]
    lists: Mapping[str, str]  # list name -> path of its text file
    source_digest: str  # SHA-256 of the rule file's bytes, hex
