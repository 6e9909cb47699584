"""``value_count``: the number of distinct values of a field in the window.

Beyond ``EXACT_DISTINCT`` some values are counted and stand for the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from callguard.counters.canonical import canonical_bytes
from callguard.counters.groups.distinct import DistinctTable
from callguard.counters.protocol import Scalar, Series
from callguard.counters.types.counter_type import CounterType, Sender, lua_file
from callguard.rules.model import Correlation

# Up to this many distinct values are told apart exactly; beyond, they are sampled.
EXACT_DISTINCT: Final = 16_383

_SENT: Final = 16
# A digest differs from text in its first bit.
_DIGEST: Final = 0x80


class ValueCount(CounterType):
    """A figure is the number of distinct values, at most ``keep``; one in ``one_in`` is counted."""

    plain_figure = True
    table = DistinctTable
    server_function = "value_count"

    def bounds(self, rule: Correlation) -> tuple[int, int]:
        """``keep`` is the least power of two above the limit, and at least 16.

        So a limit may be moved a little without losing what was counted. ``one_in`` is the least
        power of two that leaves no more than ``EXACT_DISTINCT`` values to be told apart.
        """
        limit = max((number for _, number in rule.condition), default=0)
        one_in = 1
        while limit / one_in > EXACT_DISTINCT:
            one_in *= 2
        keep = 16
        while keep <= limit / one_in:
            keep *= 2
        return keep, one_in

    def sampler(self, series: Series) -> Callable[[Scalar], bool] | None:
        """Chooses one in ``series.one_in`` values, the same ones for all who count the series.

        The hash is keyed by the series. Who knows the rule can work out which values go uncounted:
        a rule whose limit is that great is better not published.
        """
        if series.one_in == 1:
            return None
        key, bits = series.key.encode(), series.one_in - 1

        def chosen(value: Scalar) -> bool:
            text = value if isinstance(value, str) else repr(float(value))
            digest = hashlib.blake2b(text.encode(), digest_size=8, key=key).digest()
            return not int.from_bytes(digest) & bits

        return chosen

    def lua(self) -> str:
        return lua_file("value_count.lua")

    def sender(self, series: Series) -> Sender:
        return _sent

    def text(self, rule: Correlation, series: Series, figure: Any) -> str:
        """A sampled figure is said to be about right, one at its bound may stand for more."""
        about = "about " if series.one_in > 1 else ""
        more = " or more" if figure >= series.keep else ""
        return f"{about}{figure * series.one_in:,}{more}"

    def plain_value(self, rule: Correlation, series: Series, figure: Any) -> int:
        return int(figure) * series.one_in


def _sent(matched: int, value: Scalar | None) -> tuple[bytes]:
    """A distinct value as 16 bytes: text of up to 16 plain characters itself, else a digest.

    Equal values give equal bytes (5 and 5.0 are equal), others others.
    """
    if isinstance(value, str) and len(value) <= _SENT and value.isascii() and "\0" not in value:
        return (value.encode().ljust(_SENT, b"\0"),)
    digest = hashlib.blake2b(canonical_bytes(value), digest_size=_SENT).digest()
    return (bytes([digest[0] | _DIGEST]) + digest[1:],)
