"""The verdict: what is to happen to a call, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from callguard.rules.model import Action, Basis


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The scores (1 to 100) from which a call is labelled, withheld or blocked.

    ``None`` means that no score alone leads there. Raises ValueError if one is no whole number
    from 1 to 100, or if they are not in order.
    """

    label: int | None = 50
    block: int | None = 90
    withhold: int | None = None

    def __post_init__(self) -> None:
        steps = [step for step in (self.label, self.withhold, self.block) if step is not None]
        if any(type(step) is not int or not 1 <= step <= 100 for step in steps) or steps != sorted(
            steps
        ):
            raise ValueError(
                f"thresholds label={self.label} withhold={self.withhold} block={self.block}: "
                "expected scores from 1 to 100 with label <= withhold <= block"
            )

    def reached(self, score: int) -> Action:
        """The strongest action that ``score`` alone leads to."""
        if self.block is not None and score >= self.block:
            return "block"
        if self.withhold is not None and score >= self.withhold:
            return "withhold"
        return "label" if self.label is not None and score >= self.label else "allow"


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True)
class Alert:
    """The warning for the called person: the template's name and the finished text."""

    template: str
    text: str


@dataclass(slots=True)
class Verdict:
    """The answer to one signalling record.

    ``at`` is event time in seconds since 1970 UTC (None if the record had no readable one),
    ``score`` 0 to 100, ``rules`` and ``shadow`` names in file order, ``ruleset`` the hex digest
    of rules and lists. ``basis`` is ``deterministic`` if a deterministic rule alone leads to the
    action, None on ``allow``. ``degraded`` says what could not be judged, empty if all was well.
    ``call_back`` is true for a call-back from public safety, which like an ``emergency`` call was
    judged by no rule.
    """

    call_id: Any
    at: float | None
    action: Action
    score: int
    rules: list[str]
    shadow: list[str]
    basis: Basis | None
    alert: Alert | None
    emergency: bool
    ruleset: str
    degraded: list[str] = field(default_factory=list)
    call_back: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The verdict as plain values, ready for JSON or MessagePack."""
        return {
            "call_id": self.call_id,
            "at": self.at,
            "action": self.action,
            "score": self.score,
            "rules": list(self.rules),
            "shadow": list(self.shadow),
            "basis": self.basis,
            "alert": self.alert and {"template": self.alert.template, "text": self.alert.text},
            "emergency": self.emergency,
            "call_back": self.call_back,
            "degraded": list(self.degraded),
            "ruleset": self.ruleset,
        }
