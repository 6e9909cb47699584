"""A page that a message names exists, and has what it is named for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from callguard.alerts import TEMPLATES
from callguard.records.fields import FIELDS

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "callguard").rglob("*.py"))
NAMED = re.compile(r"(?:docs/)?([a-z-]+\.md)(?:#([a-z0-9-]+))?")
# What a message promises that the page has.
PROMISED = {
    "see the fields in docs/records.md": [f"`{name}`" for name in FIELDS if "." not in name]
    + ["`X.e164`", "`X.prefix`", "`X.country`", "`X.kind`", "`X.valid`"],
    "see the keys in docs/records.md": ["`event`", "`at`", "`called_party_number`"],
    "docs/redis.md says what the user must be allowed": ["What a user must be allowed"],
}


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_and_anchors_exist(source: Path) -> None:
    for page, anchor in NAMED.findall(source.read_text(encoding="utf-8")):
        assert (ROOT / "docs" / page).exists() or (ROOT / page).exists()
        if anchor:
            assert anchor in _anchors(_page(page))


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_anchors_of_links_between_pages_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([a-z0-9./-]*\.md)?#([^)]+)\)", text):
        other = (page.parent / target).read_text(encoding="utf-8") if target else text
        assert anchor in _anchors(other)


@pytest.mark.parametrize("message", PROMISED)
def test_the_page_has_what_the_message_promises(message: str) -> None:
    said = [source for source in SOURCES if message in source.read_text(encoding="utf-8")]
    assert 0 < len(said)
    (name,) = re.findall(r"docs/([a-z]+\.md)", message)
    page = _page(name)
    assert [] == [word for word in PROMISED[message] if word not in page]


def test_every_message_that_names_a_page_promises_something() -> None:
    strings = {
        found
        for source in SOURCES
        for found in re.findall(r'f?"([^"\n]*docs/[a-z]+\.md[^"\n]*)"', source.read_text("utf-8"))
        if "``" not in found  # documentation of the code, not a message
    }
    unknown = {text for text in strings if not any(promise in text for promise in PROMISED)}
    assert set() == unknown


def test_every_alert_template_is_listed() -> None:
    section = _page("rules.md").split("## Alert templates")[1].split("\n## ")[0]
    assert list(TEMPLATES) == re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
