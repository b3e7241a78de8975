"""What has arrived of a topic: the frames of the wire protocol go in, a snapshot and events come out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter

from botarmy.client.errors import Json, problem, read
from botarmy.domain import codec
from botarmy.domain.events import Event, RunStatus
from botarmy.domain.run import RUN_ENDED
from botarmy.domain.views import RunView

_RUN_VIEW: Final = TypeAdapter(RunView)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The run as it was at `position`. The events that follow begin after it."""

    view: RunView
    position: int


Item: TypeAlias = Snapshot | Event


class Contradiction(Exception):
    """The server said what cannot follow from what it said before: start afresh."""


class Cursor:
    """What has arrived of a topic: frames go in, items come out. It knows no socket and no clock."""

    def __init__(self, topic: str, client_id: str) -> None:
        self._topic: Final = topic
        self._client_id: Final = client_id
        self._epoch: str | None = None
        self._expected: int | None = None
        """The position of the snapshot that is on its way."""
        self.position: int | None = None
        self.welcomed = False
        self.drain_seconds: float | None = None
        self.ended = False

    def hello(self, token: str | None) -> Json:
        self.welcomed, self.drain_seconds = False, None
        hello: dict[str, Any] = {"type": "hello", "client_id": self._client_id, "topics": [self._topic]}
        if token is not None:
            hello["token"] = token
        if self.position is not None:
            hello["resume"] = {"epoch": self._epoch, "position": self.position}
        return hello

    def forget(self) -> None:
        self._epoch = self._expected = self.position = None

    def read(self, frame: Json) -> tuple[Item, ...]:
        """Raises Contradiction, also for what is missing or of a wrong type; ClientError where it was refused."""
        reader = _READERS.get(frame.get("type", ""))
        try:
            return reader(self, frame) if reader is not None else ()
        except (KeyError, TypeError, ValueError) as error:
            raise Contradiction(type(error).__name__) from None

    def _welcome(self, frame: Json) -> tuple[Item, ...]:
        if frame["resumed"]:
            must(self.position is not None and frame["position"] == self.position and frame["epoch"] == self._epoch)
        else:
            self._epoch, self.position, self._expected = frame["epoch"], None, int(frame["position"])
        self.welcomed = True
        return ()

    def _snapshot(self, frame: Json) -> tuple[Item, ...]:
        must(frame["topic"] == self._topic and frame["position"] == self._expected)
        view = read(_RUN_VIEW, frame["data"])
        self.position, self._expected = frame["position"], None
        self.ended = view.status in RUN_ENDED
        return (Snapshot(view, frame["position"]),)

    def _events(self, frame: Json) -> tuple[Item, ...]:
        must(self._expected is None and frame["from"] == self.position and frame["to"] >= frame["from"])
        events = tuple(codec.decode(json.dumps(e), int(e["position"]), e["version"]) for e in frame["events"])
        places = [frame["from"], *(event.position for event in events)]
        must(all(a < b for a, b in pairwise(places)) and places[-1] <= frame["to"])
        self.position = frame["to"]
        for event in events:
            if event.type == RunStatus.TYPE:
                self.ended = getattr(event.metadata, "status", "") in RUN_ENDED
        return events

    def _heartbeat(self, frame: Json) -> tuple[Item, ...]:
        if self._expected is None and self.position is not None:
            must(frame["position"] >= self.position)
            self.position = frame["position"]
        return ()

    def _resync(self, frame: Json) -> tuple[Item, ...]:
        must(frame["reason"] != "epoch")
        self._expected = int(frame["position"])
        return ()

    def _error(self, frame: Json) -> tuple[Item, ...]:
        if frame.get("topic") == self._topic or not self.welcomed:
            raise problem(frame["error"])
        return ()

    def _drain(self, frame: Json) -> tuple[Item, ...]:
        self.drain_seconds = min(60.0, max(0.0, frame["reconnect_after_ms"] / 1000))
        return ()


_READERS: Final[Mapping[str, Callable[[Cursor, Json], tuple[Item, ...]]]] = {
    "welcome": Cursor._welcome,
    "snapshot": Cursor._snapshot,
    "events": Cursor._events,
    "heartbeat": Cursor._heartbeat,
    "resync": Cursor._resync,
    "error": Cursor._error,
    "drain": Cursor._drain,
}


def must(holds: bool) -> None:
    if not holds:
        raise Contradiction
