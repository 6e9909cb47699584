"""What a command takes as given (registry, plan, journal, counters), made by other commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.documents.typed import callguard
from tests.documents.world import answers

_HEAD: Final = ("--head", "mnt/elsewhere/journal.head")

Words = Sequence[str]


def make_given(words: Words) -> None:
    """Make in the current folder what is not there and a command needs."""
    if (key := _value(words, "--key-file")) and not Path(key).exists():
        _do("registry", "key", key)
    name = " ".join(word for word in words[1:3] if not word.startswith("-"))
    if name in _MAKERS:
        _MAKERS[name](words)


def order_id() -> str:
    """The id of an order that was issued."""
    _journal(())
    return answers(_plan_folder()).splitlines()[1].partition(",")[0]


def _do(*arguments: str) -> None:
    done = callguard(arguments)
    assert 0 == done.status, (arguments, done.err)


def _registry(words: Words) -> None:
    if not Path("registry").exists():
        key = _value(words, "--key-file") or "another.key"
        if not Path(key).exists():
            _do("registry", "key", key)
        _do("registry", "build", "subscribers.csv", "--key-file", key, "--output", "registry")


def _plan(words: Words) -> None:
    if not list(Path().glob("plan*/orders.jsonl")):
        _registry(words)
        known = ("--reports", "reports.csv", "--registry", "registry")
        _do("takedown", "plan", *known, "--output", "plan")


def _plan_folder() -> Path:
    return next(iter(Path().glob("plan*/orders.jsonl"))).parent


def _approved(words: Words) -> None:
    if not Path("journal.db").exists():
        _plan(words)
        for person in ("Chen Wei", "Zhao Min"):
            _do("takedown", "approve", "plan", "--by", person, *_HEAD)


def _journal(words: Words) -> None:
    if not Path("journal.db").exists():
        _approved(words)
        _do("takedown", "issue", "plan", *_HEAD)
    if (where := _value(words, "--journal")) and "://" in where:
        _do("takedown", "approve", "plan", "--by", "Chen Wei", "--journal", where)


def _answers(words: Words) -> None:
    _journal(words)
    for word in words:
        if word.endswith(".csv"):
            path = Path(word.replace("*", "monday"))
            path.write_text(answers(_plan_folder()), encoding="utf-8")


def _counters(words: Words) -> None:
    if "counters.bin" in words and not Path("counters.bin").exists():
        _do("score", "monday.jsonl", "--counters", "counters.bin")


def _value(words: Words, option: str) -> str | None:
    return words[words.index(option) + 1] if option in words else None


_MAKERS: Final[dict[str, Callable[[Words], None]]] = {
    **dict.fromkeys(("registry update", "registry compact", "registry verify"), _registry),
    **dict.fromkeys(("registry show", "takedown plan", "takedown who"), _registry),
    "takedown approve": _plan,
    "takedown issue": _approved,
    "takedown acknowledge": _answers,
    **dict.fromkeys(("takedown restore", "takedown status", "takedown verify"), _journal),
    **dict.fromkeys(("takedown journal", "takedown export-list"), _journal),
    **dict.fromkeys(("counters show", "counters reset", "rules explain"), _counters),
}
