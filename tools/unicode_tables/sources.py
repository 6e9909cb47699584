"""The data files of the Unicode Character Database (UAX #44) and of UTS #39, read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Where https://www.unicode.org/Public/ keeps each file; the source of ICU has all of them in
# source/data/unidata (in Debian: apt-get source icu).
FILES = {
    "UnicodeData.txt": "VERSION/ucd/UnicodeData.txt",
    "CaseFolding.txt": "VERSION/ucd/CaseFolding.txt",
    "DerivedCoreProperties.txt": "VERSION/ucd/DerivedCoreProperties.txt",
    "confusables.txt": "VERSION/security/confusables.txt",
}
_VERSIONS = {
    "CaseFolding.txt": re.compile(r"# CaseFolding-([\d.]+)\.txt"),
    "DerivedCoreProperties.txt": re.compile(r"# DerivedCoreProperties-([\d.]+)\.txt"),
    "confusables.txt": re.compile(r"# Version: ([\d.]+)"),
}


class SourceError(Exception):
    """A data file is missing, of another version, or not what it is called."""


@dataclass(frozen=True, slots=True)
class Character:
    """One line of UnicodeData.txt: what the tables need of it."""

    name: str
    category: str
    bidi_class: str
    decomposes: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """The content of the data files. Characters are strings of one code point."""

    version: str
    characters: dict[str, Character]
    case_folding: dict[str, str]
    default_ignorable: list[tuple[int, int]]
    confusables: dict[str, str]


def read_sources(folder: Path) -> Sources:
    """The data files in a folder. Raises :class:`SourceError`."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        wanted = "; ".join(f"https://www.unicode.org/Public/{FILES[name]}" for name in missing)
        raise SourceError(f"{folder}: missing {', '.join(missing)}; get {wanted}")
    texts = {name: (folder / name).read_text(encoding="utf-8-sig") for name in FILES}
    versions = {name: _version(name, texts[name]) for name in _VERSIONS}
    if len(set(versions.values())) != 1:
        raise SourceError(f"{folder}: the files are of different versions: {versions}")
    return Sources(
        version=versions["confusables.txt"],
        characters=dict(_characters(texts["UnicodeData.txt"])),
        case_folding={
            _text(fields[0]): _text(fields[2])
            for fields in _lines(texts["CaseFolding.txt"])
            if fields[1] in ("C", "F")
        },
        default_ignorable=_joined(
            _range(fields[0])
            for fields in _lines(texts["DerivedCoreProperties.txt"])
            if fields[1] == "Default_Ignorable_Code_Point"
        ),
        confusables={
            _text(fields[0]): _text(fields[1]) for fields in _lines(texts["confusables.txt"])
        },
    )


def _version(name: str, text: str) -> str:
    found = _VERSIONS[name].search(text[:1000])
    if found is None:
        raise SourceError(f"{name}: its first lines name no version, expected a file of Unicode's")
    return found[1]


def _lines(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        content = line.partition("#")[0].strip()
        if content:
            yield [part.strip() for part in content.split(";")]


def _characters(text: str) -> Iterator[tuple[str, Character]]:
    # Ranges (<CJK Ideograph, First>) are left out: nothing in them imitates a letter.
    for line in text.splitlines():
        code, name, category, _, bidi_class, decomposition, *_ = line.split(";")
        if not name.startswith("<"):
            character = Character(name, category, bidi_class, decomposition != "")
            yield chr(int(code, 16)), character


def _text(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


def _range(codes: str) -> tuple[int, int]:
    first, _, last = codes.partition("..")
    return int(first, 16), int(last or first, 16)


def _joined(ranges: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first == joined[-1][1] + 1:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return joined
