"""The face of the room: what it names, where that is, and that nobody goes past it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from callguard import takedown

ROOT = Path(__file__).resolve().parents[2]
FACE = Path(takedown.__file__)
USERS = ("callguard/cli", "callguard/integrations", "callguard/demo", "bench")


def typed() -> dict[str, str]:
    """The names that a type checker sees, and the modules that they come from."""
    for node in ast.parse(FACE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return {
                name.name: str(one.module)
                for one in node.body
                if isinstance(one, ast.ImportFrom)
                for name in one.names
            }
    raise AssertionError("no imports for type checkers")


def test_types_and_values_are_of_the_same_names_and_modules() -> None:
    assert typed() == {
        name: f"callguard.takedown.{module}" for name, module in takedown._MODULES.items()
    }
    assert sorted(typed()) == sorted(takedown.__all__)


@pytest.mark.parametrize("name", sorted(takedown.__all__))
def test_every_name_is_there(name: str) -> None:
    value = getattr(takedown, name)
    module = sys.modules[typed()[name]]
    assert value is getattr(module, name)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"'callguard\.takedown' has no attribute 'nothing'"):
        getattr(takedown, "no" + "thing")


def past_the_face(folder: str) -> Iterator[str]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                modules = [str(node.module)]
            elif isinstance(node, ast.Import):
                modules = [name.name for name in node.names]
            else:
                continue
            yield from (
                f"{path.relative_to(ROOT)}:{node.lineno} {module}"
                for module in modules
                if module.startswith("callguard.takedown.")
            )


@pytest.mark.parametrize("folder", USERS)
def test_nobody_goes_past_the_face(folder: str) -> None:
    assert list((ROOT / folder).rglob("*.py"))
    assert [] == list(past_the_face(folder))


@pytest.mark.parametrize(
    ("names", "absent"),
    [
        ("clean", ("pyarrow", "numpy", "duckdb", "sqlalchemy")),
        ("Journal, approve, issue, restore, status, verify", ("pyarrow", "numpy", "duckdb")),
        ("Manifest, OWNER_KINDS, read_key", ("pyarrow", "numpy", "duckdb", "sqlalchemy")),
        ("Registry", ("duckdb", "sqlalchemy")),
        ("plan, NumberLookup", ("sqlalchemy",)),
    ],
)
def test_a_name_loads_only_what_it_needs(names: str, absent: tuple[str, ...]) -> None:
    code = (
        f"import sys; from callguard.takedown import {names}; "
        f"print([name for name in {absent!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
