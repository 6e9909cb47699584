"""The Python of the documents runs, prints what it says, and imports what is there."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import re
from collections.abc import Callable

import pytest

from tests.documents.apart import PYTHON_NOT_RUN
from tests.documents.reading import PAGES, blocks, name_of
from tests.documents.running import Typist

PYTHON = {
    name_of(page): found
    for page in PAGES
    if (found := blocks(page.read_text(encoding="utf-8"), "python"))
}
# What a program may import: the package itself, and the face of what needs an extra.
FACES = re.compile(
    r"callguard(\.integrations\.\w+(\.takedown)?|\.observe\.(logs|metrics)|\.takedown)?"
)


@pytest.mark.parametrize("page", sorted(set(PYTHON) - set(PYTHON_NOT_RUN)))
def test_examples_run_and_print_what_they_say(page: str, typists: Callable[[], Typist]) -> None:
    typist = typists()
    source = "".join(PYTHON[page])
    names: dict[str, object] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in PYTHON[page]:
            exec(compile(typist.text(block), page, "exec"), names)  # noqa: S102 - our own documentation
    said = re.findall(r"^ *print\(.*\)(?:  |\n)# (.*)$", source, re.MULTILINE)
    assert said == printed.getvalue().splitlines()


@pytest.mark.parametrize("page", PYTHON)
def test_what_a_program_is_told_to_import_is_there(page: str) -> None:
    for block in PYTHON[page]:
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.Import):
                assert [] == [one.name for one in node.names if one.name.startswith("callguard.")]
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("callguard"):
                assert FACES.fullmatch(str(node.module))
                module = importlib.import_module(str(node.module))
                assert [] == [one.name for one in node.names if not hasattr(module, one.name)]
