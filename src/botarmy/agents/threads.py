"""Threads of agents: each job of a Python agent has its own, so that one that blocks delays nobody.

Nobody can end a thread from outside. One that is stopped and goes on nevertheless is left behind: it holds nothing of
the run any more, and is counted until it ends. Beyond a bound of such threads no more are begun.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from botarmy import telemetry
from botarmy.domain.errors import DomainError

AHEAD: Final = 64
"""How many values a thread may be ahead of its reader; then it waits."""
LEFT_BEHIND: Final = 16
"""How many threads that were stopped may still be running."""
LATE_SECONDS: Final = 5.0
"""How long a thread that was told to stop may take before the log says so."""

log = telemetry.logger("agents")


class Stopped(BaseException):
    """Nobody listens any more: the thread is to end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The thread is done. `error` is what its work raised; None where it raised nothing."""

    error: BaseException | None = None


class Line:
    """What a thread says, on its way to the event loop that made this: in order, and bounded."""

    def __init__(self) -> None:
        self._loop: Final = asyncio.get_running_loop()
        self._changed: Final = threading.Condition()
        self._held: Final[deque[object]] = deque()
        self._reader: asyncio.Future[None] | None = None
        self._waits = False
        """Whether the reader has dealt with everything so far, and wants more."""
        self._stopped = False
        self._on_stop: Final[set[Callable[[], object]]] = set()

    # --- The thread's side -----------------------------------------------------------------------------------

    @property
    def stopped(self) -> bool:
        return self._stopped

    def put(self, value: object) -> None:
        """Waits while too much waits to be read. Raises Stopped."""
        with self._changed:
            while len(self._held) >= AHEAD and not self._stopped:
                self._changed.wait()
            if self._stopped:
                raise Stopped
            self._held.append(value)
        self._wake()

    def settle(self) -> None:
        """Returns once the reader has dealt with all that was put. Raises Stopped."""
        with self._changed:
            while (self._held or not self._waits) and not self._stopped:
                self._changed.wait()
            if self._stopped:
                raise Stopped

    def end(self, error: BaseException | None = None) -> None:
        """The last word; never waits."""
        with self._changed:
            self._held.append(Ended(error))
        self._wake()

    @contextmanager
    def on_stop(self, call: Callable[[], object]) -> Iterator[None]:
        """Within it, `call` is made by the loop's thread when it stops. Raises Stopped where it has."""
        with self._changed:
            if self._stopped:
                raise Stopped
            self._on_stop.add(call)
        try:
            yield
        finally:
            with self._changed:
                self._on_stop.discard(call)

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: there is nobody to wake
            self._loop.call_soon_threadsafe(self._wake_reader)

    # --- The loop's side -------------------------------------------------------------------------------------

    async def get(self) -> object:
        """The next value; `Ended` is the last. Cancelled, it has taken nothing."""
        while True:
            with self._changed:
                self._waits = not self._held
                self._changed.notify()
                if self._held:
                    return self._held.popleft()
                self._reader = self._loop.create_future()
            await self._reader

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            calls = tuple(self._on_stop)
            self._changed.notify()
        for call in calls:
            with suppress(RuntimeError):  # the thread's own event loop is closed
                call()

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


class Threads:
    """All threads of Python agents in this process.

    Args:
        bound: how many may have been left behind.
    """

    def __init__(self, bound: int = LEFT_BEHIND) -> None:
        self._bound: Final = bound
        self._left: Final[set[threading.Thread]] = set()

    def left_behind(self) -> int:
        """How many threads were stopped and still run."""
        self._left.difference_update([thread for thread in self._left if not thread.is_alive()])
        return len(self._left)

    def begin(self, name: str, work: Callable[[], None]) -> threading.Thread:
        """A thread that does not keep the process from ending. Raises DomainError `agent_threads_used_up`."""
        if self.left_behind() >= self._bound:
            raise DomainError("agent_threads_used_up", agent=name, limit=self._bound)
        thread = threading.Thread(target=work, name=f"agent {name}", daemon=True)
        thread.start()
        return thread

    def leave(self, thread: threading.Thread) -> None:
        """Nobody waits for it any more: it was told to stop. One that does not is told of in the log."""
        if thread.is_alive():
            self._left.add(thread)
            asyncio.get_running_loop().call_later(LATE_SECONDS, self._tell, thread)

    def _tell(self, thread: threading.Thread) -> None:
        if thread.is_alive():
            log.warning("agent_thread_left_behind", name=thread.name, running=self.left_behind(), bound=self._bound)
