"""``python -m tools.mutation``: a random sample of mutants, its score and the survivors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from tools.mutation import selection
from tools.mutation.mutants import Mutant, compiles, mutants_of
from tools.mutation.sandbox import copied
from tools.mutation.score import wilson
from tools.mutation.trials import Result, Trials, by_package

ROOT: Final = Path(__file__).resolve().parents[2]
CACHE: Final = ROOT / ".cache" / "mutation"
PACKAGES: Final = (
    *("callguard/engine", "callguard/rules"),
    *("callguard/takedown/expansion", "callguard/takedown/journal"),
)
WANTED: Final = 0.85


@click.command()
@click.option("--count", default=500, show_default=True, help="How many mutants of Python.")
@click.option("--seed", default=2026, show_default=True, help="Which sample.")
@click.option("--jobs", default=2, show_default=True, help="Mutants at a time.")
@click.option("--budget", default=60.0, show_default=True, help="Seconds of tests for a mutant.")
@click.option("--only", default="", help="Mutants of files whose path holds this.")
@click.option("--controls", default=10, show_default=True, help="Runs of tests on no mutant.")
@click.option("--keep-map", is_flag=True, help="Use the last record of who covers what.")
@click.option("--again", is_flag=True, help="Try those that survived once more.")
def main(
    count: int, seed: int, jobs: int, budget: float, only: str, controls: int, **flags: bool
) -> None:
    """Change the code in small ways and see whether tests notice.

    A sample of the mutants of Python, and every mutant of SQL files. Results are kept in
    .cache/mutation, and what has one is not tried again: an interrupted run goes on.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("CALLGUARD_SHARED", str(ROOT.parent / "shared"))
    with copied(ROOT) as tree:
        chosen = _selection(tree, flags["keep_map"])
        files = [path for package in PACKAGES for path in sorted((tree / package).rglob("*"))]
        mutants = [
            mutant
            for path in files
            if path.suffix in (".py", ".sql") and only in path.as_posix()
            for mutant in mutants_of(path, tree)
        ]
        python = _sample(tree, [one for one in mutants if one.path.endswith(".py")], count, seed)
        sql = [one for one in mutants if one.path.endswith(".sql")]
        trials = Trials(tree, chosen, CACHE / "results.jsonl", budget)
        if flags["again"]:
            trials.results = {key: one for key, one in trials.results.items() if one.killed}
        if failures := trials.controls([*sql[:1], *python[:controls]]):
            raise click.ClickException(f"tests fail without a mutant: {failures}")
        trials.run([*python, *sql], jobs)
    print(f"\n{len(mutants)} mutants in all; seed {seed}")
    share = _report("Python, a random sample", python, trials.results)
    _report("SQL, all", sql, trials.results)
    sys.exit(share < WANTED)


def _selection(tree: Path, keep: bool) -> selection.Selection:
    state = CACHE / "state"
    now = selection.state_of(tree, [*PACKAGES, "tests"])
    if not state.exists() or (state.read_text() != now and not keep):
        state.unlink(missing_ok=True)
        selection.record(tree, PACKAGES, CACHE)
        state.write_text(now)
    return selection.load(CACHE)


def _sample(tree: Path, mutants: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """The first ``count`` in a random order, without those that are not Python at all."""
    sample: list[Mutant] = []
    for mutant in sorted(mutants, key=lambda mutant: mutant.rank(seed)):
        if len(sample) == count:
            break
        if compiles(mutant, (tree / mutant.path).read_text(encoding="utf-8")):
            sample.append(mutant)
    return sample


def _report(title: str, mutants: Sequence[Mutant], results: dict[str, Result]) -> float:
    if not mutants:
        return 1.0
    killed = sum(results[mutant.key].killed for mutant in mutants)
    low, high = wilson(killed, len(mutants))
    share = killed / len(mutants)
    print(f"\n{title}: {killed} of {len(mutants)} killed, {share:.1%} (95 %: {low:.1%}-{high:.1%})")
    for package, own in sorted(by_package(mutants).items()):
        print(f"  {package}: {sum(results[one.key].killed for one in own)} of {len(own)}")
    for mutant in sorted(mutants, key=lambda mutant: (mutant.path, mutant.line)):
        if not results[mutant.key].killed:
            print(f"survived: {mutant}")
    return share


if __name__ == "__main__":
    main()
