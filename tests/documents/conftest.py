"""Servers that stand for those of the documents, and a folder to type in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from callguard.engine.examples import ExampleResult, run_examples
from callguard.engine.program import Program
from tests.documents.running import Typist
from tests.documents.world import NOW, make_world
from tests.real_servers import postgres
from tests.real_servers.redis import cluster, server
from tests.real_servers.tls import make_certificate, tunnel

# Longer addresses first: each is replaced wherever it stands.
SINGLE = ("redis://127.0.0.1:6379/0", "redis://counters.example:6379", "redis://localhost")
SECURE = "rediss://counters.example:6380"
CLUSTER = "redis+cluster://node1:6379,node2:6379"
POSTGRES = "postgresql://owner@db/takedown"


class ExamplesRunOnce:
    """Loading runs the examples of every rule; of rules that were loaded before, not again."""

    def __init__(self) -> None:
        self._results: dict[tuple[str, str], list[ExampleResult]] = {}

    def __call__(self, program: Program) -> list[ExampleResult]:
        key = (program.digest, program.plan.home)
        if key not in self._results:
            self._results[key] = run_examples(program)
        return self._results[key]


ONCE = ExamplesRunOnce()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="session")
def addresses(certificates: Path) -> Iterator[dict[str, str]]:
    """Each address of the documents, and that of a server that runs."""
    with ExitStack() as stack:
        one = stack.enter_context(server())
        port = stack.enter_context(tunnel(one.port, make_certificate(certificates)))
        found = {
            CLUSTER: stack.enter_context(cluster(2)).url,
            SECURE: f"rediss://127.0.0.1:{port}",
            **dict.fromkeys(SINGLE, one.url),
            "redis.Redis()": f"redis.Redis(port={one.port})",
        }
        if postgres.why_not() is None:
            found[POSTGRES] = stack.enter_context(postgres.server()).fresh()
        yield found


@pytest.fixture
def typists(
    addresses: dict[str, str],
    certificates: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Typist]:
    """Somebody who types in a new folder, which becomes the current one."""
    for name in ("CALLGUARD_JOURNAL", "CALLGUARD_HEAD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("callguard.cli.takedown_options.now", lambda: NOW)
    monkeypatch.setattr("callguard.engine.examples.run_examples", ONCE)
    made = iter(range(1000))

    def typist() -> Typist:
        folder = tmp_path / str(next(made))
        folder.mkdir()
        make_world(folder)
        shutil.copy(certificates / "certificate.pem", folder / "etc/callguard/ca.pem")
        shutil.copy(folder / "rules.yaml", folder / "etc/callguard/rules.yaml")
        shutil.copytree(folder / "lists", folder / "etc/callguard/lists")
        monkeypatch.chdir(folder)
        return Typist(folder, addresses)

    return typist
