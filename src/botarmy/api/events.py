"""The log as server-sent events: for clients that have no WebSocket, or cannot have one where they are."""

from __future__ import annotations

from typing import Annotated, Final

import anyio
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from botarmy.api.guard import origin_allowed
from botarmy.api.parts import CurrentUser, OpenedStream, PartsOf
from botarmy.domain.errors import DomainError

router: Final = APIRouter(tags=["events"])
HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""Nothing on the way is to hold back what has come so far."""
LastId = Annotated[str | None, Query(max_length=200)]


@router.get("/api/events", responses={200: {"content": {"text/event-stream": {}}}}, response_class=Response)
async def follow_events(
    request: Request,
    parts: PartsOf,
    user: CurrentUser,
    topics: Annotated[list[str], Query(max_length=200)],
    last_event_id: LastId = None,
    last_event_id_header: Annotated[str | None, Header(alias="Last-Event-ID", max_length=200)] = None,
) -> Response:
    """Follow topics (several, or separated by commas), from snapshots on, or after the last event that was seen."""
    if not origin_allowed(request.headers, parts.origins):  # a stream is like a socket: foreign pages get none
        raise DomainError("bad_origin")
    names = [name for some in topics for name in some.split(",") if name]
    address = request.client.host if request.client else ""
    last_id = last_event_id_header or last_event_id
    return EventStream(await parts.open_stream(user, names, last_id, address))


class EventStream(Response):
    media_type = "text/event-stream"

    def __init__(self, stream: OpenedStream) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._stream: Final = stream

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_until_gone, receive, tasks.cancel_scope)
            if await self._stream.serve(Body(send)):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            tasks.cancel_scope.cancel()


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


class Body:
    """The body of an answer, sent piece by piece."""

    def __init__(self, send: Send) -> None:
        self._send: Final = send

    async def send(self, data: bytes) -> None:
        """Waits while the connection takes no more. Raises ConnectionError where the client is gone."""
        await self._send({"type": "http.response.body", "body": data, "more_body": True})
