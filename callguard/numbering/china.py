"""Chinese emergency numbers, of which ``phonenumbers`` lacks some (calling code 86).

Source: the Telecommunications Network Numbering Plan of the Ministry of Industry and Information
Technology (MIIT).
"""

from __future__ import annotations

from typing import Final

COUNTRY: Final = "CN"

# Police, fire, ambulance, traffic accidents, police by short message, anti-fraud desk.
EMERGENCY_CODES: Final = ("110", "119", "120", "122", "12110", "96110")
