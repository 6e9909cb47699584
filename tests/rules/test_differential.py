"""Random rules on random records: our clauses and an independent Sigma evaluator agree."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callguard.faults import Fault
from callguard.rules import read_rule_file
from callguard.rules.model import Rule
from tests.oracles.clauses import clauses_hold
from tests.oracles.sigma import COLUMNS, matching

HEAD = """\
title: Generated
id: 0f4f0d3e-0000-4000-8000-000000000001
name: generated
status: experimental
logsource: {product: telecom, category: call_setup}
detection:
"""
TEXTS = ("display_name", "text", "calling_party_number")
# Letters in both cases, Sigma's wildcards and escape, and what LIKE and GLOB treat specially.
PIECES = st.sampled_from(["a", "A", "b", "ab", "+86", "*", "?", "\\", "\\*", "%", "_", "[", "'"])
PATTERNS = st.lists(PIECES, max_size=4).map("".join)
PLAIN = st.lists(
    st.sampled_from(["a", "A", "b", "B", "+86", "*", "?", "\\", "%", "_", "[", "'"]), max_size=4
).map("".join)
NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 0.5, 2.5])
ADDRESSES = st.sampled_from(
    ["192.0.2.1", "192.0.2.200", "192.0.3.7", "192.1.0.1", "10.0.0.1", "203.0.113.9"]
)
NETWORKS = st.sampled_from(
    ["192.0.2.0/24", "192.0.2.0/25", "192.0.0.0/22", "192.0.0.0/16", "10.0.0.0/8", "192.0.2.1/32"]
)
REGEXES = st.sampled_from(["a", "^a", "b$", "a.?b", "[AB]", "^$", "(a|b)+", "\\\\", "\\+86"])
# Faults that say a generated rule cannot match, or asks for more than is allowed.
NEVER = {"CG305", "CG314"}
NOT_ALLOWED = {"CG304", "CG318", "CG319"}

RECORDS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(TEXTS, PLAIN),
            "calling.country": st.sampled_from(["CN", "GB", "US"]),
            "attestation": st.sampled_from(["A", "B", "C"]),
            "source_ip": ADDRESSES,
            "cause": NUMBERS,
            "duration_s": NUMBERS,
            "self_call": st.booleans(),
        },
    ),
    min_size=1,
    max_size=30,
)


def flow(value: Any) -> str:
    """The value as YAML in one line, every text quoted."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "null" if value is None else str(value).lower()


def several(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=3)


@st.composite
def items(draw: st.DrawFn) -> tuple[str, Any]:
    """One key of a selection with its value."""
    negated = draw(st.sampled_from(["", "|neq"]))
    way = draw(st.sampled_from(["text", "text", "text", "re", "number", "other", "exists"]))
    if way == "text":
        how = draw(st.sampled_from(["", "|contains", "|startswith", "|endswith"]))
        cased = draw(st.sampled_from(["", "|cased"]))
        every = draw(st.sampled_from(["", "", "|all"]))
        values = PATTERNS if how or cased else PATTERNS | st.none()
        key = draw(st.sampled_from(TEXTS)) + how + cased + every + negated
        return key, draw(several(values))
    if way == "re":
        return draw(st.sampled_from(TEXTS)) + "|re" + negated, draw(several(REGEXES))
    if way == "number":
        how = draw(st.sampled_from(["", "|lt", "|lte", "|gt", "|gte"]))
        return draw(st.sampled_from(["cause", "duration_s"])) + how + negated, draw(
            several(NUMBERS)
        )
    if way == "exists":
        return draw(st.sampled_from(list(COLUMNS))) + "|exists", draw(st.booleans())
    key, values = draw(
        st.sampled_from(
            [
                ("self_call", st.booleans()),
                ("source_ip|cidr", several(NETWORKS)),
                ("source_ip", several(ADDRESSES | st.just("192.*"))),
                ("attestation", several(st.sampled_from(["A", "b", "C", "?"]) | st.none())),
                ("calling.country", several(st.sampled_from(["CN", "gb", "US"]))),
                ("display_name|fieldref", st.sampled_from(["text", "calling_party_number"])),
            ]
        )
    )
    return key + negated, draw(values)


MAPPINGS = st.lists(items(), min_size=1, max_size=3).map(dict)
SELECTIONS = st.dictionaries(
    st.sampled_from(["sel", "sel_a", "sel_b", "other", "_hidden"]),
    MAPPINGS | st.lists(MAPPINGS, min_size=1, max_size=3),
    min_size=1,
    max_size=4,
)


def conditions(names: list[str]) -> st.SearchStrategy[str]:
    patterns = [
        pattern
        for pattern in ("sel*", "sel_*", "*", "them", "_*", "*_a")
        if any(True for _ in chosen(pattern, names))
    ]
    leaves = st.sampled_from(names)
    if patterns:
        leaves |= st.builds(
            "{} of {}".format, st.sampled_from(["1", "all"]), st.sampled_from(patterns)
        )
    return st.recursive(
        leaves,
        lambda part: (
            st.builds("not {}".format, part)
            | st.builds("({})".format, part)
            | st.builds("{} and {}".format, part, part)
            | st.builds("{} or {}".format, part, part)
        ),
        max_leaves=5,
    )


def chosen(pattern: str, names: list[str]) -> Iterator[str]:
    for name in names:
        hidden = name.startswith("_") and not pattern.startswith("_")
        if fnmatchcase(name, "*" if pattern == "them" else pattern) and not hidden:
            yield name


def used(condition: str, names: list[str]) -> set[str]:
    words = condition.replace("(", " ").replace(")", " ").split()
    found = {name for word in words for name in chosen(word, names) if not names.count(word)}
    return found | set(words) & set(names)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("differential") / "rules.yaml"


@given(selections=SELECTIONS, records=RECORDS, data=st.data())
def test_same_matches(
    path: Path, selections: dict[str, Any], records: list[dict[str, object]], data: st.DataObject
) -> None:
    condition = data.draw(conditions(list(selections)))
    kept = used(condition, list(selections))
    lines = [f"  {name}: {flow(item)}" for name, item in selections.items() if name in kept]
    text = HEAD + "\n".join(lines) + f"\n  condition: {condition}\n"
    path.write_text(text)
    file = read_rule_file(path)
    faults = file.collected.faults
    codes = {fault.code for fault in faults}
    assume(not codes & NOT_ALLOWED)
    if codes:
        assert codes <= NEVER, [str(fault) for fault in faults]
        for never in never_matching(text, faults):
            assert [] == matching(never, records)
        return
    (rule,) = file.require().rules
    assert isinstance(rule, Rule)
    ours = [index for index, record in enumerate(records) if clauses_hold(rule.clauses, record)]
    assert matching(text, records) == ours


def never_matching(text: str, faults: tuple[Fault, ...]) -> Iterator[str]:
    """Rules that can never match if the faults are right: the whole, or one selection of it."""
    lines = text.splitlines()
    for fault in faults:
        if fault.code == "CG305":
            yield text
        name, _, value = lines[fault.line - 1].strip().partition(": ")
        if fault.code == "CG314" and value.startswith("{"):
            yield f"{HEAD}  {name}: {value}\n  condition: {name}\n"
