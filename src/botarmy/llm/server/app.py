"""A local server that speaks OpenAI's API, chat completions and responses, for tests and demonstrations.

It answers with what it is told: a list of `Reply` values, one for each request, or a function from a request to a
reply (`botarmy.llm.server.play` plays the five agents). A reply can also be a fault: an error status, a stream that
is cut, never ends properly, or says what is no JSON (`faults.py` has them all by name).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from botarmy.llm.server import responses
from botarmy.llm.server.connection import hang_up
from botarmy.llm.server.replies import Json, Reply, pieces_of

_CREATED: Final = 1_770_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the server saw it."""

    body: Json
    key: str
    """What stood behind `Bearer`."""

    @property
    def messages(self) -> Sequence[Json]:
        """What was said so far, as chat messages, whichever API was used."""
        return responses.as_messages(self.body) if "input" in self.body else self.body.get("messages", ())


Answerer: TypeAlias = Callable[[Asked], Reply]


class ModelServer:
    """The application and what it was asked.

    Args:
        answers: a function, or the replies in order; a request after the last is answered with status 500.
        models: the model names that exist; another one is answered with status 404. Without any, every name exists.
    """

    def __init__(self, answers: Answerer | Iterable[Reply], models: Sequence[str] = ("gpt-5-mini",)) -> None:
        self.answer: Answerer = answers if callable(answers) else _one_by_one(answers)
        self.models: Final = tuple(models)
        self.asked: Final[list[Asked]] = []
        self.streaming: Final = asyncio.Event()
        """Set once a stream's first chunk was sent."""
        self.left: Final = asyncio.Event()
        """Set once a client closed a connection in the middle of a stream."""
        self.app: Final = Starlette(
            routes=[
                Route("/v1/chat/completions", self._complete, methods=["POST"]),
                Route("/v1/responses", self._respond, methods=["POST"]),
                Route("/v1/models", self._list_models),
            ]
        )

    async def _list_models(self, _: Request) -> Response:
        listed = [{"id": name, "object": "model", "created": _CREATED, "owned_by": "local"} for name in self.models]
        return JSONResponse({"object": "list", "data": listed})

    async def _complete(self, request: Request) -> Response:
        asked, reply = await self._asked(request)
        if _is_no_answer(reply):
            return await _instead(request, reply)
        if not asked.body.get("stream"):
            return JSONResponse(_whole(asked, reply))
        return self._streamed(request, reply, _chunks(asked, reply), [*_closing(asked, reply), None])

    async def _respond(self, request: Request) -> Response:
        asked, reply = await self._asked(request)
        if _is_no_answer(reply):
            return await _instead(request, reply)
        talk = responses.Talk(asked.body["model"], len(asked.messages), _usage(asked, reply))
        return self._streamed(request, reply, talk.pieces(reply), [talk.closing(reply)])

    async def _asked(self, request: Request) -> tuple[Asked, Reply]:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        asked = Asked(await request.json(), key)
        self.asked.append(asked)
        known = not self.models or asked.body.get("model") in self.models
        return asked, self.answer(asked) if known else Reply(status=404, error="model_not_found")

    def _streamed(
        self, request: Request, reply: Reply, pieces: Iterable[Json], closing: Iterable[Json | None]
    ) -> Response:
        stream = self._stream(request, reply, pieces, closing)
        return StreamingResponse(stream, media_type="text/event-stream", headers=dict(reply.headers))

    async def _stream(
        self, request: Request, reply: Reply, pieces: Iterable[Json], closing: Iterable[Json | None]
    ) -> AsyncIterator[str]:
        finished = False
        try:
            await asyncio.sleep(reply.delay)
            for number, piece in enumerate(pieces):
                if number in (reply.cut_after, reply.stall_after):
                    break
                # Also without a pace: who hangs up in the middle of megabytes is noticed between two chunks.
                await asyncio.sleep(reply.pace if number else 0)
                yield _event(piece)
                self.streaming.set()
            if reply.cut_after is not None:
                hang_up(request)
            if reply.cut_after is not None or reply.stall_after is not None or reply.endless:
                await asyncio.Event().wait()
            if reply.malformed:
                yield "data: {this is no JSON\n\n"
            for last in () if reply.unfinished or reply.malformed else closing:
                yield _event(last)
            finished = True
        finally:
            if not finished:
                self.left.set()


def _one_by_one(replies: Iterable[Reply]) -> Answerer:
    waiting = iter(tuple(replies))
    return lambda _: next(waiting, Reply(status=500, error="script_ended"))


def _is_no_answer(reply: Reply) -> bool:
    return reply.status != 200 or reply.page is not None or reply.reset


async def _instead(request: Request, reply: Reply) -> Response:
    """What comes where there is no answer."""
    headers = dict(reply.headers)
    if reply.reset:
        hang_up(request, at_once=True)
        await request.receive()  # until the connection is gone: nobody is there to read what is returned
    if reply.page is not None:
        return HTMLResponse(reply.page, status_code=reply.status, headers=headers)
    message = reply.message or f"Refused with {reply.status}"
    error = {"message": message, "type": reply.error_type or reply.error, "code": reply.error, "param": None}
    return JSONResponse({"error": error}, status_code=reply.status, headers=headers)


def _chunks(asked: Asked, reply: Reply) -> Iterable[Json]:
    yield _chunk(asked, {"role": "assistant", "content": ""})
    for piece in pieces_of(reply.thinking):
        yield _chunk(asked, {"reasoning_content": piece})
    for piece in pieces_of(reply.text):
        yield _chunk(asked, {"content": piece})
    for index, call in enumerate(reply.calls):
        head = {"index": index, "id": f"call_{index}", "type": "function"}
        yield _chunk(asked, {"tool_calls": [{**head, "function": {"name": call.name, "arguments": ""}}]})
        for piece in pieces_of(call.arguments):
            yield _chunk(asked, {"tool_calls": [{"index": index, "function": {"arguments": piece}}]})


def _closing(asked: Asked, reply: Reply) -> Iterable[Json]:
    yield _chunk(asked, {}, finish=_finish(reply))
    yield _chunk(asked, usage=_usage(asked, reply))


def _chunk(asked: Asked, delta: Json | None = None, finish: str | None = None, usage: Json | None = None) -> Json:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {**_frame(asked, "chat.completion.chunk"), "choices": choices, "usage": usage}


def _whole(asked: Asked, reply: Reply) -> Json:
    calls = [
        {"id": f"call_{index}", "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for index, call in enumerate(reply.calls)
    ]
    message = {"role": "assistant", "content": reply.text, **({"tool_calls": calls} if calls else {})}
    choice = {"index": 0, "message": message, "finish_reason": _finish(reply)}
    return {**_frame(asked, "chat.completion"), "choices": [choice], "usage": _usage(asked, reply)}


def _frame(asked: Asked, kind: str) -> dict[str, Any]:
    answer = f"chatcmpl-{len(asked.messages)}"
    return {"id": answer, "object": kind, "created": _CREATED, "model": asked.body["model"]}


def _finish(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.calls else "stop")


def _usage(asked: Asked, reply: Reply) -> Json:
    """Four characters count as a token."""
    prompt = len(json.dumps(asked.messages)) // 4
    written = len(reply.text) + len(reply.thinking) + sum(len(call.arguments) for call in reply.calls)
    completion = max(1, written // 4)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _event(piece: Json | None) -> str:
    """None is the end of a stream."""
    return f"data: {'[DONE]' if piece is None else json.dumps(piece)}\n\n"
