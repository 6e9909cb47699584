"""Regular expressions compiled by RE2, with the same options wherever that is done."""

from __future__ import annotations

from functools import lru_cache

import re2

_MIB = 1 << 20
# What RE2 may use for one expression: its program, and the automaton states that it keeps. With
# more, an expression whose automaton grows is slower: a new state costs more than going without.
ONE_EXPRESSION_BYTES = _MIB // 4
# For the few expressions whose programs are larger than that, and for sets.
MOST_BYTES = 64 * _MIB


def options(max_mem: int = MOST_BYTES) -> re2.Options:
    """Options for RE2, which writes nothing to standard error. ``max_mem`` is in bytes."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.max_mem = max_mem
    return chosen


# A compiled expression may take megabytes, so few are kept.
@lru_cache(maxsize=8)
def compiled(expression: str) -> re2._Regexp[str]:
    """The RE2 expression. Raises ``re2.error`` if RE2 refuses it."""
    return re2.compile(expression, options(8 * _MIB))


def searcher(expression: str, max_mem: int = ONE_EXPRESSION_BYTES) -> re2._re2.RE2:
    """The expression for asking only whether it is found: no groups.

    With ``max_mem`` bytes, or what its program needs. Raises ``re2.error`` if RE2 refuses it.
    """
    found = _compiled(expression, max_mem)
    if not found.ok():
        found = _compiled(expression, MOST_BYTES)
    if not found.ok():
        raise re2.error(found.error())
    return found


def _compiled(expression: str, max_mem: int) -> re2._re2.RE2:
    chosen = options(max_mem)
    chosen.never_capture = True
    # Whichever match is found is the same, and the automaton has fewer states.
    chosen.longest_match = True
    return re2._re2.RE2(expression.encode(), chosen)  # noqa: SLF001  re2.compile asks for groups
