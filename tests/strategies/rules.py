"""Hypothesis strategies for rule sets: every test of the model on every field that can have it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any
from typing import Literal as OneOf

from hypothesis import strategies as st

from callguard.records.fields import FIELDS, FieldType
from callguard.rules.model import CATEGORY_EVENT, Correlation, Rule, RuleSet, Status
from callguard.rules.predicates import (
    Absent,
    Clause,
    Compare,
    Contains,
    EndsWith,
    Equals,
    InList,
    InNetwork,
    Literal,
    Matches,
    SameAs,
    StartsWith,
    Test,
    Wildcard,
)
from tests.made.parts import correlation, rule
from tests.strategies.vocabulary import (
    FIGURES,
    GROUPS,
    LIST_TEXTS,
    NETWORKS,
    NUMBER_LIST,
    TIMES,
    WORD_LIST,
    field_words,
)

Op = OneOf["lt", "lte", "gt", "gte"]


@cache
def texts(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    """The words, pieces of them, two pieces in a row, and other cases of all these."""
    word = st.sampled_from(words)
    cut = st.integers(0, 4)
    piece = st.builds(lambda text, start, end: text[start : len(text) - end], word, cut, cut)
    some = word | piece | st.builds(str.__add__, piece, piece)
    return some | some.map(str.upper) | some.map(str.lower) | some.map(str.swapcase)


@cache
def patterns(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Wildcard patterns, with wildcards and backslashes both as signs and as text."""
    part = texts(words) | st.sampled_from(["*", "?", "\\*", "\\?", "\\\\", "**", "*?"])
    return st.lists(part, min_size=1, max_size=4).map("".join)


