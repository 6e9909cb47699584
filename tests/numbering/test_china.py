"""China's service codes, mobile blocks and the other numbers that the metadata lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard.errors import NumberingError
from callguard.numbering import NumberingPlan

PLAN = NumberingPlan("CN")


@pytest.mark.parametrize(
    ("dialled", "e164", "kind"),
    [
        ("10000", "+8610000", "service"),
        ("10010", "+8610010", "service"),
        ("10086", "+8610086", "service"),
        ("01010086", "+8610086", "service"),
        ("12345", "+8612345", "service"),
        ("12381", "+8612381", "service"),
        ("12306", "+8612306", "service"),
        ("114", "+86114", "service"),
        ("95110", "+8695110", "service"),  # the coast guard
        ("95588", "+8695588", "service"),
        ("075595588", "+8695588", "service"),
        ("+8675595588", "+8695588", "service"),
        ("955881", "+86955881", "service"),
        ("95013", "+8695013", "service"),
        ("9501312345678", None, None),
        ("950131234567", "+86950131234567", "service"),
        ("95213012345", "+8695213012345", "service"),
        ("4008123123", "+864008123123", "shared_cost"),
        ("8008101234", "+868008101234", "toll_free"),
        ("700123456789012345", "+86700123456789012345", "service"),
        ("700123456789012", "+86700123456789012", "service"),
        ("+86700123456789012345", "+86700123456789012345", "service"),
        ("10655123456789", "+8610655123456789", "service"),
        ("1065512345", "+861065512345", "fixed"),  # Beijing 6551 2345
        ("13800138000", "+8613800138000", "mobile"),
        ("01065529988", "+861065529988", "fixed"),
        ("075588888888", "+8675588888888", "fixed"),
        ("09551234567", "+869551234567", "fixed"),  # Zhongwei, area code 0955
    ],
)
def test_service_and_subscriber_numbers(dialled: str, e164: str | None, kind: str | None) -> None:
    number, found = PLAN.classify(dialled)
    if kind is None:
        assert not found.valid
        return
    assert (e164, "CN", kind, True) == (number, found.country, found.kind, found.valid)
    assert (number, found) == PLAN.classify(str(number))


@pytest.mark.parametrize(
    "dialled",
    [
        "95588123",  # 955 numbers have 5 or 6 digits
        "9535678",
        "9561234567890",
        "70012345678901234",  # 14 digits behind 700
        "7001234567890123456",
        "1380013800",
        "138001380000",
        "12800138000",
    ],
)
def test_what_is_no_chinese_number(dialled: str) -> None:
    assert not PLAN.classify(dialled)[1].valid or PLAN.classify(dialled)[1].kind == "emergency"
    assert not PLAN.classify(f"+86{dialled}")[1].valid


def blocks(folder: Path, text: str) -> Path:
    path = folder / "blocks.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_mobile_blocks(tmp_path: Path) -> None:
    plan = NumberingPlan(
        "CN", mobile_blocks=blocks(tmp_path, "# allocated\n1380013\n1390000*  # old\n")
    )
    for number in ("+8613800138000", "13800138000", "008613900001234"):
        assert ("CN", "mobile", True) == kind_of(plan, number)
    for number in ("+8613800148000", "13800148000", "01380014 8000", "8613800148000"):
        assert ("CN", "unallocated", False) == kind_of(plan, number)
    assert ("CN", "fixed", True) == kind_of(plan, "+861065529988")
    assert ("GB", "mobile", True) == kind_of(plan, "+447400123456")
    assert ("CN", "unallocated", False) == kind_of(plan, plan.classify("13800148000")[0] or "")


def kind_of(plan: NumberingPlan, number: str) -> tuple[str | None, str, bool]:
    found = plan.classify(number)[1]
    return found.country, found.kind, found.valid


def test_blocks_apply_to_chinese_numbers_wherever_home_is(tmp_path: Path) -> None:
    plan = NumberingPlan("GB", mobile_blocks=blocks(tmp_path, "1380013\n"))
    assert ("CN", "unallocated", False) == kind_of(plan, "+8613900001234")


def test_an_empty_list_of_blocks_allocates_nothing(tmp_path: Path) -> None:
    plan = NumberingPlan("CN", mobile_blocks=blocks(tmp_path, ""))
    assert ("CN", "unallocated", False) == kind_of(plan, "13800138000")


def test_bad_blocks_are_named(tmp_path: Path) -> None:
    lines = ["1380013", "138001", "2380013", *["x"] * 30]
    path = blocks(tmp_path, "\n".join(lines))
    with pytest.raises(NumberingError) as caught:
        NumberingPlan("CN", mobile_blocks=path)
    message = str(caught.value)
    assert f"{path}:2:1 CG606 '138001' is not a block" in message
    assert f"{path}:3:1 CG606 '2380013' is not a block" in message
    assert ":22:1 CG606 12 more faults from here on" in message
    assert f"{path}:1:" not in message


def test_missing_blocks(tmp_path: Path) -> None:
    with pytest.raises(NumberingError, match="cannot read the mobile blocks"):
        NumberingPlan("CN", mobile_blocks=tmp_path / "none.txt")
