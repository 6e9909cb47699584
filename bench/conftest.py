"""Collects what the benchmarks measure, prints it and writes it to ``bench/results/latest.md``."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.report import Report

_REPORT = pytest.StashKey[Report]()
_RESULTS = Path(__file__).with_name("results") / "latest.md"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_REPORT] = Report()


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    return pytestconfig.stash[_REPORT]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    report = config.stash[_REPORT]
    if not (report.rows or report.findings or report.notes):
        return
    _RESULTS.parent.mkdir(exist_ok=True)
    text = report.text()
    _RESULTS.write_text(text, encoding="utf-8")
    terminalreporter.write_line("")
    terminalreporter.write(text)
    terminalreporter.write_line(f"written to {_RESULTS}")
