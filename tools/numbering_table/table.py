"""Put the whole table together: every calling code, every region that can be home."""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgpack

from callguard.numbering.table import FORMAT
from tools.numbering_table import china
from tools.numbering_table.additions import Addition, range_additions
from tools.numbering_table.metadata import Region, read_plans, source_version
from tools.numbering_table.old_forms import OldForm, old_forms
from tools.numbering_table.regex import Automaton
from tools.numbering_table.trie import Compiler, Entry, Row


def compile_table() -> bytes:
    """The table of the installed ``phonenumbers`` as the bytes of ``table.bin``.

    The same version of ``phonenumbers`` and the same additions give the same bytes.
    """
    writer = _Writer()
    codes: dict[str, tuple[str, bytes]] = {}
    homes: dict[str, dict[str, Any]] = {}
    plans = read_plans()
    ranges = range_additions(plans)
    forms = tuple(old_forms())
    for code, regions in plans.items():
        old = tuple(form for form in forms if form.calling_code == code)
        compiler = _compiler(code, regions, ranges.get(code, ()), old)
        codes[code] = writer.intervals(compiler.intervals())
        for region in regions:
            if region.country:
                homes[region.country] = _packed_home(region, compiler, is_main=region is regions[0])
    packed: bytes = msgpack.packb(
        {
            "format": FORMAT,
            "source": f"phonenumbers {source_version()}, additions {_digest(ranges, forms)}",
            "entries": [_packed_entry(entry) for entry in writer.entries],
            "rows": [_packed(row) for row in writer.rows],
            "codes": codes,
            "homes": homes,
        }
    )
    return packed


def _packed(numbers: list[int]) -> bytes:
    """Little-endian unsigned 16-bit numbers."""
    return struct.pack(f"<{len(numbers)}H", *numbers)


def _digest(ranges: dict[str, tuple[Addition, ...]], forms: tuple[OldForm, ...]) -> str:
    """Tells apart what was added to the metadata; sources do not count."""
    meaning = [(one.calling_code, one.pattern, one.literal, one.drop, one.proves) for one in forms]
    chinese = china.additions(["area"])
    added = repr((sorted(ranges.items()), chinese, meaning))
    return hashlib.sha256(added.encode()).hexdigest()[:8]


def _compiler(
    code: str,
    regions: tuple[Region, ...],
    ranges: tuple[Addition, ...],
    old: tuple[OldForm, ...],
) -> Compiler:
    if code != china.CALLING_CODE:
        return Compiler(regions, ranges, old_forms=old)
    areas = _area_codes(Compiler(regions).intervals())
    return Compiler(regions, (*ranges, *china.additions(areas)), "service", old)


def _area_codes(intervals: list[tuple[str, Row]]) -> list[str]:
    """Chinese area codes: 10, 2x and 3-digit codes behind which there are fixed numbers."""
    candidates = ["10", *(f"2{digit}" for digit in range(10))]
    candidates += [str(number) for number in range(300, 1000)]
    bounds = [bound for bound, _ in intervals]
    return [
        area
        for area in candidates
        if any(
            entry is not None and entry.kind == "fixed"
            for bound, row in intervals[_index(bounds, area) : _index(bounds, f"{area}9") + 1]
            if f"{area}9" >= bound
            for entry in row[len(area) + 7 : len(area) + 9]
        )
    ]


def _index(bounds: list[str], number: str) -> int:
    return bisect_right(bounds, number) - 1


class _Writer:
    """Numbers the distinct entries and rows."""

    def __init__(self) -> None:
        self.entries: list[Entry | None] = []
        self.rows: list[list[int]] = []
        self._entry_ids: dict[Entry | None, int] = {}
        self._row_ids: dict[Row, int] = {}

    def intervals(self, intervals: list[tuple[str, Row]]) -> tuple[str, bytes]:
        """Bounds in one string, separated by spaces (the first, "", is left out); row numbers."""
        numbers = [self._row(row) for _, row in intervals]
        return " ".join(bound for bound, _ in intervals[1:]), _packed(numbers)

    def _row(self, row: Row) -> int:
        number = self._row_ids.setdefault(row, len(self.rows))
        if number == len(self.rows):
            self.rows.append([self._entry(entry) for entry in row])
        return number

    def _entry(self, entry: Entry | None) -> int:
        if entry is not None and not entry.known and entry.rewrite is None:
            entry = None
        number = self._entry_ids.setdefault(entry, len(self.entries))
        if number == len(self.entries):
            self.entries.append(entry)
        return number


def _packed_entry(entry: Entry | None) -> list[Any] | None:
    if entry is None:
        return None
    packed: list[Any] = [entry.country, entry.kind, entry.valid, entry.short]
    if entry.rewrite is not None:
        rewrite = entry.rewrite
        packed += [entry.known, rewrite.literal, rewrite.start, rewrite.stop, rewrite.end]
        packed.append(entry.old)
    return packed


def _packed_home(region: Region, compiler: Compiler, *, is_main: bool) -> dict[str, Any]:
    trunk = region.national_prefix or ""
    return {
        "calling_code": region.calling_code,
        "main": is_main,
        "general": region.general.text,
        "lengths": sorted(region.lengths),
        "local_lengths": sorted(region.local_lengths),
        "international_prefix": region.international_prefix,
        "national_prefix": trunk,
        "prefix_for_parsing": region.prefix_for_parsing,
        "transform": region.transform,
        "trunk_lengths": compiler.lengths_stripped_of(trunk) if is_main and trunk else [],
        "bare_is_national": is_main and compiler.valid_is_viable,
        "international_heads": _international_heads(region.international_prefix),
        "emergency": _emergency_codes(region),
        "exact_emergency": region.exact_emergency,
        "short_code": region.short_code.text if region.short_code else None,
        "short_lengths": sorted(region.short_code.lengths) if region.short_code else [],
    }


@cache
def _international_heads(pattern: str | None) -> list[str]:
    """Three-digit starts of numbers that an international prefix may match."""
    if pattern is None:
        return []
    automaton = Automaton()
    automaton.add("international prefix", pattern, prefix=True)
    return [digits for digits, _ in _walk(automaton, 3) if len(digits) == 3]


def _emergency_codes(region: Region) -> list[str]:
    """The emergency numbers themselves, shortest first."""
    if region.emergency is None:
        return []
    lengths = region.emergency.lengths
    automaton = Automaton()
    automaton.add("emergency", region.emergency.text)
    codes = [
        digits
        for digits, state in _walk(automaton, max(lengths))
        if len(digits) in lengths and automaton.accepted(state)
    ]
    return sorted(codes, key=lambda code: (len(code), code))


def _walk(automaton: Automaton, longest: int) -> Iterator[tuple[str, int]]:
    """All digit strings up to a length on which the automaton is still alive, and its state."""
    pending = [("", automaton.start())]
    while pending:
        digits, state = pending.pop()
        yield digits, state
        if len(digits) < longest:
            pending += [
                (f"{digits}{digit}", after)
                for digit in range(9, -1, -1)
                if (after := automaton.step(state, digit))
            ]
