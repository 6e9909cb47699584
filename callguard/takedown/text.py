"""Free text as people type it, made fit to be kept and shown."""

from __future__ import annotations

import unicodedata
from typing import Final

from callguard.takedown.documents import mask_documents

LONGEST: Final = 500


def clean(text: str, longest: int = LONGEST) -> str:
    """Free text on one line: NFC, white space squeezed, control and format characters left out.

    What may be an identity document is masked. The end of a long text is cut.
    """
    shown = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", text)
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )
    return " ".join(mask_documents(shown).split())[:longest].rstrip()
