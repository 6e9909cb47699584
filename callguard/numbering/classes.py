"""What a telephone number is: its country, kind and validity."""

from __future__ import annotations

from typing import ClassVar, Final, Self, final


@final
class NumberClass:
    """Country, kind and validity of a number. One object exists for each distinct triple.

    ``country`` is an ISO 3166 alpha-2 code, or None (non-geographic, unknown, or a calling code
    shared by countries where the number is in none). ``kind`` is one of the words of
    ``records.fields.KINDS``. Objects compare and hash by identity, and cannot be changed.
    """

    __slots__ = ("country", "kind", "valid")

    country: str | None
    kind: str
    valid: bool

    _known: ClassVar[dict[tuple[str | None, str, bool], Self]] = {}

    def __new__(cls, country: str | None, kind: str, valid: bool) -> Self:
        key = (country, kind, valid)
        known = cls._known.get(key)
        if known is None:
            made = super().__new__(cls)
            object.__setattr__(made, "country", country)
            object.__setattr__(made, "kind", kind)
            object.__setattr__(made, "valid", valid)
            known = cls._known.setdefault(key, made)
        return known

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"NumberClass cannot be changed (attribute {name!r})")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"NumberClass cannot be changed (attribute {name!r})")

    def __repr__(self) -> str:
        return f"NumberClass(country={self.country!r}, kind={self.kind!r}, valid={self.valid!r})"

    def __reduce__(self) -> tuple[type[NumberClass], tuple[str | None, str, bool]]:
        return NumberClass, (self.country, self.kind, self.valid)


# No number was given, or it was withheld.
UNKNOWN: Final = NumberClass(None, "unknown", valid=False)
# Something that no numbering plan could make a number of.
INVALID: Final = NumberClass(None, "invalid", valid=False)
