"""The shipped rule pack as tests use it: one guard a home, and copies with other lists."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from callguard import Guard, Verdict, rulepack

HOMES = ("CN", "GB", "IN", "SG", "AU", "FI", "US")
AT = 1_795_395_600


@cache
def guard_of(home: str) -> Guard:
    """A guard whose counters all tests share: for single records only."""
    return Guard.load(rulepack.path(), home=home)


def call(home: str, calling: str | None, called: str, **others: object) -> Verdict:
    """The verdict for one call set-up."""
    return guard_of(home).score(
        {
            "event": "setup",
            "at": AT,
            "calling_party_number": calling,
            "called_party_number": called,
            **others,
        }
    )


def from_abroad(home: str, calling: str | None, called: str, **others: object) -> Verdict:
    """The verdict for one call set-up on an international gateway."""
    return call(home, calling, called, ingress="international", **others)


def sms(home: str, sender: str, called: str, text: str, **others: object) -> Verdict:
    """The verdict for one text message."""
    return guard_of(home).score(
        {
            "event": "sms",
            "at": AT,
            "calling_party_number": sender,
            "called_party_number": called,
            "text": text,
            **others,
        }
    )


def pack_with(folder: Path, **lists: str) -> Path:
    """A copy of the pack whose named lists hold this text in addition."""
    source = rulepack.path()
    shutil.copy(source, folder / "rules.yaml")
    shutil.copytree(source.parent / "lists", folder / "lists")
    for name, text in lists.items():
        with (folder / "lists" / f"{name}.txt").open("a", encoding="utf-8") as file:
            file.write(text)
    return folder / "rules.yaml"
