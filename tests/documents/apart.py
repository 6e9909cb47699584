"""Commands of the documents that no test runs, each with its reason. Their options must exist."""

from __future__ import annotations

from typing import Final

# What begins so is not run. Its options, targets and files must exist all the same.
NOT_RUN: Final[dict[str, str]] = {
    "callguard backscore": "wants Spark; tests/cli/test_backscore.py runs it in make test-long",
    "make": "make test is what runs this; each target is gone through with make -n",
    "pip": "installs from a package index",
    "python3 -m bench.sizing": "measures for minutes, and rewrites docs/sizing.md",
}
# Pages whose Python is not run.
PYTHON_NOT_RUN: Final[dict[str, str]] = {
    "docs/spark.md": "wants Spark; tests/integrations/spark runs the same calls in make test-long",
}
# Programs of the system that the documents use, and callguard's own.
PROGRAMS: Final = {"callguard", "make", "pip", "python3", "cat", "zcat", "gunzip", "head"}


def reason(words: tuple[str, ...]) -> str | None:
    """Why a command is not run; None for one that is."""
    line = " ".join(words)
    return next(
        (why for start, why in NOT_RUN.items() if line == start or line.startswith(f"{start} ")),
        None,
    )
