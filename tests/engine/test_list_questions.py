"""Examples that a list decides are set aside; those that fail whatever the lists say are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callguard import Guard, RuleError
from callguard.guard import review, run_examples

RULE = """\
title: A rule
id: 0f4f0d3e-0000-4000-8000-000000000001
name: a-rule
status: test
logsource: {{product: telecom, category: call_setup}}
detection:
{detection}
callguard:
  score: 10
  examples:
    matches: [{{{common}, {matches}}}]
    spares: [{{{common}, {spares}}}]
"""
COMMON = "event: setup, at: 1000, called_party_number: '13800138000', roaming: 'yes'"
LISTED = "  listed: {calling.e164|expand: '%bad%'}\n  condition: listed"
UNLESS = (
    "  abroad: {ingress: international}\n  known: {calling.e164|expand: '%good%'}\n"
    "  condition: abroad and not known"
)
BOTH = (
    "  listed: {calling.e164|expand: '%bad%', ingress: international}\n"
    "  known: {display_name|expand: '%names%'}\n  condition: listed and not known"
)
SAME_TWICE = (
    "  listed: {calling.e164|expand: '%bad%', ingress: international}\n"
    "  known: {calling_party_number|expand: '%bad%'}\n  condition: listed and not known"
)
BAD, OTHER = "calling_party_number: '+447700900123'", "calling_party_number: '+447700900999'"
FOREIGN = "ingress: international"


def _load(path: Path, detection: str, matches: str, spares: str, **lists: str) -> list[str]:
    """The codes of faults, then those of warnings, after loading the file as a guard would."""
    folder = path / "lists"
    folder.mkdir(exist_ok=True)
    for name in ("bad", "good", "names"):
        (folder / f"{name}.txt").write_text(lists.get(name, ""), encoding="utf-8")
    file = path / "rules.yaml"
    text = RULE.format(detection=detection, common=COMMON, matches=matches, spares=spares)
    file.write_text(text, encoding="utf-8")
    reviewed = review(file)
    if reviewed:
        with pytest.raises(RuleError) as caught:
            Guard.load(file)
        assert reviewed.faults == caught.value.faults
    else:
        guard = Guard.load(file)
        assert reviewed.warnings == guard.warnings
        guard.reload()
        assert reviewed.warnings == guard.warnings
    return [fault.code for fault in (*reviewed.faults, *reviewed.warnings)]


CASES: dict[str, tuple[str, str, str, dict[str, str], list[str]]] = {
    "the list has what the example says": (LISTED, BAD, OTHER, {"bad": "+447700900123\n"}, []),
    "the list was emptied": (LISTED, BAD, OTHER, {}, ["CG607"]),
    "nothing but comments is left": (LISTED, BAD, OTHER, {"bad": "# none today\n"}, ["CG607"]),
    "the line of the example went": (LISTED, BAD, OTHER, {"bad": "+8613800138000\n"}, ["CG607"]),
    "the number to spare came on it": (
        *(LISTED, BAD, OTHER),
        *({"bad": "+4477*\n"}, ["CG607"]),
    ),
    "both changed": (LISTED, BAD, OTHER, {"bad": "+447700900999\n"}, ["CG607", "CG607"]),
    "the exception holds the number to match": (
        *(UNLESS, f"{FOREIGN}, {BAD}", "ingress: on_net"),
        *({"good": "+447700900123\n"}, ["CG607"]),
    ),
    "the exception lost the number to spare": (
        *(UNLESS, f"{FOREIGN}, {BAD}", f"{FOREIGN}, {OTHER}"),
        *({}, ["CG607"]),
    ),
    "another test fails whatever the list says": (
        *(BOTH, f"ingress: on_net, {BAD}", OTHER),
        *({"bad": "+447700900123\n"}, ["CG601"]),
    ),
    "no number to look up": (LISTED, "ingress: on_net", OTHER, {}, ["CG601"]),
    "a number that cannot be read": (
        *(LISTED, "calling_party_number: anonymous", OTHER, {}, ["CG601"]),
    ),
    "the spare matches whatever the list says": (
        *(UNLESS, f"{FOREIGN}, {BAD}", f"{FOREIGN}, calling_party_number: anonymous"),
        *({}, ["CG602"]),
    ),
    "one of two lists decides": (
        *(BOTH, f"{FOREIGN}, {BAD}, display_name: Bank", "ingress: on_net"),
        *({"bad": "+447700900123\n", "names": "bank\n"}, ["CG607"]),
    ),
    "two lists decide together": (
        *(BOTH, f"{FOREIGN}, {BAD}, display_name: Bank", "ingress: on_net"),
        *({"names": "BANK\n"}, ["CG607"]),
    ),
    "listed and not listed is no content of a list": (
        SAME_TWICE,
        f"{FOREIGN}, {BAD}", "ingress: on_net", {}, ["CG601"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_example_and_the_lists(name: str, tmp_path: Path) -> None:
    detection, matches, spares, lists, expected = CASES[name]
    assert expected == _load(tmp_path, detection, matches, spares, **lists)


def test_what_is_said_of_it(tmp_path: Path) -> None:
    _load(tmp_path, LISTED, BAD, OTHER)
    (warning,) = review(tmp_path / "rules.yaml").warnings
    assert (
        f"{tmp_path}/rules.yaml:12:15 CG607 warning: a-rule: example 1 of matches is set aside: "
        "it would match with other lines in lists/bad.txt; "
        "put the line back, or choose an example that the lists of today give" == str(warning)
    )


def test_the_rule_stays_in_use(tmp_path: Path) -> None:
    _load(tmp_path, LISTED, BAD, OTHER, bad="+447700900999\n")
    guard = Guard.load(tmp_path / "rules.yaml")
    call = {"event": "setup", "at": 1, "called_party_number": "13800138000"}
    verdict = guard.score({**call, "calling_party_number": "+447700900999"})
    assert ["a-rule"] == verdict.rules


def test_a_result_that_is_set_aside_is_not_a_failure(tmp_path: Path) -> None:
    _load(tmp_path, LISTED, BAD, OTHER)
    found = [(result.ok, result.set_aside) for result in run_examples(tmp_path / "rules.yaml")]
    assert [(False, True), (True, False)] == found


COUNT = """\
title: A count
id: 0f4f0d3e-0000-4000-8000-000000000002
name: a-count
status: test
correlation:
  type: event_count
  rules: [a-rule]
  group-by: [calling.e164]
  timespan: 10m
  condition: {{gte: {wanted}}}
