"""What correlations have counted, in words."""

from __future__ import annotations

from fractions import Fraction

from callguard.counters.protocol import Series, WindowFigure, ending
from callguard.rules.model import Correlation

_UNIT = {
    "event_count": "event_count",
    "value_count": "value_count of {}",
    "value_sum": "value_sum of {}",
    "value_avg": "value_avg of {}",
    "temporal": "temporal",
    "temporal_ordered": "temporal_ordered",
}


def wanted(rule: Correlation) -> str:
    """What makes the correlation fire: ``gte 20``, or the rules that must have been seen."""
    if rule.type == "temporal":
        return "all of " + ", ".join(rule.rules)
    if rule.type == "temporal_ordered":
        return "in this order " + ", ".join(rule.rules)
    return " and ".join(f"{op} {limit}" for op, limit in rule.condition)


def counted(rule: Correlation) -> str:
    """What the correlation looks at: ``value_count of called.e164 over 600 s``."""
    return f"{_UNIT[rule.type].format(rule.value_field)} over {rule.timespan} s"


def figure_text(rule: Correlation, series: Series, figure: WindowFigure) -> str:
    """A figure for people: counts, sums and means in the field's own unit, the rules seen."""
    if figure is None:
        return "nothing in the window"
    if isinstance(figure, tuple):
        number, thousandths = figure
        if rule.type == "value_sum":
            return _decimal(thousandths)
        return f"{float(Fraction(thousandths, 1000 * number)):.6g} (mean of {number:,})"
    if rule.type == "temporal":
        seen = _names(rule, figure)
        missing = [name for name in rule.rules if name not in seen]
        found = f"seen {', '.join(seen) or 'none'}"
        return f"{found}, not seen {', '.join(missing)}" if missing else "all seen"
    if rule.type == "temporal_ordered":
        if figure == len(rule.rules):
            return "all seen in order"
        return f"in order so far {', '.join(rule.rules[:figure]) or 'none'}"
    about = "about " if series.one_in > 1 else ""
    return f"{about}{figure * series.one_in:,}{ending(series, figure)}"


def figure_value(
    rule: Correlation, series: Series, figure: WindowFigure
) -> int | float | list[str] | None:
    """A figure for programs: a count, a sum or a mean in the field's own unit, the rules seen."""
    if figure is None:
        return None
    if isinstance(figure, tuple):
        number, thousandths = figure
        per = 1000 if rule.type == "value_sum" else 1000 * number
        return float(Fraction(thousandths, per))
    if rule.type == "temporal":
        return _names(rule, figure)
    if rule.type == "temporal_ordered":
        return list(rule.rules[:figure])
    return figure * series.one_in


def _names(rule: Correlation, seen: int) -> list[str]:
    return [name for place, name in enumerate(rule.rules) if seen >> place & 1]


def _decimal(thousandths: int) -> str:
    """Exactly, for no sum is too great for it: ``-1,234.5``."""
    whole, rest = divmod(abs(thousandths), 1000)
    text = f"{whole:,}.{rest:03}".rstrip("0").rstrip(".")
    return f"-{text}" if thousandths < 0 else text
