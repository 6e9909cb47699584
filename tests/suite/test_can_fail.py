"""A test that cannot fail says nothing: the forms in which it is written by mistake are refused."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.suite.reading import TESTS, Function, Module, asserts, modules, own_nodes, read

Check = Callable[[Module], Iterator[str]]
# More than this in one `pytest.raises` block, and nobody knows which line raised.
STATEMENTS_THAT_MAY_RAISE = 2


def without_assertion(module: Module) -> Iterator[str]:
    for test in module.tests():
        if not asserts(module, test):
            yield f"{module.at(test)} {test.name} asserts nothing"


def compared_with_itself(module: Module) -> Iterator[str]:
    """Two calls may be compared: equal answers to equal questions. A value always equals itself."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, right in pairwise(sides):
                if ast.dump(left) == ast.dump(right) and not isinstance(left, ast.Call):
                    yield f"{module.at(node)} compares {ast.unparse(left)} with itself"


def swallowed_exceptions(module: Module) -> Iterator[str]:
    """An exception that is expected is asserted, or becomes a value that is."""
    for test in module.tests():
        for node in own_nodes(test):
            if isinstance(node, ast.ExceptHandler) and all(map(_does_nothing, node.body)):
                yield f"{module.at(node)} {test.name} swallows an exception"
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
                yield f"{module.at(node)} {test.name} suppresses an exception"


def early_returns(module: Module) -> Iterator[str]:
    """Examples that are of no use go by `assume`, which fails if it drops nearly all of them."""
    for test in module.tests():
        for node in own_nodes(test):
            for block in _blocks(node):
                if isinstance(block[-1], ast.Return) and not _asserts_in(block):
                    yield f"{module.at(block[-1])} {test.name} returns without an assertion"


def too_much_that_may_raise(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.With)
            and len(node.body) > STATEMENTS_THAT_MAY_RAISE
            and any("pytest.raises" in ast.unparse(item) for item in node.items)
        ):
            yield f"{module.at(node)} has {len(node.body)} statements that may raise"


def constants_asserted(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        test = node.test if isinstance(node, ast.Assert) else None
        if isinstance(test, ast.Tuple) or (isinstance(test, ast.Constant) and test.value):
            yield f"{module.at(test)} asserts {ast.unparse(test)}"


CHECKS: list[Check] = [
    without_assertion,
    compared_with_itself,
    swallowed_exceptions,
    early_returns,
    too_much_that_may_raise,
    constants_asserted,
]


@pytest.mark.parametrize("check", CHECKS)
def test_no_test_is_written_so_that_it_cannot_fail(check: Check) -> None:
    assert len(modules()) > 100
    assert [] == [fault for module in modules().values() for fault in check(module)]


WRONG: dict[Check, str] = {
    without_assertion: """
        def helper():
            return 1
        def test_it():
            helper()
    """,
    compared_with_itself: """
        def test_it():
            order = make()
            assert order.id == order.id
    """,
    swallowed_exceptions: """
        def test_it():
            try:
                assert score()
            except ValueError:
                pass
    """,
    early_returns: """
        def test_it(fields):
            if fields is None:
                return
            assert score(fields)
    """,
    too_much_that_may_raise: """
        def test_it():
            with pytest.raises(ValueError):
                prepare()
                begin()
                score()
    """,
    constants_asserted: """
        def test_it():
            assert (score() == 1, "wrong score")
    """,
}


@pytest.mark.parametrize("check", CHECKS)
def test_each_of_these_forms_is_seen(check: Check) -> None:
    lines = [line.removeprefix("        ") for line in WRONG[check].splitlines()]
    module = read(TESTS / "test_made_up.py", "\n".join(lines))
    assert 1 == len(list(check(module)))


def test_an_assertion_in_a_function_that_is_called_counts() -> None:
    text = "def check(x):\n    assert x\ndef test_it():\n    check(1)\n"
    assert [] == list(without_assertion(read(Path(TESTS / "test_made_up.py"), text)))


def test_parameters_that_are_none_at_all_are_an_error(pytestconfig: pytest.Config) -> None:
    assert "fail_at_collect" == pytestconfig.getini("empty_parameter_set_mark")


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Break() | ast.Return():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="assume"))):
            return True
    return False


def _asserts_in(body: list[ast.stmt]) -> bool:
    return any(
        isinstance(node, ast.Assert | ast.Raise)
        or (isinstance(node, ast.Call) and ast.unparse(node.func) in ("pytest.fail", "assume"))
        or (isinstance(node, ast.With) and "pytest.raises" in ast.unparse(node))
        or (isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("check", "assert_")))
        for statement in body
        for node in ast.walk(statement)
    )


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The blocks of a statement, functions apart."""
    if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield value
