"""The list of allocated 7-digit blocks of Chinese mobile numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Final

from pyroaring import BitMap

from callguard.errors import NumberingError
from callguard.faults import Faults

# The code of a line that is no block; ``docs/rules.md`` explains it.
BAD_BLOCK: Final = "CG606"
_BLOCK: Final = re.compile(r"(1\d{6})\*?")
_REMEDY: Final = "write the first 7 digits of mobile numbers, such as 1380013"


class MobileBlocks:
    """A set of 7-digit blocks; ``"1380013" in blocks`` says whether one is allocated."""

    __slots__ = ("_blocks",)

    def __init__(self, blocks: Iterable[int]) -> None:
        self._blocks = BitMap(blocks)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> MobileBlocks:
        """Read a text file: one block of 7 digits a line, ``#`` starts a comment.

        Raises :class:`NumberingError` that names the lines that are no blocks.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise NumberingError(f"{path}: cannot read the mobile blocks: {error}") from error
        blocks: list[int] = []
        faults = Faults(str(path))
        for number, line in enumerate(text.splitlines(), 1):
            content = line.partition("#")[0].strip()
            if not content:
                continue
            match = _BLOCK.fullmatch(content)
            if match is not None and match[1].isascii():
                blocks.append(int(match[1]))
            else:
                message = f"{content[:40]!r} is not a block"
                faults.add(BAD_BLOCK, message, _REMEDY, line=number, column=1)
        if faults:
            raise NumberingError.of(faults)
        return cls(blocks)

    def __contains__(self, block: str) -> bool:
        return int(block) in self._blocks

    def __len__(self) -> int:
        return len(self._blocks)

    def runs(self) -> Iterator[tuple[int, int]]:
        """First and last of the blocks that follow each other, in order."""
        first = last = None
        for block in self._blocks:
            if last is None or block != last + 1:
                if first is not None and last is not None:
                    yield first, last
                first = block
            last = block
        if first is not None and last is not None:
            yield first, last
