"""Identity documents that nobody has, how people spell them, and where they turn up again."""

from __future__ import annotations

import random
import string
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import ahocorasick
import pyarrow as pa
from pyarrow import parquet

# GB 11643: the check character is the weighted sum modulo 11.
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WIDE: Final = str.maketrans(string.digits + "X", "０１２３４５６７８９Ｘ")
SPELLINGS: Final = ("plain", "lower", "spaced", "hyphens", "wide", "dashes", "hidden", "padded")


def resident(draw: random.Random) -> str:
    """A resident identity number of 18 characters."""
    digits = (
        f"{draw.randint(11, 65)}{draw.randint(0, 9999):04}"
        f"{draw.randint(1940, 2007)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}"
        f"{draw.randint(0, 999):03}"
    )
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def old_resident(draw: random.Random) -> str:
    """The older form of 15 digits."""
    new = resident(draw)
    return new[:6] + new[8:17]


def passport(draw: random.Random) -> str:
    return f"{draw.choice('DEGPS')}{draw.choice(string.ascii_uppercase)}{draw.randint(0, 10**7):07}"


def spell(document: str, how: str) -> str:
    """A document as people write it; all spellings are one document."""
    first = 6 if len(document) > 12 else 2
    parts = [document[:first], document[first:-4], document[-4:]]
    return {
        "plain": document,
        "lower": document.lower(),
        "spaced": " ".join(parts),
        "hyphens": "-".join(parts),
        "wide": document.translate(_WIDE),
        "dashes": "\u2013".join(parts),
        "hidden": "\u200b".join(parts),
        "padded": f" \u3000{document}\t",
    }[how]


class Planted:
    """All documents that were planted, each with the place where it was."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self.places: dict[str, str] = {}

    def new(
        self,
        place: str,
        makers: Iterable[Any] = (resident, old_resident, passport),
        how: str | None = None,
    ) -> str:
        """A document that was never planted before, in one of its spellings."""
        choices = list(makers)
        while (document := self._draw.choice(choices)(self._draw)) in self.places:
            pass
        how = how or self._draw.choice(SPELLINGS)
        self.places[document] = f"{place} ({how})"
        return spell(document, how)

    def number(self, place: str) -> str:
        """One that any reader takes for an identity number, wherever it stands."""
        return self.new(place, (resident, old_resident))

    def digits(self, place: str) -> str:
        """One that is nothing but digits, plainly written."""
        return self.new(place, (old_resident,), "plain")


class Search:
    """Looks for planted documents in whatever was written."""

    def __init__(self, planted: Planted) -> None:
        self._machine = ahocorasick.Automaton()
        for document, place in planted.places.items():
            for pattern in patterns(document):
                # Bytes as characters of one byte each: the machine takes text only.
                self._machine.add_word(pattern.decode("latin-1"), (document, place))
        self._machine.make_automaton()

    def below(self, folder: Path) -> list[str]:
        """Where a document stands in a file, its name, or a column of a Parquet file."""
        found = set()
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            found |= {f"name of {name}: {place}" for place in self.within(name.encode())}
            if path.is_file():
                for data in contents(path):
                    found |= {f"{name}: {place}" for place in self.within(data)}
        return sorted(found)

    def within(self, data: bytes) -> set[str]:
        return {
            f"{document} of {place}"
            for _, (document, place) in self._machine.iter(data.decode("latin-1"))
        }


def patterns(document: str) -> set[bytes]:
    """What a document looks like in bytes: in every spelling and encoding, and as a number."""
    spelled = [spell(document, how) for how in SPELLINGS[:-1]]
    found = {text.encode(encoding) for text in spelled for encoding in ("utf-8", "gb18030")}
    found |= {text.encode("unicode_escape") for text in spelled if not text.isascii()}
    found |= {document.encode("utf-16-le"), document.encode("utf-16-be")}
    if document.isdecimal():
        found |= {int(document).to_bytes(8, "little"), int(document).to_bytes(8, "big")}
    return found


# What a document may be parted with, taken away.
_PARTING: Final = {
    code: None
    for code in range(sys.maxunicode)
    if unicodedata.category(chr(code)) in {"Cf", "Pd", "Zs"}
}


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file as they are, as text without what parts a document, and by column."""
    raw = path.read_bytes()
    yield raw
    if path.suffix == ".parquet":
        try:
            table = parquet.read_table(path)
        except (pa.ArrowInvalid, OSError):
            return
        for column in table.columns:
            values = column.combine_chunks().cast(pa.string()).drop_null().to_pylist()
            yield bare("\n".join(values))
    else:
        yield bare(raw.decode("utf-8", "replace"))


def bare(text: str) -> bytes:
    return unicodedata.normalize("NFKC", text).translate(_PARTING).upper().encode()
