"""Classifying a number against ``phonenumbers``: parse, validity and region, form by form.

Every number is new, drawn from the patterns of the metadata: home mobiles, home fixed numbers and
numbers of all countries. ``phonenumbers`` runs as it comes, and once more, at the end, with its
compiled patterns kept (``enable_pattern_cache``, which cannot be undone).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, re_util

from bench.report import AT_LEAST, AT_MOST, Finding, Report
from bench.scene import SMOKE
from bench.stopwatch import lap, ratio, rounds, spread
from callguard.numbering import NumberClass, NumberingPlan
from callguard.numbering.table import NumberingTable
from tests.numbering.test_differential import DIFFERENCES, Case
from tests.oracles.numbering import reference
from tests.strategies.numbers import all_patterns, digits, national_numbers
from tools.numbering_table.__main__ import SHIPPED

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_TITLE = "Classifying a number (microseconds; phonenumbers: parse, is_valid_number, region)"
_HEAD = [
    "| form | median | min | IQR | phonenumbers | ratio | |",
    "|---|--:|--:|--:|--:|--:|---|",
]
_HOME = "CN"
_OURS, _THEIRS = (200, 20) if SMOKE else (20_000, 300)
_SOURCE = random.Random(2025)
PATTERNS = all_patterns()


def _mobile() -> str:
    return _SOURCE.choice(("138", "139", "158", "177", "186", "199")) + digits(8, _SOURCE)


def _fixed() -> str:
    area = _SOURCE.choice(("10", "21", "755", "571", "28"))
    return area + _SOURCE.choice("25678") + digits(7, _SOURCE)


def _anywhere() -> str:
    [(code, national)] = national_numbers(PATTERNS, 1, _SOURCE)
    return f"+{code}{national}"


# Form -> how to draw a number in it, and the most microseconds that it should take.
FORMS: dict[str, tuple[Callable[[], str], float | None]] = {
    "+8613800138000": (lambda: f"+86{_mobile()}", 1.0),
    "13800138000": (_mobile, 1.5),
    "01065529988": (lambda: f"0{_fixed()}", 1.5),
    "008613800138000": (lambda: f"0086{_mobile()}", None),
    "8613800138000": (lambda: f"86{_mobile()}", None),
    "+86 138-0013-8000": (
        lambda: "-".join(("+86 138", digits(4, _SOURCE), digits(4, _SOURCE))),
        None,
    ),
    "sip:+8613800138000@192.0.2.1": (lambda: f"sip:+86{_mobile()}@192.0.2.1", None),
    "any digits, +": (lambda: f"+{digits(12, _SOURCE)}", None),
    "any digits": (lambda: digits(11, _SOURCE), None),
    "all countries, +": (_anywhere, None),
}


def _reference(raw: str) -> tuple[str | None, str | None, bool]:
    """E.164 form of a valid number, region and validity."""
    try:
        number = phonenumbers.parse(raw.removeprefix("sip:").partition("@")[0], _HOME)
    except phonenumbers.NumberParseException:
        return None, None, False
    region = phonenumbers.region_code_for_number(number)
    valid = phonenumbers.is_valid_number(number)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164) if valid else None
    return e164, None if region == "001" else region, valid


def _is_known_difference(raw: str, e164: str | None, found: NumberClass) -> bool:
    """Whether the answers differ for a reason that the test of differences names."""
    number = raw.removeprefix("sip:").partition("@")[0]
    case = Case(number, _HOME, e164, found, reference(number, _HOME))
    same = (e164, found) == case.theirs[:2]
    return not same and any(difference.holds(case) for difference in DIFFERENCES)


def _timed_reference(raw: str) -> object:
    try:
        number = phonenumbers.parse(raw, _HOME)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.is_valid_number(number), phonenumbers.region_code_for_number(number)


@pytest.mark.parametrize("form", FORMS)
def test_classify(benchmark: BenchmarkFixture, report: Report, form: str) -> None:
    draw, aim = FORMS[form]
    classify = NumberingPlan(_HOME).classify
    for raw in [draw() for _ in range(200)]:
        e164, found = classify(raw)
        if found.kind in ("emergency", "service", "short_code"):
            continue  # phonenumbers answers these by other functions
        if _is_known_difference(raw, e164, found):
            continue
        expected = _reference(raw)
        assert (raw, expected) == (raw, (e164 if found.valid else None, found.country, found.valid))
    times, middle = _compare(benchmark, report, draw, form)
    if benchmark.disabled:
        return
    report.findings.append(Finding(f"phonenumbers over `classify`, `{form}`", AT_LEAST, 40, times))
    if aim is not None:
        report.findings.append(Finding(f"`classify`, `{form}`, µs", AT_MOST, aim, middle))


def _compare(
    benchmark: BenchmarkFixture, report: Report, draw: Callable[[], str], name: str
) -> tuple[float, float]:
    """How many times as long phonenumbers takes, and the median of ours in microseconds."""
    classify = NumberingPlan(_HOME).classify
    ours: list[float] = []
    theirs: list[float] = []

    def fresh() -> Sequence[str]:
        theirs.append(lap(_timed_reference, [draw() for _ in range(_THEIRS)]))
        return [draw() for _ in range(_OURS)]

    lap(classify, fresh())
    theirs.clear()
    benchmark.group = "numbering"
    rounds(benchmark, lambda chunk: ours.append(lap(classify, chunk)), fresh)
    times = ratio(theirs, ours)
    if not benchmark.disabled:
        report.notes.setdefault(_TITLE, list(_HEAD)).append(
            f"| `{name}` | {median(ours):.2f} | {min(ours):.2f} | {spread(ours):.2f} "
            f"| {median(theirs):.0f} | {times:.0f} | {_OURS:,} new numbers a lap |"
        )
    return times, median(ours)


def test_opening_the_table(benchmark: BenchmarkFixture, report: Report) -> None:
    data = SHIPPED.read_bytes()
    benchmark.group = "numbering"
    opened: list[float] = []

    def open_it(_: object) -> None:
        start = perf_counter()
        NumberingTable(data)
        opened.append(perf_counter() - start)

    rounds(benchmark, open_it, lambda: None, 11)
    if not benchmark.disabled:
        middle = median(opened)
        report.findings.append(
            Finding("opening the numbering table, seconds", AT_MOST, 0.15, middle)
        )


@pytest.mark.parametrize("form", ["+8613800138000", "13800138000", "all countries, +"])
def test_classify_against_kept_patterns(
    benchmark: BenchmarkFixture, report: Report, form: str
) -> None:
    re_util.enable_pattern_cache()
    _compare(benchmark, report, FORMS[form][0], f"{form}, patterns kept")
