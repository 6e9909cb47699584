"""The plain judge: one rule after another, every event ever counted kept in a list.

Slow and obviously right; the engine and the guard are compared with it. What it takes as said:

What a rule sees
    A rule sees the record as ``validate_lenient`` leaves it, and the derived fields: null and
    values of a wrong type or out of range are no keys, words of choices come in the record's
    spelling, ``roaming`` is never absent. Text is read up to 4,096 characters. Other keys are
    ignored, even one spelt like a derived field.
    A record that ``validate_lenient`` refuses (no readable event, time or called number) is
    judged by no rule and counted by none: ``allow``.
    A rule of a category sees the records of that category's event only.

Tests
    As ``tests/oracles/clauses.py`` has them. A list named on a raw number field is asked for the
    E.164 form of that number.

Verdict
    A rule that is off never matches, and feeds no correlation.
    A rule with neither score nor verdict that a correlation names, none of those correlations
    saying ``generate``, is silent: it feeds them and is not reported.
    Rules are reported in file order, detections and correlations mixed as in the file.
    The score is the sum over the acting rules that matched, at most 100.
    The action is the strongest of those rules' verdicts and of what the score reaches.
    The basis is ``deterministic`` if one matched acting rule of that basis reaches the action by
    its own verdict or its own score alone, else ``analytic``, and null on ``allow``.
    The alert is that of the first matched acting rule that has one, and null on ``allow``.
    A record whose called number is an emergency number is judged by no rule and counted by none:
    ``allow``, score 0, no rules, no shadow, whatever its event, and even if it is refused.
    So is one about a call-back: with the priority ``psap-callback`` (any case, spaces around it) on
    the own network or an interconnection; or whose calling number, or not from abroad the asserted
    one, is on the list ``psap_numbers``. From abroad only a foreign number counts.

    A record without ingress says so (``no_ingress``) if with some ingress it would match a
    detection rule that it does not match.

Correlations
    An event is a record that matches at least one of the named rules, has every group-by field and,
    for the value types, the field whose values are taken; it counts once, however many of the rules
    it matches.
    A group is the tuple of the group-by values, compared exactly (5 and 5.0 are one value).
    Judged are events, each counted itself, and records of event ``setup`` that have the group-by
    fields if none of the named rules is about setups.
    Time is cut into buckets: a 64th of the timespan each, a 1024th for ``temporal_ordered``. The
    window of a record is as many buckets, and ends with the newest bucket of its group's events or
    with its own if that is newer. A record whose bucket lies before the window that ends with the
    group's newest event is neither counted nor judged. A record more than 300 s ahead of the clock
    is not either, by any correlation; ``early`` says so if some correlation was concerned. Nothing
    is judged again; a record seen twice counts twice.
    With no event of its group in the window a correlation does not fire, whatever its condition.
    ``value_count`` counts distinct values, exactly compared; limits that are sampled are not judged
    here. For sums and means each value is a thousand times itself as a float, rounded, halves to
    the even one, and a limit is the decimal number written.
    ``temporal`` wants an event for each rule; one record may serve several. ``temporal_ordered``
    wants one for each rule in buckets that do not decrease in the order of the rules; the record
    judged need not be the last of them.
    A correlation counts the rules it names, be they reported, silent or shadow; whether it acts
    is decided by its own status.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass

from callguard.errors import RecordError
from callguard.numbering import NumberingPlan
from callguard.records import derive, validate_lenient
from callguard.records.fields import PARTIES, RAW_FIELDS
from callguard.rules.model import (
    ACTIONS,
    CATEGORY_EVENT,
    PSAP_NUMBERS,
    Action,
    Correlation,
    Rule,
    RuleSet,
)
from callguard.rules.predicates import Clause, InList, Literal
from tests.oracles.clauses import NO_LISTS, clauses_hold
from tests.oracles.windows import Fields, Seen, bucket, condition_holds, group_of, parts_of

LONGEST_TEXT = 4096
THRESHOLDS: Mapping[str, int] = {"label": 50, "block": 90}
# Which field a list is asked about when it is named on a raw number field.
LISTED = {key: f"{party}.e164" for party, key in PARTIES.items()}


@dataclass(frozen=True)
class Expected:
    """What a verdict has to say."""

    action: str = "allow"
    score: int = 0
    rules: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()
    basis: str | None = None
    alert: str | None = None
    emergency: bool = False
    call_back: bool = False


class Oracle:
    """Judges records one after another, as a guard would."""

    def __init__(
        self,
        rules: RuleSet,
        plan: NumberingPlan,
        lists: Mapping[str, Container[str]] = NO_LISTS,
        thresholds: Mapping[str, int] = THRESHOLDS,
        now: float = math.inf,
    ) -> None:
        self.now = now
        # Whether the last record lay too far ahead for a correlation that it concerned.
        self.early = False
        # Whether the last record said no ingress, and some ingress would make it match a rule more.
        self.no_ingress = False
        self.plan = plan
        self.lists = lists
        self.thresholds = thresholds
        self.rules = rules.rules
        self.detections = {rule.name: rule for rule in rules.rules if isinstance(rule, Rule)}
        # What each correlation counted, group by group.
        self.counted: dict[tuple[str, object], list[Seen]] = {}

    def judge(self, record: Mapping[str, object]) -> Expected:
        """The verdict that this record must get now; correlations remember it."""
        self.early = self.no_ingress = False
        if calls_emergency(record, self.plan):
            return Expected(emergency=True)
        fields = visible(record, self.plan)
        if fields is None:
            return Expected()
        if calls_back(fields, self.lists.get(PSAP_NUMBERS, ()), self.plan.home):
            return Expected(call_back=True)
        here = Seen(fields, frozenset(n for n in self.detections if self.detected(n, fields)))
        if record.get("ingress") is None:
            self.no_ingress = any(
                self.detected(name, {**fields, "ingress": ingress})
                for name in self.detections.keys() - here.matched
                for ingress in ("international", "interconnect", "on_net")
            )
        firing = [
            rule
            for rule in self.rules
            if rule.on
            and (
                rule.name in here.matched and not self.silent(rule)
                if isinstance(rule, Rule)
                else self.fires(rule, here)
            )
        ]
        acting = [rule for rule in firing if rule.acts]
        score = min(100, sum(rule.consequence.score for rule in acting))
        action = strongest(
            [self.reached(score), *(rule.consequence.verdict or "allow" for rule in acting)]
        )
        alerts = [
            rule.consequence.alert
            for rule in acting
            if rule.consequence.alert is not None and action != "allow"
        ]
        return Expected(
            action=action,
            score=score,
            rules=tuple(rule.name for rule in acting),
            shadow=tuple(rule.name for rule in firing if not rule.acts),
            basis=self.basis(action, acting),
            alert=alerts[0] if alerts else None,
        )

    def detected(self, name: str, fields: Fields) -> bool:
        """True if the detection rule is on, is about this event, and one of its clauses holds."""
        rule = self.detections[name]
        if not rule.on or fields.get("event") != CATEGORY_EVENT[rule.category]:
            return False
        return clauses_hold(map(asking_e164, rule.clauses), fields, self.lists)

    def silent(self, rule: Rule) -> bool:
        """True if the rule only feeds correlations."""
        if rule.consequence.score or rule.consequence.verdict is not None:
            return False
        naming = [
            other
            for other in self.rules
            if isinstance(other, Correlation) and rule.name in other.rules
        ]
        return bool(naming) and not any(other.counting.generate for other in naming)

    def reached(self, score: int) -> Action:
        """The action that a score leads to by itself."""
        if score >= self.thresholds["block"]:
            return "block"
        return "label" if score >= self.thresholds["label"] else "allow"

    def basis(self, action: Action, acting: list[Rule | Correlation]) -> str | None:
        if action == "allow":
            return None
        for rule in acting:
            alone = strongest(
                [rule.consequence.verdict or "allow", self.reached(rule.consequence.score)]
            )
            if rule.consequence.basis == "deterministic" and alone == action:
                return "deterministic"
        return "analytic"

    def fires(self, rule: Correlation, here: Seen) -> bool:
        """True if the correlation is about this record and its condition holds at its time."""
        group = group_of(rule, here.fields)
        matched = not here.matched.isdisjoint(rule.rules)
        valued = rule.value_field is None or here.fields.get(rule.value_field) is not None
        named = [self.detections[name] for name in rule.rules]
        about_setups = any(other.category == "call_setup" for other in named)
        bystander = here.fields.get("event") == "setup" and not about_setups
        if group is None or not ((matched and valued) or bystander):
            return False
        if here.at > self.now + 300:
            self.early = True
            return False
        events = self.counted.setdefault((rule.name, group), [])
        buckets = [bucket(rule, seen) for seen in events]
        mine, parts = bucket(rule, here), parts_of(rule)
        if buckets and mine <= max(buckets) - parts:
            return False
        if matched and valued:
            events.append(here)
            buckets.append(mine)
        first = max([mine, *buckets]) - parts + 1
        window = [seen for seen, place in zip(events, buckets, strict=True) if place >= first]
        return bool(window) and condition_holds(rule, window)


def visible(record: Mapping[str, object], plan: NumberingPlan) -> Fields | None:
    """The fields of a record that rules may see, raw and derived; None if it cannot be judged."""
    try:
        checked, _ = validate_lenient(record)
    except RecordError:
        return None
    raw = {name: read(checked[name]) for name in RAW_FIELDS if name in checked}
    return {**raw, **derive(raw, plan)}


def read(value: object) -> object:
    """The value, text up to the longest that is read."""
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def calls_emergency(record: Mapping[str, object], plan: NumberingPlan) -> bool:
    """True if the called number is an emergency number in the home country."""
    called = record.get("called_party_number")
    return isinstance(called, str) and plan.classify(called)[1].kind == "emergency"


def calls_back(fields: Fields, desks: Container[str], home: str) -> bool:
    """True if the call is a call-back from public safety."""
    ingress = fields.get("ingress")
    said = str(fields.get("priority", "")).strip().lower() == "psap-callback"
    if said and ingress in ("on_net", "interconnect"):
        return True
    listed = fields.get("calling.e164") in desks
    if ingress == "international":
        return listed and fields.get("calling.country") not in (None, home)
    return listed or fields.get("asserted.e164") in desks


def asking_e164(clause: Clause) -> Clause:
    """The clause with lists on raw number fields asked about the E.164 form instead."""
    return tuple(
        Literal(LISTED.get(part.field, part.field), part.test, part.negated)
        if isinstance(part.test, InList)
        else part
        for part in clause
    )


def strongest(actions: list[Action]) -> Action:
    return max(actions, key=ACTIONS.index)
