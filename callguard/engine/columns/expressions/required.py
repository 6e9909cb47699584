"""Which texts must be in a value for an expression to be found there.

As in Cox, "Regular Expression Matching with a Trigram Index" (2012): a row needs what its parts
need, a choice needs what one of its parts needs, and what is short is put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from callguard.engine.columns.expressions.tree import Chars, Either, Place, Repeated, Row, Tree

_MOST_CHARS: Final = 8  # a set of more characters is no text
_MOST_ROWS: Final = 64  # texts that parts in a row make together
_MOST_CHOICES: Final = 1000
# Shorter texts (in UTF-8) are in every second value.
_LEAST_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a value must contain: as it is, or if ``folded`` in any case (it is folded then).

    A value that contains it may still differ in case if it is not ``exact``.
    """

    text: str
    folded: bool
    exact: bool = True


Texts = frozenset[Text]
EMPTY: Final = frozenset([Text("", folded=False)])


def fold(value: str) -> str:
    """The value with case folded, a character for each: two are equal if RE2's ``(?i)`` says so.

    So it is for all characters whose case folding (Unicode, CaseFolding.txt) is one character.
    """
    folded = value.casefold()
    if len(folded) == len(value):
        return folded
    return "".join([low if len(low := char.casefold()) == 1 else char for char in value])


def has_one_fold(char: str) -> bool:
    """Whether :func:`fold` has the last word on the character."""
    return len(char.casefold()) == 1


def is_worth_it(text: Text) -> bool:
    """Whether the text is so long that few values contain it by chance."""
    return len(text.text.encode("utf-8", "replace")) >= _LEAST_BYTES


def required(tree: Tree) -> Texts | None:
    """Texts of which one must be in every value in which the expression is found.

    None if nothing worth looking for is.
    """
    whole, need = _needs(tree)
    return _better(whole, need)


def texts_of(tree: Tree) -> Texts | None:
    """Exactly what the tree matches, conditions on the place aside; None if that is too much."""
    return _needs(tree)[0]


# (exactly what is matched, what is needed), each None where it is too much or nothing.
_Needs = tuple[Texts | None, Texts | None]


def _needs(tree: Tree) -> _Needs:
    match tree:
        case Chars():
            return _chars(tree), None
        case Place():
            return EMPTY, None
        case Either(parts=parts):
            return _either([_needs(part) for part in parts])
        case Row(parts=parts):
            return _row([_needs(part) for part in parts])
        case Repeated(part=part, low=low, high=high):
            return _repeated(_needs(part), low, high)


def _chars(chars: Chars) -> Texts | None:
    if chars.opaque or sum(high - low + 1 for low, high in chars.ranges) > _MOST_CHARS:
        return None
    each = [chr(code) for low, high in chars.ranges for code in range(low, high + 1)]
    if not chars.folded:
        return frozenset(Text(char, folded=False) for char in each)
    if not all(map(has_one_fold, each)):
        return None
    return frozenset(Text(fold(char), folded=_has_case(char)) for char in each)


def _has_case(char: str) -> bool:
    return not char.casefold() == char.upper() == char.lower() == char


def _either(parts: list[_Needs]) -> _Needs:
    wholes = [whole for whole, _ in parts if whole is not None]
    whole = frozenset().union(*wholes) if len(wholes) == len(parts) else None
    if whole is not None and len(whole) <= _MOST_CHOICES:
        return whole, None
    needs = [need for need in (_better(*part) for part in parts) if need is not None]
    if len(needs) < len(parts):
        return None, None
    need: Texts = frozenset().union(*needs)
    return None, need if len(need) <= _MOST_CHOICES else None


def _row(parts: list[_Needs]) -> _Needs:
    whole: Texts | None = EMPTY
    run, need = EMPTY, None
    for part, needed in parts:
        joined = None if part is None else _joined(run, part)
        if joined is None:
            whole = None
            need = _better(need, _better(run, needed))
            run = EMPTY if part is None else part
        else:
            run = joined
    if whole is not None:
        return run, None
    return None, _better(need, run)


def _joined(left: Texts, right: Texts) -> Texts | None:
    if len(left) * len(right) > max(_MOST_ROWS, len(left), len(right)):
        return None
    return frozenset(_join(one, other) for one in left for other in right)


def _join(left: Text, right: Text) -> Text:
    exact = left.exact and right.exact
    if left.folded == right.folded:
        return Text(left.text + right.text, left.folded, exact)
    plain = right if left.folded else left
    if not any(map(_has_case, plain.text)):
        return Text(left.text + right.text, folded=True, exact=exact)
    return Text(fold(left.text) + fold(right.text), folded=True, exact=False)


def _repeated(part: _Needs, low: int, high: int | None) -> _Needs:
    whole, _ = part
    if low == 0:
        return (whole | EMPTY if whole is not None and high == 1 else None), None
    if whole is None or high is None or high > _MOST_CHARS:
        return None, _better(*part)
    run, texts = EMPTY, EMPTY
    for count in range(1, high + 1):
        joined = _joined(run, whole)
        if joined is None or len(texts | joined) > _MOST_ROWS:
            return None, _better(*part)
        run = joined
        texts = run if count <= low else texts | run
    return texts, None


def _better(one: Texts | None, other: Texts | None) -> Texts | None:
    """The set that fewer values contain a text of, by its shortest; None if neither is worth it."""
    sets = [texts for texts in (one, other) if texts is not None and _least(texts) >= _LEAST_BYTES]
    return max(sets, key=lambda texts: (_least(texts), -len(texts)), default=None)


def _least(texts: Texts) -> int:
    return min(len(each.text.encode("utf-8", "replace")) for each in texts)
