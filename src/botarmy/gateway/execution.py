"""A session's commands, carried out one after another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import anyio
import structlog

from botarmy.delivery.needs import Commands
from botarmy.domain.errors import DomainError
from botarmy.domain.users import User
from botarmy.gateway import protocol as p
from botarmy.gateway.errands import Errands
from botarmy.gateway.limits import Limits
from botarmy.ports import NewId, StoreUnavailable

log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger(__name__)


class Execution:
    """Has a task only while there is a command. Those that come before it is known who sends them wait."""

    __slots__ = ("_answer", "_at_work", "_commands", "_errands", "_limits", "_new_id", "_user", "_waiting")

    def __init__(
        self, commands: Commands, new_id: NewId, limits: Limits, answer: Callable[[p.Say], None], errands: Errands
    ) -> None:
        self._commands: Final = commands
        self._new_id: Final = new_id
        self._limits: Final = limits
        self._answer: Final = answer
        """Called with each reply."""
        self._waiting: Final[list[p.Execute]] = []
        self._at_work = False
        self._user: User | None = None
        self._errands: Final = errands

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= self._limits.commands_waiting

    def put(self, command: p.Execute) -> None:
        self._waiting.append(command)
        self._begin()

    def begin(self, user: User) -> None:
        """From now on, for this user."""
        self._user = user
        self._begin()

    def _begin(self) -> None:
        if self._user is not None and self._waiting and not self._at_work:
            self._at_work = True
            self._errands.begin(partial(self._work, self._user))

    async def _work(self, user: User) -> None:
        try:
            while self._waiting:
                command = self._waiting.pop(0)
                # A client that goes away takes nothing back: what was begun is finished.
                with anyio.CancelScope(shield=True):
                    reply = await self._reply(user, command)
                self._answer(reply)
                await anyio.lowlevel.checkpoint()
        finally:
            self._at_work = False

    async def _reply(self, user: User, command: p.Execute) -> p.Say:
        try:
            with anyio.fail_after(self._limits.command_seconds):
                reply = await self._commands.command(user, command.id, command.name, command.args)
            return p.done(command.id, reply.result, reply.position)
        except (StoreUnavailable, DomainError) as error:
            return p.refused(command.id, refusal(error))
        except Exception:
            reference = self._new_id().replace("-", "")
            log.exception("command_failed", reference=reference)
            return p.refused(command.id, DomainError("internal"), reference)


def refusal(error: StoreUnavailable | DomainError) -> DomainError:
    """What a client is told of it."""
    return error if isinstance(error, DomainError) else DomainError("storage_unavailable", detail=str(error))
