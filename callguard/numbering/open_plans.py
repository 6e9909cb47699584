"""Plans in which the numbering table cannot prove that a geographic number is nobody's.

In an open plan geographic numbers have no fixed length: a switchboard's root number is shorter
than the table says, and direct dial-in digits behind it make it longer. Sources: Germany,
Bundesnetzagentur, numbering plan for local network numbers (variable lengths before 2010,
Durchwahl); Austria, RTR, KEM-V 2009 (dial-in digits behind the subscriber number); Luxembourg,
ILR, national numbering plan; Italy with San Marino and the Vatican, AGCOM, resolution 8/15/CIR
(root numbers with passing selection); Serbia, RATEL, numbering plan; Indonesia, Kominfo regulation
14/2018; Finland, Traficom, regulation 32 (subscriber numbers of variable length).
"""

from __future__ import annotations

from typing import Final

# Calling codes.
OPEN: Final = frozenset({"39", "43", "49", "62", "352", "358", "378", "381"})

# Most digits of a number without its area code: eight (ITU-T E.164 leaves it to each country; no
# longer ones are known), nine where mobile numbers have an area code, too.
_LONGEST_LOCAL: Final = 8
_LONGER_LOCAL: Final = {"55": 9}  # Brazil, ANATEL, resolution 749/2022
# First digits of numbers without an area code; anywhere but here, all but the trunk prefix 0.
_LOCAL_STARTS: Final = {"86": "2345678"}  # China, MIIT, numbering plan (2017): 1 and 9 are codes


def may_be_local(calling_code: str, digits: str, nature: str | None) -> bool:
    """Whether digits as signalled may be a number of home that lacks its area code.

    Gateways and switchboards send one as it was dialled. The nature of address ``subscriber`` says
    that it is one (ITU-T Q.763 clause 3.10), ``national`` and ``international`` that it is none.
    """
    if len(digits) > _LONGER_LOCAL.get(calling_code, _LONGEST_LOCAL):
        return False
    if nature == "subscriber":
        return True
    if nature in ("national", "international"):
        return False
    return digits[:1] in _LOCAL_STARTS.get(calling_code, "123456789")
