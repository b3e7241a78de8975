"""A client's side of the wire protocol as a state machine: text and moments go in; items, and text to send, come out.

    waiting → opening → open → waiting …      and from anywhere → stopped

It knows no socket and no clock. Times are in seconds, of any clock that does not go back. `wire/scenarios` holds it,
and the browser's, to the protocol.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias
from uuid import uuid4

from botarmy.client.cursor import Contradiction, Cursor
from botarmy.client.errors import ClientError, Json, problem
from botarmy.client.items import Fact, Heard, Refused, Replied, snapshot
from botarmy.client.pending import Pending, outcome
from botarmy.client.runs import Runs
from botarmy.domain import codec

WELCOME_SECONDS: Final = 10.0
HELD_SECONDS: Final = 10.0
"""A connection that lasted this long was a good one: the next wait is short again."""
MOST_DOUBLED: Final = 1
"""How often waits have doubled, at most, for a server that lets the client in: then it is the way that breaks."""
LEAST_WAIT: Final = 0.5
"""The first after a good connection is at most this long, all others at least."""
MOST_WAIT: Final = 20.0
MOST_WAIT_LET_IN: Final = 1.0
"""After a connection that the server had said welcome on."""
MOST_DRAIN: Final = 60.0
"""A longer wait than this is not believed of a draining server."""
FAILURES_SHOWN: Final = 10
"""Attempts that fail in a row before the status is `error`; it goes on trying all the same."""

State: TypeAlias = Literal["waiting", "opening", "open", "stopped"]
Status: TypeAlias = Literal["connecting", "connected", "lost", "error"]

TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    "waiting": frozenset({"opening", "stopped"}),
    "opening": frozenset({"open", "waiting", "stopped"}),
    "open": frozenset({"waiting", "stopped"}),
    "stopped": frozenset(),
}

TERMINAL: Final[Mapping[int, tuple[str, str, str]]] = {
    4500: ("bad_frame", "The server did not understand this client.", "Update the client."),
    4501: ("not_authorized", "The server asks for a token.", "Give the client a valid token."),
    4502: ("bad_origin", "The server does not answer this client.", "Use the address that the server printed."),
    4503: ("unsupported_version", "The server has another version than this client.", "Update the client."),
    4504: ("frame_too_large", "The server refused something as too large.", "Update the client."),
}
RIGHTS_CHANGED: Final = 4005


class Conversation:
    """One client's, over all its connections.

    Args:
        topics: what is followed from the beginning.
        token: proves who asks; None where the server wants no proof.
        random: a number from 0 up to 1, for the waits.
        new_id: makes ids of subscriptions.
    """

    def __init__(
        self,
        topics: tuple[str, ...],
        *,
        random: Callable[[], float],
        token: str | None = None,
        client_id: str | None = None,
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._random: Final = random
        self._token: Final = token
        self._new_id: Final = new_id
        self._client_id: Final = client_id or uuid4().hex
        self._wanted: Final = dict.fromkeys(topics)
        self._asked: Final[dict[str, None]] = {}
        """Topics asked for on this connection and not yet answered."""
        self._filter: Json | None = None
        self._cursor: Final = Cursor()
        self._pending: Final = Pending()
        self._outgoing: list[str] = []
        self._state: State = "waiting"
        self._since = self._heard_at = self._said_at = 0.0
        self._heartbeat = WELCOME_SECONDS
        self._acknowledged: int | None = None
        self._drain: float | None = None
        self._failures = 0
        """Connections in a row that did not hold."""
        self._doubled = 0
        """How often the waits have doubled by now."""
        self._was_open = False
        self.runs: Final = Runs()

    # --- What the program wants ---------------------------------------------------------------------------------

    @property
    def status(self) -> Status:
        if self._state == "open":
            return "connected"
        if self._state == "stopped" or self._failures >= FAILURES_SHOWN:
            return "error"
        return "lost" if self._was_open or self._failures else "connecting"

    @property
    def position(self) -> int | None:
        """Everything followed has arrived up to here; None before the first snapshots."""
        return None if self._cursor.expected else self._cursor.position

    @property
    def patience(self) -> float:
        """After how many seconds of silence `tick` has to be called at the latest."""
        return min(1.0, self._heartbeat / 2)

    def follow(self, topic: str, filter: Json | None = None) -> None:  # noqa: A002 - the protocol's word
        """`filter` belongs to the topic `log`."""
        self._wanted[topic] = None
        if filter is not None:
            self._filter = filter
            if self._state == "open":
                self._send_filter()
        self._synchronize_topics()

    def unfollow(self, topic: str) -> None:
        self._wanted.pop(topic, None)
        self._synchronize_topics()

    def command(self, command_id: str, name: str, args: Mapping[str, object]) -> None:
        """Sent now, or after the next welcome, until a `Replied` comes. Raises ClientError where it cannot wait."""
        frame = self._pending.add(command_id, name, args)
        if self._state == "open":
            self._outgoing.append(frame)

    def outgoing(self, now: float) -> list[str]:
        """What is to be sent now; handed out once."""
        frames, self._outgoing = self._outgoing, []
        if frames:
            self._said_at = now
        return frames

    # --- What happens to its connection -------------------------------------------------------------------------

    def opened(self, now: float) -> None:
        """A connection stands: it begins with `hello`."""
        self._enter("opening")
        self._since = self._heard_at = now
        self._heartbeat = WELCOME_SECONDS
        self._asked.clear()
        resume = self._cursor.resume()
        topics = self._wanted if resume is None else self._cursor.topics
        hello: dict[str, Any] = {"type": "hello", "client_id": self._client_id, "topics": list(topics)}
        if self._token is not None:
            hello["token"] = self._token
        if resume is not None:
            hello["resume"] = resume
        self._send(hello)

    def tick(self, now: float) -> None:
        """Acknowledge, send a heartbeat. Raises TimeoutError where the connection is dead."""
        if self._state == "opening" and now - self._since >= WELCOME_SECONDS:
            raise TimeoutError("no welcome in time")
        if self._state != "open":
            return
        if now - self._heard_at > 2 * self._heartbeat:
            raise TimeoutError("two heartbeats were missed")
        silent = now - self._said_at
        if self.position not in (None, self._acknowledged) and silent >= 1:
            self._acknowledged = self.position
            self._send({"type": "ack", "position": self.position})
        elif silent >= self._heartbeat:
            self._send({"type": "heartbeat"})

    def heard(self, text: str | bytes, now: float) -> tuple[Heard, ...]:
        """What a frame brings. Raises Contradiction, also for what is no frame; ClientError for what ends it all."""
        self._heard_at = now
        try:
            frame = json.loads(text)
            reader = _READERS.get(frame.get("type", ""))
            return reader(self, frame, now) if reader is not None else ()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Contradiction(type(error).__name__) from None

    def closed(self, code: int | None, now: float) -> float:
        """The connection is over: the seconds to wait before the next. Raises ClientError where there is none.

        Args:
            code: that the server closed it with; None where it broke, or never stood.
        """
        if code is not None and code in TERMINAL:
            self._enter("stopped")
            raise ClientError(*TERMINAL[code])
        if code == RIGHTS_CHANGED:
            self._cursor.forget()
        return self._lost(now)

    def contradicted(self, now: float) -> float:
        """As `closed`, after a Contradiction: nothing of what is held is trusted."""
        self._cursor.forget()
        return self._lost(now)

    # --- Inside -------------------------------------------------------------------------------------------------

    def _lost(self, now: float) -> float:
        let_in = self._state == "open"
        held = let_in and now - self._since >= HELD_SECONDS
        announced, self._drain = self._drain, None
        well = held or announced is not None
        self._failures = 0 if well else self._failures + 1
        self._doubled = 0 if well else min(self._doubled + 1, MOST_DOUBLED if let_in else 15)
        self._cursor.interrupted()
        self._outgoing.clear()
        if self._state != "waiting":
            self._enter("waiting")
        if announced is not None:
            return announced + self._random() / 2
        if not self._doubled:
            return self._random() * LEAST_WAIT
        ceiling = min(MOST_WAIT_LET_IN if let_in else MOST_WAIT, LEAST_WAIT * float(2 ** (self._doubled + 1)))
        return LEAST_WAIT + self._random() * (ceiling - LEAST_WAIT)

    def _enter(self, state: State) -> None:
        if state not in TRANSITIONS[self._state]:
            raise RuntimeError(f"a conversation that is {self._state} cannot be {state}")
        self._state = state

    def _send(self, frame: Json) -> None:
        self._outgoing.append(json.dumps(frame))

    def _send_filter(self) -> None:
        self._send({"type": "subscribe", "id": self._new_id(), "topics": [], "filter": self._filter})

    def _synchronize_topics(self) -> None:
        if self._state != "open":
            return
        held = {*self._cursor.topics, *self._cursor.expected, *self._asked}
        missing = [topic for topic in self._wanted if topic not in held]
        surplus = [topic for topic in self._cursor.topics if topic not in self._wanted]
        if missing:
            self._asked.update(dict.fromkeys(missing))
            self._send({"type": "subscribe", "id": self._new_id(), "topics": missing})
        if surplus:
            self._release(surplus)
            self._send({"type": "unsubscribe", "id": self._new_id(), "topics": surplus})

    def _release(self, topics: list[str]) -> None:
        self._cursor.release(topics)
        for topic in topics:
            self.runs.release(topic)

    # --- What each frame means ----------------------------------------------------------------------------------

    def _welcome(self, frame: Json, now: float) -> tuple[Heard, ...]:
        if self._state != "opening":
            raise Contradiction("a second welcome")
        self._cursor.begin(frame["epoch"], int(frame["position"]), frame["topics"], resumed=frame["resumed"])
        self._heartbeat = max(0.1, float(frame["heartbeat_seconds"]))
        self._enter("open")
        self._since, self._was_open, self._drain = now, True, None
        self._acknowledged = self._cursor.position if frame["resumed"] else None
        if self._filter is not None:
            self._send_filter()
        self._outgoing.extend(self._pending.frames)
        self._synchronize_topics()
        return ()

    def _snapshot(self, frame: Json, _: float) -> tuple[Heard, ...]:
        topic, position = str(frame["topic"]), int(frame["position"])
        self._cursor.arrived(topic, position)
        item = snapshot(topic, position, frame["data"])
        self._synchronize_topics()
        if topic not in self._wanted:
            return ()
        self.runs.replace(item)
        return (item,)

    def _events(self, frame: Json, _: float) -> tuple[Heard, ...]:
        events = tuple(codec.decode(json.dumps(e), int(e["position"]), e["version"]) for e in frame["events"])
        self._cursor.advance(frame["from"], frame["to"], [event.position for event in events])
        return tuple(Fact(event, self.runs.take(event)) for event in events)

    def _subscribed(self, frame: Json, _: float) -> tuple[Heard, ...]:
        for topic in frame["topics"]:
            self._asked.pop(topic, None)
        self._cursor.expect(frame["topics"], int(frame["position"]))
        return ()

    def _unsubscribed(self, frame: Json, _: float) -> tuple[Heard, ...]:
        self._release(frame["topics"])
        self._synchronize_topics()
        return ()

    def _resync(self, frame: Json, _: float) -> tuple[Heard, ...]:
        if frame["reason"] == "epoch":
            raise Contradiction("another epoch")
        self._cursor.expect(frame["topics"], int(frame["position"]))
        return ()

    def _heartbeat_at(self, frame: Json, _: float) -> tuple[Heard, ...]:
        self._cursor.move_to(int(frame["position"]))
        return ()

    def _reply(self, frame: Json, _: float) -> tuple[Heard, ...]:
        found = outcome(frame)
        return (Replied(frame["id"], found),) if self._pending.done(frame["id"]) else ()

    def _error(self, frame: Json, _: float) -> tuple[Heard, ...]:
        error, topic, about = problem(frame["error"]), frame.get("topic"), frame.get("id")
        if self._state == "opening" and topic is None:
            self._enter("stopped")
            raise error
        heard: list[Heard] = [Replied(about, error)] if about is not None and self._pending.done(about) else []
        if topic is not None:
            self._wanted.pop(topic, None)
            self._asked.pop(topic, None)
            self._release([topic])
            heard.append(Refused(topic, error))
        return tuple(heard)

    def _drained(self, frame: Json, _: float) -> tuple[Heard, ...]:
        self._drain = min(MOST_DRAIN, max(0.0, frame["reconnect_after_ms"] / 1000))
        return ()


_Reader: TypeAlias = Callable[[Conversation, Json, float], tuple[Heard, ...]]
_READERS: Final[Mapping[str, _Reader]] = {
    "welcome": Conversation._welcome,
    "snapshot": Conversation._snapshot,
    "events": Conversation._events,
    "subscribed": Conversation._subscribed,
    "unsubscribed": Conversation._unsubscribed,
    "resync": Conversation._resync,
    "heartbeat": Conversation._heartbeat_at,
    "reply": Conversation._reply,
    "error": Conversation._error,
    "drain": Conversation._drained,
}
