from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from callguard.errors import RecordError
from callguard.records import validate
from callguard.records.codecs.unforeseen import unforeseen
from tests.conftest import ROOT
from tests.fuzz.contract import BrokenContractError, expect, records_of
from tests.made.read_results import CHECKED, LEAST

FOLDER = Path(__file__).parent
TARGETS = sorted(path.stem for path in (FOLDER / "targets").glob("*.py"))
SEEDS = sorted((FOLDER / "corpus").glob("*/*"))


def _run(seed: Path) -> int:
    found: int = import_module(f"tests.fuzz.targets.{seed.parent.name}").run(seed.read_bytes())
    return found


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed.parent.name}-{seed.name}")
def test_no_input_of_the_corpus_breaks_its_target(seed: Path) -> None:
    assert _run(seed) >= 0


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_of_each_target_has_inputs_that_are_read_and_that_are_not(target: str) -> None:
    seeds = [seed for seed in SEEDS if seed.parent.name == target]
    assert {True, False} == {_run(seed) > 0 for seed in seeds}


def test_a_fault_of_our_own_breaks_the_contract() -> None:
    assert [CHECKED] == records_of([validate(LEAST), RecordError("x", "f:1")])
    with pytest.raises(BrokenContractError, match="a fault in callguard"):
        records_of([unforeseen(KeyError("x"), "f:1")])
    with pytest.raises(BrokenContractError, match="without a reason or a source"):
        records_of([RecordError("x")])
    with pytest.raises(BrokenContractError, match="no promise"):
        expect(False, "no promise")


def test_an_unknown_target_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--only", "sip,pigeons"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    wanted = "pigeons" if "atheris" not in done.stderr else "pip install -e '.[fuzz]'"
    assert (True, True) == (done.returncode != 0, wanted in done.stderr)
