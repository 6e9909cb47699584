"""What commands print with ``--json`` has the keys that docs/cli.md says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.documents.reading import ROOT, commands
from tests.documents.running import Typist

PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `(.*?)`\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
SAID = {
    title: row[1]
    for title, text in SECTIONS.items()
    if (row := re.search(r"^\| `--json` \| `(\{.*?\})`", text, re.MULTILINE))
    and "backscore" not in title  # wants Spark
}


def _keys(said: str) -> list[str]:
    """The keys of the outermost object: ``{"a", "b": [{"c"}]}`` has a and b."""
    inner = said[1:-1]
    while re.search(r"\[[^\[\]]*\]|\{[^{}]*\}", inner):
        inner = re.sub(r"\[[^\[\]]*\]|\{[^{}]*\}", "", inner)
    return re.findall(r'"(\w+)"', inner)


@pytest.mark.parametrize("title", SAID)
def test_the_keys_are_those_of_the_page(title: str, typists: Callable[[], Typist]) -> None:
    typist = typists()
    name = tuple(re.findall(r"[a-z]+", title))
    examples = [
        one
        for one in commands(SECTIONS[title])
        if not one.within_sentence and one.parts[0][: len(name)] == name and len(one.parts) == 1
    ]
    words = examples[-1].parts[0]
    asked = words if "--json" in words else (*words, "--json")
    done = typist.run(replace(examples[-1], parts=(asked,)))
    assert "" != done.out, done.err
    assert sorted(_keys(SAID[title])) == sorted(json.loads(done.out))
