"""Fan-out: who is concerned when the log has grown, and the frames that equal followers share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import anyio

from botarmy.delivery.feed import Entry, Feed, Stretch
from botarmy.delivery.topics import Interest
from botarmy.gateway import frames
from botarmy.gateway.limits import Limits
from botarmy.gateway.textframe import TextFrame
from botarmy.gateway.turns import Follower, Turns

SHARED_BYTES: Final = 16 * 1024 * 1024
"""Of the frames that are kept for the next who needs the same one."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a follower gets next: (from, to] as one `events` frame; None where nothing of it is for them."""

    from_: int
    to: int
    frame: TextFrame | None


class Group:
    """Followers with the same interest."""

    __slots__ = ("interest", "newest", "size", "waiting")

    def __init__(self, interest: Interest, newest: int) -> None:
        self.interest = interest
        self.newest = newest
        """Nothing after this position, and up to the fan-out's head, is for them."""
        self.size = 0
        self.waiting: dict[Follower, None] = {}
        """Those who have everything: the next event makes them due."""


class Fanout:
    """Hands the feed on: finds who is concerned by what has come, and makes the frames for their turns."""

    def __init__(self, feed: Feed, limits: Limits) -> None:
        self._feed = feed
        self._limits = limits
        self._head = feed.head
        self._groups: dict[Interest, Group] = {}
        self._by_run: dict[str | None, set[Group]] = {}
        self._by_type: dict[str, set[Group]] = {}
        self._by_log: set[Group] = set()
        self._turns = Turns(limits.pause_seconds)
        self._built = _Built()
        self._reading = anyio.Lock()
        feed.listen(self._on_advance)

    @property
    def head(self) -> int:
        """Up to here the feed is handed on."""
        return self._head

    # --- Followers -------------------------------------------------------------------------------------------

    def join(self, interest: Interest) -> Group:
        """The group of an interest, with one more in it. To be undone with `leave`."""
        group = self._groups.get(interest)
        if group is None:
            group = self._groups[interest] = Group(interest, self._head)
            for run_id in interest.run_ids:
                self._by_run.setdefault(run_id, set()).add(group)
            for type_ in interest.types:
                self._by_type.setdefault(type_, set()).add(group)
            if interest.log is not None:
                self._by_log.add(group)
        group.size += 1
        return group

    def leave(self, follower: Follower, group: Group) -> None:
        group.waiting.pop(follower, None)
        self._turns.remove(follower)
        group.size -= 1
        if group.size:
            return
        del self._groups[group.interest]
        self._by_log.discard(group)
        for run_id in group.interest.run_ids:
            _discard(self._by_run, run_id, group)
        for type_ in group.interest.types:
            _discard(self._by_type, type_, group)

    def wait_for_news(self, follower: Follower, group: Group) -> None:
        """Serve this one, of the group that it joined, once there is something after `group.newest`."""
        group.waiting[follower] = None

    def catch_up(self, follower: Follower) -> None:
        """Serve this one soon: it has missed something, and can take it."""
        self._turns.catch_up(follower)

    def _on_advance(self) -> None:
        before, self._head = self._head, self._feed.head
        self._built.clear()
        stretch = self._feed.recent(before)
        if stretch is None:
            for group in self._groups.values():
                group.newest = self._head
        for group in self._groups.values() if stretch is None else self._concerned(stretch.entries):
            self._turns.add(group.waiting)
            group.waiting.clear()
        self._turns.begin()

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

    # --- Frames ----------------------------------------------------------------------------------------------

    def count(self, after: int, interest: Interest, enough: int) -> int:
        """How many events for this interest follow a position, as far as memory reaches; all where it does not."""
        if self._head - after <= enough:
            return self._head - after
        stretch = self._feed.recent(after)
        if stretch is None:
            return self._head - after
        return sum(interest.selects(entry) for entry in stretch.entries)

    def next(self, cursor: int, after: int, group: Group) -> Batch | None:
        """What follows `after` (up to there all is scanned) for a client whose cursor is `cursor`.

        None where it is not in memory: call `read`.
        """
        key = (self._feed.revision, cursor, after, group)
        batch = self._built.get(key)
        if batch is None:
            stretch = self._feed.recent(after)
            if stretch is not None:
                batch = self._build(cursor, stretch, group.interest, self._head)
                self._built.put(key, batch)
        return batch

    async def read(self, cursor: int, after: int, group: Group) -> Batch:
        """As `next`, from the store, a page for one after another, and one for all who need the same.

        Raises:
            StoreUnavailable: that is not possible.
        """
        async with self._reading:
            batch = self.next(cursor, after, group)
            if batch is None:
                key = (self._feed.revision, cursor, after, group)
                batch = self._build(cursor, await self._feed.read(after), group.interest, self._head)
                self._built.put(key, batch)
            return batch

    async def up_to(self, position: int, cursor: int, after: int, interest: Interest) -> Batch:
        """As `read`, but nothing beyond `position`, and up to there even what is not handed on yet."""
        recent = self._feed.recent(after)
        if recent is None:
            async with self._reading:
                recent = await self._feed.read(after)
        return self._build(cursor, recent, interest, position)

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


class _Built:
    """Frames built since the log last grew."""

    def __init__(self) -> None:
        self._batches: dict[tuple[int, int, int, Group], Batch] = {}
        self._bytes = 0

    def get(self, key: tuple[int, int, int, Group]) -> Batch | None:
        return self._batches.get(key)

    def put(self, key: tuple[int, int, int, Group], batch: Batch) -> None:
        size = 0 if batch.frame is None else len(batch.frame)
        self._bytes += size
        if self._bytes > SHARED_BYTES:
            self.clear()
            self._bytes = size
        self._batches[key] = batch

    def clear(self) -> None:
        self._batches.clear()
        self._bytes = 0


def _discard(index: dict[str, set[Group]] | dict[str | None, set[Group]], key: str, group: Group) -> None:
    index[key].discard(group)
    if not index[key]:
        del index[key]
