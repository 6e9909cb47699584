"""``python -m tests.fuzz``: every fuzzer for a while, and what came of it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from tests.fuzz.one import BLIND

ROOT: Final = Path(__file__).resolve().parents[2]
CORPUS: Final = Path(__file__).parent / "corpus"
CACHE: Final = ROOT / ".cache" / "fuzz"
TARGETS: Final = tuple(sorted(path.stem for path in CORPUS.parent.glob("targets/*.py")))
# One input may not take longer, nor the process more memory.
SLOWEST_S: Final = 10
MOST_MB: Final = 2048
# Longer inputs are slower, and show little more.
LONGEST: Final = 2048

_RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)|^#(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """How often a target was called, for how many seconds, and what it ended with (0: nothing)."""

    target: str
    runs: int
    seconds: float
    status: int
    log: Path


@click.command()
@click.option("--minutes", default=1.0, show_default=True, help="How long each target is run.")
@click.option("--only", default=",".join(TARGETS), show_default=True, help="These targets.")
@click.option("--jobs", default=2, show_default=True, help="Targets at a time.")
@click.option("--seed", default=0, help="The same inputs in the same order; 0 draws others.")
@click.option("--blind", is_flag=True, help="Many more runs, which see no coverage.")
def main(minutes: float, only: str, jobs: int, seed: int, blind: bool) -> None:
    """Call readers with bytes that a fuzzer makes up, and say what they did not promise.

    Inputs that reach new code are kept in .cache/fuzz/TARGET, where the next run begins; one that
    breaks a target in .cache/fuzz/TARGET-crash-*, and the log in .cache/fuzz/TARGET.log.
    """
    if find_spec("atheris") is None:
        raise click.ClickException(
            "the fuzzers need atheris: pip install -e '.[fuzz]'. It has wheels for Linux on x86-64 "
            "and CPython 3.11 to 3.14; elsewhere it has to be built with clang"
        )
    wanted = only.split(",")
    unknown = set(wanted) - set(TARGETS)
    if unknown:
        raise click.UsageError(f"{', '.join(sorted(unknown))}: expected some of {only}")
    CACHE.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(jobs) as pool:
        outcomes = list(pool.map(lambda target: _run(target, minutes * 60, seed, blind), wanted))
    for one in outcomes:
        rate = one.runs / max(one.seconds, 1)
        print(f"{one.target:10} {one.runs:>12,} runs {one.seconds:>9,.0f} s {rate:>9,.0f} a second")
    print(f"{'all':10} {sum(one.runs for one in outcomes):>12,} runs")
    broken = [one for one in outcomes if one.status]
    for one in broken:
        print(f"{one.target}: broken; the end of {one.log}:\n{_end(one.log)}", file=sys.stderr)
    sys.exit(bool(broken))


def _run(target: str, seconds: float, seed: int, blind: bool) -> Outcome:
    found = CACHE / target
    found.mkdir(exist_ok=True)
    log = CACHE / f"{target}.log"
    began = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.run(
            [
                *(sys.executable, "-m", "tests.fuzz.one", target, str(found)),
                str(CORPUS / target),
                f"-max_total_time={max(1, round(seconds))}",
                f"-seed={seed}",
                f"-timeout={SLOWEST_S}",
                f"-rss_limit_mb={MOST_MB}",
                f"-max_len={LONGEST}",
                f"-artifact_prefix={CACHE / target}-",
                "-print_final_stats=1",
                *([BLIND] if blind else []),
            ],
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return Outcome(target, _runs(log), time.monotonic() - began, process.returncode, log)


def _runs(log: Path) -> int:
    """The last number of runs that libFuzzer wrote."""
    counts = _RUNS.findall(log.read_text(encoding="utf-8", errors="replace"))
    return max((int(number) for pair in counts for number in pair if number), default=0)


def _end(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:])


if __name__ == "__main__":
    main()
