"""What runs beside the server for as long as it lives. If one ends by itself, the server must not limp on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

from botarmy import telemetry

log = telemetry.logger("background")


class Started(Protocol):
    """Work that says when it has started."""

    def __call__(self, *, task_status: Any) -> Coroutine[Any, Any, None]: ...


class Background:
    def __init__(self) -> None:
        self._tasks: Final[list[asyncio.Task[None]]] = []
        self.on_death: Callable[[], None] = lambda: None
        """Called when a task has ended by itself."""

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        _ = self._start(name, work)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)
        return task

    async def until_started(self, name: str, work: Started) -> None:
        """Start it, and return once it says so. Raises what it raises before."""
        status = _Status()
        task = self._start(name, work(task_status=status))
        ready = asyncio.ensure_future(status.ready.wait())
        await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if task.done():
            task.result()

    async def stop(self) -> None:
        """In the reverse order of their start, each at its end before the next is stopped."""
        for task in reversed(self._tasks):
            task.remove_done_callback(self._ended)
            task.cancel()
            await asyncio.wait([task])

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        log.error("background_task_ended", task=task.get_name(), exc_info=error)
        self.on_death()


@asynccontextmanager
async def background() -> AsyncIterator[Background]:
    tasks = Background()
    try:
        yield tasks
    finally:
        await tasks.stop()


class _Status:
    def __init__(self) -> None:
        self.ready: Final = asyncio.Event()

    def started(self, _value: object = None) -> None:
        self.ready.set()
