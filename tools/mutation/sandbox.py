"""A copy of the checkout in which one file at a time is a mutant, and a process that tests it.

The process has loaded what tests need apart from callguard itself, and forks for each run: a run
starts in a tenth of a second.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

# A mutant's file is dated in the future, each at another second: no compiled file fits it.
_TOMORROW_S: Final = 86_400


@dataclass(frozen=True)
class Outcome:
    """How a run ended: ``passed``, ``failed``, ``hung`` or ``crashed``; and at which test."""

    how: str
    test: str = ""


class Sandbox:
    """Use it in a ``with`` block."""

    def __init__(self, tree: Path, number: int) -> None:
        self.folder = _folder(str(number))
        self.root = self.folder / "tree"
        self._scratch = self.folder / "tmp"
        self._runs = 0
        shutil.copytree(tree, self.root)
        environment = {
            **os.environ,
            "CALLGUARD_MUTATION_RUN": str(self.folder / "job.json"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(self.root),
            "TMPDIR": str(self._scratch),
        }
        command = [sys.executable, "-m", "compileall", "-q", "callguard", "tests", "tools"]
        subprocess.run(command, cwd=self.root, check=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.mutation.forks", str(self.folder / "output")],
            cwd=self.root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, tests: Mapping[str, float]) -> Outcome:
        """Run these tests (with the seconds that each may take) on the files as they are."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir()
        failed = self.folder / "failed"
        failed.write_text("")
        (self.folder / "job.json").write_text(json.dumps({"tests": tests, "failed": str(failed)}))
        files: Sequence[str] = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(files), file=self._process.stdin, flush=True)
        how = self._process.stdout.readline().strip()
        return Outcome(how, "" if how == "passed" else failed.read_text())

    def change(self, path: str, text: str) -> None:
        """Have ``text`` in a file."""
        file = self.root / path
        file.write_text(text, encoding="utf-8")
        self._runs += 2
        date = file.stat().st_mtime + _TOMORROW_S + self._runs
        os.utime(file, (date, date))


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """A copy of the checkout that is gone after the block."""
    folder = _folder("copy")
    _copy(root, folder / "tree")
    yield folder / "tree"
    shutil.rmtree(folder, ignore_errors=True)


def _folder(name: str) -> Path:
    # Short: the path of a server's socket may have 107 characters.
    folder = Path(tempfile.gettempdir()) / f"callguard-mutation-{os.getuid()}-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def _copy(root: Path, target: Path) -> None:
    """What git knows of, as it is in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
