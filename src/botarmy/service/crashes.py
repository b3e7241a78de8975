"""Crashes of pages, counted: a page that breaks again and again, or who only says that it does, fills no log."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from botarmy.service.attempts import network_of

PER_ADDRESS: Final = 10
"""So many reports are taken from one address in a window."""
ALL: Final = 60
"""And so many from all of them."""
WINDOW_SECONDS: Final = 600.0


class Crashes:
    """Args: now: seconds of a monotonic clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now: Final = now
        self._taken: Final[deque[tuple[float, str]]] = deque(maxlen=ALL)

    def take(self, address: str) -> float:
        """Seconds until a report from there is taken; 0 where this one is, and counts."""
        now, network = self._now(), network_of(address)
        while self._taken and now - self._taken[0][0] >= WINDOW_SECONDS:
            self._taken.popleft()
        theirs = [at for at, whose in self._taken if whose == network]
        if len(theirs) >= PER_ADDRESS:
            return theirs[0] + WINDOW_SECONDS - now
        if len(self._taken) >= ALL:
            return self._taken[0][0] + WINDOW_SECONDS - now
        self._taken.append((now, network))
        return 0.0
