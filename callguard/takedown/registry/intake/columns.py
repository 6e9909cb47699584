"""Which column of a feed is which, and what may be said about a feed in messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from callguard.errors import RegistryError

COLUMNS: Final = (
    "number",
    "owner_id",
    "owner_document",
    "owner_kind",
    "service",
    "registered_at",
    "activated_at",
    "closed_at",
    "carrier",
    "agent",
    "status",
)
OWNERS: Final = ("owner_id", "owner_document")
TIMES: Final = ("registered_at", "activated_at", "closed_at")
# A feed without them is poorer, and nobody is harmed by it. Without closed_at every registration
# would look open.
OPTIONAL: Final = frozenset({"activated_at", "agent", *OWNERS})

_FILLING = re.compile(r"[\s_\-\ufeff]+")
_BY_LETTERS: Final = {name.replace("_", ""): name for name in COLUMNS}


class RowError(ValueError):
    """Why a row of a feed cannot be used. Neither part repeats a value of the row."""

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason if column is None else f"{column} {reason}")
        self.column = column
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Columns:
    """``positions`` maps a column's name to its place in the feed, counted from 0.

    ``width`` is how many columns the feed has; ``warnings`` says what of it is not read.
    """

    positions: dict[str, int]
    width: int
    warnings: tuple[str, ...]


def known(name: str) -> str | None:
    """The column that a header means, whatever its case, spaces and hyphens; None if it is none."""
    return _BY_LETTERS.get(_letters(name))


def match_columns(header: Sequence[str], where: str) -> Columns:
    """Find the columns of a feed by its header.

    Raises RegistryError, which begins with ``where``, if a needed column is missing or appears
    twice. Names that are not columns are in a warning.
    """
    positions: dict[str, int] = {}
    unknown: dict[int, str] = {}
    for place, title in enumerate(header):
        name = known(title)
        if name is None:
            unknown[place] = title
        elif name in positions:
            raise RegistryError(
                f"{where}: the column {name} appears twice "
                f"(columns {positions[name] + 1} and {place + 1}); keep one of them"
            )
        else:
            positions[name] = place
    if not positions:
        # That line may be the first row: nothing of it is repeated.
        raise RegistryError(
            f"{where}: the first line names no column of a registration feed; "
            f"write a header with {', '.join(COLUMNS)}"
        )
    missing = [name for name in COLUMNS if name not in positions and name not in OPTIONAL]
    if not any(name in positions for name in OWNERS):
        missing.insert(min(1, len(missing)), "owner_id or owner_document")
    # An optional column of which the name is nearly right was meant: losing it would go unseen.
    spare = [name for name in ("activated_at", "agent") if name not in positions]
    near = _near(unknown, [*_names(missing), *spare])
    if missing or near:
        said = f"; did you mean {', '.join(near)}?" if near else ""
        lack = f"has no column {', '.join(missing)}" if missing else "has a column of unknown name"
        raise RegistryError(f"{where}: the header {lack}{said}")
    return Columns(positions, len(header), _warnings(unknown, where))


def suggestion(text: str, words: Sequence[str]) -> str:
    """``; did you mean WORD?`` or nothing. Only ``words`` are ever repeated."""
    near = get_close_matches(text.casefold(), words, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _letters(name: str) -> str:
    return _FILLING.sub("", name).casefold()


def _names(missing: Iterable[str]) -> list[str]:
    return [name for words in missing for name in words.split(" or ")]


def _near(unknown: dict[int, str], wanted: list[str]) -> list[str]:
    by_letters = {name.replace("_", ""): name for name in wanted}
    near_names = []
    for place, title in unknown.items():
        near = get_close_matches(_letters(title), by_letters, n=1, cutoff=0.75)
        if near:
            near_names.append(f"{by_letters[near[0]]} for {_title(title, place)}")
    return near_names


def _title(title: str, place: int) -> str:
    """A header's name if it looks like one; a stray value is not repeated."""
    short = len(title) <= 40 and sum(character.isdigit() for character in title) <= 3
    plain = short and title.replace("_", "").replace(" ", "").isalnum()
    return repr(title) if plain else f"column {place + 1}"


def _warnings(unknown: dict[int, str], where: str) -> tuple[str, ...]:
    if not unknown:
        return ()
    names = ", ".join(_title(title, place) for place, title in list(unknown.items())[:10])
    more = f" and {len(unknown) - 10} more" if len(unknown) > 10 else ""
    return (f"{where}: not read, as no column of a registration feed: {names}{more}",)
