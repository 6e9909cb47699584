"""What came of a day of traffic, in figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actions:
    """How many calls and messages each action met.

    ``inform`` counts labels that accuse nobody: they only say what kind of call it is (a call
    centre, a call from abroad). ``label`` counts the others.
    """

    allow: int = 0
    inform: int = 0
    label: int = 0
    withhold: int = 0
    block: int = 0

    @property
    def total(self) -> int:
        return self.allow + self.inform + self.touched

    @property
    def touched(self) -> int:
        """All that were labelled as suspect, withheld or blocked."""
        return self.label + self.withhold + self.block

    @property
    def share_touched(self) -> float:
        """``touched`` as a part of all, 0 to 1: recall if these are fraud."""
        return self.touched / self.total if self.total else 0.0

    @property
    def share_blocked(self) -> float:
        """Blocked ones as a part of all, 0 to 1."""
        return self.block / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One campaign, or one kind of legitimate traffic, and what was done to it."""

    label: str
    actions: Actions


@dataclass(frozen=True, slots=True)
class FalsePositives:
    """Legitimate traffic of one kind that was touched, why, and the rules that did it."""

    kind: str
    cause: str
    block: int
    withhold: int
    label: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleHits:
    """How often a rule matched: calls and messages that are fraud, and legitimate ones.

    ``shadow`` is true if the rule reports only.
    """

    rule: str
    shadow: bool
    fraud: int
    legitimate: int


@dataclass(frozen=True, slots=True)
class Example:
    """A record, the truth about it, and its verdict as plain values."""

    label: str
    fraud: bool
    record: dict[str, object]
    verdict: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """The whole day.

    ``records`` counts everything that was scored. Calls (by their set-up) and messages are what
    actions, campaigns and kinds count; answers and releases only feed counters. ``rules`` stand
    in descending order of hits, ``campaigns`` and ``kinds`` in that of their size, and
    ``false_positives`` in that of what was touched. ``call_backs`` were recognised as such.
    ``seconds`` is the time that scoring took, generating the traffic apart.
    """

    records: int
    calls: int
    messages: int
    fraud: Actions
    legitimate: Actions
    campaigns: tuple[Kind, ...]
    kinds: tuple[Kind, ...]
    false_positives: tuple[FalsePositives, ...]
    rules: tuple[RuleHits, ...]
    emergency_calls: int
    emergency_allowed: int
    call_backs: int
    degraded: int
    examples: tuple[Example, ...]
    ruleset: str
    seconds: float

    @property
    def recall(self) -> float:
        """The part of all fraud that was labelled as suspect, withheld or blocked, 0 to 1."""
        return self.fraud.share_touched

    @property
    def false_positive_rate(self) -> float:
        """The part of legitimate traffic that was labelled as suspect, withheld or blocked."""
        return self.legitimate.share_touched

    @property
    def wrongly_blocked_rate(self) -> float:
        """The part of legitimate traffic that was blocked, 0 to 1."""
        return self.legitimate.share_blocked

    @property
    def records_per_second(self) -> float:
        return self.records / self.seconds if self.seconds else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values, ready for JSON, the shares included."""
        plain = asdict(self)
        for kind in (*plain["campaigns"], *plain["kinds"], plain["fraud"], plain["legitimate"]):
            actions = kind.get("actions", kind)
            counted = Actions(**actions)
            actions["share_touched"] = counted.share_touched
            actions["share_blocked"] = counted.share_blocked
        plain["recall"] = self.recall
        plain["false_positive_rate"] = self.false_positive_rate
        plain["wrongly_blocked_rate"] = self.wrongly_blocked_rate
        plain["records_per_second"] = self.records_per_second
        return plain
