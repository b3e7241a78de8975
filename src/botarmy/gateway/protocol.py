"""One connection as the wire protocol sees it: frames in, frames and effects out.

No sockets, no tasks, no clock: time (seconds of any monotonic clock) is passed in. What takes time (who is it, what
does a topic look like, what becomes of a command) goes out as an effect, and its outcome comes back through a method.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal, TypeAlias

from botarmy.delivery.snapshots import Snapshot
from botarmy.delivery.topics import ALL, LogFilter, Topic, parse_topic
from botarmy.domain.errors import DomainError
from botarmy.gateway import frames as f
from botarmy.gateway.limits import Limits

State: TypeAlias = Literal["silent", "greeting", "open", "closed"]
"""Nothing said yet; hello is being looked into; welcomed; over."""


HEARTBEATS: Final = frozenset({'{"type":"heartbeat"}', '{"type": "heartbeat"}'})
"""As browsers write it, and as Python does. Most of what ten thousand clients say is this: it is not taken apart."""


class Code(IntEnum):
    """Why the server closes."""

    DRAINING = 4000
    NO_HEARTBEAT = 4001
    TOO_SLOW = 4002
    TOO_MANY_FRAMES = 4003
    NO_HELLO = 4004
    RIGHTS_CHANGED = 4005
    BAD_FRAME = 4500
    NOT_AUTHORIZED = 4501
    ORIGIN_NOT_ALLOWED = 4502
    UNSUPPORTED_VERSION = 4503
    FRAME_TOO_LARGE = 4504
    INTERNAL = 1011
    TRY_AGAIN_LATER = 1013


@dataclass(frozen=True, slots=True)
class Say:
    """Send this frame."""

    text: str


@dataclass(frozen=True, slots=True)
class Close:
    code: Code
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Greet:
    """Find out who this is, then call `welcomed`."""

    token: str | None
    client_id: str | None
    topics: tuple[Topic, ...]
    unknown: tuple[str, ...]
    resume: f.Resume | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """Take a snapshot, deliver up to its position, then call `subscribed`."""

    id: str
    topics: tuple[Topic, ...]
    unknown: tuple[str, ...]
    filter: LogFilter | None = None
    """Of the log, from the snapshot's position on; None: it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollow:
    """Call `unsubscribed` in its turn."""

    id: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execute:
    """Carry out a command, after those before it, then say `done` or `refused`."""

    id: str
    name: str
    args: Mapping[str, object]


Effect: TypeAlias = Say | Close | Greet | Follow | Unfollow | Execute


