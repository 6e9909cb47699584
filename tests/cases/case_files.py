"""The case files of this folder, each case with the name under which pytest shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

CASES = Path(__file__).parent


def cases_of(folder: str, keys: set[str]) -> list[Any]:
    """Every case of the YAML files in ``folder`` as a pytest parameter.

    Each case has a file's ``defaults`` under that key, and its number among all of them as
    ``place``. Raises ValueError for a file
    that says nothing about its cases, and for a key that is not among ``keys``.
    """
    found: list[Any] = []
    for path in sorted((CASES / folder).glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if set(content) - {"defaults"} != {"about", "cases"}:
            raise ValueError(f"{path}: expected the keys about, cases and perhaps defaults")
        for place, case in enumerate(content["cases"], 1):
            unknown = set(case) - keys
            if unknown or "why" not in case:
                raise ValueError(f"{path}: case {place}: unknown keys {sorted(unknown)} or no why")
            found.append(
                pytest.param(
                    case | {"defaults": content.get("defaults", {}), "place": len(found)},
                    id=f"{path.stem}-{place}-{case['why']}",
                )
            )
    return found
