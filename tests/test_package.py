"""What a program that embeds callguard pays for, and what it is promised."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import callguard

PACKAGE = Path(callguard.__file__).parent
HEAVY = ("yaml", "rich", "click", "dpkt", "phonenumbers", "structlog", "asyncio")


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, callguard; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); {code}",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "callguard" in loaded
    assert [] == [name for name in HEAVY if name in loaded]


def test_importing_starts_no_thread() -> None:
    code = "import threading, callguard; print(threading.active_count())"
    out = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
    ).stdout
    assert "1" == out.strip()


def test_the_package_is_marked_as_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_the_root_hands_on_about_a_dozen_names() -> None:
    assert 6 <= len(callguard.__all__) <= 18
    assert sorted(callguard.__all__) == list(callguard.__all__)
    assert [] == [name for name in callguard.__all__ if not hasattr(callguard, name)]


def test_the_root_holds_no_logic() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    kinds = {type(node).__name__ for node in tree.body}
    assert kinds <= {"Expr", "Import", "ImportFrom", "Assign"}
    names = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    assert set(names) <= {"__all__", "__version__"}


def test_no_source_file_is_longer_than_300_lines() -> None:
    long = {
        str(path.relative_to(PACKAGE)): length
        for path in PACKAGE.rglob("*.py")
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert {} == long