class Connection:
    """The state of one connection. After a `Close` it is over, and takes and gives nothing more."""

    __slots__ = (
        "_heard",
        "_limits",
        "_opened",
        "_refilled",
        "_said",
        "_tokens",
        "_topics",
        "acked",
        "cursor",
        "filter",
        "state",
    )

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits: Final = limits
        self._tokens = float(limits.frames_burst)
        self._refilled = now
        self._opened = now
        self._heard: float | None = now
        self._said = now
        self._topics: dict[Topic, None] = {}
        self.state: State = "silent"
        self.filter = ALL
        """Of the topic `log`, whether it is held or not."""
        self.cursor = 0
        """The client's, once it has read what was sent."""
        self.acked = 0
        """Up to where the client says it has applied everything."""

    @property
    def topics(self) -> tuple[Topic, ...]:
        """In the order in which they were subscribed to."""
        return tuple(self._topics)

    # --- What the client sends -------------------------------------------------------------------------------

    def received(self, data: str | bytes, now: float) -> Effect | None:
        """Take in a frame. Never raises, whatever it holds."""
        if self.state == "closed":
            return None
        self._heard = now
        if not self._take_token(now):
            return self._close(Code.TOO_MANY_FRAMES, "too many frames")
        return None if data in HEARTBEATS else self._read(data)

    def _read(self, data: str | bytes) -> Effect | None:
        if len(data) > self._limits.frame_bytes or _size(data) > self._limits.frame_bytes:
            return self._close(Code.FRAME_TOO_LARGE, "frame too large")
        if isinstance(data, bytes):
            return self._close(Code.BAD_FRAME, "frames are text")
        try:
            raw = f.parse(data, self._limits.frame_depth)
        except f.NotAFrame:
            return self._close(Code.BAD_FRAME, "not a JSON object")
        return self._understood(raw)

    def _understood(self, raw: Mapping[str, object]) -> Effect | None:
        try:
            return self._obeyed(f.read(raw))
        except f.UnknownFrame:
            return _refusal(raw, DomainError("unknown_frame"))
        except f.WrongFrame as wrong:
            return _refusal(raw, DomainError("bad_arguments", what=str(wrong)))
        except DomainError as refusal:
            return _refusal(raw, refusal)

    def _obeyed(self, frame: f.ClientFrame) -> Effect | None:
        if isinstance(frame, f.Heartbeat):
            return None
        if (self.state == "silent") != isinstance(frame, f.Hello):
            what = "hello comes first" if self.state == "silent" else "hello was said already"
            raise DomainError("bad_arguments", what=what)
        if isinstance(frame, f.Ack):
            if self.acked < frame.position <= self.cursor:
                self.acked = frame.position
            return None
        if isinstance(frame, f.Command):
            return Execute(id=frame.id, name=frame.name, args=frame.args)
        return self._about_topics(frame)

    def _about_topics(self, frame: f.Hello | f.Subscribe | f.Unsubscribe) -> Effect:
        names = tuple(dict.fromkeys(frame.topics))
        if len(names) > self._limits.topics:
            raise DomainError("too_many_topics")
        parsed = {name: parse_topic(name) for name in names}
        topics = tuple(topic for topic in parsed.values() if topic is not None)
        unknown = tuple(name for name, topic in parsed.items() if topic is None)
        if isinstance(frame, f.Unsubscribe):
            return Unfollow(id=frame.id, topics=topics)
        if isinstance(frame, f.Subscribe):
            return Follow(id=frame.id, topics=topics, unknown=unknown, filter=_log_filter(frame.filter))
        self.state = "greeting"
        return Greet(token=frame.token, client_id=frame.client_id, topics=topics, unknown=unknown, resume=frame.resume)

    # --- What became of it -----------------------------------------------------------------------------------

    def welcomed(
        self, welcome: f.Welcome, held: Iterable[Topic], snapshot: Snapshot | None, unknown: Sequence[str]
    ) -> list[Say]:
        """The answer to hello: resumed at the welcome's position, or, with a snapshot, begun there."""
        self._expect("greeting")
        self.state = "open"
        self._topics = dict.fromkeys(held)
        self.cursor = self.acked = welcome.position
        return [Say(f.write(welcome)), *_unknown(unknown), *_snapshots(snapshot)]

    def has_room_for(self, topics: Iterable[Topic]) -> bool:
        return len({*self._topics, *topics}) <= self._limits.topics

    def subscribed(self, follow: Follow, snapshot: Snapshot) -> list[Say]:
        """The answer to subscribe. All up to the snapshot's position has been delivered, by `moved` or to nobody."""
        self._expect("open")
        lost = tuple(str(topic) for topic in follow.topics if topic not in snapshot.data)
        errors = _unknown((*follow.unknown, *lost), follow.id)
        if follow.filter is not None:
            self.filter = follow.filter
        elif not snapshot.data and errors:
            return errors
        if snapshot.data or follow.filter is not None:
            self._advance(snapshot.position)
        self._topics |= dict.fromkeys(snapshot.data)
        answer = f.Subscribed(type="subscribed", id=follow.id, topics=_names(snapshot.data), position=self.cursor)
        return [*errors, Say(f.write(answer)), *_snapshots(snapshot)]

    def unsubscribed(self, unfollow: Unfollow) -> Say:
        self._expect("open")
        gone = [topic for topic in unfollow.topics if topic in self._topics]
        for topic in gone:
            del self._topics[topic]
        return Say(
            f.write(f.Subscribed(type="unsubscribed", id=unfollow.id, topics=_names(gone), position=self.cursor))
        )

    def moved(self, from_: int, to: int) -> None:
        """An `events` frame (from, to] is sent. One that does not begin at the cursor is a programming error."""
        self._expect("open")
        if from_ != self.cursor:
            raise ValueError(f"events from {from_} do not continue the cursor {self.cursor}")
        self._advance(to)

    def resynced(self, reason: Literal["behind", "retention", "epoch"], snapshot: Snapshot) -> list[Say]:
        """Begin anew at a snapshot's position. Topics that are not in it are gone."""
        self._expect("open")
        lost = tuple(str(topic) for topic in self._topics if topic not in snapshot.data)
        self._topics = dict.fromkeys(snapshot.data)
        self._advance(snapshot.position)
        answer = f.Resync(reason=reason, topics=_names(snapshot.data), position=snapshot.position)
        return [*_unknown(lost), Say(f.write(answer)), *_snapshots(snapshot)]

    def drained(self, reconnect_after_ms: int) -> tuple[Say, Close]:
        return (
            Say(f.write(f.Drain(reconnect_after_ms=reconnect_after_ms))),
            self._close(Code.DRAINING, "server draining"),
        )

    # --- Time ------------------------------------------------------------------------------------------------

    def said(self, now: float) -> None:
        """A frame was sent."""
        self._said = now

    def deaf(self) -> None:
        """Nothing is read from the client for the time being: its silence does not count."""
        self._heard = None

    def listening(self, now: float) -> None:
        self._heard = now

    def due(self, scanned: int, now: float) -> Say | Close | None:
        """What has to be done by now. `scanned`: nothing up to here is left to be delivered."""
        if self.state == "closed" or now < self.due_at():
            return None
        if self.state == "silent":
            return self._close(Code.NO_HELLO, "no hello in time")
        if now >= self._dead_at():
            return self._close(Code.NO_HEARTBEAT, "no heartbeat")
        self._advance(max(scanned, self.cursor))
        self.said(now)
        return Say(f.write(f.HeartbeatAt(position=self.cursor)))

    def due_at(self) -> float:
        """When `due` has something next."""
        if self.state == "silent":
            return self._opened + self._limits.hello_seconds
        beat = self._said + self._limits.heartbeat_seconds if self.state == "open" else float("inf")
        return min(beat, self._dead_at())

    def _dead_at(self) -> float:
        return float("inf") if self._heard is None else self._heard + 2 * self._limits.heartbeat_seconds

    # --- The state is written here ---------------------------------------------------------------------------

    def _advance(self, position: int) -> None:
        if position < self.cursor:
            raise ValueError(f"the cursor {self.cursor} cannot go back to {position}")
        self.cursor = position

    def _close(self, code: Code, reason: str) -> Close:
        self.state = "closed"
        return Close(code, reason)

    def _expect(self, state: State) -> None:
        if self.state != state:
            raise RuntimeError(f"expected a connection that is {state}, this one is {self.state}")

    def _take_token(self, now: float) -> bool:
        refill = (now - self._refilled) * self._limits.frames_per_second
        self._tokens = min(self._limits.frames_burst, self._tokens + refill)
        self._refilled = now
        self._tokens -= 1
        return self._tokens >= 0


