"""What a reader is told while a model says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from botarmy.ports import CallStarted, Output, Progress, Waiting

WAITS: Final = "Waiting until the AI service may be asked again"
ASKS: Final = "Asking the AI service"
ASKS_AGAIN: Final = "Asking the AI service again"
LONGER: Final = "The AI service takes longer than usual"
ANSWERS: Final = "The AI service answers"

Send: TypeAlias = Callable[[Output], Awaitable[None]]


class Hush:
    """The silence of a model, over all attempts at a request. As a context it lasts as long as an answer may come.

    Args:
        bound: after so many seconds of silence the reader is told.
    """

    def __init__(self, bound: float, send: Send) -> None:
        self._bound: Final = bound
        self._send: Final = send
        self._last_word = 0.0
        self._told = False
        """Whether the card says that something is waited for."""
        self._watch: asyncio.Task[None] | None = None
        self._now: Final = asyncio.get_running_loop().time

    async def waits(self, seconds: float) -> None:
        """The request may not be made yet."""
        self._told = True
        await self._send(Waiting(WAITS, seconds))

    async def begin(self, call_attempt: int, continuation: Callable[[], bytes | None]) -> None:
        """A request is made now."""
        if call_attempt == 1:
            self._last_word = self._now()
        await self._send(CallStarted(call_attempt, continuation))
        if call_attempt > 1 or self._told:
            await self._send(Progress(ASKS_AGAIN if call_attempt > 1 else ASKS))
        self._told = False

    def is_broken(self) -> bool:
        """The model has said something, if only to itself. Whether the reader is to be told: then call `broken`."""
        self._last_word = self._now()
        return self._told

    async def broken(self) -> None:
        """Say that the model answers."""
        self._told = False
        await self._send(Progress(ANSWERS))

    async def __aenter__(self) -> Hush:
        self._watch = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            await asyncio.wait([watch])

    async def _listen(self) -> None:
        while True:
            left = self._bound - (self._now() - self._last_word)
            if left <= 0 and not self._told:
                self._told = True
                await self._send(Progress(LONGER))
            await asyncio.sleep(left if left > 0 else self._bound)
