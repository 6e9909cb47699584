from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line.running import CAUGHT, RULES, SPARED, Run

# A misspelt field on line 8 and a misspelt key on line 11.
FAULTY = RULES.replace("{ingress: international, c", "{ingres: international, c").replace(
    "level: high", "levle: high"
)

WARNED = """\
title: A known number
id: 1f1f3a52-6d0b-4d3c-9f0a-0c7a8c3f5b11
name: known-number
status: experimental
logsource: {product: telecom, category: call_setup}
detection:
  known:
    calling.e164|expand: '%known%'
  condition: known
"""


# What a rule that looks for a word in display names can cost.
SPENT = "{}: automaton steps for the longest texts: setup 225,280; at most 2,500,000\n"


def _write(path: Path, record: object) -> Path:
    path.write_text(json.dumps(record, indent=2), encoding="utf-8")
    return path


def test_check_is_silent_on_good_rules(run: Run, rules: Path) -> None:
    done = run("rules", "check", rules)
    expected = f"{rules}: 0 faults\n" + SPENT.format(rules)
    assert (0, "", expected) == (done.status, done.out, done.err)


def test_check_prints_every_fault(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(FAULTY, encoding="utf-8")
    done = run("rules", "check", path)
    lines = done.out.splitlines()
    assert 1 == done.status
    assert f"{path}: {len(lines)} faults\n" + SPENT.format(path) == done.err
    places = [line.removeprefix(f"{path}:").split(" ")[0] for line in lines]
    assert ["8:12", "11:1"] == places
    assert ["ingress", "level"] == [
        word for word, line in zip(("ingress", "level"), lines, strict=True) if word in line
    ]


def test_check_as_json_says_the_same(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(FAULTY, encoding="utf-8")
    plain = run("rules", "check", path).out.splitlines()
    done = run("rules", "check", path, "--json")
    found = json.loads(done.out)
    assert (1, str(path)) == (done.status, found["file"])
    assert (225_280, 2_500_000) == (found["steps"]["setup"], found["most_steps"])
    assert plain == [
        "{file}:{line}:{column} {code} {message}; {remedy}".format(**fault)
        for fault in found["faults"]
    ]


@pytest.fixture
def warned(tmp_path: Path) -> Path:
    """A rule file without faults beside a compiled list that cannot be used."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "known.txt").write_text("+8613800138000\n", encoding="utf-8")
    (tmp_path / "lists" / "known.roar").write_bytes(b"x")
    path = tmp_path / "warned.yaml"
    path.write_text(WARNED, encoding="utf-8")
    return path


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 1)])
def test_a_warning_changes_the_status_only_where_strictness_is_asked_for(
    run: Run, warned: Path, options: tuple[str, ...], status: int
) -> None:
    done = run("rules", "check", warned, *options)
    assert (status, f"{warned}: 0 faults, 1 warning\n") == (done.status, done.err)
    compiled = warned.parent / "lists" / "known.roar"
    assert done.out.startswith(f"{compiled} CG605 warning: the compiled list is damaged (")


def test_strictness_changes_nothing_without_a_warning(run: Run, rules: Path) -> None:
    done = run("rules", "check", rules, "--strict")
    expected = f"{rules}: 0 faults\n" + SPENT.format(rules)
    assert (0, "", expected) == (done.status, done.out, done.err)


def test_warnings_as_json(run: Run, warned: Path) -> None:
    found = json.loads(run("rules", "check", warned, "--json").out)
    (warning,) = found["warnings"]
    assert ([], "warning", "CG605") == (found["faults"], warning["severity"], warning["code"])


def test_check_reports_failing_examples(run: Run, rules: Path) -> None:
    text = rules.read_text(encoding="utf-8").replace("City Police", "City Hall")
    rules.write_text(text, encoding="utf-8")
    done = run("rules", "check", rules)
    assert (1, 1) == (done.status, len(done.out.splitlines()))
    assert "police-display-name" in done.out


def test_test_counts_the_examples_of_each_rule(run: Run, rules: Path) -> None:
    done = run("rules", "test", rules)
    assert (
        "rule\tmatches\tspares\n"
        "home-number-from-abroad\t1 of 1\t1 of 1\n"
        "police-display-name\t1 of 1\t1 of 1\n"
    ) == done.out
    assert (0, f"{rules}: 4 examples, 0 failed\n") == (done.status, done.err)


def test_test_shows_what_did_not_come_out(run: Run, rules: Path) -> None:
    text = rules.read_text(encoding="utf-8").replace("display_name: Ann", "display_name: police")
    rules.write_text(text, encoding="utf-8")
    done = run("rules", "test", rules)
    assert 1 == done.status
    assert "police-display-name\t1 of 1\t0 of 1" in done.out
    assert done.out.splitlines()[-1].startswith(f"{rules}:")
    assert f"{rules}: 4 examples, 1 failed\n" == done.err


def test_test_as_json(run: Run, rules: Path) -> None:
    text = rules.read_text(encoding="utf-8").replace("display_name: Ann", "display_name: police")
    rules.write_text(text, encoding="utf-8")
    done = run("rules", "test", rules, "--json")
    examples = json.loads(done.out)["examples"]
    assert 1 == done.status
    assert [
        ("home-number-from-abroad", "matches", True),
        ("home-number-from-abroad", "spares", True),
        ("police-display-name", "matches", True),
        ("police-display-name", "spares", False),
    ] == [(example["rule"], example["kind"], example["ok"]) for example in examples]
    assert [] != examples[-1]["reasons"]


def test_explain_says_why(run: Run, rules: Path, tmp_path: Path) -> None:
    record = _write(tmp_path / "record.json", SPARED)
    done = run("rules", "explain", rules, record)
    header, home, police = done.out.splitlines()
    assert (0, "rule\tresult\trole\twhy") == (done.status, header)
    assert home.startswith("home-number-from-abroad\tmissed\tacts\t")
    assert "roaming" in home
    assert police.startswith("police-display-name\tmissed\tshadow\t")


def test_explain_as_json(run: Run, rules: Path) -> None:
    done = run("rules", "explain", rules, "-", "--json", stdin=json.dumps(CAUGHT).encode())
    found = json.loads(done.out)["rules"]
    assert [("home-number-from-abroad", True), ("police-display-name", False)] == [
        (item["rule"], item["matched"]) for item in found
    ]
    assert all(item["reasons"] for item in found)


def test_explain_does_not_let_a_record_steer_the_terminal(
    run: Run, rules: Path, tmp_path: Path
) -> None:
    record = _write(tmp_path / "record.json", {**CAUGHT, "display_name": "\x1b[2Jpolice"})
    done = run("rules", "explain", rules, record)
    assert "\x1b" not in done.out
    assert "matched\tshadow" in done.out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"event": "setup"}\n{"event": "setup"}', "not JSON"),
        ("{}", "event"),
        (" " * (1024 * 1024 + 1), "larger than 1,048,576 bytes"),
    ],
)
def test_explain_refuses_what_is_no_record(
    run: Run, rules: Path, tmp_path: Path, text: str, expected: str
) -> None:
    record = tmp_path / "record.json"
    record.write_text(text, encoding="utf-8")
    done = run("rules", "explain", rules, record)
    assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
    assert expected in done.err


@pytest.mark.parametrize("command", ["check", "test"])
def test_a_missing_file_is_wrong_usage(run: Run, tmp_path: Path, command: str) -> None:
    done = run("rules", command, tmp_path / "none.yaml")
    assert (2, "") == (done.status, done.out)
    assert "none.yaml" in done.err
