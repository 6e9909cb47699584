"""The types of correlation as rule files know them: one definition each, one line in ``TYPES``.

How a type counts is in :mod:`callguard.counters.types`, under the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class CorrelationType:
    """What a rule file says of a correlation of one type.

    ``limit`` is what its condition compares: a count (a ``whole`` number, 0 or more) or any
    ``number``. None: it has no condition, and fires when every rule was seen. ``value`` is the
    ``field`` that the condition names: ``any`` field, a ``numeric`` one, or None if it reads none.
    ``least_rules`` is how many rules it needs.
    """

    limit: Literal["whole", "number"] | None
    value: Literal["any", "numeric"] | None = None
    least_rules: int = 1


TYPES: Final[dict[str, CorrelationType]] = {
    "event_count": CorrelationType(limit="whole"),
    "value_count": CorrelationType(limit="whole", value="any"),
    "value_avg": CorrelationType(limit="number", value="numeric"),
    "value_sum": CorrelationType(limit="number", value="numeric"),
    "temporal": CorrelationType(limit=None, least_rules=2),
    "temporal_ordered": CorrelationType(limit=None, least_rules=2),
}
