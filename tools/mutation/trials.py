"""One mutant's trial: its tests, the quickest files first, until one notices it."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tools.mutation.mutants import Mutant
from tools.mutation.sandbox import Outcome, Sandbox
from tools.mutation.selection import Selection

# Tests are run in batches that take about so long, so that most mutants are seen in the first.
_BATCHES_S: Final = (3.0, 12.0)
# A test hangs if it takes so many times its usual time, and these seconds more.
_PATIENCE: Final = 8.0
_PATIENCE_S: Final = 10.0
_STEPS: Final = "callguard/takedown/expansion/steps.py"


@dataclass(frozen=True)
class Result:
    """What became of a mutant. Two ways to live: tests ``passed``, or are ``unasked`` (none)."""

    key: str
    how: str
    test: str
    seconds: float
    tests: int

    @property
    def killed(self) -> bool:
        return self.how in ("failed", "hung", "crashed")


def chosen(mutant: Mutant, selection: Selection) -> frozenset[str]:
    """The tests that run what the mutant changes. Those of SQL run the function that reads it."""
    if mutant.path.endswith(".sql"):
        return selection.tests(_STEPS, 1, 0)
    # What holds nothing but constants is tested by the tests of its folder.
    folder = f"tests/{mutant.path.split('/')[1]}/"
    tests = selection.tests(mutant.path, mutant.line, mutant.last_line)
    return tests or frozenset(test for test in selection.seconds if test.startswith(folder))


def batches(
    tests: frozenset[str], selection: Selection, budget_s: float, near: str = ""
) -> Iterator[dict[str, float]]:
    """The tests and the seconds that each may take, in the order in which to run them.

    Files in the folder ``near`` come first: they are about what is changed.
    """
    by_file: dict[str, list[str]] = defaultdict(list)
    for test in tests:
        by_file[test.partition("::")[0]].append(test)
    cost = {name: sum(map(selection.seconds.__getitem__, own)) for name, own in by_file.items()}
    limits = [*_BATCHES_S]
    batch: dict[str, float] = {}
    spent = 0.0
    for name in sorted(by_file, key=lambda name: (not name.startswith(near), cost[name], name)):
        if batch and spent + cost[name] > (limits[0] if limits else budget_s):
            yield batch
            batch = {}
            limits = [limit for limit in limits if limit > spent + cost[name]]
        spent += cost[name]
        if spent > budget_s:
            return
        for test in by_file[name]:
            batch[test] = _PATIENCE_S + _PATIENCE * selection.seconds[test]
    if batch:
        yield batch


class Trials:
    """Tries mutants in several sandboxes at once. Results are kept in a file as they come."""

    def __init__(self, tree: Path, selection: Selection, results: Path, budget_s: float) -> None:
        """``tree`` is a copy of the checkout that nobody changes meanwhile."""
        self._tree = tree
        self._selection = selection
        self._budget_s = budget_s
        self._file = results
        self._lock = threading.Lock()
        self.results: dict[str, Result] = {}
        if results.exists():
            for line in results.read_text().splitlines():
                result = Result(**json.loads(line))
                self.results[result.key] = result

    def run(self, mutants: Sequence[Mutant], jobs: int) -> None:
        """Try those that have no result yet, ``jobs`` at a time."""
        waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
        left = [mutant for mutant in mutants if mutant.key not in self.results]
        for mutant in left:
            waiting.put(mutant)
        threads = [
            threading.Thread(target=self._work, args=(number, waiting, len(left)))
            for number in range(jobs)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def controls(self, mutants: Sequence[Mutant]) -> list[Outcome]:
        """Run the tests of these mutants on the code as it is: none should fail."""
        with Sandbox(self._tree, 0) as sandbox:
            outcomes = [self._tests(sandbox, mutant)[0] for mutant in mutants]
        return [outcome for outcome in outcomes if outcome.how != "passed"]

    def _work(self, number: int, waiting: queue.SimpleQueue[Mutant], total: int) -> None:
        with Sandbox(self._tree, number) as sandbox:
            while True:
                try:
                    mutant = waiting.get_nowait()
                except queue.Empty:
                    return
                result = self._try(sandbox, mutant)
                with self._lock:
                    self.results[result.key] = result
                    with self._file.open("a") as file:
                        print(json.dumps(asdict(result)), file=file)
                    left = waiting.qsize()
                    print(f"{total - left}/{total} {result.how} {mutant}", flush=True)

    def _try(self, sandbox: Sandbox, mutant: Mutant) -> Result:
        started = time.monotonic()
        text = (self._tree / mutant.path).read_text(encoding="utf-8")
        sandbox.change(mutant.path, mutant.apply(text))
        try:
            outcome, count = self._tests(sandbox, mutant)
        finally:
            sandbox.change(mutant.path, text)
        spent = round(time.monotonic() - started, 1)
        return Result(mutant.key, outcome.how, outcome.test, spent, count)

    def _tests(self, sandbox: Sandbox, mutant: Mutant) -> tuple[Outcome, int]:
        outcome, count = Outcome("unasked"), 0
        tests = chosen(mutant, self._selection)
        near = mutant.path.replace("callguard/", "tests/").rpartition("/")[0].removesuffix("/steps")
        for batch in batches(tests, self._selection, self._budget_s, near):
            outcome = sandbox.run(batch)
            count += len(batch)
            if outcome.how != "passed":
                break
        return outcome, count


def by_package(mutants: Sequence[Mutant]) -> Mapping[str, list[Mutant]]:
    """The mutants by the folder that they are in."""
    grouped: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        grouped[mutant.path.rpartition("/")[0]].append(mutant)
    return grouped
