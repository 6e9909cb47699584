from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from callguard.cli.main import main
from tests.command_line.counters import CALL, COUNTING, Counters
from tests.command_line.running import RULES, Outcome, Run, write_jsonl
from tests.real_servers.redis import Server, server


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def command(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return Outcome(status, *capsys.readouterr())

    return command


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    path = tmp_path / "counting.yaml"
    path.write_text(COUNTING, encoding="utf-8")
    return path


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "calls.jsonl", CALL, CALL)


@pytest.fixture(scope="module")
def running() -> Iterator[str]:
    with server() as one:
        yield one.url


@pytest.fixture
def url(running: str) -> str:
    with redis.Redis.from_url(running) as client:
        client.flushall()
    return running


@pytest.fixture(scope="module")
def one_server() -> Iterator[Server]:
    with server() as one:
        yield one


@pytest.fixture
def valkey(one_server: Server) -> Server:
    one_server.client().flushall()
    return one_server


@pytest.fixture(params=["file", "server"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file":
        return str(tmp_path / "counters")
    found: str = request.getfixturevalue("url")
    return found


@pytest.fixture
def counters(run: Run, counting: Path, where: str) -> Counters:
    return Counters(run, counting, where)


@pytest.fixture
def in_file(run: Run, counting: Path, tmp_path: Path) -> Counters:
    return Counters(run, counting, tmp_path / "counters")
