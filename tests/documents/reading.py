"""The pages of documentation, and what they tell a reader to type."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
    if path.is_file()
)
SHELLS = ("sh", "console")
# A fenced block with its language, or code within a sentence.
_CODE = re.compile(
    r"^```(?P<language>\w*)\n(?P<block>.*?)^```$|(?<!`)`(?P<inline>[^`]+)`(?!`)",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Code:
    """A piece of code of a page. ``language`` is None within a sentence, "" of a block without."""

    line: int
    language: str | None
    text: str


@dataclass(frozen=True)
class Command:
    """A line to type: parts of a pipe, each its words; ``variables`` are set for the first."""

    line: int
    text: str
    parts: tuple[tuple[str, ...], ...]
    variables: tuple[tuple[str, str], ...] = ()
    within_sentence: bool = False


def name_of(page: Path) -> str:
    """The path of a page in the repository."""
    return str(page.relative_to(ROOT))


def code(text: str, first_line: int = 1) -> Iterator[Code]:
    """Every piece of code, in order."""
    for match in _CODE.finditer(text):
        line = first_line + text.count("\n", 0, match.start())
        if match["inline"] is None:
            yield Code(line, match["language"], match["block"])
        else:
            yield Code(line, None, " ".join(match["inline"].replace("\\|", "|").split()))


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [one.text for one in code(text) if one.language == language]


def commands(text: str, first_line: int = 1) -> Iterator[Command]:
    """What a page says to type: in blocks of a shell, and ``callguard …`` and ``make …``."""
    for one in code(text, first_line):
        if one.language in SHELLS:
            lines = one.text.replace("\\\n", " ").splitlines()
            for text_line in lines:
                yield from _split(one.line, text_line.removeprefix("$ "))
        elif one.language is None and one.text.startswith(("callguard ", "make ")):
            yield from _split(one.line, one.text, within_sentence=True)
        elif one.language == "ini":
            for started in re.findall(r"^ExecStart=\S*/(callguard .*)$", one.text, re.MULTILINE):
                yield from _split(one.line, started)


def _split(line: int, text: str, *, within_sentence: bool = False) -> Iterator[Command]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    parts: list[list[str]] = [[]]
    for word in lexer:
        if word == "|":
            parts.append([])
        elif word in ("&&", ";"):
            yield from _command(line, text, parts, within_sentence)
            parts = [[]]
        else:
            parts[-1].append(word)
    yield from _command(line, text, parts, within_sentence)


def _command(
    line: int, text: str, parts: list[list[str]], within_sentence: bool
) -> Iterator[Command]:
    first = parts[0]
    variables = []
    while first and re.fullmatch(r"[A-Z_]+=.*", first[0], re.DOTALL):
        name, _, value = first.pop(0).partition("=")
        variables.append((name, value))
    if first:
        words = tuple(map(tuple, parts))
        yield Command(line, text.strip(), words, tuple(variables), within_sentence)
