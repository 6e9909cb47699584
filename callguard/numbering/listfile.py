"""Read the text form of lists."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from pyroaring import BitMap64

from callguard.errors import ListError
from callguard.faults import Fault, Faults
from callguard.numbering.compiled_list import ListContent
from callguard.numbering.plan import NumberingPlan
from callguard.numbering.text import rewritten

# The code of what is wrong with a list; ``docs/rules.md`` explains it.
BAD_LIST: Final = "CG604"
# Longest number that fits into 64 bits, and longest beginning of numbers, in digits.
_MAX_PACKED: Final = 19
_AS_TEXT: Final = "write all digits; in a spreadsheet format the column as text"
_TEXT_COMMENT: Final = re.compile(r"(?:^|\s)#.*")


# Told of each line that is left out: a fault with its place.
LeftOut = Callable[[Fault], object]


class _Lines:
    """The lines of a file without comments, with their numbers, and the file's digest.

    A line that is not UTF-8 is told to ``bad``, as others are by who reads the lines. A file that
    cannot be read to its end raises :class:`ListError`.
    """

    def __init__(self, path: Path, bad: Callable[[int, str, str], None]) -> None:
        self._path = path
        self._bad = bad
        self._hash = hashlib.sha256()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        try:
            with self._path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    self._hash.update(line)
                    try:
                        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                    except UnicodeDecodeError:
                        self._bad(number, "the line is not UTF-8", "save the list as UTF-8 text")
                    else:
                        yield number, text
        except OSError as error:
            raise unreadable(self._path, error) from error

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


class _Bad:
    """The bad lines of one list: a fault each, or told to ``left_out`` and counted."""

    def __init__(self, path: Path, left_out: LeftOut | None) -> None:
        self._faults = Faults(str(path), rest=f"callguard lists check {path} shows all")
        self._left_out = left_out
        self.number = 0

    def __call__(self, line: int, message: str, remedy: str) -> None:
        self.number += 1
        if self._left_out is None:
            self._faults.add(BAD_LIST, message, remedy, line=line, column=1)
        else:
            self._left_out(Fault(self._faults.file, line, 1, BAD_LIST, message, remedy))

    def refuse(self) -> None:
        """Raise :class:`ListError` if there are any that are not left out."""
        if self._faults:
            raise ListError.of(self._faults)


def unreadable(path: Path, error: OSError) -> ListError:
    """The error that a list is which cannot be opened."""
    faults = Faults(str(path))
    message = f"cannot read the list: {error.strerror}"
    faults.add(BAD_LIST, message, "check the path and its permissions", line=1, column=1)
    return ListError.of(faults)


def read_numbers(path: Path, plan: NumberingPlan, left_out: LeftOut | None = None) -> ListContent:
    """The numbers and prefixes of a list. Raises :class:`ListError` with the bad lines.

    With ``left_out`` these are told to it instead, one by one, and the content is that of the
    others; only a file that cannot be read raises then.
    """
    whole = array("Q")
    prefixes: dict[int, array[int]] = {}
    long: set[str] = set()
    bad = _Bad(path, left_out)
    lines = _Lines(path, bad)
    classify = plan.classify
    for number, line in lines:
        text = line.partition("#")[0].strip()
        if not text:
            continue
        if text.endswith("*"):
            digits, fault = _prefix(text, plan)
            if fault:
                bad(number, *fault)
            else:
                prefixes.setdefault(len(digits), array("Q")).append(int(digits))
            continue
        e164, number_class = classify(text)
        # With a + in front the writer means exactly this number, whatever the plan says of it.
        if e164 is None or (number_class.kind == "invalid" and not text.startswith("+")):
            bad(number, *_not_a_number(text, plan))
        elif len(e164) > _MAX_PACKED + 1:
            long.add(e164)
        else:
            whole.append(int(e164))
    bad.refuse()
    bitmaps = {length: BitMap64(members) for length, members in prefixes.items()}
    return ListContent(BitMap64(whole), bitmaps, tuple(sorted(long)), lines.digest, bad.number)


def _prefix(text: str, plan: NumberingPlan) -> tuple[str, tuple[str, str] | None]:
    """The international digits that ``text`` (``138*``) means, or what is wrong and the remedy."""
    start = text[:-1].rstrip()
    digits = plan.prefix(start)
    if digits is None:
        return "", (
            f"{text[:40]!r} is not the beginning of a number",
            f"write + and the calling code, or the digits as dialled in {plan.home}, before the *",
        )
    if len(digits) > _MAX_PACKED:
        return "", (f"{text[:40]!r} is longer than any number", "write fewer digits")
    return digits, None


def _not_a_number(text: str, plan: NumberingPlan) -> tuple[str, str]:
    found = rewritten(text)
    if found:
        return f"{text[:40]!r} has {found}, so its digits may be lost", _AS_TEXT
    how = f"write + and the calling code, or the number as dialled in {plan.home}"
    return (
        f"{text[:40]!r} is not a telephone number of any plan",
        f"{how}; a beginning of numbers ends in *",
    )


def read_texts(path: Path, left_out: LeftOut | None = None) -> tuple[list[str], str]:
    """The lines of a text list and the file's SHA-256. Raises as :func:`read_numbers` does."""
    bad = _Bad(path, left_out)
    lines = _Lines(path, bad)
    texts = []
    for number, line in lines:
        text = _TEXT_COMMENT.sub("", line).strip()
        if text == "*":
            bad(number, "'*' alone means everything", "write what comes before it")
        elif text:
            texts.append(text)
    bad.refuse()
    return texts, lines.digest
