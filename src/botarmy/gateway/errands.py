"""Tasks that may be begun from anywhere in an event loop, and that are over before their owner is.

A task group of anyio begins tasks from tasks alone: a timer's callback, or a transport's, belongs to none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import anyio


class Errands:
    """Whoever owns it awaits `over` at its end.

    Args:
        on_fault: told what an errand raised.
    """

    __slots__ = ("_ended", "_on_fault", "_scopes", "_tasks")

    def __init__(self, on_fault: Callable[[Exception], None]) -> None:
        self._on_fault: Final = on_fault
        self._tasks: Final[set[asyncio.Task[None]]] = set()
        self._scopes: Final[set[anyio.CancelScope]] = set()
        self._ended = False

    def begin(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does nothing after the end."""
        if not self._ended:
            task = asyncio.get_running_loop().create_task(self._run(work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def over(self) -> None:
        """End: cancel what is under way, and return when all of it has ended; what is shielded is finished first."""
        self._ended = True
        for scope in self._scopes:
            scope.cancel()
        with anyio.CancelScope(shield=True):
            while self._tasks:
                await asyncio.wait(self._tasks)

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        if self._ended:
            return
        with anyio.CancelScope() as scope:
            self._scopes.add(scope)
            try:
                await work()
            except Exception as fault:
                self._on_fault(fault)
            finally:
                self._scopes.discard(scope)
