"""Characters: which are not seen, and which look like others. Tables of the Unicode Consortium."""

from callguard.characters.folding import fold
from callguard.characters.tables import (
    UNICODE_VERSION,
    blank_characters,
    imitations,
    is_ignorable,
    without_ignorables,
)

__all__ = [
    "UNICODE_VERSION",
    "blank_characters",
    "fold",
    "imitations",
    "is_ignorable",
    "without_ignorables",
]
