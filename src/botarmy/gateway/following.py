"""A session's place in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from botarmy.delivery.topics import Interest
from botarmy.gateway.fanout import Batch, Fanout


class Following:
    """What a session has seen of the log for one interest, and what comes next.

    Args:
        position: everything up to here has been delivered.
        live_from: a resumed session is not behind for what it had missed before this position.
    """

    def __init__(
        self, fanout: Fanout, interest: Interest, waker: Callable[[], None], position: int, live_from: int
    ) -> None:
        self._fanout: Final = fanout
        self._interest: Final = interest
        self._waker: Final = waker
        self._group: Final = fanout.join(interest, waker)
        self._scanned = position
        self.live_from: Final = max(position, live_from)

    @property
    def pending(self) -> bool:
        """Whether something may be there to be sent."""
        return min(self._group.newest, self._fanout.head) > self._scanned

    @property
    def seen(self) -> int:
        """Nothing up to here is left to be sent."""
        return self._scanned if self.pending else max(self._scanned, self._fanout.head)

    def is_behind(self, limit: int) -> bool:
        """Whether more than `limit` events wait, beyond those that a resume has to make good."""
        return self._fanout.count(max(self._scanned, self.live_from), self._interest, limit) > limit

    async def next(self, cursor: int) -> Batch:
        """What comes next for a client at `cursor`, and is from now on taken as delivered. Raises StoreUnavailable."""
        batch = await self._fanout.next(cursor, self._scanned, self._interest)
        self._scanned = batch.to
        return batch

    async def next_up_to(self, position: int, cursor: int) -> Batch | None:
        """As `next`, but nothing beyond `position`; None when that is reached. Raises StoreUnavailable."""
        if self._scanned >= position:
            return None
        batch = await self._fanout.up_to(position, cursor, self._scanned, self._interest)
        self._scanned = batch.to
        return batch

    def leave(self) -> None:
        self._fanout.leave(self._group, self._waker)
