"""What a registry holds and what a build did, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callguard.cli import terminal
from callguard.cli.takedown_options import counted

if TYPE_CHECKING:
    from callguard.takedown import Built, Manifest


def show(folder: Path, built: Built, *, as_json: bool) -> int:
    """What a build did; status 1 if it refused rows."""
    for warning in built.warnings:
        terminal.note(warning)
    segment = built.segment
    rejected = segment.rejected if segment and built.reasons else 0
    if as_json:
        terminal.say_json(
            {
                **described(folder, built.manifest),
                "segment": None if segment is None else segment.name,
                "rejected": rejected,
                "reasons": dict(built.reasons),
                "rejects": str(built.rejects) if built.rejects and rejected else None,
                "warnings": list(built.warnings),
            }
        )
    else:
        show_manifest(folder, built.manifest)
        if built.reasons:
            terminal.say("")
            terminal.table(
                ("refused because", "rows"),
                [(reason, f"{count:,}") for reason, count in built.reasons],
            )
    if segment is None:
        terminal.note(f"{folder}: nothing to do, all of it is in there already")
    elif segment.replaced and not as_json:
        terminal.note(
            f"{counted(segment.replaced, 'row')} made void by a later line of the same input"
        )
    if rejected:
        terminal.complain(f"{counted(rejected, 'row')} refused; {built.rejects} says which")
    return 1 if rejected else 0


def described(folder: Path, manifest: Manifest) -> dict[str, Any]:
    """What a registry holds, for programs."""
    values = asdict(manifest)
    for segment in values["segments"]:
        segment["bytes"] = sum(file["bytes"] for file in segment.pop("files").values())
    return {"registry": str(folder), "digest": manifest.digest, **values}


def show_manifest(folder: Path, manifest: Manifest) -> None:
    """What a registry holds, for people."""
    from callguard.times import format_time, open_zone

    zone = open_zone(manifest.zone)
    size = sum(file.bytes for segment in manifest.segments for file in segment.files.values())
    terminal.table(
        ("registry", str(folder)),
        [
            ("rows", f"{manifest.rows:,}"),
            ("numbers", f"{manifest.numbers:,}"),
            ("MiB", f"{size / (1 << 20):,.1f}"),
            ("time zone", manifest.zone),
            ("home", manifest.home),
            ("numbering", manifest.table_version),
            ("key id", manifest.key_id or "none, no documents"),
            ("built at", format_time(manifest.built_at, zone)),
            ("digest", manifest.digest),
        ],
    )
    terminal.say("")
    terminal.table(
        ("segment", "kind", "of", "rows", "refused", "inputs"),
        [
            (
                segment.name,
                segment.kind,
                format_time(segment.at, zone)[:10],
                f"{segment.rows:,}",
                f"{segment.rejected:,}",
                ", ".join(one.name for one in segment.inputs),
            )
            for segment in manifest.segments
        ],
    )
