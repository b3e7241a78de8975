"""Each provider's streaming interface in a few lines: one answer over a real socket, as it ends or as it breaks off."""

from __future__ import annotations

import asyncio
import binascii
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

TEXT = "Good morning."
AMAZONS = {
    200: "", 401: "UnrecognizedClientException", 403: "AccessDeniedException", 404: "ResourceNotFoundException",
    429: "ThrottlingException", 500: "InternalServerException", 503: "ServiceUnavailableException",
}  # fmt: skip
ANTHROPICS = {
    401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error",
    500: "api_error", 503: "api_error",
}  # fmt: skip


@dataclass
class ProviderServer:
    """`body` answers with status 200; any other status is a refusal that quotes the key, as some providers do."""

    body: bytes
    media_type: str
    status: int = 200
    asked: list[Request] = field(default_factory=list)
    address: str = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        await request.body()
        self.asked.append(request)
        headers = {"x-ratelimit-limit-requests": "77", "x-amzn-errortype": AMAZONS[self.status]}
        response: Response = Response(self.body, media_type=self.media_type, headers=headers)
        if self.status != 200:
            words = f"refused for {dict(request.headers)}"
            error = {
                "error": {"message": words, "type": ANTHROPICS[self.status], "code": self.status, "status": "X"},
                "message": words,
            }
            response = JSONResponse(error, self.status, headers=headers)
        await response(scope, receive, send)


class _Server(uvicorn.Server):
    """Ends when it is told to; uvicorn's own looks every tenth of a second, and waits for another one."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.over = asyncio.Event()

    async def main_loop(self) -> None:
        await self.over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in self.servers:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        async with asyncio.timeout(5):
            while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn tells nobody
                await asyncio.sleep(0)


@asynccontextmanager
async def served(server: ProviderServer) -> AsyncIterator[ProviderServer]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(server, log_config=None, lifespan="off", timeout_graceful_shutdown=1, ws="none")
        running = _Server(config)
        running.config.load()
        listener.listen(16)  # a client that comes before uvicorn does is kept waiting
        server.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        task = asyncio.create_task(running.serve([listener]))
        try:
            yield server
        finally:
            running.over.set()
            await task


def chat(ended: bool) -> tuple[bytes, str]:
    def chunk(delta: Mapping[str, str], finish: str | None = None) -> Any:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        frame = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        return {**frame, "usage": usage if finish else None, "provider": "x"}

    chunks = [chunk({"role": "assistant", "content": TEXT}), *([chunk({}, "stop")] if ended else [])]
    return sse(*chunks) + (b"data: [DONE]\n\n" if ended else b""), "text/event-stream"


def anthropic(ended: bool) -> tuple[bytes, str]:
    usage = {"input_tokens": 3, "output_tokens": 2}
    message = {"id": "1", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": usage}
    begun: list[Any] = [
        {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": TEXT}},
    ]
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    rest: list[Any] = [
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ]
    events = [*begun, *(rest if ended else [])]
    return b"".join(b"event: " + event["type"].encode() + b"\n" + sse(event) for event in events), "text/event-stream"


def google(ended: bool) -> tuple[bytes, str]:
    candidate = {"content": {"role": "model", "parts": [{"text": TEXT}]}, "index": 0}
    finish = {"finishReason": "STOP"} if ended else {}
    usage = {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5}
    return sse({"candidates": [{**candidate, **finish}], "usageMetadata": usage}), "text/event-stream"


def bedrock(ended: bool) -> tuple[bytes, str]:
    events: list[tuple[str, Any]] = [
        ("messageStart", {"role": "assistant"}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": TEXT}}),
    ]
    if ended:
        usage = {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}
        events += [
            ("contentBlockStop", {"contentBlockIndex": 0}),
            ("messageStop", {"stopReason": "end_turn"}),
            ("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}),
        ]
    return b"".join(_frame(name, event) for name, event in events), "application/vnd.amazon.eventstream"


def _frame(name: str, event: Any) -> bytes:
    """Amazon's event stream: lengths and their checksum, headers, JSON, and a checksum of it all."""
    given = {":message-type": "event", ":event-type": name, ":content-type": "application/json"}
    headers = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()
        for key, value in given.items()
    )
    body = json.dumps(event).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    begun = prelude + struct.pack("!I", binascii.crc32(prelude)) + headers + body
    return begun + struct.pack("!I", binascii.crc32(begun))


def sse(*events: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


Protocol = Callable[[bool], tuple[bytes, str]]
