"""The injector itself, on small programs whose calls are known."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.takedown.faults.injector import environment

# One call after another, of known numbers: 1 open, 2 write, 3 fsync, 4 rename, 5 open, 6 unlink.
PLAIN: Final = """
import os, sys
os.chdir(sys.argv[1])
descriptor = os.open("new", os.O_WRONLY | os.O_CREAT)
written = os.write(descriptor, b"0123456789")
print(written, flush=True)
os.fsync(descriptor)
os.rename("new", "../" + os.path.basename(os.getcwd()) + "/old")
os.close(os.open("other", os.O_WRONLY | os.O_CREAT))
os.unlink("other")
"""
LIBRARIES: Final = """
import sqlite3, sys
from pathlib import Path
import duckdb, numpy, pyarrow
from pyarrow import parquet
root = Path(sys.argv[1])
book = sqlite3.connect(root / "book.db")
book.execute("CREATE TABLE t (a)")
book.execute("INSERT INTO t VALUES (1)")
book.commit()
book.close()
parquet.write_table(pyarrow.table({"a": list(range(1000))}), root / "arrow.parquet")
numpy.arange(1000).tofile(root / "numpy.bin")
with duckdb.connect() as duck:
    duck.execute(f"COPY (SELECT * FROM range(10000)) TO '{root}/duck.parquet' (FORMAT parquet)")
"""


def run(
    library: Path, folder: Path, program: str, *flags: str, **setting: str
) -> tuple[int, str, str]:
    """Run a program on an empty folder; its status and what it said."""
    root = folder / "root"
    root.mkdir()
    inject = {f"INJECT_{name}": value for name, value in setting.items()}
    found = subprocess.run(
        [sys.executable, *flags, "-c", program, str(root)],
        env={**environment(library), "INJECT_ROOT": str(root), **inject},
        capture_output=True,
        text=True,
        check=False,
    )
    return found.returncode, found.stdout, found.stderr


def plain(library: Path, folder: Path, at: int, act: str, sticky: str = "0") -> tuple[int, str]:
    """Run PLAIN with a fault; its status, and the error that it ended with."""
    flags = ("-I", "-S")
    status, _, said = run(library, folder, PLAIN, *flags, AT=str(at), ACT=act, STICKY=sticky)
    return status, said.strip().rpartition("\n")[2]


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "root").iterdir()}


def test_calls_are_counted_and_logged(injector: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert (0, "10\n", "") == run(injector, tmp_path, PLAIN, "-I", "-S", LOG=str(log))
    expected = [
        "1 open 0 new",
        "2 write 10 new",
        "3 fsync 0 new",
        "4 rename 0 old",
        "5 open 0 other",
        "6 unlink 0 other",
    ]
    assert expected == log.read_text().splitlines()


@pytest.mark.parametrize(
    ("at", "act", "expected"),
    [
        (1, "kill", {}),
        (2, "kill", {"new": b""}),
        (2, "half", {"new": b"01234"}),
        (3, "kill", {"new": b"0123456789"}),
        (4, "kill", {"new": b"0123456789"}),
        (4, "half", {"old": b"0123456789"}),
        (6, "kill", {"old": b"0123456789", "other": b""}),
        (6, "half", {"old": b"0123456789"}),
    ],
)
def test_a_process_dies_at_a_call(
    injector: Path, tmp_path: Path, at: int, act: str, expected: dict[str, bytes]
) -> None:
    assert -9 == plain(injector, tmp_path, at, act)[0]
    assert expected == held(tmp_path)


@pytest.mark.parametrize(
    ("at", "act", "said", "expected"),
    [
        (1, "enospc", "No space left on device", {}),
        (2, "enospc", "No space left on device", {"new": b""}),
        (2, "eio", "Input/output error", {"new": b""}),
        (3, "eio", "Input/output error", {"new": b"0123456789"}),
        (4, "enospc", "No space left on device", {"new": b"0123456789"}),
        (6, "eio", "Input/output error", {"old": b"0123456789", "other": b""}),
        # Half of the write is done, and what comes next finds no room.
        (2, "full", "No space left on device", {"new": b"01234"}),
        (5, "full", "No space left on device", {"old": b"0123456789"}),
    ],
)
def test_a_call_fails(
    injector: Path, tmp_path: Path, at: int, act: str, said: str, expected: dict[str, bytes]
) -> None:
    status, error = plain(injector, tmp_path, at, act)
    assert 1 == status
    assert said in error
    assert expected == held(tmp_path)


@pytest.mark.parametrize(("sticky", "expected"), [("0", b"once"), ("1", b"")])
def test_a_fault_strikes_once_or_from_then_on(
    injector: Path, tmp_path: Path, sticky: str, expected: bytes
) -> None:
    program = """
import sys
for _ in range(2):
    try:
        with open(sys.argv[1] + "/file", "wb", buffering=0) as stream:
            stream.write(b"once")
    except OSError:
        pass
"""
    setting = {"AT": "2", "ACT": "eio", "STICKY": sticky}
    assert (0, "", "") == run(injector, tmp_path, program, "-I", "-S", **setting)
    assert {"file": expected} == held(tmp_path)


def test_nothing_outside_the_folder_is_touched(injector: Path, tmp_path: Path) -> None:
    program = f"""
with open({str(tmp_path / "rooted")!r}, "w") as stream:
    stream.write("beside the folder")
"""
    setting = {"AT": "1", "ACT": "kill"}
    assert (0, "", "") == run(injector, tmp_path, program, "-I", "-S", **setting)


def test_children_count_together(injector: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = """
import os, sys
for name in ("first", "second"):
    if os.fork() == 0:
        os.mkdir(sys.argv[1] + "/" + name)
        os._exit(0)
    os.wait()
"""
    assert (0, "", "") == run(injector, tmp_path, program, "-I", "-S", LOG=str(log))
    assert ["1 mkdir 0 first", "2 mkdir 0 second"] == log.read_text().splitlines()


def test_every_byte_that_libraries_write_is_seen(injector: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    status, _, said = run(injector, tmp_path, LIBRARIES, LOG=str(log))
    assert (0, "") == (status, said)
    seen: dict[str, int] = {}
    for line in log.read_text().splitlines():
        _, call, size, path = line.split(" ", 3)
        if "write" in call:
            seen[path] = seen.get(path, 0) + int(size)
    found = held(tmp_path)
    assert {"arrow.parquet", "book.db", "duck.parquet", "numpy.bin"} == set(found)
    missed = {path: len(data) for path, data in found.items() if seen.get(path, 0) < len(data)}
    assert {} == missed


@pytest.mark.parametrize("act", ["kill", "half"])
def test_a_transaction_that_died_is_rolled_back(injector: Path, tmp_path: Path, act: str) -> None:
    """SQLite's own promise, at every call of a transaction: the injector reaches its calls."""
    program = """
import sqlite3, sys
book = sqlite3.connect(sys.argv[1] + "/book.db")
book.execute("CREATE TABLE IF NOT EXISTS t (a)")
with book:
    book.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
"""
    import sqlite3

    at, status = 0, -9
    while status:
        at += 1
        folder = tmp_path / str(at)
        folder.mkdir()
        status, _, said = run(injector, folder, program, "-I", "-S", AT=str(at), ACT=act)
        assert status in {0, -9}, said
        with sqlite3.connect(folder / "root" / "book.db") as book:
            book.execute("CREATE TABLE IF NOT EXISTS t (a)")
            count = book.execute("SELECT count(*) FROM t").fetchone()[0]
        book.close()
        assert count in {0, 2}
    assert at > 20
