"""What a plan says of itself: when it was made, and out of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from callguard.errors import PlanError
from callguard.takedown.planning.folder import PlanFolder


@dataclass(frozen=True, slots=True)
class Origin:
    """The part of a plan's summary that approval and issue depend on.

    ``at`` is seconds since 1970; ``manifest`` and ``reports`` are the files whose SHA-256 is
    beside them; ``review`` holds the caps that were hit.
    """

    at: int
    manifest: Path
    manifest_digest: str
    reports: Path
    reports_digest: str
    review: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, folder: PlanFolder) -> Self:
        """Read it from a plan. Raises PlanError if the summary lacks any of it."""
        try:
            registry, reports = folder.summary["registry"], folder.summary["reports"]
            origin = cls(
                at=folder.summary["at"],
                manifest=Path(registry["path"]) / "manifest.json",
                manifest_digest=registry["digest"],
                reports=Path(reports["path"]),
                reports_digest=reports["digest"],
                review=[
                    {key: hit[key] for key in ("cap", "subject", "count", "limit")}
                    for hit in folder.summary["review"]
                ],
            )
            kinds = [type(origin.at), type(origin.manifest_digest), type(origin.reports_digest)]
            if kinds == [int, str, str]:
                return origin
        except (KeyError, TypeError):
            pass
        raise PlanError(
            f"{folder.path / 'summary.json'}: does not say when and out of what the plan was made; "
            "plan again"
        )
