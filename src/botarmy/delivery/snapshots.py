"""Snapshots: what a follower begins with, so that the events after one position complete it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import anyio
from pydantic import TypeAdapter

from botarmy.delivery.feed import Feed
from botarmy.delivery.needs import ReadableLog, Runs
from botarmy.delivery.topics import Topic
from botarmy.domain.users import User
from botarmy.domain.views import RunView
from botarmy.ports import RunPage

RUNS_LISTED: Final = 100
SHARED: Final = 16
"""How many runs' newest snapshots are kept for the next who asks at the same position."""
AT_ONCE: Final = 8
"""How many snapshots are taken at the same time."""

_RUN_VIEW: Final = TypeAdapter(RunView)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Topics as they all were at one position.

    A topic that does not exist, or is not the user's to see, is not in `data`.
    """

    position: int
    data: Mapping[Topic, str]
    """The JSON of each topic's view."""


class Snapshots:
    """Takes snapshots without a race: the position first, then each topic folded at exactly that position."""

    def __init__(self, store: ReadableLog, feed: Feed, runs: Runs) -> None:
        self._store = store
        self._feed = feed
        self._runs = runs
        self._at_once = anyio.Semaphore(AT_ONCE)
        self._shared: OrderedDict[str, _Shared] = OrderedDict()

    async def visible(self, topics: Iterable[Topic], user: User) -> tuple[Topic, ...]:
        """Those that exist, or did, and are this user's to see. Raises StoreUnavailable."""
        return tuple([topic for topic in topics if await self._may_see(topic, user)])

    async def take(self, topics: Iterable[Topic], user: User) -> Snapshot:
        """A snapshot of each topic, all at one position that is not before the log's head at the call.

        The feed has reached that position on return: what follows it is still to be read there.

        Raises:
            StoreUnavailable: nothing could be read.
            DomainError: from the service.
        """
        visible = await self.visible(topics, user)
        async with self._at_once:
            page = await self._page(user) if any(topic.kind == "runs" for topic in visible) else None
            # The log's head, which the feed may not have reached: who was answered sees what the answer speaks of.
            position = await self._store.head() if page is None else page.position
            await self._feed.reached(position)
            data: dict[Topic, str] = {}
            for topic in visible:
                if topic.run_id is not None:
                    text = await self._run(topic.run_id, position)
                    if text is not None:
                        data[topic] = text
                elif page is not None:
                    data[topic] = f'{{"runs":[{",".join(page.summaries)}]}}'
            return Snapshot(position, data)

    async def _may_see(self, topic: Topic, user: User) -> bool:
        return topic.run_id is None or user.may_see(await self._feed.owners.of(topic.run_id))

    async def _page(self, user: User) -> RunPage:
        return await self._store.runs(owner=None if user.sees_all else user.name, limit=RUNS_LISTED)

    async def _run(self, run_id: str, position: int) -> str | None:
        """Those who ask for the same run at the same position share one fold and one text."""
        shared = self._shared.setdefault(run_id, _Shared())
        self._shared.move_to_end(run_id)
        while len(self._shared) > SHARED:
            self._shared.popitem(last=False)
        async with shared.lock:
            if shared.position != position:
                run = await self._runs.run_at(run_id, position)
                shared.text = None if run is None or run.status == "deleted" else _RUN_VIEW.dump_json(run.view).decode()
                shared.position = position
            return shared.text


class _Shared:
    """A run's newest snapshot."""

    __slots__ = ("lock", "position", "text")

    def __init__(self) -> None:
        self.lock = anyio.Lock()
        self.position = -1
        self.text: str | None = None
