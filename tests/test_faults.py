"""The collector of faults: places in words, order, what is kept of many, and what counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import ListError, PlanError, RuleError
from callguard.faults import Fault, Faults, Severity

FAULT = Fault("a.csv", 3, 7, "CG604", "this is wrong", "write it so")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (FAULT, "a.csv:3:7 CG604 this is wrong; write it so"),
        (replace(FAULT, column=0), "a.csv:3 CG604 this is wrong; write it so"),
        (replace(FAULT, line=0, column=0), "a.csv CG604 this is wrong; write it so"),
        (replace(FAULT, remedy=""), "a.csv:3:7 CG604 this is wrong"),
        (replace(FAULT, column=0, code="", remedy=""), "a.csv:3: this is wrong"),
        (replace(FAULT, code=""), "a.csv:3:7: this is wrong; write it so"),
        (
            replace(FAULT, column=0, field="number"),
            "a.csv:3, column number CG604 this is wrong; write it so",
        ),
        (
            replace(FAULT, line=0, column=0, row=9, field="number", code=""),
            "a.csv, row 9, column number: this is wrong; write it so",
        ),
        (
            replace(FAULT, severity=Severity.WARNING),
            "a.csv:3:7 CG604 warning: this is wrong; write it so",
        ),
        (
            replace(FAULT, severity=Severity.HINT, code=""),
            "a.csv:3:7: hint: this is wrong; write it so",
        ),
    ],
)
def test_a_fault_in_words(fault: Fault, expected: str) -> None:
    assert expected == str(fault)


def test_a_fault_as_json() -> None:
    plain = {
        "file": "a.csv",
        "line": 3,
        "column": 7,
        "code": "CG604",
        "message": "this is wrong",
        "remedy": "write it so",
    }
    assert plain == FAULT.to_dict()
    odd = replace(FAULT, line=0, column=0, row=9, field="number", severity=Severity.HINT)
    assert {
        **plain,
        "line": None,
        "column": None,
        "row": 9,
        "field": "number",
        "severity": "hint",
    } == odd.to_dict()


def test_nothing_wrong() -> None:
    faults = Faults("a.csv")
    assert (False, 0, "", (), ()) == (
        bool(faults),
        len(faults),
        str(faults),
        faults.faults,
        faults.warnings,
    )


def test_what_is_added_is_of_the_collectors_file() -> None:
    faults = Faults("a.csv")
    faults.add("CG604", "this is wrong", "write it so", line=3, column=7)
    faults.add("", "odd", line=4, field="number", severity=Severity.WARNING)
    assert (FAULT,) == faults.faults
    assert ["a.csv:4, column number: warning: odd"] == list(map(str, faults.warnings))


def test_warnings_and_hints_are_no_faults() -> None:
    faults = Faults("a.csv")
    faults.add("", "odd", severity=Severity.WARNING)
    faults.add("", "better", severity=Severity.HINT)
    assert (False, 0, (), "") == (bool(faults), len(faults), faults.faults, str(faults))
    assert ["odd", "better"] == [one.message for one in faults.warnings]
    assert (1, 1, 2) == (
        faults.count(Severity.WARNING),
        faults.count(Severity.HINT),
        faults.count(Severity.WARNING, Severity.HINT),
    )


def test_faults_come_in_the_order_of_files_lines_and_columns() -> None:
    faults = Faults()
    places = [("b", 2, 1), ("a", 9, 1), ("b", 1, 5), ("b", 1, 2), ("a", 1, 1)]
    for file, line, column in places:
        faults.note(Fault(file, line, column, "", "", ""))
    assert [("b", 1, 2), ("b", 1, 5), ("b", 2, 1), ("a", 1, 1), ("a", 9, 1)] == [
        (one.file, one.line, one.column) for one in faults.faults
    ]


def test_the_first_of_many_are_kept_and_the_others_counted() -> None:
    faults = Faults("a.csv", limit=2)
    for line in range(1, 1_235):
        faults.add("C1" if line % 2 else "C2", "bad", "fix it", line=line, field="number")
    faults.add("W", "odd", line=7, severity=Severity.WARNING)
    assert [
        "a.csv:1, column number C1 bad; fix it",
        "a.csv:2, column number C2 bad; fix it",
        "a.csv:3 C1 1,232 more faults from here on",
    ] == str(faults).splitlines()
    assert (True, 1_234) == (bool(faults), len(faults))
    assert {
        (Severity.FAULT, "C1", "number"): 617,
        (Severity.FAULT, "C2", "number"): 617,
        (Severity.WARNING, "W", ""): 1,
    } == faults.counts
    assert ["odd"] == [one.message for one in faults.warnings]


def test_one_more_is_one() -> None:
    faults = Faults("a.csv", limit=0)
    faults.add("C1", "bad", line=5)
    assert (True, "a.csv:5 C1 1 more fault from here on") == (bool(faults), str(faults))


def test_that_the_rest_was_not_read_comes_last() -> None:
    faults = Faults("a.csv", limit=2)
    faults.add("C1", "bad", line=5)
    faults.give_up(Fault("a.csv", 5, 1, "C0", "the rest was not read", "fix these first"))
    faults.add("C1", "bad", line=9)
    faults.add("C1", "bad", line=7)
    assert 4 == len(faults)
    assert [
        (5, "bad"),
        (9, "bad"),
        (7, "1 more fault from here on"),
        (5, "the rest was not read"),
    ] == [(one.line, one.message) for one in faults.faults]
    assert () == faults.warnings


def test_given_up_is_a_fault() -> None:
    faults = Faults("a.csv", limit=0)
    faults.give_up(FAULT)
    assert (True, (FAULT,)) == (bool(faults), faults.faults)


severities = st.sampled_from(list(Severity))
some = st.lists(
    st.builds(
        Fault,
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 5),
        st.integers(0, 3),
        st.sampled_from(["C1", "C2", ""]),
        st.text(max_size=3),
        st.just(""),
        severities,
    ),
    max_size=30,
)


@given(some, st.none() | st.integers(0, 8), st.sets(severities))
def test_every_fault_is_counted_and_the_first_are_kept(
    notes: list[Fault], limit: int | None, asked: set[Severity]
) -> None:
    faults = Faults(limit=limit)
    faults.extend(notes)
    by_severity = {one: [note for note in notes if note.severity is one] for one in Severity}
    assert len(by_severity[Severity.FAULT]) == len(faults)
    assert bool(by_severity[Severity.FAULT]) is bool(faults)
    assert sum(len(by_severity[one]) for one in asked) == faults.count(*asked)
    kept = Counter(note for one in asked for note in by_severity[one][:limit])
    cut = [one for one in asked if len(by_severity[one][:limit]) < len(by_severity[one])]
    shown = faults.of(*asked)
    assert kept == Counter(shown[: len(shown) - len(cut)])
    assert len(cut) == len(shown) - kept.total()


@pytest.mark.parametrize("kind", [ListError, PlanError, RuleError])
def test_an_error_of_faults_says_and_holds_them(
    kind: type[ListError | PlanError | RuleError],
) -> None:
    faults = Faults("a.csv")
    faults.note(FAULT)
    faults.add("", "odd", severity=Severity.WARNING)
    faults.add("C2", "bad", line=9)
    error = kind.of(faults)
    assert "a.csv:3:7 CG604 this is wrong; write it so\na.csv:9 C2 bad" == str(error)
    assert faults.faults == error.faults


def test_an_error_without_faults_has_none() -> None:
    assert () == ListError("cannot be read").faults
