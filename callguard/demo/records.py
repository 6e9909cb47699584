"""Calls and messages as the generator plans them, and the signalling records that they leave."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

# What the later records of a call repeat of its set-up.
_KEPT: Final = (
    "calling_party_number",
    "called_party_number",
    "ingress",
    "trunk_group",
    "screening",
    "attestation",
    "verstat",
    "roaming",
    "priority",
)


@dataclass(frozen=True, slots=True)
class LabelledRecord:
    """A signalling record and the truth about it.

    ``label`` is the kind of legitimate traffic or the name of the fraud campaign.
    """

    record: dict[str, object]
    label: str
    fraud: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call went: seconds of ringing and of conversation, ITU-T Q.850 cause."""

    ring_s: float
    duration_s: float
    cause: int


@dataclass(frozen=True, slots=True)
class Call:
    """A planned call. ``fields`` are the record keys of its set-up, time and id apart."""

    fields: dict[str, object]
    outcome: Outcome

    def records(self, at: float, call_id: str) -> list[dict[str, object]]:
        """Set-up, answer (if it was answered) and release, in time order."""
        outcome = self.outcome
        setup = {"event": "setup", "at": round(at, 3), "call_id": call_id, **self.fields}
        parties: dict[str, object] = {key: self.fields[key] for key in _KEPT if key in self.fields}
        answered = at + outcome.ring_s
        ended = answered + outcome.duration_s
        records = [setup]
        if outcome.duration_s > 0:
            records.append(
                {"event": "answer", "at": round(answered, 3), "call_id": call_id, **parties}
            )
        release = {
            "event": "release",
            "at": round(ended, 3),
            "call_id": call_id,
            **parties,
            "cause": outcome.cause,
            "ring_s": round(outcome.ring_s, 1),
            "duration_s": round(outcome.duration_s, 1),
        }
        records.append(release)
        return records


@dataclass(frozen=True, slots=True)
class Message:
    """A planned text message."""

    fields: dict[str, object]

    def records(self, at: float, call_id: str) -> list[dict[str, object]]:
        """The one record of the message."""
        return [{"event": "sms", "at": round(at, 3), "call_id": call_id, **self.fields}]


def fields(
    calling: str | None, called: str, ingress: str, **others: str | None
) -> dict[str, object]:
    """The record keys of a set-up; those that are None are left out."""
    known = {
        "calling_party_number": calling,
        "called_party_number": called,
        "ingress": ingress,
        **others,
    }
    return {key: value for key, value in known.items() if value is not None}


def answered(rng: Random, share: float, mean_s: float, floor_s: float = 1.0) -> Outcome:
    """An outcome of which ``share`` are answered, for ``mean_s`` seconds on average."""
    if rng.random() < share:
        talk = floor_s + rng.expovariate(1 / mean_s)
        return Outcome(ring_s=rng.uniform(2, 18), duration_s=talk, cause=16)
    fate = rng.random()
    if fate < 0.45:
        return Outcome(ring_s=rng.uniform(25, 60), duration_s=0.0, cause=19)
    if fate < 0.75:
        return Outcome(ring_s=0.0, duration_s=0.0, cause=17)
    return Outcome(ring_s=rng.uniform(3, 25), duration_s=0.0, cause=16)
