"""Which commands a page is understood to name."""

from __future__ import annotations

import pytest

from tests.documents.reading import commands
from tests.documents.running import to_fill_in

CASES = {
    "```sh\ncallguard demo\n```": [("callguard demo",)],
    "```console\n$ callguard demo\n```": [("callguard demo",)],
    "```sh\ncallguard demo --seed 7   # another day | the same\n```": [
        ("callguard demo --seed 7",)
    ],
    "```sh\ncallguard demo \\\n  --seed 7\n```": [("callguard demo --seed 7",)],
    "```sh\nzcat a.gz | callguard score -\n```": [("zcat a.gz", "callguard score -")],
    "```sh\nmake lint && make test\n```": [("make lint",), ("make test",)],
    "```sh\n# nothing\n\n```": [],
    "```python\ncallguard.check('rules.yaml')\n```": [],
    "```\ncallguard/cli/ commands\n```": [],
    "```ini\nExecStart=/opt/callguard worker --once\n```": [("callguard worker --once",)],
    "Say `callguard rules check FILE` first.": [("callguard rules check FILE",)],
    "Say `callguard rules\ncheck FILE` first.": [("callguard rules check FILE",)],
    "| a | `callguard score … \\| head` |": [("callguard score …", "head")],
    "`make test` and `rules.yaml`": [("make test",)],
    "`callguard` and `callguard.check`": [],
    "```sh\ncallguard takedown approve plan --by 'Li Wei'\n```": [
        ("callguard takedown approve plan --by Li Wei",)
    ],
}


@pytest.mark.parametrize("text", CASES)
def test_commands_of_a_page(text: str) -> None:
    found = [tuple(" ".join(part) for part in one.parts) for one in commands(f"\n{text}\n")]
    assert CASES[text] == found


def test_variables_before_a_command_are_set_for_it() -> None:
    (found,) = commands("```sh\nPYTHON=python3 callguard demo\n```")
    assert ((("PYTHON", "python3"),), (("callguard", "demo"),)) == (found.variables, found.parts)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("callguard demo", False),
        ("callguard --version", False),
        ("callguard rules check rules.yaml", False),
        ("callguard rules check FILE", True),
        ("callguard rules explain", True),
        ("callguard rules", True),
        ("callguard score … --set ingress=on_net", True),
        ("callguard takedown restore [ORDER_ID]", True),
    ],
)
def test_a_command_that_a_reader_completes_is_known(said: str, expected: bool) -> None:
    (found,) = commands(f"`{said}`")
    assert expected == to_fill_in(found)


def test_a_block_is_run_as_it_is() -> None:
    (found,) = commands("```sh\ncallguard rules check FILE\n```")
    assert not to_fill_in(found)
