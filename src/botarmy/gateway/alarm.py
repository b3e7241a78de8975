"""One timer for a session, set seldom: a session writes thousands of frames between two times that it rings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final


class Alarm:
    """Calls `ring` at the time set, of the running loop's clock, and again at whatever time that returns."""

    __slots__ = ("_loop", "_ring", "_timer")

    def __init__(self, ring: Callable[[], float]) -> None:
        self._loop: Final = asyncio.get_running_loop()
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None

    def set(self, when: float) -> None:
        """In place of the time set before. May be infinity: never."""
        self.cancel()
        if when != float("inf"):
            self._timer = self._loop.call_at(when, self._on_time)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def end(self) -> None:
        """Ring never again, and let go of who was to be called."""
        self.cancel()
        self._ring = _never

    def _on_time(self) -> None:
        self._timer = None
        when = self._ring()
        if self._timer is None:
            self.set(when)


def _never() -> float:
    return float("inf")
