"""Reading entries as one of a consumer group, and writing what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from callguard.errors import StreamError
from callguard.integrations.redis_stream.entries import Entry
from callguard.integrations.redis_stream.link import Link, NoGroupError, WrongTypeError
from callguard.integrations.redis_stream.settings import Settings, new_name
from callguard.servers.connected import Command

# Between the entries that a worker asks about there may be others of its own.
_SPARE: Final = 256


@dataclass(frozen=True, slots=True)
class Answer:
    """What is written for one entry: ``fields`` to the output, ``dead`` to the dead letters."""

    entry: Entry
    fields: dict[str, Any]
    dead: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Entries that nobody was given yet (None if the server does not know), and those given out."""

    lag: int | None
    pending: int


class Stream:
    """The streams of one worker. Every method raises StreamError.

    Not safe for threads: a worker has one.
    """

    def __init__(self, link: Link, settings: Settings) -> None:
        self.settings = settings
        self.name = settings.name or new_name()
        self._link = link

    @classmethod
    def from_url(cls, url: str, settings: Settings) -> Stream:
        """The streams on the server at ``url``. Nothing is connected yet."""
        return cls(Link.from_url(url, settings.streams), settings)

    def __str__(self) -> str:
        """The server's address, without a password."""
        return str(self._link)

    def open(self) -> bool:
        """Make the consumer group if it is absent, to read from the beginning. True if it was.

        Raises StreamError as well if one of the names is that of something else.
        """
        keys = self.settings.streams
        kinds = self._link.ask(*(("TYPE", key) for key in keys))
        for key, kind in zip(keys, kinds, strict=True):
            if kind not in (b"none", b"stream"):
                raise WrongTypeError(
                    f"{self}: {key!r} is a {kind.decode()}, expected a stream; give another name, "
                    "or remove what is there"
                )
        group = self.settings.group
        try:
            self._link.ask(("XGROUP", "CREATE", self.settings.input, group, "0", "MKSTREAM"))
        except StreamError as error:
            if "BUSYGROUP" not in str(error):
                raise
            return False
        return True

    def read(self, wait_s: float = 0.0) -> list[Entry]:
        """Entries that nobody was given before; waits so long for the first of them."""
        settings = self.settings
        wait = ("BLOCK", max(1, int(wait_s * 1000))) if wait_s else ()
        (answer,) = self._link.ask(
            (
                *("XREADGROUP", "GROUP", settings.group, self.name),
                *("COUNT", settings.batch, *wait),
                *("STREAMS", settings.input, ">"),
            )
        )
        if not answer:
            return []
        ((_, entries),) = answer
        return [Entry(name.decode(), fields or ()) for name, fields in entries]

    def claim(self, own: bool = False) -> list[Entry]:
        """Take over entries that another worker has had in hand longer than ``claim_after_s``.

        With ``own`` those of a worker of this name, however short it has had them. Entries that
        were taken over before come one by one, so that one that ends its worker does not take
        others with it. Entries that are no longer in the stream have None for fields.
        """
        idle = 0 if own else max(1, int(self.settings.claim_after_s * 1000))
        (waiting,) = self._link.ask(self._pending("-", "+", self.settings.batch, idle, own))
        if not waiting:
            return []
        names = [name for name, _, _, deliveries in waiting if deliveries == 1]
        if not names:
            names = [waiting[0][0]]
        # In one step, so that an entry that is listed but not handed out is known to be deleted.
        listed, claimed = self._link.transact(
            [
                self._pending(names[0], names[-1], len(waiting) + _SPARE, idle, own),
                ("XCLAIM", *self._group, self.name, idle, *names),
            ]
        )
        for answer in (listed, claimed):
            if isinstance(answer, Exception):
                raise self._link.error(answer)
        fields = dict(filter(None, claimed))
        wanted = set(names)
        return [
            Entry(name.decode(), fields.get(name), deliveries + 1)
            for name, _, _, deliveries in listed
            if name in wanted
        ]

    def still_ours(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those of the entries that this worker still has: nobody acknowledged or took them."""
        (listed,) = self._link.ask(self._ours(entries))
        ours = {name.decode() for name, *_ in listed}
        return [entry for entry in entries if entry.id in ours or entry.fields is None]

    def finish(self, answers: Sequence[Answer]) -> bool:
        """Write the answers and acknowledge their entries, all in one step.

        True if nobody else was ever given any of the entries, and never will be.
        """
        settings = self.settings
        entries = [answer.entry for answer in answers]
        trim = () if settings.maxlen is None else ("MAXLEN", "~", settings.maxlen)
        commands: list[Command] = [self._ours(entries)]
        for answer in answers:
            commands.append(("XADD", settings.output, *trim, "*", *_flat(answer.fields)))
            if answer.dead:
                commands.append(("XADD", settings.dead, "*", *_flat(answer.dead)))
        names = [entry.id for entry in entries]
        commands.append(("XACK", *self._group, *names))
        if settings.delete:
            commands.append(("XDEL", settings.input, *names))
        ours, *done = self._link.transact(commands)
        for command, answer in zip(commands[1:], done, strict=True):
            if not isinstance(answer, Exception):
                continue
            error = self._link.error(answer)
            if command[0] != "XADD" and isinstance(error, WrongTypeError):
                # The verdicts are written. The entries went with the stream whose name was taken.
                continue
            raise StreamError(
                f"{error}; the verdicts of the entries {names[0]} to {names[-1]} may be missing"
            )
        if isinstance(ours, Exception):
            return False
        once = {name.decode() for name, _, _, deliveries in ours if deliveries == 1}
        return all(entry.deliveries == 1 and entry.id in once for entry in entries)

    def backlog(self) -> Backlog:
        """How much there is to do."""
        (groups,) = self._link.ask(("XINFO", "GROUPS", self.settings.input))
        for group in groups:
            facts = dict(zip(group[::2], group[1::2], strict=True))
            if facts[b"name"] == self.settings.group.encode():
                return Backlog(facts.get(b"lag"), facts[b"pending"])
        raise NoGroupError(f"{self}: {self.settings.input!r} has no group {self.settings.group!r}")

    def leave(self) -> None:
        """Take this worker out of the group, if it has a name of its own and nothing in hand."""
        if not self.settings.name:
            with suppress(StreamError):  # a name that stays does no harm
                (left,) = self._link.ask(self._pending("-", "+", 1, 0, own=True))
                if not left:
                    self._link.ask(("XGROUP", "DELCONSUMER", *self._group, self.name))
        self._link.close()

    @property
    def _group(self) -> tuple[str, str]:
        return self.settings.input, self.settings.group

    def _ours(self, entries: Sequence[Entry]) -> Command:
        return self._pending(entries[0].id, entries[-1].id, len(entries) + _SPARE, 0, own=True)

    def _pending(
        self, first: str | bytes, last: str | bytes, count: int, idle: int, own: bool
    ) -> Command:
        """Asks for (id, worker, idle milliseconds, deliveries) of entries that are in hand."""
        whose = (self.name,) if own else ()
        return ("XPENDING", *self._group, "IDLE", idle, first, last, count, *whose)


def _flat(fields: dict[str, Any]) -> list[Any]:
    return [part for item in fields.items() for part in item]
