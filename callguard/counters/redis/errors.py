"""What the errors of a server mean to those who count on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from callguard.errors import CommandError, CounterError, NodeError, ServerError

P = ParamSpec("P")
T = TypeVar("T")


def counter_error(error: ServerError) -> CounterError:
    """A NodeError if only some records cannot be counted, else a CounterError."""
    kind = NodeError if isinstance(error, CommandError) else CounterError
    return kind(str(error))


def raises_counter_errors(ask: Callable[P, T]) -> Callable[P, T]:
    """``ask``, with a CounterError for each ServerError that it raises."""

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return ask(*args, **kwargs)
        except ServerError as error:
            raise counter_error(error) from error

    return asked
