"""Numbers that no order may touch: emergency numbers, lists from files, and restored numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from callguard.errors import ListError, PlanError
from callguard.numbering import NumberingPlan, NumberList
from callguard.takedown import reasons
from callguard.takedown.model import FOREVER

_ALWAYS: Final = frozenset(("emergency", "short_code"))


@dataclass(frozen=True, slots=True)
class Protected:
    """Lists of protected numbers and prefixes; emergency numbers are protected without them."""

    numbering: NumberingPlan
    lists: tuple[tuple[Path, NumberList], ...] = ()
    restored: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        paths: Sequence[Path],
        numbering: NumberingPlan,
        restored: Mapping[str, int] | None = None,
    ) -> Protected:
        """Read lists (``docs/rules.md``). Raises PlanError naming the lines that are none.

        ``restored`` numbers (``+`` and digits) were given back at a moment: what happened before
        it is dealt with, and no other report makes candidates of them without a person.
        """
        try:
            lists = tuple((path, NumberList.load(path, numbering)) for path in paths)
        except ListError as error:
            raise PlanError(f"a list of protected numbers cannot be used: {error}") from None
        return cls(numbering, lists, restored or {})

    def among(self, numbers: Sequence[int]) -> dict[int, tuple[str, int]]:
        """Those of the numbers (E.164 digits) that are spared: why, and until which moment."""
        classify, lists = self.numbering.classify, [members for _, members in self.lists]
        spared = {}
        for number in numbers:
            e164 = f"+{number}"
            if any(e164 in each for each in lists) or classify(e164)[1].kind in _ALWAYS:
                spared[number] = reasons.PROTECTED, FOREVER
            elif e164 in self.restored:
                spared[number] = reasons.RESTORED, self.restored[e164]
        return spared

    def described(self) -> list[dict[str, Any]]:
        """Which lists, in the order given, with the SHA-256 of each."""
        return [{"path": str(path), "digest": numbers.digest} for path, numbers in self.lists]
