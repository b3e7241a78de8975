"""Snapshots: what a follower begins with, so that the events after one position complete it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import anyio
from pydantic import TypeAdapter

from botarmy.delivery.feed import Feed
from botarmy.delivery.needs import Figures, ReadableLog, Runs
from botarmy.delivery.topics import LIVE_KINDS, Topic, TopicKind
from botarmy.domain.users import User
from botarmy.domain.views import RunView
from botarmy.ports import BoardKind, Boards

RUNS_LISTED: Final = 100
SHARED: Final = 16
"""How many runs' newest snapshots are kept for the next who asks at the same position."""
AT_ONCE: Final = 8
"""How many snapshots are taken at the same time."""
_BOARDS: Final[Mapping[TopicKind, BoardKind]] = {"runs": "runs", "jobs": "jobs", "workers": "workers"}

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

    def __init__(self, store: ReadableLog, feed: Feed, runs: Runs, figures: Figures | None = None) -> None:
        self._store = store
        self._figures = figures
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
            boards = await self._boards(visible, user)
            # The log's head, which the feed may not have reached: who was answered sees what the answer speaks of.
            position = await self._store.head() if boards is None else boards.position
            await self._feed.reached(position)
            data: dict[Topic, str] = {}
            for topic in visible:
                text = await self._text(topic, position, boards)
                if text is not None:
                    data[topic] = text
            return Snapshot(position, data)

    async def live(self, topic: Topic) -> str:
        """The data of a topic that selects no events, as it is now."""
        if self._figures is None:
            return "{}"
        if topic.kind == "watchers":
            return self._figures.watchers(topic.run_id or "")
        return await (self._figures.connections() if topic.kind == "connections" else self._figures.stats())

    async def _may_see(self, topic: Topic, user: User) -> bool:
        if topic.run_id is None:
            return user.is_admin or not topic.for_admins
        return user.may_see(await self._feed.owners.of(topic.run_id))

    async def _boards(self, topics: Iterable[Topic], user: User) -> Boards | None:
        """All the lists that are asked for, read at once: they are of one position, which nothing else can be."""
        kinds = frozenset(_BOARDS[topic.kind] for topic in topics if topic.kind in _BOARDS)
        if not kinds:
            return None
        return await self._store.boards(kinds, owner=None if user.sees_all else user.name, limit=RUNS_LISTED)

    async def _text(self, topic: Topic, position: int, boards: Boards | None) -> str | None:
        """None where there is no such run any more."""
        if topic.kind in LIVE_KINDS:
            return await self.live(topic)
        if topic.run_id is not None:
            return await self._run(topic.run_id, position)
        if boards is None or topic.kind not in _BOARDS:
            return "{}"
        kind = _BOARDS[topic.kind]
        return f'{{"{kind}":[{",".join(boards.lists[kind])}]}}'

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
