"""The faults of one file: when there are too many, and what a warning changes."""

from __future__ import annotations

import pytest

from callguard.rules.codes import Code
from callguard.rules.nodes import Position
from callguard.rules.report import FAULT_LIMIT, Report, Stopped


def test_a_warning_is_no_fault() -> None:
    report = Report("rules.yaml")
    report.warn(Code.NO_RULES, Position(3, 7), "this is odd", "look at it")
    assert (0, ()) == (len(report), report.faults.faults)
    assert ["rules.yaml:3:7 CG110 warning: this is odd; look at it"] == [
        str(warning) for warning in report.faults.warnings
    ]


def test_warnings_do_not_end_the_reading() -> None:
    report = Report("rules.yaml")
    for line in range(1, FAULT_LIMIT + 2):
        report.warn(Code.NO_RULES, Position(line, 1), "this is odd", "look at it")
    assert FAULT_LIMIT + 1 == len(report.faults.warnings)


def test_a_thousand_faults_end_it_and_that_is_the_last_one() -> None:
    report = Report("rules.yaml")
    for line in range(FAULT_LIMIT, 1, -1):
        report.add(Code.NO_RULES, Position(line, 1), "this is wrong", "fix it")
    with pytest.raises(Stopped):
        report.add(Code.NO_RULES, Position(1, 1), "this is wrong", "fix it")
    lines = [fault.line for fault in report.faults.faults]
    assert [*range(1, FAULT_LIMIT + 1), 1] == lines
    assert "CG111" == report.faults.faults[-1].code


def test_where_the_reading_stops_is_a_fault() -> None:
    report = Report("rules.yaml")
    with pytest.raises(Stopped):
        report.stop(Code.NOT_YAML, Position(2, 4), "this is not YAML", "fix it")
    assert ["rules.yaml:2:4 CG104 this is not YAML; fix it"] == [
        str(fault) for fault in report.faults.faults
    ]
