"""The script that counts on a server: begin.lua, what each type of correlation adds, end.lua."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from callguard.counters.types import COUNTER_TYPES, CounterType


@dataclass(frozen=True, slots=True)
class Script:
    """A library of one function for a server.

    ``function`` is its name and that of the library ``source``; ``numbers`` are those by which the
    types of correlation are named in its argument.
    """

    function: str
    source: str
    numbers: Mapping[str, int]


def script() -> Script:
    """The script for all types of correlation."""
    return _script(tuple(COUNTER_TYPES.items()))


@lru_cache(maxsize=8)
def _script(types: tuple[tuple[str, CounterType], ...]) -> Script:
    folder = files("callguard.counters.redis")
    begin, end = (folder.joinpath(name).read_text("utf-8") for name in ("begin.lua", "end.lua"))
    functions = [*dict.fromkeys(one.server_function for _, one in types)]
    # Types of one family share their Lua. The names in one are nothing to the others.
    blocks = [f"do\n{lua}end\n" for lua in dict.fromkeys(one.lua() for _, one in types)]
    listed = ", ".join(f"types.{name}" for name in functions)
    text = "".join([begin, *blocks, end.replace("@TYPES@", listed)])
    # Releases with different scripts may share a server.
    function = "callguard_" + hashlib.sha256(text.encode()).hexdigest()[:12]
    source = f"#!lua name={function}\n" + text.replace("@NAME@", function)
    return Script(
        function, source, {name: functions.index(one.server_function) + 1 for name, one in types}
    )
