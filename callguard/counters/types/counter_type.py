"""What a type of correlation says about how it is counted: all that stores and judges ask."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from importlib.resources import files
from operator import eq, ge, gt, le, lt
from typing import Any, ClassVar, Final

from callguard.counters.groups.table import GroupTable
from callguard.counters.protocol import PARTS, Scalar, Series, WindowFigure
from callguard.rules.model import Correlation

_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
    "eq": eq,
}
# (matched, value) -> what a server gets of an event, as MessagePack knows it.
Sender = Callable[[int, Scalar | None], tuple[Any, ...]]
Limits = list[tuple[Callable[[Any, Any], bool], int | Fraction]]


class CounterType(ABC):
    """How the correlations of one type are counted, compared with their limits, and read.

    What a rule file must say of the type is in :mod:`callguard.rules.correlation_types`.
    """

    # The number of buckets in a window: a power of two.
    parts: ClassVar[int] = PARTS
    # Whether a figure is one number that limits are compared with as they are in the rule.
    plain_figure: ClassVar[bool] = False
    # What counts a series in memory.
    table: ClassVar[type[GroupTable]]
    # Its function on a server: the ``types.NAME`` that :meth:`lua` defines.
    server_function: ClassVar[str]

    def conversion(self) -> Callable[[Any], Scalar] | None:
        """What is counted of a field's value; None: the value itself."""
        return None

    def bounds(self, rule: Correlation) -> tuple[int, int]:
        """``keep`` and ``one_in`` of the correlation's series."""
        return 0, 1

    def sampler(self, series: Series) -> Callable[[Scalar], bool] | None:
        """Which values are counted, if not all are."""
        return None

    @abstractmethod
    def lua(self) -> str:
        """Lua that defines :attr:`server_function`. Types may share it.

        The function gets key, bucket, again, parts, bound and ttl. It takes what :meth:`sender`
        sent (``take()``; false if nothing is counted), counts it unless ``again``, and gives what
        :meth:`received` reads (``give()``; false if nothing is in the window). See ``begin.lua``
        in :mod:`callguard.counters.redis`.
        """

    def server_bound(self, series: Series) -> int:
        """The number that the Lua function gets as its bound."""
        return series.keep

    def sender(self, series: Series) -> Sender | None:
        """What the server gets of an event that is counted; None: ``true``.

        It raises ValueError for a value that cannot be counted.
        """
        return None

    def received(self, first: Any, rest: Iterator[Any]) -> WindowFigure:
        """The figure of which the server gave ``first``, not False, and perhaps ``rest``.

        Raises TypeError or ValueError for what is not a figure.
        """
        if not isinstance(first, int):
            raise TypeError(first)
        return first

    def firing(self, rule: Correlation, one_in: int) -> Callable[[Any], bool]:
        """Whether a figure of the correlation's series, not None, makes it fire."""
        limits = limits_of(rule, Fraction(1, one_in))
        if len(limits) == 1:
            ((compare, limit),) = limits
            return lambda figure: compare(figure, limit)
        return lambda figure: all(compare(figure, limit) for compare, limit in limits)

    def wanted(self, rule: Correlation) -> str:
        """What makes the correlation fire, in words: ``gte 20``."""
        return " and ".join(f"{op} {limit}" for op, limit in rule.condition)

    @abstractmethod
    def text(self, rule: Correlation, series: Series, figure: Any) -> str:
        """A figure, not None, for people: in the field's own unit."""

    @abstractmethod
    def plain_value(
        self, rule: Correlation, series: Series, figure: Any
    ) -> int | float | list[str]:
        """A figure, not None, for programs: in the field's own unit, ready for JSON."""


def limits_of(rule: Correlation, scale: int | Fraction = 1) -> Limits:
    """What figures are compared with, and how; ``scale`` times the limits of the rule.

    A limit is the decimal number that is in the rule, not the binary one nearest to it.
    """
    return [(_COMPARE[op], _whole(Fraction(str(number)) * scale)) for op, number in rule.condition]


def _whole(number: Fraction) -> int | Fraction:
    return int(number) if number.denominator == 1 else number


def lua_file(name: str) -> str:
    """The Lua that is kept beside the types in a file of that name."""
    return files("callguard.counters.types").joinpath(name).read_text("utf-8")
