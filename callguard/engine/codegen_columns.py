"""The middle of a scoring function: one look-up and one ``&`` a column.

Locals are named after the fields: ``trunk_group`` is the value, ``trunk_group_mask`` what a look-up
found for it. Constants say what they are: ``absent_trunk_group`` is the mask of an absent value.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from callguard.engine.choices import choice_masks, odd_choice
from callguard.engine.columns import Column, FieldColumn, ListColumn
from callguard.engine.columns.look_ups import sole_strings
from callguard.engine.columns.memo import with_memo
from callguard.engine.columns.short_lists import settled
from callguard.engine.columns.turns import turn
from callguard.engine.field_reading import PAIRED, FieldReader, local_name
from callguard.engine.name_reading import NAME_KEYS, look_up_of_name
from callguard.records.fields import CHOICES, FIELDS, PARTIES, FieldType
from callguard.records.names import is_read_from

LookUpOf = Callable[[Column], Callable[..., int]]
# Text that repeats from call to call; numbers, call ids and messages do not.
_REPEATING = frozenset(("display_name", "user_agent", "trunk_group", "source_ip", "origid"))
_CLASS_PARTS = ("country", "kind", "valid")
_NUMBERS = frozenset(PARTIES.values())


class ColumnWriter:
    """Writes the lines for the columns of one event; what they name is put into ``names``.

    The lines find ``get``, ``mask``, ``degraded``, ``at`` and the parts of the called number in
    locals, and leave there the parts of each number that columns or ``group_fields`` want.
    """

    def __init__(
        self,
        reader: FieldReader,
        everything: int,
        columns: Sequence[Column],
        look_up_of: LookUpOf,
        group_fields: Sequence[str],
        names: dict[str, Any],
    ) -> None:
        self._reader = reader
        self._everything = everything
        self._columns = list(columns)
        self._look_up_of = look_up_of
        self._names = names
        wanted = {name for column in columns for name in column.fields} | set(group_fields)
        both = not PAIRED.isdisjoint(wanted)
        self._parties = [
            party
            for party, key in PARTIES.items()
            if party == "called"
            or (both and party == "calling")
            or ("redirected" in wanted and party == "redirecting")
            or any(name == key or name.startswith(f"{party}.") for name in wanted)
        ]

    def lines(self) -> list[str]:
        """The lines, indented by one. May be called once."""
        start = self._everything
        for column in self._take("event"):
            start &= self._look_up_of(column)(self._reader.event)
        masks = [(column, settled(column)) for column in self._columns]
        self._columns = [column for column, mask in masks if mask is None]
        for _, mask in masks:
            start &= self._everything if mask is None else mask
        self._names["start_mask"] = start
        lines = [line for column in self._choices() for line in self._choice(column)]
        lines += [line for party in self._parties for line in self._party(party)]
        rest = [*self._repeating(), *self._numeric()]
        gated = self._gated()
        if rest or gated:
            lines += [" if mask:", *_indented(rest or ["pass"], 2), *_indented(gated, 2)]
        return lines

    def _take(self, *fields: str) -> list[Column]:
        """Remove and return the cheap columns that read just the value of one of these fields."""
        taken = [
            column
            for column in self._columns
            if not column.expensive and len(column.fields) == 1 and column.fields[0] in fields
        ]
        taken_ids = {id(column) for column in taken}
        self._columns = [column for column in self._columns if id(column) not in taken_ids]
        return taken

    def _constant(self, name: str, thing: Any) -> str:
        """The name under which the lines find ``thing``: ``name``, or if taken, with a number."""
        chosen, number = name, 1
        while chosen in self._names:
            number += 1
            chosen = f"{name}_{number}"
        self._names[chosen] = thing
        return chosen

    def _look_up(self, column: Column) -> str:
        return self._constant(f"look_up_{_described(column)}", self._look_up_of(column))

    def _choices(self) -> list[Column]:
        return self._take(*(name for name in CHOICES if "." not in name))

    def _choice(self, column: Column) -> list[str]:
        (field,) = column.fields
        look_up = self._look_up_of(column)
        masks = choice_masks(field, look_up, column.absent)
        find = self._constant(f"find_{field}_mask", masks.get)
        odd = self._constant(f"odd_{field}_mask", odd_choice(field, look_up, column.absent))
        return [
            f" {field} = get({field!r})",
            f" {field}_mask = {find}({field})",
            f" mask &= {odd}({field}, degraded) if {field}_mask is None else {field}_mask",
        ]

    def _party(self, party: str) -> list[str]:
        key = PARTIES[party]
        parts = self._take(*(f"{party}.{part}" for part in _CLASS_PARTS))
        numbers = self._take(f"{party}.e164")
        raws = self._take(key)
        present = self._class(party, parts) if parts else []
        for column in numbers:
            present += self._number(party, column)
        present += [f"mask &= {self._look_up(column)}({key})" for column in raws]
        if party == "called":
            return _indented(present, 1)
        absent_mask = self._everything
        for column in (*parts, *numbers, *raws):
            absent_mask &= column.absent
        absent = []
        if absent_mask != self._everything:
            absent = [f"mask &= {self._constant(f'absent_{key}', absent_mask)}"]
        nature = ", read_nature(get('nature_of_address'))" if party == "calling" else ""
        return [
            f" {key} = get({key!r})",
            f" if {key} is None:",
            f"  {party}_e164 = {party}_class = None",
            *_indented(absent, 2),
            " else:",
            f"  if {key}.__class__ is not str: raise TypeError({key!r})",
            f"  {party}_e164, {party}_class = classify({key}{nature})",
            f"  if {party}_e164 is None: check_number({key!r}, {key})",
            *_indented(present, 2),
        ]

    def _class(self, party: str, columns: Sequence[Column]) -> list[str]:
        """One look-up for a number's country, kind and validity together."""
        looked_up = [(column, self._look_up_of(column)) for column in columns]
        get, fill = _class_masks(looked_up, self._everything)
        whole, mask = f"{party}_class", f"{party}_class_mask"
        find = self._constant(f"find_{mask}", get)
        work_out = self._constant(f"work_out_{mask}", fill)
        return [
            f"{mask} = {find}({whole})",
            f"mask &= {work_out}({whole}) if {mask} is None else {mask}",
        ]

    def _number(self, party: str, column: Column) -> list[str]:
        """The look-up of a number in E.164 form, spelt out where one table answers."""
        number = f"{party}_e164"
        absent = self._constant(f"absent_{number}", column.absent)
        strings = sole_strings(column)
        if strings is None:
            return [f"mask &= {absent} if {number} is None else {self._look_up(column)}({number})"]
        bounds = self._constant(f"{number}_bounds", strings.bounds)
        masks = self._constant(f"{number}_masks", strings.masks)
        self._names["bisect_right"] = bisect_right
        rest = f"{masks}[bisect_right({bounds}, {number})]"
        if not strings.exact:
            return [f"mask &= {absent} if {number} is None else {rest}"]
        exact = dict(zip(strings.exact, strings.exact_masks, strict=True))
        find = self._constant(f"find_{number}_mask", exact.get)
        return [
            f"if {number} is None: mask &= {absent}",
            "else:",
            f" {number}_mask = {find}({number})",
            f" mask &= {rest} if {number}_mask is None else {number}_mask",
        ]

    def _repeating(self) -> list[str]:
        fields = [name for name in (*_REPEATING, *NAME_KEYS) if self._repeats(name)]
        return [line for column in self._take(*fields) for line in self._remembered(column)]

    def _repeats(self, field: str) -> bool:
        if field in NAME_KEYS:
            return is_read_from(field, self._reader.event)
        return field in _REPEATING

    def _remembered(self, column: Column) -> list[str]:
        """The look-up of a text that repeats; a name is folded when it is not remembered."""
        (field,) = column.fields
        key, look_up_of_value = field, self._look_up_of(column)
        if field in NAME_KEYS:
            key = NAME_KEYS[field]
            classify = self._names["classify"]
            look_up_of_value = look_up_of_name(field, look_up_of_value, column.absent, classify)
        get, remember = with_memo(look_up_of_value, column.absent)
        find = self._constant(f"find_{_described(column)}_mask", get)
        look_up = self._constant(f"look_up_{_described(column)}", remember)
        mask = f"{local_name(field)}_mask"
        return [
            f"{key} = get({key!r})",
            f"{mask} = {find}({key})",
            f"mask &= {look_up}({key}) if {mask} is None else {mask}",
        ]

    def _numeric(self) -> list[str]:
        numeric = [name for name, kind in FIELDS.items() if kind is FieldType.NUMERIC]
        return [
            line
            for column in self._take(*(name for name in numeric if name != "shared_prefix"))
            for line in self._plain(column)
        ]

    def _plain(self, column: Column) -> list[str]:
        locals_ = [local_name(field) for field in column.fields]
        expressions = [self._reader.of(field) for field in column.fields]
        if isinstance(column, FieldColumn) and column.limited and column.field in _NUMBERS:
            expressions = locals_  # it is text already, and its look-up checks the rest
        lines = [
            f"{name} = {value}"
            for name, value in zip(locals_, expressions, strict=True)
            if name != value
        ]
        absent = self._constant(f"absent_{_described(column)}", column.absent)
        missing = " or ".join(f"{name} is None" for name in locals_)
        looked_up = f"{self._look_up(column)}({', '.join(locals_)})"
        return [*lines, f"mask &= {absent} if {missing} else {looked_up}"]

    def _gated(self) -> list[str]:
        """Expensive columns: looked up only while a clause that needs them is still in."""
        lines = []
        for column in sorted(self._columns, key=turn):
            repeats = len(column.fields) == 1 and self._repeats(column.fields[0])
            looked_up = self._remembered(column) if repeats else self._plain(column)
            involved = self._constant(f"involved_{_described(column)}", column.involved)
            lines.append(f"if mask & {involved}:")
            lines += _indented(looked_up, 1)
        self._columns = []
        return lines


def _described(column: Column) -> str:
    """What a column reads, as a part of a name: ``calling_e164_on_allow``."""
    described = "_and_".join(map(local_name, column.fields))
    if isinstance(column, ListColumn):
        described += "_on_" + re.sub(r"[^a-zA-Z0-9_]", "_", column.list_name)
    return described


def _indented(lines: Sequence[str], by: int) -> list[str]:
    return [f"{' ' * by}{line}" for line in lines]


def _class_masks(
    columns: Sequence[tuple[Column, Callable[..., int]]], everything: int
) -> tuple[Callable[[Any], int | None], Callable[[Any], int]]:
    """(get, work out and keep) of one mask for a number's country, kind and validity together.

    The numbering plan has a few thousand classes at most, so all of them may be kept.
    """
    masks: dict[Any, int] = {}
    by_part = [
        (column.fields[0].partition(".")[2], column.absent, look_up) for column, look_up in columns
    ]

    def fill(number_class: Any) -> int:
        mask = everything
        for part, absent, look_up in by_part:
            value = getattr(number_class, part)
            mask &= absent if value is None else look_up(value)
        masks[number_class] = mask
        return mask

    return masks.get, fill
