"""Lists against plain Python sets; what a bad line is told; texts without regard to case."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import ListError
from callguard.numbering import NumberingPlan, NumberList, TextList, compile_list

PLAN = NumberingPlan("CN")
e164s = st.from_regex(r"\+[1-9][0-9]{3,13}", fullmatch=True)
prefixes = st.from_regex(r"\+[1-9][0-9]{0,7}", fullmatch=True)


def write(folder: Path, text: str, name: str = "list.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@given(st.sets(e164s, max_size=20), st.sets(prefixes, max_size=8), st.lists(e164s, max_size=20))
def test_a_list_is_a_set_and_its_compiled_form_too(
    numbers: set[str], beginnings: set[str], others: list[str]
) -> None:
    listed = {number for raw in numbers if (number := PLAN.classify(raw)[0]) is not None}
    with tempfile.TemporaryDirectory() as folder:
        text = "\n".join([*sorted(listed), *(f"{beginning}*" for beginning in beginnings)])
        path = write(Path(folder), text)
        from_text = NumberList.load(path, PLAN)
        compile_list(path, PLAN)
        compiled = NumberList.load(path, PLAN)
    assert hashlib.sha256(text.encode()).hexdigest() == from_text.digest == compiled.digest
    assert len(listed) + len(beginnings) == len(from_text) == len(compiled)
    near = [number + "1" for number in listed] + [number[:-1] for number in listed]
    for number in [*listed, *others, *beginnings, *near]:
        expected = number in listed or number.startswith(tuple(beginnings))
        assert (number, expected) == (number, number in from_text)
        assert (number, expected) == (number, number in compiled)


def test_numbers_are_normalised_like_signalled_ones(tmp_path: Path) -> None:
    lines = ["13800138000", "010-6552 9988 # desk", "", "# all", "95588", "+44 20 7946 0000"]
    numbers = NumberList.load(write(tmp_path, "\ufeff" + "\r\n".join(lines)), PLAN)
    assert 4 == len(numbers)
    for number in ("+8613800138000", "+861065529988", "+8695588", "+442079460000"):
        assert number in numbers
    assert "+86" not in numbers


@pytest.mark.parametrize(
    ("line", "inside", "outside"),
    [
        ("+44*", "+442079460000", "+454"),
        ("0044*", "+442079460000", "+454"),
        ("138*", "+8613800138000", "+8613900138000"),
        ("0755 *", "+8675588888888", "+8675688888888"),
        ("95*", "+8695588", "+8696110"),
        ("１３８*", "+8613800138000", "+8613900138000"),
    ],
)
def test_beginnings_of_numbers(tmp_path: Path, line: str, inside: str, outside: str) -> None:
    numbers = NumberList.load(write(tmp_path, line), PLAN)
    assert inside in numbers
    assert outside not in numbers


@pytest.mark.parametrize("value", ["", "+", "8613800138000", "+86 138", "abc", "+8613x", None, 86])
def test_what_is_no_e164_number_is_on_no_list(tmp_path: Path, value: object) -> None:
    numbers = NumberList.load(write(tmp_path, "+8*\n+1*\n13800138000"), PLAN)
    assert value not in numbers


def test_numbers_too_long_for_64_bits(tmp_path: Path) -> None:
    relay = "700123456789012345"
    path = write(tmp_path, f"{relay}\n10655123456789012345\n")
    compile_list(path, PLAN)
    numbers = NumberList.load(path, PLAN)
    assert f"+86{relay}" in numbers
    assert "+86700123456789012346" not in numbers
    assert "+" + "9" * 5_000 not in numbers
    assert 2 == len(numbers)


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    bad = {
        2: "abc",
        3: "13800",
        4: "*",
        5: "0*",
        6: "8613*",
        7: "+8613800138000 13900139000x",
    }
    lines = ["13800138000", *bad.values(), *["x"] * 30]
    path = write(tmp_path, "\n".join(lines))
    with pytest.raises(ListError) as caught:
        NumberList.load(path, PLAN)
    message = str(caught.value).splitlines()
    for place, (number, line) in enumerate(bad.items()):
        assert message[place].startswith(f"{path}:{number}:1 CG604 {line!r} is not ")
        assert "write + and the calling code, or" in message[place]
    more = f"16 more faults from here on; callguard lists check {path} shows all"
    assert f"{path}:22:1 CG604 {more}" == message[-1]
    assert 21 == len(message)


def test_a_plus_means_exactly_this_number(tmp_path: Path) -> None:
    assert "+911930" in NumberList.load(write(tmp_path, "+911930"), PLAN)


def test_unreadable_lists(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="cannot read the list"):
        NumberList.load(tmp_path / "none.txt", PLAN)
    with pytest.raises(ListError, match="cannot read the list"):
        TextList.load(tmp_path)
    path = tmp_path / "latin.txt"
    path.write_bytes(b"+8613800138000\n\xff\xfe\n")
    with pytest.raises(ListError, match=r"latin\.txt:2:1 CG604 the line is not UTF-8"):
        NumberList.load(path, PLAN)


@given(
    st.lists(st.text(alphabet="abAB中#", min_size=1, max_size=4), max_size=6), st.text("abAB中#")
)
def test_texts(words: list[str], value: str) -> None:
    whole = {word.lower() for word in words[::2]}
    beginnings = tuple(word.lower() for word in words[1::2])
    texts = TextList([*words[::2], *(f"{word}*" for word in words[1::2])])
    expected = value.lower() in whole or value.lower().startswith(beginnings)
    assert expected == (value in texts)
    assert len(whole) + len(set(beginnings)) == len(texts)


def test_text_file(tmp_path: Path) -> None:
    text = "# agents\nFriendly-Scanner # scanner\nsipcli*\n  C# client  \n\n公安局\n"
    texts = TextList.load(write(tmp_path, text))
    assert hashlib.sha256(text.encode()).hexdigest() == texts.digest
    assert 4 == len(texts)
    for value in ("friendly-scanner", "SIPCLI/1.8", "c# client", "公安局"):
        assert value in texts
    for other in ("friendly", "agents", "", "公安", None):
        assert other not in texts


def test_a_text_that_stands_for_everything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListError, match=r"list\.txt:2:1 CG604 '\*' alone means everything"):
        TextList.load(write(tmp_path, "a\n*\n"))


def test_a_line_that_a_spreadsheet_rewrote_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("13812345678.0\n138.1234.5678\n1.38E+10\n13812345678,00\n", encoding="utf-8")
    with pytest.raises(ListError) as caught:
        NumberList.load(path, NumberingPlan("CN"))
    remedy = "write all digits; in a spreadsheet format the column as text"
    assert [
        f"{path}:1:1 CG604 '13812345678.0' has a fraction, so its digits may be lost; {remedy}",
        f"{path}:3:1 CG604 '1.38E+10' has an exponent, so its digits may be lost; {remedy}",
        f"{path}:4:1 CG604 '13812345678,00' has a fraction, so its digits may be lost; {remedy}",
    ] == str(caught.value).splitlines()
