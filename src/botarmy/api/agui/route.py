"""`POST /agui`: AG-UI's input in, server-sent events out."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final

import anyio
import anyio.to_thread
from fastapi import APIRouter, Header, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.domain.errors import DomainError

if TYPE_CHECKING:
    from botarmy.api.agui.look import Look

router: Final = APIRouter(tags=["ag-ui"])
WRITE_SECONDS: Final = 30.0
"""A client that takes nothing for so long is dropped; it comes back with its cursor."""
STREAMS: Final = 1_000
"""How many are served at once (`too_many_streams`)."""


@router.post("/agui", response_class=Response, responses={200: {"content": {"text/event-stream": {}}}})
async def run_agent(
    parts: PartsOf,
    user: CurrentUser,
    request: Request,
    last_event_id: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    places: anyio.CapacityLimiter = request.app.state.agui_places
    if places.available_tokens < 1:
        raise DomainError("too_many_streams")
    body = await request.body()
    # The library takes a fifth of a second to load: not on the event loop, where everybody would wait.
    await anyio.to_thread.run_sync(import_module, "botarmy.api.agui.look")
    from botarmy.api.agui.look import Look, read_input  # noqa: PLC0415 — loaded above

    look = Look(parts, user, read_input(body), _cursor(last_event_id, parts.store.epoch))
    return _Stream(look, places)


def _cursor(last_event_id: str | None, epoch: str) -> int | None:
    """The position from which to go on; None where there is none, or it is of another log."""
    if last_event_id is None:
        return None
    named, _, position = last_event_id.rpartition(":")
    if not (position.isascii() and position.isdigit() and len(position) < 19):
        raise DomainError("bad_arguments", what="“Last-Event-ID” does not have the right form")
    return int(position) if named == epoch else None


class _Stream(Response):
    media_type = "text/event-stream"

    def __init__(self, look: Look, places: anyio.CapacityLimiter) -> None:
        super().__init__(headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._look: Final = look
        self._epoch: Final = look.parts.store.epoch
        self._places: Final = places

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        async with self._places, anyio.create_task_group() as tasks:
            tasks.start_soon(_until_gone, receive, tasks.cancel_scope)
            await self._send_all(send)
            tasks.cancel_scope.cancel()

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with aclosing(self._pieces()) as pieces:
            async for piece in pieces:
                with anyio.move_on_after(WRITE_SECONDS) as patience:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                if patience.cancelled_caught:
                    return
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pieces(self) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._look.stream()) as stream:
            async for told in stream:
                if told is None:
                    yield b": still here\n\n"
                else:
                    data = told.event.model_dump_json(by_alias=True)
                    yield f"id: {self._epoch}:{told.position}\ndata: {data}\n\n".encode()


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
