"""Read the text form of lists."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterator
from pathlib import Path

from pyroaring import BitMap64

from callguard.errors import ListError
from callguard.numbering.plan import NumberingPlan
from callguard.numbering.roar import Content

SHOWN_FAULTS = 20
# Longest number that fits into 64 bits, and longest beginning of numbers, in digits.
_MAX_PACKED = 19
_TEXT_COMMENT = re.compile(r"(?:^|\s)#.*")


class _Lines:
    """The lines of a file without comments, with their numbers, and the file's digest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hash = hashlib.sha256()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        number = 0
        try:
            with self.path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    self._hash.update(line)
                    yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
        except OSError as error:
            raise ListError(f"{self.path}: cannot read the list: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise ListError(
                f"{self.path}:{number}: the line is not UTF-8; save the list as UTF-8 text"
            ) from error

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


class _Faults:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._shown: list[str] = []
        self._count = 0

    def add(self, line: int, message: str) -> None:
        self._count += 1
        if self._count <= SHOWN_FAULTS:
            self._shown.append(f"{self._path}:{line}: {message}")

    def raise_any(self) -> None:
        if self._count > SHOWN_FAULTS:
            self._shown.append(f"and {self._count - SHOWN_FAULTS} more bad lines")
        if self._count:
            raise ListError("\n".join(self._shown))


def read_numbers(path: Path, plan: NumberingPlan) -> Content:
    """The numbers and prefixes of a list. Raises :class:`ListError` with every bad line."""
    whole = array("Q")
    prefixes: dict[int, array[int]] = {}
    long: set[str] = set()
    lines, faults = _Lines(path), _Faults(path)
    classify = plan.classify
    for number, line in lines:
        text = line.partition("#")[0].strip()
        if not text:
            continue
        if text.endswith("*"):
            digits, fault = _prefix(text, plan)
            if fault:
                faults.add(number, fault)
            else:
                prefixes.setdefault(len(digits), array("Q")).append(int(digits))
            continue
        e164, found = classify(text)
        # With a + in front the writer means exactly this number, whatever the plan says of it.
        if e164 is None or (found.kind == "invalid" and not text.startswith("+")):
            faults.add(number, _not_a_number(text, plan))
        elif len(e164) > _MAX_PACKED + 1:
            long.add(e164)
        else:
            whole.append(int(e164))
    faults.raise_any()
    bitmaps = {length: BitMap64(members) for length, members in prefixes.items()}
    return Content(BitMap64(whole), bitmaps, tuple(sorted(long)), lines.digest)


def _prefix(text: str, plan: NumberingPlan) -> tuple[str, str]:
    """The international digits that ``text`` (``138*``) stands for, and what is wrong if any."""
    start = text[:-1].rstrip()
    digits = plan.prefix(start)
    if digits is None:
        return "", (
            f"{text[:40]!r} is not the beginning of a number; write + and the calling code, or "
            f"the digits as dialled in {plan.home}, before the *"
        )
    if len(digits) > _MAX_PACKED:
        return "", f"{text[:40]!r} is longer than any number"
    return digits, ""


def _not_a_number(text: str, plan: NumberingPlan) -> str:
    return (
        f"{text[:40]!r} is not a telephone number of any plan; write + and the calling code, or "
        f"the number as dialled in {plan.home}; a beginning of numbers ends in *"
    )


def read_texts(path: Path) -> tuple[list[str], str]:
    """The lines of a text list and the file's SHA-256. Raises :class:`ListError`."""
    lines, faults = _Lines(path), _Faults(path)
    found = []
    for number, line in lines:
        text = _TEXT_COMMENT.sub("", line).strip()
        if text == "*":
            faults.add(number, "'*' alone stands for everything; write what comes before it")
        elif text:
            found.append(text)
    faults.raise_any()
    return found, lines.digest
