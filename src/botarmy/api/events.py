"""The log as server-sent events: for clients that have no WebSocket, or cannot have one where they are."""

from __future__ import annotations

from typing import Annotated, Final

import anyio
from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from botarmy.api.guard import origin_allowed
from botarmy.api.identity import address_of
from botarmy.api.parts import CurrentUser, OpenedStream, PartsOf
from botarmy.delivery.topics import LogFilter
from botarmy.delivery.visits import Visit
from botarmy.domain.errors import DomainError

router: Final = APIRouter(tags=["events"])
HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""Nothing on the way is to hold back what has come so far."""
LastId = Annotated[str | None, Query(max_length=200)]
Words = Annotated[list[str] | None, Query(max_length=100)]
LEVELS: Final = frozenset({"info", "warning", "error"})
WORDS: Final = 100
"""In a list of a filter, and characters of each."""


def _log_filter(types: Words = None, agents: Words = None, levels: Words = None) -> LogFilter:
    """Of the topic `log`, as a frame `subscribe` has it. An agent's name may hold a comma: one for each parameter."""
    log = LogFilter(
        types=_words(types and _separated(types)),
        agents=_words(agents and list(filter(None, agents))),
        levels=_words(levels and _separated(levels)),
    )
    if log.levels is not None and not log.levels <= LEVELS:
        raise DomainError("bad_arguments", what="levels are info, warning and error")
    return log


def _words(given: list[str] | None) -> frozenset[str] | None:
    if given is None:
        return None
    if len(given) > WORDS or any(len(word) > WORDS for word in given):
        raise DomainError("bad_arguments", what=f"a list has at most {WORDS} words of {WORDS} characters")
    return frozenset(given)


def _separated(given: list[str]) -> list[str]:
    return [word for some in given for word in some.split(",") if word]


@router.get("/api/events", responses={200: {"content": {"text/event-stream": {}}}}, response_class=Response)
async def follow_events(
    request: Request,
    parts: PartsOf,
    user: CurrentUser,
    topics: Annotated[list[str], Query(max_length=200)],
    log: Annotated[LogFilter, Depends(_log_filter)],
    last_event_id: LastId = None,
    last_event_id_header: Annotated[str | None, Header(alias="Last-Event-ID", max_length=200)] = None,
) -> Response:
    """Follow topics (several, or separated by commas), from snapshots on, or after the last event that was seen."""
    if not origin_allowed(request.headers, parts.origins):  # a stream is like a socket: foreign pages get none
        raise DomainError("bad_origin")
    visit = Visit(
        user=user,
        topics=_separated(topics),
        last_id=last_event_id_header or last_event_id,
        log=log,
        address=address_of(request),
        user_agent=request.headers.get("user-agent", "")[:300],
    )
    return EventStream(await parts.open_stream(visit))


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
