"""The shipped rules as a whole: they load everywhere, keep the common form, and are documented."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from sigma.collection import SigmaCollection

from callguard import rulepack
from callguard.guard import check
from callguard.rules.model import Correlation, Rule, RuleSet
from tests.made.rule_pack import HOMES, guard_of

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = tuple(yaml.safe_load_all(rulepack.path().read_text(encoding="utf-8")))
NAMES = tuple(document["name"] for document in DOCUMENTS)


def rules() -> RuleSet:
    return guard_of("CN").rules


def by_name(name: str) -> Rule | Correlation:
    return next(rule for rule in rules().rules if rule.name == name)


def silent() -> set[str]:
    """Rules that only feed correlations."""
    counted = {
        name for rule in rules().rules if isinstance(rule, Correlation) for name in rule.rules
    }
    led_to = {name: by_name(name).consequence for name in counted}
    return {name for name, one in led_to.items() if one.score == 0 and one.verdict is None}


@pytest.mark.parametrize("home", HOMES)
def test_it_loads_without_a_fault_in_every_home(home: str) -> None:
    assert () == check(rulepack.path(), home=home)


@pytest.mark.parametrize("home", HOMES)
def test_examples_of_every_home_come_out_as_said(home: str) -> None:
    results = guard_of(home).run_examples()
    assert results
    assert [] == [result.fault() for result in results if not result.ok]


def test_every_example_runs_under_some_home() -> None:
    written = Counter(
        document["name"]
        for document in DOCUMENTS
        for side in document["callguard"]["examples"].values()
        for _ in side
    )
    runs = Counter(result.rule for home in HOMES for result in guard_of(home).run_examples())
    assert written == runs


def test_there_are_enough_rules() -> None:
    assert len(NAMES) - len(silent()) >= 40
    assert sum(isinstance(rule, Correlation) for rule in rules().rules) >= 10


def test_every_rule_says_what_it_is() -> None:
    for document in DOCUMENTS:
        name = document["name"]
        assert UUID(document["id"]).version == 4, name
        assert len(document["description"]) > 20, name
        assert document["author"] == "callguard", name
        assert document["tags"], name
        assert all(tag.startswith("telecom.") for tag in document["tags"]), name


def test_every_rule_that_is_reported_names_sources_and_false_positives() -> None:
    for document in DOCUMENTS:
        if document["name"] not in silent():
            assert document["references"], document["name"]
            assert document["falsepositives"], document["name"]


def test_every_rule_has_an_example_of_each_side() -> None:
    for document in DOCUMENTS:
        examples = document["callguard"]["examples"]
        assert examples["matches"], document["name"]
        assert examples["spares"], document["name"]


def test_deterministic_blocks_rest_on_no_statistics() -> None:
    for rule in rules().rules:
        if isinstance(rule, Correlation):
            assert rule.consequence.basis == "analytic", rule.name
            assert rule.consequence.verdict in (None, "label"), rule.name


def test_behaviour_without_a_published_threshold_only_reports() -> None:
    published = {"hundred-short-calls-an-hour"}
    for rule in rules().rules:
        if isinstance(rule, Correlation):
            expected = "test" if rule.name in published else "experimental"
            assert expected == rule.status, rule.name


def test_no_weak_signal_reaches_a_label_alone_and_no_pair_a_block() -> None:
    """Signals without a verdict of their own only add up."""
    weak = [rule for rule in rules().rules if rule.acts and rule.consequence.verdict is None]
    scores = sorted(
        (rule.consequence.score for rule in weak if rule.consequence.score < 50), reverse=True
    )
    assert len(scores) > 10
    assert scores[0] < 50
    assert scores[0] + scores[1] < 90


def test_every_alert_is_a_template_that_some_rule_uses() -> None:
    from callguard.alerts import TEMPLATES

    assert set(TEMPLATES) == {
        rule.consequence.alert for rule in rules().rules if rule.consequence.alert
    }


def test_every_list_beside_the_pack_is_named_by_a_rule() -> None:
    beside = {path.stem for path in (rulepack.path().parent / "lists").glob("*.txt")}
    assert beside == set(rules().lists)


def test_pysigma_reads_every_rule() -> None:
    collection = SigmaCollection.from_yaml(rulepack.path().read_text(encoding="utf-8"))
    assert [] == collection.errors
    assert list(NAMES) == [rule.name for rule in collection.rules]


def page_rows() -> dict[str, list[str]]:
    """Rule name -> the cells of its row in docs/rule-pack.md."""
    text = (ROOT / "docs" / "rule-pack.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|(.*)\|$", text, re.MULTILINE)
    assert len(rows) == len({name for name, _ in rows})
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def act_of(rule: Rule | Correlation) -> str:
    if rule.name in silent():
        return "counts"
    act = " + ".join(
        part
        for part in (rule.consequence.verdict, str(rule.consequence.score))
        if part and part != "0"
    )
    return act if rule.acts else f"reports ({act})"


def test_the_page_lists_every_rule_with_its_act_and_status() -> None:
    rows = page_rows()
    assert set(NAMES) == set(rows)
    for rule in rules().rules:
        assert [act_of(rule), rule.status] == rows[rule.name][1:3], rule.name


def test_the_page_lists_every_list() -> None:
    text = (ROOT / "docs" / "rule-pack.md").read_text(encoding="utf-8")
    assert set(rules().lists) == set(
        re.findall(r"^\| `lists/([a-z0-9_]+)\.txt` \|", text, re.MULTILINE)
    )
