"""The bus of a single process."""

from __future__ import annotations

import asyncio
import threading
from typing import Final

from botarmy.ports import Hint


class LocalBus:
    """Carries hints between the tasks of one event loop. Other threads may publish too."""

    def __init__(self) -> None:
        self._subscriptions: Final[dict[Hint, set[LocalSubscription]]] = {}
        self._lock: Final = threading.Lock()

    def publish(self, *hints: Hint) -> None:
        with self._lock:
            told = {subscription for hint in hints for subscription in self._subscriptions.get(hint, ())}
        for subscription in told:
            subscription.notify()

    def subscribe(self, *hints: Hint) -> LocalSubscription:
        """For the running event loop. Nothing published before this call is heard."""
        subscription = LocalSubscription(self, hints)
        with self._lock:
            for hint in hints:
                self._subscriptions.setdefault(hint, set()).add(subscription)
        return subscription

    def forget(self, subscription: LocalSubscription) -> None:
        with self._lock:
            for subscriptions in self._subscriptions.values():
                subscriptions.discard(subscription)


class LocalSubscription:
    """Remembers that there was a hint, not how many or which: one flag is all that it can fill up."""

    def __init__(self, bus: LocalBus, hints: tuple[Hint, ...]) -> None:
        self.hints: Final = hints
        self._bus: Final = bus
        self._loop: Final = asyncio.get_running_loop()
        self._thread: Final = threading.get_ident()
        self._hinted: Final = asyncio.Event()

    def notify(self) -> None:
        if threading.get_ident() == self._thread:
            self._hinted.set()
            return
        try:
            self._loop.call_soon_threadsafe(self._hinted.set)
        except RuntimeError:  # the event loop is closed: nobody waits
            return

    async def wait(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - the port's word
        """Waits alone count: of two tasks that share a subscription, either may take the hint."""
        try:
            async with asyncio.timeout(timeout):
                await self._hinted.wait()
        except TimeoutError:
            return False
        self._hinted.clear()
        return True

    def close(self) -> None:
        """No more hints. May be called again."""
        self._bus.forget(self)
