"""Running what a document says to type, in a folder made for it and against servers made for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import pytest

from tests.command_line.running import Outcome
from tests.documents.given import make_given, order_id
from tests.documents.reading import Command
from tests.documents.typed import callguard, command_of, is_whole, other

# The same command with less to do: what is too large, and what else is given where it is left out.
_SMALLER: Final = {"1000000": "2000", "200000": "500"}
_IF_LEFT_OUT: Final = {"demo": ("--calls", "500"), "registry simulate": ("--rows", "20000")}
_ABSOLUTE: Final = re.compile(r"/(?=etc/|mnt/)")
_ORDER: Final = re.compile(r"ORDER_ID|[0-9a-f]{32}")
# What a reader fills in: a word in capitals, or one that is left out.
_TO_FILL_IN: Final = re.compile(r"\[?[A-Z_]+\]?(\.\.\.)?|.*….*")


def to_fill_in(command: Command) -> bool:
    """Whether a command within a sentence is the beginning of one, which a reader completes."""
    words = command.parts[0]
    if not command.within_sentence or words[1].startswith("-"):
        return False
    found = command_of(words)
    return (
        found is None
        or isinstance(found[0], click.Group)
        or len(command.parts) > 1
        or any(_TO_FILL_IN.fullmatch(word) for word in words)
        or not is_whole(*found)
    )


@dataclass(frozen=True)
class Typist:
    """Types commands in a folder, which is the current one.

    ``addresses`` has, for each address that documents name, the one of a server that runs.
    """

    folder: Path
    addresses: Mapping[str, str]

    def run(self, command: Command) -> Outcome:
        """Run it, as the documents have it; a part of a pipe gets what the one before printed."""
        done = Outcome(0, "", "")
        with pytest.MonkeyPatch.context() as patched:
            for name, value in command.variables:
                patched.setenv(name, value)
            for part in command.parts:
                done = self._run(part, done.out)
                if done.status:
                    break
        return done

    def text(self, text: str) -> str:
        """A text with addresses of servers that run."""
        for named, real in self.addresses.items():
            text = text.replace(named, real)
        return text

    def _run(self, part: Sequence[str], given: str) -> Outcome:
        words = [_ABSOLUTE.sub(f"{self.folder}/", self.text(word)) for word in part]
        if words[0] != "callguard":
            return other(words, given)
        words = self._smaller(words)
        make_given(words)
        return callguard([name for word in words[1:] for name in self._names(word)], given)

    def _smaller(self, words: list[str]) -> list[str]:
        found = [_SMALLER.get(word, word) for word in words]
        for name, (option, value) in _IF_LEFT_OUT.items():
            if " ".join(found[1:]).startswith(name) and option not in found:
                found += [option, value]
        if found[1] == "worker":  # it would run for ever
            found.append("--once")
        if "--metrics-port" in found:
            found[found.index("--metrics-port") + 1] = "0"
        return found

    def _names(self, word: str) -> list[str]:
        """What a shell makes of a word, and the order that is meant by an example of one."""
        if "*" in word and "/" in word:
            return sorted(str(path) for path in Path().glob(word))
        return [order_id() if _ORDER.fullmatch(word) else word]
