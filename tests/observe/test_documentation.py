"""docs/observe.md lists every metric and every event of the log, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from callguard.integrations.redis_stream.metrics import StreamMetrics
from callguard.observe.metrics import OTHER_REASON, REASONS, Metrics
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "observe.md").read_text("utf-8")
LEVELS = ("info", "warning", "error")


class Breakers:
    """Counters with breakers, of which there are none yet."""

    circuits: dict[str, object] = {}  # noqa: RUF012


@dataclass
class Event:
    levels: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)


def _rows(title: str) -> list[list[str]]:
    section = TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*) \|$", section, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows]


def _quoted(text: str) -> list[str]:
    return re.findall(r"`(\w+)`", text)


def _calls() -> Iterator[tuple[ast.Call, str]]:
    """Every call of a method in the package, and the method's name."""
    for path in (ROOT / "callguard").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node, node.func.attr


@cache
def _events() -> dict[str, Event]:
    """What is logged anywhere: calls such as ``log.info("name", field=...)``."""
    events: dict[str, Event] = {}
    for call, method in _calls():
        named = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value)
        first = call.args[0] if call.args else None
        if method not in LEVELS or named not in ("log", "self._log"):
            continue
        assert isinstance(first, ast.Constant), ast.unparse(call)
        assert len(call.args) == 1, ast.unparse(call)
        event = events.setdefault(str(first.value), Event())
        event.levels.add(method)
        event.fields.update(str(one.arg) for one in call.keywords)
    return events


def _metrics() -> dict[str, tuple[str, ...]]:
    """Every metric's name as it is scraped, and its labels."""
    metrics = Metrics(Breakers())
    StreamMetrics(metrics)
    return _of(metrics)


def _of(metrics: Metrics) -> dict[str, tuple[str, ...]]:
    registry = metrics.registry
    suffix = {"counter": "_total", "info": "_info"}
    names = [one.name + suffix.get(one.type, "") for one in registry.collect()]
    labels = {"callguard_ruleset_info": ("digest",), "callguard_slow_path_total": ("reason",)}
    labels["callguard_counters_breaker_open"] = ("place",)
    known = vars(registry)["_names_to_collectors"]
    return {name: labels.get(name) or vars(known[name])["_labelnames"] for name in names}


def test_every_metric_is_in_the_table_with_its_labels() -> None:
    table = {_quoted(name)[0]: tuple(_quoted(labels)) for name, labels, *_ in _rows("Metrics")}
    assert _metrics() == table


def test_the_table_says_who_shows_a_metric() -> None:
    shown = {_quoted(name)[0]: by for name, _, by, *_ in _rows("Metrics")}
    of_all = _of(Metrics(Breakers()))
    assert {name: "all" if name in of_all else "worker" for name in _metrics()} == shown


def test_no_metric_is_made_elsewhere() -> None:
    """What registers metrics is asked above; a new integration has to be added there."""
    made = {
        f"callguard_{call.args[0].value!s}" + "_total" * (method == "counter")
        for call, method in _calls()
        if method in ("counter", "gauge")
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and len(call.args) > 1
    }
    assert len(made) > 5
    assert made <= _metrics().keys()


def test_the_reasons_of_degraded_verdicts_are_in_the_table() -> None:
    [text] = [text for name, *_, text in _rows("Metrics") if "degraded" in name]
    assert {*REASONS.values(), OTHER_REASON} <= {*_quoted(text)}


def test_every_event_is_in_the_table_with_its_levels() -> None:
    table = {
        _quoted(name)[0]: {level for level in LEVELS if level in levels}
        for name, levels, _ in _rows("Logs")
    }
    assert {name: event.levels for name, event in _events().items()} == table


def test_every_field_of_an_event_is_in_the_table() -> None:
    # What follows the first colon is about the event, and names no field.
    table = {_quoted(row[0])[0]: {*_quoted(row[2].split(":")[0])} for row in _rows("Logs")}
    assert {name: event.fields for name, event in _events().items()} == table
