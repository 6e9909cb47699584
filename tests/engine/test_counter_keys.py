"""The keys that counters are kept under: those of yesterday, or saved counters start anew.

A key is a digest of a correlation, of its series and of the rules that it counts, as Python shows
them. So a class or a field of these that gets another name changes every key: this test fails then.
"""

from __future__ import annotations

from pathlib import Path

from callguard import Guard

DETECTIONS = """
title: Calls that say much
id: 00000000-0000-4000-8000-000000000001
name: calls
status: experimental
logsource: {product: telecom, category: call_setup}
detection:
  first:
    ingress: [international, interconnect]
    calling.e164|startswith: '+86'
    called_party_number|endswith: '7'
    user_agent|contains: [friendly, scanner]
    display_name: 'b?nk*'
    origid|re: '^[0-9a-f]{8}-'
    nature_of_address: null
    source_ip|cidr: 192.0.2.0/24
    shared_prefix|gte: 7
  second:
    calling_party_number|fieldref: redirecting_number
    trunk_group|cased: HK-1
  listed:
    called.e164|expand: '%few%'
  condition: (first or second) and not listed
level: low
---
title: Ends
id: 00000000-0000-4000-8000-000000000002
name: ends
status: experimental
logsource: {product: telecom, category: call_release}
detection:
  short: {duration_s|lt: 2.5}
  condition: short
level: low
"""
CORRELATION = """---
title: Counts
id: 00000000-0000-4000-8000-00000000001{number}
name: {name}
status: experimental
correlation:
  type: {kind}
  rules: {rules}
  group-by: [calling.e164, ingress]
  timespan: 10m
  {condition}
level: low
"""
# Name, type, rules, condition, key.
KEYS = (
    (
        "count-event-count",
        "event_count",
        "[calls]",
        "condition: {gte: 20}",
        "b129f1b69753741170d99088c52ca79c",
    ),
    (
        "count-value-count",
        "value_count",
        "[calls, ends]",
        "condition: {gt: 60, field: called.e164}",
        "b0af75d6bd3d509adfa170714be916df",
    ),
    (
        "count-value-sum",
        "value_sum",
        "[ends]",
        "condition: {lt: 1.5, field: duration_s}",
        "bcbcb9dd664424569efd35415b63988c",
    ),
    (
        "count-value-avg",
        "value_avg",
        "[ends]",
        "condition: {lt: 1.5, field: duration_s}",
        "878f429cbc0b68af9cde15c12b28f3bd",
    ),
    ("count-temporal", "temporal", "[calls, ends]", "", "ff7fcc63341511677d61b206d36ee3db"),
    (
        "count-temporal-ordered",
        "temporal_ordered",
        "[calls, ends]",
        "",
        "aca15d9ef238956b8d22989088fc3d83",
    ),
    (
        "count-sampled",
        "value_count",
        "[calls]",
        "condition: {gt: 100000, field: called.e164}",
        "2e7a01905577893ce0a829cb4f2a1906",
    ),
)


def test_counter_keys_and_digest_are_those_of_yesterday(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "few.txt").write_text("+8613800138000\n")
    file = tmp_path / "rules.yaml"
    file.write_text(
        DETECTIONS
        + "".join(
            CORRELATION.format(
                number=number, name=name, kind=kind, rules=rules, condition=condition
            )
            for number, (name, kind, rules, condition, _) in enumerate(KEYS)
        )
    )
    guard = Guard.load(file)
    assert "9b9366e8ed92270c9f048187208e7bc1da6b4dabb546302e49b2e06ffa4fbe35" == guard.digest
    series = guard.series
    assert {name: key for name, *_, key in KEYS} == {name: one.key for name, one in series.items()}
