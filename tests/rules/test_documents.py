"""Rules, correlations and their examples as they come out of a good file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from callguard.rules import read_rule_file
from callguard.rules.model import Correlation, Location, Rule, RuleSet
from tests.made.rule_file import GOOD
from tests.rules.faulty_files.fault import RULE, counted, extension, rule, sequence


def load(folder: Path, text: str) -> RuleSet:
    (folder / "lists").mkdir(exist_ok=True)
    (folder / "lists" / "known-good.txt").touch()
    (folder / "rules.yaml").write_text(text)
    return read_rule_file(folder / "rules.yaml").require()


def test_a_rule(tmp_path: Path) -> None:
    rules = load(tmp_path, GOOD)
    file = str(tmp_path / "rules.yaml")
    first = rules.rules[0]
    assert isinstance(first, Rule)
    assert (
        "home-from-abroad",
        "Home number from abroad",
        "0f4f0d3e-0000-4000-8000-000000000001",
        "stable",
        "call_setup",
        "high",
        ("https://example.org/a",),
        ("Roamers whose look-up failed",),
        ("telecom.spoofing",),
    ) == (
        first.name,
        first.header.title,
        first.header.id,
        first.status,
        first.category,
        first.header.level,
        first.header.references,
        first.header.falsepositives,
        first.header.tags,
    )
    assert (90, "block", "deterministic", "default") == (
        first.consequence.score,
        first.consequence.verdict,
        first.consequence.basis,
        first.consequence.alert,
    )
    assert Location(file, 1, 1) == first.header.location
    assert ["abroad", "forged", "filter_known"] == list(first.detection.selections)
    assert "abroad and forged and not 1 of filter_*" == first.detection.condition
    assert first.examples.matches == (
        {
            "event": "setup",
            "at": 1,
            "calling_party_number": "+8613800138000",
            "called_party_number": "+8613900139000",
            "ingress": "international",
            "roaming": "no",
        },
    )
    assert (Location(file, 49, 9), Location(file, 52, 9)) == first.examples.locations


def test_a_correlation(tmp_path: Path) -> None:
    many, ordered = load(tmp_path, GOOD).rules[1:3]
    assert isinstance(many, Correlation)
    assert isinstance(ordered, Correlation)
    assert ("value_count", ("home-from-abroad",), ("calling.e164",), 600) == (
        many.type,
        many.rules,
        many.group_by,
        many.timespan,
    )
    assert ((("gte", 3),), "called_party_number", True) == (
        many.condition,
        many.value_field,
        many.counting.generate,
    )
    assert (0, "withhold", "analytic", None) == (
        many.consequence.score,
        many.consequence.verdict,
        many.consequence.basis,
        many.consequence.alert,
    )
    assert ((), None, False, 3600) == (
        ordered.condition,
        ordered.value_field,
        ordered.counting.generate,
        ordered.timespan,
    )
    assert ((), (), ()) == (
        ordered.examples.matches,
        ordered.examples.spares,
        ordered.examples.locations,
    )


def test_a_rule_set(tmp_path: Path) -> None:
    rules = load(tmp_path, GOOD)
    assert hashlib.sha256(GOOD.encode()).hexdigest() == rules.source_digest
    assert {"known-good": str(tmp_path / "lists" / "known-good.txt")} == rules.lists
    assert str(tmp_path / "rules.yaml") == rules.file


@pytest.mark.parametrize(
    ("text", "seconds"), [("1s", 1), ("30s", 30), ("5m", 300), ("2h", 7200), ("366d", 31622400)]
)
def test_timespans(tmp_path: Path, text: str, seconds: int) -> None:
    found = load(tmp_path, counted("timespan: 10m", f"timespan: {text}")).rules[1]
    assert isinstance(found, Correlation)
    assert seconds == found.timespan


def repeated(folder: Path, record: str) -> list[dict[str, Any]]:
    found = load(folder, sequence(f"[{record}]")).rules[1]
    assert isinstance(found, Correlation)
    (records,) = found.examples.matches
    return [dict(record) for record in records]


def test_repeat_writes_records_out(tmp_path: Path) -> None:
    assert [
        {"event": "setup", "at": 10.0, "called_party_number": "+1999", "display_name": "x08"},
        {"event": "setup", "at": 12.5, "called_party_number": "+1999", "display_name": "x09"},
        {"event": "setup", "at": 15.0, "called_party_number": "+1999", "display_name": "x10"},
    ] == repeated(
        tmp_path,
        "{event: setup, at: 10, called_party_number: '+1999', display_name: x08, "
        "repeat: {count: 3, every_s: 2.5, vary: [display_name]}}",
    )


def test_repeat_reads_times_as_text_and_numbers_may_grow(tmp_path: Path) -> None:
    assert [(0.0, "99"), (0.0, "100")] == [
        (record["at"], record["called_party_number"])
        for record in repeated(
            tmp_path,
            "{event: setup, at: '1970-01-01T08:00:00+08:00', called_party_number: '99', "
            "repeat: {count: 2, every_s: 0, vary: [called_party_number]}}",
        )
    ]


def test_several_records_of_a_sequence_share_its_room(tmp_path: Path) -> None:
    record = "{event: setup, at: 1, called_party_number: '1', repeat: {count: 5000, every_s: 1}}"
    assert 10_000 == len(repeated(tmp_path, f"{record}, {record}"))
    one = "{event: setup, at: 1, called_party_number: '1'}"
    (tmp_path / "rules.yaml").write_text(sequence(f"[{record}, {one}, {record}]"))
    assert ["CG216"] == [fault.code for fault in read_rule_file(tmp_path / "rules.yaml").faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("alert: true", "default"), ("alert: false", None), ("alert: any_name", "any_name")],
)
def test_alerts(tmp_path: Path, text: str, expected: str | None) -> None:
    assert expected == load(tmp_path, extension(text)).rules[0].consequence.alert


def test_blank_documents_are_left_out(tmp_path: Path) -> None:
    rules = load(tmp_path, f"---\n---\n{RULE}---\n# nothing\n---\n").rules
    assert ["a-rule"] == [found.name for found in rules]


def test_a_byte_order_mark_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_bytes(b"\xef\xbb\xbf" + RULE.encode())
    assert 1 == len(read_rule_file(tmp_path / "rules.yaml").require().rules)


def test_ids_are_compared_without_case(tmp_path: Path) -> None:
    upper = rule("0f4f0d3e-", "0F4F0D3E-").replace("name: a-rule", "name: another")
    (tmp_path / "rules.yaml").write_text(f"{RULE}---\n{upper}")
    assert ["CG212"] == [fault.code for fault in read_rule_file(tmp_path / "rules.yaml").faults]


def test_places_count_characters_not_bytes(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        rule("{product: telecom, category: call_setup}", "{'产品': 1, product: telecoms}"),
        encoding="utf-8",
    )
    faults = read_rule_file(tmp_path / "rules.yaml").faults
    assert [(5, 1), (5, 13), (5, 31)] == [(fault.line, fault.column) for fault in faults]


def test_a_correlation_may_come_before_its_rules(tmp_path: Path) -> None:
    text = counted()
    first, second = text.split("---\n")
    assert 2 == len(load(tmp_path, f"{second}---\n{first}").rules)
