"""How much text one record may make the rules read."""

from __future__ import annotations

from typing import Any, Final

LONGEST_TEXT: Final = 4096


def check_text(field: str, value: Any) -> None:
    """Refuse what is not text, or so long that one record would cost as much as thousands.

    Raises ValueError, which for lone surrogates is a UnicodeEncodeError: no encoding can carry
    them.
    """
    if value.__class__ is not str or len(value) > LONGEST_TEXT:
        raise ValueError(f"{field}: expected text of at most {LONGEST_TEXT} characters")
    if not value.isascii():
        value.encode()
