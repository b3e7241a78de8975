"""Compaction: the pieces in which a message was streamed go some time after the whole message is in the log.

Whoever follows ends with the same either way: the whole message replaces what came of its pieces.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, Protocol

from botarmy.domain.times import moment
from botarmy.ports import Clock, Written

SCANNED: Final = 5_000
"""How many positions of the log are looked through at once."""
DELETED: Final = 500
"""How many deltas go in one transaction, beyond which no further message is added to it."""
REST_SECONDS: Final = 0.05
"""Between two transactions: others write too."""


class Compactable(Protocol):
    """The part of `ports.Store` that is needed here. Each method may raise StoreUnavailable."""

    async def written(self, after: int, to: int) -> list[Written]: ...

    async def compact(self, messages: Sequence[Written]) -> None: ...

    async def compacted_up_to(self) -> int: ...


class Memory(Protocol):
    """What keeps a part of the log in memory, to give it to readers."""

    @property
    def head(self) -> int:
        """Up to here the log has been taken in."""
        ...

    def hide(self, positions: Collection[int]) -> None:
        """Give none of these events any more, also not where they are read from the store: they are being deleted."""
        ...

    def uncover(self) -> None:
        """What was hidden is gone from the store."""
        ...


class Compaction:
    """Deletes the deltas of messages that are finished for `seconds`. One at a time of these may be at work.

    The memory is told first. Else a reader could get a later piece of a message from there, when the store, from
    where it had been reading, did not have the ones before any more.
    """

    def __init__(self, store: Compactable, memory: Memory, clock: Clock, seconds: float) -> None:
        self._store: Final = store
        self._memory: Final = memory
        self._clock: Final = clock
        self._seconds: Final = seconds
        self._after: int | None = None

    async def run(self) -> int:
        """Delete all that is due by now; returns how many deltas that were.

        Raises:
            StoreUnavailable: the rest has to wait. It may be called again.
        """
        if self._after is None:
            self._after = await self._store.compacted_up_to()
        head, deleted = self._memory.head, 0
        while self._after < head:
            to = min(self._after + SCANNED, head)
            messages = await self._store.written(self._after, to)
            due = list(self._due(messages))
            for batch in _batches(due):
                deleted += await self._delete(batch)
                self._after = batch[-1].response.position
            if len(due) < len(messages):
                break
            self._after = to
        return deleted

    def _due(self, messages: Iterable[Written]) -> Iterator[Written]:
        """Up to the first that is too young: the log is looked through in order, and once."""
        now = moment(self._clock.now())
        for message in messages:
            if (now - moment(message.response.event().timestamp)).total_seconds() < self._seconds:
                return
            yield message

    async def _delete(self, batch: list[Written]) -> int:
        positions = [position for message in batch for position in message.deltas]
        if positions:
            self._memory.hide(positions)
            await self._store.compact(batch)
            self._memory.uncover()
            await asyncio.sleep(REST_SECONDS)
        return len(positions)


def _batches(messages: Iterable[Written]) -> Iterator[list[Written]]:
    batch: list[Written] = []
    size = 0
    for message in messages:
        if batch and size + len(message.deltas) > DELETED:
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += len(message.deltas)
    if batch:
        yield batch
