"""Whatever is in the file: either rules come out or faults, never anything else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RuleError
from callguard.rules import read_rule_file
from callguard.rules.model import Rule
from tests.made.rule_file import GOOD
from tests.rules.faulty_files.fault import RULE

WORDS = (
    *"title: |id: |name: |status: stable|detection:\n|  sel: |condition: ".split("|"),
    *"correlation: |callguard:\n|  score: |examples: |\n|\n  |- |[|]|{|}|'|: |---\n".split("|"),
    *"&a |*a |!!x |<<: |# |\t|null|true|no|010|+86|.nan|1e9|%a%|号码".split("|"),
    *"ingress|calling.country|re: '('|1 of *|not ".split("|"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("robust")
    (folder / "lists").mkdir()
    (folder / "lists" / "known-good.txt").write_text("+8610086\n")
    return folder


def load(folder: Path, data: str | bytes) -> list[str]:
    """The codes of the faults; none if rules came out."""
    path = folder / "rules.yaml"
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "replace"))
    file = read_rule_file(path)
    if file.faults:
        with pytest.raises(RuleError):
            file.require()
    else:
        assert file.require() is file.sound_rules
    assert all("\n" not in str(fault) for fault in file.faults)
    return [fault.code for fault in file.faults]


def test_the_good_file_is_good(folder: Path) -> None:
    assert [] == load(folder, GOOD)


@given(st.binary(max_size=200))
def test_any_bytes(folder: Path, data: bytes) -> None:
    assert load(folder, data)


@given(st.text(max_size=200))
def test_any_text(folder: Path, text: str) -> None:
    assert load(folder, text)


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=60).map("".join))
def test_pieces_of_rule_files(folder: Path, text: str) -> None:
    assert load(folder, text)


@given(st.data())
def test_a_good_file_with_a_piece_replaced(folder: Path, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 40)))
    piece = data.draw(st.lists(st.sampled_from(WORDS), max_size=4).map("".join))
    load(folder, GOOD[:start] + piece + GOOD[end:])


Path_ = tuple[str | int, ...]


def places(node: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The way to every value of a tree."""
    children = node.items() if isinstance(node, dict) else enumerate(node)
    for key, child in children:
        yield (*path, key)
        if isinstance(child, dict | list):
            yield from places(child, (*path, key))


def dump(document: object) -> str:
    return str(yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True))


DOCUMENTS: list[Any] = list(yaml.load_all(GOOD, yaml.CSafeLoader))
DUMPED = [dump(document) for document in DOCUMENTS]


def changed(path: Path_, *value: object) -> str:
    """The good file with the value at ``path`` replaced, or removed if there is no other."""
    index, *inner = path
    texts = DUMPED.copy()
    document: Any = [copy.deepcopy(DOCUMENTS[int(index)])]
    node: Any = document
    way: list[str | int] = [0, *inner]
    for key in way[:-1]:
        node = node[key]
    if value:
        node[way[-1]] = value[0]
    else:
        del node[way[-1]]
    texts[int(index)] = dump(document[0]) if document else ""
    return "---\n".join(texts)


# These may be null: an absent field in a selection, an unknown value in a record, a blank document.
NULL_IS_A_VALUE = ("examples", "abroad", "forged", "filter_known", "sel")
VALUES: tuple[object, ...] = (None, "", [], {}, -1, True, "x", ["x"])
REQUIRED = {"title", "id", "name", "status", "logsource", "detection", "condition", "type"}


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_every_value_replaced(folder: Path, value: object) -> None:
    for path in places(DOCUMENTS):
        faults = load(folder, changed(path, value))
        if value is None and len(path) > 1 and not set(path) & set(NULL_IS_A_VALUE):
            assert faults, path


def test_every_key_removed(folder: Path) -> None:
    for path in places(DOCUMENTS):
        if isinstance(path[-1], str):
            faults = load(folder, changed(path))
            assert faults or path[-1] not in REQUIRED, path


def test_json_test_suite(folder: Path, shared: Path) -> None:
    files = sorted((shared / "data/bad-input-corpora/JSONTestSuite").rglob("*.json"))
    assert len(files) > 300
    for file in files:
        assert load(folder, file.read_bytes()), file.name


def test_yaml_test_suite(folder: Path, shared: Path) -> None:
    files = sorted((shared / "data/bad-input-corpora/yaml-test-suite/src").glob("*.yaml"))
    assert len(files) > 300
    for file in files:
        assert load(folder, file.read_bytes()), file.name
        for case in yaml.load(file.read_text(), yaml.CSafeLoader):
            load(folder, case.get("yaml", ""))


def test_naughty_strings(folder: Path, shared: Path) -> None:
    strings = json.loads((shared / "data/bad-input-corpora/blns/blns.json").read_text())
    for text in strings:
        load(folder, text)
        load(folder, RULE.replace("title: A rule", f"title: {text}"))
    quoted = [
        yaml.dump(text, Dumper=yaml.CSafeDumper, default_style='"', width=10**6).strip()
        for text in strings
    ]
    assert [] == load(folder, GOOD.replace("https://example.org/a", ", ".join(quoted)))
    load(folder, changed((0, "detection", "forged", 2, "display_name|contains"), strings))


def test_text_comes_out_as_it_went_in(folder: Path) -> None:
    (folder / "rules.yaml").write_text(GOOD.replace("Fraud desk", "x"))
    first = read_rule_file(folder / "rules.yaml").require().rules[0]
    assert isinstance(first, Rule)
    assert (
        "A number of the home country arrives on an international trunk.\n"
        == first.header.description
    )
