"""What a selection or a condition means: the clauses that come out."""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard.rules import read_rule_file
from callguard.rules.model import Rule
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
from tests.rules.faulty_files.fault import item, rule


def rule_of(folder: Path, text: str, home: str = "CN") -> Rule:
    (folder / "rules.yaml").write_text(text)
    (folder / "lists").mkdir(exist_ok=True)
    for name in ("known", "other"):
        (folder / "lists" / f"{name}.txt").touch()
    rules = read_rule_file(folder / "rules.yaml", home=home).require()
    first = rules.rules[0]
    assert isinstance(first, Rule)
    return first


def one(test: Test, field: str = "text", negated: bool = False) -> tuple[Clause, ...]:
    return ((Literal(field, test, negated),),)


MEANINGS: list[tuple[str, tuple[Clause, ...]]] = [
    ("text: Bank", one(Equals(("Bank",)))),
    ("text: ''", one(Equals(("",)))),
    ("text: null", one(Absent())),
    ("text:", one(Absent())),
    ("text|neq: null", one(Absent(), negated=True)),
    ("text: '*'", one(Absent(), negated=True)),
    ("text: '**'", one(Absent(), negated=True)),
    ("text|contains: '*'", one(Absent(), negated=True)),
    ("text: 'a*'", one(StartsWith(("a",)))),
    ("text: '*a'", one(EndsWith(("a",)))),
    ("text: '*a*'", one(Contains(("a",)))),
    ("text: 'a*b'", one(Wildcard(("a*b",)))),
    ("text: 'a?'", one(Wildcard(("a?",)))),
    ("text: '?'", one(Wildcard(("?",)))),
    (r"text: 'a\*'", one(Equals(("a*",)))),
    (r"text: 'a\?'", one(Equals(("a?",)))),
    (r"text: 'a\\*'", one(StartsWith(("a\\",)))),
    (r"text: 'a\b'", one(Equals(("a\\b",)))),
    (r"text: 'a\'", one(Equals(("a\\",)))),
    (r"text: 'a\**b?'", one(Wildcard((r"a\**b?",)))),
    (r"text: 'a\b*c\\'", one(Wildcard((r"a\\b*c\\",)))),
    ("text|contains: a", one(Contains(("a",)))),
    ("text|contains: 'a*'", one(Contains(("a",)))),
    ("text|startswith: 'a*'", one(StartsWith(("a",)))),
    ("text|startswith: 'a*b'", one(Wildcard(("a*b*",)))),
    ("text|endswith: 'a?'", one(Wildcard(("*a?",)))),
    ("text|cased: A", one(Equals(("A",), cased=True))),
    ("text|contains|cased: A", one(Contains(("A",), cased=True))),
    ("text|cased|contains: A", one(Contains(("A",), cased=True))),
    ("text|re: ['^a', b]", one(Matches(("^a", "b")))),
    ("text|exists: true", one(Absent(), negated=True)),
    ("text|exists: false", one(Absent())),
    ("text|exists|neq: false", one(Absent(), negated=True)),
    ("text|neq: a", one(Equals(("a",)), negated=True)),
    ("text: [a, b, a]", one(Equals(("a", "b")))),
    (
        "text: [a, 'b*', null]",
        (*one(Equals(("a",))), *one(StartsWith(("b",))), *one(Absent())),
    ),
    (
        "text|contains|all: [a, b]",
        ((Literal("text", Contains(("a",))), Literal("text", Contains(("b",)))),),
    ),
    (
        "text|neq: [a, 'b*']",
        (
            (
                Literal("text", Equals(("a",)), negated=True),
                Literal("text", StartsWith(("b",)), negated=True),
            ),
        ),
    ),
    ("cause: 16", one(Equals((16,)), "cause")),
    ("cause: [16, 31]", one(Equals((16, 31)), "cause")),
    ("duration_s|lt: 0.5", one(Compare("lt", 0.5), "duration_s")),
    ("self_call: true", one(Equals((True,)), "self_call")),
    ("source_ip|cidr: 192.0.2.1", one(InNetwork(("192.0.2.1/32",)), "source_ip")),
    (
        "source_ip|cidr: [192.0.2.0/24, '2001:DB8::/32']",
        one(InNetwork(("192.0.2.0/24", "2001:db8::/32")), "source_ip"),
    ),
    ("calling.e164|fieldref: called.e164", one(SameAs("called.e164"), "calling.e164")),
    ("text|cased|fieldref: origid", one(SameAs("origid", cased=True))),
    ("calling.e164|expand: '%known%'", one(InList("known"), "calling.e164")),
    (
        "calling.e164|expand: ['%known%', '%other%', '+86*']",
        (
            *one(InList("known"), "calling.e164"),
            *one(InList("other"), "calling.e164"),
            *one(StartsWith(("+86",)), "calling.e164"),
        ),
    ),
    ("calling.country|expand: ['%home%', HK]", one(Equals(("GB", "HK")), "calling.country")),
    ("verstat|contains: passed", one(Contains(("passed",)), "verstat")),
    (
        "text: a\n    cause|gte: 5",
        ((Literal("text", Equals(("a",))), Literal("cause", Compare("gte", 5))),),
    ),
    # What is asked for anyway is not asked for twice.
    ("text: a\n    text|exists: true", one(Equals(("a",)))),
]


