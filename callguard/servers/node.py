"""One server: commands sent together, answers read one by one, every fault a CounterError."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from redis.exceptions import ResponseError

from callguard.errors import CounterError, NodeError
from callguard.servers.address import Address, place
from callguard.servers.answers import FAULTS, counter_error, unknown_function
from callguard.servers.pool import Pool

Command = Sequence[Any]
_LOAD: Final = ("FUNCTION", "LOAD", "REPLACE")


class Node:
    """A server that is connected to when first asked. May be used by any number of threads.

    ``library`` is the source of the functions that it is given when it does not know one.
    Nothing is sent twice: what was counted, but not answered in time, must not be counted again.
    """

    def __init__(
        self,
        address: Address,
        seed: tuple[str, int] | None,
        timeout_s: float,
        connect_s: float,
        library: str = "",
    ) -> None:
        self.name = place(*seed) if seed else str(address)
        self._library = library
        self._pool = Pool(address, seed, timeout_s, connect_s)

    def __repr__(self) -> str:
        return f"<Node {self.name}>"

    def send(self, commands: Iterable[Command]) -> Flight:
        """Send each command as soon as it is there. Raises CounterError if that fails."""
        try:
            connection = self._pool.take()
        except FAULTS as error:
            raise self.fault(error) from error
        return Flight(self, self._pool, connection, commands)

    def ask(self, commands: Iterable[Command]) -> list[Any]:
        """The answers, in order; those that are errors stand among them as exceptions.

        Raises CounterError if the server cannot be asked, or breaks off.
        """
        answers = self.send(commands).answers()
        for answer in answers:
            if isinstance(answer, CounterError):
                raise answer
        return answers

    def one(self, *command: Any) -> Any:
        """The answer to one command. Raises CounterError for an error too."""
        (answer,) = self.ask([command])
        if isinstance(answer, Exception):
            raise self.fault(answer)
        return answer

    def ask_early(self, command: Command) -> Any:
        """The answer to a command about a slot that is on its way to this node of a cluster."""
        commands = [("ASKING",), command]
        answer = self.ask(commands)[1]
        if unknown_function(answer):
            self.load()
            answer = self.ask(commands)[1]
        return answer

    def load(self) -> None:
        """Give the server the functions. Raises CounterError if it does not take it."""
        try:
            self.one(*_LOAD, self._library)
        except NodeError as error:
            raise CounterError(str(error)) from error

    def fault(self, error: Exception) -> CounterError:
        """The error as one of ours: what, where, and how to mend it if that is known."""
        return counter_error(self.name, error)

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._pool.close()


class Flight:
    """Commands that were sent, until their answers are read or given up."""

    __slots__ = ("_commands", "_connection", "_node", "_pool")

    def __init__(
        self, node: Node, pool: Pool, connection: Any, commands: Iterable[Command]
    ) -> None:
        self._node = node
        self._pool = pool
        self._connection = connection
        self._commands: list[Command] = []
        try:
            for command in commands:
                self._commands.append(command)
                connection.send_packed_command(
                    connection.pack_command(*command), check_health=False
                )
        except BaseException as error:
            self.give_up()
            if isinstance(error, FAULTS):
                raise node.fault(error) from error
            raise

    def answers(self) -> list[Any]:
        """As :meth:`read`; where the server lacks the script it is given that and asked again.

        Commands that it could not find the script for have done nothing.
        """
        answers = self.read()
        missing = [index for index, answer in enumerate(answers) if unknown_function(answer)]
        if missing:
            self._node.load()
            again = self._node.send([self._commands[index] for index in missing])
            for index, answer in zip(missing, again.read(), strict=True):
                answers[index] = answer
        return answers

    def give_up(self) -> None:
        """Close the connection: what is still to come would be taken for an answer to others."""
        self._connection.disconnect()

    def read(self) -> list[Any]:
        """The answers, in order; those that are errors stand among them as exceptions.

        Where the server breaks off, the rest are one CounterError; raises it if nothing came.
        """
        connection, answers = self._connection, []
        try:
            for _ in self._commands:
                try:
                    answers.append(connection.read_response())
                except ResponseError as error:
                    answers.append(error)
        except FAULTS as error:
            self.give_up()
            fault = self._node.fault(error)
            if not answers:
                raise fault from error
            fault.__cause__ = error
            return answers + [fault] * (len(self._commands) - len(answers))
        except BaseException:
            self.give_up()
            raise
        self._pool.give_back(connection)
        return answers