@cache
def regexes(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Regular expressions that RE2 reads."""
    special = frozenset("\\.+*?()|[]{}^$")
    plain = texts(words).map(lambda text: "".join("\\" * (c in special) + c for c in text))
    single = st.sampled_from(["[a-z]", "[^a]", "[0-9]", r"\d", r"\w", ".", "(?i:b)", r"\x{4e00}"])
    quantified = st.builds(str.__add__, single, st.sampled_from(["", "*", "+", "?", "{1,3}", "*?"]))
    row = st.lists(plain | quantified, min_size=1, max_size=3).map("".join)
    either = st.lists(row, min_size=1, max_size=2).map(lambda rows: f"(?:{'|'.join(rows)})")
    ends = (st.sampled_from(["", "^", r"\b", "(?s)", "(?i)", "(?m)^"]), row | either)
    return st.builds(lambda a, b, c: a + b + c, *ends, st.sampled_from(["", "$", r"\b", r"\z"]))


def values(one: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(one, min_size=1, max_size=3, unique=True).map(tuple)


def figures() -> st.SearchStrategy[int | float]:
    return st.sampled_from(FIGURES + TIMES)


@cache
def tests(field: str) -> st.SearchStrategy[Test]:
    """Every test that makes sense on the field."""
    kind = FIELDS[field]
    alike = [name for name, other in FIELDS.items() if comparable(kind, other)]
    same = st.builds(SameAs, st.sampled_from(alike), st.booleans())
    any_field = same | st.just(Absent())
    if kind is FieldType.BOOLEAN:
        return any_field | st.sampled_from([Equals((True,)), Equals((False,))])
    if kind is FieldType.NUMERIC:
        equal = st.lists(figures(), min_size=1, max_size=3).map(lambda some: Equals(tuple(some)))
        return any_field | equal | st.builds(Compare, st.sampled_from(OPS), figures())
    words = field_words(field)
    cased = st.booleans()
    text = st.one_of(
        *(st.builds(make, values(texts(words)), cased) for make in TEXT_TESTS),
        st.builds(Wildcard, values(patterns(words)), cased),
        st.builds(Matches, values(regexes(words))),
        any_field,
    )
    if kind is FieldType.ADDRESS:
        return text | values(st.sampled_from(NETWORKS)).map(InNetwork)
    if kind is FieldType.NUMBER_TEXT:
        return text | st.just(InList(NUMBER_LIST))
    return text | st.just(InList(WORD_LIST)) if kind is FieldType.TEXT else text


OPS: tuple[Op, ...] = ("lt", "lte", "gt", "gte")
TEXT_TESTS = (Equals, StartsWith, EndsWith, Contains)


def comparable(kind: FieldType, other: FieldType) -> bool:
    """True if values of the two types can be equal: the same type, or both are texts."""
    apart = (FieldType.NUMERIC, FieldType.BOOLEAN)
    return kind is other or (kind not in apart and other not in apart)


@cache
def literals(field: str) -> st.SearchStrategy[Literal]:
    return st.builds(Literal, st.just(field), tests(field), st.booleans())


def clauses(fields: Sequence[str]) -> st.SearchStrategy[tuple[Clause, ...]]:
    """One to three clauses of one to four literals; few fields, so that literals share them."""
    clause = st.lists(st.one_of(*map(literals, fields)), min_size=1, max_size=4).map(tuple)
    return st.lists(clause, min_size=1, max_size=3).map(tuple)


SOME_FIELDS = st.lists(st.sampled_from(list(FIELDS)), min_size=1, max_size=3)


@st.composite
def detections(
    draw: st.DrawFn, name: str, statuses: Sequence[Status] = ("stable", "test", "experimental")
) -> Rule:
    made = draw(clauses(draw(SOME_FIELDS)))
    return rule(
        name,
        made,
        id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        status=draw(st.sampled_from(statuses)),
        category=draw(st.sampled_from(list(CATEGORY_EVENT))),
        condition="all_of_it",
        selections={"all_of_it": made},
        **draw(outcomes()),
    )


@cache
def outcomes() -> st.SearchStrategy[dict[str, Any]]:
    """What a match leads to. Alert names stand for templates that every guard has."""
    return st.fixed_dictionaries(
        {
            "score": st.sampled_from([0, 0, 10, 30, 49, 50, 60, 90, 100]),
            "verdict": st.sampled_from([None, None, "label", "withhold", "block"]),
            "basis": st.sampled_from(["deterministic", "analytic"]),
            "alert": st.sampled_from([None, None, "default"]),
        }
    )


@st.composite
def correlations(draw: st.DrawFn, name: str, names: Sequence[str]) -> Correlation:
    kind = draw(st.sampled_from(CORRELATION_TYPES))
    equal: OneOf["eq"] = "eq"
    numeric = [field for field, of in FIELDS.items() if of is FieldType.NUMERIC]
    read = {
        "value_count": st.sampled_from(list(FIELDS)),
        "value_sum": st.sampled_from(numeric),
        "value_avg": st.sampled_from(numeric),
    }.get(kind, st.none())
    pair = st.tuples(st.sampled_from((*OPS, equal)), st.sampled_from(LIMITS))
    temporal = kind.startswith("temporal")
    return correlation(
        name,
        draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)),
        id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        status=draw(st.sampled_from(["stable", "experimental"])),
        type=kind,
        group_by=tuple(draw(st.lists(st.sampled_from(GROUPS), max_size=2, unique=True))),
        timespan=draw(st.sampled_from([1, 60, 60, 3600])),
        condition=() if temporal else tuple(draw(st.lists(pair, min_size=1, max_size=2))),
        value_field=draw(read),
        generate=draw(st.booleans()),
        **draw(outcomes()),
    )


CORRELATION_TYPES: tuple[str, ...] = (
    "event_count",
    "value_count",
    "value_avg",
    "value_sum",
    "temporal",
    "temporal_ordered",
)
LIMITS = (0, 1, 2, 3, 0.1, 0.30000000000000004, 1.5, 60)


def rule_set(rules: Sequence[Rule | Correlation]) -> RuleSet:
    return RuleSet("rules.yaml", tuple(rules), {name: name for name in LIST_TEXTS}, "0" * 64)


@st.composite
def rule_sets(draw: st.DrawFn, most: int = 6) -> RuleSet:
    """Detection rules only, of every status."""
    statuses: tuple[Status, ...] = (
        "stable",
        "stable",
        "test",
        "experimental",
        "deprecated",
        "unsupported",
    )
    count = draw(st.integers(1, most))
    return rule_set([draw(detections(f"rule-{n}", statuses)) for n in range(count)])


@st.composite
def correlated_sets(draw: st.DrawFn) -> RuleSet:
    """Simple detection rules and correlations over them, in a mixed order."""
    count = draw(st.integers(1, 3))
    found = [draw(feeders(f"rule-{n}")) for n in range(count)]
    names = [rule.name for rule in found]
    counted = [draw(correlations(f"count-{n}", names)) for n in range(draw(st.integers(1, 3)))]
    return rule_set(draw(st.permutations([*found, *counted])))


@st.composite
def feeders(draw: st.DrawFn, name: str) -> Rule:
    """A rule that many records match, to be counted."""
    literal = draw(
        st.sampled_from(
            [
                Literal("called_party_number", Absent(), negated=True),
                Literal("trunk_group", StartsWith(("a",))),
                Literal("duration_s", Compare("lt", 6)),
                Literal("display_name", Equals(("nobody",)), negated=True),
            ]
        )
    )
    return rule(
        name,
        ((literal,),),
        id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        status=draw(st.sampled_from(["stable", "stable", "experimental", "deprecated"])),
        category=draw(st.sampled_from(list(CATEGORY_EVENT))),
        condition="all_of_it",
        selections={"all_of_it": ((literal,),)},
        **draw(outcomes()),
    )
