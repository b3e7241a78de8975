"""The deadlines of one streamed answer. Each piece puts them off, so that is next to free: it moves a number, and a
timer looks at it now and then."""

from __future__ import annotations

import asyncio
from math import inf
from types import TracebackType
from typing import Final

from botarmy.domain.errors import DomainError
from botarmy.llm.models import Deadlines


class AnswerDeadline:
    """Ends its block when the answer does not begin, does not go on, or does not end in time.

    Raises DomainError `model_timeout` from the block.
    """

    def __init__(self, limit: Deadlines) -> None:
        self._limit: Final = limit
        self._loop: Final = asyncio.get_running_loop()
        self._ends: Final = self._loop.time() + limit.whole
        self._due = min(self._ends, self._loop.time() + limit.first_token)
        self._timeout: Final = asyncio.timeout(None)
        self._alarm: asyncio.TimerHandle | None = None

    def stop(self) -> None:
        """A piece has come; until `go_on` the clock stands."""
        self._due = inf

    def go_on(self) -> None:
        """The next piece is waited for."""
        now = self._loop.time()
        self._due = min(self._ends, now + self._limit.between_tokens)
        if self._due <= now:
            self._timeout.reschedule(now)

    async def __aenter__(self) -> AnswerDeadline:
        await self._timeout.__aenter__()
        self._alarm = self._loop.call_at(self._due, self._look)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError as late:
            raise DomainError("model_timeout", detail=f"no answer in time, {self._limit}") from late

    def _look(self) -> None:
        now = self._loop.time()
        if self._due <= now:
            self._timeout.reschedule(now)
            return
        # While the clock stands nobody knows when it will go on: never earlier than this is it due.
        latest = now + self._limit.between_tokens
        self._alarm = self._loop.call_at(min(self._due, latest, self._ends if self._ends > now else latest), self._look)