@pytest.mark.parametrize(("text", "expected"), MEANINGS)
def test_items(tmp_path: Path, text: str, expected: tuple[Clause, ...]) -> None:
    found = rule_of(tmp_path, item(text), home="gb")
    assert expected == found.clauses
    assert {"sel": expected} == found.detection.selections


LETTERS = {name: Literal("text", Contains((name,))) for name in "abcd"}


def lettered(text: str) -> str:
    """A rule whose selections a, b, c, d each look for their own letter."""
    words = text.replace("(", " ").replace(")", " ").split()
    lines = "".join(f"  {name}: {{text|contains: {name}}}\n" for name in LETTERS if name in words)
    return rule(
        "  sel:\n    ingress: international\n  condition: sel\n", f"{lines}  condition: {text}\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "a"),
        ("a and b", "ab"),
        ("a or b", "a b"),
        ("a or b and c", "a bc"),
        ("(a or b) and c", "ca cb"),
        ("not a and b", "Ab"),
        ("not (a and b)", "A B"),
        ("not (a or b)", "AB"),
        ("not not a", "a"),
        ("not a or not b and c", "A Bc"),
        ("a and (b or not (c or d))", "ab aCD"),
        ("a or a and b", "a"),
        ("a and b or b and a", "ab"),
        ("a and (b or not a)", "ab"),
        ("a and not a or b", "b"),
        ("not(a)and(b)", "Ab"),
    ],
)
def test_conditions(tmp_path: Path, text: str, expected: str) -> None:
    clauses = tuple(
        tuple(
            Literal("text", LETTERS[letter.lower()].test, negated=letter.isupper())
            for letter in word
        )
        for word in expected.split()
    )
    found = rule_of(tmp_path, lettered(text))
    assert clauses == found.clauses
    assert text == found.detection.condition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 of f_*", {"f_a", "f_b"}),
        ("1 of *_b", {"f_b", "g_b"}),
        ("1 of f_a", {"f_a"}),
        ("1 of *", {"f_a", "f_b", "g_b", "rest"}),
        ("1 of them", {"f_a", "f_b", "g_b", "rest"}),
        ("1 of _*", {"_f_a"}),
        ("all of f_*", {"f_a", "f_b"}),
        ("all of them", {"f_a", "f_b", "g_b", "rest"}),
    ],
)
def test_patterns(tmp_path: Path, text: str, expected: set[str]) -> None:
    names = ("f_a", "f_b", "g_b", "_f_a", "rest")
    lines = "".join(f"  {name}: {{text|contains: '{name}.'}}\n" for name in names)
    everything = f"not {text} and (1 of * or 1 of _*)"
    content = rule(
        "  sel:\n    ingress: international\n  condition: sel\n",
        f"{lines}  condition: {everything}\n",
    )
    clauses = rule_of(tmp_path, content).clauses
    denied = [
        {
            literal.test.values[0].rstrip(".")
            for literal in clause
            if literal.negated and isinstance(literal.test, Contains)
        }
        for clause in clauses
    ]
    if text.startswith("1"):
        assert all(names == expected for names in denied)
    else:
        assert expected == set().union(*denied)


def test_the_cap_counts_what_remains(tmp_path: Path) -> None:
    names = [f"s{index}" for index in range(8)]
    lines = "".join(f"  {name}: {{text|contains: x{name}.}}\n" for name in names)
    both = " and ".join("(" + " or ".join(names) + ")" for _ in range(3))
    text = rule("  sel:\n    ingress: international\n  condition: sel\n", lines)
    # 512 clauses on paper; a or b, said three times, is a or b.
    found = rule_of(tmp_path, f"{text}  condition: {both}\n")
    assert 8 == len(found.clauses)
