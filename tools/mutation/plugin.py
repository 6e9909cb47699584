"""What pytest does for mutation testing: note who covers what, or run a few tests on one mutant.

``CALLGUARD_MUTATION_RECORD`` names a file for the duration of each test that passed; coverage is
then kept apart by test. ``CALLGUARD_MUTATION_RUN`` names a JSON file of what to run: ``tests``
(node id -> seconds after which it hangs) and ``failed`` (file for the id of a test that fails).
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import Phase, settings

# Reading the test modules, and ending, may hang as well.
_OTHERWISE_S: Final = 60.0


def pytest_configure(config: pytest.Config) -> None:
    """Do as the environment says."""
    record, run = (os.environ.get(f"CALLGUARD_MUTATION_{word}") for word in ("RECORD", "RUN"))
    if record:
        config.pluginmanager.register(Recorder(Path(record), config))
    if run:
        # A failing example is enough; nobody reads the smallest.
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutation", settings.get_profile("short"), phases=phases)
        settings.load_profile("mutation")
        config.pluginmanager.register(Runner(json.loads(Path(run).read_text())))


class Recorder:
    """Tells coverage which test runs, and writes down how long each took."""

    def __init__(self, path: Path, config: pytest.Config) -> None:
        self._path = path
        self._is_worker = hasattr(config, "workerinput")
        self._seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        return (yield from self._within(f"{item.nodeid} (setup)"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        return (yield from self._within(f"{item.nodeid} (call)"))

    def _within(self, context: str) -> Generator[None, Any, Any]:
        from coverage import Coverage

        coverage = Coverage.current()
        if coverage is not None:
            coverage.switch_context(context)
        result = yield
        if coverage is not None:
            coverage.switch_context("")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._is_worker:
            return
        if report.failed or report.skipped:
            self._seconds[report.nodeid] = -1.0
        elif self._seconds.get(report.nodeid, 0.0) >= 0.0:
            before = self._seconds.get(report.nodeid, 0.0)
            self._seconds[report.nodeid] = before + report.duration

    def pytest_sessionfinish(self) -> None:
        if not self._is_worker:
            passed = {test: spent for test, spent in self._seconds.items() if spent >= 0.0}
            self._path.write_text(json.dumps(passed))


class Runner:
    """Runs the tests it is told, each no longer than it may take, until one fails."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._limits: dict[str, float] = job["tests"]
        self._failed = Path(job["failed"])
        signal.setitimer(signal.ITIMER_REAL, _OTHERWISE_S)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self._limits]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        signal.setitimer(signal.ITIMER_REAL, self._limits[item.nodeid])
        self._failed.write_text(item.nodeid)
        result = yield
        signal.setitimer(signal.ITIMER_REAL, _OTHERWISE_S)
        return result
