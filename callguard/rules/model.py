"""The checked rule model: what a rule file says once every fault is out of it.

Nothing here knows YAML, and nothing here runs. A detection is kept as *clauses*: a rule matches a
record when at least one clause does, and a clause matches when every literal in it holds.

A test on an absent field is false, so a negated one is true; :class:`Absent` is the exception.
Text comparisons are on ``str.lower()`` of both sides unless ``cased``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal as OneOf

Status = OneOf["stable", "test", "experimental", "deprecated", "unsupported"]
Action = OneOf["allow", "label", "withhold", "block"]
Basis = OneOf["deterministic", "analytic"]
Category = OneOf["call_setup", "call_answer", "call_release", "sms"]

ACTIONS: tuple[Action, ...] = ("allow", "label", "withhold", "block")
# The event that a log source's category stands for.
CATEGORY_EVENT: Mapping[Category, str] = {
    "call_setup": "setup",
    "call_answer": "answer",
    "call_release": "release",
    "sms": "sms",
}


@dataclass(frozen=True, slots=True)
class Equals:
    """The value is one of ``values``. Strings on text fields, numbers or booleans elsewhere."""

    values: tuple[str | int | float | bool, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class StartsWith:
    values: tuple[str, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class EndsWith:
    values: tuple[str, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Contains:
    values: tuple[str, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Patterns that need more than a prefix, suffix or substring test, in Sigma's own form.

    ``*`` is any run of characters (line ends too), ``?`` exactly one, a backslash makes a
    following ``*``, ``?`` or backslash literal. The whole value must match.
    """

    values: tuple[str, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """An RE2 regular expression is found somewhere in the value (case matters, as in Sigma)."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """``value op number`` for a numeric field."""

    op: OneOf["lt", "lte", "gt", "gte"]
    number: int | float


@dataclass(frozen=True, slots=True)
class InNetwork:
    """The address lies in one of these CIDR blocks (``192.0.2.0/24``, ``2001:db8::/32``)."""

    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """The record has no such key, or null in it. The only test that holds on an absent field."""


@dataclass(frozen=True, slots=True)
class SameAs:
    """The value equals the value of another field; false when either is absent."""

    other: str
    cased: bool = False


@dataclass(frozen=True, slots=True)
class InList:
    """The value is on the list ``lists/NAME.txt``."""

    name: str


Test = (
    Equals
    | StartsWith
    | EndsWith
    | Contains
    | Wildcard
    | Matches
    | Compare
    | InNetwork
    | Absent
    | SameAs
    | InList
)


@dataclass(frozen=True, slots=True)
class Literal:
    """``field`` passes ``test``, or does not when ``negated``."""

    field: str
    test: Test
    negated: bool = False


Clause = tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """Where something stands in a rule file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A detection rule.

    ``clauses`` is the condition in disjunctive normal form. ``selections`` keeps, for explaining,
    each named selection of ``detection`` as clauses of its own, and ``condition`` its source text.
    """

    name: str
    title: str
    id: str
    status: Status
    category: Category
    clauses: tuple[Clause, ...]
    condition: str
    place: Location
    selections: Mapping[str, tuple[Clause, ...]] = field(default_factory=dict)
    level: str = ""
    description: str = ""
    references: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    score: int = 0
    verdict: Action | None = None
    basis: Basis = "analytic"
    alert: str | None = None
    matches: tuple[Mapping[str, object], ...] = ()
    spares: tuple[Mapping[str, object], ...] = ()
    # Each example's own place, in the order of ``matches`` and then ``spares``.
    example_places: tuple[Location, ...] = ()

    @property
    def acts(self) -> bool:
        """True if a match may change what happens to the call."""
        return self.status in ("stable", "test")

    @property
    def on(self) -> bool:
        """False for a rule that is switched off."""
        return self.status not in ("deprecated", "unsupported")


@dataclass(frozen=True, slots=True)
class Correlation:
    """A rule over several records.

    ``type`` is one of :data:`~callguard.rules.correlation_types.TYPES`, ``timespan`` in seconds.
    ``condition`` is a list of ``(op, number)`` pairs that must all hold; for types that
    have none it is empty and every rule of ``rules`` must have been seen. ``value_field`` is the
    field that types with a value read. ``generate`` says that the rules counted report on their own
    as well.
    """

    name: str
    title: str
    id: str
    status: Status
    type: str
    rules: tuple[str, ...]
    group_by: tuple[str, ...]
    timespan: int
    condition: tuple[tuple[OneOf["gt", "gte", "lt", "lte", "eq"], int | float], ...]
    place: Location
    value_field: str | None = None
    generate: bool = False
    level: str = ""
    description: str = ""
    references: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    score: int = 0
    verdict: Action | None = None
    basis: Basis = "analytic"
    alert: str | None = None
    # Each example is the sequence of records whose last one the rule must catch, or spare.
    matches: tuple[tuple[Mapping[str, object], ...], ...] = ()
    spares: tuple[tuple[Mapping[str, object], ...], ...] = ()
    example_places: tuple[Location, ...] = ()

    @property
    def acts(self) -> bool:
        """True if a match may change what happens to the call."""
        return self.status in ("stable", "test")

    @property
    def on(self) -> bool:
        """False for a rule that is switched off."""
        return self.status not in ("deprecated", "unsupported")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of one file, in file order, and the paths of the lists that they name."""

    file: str
    rules: tuple[Rule | Correlation, ...]
    lists: Mapping[str, str]  # list name -> path of its text file
    source_digest: str  # SHA-256 of the rule file's bytes, hex
