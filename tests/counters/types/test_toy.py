"""A type of correlation that nobody has, added by two definitions and a line in each table.

It is read from a rule file, counted in memory, in files and on a server, compared with its limit,
explained and shown, with no other change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from callguard import Guard, RuleError
from callguard.cli.main import main
from callguard.counters import CounterStore, CounterUpdate, MemoryCounters, Series, series_of
from callguard.counters.groups.table import BUCKET, BUCKET_BITS, LOW, GroupTable
from callguard.counters.types import COUNTER_TYPES, CounterType, Sender, limits_of
from callguard.counters.types.sums import thousandths
from callguard.rules.correlation_types import TYPES, CorrelationType
from callguard.rules.model import Correlation
from tests.counters.redis_stores import open_store
from tests.made.rules import counting
from tests.real_servers.redis import server

LUA = """
-- A string: buckets and their greatest values.
function types.value_max(key, bucket, again, parts, _, ttl)
  local value, state = take(), call('GET', key) or ''
  local kept, newest = {}, nil
  for at = 1, #state, 12 do
    local passed, greatest = read('<I6I6', state, at)
    kept[passed], newest = greatest, max(newest or 0, passed)
  end
  if newest and bucket <= newest - parts then return give(false) end
  local counted = value and not again
  if counted then kept[bucket] = max(kept[bucket] or 0, value) end
  local from, most, changed = max(newest or bucket, bucket) - parts, nil, ''
  for one, greatest in pairs(kept) do
    if one > from then
      most, changed = max(most or 0, greatest), changed .. pack('<I6I6', one, greatest)
    end
  end
  if counted then call('SET', key, changed, 'EX', ttl) end
  give(most or false)
end
"""


class MaxTable(GroupTable):
    """Of each group, under None its newest bucket, and each bucket's greatest value."""

    __slots__ = ()

    def step(self, group: Any, bucket: int, matched: int, value: Any) -> int | None:
        key, hashed = self.group_keys.find(group)
        shard = self.shards[hashed & self.mask]
        state = shard.get(key)
        newest = None if state is None else state[None] & BUCKET
        if newest is not None and bucket <= newest - self.parts:
            return None
        end = bucket if newest is None else max(bucket, newest)
        kept = {one: most for one, most in (state or {}).items() if one and one > end - self.parts}
        if matched:
            kept[bucket] = max(kept.get(bucket, 0), value)
            low = end | len(kept) - 1 << BUCKET_BITS
            self.drop(key, hashed)
            self.begin(shard, key, hashed, end, {None: low, **kept})
            self.held += len(kept) - 1
        return max(kept.values(), default=None)

    def weight(self, state: dict[Any, int]) -> int:
        return len(state) - 1

    def copy(self, state: dict[Any, int]) -> dict[Any, int]:
        return dict(state)

    def lowest(self, states: Iterable[dict[Any, int]]) -> list[int]:
        return [state[None] & LOW for state in states]


class ValueMax(CounterType):
    """A figure is the greatest value in the window, in thousandths."""

    table = MaxTable
    server_function = "value_max"

    def conversion(self) -> Callable[[Any], int]:
        return thousandths

    def lua(self) -> str:
        return LUA

    def sender(self, series: Series) -> Sender:
        return lambda _, value: (value,)

    def firing(self, rule: Correlation, one_in: int) -> Callable[[Any], bool]:
        limits = limits_of(rule, 1000)
        return lambda figure: all(compare(figure, limit) for compare, limit in limits)

    def text(self, rule: Correlation, series: Series, figure: Any) -> str:
        return f"{figure / 1000:g} at most"

    def plain_value(self, rule: Correlation, series: Series, figure: Any) -> float:
        return float(figure / 1000)


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two definitions, and a line in each table."""
    monkeypatch.setitem(TYPES, "value_max", CorrelationType(limit="number", value="numeric"))
    monkeypatch.setitem(COUNTER_TYPES, "value_max", ValueMax())


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server() as one:
        yield one.url


RULES = """
title: Calls that ended
id: 00000000-0000-4000-8000-000000000001
name: ended
status: experimental
logsource: {product: telecom, category: call_release}
detection:
  call: {called_party_number|exists: true}
  condition: call
level: low
---
title: A long call
id: 00000000-0000-4000-8000-000000000002
name: long-call
status: stable
correlation:
  type: value_max
  rules: [ended]
  group-by: [calling.e164]
  timespan: 1m
  condition: {gte: 12.5, FIELD}
