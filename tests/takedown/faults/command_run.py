"""What the processes under test do: one command line of callguard, at a given time."""

from __future__ import annotations

import contextlib
import importlib
import os
import time
from collections.abc import Sequence
from typing import Any

_LOADED = (
    "callguard.cli.main",
    "callguard.takedown.journal.acknowledge",
    "callguard.takedown.journal.approve",
    "callguard.takedown.journal.export",
    "callguard.takedown.journal.history",
    "callguard.takedown.journal.issue",
    "callguard.takedown.journal.restore",
    "callguard.takedown.planning.plan",
    "callguard.takedown.registry.build",
    "sqlite3",
    # pyarrow and DuckDB load it when they meet values that could be of it.
    "pandas",
)


def load() -> None:
    """Import what commands need, once for all processes that are forked."""
    for name in _LOADED:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    from callguard.numbering import NumberingPlan

    NumberingPlan("CN")


def run(arguments: Sequence[str], at: int) -> int:
    """Run a command line with the clock standing at ``at``; the exit status."""
    from callguard.cli.main import main

    time.time = lambda: float(at)
    return main(arguments)


def break_function(function: str, how: str) -> None:
    """Have a function (``module:name`` or ``module:class.name``) raise, or abort the process."""
    module, _, path = function.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    assert callable(getattr(owner, name))

    def broken(*arguments: Any, **named: Any) -> Any:
        if how == "abort":
            os.abort()
        raise RuntimeError("broken on purpose")

    setattr(owner, name, broken)
