"""Lists of telephone numbers and of texts, read from plain text files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from os import PathLike, stat_result
from pathlib import Path
from typing import TYPE_CHECKING, Self

from callguard.characters import fold, fold_part
from callguard.errors import ListError
from callguard.faults import Fault
from callguard.numbering import compiled_list
from callguard.numbering.listfile import LeftOut, read_numbers, read_texts, unreadable
from callguard.numbering.plan import NumberingPlan

if TYPE_CHECKING:
    from pyroaring import BitMap64


class NumberList:
    """A set of E.164 numbers and prefixes; ``"+8613800138000" in numbers`` looks one up.

    Anything that is not ``+`` and digits is not on the list. ``digest`` is the SHA-256 of the
    list's text, in hex. ``warning`` says why a compiled list beside the text was not used, or that
    bad lines are not in it, and is None otherwise. ``len()`` counts numbers and prefixes.
    """

    __slots__ = ("_long", "_prefixes", "_whole", "digest", "warning")

    def __init__(
        self,
        whole: BitMap64,
        prefixes: Mapping[int, BitMap64],
        long: Iterable[str] = (),
        digest: str = "",
        warning: Fault | None = None,
    ) -> None:
        self._whole = whole
        self._prefixes = tuple(sorted(prefixes.items()))
        self._long = frozenset(long)
        self.digest = digest
        self.warning = warning

    @classmethod
    def load(cls, path: str | PathLike[str], plan: NumberingPlan) -> Self:
        """Open a list: its compiled form if that is up to date, the text otherwise.

        A line holds a number, in any form that the plan reads, or the beginning of numbers with
        ``*`` behind it; ``#`` starts a comment. Raises :class:`ListError` that names the lines
        that are neither, with ``FILE:LINE``.
        """
        path = Path(path)
        compiled = compiled_list.read_fresh(path, _stat(path), plan)
        if isinstance(compiled, compiled_list.ListContent):
            said = compiled_list.left_out_warning(path, compiled)
            return cls(compiled.whole, compiled.prefixes, compiled.long, compiled.digest, said)
        return cls._from_text(path, plan, warning=compiled)

    @classmethod
    def _from_text(cls, path: Path, plan: NumberingPlan, warning: Fault | None) -> Self:
        content = read_numbers(path, plan)
        return cls(content.whole, content.prefixes, content.long, content.digest, warning)

    def __contains__(self, e164: object) -> bool:
        if not isinstance(e164, str):
            return False
        digits = e164[1:]
        if e164[:1] != "+" or not digits.isdecimal():
            return False
        try:
            if int(digits) in self._whole:
                return True
        except (OverflowError, ValueError):
            pass  # more than 64 bits, or more digits than Python turns into a number
        if e164 in self._long:
            return True
        for length, bitmap in self._prefixes:  # noqa: SIM110  a generator doubles the time
            if int(digits[:length]) in bitmap:
                return True
        return False

    def numbers(self) -> Iterator[str]:
        """The whole numbers on the list, in E.164 form."""
        yield from (f"+{number}" for number in self._whole)
        yield from self._long

    def starts(self) -> Iterator[str]:
        """The beginnings of numbers on the list, ``+`` and digits."""
        for length, bitmap in self._prefixes:
            yield from (f"+{start:0{length}}" for start in bitmap)

    def __len__(self) -> int:
        return len(self._whole) + len(self._long) + sum(len(bitmap) for _, bitmap in self._prefixes)


class TextList:
    """A set of texts, without regard to case; a line that ends in ``*`` is a beginning.

    ``digest`` is the SHA-256 of the list's text, in hex.
    """

    def __init__(self, lines: Iterable[str], digest: str = "", *, folded: bool = False) -> None:
        """``folded`` makes a list of folded texts, for fields that hold such."""
        whole_form, part_form = (fold, fold_part) if folded else (str.lower, str.lower)
        whole: set[str] = set()
        prefixes: dict[int, set[str]] = {}
        self._lines = tuple(lines)
        for line in self._lines:
            if line.endswith("*"):
                start = part_form(line[:-1])
                prefixes.setdefault(len(start), set()).add(start)
            else:
                whole.add(whole_form(line))
        self._form = whole_form
        self._whole = frozenset(whole)
        self._prefixes = tuple((length, frozenset(prefixes[length])) for length in sorted(prefixes))
        self.digest = digest

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a list, one text a line; ``#`` at the start of a word starts a comment.

        Raises :class:`ListError` if the file cannot be read as UTF-8, or holds a line with
        nothing but ``*``.
        """
        lines, digest = read_texts(Path(path))
        return cls(lines, digest)

    @cached_property
    def folded(self) -> TextList:
        """The same list for names that are folded (:func:`callguard.characters.fold`)."""
        return TextList(self._lines, self.digest, folded=True)

    def __contains__(self, text: object) -> bool:
        if not isinstance(text, str):
            return False
        form = self._form(text)
        if form in self._whole:
            return True
        return any(form[:length] in known for length, known in self._prefixes)

    def __len__(self) -> int:
        return len(self._whole) + sum(len(known) for _, known in self._prefixes)


def compile_list(
    path: str | PathLike[str], plan: NumberingPlan, left_out: LeftOut | None = None
) -> Path:
    """Write the compiled form of a number list beside it, all or nothing; returns its path.

    The compiled form opens at once, however many numbers it holds. It belongs to the text as it
    is now and to the plan's home country. With ``left_out`` bad lines are told to it and left out.
    Raises :class:`ListError` as :meth:`NumberList.load`.
    """
    path = Path(path)
    before = _stat(path)
    content = read_numbers(path, plan, left_out)
    if _stat(path).st_mtime_ns != before.st_mtime_ns:
        raise ListError(f"{path}: the list changed while it was read; compile it again")
    return compiled_list.write(path, before, plan, content)


def _stat(path: Path) -> stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
