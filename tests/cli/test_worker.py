from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgpack
import pytest

from callguard.extras import pip_install
from tests.command_line.running import CAUGHT, ROOT, RULES, SPARED, Run
from tests.command_line.streams import events_of, feed, verdicts
from tests.real_servers.redis import Server, free_port, server


def test_records_are_scored_and_logs_are_json_lines(run: Run, valkey: Server, rules: Path) -> None:
    feed(valkey, CAUGHT, SPARED)
    done = run("worker", "--stream", valkey.url, "--rules", rules, "--once")
    assert (0, "") == (done.status, done.out)
    assert ["block", "allow"] == [verdict["action"] for verdict in verdicts(valkey)]
    events = events_of(done.err)
    assert ["group_created", "worker_started", "worker_stopped"] == [
        event["event"] for event in events
    ]
    assert all({"timestamp", "level", "event"} <= event.keys() for event in events)
    assert (2, 0) == (events[-1]["records"], events[-1]["unreadable"])
    assert events[-1]["timestamp"].endswith("Z")


def test_logs_hold_nothing_of_the_records(run: Run, valkey: Server, rules: Path) -> None:
    feed(valkey, CAUGHT, {"event": "setup", "at": 1, "called_party_number": 7}, [1])
    done = run("worker", "--stream", valkey.url, "--rules", rules, "--once")
    assert "entries_unreadable" in done.err
    for personal in ("13800138000", "13900139000", "called_party_number"):
        assert personal not in done.err


def test_records_that_cannot_be_read_are_findings(run: Run, valkey: Server, rules: Path) -> None:
    feed(valkey, CAUGHT, "no map")
    done = run("worker", "--stream", valkey.url, "--rules", rules, "--once")
    assert (1, 1) == (done.status, events_of(done.err)[-1]["unreadable"])


def test_every_name_can_be_chosen(run: Run, valkey: Server, rules: Path) -> None:
    client = valkey.client()
    client.xadd("in", {"record": msgpack.packb(CAUGHT)})
    client.xadd("in", {"record": msgpack.packb(SPARED)})
    names = ("--input", "in", "--output", "out", "--dead", "aside", "--group", "g", "--name", "n")
    more = ("--batch", "1", "--claim-after", "1m", "--deliveries", "7", "--maxlen", "1", "--delete")
    done = run("worker", "--stream", valkey.url, "--rules", rules, "--once", *names, *more)
    assert 0 == done.status
    assert (0, 2) == (client.xlen("in"), client.xlen("out"))
    assert ["n"] == [found["name"] for found in client.xinfo_consumers("in", "g")]
    client.close()


@pytest.fixture
def locked() -> Iterator[Server]:
    with server("--requirepass", "s3cret-word") as one:
        yield one


def test_the_password_comes_from_the_url_or_the_environment(
    run: Run, locked: Server, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"127.0.0.1:{locked.port}"
    done = run("worker", "--stream", f"redis://:s3cret-word@{place}", "--rules", rules, "--once")
    assert 0 == done.status
    monkeypatch.setenv("CALLGUARD_REDIS_PASSWORD", "s3cret-word")
    again = run("worker", "--stream", f"redis://{place}", "--rules", rules, "--once")
    assert 0 == again.status
    assert "s3cret" not in done.err + again.err


def test_a_wrong_password_is_one_line_without_it(run: Run, locked: Server, rules: Path) -> None:
    url = f"redis://:wr0ng@127.0.0.1:{locked.port}"
    done = run("worker", "--stream", url, "--rules", rules, "--once")
    [line] = done.err.splitlines()
    assert (1, "") == (done.status, done.out)
    assert "check user and password" in line
    assert "wr0ng" not in line


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("localhost:6379", "redis://, rediss://, unix://"),
        ("http://localhost", "redis://, rediss://, unix://"),
        ("redis://", "expected HOST or HOST:PORT"),
        ("redis://127.0.0.1:1/0", "expected a Redis or Valkey server there"),
        ("redis://127.0.0.1/two", "expected the number of a database"),
        ("unix:///nowhere/redis.sock", "expected a Redis or Valkey server there"),
        ("redis+cluster://127.0.0.1:1", "give them one hash tag"),
    ],
)
def test_a_wrong_address_is_one_line(run: Run, rules: Path, url: str, said: str) -> None:
    done = run("worker", "--stream", url, "--rules", rules, "--once")
    lines = [line for line in done.err.splitlines() if not line.startswith("{")]
    assert (1, 1, "") == (done.status, len(lines), done.out)
    assert lines[0].startswith("callguard: ")
    assert said in lines[0]


