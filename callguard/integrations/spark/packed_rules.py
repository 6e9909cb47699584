"""Rules as bytes, for machines that have no copy of the rule file."""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from callguard.guard import Guard
from callguard.guard.reading import read_rules
from callguard.numbering import NumberingPlan, RangeText

# One guard a worker process and set of rules: loading takes longer than scoring a batch.
_GUARDS: dict[str, Guard] = {}


@dataclass(frozen=True)
class PackedRules:
    """A rule file and its lists as bytes, by their paths relative to its folder."""

    name: str
    files: Mapping[str, bytes]
    home: str
    thresholds: Mapping[str, int] | None = None
    number_ranges: RangeText | None = None

    @cached_property
    def digest(self) -> str:
        """A hex digest that no other packed rules have."""
        settings = (self.name, self.home, self.thresholds, self.number_ranges)
        digest = hashlib.sha256(repr(settings).encode())
        for name, data in sorted(self.files.items()):
            digest.update(f"\0{name}\0{len(data)}\0".encode() + data)
        return digest.hexdigest()

    def guard(self) -> Guard:
        """The guard for these rules in this process. No record is too early for it.

        The rules' examples were run when they were packed; they are not run again here.
        """
        guard = _GUARDS.get(self.digest)
        if guard is None:
            with tempfile.TemporaryDirectory(prefix="callguard-rules-") as folder:
                for name, data in self.files.items():
                    path = Path(folder, name)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
                plan = NumberingPlan(self.home, number_ranges=self.number_ranges)
                read = read_rules(Path(folder, self.name), plan)
                guard = Guard(
                    read.ruleset,
                    plan,
                    read.lists,
                    thresholds=self.thresholds,
                    clock=lambda: math.inf,
                )
            _GUARDS[self.digest] = guard
        return guard


def pack(
    rules: str | os.PathLike[str],
    home: str,
    thresholds: Mapping[str, int] | None = None,
    number_ranges: RangeText | None = None,
) -> PackedRules:
    """The rule file and the lists that it names. Raises RuleError if they cannot be used."""
    path = Path(rules)
    guard = Guard.load(path, home=home, thresholds=thresholds, number_ranges=number_ranges)
    files = {path.name: path.read_bytes()}
    for list_path in guard.rules.lists.values():
        name = os.path.relpath(list_path, path.parent)
        files[name] = Path(list_path).read_bytes()
    return PackedRules(path.name, files, home, thresholds, number_ranges)
