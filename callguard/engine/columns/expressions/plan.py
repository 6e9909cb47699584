"""How the expressions of one field are looked for, and what that costs at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from callguard.engine.columns.expressions import costs
from callguard.engine.columns.expressions.analysis import MOST_STATES, Analysis, analysed
from callguard.engine.columns.expressions.automaton import Size, TooLarge, size_of
from callguard.engine.columns.expressions.chains import Chain, is_plain
from callguard.engine.columns.expressions.required import Text

_MOST_TOGETHER: Final = 64
_MOST_POSITIONS: Final = 2000


@dataclass(frozen=True, slots=True)
class Plan:
    """How each expression is looked for.

    ``chains`` by the places of their texts, ``needing`` alone where one of its texts was found,
    ``alone`` always, each of ``together`` as one set whose automaton is small.
    """

    chains: tuple[Analysis, ...]
    needing: tuple[Analysis, ...]
    alone: tuple[Analysis, ...]
    together: tuple[tuple[Analysis, ...], ...]

    def texts(self) -> dict[Text, int]:
        """The texts to look for, each with the number of chains that use its places."""
        texts: dict[Text, int] = {}
        for one in self.chains:
            used = not is_plain(one.chain or ())
            for link in one.chain or ():
                for text in link.texts:
                    texts[text] = texts.get(text, 0) + used
        for one in self.needing:
            for text in one.needed or ():
                texts.setdefault(text, 0)
        return texts


@lru_cache(maxsize=64)
def plan(expressions: tuple[str, ...]) -> Plan:
    """The plan for different expressions that RE2 accepts."""
    every = [analysed(expression) for expression in expressions]
    chains = [one for one in every if one.chain is not None]
    others = [one for one in every if one.chain is None]
    small = [one for one in others if one.small is not None]
    whole = _fit(small) is not None
    if whole:
        needing: list[Analysis] = []
        together = [small] if len(small) > 1 else _shared_out(small)
    else:
        needing = [one for one in others if one.needed is not None]
        together = _shared_out([one for one in small if one.needed is None])
    placed = {one.expression for one in needing}
    placed.update(one.expression for group in together for one in group)
    alone = [one for one in others if one.expression not in placed]
    if whole:
        needing = [one for one in alone if one.needed is not None]
        alone = [one for one in alone if one.needed is None]
    return Plan(tuple(chains), tuple(needing), tuple(alone), tuple(map(tuple, together)))


def _fit(group: Sequence[Analysis]) -> Size | None:
    """The automaton that does for all of them; None if it is not small."""
    small = [one.small for one in group if one.small is not None]
    if len(small) > _MOST_TOGETHER or sum(len(one.sets) for one in small) > _MOST_POSITIONS:
        return None
    try:
        return size_of(small, MOST_STATES)
    except TooLarge:
        return None


def _shared_out(some: list[Analysis]) -> list[list[Analysis]]:
    """Groups that fit together. What fits to no other is alone in one only if it may be long."""
    if len(some) < 2:
        return [] if not some or some[0].longest is not None else [some]
    if _fit(some) is not None:
        return [some]
    half = len(some) // 2
    return _shared_out(some[:half]) + _shared_out(some[half:])


def costs_of(made: Plan, characters: int) -> list[tuple[int, tuple[str, ...]]]:
    """(steps, the expressions that they are for), in a text of at most so many characters.

    An expression may be among several.
    """
    apart = (*made.needing, *made.alone)
    return [
        *((one.cost(characters), (one.expression,)) for one in apart),
        *(
            (_set_cost(group, characters), tuple(one.expression for one in group))
            for group in made.together
        ),
        *_text_costs(made, characters),
    ]


def _set_cost(group: Sequence[Analysis], characters: int) -> int:
    size = group[0].size if len(group) == 1 else _fit(group)
    return costs.CALL + (
        costs.BYTES * characters if size is None else costs.reading(characters, size)
    )


def _text_costs(made: Plan, characters: int) -> list[tuple[int, tuple[str, ...]]]:
    """What looking for texts costs, and following them in chains."""
    texts = made.texts()
    if not texts:
        return []
    folded = any(text.folded for text in texts)
    reading = characters * (costs.TEXT_CHAR + (costs.FOLDED_CHAR if folded else 0))
    places = int(characters * costs.HIT * _density(dict.fromkeys(texts, 1)))
    everyone = tuple(one.expression for one in (*made.chains, *made.needing))
    uses = [
        0 if is_plain(one.chain or ()) else _uses(one.chain or (), characters)
        for one in made.chains
    ]
    # All of them together cannot be used more often than their texts fit into one value.
    most = int(characters * _density(texts))
    share = min(1.0, most / max(sum(uses), 1))
    return [
        (reading + places, everyone),
        *(
            (costs.CALL + int(costs.USE * used * share), (one.expression,))
            for one, used in zip(made.chains, uses, strict=True)
        ),
    ]


def _density(weights: Mapping[Text, int]) -> float:
    """The most weight of texts that a character of a value can bring, in the long run.

    Where a text ends, those end too that it ends with; and from where any text ended before, it is
    at least as far as the text is longer than what the two can share.
    """
    density = 0.0
    for folded in (False, True):
        of_text = {text.text: weight for text, weight in weights.items() if text.folded is folded}
        ends = {text[start:] for text in of_text for start in range(len(text))}
        most = 0.0
        for text in of_text:
            weight = sum(of_text.get(text[start:], 0) for start in range(len(text)))
            shared = max(
                (long for long in range(len(text) - 1, 0, -1) if text[:long] in ends), default=0
            )
            most = max(most, weight / (len(text) - shared))
        density += most
    return density


def _uses(chain: Chain, characters: int) -> int:
    """How many places of its texts a chain has to look at, in so many characters."""
    of_link = [[text.text for text in link.texts] for link in chain]
    often = sum(_often(text, characters) for texts in of_link for text in texts)
    return min(often, characters * sum(deepest(texts)[0] for texts in of_link))


def _often(text: str, characters: int) -> int:
    """How many times a text can be found among so many characters, overlapping ones too."""
    period = next(
        step for step in range(1, len(text) + 1) if text[step:] == text[: len(text) - step]
    )
    return characters // period + 1


def deepest(texts: Sequence[str]) -> tuple[int, str]:
    """(how many of the texts can end at one place, the longest of these). There is one at least."""
    every = set(texts)
    return max((sum(text[start:] in every for start in range(len(text))), text) for text in every)
