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
