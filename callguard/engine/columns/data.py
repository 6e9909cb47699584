"""What a column is: plain, immutable data.

A column says, for the value of one field (or two, compared with each other), which clauses the
value does not refute. Every clause owns one bit of a *mask*, a Python int. Everything that reads
columns reads these classes: :mod:`.evaluate` in plain Python, the scoring function through
:mod:`.look_ups`, and whatever else wants to know what the rules ask of a field.

A column of one field has a *table* for each kind of test that the rules use on it; the column's
mask is the ``&`` of what its tables say. Tables with ``folded`` read the value in lower case.
"""

from __future__ import annotations

from dataclasses import dataclass

from callguard.engine.columns.atoms import AtomMasks


@dataclass(frozen=True, slots=True)
class Strings:
    """Tests for whole texts and for prefixes.

    A value at position i of ``exact`` (sorted) has ``exact_masks[i]``; any other one has
    ``masks[n]``, n being how many of ``bounds`` (sorted) are not greater than the value. Texts are
    compared code point by code point.
    """

    folded: bool
    exact: tuple[str, ...]
    exact_masks: tuple[int, ...]
    bounds: tuple[str, ...]
    masks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Suffixes:
    """Tests for endings: intervals as in :class:`Strings`, of the value read backwards."""

    folded: bool
    bounds: tuple[str, ...]
    masks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Comparisons with numbers.

    k ``bounds`` (sorted) make 2k + 1 cells: ``masks[2 * i]`` is for values below ``bounds[i]`` and
    above the one before, ``masks[2 * i + 1]`` for ``bounds[i]`` itself, the last for values above
    all.
    """

    bounds: tuple[float, ...]
    masks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """Tests of a field that is true or false."""

    if_true: int
    if_false: int


@dataclass(frozen=True, slots=True)
class Networks:
    """CIDR tests on addresses as text (RFC 4632, RFC 4291 section 2.3; scopes as in RFC 4007).

    Intervals as in :class:`Strings` over the addresses as whole numbers, apart for IPv4 and IPv6.
    ``no_address`` is the mask of text that is not an address.
    """

    no_address: int
    bounds4: tuple[int, ...]
    masks4: tuple[int, ...]
    bounds6: tuple[int, ...]
    masks6: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Substrings:
    """Tests for texts anywhere in the value: each word with the atoms that it makes true.

    No word is empty.
    """

    folded: bool
    words: tuple[tuple[str, tuple[int, ...]], ...]
    combine: AtomMasks


@dataclass(frozen=True, slots=True)
class Patterns:
    """RE2 expressions, found anywhere in the value, each with the atom that it makes true."""

    folded: bool
    expressions: tuple[tuple[str, int], ...]
    combine: AtomMasks


Table = Strings | Suffixes | Numbers | Flags | Networks | Substrings | Patterns


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """The tests of one field.

    ``name`` is how a verdict's ``degraded`` calls the column. ``involved`` are the clauses that
    have a test here. ``absent`` is the mask of an absent value, ``present`` that of any value
    before the tables are asked. A ``limited`` column refuses what is not text, or too long a one.
    Before an ``expensive`` column is asked, it is worth knowing whether a clause that needs it is
    still in.
    """

    name: str
    field: str
    involved: int
    absent: int
    present: int
    limited: bool
    expensive: bool
    tables: tuple[Table, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields read."""
        return (self.field,)


@dataclass(frozen=True, slots=True)
class ListColumn:
    """Whether the value of a field is on a list.

    The members are not part of the column: ``list_name`` says where they are found. The other
    attributes are as in :class:`FieldColumn`.
    """

    name: str
    field: str
    list_name: str
    involved: int
    listed: int
    unlisted: int
    limited: bool

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields read."""
        return (self.field,)

    @property
    def absent(self) -> int:
        """The mask of an absent value, which is on no list."""
        return self.unlisted

    @property
    def expensive(self) -> bool:
        """Lists may be long."""
        return True


@dataclass(frozen=True, slots=True)
class PairColumn:
    """Whether the values of two fields are the same; texts in any case unless ``cased``.

    The other attributes are as in :class:`FieldColumn`.
    """

    name: str
    field: str
    other: str
    cased: bool
    involved: int
    same: int
    different: int

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields read."""
        return (self.field, self.other)

    @property
    def absent(self) -> int:
        """The mask where either value is absent."""
        return self.different

    @property
    def expensive(self) -> bool:
        """Two values have to be read."""
        return True


Column = FieldColumn | ListColumn | PairColumn
