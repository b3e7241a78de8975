"""A session's place in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from botarmy.delivery.topics import Interest
from botarmy.gateway.fanout import Batch, Fanout


class Following:
    """What a session has seen of the log for one interest, and what comes next.

    Args:
        serve: called when it is this session's turn to be given something.
        position: everything up to here has been delivered.
        live_from: a resumed session is not behind for what it had missed before this position.
    """

    __slots__ = ("_fanout", "_group", "_scanned", "catching_up", "gone", "live_from", "serve")

    def __init__(
        self, fanout: Fanout, interest: Interest, serve: Callable[[], None], position: int, live_from: int
    ) -> None:
        self._fanout: Final = fanout
        self._group: Final = fanout.join(interest)
        self._scanned = position
        self.serve: Final = serve
        self.live_from: Final = max(position, live_from)
        self.catching_up = False
        """Whether it has a place in the queue of those who have missed something. Written by the fan-out."""
        self.gone = False

    @property
    def pending(self) -> bool:
        """Whether something may be there to be sent."""
        return self._group.newest > self._scanned

    @property
    def seen(self) -> int:
        """Nothing up to here is left to be sent."""
        return self._scanned if self.pending else max(self._scanned, self._fanout.head)

    def owes(self, position: int) -> bool:
        """Whether something up to this position is still to be sent."""
        return self.pending and self._scanned < position

    def is_behind(self, limit: int) -> bool:
        """Whether more than `limit` events wait, beyond those that a resume has to make good."""
        if self._fanout.head - self._scanned <= limit:
            return False
        return self._fanout.count(max(self._scanned, self.live_from), self._group.interest, limit) > limit

    def next(self, cursor: int) -> Batch | None:
        """What comes next for a client at `cursor`, and is from now on taken as delivered.

        None where that has to be read from the store: call `read`.
        """
        batch = self._fanout.next(cursor, self._scanned, self._group)
        if batch is not None:
            self._scanned = batch.to
        return batch

    async def read(self, cursor: int) -> Batch:
        """As `next`, from the store. Raises StoreUnavailable."""
        batch = await self._fanout.read(cursor, self._scanned, self._group)
        self._scanned = batch.to
        return batch

    async def next_up_to(self, position: int, cursor: int) -> Batch | None:
        """As `next`, but nothing beyond `position`; None when that is reached. Raises StoreUnavailable."""
        if self._scanned >= position:
            return None
        batch = await self._fanout.up_to(position, cursor, self._scanned, self._group.interest)
        self._scanned = batch.to
        return batch

    def rest(self, *, ready: bool) -> None:
        """Be served again when there is something; `ready`: this one could take it now."""
        if self.gone:
            return
        if not self.pending:
            self._fanout.wait_for_news(self, self._group)
        elif ready:
            self._fanout.catch_up(self)

    def leave(self) -> None:
        self.gone = True
        self._fanout.leave(self, self._group)
