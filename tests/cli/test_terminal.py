from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.cli import terminal


def test_json_is_utf8_and_readable() -> None:
    assert '{"name":"公安"}'.encode() == terminal.as_json({"name": "公安"})


@given(st.text(st.characters()))
def test_json_gives_back_any_text(text: str) -> None:
    assert {"text": text} == json.loads(terminal.as_json({"text": text}))


@given(st.text(st.characters(categories=["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Lo", "Nd"])))
def test_json_steers_no_terminal(text: str) -> None:
    for data in (terminal.as_json({"call_id": text}), terminal.as_json([text], indent=True)):
        assert all(char.isprintable() or char == "\n" for char in data.decode())


@pytest.mark.parametrize("sent", ["\u2028", "\x85", "\u202e", "\x9b2J", "\x0c", "\U000e0041"])
def test_what_a_caller_sent_begins_no_line_of_a_complaint(
    sent: str, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.complain(f"calls.pcap#1: name {sent}callguard: all is well\nsecond")
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("callguard: calls.pcap#1: name \\")
    assert "callguard: second" == second


def test_a_line_is_one_line() -> None:
    stream = io.BytesIO()
    terminal.write_line(stream, {"text": "two\nlines"})
    assert b'{"text":"two\\nlines"}\n' == stream.getvalue()


def test_a_table_without_a_terminal_is_tab_separated(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(("rule", "why"), [("a", "one"), ("b", "two\nlines")])
    assert "rule\twhy\na\tone\nb\ttwo\\nlines\n" == capsys.readouterr().out


def test_a_table_on_a_terminal_is_aligned(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    terminal.table(("rule", "calls"), [("\x1b[31ma", 12), ("[red]", 1_000)])
    assert [
        "rule       calls",
        "─────────  ─────",
        "\\x1b[31ma     12",
        "[red]       1000",
    ] == capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("size", "expected"), [(0, "0 faults"), (1, "1 fault"), (2000, "2,000 faults")]
)
def test_count(size: int, expected: str) -> None:
    assert expected == terminal.count([0] * size, "fault")
