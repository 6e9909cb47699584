"""Number ranges of an operator: what a line means at home, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard.errors import NumberingError
from callguard.numbering import NumberingPlan, NumberList, compile_list


def plan_with(
    folder: Path, text: str, home: str = "CN", blocks: str | None = None
) -> NumberingPlan:
    path = folder / "ranges.txt"
    path.write_text(text, encoding="utf-8")
    listed = folder / "blocks.txt"
    if blocks is not None:
        listed.write_text(blocks)
    return NumberingPlan(home, None if blocks is None else listed, path)


@pytest.mark.parametrize(
    ("home", "line", "number", "e164", "country", "kind"),
    [
        ("CN", "+8692 13 mobile", "92012345678", "+8692012345678", "CN", "mobile"),
        ("CN", "92 11 mobile  # MIIT", "+8692012345678", "+8692012345678", "CN", "mobile"),
        ("CN", "92 11 mobile", "092012345678", "+8692012345678", "CN", "mobile"),
        ("CN", "009219 14 mobile", "+921912345678", "+921912345678", "PK", "mobile"),
        ("CN", "+8692,13,mobile", "00 86 920 1234 5678", "+8692012345678", "CN", "mobile"),
        ("CN", "+8610657\t15\tMobile", "1065712345678", "+861065712345678", "CN", "mobile"),
        ("CN", "+91177 12 mobile", "+911771234567", "+911771234567", "IN", "mobile"),
        ("IN", "177 10 mobile", "01771234567", "+911771234567", "IN", "mobile"),
        ("CN", "+7700 11 mobile KZ", "+77001234567", "+77001234567", "KZ", "mobile"),
        ("RU", "+7999 11 voip", "89991234567", "+79991234567", "RU", "voip"),
        ("GG", "07999 11 fixed", "07999123456", "+447999123456", "GG", "fixed"),
        ("US", "555 10 toll_free", "15551234567", "+15551234567", "US", "toll_free"),
        ("DE", "+4999 12-14 service", "+49991234567890", "+49991234567890", "DE", "service"),
        ("DE", "099 12 service", "099123456789", "+4999123456789", "DE", "service"),
        ("US", "+1999[2-9] 11 fixed", "9992345678", "+19992345678", "US", "fixed"),
        ("US", "999[2-9] 10 fixed", "19999999999", "+19999999999", "US", "fixed"),
        ("CN", "+88299 11 voip", "+88299123456", "+88299123456", None, "voip"),
        ("FR", "0800 14 service", "08001234567890", "+338001234567890", "FR", "service"),
    ],
)
def test_a_range_says_what_its_numbers_are(
    tmp_path: Path, home: str, line: str, number: str, e164: str, country: str | None, kind: str
) -> None:
    plan = plan_with(tmp_path, line, home)
    found, meaning = plan.classify(number)
    expected = (e164, country, kind, True)
    assert expected == (found, meaning.country, meaning.kind, meaning.valid)


def test_a_range_leaves_all_other_numbers_alone(tmp_path: Path) -> None:
    plan, plain = plan_with(tmp_path, "+86921 13 mobile\n+8692 14 fixed\n"), NumberingPlan("CN")
    assert "mobile" == plan.classify("+8692112345678")[1].kind
    assert "fixed" == plan.classify("+86921123456789")[1].kind
    others = (
        "+8692012345678",
        "+8692212345678",
        "+869211234567",
        "+86921123456",
        "+8691112345678",
        "+8693112345678",
        "+8613812345678",
        "110",
        "95588",
        "+861065529988",
    )
    assert [plain.classify(each) for each in others] == [plan.classify(each) for each in others]


def test_a_prefix_that_ends_in_one_of_several_digits(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, "+8692[3-5] 13 mobile")
    kinds = [plan.classify(f"92{digit}12345678"[:11])[1].kind for digit in range(10)]
    assert ["unallocated"] * 3 + ["mobile"] * 3 + ["unallocated"] * 4 == kinds


def test_of_ranges_that_overlap_the_longer_prefix_counts(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, "+86921 13 voip\n+8692 13 mobile\n+869215 13 fixed\n")
    numbers = ("92012345678", "92112345678", "92151234567")
    kinds = [plan.classify(f"+86{each}")[1].kind for each in numbers]
    assert ["mobile", "voip", "fixed"] == kinds


def test_a_range_of_one_number(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, "+8692012345678 13 mobile")
    kinds = [plan.classify(f"+869201234567{last}")[1].kind for last in range(10)]
    assert ["unallocated"] * 8 + ["mobile", "unallocated"] == kinds


def test_ranges_count_beside_blocks(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, "+861381234 13 voip", blocks="1390000\n")
    kinds = [plan.classify(each)[1].kind for each in ("13812345678", "13900001234", "13912345678")]
    assert ["voip", "mobile", "unallocated"] == kinds


def test_emergency_calls_stay_what_they_are(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, "+8610 7 fixed\n+86961 8-13 mobile\n+861 9-12 mobile\n")
    for number in ("110", "119", "112", "96110", "+86110", "8696110", "010110", "1101", "999"):
        assert "emergency" == plan.classify(number)[1].kind, number


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("149", "'149' is not a range"),
        ("149 11", "'149 11' is not a range"),
        ("149 11 mobile CN extra", "'149 11 mobile CN extra' is not a range"),
        ("14x 11 mobile", "'14x' is not the beginning of numbers"),
        ("14[5-4] 11 mobile", "'14[5-4]' is not the beginning of numbers"),
        ("14[5] 11 mobile", "'14[5]' is not the beginning of numbers"),
        ("[1-9] 11 mobile", "'[1-9]' is not the beginning of numbers"),
        ("+ 11 mobile", "'+' is not the beginning of numbers"),
        ("149 eleven mobile", "'eleven' is not a number of digits"),
        ("149 11- mobile", "'11-' is not a number of digits"),
        ("149 11 cell", "'cell' is not a kind of number"),
        ("149 11 emergency", "'emergency' is not a kind of number"),
        ("149 11 unallocated", "'unallocated' is not a kind of number"),
        ("149 2 mobile", "2 digits do not fit the 3 of 149"),
        ("149 12-11 mobile", "12-11 digits do not fit the 3 of 149"),
        ("149 30 mobile", "numbers of 32 digits with the calling code are longer than any"),
        ("149 11 mobile C1", "'C1' is not a country"),
        ("149 11 mobile US", "US does not have the calling code 86"),
        ("+999123 11 mobile", "'+999123' begins with no calling code"),
        ("+210123 11 mobile", "'+210123' begins with no calling code"),
        ("0 11 mobile", "'0' begins with no calling code"),
        ("+86 13 mobile", "'+86' is a calling code and nothing else"),
        ("+7700 11 mobile", "the calling code 7 is shared by RU, KZ"),
        ("11 3 mobile", "the range holds the emergency number +86110"),
        ("110 3-11 mobile", "the range holds the emergency number +86110"),
    ],
)
def test_a_line_that_is_no_range_is_refused(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(NumberingError) as caught:
        plan_with(tmp_path, f"# ranges\n\n{line}  # source\n")
    assert str(caught.value).startswith(f"{tmp_path / 'ranges.txt'}:3:1 CG608 {message}; ")


def test_all_bad_lines_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(NumberingError) as caught:
        plan_with(tmp_path, "149 11 cell\n+8692 13 mobile\n92 11 fixed\n150 9-1 mobile\n")
    said = [(fault.line, fault.code, fault.message) for fault in caught.value.faults]
    expected = [
        (1, "CG608", "'cell' is not a kind of number"),
        (3, "CG608", "the same numbers are mobile in line 2"),
        (4, "CG608", "9-1 digits do not fit the 3 of 150"),
    ]
    assert expected == said


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NumberingError, match="cannot read the number ranges"):
        NumberingPlan("CN", number_ranges=tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(NumberingError, match="cannot read the number ranges"):
        NumberingPlan("CN", number_ranges=tmp_path / "latin.txt")


def test_an_empty_file_changes_nothing_but_the_version(tmp_path: Path) -> None:
    plan, plain = plan_with(tmp_path, "\ufeff# none yet\r\n"), NumberingPlan("CN")
    assert plain.classify("14912345678") == plan.classify("14912345678")
    assert plan.table_version.startswith(f"{plain.table_version}, ranges ")


def test_a_list_that_was_compiled_without_the_ranges_is_read_as_text(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers.txt"
    numbers.write_text("1065712345678\n")
    compile_list(numbers, NumberingPlan("CN"))
    plan = plan_with(tmp_path, "+8692 13 mobile")
    assert NumberList.load(numbers, plan).warning is not None
    compile_list(numbers, plan)
    assert NumberList.load(numbers, plan).warning is None
