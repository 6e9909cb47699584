"""Compile one calling code's patterns into prefix intervals.

The patterns of all regions of the calling code run as one automaton over the national number.
Walking it digit by digit gives a tree; where everything that follows depends on the length alone,
the tree ends in a *row*: what a number with that prefix is, by its length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tools.numbering_table.additions import Addition
from tools.numbering_table.metadata import Region
from tools.numbering_table.old_forms import OldForm
from tools.numbering_table.prefix import PrefixStripper, Rewrite, Threads
from tools.numbering_table.regex import Automaton

# Longest national number in the table, in digits. phonenumbers stops at 17; China's privacy relay
# numbers have 18 and its short-message access numbers up to 20, 21 as message gateways write them.
MAX_NATIONAL = 21
# phonenumbers refuses to parse anything longer or shorter than this.
MAX_PARSED = 17
MIN_PARSED = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """What the numbers of one prefix and length are.

    ``rewrite`` is set if digits must first be taken off; the class is then that of the number as
    it stands. ``known`` is false where there is no national number to speak of (wrong by length).
    ``short`` is true for short codes and false for subscriber numbers. ``old`` is set if the plan
    has given the form up: the kind that it proves, or ``""``.
    """

    country: str | None
    kind: str
    valid: bool
    rewrite: Rewrite | None = None
    known: bool = True
    short: bool = False
    old: str | None = None


NO_NUMBER = Entry(None, "invalid", valid=False, known=False)
Row = tuple[Entry | None, ...]  # by length 0…MAX_NATIONAL; None: no such number in the interval


class Compiler:
    """Turns the regions of one calling code into prefix intervals.

    ``additions`` are patterns that outrank everything, the first of them most. ``short_kind`` is
    the kind of other short codes. ``old_forms`` are tried on numbers that are nothing else.
    """

    def __init__(
        self,
        regions: tuple[Region, ...],
        additions: Iterable[Addition] = (),
        short_kind: str = "short_code",
        old_forms: Iterable[OldForm] = (),
    ) -> None:
        self._short_kind = short_kind
        self._old_forms = tuple(old_forms)
        self._regions = regions
        self._main = regions[0]
        self._additions = tuple(additions)
        self._stripper = PrefixStripper(self._main)
        self._automaton = automaton = Automaton()
        self._tags: dict[tuple[str, str], int] = {}
        for region in regions:
            self._add(region, "general", region.general.text)
            for index, (_, pattern) in enumerate(region.kinds):
                self._add(region, f"kind{index}", pattern.text)
            if region.leading_digits:
                self._add(region, "leading", region.leading_digits, prefix=True)
            for name in ("emergency", "short_code", "short_general"):
                if (pattern := getattr(region, name)) is not None:
                    self._add(region, name, pattern.text)
        for index, addition in enumerate(self._additions):
            automaton.add(f"addition {index}", addition.pattern)
        for index, form in enumerate(self._old_forms):
            automaton.add(f"old form {index}", form.pattern)
        self._rows: dict[tuple[int, Threads, int], int] = {}
        self._nodes: list[_Node] = []
        self._node_ids: dict[_Node, int] = {}
        self._entries: dict[Entry, Entry] = {}
        # Whether every valid number also fits the main region's general pattern and length.
        self.valid_is_viable = True
        self._root = self._build(self._automaton.start(), self._stripper.start(), 0)

    def _add(self, region: Region, what: str, pattern: str, *, prefix: bool = False) -> None:
        name = f"{region.name} {what}"
        self._automaton.add(name, pattern, prefix=prefix)
        self._tags[region.name, what] = self._automaton.tag(name)

    def intervals(self) -> list[tuple[str, Row]]:
        """Sorted (lower bound, row) pairs over national digits; the first bound is ``""``.

        A number belongs to the last interval whose bound is not greater than it, as strings.
        """
        merged: list[tuple[str, list[Entry | None]]] = []
        self._emit(self._root, "", (), merged)
        return [(bound, tuple(row)) for bound, row in merged]

    def lengths_stripped_of(self, trunk: str) -> list[int]:
        """Lengths of valid numbers with the trunk prefix in front at which it always comes off.

        Of a valid number, that is, which needs no rewriting itself.
        """
        wanted = Rewrite("", 0, 0, len(trunk))
        failed: set[int] = set()
        seen: set[tuple[int, ...]] = set()
        pending = [(self._after(trunk), (self._root, 0), 0)]
        while pending:
            dialled, plain, depth = pending.pop()
            if (key := (*dialled, *plain)) in seen:
                continue
            seen.add(key)
            entry = self._entry_at(plain)
            subscriber = entry.valid and not entry.short and entry.rewrite is None
            if subscriber and self._entry_at(dialled).rewrite != wanted:
                failed.add(depth + len(trunk))
            if depth + len(trunk) < MAX_NATIONAL:
                pending += [
                    (self._child(dialled, digit), self._child(plain, digit), depth + 1)
                    for digit in range(10)
                ]
        return [length for length in range(len(trunk), MAX_NATIONAL + 1) if length not in failed]

    def _after(self, digits: str) -> tuple[int, int]:
        """The place in the tree after these digits: a node, and how deep inside a leaf."""
        place = (self._root, 0)
        for digit in digits:
            place = self._child(place, int(digit))
        return place

    def _child(self, place: tuple[int, int], digit: int) -> tuple[int, int]:
        node, inside = place
        children = self._nodes[node].children
        return (children[digit], 0) if children else (node, inside + 1)

    def _entry_at(self, place: tuple[int, int]) -> Entry:
        return self._nodes[place[0]].entries[place[1]]

    def _build(self, state: int, threads: Threads, depth: int) -> int:
        key = (state, threads, depth)
        known = self._rows.get(key)
        if known is not None:
            return known
        entry = self._entry(state, threads, depth)
        entry = self._entries.setdefault(entry, entry)
        if depth == MAX_NATIONAL:
            node = _Node((entry,), ())
        else:
            children = tuple(
                self._build(
                    self._automaton.step(state, digit),
                    self._stripper.step(threads, depth, digit),
                    depth + 1,
                )
                for digit in range(10)
            )
            first = self._nodes[children[0]]
            if children.count(children[0]) == 10 and not first.children:
                node = _Node((entry, *first.entries), ())
            else:
                node = _Node((entry,), children)
        number = self._node_ids.setdefault(node, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(node)
        self._rows[key] = number
        return number

    def _emit(
        self,
        number: int,
        prefix: str,
        above: tuple[Entry, ...],
        out: list[tuple[str, list[Entry | None]]],
    ) -> None:
        node = self._nodes[number]
        if node.children:
            for digit, child in enumerate(node.children):
                self._emit(child, f"{prefix}{digit}", (*above, *node.entries), out)
            return
        # A number shorter than the prefix sorts before it unless the missing digits are zeros.
        bound = prefix.rstrip("0")
        row: list[Entry | None] = [*above, *node.entries]
        row[: len(bound)] = [None] * len(bound)
        if out and (joined := _joined(out[-1][1], row)):
            out[-1][1][:] = joined
        else:
            out.append((bound, row))

    def _entry(self, state: int, threads: Threads, depth: int) -> Entry:
        accepted = self._automaton.accepted(state)
        addition = self._addition(accepted)
        if addition is not None:
            return addition
        plain = self._plain(accepted, depth)
        viable = bool(accepted & self._tags[self._main.name, "general"])
        if plain.short:
            return plain
        if plain.valid and not (viable and depth <= max(self._main.lengths)):
            self.valid_is_viable = False
        rewrite = self._stripper.decide(threads, depth, viable)
        if rewrite is None:
            return plain if plain.valid else self._of_old_form(accepted, plain)
        return replace(plain, rewrite=rewrite)

    def _of_old_form(self, accepted: int, plain: Entry) -> Entry:
        for index, form in enumerate(self._old_forms):
            if accepted & self._automaton.tag(f"old form {index}"):
                rewrite = Rewrite(form.literal, 0, 0, form.drop)
                return replace(plain, rewrite=rewrite, old=form.proves)
        return plain

    def _addition(self, accepted: int) -> Entry | None:
        for index, addition in enumerate(self._additions):
            if accepted & self._automaton.tag(f"addition {index}"):
                rewrite = Rewrite("", 0, 0, addition.drop) if addition.drop else None
                short = addition.kind == "emergency"
                country = addition.country or self._main.country
                return Entry(country, addition.kind, rewrite is None, rewrite, short=short)
        return None

    def _plain(self, accepted: int, depth: int) -> Entry:
        """The class of a national number that nothing is taken off."""
        if not MIN_PARSED <= depth <= MAX_PARSED:
            return NO_NUMBER
        region = self._region(accepted, depth)
        if region is not None:
            kind = self._kind(region, accepted, depth)
            if kind is not None:
                return Entry(region.country, kind, valid=True)
        for name in ("emergency", "short_code"):
            for candidate in self._regions:
                if self._is_short(candidate, name, accepted, depth):
                    kind = self._short_kind if name == "short_code" else name
                    return Entry(candidate.country, kind, valid=True, short=True)
        possible = depth in self._main.lengths and depth not in self._main.local_lengths
        country = region.country if region else None
        return Entry(country, "unallocated" if possible else "invalid", valid=False)

    def _region(self, accepted: int, depth: int) -> Region | None:
        if len(self._regions) == 1:
            return self._main
        for region in self._regions:
            if region.leading_digits:
                if accepted & self._tags[region.name, "leading"]:
                    return region
            elif self._kind(region, accepted, depth) is not None:
                return region
        return None

    def _kind(self, region: Region, accepted: int, depth: int) -> str | None:
        if depth not in region.lengths or not accepted & self._tags[region.name, "general"]:
            return None
        for index, (kind, pattern) in enumerate(region.kinds):
            if depth in pattern.lengths and accepted & self._tags[region.name, f"kind{index}"]:
                return kind
        return None

    def _is_short(self, region: Region, name: str, accepted: int, depth: int) -> bool:
        pattern = getattr(region, name)
        if pattern is None or depth not in pattern.lengths:
            return False
        if not accepted & self._tags[region.name, name]:
            return False
        if name == "emergency":
            return True
        general = region.short_general
        return bool(
            general is not None
            and depth in general.lengths
            and accepted & self._tags[region.name, "short_general"]
        )


@dataclass(frozen=True, slots=True)
class _Node:
    """A tree node: entries for this depth on (all the rest of them in a leaf), and children."""

    entries: tuple[Entry, ...]
    children: tuple[int, ...]


def _joined(row: list[Entry | None], other: list[Entry | None]) -> list[Entry | None] | None:
    """Both rows in one, if they agree on every length that both say something about.

    Equal entries are one object.
    """
    joined: list[Entry | None] = []
    for mine, theirs in zip(row, other, strict=True):
        if mine is not theirs and mine is not None and theirs is not None:
            return None
        joined.append(theirs if mine is None else mine)
    return joined
