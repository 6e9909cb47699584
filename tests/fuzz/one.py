"""``python -m tests.fuzz.one TARGET [libFuzzer arguments]``: one target, in this process.

``python -m tests.fuzz`` starts one of these for each target.
"""

from __future__ import annotations

import importlib
import logging
import sys
from contextlib import nullcontext
from typing import Final

# What is instrumented: the code that the targets are about, so that runs are spent on it.
MODULES: Final = ["callguard.records", "callguard.rules", "callguard.counters"]
# Blind runs see no coverage and are many times as fast: mutants of what guided runs have found.
# The argument makes libFuzzer keep inputs of which it sees nothing.
BLIND: Final = "-keep_seed=1"


def main(arguments: list[str]) -> None:
    """Run until a limit among the arguments is reached, or an input breaks the target."""
    # Installed for fuzzing only: the tests of the corpus call the targets without it.
    import atheris

    # Rule files that are refused are logged: millions of lines.
    logging.getLogger("callguard").setLevel(logging.CRITICAL)
    name, *rest = arguments
    guided = atheris.instrument_imports(include=MODULES, enable_loader_override=False)
    with nullcontext() if BLIND in rest else guided:
        target = importlib.import_module(f"tests.fuzz.targets.{name}")
    atheris.Setup([name, *rest], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
