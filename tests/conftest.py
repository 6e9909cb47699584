"""Settings of the whole suite: Hypothesis profiles, long tests, outside data, failures named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
LONG = os.environ.get("CALLGUARD_LONG") == "1"

# No deadline: a machine under load is slow, not wrong; speed is measured in bench/.
# The short run draws the same examples every time, so that a red run is red for everyone, and so
# does CI. By hand the long run draws new ones, to find what nobody thought of, and prints how to
# repeat a failure.
settings.register_profile(
    "short",
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
)
settings.register_profile(
    "long",
    max_examples=250,
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("long" if LONG else "short")


class NameFailures:
    """Names each failing test on the terminal when it fails, its error in one line below it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal: pytest.TerminalReporter | None
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None or not report.failed:
            return
        error = getattr(getattr(report.longrepr, "reprcrash", None), "message", report.longrepr)
        terminal.write_line(f"\nFAILED NOW ({report.when}): {report.nodeid}", red=True)
        terminal.write_line(f"    {str(error).strip().splitlines()[0]}" if error else "")
        terminal.flush()


def pytest_configure(config: pytest.Config) -> None:
    """Report in the one process that has a terminal: not in the workers of ``-n``."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(NameFailures(config))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is marked ``long``, unless it was asked for."""
    if LONG:
        return
    skip = pytest.mark.skip(reason="takes minutes; CALLGUARD_LONG=1 runs it")
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of outside test data: ``$CALLGUARD_SHARED``, or ``shared`` beside the checkout."""
    place = Path(os.environ.get("CALLGUARD_SHARED", ROOT.parent / "shared"))
    if not place.is_dir():
        pytest.skip(f"no outside data at {place}; set CALLGUARD_SHARED to its folder")
    return place
