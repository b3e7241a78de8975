"""One connection being served: a cursor on the log, never a queue of what it has missed.

One task reads what the client sends. Everything else is a reaction: to a frame, to the log that has grown, to a wire
that takes more, to time. What there is to do is done at once, the most urgent first, for as long as nothing has to be
waited for; what has to wait gets a task for as long as it takes, and until it is done nothing else is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Final

import anyio
import structlog

from botarmy.delivery.feed import POLL_SECONDS
from botarmy.delivery.snapshots import Snapshot
from botarmy.delivery.topics import Interest
from botarmy.domain.errors import DomainError
from botarmy.domain.users import User
from botarmy.gateway import protocol as p
from botarmy.gateway.alarm import Alarm
from botarmy.gateway.errands import Errands
from botarmy.gateway.execution import Execution, refusal
from botarmy.gateway.fanout import Batch
from botarmy.gateway.following import Following
from botarmy.gateway.greeting import welcome
from botarmy.gateway.live import Live
from botarmy.gateway.outlet import Outlet
from botarmy.gateway.parts import Parts
from botarmy.gateway.standing import Standing
from botarmy.gateway.textframe import TextFrame
from botarmy.gateway.transport import Transport, UserForToken
from botarmy.ports import StoreUnavailable

LOOKS: Final = 10
"""How often in its time a stalled client is looked at."""

TOO_MANY: Final = p.Close(p.Code.TRY_AGAIN_LATER, "too many connections")

log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger(__name__)


class Session:
    """Serves one connection until it is over."""

    __slots__ = (
        "_alarm", "_connection", "_drain_ms", "_drain_until", "_ending", "_errands", "_execution", "_fault",
        "_following", "_inbox", "_limits", "_live", "_now", "_outlet", "_over", "_parts", "_room", "_running",
        "_time_has_come", "_transport", "_user", "_user_for_token", "_working", "standing",
    )  # fmt: skip

    def __init__(
        self, parts: Parts, transport: Transport, user_for_token: UserForToken, address: str, user_agent: str
    ) -> None:
        self._parts: Final = parts
        self._limits: Final = parts.limits
        self._transport: Final = transport
        self._user_for_token: Final = user_for_token
        self._now: Final = asyncio.get_running_loop().time
        self._connection: Final = p.Connection(parts.limits, self._now())
        self._outlet: Final = Outlet(transport, parts.limits.stall_seconds, self._on_ready)
        self._alarm: Final = Alarm(self._on_time)
        self._errands: Final = Errands(self._fail)
        self._execution: Final = Execution(parts.commands, parts.new_id, parts.limits, self._put, self._errands)
        self._inbox: Final[list[p.Effect]] = []
        self._running: anyio.CancelScope | None = None
        self._over = False
        self._ending: p.Close | None = None
        self._fault: Exception | None = None
        self._user: User | None = None
        self._room: asyncio.Future[None] | None = None
        """Set while the reading task waits until there is less to do."""
        self._working = False
        """Whether a task does something that is to be finished before anything else is written."""
        self._time_has_come = False
        self._drain_ms: int | None = None
        self._drain_until = 0
        """What is to be delivered before the client is told to go."""
        self._following: Following | None = None
        self._live: Final = Live(parts.snapshots, parts.watching, self._go_on)
        self.standing: Final = Standing(self._connection, address, user_agent, parts.clock.now())

    async def run(self) -> p.Close | None:
        """Serve until either side ends it; the transport is left open. Returns None where the peer went away."""
        try:
            with anyio.CancelScope() as self._running:
                self._alarm.set(self._connection.due_at())
                self._go_on()
                await self._read()
        finally:
            self._over = True
            await self._errands.over()
            self._let_go()
        if self._fault is not None:
            raise self._fault
        return self._ending

    def _let_go(self) -> None:
        """Of all that calls back: what goes round in a circle is gone when the collector comes, which may take long."""
        self._alarm.end()
        self._live.end()
        self._outlet.end()
        if self._following is not None:
            self._following.leave()
        del self._alarm, self._live, self._outlet, self._following, self._errands, self._execution

    def drain(self, reconnect_after_ms: int) -> None:
        if self._over:
            return
        self._drain_ms = reconnect_after_ms
        self._drain_until = self._parts.fanout.head
        self._go_on()

    def abort(self) -> None:
        self._end(None)

    def dismiss_if(self, unwelcome: Callable[[User], bool]) -> None:
        if self._user is not None and unwelcome(self._user):
            self._end(p.Close(p.Code.RIGHTS_CHANGED, "rights changed"))

    @property
    def _known_user(self) -> User:
        if self._user is None:
            raise RuntimeError("nobody has been let in yet")
        return self._user

    def _end(self, ending: p.Close | None) -> None:
        if not self._over:
            self._over = True
            self._ending = ending
        if self._running is not None:
            self._running.cancel()

    def _fail(self, fault: Exception) -> None:
        self._fault = fault
        self._end(None)

    # --- Reading ---------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        while not self._over:
            data = await self._transport.receive()
            if data is None:
                return self._end(None)
            self.standing.heard_at = self._now()
            effect = self._connection.received(data, self._now())
            if isinstance(effect, p.Close):
                return self._end(effect)
            if isinstance(effect, p.Execute):
                self._execution.put(effect)
            elif effect is not None:
                self._put(effect)
            if self._is_full:
                await self._until_there_is_room()
        return None

    @property
    def _is_full(self) -> bool:
        return self._execution.is_full or len(self._inbox) >= self._limits.frames_waiting

    async def _until_there_is_room(self) -> None:
        """Where others are behind with what it wants, the client has to wait."""
        self._connection.deaf()
        while self._is_full:
            self._room = asyncio.get_running_loop().create_future()
            await self._room
        self._connection.listening(self._now())

    def _make_room(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    # --- Doing what there is to do ---------------------------------------------------------------------------

    def _put(self, effect: p.Effect) -> None:
        self._inbox.append(effect)
        self._make_room()
        self._go_on()

    @property
    def _can_go_on(self) -> bool:
        return self._outlet.ready and not self._working and not self._over and self._running is not None

    def _go_on(self, *, turn: bool = False) -> None:
        """Do what there is to do; in a turn, and with nothing else to do, send a frame of events."""
        following = self._following
        try:
            while self._can_go_on and self._do_next():
                pass
            if turn and self._can_go_on and following is not None and following.pending:
                self._deliver(following)
                if self._drain_ms is not None and self._can_go_on:
                    self._do_next()
        except Exception as fault:
            self._fail(fault)
        if self._following is not None:
            self._following.rest(ready=self._can_go_on)

    def _do_next(self) -> bool:
        """Do the most urgent thing that there is to do, events aside; False where there is none."""
        if self._inbox:
            effect = self._inbox.pop(0)
            self._make_room()
            self._answer(effect)
        elif self._time_has_come:
            self._time_has_come = False
            if (due := self._connection.due(self._seen(), self._now())) is not None:
                self._answer(due)
            self._alarm.set(self._connection.due_at())
        elif self._drain_ms is not None and not (self._following and self._following.owes(self._drain_until)):
            say, close = self._connection.drained(self._drain_ms)
            self._say(say)
            self._end(close)
        elif self._live.due:
            self._start(partial(self._while_store_answers, self._refresh))
        else:
            return False
        return True

    def _answer(self, effect: p.Effect) -> None:
        if isinstance(effect, p.Say):
            self._say(effect)
        elif isinstance(effect, p.Close):
            self._end(effect)
        elif isinstance(effect, p.Greet):
            self._start(partial(self._greet, effect))
        elif isinstance(effect, p.Follow):
            self._start(partial(self._follow, effect))
        elif isinstance(effect, p.Unfollow):
            self._say(self._connection.unsubscribed(effect))
            self._begin_following(self._seen())

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do what has to wait for something."""
        self._working = True
        self._errands.begin(partial(self._finish, work))

    async def _finish(self, work: Callable[[], Awaitable[None]]) -> None:
        await work()
        self._working = False
        self._go_on()

    def _on_ready(self) -> None:
        self._alarm.set(self._connection.due_at())
        self._go_on()

    def _on_time(self) -> float:
        """Time to look: at what is being written, or at what is due. Returns when to look again."""
        now = self._now()
        if self._outlet.ready:
            due = self._connection.due_at()
            if now < due:
                return due
            self._time_has_come = True
            self._go_on()
            return now + POLL_SECONDS
        stuck_at = self._outlet.stuck_at()
        if now >= stuck_at:
            self._end(p.Close(p.Code.TOO_SLOW, "too slow"))
            return float("inf")
        return min(stuck_at, now + self._limits.stall_seconds / LOOKS)

    # --- Writing ---------------------------------------------------------------------------------------------

    def _say(self, say: p.Say) -> None:
        self._write(TextFrame.of(say.text))

    def _write(self, frame: TextFrame) -> None:
        """The outlet has to be ready."""
        now = self._now()
        self._outlet.write(frame)
        self.standing.bytes_sent += len(frame)
        self._connection.said(now)
        if not self._outlet.ready:
            self._alarm.set(now + self._limits.stall_seconds / LOOKS)

    async def _send(self, *says: p.Say) -> None:
        for say in says:
            await self._outlet.until_ready()
            self._say(say)

    # --- Topics ----------------------------------------------------------------------------------------------

    async def _greet(self, hello: p.Greet) -> None:
        self._user = await self._user_for_token(hello.token)
        if self._user is None:
            self._end(p.Close(p.Code.NOT_AUTHORIZED, "not authorized"))
            return
        self.standing.user = self._user.name
        if not self._parts.admits(self._user.name):
            self._end(TOO_MANY)
            return
        hello = replace(hello, client_id=hello.client_id or self._parts.new_id())
        try:
            says = await welcome(self._parts, self._connection, hello, self._user)
        except (StoreUnavailable, DomainError) as error:
            log.warning("welcome_not_possible", detail=str(error))
            self._end(p.Close(p.Code.TRY_AGAIN_LATER, "storage unavailable"))
            return
        self._begin_following(self._connection.cursor, live_from=self._parts.feed.head)
        self._alarm.set(self._connection.due_at())
        self.standing.client_id = hello.client_id
        self._parts.came(hello.client_id or "")
        self._execution.begin(self._user)
        await self._send(*says)

    async def _follow(self, follow: p.Follow) -> None:
        """Deliver what is pending up to the snapshot's position, then begin the new topics there."""
        try:
            if not self._connection.has_room_for(follow.topics):
                raise DomainError("too_many_topics")
            snapshot = await self._snapshot(follow)
        except (StoreUnavailable, DomainError) as error:
            await self._send(p.say_error(refusal(error), id_=follow.id))
            return
        says = self._connection.subscribed(follow, snapshot)
        if snapshot.data or follow.filter is not None:
            self._begin_following(snapshot.position)
        await self._send(*says)

    async def _snapshot(self, follow: p.Follow) -> Snapshot:
        snapshot = await self._parts.snapshots.take(follow.topics, self._known_user)
        following = self._following
        if following is not None and (snapshot.data or follow.filter is not None):
            await self._outlet.until_ready()
            while batch := await following.next_up_to(snapshot.position, self._connection.cursor):
                self._write_events(batch)
                await self._outlet.until_ready()
        return snapshot

    def _begin_following(self, position: int, live_from: int = 0) -> None:
        """Follow the connection's topics of now, everything up to `position` being delivered."""
        if self._following is not None:
            live_from = max(live_from, self._following.live_from)
            self._following.leave()
        interest = Interest.of(self._connection.topics, self._known_user, self._connection.filter)
        self._following = Following(self._parts.fanout, interest, self._serve, position, live_from)
        self._live.follow(self._connection.topics, self._known_user.name)

    # --- Events ----------------------------------------------------------------------------------------------

    def _serve(self) -> None:
        """The fan-out's turn for this session. Nearly always there is nothing but events."""
        following = self._following
        if following is None or self._inbox or self._time_has_come or self._drain_ms is not None or self._live.due:
            self._go_on(turn=True)
            return
        if self._can_go_on and following.pending:
            try:
                self._deliver(following)
            except Exception as fault:
                self._fail(fault)
        following.rest(ready=self._can_go_on)

    def _deliver(self, following: Following) -> None:
        if following.is_behind(self._limits.behind):
            self._start(partial(self._while_store_answers, self._resync))
            return
        batch = following.next(self._connection.cursor)
        if batch is None:
            self._start(partial(self._while_store_answers, self._read_on))
        else:
            self._write_events(batch)

    def _write_events(self, batch: Batch) -> None:
        if batch.frame is not None:
            self._connection.moved(batch.from_, batch.to)
            self._write(batch.frame)
            self._parts.metrics.live.delivered(batch.from_)

    async def _refresh(self) -> None:
        """Live topics as they are now. Their snapshots carry the cursor as it stands, and do not move it."""
        for topic, data in await self._live.fresh():
            await self._send(p.say_live(topic, self._connection.cursor, data))

    async def _while_store_answers(self, work: Callable[[], Awaitable[None]]) -> None:
        """Where it does not, try again later: what is to be done will be found anew."""
        try:
            await work()
        except (StoreUnavailable, DomainError) as error:
            log.warning("session_waits_for_store", detail=str(error))
            await anyio.sleep(POLL_SECONDS)

    async def _read_on(self) -> None:
        if self._following is not None:
            self._write_events(await self._following.read(self._connection.cursor))

    async def _resync(self) -> None:
        snapshot = await self._parts.snapshots.take(self._connection.topics, self._known_user)
        says = self._connection.resynced("behind", snapshot)
        self._begin_following(snapshot.position)
        await self._send(*says)

    def _seen(self) -> int:
        return 0 if self._following is None else self._following.seen
