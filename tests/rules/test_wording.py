"""Every fault: its place, its code, its words, and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from callguard.errors import RuleError
from callguard.rules import read_rule_file
from callguard.rules.codes import Code
from tests.rules.faulty_files import (
    conditions,
    consequences,
    correlations,
    documents,
    selections,
    values,
    whole_file,
)
from tests.rules.faulty_files.fault import RULE, rule

CASES = [
    case
    for module in (
        whole_file,
        documents,
        consequences,
        conditions,
        selections,
        values,
        correlations,
    )
    for case in module.CASES
]
TEMPLATES = ("default", "one_ring")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "known-good.txt").write_text("+8610086\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def faults_of(text: str | bytes) -> list[str]:
    Path("rules.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    file = read_rule_file("rules.yaml", alert_templates=TEMPLATES)
    return [str(fault) for fault in file.faults]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("text", "expected"), CASES)
def test_wording(text: str | bytes, expected: str) -> None:
    assert [f"rules.yaml:{line}" for line in expected.split("\n")] == faults_of(text)


@pytest.mark.usefixtures("folder")
def test_the_good_files_of_the_cases_are_good() -> None:
    assert [] == faults_of(RULE)
    assert [] == faults_of(rule("", "date: '2026-11-01'\nmodified: 2026-11-02\n"))


@pytest.mark.usefixtures("folder")
def test_all_faults_come_at_once_and_in_file_order() -> None:
    text = rule("ingress: international", "ingress: intl\n    cause|lt: '5'").replace(
        "name: a-rule", "name: A rule"
    )
    Path("rules.yaml").write_text(text)
    with pytest.raises(RuleError) as caught:
        read_rule_file("rules.yaml").require()
    assert [(3, "CG210"), (8, "CG313"), (9, "CG204")] == [
        (fault.line, fault.code) for fault in caught.value.faults
    ]
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))


def test_a_file_that_is_not_there(folder: Path) -> None:
    faults = read_rule_file("none.yaml").faults
    assert [
        (
            "none.yaml:1:1 CG101 the file cannot be read: No such file or directory; "
            "check the path and its permissions"
        )
    ] == list(map(str, faults))


def test_a_directory(folder: Path) -> None:
    faults = read_rule_file("lists").faults
    assert ["lists:1:1 CG101 this is a directory; name a rule file"] == list(map(str, faults))


def test_a_device() -> None:
    faults = read_rule_file("/dev/zero").faults
    assert ["/dev/zero:1:1 CG101 this is not an ordinary file; name a rule file"] == list(
        map(str, faults)
    )


def test_a_path_that_no_file_can_have() -> None:
    faults = read_rule_file("a\0b").faults
    assert ["CG101"] == [fault.code for fault in faults]


@pytest.mark.usefixtures("folder")
def test_too_many_faults_end_the_reading() -> None:
    lines = faults_of("".join(f"k{index}: 1\n" for index in range(5000)) + "detection: {}\n")
    assert 1001 == len(lines)
    assert (
        "rules.yaml:1000:1 CG111 1000 faults up to here, the rest of the file was not checked; "
        "fix these first" == lines[-1]
    )


@pytest.mark.usefixtures("folder")
def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callguard.rules.reader.VALUE_LIMIT", 10)
    assert [
        (
            "rules.yaml:5:12 CG106 the file holds more than 10 values; "
            "keep numbers in lists/NAME.txt, or split the file"
        )
    ] == faults_of(RULE)


@pytest.mark.usefixtures("folder")
def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callguard.rules.reader.SIZE_LIMIT", 1 << 20)
    assert [
        (
            "rules.yaml:1:1 CG102 the file is larger than 1 MiB; "
            "keep numbers in lists/NAME.txt, or split the file"
        )
    ] == faults_of(RULE + "#" * (1 << 20))


@pytest.mark.usefixtures("folder")
def test_too_many_example_records(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.rules.faulty_files.fault import sequence

    monkeypatch.setattr("callguard.rules.examples.FILE_LIMIT", 5)
    assert [
        (
            "rules.yaml:24:9 CG220 the sequences of this file hold more than 5 records; "
            "use shorter sequences"
        )
    ] == faults_of(
        sequence(
            "[{event: setup, at: 1, called_party_number: '1', repeat: {count: 6, every_s: 1}}]"
        )
    )


def test_every_code_has_its_wording_tested() -> None:
    source = Path(__file__).read_text()
    tested = set(re.findall(r"CG\d{3}", source + "".join(expected for _, expected in CASES)))
    assert {str(code) for code in Code} == tested


def test_every_code_is_explained() -> None:
    root = Path(__file__).parents[2]
    text = (root / "docs" / "rules.md").read_text()
    used = {
        code
        for source in (root / "callguard").rglob("*.py")
        for code in re.findall(r'"(CG\d{3})"', source.read_text())
    }
    assert {str(code) for code in Code} < used
    assert used == set(re.findall(r"^#### (CG\d{3}) ", text, re.MULTILINE))
