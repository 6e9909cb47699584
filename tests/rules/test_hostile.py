"""Hostile rule files are refused quickly, in little memory, with one clear line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.faulty_files.fault import RULE, condition, item, rule

# Peak memory from /proc, not getrusage: the latter starts from the parent's peak after a fork.
PROGRAM = """
import json, sys
from callguard.rules import read_rule_file
lines = {}
for path in sys.argv[1:]:
    lines[path] = [str(fault) for fault in read_rule_file(path).faults]
    assert lines[path], path
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
json.dump([int(peak.split()[1]), lines], sys.stdout)
"""
LIMIT_KB = 100 * 1024
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "alias bomb": (BOMB, "CG107"),
    "10,000 brackets": ("[" * 10_000, "CG105"),
    "10,000 braces": ("{a: " * 10_000, "CG105"),
    "10,000 dashes": ("- " * 10_000 + "a", "CG105"),
    "10,000 steps": ("".join(" " * depth + "a:\n" for depth in range(5_000)), "CG105"),
    "10,000 brackets in a rule": (rule("", "fields: " + "[" * 10_000), "CG105"),
    "object tag": (rule("A rule", "!!python/object/apply:os.system ['true']"), "CG108"),
    "merge bomb": (rule("", "<<: [a, b]\n"), "CG109"),
    "not a number": (item("duration_s|lt: .nan"), "CG207"),
    "infinite": (item("duration_s|lt: -.inf"), "CG207"),
    "back-reference": (item(r"display_name|re: '(a)\1'"), "CG315"),
    "repetition of repetition": (item("display_name|re: '(a{1000}){1000}'"), "CG315"),
    "large class repeated": (item(r"display_name|re: '[\p{L}\p{N}]{1000}'"), "CG315"),
    "nested brackets in a condition": (condition("(" * 10_000 + "sel"), "CG301"),
    "negations in a condition": (condition("not " * 10_000 + "sel"), "CG301"),
    "long condition": (condition("sel and " * 100_000 + "sel"), "CG301"),
    "long number": (rule("", "callguard: {score: " + "9" * 1_000_000 + "}\n"), "CG205"),
    "long line": (rule("A rule", "x" * 5_000_000), "CG216"),
    "control characters": (b"title: \x00\x01\x02", "CG104"),
    "UTF-16": (RULE.encode("utf-16"), "CG103"),
    "UTF-16 without mark": (RULE.encode("utf-16-le"), "CG104"),
    "many prefixes at once": (
        item(f"display_name|startswith|all: [{', '.join(f'a{n}' for n in range(50_000))}]"),
        "CG304",
    ),
    "many selections": (
        rule("  sel:", "".join(f"  s{n}: {{text: a}}\n" for n in range(5_000)) + "  sel:"),
        "CG304",
    ),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, list[str]]]:
    """Peak memory in KB of refusing all files one after another, and the lines for each."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = {name: folder / f"{index}.yaml" for index, name in enumerate(HOSTILE)}
    for name, (content, _) in HOSTILE.items():
        paths[name].write_bytes(content if isinstance(content, bytes) else content.encode())
    paths["gigabyte"] = folder / "gigabyte.yaml"
    with paths["gigabyte"].open("wb") as stream:
        stream.truncate(1 << 30)
    paths["device"] = Path("/dev/zero")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, paths.values())],
        capture_output=True,
        text=True,
        check=True,
        # A second for each file, and the start of Python on a busy machine.
        timeout=len(paths) + 30,
        cwd=Path(__file__).parents[2],
    )
    assert done.stderr == ""
    peak, lines = json.loads(done.stdout)
    return peak, {
        name: [line.removeprefix(f"{path}:") for line in lines[str(path)]]
        for name, path in paths.items()
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_one_clear_line(refused: tuple[int, dict[str, list[str]]], name: str) -> None:
    lines = refused[1][name]
    assert [HOSTILE[name][1]] == [line.split()[1] for line in lines]
    assert max(map(len, lines)) < 300


def test_a_gigabyte_and_an_endless_device_are_not_read(
    refused: tuple[int, dict[str, list[str]]],
) -> None:
    assert [
        (
            "1:1 CG102 the file is larger than 32 MiB; keep numbers in lists/NAME.txt, "
            "or split the file"
        )
    ] == refused[1]["gigabyte"]
    assert ["1:1 CG101 this is not an ordinary file; name a rule file"] == refused[1]["device"]


def test_memory(refused: tuple[int, dict[str, list[str]]]) -> None:
    assert refused[0] < LIMIT_KB
