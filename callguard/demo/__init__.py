"""A generated day of signalling with known truth, and what the rules make of it."""

from callguard.demo.records import LabelledRecord
from callguard.demo.story import DemoResult, run_demo
from callguard.demo.traffic import generate_day

__all__ = ["DemoResult", "LabelledRecord", "generate_day", "run_demo"]
