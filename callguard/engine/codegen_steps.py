"""The end of a scoring function: its counters, then the verdict.

Counters are asked in one of three ways: all steps in one call of the store; the same, left to the
caller; or, where the store is in this process, one written-out call a series, which spares the
building of steps and is twice as fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from callguard.counters import MemoryCounters
from callguard.counters.protocol import thousandths
from callguard.engine.correlate import AHEAD_S, DEGRADED, EARLY, SUMS, CompiledCorrelation

_SYMBOLS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "=="}
_VERDICT: Final = "Verdict(call_id, at, {}, None, False, digest, bad)"

# The counters are asked at once.
COUNTED: Final = (
    " if steps:",
    "  f = correlate(at, steps, fires)",
    "  if f:",
    "   if f < 0: return finish(record, call_id, at, m, [*bad, DEGRADED[f]])",
    "   m |= f",
)
# The counters are asked by somebody else, for many records together.
DEFERRED: Final = (
    " if steps:",
    "  if not early(at): return Pending(finish, record, call_id, at, m, bad, steps, fires)",
    f"  return finish(record, call_id, at, m, [*bad, {DEGRADED[EARLY]!r}])",
)
SETTLED: Final = (
    " if not m:",
    "  return " + _VERDICT.format("'allow', 0, [], [], None"),
    " o = outcome(m)",
    " if o.template is not None: return finish(record, call_id, at, m, bad)",
    " rules, shadow, basis = [*o.rules], [*o.shadow], o.basis",
    " action, points = o.action, o.score",
    " return " + _VERDICT.format("action, points, rules, shadow, basis"),
)


def write_local(
    watches: Sequence[CompiledCorrelation],
    values: Sequence[str],
    names: dict[str, Any],
    store: MemoryCounters,
) -> list[str]:
    """Lines that count in ``store`` and put what fires into ``f``, or leave to :data:`COUNTED`.

    The long way is taken for records that are too early to count.
    """
    names.update({"lock": store.lock, "AHEAD_S": AHEAD_S})
    lines = []
    for index, watch in enumerate(watches):
        names[f"count{index}"] = store.counter(watch.series)
        condition, step = _step(index, watch, values, names)
        lines += [
            f"    if {condition}:",
            f"     k = count{index}({step})",
            f"     if k is not None and {_fires(index, watch)}: f |= {watch.fire[0]}",
        ]
    return [
        " if at > clock() + AHEAD_S:",
        *[f" {line}" for line in write_steps(watches, values, names)],
        *[f" {line}" for line in COUNTED],
        " else:",
        "  f = 0",
        "  try:",
        "   with lock:",
        *lines,
        "  except Exception: return finish(record, call_id, at, m, [*bad, 'counters'])",
        "  if f: m |= f",
    ]


def _fires(index: int, watch: CompiledCorrelation) -> str:
    """An expression for whether the figure ``k`` makes the correlation fire."""
    rule = watch.correlation
    if rule.type in ("event_count", "value_count") and watch.series.one_in == 1:
        tests = [
            f"k {_SYMBOLS[op]} {number}" for op, number in rule.condition if isinstance(number, int)
        ]
        if len(tests) == len(rule.condition):
            return " and ".join(tests)
    return f"F{index}[1](k)"


def write_steps(
    watches: Sequence[CompiledCorrelation], values: Sequence[str], names: dict[str, Any]
) -> list[str]:
    """Lines that put this record's steps into ``steps`` and what may fire into ``fires``.

    They say what :meth:`CompiledCorrelation.step` says. ``values`` are the names of the locals
    that hold the values wanted; the mask is in ``m``, the time in ``at``.
    """
    names["DEGRADED"] = DEGRADED
    lines = [" steps = []", " fires = []"]
    for index, watch in enumerate(watches):
        names.update(
            {f"S{index}": watch.series, f"F{index}": watch.fire, f"C{index}": watch.counted}
        )
        condition, step = _step(index, watch, values, names)
        lines += [
            f" if {condition}:",
            f"  steps.append((S{index}, {step}))",
            f"  fires.append(F{index})",
        ]
    return lines


def _step(
    index: int, watch: CompiledCorrelation, values: Sequence[str], names: dict[str, Any]
) -> tuple[str, str]:
    """(whether the record means anything to the watch, what follows the series in its step)."""
    group = [values[position] for position in watch.group]
    value = values[watch.value] if watch.value is not None else None
    present = [f"{name} is not None" for name in dict.fromkeys([*group, *filter(None, [value])])]
    conditions = " and ".join(([f"m & C{index}"] if watch.counted else []) + present)
    matched = _matched(index, watch, names)
    if watch.sample is not None:
        names[f"sample{index}"] = watch.sample
        matched = f"{matched} if sample{index}({value}) else 0"
    counted = value
    if watch.correlation.type in SUMS and value is not None:
        names["thousandths"] = thousandths
        counted = f"thousandths({value})"
    key = group[0] if len(group) == 1 else f"({''.join(f'{name}, ' for name in group)})"
    bucket = f"int(at * {watch.series.parts}) // {watch.series.timespan}"
    return conditions or "True", f"{key}, {bucket}, {matched}, {counted}"


def _matched(index: int, watch: CompiledCorrelation, names: dict[str, Any]) -> str:
    """An expression for the rules counted that the record matched, one bit each."""
    if not watch.counted:
        return "0"
    if len(watch.masks) == 1:
        return "1"
    parts = []
    for position, mask in enumerate(watch.masks):
        if mask:
            names[f"C{index}_{position}"] = mask
            parts.append(f"({1 << position} if m & C{index}_{position} else 0)")
    return " | ".join(parts)
