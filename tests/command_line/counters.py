"""A rule file that counts, records for it, and the commands that look at its counters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.command_line.running import RULES, Outcome, Run

COUNTING = f"""\
{RULES}---
title: Any call
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a0b1
name: any-call
status: stable
description: Every call.
logsource: {{product: telecom, category: call_setup}}
detection:
  call: {{called_party_number|exists: true}}
  condition: call
level: informational
callguard:
  examples:
    matches: [{{event: setup, at: 1, called_party_number: '13912345678'}}]
    spares: [{{event: sms, at: 1, called_party_number: '13912345678'}}]
---
title: Releases with one cause
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a0b3
name: one-cause
status: experimental
description: Seconds of ringing of all calls that ended with one cause.
correlation:
  type: value_sum
  rules: [any-release]
  group-by: [cause, called.valid]
  timespan: 1h
  condition: {{gte: 100, field: ring_s}}
level: informational
---
title: Any release
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a0b4
name: any-release
status: experimental
description: Every release.
logsource: {{product: telecom, category: call_release}}
detection:
  release: {{called_party_number|exists: true}}
  condition: release
level: informational
---
title: Three calls from one number
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a0b2
name: three-calls
status: stable
description: Three calls from one number in an hour.
correlation:
  type: event_count
  rules: [any-call]
  group-by: [calling.e164, ingress]
  timespan: 1h
  condition: {{gte: 3}}
level: low
callguard:
  score: 50
  examples:
    matches:
      - - {{event: setup, at: 1, calling_party_number: '13812345678', ingress: on_net,
           called_party_number: '13912345678', repeat: {{count: 3, every_s: 1}}}}
    spares:
      - - {{event: setup, at: 1, calling_party_number: '13812345678', ingress: on_net,
           called_party_number: '13912345678', repeat: {{count: 2, every_s: 1}}}}
"""
CALL: dict[str, object] = {
    "event": "setup",
    "at": 1_760_000_000,
    "calling_party_number": "13812345678",
    "called_party_number": "13912345678",
    "ingress": "on_net",
}
RELEASE: dict[str, object] = {
    "event": "release",
    "at": 1_760_000_000,
    "called_party_number": "13912345678",
    "cause": 16,
    "ring_s": 1.25,
}
GROUP = ("--group", "+8613812345678", "--group", "on_net")
AT = ("--at", "1760000001")
AWAY = "redis://:secret@127.0.0.1:1"


class Counters:
    """Runs ``callguard score`` and ``callguard counters`` at one place with one rule file."""

    def __init__(self, run: Run, rules: Path, where: str | Path) -> None:
        self._run, self._rules, self._where = run, rules, where

    def score(self, *inputs: str | Path, stdin: bytes = b"") -> Outcome:
        return self._run(
            "score", *inputs, "--rules", self._rules, "--counters", self._where, stdin=stdin
        )

    def command(self, name: str, rule: str, *more: str, stdin: bytes = b"") -> Outcome:
        rules = ("--rules", self._rules, "--rule", rule)
        return self._run("counters", name, self._where, *rules, *more, stdin=stdin)

    def shown(self, rule: str, *more: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.command("show", rule, *more, "--json").out)
        return found

    def figure(self) -> object:
        return self.shown("three-calls", *GROUP, *AT)["figure"]


def fired(done: Outcome) -> list[object]:
    return [line["rules"] for line in done.lines]


def record_file(beside: Path) -> Path:
    path = beside.with_name("record.json")
    path.write_text(json.dumps(CALL), encoding="utf-8")
    return path
