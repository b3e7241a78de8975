"""A client that does exactly what the protocol asks of one, and finds out when the server does not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from pydantic import TypeAdapter
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from botarmy.domain.codec import decode
from botarmy.domain.fold import evolve
from botarmy.domain.run import Run
from botarmy.domain.views import RunView

VIEW: Final = TypeAdapter(RunView)


class Follower:
    """Follows one run over any number of connections: holds its view, its cursor, and all events that it was sent."""

    def __init__(self, run_id: str) -> None:
        self.topic: Final = f"run:{run_id}"
        self.seen: Final[dict[int, dict[str, Any]]] = {}
        self.snapshots = 0
        self._run: Run | None = None
        self._epoch: str | None = None
        self._cursor = 0

    @property
    def view(self) -> RunView:
        assert self._run is not None
        return self._run.view

    @asynccontextmanager
    async def connected(self, url: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Gives the events as they come; a frame is applied whole before its first event is given."""
        async with connect(url, subprotocols=[Subprotocol("botarmy.v1")], max_size=None) as socket:
            hello: dict[str, Any] = {"type": "hello", "topics": [self.topic]}
            if self._epoch is not None:
                hello["resume"] = {"epoch": self._epoch, "position": self._cursor}
            await socket.send(json.dumps(hello))
            yield self._events(socket)

    async def _events(self, socket: ClientConnection) -> AsyncIterator[dict[str, Any]]:
        async for text in socket:
            frame = json.loads(text)
            if frame["type"] == "welcome":
                self._welcomed(frame)
            elif frame["type"] == "snapshot":
                self._begin(frame)
            elif frame["type"] == "events":
                assert frame["from"] == self._cursor, (frame["from"], self._cursor)
                self._cursor = frame["to"]
                for event in frame["events"]:
                    self._apply(event)
                for event in frame["events"]:
                    yield event
            elif frame["type"] == "heartbeat":
                self._cursor = frame["position"]
                await socket.send('{"type":"heartbeat"}')

    def _welcomed(self, frame: dict[str, Any]) -> None:
        if self._epoch is not None:
            assert frame["resumed"], "nothing was lost, so the connection is resumed"
            assert frame["position"] == self._cursor
            assert frame["epoch"] == self._epoch
        self._epoch = frame["epoch"]

    def _begin(self, frame: dict[str, Any]) -> None:
        self.snapshots += 1
        view = VIEW.validate_python(frame["data"])
        status = "running" if view.status == "waiting" else view.status
        self._run = Run(view=view, status=status, plan=(), definition=None, listed_at=view.updated_at)
        self._cursor = frame["position"]

    def _apply(self, event: dict[str, Any]) -> None:
        assert event["position"] > max(self.seen, default=0), "events come once, and in order"
        self.seen[event["position"]] = event
        body = json.dumps({name: value for name, value in event.items() if name not in ("position", "version")})
        self._run = evolve(self._run, decode(body, event["position"], event["version"]))
