"""What correlations have counted, in words."""

from __future__ import annotations

from callguard.engine.series import Figure, Series, ending
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


def figure_text(rule: Correlation, series: Series, figure: Figure) -> str:
    """A figure for people: counts, sums and means in the field's own unit, the rules seen."""
    if figure is None:
        return "nothing in the window"
    if isinstance(figure, tuple):
        number, thousandths = figure
        total = thousandths / 1000
        return (
            f"{total / number:.6g} over {number}" if rule.type == "value_avg" else f"{total:.15g}"
        )
    if rule.type == "temporal":
        missing = [name for place, name in enumerate(rule.rules) if not figure >> place & 1]
        return "all seen" if not missing else "not seen: " + ", ".join(missing)
    if rule.type == "temporal_ordered":
        seen = rule.rules[:figure]
        return f"in order so far: {', '.join(seen) or 'none'}"
    about = "about " if series.one_in > 1 else ""
    return f"{about}{figure * series.one_in:,}{ending(series, figure)}"
