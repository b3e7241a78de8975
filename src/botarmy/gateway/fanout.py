"""Fan-out: who is woken when the log has grown, and the frames that equal followers share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import anyio

from botarmy.delivery.feed import Entry, Feed, Stretch
from botarmy.delivery.topics import Interest
from botarmy.gateway import frames
from botarmy.gateway.limits import Limits

SHARED_BYTES: Final = 16 * 1024 * 1024
"""Of the frames that are kept for the next who needs the same one."""
PAUSE_PER_SESSION: Final = 0.00005
"""Seconds that serving one session takes, roughly: the more there are, the more events share a frame."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a follower gets next: (from, to] as one `events` frame; None where nothing of it is for them."""

    from_: int
    to: int
    frame: str | None


class Group:
    """Followers with the same interest. They are woken by what they follow, and by nothing else."""

    __slots__ = ("interest", "newest", "wakers")

    def __init__(self, interest: Interest, newest: int) -> None:
        self.interest = interest
        self.newest = newest
        """Nothing after this position, and up to the fan-out's head, is for them."""
        self.wakers: dict[Callable[[], None], None] = {}


class Fanout:
    """Hands the feed on: at once after a quiet moment, in beats of milliseconds to many sessions."""

    def __init__(self, feed: Feed, limits: Limits) -> None:
        self._feed = feed
        self._limits = limits
        self._head = feed.head
        self._released_at = float("-inf")
        self._release_due = False
        self._groups: dict[Interest, Group] = {}
        self._by_run: dict[str | None, set[Group]] = {}
        self._by_type: dict[str, set[Group]] = {}
        self._by_log: set[Group] = set()
        self._built = _Built()
        self._reading = anyio.Lock()
        self._sessions = 0
        feed.listen(self._on_advance)

    @property
    def head(self) -> int:
        """Up to here the feed is handed on."""
        return self._head

    def join(self, interest: Interest, waker: Callable[[], None]) -> Group:
        """Be woken when there is something for this interest. To be undone with `leave`."""
        group = self._groups.get(interest)
        if group is None:
            group = self._groups[interest] = Group(interest, self._head)
            for run_id in interest.run_ids:
                self._by_run.setdefault(run_id, set()).add(group)
            for type_ in interest.types:
                self._by_type.setdefault(type_, set()).add(group)
            if interest.log is not None:
                self._by_log.add(group)
        group.wakers[waker] = None
        self._sessions += 1
        return group

    def leave(self, group: Group, waker: Callable[[], None]) -> None:
        del group.wakers[waker]
        self._sessions -= 1
        if group.wakers:
            return
        del self._groups[group.interest]
        self._by_log.discard(group)
        for run_id in group.interest.run_ids:
            _discard(self._by_run, run_id, group)
        for type_ in group.interest.types:
            _discard(self._by_type, type_, group)

    def count(self, after: int, interest: Interest, enough: int) -> int:
        """How many events for this interest follow a position, as far as memory reaches; all where it does not."""
        if self._head - after <= enough:
            return self._head - after
        stretch = self._feed.recent(after)
        if stretch is None:
            return self._head - after
        return sum(interest.selects(entry) for entry in stretch.entries)

    async def next(self, cursor: int, after: int, interest: Interest) -> Batch:
        """What follows `after` (up to there all is scanned) for a client whose cursor is `cursor`.

        Raises:
            StoreUnavailable: it has to be read from the store, and that is not possible.
        """
        key = (self._feed.revision, cursor, after, interest)
        batch = self._built.get(key)
        if batch is None:
            batch = self._build(cursor, await self._stretch(after), interest, self._head)
            self._built.put(key, batch)
        return batch

    async def up_to(self, position: int, cursor: int, after: int, interest: Interest) -> Batch:
        """As `next`, but nothing beyond `position`, and up to there even what is not handed on yet."""
        return self._build(cursor, await self._stretch(after), interest, position)

    async def _stretch(self, after: int) -> Stretch:
        recent = self._feed.recent(after)
        if recent is not None:
            return recent
        async with self._reading:
            return await self._feed.read(after)

    def _build(self, cursor: int, stretch: Stretch, interest: Interest, until: int) -> Batch:
        to = min(stretch.to, until)
        wires: list[bytes] = []
        size = last = 0
        for entry in stretch.entries:
            if entry.position > until:
                break
            if interest.selects(entry):
                size += len(entry.wire) + 1
                full = size > self._limits.events_bytes - frames.ENVELOPE_BYTES
                if wires and (full or len(wires) == self._limits.events_count):
                    to = last
                    break
                wires.append(entry.wire)
                last = entry.position
        return Batch(cursor, to, frames.events(cursor, to, wires) if wires else None)

    def _on_advance(self) -> None:
        if self._release_due:
            return
        loop = asyncio.get_running_loop()
        pause = min(self._limits.pause_seconds, self._sessions * PAUSE_PER_SESSION)
        wait = self._released_at + pause - loop.time()
        if wait <= 0:
            self._release()
        else:
            self._release_due = True
            loop.call_later(wait, self._release)

    def _release(self) -> None:
        self._release_due = False
        self._released_at = asyncio.get_running_loop().time()
        before, self._head = self._head, self._feed.head
        self._built.clear()
        stretch = self._feed.recent(before)
        concerned = list(self._groups.values()) if stretch is None else self._concerned(stretch.entries)
        for group in concerned:
            if stretch is None:
                group.newest = self._head
            for waker in list(group.wakers):
                waker()

    def _concerned(self, entries: Iterable[Entry]) -> Iterable[Group]:
        concerned: dict[Group, None] = {}
        nobody: set[Group] = set()
        for entry in entries:
            for groups in (
                self._by_run.get(entry.run_id, nobody),
                self._by_type.get(entry.type, nobody),
                self._by_log,
            ):
                for group in groups:
                    if group.interest.selects(entry):
                        group.newest = entry.position
                        concerned[group] = None
        return concerned


class _Built:
    """Frames built since the log last grew."""

    def __init__(self) -> None:
        self._batches: dict[tuple[int, int, int, Interest], Batch] = {}
        self._bytes = 0

    def get(self, key: tuple[int, int, int, Interest]) -> Batch | None:
        return self._batches.get(key)

    def put(self, key: tuple[int, int, int, Interest], batch: Batch) -> None:
        self._bytes += len(batch.frame or "")
        if self._bytes > SHARED_BYTES:
            self.clear()
            self._bytes = len(batch.frame or "")
        self._batches[key] = batch

    def clear(self) -> None:
        self._batches.clear()
        self._bytes = 0


def _discard(index: dict[str, set[Group]] | dict[str | None, set[Group]], key: str, group: Group) -> None:
    index[key].discard(group)
    if not index[key]:
        del index[key]
