"""The courier of one channel: follows the log, and sends each notice until the other side has taken it.

The log itself is the queue. What was sent is remembered as a place in it, so that a courier that comes back after a
crash goes on from there: everything is sent at least once, in the order in which it happened.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol, TypeAlias

from botarmy import telemetry
from botarmy.domain.codec import decode_wire
from botarmy.domain.errors import BotArmyError
from botarmy.domain.times import Timestamp, later
from botarmy.notify.channel import Channel, Undelivered
from botarmy.notify.desk import DAY, TYPES, Desk
from botarmy.notify.notice import Notice
from botarmy.ports import Bookmarks, Clock

LOOK_SECONDS: Final = 1.0
"""How often it looks for something new: in memory, as long as it keeps up."""
REMIND_SECONDS: Final = 60.0
"""How often it looks for requests that are open for too long, at most."""
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 3_600.0
GIVE_UP_SECONDS: Final = DAY
"""How long after it happened a notice is tried, or after the start of a courier that found it later."""
TOO_OLD_SECONDS: Final = 7 * DAY
"""What is older when it is found is not told any more: the channel was not set up for a while."""
PLACES_BETWEEN_MARKS: Final = 10_000
"""How much of the log may be looked through again after a crash."""

Sleep: TypeAlias = Callable[[float], Awaitable[None]]
Remembered: TypeAlias = Callable[[], Awaitable[Notice | None]]

log = telemetry.logger("notify")


class Placed(Protocol):
    """An event of the log."""

    @property
    def position(self) -> int: ...

    @property
    def type(self) -> str: ...

    @property
    def wire(self) -> bytes: ...


class Piece(Protocol):
    @property
    def entries(self) -> Sequence[Placed]: ...

    @property
    def to(self) -> int: ...


class Newest(Protocol):
    """The log as it grows; `delivery.Feed` is one."""

    @property
    def head(self) -> int: ...

    async def read(self, after: int) -> Piece:
        """What follows a position. Raises StoreUnavailable."""
        ...


class Courier:
    """Of one channel.

    Args:
        epoch: of the log; a place in another one says nothing about this.
        remind_after: seconds, see `Desk.reminders`.
        sleep: waits for a number of seconds.
    """

    def __init__(
        self,
        channel: Channel,
        newest: Newest,
        desk: Desk,
        bookmarks: Bookmarks,
        epoch: str,
        remind_after: float,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._channel: Final = channel
        self._newest: Final = newest
        self._desk: Final = desk
        self._bookmarks: Final = bookmarks
        self._epoch: Final = epoch
        self._remind_after: Final = remind_after
        self._clock: Final = clock
        self._sleep: Final = sleep
        self._started: Final = clock.now()
        self._place: int | None = None
        self._marked = 0
        self._reminded: Timestamp | None = None

    async def run(self) -> None:
        """Until cancelled. What cannot be read or kept now is tried again."""
        while True:
            try:
                await self.go_on()
                await self.remind()
            except BotArmyError:
                log.warning("notifications_wait", channel=self._channel.name, exc_info=True)
            await self._sleep(LOOK_SECONDS)

    async def go_on(self) -> None:
        """Send all that there is by now. Raises StoreUnavailable; then it may be called again."""
        if self._place is None:
            self._place = self._marked = await self._begin()
        while self._place < self._newest.head:
            piece = await self._newest.read(self._place)
            for entry in piece.entries:
                if entry.type in TYPES and await self._tell(entry):
                    await self._mark(entry.position)
            self._place = piece.to
            if self._place - self._marked >= PLACES_BETWEEN_MARKS:
                await self._mark(self._place)

    async def remind(self) -> None:
        """Tell again of what is open for too long. Raises StoreUnavailable; then it may be called again."""
        now = self._clock.now()
        if self._reminded is None:
            self._reminded = await self._bookmarks.bookmark(self._name("reminded")) or now
            await self._bookmarks.keep_bookmark(self._name("reminded"), self._reminded)
        if now < later(self._reminded, min(REMIND_SECONDS, self._remind_after)):
            return
        async for notice in self._desk.reminders(self._reminded, now, self._remind_after):
            await self._deliver(notice, self._same(notice))
        await self._bookmarks.keep_bookmark(self._name("reminded"), now)
        self._reminded = now

    # --- One notice ------------------------------------------------------------------------------------------

    async def _tell(self, entry: Placed) -> bool:
        """Whether there was something to tell; if so, it is told or given up."""
        event = decode_wire(entry.wire)
        if event.timestamp < later(self._started, -TOO_OLD_SECONDS):
            return False
        notice = await self._desk.notice(event)
        if notice is None:
            return False
        await self._deliver(notice, lambda: self._desk.notice(event))
        return True

    def _same(self, notice: Notice) -> Remembered:
        async def again() -> Notice | None:
            return notice

        return again

    async def _deliver(self, notice: Notice, again: Remembered) -> None:
        """Until it is taken, given up, or (as `again` says) not wanted any more."""
        until = later(max(notice.timestamp, self._started), GIVE_UP_SECONDS)
        pause, wanted = FIRST_PAUSE, notice
        while True:
            failure = await self._failure(wanted)
            if failure is None:
                return
            given_up = failure.lasting or self._clock.now() >= until
            level = log.error if given_up else log.warning
            level(
                "notice_given_up" if given_up else "notice_not_sent",
                channel=self._channel.name,
                notice_id=notice.notice_id,
                detail=failure.message,
                retry_in=None if given_up else pause,
            )
            if given_up:
                return
            await self._sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
            newer = await again()
            if newer is None:
                return
            wanted = newer

    async def _failure(self, notice: Notice) -> Undelivered | None:
        """Whatever a channel's library raises is a failure that may pass: it must not end the server."""
        try:
            await self._channel.send(notice)
        except Undelivered as failure:
            return failure
        except Exception as error:
            log.warning("channel_failed", channel=self._channel.name, exc_info=True)
            return Undelivered(f"The channel failed: {type(error).__name__}.")
        return None

    # --- How far it has got ----------------------------------------------------------------------------------

    def _name(self, what: str) -> str:
        return f"{what}.{self._channel.name}"

    async def _begin(self) -> int:
        """Where it went on the last time; at the first time, and in another log, at its end."""
        kept = (await self._bookmarks.bookmark(self._name("notified")) or "").split()
        if len(kept) == 2 and kept[0] == self._epoch:
            return min(int(kept[1]), self._newest.head)
        await self._mark(self._newest.head)
        return self._marked

    async def _mark(self, position: int) -> None:
        await self._bookmarks.keep_bookmark(self._name("notified"), f"{self._epoch} {position}")
        self._marked = position