def test_what_answers_but_is_no_such_server_is_one_line(run: Run, rules: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with _answering(silent, b"HTTP/1.1 400 Bad Request\r\n\r\n"):
            url = f"redis://127.0.0.1:{port}"
            done = run("worker", "--stream", url, "--rules", rules, "--once")
    [line] = done.err.splitlines()
    assert 1 == done.status
    assert line.startswith(f"callguard: 127.0.0.1:{port}: ")


@contextmanager
def _answering(listener: socket.socket, answer: bytes) -> Iterator[None]:
    """Whoever connects is given this answer to the first question."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1_000)
            connection.sendall(answer)

    with ThreadPoolExecutor() as pool:
        pool.submit(serve)
        yield


@pytest.mark.parametrize("key", ["callguard:records", "callguard:verdicts"])
def test_a_key_that_is_no_stream_is_one_line(
    run: Run, valkey: Server, rules: Path, key: str
) -> None:
    with valkey.client() as client:
        client.set(key, "text")
    done = run("worker", "--stream", valkey.url, "--rules", rules, "--once")
    assert (1, "") == (done.status, done.out)
    assert [
        (
            f"callguard: {valkey.url}: '{key}' is a string, expected a stream; give another name, "
            "or remove what is there"
        )
    ] == done.err.splitlines()


def test_faults_of_rules_come_before_anything_is_connected(
    run: Run, rules: Path, tmp_path: Path
) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(RULES.replace("level: high", "level: hihg"), encoding="utf-8")
    done = run("worker", "--stream", "redis://127.0.0.1:1", "--rules", faulty)
    first, last = done.err.splitlines()
    assert (1, "") == (done.status, done.out)
    assert first.startswith(f"{faulty}:11:8 CG213 ")
    assert "callguard: these rules cannot be used (1 fault)" == last


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "Missing option '--stream'"),
        (("--stream", "redis://h", "--rules", "nowhere.yaml"), 2, "does not exist"),
        (("--stream", "redis://h", "--home", "XX"), 2, "'--home'"),
        (("--stream", "redis://h", "--claim-after", "30"), 2, "such as 500ms, 30s or 5m"),
        (("--stream", "redis://h", "--claim-after", "0s"), 1, "claim after 0.0: expected"),
        (("--stream", "redis://h", "--batch", "0"), 1, "batch 0: expected"),
        (("--stream", "redis://h", "--deliveries", "1"), 1, "max deliveries 1: expected"),
        (("--stream", "redis://h", "--output", "callguard:records"), 1, "one stream each"),
        (("--stream", "redis://h", "--counters", "counts.bin"), 1, "expected a URL"),
        (("--stream", "redis://h", "--counters", "rdis://h"), 1, "did you mean redis://"),
        (("--stream", "redis://h", "--metrics-port", "70000"), 2, "0<=x<=65535"),
    ],
)
def test_wrong_usage_says_what_was_expected(
    run: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = run("worker", *arguments)
    assert (status, "") == (done.status, done.out)
    assert said in done.err


@pytest.mark.parametrize(
    ("text", "seconds"), [("500ms", 0.5), ("30s", 30), ("1.5m", 90), ("2h", 7200), ("1d", 86400)]
)
def test_times_have_units(text: str, seconds: float) -> None:
    from callguard.cli.worker import Duration

    assert seconds == Duration().convert(text, None, None)


def test_a_metrics_port_that_is_taken_is_one_line(run: Run, valkey: Server, rules: Path) -> None:
    taken = str(valkey.port)
    done = run("worker", "--stream", valkey.url, "--rules", rules, "--metrics-port", taken)
    assert 1 == done.status
    assert ["callguard: Address already in use"] == done.err.splitlines()


@pytest.mark.parametrize("package", ["redis", "structlog", "prometheus_client"])
def test_a_package_that_is_missing_is_named_with_the_remedy(
    run: Run, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    done = run("worker", "--stream", "redis://h")
    assert 2 == done.status
    assert [
        f"callguard: worker needs the package {package}: {pip_install('worker')}"
    ] == done.err.splitlines()


def test_other_commands_load_nothing_of_it() -> None:
    heavy = "{'redis', 'structlog', 'prometheus_client'}"
    program = f"import callguard.cli.main, sys; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert "[]\n" == done.stdout


def _on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_person_sees_a_line_notes_and_a_summary(
    run: Run, valkey: Server, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on_a_terminal(monkeypatch)
    feed(valkey, CAUGHT, SPARED, "no map")
    done = run("worker", "--stream", valkey.url, "--rules", rules, "--once")
    assert "\r\x1b[2K0 records, 0/s, lag 3, pending 0" in done.err
    assert "info: worker_started server=redis://127.0.0.1" in done.err
    assert done.err.endswith("2 scored (allow 1, block 1), 1 could not be read\n")


def test_a_terminal_gets_json_on_demand(
    run: Run, valkey: Server, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on_a_terminal(monkeypatch)
    done = run("worker", "--stream", valkey.url, "--rules", rules, "--once", "--log-json")
    assert "worker_stopped" == events_of(done.err)[-1]["event"]


def test_a_server_that_is_away_at_the_start_is_an_error(run: Run, rules: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}"
    done = run("worker", "--stream", url, "--rules", rules)
    assert 1 == done.status
    assert "Connection refused" in done.err
