"""A plan as a folder of four files, and whether it still is what was planned."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import orjson

from callguard.errors import PlanError, TakedownError
from callguard.files import locked, write_whole
from callguard.takedown.json_text import canonical

VERSION: Final = 1
SUMMARY: Final = "summary.json"
PARTS: Final = ("orders.jsonl", "exclusions.jsonl", "cases.jsonl")
# What a plan's folder may hold beside hidden files: the plan, and what issue writes.
_OURS: Final = frozenset((*PARTS, SUMMARY, "issued"))


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """A plan, read back. ``digest`` is the SHA-256 of summary.json, which has the others'."""

    path: Path
    summary: Mapping[str, Any]
    orders: tuple[Mapping[str, Any], ...]
    digest: str

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a plan. Raises PlanError if it is incomplete, or any byte of it was altered."""
        raw = _read(path / SUMMARY)
        try:
            summary = orjson.loads(raw)
            version, digests = summary["version"], summary["files"]
            expected = {name: digests[name] for name in PARTS}
        except (ValueError, KeyError, TypeError):
            raise PlanError(f"{path / SUMMARY}: not the summary of a plan; plan again") from None
        if version != VERSION:
            raise PlanError(f"{path}: a plan of version {version}; this callguard reads {VERSION}")
        if canonical(summary) != raw:
            raise PlanError(f"{path / SUMMARY}: altered since it was planned; plan again")
        parts = {name: _read(path / name) for name in PARTS}
        for name, content in parts.items():
            if hashlib.sha256(content).hexdigest() != expected[name]:
                raise PlanError(f"{path / name}: altered since it was planned; plan again")
        orders = tuple(orjson.loads(line) for line in parts["orders.jsonl"].splitlines())
        return cls(path, summary, orders, hashlib.sha256(raw).hexdigest())


def write_plan(path: Path, parts: Mapping[str, bytes], summary: Mapping[str, Any]) -> PlanFolder:
    """Write the files of a plan, the summary last: without it a folder is not a plan.

    A plan that is there already is replaced if it is another one. Raises TakedownError if
    another process is writing a plan there, OSError.
    """
    files = {name: hashlib.sha256(parts[name]).hexdigest() for name in PARTS}
    raw = canonical({**summary, "version": VERSION, "files": files})
    standing = path / SUMMARY
    with locked(path, TakedownError):
        if not (standing.exists() and standing.read_bytes() == raw):
            standing.unlink(missing_ok=True)
        for name in PARTS:
            write_whole(path / name, parts[name])
        write_whole(standing, raw)
        return PlanFolder.load(path)


def check_plan_folder(path: Path) -> None:
    """Raise PlanError for a folder that holds something other than a plan."""
    if not path.resolve().name:
        raise PlanError(f"{path}: a plan needs its own folder; name a new one")
    if not path.is_dir():
        return
    strangers = sorted(
        inside.name
        for inside in path.iterdir()
        if inside.name not in _OURS and not inside.name.startswith(".")
    )
    if strangers:
        raise PlanError(
            f"{path}: holds something other than a plan ({strangers[0]}); name a new folder"
        )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlanError(
            f"{path}: cannot be read: {error.strerror}; name the folder that plan wrote"
        ) from None
