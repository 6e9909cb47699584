"""Counting in a cluster: every group of a record at the node that has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from callguard.counters.protocol import CounterUpdate, WindowFigure
from callguard.counters.redis.batch import Batch
from callguard.counters.redis.keys import marker_key, tag_of
from callguard.counters.redis.script import Script
from callguard.errors import CommandError, CounterError, NodeError
from callguard.servers.connected import Answer, Cluster


class _Piece(NamedTuple):
    """What one record wants of one group: one call of the script, about steps at ``positions``."""

    batch: Batch
    positions: Sequence[int]


def count(
    cluster: Cluster,
    script: Script,
    prefix: str,
    records: Sequence[Sequence[CounterUpdate]],
    ids: Sequence[str] | None,
) -> list[list[WindowFigure] | CounterError]:
    """Each record's figures, or the NodeError of the nodes that it needed."""
    wanted = [
        _pieces(script, prefix, steps, None if ids is None else ids[index])
        for index, steps in enumerate(records)
    ]
    answers = iter(
        cluster.ask(
            (piece.batch.keys[0], piece.batch.command()) for pieces in wanted for piece in pieces
        )
    )
    return [
        _merged(len(steps), [(piece, next(answers)) for piece in pieces])
        for steps, pieces in zip(records, wanted, strict=True)
    ]


def forget(
    cluster: Cluster,
    prefix: str,
    records: Sequence[Sequence[CounterUpdate]],
    ids: Sequence[str],
) -> None:
    """Remove the marker of each id beside each of its record's groups, where that is possible."""
    markers = [
        marker_key(prefix, name, tag)
        for steps, name in zip(records, ids, strict=True)
        for tag in {tag_of(step[1]) for step in steps}
    ]
    cluster.ask((marker, ("UNLINK", marker)) for marker in markers)


def _pieces(
    script: Script, prefix: str, steps: Sequence[CounterUpdate], name: str | None
) -> list[_Piece]:
    by_tag: dict[str, list[int]] = {}
    for position, step in enumerate(steps):
        by_tag.setdefault(tag_of(step[1]), []).append(position)
    pieces = []
    for tag, positions in by_tag.items():
        batch = Batch(script, prefix)
        some = [steps[position] for position in positions]
        batch.add(some, None if name is None else marker_key(prefix, name, tag))
        pieces.append(_Piece(batch, positions))
    return pieces


def _merged(
    length: int, answered: Sequence[tuple[_Piece, Answer]]
) -> list[WindowFigure] | CounterError:
    figures: list[WindowFigure] = [None] * length
    for piece, answer in answered:
        some = _figures(piece.batch, answer)
        if isinstance(some, CounterError):
            return some
        for position, figure in zip(piece.positions, some, strict=True):
            figures[position] = figure
    return figures


def _figures(batch: Batch, answer: Answer) -> list[WindowFigure] | CounterError:
    value, node = answer
    if isinstance(value, CommandError):
        return NodeError(str(value))
    try:
        (figures,) = batch.figures(value, node)
    except ValueError as error:
        return NodeError(f"{node}: {error}")
    return figures
