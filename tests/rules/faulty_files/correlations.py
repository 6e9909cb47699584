"""Faults of correlations: the file, and the exact lines that come out."""

from __future__ import annotations

from tests.rules.faulty_files.fault import CORRELATION, RECORD, RULE, counted, sequence

CASES: list[tuple[str | bytes, str]] = [
    (
        counted("[a-rule]", "[a-rul]"),
        "17:11 CG401 no rule is named 'a-rul'; did you mean 'a-rule'?",
    ),
    (
        counted("[a-rule]", "[many]"),
        (
            "17:11 CG402 'many' is a correlation; only detection rules can be counted; "
            "name the detection rules that it counts"
        ),
    ),
    (
        RULE.replace("experimental", "deprecated") + CORRELATION,
        (
            "17:11 CG403 rule 'a-rule' is switched off by status deprecated; switch it on, "
            "or do not count it"
        ),
    ),
    (
        counted("[a-rule]", "[]"),
        (
            "17:10 CG407 a correlation of type event_count needs at least one rule; name "
            "them under 'rules'"
        ),
    ),
    (
        counted("[a-rule]", "a-rule"),
        "17:10 CG204 'rules' must be a list, but is one value; write a list: [one, two]",
    ),
    (
        counted("[a-rule]", "[a-rule, a-rule]"),
        "17:19 CG202 'a-rule' appears twice in 'rules'; remove one",
    ),
    (
        counted("event_count", "event_counts"),
        "16:9 CG213 'type' cannot be 'event_counts'; did you mean 'event_count'?",
    ),
    (
        counted("event_count", "temporal"),
        (
            "17:10 CG407 a correlation of type temporal needs at least two rules; name "
            "them under 'rules'\n"
            "20:3 CG405 a correlation of type temporal has no condition; remove it; it "
            "fires when every rule was seen in the timespan"
        ),
    ),
    (
        counted("event_count", "value_count"),
        (
            "20:14 CG406 a correlation of type value_count needs a 'field' in its "
            "condition; write for instance condition: {gte: 10, field: called_party_number}"
        ),
    ),
    (
        counted("event_count", "value_avg").replace("{gte: 5}", "{gte: 5.5, field: calling.e164}"),
        (
            "20:32 CG406 a correlation of type value_avg needs a numeric field, but "
            "'calling.e164' is none; use duration_s, ring_s or another numeric field"
        ),
    ),
    (
        counted("{gte: 5}", "{gte: 5, field: calling.e164}"),
        (
            "20:23 CG406 a correlation of type event_count counts events and reads no "
            "'field'; remove it, or use type: value_count"
        ),
    ),
    (
        counted("event_count", "value_count").replace("{gte: 5}", "{gte: 5, field: calling.e146}"),
        "20:30 CG309 unknown field 'calling.e146'; did you mean 'calling.e164'?",
    ),
    (
        counted("{gte: 5}", "{gte: 5.5}"),
        ("20:20 CG405 a count cannot be compared with 5.5; write a whole number, 0 or more"),
    ),
    (
        counted("{gte: 5}", "{gte: -5}"),
        ("20:20 CG405 a count cannot be compared with -5; write a whole number, 0 or more"),
    ),
    (
        counted("{gte: 5}", "{gte: 5, lt: 9}"),
        (
            "20:14 CG405 'condition' must hold one of gt, gte, lt, lte and eq, but holds "
            "2; write for instance condition: {gte: 10}"
        ),
    ),
    (
        counted("{gte: 5}", "{}"),
        (
            "20:14 CG405 'condition' must hold one of gt, gte, lt, lte and eq, but holds "
            "0; write for instance condition: {gte: 10}"
        ),
    ),
    (
        counted("{gte: 5}", "a and b"),
        "20:14 CG204 'condition' must be a mapping, but is one value; write a mapping",
    ),
    (
        counted("{gte: 5}", "{gte: '5'}"),
        "20:20 CG204 'gte' must be a number, but is the text '5'; remove the quotes",
    ),
    (
        counted("{gte: 5}", "{ge: 5}"),
        (
            "20:14 CG405 'condition' must hold one of gt, gte, lt, lte and eq, but holds "
            "0; write for instance condition: {gte: 10}\n"
            "20:15 CG201 unknown key 'ge' in 'condition'; did you mean 'gte'?"
        ),
    ),
    (
        counted("  condition: {gte: 5}\n"),
        (
            "15:1 CG203 a correlation of type event_count has no 'condition'; write for "
            "instance condition: {gte: 10}"
        ),
    ),
    (
        counted("  timespan: 10m\n"),
        "15:1 CG203 'correlation' has no 'timespan'; write for instance timespan: 10m",
    ),
    (
        counted("  type: event_count\n"),
        ("15:1 CG203 'correlation' has no 'type'; write type: event_count, or another type"),
    ),
    (
        counted("  rules: [a-rule]\n"),
        ("15:1 CG203 'correlation' has no 'rules'; name the rules whose matches are counted"),
    ),
    (
        counted("timespan: 10m", "timespan: 10min"),
        (
            "19:13 CG404 'timespan' '10min' is not a time from 1s to 366d; write a whole "
            "number and a unit: 30s, 5m, 1h or 1d"
        ),
    ),
    (
        counted("timespan: 10m", "timespan: 600"),
        ("19:13 CG205 'timespan' must be text, but unquoted 600 is a number; quote it: '600'"),
    ),
    (
        counted("timespan: 10m", "timespan: 400d"),
        (
            "19:13 CG404 'timespan' '400d' is not a time from 1s to 366d; write a whole "
            "number and a unit: 30s, 5m, 1h or 1d"
        ),
    ),
    (
        counted("[calling.e164]", "[caling.e164]"),
        "18:14 CG309 unknown field 'caling.e164'; did you mean 'calling.e164'?",
    ),
    (
        counted("[calling.e164]", "calling.e164"),
        ("18:13 CG204 'group-by' must be a list, but is one value; write a list: [one, two]"),
    ),
    (
        counted("", "  generate: yes\n"),
        (
            "21:13 CG204 'generate' must be true or false, but is 'yes'; write true or "
            "false, without quotes"
        ),
    ),
    (
        counted("", "  aliases: {}\n"),
        (
            "21:3 CG201 unknown key 'aliases' in 'correlation'; rules of one file share "
            "their field names; remove it"
        ),
    ),
    (
        counted("", "logsource: {product: telecom, category: sms}\n"),
        (
            "21:1 CG201 unknown key 'logsource' in a correlation; remove it; a correlation "
            "sees what its rules see"
        ),
    ),
    (
        counted("status: experimental", "status: stable"),
        (
            "11:1 CG218 rule 'many' acts but has no example under 'matches'; add one under "
            "callguard: examples: matches:, or set status: experimental\n"
            "11:1 CG218 rule 'many' acts but has no example under 'spares'; add one under "
            "callguard: examples: spares:, or set status: experimental"
        ),
    ),
    (
        sequence(RECORD),
        (
            "24:9 CG204 an example of a correlation must be a list of records, but is a "
            "mapping; write a list: the records in order, the last one is judged"
        ),
    ),
    (
        sequence("[]"),
        (
            "24:9 CG204 an example of a correlation must be a list of records, but is a "
            "list; write a list: the records in order, the last one is judged"
        ),
    ),
    (
        sequence("[{event: setup, at: 1, called_party_number: '1', repeat: {count: 3}}]"),
        "24:66 CG203 'repeat' has no 'every_s'; write repeat: {count: 10, every_s: 5}",
    ),
    (
        sequence(
            "[{event: setup, at: 1, called_party_number: '1', repeat: {count: 10001, every_s: 1}}]"
        ),
        (
            "24:74 CG216 'count' must be a whole number from 1 to 10000, but is 10001; "
            "write a whole number from 1 to 10000"
        ),
    ),
    (
        sequence(
            "[{event: setup, at: 1, called_party_number: '1', repeat: {count: 3, every_s: -1}}]"
        ),
        "24:86 CG220 'every_s' is -1; use 0 to one year",
    ),
    (
        sequence(
            "[{event: setup, at: 1, called_party_number: '1', repeat: {count: 3, every_s: "
            "1, vary: [display_name]}}]"
        ),
        (
            "24:95 CG220 'vary' names 'display_name', which does not end in digits in this "
            "record; name a field of the record whose value ends in digits"
        ),
    ),
    (
        sequence(
            "[{event: setup, at: 1, called_party_number: '1', repeat: {counts: 3, every_s: 1}}]"
        ),
        (
            "24:66 CG203 'repeat' has no 'count'; write repeat: {count: 10, every_s: 5}\n"
            "24:67 CG201 unknown key 'counts' in 'repeat'; did you mean 'count'?"
        ),
    ),
    (
        sequence("[{event: setup, at: 1, called_party_number: '1', repeat: 5}]"),
        "24:66 CG204 'repeat' must be a mapping, but is one value; write a mapping",
    ),
]
