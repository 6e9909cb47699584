"""Guards and oracles over the same rules and lists, and what both have to agree on."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from callguard.engine.columns import Lists
from callguard.engine.verdict import Verdict
from callguard.guard import Guard
from callguard.numbering import NumberingPlan, NumberList, TextList
from callguard.rules.model import RuleSet
from tests.oracles.verdicts import Expected, Oracle
from tests.strategies.vocabulary import LIST_TEXTS, NUMBER_LIST, WORD_LIST


@cache
def plan(home: str = "CN") -> NumberingPlan:
    return NumberingPlan(home)


@cache
def lists() -> Lists:
    """The lists of the shared vocabulary."""
    with TemporaryDirectory() as folder:
        write_lists(Path(folder))
        numbers = NumberList.load(Path(folder, "lists", f"{NUMBER_LIST}.txt"), plan())
        words = TextList.load(Path(folder, "lists", f"{WORD_LIST}.txt"))
    return Lists({NUMBER_LIST: numbers}, {WORD_LIST: words})


def write_lists(folder: Path) -> None:
    """Put the lists of the shared vocabulary where a rule file in ``folder`` finds them."""
    (folder / "lists").mkdir()
    for name, text in LIST_TEXTS.items():
        (folder / "lists" / f"{name}.txt").write_text(text, encoding="utf-8")


def members() -> Mapping[str, Container[str]]:
    return {**lists().numbers, **lists().texts}


def guard_of(ruleset: RuleSet) -> Guard:
    return Guard(ruleset, plan(), lists())


def oracle_of(ruleset: RuleSet) -> Oracle:
    return Oracle(ruleset, plan(), members())


def said(verdict: Verdict) -> Expected:
    """The part of a verdict that follows from rules and record."""
    return Expected(
        action=verdict.action,
        score=verdict.score,
        rules=tuple(verdict.rules),
        shadow=tuple(verdict.shadow),
        basis=verdict.basis,
        alert=None if verdict.alert is None else verdict.alert.template,
        emergency=verdict.emergency,
        call_back=verdict.call_back,
    )


def through_json(verdict: Verdict) -> object:
    """The verdict as strict JSON in UTF-8 carries it."""
    text = json.dumps(verdict.to_dict(), allow_nan=False, ensure_ascii=False)
    return json.loads(text.encode())
