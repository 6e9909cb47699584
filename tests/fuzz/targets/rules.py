"""Rule files of any bytes; what is accepted is compiled, runs its examples and scores a record."""

from __future__ import annotations

from callguard import Guard
from callguard.errors import RuleError
from callguard.guard.reading import read_rules, refuse_failing
from callguard.numbering import NumberingPlan
from tests.fuzz.contract import expect, scratch_file

_FILE = scratch_file("rules.yaml")
# Not made anew for each file, as Guard.load does.
_PLAN = NumberingPlan("CN")
_RECORD = {
    "event": "setup",
    "at": 1_700_000_000.0,
    "calling_party_number": "+8613800138000",
    "called_party_number": "13912345678",
    "ingress": "international",
    "display_name": "Bank",
    "text": "win a prize",
}


def run(data: bytes) -> int:
    """How many rules there are in the file; 0 if it is refused."""
    _FILE.write_bytes(data)
    try:
        read = read_rules(_FILE, _PLAN)
        guard = Guard(read.ruleset, _PLAN, read.lists)
        refuse_failing(guard.run_examples())
    except RuleError as error:
        expect(bool(error.faults) and all(str(fault) for fault in error.faults), "no faults")
        return 0
    guard.score(_RECORD)
    expect(not guard.slow_path_total.get("fault"), "a record for which the compiled rules failed")
    return len(read.ruleset.rules)
