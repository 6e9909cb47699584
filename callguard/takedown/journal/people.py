"""The names of people, as the journal shows and compares them."""

from __future__ import annotations

import unicodedata
from typing import Final

from callguard.takedown.text import clean

_LONGEST: Final = 100


def person_of(name: str) -> str:
    """One form for all spellings of a person's name: NFKC, case folded, white space squeezed.

    Characters that do not show (zero-width ones) are left out, or they would make two people out
    of one. Empty if nothing is left.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return clean(unicodedata.normalize("NFKC", folded), _LONGEST)


def shown_name(name: str) -> str:
    """A person's name as the journal shows it."""
    return clean(name, _LONGEST)
