"""The shipped rule pack as the carrier of the generated day runs it: with its desks' numbers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from callguard.demo.homes import HOMES
from callguard.rules.model import PSAP_NUMBERS


def copied(rules: Path, folder: Path, home: str) -> Path:
    """A copy of the pack in ``folder``, the list of desks filled for ``home``; its rule file."""
    shutil.copy(rules, folder / rules.name)
    shutil.copytree(rules.parent / "lists", folder / "lists")
    desks = "".join(re.sub("#+", "*", f"{line}\n") for line in HOMES[home].listed_desks)
    (folder / "lists" / f"{PSAP_NUMBERS}.txt").write_text(desks, encoding="utf-8")
    return folder / rules.name


@contextmanager
def carriers_pack(rules: Path, home: str) -> Iterator[Path]:
    """The rule file of such a copy, which is removed afterwards."""
    with TemporaryDirectory(prefix="callguard-demo-") as folder:
        yield copied(rules, Path(folder), home)
