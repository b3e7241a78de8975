"""The local OpenAI-compatible server under a real uvicorn on a free loopback port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn

from botarmy.llm.server import Answerer, ModelServer, Reply


@dataclass(frozen=True)
class Served:
    server: ModelServer
    base_url: str

    @property
    def env(self) -> dict[str, str]:
        return {"OPENAI_BASE_URL": self.base_url, "OPENAI_API_KEY": "sk-test-0123456789abcdef"}


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()


@asynccontextmanager
async def serve(answers: Answerer | Iterable[Reply], models: Sequence[str] = ("gpt-5-mini",)) -> AsyncIterator[Served]:
    server = ModelServer(answers, models)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(server.app, log_config=None, lifespan="off", timeout_graceful_shutdown=1, ws="none")
        running = _Uvicorn(config)
        task = asyncio.create_task(running.serve([listener]))
        await running.serving.wait()
        yield Served(server, f"http://127.0.0.1:{listener.getsockname()[1]}/v1")
        running.should_exit = True
        await task
