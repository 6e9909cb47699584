"""Looking for many expressions in one text, as planned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ahocorasick
import re2

from callguard.engine.columns.expressions.analysis import Analysis
from callguard.engine.columns.expressions.chains import Chain, is_found, is_plain
from callguard.engine.columns.expressions.plan import Plan, plan
from callguard.engine.columns.expressions.required import Text, fold
from callguard.rules.regular import MOST_BYTES, ONE_EXPRESSION_BYTES, options, searcher

_UNANCHORED = re2._re2.RE2.Anchor.UNANCHORED  # noqa: SLF001  the module has no other name for it
# Whether something is in the UTF-8 of a text.
_Asked = Callable[[bytes], bool]


class Search:
    """Finds which of some expressions are in a text.

    ``expressions`` are pairs of an expression and what stands for it in the answer. Raises
    re2.error if RE2 refuses one.
    """

    def __init__(self, expressions: Sequence[tuple[str, int]]) -> None:
        self._owners: dict[str, tuple[int, ...]] = {}
        for expression, owner in expressions:
            self._owners[expression] = (*self._owners.get(expression, ()), owner)
        self.plan: Plan = plan(tuple(self._owners))
        self._sets = [
            (_set_of([one.expression for one in group]), [self._of(one) for one in group])
            for group in self.plan.together
        ]
        self._alone = [(_asked(one), self._of(one)) for one in self.plan.alone]
        self._chains: list[tuple[Chain, bool, tuple[int, ...]]] = []
        self._of_text: dict[Text, list[int]] = {}
        self._needing = [(_asked(one), self._of(one)) for one in self.plan.needing]
        for number, one in enumerate(self.plan.needing):
            for text in one.needed or ():
                self._of_text.setdefault(text, []).append(number)
        self._of_first: dict[Text, list[int]] = {}
        for number, one in enumerate(self.plan.chains):
            chain = one.chain or ()
            self._chains.append((chain, is_plain(chain), self._of(one)))
            for text in chain[0].texts:
                self._of_first.setdefault(text, []).append(number)
        texts = self.plan.texts()
        self._written = _automaton([text for text in texts if not text.folded])
        self._folded = _automaton([text for text in texts if text.folded])

    def _of(self, one: Analysis) -> tuple[int, ...]:
        return self._owners[one.expression]

    def __call__(self, value: str) -> Sequence[int]:
        """What stands for the expressions that are found in the value, in no order."""
        hits: list[int] = []
        data = value.encode() if self._sets or self._alone else b""
        for match, owners in self._sets:
            for hit in match(data):
                hits += owners[hit]
        for asked, of_expression in self._alone:
            if asked(data):
                hits += of_expression
        if self._written is None and self._folded is None:
            return hits
        found: dict[Text, list[int]] = {}
        if self._written is not None:
            _look(self._written.iter(value), found)
        if self._folded is not None:
            _look(self._folded.iter(fold(value)), found)
        if found:
            self._follow(value, data, found, hits)
        return hits

    def _follow(
        self, value: str, data: bytes, found: dict[Text, list[int]], hits: list[int]
    ) -> None:
        of_text, of_first = self._of_text.get, self._of_first.get
        needing = {number for text in found for number in of_text(text, ())}
        if needing:
            data = data or value.encode()
            for number in needing:
                asked, owners = self._needing[number]
                if asked(data):
                    hits += owners
        for number in {number for text in found for number in of_first(text, ())}:
            chain, plain, owners = self._chains[number]
            if plain or is_found(chain, value, found):
                hits += owners


def _look(places: Iterable[tuple[int, Text]], found: dict[Text, list[int]]) -> None:
    get = found.get
    for last, text in places:
        ends = get(text)
        if ends is None:
            found[text] = [last + 1]
        else:
            ends.append(last + 1)


def _automaton(texts: Sequence[Text]) -> Any:
    if not texts:
        return None
    automaton = ahocorasick.Automaton()
    for text in texts:
        automaton.add_word(text.text, text)
    automaton.make_automaton()
    return automaton


def _asked(one: Analysis) -> _Asked:
    if one.small is not None and one.longest is None:  # a set does not look for where it begins
        in_set = _set_of([one.expression])
        return lambda data: bool(in_set(data))
    match = searcher(one.bare, MOST_BYTES if one.small else ONE_EXPRESSION_BYTES).Match
    return lambda data: match(_UNANCHORED, data, 0, len(data))[0][0] >= 0


def _set_of(expressions: Sequence[str]) -> Callable[[bytes], Sequence[int]]:
    made = re2.Set.SearchSet(options())
    for expression in expressions:
        made.Add(expression)
    made.Compile()
    # The wrapper around the set costs as much as the match of a short text.
    match: Callable[[bytes], Sequence[int]] = getattr(made, "_set", made).Match
    return match
