from __future__ import annotations

from bench.conditions import Condition
from bench.engines.straight import source
from bench.rulegen import BenchRule
from bench.sigma import rule_text

RULE = BenchRule(
    7,
    (
        Condition("attestation", "is", ("c",)),
        Condition("calling_e164", "prefix", ("+44", "+49")),
        Condition("shared_prefix", "range", (2, 5)),
        Condition("trunk_group", "in", ("intl-1", "intl-2"), negated=True),
    ),
    case={
        "event": "setup",
        "at": 1.0,
        "called_party_number": "1",
        "calling_party_number": "2",
        "nature_of_address": "national",
        "attestation": "C",
        "trunk_group": "INTL-9",
        "user_agent": "not asked for",
    },
    spare={
        "event": "setup",
        "at": 2.0,
        "called_party_number": "3",
        "calling_party_number": "4",
        "nature_of_address": "national",
        "attestation": "A",
        "trunk_group": "INTL-1",
    },
)


def test_hand_written_code_reads_as_a_person_would_write_it() -> None:
    expected = """\
def check(fields):
    matched = []
    attestation = fields['attestation']
    calling_e164 = fields['calling_e164']
    shared_prefix = fields['shared_prefix']
    trunk_group = fields['trunk_group']
    if attestation == 'c' and calling_e164.startswith(('+44', '+49')) and 2 <= shared_prefix < 5 \
and trunk_group not in ('intl-1', 'intl-2'):
        matched.append(7)
    return matched
"""
    assert expected == source([RULE])


def test_number_beginnings_are_cut_once_when_slices_are_shared() -> None:
    lines = source([RULE], sliced=True).splitlines()
    assert "    calling_e164_3 = calling_e164[:3]" in lines
    assert "(calling_e164_3 == '+44' or calling_e164_3 == '+49')" in lines[-3]


def test_a_rule_is_written_as_sigma() -> None:
    lines = rule_text(RULE).splitlines()
    detection = lines[lines.index("detection:") : lines.index("level: medium")]
    assert detection == [
        "detection:",
        "  case:",
        '    attestation: "C"',
        '    calling.e164|startswith: ["+44", "+49"]',
        "    shared_prefix|gte: 2",
        "    shared_prefix|lt: 5",
        "  except_0:",
        '    trunk_group: ["intl-1", "intl-2"]',
        "  condition: case and not except_0",
    ]
    assert not any("not asked for" in line for line in lines)
