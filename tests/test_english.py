"""Documents, messages and help are plain modern English: words that puzzle a reader are refused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# What must not be written -> what to write instead. Only what is always wrong here.
PLAIN = {
    r"mend(s|ed|ing)?": "fix",
    r"stands? twice": "appears twice",
    r"(lies?|stands?) in the": "is in the",
    r"as (it|they) stands?": "as it is, as they are",
    r"(dearer|dearest|is dear|are dear|too dear)": "expensive",
    r"amiss": "wrong",
    r"in vain": "without success",
    r"for ever": "permanently, without end",
    r"as ever": "as usual",
    r"(whoever|whosoever|whomever)": "anyone who, or name the person",
    r"anew": "again, from zero",
    r"(lest|ere|whence|thence|hither|whither|nought|aught)": "so that not, before, from where",
    r"(?<!there )(is|are) no (text|record|list|file|map|registry|correlation)": "is not ...",
    r"hand(s|ed|ing)? on": "pass on, deliver",
}
# Its sentences are part of plans, whose digests people approve: they never change.
KEPT = {"callguard/takedown/reasons.py"}
_FORBIDDEN = re.compile(
    "|".join(rf"(?P<w{at}>\b{word}\b)" for at, word in enumerate(PLAIN)), re.IGNORECASE
)
_REMEDIES = [*PLAIN.values()]


def remedies(text: str, where: str, first: int = 1) -> list[str]:
    """The words to avoid in a text that begins at line ``first``, each with the plain one."""
    unwrapped = re.sub(r"\s", " ", text)
    faults = []
    for match in _FORBIDDEN.finditer(unwrapped):
        line = first + text.count("\n", 0, match.start())
        plain = _REMEDIES[int((match.lastgroup or "w0")[1:])]
        faults.append(f"{where}:{line}: {match.group()!r}: write {plain}")
    return faults


def documents() -> Iterator[tuple[str, str]]:
    """Every page, without the notes and the releases that are history."""
    for path in sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")}):
        text = path.read_text(encoding="utf-8")
        if path.name == "CHANGELOG.md":
            text = text.partition("\n## [0.1.0]")[0]
        if not path.name.startswith("2026-11-"):
            yield str(path.relative_to(ROOT)), text


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Messages, help texts and docstrings of a module, with their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def test_documents_are_in_plain_words() -> None:
    assert [] == [fault for name, text in documents() for fault in remedies(text, name)]


def test_messages_and_help_are_in_plain_words() -> None:
    faults = []
    for path in sorted((ROOT / "callguard").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name in KEPT:
            continue
        for line, text in strings(path):
            faults += remedies(text, name, line)
    assert [] == faults


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("One name\nstands twice.", "a.md:2: 'stands twice': write appears twice"),
        ("It lies in\nthe future.", "a.md:1: 'lies in the': write is in the"),
        ("Mend it", "a.md:1: 'Mend': write fix"),
    ],
)
def test_a_word_to_avoid_is_named_with_the_plain_one(text: str, fault: str) -> None:
    assert [fault] == remedies(text, "a.md")


@pytest.mark.parametrize("text", ["Amendment", "dear customer", "is no longer used", "forever"])
def test_other_words_are_left_alone(text: str) -> None:
    assert [] == remedies(text, "a.md")
