"""Topics that select no events: who follows them gets a fresh snapshot, at most once a second, while they change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from botarmy.delivery.snapshots import Snapshots
from botarmy.delivery.topics import LIVE_KINDS, Topic
from botarmy.gateway.alarm import Alarm
from botarmy.gateway.watching import SOON_SECONDS, Watching

EVERY_SECONDS: Final = 1.0


class Live:
    """The live topics of one session. `due` says when to look at them again; `wake` is called then.

    Who watches a run is told by `watching`, and costs nothing meanwhile; the others are looked at each second.
    """

    def __init__(self, snapshots: Snapshots, watching: Watching, wake: Callable[[], None]) -> None:
        self._snapshots: Final = snapshots
        self._watching: Final = watching
        self._wake: Final = wake
        self._alarm: Final = Alarm(self._on_time)
        self._now: Final = asyncio.get_running_loop().time
        self._sent: dict[Topic, str] = {}
        self._user = ""
        self._open: frozenset[str] = frozenset()
        """The runs whose events are followed."""
        self._heard: frozenset[str] = frozenset()
        """The runs whose watchers are."""
        self.due = False

    def follow(self, topics: Iterable[Topic], user: str) -> None:
        """From now on these, of which a snapshot is sent already, unless the client has resumed."""
        held = tuple(topics)
        live = [topic for topic in held if topic.kind in LIVE_KINDS]
        fresh = any(topic not in self._sent for topic in live)
        self._sent = {topic: self._sent.get(topic, "") for topic in live}
        self._watch(user, _runs(held, "run"), _runs(held, "watchers"))
        if any(topic.kind != "watchers" for topic in live):
            self._alarm.set(self._now() + EVERY_SECONDS)
        elif fresh:
            self._alarm.set(self._now() + SOON_SECONDS)
        elif not live:
            self.stop()

    def stop(self) -> None:
        self.due = False
        self._alarm.cancel()

    def end(self) -> None:
        """As `stop`, for good."""
        self.stop()
        self._watch(self._user, frozenset(), frozenset())
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

    def _watch(self, user: str, opened: frozenset[str], heard: frozenset[str]) -> None:
        """First who is here, then who hears of it: who comes and goes at once leaves nothing."""
        for run_id in opened - self._open:
            self._watching.came(run_id, user)
        for run_id in heard - self._heard:
            self._watching.listen(run_id, self._on_change)
        for run_id in self._heard - heard:
            self._watching.leave(run_id, self._on_change)
        for run_id in self._open - opened:
            self._watching.went(run_id, user)
        self._user, self._open, self._heard = user, opened, heard

    def _on_change(self) -> None:
        self.due = True
        self._wake()

    def _on_time(self) -> float:
        self._on_change()
        polled = any(topic.kind != "watchers" for topic in self._sent)
        return self._now() + EVERY_SECONDS if polled else float("inf")


def _runs(topics: Iterable[Topic], kind: str) -> frozenset[str]:
    return frozenset(topic.run_id for topic in topics if topic.kind == kind and topic.run_id is not None)
