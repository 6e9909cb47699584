"""How the scoring function reads names: folded, and the number that one shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callguard.engine.columns import LONGEST_TEXT
from callguard.records.names import FOLDED, fold_name, shown_number

# The derived field that holds the number shown as a name.
SHOWN: Final = "display_name.e164"
# Derived field -> the record key that it is read from.
NAME_KEYS: Final = {**FOLDED, SHOWN: "display_name"}
Classify = Callable[..., tuple[str | None, Any]]


def read_text(value: object) -> str | None:
    """The text or None; raises TypeError or ValueError for what a column would refuse too."""
    if value is None:
        return None
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        value.encode()
        return value
    raise TypeError(f"expected text of at most {LONGEST_TEXT} characters")


def read_name(value: object) -> str | None:
    """The folded name or None; raises what :func:`read_text` raises of the name as it was sent."""
    text = read_text(value)
    return None if text is None else fold_name(text)


def read_shown(value: object, classify: Classify) -> str | None:
    """The number that a display name shows, in E.164 form; raises as :func:`read_text`."""
    text = read_text(value)
    shown = None if text is None else shown_number(text)
    return None if shown is None else classify(shown)[0]


def look_up_of_name(
    field: str, look_up: Callable[..., int], absent: int, classify: Classify
) -> Callable[[str], int]:
    """A look-up of the name as it was sent, from that of the field's value."""
    if field in FOLDED:
        return lambda name: look_up(read_name(name))

    def look_up_shown(name: str) -> int:
        number = read_shown(name, classify)
        return absent if number is None else look_up(number)

    return look_up_shown
