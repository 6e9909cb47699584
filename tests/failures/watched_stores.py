"""Rules that want counters, and stores that pass all on and keep watch on what passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from threading import Lock, local
from typing import Any

from callguard.counters import CounterStore, CounterUpdate, Group, WindowFigure

RULES = """\
title: Calls of a trunk group
id: 5d1bf9a6-4e0c-4f1c-8f3a-2d9a51b20b01
name: call
status: stable
logsource: {product: telecom, category: call_setup}
detection:
  selection: {ingress: international}
  condition: selection
level: informational
callguard:
  examples:
    matches: [{event: setup, at: 1, called_party_number: '+8613800138000', ingress: international}]
    spares: [{event: setup, at: 1, called_party_number: '+8613800138000', ingress: on_net}]
---
title: Many calls from one trunk group
id: 5d1bf9a6-4e0c-4f1c-8f3a-2d9a51b20b02
name: many-calls
status: stable
correlation:
  type: event_count
  rules: [call]
  group-by: [trunk_group]
  timespan: 1d
  condition: {gte: 3}
  generate: true
level: low
callguard:
  score: 60
  examples:
    matches:
      - - {event: setup, at: 1, called_party_number: '+8613800138000', ingress: international,
           trunk_group: t, repeat: {count: 3, every_s: 1}}
    spares:
      - - {event: setup, at: 1, called_party_number: '+8613800138000', ingress: international,
           trunk_group: t, repeat: {count: 2, every_s: 1}}
"""


class CountingStore:
    """The store next to the server: passes all on, and counts calls and failures."""

    def __init__(self, store: CounterStore) -> None:
        self.store = store
        self.asked = 0
        self.failed: Counter[Group] = Counter()
        self.lock = Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def step(self, steps: Sequence[CounterUpdate]) -> Sequence[WindowFigure]:
        with self.lock:
            self.asked += 1
        try:
            return self.store.step(steps)
        except BaseException:
            with self.lock:
                self.failed[steps[0][1]] += 1
            raise


class Outcomes:
    """The store next to the guard: passes all on, and knows how each thread's last call went."""

    def __init__(self, store: CounterStore) -> None:
        self.store = store
        self.batch = store.batch
        self.here = local()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def step(self, steps: Sequence[CounterUpdate]) -> Sequence[WindowFigure]:
        self.here.failed = True
        figures = self.store.step(steps)
        self.here.failed = False
        return figures