def _refusal(raw: Mapping[str, object], error: DomainError) -> Say:
    """To a command a reply, to anything else an error, with the frame's id where it has a usable one."""
    id_ = raw.get("id")
    known = id_ if isinstance(id_, str) and 0 < len(id_) <= 100 else None
    if raw.get("type") == "command" and known is not None:
        return refused(known, error)
    return say_error(error, id_=known)


def say_error(error: DomainError, *, id_: str | None = None, topic: str | None = None) -> Say:
    return Say(f.write(f.ErrorFrame(id=id_, topic=topic, error=error.problem().fields())))


def say_live(topic: Topic, cursor: int, data: str) -> Say:
    """A snapshot that nobody asked for."""
    return Say(f.snapshot(str(topic), cursor, data))


def refused(command_id: str, error: DomainError, reference: str | None = None) -> Say:
    return Say(f.write(f.Refused(id=command_id, error=error.problem(reference).fields())))


def done(command_id: str, result: Mapping[str, object], position: int) -> Say:
    return Say(f.write(f.Done(id=command_id, result=result, position=position)))


def _log_filter(asked: f.Filter | None) -> LogFilter | None:
    if asked is None:
        return None
    return LogFilter(types=_set(asked.types), agents=_set(asked.agents), levels=_set(asked.levels))


def _set(words: Iterable[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words)


def _size(data: str | bytes) -> int:
    if isinstance(data, bytes) or data.isascii():
        return len(data)
    return len(data.encode(errors="surrogatepass"))


def _names(topics: Iterable[Topic]) -> list[str]:
    return [str(topic) for topic in topics]


def _unknown(names: Iterable[str], id_: str | None = None) -> list[Say]:
    return [say_error(DomainError("unknown_topic"), id_=id_, topic=name) for name in names]


def _snapshots(snapshot: Snapshot | None) -> list[Say]:
    if snapshot is None:
        return []
    return [Say(f.snapshot(str(topic), snapshot.position, data)) for topic, data in snapshot.data.items()]
