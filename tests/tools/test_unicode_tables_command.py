"""The command that compiles the tables of characters, on a few lines of each data file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.unicode_tables import __main__ as command

UNICODE_DATA = """\
0020;SPACE;Zs;0;WS;;;;;N;;;;;
006D;LATIN SMALL LETTER M;Ll;0;L;;;;;N;;;004D;;004D
00E9;LATIN SMALL LETTER E WITH ACUTE;Ll;0;L;0065 0301;;;;N;;;00C9;;00C9
00F8;LATIN SMALL LETTER O WITH STROKE;Ll;0;L;;;;;N;;;00D8;;00D8
0299;LATIN LETTER SMALL CAPITAL B;Ll;0;L;;;;;N;;;;;
039D;GREEK CAPITAL LETTER NU;Lu;0;L;;;;;N;;;;03BD;
03BD;GREEK SMALL LETTER NU;Ll;0;L;;;;;N;;;039D;;039D
0406;CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I;Lu;0;L;;;;;N;;;;0456;
0456;CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I;Ll;0;L;;;;;N;;;0406;;0406
05E1;HEBREW LETTER SAMEKH;Lo;0;R;;;;;N;;;;;
0665;ARABIC-INDIC DIGIT FIVE;Nd;0;AN;;5;5;5;N;;;;;
2800;BRAILLE PATTERN BLANK;So;0;L;;;;;N;;;;;
2ED4;CJK RADICAL GATE ONE;So;0;ON;;;;;N;;;;;
4E00;<CJK Ideograph, First>;Lo;0;L;;;;;N;;;;;
9FFF;<CJK Ideograph, Last>;Lo;0;L;;;;;N;;;;;
118E3;WARANG CITI DIGIT THREE;Nd;0;L;;3;3;3;N;;;;;
1F17F;NEGATIVE SQUARED LATIN CAPITAL LETTER P;So;0;L;;;;;N;;;;;
"""
CASE_FOLDING = """\
# CaseFolding-17.0.0.txt
004D; C; 006D; # LATIN CAPITAL LETTER M
0130; T; 0069; # LATIN CAPITAL LETTER I WITH DOT ABOVE
039D; C; 03BD; # GREEK CAPITAL LETTER NU
0406; C; 0456; # CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I
"""
PROPERTIES = """\
# DerivedCoreProperties-17.0.0.txt
0041..005A    ; Alphabetic # L&  [26] LATIN CAPITAL LETTER A..Z
00AD          ; Default_Ignorable_Code_Point # Cf       SOFT HYPHEN
180B..180D    ; Default_Ignorable_Code_Point # Mn   [3] MONGOLIAN
180E          ; Default_Ignorable_Code_Point # Cf       MONGOLIAN VOWEL SEPARATOR
"""
CONFUSABLES = """\
# confusables.txt
# Version: 17.0.0
006D ;\t0072 006E ;\tMA\t# m
039D ;\t004E ;\tMA\t# GREEK CAPITAL LETTER NU
03BD ;\t0076 ;\tMA\t# GREEK SMALL LETTER NU
0406 ;\t006C ;\tMA\t# CYRILLIC CAPITAL I
0456 ;\t0069 ;\tMA\t# CYRILLIC SMALL I
05E1 ;\t006F ;\tMA\t# HEBREW
0665 ;\t006F ;\tMA\t# ARABIC-INDIC DIGIT FIVE
2ED4 ;\t95E8 ;\tMA\t# CJK RADICAL
118E3 ;\t0072 006E ;\tMA\t# WARANG CITI DIGIT THREE
4E00 ;\t30FC ;\tMA\t# one
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "UnicodeData.txt": UNICODE_DATA,
        "CaseFolding.txt": CASE_FOLDING,
        "DerivedCoreProperties.txt": PROPERTIES,
        "confusables.txt": CONFUSABLES,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_command_writes_what_the_data_files_say(folder: Path) -> None:
    target = folder / "unicode.json"
    assert 0 == command.main([str(folder), "--output", str(target)])
    tables = json.loads(target.read_text(encoding="utf-8"))
    assert "UNICODE-LICENSE.txt" in tables.pop("notice")
    assert {
        "unicode": "17.0.0",
        "default_ignorable": [["00AD", "00AD"], ["180B", "180E"]],
        "blank": " \u2800",
        "imitations": {"b": "ʙ", "i": "і", "n": "ν", "o": "ø", "p": "🅿", "门": "⻔"},
    } == tables


def test_a_missing_file_is_named_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "confusables.txt").unlink()
    assert 1 == command.main([str(folder)])
    said = capsys.readouterr().err
    assert "missing confusables.txt; get https://www.unicode.org/Public/" in said


def test_files_of_different_versions_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "confusables.txt").write_text(CONFUSABLES.replace("17.0.0", "16.0.0"))
    assert 1 == command.main([str(folder)])
    assert "the files are of different versions" in capsys.readouterr().err


def test_another_file_under_the_name_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "CaseFolding.txt").write_text("nothing\n")
    assert 1 == command.main([str(folder)])
    assert "CaseFolding.txt: its first lines name no version" in capsys.readouterr().err
