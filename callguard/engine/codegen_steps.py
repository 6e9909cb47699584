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
    "  f = correlate(at, steps, triggers)",
    "  if f:",
    "   if f < 0: return finish(record, call_id, at, m, [*bad, DEGRADED[f]])",
    "   m |= f",
)
# The counters are asked by somebody else, for many records together.
DEFERRED: Final = (
    " if steps:",
    "  if not early(at): return Pending(finish, record, call_id, at, m, bad, steps, triggers)",
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
    correlations: Sequence[CompiledCorrelation],
    values: Sequence[str],
    names: dict[str, Any],
    store: MemoryCounters,
) -> list[str]:
    """Lines that count in ``store`` and put the bits of what fires into ``m``.

    Records that are too early to count go the way of :data:`COUNTED`.
    """
    names.update({"lock": store.lock, "AHEAD_S": AHEAD_S})
    lines = []
    for index, correlation in enumerate(correlations):
        names[f"count{index}"] = store.counter(correlation.series)
        condition, step = _step(index, correlation, values, names)
        fires = _fires(index, correlation)
        lines += [
            f"    if {condition}:",
            f"     k = count{index}({step})",
            f"     if k is not None and {fires}: f |= {correlation.trigger[0]}",
        ]
    return [
        " if at > clock() + AHEAD_S:",
        *[f" {line}" for line in write_steps(correlations, values, names)],
        *[f" {line}" for line in COUNTED],
        " else:",
        "  f = 0",
        "  try:",
        "   with lock:",
        *lines,
        "  except Exception: return finish(record, call_id, at, m, [*bad, 'counters'])",
        "  if f: m |= f",
    ]


def _fires(index: int, correlation: CompiledCorrelation) -> str:
    """An expression for whether the figure ``k`` makes the correlation fire."""
    rule = correlation.rule
    if rule.type in ("event_count", "value_count") and correlation.series.one_in == 1:
        tests = [
            f"k {_SYMBOLS[op]} {number}" for op, number in rule.condition if isinstance(number, int)
        ]
        if len(tests) == len(rule.condition):
            return " and ".join(tests)
    return f"F{index}[1](k)"


def write_steps(
    correlations: Sequence[CompiledCorrelation], values: Sequence[str], names: dict[str, Any]
) -> list[str]:
    """Lines that put this record's steps into ``steps`` and their triggers into ``triggers``.

    They say what :meth:`CompiledCorrelation.step` says. ``values`` are the names of the locals
    that hold the values wanted; the mask is in ``m``, the time in ``at``.
    """
    names["DEGRADED"] = DEGRADED
    lines = [" steps = []", " triggers = []"]
    for index, correlation in enumerate(correlations):
        names.update(
            {
                f"S{index}": correlation.series,
                f"F{index}": correlation.trigger,
                f"C{index}": correlation.counted,
            }
        )
        condition, step = _step(index, correlation, values, names)
        lines += [
            f" if {condition}:",
            f"  steps.append((S{index}, {step}))",
            f"  triggers.append(F{index})",
        ]
    return lines


def _step(
    index: int, correlation: CompiledCorrelation, values: Sequence[str], names: dict[str, Any]
) -> tuple[str, str]:
    """(whether the record means anything to the correlation, what follows the step's series)."""
    group = [values[position] for position in correlation.group]
    value = values[correlation.value] if correlation.value is not None else None
    present = [f"{name} is not None" for name in dict.fromkeys([*group, *filter(None, [value])])]
    conditions = " and ".join(([f"m & C{index}"] if correlation.counted else []) + present)
    matched = _matched(index, correlation, names)
    if correlation.sample is not None:
        names[f"sample{index}"] = correlation.sample
        matched = f"{matched} if sample{index}({value}) else 0"
    counted = value
    if correlation.rule.type in SUMS and value is not None:
        names["thousandths"] = thousandths
        counted = f"thousandths({value})"
    key = group[0] if len(group) == 1 else f"({''.join(f'{name}, ' for name in group)})"
    bucket = f"int(at * {correlation.series.parts}) // {correlation.series.timespan}"
    return conditions or "True", f"{key}, {bucket}, {matched}, {counted}"


def _matched(index: int, correlation: CompiledCorrelation, names: dict[str, Any]) -> str:
    """An expression for the rules counted that the record matched, one bit each."""
    if not correlation.counted:
        return "0"
    if len(correlation.masks) == 1:
        return "1"
    parts = []
    for position, mask in enumerate(correlation.masks):
        if mask:
            names[f"C{index}_{position}"] = mask
            parts.append(f"({1 << position} if m & C{index}_{position} else 0)")
    return " | ".join(parts)
