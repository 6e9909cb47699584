"""All mutants of a file: where, what it said, what it says now.

The operators are mutmut's. Its runner is not used: it mutates functions without decorators only
(here much is in tables, class bodies and properties), runs all mutants or named ones (no random
sample), and knows no SQL. It leaves the text of f-strings alone too, which is where the generators
of code say what they generate.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation.mutators import mutation_operators

from tools.mutation import texts

# Modules whose strings are Python, and those whose strings are SQL.
GENERATORS: Final = ("codegen",)
_SQL_WORDS: Final = ("SELECT ", "CREATE ", "INSERT ", "PRAGMA ", "RAISE", "WHERE ", "synchronous")
# What only a type checker reads.
_TYPING: Final = frozenset({"cast", "TypeVar", "NewType", "ParamSpec"})


@dataclass(frozen=True)
class Mutant:
    """One change of one file: ``text[start:end]`` becomes ``new``.

    ``before`` and ``after`` are the lines concerned, without line breaks and indentation.
    """

    path: str
    scope: str
    line: int
    lines: int
    start: int
    end: int
    new: str
    before: str
    after: str
    ordinal: int

    @property
    def key(self) -> str:
        """The same for the same change, whatever else changes in the file."""
        return "::".join((self.path, self.scope, self.before, self.after, str(self.ordinal)))

    def rank(self, seed: int) -> str:
        """The mutants of the lowest ranks are a random sample, little changed by other edits."""
        return hashlib.sha256(f"{seed}:{self.key}".encode()).hexdigest()

    @property
    def last_line(self) -> int:
        """The last line that the change concerns."""
        return self.line + self.lines - 1

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" + (f" {self.scope}" if self.scope else "")
        return f"{where}: {_shortened(self.before, self.after)}"

    def apply(self, text: str) -> str:
        """The file's text with the change made."""
        return text[: self.start] + self.new + text[self.end :]


def mutants_of(path: Path, root: Path) -> list[Mutant]:
    """Every mutant of a Python or SQL file below ``root``, in the order of the text."""
    text = path.read_text(encoding="utf-8")
    changes = _sql(text) if path.suffix == ".sql" else _python(path, text)
    seen: Counter[tuple[str, str, str]] = Counter()
    mutants = []
    for scope, start, end, new in changes:
        if new == text[start:end]:
            continue
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", end) if "\n" in text[end:] else len(text)
        before = _one_line(text[first:last])
        after = _one_line(text[first:start] + new + text[end:last])
        seen[scope, before, after] += 1
        mutants.append(
            Mutant(
                path=path.relative_to(root).as_posix(),
                scope=scope,
                line=text.count("\n", 0, start) + 1,
                lines=text.count("\n", start, end) + 1,
                start=start,
                end=end,
                new=new,
                before=before,
                after=after,
                ordinal=seen[scope, before, after],
            )
        )
    return mutants


def compiles(mutant: Mutant, text: str) -> bool:
    """Whether the change leaves a file that Python reads; a syntax error needs no test."""
    if mutant.path.endswith(".sql"):
        return True
    try:
        compile(mutant.apply(text), mutant.path, "exec")
    except SyntaxError:
        return False
    return True


def _shortened(before: str, after: str, around: int = 40) -> str:
    """Both lines, without most of what they have in common."""
    shared = _in_common(before, after)
    start = max(0, shared - around)
    cut = max(0, _in_common(before[:shared:-1], after[:shared:-1]) - around)
    ends = [text[start : len(text) - cut] for text in (before, after)]
    return " -> ".join(f"`{'…' * (start > 0)}{text}{'…' * (cut > 0)}`" for text in ends)


def _in_common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    same = next((at for at, (left, right) in enumerate(pairs) if left != right), None)
    return min(len(one), len(other)) if same is None else same


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sql(text: str) -> Iterator[tuple[str, int, int, str]]:
    for start, end, new in texts.sql(text):
        yield "", start, end, new


def _python(path: Path, text: str) -> Iterator[tuple[str, int, int, str]]:
    wrapper = MetadataWrapper(cst.parse_module(text))
    visitor = _Visitor(
        wrapper.module, text, path.name.startswith(GENERATORS), "journal" in path.parts
    )
    wrapper.visit(visitor)
    yield from visitor.changes


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (WhitespaceInclusivePositionProvider,)

    def __init__(self, module: cst.Module, text: str, generator: bool, journal: bool) -> None:
        super().__init__()
        self._module = module
        self._starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
        self._generator = generator
        self._journal = journal
        self._scope: list[str] = []
        self.changes: list[tuple[str, int, int, str]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _is_for_types(node) or isinstance(node, cst.Annotation | cst.Decorator | cst.Import):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._scope.append(node.name.value)
        if _is_docstring(node):
            return False
        scope = ".".join(self._scope)
        if isinstance(node, cst.SimpleString | cst.FormattedStringText):
            changes = self._changes_of_text(node.value)
            if changes is not None:
                start = self._span(node)[0]
                self.changes += ((scope, start + a, start + b, new) for a, b, new in changes)
                return False
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for new in operator(node):
                    self.changes.append((scope, *self._span(node), self._module.code_for_node(new)))
        return True

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        """From where to where the node reaches in the text, its own whitespace included."""
        place = self.get_metadata(WhitespaceInclusivePositionProvider, node)
        start, end = (self._starts[at.line - 1] + at.column for at in (place.start, place.end))
        return start, end

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._scope.pop()

    def _changes_of_text(self, text: str) -> Iterator[tuple[int, int, str]] | None:
        if self._generator and " " in text:
            return texts.generated(text)
        if self._journal and any(word in text for word in _SQL_WORDS):
            return texts.sql(text)
        return None


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(
        node.value, cst.SimpleString | cst.ConcatenatedString
    )


def _is_for_types(node: Any) -> bool:
    match node:
        case cst.Call(func=cst.Name(value=name)):
            return name in _TYPING
        case cst.If(test=cst.Name(value="TYPE_CHECKING")):
            return True
        case cst.AnnAssign(annotation=cst.Annotation(annotation=cst.Name(value="TypeAlias"))):
            return True
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value="__all__"))]):
            return True
    return False
