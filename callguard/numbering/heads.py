"""The everyday national numbers of home, by their first three digits."""

from __future__ import annotations

from callguard.numbering.emergency import EmergencyNumbers
from callguard.numbering.home import Home
from callguard.numbering.table import HEAD, Row, Table

LENGTH = 3

# Bounds and rows for the digits as dialled; what to add to their number to find the entry in the
# row; how many of them are trunk prefix.
Quick = tuple[list[str], list[Row], int, int]


def quick_heads(table: Table, home: Home, emergency: EmergencyNumbers) -> dict[str, Quick]:
    """What to look numbers up in that can be nothing but national ones.

    Left out is every start that an international prefix, home's calling code or an emergency
    number has as well, or of which the table says that a valid number may be read otherwise.
    """
    if not home.bare_is_national:
        return {}
    others = {home.calling_code, *home.international_heads, *emergency.national, "00"}
    taken = {other[:LENGTH] for other in others}
    heads = {}
    for number in range(10**LENGTH):
        head = f"{number:0{LENGTH}}"
        if not any(head[:length] in taken for length in range(1, LENGTH + 1)):
            quick = _quick(table, home, head)
            if quick is not None:
                heads[head] = quick
    return heads


def _quick(table: Table, home: Home, head: str) -> Quick | None:
    code, trunk = home.calling_code, home.trunk
    skip = 0
    if trunk and (head.startswith(trunk) or trunk.startswith(head)):
        skip = len(trunk)
        if not home.trunk_lengths:
            return None
    start = code + head[skip:]
    if len(start) < HEAD or start[:HEAD] not in table.groups:
        return None
    bounds, rows = table.groups[start[:HEAD]]
    dialled = [trunk[:skip] + bound.removeprefix(code) for bound in bounds]
    return dialled, rows, len(code) - skip, skip
