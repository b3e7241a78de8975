"""The same events as server-sent events: one request, one cursor on the log, and nothing that waits in a queue.

What a client can see is the same as over the socket, in the same order and with the same positions. Events are
messages without a name; everything else is named after its frame, whose JSON is the data.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import anyio
import structlog

from botarmy.delivery.feed import POLL_SECONDS, Entry, Feed
from botarmy.delivery.needs import ReadableLog
from botarmy.delivery.snapshots import Snapshot, Snapshots
from botarmy.delivery.topics import Interest, Topic, parse_topic
from botarmy.delivery.visits import Visit
from botarmy.domain.errors import DomainError
from botarmy.gateway import frames as f
from botarmy.gateway.limits import Limits
from botarmy.gateway.live import Live
from botarmy.gateway.standing import StreamStanding
from botarmy.gateway.watching import Watching
from botarmy.ports import Clock, NewId, StoreUnavailable
from botarmy.telemetry import Metrics

CHUNK_BYTES: Final = 256 * 1024
"""Written at once; an event larger than this travels alone."""
SLOWEST: Final = 64 * 1024
"""Bytes a second by which a large write gets longer before its client is too slow."""
TOO_SLOW: Final = "too slow"
RETRY_MS: Final = 1_000
"""After which a browser comes back by itself."""

log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger(__name__)


class Outlet(Protocol):
    """The body of the answer."""

    async def send(self, data: bytes) -> None:
        """Return when it can take more. Raises ConnectionError where the peer is gone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all streams of a server share."""

    store: ReadableLog
    feed: Feed
    snapshots: Snapshots
    clock: Clock
    new_id: NewId
    limits: Limits
    metrics: Metrics
    watching: Watching


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a stream begins, and what it says first."""

    position: int
    topics: tuple[Topic, ...]
    text: str
    client_id: str


