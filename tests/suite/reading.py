"""Test modules as syntax trees: their functions, and which of them assert something."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).resolve().parents[1]
_CHECKS: Final = frozenset({"raises", "fail", "warns", "run_state_machine_as_test"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file: its tree, its functions by name, and what it imports from other test modules."""

    path: Path
    tree: ast.Module
    functions: Mapping[str, tuple[Function, ...]]
    imported: Mapping[str, tuple[str, str]]

    def at(self, node: ast.stmt | ast.expr | ast.ExceptHandler) -> str:
        return f"{self.path.relative_to(TESTS.parent)}:{node.lineno}"

    def tests(self) -> Iterator[Function]:
        for name, functions in self.functions.items():
            if name.startswith("test_") and self.path.name.startswith("test_"):
                yield from functions


@cache
def modules() -> Mapping[str, Module]:
    """Every module below tests/, by its dotted name."""
    return {
        ".".join(path.relative_to(TESTS.parent).with_suffix("").parts): read(path)
        for path in sorted(TESTS.rglob("*.py"))
    }


def read(path: Path, text: str | None = None) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8") if text is None else text)
    functions: dict[str, tuple[Function, ...]] = {}
    imported = {}
    for node in ast.walk(tree):
        if isinstance(node, Function):
            functions[node.name] = (*functions.get(node.name, ()), node)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                imported[alias.asname or alias.name] = (node.module, alias.name)
    return Module(path, tree, functions, imported)


def asserts(module: Module, function: Function, seen: frozenset[int] = frozenset()) -> bool:
    """Whether the function, or one of tests/ that it calls, can fail a test."""
    if id(function) in seen:
        return False
    seen |= {id(function)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assert | ast.Raise):
            return True
        if isinstance(node, ast.Call):
            name = _called(node.func)
            callees = _functions(module, name)
            if name in _CHECKS or any(asserts(where, callee, seen) for where, callee in callees):
                return True
    names = [argument.arg for argument in function.args.args]
    return any(
        asserts(module, fixture, seen) for name in names for _, fixture in _functions(module, name)
    )


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function's body, without those of functions defined in it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _functions(module: Module, name: str) -> Iterator[tuple[Module, Function]]:
    """The functions of tests/ that a name in the module may mean."""
    for function in module.functions.get(name, ()):
        yield module, function
    where, original = module.imported.get(name, ("", ""))
    other = modules().get(where)
    if other is not None:
        for function in other.functions.get(original, ()):
            yield other, function
        # A class: what its methods check when it is made or used.
        for node in ast.walk(other.tree):
            if isinstance(node, ast.ClassDef) and node.name == original:
                for member in node.body:
                    if isinstance(member, Function):
                        yield other, member
