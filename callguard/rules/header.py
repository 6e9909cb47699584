"""The keys that rules and correlations have in common: who and what a rule is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, cast, get_args

from callguard.records.fields import FIELDS
from callguard.rules import expect
from callguard.rules.codes import Code
from callguard.rules.expect import Fields
from callguard.rules.model import Header, Status
from callguard.rules.nodes import HasPosition, ListNode, Node, ScalarNode
from callguard.rules.report import Report, quote
from callguard.rules.scalars import Kind, kind_of

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
LEVELS: Final = ("informational", "low", "medium", "high", "critical")
RELATIONS: Final = ("correlation", "derived", "merged", "obsolete", "renamed", "similar")
REQUIRED: Final = {
    "title": "say in a few words what the rule finds",
    "id": "give it a UUID, for instance from uuidgen",
    "name": "give it a short name such as cn-cli-from-abroad",
    "status": "write stable, test, experimental (reports only), deprecated or unsupported",
}
KEYS: Final = (
    *REQUIRED,
    "description",
    "references",
    "author",
    "date",
    "modified",
    "tags",
    "level",
    "falsepositives",
    "related",
    "license",
    "taxonomy",
    "fields",
    "scope",
)
_TEXTS: Final = ("title", "description", "author", "license", "taxonomy")
_LISTS: Final = ("references", "falsepositives", "scope")
_TITLE_LENGTH: Final = 256
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_NAME_LENGTH: Final = 100
_ID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


@dataclass(frozen=True, slots=True)
class ReadHeader:
    """A header, and where its name and its id are in the file."""

    header: Header
    name_at: HasPosition
    id_at: HasPosition


def read_header(report: Report, fields: Fields, at: HasPosition, what: str) -> ReadHeader:
    """The header of a document; what is missing or faulty is left empty and reported."""
    for key, remedy in REQUIRED.items():
        if key not in fields:
            expect.missing(report, at, key, what, remedy)
    texts = {key: _text(report, fields, key) for key in _TEXTS}
    lists = {key: _list(report, fields, key) for key in _LISTS}
    _check_dates(report, fields)
    _check_fields(report, fields)
    _check_related(report, fields)
    header = Header(
        name=_name(report, fields),
        title=_title(report, fields, texts["title"]),
        id=_id(report, fields),
        location=report.location(at),
        status=cast("Status", _word(report, fields, "status", STATUSES) or "unsupported"),
        level=_word(report, fields, "level", LEVELS),
        description=texts["description"],
        references=lists["references"],
        falsepositives=lists["falsepositives"],
        tags=_tags(report, fields),
    )
    return ReadHeader(
        header,
        name_at=fields["name"][1] if "name" in fields else at,
        id_at=fields["id"][1] if "id" in fields else at,
    )


def _text(report: Report, fields: Fields, key: str) -> str:
    if key not in fields:
        return ""
    return expect.text(report, fields[key][1], f"'{key}'") or ""


def _list(report: Report, fields: Fields, key: str) -> tuple[str, ...]:
    return expect.texts(report, fields[key][1], f"'{key}'") if key in fields else ()


def _word(report: Report, fields: Fields, key: str, allowed: tuple[str, ...]) -> str:
    if key not in fields:
        return ""
    return expect.word(report, fields[key][1], f"'{key}'", allowed) or ""


def _title(report: Report, fields: Fields, title: str) -> str:
    if len(title) > _TITLE_LENGTH:
        report.add(
            Code.OUT_OF_RANGE,
            fields["title"][1],
            f"'title' has {len(title)} characters, at most {_TITLE_LENGTH} are allowed",
            "shorten it; 'description' may be long",
        )
    return title


def _id(report: Report, fields: Fields) -> str:
    given = _text(report, fields, "id")
    if given and not _ID.match(given):
        report.add(
            Code.BAD_ID,
            fields["id"][1],
            f"'id' {quote(given)} is not a UUID",
            "write 8-4-4-4-12 hexadecimal digits, for instance from uuidgen",
        )
    return given.lower()


def _name(report: Report, fields: Fields) -> str:
    given = _text(report, fields, "name")
    if given and not (_NAME.match(given) and len(given) <= _NAME_LENGTH):
        kebab = re.sub(r"[^a-z0-9]+", "-", given.lower()).strip("-")[:_NAME_LENGTH].strip("-")
        report.add(
            Code.BAD_NAME,
            fields["name"][1],
            f"'name' {quote(given)} is not in kebab-case",
            f"write {quote(kebab)}" if kebab else "write lower-case words joined by '-'",
        )
    return given


def _tags(report: Report, fields: Fields) -> tuple[str, ...]:
    tags = _list(report, fields, "tags")
    for tag in tags:
        if "." not in tag:
            report.add(
                Code.BAD_TAG,
                fields["tags"][1],
                f"tag {quote(tag)} has no namespace",
                f"write it as 'telecom.{expect.shown(tag)}' or under another namespace",
            )
    return tags


def _check_dates(report: Report, fields: Fields) -> None:
    for key in ("date", "modified"):
        if key not in fields:
            continue
        node = fields[key][1]
        if isinstance(node, ScalarNode) and kind_of(node) is Kind.DATE:
            given: str | None = node.text
        else:
            given = expect.text(report, node, f"'{key}'")
        if given is not None and not _is_date(given):
            report.add(
                Code.BAD_DATE,
                node,
                f"'{key}' {quote(given)} is not a date",
                "write YYYY-MM-DD",
            )


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.match(text)) and date.fromisoformat(text).year > 0
    except ValueError:
        return False


def _check_fields(report: Report, fields: Fields) -> None:
    if "fields" not in fields:
        return
    node = fields["fields"][1]
    expect.texts(report, node, "'fields'")
    for item in node.items if isinstance(node, ListNode) else ():
        if isinstance(item, ScalarNode) and kind_of(item) is Kind.TEXT and item.text not in FIELDS:
            expect.unknown_field(report, item, item.text)


def _check_related(report: Report, fields: Fields) -> None:
    if "related" not in fields:
        return
    node = fields["related"][1]
    if not isinstance(node, ListNode):
        expect.wrong_type(report, node, "'related'", "a list")
        return
    for item in node.items:
        _check_relation(report, item)


def _check_relation(report: Report, item: Node) -> None:
    what = "an item of 'related'"
    given = expect.keyed(report, item, ("id", "type"), what)
    if given is None:
        return
    for key in ("id", "type"):
        if key not in given:
            expect.missing(report, item, key, what, "write {id: UUID, type: derived}")
    if "type" in given:
        expect.word(report, given["type"][1], "'type'", RELATIONS)
    _id(report, given)