level: low
callguard:
  score: 60
  examples:
    matches:
      - - {event: release, at: 7, calling_party_number: '13800138000',
           called_party_number: '01069445566', duration_s: 12.5}
        - {event: release, at: 8, calling_party_number: '13800138000',
           called_party_number: '01069445566', duration_s: 1}
    spares:
      - - {event: release, at: 7, calling_party_number: '13800138000',
           called_party_number: '01069445566', duration_s: 12.4}
"""


def rule_file(folder: Path, field: str = "field: duration_s") -> Path:
    file = folder / "rules.yaml"
    file.write_text(RULES.replace("FIELD", field))
    return file


def ended(at: float, duration_s: float) -> dict[str, Any]:
    return {
        "event": "release",
        "at": at,
        "calling_party_number": "13800138000",
        "called_party_number": "01069445566",
        "duration_s": duration_s,
    }


# The last is judged 70 seconds after the long call.
CALLS = [ended(1000, 2), ended(1001, 12.5), ended(1030, 3), ended(1071, 4)]
FIRES = [False, True, True, False]


def verdicts(guard: Guard, *, together: bool) -> list[bool]:
    scored = guard.score_many(CALLS) if together else map(guard.score, CALLS)
    return ["long-call" in verdict.rules for verdict in scored]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("place", ["memory", "server"])
def test_it_is_read_counted_and_judged(
    tmp_path: Path, url: str, place: str, *, together: bool
) -> None:
    store: CounterStore = MemoryCounters() if place == "memory" else open_store(url, prefix="g")
    guard = Guard.load(rule_file(tmp_path), state=store, clock=lambda: 2000.0)
    if place == "server":
        store.reset(guard.series["long-call"].key)
    assert all(result.ok for result in guard.run_examples())
    assert FIRES == verdicts(guard, together=together)
    (last,) = [one for one in guard.explain(ended(1072, 20)) if one.rule == "long-call"]
    text = "value_max of duration_s over 60 s: 20 at most; wanted: gte 12.5; holds for"
    assert (True, (f"{text} calling.e164='+8613800138000'",)) == (last.matched, last.reasons)


def test_a_rule_file_must_say_what_the_type_needs(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="type value_max needs a 'field' in its condition"):
        Guard.load(rule_file(tmp_path, ""))
    with pytest.raises(RuleError, match="type value_max needs a numeric field"):
        Guard.load(rule_file(tmp_path, "field: ingress"))


def test_it_is_saved_loaded_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules, file = rule_file(tmp_path), tmp_path / "counters"
    store = MemoryCounters()
    guard = Guard.load(rules, state=store, clock=lambda: 2000.0)
    verdicts(guard, together=False)
    store.save(file)
    loaded = MemoryCounters.load(file)
    step = (guard.series["long-call"], "+8613800138000", 1071 * 64 // 60, 0, None)
    assert [4000] == store.preview([step]) == loaded.preview([step])
    command = ["counters", "show", str(file), "--rules", str(rules), "--rule", "long-call"]
    assert 0 == main([*command, "--group", "+8613800138000", "--at", "1030", "--json"])
    line = json.loads(capsys.readouterr().out)
    assert (4.0, False) == (line["figure"], line["holds"])


def test_every_store_says_what_a_plain_list_says(tmp_path: Path, url: str) -> None:
    one = series_of(counting("c", "x", type="value_max", condition=(("gt", 1),)), "key-of-toy")
    memory, remote = MemoryCounters(), open_store(url, prefix="walk")
    random, bucket = Random(7), 1_000_000
    events: list[tuple[int, int]] = []
    for number in range(600):
        bucket = max(0, bucket + random.choice((0, 0, 1, 2, 5, -1, -3, -62, -63, -64, 62, 63, 64)))
        matched, value = random.choice((0, 1, 1)), random.randrange(10**12)
        step: CounterUpdate = (one, "g", bucket, matched, value if matched else None)
        newest = max((other for other, _ in events), default=None)
        expected = None
        if newest is None or bucket > newest - one.parts:
            events += [(bucket, value)] * matched
            end = bucket if newest is None else max(newest, bucket)
            inside = [most for other, most in events if other > end - one.parts]
            expected = max(inside, default=None)
        assert [expected] == memory.preview([step]) == remote.preview([step])
        assert [expected] == memory.step([step]) == remote.step([step])
        if number % 100 == 0:
            memory.save(tmp_path / "saved")
            memory = MemoryCounters.load(tmp_path / "saved")
    remote.reset(one.key)


def test_both_tables_name_the_same_types(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TYPES.keys() == COUNTER_TYPES.keys()
    monkeypatch.undo()
    assert TYPES.keys() == COUNTER_TYPES.keys()
    assert "value_max" not in TYPES
