"""A local server that speaks the OpenAI chat completions API, for tests and demonstrations. It needs no model.

It answers with what it is told: a list of `Reply` values, one for each request, or a function from a request to a
reply (`botarmy.llm.players.play` plays the five agents). A reply can also be a fault: an error status, a stream that
is cut, never ends properly, or says what is no JSON.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

CHUNK_CHARACTERS: Final = 12
_CREATED: Final = 1_770_000_000
Json: TypeAlias = Mapping[str, Any]  # JSON has no narrower type


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool call. `arguments` may be any text, broken JSON included."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What one request is answered with."""

    text: str = ""
    thinking: str = ""
    calls: tuple[Call, ...] = ()
    finish: str | None = None
    """None: `tool_calls` where there are calls, else `stop`."""
    status: int = 200
    error: str | None = None
    """The error's `code` of a status above 200."""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """The connection is closed after so many chunks."""
    endless: bool = False
    """The stream stays open after its text, without a finish, until the client closes it."""
    unfinished: bool = False
    """The stream ends cleanly, but without a finish reason."""
    malformed: bool = False
    """After its text the stream says what is no JSON."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the server saw it."""

    body: Json
    key: str
    """What stood behind `Bearer`."""

    @property
    def messages(self) -> Sequence[Json]:
        messages: Sequence[Json] = self.body.get("messages", ())
        return messages


Answerer: TypeAlias = Callable[[Asked], Reply]


class CutError(Exception):
    """Closes the connection in the middle of a reply, as scripted."""


class ModelServer:
    """The application and what it was asked.

    Args:
        answers: a function, or the replies in order; a request after the last is answered with status 500.
        models: the model names that exist; another one is answered with status 404.
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
                Route("/v1/models", self._list_models),
            ]
        )

    async def _list_models(self, _: Request) -> Response:
        listed = [{"id": name, "object": "model", "created": _CREATED, "owned_by": "local"} for name in self.models]
        return JSONResponse({"object": "list", "data": listed})

    async def _complete(self, request: Request) -> Response:
        asked = Asked(await request.json(), request.headers.get("authorization", "").removeprefix("Bearer "))
        self.asked.append(asked)
        if asked.body.get("model") not in self.models:
            return _refusal(Reply(status=404, error="model_not_found"))
        reply = self.answer(asked)
        if reply.status != 200:
            return _refusal(reply)
        if not asked.body.get("stream"):
            return JSONResponse(_whole(asked, reply))
        return StreamingResponse(self._stream(asked, reply), media_type="text/event-stream")

    async def _stream(self, asked: Asked, reply: Reply) -> AsyncIterator[str]:
        finished = False
        try:
            for number, chunk in enumerate(_chunks(asked, reply)):
                if number == reply.cut_after:
                    raise CutError
                yield _event(chunk)
                self.streaming.set()
            if reply.endless:
                await asyncio.Event().wait()
            if reply.malformed:
                yield "data: {this is no JSON\n\n"
            if not (reply.unfinished or reply.malformed):
                yield _event(_closing(asked, reply))
                yield _event(_chunk(asked, usage=_usage(asked, reply)))
                yield "data: [DONE]\n\n"
            finished = True
        finally:
            if not finished:
                self.left.set()


def _one_by_one(replies: Iterable[Reply]) -> Answerer:
    waiting = iter(tuple(replies))
    return lambda _: next(waiting, Reply(status=500, error="script_ended"))


def _refusal(reply: Reply) -> Response:
    error = {"message": f"Refused with {reply.status}", "type": reply.error, "code": reply.error, "param": None}
    return JSONResponse({"error": error}, status_code=reply.status, headers=dict(reply.headers))


def _chunks(asked: Asked, reply: Reply) -> Iterable[Json]:
    yield _chunk(asked, {"role": "assistant", "content": ""})
    for piece in _pieces(reply.thinking):
        yield _chunk(asked, {"reasoning_content": piece})
    for piece in _pieces(reply.text):
        yield _chunk(asked, {"content": piece})
    for index, call in enumerate(reply.calls):
        head = {"index": index, "id": _call_id(asked, index), "type": "function"}
        yield _chunk(asked, {"tool_calls": [{**head, "function": {"name": call.name, "arguments": ""}}]})
        for piece in _pieces(call.arguments, max(CHUNK_CHARACTERS * 20, len(call.arguments) // 200)):
            yield _chunk(asked, {"tool_calls": [{"index": index, "function": {"arguments": piece}}]})


def _closing(asked: Asked, reply: Reply) -> Json:
    return _chunk(asked, {}, finish=_finish(reply))


def _chunk(asked: Asked, delta: Json | None = None, finish: str | None = None, usage: Json | None = None) -> Json:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {**_frame(asked, "chat.completion.chunk"), "choices": choices, "usage": usage}


def _whole(asked: Asked, reply: Reply) -> Json:
    calls = [
        {"id": _call_id(asked, index), "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
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


def _call_id(asked: Asked, index: int) -> str:
    return f"call_{len(asked.messages)}_{index}"


def _usage(asked: Asked, reply: Reply) -> Json:
    """Four characters count as a token."""
    prompt = len(json.dumps(asked.messages)) // 4
    written = len(reply.text) + len(reply.thinking) + sum(len(call.arguments) for call in reply.calls)
    completion = max(1, written // 4)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _pieces(text: str, size: int = CHUNK_CHARACTERS) -> Iterable[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _event(chunk: Json) -> str:
    return f"data: {json.dumps(chunk)}\n\n"
