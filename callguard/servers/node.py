"""One server: commands sent together, answers read one by one, every fault a ServerError."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any, Final

from redis.exceptions import ResponseError

from callguard.errors import CommandError, ServerError
from callguard.servers.address import Access, endpoint
from callguard.servers.errors import RAISED, server_error, unknown_function
from callguard.servers.pool import Pool

Command = Sequence[Any]
_LOAD: Final = ("FUNCTION", "LOAD", "REPLACE")


class Node:
    """A server that is connected to when first asked. May be used by any number of threads.

    ``seed`` is (host, port) of a node of a cluster; without it, this is the server at the address.
    Nothing is sent twice: what was counted, but not answered in time, must not be counted again.

    Each answer has ``access.timeout_s`` from when the one before it was whole, and all that are
    asked together have ``access.batch_s``, giving the server the functions included.
    ``ends`` is the moment (``time.monotonic``) when that is over, by default counted from now.
    """

    def __init__(self, access: Access, seed: tuple[str, int] | None = None) -> None:
        seed = seed or next(iter(access.address.seeds), None)
        self.name = endpoint(*seed) if seed else str(access.address)
        self.access = access
        self._pool = Pool(access, seed)

    def __repr__(self) -> str:
        return f"<Node {self.name}>"

    def ends(self) -> float:
        """When a batch that begins now is over."""
        return time.monotonic() + self.access.batch_s

    def send(self, commands: Iterable[Command], ends: float | None = None) -> Sent:
        """Send each command as soon as it is there. Raises ServerError if that fails."""
        try:
            connection = self._pool.take()
        except RAISED as error:
            raise self.error(error) from error
        return Sent(self, self._pool, connection, commands, self.ends() if ends is None else ends)

    def ask(self, commands: Iterable[Command], ends: float | None = None) -> list[Any]:
        """The answers, in order; those that are errors are among them as exceptions.

        Raises ServerError if the server cannot be asked, or breaks off.
        """
        answers = self.send(commands, ends).answers()
        for answer in answers:
            if isinstance(answer, ServerError):
                raise answer
        return answers

    def one(self, *command: Any, ends: float | None = None) -> Any:
        """The answer to one command. Raises ServerError for an error too."""
        (answer,) = self.ask([command], ends)
        if isinstance(answer, Exception):
            raise self.error(answer)
        return answer

    def ask_moving(self, command: Command, ends: float) -> Any:
        """The answer to a command about a slot that is on its way to this node of a cluster."""
        commands = [("ASKING",), command]
        answer = self.ask(commands, ends)[1]
        if unknown_function(answer):
            self.load(ends)
            answer = self.ask(commands, ends)[1]
        return answer

    def load(self, ends: float) -> None:
        """Give the server the functions. Raises ServerError if it does not take them."""
        try:
            self.one(*_LOAD, self.access.library, ends=ends)
        except CommandError as error:
            raise ServerError(str(error)) from error

    def error(self, error: Exception) -> ServerError:
        """The ServerError for an error among the answers: what, where, and how to fix it."""
        return server_error(self.name, error)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._pool.close()


class Sent:
    """Commands that were sent, until their answers are read or given up."""

    __slots__ = ("_commands", "_connection", "_ends", "_node", "_pool")

    def __init__(
        self, node: Node, pool: Pool, connection: Any, commands: Iterable[Command], ends: float
    ) -> None:
        self._node = node
        self._ends = ends
        self._pool = pool
        self._connection = connection
        self._commands: list[Command] = []
        try:
            connection.until(ends)
            for command in commands:
                self._commands.append(command)
                connection.send_packed_command(
                    connection.pack_command(*command), check_health=False
                )
        except BaseException as error:
            self.give_up()
            if isinstance(error, RAISED):
                raise node.error(error) from error
            raise

    def answers(self) -> list[Any]:
        """As :meth:`read`; a server that lacks the functions is given them and asked again.

        Commands that it could not find a function for have done nothing.
        """
        answers = self.read()
        missing = [index for index, answer in enumerate(answers) if unknown_function(answer)]
        if missing:
            self._node.load(self._ends)
            again = self._node.send([self._commands[index] for index in missing], self._ends)
            for index, answer in zip(missing, again.read(), strict=True):
                answers[index] = answer
        return answers

    def give_up(self) -> None:
        """Close the connection: what is still to come would be taken for the answers to others."""
        self._connection.disconnect()

    def read(self) -> list[Any]:
        """The answers, in order; those that are errors are among them as exceptions.

        Where the server breaks off, the rest are one ServerError; it is raised if nothing came.
        """
        connection, answers = self._connection, []
        try:
            # Other nodes may have been waited for since: what is here by now is read all the same.
            connection.until(max(self._ends, time.monotonic() + self._node.access.timeout_s))
            for _ in self._commands:
                try:
                    answers.append(connection.read_answer())
                except ResponseError as error:
                    answers.append(error)
        except RAISED as error:
            self.give_up()
            fault = self._node.error(error)
            if not answers:
                raise fault from error
            fault.__cause__ = error
            return answers + [fault] * (len(self._commands) - len(answers))
        except BaseException:
            self.give_up()
            raise
        self._pool.give_back(connection)
        return answers