class Stream:
    """Serves one client, from its `opening` on, until either side ends it."""

    def __init__(self, shared: Shared, visit: Visit, opening: Opening) -> None:
        self.user: Final = visit.user
        self._log: Final = visit.log
        self._shared: Final = shared
        self._opening: Final = opening
        self.standing: Final = StreamStanding(visit, opening.client_id, shared.clock.now())
        self._live: Final = Live(shared.snapshots, shared.watching, self._wake)
        self._changed: Final = asyncio.Event()
        self._drain_ms: int | None = None
        self._dismissed = False
        self._live_from: Final = shared.feed.head
        self._begin(opening.position, opening.topics)

    def _begin(self, position: int, topics: Sequence[Topic]) -> None:
        self._scanned = position
        self._topics = topics
        self._interest = Interest.of(topics, self.user, self._log)
        self.standing.topics = [str(topic) for topic in topics]

    def _wake(self) -> None:
        self._changed.set()

    def drain(self, reconnect_after_ms: int) -> None:
        """Tell the client to come back, and end."""
        self._drain_ms = reconnect_after_ms
        self._changed.set()

    def dismiss(self) -> None:
        """Say that nobody is signed in any more, and end: what follows is not this client's."""
        self._dismissed = True
        self._changed.set()

    async def run(self, outlet: Outlet) -> str:
        """Serve until it is over; returns why. Raises ConnectionError where the peer is gone."""
        stop = self._shared.feed.listen(self._changed.set)
        self._live.follow(self._topics, self.user.name)
        try:
            with anyio.CancelScope() as scope:
                out = _Writing(outlet, self._shared.limits, scope, self.standing)
                await out.send(self._opening.text, self._scanned)
                return await self._serve(out)
            return TOO_SLOW
        finally:
            self._live.end()
            stop()

    async def _serve(self, out: _Writing) -> str:
        while True:
            self._changed.clear()
            if self._dismissed:
                await out.send(_refused("not_signed_in"))
                return "rights changed"
            if self._drain_ms is not None:
                frame = f.write(f.Drain(reconnect_after_ms=self._drain_ms))
                await out.send(f"retry: {self._drain_ms}\n{_named('drain', frame)}")
                return "server draining"
            if self._shared.feed.head > self._scanned:
                await self._deliver(out)
            elif self._live.due:
                await self._refresh(out)
            elif out.silent_for() >= self._shared.limits.heartbeat_seconds:
                await out.send(f"id: {self._id(self._scanned)}\n\n", self._scanned)
            else:
                with anyio.move_on_after(self._shared.limits.heartbeat_seconds - out.silent_for()):
                    await self._changed.wait()

    async def _deliver(self, out: _Writing) -> None:
        try:
            if self._is_behind():
                await self._resync(out)
                return
            stretch = await self._shared.feed.read(self._scanned)
        except (StoreUnavailable, DomainError) as error:
            await self._wait_for_store(error)
            return
        for chunk, position in self._chunks([entry for entry in stretch.entries if self._interest.selects(entry)]):
            if self._dismissed:
                return
            await out.send(chunk, position)
        self._scanned = stretch.to

    async def _refresh(self, out: _Writing) -> None:
        """Live topics as they are now. Their snapshots carry the position that the client has, and do not move it."""
        try:
            fresh = await self._live.fresh()
        except StoreUnavailable as error:
            await self._wait_for_store(error)
            return
        for topic, data in fresh:
            await out.send(_named("snapshot", f.snapshot(str(topic), out.told, data)))

    async def _wait_for_store(self, error: Exception) -> None:
        log.warning("stream_waits_for_store", detail=str(error))
        await anyio.sleep(POLL_SECONDS)

    def _is_behind(self) -> bool:
        feed, most = self._shared.feed, self._shared.limits.behind
        after = max(self._scanned, self._live_from)
        if feed.head - after <= most:
            return False
        recent = feed.recent(after)
        return recent is None or sum(map(self._interest.selects, recent.entries)) > most

    async def _resync(self, out: _Writing) -> None:
        snapshot = await self._shared.snapshots.take(self._topics, self.user)
        text = resync_text(self._shared.store.epoch, "behind", self._topics, snapshot)
        self._begin(snapshot.position, tuple(snapshot.data))
        self._live.follow(self._topics, self.user.name)
        await out.send(text, snapshot.position)

    def _chunks(self, entries: Sequence[Entry]) -> Iterator[tuple[str, int]]:
        """Each with the position of its last event."""
        chunk: list[str] = []
        size = last = 0
        for entry in entries:
            text = f"id: {self._id(entry.position)}\ndata: {entry.wire.decode()}\n\n"
            if chunk and size + len(text) > CHUNK_BYTES:
                yield "".join(chunk), last
                chunk, size = [], 0
            chunk.append(text)
            size += len(text)
            last = entry.position
        if chunk:
            yield "".join(chunk), last

    def _id(self, position: int) -> str:
        return f"{self._shared.store.epoch}:{position}"


class _Writing:
    """Gives the client its time for each write. One that needs more ends the scope."""

    def __init__(self, outlet: Outlet, limits: Limits, scope: anyio.CancelScope, standing: StreamStanding) -> None:
        self._outlet: Final = outlet
        self._limits: Final = limits
        self._scope: Final = scope
        self._standing: Final = standing
        self._said = anyio.current_time()
        self.told = 0
        """The newest position that the client was given."""

    def silent_for(self) -> float:
        return anyio.current_time() - self._said

    async def send(self, text: str, position: int | None = None) -> None:
        """`position`: that the text ends with; None where it gives none."""
        data = text.encode()
        self.told = self.told if position is None else position
        self._scope.deadline = anyio.current_time() + self._limits.stall_seconds + len(data) / SLOWEST
        await self._outlet.send(data)
        self._scope.deadline = float("inf")
        self._said = anyio.current_time()
        self._standing.took(len(data), self.told)


