"""Hypothesis strategies for correlations and the traffic that they count.

Rules match most records, limits are low and groups few, so that correlations fire on about one
record in three.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from typing import Literal as OneOf

from hypothesis import strategies as st

from callguard.records.fields import RAW_FIELDS
from callguard.rules.model import Category, Correlation, Rule, RuleSet, Status
from callguard.rules.predicates import Absent, Compare, Literal, StartsWith
from tests.made.parts import correlation, rule
from tests.strategies.records import STRANGERS, raw_values
from tests.strategies.rules import CORRELATION_TYPES, outcomes, rule_set

BEGIN: Final = 1_000.0
# Seconds from one record to the next: within a bucket, within a window of a minute or an hour, and
# to either side of their ends.
GAPS: Final = (0, 0, 0.3, 0.5, 0.9375, 1, 5, 30, 56.25, 59, 60, 61, 1800, 3543.75, 3600)
FEW: Final = {
    "event": st.sampled_from(["setup"] * 4 + ["release"] * 2 + ["answer", "sms"]),
    "calling_party_number": st.sampled_from(["13800138000"] * 3 + ["+8613800138000", "138", None]),
    "called_party_number": st.sampled_from(["01069445566"] * 5 + ["95588"] * 2 + ["110"]),
    "trunk_group": st.sampled_from(["a", "A", "ab", None]),
    "origid": st.sampled_from(["x", "y", None]),
    "cause": st.sampled_from([16, 16.0, 17, None]),
    "duration_s": st.sampled_from([0, 0.1, 0.1, 0.2, 3, 59.5, 0.0015, 0.0025, None]),
    "roaming": st.sampled_from(["yes", "no", None]),
}


@st.composite
def traffic(draw: st.DrawFn, most: int = 15) -> list[dict[str, Any]]:
    """Records that often share their groups, one in three out of order, one in six with a fault."""
    now = BEGIN
    found = []
    for _ in range(draw(st.integers(1, most) | st.just(most))):
        record: dict[str, Any] = draw(st.fixed_dictionaries(FEW))
        gap = draw(st.sampled_from(GAPS))
        if draw(st.integers(0, 2)):
            now += gap
            record["at"] = now
        else:
            record["at"] = max(0.0, now - gap)
        if not draw(st.integers(0, 5)):
            key = draw(st.sampled_from(list(RAW_FIELDS)))
            record[key] = draw(raw_values(key))
            record.update(draw(STRANGERS))
        found.append(record)
    return found


Op = OneOf["gt", "gte", "lt", "lte", "eq"]

# The present: long after all traffic, or so that some of it is early.
CLOCKS: Final = st.sampled_from([1e9, 1e9, BEGIN - 300, BEGIN - 299.5, BEGIN, BEGIN + 60])

STATUSES: Final[tuple[Status, ...]] = (
    *("stable", "stable", "stable", "test"),
    *("experimental", "experimental", "deprecated"),
)
CATEGORIES: Final[tuple[Category, ...]] = (
    *("call_setup", "call_setup", "call_setup", "call_setup"),
    *("call_release", "call_release", "call_release"),
    *("call_answer", "sms"),
)
CLAUSES: Final = (
    (Literal("called_party_number", Absent(), negated=True),),
    (Literal("called_party_number", Absent(), negated=True),),
    (Literal("trunk_group", StartsWith(("a",))),),
    (Literal("duration_s", Compare("lt", 6)),),
)
GROUPINGS: Final = (
    (),
    ("roaming",),
    ("calling.e164",),
    ("called_party_number",),
    ("trunk_group",),
    ("cause",),
    ("calling.e164", "self_call"),
    ("called.prefix", "roaming"),
    ("duration_s",),
)
VALUE_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "value_count": ("called.e164", "origid", "cause", "self_call", "at"),
    "value_sum": ("duration_s", "cause", "shared_prefix"),
    "value_avg": ("duration_s", "cause", "at"),
}
CONDITIONS: Final[tuple[tuple[tuple[Op, float], ...], ...]] = (
    (("gte", 1),),
    (("gte", 2),),
    (("gte", 2),),
    (("gte", 3),),
    (("gt", 2),),
    (("lt", 3),),
    (("eq", 2),),
    (("gte", 0.3),),
    (("lte", 0.30000000000000004),),
    (("gt", 1.5), ("lte", 60)),
)


@st.composite
def counted_sets(draw: st.DrawFn) -> RuleSet:
    """Detection rules that match much, and correlations over them, in a mixed order."""
    names = [f"rule-{number}" for number in range(draw(st.integers(1, 3)))]
    counting = [f"count-{number}" for number in range(draw(st.integers(2, 4)))]
    rules: list[Rule | Correlation] = [draw(_feeders(name)) for name in names]
    rules += [draw(_correlations(name, names)) for name in counting]
    return rule_set(draw(st.permutations(rules)))


@st.composite
def _feeders(draw: st.DrawFn, name: str) -> Rule:
    clauses = (draw(st.sampled_from(CLAUSES)),)
    status, category = draw(st.sampled_from(STATUSES)), draw(st.sampled_from(CATEGORIES))
    return rule(name, clauses, status=status, category=category, **draw(outcomes()))


@st.composite
def _correlations(draw: st.DrawFn, name: str, names: Sequence[str]) -> Correlation:
    kind = draw(st.sampled_from(CORRELATION_TYPES))
    value_field = draw(st.sampled_from(VALUE_FIELDS.get(kind, (None,))))
    return correlation(
        name,
        draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)),
        status=draw(st.sampled_from(STATUSES)),
        type=kind,
        group_by=draw(st.sampled_from(GROUPINGS)),
        timespan=draw(st.sampled_from([1, 60, 60, 3600, 3600])),
        condition=() if kind.startswith("temporal") else draw(st.sampled_from(CONDITIONS)),
        value_field=value_field,
        generate=draw(st.booleans()),
        **draw(outcomes()),
    )
