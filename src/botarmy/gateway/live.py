"""Topics that select no events: who follows them gets a fresh snapshot, at most once a second, while they change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from botarmy.delivery.snapshots import Snapshots
from botarmy.delivery.topics import LIVE_KINDS, Topic
from botarmy.gateway.alarm import Alarm

EVERY_SECONDS: Final = 1.0


class Live:
    """The live topics of one session. `due` says when to look at them again; `wake` is called then."""

    def __init__(self, snapshots: Snapshots, wake: Callable[[], None]) -> None:
        self._snapshots: Final = snapshots
        self._wake: Final = wake
        self._alarm: Final = Alarm(self._on_time)
        self._now: Final = asyncio.get_running_loop().time
        self._sent: dict[Topic, str] = {}
        self.due = False

    def follow(self, topics: Iterable[Topic]) -> None:
        """From now on these, of which a snapshot is sent already."""
        live = [topic for topic in topics if topic.kind in LIVE_KINDS]
        self._sent = {topic: self._sent.get(topic, "") for topic in live}
        if live:
            self._alarm.set(self._now() + EVERY_SECONDS)
        else:
            self.stop()

    def stop(self) -> None:
        self.due = False
        self._alarm.cancel()

    def end(self) -> None:
        """As `stop`, for good."""
        self.stop()
        self._sent.clear()
        self._alarm.end()

    async def fresh(self) -> list[tuple[Topic, str]]:
        """Those that have changed since they were asked for last, with their data. Raises StoreUnavailable."""
        self.due = False
        changed = []
        for topic, before in list(self._sent.items()):
            data = await self._snapshots.live(topic)
            if data != before and topic in self._sent:
                self._sent[topic] = data
                changed.append((topic, data))
        return changed

    def _on_time(self) -> float:
        self.due = True
        self._wake()
        return self._now() + EVERY_SECONDS
