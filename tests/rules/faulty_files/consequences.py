"""Faults of the ``callguard`` key and of examples: the file, and the exact lines that come out."""

from __future__ import annotations

from tests.rules.faulty_files.fault import RECORD, extension, rule

CASES: list[tuple[str | bytes, str]] = [
    (
        extension("score: 101"),
        (
            "11:10 CG216 'score' must be a whole number from 0 to 100, but is 101; write a "
            "whole number from 0 to 100"
        ),
    ),
    (
        extension("score: -1"),
        (
            "11:10 CG216 'score' must be a whole number from 0 to 100, but is -1; write a "
            "whole number from 0 to 100"
        ),
    ),
    (
        extension("score: 9.5"),
        (
            "11:10 CG216 'score' must be a whole number from 0 to 100, but is 9.5; write a "
            "whole number from 0 to 100"
        ),
    ),
    (
        extension("score: '50'"),
        "11:10 CG204 'score' must be a number, but is the text '50'; remove the quotes",
    ),
    (
        extension("score: fifty"),
        "11:10 CG204 'score' must be a number, but is the text 'fifty'; write a number",
    ),
    (
        extension("score:"),
        "11:9 CG204 'score' must be a number, but is empty; write a number",
    ),
    (
        extension("verdict: allow"),
        "11:12 CG213 'verdict' cannot be 'allow'; write label, withhold or block",
    ),
    (
        extension("verdict: blok"),
        "11:12 CG213 'verdict' cannot be 'blok'; did you mean 'block'?",
    ),
    (
        extension("basis: guess"),
        "11:10 CG213 'basis' cannot be 'guess'; write deterministic or analytic",
    ),
    (
        extension("alert: on_ring"),
        (
            "11:10 CG217 unknown alert template 'on_ring'; did you mean 'one_ring'? use default or "
            "one_ring, or true for the default"
        ),
    ),
    (
        extension("alert: 5"),
        "11:10 CG205 'alert' must be text, but unquoted 5 is a number; quote it: '5'",
    ),
    (
        extension("scor: 5"),
        "11:3 CG201 unknown key 'scor' in 'callguard'; did you mean 'score'?",
    ),
    (
        extension("examples: []"),
        "11:13 CG204 'examples' must be a mapping, but is a list; write a mapping",
    ),
    (
        extension("examples: {matches: {}, spares: []}"),
        (
            "11:23 CG204 'matches' must be a list of examples, but is a mapping; write a "
            "list of examples"
        ),
    ),
    (
        extension("examples: {match: []}"),
        "11:14 CG201 unknown key 'match' in 'examples'; did you mean 'matches'?",
    ),
    (
        rule("status: experimental", "status: stable"),
        (
            "1:1 CG218 rule 'a-rule' acts but has no example under 'matches'; add one "
            "under callguard: examples: matches:, or set status: experimental\n"
            "1:1 CG218 rule 'a-rule' acts but has no example under 'spares'; add one under "
            "callguard: examples: spares:, or set status: experimental"
        ),
    ),
    (
        extension("score: 5", "test"),
        (
            "10:1 CG218 rule 'a-rule' acts but has no example under 'matches'; add one "
            "under callguard: examples: matches:, or set status: experimental\n"
            "10:1 CG218 rule 'a-rule' acts but has no example under 'spares'; add one "
            "under callguard: examples: spares:, or set status: experimental"
        ),
    ),
    (
        extension("examples:\n  matches:\n    - 5"),
        (
            "13:9 CG204 an example must be a record, that is a mapping, but is one value; "
            "write a record, that is a mapping"
        ),
    ),
    (
        extension("examples:\n  matches:\n    - {event: setup, at: 1, caled_party_number: '1'}"),
        (
            "13:31 CG219 unknown key 'caled_party_number' in an example; did you mean "
            "'called_party_number'?"
        ),
    ),
    (
        extension("examples:\n  matches:\n    - {calling.e164: '+861'}"),
        (
            "13:10 CG219 'calling.e164' is derived from a record, not part of it; remove "
            "it; write the number as signalled"
        ),
    ),
    (
        extension(
            "examples:\n  matches:\n    - {event: setup, at: 1, called_party_number: "
            "+8613900139000}"
        ),
        (
            "13:52 CG205 unquoted +8613900139000 is not the same number to every reader of "
            "YAML; quote it: '+8613900139000', or write a quantity as a plain decimal "
            "number"
        ),
    ),
    (
        extension("examples:\n  matches:\n    - {event: setup, at: 1, called_party_number: 110}"),
        (
            "13:52 CG205 'called_party_number' of an example must be text, but unquoted "
            "110 is a number; quote it: '110'"
        ),
    ),
    (
        extension(
            "examples:\n  matches:\n    - {event: setup, at: 2026-11-01T10:00:00Z, "
            "called_party_number: '110'}"
        ),
        (
            "13:28 CG205 'at' of an example must be text, but unquoted "
            "2026-11-01T10:00:00Z is a date; quote it: '2026-11-01T10:00:00Z'"
        ),
    ),
    (
        extension(
            "examples:\n  matches:\n    - {event: setup, at: '2026-11-01T10:00:00Z', "
            "called_party_number: '110', cause: '16'}"
        ),
        (
            "13:87 CG204 'cause' of an example must be a number, but is the text '16'; "
            "remove the quotes"
        ),
    ),
    (
        extension(
            "examples:\n  matches:\n    - {event: setup, at: yesterday, called_party_number: '110'}"
        ),
        (
            "13:9 CG219 the example is not a record: at: found 'yesterday', expected seconds "
            "since 1970 UTC (not milliseconds) or an RFC 3339 time with offset such as "
            "2024-05-01T08:30:00+08:00; fix the record; see the keys in docs/records.md"
        ),
    ),
    (
        extension(
            "examples:\n  matches:\n    - {event: set-up, at: 1, called_party_number: '110'}"
        ),
        "13:17 CG213 'event' of an example cannot be 'set-up'; did you mean 'setup'?",
    ),
    (
        extension("examples:\n  matches:\n    - {event: setup, called_party_number: '110'}"),
        (
            "13:9 CG219 the example is not a record: at: missing, expected seconds since 1970 "
            "UTC (not milliseconds) or an RFC 3339 time with offset such as "
            "2024-05-01T08:30:00+08:00; fix the record; see the keys in docs/records.md"
        ),
    ),
    (
        extension("examples:\n  matches:\n    - [" + RECORD + "]"),
        (
            "13:9 CG204 an example must be a record, that is a mapping, but is a list; "
            "write a record, that is a mapping"
        ),
    ),
]
