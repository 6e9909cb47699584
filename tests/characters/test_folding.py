"""Folded texts: what is shown alike is equal, and what is not alike stays apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.characters import blank_characters, fold, imitations, is_ignorable
from callguard.characters.folding import fold_plainly

INVISIBLE = [chr(code) for code in range(0x110000) if is_ignorable(chr(code))]
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
NAMES = st.text(alphabet=st.characters(codec="utf-8"), max_size=24)
# Letters of the scripts that names are written in.
WORDS = st.text(
    st.sampled_from(
        "abikmnoprstuxyzABIKMNOPRSTUXYZ0159 -_'.полицябнкПОЛЦЯ公安银行局αβνοσΑΒΝΟΣがカ경찰ئש"
    ),
    max_size=16,
)
IMITATED = {
    letter: [source for source, target in imitations().items() if target == letter]
    for letter in "abcdefghijklmnopqrstuvwxyz"
}


@pytest.mark.parametrize(
    "shown",
    [
        "police",
        "POLICE",
        "ＰＯＬＩＣＥ",  # full-width letters
        "Роlісе",  # Cyrillic Р, о, і, с, е
        "ΡοLΙϹΕ",  # Greek
        "Pol\u200bi\u200dce\ufe0f",  # zero-width characters
        "P\u202eo\u2066l\u2069ice",  # direction marks
        "Pólíçé",  # accents, composed
        "P\u0336o\u0336l\u0336i\u0336c\u0336e\u0336",  # struck through
        "ᴘᴏʟɪᴄᴇ",  # small capitals
        "🅿🅾🅻🅸🅲🅴",
        "ⓟⓞⓛⓘⓒⓔ",
        "🇵🇴🇱🇮🇨🇪",  # flags
        "𝓟𝓸𝓵𝓲𝓬𝓮",  # mathematical script
        "\x07Pol\x00ice\u009f",  # controls
        "\u2800 Police \u3000",  # blanks at the ends
        "\ufff9Police\ufffb",
    ],
)
def test_what_reads_police_folds_to_police(shown: str) -> None:
    assert "police" == fold(shown)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Your  Bank", "your bank"),
        ("Your\u00a0Bank", "your bank"),
        ("Your\u3000\u2800\tBank\n", "your bank"),
        ("Police_", "police_"),
        ("P0lice", "p0lice"),
        ("①①⓪", "110"),
        ("１１０", "110"),
        ("١١٠", "110"),
        ("1\ufe0f\u20e31\ufe0f\u20e30\ufe0f\u20e3", "110"),
        ("エ商银行", "工商银行"),
        ("⽇本", "日本"),
        ("公\u200b安 局", "公安 局"),
        ("Straße", "strasse"),
        ("İSTANBUL", "istanbul"),
        ("ﬁnance", "finance"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_folded_texts(text: str, folded: str) -> None:
    assert folded == fold(text)


@pytest.mark.parametrize(
    "name",
    ["公安局", "一一〇", "ガス会社", "が", "경찰청", "मुंबई पुलिस", "בנק", "شرطة", "กรุงเทพ"],
)
def test_what_imitates_nothing_stays(name: str) -> None:
    assert name == fold(name)


@pytest.mark.parametrize("name", ["Полиция", "Сбербанк", "Τράπεζα", "Ոստիկան", "ΑΣΤΥΝΟΜΙΑ"])
def test_a_name_in_another_script_equals_itself_in_every_case(name: str) -> None:
    assert fold(name) == fold(name.upper()) == fold(name.lower()) == fold(f"\u200b{name} ")


@given(NAMES | WORDS)
def test_the_short_cut_gives_what_the_definition_gives(text: str) -> None:
    assert fold_plainly(text) == fold(text)


@given(NAMES | WORDS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(text) == fold(fold(text))


def test_folding_every_character_twice_is_folding_it_once() -> None:
    characters = (chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000)
    folded = ((character, fold_plainly(f"a{character}b")) for character in characters)
    assert [] == [character for character, once in folded if fold_plainly(once) != once]


@given(WORDS, st.data())
def test_invisible_characters_change_nothing(text: str, data: st.DataObject) -> None:
    changed = text
    for character in data.draw(st.lists(st.sampled_from(INVISIBLE), max_size=4)):
        # In front of a mark that composes, or between halves of one character, it parts them.
        place = data.draw(st.sampled_from(_seams(changed)))
        changed = changed[:place] + character + changed[place:]
    assert fold(text) == fold(changed)


def _seams(text: str) -> list[int]:
    normal = unicodedata.normalize("NFKC", text)
    if normal != text:
        return [0, len(text)]
    return list(range(len(text) + 1))


@given(WORDS)
def test_case_and_width_change_nothing(text: str) -> None:
    assert {fold(text)} == {fold(text.upper()), fold(text.lower()), fold(text.swapcase())}
    assert fold(text) == fold(text.translate(WIDE))


@given(WORDS, st.data())
def test_kinds_of_spaces_change_nothing(text: str, data: st.DataObject) -> None:
    spaces = st.text(st.sampled_from(sorted(blank_characters())), min_size=1, max_size=3)
    changed = "".join(data.draw(spaces) if char == " " else char for char in text)
    assert fold(text) == fold(data.draw(spaces) + changed + data.draw(spaces))


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), max_size=12), st.data())
def test_any_letter_may_be_imitated(word: str, data: st.DataObject) -> None:
    shown = "".join(data.draw(st.sampled_from([letter, *IMITATED[letter]])) for letter in word)
    assert word == fold(shown)


@given(WORDS, WORDS)
def test_parts_of_a_text_are_parts_of_the_folded_text(before: str, after: str) -> None:
    assert (fold(before) + fold(after)).replace(" ", "") == fold(before + after).replace(" ", "")


def test_long_texts_are_folded_like_short_ones() -> None:
    assert "police" * 600 == fold("Роlісе" * 600)
