"""Characters: which are not seen, and which look like others. Tables of the Unicode Consortium."""

from callguard.characters.folding import fold, fold_part
from callguard.characters.printed import printable
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
    "fold_part",
    "imitations",
    "is_ignorable",
    "printable",
    "without_ignorables",
]
