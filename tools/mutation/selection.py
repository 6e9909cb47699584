"""Which tests run a line: found with coverage, and kept for as long as the code is the same."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# The tests that are asked: those of what is mutated, and of what shows it to operators. Tests that
# kill servers or fail every write are left out: they take minutes and are about something else.
ASKED: Final = ("alerts", "cli", "engine", "guard", "rule_pack", "rules", "takedown")
LEFT_OUT: Final = ("tests/takedown/faults", "tests/takedown/registry")
_RC: Final = """\
[run]
source = {sources}
parallel = True
patch = subprocess, _exit
sigterm = True
context = ${{PYTEST_CURRENT_TEST-}}
data_file = {data}
disable_warnings = no-data-collected, module-not-imported, module-not-measured
"""


@dataclass(frozen=True)
class Selection:
    """Seconds that each test takes, and the tests of each line of each file."""

    seconds: Mapping[str, float]
    lines: Mapping[str, Mapping[int, frozenset[str]]]

    def tests(self, path: str, first: int, last: int) -> frozenset[str]:
        """The tests that run one of these lines; if none does, those that run the file at all."""
        lines = self.lines.get(path, {})
        chosen = frozenset[str]().union(*(lines.get(line, ()) for line in range(first, last + 1)))
        return chosen or frozenset[str]().union(*lines.values())


def state_of(root: Path, folders: Iterable[str]) -> str:
    """A digest of all Python and SQL files in the folders of ``root``."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".sql"):
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def record(root: Path, packages: Sequence[str], cache: Path) -> None:
    """Run the tests in ``root``, a copy, and write who covers what to ``cache``."""
    for old in (*cache.glob("coverage*"), cache / "seconds.json"):
        old.unlink(missing_ok=True)
    rc = cache / "coveragerc"
    sources = "\n    ".join(("", *(str(root / package) for package in packages)))
    rc.write_text(_RC.format(sources=sources, data=cache / "coverage"))
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"),
        *("-p", "tools.mutation.plugin", "-p", "no:cacheprovider", "-p", "no:benchmark"),
        *(f"tests/{folder}" for folder in ASKED),
        *(f"--ignore={path}" for path in LEFT_OUT),
    ]
    environment = {
        **os.environ,
        "COVERAGE_PROCESS_START": str(rc),
        "CALLGUARD_MUTATION_RECORD": str(cache / "seconds.json"),
        "PYTHONPATH": str(root),
    }
    # Tests may fail, and are not asked then. A session that breaks off leaves no seconds.
    subprocess.run(command, cwd=root, env=environment, check=False)
    if not (cache / "seconds.json").exists():
        raise RuntimeError("the tests broke off; run them by themselves to see why")
    covered = _covered(root, cache)
    (cache / "covered.json").write_text(json.dumps(covered))


def load(cache: Path) -> Selection:
    """What :func:`record` found."""
    seconds: dict[str, float] = json.loads((cache / "seconds.json").read_text())
    by_file = defaultdict(set)
    for test in seconds:
        by_file[test.partition("::")[0]].add(test)
    lines: dict[str, dict[int, frozenset[str]]] = {}
    covered = json.loads((cache / "covered.json").read_text())
    for path, contexts in covered["lines"].items():
        lines[path] = {}
        for line, numbers in contexts.items():
            tests: set[str] = set()
            for number in numbers:
                test, _, phase = covered["contexts"][number].rpartition(" ")
                # What is set up for one test may serve the others of its file.
                tests |= by_file[test.partition("::")[0]] if phase == "(setup)" else {test}
            lines[path][int(line)] = frozenset(tests & seconds.keys())
    return Selection(seconds, lines)


def _covered(root: Path, cache: Path) -> dict[str, object]:
    from coverage import Coverage

    coverage = Coverage(config_file=str(cache / "coveragerc"))
    coverage.combine()
    data = coverage.get_data()
    contexts: dict[str, int] = {}
    lines = {}
    for name in sorted(data.measured_files()):
        lines[Path(name).relative_to(root).as_posix()] = {
            line: sorted({contexts.setdefault(one, len(contexts)) for one in of_line if one})
            for line, of_line in data.contexts_by_lineno(name).items()
        }
    return {"contexts": list(contexts), "lines": lines}
