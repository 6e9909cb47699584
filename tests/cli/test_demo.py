from __future__ import annotations

import json

import pytest

from tests.command_line.running import Run

CALLS = "600"


@pytest.fixture
def plain(run: Run) -> list[str]:
    done = run("demo", "--calls", CALLS)
    assert (0, "") == (done.status, done.err)
    return done.out.splitlines()


def test_the_story_has_every_part(plain: list[str]) -> None:
    parts = [
        "What became of it",
        "Fraud campaigns",
        "Legitimate traffic",
        "Rules that matched",
        "Verdicts",
        "In short",
    ]
    assert parts == [line for line in plain if line in parts]


def test_the_figures_are_those_of_the_json(run: Run, plain: list[str]) -> None:
    result = json.loads(run("demo", "--calls", CALLS, "--json").out)
    fraud, legitimate = result["fraud"], result["legitimate"]
    total = sum(
        group[action]
        for group in (fraud, legitimate)
        for action in ("allow", "inform", "label", "withhold", "block")
    )
    assert result["calls"] + result["messages"] == total
    assert f"{result['recall']:.2%} of the fraud was labelled, withheld or blocked." in plain
    for campaign in result["campaigns"]:
        assert any(line.startswith(f"{campaign['label']}\t") for line in plain)
    for rule in result["rules"]:
        assert any(line.startswith(f"{rule['rule']}\t") for line in plain)


def test_every_emergency_call_is_allowed(run: Run) -> None:
    result = json.loads(run("demo", "--calls", "3000", "--json").out)
    assert result["emergency_calls"] > 0
    assert result["emergency_calls"] == result["emergency_allowed"]


def test_the_seed_decides_the_day(run: Run) -> None:
    def figures(*arguments: str) -> dict[str, object]:
        result = json.loads(run("demo", "--calls", CALLS, "--json", *arguments).out)
        return {key: result[key] for key in result if key not in ("seconds", "records_per_second")}

    assert figures() == figures("--seed", "2016")
    assert figures() != figures("--seed", "1")


def test_no_calls_are_no_day(run: Run) -> None:
    assert 2 == run("demo", "--calls", "0").status
