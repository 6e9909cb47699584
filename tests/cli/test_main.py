from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from callguard.cli import main as cli
from callguard.errors import CallguardError
from tests.command_line.running import CAUGHT, Run, start, write_jsonl


def test_version(run: Run) -> None:
    done = run("--version")
    name, version = done.out.split()
    assert (0, "callguard", "") == (done.status, name, done.err)
    assert 3 == len(version.split("."))


def test_help_names_every_command(run: Run) -> None:
    done = run("--help")
    assert 0 == done.status
    for command in cli.program.commands:
        assert f"\n  {command} " in done.out


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("scroe",), "score"),
        (("rules", "chekc", "f"), "check"),
        (("score", "-", "--ouput", "f"), "--output"),
        (("demo", "--sede", "1"), "--seed"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_one_meant(
    run: Run, arguments: tuple[str, ...], meant: str
) -> None:
    done = run(*arguments)
    assert (2, "") == (done.status, done.out)
    assert "Did you mean" in done.err
    assert meant in done.err


@pytest.mark.parametrize("arguments", [(), ("rules",), ("lists",), ("score",)])
def test_too_few_words_are_wrong_usage(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert (2, "") == (done.status, done.out)
    assert "Usage: callguard" in done.err


@pytest.mark.parametrize("word", ["\x1b[31m", "\x9b31m", "\u202ex", "\u2028x", "\x85x"])
@pytest.mark.parametrize(
    "arguments", [("WORD",), ("score", "WORD"), ("takedown", "status", "WORD"), ("score", "--WORD")]
)
def test_what_was_typed_steers_no_terminal(run: Run, arguments: tuple[str, ...], word: str) -> None:
    done = run(*(one.replace("WORD", word) for one in arguments))
    assert (2, "") == (done.status, done.out)
    assert all(char.isprintable() or char == "\n" for char in done.err)
    assert len(done.err.splitlines()) == len(done.err.split("\n")) - 1


def test_an_error_of_our_own_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise CallguardError("the list is gone; put it back")

    monkeypatch.setattr("callguard.rulepack.path", fail)
    done = run("score", "-")
    assert (1, "", "callguard: the list is gone; put it back\n") == (
        done.status,
        done.out,
        done.err,
    )


def test_a_reader_that_leaves_is_no_error(rules: Path, tmp_path: Path) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", *[CAUGHT] * 5_000)
    child = start("score", calls, "--rules", rules, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None
    first = child.stdout.readline()
    child.stdout.close()
    complaints = child.stderr.read()
    assert (b"", 128 + signal.SIGPIPE) == (complaints, child.wait())
    assert "block" == json.loads(first)["action"]
    child.stderr.close()


def test_a_full_disk_is_one_line(rules: Path, tmp_path: Path) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", CAUGHT)
    with Path("/dev/full").open("wb") as full:
        child = start(
            "score", calls, "--rules", rules, stdout=full.fileno(), stderr=subprocess.PIPE
        )
        _, complaints = child.communicate()
    assert (1, b"callguard: No space left on device\n") == (child.returncode, complaints)


def test_an_interrupt_ends_quietly_and_leaves_no_half_file(rules: Path, tmp_path: Path) -> None:
    output = tmp_path / "verdicts.jsonl"
    child = start(
        "score",
        "-",
        "--rules",
        rules,
        "--output",
        output,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin is not None
    # A pipe's buffer holds 64 KiB: once more than that is taken, the command is at work.
    child.stdin.write(json.dumps(CAUGHT).encode() + b"\n" + b"\n" * 200_000)
    child.stdin.flush()
    child.send_signal(signal.SIGINT)
    _, complaints = child.communicate()
    assert (128 + signal.SIGINT, b"") == (child.returncode, complaints.strip())
    assert [] == [path.name for path in tmp_path.iterdir() if path != rules]


def test_verdicts_from_a_pipe_come_at_once(rules: Path) -> None:
    child = start("score", "-", "--rules", rules, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    for call_id in ("a", "b"):
        child.stdin.write(json.dumps({**CAUGHT, "call_id": call_id}).encode() + b"\n")
        child.stdin.flush()
        assert call_id == json.loads(child.stdout.readline())["call_id"]
    child.communicate()
    assert 0 == child.returncode


def test_an_encoding_without_a_character_gets_escapes(tmp_path: Path, rules: Path) -> None:
    record = tmp_path / "record.json"
    record.write_text(json.dumps({**CAUGHT, "display_name": "公安 police"}), encoding="utf-8")
    child = start(
        "rules",
        "explain",
        rules,
        record,
        stdout=subprocess.PIPE,
        PYTHONIOENCODING="ascii",
    )
    out, _ = child.communicate()
    assert 0 == child.returncode
    assert b"\\u516c\\u5b89 police" in out
