"""One connection being served: a cursor on the log, never a queue of what it has missed.

Three tasks: one reads frames, one carries out commands in order, and one alone writes. The writer takes what the
others leave in its inbox, and in between the events that follow the session's position.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

import anyio
import structlog
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from botarmy.delivery.feed import POLL_SECONDS, Feed
from botarmy.delivery.needs import Commands, ReadableLog
from botarmy.delivery.snapshots import Snapshot, Snapshots
from botarmy.delivery.topics import Interest
from botarmy.domain.errors import DomainError
from botarmy.domain.users import User
from botarmy.gateway import frames as f
from botarmy.gateway import protocol as p
from botarmy.gateway.alarm import Alarm
from botarmy.gateway.fanout import Batch, Fanout
from botarmy.gateway.following import Following
from botarmy.gateway.limits import Limits
from botarmy.gateway.transport import Transport, UserForToken
from botarmy.ports import Clock, NewId, StoreUnavailable

log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What all sessions of a server share."""

    store: ReadableLog
    feed: Feed
    fanout: Fanout
    snapshots: Snapshots
    commands: Commands
    clock: Clock
    new_id: NewId
    limits: Limits


class Session:
    """Serves one connection until it is over."""

    def __init__(self, parts: Parts, transport: Transport, user_for_token: UserForToken) -> None:
        self._parts: Final = parts
        self._limits: Final = parts.limits
        self._transport: Final = transport
        self._user_for_token: Final = user_for_token
        self._now: Final = asyncio.get_running_loop().time
        self._connection: Final = p.Connection(parts.limits, self._now())
        self._alarm: Final = Alarm(self._on_time)
        self._scope: Final = anyio.CancelScope()
        self._ending: p.Close | None = None
        self._user: User | None = None
        self._greeted: Final = asyncio.Event()
        self._inbox: Final[deque[p.Effect]] = deque()
        self._changed: Final = asyncio.Event()
        self._room: Final = asyncio.Event()
        self._time_has_come = False
        self._write_until: float | None = None
        """When the write under way has taken too long; None between writes."""
        self._drain_ms: int | None = None
        self._following: Following | None = None

    async def run(self) -> p.Close | None:
        """Serve until either side ends it; the transport is left open. Returns None where the peer went away."""
        commands_in, commands_out = anyio.create_memory_object_stream[p.Execute](self._limits.commands_waiting)
        self._alarm.set(self._connection.due_at())
        try:
            with self._scope, commands_in, commands_out:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._read, commands_in)
                    tasks.start_soon(self._carry_out, commands_out)
                    tasks.start_soon(self._write)
        finally:
            self._alarm.cancel()
            if self._following is not None:
                self._following.leave()
        return self._ending

    def drain(self, reconnect_after_ms: int) -> None:
        """Tell the client to come back, and end."""
        self._drain_ms = reconnect_after_ms
        self._changed.set()

    @property
    def _known_user(self) -> User:
        if self._user is None:
            raise RuntimeError("nobody has been let in yet")
        return self._user

    def _end(self, ending: p.Close | None) -> None:
        self._ending = ending
        self._scope.cancel()

    # --- Reading ---------------------------------------------------------------------------------------------

    async def _read(self, commands: MemoryObjectSendStream[p.Execute]) -> None:
        while True:
            data = await self._transport.receive()
            if data is None:
                return self._end(None)
            effect = self._connection.received(data, self._now())
            if isinstance(effect, p.Close):
                return self._end(effect)
            if effect is not None:
                await self._pass_on(effect, commands)

    async def _pass_on(self, effect: p.Effect, commands: MemoryObjectSendStream[p.Execute]) -> None:
        """Hand over to the other tasks; where they are behind, the client has to wait."""
        self._connection.deaf()
        if isinstance(effect, p.Execute):
            await commands.send(effect)
        else:
            self._put(effect)
        while len(self._inbox) >= self._limits.frames_waiting:
            self._room.clear()
            await self._room.wait()
        self._connection.listening(self._now())

    def _put(self, effect: p.Effect) -> None:
        self._inbox.append(effect)
        self._changed.set()

    # --- Commands --------------------------------------------------------------------------------------------

    async def _carry_out(self, commands: MemoryObjectReceiveStream[p.Execute]) -> None:
        await self._greeted.wait()
        async for command in commands:
            # A client that goes away takes nothing back: what was begun is finished.
            with anyio.CancelScope(shield=True):
                reply = await self._reply(command)
            self._put(reply)

    async def _reply(self, command: p.Execute) -> p.Say:
        execute, user = self._parts.commands.command, self._known_user
        try:
            with anyio.fail_after(self._limits.command_seconds):
                reply = await execute(user, command.id, command.name, command.args)
            return p.done(command.id, reply.result, reply.position)
        except (StoreUnavailable, DomainError) as error:
            return p.refused(command.id, _refusal(error))
        except Exception:
            reference = self._parts.new_id().replace("-", "")
            log.exception("command_failed", reference=reference)
            return p.refused(command.id, DomainError("internal"), reference)

    # --- Writing ---------------------------------------------------------------------------------------------

    async def _write(self) -> None:
        try:
            while self._ending is None:
                self._changed.clear()
                if not await self._do_next():
                    await self._changed.wait()
        except ConnectionError:
            self._end(None)

    async def _do_next(self) -> bool:
        """Do the most urgent thing that there is to do; False, without having waited, where there is none."""
        if self._drain_ms is not None:
            say, close = self._connection.drained(self._drain_ms)
            await self._send(say)
            self._end(close)
        elif self._inbox:
            effect = self._inbox.popleft()
            self._room.set()
            await self._answer(effect)
        elif self._time_has_come:
            self._time_has_come = False
            if (due := self._connection.due(self._seen(), self._now())) is not None:
                await self._answer(due)
            self._alarm.set(self._connection.due_at())
        elif self._following is not None and self._following.pending:
            await self._deliver(self._following)
        else:
            return False
        return True

    def _on_time(self) -> float:
        """Time to look: at the write that is under way, or at what is due. Returns when to look again."""
        now = self._now()
        if self._write_until is None:
            self._time_has_come = True
            self._changed.set()
            return now + POLL_SECONDS
        if now >= self._write_until:
            self._end(p.Close(p.Code.TOO_SLOW, "too slow"))
            return float("inf")
        return self._write_until

    async def _answer(self, effect: p.Effect) -> None:
        if isinstance(effect, p.Say):
            await self._send(effect)
        elif isinstance(effect, p.Close):
            self._end(effect)
        elif isinstance(effect, p.Greet):
            await self._greet(effect)
        elif isinstance(effect, p.Follow):
            await self._follow(effect)
        elif isinstance(effect, p.Unfollow):
            await self._send(self._connection.unsubscribed(effect))
            self._begin_following(self._seen())

    async def _send(self, *says: p.Say) -> None:
        for say in says:
            self._write_until = self._now() + self._limits.write_seconds(len(say.text))
            await self._transport.send(say.text)
            self._write_until = None
            self._connection.said(self._now())

    # --- Topics ----------------------------------------------------------------------------------------------

    async def _greet(self, hello: p.Greet) -> None:
        self._user = await self._user_for_token(hello.token)
        if self._user is None:
            self._end(p.Close(p.Code.NOT_AUTHORIZED, "not authorized"))
            return
        try:
            says = await self._welcome(hello, self._user)
        except (StoreUnavailable, DomainError) as error:
            log.warning("welcome_not_possible", detail=str(error))
            self._end(p.Close(p.Code.TRY_AGAIN_LATER, "storage unavailable"))
            return
        self._begin_following(self._connection.cursor, live_from=self._parts.feed.head)
        self._alarm.set(self._connection.due_at())
        self._greeted.set()
        await self._send(*says)

    async def _welcome(self, hello: p.Greet, user: User) -> list[p.Say]:
        resume, snapshot = hello.resume, None
        if resume is not None and await self._can_resume(resume):
            held, position = await self._parts.snapshots.visible(hello.topics, user), resume.position
        else:
            resume, snapshot = None, await self._parts.snapshots.take(hello.topics, user)
            held, position = tuple(snapshot.data), snapshot.position
        welcome = f.Welcome(
            client_id=hello.client_id or self._parts.new_id(),
            epoch=self._parts.store.epoch,
            position=position,
            topics=[str(topic) for topic in held],
            resumed=resume is not None,
            heartbeat_seconds=self._limits.heartbeat_seconds,
            limits=f.WelcomeLimits(
                frame_bytes=self._limits.frame_bytes, frames_per_second=self._limits.frames_per_second
            ),
            server_time=self._parts.clock.now(),
        )
        lost = tuple(str(topic) for topic in hello.topics if topic not in held)
        return self._connection.welcomed(welcome, held, snapshot, (*hello.unknown, *lost))

    async def _can_resume(self, resume: f.Resume) -> bool:
        """Whether the log has what follows. Another server may have been ahead of this one's feed."""
        if resume.epoch != self._parts.store.epoch or resume.position > await self._parts.store.head():
            return False
        await self._parts.feed.reached(resume.position)
        return True

    async def _follow(self, follow: p.Follow) -> None:
        """Deliver what is pending up to the snapshot's position, then begin the new topics there."""
        try:
            if not self._connection.has_room_for(follow.topics):
                raise DomainError("too_many_topics")
            snapshot = await self._snapshot(follow)
        except (StoreUnavailable, DomainError) as error:
            await self._send(p.say_error(_refusal(error), id_=follow.id))
            return
        says = self._connection.subscribed(follow, snapshot)
        if snapshot.data or follow.filter is not None:
            self._begin_following(snapshot.position)
        await self._send(*says)

    async def _snapshot(self, follow: p.Follow) -> Snapshot:
        snapshot = await self._parts.snapshots.take(follow.topics, self._known_user)
        following = self._following
        if following is not None and (snapshot.data or follow.filter is not None):
            while batch := await following.next_up_to(snapshot.position, self._connection.cursor):
                await self._send_events(batch)
        return snapshot

    def _begin_following(self, position: int, live_from: int = 0) -> None:
        """Follow the connection's topics of now, everything up to `position` being delivered."""
        if self._following is not None:
            live_from = max(live_from, self._following.live_from)
            self._following.leave()
        interest = Interest.of(self._connection.topics, self._known_user, self._connection.filter)
        self._following = Following(self._parts.fanout, interest, self._wake, position, live_from)

    # --- Events ----------------------------------------------------------------------------------------------

    async def _deliver(self, following: Following) -> None:
        try:
            if following.is_behind(self._limits.behind):
                await self._resync()
            else:
                await self._send_events(await following.next(self._connection.cursor))
        except (StoreUnavailable, DomainError) as error:
            log.warning("session_waits_for_store", detail=str(error))
            await anyio.sleep(POLL_SECONDS)

    async def _send_events(self, batch: Batch) -> None:
        if batch.frame is not None:
            self._connection.moved(batch.from_, batch.to)
            await self._send(p.Say(batch.frame))

    async def _resync(self) -> None:
        snapshot = await self._parts.snapshots.take(self._connection.topics, self._known_user)
        says = self._connection.resynced("behind", snapshot)
        self._begin_following(snapshot.position)
        await self._send(*says)

    def _seen(self) -> int:
        return 0 if self._following is None else self._following.seen

    def _wake(self) -> None:
        self._changed.set()


def _refusal(error: StoreUnavailable | DomainError) -> DomainError:
    if isinstance(error, DomainError):
        return error
    return DomainError("storage_unavailable", detail=str(error))
