"""Running commands in tests, and a small rule file to run them with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]

RULES = """\
title: Calling number from abroad that claims to be a home number
id: 0d1f6b0c-6a1e-4c59-9f0b-3c1f0a7e5d11
name: home-number-from-abroad
status: stable
description: A home number that arrives from abroad while its subscriber is not roaming.
logsource: {product: telecom, category: call_setup}
detection:
  abroad: {ingress: international, calling.country: CN}
  home: {roaming: 'no'}
  condition: abroad and home
level: high
callguard:
  score: 95
  verdict: block
  basis: deterministic
  examples:
    matches:
      - {event: setup, at: 1, calling_party_number: '+8613800138000',
         called_party_number: '+8613900139000', ingress: international, roaming: 'no'}
    spares:
      - {event: setup, at: 1, calling_party_number: '+8613800138000',
         called_party_number: '+8613900139000', ingress: international, roaming: 'yes'}
---
title: Display name that names the police
id: 5b1d0a53-55c1-4f3e-8b0e-9a4f4f3b1a22
name: police-display-name
status: experimental
description: A display name that looks like an authority's.
logsource: {product: telecom, category: call_setup}
detection:
  name: {display_name|contains: police}
  condition: name
level: medium
callguard:
  score: 30
  examples:
    matches:
      - {event: setup, at: 1, called_party_number: '+8613900139000', display_name: City Police}
    spares:
      - {event: setup, at: 1, called_party_number: '+8613900139000', display_name: Ann}
"""

CAUGHT: dict[str, object] = {
    "event": "setup",
    "at": 1_760_000_000,
    "call_id": "a",
    "calling_party_number": "+8613800138000",
    "called_party_number": "+8613900139000",
    "ingress": "international",
    "roaming": "no",
}
SPARED: dict[str, object] = {**CAUGHT, "call_id": "b", "roaming": "yes"}


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        """Standard output read as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Run(Protocol):
    """Runs a command in this process."""

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Outcome: ...


def start(
    *arguments: str | Path,
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    **variables: str,
) -> subprocess.Popen[bytes]:
    """The command as a process of its own, with these variables in its environment."""
    return subprocess.Popen(
        [sys.executable, "-m", "callguard", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        # Shells have what they start in the background ignore Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )


def write_jsonl(path: Path, *records: dict[str, object]) -> Path:
    """A file of records."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path
