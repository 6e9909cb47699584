"""A failing test is named when it fails, while the others still run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
# test_b.py goes on until the test outside writes to the pipe, or for a minute.
FILES = {
    "test_a.py": """
import pytest


def test_wrong():
    assert 1 == 2


@pytest.fixture
def broken():
    raise ValueError("no such thing")


def test_without_its_fixture(broken):
    pass


@pytest.mark.xfail
def test_known_to_fail():
    assert 1 == 2
""",
    "test_b.py": """
import os
import select


def test_that_takes_long():
    pipe = os.open("pipe", os.O_RDWR | os.O_NONBLOCK)
    assert select.select([pipe], [], [], 60)[0]
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(CONFTEST, tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


def named(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if line.startswith("FAILED NOW"):
            yield line.strip(), next(lines).strip()


@pytest.mark.parametrize("options", [["-n", "2", "--dist", "loadfile"], ["-q"]], ids=" ".join)
def test_a_failing_test_is_named_at_once(folder: Path, options: list[str]) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, "."]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        assert run.stdout is not None
        failures = named(iter(run.stdout))
        early = [next(failures), next(failures)]
        with (folder / "pipe").open("w") as pipe:
            pipe.write("go on")
        late = list(failures)
    assert [
        ("FAILED NOW (call): test_a.py::test_wrong", "assert 1 == 2"),
        (
            "FAILED NOW (setup): test_a.py::test_without_its_fixture",
            "ValueError: no such thing",
        ),
    ] == early
    assert [] == late
    assert 1 == run.returncode
