"""The feed: the newest part of the log in memory, encoded once, read by everyone at their own pace.

The log is the queue. A reader is a position in it; whoever has fallen out of memory reads on from the store.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import anyio
import structlog
from anyio.abc import TaskStatus

from botarmy.delivery.needs import ReadableLog
from botarmy.delivery.owners import Owners
from botarmy.domain.events import RunStatus
from botarmy.ports import Bus, LogEntry, StoreUnavailable, Subscription

RING_ENTRIES: Final = 20_000
RING_BYTES: Final = 32 * 1024 * 1024
PAGE: Final = 1_000
"""How many entries are read from the store at once."""
POLL_SECONDS: Final = 1.0
"""How long a lost hint can go unnoticed."""

_AGENT_NAME: Final = re.compile(rb',"agent_name":(null|"(?:[^"\\]|\\.)*")')
"""The first one in an event is its own: what stands before it holds no quotation marks."""
_LEVELS: Final = {"system": "level", "error": "severity"}

log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event ready to be sent."""

    position: int
    run_id: str | None
    type: str
    owner: str | None
    """Of its run; None where it concerns no run."""
    wire: bytes
    """The event as clients see it, UTF-8."""

    @property
    def agent_name(self) -> str | None:
        """Looked up in the text: only filters of the log ask for it."""
        found = _AGENT_NAME.search(self.wire)
        name: str | None = json.loads(found[1]) if found else None
        return name

    @property
    def level(self) -> str | None:
        field = _LEVELS.get(self.type)
        level: str | None = json.loads(self.wire)["metadata"].get(field) if field else None
        return level


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the log: these entries, and no others, lie after the position asked for and up to `to`."""

    entries: Sequence[Entry]
    to: int


class Feed:
    """Follows the log, and keeps its newest entries: `RING_ENTRIES` and `RING_BYTES` at most, the newest always.

    Nothing but `run` moves it. It may be read from any number of tasks of the loop that `run` runs in.
    """

    def __init__(self, store: ReadableLog, bus: Bus, *, entries: int = RING_ENTRIES, size: int = RING_BYTES) -> None:
        self.owners: Final = Owners(store)
        self._store = store
        self._bus = bus
        self._most_entries = entries
        self._most_bytes = size
        self._ring: list[Entry] = []
        self._bytes = 0
        self._head = 0
        self._floor = 0
        self._hidden: frozenset[int] = frozenset()
        self._revision = 0
        self._advanced = anyio.Event()
        self._listeners: dict[Callable[[], None], None] = {}

    @property
    def head(self) -> int:
        """The position up to which the log has been followed."""
        return self._head

    @property
    def floor(self) -> int:
        """All entries after this position, up to `head`, are in memory."""
        return self._floor

    @property
    def revision(self) -> int:
        """Another one whenever what lies behind the head has changed: what was made of it before is out of date."""
        return self._revision

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Follow the log until cancelled. It has started when the log's newest entries are in memory.

        Raises:
            StoreUnavailable: the log could not be read at the start. Later on this is waited out.
        """
        hints = self._bus.subscribe("log")
        try:
            self._head = self._floor = max(0, await self._store.head() - PAGE)
            await self._catch_up()
            task_status.started()
            while True:
                await hints.wait(POLL_SECONDS)
                await self._follow(hints)
        finally:
            hints.close()

    async def reached(self, position: int) -> None:
        """Wait until the head is at `position`, which the log has got to already, or beyond."""
        if self._head < position:
            self._bus.publish("log")
        while self._head < position:
            await self._advanced.wait()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever the head has moved, until the returned function is called."""
        self._listeners[listener] = None
        return lambda: self._listeners.pop(listener, None)

    def recent(self, after: int) -> Stretch | None:
        """All that follows a position; None where memory does not reach that far back."""
        if after < self._floor:
            return None
        return Stretch(self._ring[bisect_right(self._ring, after, key=_position) :], self._head)

    async def read(self, after: int) -> Stretch:
        """What follows a position, from memory all of it, from the store a page.

        Raises:
            StoreUnavailable: it is in the store alone, and that cannot be read.
        """
        recent = self.recent(after)
        if recent is not None:
            return recent
        head = self._head
        page = await self._page(after, up_to=head)
        to = head if len(page) < PAGE else page[-1].position
        return Stretch([await self._entry(entry) for entry in self._shown(page)], to)

    # --- What goes ---------------------------------------------------------------------------------------------

    def hide(self, positions: Collection[int]) -> None:
        """Give none of these entries any more, from memory or from the store, where they are being deleted.

        Until `uncover`, or the next call of this. They lie behind the head.
        """
        self._hidden = frozenset(positions)
        self._drop(lambda entry: entry.position in self._hidden)

    def uncover(self) -> None:
        """What was hidden is gone from the store. What is being read there may be from before: it is read again."""
        self._hidden = frozenset()
        self._revision += 1

    def _drop(self, goes: Callable[[Entry], bool]) -> None:
        self._ring = [entry for entry in self._ring if not goes(entry)]
        self._bytes = sum(len(entry.wire) for entry in self._ring)
        self._revision += 1

    # --- Following ---------------------------------------------------------------------------------------------

    async def _follow(self, hints: Subscription) -> None:
        try:
            await self._catch_up()
        except StoreUnavailable as error:
            log.warning("feed_waits_for_store", detail=str(error))
            await hints.wait(POLL_SECONDS)

    async def _catch_up(self) -> None:
        while page := await self._page(self._head):
            entries = [await self._entry(entry) for entry in page]
            deleted = {entry.run_id for entry in page if _is_tombstone(entry)}
            if deleted:
                self._drop(lambda entry: entry.run_id in deleted)  # noqa: B023 - called here, and not kept
            self._append(entries)
            if len(page) < PAGE:
                return

    async def _page(self, after: int, up_to: int | None = None) -> list[LogEntry]:
        """A page of the store. One that was read while something went is read again."""
        while True:
            revision = self._revision
            page = await self._store.read(after, PAGE, up_to=up_to)
            if revision == self._revision:
                return page

    def _shown(self, page: Sequence[LogEntry]) -> list[LogEntry]:
        return [entry for entry in page if entry.position not in self._hidden]

    async def _entry(self, entry: LogEntry) -> Entry:
        owner = None if entry.run_id is None else await self.owners.of(entry.run_id)
        return Entry(entry.position, entry.run_id, entry.type, owner, entry.wire().encode())

    def _append(self, entries: Sequence[Entry]) -> None:
        self._ring.extend(entries)
        self._bytes += sum(len(entry.wire) for entry in entries)
        self._head = entries[-1].position
        self._trim()
        advanced, self._advanced = self._advanced, anyio.Event()
        advanced.set()
        for listener in list(self._listeners):
            listener()

    def _trim(self) -> None:
        surplus = max(0, len(self._ring) - self._most_entries)
        self._bytes -= sum(len(entry.wire) for entry in self._ring[:surplus])
        while self._bytes > self._most_bytes and surplus < len(self._ring) - 1:
            self._bytes -= len(self._ring[surplus].wire)
            surplus += 1
        if surplus:
            self._floor = self._ring[surplus - 1].position
            del self._ring[:surplus]


def _is_tombstone(entry: LogEntry) -> bool:
    """What is left of a deleted run. Its earlier events are gone from the store, and have to go from here."""
    return entry.type == RunStatus.TYPE and getattr(entry.event().metadata, "status", None) == "deleted"


def _position(entry: Entry) -> int:
    return entry.position
