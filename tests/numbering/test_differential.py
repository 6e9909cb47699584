"""Equal answers: the table against ``phonenumbers`` itself, on numbers of all regions.

Every way in which the two may differ stands in ``DIFFERENCES``, with its reason.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import phonenumbers
import pytest

from callguard.faults import Faults
from callguard.numbering import NumberClass, NumberingPlan
from callguard.numbering.rangefile import RangeLine, RangeText, read_lines
from callguard.numbering.table import shipped_table
from tests.oracles.numbering import Reference, needs_shipped_version, reference
from tests.strategies.numbers import all_patterns, national_numbers
from tools.numbering_table.additions import RANGES
from tools.numbering_table.old_forms import old_forms

LONG = os.environ.get("CALLGUARD_LONG") == "1"
INTERNATIONAL = 700_000 if LONG else 12_000
AT_HOME = 350_000 if LONG else 5_000
SEED = 86
pytestmark = needs_shipped_version


@dataclass(frozen=True)
class Case:
    """One number, both answers."""

    raw: str
    home: str
    e164: str | None
    ours: NumberClass
    theirs: Reference

    @property
    def is_subscriber(self) -> bool:
        """phonenumbers calls it a valid number (short codes are not)."""
        found = self.theirs.number_class
        return found.valid and found.kind != "emergency" and not self.is_short

    @property
    def is_short(self) -> bool:
        found = self.theirs.number_class
        return found.kind == "short_code" or (found.country == "CN" and found.kind == "service")


@dataclass(frozen=True)
class Difference:
    name: str
    reason: str
    holds: Callable[[Case], bool]


def chinese_addition(case: Case) -> bool:
    return (
        (case.e164 or "").startswith("+86")
        and case.ours.country == "CN"
        and case.ours.kind in ("service", "emergency")
    )


@cache
def own_ranges() -> list[RangeLine]:
    return read_lines(RangeText.load(RANGES).text, Faults())


def own_range(case: Case) -> bool:
    e164 = case.e164 or ""
    return case.ours.valid and any(
        e164.startswith(line.prefix)
        and line.least <= len(e164) - 1 <= line.most
        and case.ours.kind == line.kind
        for line in own_ranges()
    )


def old_form(case: Case) -> bool:
    if case.theirs.number_class.valid or not case.ours.valid or case.e164 is None:
        return False
    if not reference(case.e164).number_class.valid:
        return False
    given = case.theirs.e164 or ""
    for form in old_forms():
        code = f"+{form.calling_code}"
        national = given.removeprefix(code)
        if given.startswith(code) and re.fullmatch(form.pattern, national):
            return case.e164 == code + form.literal + national[form.drop :]
    return False


def help_at_home(case: Case) -> bool:
    return case.ours.kind == "emergency" and not case.is_subscriber


def begins_like_help(case: Case) -> bool:
    codes = tuple(plan_of(case.home).reader.emergency.national)
    valid = case.ours.valid or case.theirs.number_class.valid
    return case.e164 is None and not valid and case.raw.startswith(codes)


def unstable(case: Case) -> bool:
    return (
        not case.ours.valid
        and case.theirs.e164 is not None
        and reference(case.theirs.e164).e164 != case.theirs.e164
    )


def zeros(case: Case) -> bool:
    return (
        case.raw.startswith("00")
        and not case.theirs.number_class.valid
        and (case.e164, case.ours) == reference("+" + case.raw[2:])[:2]
    )


def odd_zeros(case: Case) -> bool:
    zeros = case.raw.removeprefix("+")
    return (
        zeros.startswith("0" if case.raw.startswith("+") else "000")
        and not case.theirs.number_class.valid
        and (case.e164, case.ours) == reference("+" + zeros.lstrip("0"))[:2]
    )


def main_country(case: Case) -> bool:
    code = shipped_table().homes[case.home]["calling_code"]
    main = phonenumbers.region_code_for_country_code(int(code))
    return case.home != main and (case.e164, case.ours) == reference(case.raw, main)[:2]


def whole(case: Case) -> bool:
    code = shipped_table().homes[case.home]["calling_code"]
    found = reference(f"+{code}{case.raw}")
    return not case.theirs.number_class.valid and (case.e164, case.ours) == found[:2]


DIFFERENCES = (
    Difference(
        "chinese additions",
        "95, 96, 106, 12x and 700 numbers that MIIT assigned and the metadata lacks; national "
        "service codes keep their meaning, and lose the area code, when dialled with one",
        chinese_addition,
    ),
    Difference(
        "ranges in use",
        "ranges that plans and operators have in use and the metadata lacks, each with its source "
        "in tools/numbering_table/ranges.txt",
        own_range,
    ),
    Difference(
        "old forms",
        "forms that a plan has given up and gateways still signal mean the number of today: "
        "tools/numbering_table/old_forms.py",
        old_form,
    ),
    Difference(
        "help at home",
        "112 and 911 everywhere, 3GPP numbers that home does not use otherwise, emergency codes "
        "behind +, a trunk prefix or the calling code, and with extra digits behind them",
        help_at_home,
    ),
    Difference(
        "begins like help",
        "what is not valid and begins with an emergency code (01 in Lithuania) is no number",
        begins_like_help,
    ),
    Difference(
        "unstable",
        "two prefixes in front: phonenumbers takes one off and would take the next one off its "
        "own answer; here such a number stays as it is and is not valid",
        unstable,
    ),
    Difference(
        "zeros",
        "00 is read as international prefix in countries that dial another one, if nothing else "
        "makes a valid number: gateways write it everywhere",
        zeros,
    ),
    Difference(
        "odd zeros",
        "zeros between + and the calling code, or three and more without +, are left out if the "
        "rest is a valid number: no calling code begins with 0, and they hide a caller from rules",
        odd_zeros,
    ),
    Difference(
        "whole",
        "an international prefix is not taken off a number that is valid only with it",
        whole,
    ),
    Difference(
        "main country",
        "in the smaller countries of a shared calling code a trunk prefix also comes off a number "
        "of the main country that has a length of its own (0845 4647 from the Isle of Man)",
        main_country,
    ),
)


class Comparison:
    """Counts equal answers and known differences; keeps what is neither."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.unexplained: list[Case] = []

    def compare(self, raw: str, plan: NumberingPlan, home: str) -> None:
        theirs = reference(raw, home)
        case = Case(raw, home, *plan.classify(raw), theirs)
        self.counts["valid"] += theirs.number_class.valid
        if (case.e164, case.ours) == theirs[:2]:
            self.counts["equal"] += 1
            return
        for difference in DIFFERENCES:
            if difference.holds(case):
                self.counts[difference.name] += 1
                return
        self.unexplained.append(case)


