"""The lists that columns look values up in."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from callguard.numbering import TextList
from callguard.records.fields import FIELDS, FieldType
from callguard.records.names import FOLDED


@dataclass(frozen=True, slots=True)
class Lists:
    """The members of every list, by name: numbers in E.164 form, or text."""

    numbers: Mapping[str, Container[str]] = field(default_factory=dict)
    texts: Mapping[str, Container[str]] = field(default_factory=dict)

    def of(self, name: str, list_name: str) -> Container[str]:
        """The members that values of the field ``name`` are compared with."""
        of_numbers = FIELDS[name] is FieldType.NUMBER_TEXT
        members = (self.numbers if of_numbers else self.texts)[list_name]
        return members.folded if name in FOLDED and isinstance(members, TextList) else members
