"""The placeholders of ``|expand``: lists beside the rule file, and the home country."""

from __future__ import annotations

import os
import re
from pathlib import Path

from callguard.rules.codes import Code
from callguard.rules.model import PSAP_NUMBERS
from callguard.rules.modifiers import Key
from callguard.rules.nodes import Node
from callguard.rules.predicates import Equals, InList, Test
from callguard.rules.report import Report, quote

HOME = "home"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")


class ListFinder:
    """Finds ``lists/NAME.txt`` beside one rule file and remembers what the rules named."""

    def __init__(self, report: Report, rule_file: Path, home: str) -> None:
        self._report = report
        self._folder = rule_file.parent / "lists"
        self._home = home
        self._names: tuple[str, ...] | None = None
        self.paths: dict[str, str] = {}

    def test(self, key: Key, name: str, at: Node) -> Test | None:
        """The test that ``%name%`` means on that field; None after a fault."""
        if key.is_country:
            if name == HOME:
                return Equals((self._home,))
            self._refuse(
                at,
                f"%{_short(name)}% does not work on country field {quote(key.field)}",
                "use %home%, or write the country codes",
            )
            return None
        if name == HOME:
            self._refuse(
                at,
                f"%home% is the home country, but {quote(key.field)} is not a country field",
                "use it on calling.country or another country field, or name a list",
            )
            return None
        return InList(name) if name in self.paths or self._find(name, at) else None

    def all_paths(self) -> dict[str, str]:
        """The files of the lists that the rules named, and of the list of desks if there is one."""
        if PSAP_NUMBERS in self._available():
            self.paths.setdefault(PSAP_NUMBERS, str(self._folder / f"{PSAP_NUMBERS}.txt"))
        return dict(self.paths)

    def _refuse(self, at: Node, message: str, remedy: str) -> None:
        self._report.add(Code.BAD_PLACEHOLDER, at, message, remedy)

    def _find(self, name: str, at: Node) -> bool:
        if not _NAME.match(name):
            self._refuse(
                at,
                f"{quote(name)} is not the name of a list",
                "use letters, digits, '-' and '_'",
            )
            return False
        if name in self._available():
            self.paths[name] = str(self._folder / f"{name}.txt")
            return True
        self._report.add(
            Code.MISSING_LIST,
            at,
            f"list file lists/{name}.txt is not beside the rule file",
            self._report.meant(name, self._available(), "create it, one number a line"),
        )
        return False

    def _available(self) -> tuple[str, ...]:
        if self._names is None:
            try:
                with os.scandir(self._folder) as entries:
                    files = [entry.name for entry in entries if entry.is_file()]
            except OSError:
                files = []
            self._names = tuple(sorted(name[:-4] for name in files if name.endswith(".txt")))
        return self._names


def _short(name: str) -> str:
    return quote(name)[1:-1]
