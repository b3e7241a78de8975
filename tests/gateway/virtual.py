"""An event loop whose clock jumps: nobody ever waits, and a heartbeat of ten seconds is due at once."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time stands still while anything can run, and jumps to the next timer when nothing can.

    For code without threads and sockets. Where all wait and no timer is set, it raises: that is a deadlock.
    """

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Selector(self._pass))

    def time(self) -> float:
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += seconds


class _Selector(selectors.SelectSelector):
    def __init__(self, pass_time: Callable[[float], None]) -> None:
        super().__init__()
        self._pass_time = pass_time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everyone waits, and nothing will ever happen")
        self._pass_time(max(0.0, timeout))
        return super().select(0)