async def opened(shared: Shared, visit: Visit) -> Stream:
    """A stream for the visit's topics, resumed after the event `last_id` where that is possible.

    Raises:
        DomainError: `too_many_topics`.
        StoreUnavailable: the log cannot be read.
    """
    known, unknown = _topics(visit.topics, shared.limits.topics)
    position = await _resumable(shared, visit.last_id)
    if position is None:
        snapshot = await shared.snapshots.take(known, visit.user)
        held, position = tuple(snapshot.data), snapshot.position
    else:
        snapshot = None
        held = await shared.snapshots.visible(known, visit.user)
    lost = [*unknown, *(str(topic) for topic in known if topic not in held)]
    welcome = f.Welcome(
        client_id=shared.new_id(),
        epoch=shared.store.epoch,
        position=position,
        topics=[str(topic) for topic in held],
        resumed=snapshot is None,
        heartbeat_seconds=shared.limits.heartbeat_seconds,
        limits=f.WelcomeLimits(
            frame_bytes=shared.limits.frame_bytes, frames_per_second=shared.limits.frames_per_second
        ),
        server_time=shared.clock.now(),
    )
    text = f"retry: {RETRY_MS}\n{_named('welcome', f.write(welcome))}{''.join(map(_unknown, lost))}"
    if snapshot is None and position < await shared.store.purged_up_to():
        snapshot = await shared.snapshots.take(held, visit.user)
        text += resync_text(shared.store.epoch, "retention", held, snapshot)
        position, held = snapshot.position, tuple(snapshot.data)
    else:
        text += _begun(shared.store.epoch, position, snapshot)
    return Stream(shared, visit, Opening(position, held, text, welcome.client_id))


def _topics(names: Sequence[str], most: int) -> tuple[list[Topic], list[str]]:
    """Those that may exist, and the names of the others."""
    parsed = {name: parse_topic(name) for name in names}
    if len(parsed) > most:
        raise DomainError("too_many_topics")
    return [topic for topic in parsed.values() if topic], [name for name, topic in parsed.items() if not topic]


async def _resumable(shared: Shared, last_id: str | None) -> int | None:
    """The position to go on from; None where that is not possible, or was not asked for."""
    epoch, _, place = (last_id or "").rpartition(":")
    if epoch != shared.store.epoch or not (place.isascii() and place.isdigit() and len(place) < 19):
        return None
    if int(place) > shared.feed.head:  # which is never ahead of the log
        if int(place) > await shared.store.head():
            return None
        await shared.feed.reached(int(place))
    return int(place)


def resync_text(epoch: str, reason: Literal["behind", "retention"], topics: Sequence[Topic], snapshot: Snapshot) -> str:
    """Begin anew at a snapshot's position. Topics that are not in it are gone."""
    held = [str(topic) for topic in snapshot.data]
    lost = [str(topic) for topic in topics if topic not in snapshot.data]
    frame = f.write(f.Resync(reason=reason, topics=held, position=snapshot.position))
    return "".join(map(_unknown, lost)) + _named("resync", frame) + _begun(epoch, snapshot.position, snapshot)


def _begun(epoch: str, position: int, snapshot: Snapshot | None) -> str:
    """The snapshots, and after the last of them its id: whoever has read less is to begin anew."""
    texts = [] if snapshot is None else [f.snapshot(str(t), position, data) for t, data in snapshot.data.items()]
    return "".join(_named("snapshot", text) for text in texts) + f"id: {epoch}:{position}\n\n"


def _unknown(topic: str) -> str:
    return _refused("unknown_topic", topic)


def _refused(code: str, topic: str | None = None) -> str:
    return _named("error", f.write(f.ErrorFrame(id=None, topic=topic, error=DomainError(code).problem().fields())))


def _named(name: str, frame: str) -> str:
    """JSON has no line ends of its own."""
    return f"event: {name}\ndata: {frame}\n\n"