@cache
def plan_of(home: str) -> NumberingPlan:
    return NumberingPlan(home)


def test_international_numbers_of_all_regions() -> None:
    source = random.Random(SEED)
    comparison = Comparison()
    for code, national in national_numbers(all_patterns(), INTERNATIONAL, source):
        # Some have the international prefix behind the plus, or a trunk prefix.
        prefix = source.choice(("",) * 30 + ("00", "0", "000"))
        comparison.compare(f"+{prefix}{code}{national}", plan_of("CN"), "CN")
    check(comparison, INTERNATIONAL)


def test_numbers_as_dialled_at_home_in_all_regions() -> None:
    source = random.Random(SEED)
    patterns = dict(all_patterns())
    homes = shipped_table().homes
    comparison = Comparison()
    names = sorted(homes)
    for _ in range(AT_HOME):
        home = source.choice(names)
        code, trunk = homes[home]["calling_code"], homes[home]["national_prefix"]
        [(_, national)] = national_numbers([(code, patterns[code])], 1, source)
        prefix = source.choice(("", "", trunk, trunk, code, "00" + code))
        comparison.compare(prefix + national, plan_of(home), home)
    check(comparison, AT_HOME)


def check(comparison: Comparison, total: int) -> None:
    assert [] == comparison.unexplained[:10]
    assert comparison.counts["valid"] > total // 3
    assert comparison.counts["equal"] > total * 0.9


@pytest.mark.parametrize(
    ("name", "raw", "home", "e164", "kind"),
    [
        ("chinese additions", "+86700123456789012345", "CN", "+86700123456789012345", "service"),
        ("chinese additions", "+8675595588", "CN", "+8695588", "service"),
        ("chinese additions", "+861096110", "CN", "+8696110", "emergency"),
        ("chinese additions", "10655123456789", "CN", "+8610655123456789", "service"),
        ("chinese additions", "106901234567890123456", "CN", "+86106901234567890123456", "service"),
        ("ranges in use", "14912345678", "CN", "+8614912345678", "mobile"),
        ("ranges in use", "1064812345678", "CN", "+861064812345678", "mobile"),
        ("ranges in use", "+345901234567890", "CN", "+345901234567890", "mobile"),
        ("old forms", "+5215512345678", "CN", "+525512345678", "mobile"),
        ("old forms", "0445512345678", "MX", "+525512345678", "mobile"),
        ("old forms", "1187654321", "BR", "+5511987654321", "mobile"),
        ("old forms", "+22997123456", "CN", "+2290197123456", "mobile"),
        ("old forms", "+39612345678", "CN", "+390612345678", "fixed"),
        ("help at home", "911", "CN", "+86911", "emergency"),
        ("help at home", "+112", "CN", "+86112", "emergency"),
        ("help at home", "11012", "CN", "+86110", "emergency"),
        ("begins like help", "0180104881", "LT", None, "invalid"),
        ("unstable", "+860013800138000", "CN", "+860013800138000", "unallocated"),
        ("main country", "08454647", "IM", "+448454647", "premium"),
        ("whole", "00800222189", "PA", "+50700800222189", "toll_free"),
        ("zeros", "0085223456789", "HK", "+85223456789", "fixed"),
    ],
)
def test_each_difference_has_an_example(
    name: str, raw: str, home: str, e164: str, kind: str
) -> None:
    theirs = reference(raw, home)
    case = Case(raw, home, *plan_of(home).classify(raw), theirs)
    assert (e164, kind) == (case.e164, case.ours.kind)
    assert (case.e164, case.ours) != theirs[:2]
    assert name in [difference.name for difference in DIFFERENCES if difference.holds(case)]
