"""Telephone numbers: what a number is, and lists of numbers."""

from callguard.numbering.classes import NumberClass
from callguard.numbering.lists import NumberList, TextList, compile_list
from callguard.numbering.plan import NumberingPlan
from callguard.numbering.rangefile import RangeText
from callguard.numbering.text import repaired, rewritten

__all__ = [
    "NumberClass",
    "NumberList",
    "NumberingPlan",
    "RangeText",
    "TextList",
    "compile_list",
    "repaired",
    "rewritten",
]
