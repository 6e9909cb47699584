"""Write the scoring function of one event as straight-line Python.

The walk is the same for every record: emergency first, then one look-up and one ``&`` a column,
cheap columns before expensive ones, then the counters, then the verdict. Which columns there are is
known at load, so nothing of that is decided per record. A value that is not what the field holds
raises; the caller then judges that record with care (:mod:`callguard.engine.slow_path`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callguard.counters import MemoryCounters
from callguard.engine.codegen_steps import (
    COUNTED,
    DEFERRED,
    SETTLED,
    write_local,
    write_steps,
)
from callguard.engine.column import Column
from callguard.engine.correlate import CompiledCorrelation
from callguard.engine.memo import with_memo
from callguard.engine.sources import Sources, odd_choice
from callguard.records.fields import CHOICES, FIELDS, PARTIES, FieldType

# Text that repeats from call to call; numbers, call ids and messages do not.
_REPEATING = frozenset(("display_name", "user_agent", "trunk_group", "source_ip", "origid"))
_CLASS_PARTS = ("country", "kind", "valid")


def write_score(
    event: str,
    everything: int,
    columns: Sequence[Column],
    correlations: Sequence[CompiledCorrelation],
    fields: Sequence[str],
    names: Mapping[str, Any],
    local: MemoryCounters | None = None,
) -> tuple[Callable[[Mapping[str, Any]], Any], Callable[[Mapping[str, Any]], Any]]:
    """Two functions of a record about ``event``: ``score`` and ``begin``.

    ``score`` gives the verdict. ``begin`` gives a Pending where counters are wanted. ``fields``
    are those whose values the ``correlations`` want. ``names`` are the objects that the functions
    call: ``classify``, ``Verdict``, ``digest``, ``outcome``, ``finish``, and with correlations also
    ``correlate``, ``early``, ``clock`` and ``Pending``. ``local`` are the counters if they are in
    this process.
    """
    writer = _Writer(event, everything, columns, fields, dict(names))
    head = writer.lines()
    values = [f"g{index}" for index in range(len(fields))]
    whole: list[str] = []
    deferred: list[str] = []
    if correlations:
        steps = write_steps(correlations, values, writer.names)
        whole, deferred = [*steps, *COUNTED], [*steps, *DEFERRED]
        if local is not None:
            whole = write_local(correlations, values, writer.names, local)
    for function, counting in (("score", whole), ("begin", deferred)):
        source = "\n".join([f"def {function}(record):", *head, *counting, *SETTLED])
        code = compile(source, f"<callguard {function} of {event}>", "exec")
        exec(code, writer.names)  # noqa: S102  the source is made here, from field names alone
    return writer.names["score"], writer.names["begin"]


class _Writer:
    def __init__(
        self,
        event: str,
        everything: int,
        columns: Sequence[Column],
        group_fields: Sequence[str],
        names: dict[str, Any],
    ) -> None:
        self.names = names
        self._sources = Sources(event, names)
        self._everything = everything
        self._group_fields = group_fields
        self._columns = list(columns)
        wanted = {name for column in columns for name in column.fields} | set(group_fields)
        pairs = {"shared_prefix", "self_call"} & wanted
        self._parties = [
            party
            for party, key in PARTIES.items()
            if party == "called"
            or (pairs and party == "calling")
            or any(name == key or name.startswith(f"{party}.") for name in wanted)
        ]

    def lines(self) -> list[str]:
        start = self._everything
        for column in self._take("event"):
            start &= column.look_up(self._sources.event)
        self.names["START"] = start
        head = [
            " get = record.get",
            " at = record['at']",
            " if at.__class__ is not float: at = seconds(at)",
            " elif not 0.0 <= at <= LATEST_AT: raise ValueError('at')",
            " call_id = get('call_id')",
            " if call_id is not None:",
            "  if call_id.__class__ is not str: raise TypeError('call_id')",
            "  if not call_id.isascii(): call_id.encode()  # no lone surrogates",
            " called_raw = record['called_party_number']",
            " if called_raw.__class__ is not str: raise TypeError('called_party_number')",
            " called_e164, called_class = classify(called_raw)",
            " if called_class.kind == 'emergency':",
            "  return Verdict(call_id, at, 'allow', 0, [], [], None, None, True, digest, [])",
            " m = START",
            " bad = []",
        ]
        choices = self._choices()
        parties = [line for party in self._parties for line in self._party(party)]
        rest = [*self._repeating(), *self._numeric()]
        gated = self._gated()
        body = [*choices, *parties]
        if rest or gated:
            body += [" if m:", *[f" {line}" for line in (rest or [" pass"])]]
            body += [f" {line}" for line in gated]
        return [*head, *body, *self._groups()]

    def _take(self, *fields: str) -> list[Column]:
        """Remove and return the cheap columns that read just the value of one of these fields."""
        taken = [
            column
            for column in self._columns
            if not column.expensive and len(column.fields) == 1 and column.fields[0] in fields
        ]
        self._columns = [column for column in self._columns if column not in taken]
        return taken

    def _name(self, thing: Any) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = thing
        return name

    def _choices(self) -> list[str]:
        lines = []
        for column in self._take(*(name for name in CHOICES if "." not in name)):
            field = column.fields[0]
            find = self._name(self._sources.choice_masks(field, column).get)
            odd = self._name(odd_choice(field, column))
            lines += [
                f" x = get({field!r})",
                f" k = {find}(x)",
                f" m &= {odd}(x, bad) if k is None else k",
            ]
        return lines

    def _party(self, party: str) -> list[str]:
        key = PARTIES[party]
        parts = self._take(*(f"{party}.{part}" for part in _CLASS_PARTS))
        numbers = self._take(f"{party}.e164")
        raws = self._take(key)
        present: list[str] = []
        if parts:
            find, fill = (self._name(part) for part in _class_masks(parts, self._everything))
            present += [
                f"k = {find}({party}_class)",
                f"m &= {fill}({party}_class) if k is None else k",
            ]
        for column in numbers:
            present += self._number(party, column)
        present += [f"m &= {self._name(column.look_up)}({party}_raw)" for column in raws]
        if party == "called":
            return [f" {line}" for line in present]
        absent_mask = self._everything
        for column in (*parts, *numbers, *raws):
            absent_mask &= column.absent
        nature = ", nature(get('nature_of_address'))" if party == "calling" else ""
        return [
            f" x = {party}_raw = get({key!r})",
            " if x is None:",
            f"  {party}_e164 = {party}_class = None",
            *([f"  m &= {self._name(absent_mask)}"] if absent_mask != self._everything else []),
            " else:",
            f"  if x.__class__ is not str: raise TypeError({key!r})",
            f"  {party}_e164, {party}_class = classify(x{nature})",
            *[f"  {line}" for line in present],
        ]

    def _number(self, party: str, column: Column) -> list[str]:
        """The look-up of a number in E.164 form, spelt out where one table answers."""
        number, absent = f"{party}_e164", self._name(column.absent)
        if column.table is None:
            return [
                f"m &= {absent} if {number} is None else {self._name(column.look_up)}({number})"
            ]
        bounds, masks = self._name(column.table.bounds), self._name(column.table.masks)
        self.names["bisect_right"] = bisect_right
        rest = f"{masks}[bisect_right({bounds}, {number})]"
        if not column.table.whole:
            return [f"m &= {absent} if {number} is None else {rest}"]
        return [
            f"if {number} is None: m &= {absent}",
            "else:",
            f" k = {self._name(column.table.whole.get)}({number})",
            f" m &= {rest} if k is None else k",
        ]

    def _repeating(self) -> list[str]:
        return [line for column in self._take(*_REPEATING) for line in self._remembered(column)]

    def _remembered(self, column: Column) -> list[str]:
        find, remember = (self._name(part) for part in with_memo(column))
        return [
            f" x = get({column.fields[0]!r})",
            f" k = {find}(x)",
            f" m &= {remember}(x) if k is None else k",
        ]

    def _numeric(self) -> list[str]:
        numeric = [name for name, kind in FIELDS.items() if kind is FieldType.NUMERIC]
        return [
            line
            for column in self._take(*(name for name in numeric if name != "shared_prefix"))
            for line in self._plain(column)
        ]

    def _plain(self, column: Column) -> list[str]:
        absent, look_up = self._name(column.absent), self._name(column.look_up)
        first, *others = (self._sources.of(name) for name in column.fields)
        if others:
            return [
                f" x = {first}; y = {others[0]}",
                f" m &= {absent} if x is None or y is None else {look_up}(x, y)",
            ]
        return [f" x = {first}", f" m &= {absent} if x is None else {look_up}(x)"]

    def _gated(self) -> list[str]:
        """Expensive columns: looked up only while a clause that needs them is still in."""
        lines = []
        for column in self._columns:
            repeats = len(column.fields) == 1 and column.fields[0] in _REPEATING
            found = self._remembered(column) if repeats else self._plain(column)
            lines.append(f" if m & {self._name(column.involved)}:")
            lines += [f" {line}" for line in found]
        self._columns = []
        return lines

    def _groups(self) -> list[str]:
        return [
            f" g{index} = {self._sources.of(name)}" for index, name in enumerate(self._group_fields)
        ]


def _class_masks(
    parts: Sequence[Column], everything: int
) -> tuple[Callable[[Any], int | None], Callable[[Any], int]]:
    """(get, work out and keep) of one mask for a number's country, kind and validity together.

    The numbering plan has a few thousand classes at most, so all of them may be kept.
    """
    masks: dict[Any, int] = {}
    by_part = [(column.fields[0].partition(".")[2], column) for column in parts]

    def fill(number_class: Any) -> int:
        mask = everything
        for part, column in by_part:
            value = getattr(number_class, part)
            mask &= column.absent if value is None else column.look_up(value)
        masks[number_class] = mask
        return mask

    return masks.get, fill