callguard:
  score: 10
  examples:
    matches:
      - - {{event: setup, at: 1, {calls}, repeat: {{count: {count}, every_s: 1{vary}}}}}
    spares:
      - - {{event: setup, at: 1, {calls}}}
"""
CALLED = ", vary: [called_party_number]"
TO_LISTED = "  listed: {called.e164|expand: '%bad%'}\n  condition: listed"


@pytest.mark.parametrize(
    ("detection", "count", "vary", "expected"),
    [
        (LISTED, 5, "", ["CG607"]),
        (LISTED, 4, "", ["CG601"]),
        (TO_LISTED, 5, "", ["CG607"]),
        (TO_LISTED, 5, CALLED, ["CG607"]),
        (TO_LISTED, 4, CALLED, ["CG601"]),
        (TO_LISTED, 40, CALLED, ["CG607"]),
    ],
)
def test_a_correlation_whose_rules_ask_a_list(
    detection: str, count: int, vary: str, expected: list[str], tmp_path: Path
) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "bad.txt").write_text("", encoding="utf-8")
    file = tmp_path / "rules.yaml"
    feeding = RULE.format(detection=detection, common=COMMON, matches="", spares="")
    feeding = feeding.partition("callguard:")[0].replace("status: test", "status: experimental")
    calls = "calling_party_number: '+447700900123', called_party_number: '13800138000'"
    text = COUNT.format(wanted=5, calls=calls, count=count, vary=vary)
    file.write_text(f"{feeding}---\n{text}", encoding="utf-8")
    reviewed = review(file)
    assert expected == [fault.code for fault in (*reviewed.faults, *reviewed.warnings)]


def test_the_metric_and_the_log_say_it(tmp_path: Path) -> None:
    pytest.importorskip("prometheus_client")
    from callguard.observe.metrics import Metrics
    from callguard.observe.reloading import reload_rules

    _load(tmp_path, LISTED, BAD, OTHER, bad="+447700900123\n")
    guard = Guard.load(tmp_path / "rules.yaml")
    (tmp_path / "lists" / "bad.txt").write_text("", encoding="utf-8")
    metrics, log = Metrics(), _Events()
    assert reload_rules(guard, metrics, log)
    assert ["rules_reloaded", "rule_warnings"] == [event for event, _ in log.events]
    assert 1 == log.events[1][1]["number"]
    value = metrics.registry.get_sample_value("callguard_rule_warnings", {"code": "CG607"})
    assert 1 == value
    (tmp_path / "lists" / "bad.txt").write_text("+447700900123\n", encoding="utf-8")
    assert reload_rules(guard, metrics, log)
    assert None is metrics.registry.get_sample_value("callguard_rule_warnings", {"code": "CG607"})
    assert "rules_reloaded" == log.events[-1][0]


class _Events:
    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.events.append((event, fields))

    warning = error = info
