"""A run as the log keeps it, and a server over real sockets that plays a script."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import uvicorn
from pydantic_core import to_jsonable_python
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from botarmy.domain import codec
from botarmy.domain import events as e
from botarmy.domain.fold import fold

RUN = "run-1"
TOPIC = f"run:{RUN}"
Talk = Callable[[WebSocket, dict[str, Any]], Awaitable[None]]
Answer = Callable[[Request], Awaitable[Response]]


# --- A run, as the log keeps it -----------------------------------------------------------------------------------


def story() -> list[dict[str, Any]]:
    """Events of a run with one step, at positions 10, 20 … as they are on the wire."""
    plan = e.StepPlan(step="analyst", agent_name="Analyst", title="Analysis", needs=(), phases=("work",))

    def delta(offset: int) -> e.AgentDelta:
        return e.AgentDelta(step="analyst", phase="work", attempt=1, message_id="m1", channel="text", offset=offset)

    metadata: list[tuple[e.Metadata, str]] = [
        (
            e.RunCreated(
                title="T", brief="B", team="software", owner="me", options={}, forked_from=None, steps=(plan,)
            ),
            "",
        ),
        (e.RunStatus(status="running"), "Running"),
        (e.AgentStatus(step="analyst", status="started", task="Reading", attempt=1), "Analyst starts"),
        (delta(0), "Hello "),
        (delta(6), "wörld 🎉"),
        (e.AgentStatus(step="analyst", status="completed", attempt=1), "Analyst is done"),
        (e.RunStatus(status="completed", outcome="succeeded"), "Done"),
    ]
    versions = count(1)
    return [
        json.loads(
            codec.wire(
                codec.encode(
                    e.NewEvent(
                        id=f"e{index}",
                        run_id=RUN,
                        timestamp=f"2026-11-20T09:30:0{index}.000Z",
                        agent_name=None,
                        content=content,
                        metadata=one,
                    )
                ),
                index * 10,
                None if isinstance(one, e.AgentDelta) else next(versions),
            )
        )
        for index, (one, content) in enumerate(metadata, 1)
    ]


STORY = story()
LAST = STORY[-1]["position"]


def view_at(position: int) -> dict[str, Any]:
    held = fold(
        codec.decode(json.dumps(event), event["position"], event["version"])
        for event in STORY
        if event["position"] <= position
    )
    assert held is not None
    return dict(to_jsonable_python(held.view))


def welcome(position: int, *, resumed: bool = False, epoch: str = "E1", heartbeat: float = 10) -> dict[str, Any]:
    return {
        "type": "welcome",
        "client_id": "c",
        "epoch": epoch,
        "position": position,
        "topics": [TOPIC],
        "resumed": resumed,
        "heartbeat_seconds": heartbeat,
        "limits": {"frame_bytes": 262144, "frames_per_second": 50},
        "server_time": "2026-11-20T09:30:00.000Z",
    }


def snapshot(position: int) -> dict[str, Any]:
    return {"type": "snapshot", "topic": TOPIC, "position": position, "data": view_at(position)}


def events(start: int, end: int) -> dict[str, Any]:
    inside = [event for event in STORY if start < event["position"] <= end]
    return {"type": "events", "from": start, "to": end, "events": inside}


# --- A server that plays a script ---------------------------------------------------------------------------------


class Script:
    """What happens on each connection, in turn, and what each HTTP path answers."""

    def __init__(self) -> None:
        self.talks: list[Talk] = []
        self.hellos: list[dict[str, Any]] = []
        self.answers: dict[str, Answer] = {}
        self.requests: list[Request] = []

    def then(self, *frames: dict[str, Any], close: int = 1012) -> None:
        """On the next connection: say these frames, then close with a code."""

        async def talk(ws: WebSocket, _: dict[str, Any]) -> None:
            for frame in frames:
                await ws.send_json(frame)
            await ws.close(close)

        self.talks.append(talk)

    async def socket(self, ws: WebSocket) -> None:
        await ws.accept(subprotocol="botarmy.v1")
        hello = await ws.receive_json()
        self.hellos.append(hello)
        await self.talks.pop(0)(ws, hello)

    async def http(self, request: Request) -> Response:
        await request.body()
        self.requests.append(request)
        answer = self.answers.get(f"{request.method} {request.scope['path']}")
        return await answer(request) if answer else PlainTextResponse("not here", 404)

    def answer(self, route: str, body: object, status: int = 200) -> None:
        async def answer(_: Request) -> Response:
            return body if isinstance(body, Response) else JSONResponse(body, status)

        self.answers[route] = answer


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[str]:
    methods = ["GET", "POST", "DELETE"]
    app = Starlette(routes=[WebSocketRoute("/ws", script.socket), Route("/{path:path}", script.http, methods=methods)])
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, ws="websockets-sansio", lifespan="off", ws_per_message_deflate=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


class Waits:
    """Takes the place of sleeping: notes how long, and goes on at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
