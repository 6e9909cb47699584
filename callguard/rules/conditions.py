"""The condition of a detection: ``sel and not (1 of filter_*)`` into an expression.

``not`` binds more tightly than ``and``, and ``and`` more tightly than ``or``; keywords are in
lower case. Parsed with two stacks (the shunting-yard method), so nesting is a number, not a risk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from callguard.rules.codes import Code
from callguard.rules.expressions import AllOf, AnyOf, Expression, Not
from callguard.rules.nodes import ScalarNode
from callguard.rules.report import Report, quote

NAME: Final = re.compile(r"[A-Za-z0-9_-]+\Z")
KEYWORDS: Final = frozenset({"and", "or", "not", "of", "all", "any", "them", "1", "condition"})
DEPTH_LIMIT: Final = 32
WORD_LIMIT: Final = 500
_TOKEN: Final = re.compile(r"\s*(?:([()])|([A-Za-z0-9_*?-]+)|(\S))")
_PATTERN: Final = re.compile(r"[A-Za-z0-9_*]+\Z")
_BINDS: Final = {"or": 1, "and": 2, "not": 3}


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    offset: int


class _SyntaxFault(Exception):  # noqa: N818 - becomes a fault of the report
    def __init__(self, offset: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message
        self.remedy = remedy


def parse_condition(
    report: Report, condition: ScalarNode, selections: Mapping[str, Expression | None]
) -> tuple[Expression | None, set[str]]:
    """The expression, None after a fault, and the names of the selections that it uses.

    A selection whose value is None is known and faulty; the condition is still checked.
    """
    parser = _Parser(report, condition, selections)
    try:
        expression = parser.parse(_tokens(condition.text))
    except _SyntaxFault as fault:
        report.add(
            Code.CONDITION_SYNTAX,
            condition.at(fault.offset),
            f"condition, character {fault.offset + 1}: {fault.message}",
            fault.remedy,
        )
        # What comes after the fault is unread, so no selection can be called unused.
        return None, set(selections)
    return (None if parser.faulty else expression), parser.used


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        bracket, word, other = match.groups()
        start = match.start(match.lastindex or 0)
        if other is not None:
            raise _SyntaxFault(
                start,
                f"{quote(other)} has no meaning here",
                "use selection names, and, or, not, ( ), 1 of x*, all of x*",
            )
        tokens.append(_Token(bracket or word, start))
        if len(tokens) > WORD_LIMIT:
            raise _SyntaxFault(
                start,
                f"the condition has more than {WORD_LIMIT} words",
                "use patterns such as '1 of x*', or split the rule",
            )
    return tokens


@dataclass(slots=True)
class _Parser:
    report: Report
    condition: ScalarNode
    selections: Mapping[str, Expression | None]
    used: set[str] = field(default_factory=set)
    faulty: bool = False
    operands: list[Expression] = field(default_factory=list)
    operators: list[_Token] = field(default_factory=list)

    def parse(self, tokens: list[_Token]) -> Expression:
        position = 0
        wants_operand = True
        while position < len(tokens):
            token = tokens[position]
            if wants_operand:
                position, wants_operand = self._operand(tokens, position)
            else:
                wants_operand = self._operator(token)
                position += 1
        if wants_operand:
            raise _SyntaxFault(
                len(self.condition.text),
                "expected a selection here, not the end of the condition",
                "add a selection, or remove the operator before it",
            )
        self._reduce(0)
        if self.operators:
            offset = self.operators[-1].offset
            raise _SyntaxFault(offset, "'(' is never closed", "add the missing ')'")
        return self.operands[0]

    def _operand(self, tokens: list[_Token], position: int) -> tuple[int, bool]:
        """Read an operand; the next position, and whether an operand is expected there."""
        token = tokens[position]
        if token.text in ("not", "("):
            if (
                sum(one.text in ("not", "(") for one in self.operators[-DEPTH_LIMIT:])
                >= DEPTH_LIMIT
            ):
                raise _SyntaxFault(
                    token.offset,
                    f"brackets and 'not' are nested more than {DEPTH_LIMIT} deep",
                    "give a part of the condition a selection of its own",
                )
            self.operators.append(token)
            return position + 1, True
        following = tokens[position + 1].text if position + 1 < len(tokens) else ""
        if following == "of":
            pattern = tokens[position + 2] if position + 2 < len(tokens) else None
            self.operands.append(self._selector(token, pattern))
            return position + 3, False
        self.operands.append(self._name(token))
        return position + 1, False

    def _operator(self, token: _Token) -> bool:
        """Read what follows an operand; true if an operand is expected next."""
        if token.text == ")":
            self._reduce(0)
            if not self.operators:
                raise _SyntaxFault(token.offset, "')' closes nothing", "remove it")
            self.operators.pop()
            return False
        if token.text not in ("and", "or"):
            lower = token.text.lower()
            raise _SyntaxFault(
                token.offset,
                f"expected 'and' or 'or' here, not {quote(token.text)}",
                f"did you mean {quote(lower)}?" if lower in ("and", "or") else "join with and, or",
            )
        self._reduce(_BINDS[token.text])
        self.operators.append(token)
        return True

    def _reduce(self, strength: int) -> None:
        """Apply the operators on the stack that bind at least so tightly, down to a bracket."""
        while self.operators and self.operators[-1].text != "(":
            name = self.operators[-1].text
            if _BINDS[name] < max(strength, 1):
                return
            self.operators.pop()
            right = self.operands.pop()
            if name == "not":
                self.operands.append(Not(right))
                continue
            kind = AllOf if name == "and" else AnyOf
            left = self.operands.pop()
            parts = (
                left.parts if type(left) is kind and isinstance(left, AllOf | AnyOf) else (left,)
            )
            self.operands.append(kind((*parts, right)))

    def _name(self, token: _Token) -> Expression:
        name = token.text
        if name in ("and", "or", ")", "of", "them"):
            raise _SyntaxFault(
                token.offset,
                f"expected a selection here, not {quote(name)}",
                "write a selection's name before and after 'and', 'or'",
            )
        if "*" in name or "?" in name:
            raise _SyntaxFault(
                token.offset,
                f"pattern {quote(name)} is alone",
                f"write '1 of {name}' or 'all of {name}'",
            )
        if name not in self.selections and name.lower() in _BINDS:
            raise _SyntaxFault(
                token.offset,
                f"expected a selection here, not {quote(name)}",
                f"did you mean {quote(name.lower())}?",
            )
        if name not in self.selections:
            return self._unknown(token, f"unknown selection {quote(name)}")
        self.used.add(name)
        return self._selected(name)

    def _selected(self, name: str) -> Expression:
        expression = self.selections[name]
        if expression is None:
            self.faulty = True
            return AllOf(())
        return expression

    def _unknown(self, token: _Token, message: str) -> Expression:
        self.faulty = True
        near = self.report.nearest(token.text, self.selections.keys())
        if near is None:
            remedy = "define it under 'detection', or remove it"
        else:
            # It is used, only misspelt.
            self.used.add(near)
            remedy = f"did you mean {quote(near)}?"
        self.report.add(Code.UNKNOWN_SELECTION, self.condition.at(token.offset), message, remedy)
        return AllOf(())

    def _selector(self, quantifier: _Token, pattern: _Token | None) -> Expression:
        if quantifier.text not in ("1", "all"):
            raise _SyntaxFault(
                quantifier.offset,
                f"{quote(quantifier.text)} cannot come before 'of'",
                "write '1 of x*' or 'all of x*'",
            )
        if pattern is None or not _PATTERN.match(pattern.text):
            raise _SyntaxFault(
                pattern.offset if pattern else len(self.condition.text),
                f"'{quantifier.text} of' wants 'them' or a pattern of letters, digits, '_', '*'",
                f"write '{quantifier.text} of x*' or '{quantifier.text} of them'",
            )
        names = self._matching(pattern.text)
        if not names:
            return self._unknown(pattern, f"no selection matches {quote(pattern.text)}")
        self.used.update(names)
        parts = tuple(self._selected(name) for name in names)
        return AllOf(parts) if quantifier.text == "all" else AnyOf(parts)

    def _matching(self, pattern: str) -> list[str]:
        glob = "*" if pattern == "them" else pattern
        # Sigma keeps names that begin with '_' out of patterns that do not.
        hidden = not pattern.startswith("_")
        return [
            name
            for name in self.selections
            if fnmatchcase(name, glob) and not (hidden and name.startswith("_"))
        ]
