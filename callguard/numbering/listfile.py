"""Read the text form of lists."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pyroaring import BitMap64

from callguard.errors import ListError
from callguard.faults import Faults
from callguard.numbering.compiled_list import ListContent
from callguard.numbering.plan import NumberingPlan
from callguard.numbering.text import rewritten

# The code of what is wrong with a list; ``docs/rules.md`` explains it.
BAD_LIST: Final = "CG604"
# Longest number that fits into 64 bits, and longest beginning of numbers, in digits.
_MAX_PACKED: Final = 19
_AS_TEXT: Final = "write all digits; in a spreadsheet format the column as text"
_TEXT_COMMENT: Final = re.compile(r"(?:^|\s)#.*")


class _Lines:
    """The lines of a file without comments, with their numbers, and the file's digest.

    A file that cannot be read to its end is a fault, and ends the iteration.
    """

    def __init__(self, path: Path, faults: Faults) -> None:
        self._path = path
        self._faults = faults
        self._hash = hashlib.sha256()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        number = 0
        try:
            with self._path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    self._hash.update(line)
                    yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
        except OSError as error:
            _add(self._faults, 1, *_unreadable(error))
        except UnicodeDecodeError:
            _add(self._faults, number, "the line is not UTF-8", "save the list as UTF-8 text")

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def unreadable(path: Path, error: OSError) -> ListError:
    """The error that a list is which cannot be opened."""
    faults = Faults(str(path))
    _add(faults, 1, *_unreadable(error))
    return ListError.of(faults)


def _unreadable(error: OSError) -> tuple[str, str]:
    return f"cannot read the list: {error.strerror}", "check the path and its permissions"


def _add(faults: Faults, line: int, message: str, remedy: str) -> None:
    faults.add(BAD_LIST, message, remedy, line=line, column=1)


def read_numbers(path: Path, plan: NumberingPlan) -> ListContent:
    """The numbers and prefixes of a list. Raises :class:`ListError` with every bad line."""
    whole = array("Q")
    prefixes: dict[int, array[int]] = {}
    long: set[str] = set()
    faults = Faults(str(path))
    lines = _Lines(path, faults)
    classify = plan.classify
    for number, line in lines:
        text = line.partition("#")[0].strip()
        if not text:
            continue
        if text.endswith("*"):
            digits, fault = _prefix(text, plan)
            if fault:
                _add(faults, number, *fault)
            else:
                prefixes.setdefault(len(digits), array("Q")).append(int(digits))
            continue
        e164, number_class = classify(text)
        # With a + in front the writer means exactly this number, whatever the plan says of it.
        if e164 is None or (number_class.kind == "invalid" and not text.startswith("+")):
            _add(faults, number, *_not_a_number(text, plan))
        elif len(e164) > _MAX_PACKED + 1:
            long.add(e164)
        else:
            whole.append(int(e164))
    if faults:
        raise ListError.of(faults)
    bitmaps = {length: BitMap64(members) for length, members in prefixes.items()}
    return ListContent(BitMap64(whole), bitmaps, tuple(sorted(long)), lines.digest)


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


def read_texts(path: Path) -> tuple[list[str], str]:
    """The lines of a text list and the file's SHA-256. Raises :class:`ListError`."""
    faults = Faults(str(path))
    lines = _Lines(path, faults)
    texts = []
    for number, line in lines:
        text = _TEXT_COMMENT.sub("", line).strip()
        if text == "*":
            _add(faults, number, "'*' alone means everything", "write what comes before it")
        elif text:
            texts.append(text)
    if faults:
        raise ListError.of(faults)
    return texts, lines.digest
